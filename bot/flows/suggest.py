"""One gentle suggestion per talk, from what the business says goes together; never after a no, never invented.

It stands in the summary, once the customer's own wish is settled, and only if it fits the chosen time. It is no
question: a yes still confirms the summary alone (law 10), and "add it" takes the suggestion.
"""

from __future__ import annotations

import re

from bot.catalog import Service
from bot.flows import summary
from bot.flows.search import Search, search
from bot.flows.slots import services
from bot.flows.state import SUGGESTION_DECLINED
from bot.flows.talk import Talk
from bot.scheduling import Need, plan_at
from bot.understanding.contract import Intent, Understanding
from bot.wording.words import Line

_IT = re.compile(
    r"\b(?:add|include|take|want|have)\s+(?:it|that|this|one|them|those)\b|\b(?:add|include)\s*(?:please)?\s*[.!]*$"
    r"|(?<!\w)[وف]?(?:ا|أ)?ضي?ف(?:ي|و)?(?:ه|ها|هم)?(?!\w)",
    re.IGNORECASE,
)


def line(talk: Talk) -> tuple[Line, ...]:
    """The suggestion that goes with an open summary, at most once per talk."""
    state = talk.state
    if state.suggestion or declines(talk):
        return ()
    look = search(talk)
    start = talk.wish.starts_at
    if look is None or start is None:
        return ()
    fits = next((one for one in _together(talk) if _fits(talk, look, one)), None)
    if fits is None:
        return ()
    state.suggestion = str(fits.id)
    length = talk.words.count("min", fits.minutes)
    facts = talk.words.comma.join(filter(None, (length, summary.price_text(talk, fits))))
    values = {"service": talk.called(fits), "facts": facts}
    return (Line("suggest", values),)


def declines(talk: Talk) -> bool:
    """Somebody who says no to anything, or takes something out, wants nothing added."""
    return talk.no or bool(talk.intents & {Intent.REMOVE, Intent.CANCEL})


def remember(talk: Talk) -> None:
    """After a no nothing is suggested any more in this talk."""
    if declines(talk) and not talk.state.suggestion:
        talk.state.suggestion = SUGGESTION_DECLINED


def hear(talk: Talk, u: Understanding, text: str) -> bool:
    """ "Add it" after a suggestion: that service is wanted, too."""
    suggested = next(
        (one for one in talk.catalog.services.values() if str(one.id) == talk.state.suggestion), None
    )
    if suggested is None or u.services or u.unknown_service or u.polarity is False or not _IT.search(text):
        return False
    if any(item.service_id == suggested.id for item in talk.wish.items) or not talk.wish.items:
        return False
    services.take(talk, suggested.id)
    return True


def _together(talk: Talk) -> list[Service]:
    """What the business says goes with the wished services, where they are."""
    by_key = {one.external_id: one for one in talk.catalog.services.values()}
    wished = talk.services()
    keys = [key for one in wished for key in talk.context.settings.goes_with.get(one.external_id, ())]
    here = talk.wish.location_id
    return [
        by_key[key]
        for key in dict.fromkeys(keys)
        if key in by_key and by_key[key] not in wished and here in by_key[key].location_ids
    ]


def _fits(talk: Talk, look: Search, extra: Service) -> bool:
    """Whether the visit can hold it as well: same start, same people for what is chosen."""
    minutes = {
        person.id: extra.minutes + person.extra_minutes
        for person in talk.catalog.staff_for(extra.id, look.location.id)
    }
    chosen = [
        Need(need.service_id, {part.staff_id: need.minutes[part.staff_id]})
        for need, part in zip(look.needs, talk.wish.plan, strict=True)
        if part.staff_id in need.minutes
    ]
    start = talk.wish.plan[0].starts_at
    free = look.frames(start.astimezone(talk.context.zone).date())
    return (
        len(chosen) == len(look.needs)
        and plan_at([*chosen, Need(extra.id, minutes)], free, at=start) is not None
    )
