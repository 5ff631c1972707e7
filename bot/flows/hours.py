"""Opening hours and moments: which hour a bare "5" is, whether a wished moment can be, and why not."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.catalog import FrameQuery, Location
from bot.flows.talk import Talk
from bot.understanding.contract import DayPart
from bot.wording.words import Line, Words

PART_HOURS = {
    DayPart.MORNING: (time(0), time(12)),
    DayPart.AFTERNOON: (time(12), time(17)),
    DayPart.EVENING: (time(17), time(22)),
    DayPart.NIGHT: (time(19), time(23, 59)),
}
_DEFAULT_HOURS = (time(8), time(20))
"""For a place whose hours nobody entered: only used to tell morning from afternoon."""


def local_day(talk: Talk) -> date:
    return talk.context.now.astimezone(talk.context.zone).date()


def at_clock(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """A wall time of the business as a UTC instant. A wall time that DST skips becomes the one after."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def on_the_minute(moment: datetime) -> datetime:
    """The first full minute that isn't before it: what is named as a time must be true."""
    return (
        moment
        if moment == moment.replace(second=0, microsecond=0)
        else (moment.replace(second=0, microsecond=0) + timedelta(minutes=1))
    )


def day_query(talk: Talk, location: Location, day: date) -> FrameQuery:
    """One whole local day, so that the same query serves every turn about it."""
    zone = talk.context.zone
    return FrameQuery(
        location_id=location.id,
        starts_at=at_clock(day, time(0), zone),
        ends_at=at_clock(day + timedelta(days=1), time(0), zone),
        ignoring=talk.wish.moves,
    )


def earliest(talk: Talk) -> datetime:
    return talk.context.now + timedelta(minutes=talk.context.settings.lead_minutes)


def last_day(talk: Talk) -> date:
    return local_day(talk) + timedelta(days=talk.context.settings.horizon_days)


def is_open_day(location: Location, day: date) -> bool:
    return not location.hours or bool(location.hours_on(day))


def open_spans(location: Location, day: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """When a place is open on a local day, as UTC instants; what began the evening before and goes on included."""
    spans = []
    for began in (day - timedelta(days=1), day):
        for opens, closes in location.hours_on(began):
            over_midnight = closes <= opens
            if began < day and not over_midnight:
                continue
            ends = began + timedelta(days=1) if over_midnight else began
            spans.append((at_clock(began, opens, zone), at_clock(ends, closes, zone)))
    return spans


def hours_text(words: Words, spans: list[tuple[time, time]]) -> str:
    return words.joined([f"{words.clock(opens)} - {words.clock(closes)}" for opens, closes in spans])


def halves(location: Location, day: date | None, clock: time) -> list[time]:
    """The readings of a bare hour that fall into opening hours (of that day, else of any day).

    None of both fits: the one a customer would mean (1 to 7 are afternoon), which is then refused as closed.
    """
    early = clock.replace(hour=clock.hour % 12)
    both = [early, early.replace(hour=early.hour + 12)]
    week = [(hours.opens, hours.closes) for hours in location.hours]
    spans = (week if day is None else location.hours_on(day)) or [_DEFAULT_HOURS]
    inside = [reading for reading in both if any(_within(reading, *span) for span in spans)]
    return inside or [both[1] if early.hour < 8 else both[0]]


def _within(clock: time, opens: time, closes: time) -> bool:
    return opens <= clock < closes if opens < closes else clock >= opens or clock < closes


def objection(talk: Talk, location: Location, day: date, clock: time) -> Line | None:
    """Why a moment can't be, whoever is free: past, too soon, too far, closed."""
    words, zone = talk.words, talk.context.zone
    moment = at_clock(day, clock, zone)
    when = words.moment(moment)
    if moment <= talk.context.now:
        return Line("past", {"when": when})
    if moment < earliest(talk):
        minutes = talk.context.settings.lead_minutes
        notice = words.count("hours", minutes // 60) if minutes % 60 == 0 else words.count("minutes", minutes)
        return Line("too_soon", {"when": when, "notice": notice})
    if (refused := day_objection(talk, location, day)) is not None:
        return refused
    spans = list(location.hours_on(day))
    if spans and not any(_within(clock, *span) for span in spans):
        values = {
            "place": talk.called(location),
            "day": words.day(day),
            "clock": words.clock(clock),
            "hours": hours_text(words, spans),
        }
        return Line("closed_hour", values)
    return None


def day_objection(talk: Talk, location: Location, day: date) -> Line | None:
    """Why a whole day can't be: past, beyond the horizon, closed."""
    words = talk.words
    if day < local_day(talk):
        return Line("past_day", {"day": words.day(day)})
    if day > last_day(talk):
        ahead = words.count("days", talk.context.settings.horizon_days)
        return Line("too_far", {"day": words.day(day), "days": ahead})
    if not is_open_day(location, day):
        return Line("closed_day", {"place": talk.called(location), "day": words.day(day)})
    return None
