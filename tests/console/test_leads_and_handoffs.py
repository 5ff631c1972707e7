"""Leads and handoffs in the console: what the tables hold, and a person's word about a handoff."""

from __future__ import annotations

import pytest

from tests.sampled import BARBER

HERE = f"/console/w/{BARBER}"


async def test_the_list_of_leads_shows_what_is_counted(desk, ann):
    (total,) = (await desk.rows("SELECT count(*) FROM leads"))[0]
    page = (await ann.get(f"{HERE}/leads")).text
    assert f"{total} in all" in page
    for status, count in await desk.rows("SELECT status, count(*) FROM leads GROUP BY status"):
        found = (await ann.get(f"{HERE}/leads", status=status)).text
        assert found.count('data-title="Name"') == min(count, 50), status
    row = (await desk.rows("SELECT * FROM leads WHERE phone IS NOT NULL LIMIT 1"))[0]
    found = (await ann.get(f"{HERE}/leads", q=row["phone"])).text
    assert f"/leads/{row['id']}" in found
    assert "Nothing fits" in (await ann.get(f"{HERE}/leads", q="nobody is called so")).text


async def test_a_lead_shows_what_became_of_it(desk, ann):
    for row in await desk.rows("SELECT DISTINCT ON (status) * FROM leads"):
        answer = await ann.get(f"{HERE}/leads/{row['id']}")
        assert answer.status_code == 200, answer.text
        for handoff in await desk.rows(
            "SELECT id FROM handoffs WHERE conversation_id = $1", row["conversation_id"]
        ):
            assert f"{HERE}/handoffs/{handoff['id']}" in answer.text


@pytest.mark.parametrize("kind", ["leads", "handoffs"])
async def test_a_file_has_a_line_for_each(desk, ann, kind):
    (total,) = (await desk.rows(f"SELECT count(*) FROM {kind}"))[0]
    answer = await ann.get(f"{HERE}/{kind}.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert len(answer.text.strip().splitlines()) == total + 1
    none = await ann.get(f"{HERE}/{kind}.csv", until="2020-01-01")
    assert len(none.text.strip().splitlines()) == 1


async def test_handoffs_are_filtered_by_status_page_and_source(desk, ann):
    for status, count in await desk.rows("SELECT status, count(*) FROM handoffs GROUP BY status"):
        found = (await ann.get(f"{HERE}/handoffs", status=status)).text
        assert found.count('data-title="Name"') == min(count, 50), status
    for source, count in await desk.rows("SELECT source, count(*) FROM handoffs GROUP BY source"):
        found = (await ann.get(f"{HERE}/handoffs", source=source)).text
        assert found.count('data-title="Name"') == min(count, 50), source
    assert "Nothing fits" in (await ann.get(f"{HERE}/handoffs", page="calendly")).text


async def test_a_person_marks_a_handoff_as_completed_once(desk, ann):
    row = (await desk.rows("SELECT id, token FROM handoffs WHERE status <> 'completed_external' LIMIT 1"))[0]
    at = f"{HERE}/handoffs/{row['id']}"
    page = (await ann.get(at)).text
    assert f"/h/{row['token']}" in page
    assert "Confirmed" not in page
    await ann.post(f"{at}/complete", back=at)
    again = await ann.post(f"{at}/complete", back=at)
    assert again.status_code == 303
    page = (await ann.get(at)).text
    assert "It was completed before." in page
    assert "Completed there" in page
    (after,) = await desk.rows("SELECT status, completed_by FROM handoffs WHERE id = $1", row["id"])
    assert (after["status"], after["completed_by"]) == ("completed_external", "Ann")
    events = await desk.rows(
        "SELECT kind, made_by FROM handoff_events WHERE handoff_id = $1 AND kind = 'completed'",
        row["id"],
    )
    assert [(one["kind"], one["made_by"]) for one in events] == [("completed", "Ann")]
    audits = await desk.pool.fetch(
        "SELECT actor FROM audit_entries WHERE action = 'handoff.completed' ORDER BY at"
    )
    assert [one["actor"] for one in audits] == ["user:ann@example.com"] * 2


async def test_a_note_is_kept_in_the_timeline_as_text(desk, ann):
    (row,) = await desk.rows("SELECT id FROM handoffs LIMIT 1")
    at = f"{HERE}/handoffs/{row['id']}"
    await ann.get(at)
    await ann.post(f"{at}/note", text="Called her: <b>Friday</b> is fine", back=at)
    assert "Called her: &lt;b&gt;Friday&lt;/b&gt; is fine" in (await ann.get(at)).text
    await ann.post(f"{at}/note", text="x" * 501, back=at)
    assert "A note has 1 to 500 characters." in (await ann.get(at)).text
