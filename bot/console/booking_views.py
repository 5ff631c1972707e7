"""The bookings' day and week: a column per person, blocks at their times; on a phone a list per person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from aiohttp import web

from bot.console import calendar
from bot.console.acting import Acting
from db import read_calendar
from db.read_calendar import BookedRow, PersonRow, PlaceRow


async def day_view(acting: Acting) -> web.StreamResponse:
    on = _date(acting)
    places, place_id = await _places(acting)
    days = [on]
    rows, people = await _booked(acting, days, place_id)
    here = [place for place in places if place_id is None or place.id == place_id]
    return acting.render(
        "bookings_day.html",
        table=calendar.day(people, rows, here, on, zone=acting.workspace.zone, now=acting.now),
        **_shared(
            acting, on=on, days=days, rows=rows, people=people, places=places, place_id=place_id, step=1
        ),
    )


async def week_view(acting: Acting) -> web.StreamResponse:
    on = _date(acting)
    first = calendar.week_begins(on, acting.workspace.zone)
    places, place_id = await _places(acting)
    days = [first + timedelta(days=number) for number in range(7)]
    rows, people = await _booked(acting, days, place_id)
    return acting.render(
        "bookings_week.html",
        table=calendar.week(people, rows, days, acting.workspace.zone),
        people=people,
        **_shared(
            acting, on=on, days=days, rows=rows, people=people, places=places, place_id=place_id, step=7
        ),
    )


def _date(acting: Acting) -> date:
    """The day in the address; today where there is none, or one that no calendar can hold."""
    today = acting.now.astimezone(acting.workspace.zone).date()
    try:
        asked = date.fromisoformat(acting.query.get("date", ""))
    except ValueError:
        return today
    return asked if abs((asked - today).days) < 20 * 365 else today


async def _places(acting: Acting) -> tuple[list[PlaceRow], UUID | None]:
    """The business's places and the one that is looked at. None: all of them."""
    places = await read_calendar.places(acting.tx)
    chosen = acting.choice("place", {str(place.id) for place in places})
    return places, UUID(chosen) if chosen else None


async def _booked(
    acting: Acting, days: Sequence[date], place_id: UUID | None
) -> tuple[list[BookedRow], list[PersonRow]]:
    zone = acting.workspace.zone
    starts = datetime.combine(days[0], time(), zone)
    ends = datetime.combine(days[-1] + timedelta(days=1), time(), zone)
    rows = await read_calendar.booked(acting.tx, starts, ends, location_id=place_id)
    people = await read_calendar.people(
        acting.tx, location_id=place_id, also=list({row.staff_id for row in rows})
    )
    return rows, [*people, *calendar.unknown_people(rows, people)]


def _shared(
    acting: Acting,
    *,
    on: date,
    days: Sequence[date],
    rows: Sequence[BookedRow],
    people: Sequence[PersonRow],
    places: Sequence[PlaceRow],
    place_id: UUID | None,
    step: int,
) -> dict[str, Any]:
    zone = acting.workspace.zone
    return {
        "on": on,
        "days": days,
        "today": acting.now.astimezone(zone).date(),
        "before": on - timedelta(days=step),
        "after": on + timedelta(days=step),
        "count": len({row.booking_id for row in rows}),
        "cut": len(rows) >= read_calendar.MOST,
        "agendas": calendar.agendas(people, rows, days, zone),
        "places": [(str(place.id), calendar.called(place.names)) for place in places],
        "place": str(place_id) if place_id else "",
        "called": calendar.called,
    }
