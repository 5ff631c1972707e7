"""Completion webhooks over real HTTP: only the page's own word, by our own reference, completes a handoff."""

from __future__ import annotations

import secrets
from urllib.parse import urlencode

import pytest
from aiohttp import web

from bot.handoff_reference import sign
from bot.web.handoff.completions import SECRET, CompletionWebhooks, webhook_address
from db import handoffs
from db.tx import tx
from providers.handoff.reading import base64_signature, hex_signature
from tests.handoff.world import BARBER, books_elsewhere, handed_off, json_body, row
from tests.listening import free_ports, serving
from tests.salon import open_salon
from workers.resources import now

KEY = "made_up_signing_key"


@pytest.fixture
async def salon(salon_dsn, seeded, tmp_path):
    async with open_salon(salon_dsn, seeded, tmp_path) as opened:
        await books_elsewhere(opened)
        yield opened


async def account(salon, page, workspace=BARBER):
    """Sets the page's account up; the key of its webhook address."""
    workspace_id = salon.workspace_ids[workspace]
    sealed = salon.resources.box.seal(
        {SECRET: KEY}, workspace_id=workspace_id, field=handoffs.account_secret_field(page)
    )
    async with tx(salon.pool, workspace_id) as transaction:
        return await handoffs.put_account(
            transaction, page=page, account_key=secrets.token_urlsafe(18), secrets=sealed
        )


def address(salon, page, key):
    return webhook_address(f"http://127.0.0.1:{salon.seeded.web_port}", page, key)


async def calendly(salon, key, event, reference=None, *, uri="i1", secret=KEY, **invitee):
    body = json_body(
        {"event": event, "payload": {"uri": uri, "tracking": {"utm_content": reference}, **invitee}}
    )
    at = str(int(now().timestamp()))
    signature = f"t={at},v1={hex_signature(secret, at.encode() + b'.' + body)}"
    answer = await salon.http.post(
        address(salon, "calendly", key), content=body, headers={"Calendly-Webhook-Signature": signature}
    )
    return answer.status_code


async def test_calendly_completes_what_our_reference_names(salon):
    token, key = await handed_off(salon, page="calendly"), await account(salon, "calendly")
    reference = sign(salon.resources.box, token)
    for _ in range(3):  # it repeats
        assert await calendly(salon, key, "invitee.created", reference) == 200
    found = await row(salon, token)
    assert (found["status"], found["completed_by"]) == ("completed_external", "webhook:calendly")
    assert (found["intent_status"], found["external_booking_id"]) == ("confirmed", "i1")
    assert found["timeline"] == ["created", "completed"]


async def test_a_reschedule_stays_completed_in_either_order(salon):
    token, key = await handed_off(salon, page="calendly"), await account(salon, "calendly")
    reference = sign(salon.resources.box, token)
    await calendly(salon, key, "invitee.created", reference)
    moved = {"old_invitee": "i1"}
    gone = {"rescheduled": True, "new_invitee": "i2"}
    await calendly(salon, key, "invitee.created", reference, uri="i2", **moved)
    await calendly(salon, key, "invitee.canceled", reference, **gone)
    found = await row(salon, token)
    assert found["status"] == "completed_external"
    assert found["timeline"] == ["created", "completed", "moved"]


async def test_a_cancellation_there_takes_it_back(salon):
    token, key = await handed_off(salon, page="calendly"), await account(salon, "calendly")
    reference = sign(salon.resources.box, token)
    await calendly(salon, key, "invitee.created", reference)
    await calendly(salon, key, "invitee.canceled", reference)
    found = await row(salon, token)
    assert (found["status"], found["completed_at"]) == ("redirected", None)
    assert found["timeline"] == ["created", "completed", "cancelled"]


async def test_a_cancellation_that_comes_before_the_booking_it_cancels_stands(salon):
    token, key = await handed_off(salon, page="calendly"), await account(salon, "calendly")
    reference = sign(salon.resources.box, token)
    await calendly(salon, key, "invitee.canceled", reference)
    await calendly(salon, key, "invitee.created", reference)
    found = await row(salon, token)
    assert (found["status"], found["timeline"]) == ("new", ["created", "cancelled"])
    await calendly(salon, key, "invitee.created", reference, uri="i2")
    assert (await row(salon, token))["status"] == "completed_external", "booked anew"


@pytest.mark.parametrize("forged", ["", "x", "{token}.AAAAAAAAAAAAAAAA", "{token}", "{other}"])
async def test_a_reference_that_is_not_ours_completes_nothing(salon, forged):
    token, key = await handed_off(salon, page="calendly"), await account(salon, "calendly")
    other = sign(salon.resources.box, "A" * 19)
    reference = forged.format(token=token, other=other)
    assert await calendly(salon, key, "invitee.created", reference) == 200
    assert (await row(salon, token))["status"] == "new"


async def test_another_business_cannot_complete_it(salon):
    token = await handed_off(salon, page="calendly")
    key = await account(salon, "calendly", workspace="car-tint")
    assert await calendly(salon, key, "invitee.created", sign(salon.resources.box, token)) == 200
    assert (await row(salon, token))["status"] == "new"


async def test_a_wrong_signature_is_refused(salon):
    token, key = await handed_off(salon, page="calendly"), await account(salon, "calendly")
    reference = sign(salon.resources.box, token)
    assert await calendly(salon, key, "invitee.created", reference, secret="another") == 403
    assert (await row(salon, token))["status"] == "new"


async def test_reports_can_be_switched_off_and_narrowed(salon):
    """By the business's settings: a signed report is then acknowledged, and changes nothing."""
    token, key = await handed_off(salon, page="calendly"), await account(salon, "calendly")
    reference = sign(salon.resources.box, token)
    for completions in ({"enabled": False}, {"page": "square"}, {"event": "another.event"}):
        await salon.pool.execute(
            "UPDATE workspaces SET settings = jsonb_set(settings, '{external,completions}', $2) WHERE id = $1",
            salon.workspace_ids[BARBER],
            completions,
        )
        assert await calendly(salon, key, "invitee.created", reference) == 200
        assert (await row(salon, token))["status"] == "new"
    await salon.pool.execute("UPDATE workspaces SET settings = settings #- '{external,completions}'")
    assert await calendly(salon, key, "invitee.created", reference) == 200
    assert (await row(salon, token))["status"] == "completed_external"


async def test_without_an_account_the_webhook_is_off(salon):
    assert await calendly(salon, "A" * 24, "invitee.created") == 404
    for page in ("fresha", "website", "nobody"):
        answer = await salon.http.post(address(salon, page, "A" * 24), content=b"{}")
        assert answer.status_code == 404
    assert (await salon.http.get(address(salon, "calendly", "A" * 24))).status_code == 405


async def test_square_only_suggests(salon):
    token, key = await handed_off(salon), await account(salon, "square")
    url = address(salon, "square", key)
    body = json_body(
        {"type": "booking.created", "data": {"object": {"booking": {"id": "b1", "status": "ACCEPTED"}}}}
    )
    headers = {"x-square-hmacsha256-signature": base64_signature(KEY, url.encode() + body)}
    for _ in range(2):
        assert (await salon.http.post(url, content=body, headers=headers)).status_code == 200
    assert (await row(salon, token))["status"] == "new"
    told = await salon.rows(
        "SELECT times, summary FROM operator_errors WHERE kind = 'external_booking_unmatched'"
    )
    assert [each["times"] for each in told] == [1], "a repeat is no second booking"
    assert "Square reports a booking" in told[0]["summary"]


async def test_acuitys_reference_is_looked_up(salon):
    token, key = await handed_off(salon, page="acuity"), await account(salon, "acuity")
    await books_elsewhere(salon, page_settings={"reference_field_id": "77", "user_id": "4711"})
    reference = sign(salon.resources.box, token)
    asked, answers = [], {"5": 200, "6": 500, "7": 404}

    async def appointment(request: web.Request) -> web.Response:
        asked.append((request.match_info["id"], request.headers["Authorization"]))
        status = answers[request.match_info["id"]]
        body = {"id": 5, "forms": [{"values": [{"fieldID": 77, "value": reference}]}]}
        return web.json_response(body if status == 200 else {}, status=status)

    there, here = web.Application(), web.Application()
    there.router.add_get("/api/v1/appointments/{id}", appointment)
    acuity_port, own_port = free_ports(2)
    webhooks = CompletionWebhooks(
        handoffs=_service(salon),
        http=salon.http,
        public_base_url=f"http://127.0.0.1:{own_port}",
        clock=now,
        acuity_base_url=f"http://127.0.0.1:{acuity_port}",
    )
    here.add_routes(webhooks.routes())
    async with serving(there, acuity_port), serving(here, own_port):

        async def told(booking_id: str) -> int:
            body = urlencode({"action": "scheduled", "id": booking_id}).encode()
            headers = {"X-Acuity-Signature": base64_signature(KEY, body)}
            url = webhook_address(f"http://127.0.0.1:{own_port}", "acuity", key)
            return (await salon.http.post(url, content=body, headers=headers)).status_code

        assert await told("6") == 503, "it comes again"
        assert await told("7") == 200
        assert (await row(salon, token))["status"] == "new"
        assert await told("5") == 200
    assert (await row(salon, token))["status"] == "completed_external"
    assert asked[-1] == ("5", "Basic NDcxMTptYWRlX3VwX3NpZ25pbmdfa2V5")


def _service(salon):
    from bot.handoffs import Handoffs

    return Handoffs(salon.pool, salon.resources.box)


async def test_too_many_are_asked_to_wait(salon):
    key = "B" * 24
    assert {await calendly(salon, key, "invitee.created") for _ in range(120)} == {404}
    # Two more may pass with each second that a slow machine takes.
    for _ in range(400):
        if (status := await calendly(salon, key, "invitee.created")) != 404:
            break
    assert status == 429


async def test_nothing_of_a_customer_is_logged(salon, capfd):
    token, key = await handed_off(salon, page="calendly"), await account(salon, "calendly")
    await calendly(
        salon,
        key,
        "invitee.created",
        sign(salon.resources.box, token),
        email="canary@example.com",
        name="Canary",
    )
    await calendly(salon, key, "invitee.created", "x", secret="bad", email="canary@example.com")
    said = capfd.readouterr()
    assert "canary" not in (said.out + said.err).lower()
