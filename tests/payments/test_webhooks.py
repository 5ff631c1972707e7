"""Stripe's webhook over real HTTP: only what is signed, only what fits, each only once, in any order."""

from __future__ import annotations

import asyncio

import orjson
import pytest
from aiohttp import web

from bot.web.pace import Pace
from bot.web.payments.webhooks import PaymentWebhooks, webhook_address
from db import payments
from db.tx import tx
from providers.payment_registry import OLD_WEBHOOK_SECRET, WEBHOOK_SECRET
from providers.sandbox.config import StripeAccount
from providers.sandbox.context import SANDBOX
from providers.stripe.webhooks import sign
from tests.listening import free_ports, serving
from tests.payments.world import STUDIO
from workers.resources import now


class Stripe:
    """Posts events as Stripe does, about whatever session."""

    def __init__(self, studio):
        self.studio, self.salon = studio, studio.salon
        self.account = self.salon.sandbox[SANDBOX].accounts.of(StripeAccount)[0]
        studio.deaf()

    async def session(self, **changes):
        found = (await self.studio.sessions())[-1]
        return found | {"status": "complete", "payment_status": "paid"} | changes

    async def post(self, session, *, kind="completed", id="evt_1", secret=None, at=None, body=None, url=None):  # noqa: A002
        body = body or orjson.dumps(
            {"id": id, "object": "event", "type": f"checkout.session.{kind}", "data": {"object": session}}
        )
        at = at or int(now().timestamp())
        header = sign(body, secret=secret or self.account.webhook_secret, at=at)
        answer = await self.salon.http.post(
            url or self.account.webhook_url, content=body, headers={"Stripe-Signature": header}
        )
        return answer.status_code


@pytest.fixture
def stripe(studio):
    return Stripe(studio)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"amount_total": 4_990}, "amount: 4990 instead of 5000"),
        ({"currency": "usd"}, "currency: USD instead of KWD"),
        ({"livemode": True}, "live: True instead of False"),
        ({"client_reference_id": "another"}, "booking: another instead of"),
    ],
)
async def test_what_does_not_fit_is_not_paid_and_not_lost(studio, stripe, changes, named):
    phone, _ = await studio.booked()
    assert await stripe.post(await stripe.session(**changes)) == 200
    assert await phone.wait() == "", "the customer is told nothing that isn't sure"
    [booking], [payment] = await studio.bookings(), await studio.payments()
    assert (booking["payment_status"], booking["paid_at"]) == ("pending", None)
    assert (payment["status"], payment["paid_at"]) == ("review", None)
    assert await studio.events() == ["mismatch"]
    [error] = await studio.salon.rows("SELECT kind, summary FROM operator_errors")
    assert error["kind"] == "payment_mismatch"
    assert named in error["summary"]
    assert "pay again" in await phone.say("send me the payment link again"), "not while a person looks"
    assert len(await studio.sessions()) == 1


async def test_an_operator_settles_what_did_not_fit(studio, stripe):
    from bot.payment_reports import mark_paid

    phone, _ = await studio.booked()
    await stripe.post(await stripe.session(amount_total=5_500))
    [payment] = await studio.payments()
    async with tx(studio.salon.pool, payment["workspace_id"]) as transaction:
        await mark_paid(transaction, payment["id"], by="Dana", at=now())
    assert "5.000 KWD" in await phone.wait()
    assert await studio.errors() == []


async def test_events_in_any_order_only_raise_a_link(studio, stripe):
    phone, _ = await studio.booked()
    waiting = await stripe.session(payment_status="unpaid")
    paid = await stripe.session()
    order = (
        ("async_payment_succeeded", paid),
        ("completed", waiting),
        ("expired", paid | {"status": "expired"}),
    )
    for number, (kind, session) in enumerate(order):
        assert await stripe.post(session, kind=kind, id=f"evt_{number}") == 200
    assert await studio.events() == ["payment_paid", "known_paid", "known_paid"]
    told = await phone.wait()
    assert "5.000 KWD" in told
    assert "on its way" not in told
    assert [one["status"] for one in await studio.payments()] == ["paid"]


async def test_one_event_many_times_at_once_is_taken_once(studio, stripe):
    phone, _ = await studio.booked()
    session = await stripe.session()
    assert set(await asyncio.gather(*(stripe.post(session) for _ in range(8)))) == {200}
    await phone.wait()
    assert await studio.events() == ["payment_paid"]
    answers = await studio.salon.rows("SELECT id FROM inbox WHERE external_id LIKE 'payment:%'")
    assert len(answers) == 1


async def test_a_webhook_that_is_faster_than_the_answer_of_making_the_link(patient):
    """The customer can't pay yet, but nothing forbids the order of the words."""
    stripe = Stripe(patient)
    await patient.salon.fault("stripe", "accepted_then_reset", "create", next_n=1)
    phone, _ = await patient.booked()
    [payment] = await patient.payments()
    assert (payment["status"], payment["link_id"]) == ("creating", None)
    assert await stripe.post(await stripe.session()) == 200
    told = await phone.wait()
    assert "5.000 KWD" in told
    await waits_again(patient)
    await patient.look()
    assert await phone.wait() == "", "no link is told to one who has paid"
    [payment] = await patient.payments()
    assert (payment["status"], payment["link_id"]) == ("paid", (await patient.sessions())[0]["id"])
    assert await patient.errors() == []


async def waits_again(studio):
    """The lost call was looked up and is pending for its second try."""
    async with asyncio.timeout(20):
        while await studio.salon.rows(
            "SELECT id FROM effects WHERE kind = 'create_link' AND status <> 'pending'"
        ):
            await studio.salon.settle()
            await asyncio.sleep(0.05)


async def test_signatures_decide_and_secrets_can_be_rotated(studio, stripe):
    await studio.booked()
    session = await stripe.session()
    stale = int(now().timestamp()) - 301
    assert await stripe.post(session, secret="whsec_another") == 403
    assert await stripe.post(session, at=stale) == 403
    no_header = await studio.salon.http.post(stripe.account.webhook_url, content=b"{}")
    assert no_header.status_code == 403
    assert await stripe.post(session, body=b'{"id": "evt_x", "no": "event"}') == 400
    assert await stripe.post(session, url=stripe.account.webhook_url + "x") == 404
    assert await studio.events() == []
    await _secrets(studio, {WEBHOOK_SECRET: "whsec_new", OLD_WEBHOOK_SECRET: stripe.account.webhook_secret})
    assert await stripe.post(session, secret="whsec_new", id="evt_new") == 200
    assert await stripe.post(session, id="evt_old") == 200
    await _secrets(studio, {}, signed=False)
    assert await stripe.post(session, id="evt_off") == 404, "without a secret it is off"
    assert await studio.events() == ["payment_paid", "known_paid"]


async def _secrets(studio, secrets, *, signed=True):
    workspace_id = studio.salon.workspace_ids[STUDIO]
    field = payments.account_secret_field("stripe")
    async with tx(studio.salon.pool, workspace_id) as transaction:
        await payments.put_account(
            transaction,
            provider="stripe",
            account_key="a-new-one-is-not-used",
            live=False,
            signed=signed,
            api_base_url="",
            secrets=studio.salon.resources.box.seal(secrets, workspace_id=workspace_id, field=field),
        )


async def test_what_is_no_concern_of_ours_is_answered_and_leaves_nothing(studio, stripe):
    await studio.booked()
    assert (
        await stripe.post(
            {"id": "ch_1"}, body=b'{"id":"evt_9","type":"charge.refunded","data":{"object":{}}}'
        )
        == 200
    )
    session = await stripe.session()
    foreign = session | {
        "id": "cs_test_other",
        "metadata": session["metadata"] | {"workspace": "someone-else"},
    }
    assert await stripe.post(foreign, id="evt_10") == 200
    unknown = session | {"id": "cs_test_lost", "metadata": session["metadata"] | {"payment": ""}}
    assert await stripe.post(unknown, id="evt_11") == 200
    assert await studio.events() == ["not_ours", "unmatched"]
    assert await studio.errors() == ["payment_unmatched"]
    assert [one["status"] for one in await studio.payments()] == ["open"]


async def test_another_business_s_account_cannot_pay_for_a_booking(studio, stripe):
    await studio.booked()
    salon, other = studio.salon, studio.salon.workspace_ids["barber-shop"]
    async with tx(salon.pool, other) as transaction:
        key = await payments.put_account(
            transaction,
            provider="stripe",
            account_key="k" * 24,
            live=False,
            signed=True,
            api_base_url="",
            secrets=salon.resources.box.seal(
                {WEBHOOK_SECRET: "whsec_theirs"},
                workspace_id=other,
                field=payments.account_secret_field("stripe"),
            ),
        )
    url = webhook_address(f"http://127.0.0.1:{salon.seeded.web_port}", key)
    assert await stripe.post(await stripe.session(), url=url, secret="whsec_theirs") == 200
    assert [one["status"] for one in await studio.payments()] == ["open"]
    assert [one["payment_status"] for one in await studio.bookings()] == ["pending"]


async def test_nothing_of_a_customer_is_logged_or_kept(studio, stripe, capfd):
    await studio.booked()
    details = {"email": "canary@example.com", "name": "Canary Customer"}
    assert await stripe.post(await stripe.session(customer_details=details)) == 200
    await stripe.post(await stripe.session(customer_details=details), secret="bad", id="evt_2")
    said = capfd.readouterr()
    kept = await studio.salon.rows("SELECT to_jsonb(e)::text AS row FROM payment_events e")
    assert "canary" not in (said.out + said.err + kept[0]["row"]).lower()


async def test_a_visit_of_the_pages_pays_nothing(studio):
    await studio.booked()
    base = f"http://127.0.0.1:{studio.salon.seeded.web_port}"
    for path, words in (
        ("/pay/ok", "Thank you!"),
        ("/pay/cancel", "Nothing was paid"),
        ("/pay/ok?lang=ar", "شكراً لك!"),
        ("/pay/cancel?lang=ar&sid=cs_1", "ما تم أي دفع"),
    ):
        page = await studio.salon.http.get(base + path)
        assert page.status_code == 200
        assert words in page.text
        assert page.headers["Cache-Control"] == "no-store"
    assert 'dir="rtl"' in page.text
    assert [one["status"] for one in await studio.payments()] == ["open"]


async def test_too_many_are_asked_to_wait(studio):
    salon, (port,) = studio.salon, free_ports(1)
    app = web.Application()
    webhooks = PaymentWebhooks(salon.pool, salon.resources.box, salon.resources.queue, now, Pace(3))
    app.add_routes(webhooks.routes())
    url = webhook_address(f"http://127.0.0.1:{port}", "n" * 24)
    async with serving(app, port):
        answers = [await salon.http.post(url, content=b"{}") for _ in range(4)]
    assert [one.status_code for one in answers] == [404, 404, 404, 429]
    assert int(answers[3].headers["Retry-After"]) >= 1
