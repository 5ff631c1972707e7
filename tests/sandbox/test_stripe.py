"""Checkout's stand-in: strict in what it takes, true to keys and states, signed in what it tells, safe to look at."""

from __future__ import annotations

import orjson
import pytest

from providers.sandbox.config import StripeAccount
from providers.stripe.webhooks import read_event

KEY = "sk_test_sandbox"
WEBHOOK = "whsec_sandbox"
HEADERS = {"Authorization": f"Bearer {KEY}", "Stripe-Version": "2024-06-20"}
ITEM = "line_items[0]"
FORM = {
    "mode": "payment",
    f"{ITEM}[quantity]": "1",
    f"{ITEM}[price_data][currency]": "kwd",
    f"{ITEM}[price_data][unit_amount]": "5000",
    f"{ITEM}[price_data][product_data][name]": "Deposit - <b>Massage</b>",
    "success_url": "https://bot.example.com/pay/ok?sid={CHECKOUT_SESSION_ID}",
    "cancel_url": "https://bot.example.com/pay/cancel",
    "client_reference_id": "booking-1",
    "metadata[workspace]": "w1",
}
SESSIONS = "/stripe/v1/checkout/sessions"


@pytest.fixture
async def stripe(start, receiver):
    async with start() as served:
        served.sandbox.accounts.add(
            [StripeAccount(key="shop", secret_key=KEY, webhook_secret=WEBHOOK, webhook_url=receiver.url)]
        )
        yield served


async def create(served, form=FORM, headers=HEADERS, **more):
    async with served.client.post(SESSIONS, data=form, headers={**headers, **more}) as answer:
        return answer.status, await answer.json(), answer.headers


async def made(served, **more):
    status, session, _ = await create(served, **more)
    assert status == 200, session
    return session


async def act(served, session, action):
    async with served.client.post(
        f"/stripe/pay/{session['id']}", data={"action": action}, allow_redirects=False
    ) as answer:
        await served.settled()
        return answer.status, answer.headers.get("Location")


async def test_a_key_is_answered_with_what_it_got_first(stripe):
    status, first, headers = await create(stripe, **{"Idempotency-Key": "a"})
    assert (status, "Idempotent-Replayed" in headers) == (200, False)
    await act(stripe, first, "pay")
    status, again, headers = await create(stripe, **{"Idempotency-Key": "a"})
    assert (status, again, headers["Idempotent-Replayed"]) == (200, first, "true")
    other = FORM | {"mode": "payment", "submit_type": "book"}
    status, refused, _ = await create(stripe, other, **{"Idempotency-Key": "a"})
    assert (status, refused["error"]["type"]) == (400, "idempotency_error")
    status, refused, _ = await create(stripe, FORM | {"mode": "gift"}, **{"Idempotency-Key": "b"})
    assert status == 400
    assert (await made(stripe, **{"Idempotency-Key": "b"}))["id"] != first["id"], "a refusal uses no key up"


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"ui_mode": "hosted"}, "ui_mode"),
        ({"payment_method_types[0]": "card"}, "payment_method_types"),
        ({"locale": "ar"}, "locale"),
        ({"success_url": "javascript:alert(1)"}, "success_url"),
        ({"client_reference_id": "has spaces"}, "client_reference_id"),
        ({f"{ITEM}[price_data][currency]": "KWD"}, f"{ITEM}[price_data][currency]"),
        ({f"{ITEM}[price_data][unit_amount]": "5.000"}, f"{ITEM}[price_data][unit_amount]"),
        ({f"{ITEM}[price_data][unit_amount]": "5005"}, "line_items"),
        ({f"{ITEM}[price_data][unit_amount]": "-5000"}, "line_items"),
        ({f"{ITEM}[price_data][unit_amount]": "10"}, "line_items"),
        ({"metadata[" + "k" * 41 + "]": "x"}, "metadata"),
        ({"metadata[note]": "x" * 501}, "metadata"),
        ({"customer_email": "nobody"}, "customer_email"),
        ({"expires_at": "1"}, "expires_at"),
    ],
)
async def test_what_the_documentation_forbids_is_refused(stripe, changes, param):
    status, answer, _ = await create(stripe, FORM | changes)
    assert (status, answer["error"]["type"]) == (400, "invalid_request_error")
    assert answer["error"].get("param", "").startswith(param), answer
    assert (await stripe.control("payments"))["payments"] == []


@pytest.mark.parametrize("version", ["", "2026-10-28", "2024-06-20.acacia", "latest"])
async def test_a_version_that_does_not_exist_is_refused(stripe, version):
    status, _, _ = await create(stripe, headers=HEADERS | {"Stripe-Version": version})
    assert status == 400


async def test_strangers_get_nothing(stripe):
    session = await made(stripe)
    for headers in ({}, HEADERS | {"Authorization": "Bearer sk_test_other"}):
        async with stripe.client.get(f"{SESSIONS}/{session['id']}", headers=headers) as answer:
            assert answer.status == 401
    async with stripe.client.get(f"{SESSIONS}/cs_test_none", headers=HEADERS) as answer:
        assert answer.status == 404


@pytest.mark.parametrize(
    ("acts", "told"),
    [
        (["pay"], ["completed"]),
        (["twice"], ["completed", "completed"]),
        (["wrong"], ["completed"]),
        (["late", "arrive"], ["completed", "async_payment_succeeded"]),
        (["late", "fail"], ["completed", "async_payment_failed"]),
        (["expire", "pay", "fail"], ["expired"]),
        (["pay", "expire", "again"], ["completed", "completed"]),
    ],
)
async def test_what_happens_at_the_page_is_told_signed(stripe, receiver, clock, acts, told):
    session = await made(stripe)
    for action in acts:
        await act(stripe, session, action)
    events = [
        read_event(one.body, one.headers["Stripe-Signature"], secret=WEBHOOK, now=clock().timestamp())
        for one in receiver.got
    ]
    assert [event.type for event in events] == [f"checkout.session.{kind}" for kind in told]
    assert len({event.id for event in events}) == len(events)
    assert all(event.report.link_id == session["id"] for event in events)
    assert "success_url" not in orjson.loads(receiver.got[0].body)["data"]["object"]
    amount = (await stripe.control("payments"))["payments"][0]["amount_total"]
    assert amount == (5_500 if "wrong" in acts else 5_000)


async def test_a_webhook_is_told_until_it_is_taken(stripe, receiver):
    receiver.answers = [503, 500]
    await act(stripe, await made(stripe), "pay")
    assert len(receiver.got) == 3
    entries = (await stripe.control("ledger/stripe"))["entries"]
    [webhook] = [one["data"] for one in entries if one["kind"] == "webhook"]
    assert (webhook["ok"], webhook["http"], webhook["attempts"]) == (True, 200, 3)


async def test_the_page_leads_back_and_looking_changes_nothing(stripe):
    session = await made(stripe)
    path = f"/stripe/pay/{session['id']}"
    for _ in range(2):
        async with stripe.client.get(path) as answer:
            page = await answer.text()
            assert answer.status == 200
    assert "5.000 KWD" in page
    assert "<b>Massage</b>" not in page
    assert (await stripe.control("payments"))["payments"][0]["status"] == "open"
    status, back = await act(stripe, session, "pay")
    assert (status, back) == (303, f"https://bot.example.com/pay/ok?sid={session['id']}")
    async with stripe.client.get(path) as answer:
        assert "Paid. Thank you" in await answer.text()
    async with stripe.client.get("/stripe/pay/cs_none") as answer:
        assert answer.status == 404
    async with stripe.client.post(path, data={"action": "steal"}) as answer:
        assert answer.status == 400


async def test_a_restarted_sandbox_stands_where_it_ended(start, receiver):
    account = StripeAccount(key="shop", secret_key=KEY, webhook_secret=WEBHOOK, webhook_url=receiver.url)
    async with start() as first:
        first.sandbox.accounts.add([account])
        paid = await made(first, **{"Idempotency-Key": "a"})
        await act(first, paid, "pay")
    async with start() as second:
        async with second.client.get(f"{SESSIONS}/{paid['id']}", headers=HEADERS) as answer:
            assert (await answer.json())["payment_status"] == "paid"
        assert (await made(second, **{"Idempotency-Key": "a"}))["id"] == paid["id"]


async def test_a_link_runs_out_by_itself(stripe, clock, receiver):
    session = await made(stripe)
    clock.forward(hours=25)
    async with stripe.client.get(f"{SESSIONS}/{session['id']}", headers=HEADERS) as answer:
        assert (await answer.json())["status"] == "expired"
    await stripe.settled()
    assert orjson.loads(receiver.got[0].body)["type"] == "checkout.session.expired"
