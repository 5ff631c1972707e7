"""The overview's numbers, held against what the tables say."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from bot.console.charts import Bar, picture, spread
from db import read_overview
from db.read_overview import Day
from tests.sampled import BARBER

HERE = f"/console/w/{BARBER}"
CHARGED = {"accepted", "sent", "delivered", "read"}


async def counted(desk, statement: str) -> int:
    ((count,),) = await desk.rows(statement)
    return count


async def test_the_funnel_is_what_the_tables_hold(desk, ann):
    """Each step by a query of its own, a talk at a time."""
    talks = "SELECT count(*) FROM conversations c WHERE created_at > now() - interval '100 days'"
    won = "SELECT FROM bookings b WHERE b.conversation_id = c.id AND b.confirmed_at IS NOT NULL"
    sent = "SELECT FROM handoffs h WHERE h.conversation_id = c.id AND h.redirected_at IS NOT NULL"
    expected = [
        await counted(desk, f"{talks}{condition}")
        for condition in (
            "",
            " AND EXISTS (SELECT FROM leads l WHERE l.conversation_id = c.id)",
            " AND EXISTS (SELECT FROM booking_intents i WHERE i.conversation_id = c.id)",
            f" AND EXISTS ({won})",
            f" AND EXISTS ({sent}) AND NOT EXISTS ({won})",
            f" AND (EXISTS ({won} AND b.status = 'completed') OR EXISTS ({sent} AND h.status = 'completed_external'))",
        )
    ]
    page = (await ann.get(f"{HERE}/", days="90")).text
    funnel = page.partition('<ol class="funnel">')[2].partition("</ol>")[0]
    assert [int(one) for one in re.findall(r"<strong>(\d+)</strong>", funnel)] == expected
    assert 0 < expected[3] < expected[0]


async def test_what_waits_and_what_happened_today(desk, ann):
    async with desk.at() as work:
        row = await work.fetchrow("SELECT id, customer_id FROM conversations WHERE status = 'open' LIMIT 1")
        await work.execute(
            "INSERT INTO escalations (id, workspace_id, conversation_id, customer_id, cause, turn) "
            "VALUES (gen_random_uuid(), current_workspace(), $1, $2, 'crisis', 1)",
            row["id"], row["customer_id"],
        )  # fmt: skip
        await work.execute("UPDATE conversations SET created_at = now() WHERE id = $1", row["id"])
    page = (await ann.get(f"{HERE}/")).text
    assert "1 urgent:" in page
    assert "may be in distress" in page
    assert re.search(r"<dt>Conversations</dt><dd><a [^>]*>(\d+)</a>", page)[1] == "1"
    assert f'href="{HERE}/conversations/{row["id"]}"' in page


async def test_every_talk_is_counted_once_in_the_daily_table(desk, ann):
    page = (await ann.get(f"{HERE}/", days="90")).text
    table = page.partition('data-part="daily"')[2].partition("</table>")[0]
    talks = sum(int(row[0]) for row in re.findall(r'</time></td><td class="number">(\d+)</td>()', table))
    assert talks == await counted(desk, "SELECT count(*) FROM conversations")


async def test_times_that_were_asked_for_but_full(desk, ann):
    assert "Whoever named a time could have it" in (await ann.get(f"{HERE}/")).text
    async with desk.at() as work:
        await work.execute(
            "UPDATE conversations SET state = $1 WHERE id IN "
            "(SELECT id FROM conversations ORDER BY created_at DESC LIMIT 2)",
            {"version": 1, "wish": {"day": "2026-11-27", "at": "17:30:00", "refused": True}},
        )
    page = (await ann.get(f"{HERE}/")).text
    assert '<td>Friday, 17:00 to 18:00</td><td class="number">2</td>' in page


async def test_the_chart_is_a_picture_that_runs_nothing(ann):
    answer = await ann.get(f"{HERE}/overview/chart.svg", days="7")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_a_bar_for_every_day_or_week_even_if_nothing_happened():
    first = date(2026, 3, 27)
    found = [Day(first, 3, 1, 0), Day(first + timedelta(days=2), 1, 0, 1)]
    by_day = spread(found, first, 7)
    assert [one.conversations for one in by_day] == [3, 0, 1, 0, 0, 0, 0]
    by_week = spread(found, first, 90)
    assert (len(by_week), by_week[0].conversations, by_week[-1].days) == (13, 4, 6)
    assert b"<svg" in picture([]).body


def test_other_numbers_are_another_picture():
    first = date(2026, 3, 27)
    plain, more = ([Bar(first, 1, talks, 0, 0)] for talks in (3, 4))
    assert picture(plain).body == picture(list(plain)).body != picture(more).body


def told(page: str) -> dict[str, list[str]]:
    """The table of what a booking takes: a line's title to its cells, as they are read."""
    table = page.partition('data-part="spent"')[2].partition("</table>")[0].partition("<tbody>")[2]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in table.split("</tr>")]
    words = [[re.sub(r"<[^>]+>", " ", cell).split() for cell in row] for row in rows if row]
    return {" ".join(first): [" ".join(cell) for cell in rest] for first, *rest in words}


@pytest.fixture
async def carried(desk):
    """As if the talks had come by WhatsApp, and every fifth line had not got out."""
    await desk.pool.execute("UPDATE channel_accounts SET channel = 'whatsapp'")
    await desk.pool.execute(
        "UPDATE messages SET delivery_status = 'blocked' WHERE direction = 'out' AND seq % 5 = 0"
    )


async def test_what_payments_and_messages_cost_is_unknown_until_the_business_says_it(desk, ann, carried):
    assert told((await ann.get(f"{HERE}/", days="90")).text)["What payments cost"] == ["Nothing was paid."]
    async with desk.at() as work:
        await work.execute(
            "UPDATE bookings SET payment_status = 'paid', paid_at = now() "
            "WHERE id IN (SELECT id FROM bookings ORDER BY id LIMIT 3)"
        )
    page = (await ann.get(f"{HERE}/", days="90")).text
    assert told(page)["What payments cost"][0].startswith("Not known")
    assert told(page)["What messages cost"][0].startswith("Not known")
    assert f'<a href="{HERE}/settings/costs">Say what a payment costs you</a>' in page
    assert f'<a href="{HERE}/settings/costs">Say what a message costs you</a>' in page


async def test_what_a_booking_takes_by_the_businesss_own_prices(desk, ann, carried):
    """Every payment by itself, in Python: shares are rounded for each, test and foreign money isn't in it."""
    async with desk.at() as work:
        bookings = await work.fetch("SELECT id, conversation_id FROM bookings ORDER BY id LIMIT 6")
        for number, one in enumerate(bookings[:3]):
            await work.execute(
                "UPDATE bookings SET payment_status = 'paid', paid_at = now() - $2 * interval '1 day', "
                "total_minor = $3, currency = $4 WHERE id = $1",
                one["id"], number, 1100 + number, "EUR" if number == 2 else "USD",
            )  # fmt: skip
        for number, one in enumerate(bookings[3:]):
            await work.execute(
                "INSERT INTO payments (id, workspace_id, conversation_id, booking_id, effect_id, attempt, provider, "
                "  live, status, purpose, amount_minor, currency, request, paid_at, paid_by, settled_at) "
                "VALUES (gen_random_uuid(), current_workspace(), $1, $2, gen_random_uuid(), 1, 'static', $3, 'paid', "
                "  'deposit', $4, 'USD', '{}', now(), 'webhook', now())",
                one["conversation_id"], one["id"], number == 2, 350 * (number + 1),
            )  # fmt: skip
        paid = [1100, 1101, 350, 700]
        left = await work.fetch(
            "SELECT a.channel, m.delivery_status FROM messages m JOIN conversations c ON c.id = m.conversation_id "
            "JOIN channel_accounts a ON a.id = c.channel_account_id WHERE m.direction = 'out'"
        )
    charged = sum(one["channel"] == "whatsapp" and one["delivery_status"] in CHARGED for one in left)
    assert 0 < charged < len(left)
    saved = await ann.post(
        f"{HERE}/settings/costs",
        **{"costs.payment_basis_points": "290", "costs.payment_fixed_minor": "30",
           "costs.whatsapp_message_micros": "12500",
           "read_at": re.search(r'name="read_at" value="([^"]+)"', (await ann.get(f"{HERE}/settings/costs")).text)[1]},
    )  # fmt: skip
    assert saved.status_code == 303
    page = (await ann.get(f"{HERE}/", days="90")).text
    funnel = page.partition('<ol class="funnel">')[2].partition("</ol>")[0]
    steps = [int(one) for one in re.findall(r"<strong>(\d+)</strong>", funnel)]
    won, completed = steps[3] + steps[4], steps[5]
    cost = sum(30 + round(one * 290 / 10_000 + 1e-9) for one in paid)
    assert cost == 30 * 4 + 32 + 32 + 10 + 20
    assert told(page)["What payments cost"] == [
        f"{cost / 100:.2f} USD {len(paid)} paid, {sum(paid) / 100:.2f} USD",
        f"{round(cost / won) / 100:.2f} USD",
        f"{round(cost / completed) / 100:.2f} USD",
    ]
    assert told(page)["What messages cost"] == [
        f"{charged * 0.0125 / of:.4f} USD" for of in (1, won, completed)
    ]
    assert "Not in it: 1 payment in another currency." in page
    messages = await counted(desk, "SELECT count(*) FROM messages")
    assert told(page)["Messages, in and out"] == [
        str(messages),
        *(f"{messages / of:.1f}" for of in (won, completed)),
    ]


async def test_an_unknown_period_is_the_usual_one(ann):
    assert 'aria-current="true">30 days' in (await ann.get(f"{HERE}/", days="'; DROP")).text


NEWS = (
    """UPDATE conversations SET status = 'human', human_since = now()
       WHERE id = (SELECT id FROM conversations WHERE status = 'open' LIMIT 1)""",
    """UPDATE handoffs SET status = 'redirected', redirected_at = now(), url_used = booking_url, completed_at = NULL,
       completed_by = NULL WHERE id = (SELECT id FROM handoffs WHERE status <> 'redirected' LIMIT 1)""",
    """INSERT INTO operator_errors (id, workspace_id, kind, fingerprint, summary)
       VALUES (gen_random_uuid(), current_workspace(), 'x', 'y', 'Something new')""",
)


async def test_an_open_overview_hears_of_talks_taken_over_handoffs_and_errors(desk):
    """None of them writes a message."""
    async with desk.at() as work:
        seen = [await read_overview.version(work)]
        for change in NEWS:
            assert (await work.execute(change)).endswith(" 1"), change
            seen.append(await read_overview.version(work))
    assert len(set(seen)) == len(seen)
