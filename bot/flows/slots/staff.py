"""The staff slot: a person by name, or anyone. Who is offered follows from the time (times.py)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from bot.flows.slots.contact import clean_name
from bot.flows.state import BotState
from bot.flows.talk import Talk, drop_plan
from bot.understanding.contract import Match
from bot.workspace import SlotKind


def take(talk: Talk, staff_id: UUID) -> None:
    """The customer asked for a person."""
    wish = talk.wish
    person = talk.catalog.staff[staff_id]
    if wish.staff_id != staff_id or wish.any_staff:
        wish.staff_id, wish.any_staff = staff_id, False
        if not (wish.plan and all(part.staff_id == staff_id for part in wish.plan)):
            drop_plan(wish)
    if wish.location_id is None:
        wish.location_id = person.location_id
    talk.touch(SlotKind.STAFF)


def take_anyone(talk: Talk) -> None:
    """Anyone will do. A plan that stands stays: whoever is in it is anyone."""
    talk.wish.staff_id, talk.wish.any_staff = None, True
    talk.touch(SlotKind.STAFF)
    talk.say("any_staff")


def hear_unknown(talk: Talk, text: str) -> bool:
    """A name in answer to "who would you like?" that nobody there has. False: it is no name either."""
    name = clean_name(text) if len(text.split()) <= 2 else None
    if talk.state.name is not BotState.ASK_STAFF or name is None or talk.location is None:
        return False
    talk.say("no_such_person", staff=name, place=talk.called(talk.location))
    return True


def hear(talk: Talk, matches: Sequence[Match]) -> None:
    """People named in a text; the chosen place narrows down those who share a name."""
    named = list(dict.fromkeys(match.id for match in matches))
    here = talk.wish.location_id
    at_place = [one for one in named if talk.catalog.staff[one].location_id == here]
    if here is not None and named and not at_place:
        talk.heard = True
        person = talk.catalog.staff[named[0]]
        place = talk.catalog.locations[person.location_id]
        talk.say("staff_elsewhere", staff=talk.called(person), place=talk.called(place))
        return
    choice = at_place or named
    if len(choice) > 1 and talk.wish.staff_id in choice:
        choice.remove(talk.wish.staff_id)
    homes = {talk.catalog.staff[one].location_id for one in choice}
    if len(choice) > 1 and len(homes) > 1:
        talk.heard = True
        places = [talk.called(talk.catalog.locations[one]) for one in homes if one in talk.catalog.locations]
        person = talk.catalog.staff[choice[0]]
        talk.say("staff_elsewhere", staff=talk.called(person), place=talk.words.joined(sorted(places)))
    elif choice:
        take(talk, choice[0])
