"""Which bookings are asked for a payment at all."""

from __future__ import annotations

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
        "order_id": "OC-1",
        "provider_link": False,
        "online": False,
        "may_pay_online": False,
        "services": "Massage",
        "service_names": None,
        "language": "en",
    }
    assert _due(PaidBooking(**{**booking, **changes}), settings) is due
