"""Mails about bookings: what they tell, planning them, and addresses that take none any more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from db.effect_plans import plan_after
from db.effects import Effect
from db.tx import Tx

FACTS = """
SELECT booking_as_known(b) AS booking, c.language, w.name AS business, w.settings,
  l.names || coalesce(le.names, '{}') AS place_names, l.address AS place_address, l.phone AS place_phone,
  l.latitude, l.longitude,
  (SELECT coalesce(jsonb_object_agg(s.id, s.names), '{}') FROM services s
   WHERE s.workspace_id = b.workspace_id
     AND s.id IN (SELECT i.service_id FROM booking_items i
                  WHERE i.workspace_id = b.workspace_id AND i.booking_id = b.id)) AS service_names
FROM bookings b
JOIN conversations c ON c.id = b.conversation_id
JOIN workspaces w ON w.id = b.workspace_id
JOIN locations l ON l.workspace_id = b.workspace_id AND l.id = b.location_id
LEFT JOIN location_edits le ON le.workspace_id = l.workspace_id AND le.location_id = l.id
WHERE b.workspace_id = current_workspace() AND b.id = $1
"""
NEXT_VERSION = """
UPDATE bookings b SET
  calendar_uid = coalesce(b.calendar_uid,
                          CASE WHEN $2 THEN coalesce(o.calendar_uid, o.id) END, b.id),
  calendar_sequence = coalesce(b.calendar_sequence, CASE WHEN $2 THEN o.calendar_sequence END, -1) + 1
FROM (SELECT 1) AS one LEFT JOIN bookings o
  ON o.workspace_id = current_workspace()
 AND o.id = (SELECT n.replaces_booking_id FROM bookings n WHERE n.workspace_id = current_workspace() AND n.id = $1)
WHERE b.workspace_id = current_workspace() AND b.id = $1
RETURNING b.calendar_uid AS uid, b.calendar_sequence AS sequence
"""
NEWER_MAIL = """
SELECT EXISTS (
  SELECT FROM effects o JOIN effects e ON e.id = $1 AND o.seq > e.seq
  WHERE o.kind = 'send_mail' AND o.request ->> 'role' = e.request ->> 'role'
    AND o.booking_id IN (
      SELECT e.booking_id UNION ALL
      SELECT b.id FROM bookings b
      WHERE b.workspace_id = current_workspace() AND b.replaces_booking_id = e.booking_id))
"""
SUPPRESSED = """
SELECT reason FROM mail_suppressions
WHERE workspace_id = current_workspace()
  AND address IN (lower($1), 'sha256:' || address_hash(current_workspace(), $1)) LIMIT 1
"""
SUPPRESS = """
INSERT INTO mail_suppressions (workspace_id, address, reason, effect_id)
VALUES (current_workspace(), lower($1), $2, $3) ON CONFLICT DO NOTHING RETURNING address
"""


@dataclass(frozen=True, slots=True)
class MailFacts:
    """All that a mail about a booking may tell, as it stands in this transaction."""

    booking: dict[str, Any]
    """As `db.history.known_booking`."""
    language: str
    """Of the conversation."""
    business: str
    settings: dict[str, Any]
    place_names: dict[str, str]
    place_address: str
    place_phone: str
    latitude: float | None
    longitude: float | None
    service_names: dict[str, dict[str, str]]
    """Service id -> its name per language."""


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    uid: UUID
    sequence: int


async def facts(tx: Tx, booking_id: UUID) -> MailFacts | None:
    row = await tx.fetchrow(FACTS, booking_id)
    return MailFacts(**dict(row)) if row else None


async def next_version(tx: Tx, booking_id: UUID, *, goes_on: bool = True) -> CalendarVersion:
    """The visit's next version in calendars. goes_on: as that of the booking whose place it took, if it took one's.

    Raises LookupError.
    """
    row = await tx.fetchrow(NEXT_VERSION, booking_id, goes_on)
    if row is None:
        raise LookupError(f"booking {booking_id} is gone")
    return CalendarVersion(**dict(row))


async def plan_mail(
    tx: Tx, after: Effect, booking_id: UUID, request: dict[str, Any], *, role: str, delay_seconds: float
) -> None:
    """One mail per effect that changed a booking and reader (`role`)."""
    await plan_after(
        tx,
        after,
        kind="send_mail",
        key=f"mail-after:{after.id}:{role}",
        request=request,
        booking_id=booking_id,
        delay_seconds=delay_seconds,
    )


async def newer_planned(tx: Tx, effect_id: UUID) -> bool:
    """Whether a later mail tells the same reader how the same visit stands now."""
    return bool(await tx.fetchval(NEWER_MAIL, effect_id))


async def suppressed(tx: Tx, address: str) -> str | None:
    """Why this business writes no mail to this address any more; None: it may."""
    reason: str | None = await tx.fetchval(SUPPRESSED, address)
    return reason


async def suppress(tx: Tx, address: str, *, reason: str, effect_id: UUID) -> bool:
    """False: it was known before."""
    return await tx.fetchval(SUPPRESS, address, reason, effect_id) is not None
