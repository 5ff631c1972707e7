"""Nail It as a `BookingProvider`: what both dialects do alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import structlog

from providers.contract import (
    Capabilities,
    CatalogRecord,
    FrameRecord,
    GroupRecord,
    OrderCheck,
    OrderLine,
    OrderPlaced,
    OrderRequest,
    PaymentState,
    PaymentStatus,
    PaymentTypeRecord,
)
from providers.http import map_bounded
from providers.nailit.answers import Groups, Item, PaymentDetail, PaymentTypes, Registered
from providers.nailit.catalog import (
    KNOWN_PAYMENT_TYPES,
    group_record,
    location_records,
    paid_online,
    payment_type_records,
    price_of,
    service_records,
)
from providers.nailit.client import SERVICES_NOT_AVAILABLE, NailItClient
from providers.nailit.dialects import Dialect, numeric
from providers.nailit.frames import frames_for, frozen_frames, refuse_overlaps
from providers.nailit.orders import UnclearRefusal, accepted_order, payment_url
from providers.nailit.settings import ConfiguredPaymentType
from providers.nailit.values import local_stamp, minor_units
from providers.outcome import CallFailure, Disposition, NotSupported, SlotTaken

log = structlog.get_logger(__name__)

SERVICE_GROUPS = 2
GROUP_LEVELS = 3
NO_CHANGE = "Nail It can't move an order to another time: change it in the salon's own system"


@dataclass(frozen=True, slots=True)
class _LineCheck:
    """What was found for one line. `frames` None: not free (any more); `price_minor` None: not offered."""

    frames: tuple[int, ...] | None
    price_minor: int | None
    seen: tuple[FrameRecord, ...]


class NailItProvider:
    """One account. `configured` payment types step in when the vendor's list comes back empty."""

    def __init__(
        self, client: NailItClient, dialect: Dialect, configured: Sequence[ConfiguredPaymentType] = ()
    ) -> None:
        self.name = "nailit"
        self.capabilities = Capabilities(
            cancel_order=dialect.can_cancel, payment_links=True, free_frames=True
        )
        self._client = client
        self._dialect = dialect
        self._configured = tuple(kind.record() for kind in configured)

    async def ping(self) -> None:
        await self._dialect.locations("E")

    # -- catalog ----------------------------------------------------------------------------------

    async def pull_catalog(self, *, today: date) -> CatalogRecord:
        """Everything, or a `CallFailure`: a catalog with a hole in it is never returned.

        `today` is the salon's calendar day.
        """
        notes: list[str] = []
        arabic = self._client.arabic
        english_places = await self._dialect.locations("E")
        arabic_places = await self._dialect.locations("A") if arabic else ()
        locations = location_records(english_places, arabic_places, notes)
        places = [location.external_id for location in locations]
        groups = await self._groups()
        english = await self._dialect.items("E", places, today, notes)
        translated = await self._dialect.items("A", places, today, notes) if arabic else ()
        services = service_records(
            english,
            translated,
            locations=places,
            groups=[group.external_id for group in groups],
            currency=self._client.account.currency,
            notes=notes,
        )
        if not services:
            raise CallFailure(Disposition.PERMANENT, "empty_catalog", "the pull found no service")
        staff = await self._dialect.staff(services, places, today, notes)
        if not staff:
            raise CallFailure(Disposition.PERMANENT, "empty_catalog", "the pull found no staff")
        return CatalogRecord(
            currency=self._client.account.currency,
            locations=locations,
            groups=groups,
            services=services,
            staff=staff,
            payment_types=await self._payment_types(notes),
            notes=tuple(dict.fromkeys(notes)),
        )

    async def _groups(self) -> tuple[GroupRecord, ...]:
        """Groups of services with their sub-groups. Top groups come in one language only."""
        top = (await self._client.get(f"GetGroups/{SERVICE_GROUPS}", Groups)).groups
        found = {group.id: group_record(group, None, None) for group in top}
        parents = [group.id for group in top if group.is_has_sub_category]
        for _ in range(GROUP_LEVELS):
            below = await map_bounded(self._sub_groups, parents)
            parents = []
            for rows in below:
                for record, has_more in rows:
                    if int(record.external_id) not in found:
                        found[int(record.external_id)] = record
                        parents += [int(record.external_id)] * has_more
        return tuple(found.values())

    async def _sub_groups(self, parent: int) -> list[tuple[GroupRecord, bool]]:
        english = (await self._client.get(f"GetSubGroups/E/{parent}", Groups)).groups
        arabic = (
            (await self._client.get(f"GetSubGroups/A/{parent}", Groups)).groups if self._client.arabic else ()
        )
        translated = {group.id: group for group in arabic}
        return [
            (group_record(group, translated.get(group.id), str(parent)), group.is_has_sub_category)
            for group in english
        ]

    async def _payment_types(self, notes: list[str]) -> tuple[PaymentTypeRecord, ...]:
        english = (await self._client.get("GetPaymentTypesByDevice/E/2/1", PaymentTypes)).payment_types
        arabic = (
            (await self._client.get("GetPaymentTypesByDevice/A/2/1", PaymentTypes)).payment_types
            if self._client.arabic
            else ()
        )
        records = payment_type_records(english, arabic)
        if records:
            return records
        if not self._configured:
            raise CallFailure(
                Disposition.OPERATOR,
                "no_payment_types",
                "GetPaymentTypesByDevice: empty list, and the account has no payment_types of its own set",
            )
        log.warning("nailit.payment_types_empty", fallback=[kind.code for kind in self._configured])
        notes.append("payment types came back empty: the account's configured ones are used")
        return self._configured

    async def pull_frames(self, *, catalog: CatalogRecord, days: Sequence[date]) -> list[FrameRecord]:
        """Free frames of everybody in the catalog on these calendar days of the salon."""
        return await self._dialect.frames(catalog, days)

    # -- orders -----------------------------------------------------------------------------------

    async def check_order(self, order: OrderRequest) -> OrderCheck:
        """Whether every line's frames are still free, and today's price of every line.

        A line that isn't offered any more keeps its own price in the answer; `available` is False then.
        """
        try:
            refuse_overlaps(order.lines)
            checks = await map_bounded(lambda line: self._check_line(order, line), order.lines)
        except CallFailure as failure:
            if failure.code not in {f"status_{SERVICES_NOT_AVAILABLE}", "double_booked"}:
                raise
            return OrderCheck(
                available=False,
                prices_minor=tuple(line.price_minor for line in order.lines),
                reason=failure.detail,
            )
        reasons = [
            f"{line.service_name}: {'not offered any more' if check.price_minor is None else 'time not free'}"
            for line, check in zip(order.lines, checks, strict=True)
            if check.price_minor is None or check.frames is None
        ]
        fresh = {
            (frame.staff_external_id, frame.starts_at): frame for check in checks for frame in check.seen
        }
        return OrderCheck(
            available=not reasons,
            prices_minor=tuple(
                line.price_minor if check.price_minor is None else check.price_minor
                for line, check in zip(order.lines, checks, strict=True)
            ),
            reason="; ".join(reasons),
            fresh_frames=tuple(fresh.values()),
        )

    async def _check_line(self, order: OrderRequest, line: OrderLine) -> _LineCheck:
        free = await self._dialect.frames_of_line(order, line)
        item: Item | None = await self._dialect.item_of_line(order, line)
        size = numeric(line.size_external_id, "size") if line.size_external_id else None
        return _LineCheck(
            frames=frames_for(line, free),
            price_minor=None if item is None else price_of(item, size, order.currency),
            seen=tuple(free),
        )

    async def place_order(self, order: OrderRequest) -> OrderPlaced:
        """Register the customer (get-or-create, harmless to repeat), then the one call that orders.

        Until that call everything that fails is RETRY, PERMANENT or OPERATOR: nothing was ordered.
        Nothing is sent twice.
        """
        refuse_overlaps(order.lines)
        frames = [await self._frames_to_order(order, line) for line in order.lines]
        online = await self._pays_online(order.payment_type_external_id)
        user = await self._register(order)
        answer = await self._dialect.send_order(order, user, frames)
        try:
            order_id = accepted_order(answer, self._dialect.order_call)
        except UnclearRefusal as refused:
            raise await self._explained(order, refused) from None
        return OrderPlaced(
            order_id=str(order_id),
            customer_id=answer.customer_id,
            payment_url=payment_url(answer, self._client.base_url) if online else None,
        )

    async def _frames_to_order(self, order: OrderRequest, line: OrderLine) -> tuple[int, ...]:
        if line.frame_external_ids:
            return frozen_frames(line)
        ids = frames_for(line, await self._dialect.frames_of_line(order, line))
        if ids is None:
            raise SlotTaken("not_free", f"{line.service_name}: the time is not free")
        return ids

    async def _register(self, order: OrderRequest) -> int:
        body = {
            "Address": "",
            "Email_Id": order.customer_email,
            "Name": order.customer_name,
            "Mobile": order.customer_phone,
            "Login_Type": 1,
            "Image_Name": "",
        }
        return (await self._client.get_or_create("Register", body, Registered)).app_user_id

    async def _pays_online(self, type_id: str) -> bool:
        """Asked before the order, so that a failure here can't follow a placed one."""
        for record in self._configured:
            if record.external_id == type_id:
                return record.online
        if type_id in KNOWN_PAYMENT_TYPES:
            return paid_online(type_id, "")
        for record in await self._payment_types([]):
            if record.external_id == type_id:
                return record.online
        raise CallFailure(Disposition.PERMANENT, "bad_payment_type", "the order's payment type isn't offered")

    async def _explained(self, order: OrderRequest, refused: UnclearRefusal) -> CallFailure:
        """A 102 without words: the time is to blame if it isn't free any more."""
        try:
            for line in order.lines:
                if frames_for(line, await self._dialect.frames_of_line(order, line)) is None:
                    return SlotTaken(refused.code, refused.detail)
        except CallFailure as failure:
            return CallFailure(
                Disposition.PERMANENT, refused.code, f"{refused.detail} (looking why failed: {failure.code})"
            )
        return refused

    async def find_order(self, order: OrderRequest) -> OrderPlaced | None:  # noqa: ARG002
        """The vendor's orders have no field for our reference and no list to look through."""
        raise NotSupported("Nail It can't look an order up by our reference")

    async def check_change(self, order_id: str, order: OrderRequest) -> OrderCheck:  # noqa: ARG002
        raise NotSupported(NO_CHANGE)

    async def change_order(self, order_id: str, order: OrderRequest) -> OrderPlaced:  # noqa: ARG002
        """Neither dialect has a call for it."""
        raise NotSupported(NO_CHANGE)

    async def cancel_order(self, order_id: str, *, reason: str) -> None:
        await self._dialect.cancel(order_id, reason)

    # -- payment ----------------------------------------------------------------------------------

    async def payment_status(self, order_id: str, *, now: datetime) -> PaymentStatus:
        """Paid, or expired after the vendor's PayNowExpireDate, or pending."""
        wanted = numeric(order_id, "number")
        detail = await self._client.get(f"GetOrderPaymentDetail/{wanted}", PaymentDetail)
        if detail.order_id != wanted:
            raise CallFailure(
                Disposition.OPERATOR,
                "schema_drift",
                "GetOrderPaymentDetail: the answer is about another order",
            )
        pay_until = self._stamp(detail, "pay_now_expire_date")
        if detail.paid:
            state = PaymentState.PAID
        elif pay_until is not None and now > pay_until:
            state = PaymentState.EXPIRED
        else:
            state = PaymentState.PENDING
        return PaymentStatus(
            state=state,
            paid_at=self._stamp(detail, "pay_date") if detail.paid else None,
            amount_minor=self._amount(detail),
            method=detail.pay_type,
            reference=detail.k_net_reference or (detail.payment_id if detail.payment_id != "0" else ""),
            pay_until=pay_until,
        )

    def _stamp(self, detail: PaymentDetail, field: str) -> datetime | None:
        """None for an empty stamp. An unreadable one is an error, unless the order is paid."""
        text = getattr(detail, field)
        try:
            return local_stamp(text, self._client.zone) if text else None
        except ValueError as error:
            if detail.paid:
                return None
            raise _drift(field, error) from None

    def _amount(self, detail: PaymentDetail) -> int | None:
        try:
            return minor_units(detail.pay_amount, self._client.account.currency) or None
        except ValueError as error:
            raise _drift("pay_amount", error) from None


def _drift(field: str, error: ValueError) -> CallFailure:
    return CallFailure(Disposition.OPERATOR, "schema_drift", f"GetOrderPaymentDetail: field {field}: {error}")
