"""Stripe Checkout: what is sent, what answers and webhooks come to. HTTP is mocked at the transport."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from providers.outcome import CallFailure, Disposition
from providers.payments import LinkRequest, LinkState
from providers.stripe.amounts import stripe_amount
from providers.stripe.checkout import StripeCheckout, expiry
from providers.stripe.webhooks import BadStripeSignature, UnreadableEvent, read_event, sign

SECRET = "whsec_made_up_secret_for_docs_only"
AT = 1767225600
BODY = (
    b'{"id":"evt_test_1","object":"event","type":"checkout.session.completed","livemode":false,"created":1767225600,'
    b'"data":{"object":{"id":"cs_test_1","object":"checkout.session","mode":"payment","status":"complete",'
    b'"payment_status":"paid","amount_total":2500,"currency":"kwd","client_reference_id":"booking-42",'
    b'"metadata":{"tenant_id":"7","booking_id":"42"}}}}'
)
HEADER = f"t={AT},v1=6596e590f578f4ece6ff2ef50ae1431a822f223f8eab5907dccb28c67e5e6f91"
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
REQUEST = LinkRequest(
    key="w1:b1:1",
    booking_reference="b1",
    workspace_reference="w1",
    title="Gel Manicure",
    amount_minor=12_500,
    currency="KWD",
    success_url="https://bot.example.com/pay/ok?sid={CHECKOUT_SESSION_ID}",
    cancel_url="https://bot.example.com/pay/back",
    expires_at=NOW + timedelta(hours=1),
    customer_email="sara@example.com",
)
SESSION = {
    "id": "cs_test_1",
    "url": "https://checkout.example.com/c/1",
    "status": "open",
    "payment_status": "unpaid",
    "expires_at": int((NOW + timedelta(hours=1)).timestamp()),
    "livemode": False,
}
SESSIONS = "https://api.stripe.com/v1/checkout/sessions"


@pytest.fixture
async def stripe():
    async with httpx.AsyncClient() as http:
        yield StripeCheckout("sk_test_made_up", http)


@respx.mock
async def test_a_link_is_made_with_all_that_proves_it_later(stripe):
    route = respx.post(SESSIONS).respond(json=SESSION)
    link = await stripe.create(REQUEST)
    assert (link.id, link.url) == ("cs_test_1", "https://checkout.example.com/c/1")
    assert link.expires_at == NOW + timedelta(hours=1)
    sent = route.calls.last.request
    assert sent.headers["Authorization"] == "Bearer sk_test_made_up"
    assert sent.headers["Idempotency-Key"] == "w1:b1:1"
    assert sent.headers["Stripe-Version"] == "2024-06-20"
    form = {name: values[0] for name, values in parse_qs(sent.content.decode()).items()}
    assert form["mode"] == "payment"
    assert form["line_items[0][price_data][currency]"] == "kwd"
    assert form["line_items[0][price_data][unit_amount]"] == "12500"
    assert form["client_reference_id"] == form["metadata[booking]"] == "b1"
    assert form["payment_intent_data[metadata][workspace]"] == "w1"
    assert form["success_url"].endswith("{CHECKOUT_SESSION_ID}")
    assert "ui_mode" not in form
    assert "payment_method_types[0]" not in form


@respx.mock
async def test_a_language_that_the_page_has_not_is_left_to_it(stripe):
    route = respx.post(SESSIONS).respond(json=SESSION)
    await stripe.create(replace(REQUEST, language="ar", payment_reference="p1"))
    form = {name: values[0] for name, values in parse_qs(route.calls.last.request.content.decode()).items()}
    assert (form["locale"], form["metadata[payment]"]) == ("auto", "p1")


@respx.mock
async def test_a_link_that_is_no_web_address_is_never_passed_on(stripe):
    respx.post(SESSIONS).respond(json={**SESSION, "url": "javascript:alert(1)"})
    with pytest.raises(CallFailure) as failed:
        await stripe.create(REQUEST)
    assert (failed.value.disposition, failed.value.code) == (Disposition.OPERATOR, "schema_drift")


@pytest.mark.parametrize(("amount", "currency"), [(12_505, "KWD"), (0, "USD"), (-5, "USD")])
async def test_an_amount_that_cannot_be_paid_is_refused_before_any_call(stripe, amount, currency):
    with pytest.raises(CallFailure) as failed:
        stripe_amount(amount, currency)
    assert failed.value.disposition is Disposition.PERMANENT


@pytest.mark.parametrize(("amount", "currency"), [(12_500, "KWD"), (4_999, "USD"), (500, "JPY")])
def test_amounts_are_never_rounded(amount, currency):
    assert stripe_amount(amount, currency) == amount


@respx.mock
@pytest.mark.parametrize(
    ("status", "body", "disposition", "code"),
    [
        (
            400,
            {"error": {"type": "invalid_request_error", "code": "amount_too_small"}},
            "permanent",
            "amount_too_small",
        ),
        (400, {"error": {"type": "idempotency_error"}}, "operator", "idempotency_error"),
        (401, {"error": {}}, "operator", "http_401"),
        (409, {"error": {"type": "idempotency_error_in_use"}}, "retry", "busy"),
        (429, {}, "retry", "http_429"),
        (500, {}, "retry", "http_500"),
        (200, {"object": "x"}, "operator", "schema_drift"),
    ],
)
async def test_what_a_refusal_comes_to(stripe, status, body, disposition, code):
    respx.post(SESSIONS).respond(status, json=body)
    with pytest.raises(CallFailure) as failed:
        await stripe.create(REQUEST)
    assert (failed.value.disposition, failed.value.code) == (disposition, code)
    assert "sara" not in str(failed.value)


@respx.mock
async def test_a_lost_answer_may_be_asked_for_again(stripe):
    respx.post(SESSIONS).mock(side_effect=httpx.ReadTimeout("gone"))
    with pytest.raises(CallFailure) as failed:
        await stripe.create(REQUEST)
    assert failed.value.disposition is Disposition.RETRY, "the key makes it the same link"


@respx.mock
async def test_a_replay_of_an_ended_link_is_no_link(stripe):
    respx.post(SESSIONS).respond(json={**SESSION, "url": None, "status": "expired"})
    with pytest.raises(CallFailure) as failed:
        await stripe.create(REQUEST)
    assert failed.value.code == "link_ended"


@respx.mock
@pytest.mark.parametrize(
    ("status", "payment_status", "state"),
    [
        ("open", "unpaid", LinkState.OPEN),
        ("complete", "paid", LinkState.PAID),
        ("complete", "unpaid", LinkState.PROCESSING),
        ("expired", "unpaid", LinkState.EXPIRED),
    ],
)
async def test_states_of_a_link(stripe, status, payment_status, state):
    respx.get(f"{SESSIONS}/cs_test_1").respond(
        json={
            **SESSION,
            "status": status,
            "payment_status": payment_status,
            "amount_total": 12_500,
            "currency": "kwd",
        }
    )
    report = await stripe.report("cs_test_1")
    assert (report.state, report.amount_minor, report.currency, report.live) == (state, 12_500, "KWD", False)


@respx.mock
async def test_expiring_what_has_ended_is_no_error(stripe):
    route = respx.post(f"{SESSIONS}/cs_test_1/expire").respond(
        400, json={"error": {"code": "resource_missing"}}
    )
    await stripe.expire("cs_test_1")
    assert route.calls.last.request.headers["Idempotency-Key"] == "expire-cs_test_1"
    with pytest.raises(ValueError, match="not the id"):
        await stripe.expire("../customers/1")


def test_a_link_lives_as_long_as_stripe_allows():
    assert expiry(NOW, NOW) == NOW + timedelta(minutes=31)
    assert expiry(NOW, NOW + timedelta(hours=2)) == NOW + timedelta(hours=2)
    assert expiry(NOW, None) < NOW + timedelta(hours=24)


def test_the_vendors_vector():
    event = read_event(BODY, HEADER, secret=SECRET, now=AT + 10)
    assert (event.id, event.type) == ("evt_test_1", "checkout.session.completed")
    assert event.report is not None
    assert (event.report.state, event.report.amount_minor, event.report.currency) == (
        LinkState.PAID,
        2500,
        "KWD",
    )
    assert event.report.booking_reference == "booking-42"
    assert sign(BODY, secret=SECRET, at=AT) == HEADER


def test_while_secrets_rotate_any_of_several_signatures_passes():
    both = HEADER.replace(",v1=", ",v1=" + "0" * 64 + ",v0=abc,v1=")
    assert read_event(BODY, both, secret=SECRET, now=AT).id == "evt_test_1"


@pytest.mark.parametrize(
    ("header", "secret", "now"),
    [
        (None, SECRET, AT),
        ("", SECRET, AT),
        (HEADER.replace("v1=", "v0="), SECRET, AT),
        (HEADER.replace("t=1", "t=2"), SECRET, AT),
        (HEADER + ",t=5", SECRET, AT),
        (HEADER, SECRET + "x", AT),
        (HEADER, "", AT),
        (HEADER, SECRET, AT + 301),
    ],
)
def test_nothing_else_passes(header, secret, now):
    with pytest.raises(BadStripeSignature):
        read_event(BODY, header, secret=secret, now=now)


def test_a_late_failure_is_told_from_an_open_payment():
    body = BODY.replace(b"session.completed", b"session.async_payment_failed").replace(b'"paid"', b'"unpaid"')
    event = read_event(body, sign(body, secret=SECRET, at=AT), secret=SECRET, now=AT)
    assert event.report is not None
    assert event.report.state is LinkState.FAILED


@given(st.binary(max_size=60))
def test_signed_nonsense_is_unreadable(body):
    with pytest.raises(UnreadableEvent):
        read_event(body, sign(body, secret=SECRET, at=AT), secret=SECRET, now=AT)


def test_other_events_are_nothing():
    body = b'{"id":"evt_2","type":"charge.refunded","data":{"object":{}}}'
    assert read_event(body, sign(body, secret=SECRET, at=AT), secret=SECRET, now=AT).report is None
