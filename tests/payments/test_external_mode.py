"""Where somebody else takes the money, no payment code of ours runs: watched call by call over whole chats."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.payment_settings import PaymentSettings
from bot.workspace import WorkspaceSettings
from tests.engine.managing import BARBER, EVERY_DAY, booked
from tests.engine.test_own_calendar import reimport
from tests.handoff.world import books_elsewhere
from tests.payments.world import STUDIO
from tests.salon import open_salon

ROOT = Path(__file__).resolve().parents[2]
PAYMENT_CODE = tuple(
    str(ROOT / path)
    for path in (
        "bot/effect_links.py",
        "bot/effect_payments.py",
        "bot/payment_looks.py",
        "bot/payment_reports.py",
        "bot/flows/paying.py",
        "bot/web/payments",
        "db/payments.py",
        "providers/stripe",
        "providers/payment_registry.py",
        "providers/payments.py",
        "providers/sandbox/stripe",
    )
)
SETTINGS = {"timezone": "Asia/Kuwait", "currency": "KWD"}


@contextmanager
def watched():
    """Names of the functions of payment code that are called meanwhile, by anybody in this process."""
    called: set[str] = set()

    def see(frame, event, _):
        if event == "call" and frame.f_code.co_filename.startswith(PAYMENT_CODE):
            called.add(f"{Path(frame.f_code.co_filename).name}:{frame.f_code.co_name}")

    threading.setprofile(see)
    sys.setprofile(see)
    try:
        yield called
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


@pytest.fixture
async def salon(salon_dsn, seeded, tmp_path):
    async with open_salon(salon_dsn, seeded, tmp_path) as opened:
        yield opened


async def test_a_whole_chat_in_external_mode_reaches_no_payment_code(salon):
    await reimport(salon, EVERY_DAY)
    await books_elsewhere(salon)
    phone = salon.phone("+15550100123", workspace="barber-shop")
    with watched() as called:
        for line in ("haircut tomorrow at 2pm with Luis", "Sam Test", "skip"):
            await phone.say(line)
        token = (await salon.rows("SELECT token FROM handoffs"))[0]["token"]
        page = f"http://127.0.0.1:{salon.seeded.web_port}/h/{token}"
        assert (await salon.http.get(page)).status_code == 200
        assert (await salon.http.post(page, follow_redirects=False)).status_code == 303
        for line in ("send me the payment link", "I want to pay now", "my booking", "cancel", "thanks"):
            await phone.say(line)
    assert called == set()
    assert await salon.rows("SELECT id FROM payments") == []
    assert (
        await salon.rows(
            "SELECT id FROM effects WHERE kind IN ('create_link', 'expire_link', 'poll_payment')"
        )
        == []
    )


async def test_an_own_calendar_without_payments_reaches_none_either(salon):
    with watched() as called:
        phone = await booked(salon, BARBER)
        await phone.say("cancel my booking")
        await phone.say("yes")
    assert await salon.rows("SELECT id FROM bookings WHERE status = 'cancelled'")
    assert called == set()


async def test_the_watch_sees_payment_code_where_it_runs(salon):
    phone = salon.phone("+96550000123", workspace=STUDIO)
    with watched() as called:
        for line in ("relaxing massage with Maya tomorrow at 3pm", "Sara Test", "skip", "yes"):
            await phone.say(line)
    assert {"effect_links.py:perform_link", "checkout.py:create", "payments.py:begin"} <= called


@pytest.mark.parametrize("mode", ["external", "provider"])
@pytest.mark.parametrize(
    "payment", [{"provider": "stripe"}, {"provider": "static", "url": "https://pay.example.com"}]
)
def test_payments_are_refused_where_somebody_else_takes_them(mode, payment):
    with pytest.raises(ValidationError, match=f"must be none where booking_mode is {mode}"):
        WorkspaceSettings.model_validate({**SETTINGS, "booking_mode": mode, "payment": payment})
    assert WorkspaceSettings.model_validate({**SETTINGS, "booking_mode": mode}).payment == PaymentSettings()


@pytest.mark.parametrize(
    ("payment", "why"),
    [
        ({"provider": "stripe", "amount": "deposit"}, "deposit_minor or deposit_percent"),
        ({"provider": "stripe", "amount": "deposit", "deposit_minor": -500}, "greater than 0"),
        ({"provider": "stripe", "amount": "deposit", "deposit_percent": 0}, "greater than or equal to 1"),
        ({"provider": "stripe", "amount": "deposit", "deposit_percent": 101}, "less than or equal to 100"),
        ({"provider": "stripe", "deposit_minor": 500}, "belong to amount: deposit"),
        (
            {"provider": "stripe", "amount": "deposit", "deposit_minor": 500, "deposit_percent": 5},
            "one of them",
        ),
        (
            {"provider": "stripe", "amount": "deposit", "deposit_minor": 500, "deposit_currency": "USD"},
            "the deposit is in USD, the business in KWD",
        ),
        ({"provider": "stripe", "amount": "deposit", "deposit_minor": 5_005}, "steps of ten"),
        ({"provider": "stripe", "url": "https://pay.example.com"}, "belongs to provider: static"),
        ({"provider": "static"}, "needs its url"),
        ({"provider": "static", "url": "http://pay.example.com"}, "isn't https"),
        ({"provider": "static", "url": "javascript:alert(1)"}, "isn't https"),
        ({"provider": "static", "url": "https://user:pass@pay.example.com"}, "credentials"),
        ({"provider": "static", "url": "https://pаy.example.com"}, "look-alike"),
        ({"provider": "static", "url": "https://127.0.0.1/pay"}, "address instead of a host"),
        ({"provider": "paypal"}, "'none', 'stripe' or 'static'"),
        ({"provider": "stripe", "link_minutes": 30}, "greater than or equal to 45"),
        ({"provider": "stripe", "link_minutes": 1440}, "less than 1440"),
        ({"provider": "stripe", "secret_key": "sk_test_x"}, "Extra inputs"),
    ],
)
def test_settings_that_make_no_sense_say_why(payment, why):
    with pytest.raises(ValidationError, match=why):
        WorkspaceSettings.model_validate({**SETTINGS, "payment": payment})


@pytest.mark.parametrize(
    ("settings", "total", "currency", "due"),
    [
        ({}, 12_505, "KWD", (12_505, "full")),
        ({}, 0, "USD", (0, "full")),
        ({"amount": "deposit", "deposit_minor": 1_000}, 4_500, "USD", (1_000, "deposit")),
        ({"amount": "deposit", "deposit_minor": 5_000}, 4_500, "USD", (4_500, "full")),
        ({"amount": "deposit", "deposit_percent": 20}, 25_000, "KWD", (5_000, "deposit")),
        ({"amount": "deposit", "deposit_percent": 33}, 12_500, "KWD", (4_130, "deposit")),
        ({"amount": "deposit", "deposit_percent": 33}, 4_501, "USD", (1_486, "deposit")),
        ({"amount": "deposit", "deposit_percent": 10}, 905, "JPY", (91, "deposit")),
        ({"amount": "deposit", "deposit_percent": 100}, 4_500, "USD", (4_500, "full")),
        ({"amount": "deposit", "deposit_percent": 20}, 0, "KWD", (0, "full")),
    ],
)
def test_what_is_due(settings, total, currency, due):
    assert PaymentSettings.model_validate({"provider": "stripe", **settings}).due(total, currency) == due
