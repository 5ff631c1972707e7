"""Bookings in the console: the lists against the tables, and a person's acts through the real engine."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from contextlib import asynccontextmanager
from datetime import timedelta
from html import unescape

import pytest

from tests.console.desk import open_desk
from tests.engine.managing import BARBER as SHOP
from tests.engine.managing import FACADE, V2, booked, confirmed, errors
from tests.salon import now, open_salon
from tests.sampled import BARBER

HERE = f"/console/w/{BARBER}"


# -- lists and views ----------------------------------------------------------------------------------------------


async def test_the_list_shows_what_is_counted_and_narrows_as_asked(desk, ann):
    page = (await ann.get(f"{HERE}/bookings")).text
    rows = await desk.rows("SELECT * FROM bookings")
    assert f"{len(rows)} in all" in page
    assert page.count('data-title="Visit"') == len(rows)
    for column, field in (("status", "status"), ("payment_status", "payment")):
        for value in {row[column] for row in rows}:
            found = (await ann.get(f"{HERE}/bookings", **{field: value})).text
            assert found.count('data-title="Visit"') == sum(row[column] == value for row in rows), value
    one = rows[0]
    assert (
        f"/bookings/{one['id']}"
        in (await ann.get(f"{HERE}/bookings", q=one["confirmation_code"].lower())).text
    )
    (zone,) = [row[0] for row in await desk.rows("SELECT settings ->> 'timezone' FROM workspaces")]
    for row in rows[:3]:
        (day,) = (await desk.rows("SELECT ($1::timestamptz AT TIME ZONE $2)::date", row["starts_at"], zone))[
            0
        ]
        found = (await ann.get(f"{HERE}/bookings", **{"from": str(day), "to": str(day)})).text
        assert f"/bookings/{row['id']}" in found
        before = str(day - timedelta(days=1))
        assert f"/bookings/{row['id']}" not in (await ann.get(f"{HERE}/bookings", to=before)).text
    assert "Nothing fits these filters" in (await ann.get(f"{HERE}/bookings", q="nobody at all")).text


async def test_a_file_has_a_line_for_each_and_no_formula(desk, ann):
    await desk.pool.execute("UPDATE bookings SET customer_name = '=HYPERLINK(\"x\")'")
    answer = await ann.get(f"{HERE}/bookings.csv")
    lines = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    (total,) = (await desk.rows("SELECT count(*) FROM bookings"))[0]
    assert len(lines) == total + 1
    assert {line[5] for line in lines[1:]} == {'\'=HYPERLINK("x")'}


async def test_a_day_and_its_week_show_whose_time_it_is(desk, ann):
    await desk.pool.execute("UPDATE bookings SET customer_name = 'سارة <b>العلي</b>'")
    rows = await desk.rows(
        """SELECT b.id, (b.starts_at AT TIME ZONE 'America/New_York')::date AS day, s.names ->> 'en' AS staff
           FROM bookings b JOIN booking_items i ON i.booking_id = b.id JOIN staff s ON s.id = i.staff_id
           WHERE b.status <> 'cancelled' ORDER BY b.starts_at LIMIT 2""",
    )
    for row in rows:
        for view in ("day", "week"):
            page = (await ann.get(f"{HERE}/bookings/{view}", date=str(row["day"]))).text
            assert page.count(f'href="{HERE}/bookings/{row["id"]}"') == 2, "in the table and in the list"
            assert f'<th scope="col"><bdi dir="auto">{row["staff"]}</bdi>' in page
            assert 'dir="auto">سارة &lt;b&gt;العلي&lt;/b&gt;</bdi>' in page
            assert "<b>العلي" not in page
            assert "style=" not in page
    cancelled = await desk.rows(
        "SELECT id, starts_at::date AS day FROM bookings WHERE status = 'cancelled' LIMIT 1"
    )
    page = (await ann.get(f"{HERE}/bookings/week", date=str(cancelled[0]["day"]))).text
    assert str(cancelled[0]["id"]) not in page


@pytest.mark.parametrize("date", ["", "yesterday", "9999-12-31", "0001-01-01", "2026-02-30"])
async def test_a_date_that_is_none_is_today(ann, date):
    for view in ("day", "week"):
        assert (await ann.get(f"{HERE}/bookings/{view}", date=date, place="nowhere")).status_code == 200


# -- whether the visit took place ---------------------------------------------------------------------------------


@pytest.fixture
async def visit(desk):
    """A confirmed visit that has begun."""
    (row,) = await desk.rows(
        "SELECT id FROM bookings WHERE status = 'confirmed' ORDER BY starts_at DESC LIMIT 1"
    )
    await desk.pool.execute(
        "UPDATE bookings SET starts_at = now() - interval '1 hour', ends_at = now() - interval '10 minutes' "
        "WHERE id = $1",
        row["id"],
    )
    return row["id"]


async def test_a_visit_is_marked_once_it_has_begun(desk, ann, visit):
    at = f"{HERE}/bookings/{visit}"
    page = (await ann.get(at)).text
    assert "Completed" in page
    assert "Cancel…" not in page
    for path, said in (
        ("no-show", "Marked as no show."),
        ("no-show", "It was marked so before."),
        ("complete", "Only a confirmed visit that has begun"),
    ):
        assert said in (await ann.follow(await ann.post(f"{at}/{path}", back=at))).text
    assert [tuple(row) for row in await desk.rows("SELECT status FROM bookings WHERE id = $1", visit)] == [
        ("no_show",)
    ]
    audits = await desk.pool.fetch("SELECT actor FROM audit_entries WHERE action = 'booking.no_show'")
    assert [row["actor"] for row in audits] == ["user:ann@example.com"]
    page = (await ann.get(at)).text
    assert "Marked as no show" in page
    assert "What can be done" not in page


async def test_a_visit_to_come_is_not_completed(desk, ann):
    (row,) = await desk.rows(
        "SELECT id FROM bookings WHERE status = 'confirmed' ORDER BY starts_at DESC LIMIT 1"
    )
    await desk.pool.execute(
        "UPDATE bookings SET starts_at = now() + interval '1 day', ends_at = now() + interval '25 hours' WHERE id = $1",
        row["id"],
    )
    at = f"{HERE}/bookings/{row['id']}"
    await ann.get(at)
    assert "Only a confirmed visit" in (await ann.follow(await ann.post(f"{at}/complete", back=at))).text
    assert [
        tuple(one) for one in await desk.rows("SELECT status FROM bookings WHERE id = $1", row["id"])
    ] == [("confirmed",)]


# -- through the engine -------------------------------------------------------------------------------------------


@asynccontextmanager
async def at_work(dsn, seeded, folder, workspace):
    """A business with a real engine behind the console."""
    async with (
        open_salon(dsn, seeded, folder) as salon,
        open_desk(salon.pool, accounts=salon.resources.accounts, mails=True) as desk,
    ):
        await desk.user("ann@example.com", name="Ann")
        async with desk.signed_in("ann@example.com", act_as=workspace) as ann:
            yield salon, ann


def version(page: str) -> str:
    found = re.search(r'name="version" value="(\w+)"', page)
    assert found is not None, page
    return found[1]


async def test_cancelled_once_whoever_clicks_how_often(salon_dsn, seeded, tmp_path):
    async with at_work(salon_dsn, seeded, tmp_path, SHOP.workspace) as (salon, ann):
        phone = await booked(salon, SHOP)
        (row,) = await confirmed(salon)
        at = f"/console/w/{SHOP.workspace}/bookings/{row['id']}"
        seen = version((await ann.get(at)).text)
        form = {"version": seen, "reason": "The barber is ill <b>today</b>", "back": at}
        answers = await asyncio.gather(*(ann.post(f"{at}/cancel", **form) for _ in range(3)))
        assert {answer.status_code for answer in answers} == {303}
        waiting = await salon.rows("SELECT payload FROM inbox WHERE kind = 'operator_act'")
        assert len(waiting) == 1, "the second click finds the first"
        page = (await ann.get(at)).text
        assert "is on its way" in page
        assert "Cancel…" not in page
        said = await phone.wait()
        assert "The barber is ill <b>today</b>" in said
        await salon.settle()
        assert await confirmed(salon) == []
        assert await errors(salon) == []
        page = (await ann.get(at)).text
        assert "by the business: The barber is ill &lt;b&gt;today&lt;/b&gt;" in page
        assert "Asked to cancel it" in page
        assert "Cancellation in the booking system" in page
        assert "What can be done" not in page
        late = await ann.follow(await ann.post(f"{at}/cancel", **form))
        assert "nothing was done" in unescape(late.text)
        (entry,) = await salon.rows("SELECT actor, detail FROM audit_entries WHERE action = 'booking.cancel'")
        assert entry == {"actor": "user:ann@example.com", "detail": {}}


async def test_a_form_that_is_behind_changes_nothing(salon_dsn, seeded, tmp_path):
    async with at_work(salon_dsn, seeded, tmp_path, SHOP.workspace) as (salon, ann):
        phone = await booked(salon, SHOP)
        (row,) = await confirmed(salon)
        at = f"/console/w/{SHOP.workspace}/bookings/{row['id']}"
        seen = version((await ann.get(at)).text)
        await phone.say("move my appointment to 5pm")
        await phone.say("yes")
        page = await ann.follow(await ann.post(f"{at}/cancel", version=seen, back=at))
        assert "has changed meanwhile" in page.text
        await salon.settle()
        assert await SHOP.standing(salon) == [SHOP.at(SHOP.later)]


async def test_a_system_that_cant_cancel_is_said_before_and_the_word_of_a_person_counts(
    salon_dsn, seeded, tmp_path
):
    async with at_work(salon_dsn, seeded, tmp_path, V2.workspace) as (salon, ann):
        phone = await booked(salon, V2)
        (row,) = await confirmed(salon)
        at = f"/console/w/{V2.workspace}/bookings/{row['id']}"
        page = (await ann.get(at)).text
        assert "takes no cancellation from here" in page
        assert "can't move an order by itself" in unescape(page)
        seen = version(page)
        refused = await ann.follow(await ann.post(f"{at}/cancel", version=seen, back=at))
        assert "takes no cancellation from here" in refused.text
        refused = await ann.follow(await ann.post(f"{at}/move", version=seen, time="x", back=at))
        assert "can't move an order by itself" in unescape(refused.text)
        assert await salon.rows("SELECT 1 FROM inbox WHERE kind = 'operator_act'") == []
        await ann.post(f"{at}/cancel", version=seen, done_there="1", back=at)
        assert "cancel" in await phone.wait()
        await salon.settle()
        assert await confirmed(salon) == []
        assert await errors(salon) == []


async def test_moved_to_a_time_that_the_catalog_offers(salon_dsn, seeded, tmp_path):
    async with at_work(salon_dsn, seeded, tmp_path, FACADE.workspace) as (salon, ann):
        phone = await booked(salon, FACADE)
        (row,) = await confirmed(salon)
        at = f"/console/w/{FACADE.workspace}/bookings/{row['id']}"
        page = (await ann.get(f"{at}/move")).text
        offered = re.findall(r'name="time" value="([^"]+)"', page)
        wanted = FACADE.at(FACADE.later).astimezone(now().tzinfo).isoformat()
        staff = (await salon.rows("SELECT staff_id FROM booking_items"))[0]["staff_id"]
        assert f"{wanted}|{staff}" in offered
        current = f"{row['starts_at'].isoformat()}|{staff}"
        assert current not in offered
        seen = version(page)
        for foreign in (
            current,
            "x",
            f"{FACADE.at(3).isoformat()}|{staff}",
            f"{wanted}|x",
            f"{wanted[:19]}|{staff}",
        ):
            refused = await ann.follow(
                await ann.post(f"{at}/move", version=seen, time=foreign, back=f"{at}/move")
            )
            assert "free any more" in unescape(refused.text), foreign
        await ann.post(f"{at}/move", version=seen, time=f"{wanted}|{staff}", reason="Plaza opens later")
        said = await phone.wait()
        assert FACADE.after in said
        assert "Plaza opens later" in said
        await salon.settle()
        assert await FACADE.standing(salon) == [FACADE.at(FACADE.later)]
        assert await errors(salon) == []
        (after,) = await confirmed(salon)
        assert after["confirmation_code"] == row["confirmation_code"]
        assert "took its place" in (await ann.get(at)).text
        page = (await ann.get(f"/console/w/{FACADE.workspace}/bookings/{after['id']}")).text
        assert "an earlier booking" in page


async def test_the_confirmation_again_in_the_chat_and_by_mail(salon_dsn, seeded, tmp_path):
    async with at_work(salon_dsn, seeded, tmp_path, SHOP.workspace) as (salon, ann):
        phone = await booked(salon, SHOP)
        (row,) = await confirmed(salon)
        at = f"/console/w/{SHOP.workspace}/bookings/{row['id']}"
        await ann.get(at)
        refused = await ann.follow(await ann.post(f"{at}/resend", mail="1", back=at))
        assert "sent that way" in unescape(refused.text), "there is no address"
        assert "Choose the chat" in (await ann.follow(await ann.post(f"{at}/resend", back=at))).text
        await salon.pool.execute("UPDATE bookings SET customer_email = 'sam@example.com'")
        await ann.post(f"{at}/resend", mail="1", chat="1", back=at)
        assert row["confirmation_code"] in await phone.wait()
        (mail,) = await salon.rows("SELECT request, status FROM effects WHERE kind = 'send_mail'")
        assert mail["request"]["address"] == "sam@example.com"
        assert row["confirmation_code"] in mail["request"]["text"]
        page = (await ann.get(at)).text
        assert "Mail to the customer: confirmed" in page
        assert "Sent the confirmation again" in page
        refused = await ann.follow(await ann.post(f"{at}/resend", mail="1", chat="1", back=at))
        assert "a moment ago" in refused.text
        assert len(await salon.rows("SELECT FROM effects WHERE kind = 'send_mail'")) == 1
        assert await SHOP.standing(salon) == [SHOP.at(SHOP.first)]
