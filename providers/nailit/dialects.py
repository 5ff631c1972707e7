"""What each of the two dialects must answer. The rest of Nail It is the same for both (provider.py)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from providers.contract import (
    CatalogRecord,
    FrameRecord,
    LocationRecord,
    OrderLine,
    OrderRequest,
    ServiceRecord,
    StaffRecord,
)
from providers.nailit.answers import Item, Location, OrderAnswer
from providers.outcome import CallFailure, Disposition

CHANNEL_ID = 4
"""Orders from outside the vendor's own apps."""


class Dialect(Protocol):
    """One way of asking an account. All methods raise `CallFailure`."""

    @property
    def order_call(self) -> str:
        """The name of the call that orders."""
        ...

    @property
    def can_cancel(self) -> bool: ...

    async def locations(self, language: str) -> Sequence[Location]: ...

    async def items(
        self, language: str, locations: Sequence[str], today: date, notes: list[str]
    ) -> Sequence[Item]:
        """Every service, `location_ids` filled."""
        ...

    async def staff(
        self, services: Sequence[ServiceRecord], locations: Sequence[str], today: date, notes: list[str]
    ) -> tuple[StaffRecord, ...]: ...

    async def frames(self, catalog: CatalogRecord, days: Sequence[date]) -> list[FrameRecord]: ...

    async def frames_of_line(self, order: OrderRequest, line: OrderLine) -> list[FrameRecord]:
        """Free frames of the line's day; the line's person's at least."""
        ...

    async def item_of_line(self, order: OrderRequest, line: OrderLine) -> Item | None:
        """The line's service as it is offered at the order's location that day; None: not any more."""
        ...

    async def send_order(
        self, order: OrderRequest, app_user_id: int, frames: Sequence[tuple[int, ...]]
    ) -> OrderAnswer:
        """The one call that orders. `frames` belongs to the order's lines, in their order."""
        ...

    async def cancel(self, order_id: str, reason: str) -> None: ...


def local_day(starts_at: datetime, zone: ZoneInfo) -> date:
    """The salon's calendar day of an instant: what dates in calls mean."""
    return starts_at.astimezone(zone).date()


def open_on(location: LocationRecord | None, day: date) -> bool:
    """False only if the location is known to be closed that weekday; hours we couldn't read close nothing."""
    if location is None or not location.hours:
        return True
    return any(hours.weekday == day.weekday() for hours in location.hours)


def numeric(text: str, what: str) -> int:
    """An id of ours as the vendor's number. Raises `CallFailure` (PERMANENT)."""
    if text.isascii() and text.isdigit() and len(text) < 19 and int(text) > 0:
        return int(text)
    raise CallFailure(Disposition.PERMANENT, "bad_id", f"the order's {what} is not an id of Nail It")
