"""What the database would know of the customer's bookings: kept from the steps and the answers of a chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.flows.contract import EffectAnswer, EffectKind, Event, NewBooking, Outcome, Step
from bot.flows.history import History, KnownBooking, KnownItem, Proof, ProofQuery

_ENDED = {
    Outcome.ORDER_SLOT_TAKEN,
    Outcome.ORDER_PRICE_CHANGED,
    Outcome.ORDER_REFUSED,
    Outcome.ORDER_CANCELLED,
}


@dataclass(slots=True)
class Records:
    """The bookings of one customer, and those of others that a code opens."""

    customer_id: UUID
    bookings: dict[UUID, KnownBooking] = field(default_factory=dict)
    moves: dict[UUID, NewBooking] = field(default_factory=dict)
    others: dict[ProofQuery, KnownBooking] = field(default_factory=dict)
    last_visit: KnownBooking | None = None

    def copy(self) -> Records:
        return replace(self, bookings=dict(self.bookings), moves=dict(self.moves))

    def history(self, now: datetime) -> History:
        coming = sorted((b for b in self.bookings.values() if b.ends_at > now), key=lambda b: b.starts_at)
        return History(tuple(coming), self.last_visit)

    def check(self, query: ProofQuery) -> Proof:
        return Proof(self.others.get(query))

    def hear(self, events: Sequence[Event]) -> None:
        """What an answer's own transaction has written before the turn begins."""
        for event in events:
            if isinstance(event, EffectAnswer) and event.booking_id in self.bookings:
                self._answered(event, self.bookings[event.booking_id])

    def _answered(self, event: EffectAnswer, booking: KnownBooking) -> None:
        match event.outcome:
            case Outcome.ORDER_PLACED:
                url = event.data.get("payment_url")
                self.bookings[booking.id] = replace(
                    booking,
                    status="confirmed",
                    order_id=str(event.data.get("order_id", "")),
                    code=str(event.data.get("confirmation_code", "K7PX2M")),
                    payment_url=url,
                    payment_status="pending" if url else "at_business",
                )
            case Outcome.PAYMENT_PAID:
                self.bookings[booking.id] = replace(booking, payment_status="paid")
            case Outcome.PAYMENT_EXPIRED:
                self.bookings[booking.id] = replace(booking, payment_status="expired")
            case Outcome.ORDER_UNAVAILABLE | Outcome.ORDER_UNKNOWN:
                self.bookings[booking.id] = replace(booking, needs_operator=True)
            case Outcome.ORDER_CHANGED:
                new = self.moves.pop(booking.id, None)
                if new is not None:
                    times = items_of(new)
                    self.bookings[booking.id] = replace(
                        booking,
                        items=times,
                        starts_at=times[0].starts_at,
                        ends_at=times[-1].ends_at,
                        under_way=None,
                    )
            case Outcome.CANCEL_FAILED | Outcome.CHANGE_PENDING:
                self.bookings[booking.id] = replace(
                    booking, needs_operator=True
                )  # with the team, still under way
            case other if other in _ENDED:
                del self.bookings[booking.id]
            case _:
                self.moves.pop(booking.id, None)
                self.bookings[booking.id] = replace(booking, under_way=None)

    def keep(self, step: Step) -> None:
        """What the turn's commit writes."""
        new = step.new_booking
        if new is not None and new.replaces is None:
            self.bookings[new.id] = known(new, customer_id=self.customer_id)
        elif new is not None and new.replaces is not None:
            self.moves[new.replaces] = new
        for effect in step.effects:
            if effect.kind in {EffectKind.CANCEL_ORDER, EffectKind.CHANGE_ORDER}:
                under_way = "cancel" if effect.kind is EffectKind.CANCEL_ORDER else "move"
                booking = self.bookings.get(effect.booking_id)
                if booking is not None:
                    self.bookings[booking.id] = replace(booking, under_way=under_way)  # type: ignore[arg-type]
        for proof in step.proof_tries:
            found = next((one for one in self.others.values() if one.id == proof.booking_id), None)
            if found is not None:
                self.bookings[found.id] = found


def items_of(new: NewBooking) -> tuple[KnownItem, ...]:
    return tuple(
        KnownItem(
            service_id=item.service_id,
            service_name=item.service_name,
            size_id=item.size_id,
            size_name=item.size_name,
            staff_id=item.staff_id,
            staff_name=item.staff_name,
            starts_at=item.starts_at,
            ends_at=item.ends_at,
            price_minor=item.price_minor,
        )
        for item in new.items
    )


def known(new: NewBooking, *, customer_id: UUID, **more: Any) -> KnownBooking:
    """A booking as the database knows it right after the yes."""
    items = items_of(new)
    booking = KnownBooking(
        id=new.id,
        status="pending_provider",
        needs_operator=False,
        code="K7PX2M",
        order_id="",
        customer_id=customer_id,
        customer_name=new.customer_name,
        customer_phone=new.customer_phone,
        customer_email=new.customer_email,
        location_id=new.location_id,
        location_names={},
        payment_type_id=new.payment_type_id,
        payment_status="none",
        payment_url=None,
        total_minor=new.total_minor,
        starts_at=items[0].starts_at,
        ends_at=items[-1].ends_at,
        items=items,
    )
    return replace(booking, **more)


def as_row(booking: KnownBooking) -> dict[str, Any]:
    """The JSON of `booking_as_known()` for it."""
    return {
        "id": str(booking.id),
        "status": booking.status,
        "needs_operator": booking.needs_operator,
        "code": booking.code,
        "order_id": booking.order_id or None,
        "customer_id": str(booking.customer_id),
        "customer_name": booking.customer_name,
        "customer_phone": booking.customer_phone,
        "customer_email": booking.customer_email,
        "location_id": str(booking.location_id),
        "location_names": dict(booking.location_names),
        "payment_type_id": str(booking.payment_type_id) if booking.payment_type_id else None,
        "payment_status": booking.payment_status,
        "payment_url": booking.payment_url,
        "total_minor": booking.total_minor,
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "under_way": booking.under_way,
        "notes": booking.notes or None,
        "items": [
            {
                "service_id": str(item.service_id),
                "service_name": item.service_name,
                "size_id": str(item.size_id) if item.size_id else None,
                "size_name": item.size_name,
                "staff_id": str(item.staff_id),
                "staff_name": item.staff_name,
                "starts_at": item.starts_at.isoformat(),
                "ends_at": item.ends_at.isoformat(),
                "price_minor": item.price_minor,
            }
            for item in booking.items
        ],
    }
