"""What a turn knows of its customer's earlier bookings. Pure values; read with the turn's lease (db/history.py).

Names are as they stood when it was booked, in English; where the catalog still holds the entry, the talk shows
the catalog's own name (bot/flows/known.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class KnownItem:
    """One service of a booking; UTC."""

    service_id: UUID
    service_name: str
    size_id: UUID | None
    size_name: str
    staff_id: UUID
    staff_name: str
    starts_at: datetime
    ends_at: datetime
    price_minor: int


@dataclass(frozen=True, slots=True)
class KnownBooking:
    """A booking that stands or waits for its order, or a visit that was."""

    id: UUID
    status: Literal["pending_provider", "confirmed", "completed"]
    needs_operator: bool
    code: str
    order_id: str
    customer_id: UUID
    """Whose it is: another customer's only if its code was shown (see booking_proofs)."""
    customer_name: str
    customer_phone: str
    customer_email: str
    location_id: UUID
    location_names: Mapping[str, str]
    payment_type_id: UUID | None
    payment_status: Literal["none", "at_business", "pending", "paid", "deposit_paid", "expired"]
    payment_url: str | None
    total_minor: int
    starts_at: datetime
    ends_at: datetime
    items: tuple[KnownItem, ...]
    under_way: Literal["cancel", "move"] | None = None
    """A cancellation or a move of it is being worked on, by us or by a person."""
    due_minor: int | None = None
    """What an open payment link of our own asks for."""
    paid_minor: int | None = None
    """What came through links of our own."""
    notes: str = ""
    """Answers to the business's own questions, as its order has them (bot/flows/form.notes)."""

    @property
    def stands(self) -> bool:
        """Placed and confirmed; else its order is still being decided."""
        return self.status == "confirmed"

    @property
    def has_paid(self) -> bool:
        """All of it or a deposit."""
        return self.payment_status in {"paid", "deposit_paid"}

    @property
    def open_link(self) -> str | None:
        """The payment page of an order that is not paid yet."""
        return self.payment_url if self.payment_status == "pending" else None


@dataclass(frozen=True, slots=True)
class History:
    upcoming: tuple[KnownBooking, ...] = ()
    """Not over yet, soonest first; those that another number made and whose code was shown included."""
    last_visit: KnownBooking | None = None


@dataclass(frozen=True, slots=True)
class ProofQuery:
    """A booking's confirmation code, and what must fit to it. One of e-mail and phone is enough."""

    code: str
    email: str = ""
    phone: str = ""
    """E.164."""


@dataclass(frozen=True, slots=True)
class Proof:
    """`booking` is None for a code that doesn't exist, isn't this pair's, or was tried too often: nobody is told
    which.
    """

    booking: KnownBooking | None = None


class NeedProof(Exception):
    """Raised by a ProofSource that was not asked for a pair yet; handled as catalog.NeedFrames is."""

    def __init__(self, query: ProofQuery) -> None:
        super().__init__("a booking's proof")
        self.query = query


class ProofSource(Protocol):
    """Where flows have a code checked: either the answer is there or NeedProof is raised."""

    def check(self, query: ProofQuery) -> Proof: ...


@dataclass(slots=True)
class LoadedProofs:
    """The proofs a turn has had checked so far."""

    answers: dict[ProofQuery, Proof] = field(default_factory=dict)

    def check(self, query: ProofQuery) -> Proof:
        try:
            return self.answers[query]
        except KeyError:
            raise NeedProof(query) from None


@dataclass(frozen=True, slots=True)
class ProofTry:
    """A try to be counted, in the turn's commit: what it found opens the booking to this conversation."""

    code: str
    booking_id: UUID | None


def known_booking(row: Mapping[str, Any]) -> KnownBooking:
    """From the JSON of `booking_as_known()`; moments are ISO 8601."""
    return KnownBooking(
        id=UUID(row["id"]),
        status=row["status"],
        needs_operator=row["needs_operator"],
        code=row["code"],
        order_id=row["order_id"] or "",
        customer_id=UUID(row["customer_id"]),
        customer_name=row["customer_name"],
        customer_phone=row["customer_phone"],
        customer_email=row["customer_email"],
        location_id=UUID(row["location_id"]),
        location_names=row["location_names"] or {},
        payment_type_id=_uuid(row["payment_type_id"]),
        payment_status=row["payment_status"],
        payment_url=row["payment_url"],
        total_minor=row["total_minor"],
        starts_at=datetime.fromisoformat(row["starts_at"]),
        ends_at=datetime.fromisoformat(row["ends_at"]),
        items=tuple(_item(item) for item in row["items"]),
        under_way=row["under_way"],
        due_minor=row.get("due_minor"),
        paid_minor=row.get("paid_minor"),
        notes=row["notes"] or "",
    )


def history(row: Mapping[str, Any] | None) -> History:
    """From the JSON of `customer_history()`; None: no booking at all."""
    if row is None:
        return History()
    upcoming: Sequence[Mapping[str, Any]] = row["upcoming"]
    last = row["last_visit"]
    return History(
        upcoming=tuple(known_booking(one) for one in upcoming),
        last_visit=known_booking(last) if last else None,
    )


def _item(row: Mapping[str, Any]) -> KnownItem:
    return KnownItem(
        service_id=UUID(row["service_id"]),
        service_name=row["service_name"],
        size_id=_uuid(row["size_id"]),
        size_name=row["size_name"],
        staff_id=UUID(row["staff_id"]),
        staff_name=row["staff_name"],
        starts_at=datetime.fromisoformat(row["starts_at"]),
        ends_at=datetime.fromisoformat(row["ends_at"]),
        price_minor=row["price_minor"],
    )


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value else None
