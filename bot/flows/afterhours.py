"""When somebody of the team is there, and what is said when nobody is. The bot itself books at any hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.catalog import localized
from bot.flows.hours import at_clock, local_day
from bot.flows.talk import Talk
from bot.wording.words import Line
from bot.workspace import OpenHours

LOOK_AHEAD_DAYS = 8


def _intervals(talk: Talk) -> Sequence[OpenHours]:
    """The team's hours, else all hours of all places."""
    own = talk.context.settings.hours
    if own:
        return own
    return [
        OpenHours(weekday=one.weekday, opens=one.opens, closes=one.closes)
        for place in talk.catalog.locations.values()
        for one in place.hours
    ]


def _spans(talk: Talk) -> list[tuple[datetime, datetime]]:
    """When somebody is there, from yesterday evening on, as UTC instants."""
    zone, today = talk.context.zone, local_day(talk)
    spans = []
    for ahead in range(-1, LOOK_AHEAD_DAYS):
        day = today + timedelta(days=ahead)
        for one in _intervals(talk):
            if one.weekday == day.weekday():
                ends = day + timedelta(days=1) if one.closes <= one.opens else day
                spans.append((at_clock(day, one.opens, zone), at_clock(ends, one.closes, zone)))
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
