"""From a wished time and person to a plan, or to free times to choose from. Keeps everything else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from bot.flows import explain, hours
from bot.flows.search import ALTERNATIVES, MAX_DAYS, Search, search
from bot.flows.state import BotState, Offered, PlannedPart
from bot.flows.talk import Question, Talk, paged
from bot.flows.time_lists import listing, offer, time_options
from bot.scheduling import Part, Plan, people_at, plan_at
from bot.wording.words import Line
from bot.workspace import SlotKind

NEAR_DAYS = 3
"""Days to either side of a date whose weekday doesn't match."""


def settle(talk: Talk) -> Question | None:
    """None: the plan is chosen. Else what has to be asked about day, time or person."""
    look = search(talk)
    if look is None or talk.wish.plan:
        return None
    wish = talk.wish
    wish.refused = False
    _check_person(talk, look)
    if (readings := resolve_half(talk)) is not None:
        return _ask_half(talk, readings)
    if wish.day_conflict:
        return _ask_day(talk, look, Line("day_conflict"))
    if wish.extreme is not None and (wish.extreme == "earliest" or wish.day is not None):
        return _extreme(talk, look)
    several_days = wish.last_day is not None and wish.last_day != wish.day
    if wish.at is not None and wish.until is None and wish.day is None:
        return _ask_day(talk, look, Line("ask_day", {"clock": talk.words.clock(wish.at)}))
    if wish.at is not None and wish.until is None and wish.day is not None and not several_days:
        return _exact(talk, look, wish.day, wish.at)
    return listing(talk, look)


def admit_stale(talk: Talk) -> None:
    """Once a wish: what is offered is the last that is known, and the order's double-check decides."""
    if talk.context.frames.stale and not talk.wish.stale_told:
        talk.wish.stale_told = True
        talk.say("times_unchecked", business=talk.context.workspace_name)


def resolve_half(talk: Talk) -> list[time] | None:
    """Opening hours decide a bare "5". Where they leave both readings open, those are returned."""
    wish, here = talk.wish, talk.location
    if not wish.half_open or wish.at is None:
        return None
    places = [here] if here is not None else list(talk.catalog.locations.values())
    told = [hours.halves(place, wish.day, wish.at) for place in places]
    if not told or any(readings != told[0] for readings in told):
        return None  # it depends on the place, which isn't known yet
    readings = told[0]
    if len(readings) > 1 and here is None:
        return None
    if len(readings) > 1:
        return readings
    wish.at, wish.half_open = readings[0], False
    if wish.until is not None and wish.until <= wish.at and wish.until.hour < 12:
        wish.until = wish.until.replace(hour=wish.until.hour + 12)
    return None


def _check_person(talk: Talk, look: Search) -> None:
    """Says what an asked person doesn't do; forgets her if she does nothing of it."""
    wish = talk.wish
    if wish.staff_id is None:
        return
    can = [need for need in look.needs if wish.staff_id in need.minutes]
    if len(can) == len(look.needs):
        return
    names = {service.id: talk.called(service) for service in talk.services()}
    person = talk.staff_called(wish.staff_id)
    if not can:
        what = talk.words.joined(list(names.values()))
        talk.say("staff_cant", staff=person, service=what, place=talk.called(look.location))
        wish.staff_id = None
    elif talk.touched & {SlotKind.STAFF, SlotKind.SERVICES, SlotKind.LOCATION}:
        does = talk.words.joined([names[need.service_id] for need in can])
        talk.say("staff_part", staff=person, services=does)


def take(talk: Talk, plan: Plan) -> None:
    """The plan becomes the wish's; day and time follow it."""
    wish = talk.wish
    local = plan.starts_at.astimezone(talk.context.zone)
    wish.day, wish.last_day, wish.at = local.date(), None, local.time().replace(tzinfo=None)
    wish.until = wish.part = None
    wish.half_open = wish.day_conflict = False
    wish.plan = [
        PlannedPart(
            service_id=part.service_id,
            staff_id=part.staff_id,
            starts_at=part.starts_at,
            ends_at=part.ends_at,
            frame_external_ids=[frame.external_id for frame in part.frames if frame.external_id],
        )
        for part in plan.parts
    ]


def plan_again(talk: Talk) -> Plan | None:
    """The chosen plan out of today's frames (their ids may have changed); None if it is no longer free."""
    look = search(talk)
    start, wish = talk.wish.starts_at, talk.wish
    if look is None or start is None or start < hours.earliest(talk):
        return None
    needs = explain.pinned(talk, look, [part.staff_id for part in wish.plan])
    if needs is None:
        return None
    free = look.frames(start.astimezone(talk.context.zone).date())

    def shown(parts: Sequence[Part | PlannedPart]) -> list[tuple[UUID | None, datetime]]:
        """What the customer knows of a plan: of a bay or a table, any is the same to him."""
        return [(None if talk.is_resource(one.staff_id) else one.staff_id, one.starts_at) for one in parts]

    for person in (None, wish.staff_id):  # a plan with gaps is found only for the person it was made for
        plan = plan_at(needs, free, at=start, person=person)
        if plan is not None and shown(plan.parts) == shown(wish.plan):
            return plan
    return None


def _exact(talk: Talk, look: Search, day: date, clock: time) -> Question | None:
    wish = talk.wish
    refusal = hours.objection(talk, look.location, day, clock)
    if refusal is not None:
        return _refused(talk, look, day, clock, refusal)
    moment = hours.at_clock(day, clock, talk.context.zone)
    free = look.frames(day)
    if talk.force_offer:
        return _not_free(talk, look, moment, day, clock)
    if wish.staff_id is not None or wish.any_staff or _nobody(talk, look):
        plan = plan_at(look.needs, free, at=moment, person=wish.staff_id)
        if plan is None:
            return _not_free(talk, look, moment, day, clock)
        take(talk, plan)
        if wish.staff_id in plan.staff_ids[:1] and len(plan.staff_ids) > 1:
            talk.said = [line for line in talk.said if line.key != "staff_part"]
            talk.said.append(explain.who_does_what(talk, plan, plan.staff_ids[0]))
        return None
    people = people_at(look.needs, free, at=moment)
    if not people:
        return _not_free(talk, look, moment, day, clock)
    chosen = plan_at(look.needs, free, at=moment, person=people[0])
    persons = [who for who in people if not talk.is_resource(who)]
    if chosen is not None and (len(people) == 1 or not _choice_of_people(look, persons)):
        take(talk, chosen)
        return None
    return ask_staff(talk, moment, people)


def _extreme(talk: Talk, look: Search) -> Question | None:
    """ "As early as possible", "the last one that day": the first or last that fits, as a wished time."""
    wish = talk.wish
    first = wish.day or hours.local_day(talk)
    last = wish.last_day or wish.day or hours.last_day(talk)
    latest = wish.extreme == "latest"
    wish.extreme = None
    for ahead in range(min((last - first).days + 1, MAX_DAYS)):
        found = look.on(first + timedelta(days=ahead), person=wish.staff_id)
        if found:
            best = (max if latest else min)(found, key=lambda plan: plan.starts_at)
            local = best.starts_at.astimezone(talk.context.zone)
            wish.day, wish.last_day = local.date(), None
            wish.at, wish.until, wish.part = local.time().replace(tzinfo=None), None, None
            return _exact(talk, look, local.date(), wish.at)
    return listing(talk, look)


def _nobody(talk: Talk, look: Search) -> bool:
    """Only bays or tables are booked: there is nobody to choose."""
    return all(talk.is_resource(who) for need in look.needs for who in need.minutes)


def _choice_of_people(look: Search, people: Sequence[UUID]) -> bool:
    """Whether any service could be done by more than one of them."""
    return any(len([who for who in people if who in need.minutes]) > 1 for need in look.needs)


def ask_staff(talk: Talk, moment: datetime, people: Sequence[UUID]) -> Question:
    names = [talk.staff_called(who) for who in people]
    options = [talk.option("staff", who, name) for who, name in zip(people, names, strict=True)]
    shared = explain.shares(talk, moment, people[:ALTERNATIVES])
    options.append(talk.option("staff", "any", talk.words.label("title_anyone")))
    values = {"when": talk.words.moment(moment), "options": talk.words.joined(names, last="or")}
    return Question(
        state=BotState.ASK_STAFF,
        slot=SlotKind.STAFF,
        lines=(*shared, Line("ask_staff", values)),
        choices=paged(talk, options),
        label="label_staff",
    )


def _refused(talk: Talk, look: Search, day: date, clock: time, why: Line) -> Question:
    """A moment that can't be: why, and the next possible times."""
    wish = talk.wish
    start = max(day, hours.local_day(talk))
    start = min(start, hours.last_day(talk))
    found = look.nearest(start, clock, wish.staff_id)
    wish.at = wish.until = None
    if why.key != "closed_hour":
        wish.day = wish.last_day = None
    return offer(talk, look, [why, Line("next_times")], found)


def _not_free(talk: Talk, look: Search, moment: datetime, day: date, clock: time) -> Question:
    """The asked time is taken: who else is free then, and the three nearest times."""
    wish = talk.wish
    wish.refused = True
    when = talk.words.moment(moment)
    lines: list[Line] = []
    others: list[UUID] = []
    shared = None if talk.force_offer else explain.shared_plan(look, look.frames(day), moment, wish.staff_id)
    if wish.staff_id is not None and not talk.force_offer:
        lines.append(Line("not_free_staff", {"staff": talk.staff_called(wish.staff_id), "when": when}))
        if shared is not None:
            lines.append(explain.who_does_what(talk, shared, wish.staff_id))
        others = [who for who in people_at(look.needs, look.frames(day), at=moment) if who != wish.staff_id]
    elif shared is not None:
        lines.append(Line("split_would", {"when": when, "parts": explain.parts_text(talk, shared)}))
    elif not talk.force_offer:
        lines.append(Line("not_free", {"when": when}))
    options: list[Offered] = []
    if shared is not None and wish.staff_id is not None:
        options += time_options(talk, look, [shared])
    if others:
        names = [talk.staff_called(who) for who in others]
        values = {"people": talk.words.joined(names, last="or"), "clock": talk.words.clock(moment)}
        lines.append(Line("free_instead", values))
        options += [
            talk.option("staff", who, name, talk.words.moment(moment))
            for who, name in zip(others[:ALTERNATIVES], names, strict=False)
        ]
    found = look.nearest(day, clock, wish.staff_id)
    following = look.next_after(moment, wish.staff_id) if wish.staff_id and not talk.force_offer else None
    if wish.staff_id is not None and following is not None:
        same_day = following.starts_at.astimezone(talk.context.zone).date() == day
        tell = talk.words.clock if same_day else talk.words.moment
        values = {"staff": talk.staff_called(wish.staff_id), "when": tell(following.starts_at)}
        lines.append(Line("staff_next", values))
        if all(plan.starts_at != following.starts_at for plan in found):
            found = [*found[: ALTERNATIVES - 1], following]
    return offer(talk, look, [*lines, Line("nearest_times")], found, options)


def _ask_half(talk: Talk, readings: Sequence[time]) -> Question:
    early, late = (talk.words.clock(reading) for reading in readings)
    options = [talk.option("clock", r.strftime("%H:%M"), talk.words.clock(r)) for r in readings]
    return Question(
        state=BotState.ASK_TIME,
        slot=SlotKind.TIME,
        lines=(Line("ask_half", {"am": early, "pm": late}),),
        choices=tuple(options),
    )


def _ask_day(talk: Talk, look: Search, lead: Line) -> Question:
    """The next days on which the place is open, to pick from."""
    words, today = talk.words, hours.local_day(talk)
    first = today
    if talk.wish.day_conflict and talk.wish.day is not None:  # the one that was meant is near the date
        first = max(today, talk.wish.day - timedelta(days=NEAR_DAYS))
    ahead = [first + timedelta(days=n) for n in range((hours.last_day(talk) - first).days + 1)]
    clock = talk.wish.at
    fit = [
        day
        for day in ahead
        if (
            hours.day_objection(talk, look.location, day)
            if clock is None
            else hours.objection(talk, look.location, day, clock)
        )
        is None
    ][:7]
    names = {today: words.label("title_today"), today + timedelta(days=1): words.label("title_tomorrow")}
    options = [
        talk.option("day", d.isoformat(), names.get(d, words.day(d)), words.day(d) if d in names else "")
        for d in fit
    ]
    return Question(
        state=BotState.ASK_DAY, slot=SlotKind.TIME, lines=(lead,), choices=tuple(options), label="label_days"
    )
