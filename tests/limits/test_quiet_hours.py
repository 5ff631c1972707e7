"""What we begin waits for the morning where the customer is; answers never do."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.quiet_hours import QuietHours, seconds_to_wait, zones_of
from tests.engine.test_booking import book
from tests.salon import ZONE
from workers.resources import now

KUWAIT = ZoneInfo("Asia/Kuwait")
NEW_YORK = ZoneInfo("America/New_York")
NIGHT = QuietHours(begins=time(21), ends=time(8))


def at(text, zone=KUWAIT):
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "hours"),
    [
        ("2026-03-03T20:59", 0),
        ("2026-03-03T21:00", 11),
        ("2026-03-03T23:30", 8.5),
        ("2026-03-04T00:00", 8),
        ("2026-03-04T07:30", 0.5),
        ("2026-03-04T08:00", 0),
    ],
)
def test_over_midnight(moment, hours):
    assert seconds_to_wait(NIGHT, at(moment), [KUWAIT]) == hours * 3600


def test_within_a_day():
    noon = QuietHours(begins=time(12), ends=time(15))
    assert seconds_to_wait(noon, at("2026-03-03T13:00"), [KUWAIT]) == 2 * 3600
    assert seconds_to_wait(noon, at("2026-03-03T15:00"), [KUWAIT]) == 0


def test_a_night_with_an_hour_less_is_an_hour_shorter():
    assert seconds_to_wait(NIGHT, at("2026-03-07T22:00", NEW_YORK), [NEW_YORK]) == 9 * 3600


def test_switched_off():
    assert seconds_to_wait(QuietHours(enabled=False), at("2026-03-03T23:00"), [KUWAIT]) == 0


def test_the_customers_zone_by_his_number():
    assert zones_of(NIGHT, "+12125550123", KUWAIT) == (NEW_YORK,)
    assert zones_of(NIGHT, "+96550000123", NEW_YORK) == (KUWAIT,)
    for unknown in (None, "", "+15550100123", "session-1", "+61400000000"):
        assert zones_of(NIGHT, unknown, KUWAIT) == (KUWAIT,)
    assert zones_of(QuietHours(zone="business"), "+12125550123", KUWAIT) == (KUWAIT,)


@given(
    st.integers(0, 365 * 24 * 60),
    st.integers(0, 23),
    st.integers(1, 12),
)
def test_whatever_the_hours_it_ends_outside_of_them(minute, begins, length):
    quiet = QuietHours(begins=time(begins), ends=time((begins + length) % 24))
    zones = [KUWAIT, NEW_YORK]
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    waited = seconds_to_wait(quiet, moment, zones)
    assert 0 <= waited <= 48 * 3600
    if length <= 8:  # eight hours in each of two zones leave some for both
        assert seconds_to_wait(quiet, moment + timedelta(seconds=waited), zones) == 0


def test_hours_that_are_none_are_refused():
    with pytest.raises(ValidationError, match="same time"):
        QuietHours(begins=time(9), ends=time(9))


@pytest.fixture
async def night(salon):
    """It is night now, whatever the clock says."""
    local = now().astimezone(ZONE)
    quiet = {
        "begins": (local - timedelta(hours=2)).strftime("%H:%M:%S"),
        "ends": (local + timedelta(hours=2)).strftime("%H:%M:%S"),
    }
    await salon.pool.execute(
        "UPDATE workspaces SET settings = settings || $2, updated_at = clock_timestamp() WHERE id = $1",
        salon.workspace_ids["nail-salon"],
        {"quiet_hours": quiet},
    )
    return salon


async def news_comes(salon, *, hours_later):
    """Hours after his last line something became of a customer's order: its payment was not made in time."""
    (talk,) = await salon.rows("SELECT id, workspace_id FROM conversations")
    (booking,) = await salon.rows("SELECT id FROM bookings")
    await salon.pool.execute(
        "UPDATE conversations SET last_inbound_at = last_inbound_at - $1::interval",
        timedelta(hours=hours_later),
    )
    await salon.pool.execute(
        "INSERT INTO inbox (workspace_id, conversation_id, source, account, external_id, kind, payload)"
        " VALUES ($1, $2, 'effect', 'effect', 'news', 'effect_answer', $3)",
        talk["workspace_id"],
        talk["id"],
        {"outcome": "payment_expired", "booking_id": str(booking["id"]), "data": {}},
    )


@pytest.fixture
async def phone(night):
    """A customer who has ordered, at night: that is answered as ever."""
    phone = night.phone()
    answers = await book(phone, pay="knet")
    assert all(answers)
    await night.pool.execute(
        "UPDATE effects SET status = 'cancelled', settled_at = now() WHERE kind = 'poll_payment' AND status = 'pending'"
    )
    return phone


async def test_news_at_night_waits_for_the_morning(night, phone):
    await news_comes(night, hours_later=3)
    assert await phone.wait() == ""
    (held,) = await night.rows(
        "SELECT extract(epoch FROM due_at - now()) AS seconds FROM effects WHERE kind = 'send' AND status = 'pending'"
    )
    assert 7000 < held["seconds"] <= 7200
    await night.pool.execute(
        "UPDATE effects SET due_at = now(), reserved_until = NULL WHERE status = 'pending'"
    )
    assert "payment" in (await phone.wait()).lower()


async def test_who_writes_is_awake_and_reads_it_first(night, phone):
    await news_comes(night, hours_later=3)
    assert await phone.wait() == ""
    known = len(phone.messages)
    await phone.say("thank you")
    first, *rest = [shown.text.lower() for shown in phone.messages[known:]]
    assert "payment" in first
    assert rest


async def test_what_comes_of_a_line_just_now_is_an_answer(night, phone):
    await news_comes(night, hours_later=0)
    assert "payment" in (await phone.wait()).lower()
