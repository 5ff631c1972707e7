"""Free times for a booking that a person of the business moves: the same search that customers' times come from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from bot.flows import manage_move
from bot.flows.history import KnownBooking
from bot.flows.search import Search, search
from bot.flows.state import Wish
from bot.flows.talk import Talk
from bot.scheduling import Plan

MOST = 60
"""Times of one day."""


def wish_of(talk: Talk, booking: KnownBooking) -> Wish | None:
    """A wish for the same services at the same place, with the booking's own contact and answers.

    None: the catalog doesn't offer all of that any more. Says nothing.
    """
    said = list(talk.said)
    wish = manage_move.moving(talk, booking)
    talk.said = said
    if wish.location_id is None or len(wish.items) != len(booking.items):
        return None
    return wish


def of_day(talk: Talk, day: date) -> list[Plan]:
    """What the open wish can be moved to on a local day: each start with everybody who could do it, earliest first.

    Raises catalog.NeedFrames.
    """
    look = search(talk)
    if look is None:
        return []
    found = {
        _key(plan): plan for who in (None, *_people(look)) for plan in look.on(day, person=who, limit=MOST)
    }
    return sorted(found.values(), key=lambda plan: (plan.starts_at, [str(who) for who in plan.staff_ids]))


def same(plan: Plan, starts_at: str, staff_ids: Sequence[str]) -> bool:
    """Whether it is the one that was chosen: its start, and who does each service."""
    return plan.starts_at.isoformat() == starts_at and [str(one.staff_id) for one in plan.parts] == [
        *staff_ids
    ]


def _people(look: Search) -> list[UUID]:
    """Who could do all of it."""
    able = set.intersection(*(set(need.minutes) for need in look.needs)) if look.needs else set()
    return sorted(able, key=str)


def _key(plan: Plan) -> tuple[object, ...]:
    return (plan.starts_at, *(part.staff_id for part in plan.parts))
