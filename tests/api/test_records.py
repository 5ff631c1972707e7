"""Records of the read API: one of them, with what belongs to it."""

from __future__ import annotations

from datetime import datetime

from tests.sampled import BARBER


async def test_a_conversation_comes_with_every_message_and_what_became_of_it(api):
    [longest] = await api.rows(
        "SELECT conversation_id AS id, count(*) AS n FROM messages WHERE workspace_id = $1 "
        "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1",
        api.workspaces[BARBER],
    )
    found = await api.read(f"/api/admin/conversations/{longest['id']}")
    said = await api.rows("SELECT * FROM messages WHERE conversation_id = $1 ORDER BY seq", longest["id"])
    assert [(one["seq"], one["body"], one["deliveryStatus"]) for one in found["messages"]] == [
        (row["seq"], row["body"], row["delivery_status"]) for row in said
    ]
    assert found["lastSeq"] == said[-1]["seq"]
    assert found["lastMessage"]["direction"] == said[-1]["direction"]
    assert found["moreAfterSeq"] is None
    assert datetime.fromisoformat(found["messages"][0]["createdAt"]).utcoffset() is not None
    later = await api.read(f"/api/admin/conversations/{longest['id']}", afterSeq=said[0]["seq"])
    assert len(later["messages"]) == len(said) - 1


async def test_a_long_conversation_is_read_in_parts(api):
    [row] = await api.rows(
        "SELECT conversation_id AS id, max(seq) AS last FROM messages WHERE workspace_id = $1 GROUP BY 1 LIMIT 1",
        api.workspaces[BARBER],
    )
    await api.pool.execute(
        "INSERT INTO messages (id, workspace_id, conversation_id, seq, direction, turn, delivery_status, "
        "delivery_error) SELECT gen_random_uuid(), $1, $2, $3 + n, 'out', 1, 'failed', 'number gone' "
        "FROM generate_series(1, 600) n",
        api.workspaces[BARBER], row["id"], row["last"],
    )  # fmt: skip
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        found = await api.read(f"/api/admin/conversations/{row['id']}", afterSeq=after)
        seen += [one["seq"] for one in found["messages"]]
        after = found["moreAfterSeq"]
    assert seen == list(range(1, row["last"] + 601))
    assert found["messages"][-1]["deliveryError"] == "number gone"


async def test_a_lead_comes_with_its_conversation_and_what_came_of_it(api):
    leads = (await api.read("/api/admin/leads", limit=200))["items"]
    detail = [await api.read(f"/api/admin/leads/{item['id']}") for item in leads]
    assert all(one["conversation"]["id"] == one["conversationId"] for one in detail)
    for kind in ("intents", "handoffs"):
        assert any(one[kind] for one in detail), kind
        assert all(each["conversationId"] == one["conversationId"] for one in detail for each in one[kind])


async def test_a_handoff_comes_with_its_timeline_and_never_reads_booked(api):
    items = (await api.read("/api/admin/handoffs", limit=200))["items"]
    labels = {item["status"]: item["statusLabel"] for item in items}
    assert labels.get("redirected", "Redirected (intent)") == "Redirected (intent)"
    one = await api.read(f"/api/admin/handoffs/{items[0]['id']}")
    events = await api.rows(
        "SELECT kind FROM handoff_events WHERE handoff_id::text = $1 ORDER BY at, id", one["id"]
    )
    assert [event["kind"] for event in one["timeline"]] == [row["kind"] for row in events]
    assert one["timeline"][0]["kind"] == "created"
    assert one["link"].startswith(f"{api.base}/h/")
    assert "token" not in one
    assert "ipHash" not in one


async def test_a_booking_comes_with_its_services_code_and_payment(api):
    items = (await api.read("/api/admin/bookings", limit=200))["items"]
    one = await api.read(f"/api/admin/bookings/{items[0]['id']}")
    [row] = await api.rows("SELECT * FROM bookings WHERE id::text = $1", one["id"])
    assert one["confirmationCode"] == row["confirmation_code"]
    assert (one["totalMinor"], one["currency"]) == (row["total_minor"], row["currency"])
    assert one["paymentStatus"] == row["payment_status"]
    assert "paidAt" in one
    assert [item["serviceName"] for item in one["items"]]
    assert len(one["services"]) == len(one["items"])
    await api.pool.execute(
        "UPDATE bookings SET payment_status = 'paid', paid_at = now() WHERE id = $1", row["id"]
    )
    paid = await api.read(f"/api/admin/bookings/{row['id']}")
    assert datetime.fromisoformat(paid["paidAt"]).tzinfo is not None


async def test_an_intent_comes_with_what_came_of_it(api):
    handoff = (await api.read("/api/admin/handoffs"))["items"][0]
    intent = await api.read(f"/api/admin/intents/{handoff['intentId']}")
    assert [one["id"] for one in intent["handoffs"]] == [handoff["id"]]


async def test_errors_and_sync_runs_are_read_too(api):
    runs = await api.read("/api/admin/sync-runs", status="done")
    assert runs["items"][0]["counts"]
    await api.pool.execute(
        "INSERT INTO operator_errors (id, workspace_id, kind, fingerprint, summary) "
        "VALUES (gen_random_uuid(), $1, 'send_failed', 'x', 'A reply could not be sent')",
        api.workspaces[BARBER],
    )
    errors = await api.read("/api/admin/errors", status="open", q="REPLY")
    assert [one["kind"] for one in errors["items"]] == ["send_failed"]
    assert errors["counts"] == {"total": 1, "byStatus": {"open": 1}}
    assert (await api.read("/api/admin/errors", status="resolved"))["items"] == []
