"""What a person may do with a booking, by how it stands and what its booking system can. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from bot.console.booking_can import Can, may
from bot.flows.history import KnownBooking
from providers.contract import Capabilities

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BOTH = Capabilities(cancel_order=True, change_order=True)
ONLY_CANCELS = Capabilities(cancel_order=True)
NEITHER = Capabilities()
BOOKED = KnownBooking(
    id=uuid4(), status="confirmed", needs_operator=False, code="ABCDEF", order_id="70001", customer_id=uuid4(),
    customer_name="Sara", customer_phone="+96550000123", customer_email="sara@example.com", location_id=uuid4(),
    location_names={"en": "Plaza"}, payment_type_id=None, payment_status="at_business", payment_url=None,
    total_minor=12_500, starts_at=NOW + timedelta(hours=2), ends_at=NOW + timedelta(hours=3), items=(),
)  # fmt: skip


def can(booking: KnownBooking = BOOKED, **changes: Any) -> Can:
    given: dict[str, Any] = {"status": "confirmed", "now": NOW, "waiting": (), "system": BOTH, "mails": True}
    return may(booking, **given | changes)


def test_a_booking_to_come():
    assert can() == Can(cancel=True, move=True, chat=True, mail=True)
    assert can(system=None) == can(), "what nobody knows the call itself will tell"
    assert not can(mails=False).mail
    assert not can(replace(BOOKED, customer_email="")).mail


@pytest.mark.parametrize("paid", ["paid", "deposit_paid"])
def test_a_payment_belongs_to_its_order(paid):
    booking = replace(BOOKED, payment_status=paid)
    assert can(booking).move
    assert can(system=ONLY_CANCELS).move
    there = can(booking, system=ONLY_CANCELS)
    assert there.cancel
    assert not there.move
    assert "paid" in there.why[0]


def test_a_system_that_takes_nothing_from_outside():
    there = can(system=NEITHER)
    assert (there.cancel, there.cancel_there, there.move, there.chat) == (False, True, False, True)
    assert "70001" in there.why[0]


def test_from_its_start_on_only_whether_it_took_place():
    begun = replace(BOOKED, starts_at=NOW)
    assert can(begun) == Can(end=True, chat=True, mail=True)
    assert can(replace(begun, ends_at=NOW)) == Can(end=True, mail=True)


@pytest.mark.parametrize(
    ("booking", "changes", "said"),
    [
        (BOOKED, {"waiting": ["cancel_booking"]}, "on its way"),
        (BOOKED, {"waiting": ["move_booking"]}, "on its way"),
        (replace(BOOKED, under_way="cancel"), {}, "cancellation is under way"),
        (replace(BOOKED, under_way="move"), {}, "move is under way"),
        (BOOKED, {"status": "held"}, "looking at"),
        (BOOKED, {"status": "pending_provider"}, "under way"),
        (replace(BOOKED, needs_operator=True), {"status": "pending_provider"}, "Errors"),
    ],
)
def test_while_something_is_under_way_nothing_can_be_done(booking, changes, said):
    found = can(booking, **changes)
    assert not found.anything
    assert said in found.why[0]


@pytest.mark.parametrize("status", ["completed", "cancelled", "no_show"])
def test_what_is_over_is_over(status):
    assert can(status=status) == Can()


def test_telling_again_doesnt_wait_for_itself():
    assert can(waiting=["resend_booking"]).cancel
