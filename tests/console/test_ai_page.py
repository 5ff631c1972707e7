"""AI in the console: every number against the table of calls; the persona's versions."""

from __future__ import annotations

import csv
import io

import pytest

from bot.console.pages.ai import usd
from bot.console.text_diff import DiffLine, difference
from bot.llm_prompts import default_body
from db import llm
from tests.console.catalog_rows import asked
from tests.console.desk import Desk
from tests.sampled import BARBER

HERE = f"/console/w/{BARBER}/ai"


@pytest.fixture
async def calls(desk: Desk) -> None:
    async with desk.at() as transaction:
        await asked(transaction)


def test_a_difference_has_what_went_what_came_and_little_around_it():
    before = "\n".join(f"line {number}" for number in range(20))
    after = before.replace("line 9\n", "line nine\nline nine and a half\n")
    assert difference(before, before) == []
    assert [(one.kind, one.text) for one in difference(before, after)] == [
        ("skip", "7 lines the same"),
        ("same", "line 7"),
        ("same", "line 8"),
        ("gone", "line 9"),
        ("new", "line nine"),
        ("new", "line nine and a half"),
        ("same", "line 10"),
        ("same", "line 11"),
        ("skip", "8 lines the same"),
    ]
    assert difference("", "a") == [DiffLine("new", "a")]


async def test_where_no_model_was_asked_the_page_says_so(desk, ann):
    assert "No language model was asked" in (await ann.get(HERE)).text
    assert "No language model was asked yet" in (await ann.get(f"{HERE}/calls")).text


@pytest.mark.usefixtures("calls")
async def test_numbers_are_the_tables_own(desk, ann):
    page = (await ann.get(HERE)).text
    rows = await desk.rows(
        "SELECT variant, count(*) AS calls, count(*) FILTER (WHERE outcome NOT IN ('ok', 'open')) AS failed, "
        "sum(cost_nanos)::bigint AS cost, "
        "percentile_disc(0.5) WITHIN GROUP (ORDER BY latency_ms) AS p50, "
        "percentile_disc(0.95) WITHIN GROUP (ORDER BY latency_ms) AS p95, "
        "count(DISTINCT conversation_id) AS talks, "
        "(SELECT count(DISTINCT x.conversation_id) FROM llm_calls x WHERE x.variant = c.variant AND ("
        " x.conversation_id IN (SELECT conversation_id FROM bookings WHERE status IN ('confirmed', 'completed')) OR "
        " x.conversation_id IN (SELECT conversation_id FROM handoffs "
        "  WHERE status IN ('redirected', 'completed_external')))) AS won "
        "FROM llm_calls c GROUP BY variant",
    )
    assert len(rows) == 2
    for row in rows:
        for shown in (
            f'data-title="Calls" class="number">{row["calls"]}<',
            f'data-title="Failed" class="number">{row["failed"]}<',
            f"{row['p50']:,} ms",
            f"{row['p95']:,} ms",
            usd(row["cost"]),
            f"{row['won']} of {row['talks']}<",
        ):
            assert shown in page, (row["variant"], shown)
    ((tokens,),) = await desk.rows("SELECT sum(input_tokens) FROM llm_calls")
    assert f"<dd>{tokens:,}</dd>" in page
    assert "1 without a known price" in page
    assert "503 &lt;overloaded&gt;" in page


@pytest.mark.usefixtures("calls")
async def test_days_and_the_budget_go_by_the_businesss_own_midnight(desk, ann):
    ((zone,),) = await desk.rows("SELECT settings ->> 'timezone' FROM workspaces")
    page = (await ann.get(HERE)).text
    days = await desk.rows(
        "SELECT (created_at AT TIME ZONE $1)::date AS day, count(*) AS calls, sum(cost_nanos)::bigint AS cost "
        "FROM llm_calls GROUP BY 1 ORDER BY 1 DESC",
        zone,
    )
    assert len(days) >= 3
    for row in days:
        assert f'<time datetime="{row["day"]}">' in page
        assert usd(row["cost"]) in page
    ((spent,),) = await desk.rows(
        "SELECT coalesce(sum(cost_nanos), 0)::bigint FROM llm_calls "
        "WHERE (created_at AT TIME ZONE $1)::date = (now() AT TIME ZONE $1)::date",
        zone,
    )
    assert f"<strong>{usd(spent)}</strong> of 1.00 USD" in page
    await desk.pool.execute(
        """UPDATE workspaces SET settings = settings || '{"llm": {"daily_budget_cents": 1}}'"""
    )
    await desk.pool.execute("UPDATE llm_calls SET created_at = now() WHERE outcome = 'open'")
    assert "the rules answer alone until tomorrow" in (await ann.get(HERE)).text
    await desk.pool.execute("""UPDATE workspaces SET settings = settings || '{"llm": {"enabled": false}}'""")
    assert "switched off" in (await ann.get(HERE)).text


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize(
    ("query", "where"),
    [
        ({}, "true"),
        ({"outcome": "rate_limited"}, "outcome = 'rate_limited'"),
        ({"provider": "anthropic"}, "provider = 'anthropic'"),
        ({"variant": "quick", "outcome": "open"}, "variant = 'quick' AND outcome = 'open'"),
        ({"q": "OVERLOADED"}, "detail <> ''"),
        ({"purpose": "transcribe"}, "false"),
        ({"outcome": "no such", "provider": "'; --"}, "true"),
    ],
)
async def test_calls_are_filtered_as_the_table_has_them(desk, ann, query, where):
    ((count,),) = await desk.rows(f"SELECT count(*) FROM llm_calls WHERE {where}")
    page = (await ann.get(f"{HERE}/calls", **query)).text
    assert page.count('data-title="Outcome"') == min(count, 50)
    assert ("Next page" in page) == (count > 50)
    file = list(
        csv.DictReader(io.StringIO((await ann.get(f"{HERE}/calls.csv", **query)).text.lstrip("\ufeff")))
    )
    assert len(file) == count
    ((nanos,),) = await desk.rows(f"SELECT coalesce(sum(cost_nanos), 0)::bigint FROM llm_calls WHERE {where}")
    assert round(sum(float(row["cost USD"]) for row in file) * 1e9) == nanos


@pytest.mark.usefixtures("calls")
async def test_a_persona_is_compared_rolled_back_and_written(desk, ann):
    page = (await ann.get(f"{HERE}/personas")).text
    assert "<del>You are brief.</del>" in page
    assert "<ins>You are &lt;b&gt;brisk&lt;/b&gt;.</ins>" in page
    assert "You speak English" in page  # as a model reads it
    said = await ann.follow(await ann.post(f"{HERE}/personas/activate", version="1"))
    assert "Version 1 speaks" in said.text
    async with desk.at() as transaction:
        assert (await llm.active_prompt(transaction))[0] == 1
    await ann.post(f"{HERE}/personas/activate", version="0")
    async with desk.at() as transaction:
        assert await llm.active_prompt(transaction) is None
    said = await ann.follow(
        await ann.post(f"{HERE}/personas", body="  Be kind.\r\nBe short. ", note="for summer")
    )
    assert "Version 3 speaks" in said.text
    async with desk.at() as transaction:
        assert await llm.active_prompt(transaction) == (3, "Be kind.\nBe short.")
    assert "for summer" in said.text
    again = await ann.follow(await ann.post(f"{HERE}/personas", body="Be kind.\nBe short."))
    assert "speaks already" in again.text
    entries = await desk.pool.fetch(
        "SELECT action, subject FROM audit_entries WHERE action LIKE 'persona.%' ORDER BY id"
    )
    assert [tuple(row) for row in entries] == [
        ("persona.activated", "1"),
        ("persona.activated", "0"),
        ("persona.written", "3"),
    ]


async def test_the_default_speaks_where_nothing_was_written(desk, ann):
    ((trade,),) = await desk.rows("SELECT settings #>> '{llm,trade}' FROM workspaces")
    page = (await ann.get(f"{HERE}/personas")).text
    assert "There is no other version" in page
    first = default_body(trade or "").splitlines()[0]
    assert first.split(".")[0] in page


@pytest.mark.parametrize("version", ["7", "-1", "one", "", "9999999999", "²"])
async def test_a_version_that_is_not_there_can_neither_be_seen_nor_speak(desk, ann, version):
    await ann.get(f"{HERE}/personas")
    answer = await ann.follow(await ann.post(f"{HERE}/personas/activate", version=version))
    assert "There is no" in answer.text
    assert await desk.pool.fetchval("SELECT count(*) FROM audit_entries WHERE action LIKE 'persona.%'") == 0
    assert (await ann.get(f"{HERE}/personas", version="7")).status_code == 404


@pytest.mark.parametrize(
    ("body", "said"), [("", "is empty"), ("   ", "is empty"), ("x" * 8001, "8001 characters")]
)
async def test_a_text_that_can_not_be_stored_is_not_lost(desk, ann, body, said):
    await ann.get(f"{HERE}/personas")
    answer = await ann.post(f"{HERE}/personas", body=body)
    assert answer.status_code == 422
    assert said in answer.text
    assert body.strip() in answer.text
    assert await desk.rows("SELECT version FROM llm_prompts") == []
