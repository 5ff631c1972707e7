"""When somebody of the team is there, and what is said when nobody is. The bot itself books at any hour."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.catalog import localized
from bot.flows.hours import at_clock, local_day
from bot.flows.talk import Talk
from bot.wording.words import Line

LOOK_AHEAD_DAYS = 32
"""Holidays of a month included."""


def _open_on(talk: Talk, day: date) -> list[tuple[time, time]]:
    """The team's hours of that day, else those of all places. A day on which every place is closed for once counts."""
    places = talk.catalog.locations.values()
    own = talk.context.settings.hours
    if not own:
        return [span for place in places for span in place.hours_on(day)]
    if places and all(day in place.exceptions and not place.hours_on(day) for place in places):
        return []
    return [(one.opens, one.closes) for one in own if one.weekday == day.weekday()]


def _spans(talk: Talk) -> list[tuple[datetime, datetime]]:
    """When somebody is there, from yesterday evening on, as UTC instants."""
    zone, today = talk.context.zone, local_day(talk)
    spans = []
    for ahead in range(-1, LOOK_AHEAD_DAYS):
        day = today + timedelta(days=ahead)
        for opens, closes in _open_on(talk, day):
            ends = day + timedelta(days=1) if closes <= opens else day
            spans.append((at_clock(day, opens, zone), at_clock(ends, closes, zone)))
    return spans


def opens_again(talk: Talk) -> datetime | None:
    """When somebody is there next. None: somebody is there now, or nobody wrote down any hours."""
    now = talk.context.now
    spans = _spans(talk)
    if any(opens <= now < closes for opens, closes in spans):
        return None
    return min((opens for opens, _ in spans if opens > now), default=None)


def tell(talk: Talk) -> None:
    """The business's line for the hours when it is closed, once per talk, before everything else."""
    text = localized(talk.context.settings.after_hours, talk.state.language)
    if not text or talk.state.after_hours_told:
        return
    opens = opens_again(talk)
    if opens is None:
        return
    talk.state.after_hours_told = True
    talk.trace.append("after_hours")
    line = Line("detail_line", {"text": text.replace("{opens}", talk.words.moment(opens))})
    talk.said.insert(0, line)
