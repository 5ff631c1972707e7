"""What may stand in the URL of a list: nothing that means nothing."""

from __future__ import annotations

from typing import Any, get_args

from bot.web.admin import queries
from db import read_bookings, read_conversations, read_handoffs, read_intents, read_leads, read_sync_runs

MODULES: dict[str, tuple[Any, Any, str]] = {
    "leads": (read_leads, queries.LeadsQuery, "leads"),
    "intents": (read_intents, queries.IntentsQuery, "booking_intents"),
    "bookings": (read_bookings, queries.BookingsQuery, "bookings"),
    "handoffs": (read_handoffs, queries.HandoffsQuery, "handoffs"),
    "conversations": (read_conversations, queries.ConversationsQuery, "conversations"),
    "sync-runs": (read_sync_runs, queries.SyncRunsQuery, "sync_runs"),
}


BAD: list[tuple[dict[str, str], str]] = [
    ({"limit": "0"}, "limit"),
    ({"limit": "201"}, "limit"),
    ({"limit": "many"}, "limit"),
    ({"status": "gone"}, "status"),
    ({"cursor": "abc"}, "cursor"),
    ({"cursor": "é" * 32}, "cursor"),
    ({"cursor": "_" * 31}, "cursor"),
    ({"from": "yesterday"}, "from"),
    ({"from": "2026-13-01"}, "from"),
    ({"from": "0001-01-01"}, "from"),
    ({"to": "2026-11-20T09:00:00"}, "to"),
    ({"q": " "}, "q"),
    ({"q": "x" * 101}, "q"),
    ({"q": "a\x00b"}, "q"),
    ({"language": "english"}, "language"),
    ({"channel": "fax"}, "channel"),
    ({"statuss": "open"}, "statuss"),
    ({"workspace": "x" * 101}, "workspace"),
]


async def test_bad_filters_are_named(api):
    for query, field in BAD:
        answer = await api.get("/api/admin/leads", as_="barber", **query)
        assert answer.status_code == 400, query
        error = answer.json()["error"]
        assert (error["code"], error["field"]) == ("invalid", field), query


async def test_the_states_that_can_be_asked_for_are_those_of_the_table(api):
    for kind, (module, query, table) in MODULES.items():
        constraints = await api.rows(
            "SELECT pg_get_constraintdef(oid) AS rule FROM pg_constraint "
            "WHERE conrelid = $1::regclass AND conname = $2",
            table,
            f"{table}_status_check",
        )
        states = set(constraints[0]["rule"].split("'")[1::2])
        assert states == set(module.STATES)
        assert states == literals(query, "status")
        if kind == "bookings":
            [rule] = await api.rows(
                "SELECT pg_get_constraintdef(oid) AS rule FROM pg_constraint "
                "WHERE conname = 'bookings_payment_status_check'"
            )
            assert set(rule["rule"].split("'")[1::2]) == set(module.PAYMENT_STATES)
            assert literals(query, "payment_status") == set(module.PAYMENT_STATES)


def literals(query: Any, field: str) -> set[str]:
    return {value for part in get_args(query.model_fields[field].annotation) for value in get_args(part)}
