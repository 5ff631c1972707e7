"""Hand-offs: rows of customers who finish on the business's own booking page, and their timelines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from db.ids import new_id
from db.tx import Pool, Tx

FIND = "SELECT * FROM find_handoff($1)"
UPSERT = """
INSERT INTO handoffs AS h (id, token, workspace_id, bot_id, conversation_id, customer_id, intent_id, page, booking_url,
                           language, customer_name, customer_phone, customer_email, service, preferred_time, notes,
                           source)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, left($11, 120), left($12, 32), left($13, 254), left($14, 500),
        left($15, 200), left($16, 2000), left($17, 200))
ON CONFLICT (workspace_id, intent_id) DO UPDATE SET
  page = excluded.page, booking_url = excluded.booking_url, language = excluded.language,
  customer_name = excluded.customer_name, customer_phone = excluded.customer_phone,
  customer_email = excluded.customer_email, service = excluded.service,
  preferred_time = excluded.preferred_time, notes = excluded.notes
RETURNING id, (xmax = 0) AS created
"""
ADD_EVENT = """
INSERT INTO handoff_events (id, workspace_id, handoff_id, kind, made_by, detail)
VALUES ($1, current_workspace(), $2, $3, left($4, 120), left($5, 500))
"""
# In the order in which a turn writes them: whoever locks them otherwise could stand in a turn's way for ever.
LOCK_LEAD = """
SELECT FROM leads WHERE workspace_id = current_workspace()
  AND conversation_id = (SELECT conversation_id FROM handoffs WHERE id = $1) FOR NO KEY UPDATE
"""
LOCK_INTENT = """
SELECT FROM booking_intents WHERE id = (SELECT intent_id FROM handoffs WHERE id = $1) FOR NO KEY UPDATE
"""
LOCK = """
SELECT status, intent_id, conversation_id, booking_url, external_booking_id FROM handoffs
WHERE id = $1 FOR NO KEY UPDATE
"""
REDIRECT = """
UPDATE handoffs SET status = CASE WHEN status = 'completed_external' THEN status ELSE 'redirected' END,
  redirected_at = coalesce(redirected_at, now()), url_used = $2, ip_hash = coalesce($3, ip_hash)
WHERE id = $1
"""
REDIRECT_INTENT = """
UPDATE booking_intents SET status = 'redirected', handling = 'external', external_url = $2, updated_at = now()
WHERE id = $1 AND status IN ('intent', 'abandoned')
"""
REDIRECT_LEAD = """
UPDATE leads SET status = 'redirected', tags = array_remove(tags, 'partial_intent'), updated_at = now()
WHERE conversation_id = $1 AND status IN ('incomplete', 'qualified', 'lost')
"""
NOTE_COMPLETION = """
INSERT INTO external_completions (workspace_id, page, booking_id, outcome, handoff_id)
VALUES (current_workspace(), $1, left($2, 300), $3, $4) ON CONFLICT DO NOTHING RETURNING 1
"""
WAS_CANCELLED = """
SELECT EXISTS (SELECT FROM external_completions
               WHERE workspace_id = current_workspace() AND page = $1 AND booking_id = left($2, 300)
                 AND outcome = 'cancelled')
"""
# The same customer may have booked there twice by one link: what he booked last, later than what ended, stands.
STANDS_INSTEAD = """
SELECT n.booking_id FROM external_completions n
JOIN external_completions ended ON ended.workspace_id = n.workspace_id AND ended.page = n.page
  AND ended.handoff_id = n.handoff_id AND ended.booking_id = left($3, 300)
  AND ended.outcome IN ('booked', 'moved') AND ended.at <= n.at
WHERE n.workspace_id = current_workspace() AND n.page = $2 AND n.handoff_id = $1 AND n.outcome IN ('booked', 'moved')
  AND n.booking_id <> ended.booking_id AND NOT EXISTS (
    SELECT FROM external_completions c
    WHERE c.workspace_id = n.workspace_id AND c.page = n.page AND c.booking_id = n.booking_id
      AND c.outcome = 'cancelled')
ORDER BY n.at DESC, n.booking_id DESC LIMIT 1
"""
COMPLETE = """
UPDATE handoffs SET status = 'completed_external', completed_at = now(), completed_by = left($2, 120),
  external_booking_id = coalesce(left($3, 300), external_booking_id)
WHERE id = $1
"""
MOVED_TO = "UPDATE handoffs SET external_booking_id = left($2, 300) WHERE id = $1"
CONFIRM_INTENT = """
UPDATE booking_intents SET status = 'confirmed', updated_at = now() WHERE id = $1 AND status = 'redirected'
"""
BOOK_LEAD = """
UPDATE leads SET status = 'booked', updated_at = now() WHERE conversation_id = $1 AND status <> 'booked'
"""
UNDO_COMPLETION = """
UPDATE handoffs SET status = 'redirected', completed_at = NULL, completed_by = NULL, external_booking_id = NULL,
  redirected_at = coalesce(redirected_at, now()), url_used = coalesce(url_used, booking_url)
WHERE id = $1 AND status = 'completed_external' RETURNING id
"""
REOPEN_INTENT = """
UPDATE booking_intents i SET status = 'redirected', updated_at = now()
WHERE i.workspace_id = current_workspace() AND i.id = $1 AND i.status = 'confirmed' AND NOT EXISTS (
  SELECT FROM bookings b WHERE b.workspace_id = i.workspace_id AND b.intent_id = i.id
    AND b.status IN ('confirmed', 'completed', 'no_show'))
"""
UNBOOK_LEAD = """
UPDATE leads l SET status = 'redirected', updated_at = now()
WHERE l.workspace_id = current_workspace() AND l.conversation_id = $1 AND l.status = 'booked'
  AND NOT EXISTS (
    SELECT FROM handoffs h WHERE h.workspace_id = l.workspace_id AND h.conversation_id = l.conversation_id
      AND h.status = 'completed_external')
  AND NOT EXISTS (
    SELECT FROM bookings b WHERE b.workspace_id = l.workspace_id AND b.conversation_id = l.conversation_id
      AND b.status IN ('confirmed', 'completed', 'no_show'))
"""
FIND_HERE = "SELECT id FROM handoffs WHERE token = $1"
ABANDON = "SELECT abandon_handoffs($1)"
ABANDON_INTENTS = "SELECT abandon_intents($1, $2)"
EXTERNAL_WORKSPACES = "SELECT workspace_id, name, settings FROM list_external_workspaces()"
FIND_ACCOUNT = "SELECT id, workspace_id, page, account_key, secrets FROM find_handoff_account($1, $2)"
ACCOUNTS_HERE = """
SELECT page, account_key FROM handoff_accounts WHERE workspace_id = current_workspace() AND enabled ORDER BY page
"""
PUT_ACCOUNT = """
INSERT INTO handoff_accounts (id, workspace_id, page, account_key, secrets)
VALUES ($1, current_workspace(), $2, $3, $4)
ON CONFLICT (workspace_id, page) DO UPDATE SET secrets = excluded.secrets, enabled = true
RETURNING account_key
"""


@dataclass(frozen=True, slots=True)
class HandoffRow:
    """A handoff as a turn makes it. Texts are cut to what their columns hold."""

    token: str
    workspace_id: UUID
    bot_id: UUID
    conversation_id: UUID
    customer_id: UUID
    intent_id: UUID
    page: str
    booking_url: str
    language: str = "en"
    customer_name: str = ""
    customer_phone: str = ""
    customer_email: str = ""
    service: str = ""
    preferred_time: str = ""
    notes: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class OpenHandoff:
    """What its page shows. `settings`: the workspace's, as stored."""

    id: UUID
    workspace_id: UUID
    bot_id: UUID
    workspace_name: str
    status: str
    page: str
    booking_url: str
    language: str
    customer_name: str
    customer_phone: str
    customer_email: str
    service: str
    preferred_time: str
    notes: str
    source: str
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class HandoffAccountRow:
    """`secrets`: sealed for the field `secret_field`."""

    id: UUID
    workspace_id: UUID
    page: str
    account_key: str
    secrets: bytes = field(repr=False)

    @property
    def secret_field(self) -> str:
        return account_secret_field(self.page)


def account_secret_field(page: str) -> str:
    return f"handoff_accounts/{page}"


async def find_account(connection: Tx | Pool, page: str, account_key: str) -> HandoffAccountRow | None:
    """The enabled account of any workspace that a completion webhook names."""
    row = await connection.fetchrow(FIND_ACCOUNT, page, account_key)
    return None if row is None else HandoffAccountRow(**dict(row))


async def accounts_here(tx: Tx) -> list[tuple[str, str]]:
    """Page and account key of every booking page whose secret is set."""
    return [(row["page"], row["account_key"]) for row in await tx.fetch(ACCOUNTS_HERE)]


async def put_account(tx: Tx, *, page: str, account_key: str, secrets: bytes) -> str:
    """Makes the workspace's account at a page, or changes its secrets. The key of its webhook address."""
    return str(await tx.fetchval(PUT_ACCOUNT, new_id(), page, account_key, secrets))


async def upsert(tx: Tx, row: HandoffRow) -> UUID:
    """Makes the wish's handoff, or brings it up to date: one per booking intent, its token stays."""
    found = await tx.fetchrow(
        UPSERT,
        new_id(), row.token, row.workspace_id, row.bot_id, row.conversation_id, row.customer_id, row.intent_id,
        row.page, row.booking_url, row.language, row.customer_name, row.customer_phone, row.customer_email,
        row.service, row.preferred_time, row.notes, row.source,
    )  # fmt: skip
    if found is None:
        raise LookupError(f"the handoff of wish {row.intent_id} was neither made nor found")
    handoff_id: UUID = found["id"]
    if found["created"]:
        await add_event(tx, handoff_id, "created", by="bot")
    return handoff_id


async def find(connection: Tx | Pool, token: str) -> OpenHandoff | None:
    """The handoff of any workspace that this token opens."""
    row = await connection.fetchrow(FIND, token)
    return None if row is None else OpenHandoff(**dict(row))


async def external_workspaces(connection: Tx | Pool) -> list[tuple[UUID, str, dict[str, Any]]]:
    """Id, name and settings of every business whose customers finish elsewhere."""
    rows = await connection.fetch(EXTERNAL_WORKSPACES)
    return [(row["workspace_id"], row["name"], row["settings"]) for row in rows]


async def find_here(tx: Tx, token: str) -> UUID | None:
    """The workspace's own handoff with this token, locked with its lead and wish: of two reports about one booking
    at the same time the second sees what the first one noted.
    """
    found: UUID | None = await tx.fetchval(FIND_HERE, token)
    if found is not None:
        await _lock(tx, found)
    return found


async def _lock(tx: Tx, handoff_id: UUID) -> Mapping[str, Any] | None:
    """The handoff as it stands, and nobody else's until this transaction ends. None: it isn't this workspace's."""
    await tx.execute(LOCK_LEAD, handoff_id)
    await tx.execute(LOCK_INTENT, handoff_id)
    row = await tx.fetchrow(LOCK, handoff_id)
    return None if row is None else dict(row)


async def add_event(tx: Tx, handoff_id: UUID, kind: str, *, by: str, detail: str = "") -> None:
    await tx.execute(ADD_EVENT, new_id(), handoff_id, kind, by, detail)


async def mark_redirected(tx: Tx, handoff_id: UUID, *, url: str, ip_hash: str | None) -> None:
    """The customer was led on. A second time moves nothing but the address; a completed one stays completed."""
    row = await _lock(tx, handoff_id)
    if row is None:
        raise LookupError(f"no handoff {handoff_id} in this workspace")
    await tx.execute(REDIRECT, handoff_id, url, ip_hash)
    if row["status"] in {"new", "abandoned"}:
        await tx.execute(REDIRECT_INTENT, row["intent_id"], url[:2048])
        await tx.execute(REDIRECT_LEAD, row["conversation_id"])
        await add_event(tx, handoff_id, "redirected", by="customer")


async def note_completion(
    tx: Tx, *, page: str, booking_id: str, outcome: str, handoff_id: UUID | None
) -> bool:
    """False: the page has told that before."""
    return (await tx.fetchval(NOTE_COMPLETION, page, booking_id, outcome, handoff_id)) is not None


async def was_cancelled(tx: Tx, *, page: str, booking_id: str) -> bool:
    """Whether the page told already that this booking is cancelled: reports come in any order."""
    return bool(await tx.fetchval(WAS_CANCELLED, page, booking_id))


async def complete(tx: Tx, handoff_id: UUID, *, by: str, external_booking_id: str | None = None) -> bool:
    """By a verified webhook or an operator. False: it was completed before."""
    row = await _lock(tx, handoff_id)
    if row is None:
        return False
    if row["status"] == "completed_external":
        if external_booking_id is not None and row["external_booking_id"] is None:  # an operator was faster
            await tx.execute(MOVED_TO, handoff_id, external_booking_id)
        return False
    await tx.execute(COMPLETE, handoff_id, by, external_booking_id)
    # Whoever found the page by himself was never led there by us; the wish goes the same way.
    await tx.execute(REDIRECT_INTENT, row["intent_id"], row["booking_url"])
    await tx.execute(CONFIRM_INTENT, row["intent_id"])
    await tx.execute(BOOK_LEAD, row["conversation_id"])
    await add_event(tx, handoff_id, "completed", by=by)
    return True


async def moved_to(tx: Tx, handoff_id: UUID, *, external_booking_id: str, by: str) -> None:
    """The booking there has another time, and maybe another id."""
    await tx.execute(MOVED_TO, handoff_id, external_booking_id)
    await add_event(tx, handoff_id, "moved", by=by)


async def undo_completion(tx: Tx, handoff_id: UUID, *, page: str, booking_id: str, by: str) -> bool:
    """The page says that this booking is cancelled: handoff, wish and lead go back to where the customer was led, and
    are given up with the time, or booked anew. False: nothing was completed by it, or another booking of his stands.
    """
    row = await _lock(tx, handoff_id)
    if row is None:
        return False
    if row["status"] == "completed_external":
        if row["external_booking_id"] not in (None, booking_id[:300]):
            return False  # it had moved, or it was a second one
        instead = await tx.fetchval(STANDS_INSTEAD, handoff_id, page, booking_id)
        if instead is not None:
            await tx.execute(MOVED_TO, handoff_id, instead)
            await add_event(tx, handoff_id, "note", by=by, detail="One of two bookings there was cancelled.")
            return False
    done = await tx.fetchval(UNDO_COMPLETION, handoff_id)
    if done is not None:
        await tx.execute(REOPEN_INTENT, row["intent_id"])
        await tx.execute(UNBOOK_LEAD, row["conversation_id"])
    await add_event(tx, handoff_id, "cancelled", by=by)
    return done is not None


async def abandon(connection: Tx | Pool, *, limit: int = 1000) -> int:
    """Handoffs that nobody finished in time. Returns how many."""
    return int(await connection.fetchval(ABANDON, limit))


async def abandon_intents(connection: Tx | Pool, *, days: int = 7, limit: int = 1000) -> int:
    """Wishes that nobody confirmed. Returns how many."""
    return int(await connection.fetchval(ABANDON_INTENTS, days, limit))
