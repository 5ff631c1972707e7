"""A neighbour that nobody may see or touch: his words are marked, every row of his is in a fingerprint."""

from __future__ import annotations

from uuid import UUID

from db.tx import Pool

MARK = "Zanzibarian"
"""In every name and text of the marked business; never in an answer to somebody else."""
PERSON = f"{MARK} Person"
"""In what its customers are called and write: not even on the business's own public pages."""

_PEOPLE = (
    "UPDATE customers SET name = 'Z', profile_name = 'Z' WHERE workspace_id = $1",
    "UPDATE messages SET body = 'Z says hello' WHERE workspace_id = $1",
    "UPDATE leads SET name = 'Z', service = 'Z cut', notes = 'Z' WHERE workspace_id = $1",
    "UPDATE booking_intents SET service = 'Z cut', notes = 'Z' WHERE workspace_id = $1",
    "UPDATE bookings SET customer_name = 'Z' WHERE workspace_id = $1",
    "UPDATE handoffs SET customer_name = 'Z', service = 'Z cut', notes = 'Z' WHERE workspace_id = $1",
    "UPDATE escalations SET summary = 'Z' WHERE workspace_id = $1",
)
_BUSINESS = (
    "UPDATE booking_items SET service_name = 'Z cut', staff_name = 'Z' WHERE workspace_id = $1",
    'UPDATE services SET names = \'{"en": "Z cut"}\' WHERE workspace_id = $1',
    'UPDATE staff SET names = \'{"en": "Z"}\' WHERE workspace_id = $1',
    'UPDATE locations SET names = \'{"en": "Z"}\' WHERE workspace_id = $1',
    "UPDATE workspaces SET name = 'Z' WHERE id = $1",
)
_NOTES = {"console_sessions", "audit_entries"}
"""What knocking at a door leaves behind."""


async def marked(pool: Pool, workspace_id: UUID) -> None:
    """Puts the foreign words wherever people's and the business's words stand."""
    for statements, word in ((_PEOPLE, PERSON), (_BUSINESS, MARK)):
        for statement in statements:
            said = statement.replace("'Z", f"'{word}").replace('"Z', f'"{word}')
            await pool.execute(said, workspace_id)


async def fingerprint(pool: Pool, workspace_id: UUID) -> dict[str, str]:
    """Of every row of a workspace, per table."""
    found = {}
    for table in await _tables(pool):
        found[table] = await pool.fetchval(
            f"SELECT coalesce(md5(string_agg(r::text, '|' ORDER BY r::text)), '') FROM {table} r "
            "WHERE workspace_id = $1",
            workspace_id,
        )
    found["workspaces"] = await pool.fetchval("SELECT w::text FROM workspaces w WHERE id = $1", workspace_id)
    return found


async def _tables(pool: Pool) -> list[str]:
    rows = await pool.fetch(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t "
        "USING (table_schema, table_name) WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' "
        "AND c.column_name = 'workspace_id'"
    )
    return sorted({row["table_name"] for row in rows} - _NOTES)
