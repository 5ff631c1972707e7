"""Why a visit of several services looks as it does: who is free for which part, and who does the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from bot.catalog import Frame
from bot.flows.search import Search, search
from bot.flows.talk import Talk
from bot.scheduling import Need, Plan, plan_at
from bot.wording.words import Line


def shared_plan(look: Search, free: Sequence[Frame], moment: datetime, person: UUID | None) -> Plan | None:
    """A plan for exactly this moment in which several people share the visit.

    With an asked person one in which she does something at least, if not all that she was asked for.
    """
    if len(look.needs) < 2:
        return None
    if person is None:
        return _shared(look.needs, free, moment)
    for position, need in enumerate(look.needs):
        if person in need.minutes:
            hers = Need(need.service_id, {person: need.minutes[person]})
            needs = [*look.needs[:position], hers, *look.needs[position + 1 :]]
            if (plan := _shared(needs, free, moment)) is not None:
                return plan
    return None


def _shared(needs: Sequence[Need], free: Sequence[Frame], moment: datetime) -> Plan | None:
    plan = plan_at(needs, free, at=moment)
    return plan if plan is not None and len(plan.staff_ids) > 1 else None


def pinned(talk: Talk, look: Search, people: Sequence[UUID]) -> list[Need] | None:
    """The needs, each with the one person that was shown with it, or with any bay or table if it was one.

    None: she doesn't do it any more.
    """
    if len(people) != len(look.needs):
        return None
    pairs = list(zip(look.needs, people, strict=True))
    if any(who not in need.minutes for need, who in pairs):
        return None
    return [
        Need(
            need.service_id,
            {
                one: minutes
                for one, minutes in need.minutes.items()
                if one == who or (talk.is_resource(who) and talk.is_resource(one))
            },
        )
        for need, who in pairs
    ]


def parts_text(talk: Talk, plan: Plan) -> str:
    """`Monica for Gel Manicure at 2:00 PM and Carlen for Classic Pedicure at 3:00 PM`."""
    words = talk.words
    return words.joined(
        [
            words.say(
                Line(
                    "split_then",
                    {
                        "who": talk.staff_called(part.staff_id),
                        "service": talk.called(talk.catalog.services[part.service_id]),
                        "clock": words.clock(part.starts_at),
                    },
                )
            )
            for part in plan.parts
        ]
    )


def who_does_what(talk: Talk, plan: Plan, person: UUID) -> Line:
    """`Monica is free for Gel Manicure at 2:00 PM; Classic Pedicure would be with Carlen.`"""
    words = talk.words
    hers = [part for part in plan.parts if part.staff_id == person]
    rest = [part for part in plan.parts if part.staff_id != person]

    def named(service_id: UUID) -> str:
        return talk.called(talk.catalog.services[service_id])

    others = []
    for who in dict.fromkeys(part.staff_id for part in rest):
        what = words.joined([named(part.service_id) for part in rest if part.staff_id == who])
        others.append(words.say(Line("split_rest", {"service": what, "who": talk.staff_called(who)})))
    return Line(
        "split_with",
        {
            "staff": talk.staff_called(person),
            "services": words.joined([named(part.service_id) for part in hers]),
            "clock": words.clock(hers[0].starts_at),
            "rest": words.joined(others),
        },
    )


def shares(talk: Talk, moment: datetime, people: Sequence[UUID]) -> list[Line]:
    """What each of these would do herself at this moment, and who would do the rest."""
    look = search(talk)
    if look is None or len(look.needs) < 2:
        return []
    free = look.frames(moment.astimezone(talk.context.zone).date())
    chosen = [(who, plan_at(look.needs, free, at=moment, person=who)) for who in people]
    return [
        who_does_what(talk, plan, who) for who, plan in chosen if plan is not None and len(plan.staff_ids) > 1
    ]
