"""Bounces and deliveries as Postmark posts them: once each, and only of our own mails."""

from __future__ import annotations

import base64

import pytest

from db import failpoints
from tests.mail.conftest import PASSWORD, SARA, Office, mail_settings
from tests.mail.test_bookings import booked_at_the_salon
from tests.salon import open_salon


def basic(password: str, user: str = "postmark") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


async def post(office, body, headers=None):
    url = f"http://127.0.0.1:{office.salon.seeded.web_port}/api/webhooks/mail/postmark"
    return await office.salon.http.post(
        url, json=body, headers=basic(PASSWORD) if headers is None else headers
    )


async def report(office, kind="Bounce", **more):
    [effect] = [row for row in await office.effects() if row["request"]["role"] == "customer"]
    return {
        "RecordType": kind,
        "MessageID": "00000000-0000-0000-0000-000000000001",
        "Email": "somebody.else@example.com",
        "Metadata": {"workspace": str(effect["workspace_id"]), "effect": str(effect["id"])},
        **more,
    }


@pytest.mark.parametrize(
    ("kind", "type_", "reason"),
    [("Bounce", "HardBounce", "undeliverable"), ("SpamComplaint", "SpamComplaint", "complained")],
)
async def test_a_dead_address_gets_no_further_mail(office, kind, type_, reason):
    phone = await booked_at_the_salon(office)
    await office.deliver()
    for _ in range(3):
        assert (await post(office, await report(office, kind, Type=type_))).status_code == 200
    rows = await office.salon.rows("SELECT address, reason FROM mail_suppressions")
    assert rows == [{"address": SARA, "reason": reason}], "the address we wrote to, not the one that is named"
    [error] = await office.errors()
    assert (error["kind"], error["times"]) == ("mail_address_dead", 1)
    await phone.say("cancel my booking")
    await phone.say("yes")
    await office.deliver()
    assert len(await office.mails(SARA)) == 1
    assert ("blocked", "suppressed") in await office.states()


async def test_one_business_s_bounce_is_not_another_s(office):
    await booked_at_the_salon(office)
    await office.deliver()
    body = await report(office, Type="HardBounce")
    [other] = await office.salon.rows("SELECT id FROM workspaces WHERE key = 'barber-shop'")
    body["Metadata"]["workspace"] = str(other["id"])
    answer = await post(office, body)
    assert (answer.status_code, answer.text) == (200, "not ours")
    assert await office.salon.rows("SELECT 1 FROM mail_suppressions") == []


async def test_a_delivery_proves_a_mail_whose_answer_got_lost(office):
    await office.settings("nail-salon", mail={"to_business": []})
    await office.salon.fault("postmark", "accepted_then_reset")
    await booked_at_the_salon(office)
    await office.deliver()
    await office.salon.pool.execute(
        "UPDATE effects SET unknown_since = now() - interval '1 hour' WHERE status = 'unknown'"
    )
    await office.deliver()
    assert [state for state, _ in await office.states()] == ["needs_operator"]
    body = await report(office, "Delivery", Recipient=SARA)
    assert (await post(office, body)).status_code == 200
    assert [state for state, _ in await office.states()] == ["done"]
    [error] = await office.errors()
    assert error["resolved_at"] is not None
    assert (await post(office, body)).status_code == 200


@pytest.mark.parametrize("type_", ["SoftBounce", "Transient", "AutoResponder"])
async def test_what_may_pass_suppresses_nobody(office, type_):
    await booked_at_the_salon(office)
    await office.deliver()
    assert (await post(office, await report(office, Type=type_))).status_code == 200
    assert await office.salon.rows("SELECT 1 FROM mail_suppressions") == []
    assert await office.errors() == []


async def test_strangers_and_nonsense_are_refused(office):
    assert (await post(office, {}, headers={})).status_code == 403
    assert (await post(office, {}, headers=basic("wrong"))).status_code == 403
    assert (await post(office, {}, headers=basic(PASSWORD, user="other"))).status_code == 403
    assert (await post(office, [])).status_code == 400
    assert (await post(office, {"RecordType": "Bounce"})).text == "not ours"
    assert (await post(office, {"Metadata": {"workspace": "x", "effect": "y"}})).text == "not ours"


async def test_without_a_password_the_endpoint_is_off(salon_dsn, seeded, tmp_path):
    more = mail_settings(seeded, postmark_webhook_password=None)
    async with open_salon(salon_dsn, seeded, tmp_path, more=more) as salon:
        assert (await post(Office(salon), {}, headers=basic(""))).status_code == 404


async def test_a_report_that_overtakes_the_answer_counts(office):
    """The process died after the call; the report is there before anybody found out."""
    await office.settings("nail-salon", mail={"to_business": []})
    await booked_at_the_salon(office)
    failpoints.arm("mail.after_call=raise")
    await office.deliver()
    failpoints.arm("")
    assert [state for state, _ in await office.states()] == ["in_flight"]
    assert (await post(office, await report(office, "Delivery", Recipient=SARA))).status_code == 200
    assert [state for state, _ in await office.states()] == ["done"]
    await office.deliver()
    assert len(await office.mails(SARA)) == 1
    assert await office.errors() == []


async def test_a_bounce_that_overtakes_the_answer_counts_too(office):
    await office.settings("nail-salon", mail={"to_business": []})
    await booked_at_the_salon(office)
    failpoints.arm("mail.after_call=raise")
    await office.deliver()
    failpoints.arm("")
    assert [state for state, _ in await office.states()] == ["in_flight"]
    assert (await post(office, await report(office, Type="HardBounce"))).status_code == 200
    assert [state for state, _ in await office.states()] == ["done"]
    assert [row["address"] for row in await office.salon.rows("SELECT address FROM mail_suppressions")] == [
        SARA
    ]


async def test_a_mail_that_arrived_is_not_tried_again(office):
    await office.settings("nail-salon", mail={"to_business": []})
    await office.salon.fault("postmark", "rate_limited", probability=1, ms=0)
    await booked_at_the_salon(office)
    await office.deliver()
    assert [state for state, _ in await office.states()] == ["pending"]
    assert (await post(office, await report(office, "Delivery", Recipient=SARA))).status_code == 200
    assert [state for state, _ in await office.states()] == ["done"]
    await office.deliver()
    assert await office.mails(SARA) == []
    assert await office.errors() == []
