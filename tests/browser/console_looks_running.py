"""The same for the business and its running: catalog, sync, errors, AI, templates, settings, users."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.console.settings_form import SECTIONS
from tests.browser.console_looks import number, usd
from tests.browser.looks import Look, looks

_FREE = """
SELECT (s.starts_at AT TIME ZONE $4)::date AS day, p.names ->> 'en' AS name, count(*) AS free
FROM slots s JOIN staff p ON p.id = s.staff_id
WHERE s.workspace_id = $1 AND p.retired_at IS NULL AND s.starts_at >= $2 AND s.starts_at < $3 AND NOT EXISTS (
  SELECT FROM booking_items i WHERE i.staff_id = s.staff_id AND i.active
  AND tstzrange(i.starts_at, i.ends_at) && tstzrange(s.starts_at, s.ends_at))
GROUP BY 1, 2
"""


async def _free(look: Look, days: int) -> list[dict[str, Any]]:
    return await look.rows(_FREE, look.now, look.midnight(days), look.zone.key)


@looks("catalog")
async def catalog(look: Look) -> None:
    services = await look.rows(
        "SELECT s.names ->> 'en' AS name, greatest(e.minutes, s.minutes) AS minutes, s.price_minor, "
        "(SELECT count(*) FROM service_sizes z WHERE z.service_id = s.id) AS sizes FROM services s "
        "LEFT JOIN service_edits e ON e.service_id = s.id WHERE s.workspace_id = $1 AND s.retired_at IS NULL"
    )
    shown = [row for table in await look.tables() for row in table]
    assert len(shown) == len(services)
    for one in services:
        (row,) = [row for row in shown if row["Service"].startswith(one["name"])]
        assert number(row["Minutes"]) == one["minutes"], one
        if not one["sizes"]:
            assert row["Price"].startswith(usd(one["price_minor"])), one
    await _freshness(look)


async def _freshness(look: Look) -> None:
    figures = await look.figures()
    (ahead,) = await look.rows(
        "SELECT count(*), max(starts_at) AS last FROM slots WHERE workspace_id = $1 AND starts_at > $2",
        look.now,
    )
    assert number(figures["Free times ahead"][0]) == ahead["count"]
    assert figures["Free times ahead"][1] == f"the last one {look.when(ahead['last'])}"
    synced = await look.one(
        "SELECT max(finished_at) FROM sync_runs WHERE workspace_id = $1 AND kind = 'full' AND status = 'done'"
    )
    assert figures["Catalog last synced"] == [look.when(synced)]


@looks("catalog-service")
async def service(look: Look) -> None:
    (row,) = await look.rows(
        "SELECT * FROM services WHERE workspace_id = $1 AND id = $2", look.ids["service_id"]
    )
    assert await look.page.get_by_label("English name").get_attribute("placeholder") == row["names"]["en"]
    assert await look.page.get_by_label("Minutes").get_attribute("placeholder") == str(row["minutes"])


@looks("catalog-person")
async def person(look: Look) -> None:
    name = await look.one(
        "SELECT names ->> 'en' FROM staff WHERE workspace_id = $1 AND id = $2", look.ids["staff_id"]
    )
    assert await look.page.get_by_label("English name").get_attribute("placeholder") == name


@looks("catalog-place")
async def place(look: Look) -> None:
    name = await look.one(
        "SELECT names ->> 'en' FROM locations WHERE workspace_id = $1 AND id = $2", look.ids["location_id"]
    )
    assert await look.page.get_by_label("English name").get_attribute("placeholder") == name


@looks("catalog-people")
async def people(look: Look) -> None:
    free = await _free(look, 7)
    names = await look.rows(
        "SELECT names ->> 'en' AS name FROM staff WHERE workspace_id = $1 AND retired_at IS NULL"
    )
    expected = {
        one["name"]: sum(each["free"] for each in free if each["name"] == one["name"]) for one in names
    }
    assert {row["Name"]: number(row["Free in 7 days"]) for row in await look.table()} == expected
    assert any(expected.values())


@looks("catalog-places")
async def places(look: Look) -> None:
    found = await look.rows(
        "SELECT names, address FROM locations WHERE workspace_id = $1 AND retired_at IS NULL"
    )
    assert len(await look.texts("section.card h2")) == len(found)
    assert (await look.facts())["Address"] == found[0]["address"]


@looks("catalog-times")
async def times(look: Look) -> None:
    free, shown = await _free(look, 14), await look.table()
    first = look.midnight().date()
    expected = []
    for offset in range(14):
        there = [one for one in free if one["day"] == first + timedelta(days=offset)]
        total = sum(one["free"] for one in there)
        expected.append((f"{total:,}" if total else "none", str(len(there)) if there else "–"))
    assert [(row["Free times"], row["People free"]) for row in shown] == expected
    assert {total for total, _ in expected} != {"none"}


@looks("catalog-differences")
async def differences(look: Look) -> None:
    edited = await look.rows(
        "SELECT s.names ->> 'en' AS name FROM services s JOIN service_edits e ON e.service_id = s.id "
        "WHERE s.workspace_id = $1"
    )
    gone = await look.rows(
        "SELECT names ->> 'en' AS name FROM services WHERE workspace_id = $1 AND retired_at IS NOT NULL"
    )
    text = await look.text()
    assert len(edited) == len(gone) == 1
    assert edited[0]["name"] in text
    assert gone[0]["name"] in text


@looks("sync")
async def sync(look: Look) -> None:
    await _freshness(look)
    runs = await look.rows(
        "SELECT * FROM sync_runs WHERE workspace_id = $1 ORDER BY requested_at DESC, id DESC"
    )
    shown = (await look.tables())[-1]
    assert [row["Status"] for row in shown] == [run["status"].capitalize() for run in runs]
    for row, run in zip(shown, runs, strict=True):
        assert row["Asked for"].startswith(look.when(run["requested_at"]))
    (under_way,) = [run["progress"] for run in runs if run["status"] == "running"]
    assert await look.page.locator("progress").get_attribute("value") == str(under_way["done"])


@looks("errors")
async def errors(look: Look) -> None:
    found = await look.rows(
        "SELECT summary, times, last_at FROM operator_errors WHERE workspace_id = $1 AND resolved_at IS NULL "
        "ORDER BY last_at DESC, id DESC"
    )
    shown = await look.table()
    assert [int(row["Times"]) for row in shown] == [one["times"] for one in found]
    assert all(one["summary"] in row["What"] for row, one in zip(shown, found, strict=True))
    assert all(
        row["Last seen"].startswith(look.when(one["last_at"])) for row, one in zip(shown, found, strict=True)
    )


@looks("ai")
async def ai(look: Look) -> None:
    (all_of,) = await look.rows(
        "SELECT count(*) AS calls, count(*) FILTER (WHERE used) AS used, "
        "count(*) FILTER (WHERE outcome NOT IN ('ok', 'open')) AS failed, sum(input_tokens) AS tokens_in, "
        "sum(output_tokens) AS tokens_out, sum(cost_nanos)::bigint AS cost FROM llm_calls "
        "WHERE workspace_id = $1 AND created_at >= $2",
        look.midnight(-29),
    )
    figures = await look.figures()
    assert figures["Calls"] == [str(all_of["calls"]), f"{all_of['used']} of use"]
    assert figures["Failed"][0] == str(all_of["failed"])
    assert number(figures["Tokens in"][0]) == all_of["tokens_in"]
    assert number(figures["Tokens out"][0]) == all_of["tokens_out"]
    assert figures["Cost"][0] == f"{all_of['cost'] / 1e9:.4f} USD"
    arms = await look.rows("SELECT variant, count(*) FROM llm_calls WHERE workspace_id = $1 GROUP BY 1")
    shown = await look.table()
    assert {row["Variant"]: int(row["Calls"]) for row in shown} == {
        one["variant"]: one["count"] for one in arms
    }


@looks("ai-calls")
async def calls(look: Look) -> None:
    found = await look.rows(
        "SELECT * FROM llm_calls WHERE workspace_id = $1 ORDER BY created_at DESC, id DESC LIMIT 50"
    )
    shown = await look.table()
    assert [row["When"] for row in shown] == [look.when(one["created_at"]) for one in found]
    assert [row["Tokens in / out"].split(" ")[0] for row in shown] == [
        f"{one['input_tokens']:,}" for one in found
    ]


@looks("ai-personas")
async def personas(look: Look) -> None:
    stored = await look.rows(
        "SELECT version, active FROM llm_prompts WHERE workspace_id = $1 ORDER BY version DESC"
    )
    versions = [text for text in await look.texts(".timeline a") if text.startswith("Version")]
    assert versions == [f"Version {one['version']}" for one in stored]
    (speaks,) = [one["version"] for one in stored if one["active"]]
    assert await look.text("#shown") == f"Version {speaks}"


@looks("templates")
async def templates(look: Look) -> None:
    known = await look.rows(
        "SELECT w.key, t.last_seeded_at, t.counts FROM templates t JOIN workspaces w ON w.id = t.workspace_id "
        "WHERE $1::uuid IS NOT NULL"
    )
    marks = {row["key"]: row for row in known}
    shown = await look.table()
    assert len(shown) == 18
    for row in shown:
        mark = marks.get(row["Template"].split(" ")[-1])
        counts = [each.get("created", 0) for each in mark["counts"].values()] if mark else []
        assert row["Last seeded"] == (look.when(mark["last_seeded_at"]) if mark else "never")
        assert row["Created"] == (str(sum(counts)) if mark else "–")
    assert len(marks) == 3


@looks("settings", *(f"settings-{one.key}" for one in SECTIONS))
async def settings(look: Look) -> None:
    """Every plain field holds what is stored. (That every setting has a field: tests/console/test_settings_form.py.)"""
    stored = await look.one("SELECT settings FROM workspaces WHERE id = $1")
    fields = await look.page.eval_on_selector_all(
        "main form.stack :is(input:not([type=hidden], [type=checkbox], [type=password]), select)",
        "all => all.map((one) => [one.name, one.value])",
    )
    compared = 0
    for name, value in fields:
        at: Any = stored
        for part in name.split("."):
            at = at.get(part) if isinstance(at, dict) else None
        if isinstance(at, str | int | float) and not isinstance(at, bool):
            assert value == (str(at)[:5] if ":" in value and len(value) == 5 else str(at)), name
            compared += 1
    section = next((one for one in SECTIONS if look.page.url.endswith(f"/{one.key}")), SECTIONS[0])
    assert section.text in await look.text()
    assert compared or section.key in {"answers", "costs"}, "nothing of it is stored"


@looks("users")
async def users(look: Look) -> None:
    clients, agency, entries = await look.tables()
    people = "SELECT u.email FROM users u JOIN memberships m ON m.user_id = u.id WHERE "
    mine = await look.rows(f"{people} m.workspace_id = $1 ORDER BY 1")
    theirs = await look.rows(f"{people} m.role = 'agency' AND $1::uuid IS NOT NULL ORDER BY 1")
    assert sorted(row["Who"].split(" ")[-1] for row in clients) == [one["email"] for one in mine]
    assert sorted(row["Who"].split(" ")[-1] for row in agency) == [one["email"] for one in theirs]
    done = await look.one("SELECT count(*) FROM audit_entries WHERE workspace_id = $1")
    assert len(entries) == min(done, 20) > 0


@looks("audit")
async def audit(look: Look) -> None:
    found = await look.rows(
        "SELECT at FROM audit_entries WHERE workspace_id = $1 ORDER BY at DESC, id DESC LIMIT 50"
    )
    assert [row["When"] for row in await look.table()] == [look.when(one["at"]) for one in found]
    assert found


@looks("audit-installation")
async def audit_installation(look: Look) -> None:
    found = await look.rows(
        "SELECT at FROM audit_entries WHERE workspace_id IS NULL AND $1::uuid IS NOT NULL "
        "ORDER BY at DESC, id DESC LIMIT 50"
    )
    assert [row["When"] for row in await look.table()] == [look.when(one["at"]) for one in found]
    assert found
