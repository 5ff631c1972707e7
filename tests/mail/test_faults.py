"""What may go wrong with a mail, and that the booking and the chat never notice."""

from __future__ import annotations

import pytest

from db import failpoints
from tests.mail.conftest import SARA
from tests.mail.test_bookings import booked_at_the_salon
from tests.salon import open_salon


@pytest.fixture(autouse=True)
def disarmed():
    yield
    failpoints.arm("")


async def only_the_customer(office):
    await office.settings("nail-salon", mail={"to_business": []})


async def again(office, rounds=1):
    for _ in range(rounds):
        await office.deliver()


async def booking_stands(office):
    [booking] = await office.salon.rows("SELECT status, needs_operator FROM bookings")
    assert booking == {"status": "confirmed", "needs_operator": False}


async def test_a_busy_service_is_asked_again(office):
    await only_the_customer(office)
    await office.salon.fault("postmark", "rate_limited", next_n=2, ms=0)
    await booked_at_the_salon(office)
    await again(office, 3)
    assert [one.to for one in await office.mails()] == [SARA]
    assert await office.states() == [("done", None)]
    assert await office.errors() == []


async def test_a_service_that_stays_busy_is_given_up(office):
    await only_the_customer(office)
    await office.salon.fault("postmark", "rate_limited", probability=1, ms=0)
    await booked_at_the_salon(office)
    await again(office, 8)
    assert await office.states() == [("failed", "http_429")]
    [error] = await office.errors()
    assert error["kind"] == "mail_failed"
    assert "SARA" not in error["summary"].upper()
    await booking_stands(office)


@pytest.mark.parametrize("fault", ["accepted_then_reset", "accepted_then_5xx", "http_5xx", "html"])
async def test_a_lost_answer_is_never_sent_again(office, fault):
    await only_the_customer(office)
    await office.salon.fault("postmark", fault)
    await booked_at_the_salon(office)
    await again(office, 2)
    await office.salon.pool.execute(
        "UPDATE effects SET unknown_since = now() - interval '1 hour' WHERE status = 'unknown'"
    )
    await again(office)
    assert [state for state, _ in await office.states()] == ["needs_operator"]
    assert len(await office.mails()) == (1 if fault.startswith("accepted") else 0)
    [error] = await office.errors()
    assert error["kind"] == "mail_outcome_unknown"
    await booking_stands(office)


async def test_a_slow_service_is_a_lost_answer(salon_dsn, seeded, tmp_path):
    from tests.mail.conftest import Office, mail_settings

    async with open_salon(
        salon_dsn, seeded, tmp_path, more=mail_settings(seeded), call_timeout_seconds=1.5
    ) as salon:
        office = Office(salon)
        await only_the_customer(office)
        await booked_at_the_salon(office)
        await salon.fault("postmark", "accepted_then_slow", next_n=1, ms=4000)
        await again(office)
        assert [state for state, _ in await office.states()] in (["unknown"], ["needs_operator"])
        assert len(await office.mails()) == 1


async def test_an_inactive_address_gets_no_further_mail(office):
    await only_the_customer(office)
    phone = office.salon.phone()
    from tests.mail.conftest import told_code
    from tests.mail.test_bookings import SALON_LINES

    lines = [line if line != SARA else "inactive.sara@example.com" for line in SALON_LINES]
    await told_code(phone, *lines)
    await again(office)
    assert await office.states() == [("failed", "recipient_inactive")]
    assert [error["kind"] for error in await office.errors()] == ["mail_failed"]
    await phone.say("cancel my booking")
    await phone.say("yes")
    await again(office)
    assert (await office.states())[1] == ("blocked", "suppressed")
    assert len(await office.errors()) == 1, "said once"
    assert await office.mails() == []


async def test_an_account_that_is_refused_is_one_error(salon_dsn, seeded, tmp_path):
    from tests.mail.conftest import Office, mail_settings

    more = mail_settings(seeded, mail_from="nobody@unconfirmed.example.com")
    async with open_salon(salon_dsn, seeded, tmp_path, more=more) as salon:
        office = Office(salon)
        await booked_at_the_salon(office)
        await again(office)
        assert await office.states() == [("failed", "400"), ("failed", "400")]
        [error] = await office.errors()
        assert (error["kind"], error["times"]) == ("mail_failed", 2)


@pytest.mark.parametrize(("point", "arrived"), [("mail.before_call", 0), ("mail.after_call", 1)])
async def test_a_death_around_the_call_sends_nothing_twice(office, point, arrived):
    await only_the_customer(office)
    await booked_at_the_salon(office)
    failpoints.arm(f"{point}=raise")
    await again(office)
    failpoints.arm("")
    await office.salon.pool.execute(
        "UPDATE effects SET claim_until = now() - interval '1 s' WHERE status = 'in_flight'"
    )
    await again(office)
    await office.salon.pool.execute(
        "UPDATE effects SET unknown_since = now() - interval '1 hour' WHERE status = 'unknown'"
    )
    await again(office)
    assert [state for state, _ in await office.states()] == ["needs_operator"]
    assert len(await office.mails()) == arrived
    assert [error["kind"] for error in await office.errors()] == ["mail_outcome_unknown"]


async def test_a_death_before_the_mark_sends_it_later(office):
    await only_the_customer(office)
    await booked_at_the_salon(office)
    failpoints.arm("effect.after_claim=raise")
    with pytest.raises(failpoints.FailpointError):
        await again(office)
    failpoints.arm("")
    await office.salon.pool.execute(
        "UPDATE effects SET claim_until = now() - interval '1 s' WHERE status = 'in_flight'"
    )
    await again(office, 2)
    assert await office.states() == [("done", "claim_expired")] or await office.states() == [("done", None)]
    assert len(await office.mails()) == 1


async def test_closed_outbound_blocks_and_the_list_opens(office):
    await office.settings(
        "nail-salon", outbound={"mode": "closed", "allow": ["+96550000123", "Sara@Example.com"]}
    )
    await booked_at_the_salon(office)
    await again(office)
    assert [one.to for one in await office.mails()] == [SARA]
    assert await office.states() == [("done", None), ("blocked", "outbound_closed")]
    [error] = await office.errors()
    assert error["kind"] == "mail_blocked"


async def test_the_demo_writes_to_no_real_address(office):
    from tests.mail.conftest import told_code
    from tests.mail.test_bookings import SALON_LINES

    lines = [line if line != SARA else "sara@example.org" for line in SALON_LINES]
    await told_code(office.salon.phone(), *lines)
    await again(office)
    assert (await office.states())[0] == ("blocked", "other_domain")


async def test_a_mail_that_was_overtaken_is_not_sent(office, monkeypatch):
    import bot.effect_mails

    monkeypatch.setattr(bot.effect_mails, "_AFTER_SECONDS", 3600)  # none goes out before this test says so
    await only_the_customer(office)
    phone = await booked_at_the_salon(office)
    await phone.say("cancel my booking")
    await phone.say("yes")
    await again(office)
    [mail] = await office.mails()
    assert "is cancelled" in mail.subject
    assert await office.states() == [("blocked", "superseded"), ("done", None)]


async def test_a_mail_that_can_not_be_written_is_the_operator_s_affair(office, monkeypatch):
    import bot.effect_mails

    def broken(*_):
        raise ValueError("made up")

    monkeypatch.setattr(bot.effect_mails, "write_mail", broken)
    await booked_at_the_salon(office)
    await again(office)
    assert await office.effects() == []
    [error] = await office.errors()
    assert (error["kind"], "could be written" in error["summary"]) == ("mail_failed", True)
    await booking_stands(office)


async def test_without_a_mail_service_nothing_is_planned(salon_dsn, seeded, tmp_path):
    from tests.mail.conftest import Office

    async with open_salon(salon_dsn, seeded, tmp_path) as salon:
        office = Office(salon)
        await booked_at_the_salon(office)
        assert await office.effects() == []
        [booking] = await salon.rows("SELECT calendar_uid FROM bookings")
        assert booking["calendar_uid"] is None
