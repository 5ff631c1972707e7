"""The overview's numbers, held against what the tables say."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from bot.console.charts import picture, spread
from db.read_overview import Day
from db.tx import tx
from tests.sampled import BARBER

HERE = f"/console/w/{BARBER}"


@pytest.fixture
async def ann(desk):
    await desk.user("ann@example.com")
    async with desk.signed_in("ann@example.com", act_as=BARBER) as browser:
        yield browser


async def counted(desk, statement: str) -> int:
    async with tx(desk.pool, desk.workspaces[BARBER]) as work:
        return await work.fetchval(statement)


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
    async with tx(desk.pool, desk.workspaces[BARBER]) as work:
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
    async with tx(desk.pool, desk.workspaces[BARBER]) as work:
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


async def test_an_unknown_period_is_the_usual_one(ann):
    assert 'aria-current="true">30 days' in (await ann.get(f"{HERE}/", days="'; DROP")).text
