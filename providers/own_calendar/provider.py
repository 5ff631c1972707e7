"""The own calendar as a `BookingProvider`: everything is worked out from the settings, nothing is called.

Who is booked stands in Frontdesk's tables. They leave booked times out when frames are read, and their
exclusion constraint takes the time when the customer says yes; so an order has nothing left to do here but
to be checked against today's hours, rosters and prices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import combinations
from uuid import UUID
from zoneinfo import ZoneInfo

from providers.contract import (
    OWN_ORDER_PREFIX,
    Capabilities,
    CatalogRecord,
    ExceptionalDay,
    FrameRecord,
    GroupRecord,
    LocationRecord,
    OpeningHours,
    OrderCheck,
    OrderLine,
    OrderPlaced,
    OrderRequest,
    PaymentStatus,
    PaymentTypeRecord,
    ServiceRecord,
    SizeRecord,
    StaffRecord,
)
from providers.outcome import CallFailure, Disposition, NotSupported, SlotTaken
from providers.own_calendar.checks import performs
from providers.own_calendar.money import minor_units
from providers.own_calendar.settings import CalendarSettings, Offer, Place
from providers.own_calendar.spans import DAY, of_calendar_day
from providers.own_calendar.working import (
    Performer,
    exceptional_days,
    frames_of,
    open_on,
    performers,
)


class OwnCalendarProvider:
    """One business. The same settings and the same order always give the same answer."""

    def __init__(self, settings: CalendarSettings, *, zone: ZoneInfo, currency: str) -> None:
        self.name = "own_calendar"
        self.capabilities = Capabilities(
            cancel_order=True,
            change_order=True,
            lookup_order=True,
            idempotent_order=True,
            payment_links=False,
            free_frames=True,
        )
        self._settings = settings
        self._zone = zone
        self._currency = currency
        self._performers = {(one.external_id, one.place.key): one for one in performers(settings)}
        self._offers = {offer.key: offer for offer in settings.services}

    async def ping(self) -> None:
        """There is nobody to ask; unusable settings never get so far."""

    # -- catalog ----------------------------------------------------------------------------------

    async def pull_catalog(self, *, today: date) -> CatalogRecord:  # noqa: ARG002
        """All of the settings; which day it is doesn't matter."""
        return CatalogRecord(
            currency=self._currency,
            locations=tuple(_location(place) for place in self._settings.locations),
            groups=tuple(GroupRecord(group.key, group.name) for group in self._settings.groups),
            services=tuple(self._service(offer) for offer in self._settings.services),
            staff=tuple(
                StaffRecord(
                    external_id=one.external_id,
                    names=one.names,
                    location_external_id=one.place.key,
                    extra_minutes=one.extra_minutes,
                    resource=one.resource,
                    service_external_ids=tuple(
                        offer.key
                        for offer in self._settings.services
                        if self._at(offer, one.place.key) and performs(one.services, offer)
                    ),
                )
                for one in self._performers.values()
            ),
            payment_types=tuple(
                PaymentTypeRecord(kind.key, kind.key.upper().replace("-", "_"), kind.name, online=kind.online)
                for kind in self._settings.payment_types
            ),
        )

    def _service(self, offer: Offer) -> ServiceRecord:
        return ServiceRecord(
            external_id=offer.key,
            names=offer.name,
            minutes=self._taken_minutes(offer),
            price_minor=minor_units(offer.price, self._currency),
            location_external_ids=tuple(
                place.key for place in self._settings.locations if self._at(offer, place.key)
            ),
            group_external_id=offer.group,
            description=offer.description,
            sizes=tuple(
                SizeRecord(size.key, size.name, minor_units(size.price, self._currency))
                for size in offer.sizes
            ),
            booking_type=offer.booking_type,
        )

    @staticmethod
    def _at(offer: Offer, location: str) -> bool:
        return offer.locations is None or location in offer.locations

    def _taken_minutes(self, offer: Offer) -> int:
        """How long a service takes its performer: itself, what follows it, and room to prepare the next.

        Nobody knows yet what comes next, so room is left for the longest preparation that any of its
        performers may need: between two bookings both buffers always fit.
        """
        return min(DAY, offer.minutes + offer.buffer_after_minutes + self._longest_preparation(offer))

    def _longest_preparation(self, offer: Offer) -> int:
        able = [one for one in self._performers.values() if performs(one.services, offer)]
        return max(
            (
                other.buffer_before_minutes
                for one in able
                for other in self._settings.services
                if performs(one.services, other)
            ),
            default=0,
        )

    # -- free time --------------------------------------------------------------------------------

    async def pull_frames(self, *, catalog: CatalogRecord, days: Sequence[date]) -> list[FrameRecord]:
        """Working time of everybody in the catalog on these calendar days of the business, booked or not."""
        known = {(one.external_id, one.location_external_id) for one in catalog.staff}
        return [
            frame
            for day in days
            for key, performer in self._performers.items()
            if key in known
            for frame in self._frames(performer, day)
        ]

    def _frames(self, performer: Performer, day: date) -> list[FrameRecord]:
        return frames_of(performer, day, step=self._settings.step_minutes, zone=self._zone)

    # -- orders -----------------------------------------------------------------------------------

    async def check_order(self, order: OrderRequest) -> OrderCheck:
        """Whether every line still lies in working time and is offered, and today's prices.

        A line that isn't offered any more keeps its own price in the answer.
        """
        reasons = [
            f"{line.service_name or line.service_external_id}: {reason}"
            for line in order.lines
            if (reason := self._objection(order, line))
        ]
        if _double_booked(order.lines):
            reasons.append("two services of the order need one person at one time")
        prices = [self._price(line) for line in order.lines]
        return OrderCheck(
            available=not reasons,
            prices_minor=tuple(
                line.price_minor if price is None else price
                for line, price in zip(order.lines, prices, strict=True)
            ),
            reason="; ".join(reasons),
            fresh_frames=tuple(self._frames_around(order)),
        )

    def _objection(self, order: OrderRequest, line: OrderLine) -> str:
        """Why a line can't be; empty: it can."""
        offer = self._offers.get(line.service_external_id)
        if (
            offer is None
            or not self._at(offer, order.location_external_id)
            or self._price(line) is None
            or order.currency != self._currency
        ):
            return "not offered any more"
        performer = self._performers.get((line.staff_external_id, order.location_external_id))
        if performer is None or not performs(performer.services, offer):
            return "that person doesn't do it any more"
        if not line.own_terms and line.minutes != self._taken_minutes(offer) + performer.extra_minutes:
            return "it takes another time now"
        return "" if self._works(performer, line) else "outside working time"

    def _price(self, line: OrderLine) -> int | None:
        """Today's price of the line, which an operator's edit decides. None: not offered (any more)."""
        offer = self._offers.get(line.service_external_id)
        if offer is None:
            return None
        sizes = {size.key: size.price for size in offer.sizes}
        price = offer.price if line.size_external_id is None else sizes.get(line.size_external_id)
        if price is None:
            return None
        return line.price_minor if line.own_terms else minor_units(price, self._currency)

    def _works(self, performer: Performer, line: OrderLine) -> bool:
        """Adjoining frames hold the whole line, from the beginning of one on."""
        days = self._days(line.starts_at, line.starts_at + timedelta(minutes=line.minutes))
        ends = {frame.starts_at: frame.ends_at for day in days for frame in self._frames(performer, day)}
        until = line.starts_at + timedelta(minutes=line.minutes)
        moment: datetime | None = line.starts_at
        while moment is not None and moment < until:
            moment = ends.get(moment)
        return moment is not None

    def _frames_around(self, order: OrderRequest) -> list[FrameRecord]:
        """Whole days of the order's people, so that alternatives can be found in them."""
        first = min(line.starts_at for line in order.lines)
        last = max(line.starts_at + timedelta(minutes=line.minutes) for line in order.lines)
        people = dict.fromkeys(line.staff_external_id for line in order.lines)
        found = (self._performers.get((who, order.location_external_id)) for who in people)
        return [
            frame
            for performer in found
            if performer is not None
            for day in self._days(first, last)
            for frame in self._frames(performer, day)
        ]

    def _days(self, first: datetime, last: datetime) -> list[date]:
        start = first.astimezone(self._zone).date()
        end = last.astimezone(self._zone).date()
        return [start + timedelta(days=n) for n in range((end - start).days + 1)]

    async def place_order(self, order: OrderRequest) -> OrderPlaced:
        """The order's id, always the same for the same booking: the time itself was taken at the yes.

        Raises `SlotTaken` if hours or rosters changed since, `CallFailure` (PERMANENT) if the price or the
        payment type did.
        """
        check = await self.check_order(order)
        if not check.available:
            raise SlotTaken("not_working", check.reason)
        if check.prices_minor != tuple(line.price_minor for line in order.lines):
            raise CallFailure(Disposition.PERMANENT, "price_changed", "the price is another one now")
        if order.payment_type_external_id not in {kind.key for kind in self._settings.payment_types}:
            raise CallFailure(Disposition.PERMANENT, "bad_payment_type", "the payment type isn't offered")
        return OrderPlaced(order_id=order_id(order.reference))

    async def find_order(self, order: OrderRequest) -> OrderPlaced | None:
        """The order as `place_order` answers it: a booking that takes its time in our tables is placed."""
        return OrderPlaced(order_id=order_id(order.reference))

    async def check_change(self, order_id: str, order: OrderRequest) -> OrderCheck:
        """As for a new order: whose time is taken is not asked here, so its own is never in the way."""
        _ours(order_id)
        return await self.check_order(order)

    async def change_order(self, order_id: str, order: OrderRequest) -> OrderPlaced:
        """Nothing to call: moving the booking in our tables, under their exclusion constraint, is the change.

        Raises as `place_order` does; for an id of another order, PERMANENT `order_gone`.
        """
        _ours(order_id)
        placed = await self.place_order(order)
        if placed.order_id != order_id:
            raise CallFailure(Disposition.PERMANENT, "order_gone", "the order belongs to another booking")
        return placed

    async def cancel_order(self, order_id: str, *, reason: str) -> None:  # noqa: ARG002
        """Nothing to call: the booking's own end frees its time. Raises `CallFailure` for a foreign id."""
        _ours(order_id)

    async def payment_status(self, order_id: str, *, now: datetime) -> PaymentStatus:  # noqa: ARG002
        raise NotSupported("the own calendar takes no payments: customers pay at the business")


def _ours(order_id: str) -> None:
    if not order_id.startswith(OWN_ORDER_PREFIX):
        raise CallFailure(Disposition.PERMANENT, "order_gone", "that order isn't of this calendar")


def order_id(reference: str) -> str:
    """Short enough to be told to a customer: of a UUID its random end (48 bits, beside the time it begins with)."""
    try:
        return f"{OWN_ORDER_PREFIX}{UUID(reference).hex[-12:].upper()}"
    except ValueError:
        return f"{OWN_ORDER_PREFIX}{reference}"


def _double_booked(lines: Sequence[OrderLine]) -> bool:
    by_person: dict[str, list[OrderLine]] = defaultdict(list)
    for line in lines:
        by_person[line.staff_external_id].append(line)
    return any(
        one.starts_at < other.starts_at + timedelta(minutes=other.minutes)
        and other.starts_at < one.starts_at + timedelta(minutes=one.minutes)
        for mine in by_person.values()
        for one, other in combinations(mine, 2)
    )


def _location(place: Place) -> LocationRecord:
    return LocationRecord(
        external_id=place.key,
        names=place.name,
        address=place.address,
        phone=place.phone,
        latitude=place.latitude,
        longitude=place.longitude,
        hours=tuple(
            OpeningHours(weekday, _wall(span.start), _wall(span.end))
            for weekday in range(7)
            for span in of_calendar_day(place.hours.on(weekday), place.hours.on((weekday - 1) % 7))
        ),
        exceptions=tuple(
            ExceptionalDay(day, tuple((_wall(span.start), _wall(span.end)) for span in open_on(place, day)))
            for day in exceptional_days(place)
        ),
    )


def _wall(minute: int) -> time:
    """The day's end has no wall time of its own: its last moment stands for it."""
    return time.max if minute == DAY else time(minute // 60, minute % 60)
