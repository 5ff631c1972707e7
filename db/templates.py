"""Demo businesses that templates made: their marks, their sample rows, and emptying them again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from db.tx import Pool, Tx

LIST = "SELECT key, workspace_id, last_seeded_at, counts FROM list_templates()"
MARK = """
INSERT INTO templates (key, workspace_id, last_seeded_at, counts) VALUES ($1, current_workspace(), $2, $3)
ON CONFLICT (key) DO UPDATE SET last_seeded_at = excluded.last_seeded_at, counts = excluded.counts
"""
CREATE = "SELECT create_workspace(current_workspace(), $1, $2, $3)"
OWN = "INSERT INTO templates (key, workspace_id) VALUES ($1, current_workspace())"
LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('frontdesk templates', 0))"
LOCK_SECONDS = 15 * 60
KNOWN = "SELECT id FROM conversations WHERE workspace_id = current_workspace() AND id = ANY($1::uuid[])"
TAKEN = """
SELECT staff_id, starts_at, ends_at FROM booking_items
WHERE workspace_id = current_workspace() AND active AND ends_at > $1 AND starts_at < $2
"""
COMPLETE_PAST = """
UPDATE bookings SET status = 'completed'
WHERE workspace_id = current_workspace() AND id = ANY($1::uuid[]) AND status = 'confirmed' AND ends_at < $2
"""
WEB_CHAT = """
SELECT a.id, a.bot_id FROM channel_accounts a
WHERE a.workspace_id = current_workspace() AND a.channel = 'web' ORDER BY a.created_at, a.id LIMIT 1
"""
SAMPLE_TABLES = (
    "customers",
    "customer_identities",
    "conversations",
    "messages",
    "leads",
    "booking_intents",
    "bookings",
    "booking_items",
    "handoffs",
    "handoff_events",
    "escalations",
)
"""In the order that their foreign keys ask for."""
EMPTIED_TABLES = (
    "handoff_events",
    "external_completions",
    "handoffs",
    "booking_items",
    "booking_proofs",
    "payment_events",
    "payments",
    "effects",
    "bookings",
    "booking_intents",
    "leads",
    "escalations",
    "messages",
    "inbox",
    "llm_calls",
    "magic_links",
    "feedback",
    "conversations",
    "consents",
    "customer_identities",
    "customers",
    "service_edits",
    "size_edits",
    "location_edits",
    "staff_edits",
    "mail_suppressions",
    "erased_messages",
    "erased_opt_outs",
    "operator_errors",
)
"""What customers and operators left behind, children first."""


class RowRefused(Exception):
    """The database refused a row. The message names table, row and the rule it breaks."""


@dataclass(frozen=True, slots=True)
class TemplateRow:
    key: str
    workspace_id: UUID
    last_seeded_at: datetime | None
    counts: dict[str, Any]


async def list_templates(connection: Tx | Pool) -> dict[str, TemplateRow]:
    """Those that were seeded, by key."""
    return {row["key"]: TemplateRow(**dict(row)) for row in await connection.fetch(LIST)}


async def create_workspace(tx: Tx, template: str, *, key: str, name: str, settings: dict[str, Any]) -> None:
    """A workspace that is the template's from its first moment on. `tx`: of the id that it shall have."""
    await tx.execute(CREATE, key, name, settings)
    await tx.execute(OWN, template)


async def mark_seeded(tx: Tx, key: str, *, at: datetime, counts: dict[str, dict[str, int]]) -> None:
    """The workspace is this template's."""
    await tx.execute(MARK, key, at, counts)


@asynccontextmanager
async def only_one(pool: Pool) -> AsyncIterator[bool]:
    """True: nobody else seeds or resets until this ends. False: somebody does.

    The lock lives in a transaction of its own, so it ends with the process that holds it.
    """
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{LOCK_SECONDS}s'")
        yield bool(await connection.fetchval(LOCK))


async def known_conversations(tx: Tx, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the workspace's conversations that are there already."""
    return {row["id"] for row in await tx.fetch(KNOWN, list(ids))}


async def taken_times(tx: Tx, since: datetime, until: datetime) -> list[tuple[UUID, datetime, datetime]]:
    """Who is booked when (staff id, from, to)."""
    return [(row[0], row[1], row[2]) for row in await tx.fetch(TAKEN, since, until)]


async def web_chat(tx: Tx) -> tuple[UUID, UUID]:
    """(channel account, bot) of the workspace's web chat. Raises LookupError."""
    row = await tx.fetchrow(WEB_CHAT)
    if row is None:
        raise LookupError("the business has no web chat")
    return row["id"], row["bot_id"]


async def insert_rows(tx: Tx, table: str, rows: Sequence[dict[str, Any]]) -> int:
    """Writes new rows of one of SAMPLE_TABLES, all with the same columns. Raises RowRefused."""
    if table not in SAMPLE_TABLES:
        raise ValueError(f"{table!r} holds no samples")
    if not rows:
        return 0
    columns = ", ".join(rows[0])
    statement = (
        f"INSERT INTO {table} ({columns}, workspace_id) "  # noqa: S608 - names from this file and its callers' code
        f"SELECT {columns}, current_workspace() FROM jsonb_populate_recordset(NULL::{table}, $1)"
    )
    try:
        async with _savepoint(tx):
            await tx.execute(statement, list(rows))
    except asyncpg.IntegrityConstraintViolationError as error:
        raise RowRefused(await _first_refused(tx, table, statement, rows)) from error
    return len(rows)


@asynccontextmanager
async def _savepoint(tx: Tx) -> AsyncIterator[None]:
    """What fails inside is undone and leaves the transaction usable (db.tx begins it by hand)."""
    await tx.execute("SAVEPOINT sample")
    try:
        yield
    except BaseException:
        await tx.execute("ROLLBACK TO SAVEPOINT sample")
        raise
    await tx.execute("RELEASE SAVEPOINT sample")


async def _first_refused(tx: Tx, table: str, statement: str, rows: Sequence[dict[str, Any]]) -> str:
    for row in rows:
        try:
            async with _savepoint(tx):
                await tx.execute(statement, [row])
        except asyncpg.IntegrityConstraintViolationError as error:
            name = row.get("id") or row.get("identity")
            return f"{table} {name}: {error.constraint_name or error.column_name or error.sqlstate}"
    return f"{table}: no row alone, but all of them together"


async def complete_past(tx: Tx, ids: Sequence[UUID], *, now: datetime) -> int:
    """Bookings whose time is over took place."""
    return _count(await tx.execute(COMPLETE_PAST, list(ids), now))


async def empty_workspace(tx: Tx) -> dict[str, int]:
    """Deletes all talks and what came of them, and what operators changed in the catalog. Rows per table."""
    found = {}
    for table in EMPTIED_TABLES:
        done = await tx.execute(f"DELETE FROM {table} WHERE workspace_id = current_workspace()")  # noqa: S608
        if count := _count(done):
            found[table] = count
    return found


def _count(command_tag: str) -> int:
    return int(command_tag.rpartition(" ")[2])
