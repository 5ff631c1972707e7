"""What was just asked about, if nothing is chosen yet: "do you do brakes?", "yes, tomorrow at 9" means the brakes.

A question about a service is no wish for it, but what follows may be one: "book it", a day or a time, or a yes right
after it or to the question whether it shall be booked. Naming another service forgets it.
"""

from __future__ import annotations

import re

from bot.flows.slots import services
from bot.flows.state import Unclear
from bot.flows.talk import Talk
from bot.understanding.contract import Intent, Understanding
from bot.understanding.normalize import fold

_IT = re.compile(
    r"\b(?:it|that|this|one|them|those|both|same)\b|(?<!\w)(?:هذا|هذي|هاذي|هذه|نفسه|نفسها|ياه|اياه|اياها)(?!\w)"
    r"|(?<!\w)[وف]?[اأ]?(?:حجز|ضيف|بي|بغي|ريد|خذ)\w{0,2}(?:ها|ه|هم)(?!\w)",
    re.IGNORECASE,
)
"""Words for what was spoken of, where something else is chosen already: "add it", "book that too", "ضيفها"."""
_DEAR = re.compile(r"\b(?:expensive|pricey|too much|a lot|steep)\b|(?<!\w)(?:غالي|غاليه|غلا|وايد|كثير)(?!\w)")
_EVERY = re.compile(r"^\W*(?:both|all)\b|^\W*(?:كلهم|كلها|الثنتين|الثنين|الاثنين)(?!\w)", re.IGNORECASE)
_NOT_WISHES = frozenset(
    {Intent.CANCEL, Intent.RESCHEDULE, Intent.MY_BOOKING, Intent.USUAL, Intent.START_OVER}
)


def remember(talk: Talk, u: Understanding) -> None:
    """The services that a question named."""
    mine = {item.service_id for item in talk.wish.items}
    named = [
        Unclear(said="", ids=ids)
        for mention in u.services
        if (ids := list(dict.fromkeys(match.id for match in mention if match.id not in mine)))
    ]
    if named:
        talk.state.topic, talk.state.topic_turn = named, talk.context.turn


def goes_on(talk: Talk, u: Understanding, text: str) -> bool:
    """Whether a line that names no service wishes for what was just asked about."""
    if not talk.state.topic or u.services or u.unknown_service or u.need or u.leaning is False:
        return False
    intents = set(u.intents)
    if u.polarity is False or intents & _NOT_WISHES:
        return False
    if talk.wish.items:
        return bool(intents & {Intent.ADD, Intent.BOOK} and _IT.search(text))
    if u.days or u.times or intents & {Intent.BOOK, Intent.ADD} or _EVERY.search(text):
        return True
    asked = talk.state.asked_key == services.TOPIC or talk.context.turn - talk.state.topic_turn == 1
    return asked and bool(u.leaning or u.polarity)


def hear(talk: Talk, u: Understanding, text: str) -> None:
    """Takes it into the wish; what may be several services is asked."""
    if not goes_on(talk, u, text):
        return
    talk.trace.append("topic")
    about, talk.state.topic = talk.state.topic, []
    for one in (one for one in about if len(one.ids) == 1):
        services.take(talk, one.ids[0], beside=bool(talk.wish.items))
    for one in (one for one in about if len(one.ids) > 1):
        services.put_unclear(talk, one.said, one.ids)
        talk.heard = True


def declines(talk: Talk, text: str) -> bool:
    """ "Too expensive", asked whether it shall be booked: a no, and nothing to misunderstand."""
    if talk.state.asked_key != services.TOPIC or _DEAR.search(fold(text)) is None:
        return False
    forget(talk)
    talk.say("topic_dropped")
    return True


def forget(talk: Talk) -> None:
    """Something else is wished for."""
    talk.heard = True
    talk.state.topic = []
