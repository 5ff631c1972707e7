"""Free times to choose from: near an asked one, of a day, or a few of each of the next days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, time, timedelta

from bot.flows import handling, hours
from bot.flows.search import ALTERNATIVES, Search
from bot.flows.state import BotState, Offered
from bot.flows.talk import TITLE_LIMIT, Question, Talk, drop_plan, paged
from bot.scheduling import Plan
from bot.wording.words import Line
from bot.workspace import SlotKind

SPREAD_DAYS = 3
PER_DAY = 3
NOON = time(12)


def offer(
    talk: Talk, look: Search, lines: Sequence[Line], found: Sequence[Plan], extra: Sequence[Offered] = ()
) -> Question:
    """Times to choose from; if there are none at all, that is said instead."""
    drop_plan(talk.wish)
    if not found and not extra:
        return nothing_free(talk, lines)
    shown = [line for line in lines if found or line.key not in {"nearest_times", "next_times"}]
    return Question(
        state=BotState.ASK_TIME,
        slot=SlotKind.TIME,
        lines=tuple(shown),
        choices=(*time_options(talk, look, found), *extra),
        label="label_times",
    )


def nothing_free(talk: Talk, lines: Sequence[Line]) -> Question:
    ahead = talk.words.count("days", talk.context.settings.horizon_days)
    first = [line for line in lines if line.key not in {"nearest_times", "next_times"}]
    why = Line("nothing_free", {"days": ahead})
    if talk.context.frames.stale:  # an old nothing is no fact
        talk.wish.stale_told = True
        why = Line("times_unknown")
    return Question(
        state=BotState.ASK_TIME,
        slot=SlotKind.TIME,
        lines=(*first, why),
        choices=(talk.button("change", "title_change"), talk.button("human", "title_human")),
    )


def time_options(talk: Talk, look: Search, found: Sequence[Plan]) -> list[Offered]:
    """Rows of times with who would do it. Where nobody else could, the name is left out."""
    words = talk.words
    days = {plan.starts_at.astimezone(talk.context.zone).date() for plan in found}
    named = any(len(need.minutes) > 1 for need in look.needs)
    short = any(len(words.moment(plan.starts_at)) > TITLE_LIMIT for plan in found)
    rows = []
    for plan in found:
        people = [name for who in plan.staff_ids if (name := talk.staff_called(who))]
        title = words.clock(plan.starts_at) if len(days) == 1 and len(found) > ALTERNATIVES else ""
        description = ""
        if named and people and not talk.wish.any_staff:
            who = people[0]
            if len(people) > 1:
                rest = words.joined(people[1:])
                who = words.say(Line("then_staff", {"first": people[0], "rest": rest}))
            description = words.say(Line("with_staff", {"staff": who}))
        iso = plan.starts_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
        staff = [part.staff_id for part in plan.parts] if description else []
        rows.append(
            talk.option("time", iso, title or words.moment(plan.starts_at, short=short), description, staff)
        )
    return rows


def listing(talk: Talk, look: Search) -> Question:
    """Free times of the asked day or days; without a day some of each of the next days."""
    wish = talk.wish
    window = _window(talk)
    if wish.day is None:
        return _spread(talk, look, window)
    last = wish.last_day or wish.day
    days = [wish.day + timedelta(days=n) for n in range((last - wish.day).days + 1)][:7]
    why = [line for day in days if (line := hours.day_objection(talk, look.location, day)) is not None]
    by_day = [_chronological(look.on(day, person=wish.staff_id, window=window)) for day in days]
    found = [plan for plans in by_day for plan in (plans if len(days) == 1 else _sample(plans))]
    label = talk.words.day(wish.day)
    if not found:
        lines = [why[0]] if why else [Line("nothing_on", {"day": label})]
        anchor = min(max(wish.day, hours.local_day(talk)), hours.last_day(talk))
        near = look.nearest(anchor, window[0] if window else NOON, wish.staff_id)
        wish.day = wish.last_day = None
        return offer(talk, look, [*lines, Line("next_times")], near)
    lead = _ask_time(talk) if len(days) > 1 else Line("ask_time_on", {"day": label})
    return _times_question(talk, look, lead, found)


def _window(talk: Talk) -> tuple[time, time] | None:
    wish = talk.wish
    if wish.until is not None:
        return wish.at or time(0), wish.until
    return hours.PART_HOURS[wish.part] if wish.part is not None else None


def _spread(talk: Talk, look: Search, window: tuple[time, time] | None) -> Question:
    """A few times of each of the next days that have any, more days on the next pages."""
    found: list[Plan] = []
    wanted = talk.state.page + SPREAD_DAYS * PER_DAY + 2
    for other in look.days_from(hours.local_day(talk)):
        found += _sample(_chronological(look.on(other, person=talk.wish.staff_id, window=window)))
        if len(found) >= wanted:
            break
    if not found:
        return nothing_free(talk, [])
    return _times_question(talk, look, _ask_time(talk), found)


def _ask_time(talk: Talk) -> Line:
    """Nobody comes anywhere for a call."""
    return Line("ask_time_call" if handling.is_call(talk) else "ask_time")


def _times_question(talk: Talk, look: Search, lead: Line, found: Sequence[Plan]) -> Question:
    options = time_options(talk, look, found)
    undecided = talk.wish.staff_id is None and not talk.wish.any_staff
    first = talk.state.name is not BotState.ASK_TIME
    hint = (Line("staff_hint"),) if first and undecided and any(row.staff_ids for row in options) else ()
    return Question(
        state=BotState.ASK_TIME,
        slot=SlotKind.TIME,
        lines=(*hint, lead),
        choices=paged(talk, options),
        label="label_times",
    )


def _chronological(found: Sequence[Plan]) -> list[Plan]:
    return sorted(found, key=lambda plan: plan.starts_at)


def _sample(found: Sequence[Plan]) -> list[Plan]:
    """First, middle and last of a day: an idea of it in three rows."""
    if len(found) <= PER_DAY:
        return list(found)
    return [found[0], found[len(found) // 2], found[-1]]
