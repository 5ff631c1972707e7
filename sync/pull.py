"""Asking the booking system: the catalog, and the free time frames day by day. Writes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from db.catalog_rows import StoredCatalog
from providers.contract import (
    BookingProvider,
    CatalogRecord,
    FrameRecord,
    LocationRecord,
    OpeningHours,
    ServiceRecord,
    StaffRecord,
)

Progress = Callable[[str, int, int], Awaitable[None]]
"""Told before the first step and after each: what is being done, steps done, steps in all."""


@dataclass(frozen=True, slots=True)
class PulledFrames:
    """All free frames of the locations asked about that begin in [starts_at, ends_at)."""

    location_external_ids: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    frames: tuple[FrameRecord, ...]
    outside: int
    """Frames that came although they don't begin on the days asked for; they were dropped."""


def days_from(today: date, count: int) -> tuple[date, ...]:
    return tuple(today + timedelta(days=offset) for offset in range(count))


async def pull_frames(
    provider: BookingProvider,
    catalog: CatalogRecord,
    *,
    days: Sequence[date],
    zone: ZoneInfo,
    progress: Progress,
) -> PulledFrames:
    """Frames of consecutive calendar days of the business. Raises CallFailure: no day is left out silently."""
    # UTC as the frames are: of two zones each comparison would ask both for their offset.
    starts_at = datetime.combine(days[0], time(), zone).astimezone(UTC)
    ends_at = datetime.combine(days[-1] + timedelta(days=1), time(), zone).astimezone(UTC)
    found: dict[tuple[str, str, datetime], FrameRecord] = {}
    outside = 0
    await progress("free times", 0, len(days))
    for done, day in enumerate(days, start=1):
        for frame in await provider.pull_frames(catalog=catalog, days=[day]):
            if starts_at <= frame.starts_at < ends_at:
                found[(frame.location_external_id, frame.staff_external_id, frame.starts_at)] = frame
            else:
                outside += 1
        await progress("free times", done, len(days))
    return PulledFrames(
        location_external_ids=tuple(place.external_id for place in catalog.locations),
        starts_at=starts_at,
        ends_at=ends_at,
        frames=tuple(found.values()),
        outside=outside,
    )


def stored_record(stored: StoredCatalog, currency: str) -> CatalogRecord:
    """The stored catalog in the provider's terms: what a pull of frames alone goes by."""
    return CatalogRecord(
        currency=currency,
        locations=tuple(
            LocationRecord(
                external_id=kept.row.external_id,
                names=kept.row.names,
                hours=tuple(
                    OpeningHours(
                        span["weekday"], time.fromisoformat(span["opens"]), time.fromisoformat(span["closes"])
                    )
                    for span in kept.row.hours
                ),
            )
            for kept in sorted(stored.locations.values(), key=lambda kept: kept.row.position)
            if not kept.retired
        ),
        groups=(),
        services=tuple(
            ServiceRecord(
                external_id=kept.row.external_id,
                names=kept.row.names,
                minutes=kept.row.minutes,
                price_minor=kept.row.price_minor,
                location_external_ids=tuple(kept.row.location_external_ids),
            )
            for kept in sorted(stored.services.values(), key=lambda kept: kept.row.position)
            if not kept.retired
        ),
        staff=tuple(
            StaffRecord(
                external_id=kept.row.external_id,
                names=kept.row.names,
                location_external_id=kept.row.location_external_id,
                extra_minutes=kept.row.extra_minutes,
                service_external_ids=tuple(kept.row.service_external_ids),
            )
            for kept in sorted(stored.staff.values(), key=lambda kept: kept.row.position)
            if not kept.retired
        ),
        payment_types=(),
    )
