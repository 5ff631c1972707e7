"""Writes a template's sample talks: only what isn't there yet, so that a second time changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.catalog import Catalog
from bot.catalog_view import load_catalog
from bot.workspace import WorkspaceSettings
from db import templates
from db.tx import Tx
from providers.own_calendar.settings import CalendarSettings
from providers.own_calendar.working import frames_of, performers
from seeds.sample_rows import Row, rows_of
from seeds.sample_talks import Shop, Story, Working, stories
from seeds.template_file import LoadedTemplate

Counts = dict[str, Counter[str]]
"""created, updated, skipped, deleted; per kind of row."""


class NothingToOffer(LookupError):
    """The business has no catalog yet."""


async def write_samples(tx: Tx, template: LoadedTemplate, workspace_id: UUID, *, now: datetime) -> Counts:
    """Makes the talks of the last 30 days that aren't there, and lets past visits have taken place.

    `tx`: a transaction of that workspace. Raises NothingToOffer, db.templates.RowRefused.
    """
    catalog = await load_catalog(tx, workspace_id)
    if not catalog.services:
        raise NothingToOffer(f"{template.workspace_key} has no catalog yet: sync it first")
    account_id, bot_id = await templates.web_chat(tx)
    settings = template.settings
    calendar = template.file.calendar if template.file is not None else None
    shop = Shop(
        key=template.key,
        workspace_id=workspace_id,
        bot_id=bot_id,
        account_id=account_id,
        catalog=catalog,
        settings=settings,
        samples=template.template.samples,
        now=now,
        working=_roster(calendar, catalog, settings.zone) if calendar else _opening(catalog, settings),
        books_ahead=calendar is not None,
    )
    found = stories(shop)
    known = await templates.known_conversations(tx, [one.id for one in found])
    counts: Counts = {}
    fresh = [one for one in found if one.id not in known]
    free = await _without_clashes(tx, fresh)
    _count(counts, "skipped", [one for one in found if one.id in known])
    _count(counts, "skipped", [one for one in fresh if one not in free])
    rows = _rows(free)
    for table, new in rows.items():
        if made := await templates.insert_rows(tx, table, new):
            counts.setdefault(table, Counter())["created"] += made
    visits = [one.part("booking") for one in found if one.id in known]
    if done := await templates.complete_past(tx, visits, now=now):
        counts.setdefault("bookings", Counter())["updated"] += done
        counts["bookings"]["skipped"] -= done
    return counts


def _rows(found: Sequence[Story]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {table: [] for table in templates.SAMPLE_TABLES}
    for story in found:
        for table, new in rows_of(story).items():
            rows[table] += new
    return rows


def _count(counts: Counts, what: str, found: Sequence[Story]) -> None:
    for table, rows in _rows(found).items():
        if rows:
            counts.setdefault(table, Counter())[what] += len(rows)


async def _without_clashes(tx: Tx, found: Sequence[Story]) -> list[Story]:
    """Talks whose visit would lie where a real booking does are left out: a demo's visitor comes first."""
    visits = [one.visit for one in found if one.visit is not None]
    if not visits:
        return list(found)
    taken = await templates.taken_times(
        tx, min(one.starts_at for one in visits), max(one.ends_at for one in visits)
    )

    def clashes(story: Story) -> bool:
        visit = story.visit
        return visit is not None and any(
            who == visit.staff.id and visit.starts_at < until and since < visit.ends_at
            for who, since, until in taken
        )

    return [one for one in found if not clashes(one)]


def _roster(calendar: CalendarSettings, catalog: Catalog, zone: ZoneInfo) -> Callable[[date], list[Working]]:
    """Working time by the own calendar, adjoining frames in one."""
    places = {one.external_id: one.id for one in catalog.locations.values()}
    people = {(one.external_id, one.location_id): one.id for one in catalog.staff.values()}

    def on(day: date) -> list[Working]:
        found: list[Working] = []
        for performer in performers(calendar):
            place = places.get(performer.place.key)
            person = people.get((performer.external_id, place)) if place else None
            if place is None or person is None:
                continue
            for frame in frames_of(performer, day, step=calendar.step_minutes, zone=zone):
                last = found[-1] if found else None
                if last is not None and last.staff_id == person and last.ends_at == frame.starts_at:
                    found[-1] = Working(person, place, last.starts_at, frame.ends_at)
                else:
                    found.append(Working(person, place, frame.starts_at, frame.ends_at))
        return found

    return on


def _opening(catalog: Catalog, settings: WorkspaceSettings) -> Callable[[date], list[Working]]:
    """Opening hours, where the booking system keeps the rosters."""

    def moment(day: date, clock: time) -> datetime:
        if clock == time.max:
            return moment(day + timedelta(days=1), time(0))
        return datetime.combine(day, clock, settings.zone)

    def on(day: date) -> list[Working]:
        return [
            Working(person.id, place.id, moment(day, opens), moment(day, closes))
            for place in catalog.locations.values()
            for opens, closes in place.hours_on(day)
            for person in catalog.staff.values()
            if person.location_id == place.id and opens < closes
        ]

    return on
