"""Leads and booking intents: what a customer wants, before and beside any booking (bookings.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.ids import new_id
from db.tx import Tx

UPSERT_LEAD = """
INSERT INTO leads AS l (id, workspace_id, bot_id, conversation_id, customer_id, name, phone, email, service,
                        preferred_time, notes, source, status, tags)
VALUES ($1, $2, $3, $4, $5, left($6, 120), $7, $8, left($9, 500), left($10, 200), left($11, 2000), $12,
        CASE WHEN $13 = 'booked' THEN 'booked' WHEN $13 = 'lost' THEN 'lost'
             WHEN $9::text IS NOT NULL AND ($7::text IS NOT NULL OR $8::text IS NOT NULL) THEN 'qualified'
             ELSE 'incomplete' END,
        CASE WHEN $9::text IS NOT NULL AND ($7::text IS NOT NULL OR $8::text IS NOT NULL) THEN '{}'::text[]
             ELSE '{partial_intent}' END)
ON CONFLICT (workspace_id, bot_id, conversation_id) DO UPDATE SET
  name = coalesce(excluded.name, l.name), phone = coalesce(excluded.phone, l.phone),
  email = coalesce(excluded.email, l.email), service = coalesce(excluded.service, l.service),
  preferred_time = coalesce(excluded.preferred_time, l.preferred_time),
  notes = coalesce(excluded.notes, l.notes), updated_at = now(),
  status = CASE
    WHEN 'booked' IN (l.status, $13) THEN 'booked'
    WHEN l.status = 'redirected' THEN l.status  -- the page, or the time, says what becomes of it
    WHEN $13 = 'lost' THEN $13
    WHEN coalesce(excluded.service, l.service) IS NOT NULL
         AND coalesce(excluded.phone, l.phone, excluded.email, l.email) IS NOT NULL THEN 'qualified'
    ELSE l.status END,
  tags = CASE
    WHEN l.status IN ('booked', 'redirected') OR $13 = 'booked'
         OR (coalesce(excluded.service, l.service) IS NOT NULL
             AND coalesce(excluded.phone, l.phone, excluded.email, l.email) IS NOT NULL)
    THEN array_remove(l.tags, 'partial_intent') ELSE l.tags END
"""
UPSERT_INTENT = """
INSERT INTO booking_intents AS i (id, workspace_id, bot_id, conversation_id, customer_id, status, booking_type,
                                  service, requested_time, starts_at, notes, summary_version, handling, external_url)
VALUES ($1, $2, $3, $4, $5, $6, $7, left($8, 500), left($9, 200), $10, left($11, 2000), $12, $13, $14)
ON CONFLICT (id) DO UPDATE SET
  -- A talk goes on about a wish that was handed off or given up meanwhile: what became of it stands.
  status = CASE WHEN i.status IN ('redirected', 'confirmed', 'abandoned') AND NOT EXISTS (
      SELECT FROM state_transitions t
      WHERE t.table_name = 'booking_intents' AND t.from_state = i.status AND t.to_state = excluded.status)
    THEN i.status ELSE excluded.status END,
  -- What an open wish is, the services say that are wanted now; how an order ended, doesn't.
  booking_type = CASE WHEN excluded.status IN ('intent', 'pending') AND excluded.service IS NOT NULL
    THEN excluded.booking_type ELSE i.booking_type END,
  -- Who finishes it is decided anew as long as it is open; where a customer was led, stands.
  handling = CASE WHEN excluded.status = 'intent' AND i.status IN ('intent', 'abandoned')
    THEN excluded.handling ELSE i.handling END,
  external_url = CASE WHEN excluded.status = 'intent' AND i.status IN ('intent', 'abandoned')
    THEN excluded.external_url ELSE i.external_url END,
  service = coalesce(excluded.service, i.service),
  requested_time = coalesce(excluded.requested_time, i.requested_time),
  starts_at = coalesce(excluded.starts_at, i.starts_at), notes = coalesce(excluded.notes, i.notes),
  summary_version = coalesce(excluded.summary_version, i.summary_version), updated_at = now()
"""


@dataclass(frozen=True, slots=True)
class LeadRow:
    workspace_id: UUID
    bot_id: UUID
    conversation_id: UUID
    customer_id: UUID
    source: str
    name: str | None
    phone: str | None
    email: str | None
    service: str | None
    preferred_time: str | None
    notes: str | None
    status: str


@dataclass(frozen=True, slots=True)
class IntentRow:
    id: UUID
    workspace_id: UUID
    bot_id: UUID
    conversation_id: UUID
    customer_id: UUID
    status: str
    booking_type: str
    service: str | None
    requested_time: str | None
    starts_at: datetime | None
    notes: str | None
    summary_version: str | None
    handling: str = "internal"
    """As the customer sees it: internal or external."""
    external_url: str | None = None
    """External only; None: there is no page that he can be led to."""


async def upsert_lead(tx: Tx, row: LeadRow) -> None:
    """One lead per conversation; a fact once known is kept unless a newer one replaces it."""
    await tx.execute(
        UPSERT_LEAD,
        new_id(),
        row.workspace_id,
        row.bot_id,
        row.conversation_id,
        row.customer_id,
        row.name,
        row.phone,
        row.email,
        row.service,
        row.preferred_time,
        row.notes,
        row.source,
        row.status,
    )


async def upsert_intent(tx: Tx, row: IntentRow) -> None:
    await tx.execute(
        UPSERT_INTENT,
        row.id,
        row.workspace_id,
        row.bot_id,
        row.conversation_id,
        row.customer_id,
        row.status,
        row.booking_type,
        row.service,
        row.requested_time,
        row.starts_at,
        row.notes,
        row.summary_version,
        row.handling,
        row.external_url,
    )
