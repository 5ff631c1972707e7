"""ShopMonkey as a `BookingProvider`: what is free is worked out here, since the system itself refuses nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from providers.contract import (
    Capabilities,
    CatalogRecord,
    FrameRecord,
    OrderCheck,
    OrderLine,
    OrderPlaced,
    OrderRequest,
    PaymentStatus,
)
from providers.http import Retries, map_bounded
from providers.outcome import CallFailure, Disposition, NotSupported
from providers.shopmonkey.answers import Appointment, CannedService, Created, Location, User
from providers.shopmonkey.catalog import (
    group_records,
    location_records,
    payment_types,
    service_records,
    staff_at,
    staff_records,
)
from providers.shopmonkey.changes import Move, change_appointments
from providers.shopmonkey.client import ShopMonkeyClient, Sweeps
from providers.shopmonkey.customers import find_or_create
from providers.shopmonkey.frames import busy_times, covered, free_frames, open_frames, refuse_overlaps
from providers.shopmonkey.notes import note_of, parts_of, stamp
from providers.shopmonkey.settings import ShopMonkeySettings

log = structlog.get_logger(__name__)

JOINED = "+"
"""Between the appointment ids of an order of several services."""
LONGEST_WAIT_OF_AN_ORDER = 2.0
"""Seconds. Somebody waits for the answer; a sync has more patience."""


class ShopMonkeyProvider:
    """One account of one shop, which may have several locations."""

    def __init__(self, client: ShopMonkeyClient, settings: ShopMonkeySettings, zone: ZoneInfo) -> None:
        self.name = "shopmonkey"
        self.capabilities = Capabilities(cancel_order=True, change_order=True, lookup_order=True)
        self._client = client
        short = min(client.retries.longest_wait, LONGEST_WAIT_OF_AN_ORDER)
        retries = Retries(client.retries.attempts, client.retries.first_wait, short)
        self._hasty = replace(client, retries=retries, hasty=True)
        self._settings = settings
        self._zone = zone
        self._sweeps = Sweeps(settings.quiet_sweeps, settings.most_sweeps, settings.heed_totals)

    async def ping(self) -> None:
        await self._hasty.page("location", Location)

    # -- catalog ----------------------------------------------------------------------------------

    async def pull_catalog(self, *, today: date) -> CatalogRecord:  # noqa: ARG002 (nothing here has a date)
        """Everything, or a `CallFailure`: a catalog with a hole in it is never returned."""
        notes: list[str] = []
        rows = await self._client.every("location", Location, sweeps=self._sweeps)
        if not rows:
            raise CallFailure(Disposition.RETRY, "empty_answer", "list location: no rows where there must be")
        zone = self._client.account.timezone
        locations = location_records(rows, self._settings, zone, notes)
        places = [one.external_id for one in locations]
        lists = await map_bounded(self._services_at, places)
        offers = dict(zip(places, lists, strict=True))
        services = service_records(offers, self._settings, notes)
        if not services:
            raise CallFailure(
                Disposition.OPERATOR, "empty_catalog", "the pull found no bookable service with a price"
            )
        return CatalogRecord(
            currency=self._client.account.currency,
            locations=locations,
            groups=group_records(offers),
            services=services,
            staff=staff_records(places, await self._users(), self._settings),
            payment_types=payment_types(self._settings),
            notes=tuple(dict.fromkeys(notes)),
        )

    async def _services_at(self, location: str) -> list[CannedService]:
        return await self._client.every(
            "canned_service",
            CannedService,
            where={"bookable": True},
            more={"locationId": location},
            sweeps=self._sweeps,
        )

    async def _users(self) -> dict[str, User]:
        if not self._settings.technicians:
            return {}
        return {row.id: row for row in await self._client.every("user", User, sweeps=self._sweeps)}

    # -- free time --------------------------------------------------------------------------------

    async def pull_frames(self, *, catalog: CatalogRecord, days: Sequence[date]) -> list[FrameRecord]:
        """Free frames of every location of the catalog on these calendar days of the location."""
        if not days:
            return []
        # A day more on either side: the location's zone may differ from any other.
        first = datetime(min(days).year, min(days).month, min(days).day, tzinfo=UTC) - timedelta(days=1)
        last = datetime(max(days).year, max(days).month, max(days).day, tzinfo=UTC) + timedelta(days=2)
        appointments = await self._appointments(self._client, first, last)
        return [
            frame
            for location in catalog.locations
            for day in days
            for frame in self._free_on(location.external_id, day, appointments)
        ]

    def _free_on(self, location: str, day: date, appointments: Sequence[Appointment]) -> list[FrameRecord]:
        settings, staff = self._settings, staff_at(location, self._settings)
        frames = open_frames(
            settings.week(location), day, settings.zone(location, self._zone), settings.frame_minutes
        )
        return free_frames(frames, busy_times(appointments, location, staff), location, staff)

    async def _appointments(
        self, client: ShopMonkeyClient, start: datetime, end: datetime
    ) -> list[Appointment]:
        """All that overlap the window. A filter that is ignored makes the list longer, never wrong."""
        where = {"startDate": {"lt": stamp(end)}, "endDate": {"gt": stamp(start)}}
        rows = await client.every("appointment", Appointment, where=where, sweeps=self._sweeps)
        return [row for row in rows if row.overlaps(start, end)]

    # -- orders -----------------------------------------------------------------------------------

    async def check_order(self, order: OrderRequest) -> OrderCheck:
        """Whether every line's time is still free by the appointments of now, and today's prices.

        A line that isn't offered any more keeps its own price in the answer; `available` is False then.
        """
        return await self._check(order, but=())

    async def check_change(self, order_id: str, order: OrderRequest) -> OrderCheck:
        """The same, without the appointments of the order itself."""
        return await self._check(order, but=order_id.split(JOINED))

    async def _check(self, order: OrderRequest, *, but: Collection[str]) -> OrderCheck:
        try:
            refuse_overlaps(order.lines)
        except CallFailure as failure:
            prices = tuple(line.price_minor for line in order.lines)
            return OrderCheck(available=False, prices_minor=prices, reason=failure.detail)
        fresh = await self._fresh_frames(order, but)
        prices_now = await map_bounded(self._price, order.lines)
        reasons = [
            f"{line.service_name}: {'not offered any more' if price is None else 'time not free'}"
            for line, price in zip(order.lines, prices_now, strict=True)
            if price is None or not covered(line, fresh)
        ]
        return OrderCheck(
            available=not reasons,
            prices_minor=tuple(
                line.price_minor if price is None else price
                for line, price in zip(order.lines, prices_now, strict=True)
            ),
            reason="; ".join(reasons),
            fresh_frames=tuple(fresh),
        )

    async def _fresh_frames(self, order: OrderRequest, but: Collection[str]) -> list[FrameRecord]:
        zone = self._settings.zone(order.location_external_id, self._zone)
        days = sorted({line.starts_at.astimezone(zone).date() for line in order.lines})
        start, end = _span(order.lines)
        found = await self._appointments(self._hasty, start - timedelta(days=1), end + timedelta(days=1))
        others = [row for row in found if row.id not in but]
        return [frame for day in days for frame in self._free_on(order.location_external_id, day, others)]

    async def _price(self, line: OrderLine) -> int | None:
        row = await self._hasty.get("canned_service", line.service_external_id, CannedService)
        return row.price_minor if row is not None and row.bookable and not row.deleted else None

    async def place_order(self, order: OrderRequest) -> OrderPlaced:
        """The customer, then one appointment per line. All or nothing, as far as it can be proved.

        A line that is refused after others were placed: those are deleted again, and the refusal is
        raised; if one of them can't be deleted for certain, UNKNOWN. A lost answer is UNKNOWN at once.
        """
        refuse_overlaps(order.lines)
        customer = await find_or_create(self._hasty, order)
        placed: list[str] = []
        for number in range(1, len(order.lines) + 1):
            body = self._appointment(order, number, customer)
            try:
                placed.append((await self._hasty.create("appointment", body, Created)).id)
            except CallFailure as failure:
                if failure.disposition is not Disposition.UNKNOWN and placed:
                    await self._take_back(placed, failure)
                raise
        return OrderPlaced(order_id=JOINED.join(placed), customer_id=customer)

    def _appointment(self, order: OrderRequest, number: int, customer: str) -> dict[str, object]:
        line = order.lines[number - 1]
        body: dict[str, object] = {
            "customerId": customer,
            "locationId": order.location_external_id,
            "name": line.service_name[:200],
            "color": self._settings.color,
            "startDate": stamp(line.starts_at),
            "endDate": stamp(line.starts_at + timedelta(minutes=line.minutes)),
            "note": note_of(order, number, bay=self._bay(line)),
        }
        if self._settings.technicians:
            body["technicianId"] = line.staff_external_id
        return body

    def _bay(self, line: OrderLine) -> str:
        return "" if self._settings.technicians else line.staff_external_id

    async def _take_back(self, placed: Sequence[str], failure: CallFailure) -> None:
        """Deletes an order's earlier appointments; returns only if all of them are gone."""
        for number, appointment in enumerate(placed):
            try:
                await self._hasty.delete("appointment", appointment)
            except CallFailure as left:
                log.warning("shopmonkey.half_an_order", code=failure.code, delete_code=left.code)
                raise CallFailure(
                    Disposition.UNKNOWN,
                    "half_an_order",
                    f"{failure.detail}; {len(placed) - number} appointments made before may stand: "
                    f"{left.detail}",
                ) from None

    async def find_order(self, order: OrderRequest) -> OrderPlaced | None:
        """By our line in the notes, at the order's own times. Raises OPERATOR for half an order."""
        start, end = _span(order.lines)
        found = await self._appointments(self._hasty, start, end)
        parts = parts_of(order, found)
        if not parts:
            return None
        wanted = range(1, len(order.lines) + 1)
        if sorted(parts) != list(wanted) or any(len(ids) != 1 for ids in parts.values()):
            ids = ", ".join(one for number in sorted(parts) for one in parts[number])
            raise CallFailure(
                Disposition.OPERATOR,
                "half_an_order",
                f"of {len(order.lines)} appointments these stand in ShopMonkey: {ids}",
            )
        customer = next((row.customerId for row in found if row.id == parts[1][0]), "")
        order_id = JOINED.join(parts[number][0] for number in wanted)
        return OrderPlaced(order_id=order_id, customer_id=customer)

    async def change_order(self, order_id: str, order: OrderRequest) -> OrderPlaced:
        """Each of the order's appointments to its line's time and person; the order keeps its id."""
        refuse_overlaps(order.lines)
        appointments = order_id.split(JOINED)
        if len(appointments) != len(order.lines):
            raise CallFailure(
                Disposition.PERMANENT, "other_lines", "the order doesn't have one appointment per service"
            )
        moves = [
            Move(appointment, line, number, len(order.lines), self._bay(line))
            for number, (appointment, line) in enumerate(zip(appointments, order.lines, strict=True), start=1)
        ]
        customer = await change_appointments(self._hasty, order.reference, moves)
        return OrderPlaced(order_id=order_id, customer_id=customer)

    async def cancel_order(self, order_id: str, *, reason: str) -> None:  # noqa: ARG002 (no field for it)
        """Deletes the order's appointments. One that is gone already counts as cancelled."""
        for appointment in filter(None, order_id.split(JOINED)):
            await self._hasty.delete("appointment", appointment)

    async def payment_status(self, order_id: str, *, now: datetime) -> PaymentStatus:  # noqa: ARG002
        raise NotSupported("ShopMonkey appointments are paid at the shop; there is no payment to ask about")


def _span(lines: Sequence[OrderLine]) -> tuple[datetime, datetime]:
    return (
        min(line.starts_at for line in lines),
        max(line.starts_at + timedelta(minutes=line.minutes) for line in lines),
    )
