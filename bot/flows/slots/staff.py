"""The staff slot: a person by name, or anyone. Who is offered follows from the time (times.py)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from bot.flows.slots.contact import clean_name
from bot.flows.state import BotState
from bot.flows.talk import Talk, drop_plan
from bot.understanding.contract import Match
from bot.understanding.normalize import fold
from bot.understanding.words import COMMON
from bot.workspace import SlotKind

_THERE = r"(?:in|there|around|working|on shift|in today|on today|available|free)"
_WHEN = r"(?:\s(?:today|tomorrow|now|then|this \w+|on \w+day|\w+day))?"
_ASKED_AFTER = re.compile(
    rf"^\W*(?:(?:hi|hello|hey|and|ok)\W+)*(?:is|will)\s(?P<first>[^\W\d_]+(?:\s[^\W\d_]+)?)\s(?:be\s)?{_THERE}{_WHEN}\W*$"
    r"|^\W*(?:(?:ok|no|and|but|maybe)\W+)*with\s(?P<third>[^\W\d_]{2,})"
    r"(?:\s(?:then|please|pls|instead|maybe|if possible))*\W*$"
    rf"|^\W*(?:with\s)?(?P<second>[^\W\d_]+)\W+if\s(?:he'?s|she'?s|he is|she is|they'?re)\s{_THERE}{_WHEN}\W*$"
)
_NOBODY = frozenset(COMMON) | {
    "it", "he", "she", "that", "this", "there", "parking", "everyone", "everybody", "anyone", "anybody", "someone",
    "somebody", "wifi", "the salon", "the shop", "the place", "your salon", "your shop",
}  # fmt: skip
"""What is asked after in such words, and is no person."""


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


def hear_asked_after(talk: Talk, text: str) -> bool:
    """ "Is Kareem in?", "kareem if he's in": a person by a name that nobody of the team has. False: nobody is meant."""
    match = _ASKED_AFTER.search(fold(text))
    name = clean_name(match["first"] or match["second"] or match["third"]) if match else None
    if name is None or fold(name) in _NOBODY:
        return False
    talk.heard = True
    talk.trace.append("staff:nobody")
    here = talk.location
    if here is None:
        talk.say("no_such_person_here", staff=name)
    else:
        talk.say("no_such_person", staff=name, place=talk.called(here))
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
