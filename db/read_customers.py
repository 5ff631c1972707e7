"""Customers as people read them: found by a part of a name, a number or an address, with what is known of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.read_pages import DEFAULT_LIMIT, Counts, Cursor, Filters, Page, older, read_counts, read_page
from db.tx import Tx

_COLUMNS = """
  k.id, CASE WHEN k.opted_out_at IS NULL THEN 'open' ELSE 'closed' END AS status,
  coalesce(k.name, k.profile_name) AS name,
  k.phone, k.email, k.language, k.opted_out_at, k.created_at
"""
_HERE = "FROM customers k WHERE k.workspace_id = current_workspace()"
_FILTERS = """
  AND k.created_at >= coalesce($1, '-infinity'::timestamptz) AND k.created_at < coalesce($2, 'infinity'::timestamptz)
  AND ($3::text IS NULL OR strpos(lower(concat_ws(' ', k.name, k.profile_name, k.email)), $3) > 0
       OR strpos(k.phone, $4) > 0)
"""
LISTING = f"""SELECT {_COLUMNS}{_HERE}{_FILTERS}
  AND ($5::text IS NULL OR (k.opted_out_at IS NULL) = ($5 = 'open'))
  {older("k.created_at, k.id", 6)}
ORDER BY k.created_at DESC, k.id DESC LIMIT $8
"""
COUNTS = f"""
SELECT CASE WHEN k.opted_out_at IS NULL THEN 'open' ELSE 'closed' END AS status, count(*) AS count
{_HERE}{_FILTERS} GROUP BY 1
"""
FIND = f"SELECT {_COLUMNS}{_HERE} AND k.id = $1"
IDENTITIES = """
SELECT channel, identity, created_at FROM customer_identities
WHERE workspace_id = current_workspace() AND customer_id = $1 ORDER BY created_at
"""
CONSENTS = """
SELECT channel, kind, words, created_at FROM consents
WHERE workspace_id = current_workspace() AND customer_id = $1 ORDER BY created_at DESC LIMIT 50
"""
TALKS = """
SELECT c.id, c.status, c.state_name, a.channel, c.created_at, c.last_inbound_at
FROM conversations c JOIN channel_accounts a ON a.workspace_id = c.workspace_id AND a.id = c.channel_account_id
WHERE c.workspace_id = current_workspace() AND c.customer_id = $1 ORDER BY c.created_at DESC LIMIT 50
"""
VISITS = """
SELECT b.id, b.status, b.confirmation_code, b.starts_at, b.total_minor, b.currency,
       array(SELECT i.service_name FROM booking_items i
             WHERE i.workspace_id = b.workspace_id AND i.booking_id = b.id ORDER BY i.position) AS services
FROM bookings b WHERE b.workspace_id = current_workspace() AND b.customer_id = $1
ORDER BY b.starts_at DESC LIMIT 50
"""


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """name: what he said, else what the channel calls him. status: open, or closed when he opted out."""

    id: UUID
    status: str
    name: str | None
    phone: str | None
    email: str | None
    language: str | None
    opted_out_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    channel: str
    identity: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    channel: str
    kind: str
    words: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Talk:
    id: UUID
    status: str
    state_name: str
    channel: str
    created_at: datetime
    last_inbound_at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    id: UUID
    status: str
    confirmation_code: str
    starts_at: datetime
    total_minor: int
    currency: str
    services: list[str]


async def listing(
    tx: Tx, filters: Filters, *, after: Cursor | None = None, limit: int = DEFAULT_LIMIT
) -> Page[CustomerRow]:
    """Who came last first."""
    return await read_page(
        tx,
        LISTING,
        CustomerRow,
        filters,
        sorted_by=lambda row: row.created_at,
        after=after,
        limit=limit,
    )


async def counts(tx: Tx, filters: Filters) -> Counts:
    return await read_counts(tx, COUNTS, filters)


async def find(tx: Tx, customer_id: UUID) -> CustomerRow | None:
    row = await tx.fetchrow(FIND, customer_id)
    return CustomerRow(**dict(row)) if row else None


async def identities(tx: Tx, customer_id: UUID) -> list[Identity]:
    """How the channels name him, first seen first."""
    return [Identity(**dict(row)) for row in await tx.fetch(IDENTITIES, customer_id)]


async def consents(tx: Tx, customer_id: UUID) -> list[Consent]:
    """What he said about being written to, newest first."""
    return [Consent(**dict(row)) for row in await tx.fetch(CONSENTS, customer_id)]


async def talks(tx: Tx, customer_id: UUID) -> list[Talk]:
    """Newest first, at most 50."""
    return [Talk(**dict(row)) for row in await tx.fetch(TALKS, customer_id)]


async def visits(tx: Tx, customer_id: UUID) -> list[Visit]:
    """Bookings, latest first, at most 50."""
    return [Visit(**dict(row)) for row in await tx.fetch(VISITS, customer_id)]
