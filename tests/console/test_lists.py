"""What every list of the console has: filters in the address, a page at a time, a file for a spreadsheet."""

from __future__ import annotations

import csv
import io

from bot.console.registry import sections
from db.tx import tx
from tests.sampled import BARBER

HERE = f"/console/w/{BARBER}"


async def rows_of(ann, path: str, **query: str) -> list[dict[str, str]]:
    answer = await ann.get(f"{HERE}{path}.csv", **query)
    assert answer.headers["content-type"].startswith("text/csv"), path
    return list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))


async def furnish(work) -> None:
    """Formulas where a spreadsheet would run them; somebody who waits, and one who was answered."""
    talks = await work.fetch("SELECT id, customer_id FROM conversations ORDER BY created_at DESC, id LIMIT 2")
    await work.execute("UPDATE customers SET name = '=HYPERLINK(1)' WHERE id = $1", talks[0]["customer_id"])
    for talk, summary, closed in zip(talks, ("-2+3", "Wanted to pay"), (False, True), strict=True):
        await work.execute(
            "INSERT INTO escalations (id, workspace_id, conversation_id, customer_id, cause, turn, summary, status, "
            "  taken_at, taken_by, closed_at, closed_by) "
            "SELECT gen_random_uuid(), current_workspace(), $1, $2, 'asked', 1, $3, "
            "  CASE WHEN $4 THEN 'resolved' ELSE 'open' END, CASE WHEN $4 THEN now() END, "
            "  CASE WHEN $4 THEN 'Bea' END, CASE WHEN $4 THEN now() END, CASE WHEN $4 THEN 'Bea' END",
            talk["id"], talk["customer_id"], summary, closed,
        )  # fmt: skip
    await work.execute(
        "INSERT INTO operator_errors (id, workspace_id, kind, fingerprint, summary) "
        "VALUES (gen_random_uuid(), current_workspace(), 'sync_failed', 'x', '@broken')"
    )


async def test_files_hold_what_the_filters_leave_and_no_formula(desk, ann):
    async with tx(desk.pool, desk.workspaces[BARBER]) as work:
        await furnish(work)
        people = await work.fetchval("SELECT count(*) FROM customers")
        waiting = await work.fetchval("SELECT count(*) FROM escalations WHERE status IN ('open', 'taken')")
        closed = await work.fetchval("SELECT count(*) FROM escalations WHERE closed_at IS NOT NULL")
        open_errors = await work.fetchval("SELECT count(*) FROM operator_errors WHERE resolved_at IS NULL")
    found = await rows_of(ann, "/customers")
    assert len(found) == people
    assert [row["name"] for row in await rows_of(ann, "/customers", q="hyperlink")] == ["'=HYPERLINK(1)"]
    assert await rows_of(ann, "/customers", status="closed", until="2020-01-01") == []
    found = await rows_of(ann, "/errors")
    assert len(found) == open_errors
    assert "'@broken" in [row["summary"] for row in found]
    assert await rows_of(ann, "/errors", status="resolved", kind="sync_failed", q="broken") == []
    assert [row["status"] for row in await rows_of(ann, "/waiting")] == ["Open"] * waiting
    assert len(await rows_of(ann, "/waiting", status="resolved")) == closed
    assert len(await rows_of(ann, "/waiting", status="all")) == waiting + closed
    (row,) = await rows_of(ann, "/waiting", q="-2+3")
    assert (row["what stood so far"], row["customer"], row["why"]) == (
        "'-2+3", "'=HYPERLINK(1)", "asked for a person",
    )  # fmt: skip
    page = (await ann.get(f"{HERE}/waiting", q="to pay")).text
    assert "Wanted to pay" in page
    assert "-2+3" not in page
    assert "Nothing fits these filters" in (await ann.get(f"{HERE}/waiting", until="2020-01-01")).text
    assert "-2+3" in (await ann.get(f"{HERE}/waiting")).text


async def test_whatever_has_filters_has_a_file(desk, ann):
    async with tx(desk.pool, desk.workspaces[BARBER]) as work:
        await furnish(work)
    filtered = []
    for path in [*(one.nav.path for one in sections() if one.nav), "/ai/calls", "/audit"]:
        page = (await ann.get(f"{HERE}{path}")).text
        if 'class="filters"' in page and "<tbody>" in page:
            filtered.append(path)
            assert f'href="{HERE}{path}.csv' in page, path
    assert len(filtered) >= 8
