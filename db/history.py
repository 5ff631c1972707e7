"""What is known of a customer's bookings, and the proof of a booking that another number made.

The history itself comes with a turn's lease (`customer_history()` in migrations/0011, db/turns.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from db.ids import new_id
from db.tx import Tx

KNOWN_BOOKING = (
    "SELECT booking_as_known(b) FROM bookings b WHERE b.workspace_id = current_workspace() AND b.id = $1"
)
CHECK_PROOF = """
SELECT
  (SELECT count(*) FROM booking_proofs p
   WHERE p.workspace_id = current_workspace() AND p.customer_id = $1 AND p.booking_id IS NULL
     AND p.created_at > now() - interval '1 hour') AS by_customer,
  (SELECT count(*) FROM booking_proofs p
   WHERE p.workspace_id = current_workspace() AND p.code = $2 AND p.booking_id IS NULL
     AND p.created_at > now() - interval '1 hour') AS of_code,
  (SELECT booking_as_known(b) FROM bookings b
   WHERE b.workspace_id = current_workspace() AND b.confirmation_code = $2
     AND b.status IN ('pending_provider', 'confirmed') AND b.ends_at > now()
     AND NOT (b.status = 'pending_provider' AND b.replaces_booking_id IS NOT NULL)
     AND ((b.customer_email <> '' AND lower(b.customer_email) = lower($3))
          OR (b.customer_phone <> '' AND b.customer_phone = $4))
  ) AS booking
"""
KEEP_PROOF_TRY = """
WITH old AS (
  DELETE FROM booking_proofs
  WHERE workspace_id = current_workspace() AND customer_id = $3 AND created_at < now() - interval '1 day'
)
INSERT INTO booking_proofs (id, workspace_id, conversation_id, customer_id, code, booking_id)
VALUES ($1, current_workspace(), $2, $3, $4, $5)
"""

TRIES_PER_CUSTOMER = 5
TRIES_PER_CODE = 10
"""Wrong ones, within an hour. With 32^6 codes and an address to be guessed beside it, nobody gets far."""


@dataclass(frozen=True, slots=True)
class CheckedProof:
    limited: bool
    """Too many wrong tries lately: whatever was shown now doesn't count."""
    booking: dict[str, Any] | None


async def known_booking(tx: Tx, booking_id: UUID) -> dict[str, Any] | None:
    """A booking as a turn gets it to know; None: there is none of that id in this workspace."""
    found: dict[str, Any] | None = await tx.fetchval(KNOWN_BOOKING, booking_id)
    return found


async def check_proof(tx: Tx, *, customer_id: UUID, code: str, email: str, phone: str) -> CheckedProof:
    """The booking to come with this code and this e-mail address or phone, in this workspace."""
    row = await tx.fetchrow(CHECK_PROOF, customer_id, code, email, phone)
    if row is None:
        raise RuntimeError("a select without FROM gives a row")
    limited = row["by_customer"] >= TRIES_PER_CUSTOMER or row["of_code"] >= TRIES_PER_CODE
    return CheckedProof(limited, None if limited else row["booking"])


async def keep_proof_try(
    tx: Tx, *, conversation_id: UUID, customer_id: UUID, code: str, booking_id: UUID | None
) -> None:
    """Counts a try; with a booking, it is open to the conversation for an hour. Those of days ago are dropped."""
    await tx.execute(KEEP_PROOF_TRY, new_id(), conversation_id, customer_id, code, booking_id)
