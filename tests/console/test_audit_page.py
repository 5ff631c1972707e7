"""The page of who did what: what the tables hold, of this business and no other, for both roles."""

from __future__ import annotations

import csv
import io
import re

from bot.console.pages.audit import told
from db import audit
from db.tx import tx
from db.users import Role
from tests.sampled import BARBER, DENTAL

HERE = f"/console/w/{BARBER}/audit"


def shown(page: str) -> list[list[str]]:
    """Who, what and about what of each line."""
    rows = page.partition("<tbody>")[2].partition("</tbody>")[0].split("</tr>")
    cells = [re.findall(r'<td data-title="(?:Who|What|About)">(.*?)</td>', row) for row in rows]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells if row]


async def note(
    desk, key: str, action: str, subject: str = "", *, actor: str = "user:bea@example.com", **detail
):
    await audit.record(
        desk.pool,
        workspace_id=desk.workspaces[key],
        actor=actor,
        action=action,
        subject=subject,
        detail=detail,
    )


async def test_a_client_reads_what_was_done_in_his_business_and_nothing_of_another(desk):
    async with tx(desk.pool, desk.workspaces[BARBER]) as work:
        booking = str(await work.fetchval("SELECT id FROM bookings LIMIT 1"))
    await note(desk, BARBER, "booking.cancel", booking)
    await note(desk, BARBER, "settings.changed", "booking", changes={"lead_minutes": [60, 5]})
    await note(desk, BARBER, "catalog.edited", "@SUM(1)", actor="command:root", changed=["names", "aliases"])
    await note(desk, DENTAL, "lead.closed", "of-another-business")
    await note(desk, BARBER, "error.settled", "<b>x</b>", actor="user:<i>c</i>@example.com")
    await desk.user("owner@example.com", Role.CLIENT, BARBER)
    async with desk.signed_in("owner@example.com") as owner:
        page = (await owner.get(HERE)).text
        assert "of-another-business" not in page
        assert "<b>x</b>" not in page
        lines = [line for line in shown(page) if not line[1].startswith("User")]
        assert lines[1:] == [
            ["command root", "Catalog edited changed: names, aliases", "@SUM(1)"],
            ["bea@example.com", "Settings changed changes: lead_minutes 60 → 5", "booking"],
            ["bea@example.com", "Booking cancel", booking],
        ]
        assert f'href="/console/w/{BARBER}/bookings/{booking}"' in page
        async with tx(desk.pool, desk.workspaces[BARBER]) as work:
            assert len(shown(page)) == await work.fetchval("SELECT count(*) FROM audit_entries")
        for query, found in (
            ({"about": "settings"}, ["Settings changed changes: lead_minutes 60 → 5"]),
            ({"q": "ROOT"}, ["Catalog edited changed: names, aliases"]),
            ({"q": booking[:13]}, ["Booking cancel"]),
            ({"until": "2020-01-01"}, []),
        ):
            answer = await owner.get(HERE, **query)
            assert [line[1] for line in shown(answer.text)] == found, query
            assert ("Nothing fits these filters" in answer.text) == (not found)
            file = await owner.get(f"{HERE}.csv", **query)
            assert len(list(csv.reader(io.StringIO(file.text)))) == 1 + len(found)
        cells = [row["about"] for row in csv.DictReader(io.StringIO((await owner.get(f"{HERE}.csv")).text))]
        assert "'@SUM(1)" in cells


async def test_what_concerns_no_business_is_the_agencys_to_read(desk, ann):
    await note(desk, BARBER, "booking.cancel", "of-a-business")
    for number in range(60):
        await audit.record(
            desk.pool,
            workspace_id=None,
            actor="command:root",
            action="token.created",
            subject=f"token {number}",
        )
    here = f"{HERE}/installation"
    page = (await ann.get(here, about="token")).text
    assert [line[2] for line in shown(page)] == [f"token {number}" for number in range(59, 9, -1)]
    more = re.search(r'href="([^"]+)" rel="next"', page)[1].replace("&amp;", "&")
    assert [line[2] for line in shown((await ann.get(more)).text)] == [f"token {n}" for n in range(9, -1, -1)]
    assert [line[:2] for line in shown((await ann.get(here, q="signed")).text)] == [
        ["ann@example.com", "User signed in"]
    ]
    assert "Token (60)" in (await ann.get(here)).text
    file = list(csv.DictReader(io.StringIO((await ann.get(f"{here}.csv")).text.lstrip("\ufeff"))))
    assert len(file) == await desk.pool.fetchval(
        "SELECT count(*) FROM audit_entries WHERE workspace_id IS NULL"
    )
    assert "of-a-business" not in [row["about"] for row in file]
    await desk.user("owner@example.com", Role.CLIENT, BARBER)
    async with desk.signed_in("owner@example.com") as owner:
        assert (await owner.get(here)).status_code == (await owner.get(f"{here}.csv")).status_code == 403
        assert here not in (await owner.get(HERE)).text


async def test_long_lists_go_on(desk, ann):
    await desk.pool.execute(
        "INSERT INTO audit_entries (id, workspace_id, actor, action, subject, at) "
        "SELECT gen_random_uuid(), $1, 'user:x@example.com', 'demo.note', n::text, now() - n * interval '1 minute' "
        "FROM generate_series(1, 120) n",
        desk.workspaces[BARBER],
    )
    seen, address = [], f"{HERE}?about=demo"
    while address:
        page = (await ann.get(address)).text
        seen += [line[2] for line in shown(page)]
        more = re.search(r'href="([^"]+)" rel="next"', page)
        address = more[1].replace("&amp;", "&") if more else ""
    assert seen == [str(n) for n in range(1, 121)]


def test_details_are_short_and_in_words():
    assert told({}) == ""
    assert told({"sold_out": True, "count": 3}) == "sold out: true; count: 3"
    assert len(told({"x": "y" * 500})) == 200
