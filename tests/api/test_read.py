"""GET /api/admin/...: what the tables hold, of one business and of no other."""

from __future__ import annotations

from tests.api.conftest import BARBER

KINDS = ("leads", "intents", "bookings", "handoffs", "conversations")


async def test_every_list_holds_what_the_tables_hold(api):
    for kind, table in zip(
        KINDS, ("leads", "booking_intents", "bookings", "handoffs", "conversations"), strict=True
    ):
        found = await api.read(f"/api/admin/{kind}", limit=200)
        stored = await api.pool.fetch(
            f"SELECT id, status FROM {table} WHERE workspace_id = $1", api.workspaces[BARBER]
        )
        assert {item["id"] for item in found["items"]} == {str(row["id"]) for row in stored}
        assert found["counts"]["total"] == len(stored) > 0, kind
