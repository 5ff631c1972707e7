"""The usual: what the customer had last time, offered once and taken at a word. From his own visits only."""

from __future__ import annotations

from dataclasses import replace

from bot.flows import form, known, manage_move
from bot.flows.history import KnownBooking, KnownItem
from bot.flows.state import BotState
from bot.flows.talk import Question, Talk
from bot.understanding.contract import Intent, Understanding
from bot.wording.words import Line
from bot.workspace import SlotKind

_FIRST_QUESTIONS = frozenset({BotState.ASK_LOCATION, BotState.ASK_SERVICES})
_OPENING = frozenset({Intent.GREETING, Intent.BOOK, Intent.THANKS, Intent.START_OVER})


def last_visit(talk: Talk) -> KnownBooking | None:
    """What may be offered again: still offered, at least in part, where it was."""
    visit = talk.context.history.last_visit
    if visit is None or visit.location_id not in talk.catalog.locations:
        return None
    offered = any(
        (service := talk.catalog.services.get(item.service_id)) is not None
        and visit.location_id in service.location_ids
        for item in visit.items
    )
    return visit if offered else None


def hear(talk: Talk, u: Understanding) -> None:
    """ "The usual", "same as last time"; or a yes or no to the offer of it."""
    state = talk.state
    asked = state.usual == "open"
    if Intent.USUAL in u.intents:
        state.usual = "done"
        talk.heard = True
        if not take(talk):
            talk.say("usual_none")
    elif asked:
        state.usual = "done"
        if u.polarity is True:
            take(talk)
        talk.heard = talk.heard or u.polarity is False


def take(talk: Talk) -> bool:
    """Fills the wish from the last visit; a time that was named already stays. False: there is nothing to take."""
    visit = last_visit(talk)
    if visit is None:
        return False
    old, new = talk.wish, manage_move.filled(talk, visit)
    places = {new.location_id}
    new.items = [one for one in new.items if places & talk.catalog.services[one.service_id].location_ids]
    old.location_id, old.items = new.location_id, new.items
    old.staff_id, old.any_staff, old.plan = new.staff_id, new.any_staff, []
    old.details = {**form.from_notes(talk, visit.notes), **old.details}
    talk.touched |= {SlotKind.LOCATION, SlotKind.SERVICES, SlotKind.STAFF}
    talk.heard = True
    return True


def offer(talk: Talk, question: Question) -> Question:
    """The first question of a known customer, with the usual before it. Once in a talk."""
    state = talk.state
    visit = last_visit(talk)
    if (
        state.usual
        or visit is None
        or talk.context.history.upcoming
        or _wishes(talk)
        or talk.lost
        or question.state not in _FIRST_QUESTIONS
        or not talk.intents
        or not talk.intents <= _OPENING
    ):
        return question
    state.usual = "open"
    where = known.place(talk, visit) if len(talk.catalog.locations) > 1 else ""
    comma = "، " if state.language == "ar" else ", "
    staying = replace(visit, items=tuple(_still(talk, item) for item in visit.items))
    what = comma.join(part for part in (known.services_line(talk, staying), where) if part)
    return replace(
        question,
        lines=(Line("usual_offer", {"what": what}), Line("usual_or")),
        choices=(talk.button("usual", "title_usual"), *question.choices[:9]),
    )


def _wishes(talk: Talk) -> bool:
    """Something was named; the only place of a business is not the customer's word."""
    wish = talk.wish
    place = wish.location_id is not None and len(talk.catalog.locations) > 1
    return bool(place or wish.items or wish.day or wish.at or wish.part or wish.staff_id)


def _still(talk: Talk, item: KnownItem) -> KnownItem:
    """Without the name of who left."""
    return item if item.staff_id in talk.catalog.staff else replace(item, staff_name="")
