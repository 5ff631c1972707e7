"""Which bookings are asked for a payment at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.effect_links import _due
from bot.workspace import WorkspaceSettings
from db.ids import new_id
from db.payments import PaidBooking

DEPOSIT = {"provider": "stripe", "amount": "deposit", "deposit_percent": 20}


@pytest.mark.parametrize(
    ("payment", "changes", "due"),
    [
        ({"provider": "stripe"}, {}, True),
        ({"provider": "stripe"}, {"total_minor": 0}, False),
        ({"provider": "stripe"}, {"provider_link": True}, False),
        ({"provider": "stripe"}, {"payment_status": "paid"}, False),
        ({"provider": "stripe"}, {"payment_status": "deposit_paid"}, False),
        ({"provider": "stripe"}, {"status": "cancelled"}, False),
        ({"provider": "stripe"}, {"may_pay_online": True, "online": True}, True),
        ({"provider": "stripe"}, {"may_pay_online": True, "online": False}, False),
        (DEPOSIT, {"may_pay_online": True, "online": False}, True),
    ],
)
def test_who_is_asked_for_a_payment(payment, changes, due):
    settings = WorkspaceSettings.model_validate(
        {"timezone": "Asia/Kuwait", "currency": "KWD", "payment": payment}
    )
    booking = {
        "id": new_id(),
        "conversation_id": new_id(),
        "status": "confirmed",
        "payment_status": "at_business",
        "total_minor": 25_000,
        "currency": "KWD",
        "confirmation_code": "ABCDEF",
        "starts_at": datetime(2026, 11, 21, 12, tzinfo=UTC),
        "order_id": "OC-1",
        "provider_link": False,
        "online": False,
        "may_pay_online": False,
        "services": "Massage",
        "service_names": None,
        "language": "en",
    }
    assert _due(PaidBooking(**{**booking, **changes}), settings) is due


@pytest.mark.parametrize(
    ("payment", "minutes_before", "lives"),
    [
        ({"provider": "stripe"}, 3 * 24 * 60, 24 * 60 - 1),
        ({"provider": "stripe", "link_minutes": 60}, 3 * 24 * 60, 60),
        ({"provider": "stripe"}, 90, 90),
        ({"provider": "stripe", "link_minutes": 60}, 50, 50),
        ({"provider": "stripe"}, 45, 45),
        ({"provider": "stripe"}, 44, None),
        ({"provider": "stripe"}, -10, None),
        ({"provider": "static", "url": "https://pay.example.com/"}, 3 * 24 * 60, 3 * 24 * 60),
        ({"provider": "static", "url": "https://pay.example.com/"}, 20, None),
    ],
)
def test_no_link_outlives_the_beginning_of_its_visit(payment, minutes_before, lives):
    settings = WorkspaceSettings.model_validate(
        {"timezone": "Asia/Kuwait", "currency": "KWD", "booking_mode": "internal", "payment": payment}
    )
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    until = settings.payment.link_until(now=now, starts_at=now + timedelta(minutes=minutes_before))
    assert until == (None if lives is None else now + timedelta(minutes=lives))
