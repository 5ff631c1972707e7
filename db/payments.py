"""Payment links of bookings, what payment providers reported of them, and the accounts that make them.

A link's row exists, with its request frozen, before anybody is asked for it: so a webhook that is faster than the
answer finds what it speaks of. At most one link of a booking is open (an index sees to it).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from db.effect_plans import plan_after
from db.ids import new_id
from db.tx import Pool, Tx

Status = Literal["creating", "open", "processing", "review", "paid", "failed", "expired", "cancelled"]

FACTS = """
SELECT b.id, b.conversation_id, b.status, b.payment_status, b.total_minor, b.currency, b.confirmation_code, b.starts_at,
  coalesce(b.provider_order_id, '') AS order_id,
  b.payment_url IS NOT NULL AND NOT EXISTS (
    SELECT FROM payments p WHERE p.workspace_id = b.workspace_id AND p.booking_id = b.id) AS provider_link,
  coalesce(t.online, false) AS online,
  EXISTS (SELECT FROM payment_types o WHERE o.workspace_id = b.workspace_id AND o.online
          AND o.retired_at IS NULL) AS may_pay_online,
  (SELECT string_agg(i.service_name, ', ' ORDER BY i.position) FROM booking_items i
   WHERE i.workspace_id = b.workspace_id AND i.booking_id = b.id) AS services,
  (SELECT jsonb_agg(s.names ORDER BY i.position) FROM booking_items i
   JOIN services s ON s.workspace_id = i.workspace_id AND s.id = i.service_id
   WHERE i.workspace_id = b.workspace_id AND i.booking_id = b.id) AS service_names,
  c.language
FROM bookings b
JOIN conversations c ON c.workspace_id = b.workspace_id AND c.id = b.conversation_id
LEFT JOIN payment_types t ON t.workspace_id = b.workspace_id AND t.id = b.payment_type_id
WHERE b.workspace_id = current_workspace() AND b.id = $1
"""
LOCK_BOOKING = """
SELECT status FROM bookings WHERE workspace_id = current_workspace() AND id = $1 FOR UPDATE
"""
BEGIN = """
INSERT INTO payments (id, workspace_id, conversation_id, booking_id, effect_id, attempt, provider, live, purpose,
                      amount_minor, currency, request, expires_at)
SELECT $1, current_workspace(), $2, $3, $4,
       (SELECT coalesce(max(p.attempt), 0) + 1 FROM payments p
        WHERE p.workspace_id = current_workspace() AND p.booking_id = $3),
       $5, $6, $7, $8, $9, $10, $11
RETURNING *
"""
OF_EFFECT = "SELECT * FROM payments WHERE workspace_id = current_workspace() AND effect_id = $1"
FIND = "SELECT * FROM payments WHERE workspace_id = current_workspace() AND id = $1"
LOCK = "SELECT * FROM payments WHERE workspace_id = current_workspace() AND id = $1 FOR UPDATE"
BY_LINK = """
SELECT * FROM payments WHERE workspace_id = current_workspace() AND provider = $1 AND link_id = $2
"""
UNSETTLED_OF = """
SELECT * FROM payments
WHERE workspace_id = current_workspace() AND booking_id = $1
  AND status IN ('creating', 'open', 'processing', 'review')
FOR UPDATE
"""
LISTING = """
SELECT p.*, b.confirmation_code FROM payments p
JOIN bookings b ON b.workspace_id = p.workspace_id AND b.id = p.booking_id
WHERE p.workspace_id = current_workspace() AND ($1::text IS NULL OR p.status = $1)
ORDER BY p.created_at DESC LIMIT $2
"""
MADE = """
UPDATE payments SET status = 'open', link_id = $2, url = $3, expires_at = coalesce($4, expires_at)
WHERE workspace_id = current_workspace() AND id = $1 AND status = 'creating' RETURNING id
"""
NAME_LINK = """
UPDATE payments SET link_id = $2 WHERE workspace_id = current_workspace() AND id = $1 AND link_id IS NULL
"""
MOVE_ON = """
UPDATE payments SET status = $2,
  settled_at = CASE WHEN $2 IN ('paid', 'failed', 'expired', 'cancelled') THEN now() END,
  paid_at = CASE WHEN $2 = 'paid' THEN $3::timestamptz END, paid_by = CASE WHEN $2 = 'paid' THEN left($4, 120) END
WHERE workspace_id = current_workspace() AND id = $1
"""
SET_BOOKING_LINK = """
UPDATE bookings SET payment_status = 'pending', payment_url = $2
WHERE workspace_id = current_workspace() AND id = $1 AND payment_status IN ('none', 'at_business', 'pending', 'expired')
"""
SET_BOOKING_UNPAID = """
UPDATE bookings SET payment_status = $2, payment_url = NULL
WHERE workspace_id = current_workspace() AND id = $1 AND payment_status IN ('pending', 'expired')
"""
SET_BOOKING_PAID = """
UPDATE bookings SET payment_status = $2, paid_at = $3
WHERE workspace_id = current_workspace() AND id = $1 AND payment_status NOT IN ('paid', 'deposit_paid') RETURNING id
"""
STOP_ASKING = """
UPDATE effects SET status = 'cancelled', settled_at = now()
WHERE workspace_id = current_workspace() AND booking_id = $1 AND kind = 'poll_payment' AND status = 'pending'
  AND request ->> 'payment_id' = $2
"""
NOTE_EVENT = """
INSERT INTO payment_events (workspace_id, provider, event_id, kind, payment_id, link_id, amount_minor, currency,
                            outcome)
VALUES (current_workspace(), $1, left($2, 255), left($3, 120), $4, left($5, 255), $6, left($7, 10), left($8, 200))
ON CONFLICT DO NOTHING RETURNING 1
"""
EVENT_KNOWN = """
SELECT EXISTS (SELECT FROM payment_events
               WHERE workspace_id = current_workspace() AND provider = $1 AND event_id = left($2, 255))
"""
FIND_ACCOUNT = "SELECT * FROM find_payment_account($1, $2)"
ACCOUNT_OF = """
SELECT id, workspace_id, provider, account_key, live, signed, api_base_url, secrets FROM payment_accounts
WHERE workspace_id = current_workspace() AND provider = $1 AND enabled
"""
PUT_ACCOUNT = """
INSERT INTO payment_accounts (id, workspace_id, provider, account_key, live, signed, api_base_url, secrets)
VALUES ($1, current_workspace(), $2, $3, $4, $5, $6, $7)
ON CONFLICT (workspace_id, provider) DO UPDATE SET
  live = excluded.live, signed = excluded.signed, api_base_url = excluded.api_base_url, secrets = excluded.secrets,
  enabled = true
RETURNING account_key
"""
SWITCH_OFF = """
UPDATE payment_accounts SET enabled = false
WHERE workspace_id = current_workspace() AND provider = $1 AND enabled RETURNING id
"""


@dataclass(frozen=True, slots=True)
class PaidBooking:
    """What a booking's payment depends on."""

    id: UUID
    conversation_id: UUID
    status: str
    payment_status: str
    total_minor: int
    currency: str
    confirmation_code: str
    starts_at: datetime
    order_id: str
    provider_link: bool
    """Its booking system made a link of its own."""
    online: bool
    """The customer chose to pay online."""
    may_pay_online: bool
    """The business has a way of paying online among those to choose from."""
    services: str
    service_names: list[dict[str, str]] | None
    language: str


@dataclass(frozen=True, slots=True)
class Payment:
    """One link of a booking. `request` is frozen: providers.payments.LinkRequest as JSON, or empty for a static URL."""

    id: UUID
    workspace_id: UUID
    conversation_id: UUID
    booking_id: UUID
    effect_id: UUID
    attempt: int
    provider: str
    live: bool
    status: Status
    purpose: Literal["full", "deposit"]
    amount_minor: int
    currency: str
    request: dict[str, Any] = field(repr=False)
    link_id: str | None
    url: str | None = field(repr=False)
    expires_at: datetime | None
    paid_at: datetime | None
    paid_by: str | None
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class PaymentAccountRow:
    id: UUID
    workspace_id: UUID
    provider: str
    account_key: str
    live: bool
    signed: bool
    api_base_url: str
    secrets: bytes = field(repr=False)
    """Sealed for the field `secret_field`."""

    @property
    def secret_field(self) -> str:
        return account_secret_field(self.provider)


def account_secret_field(provider: str) -> str:
    """What an account's secrets are bound to, beside the workspace."""
    return f"payment_accounts/{provider}"


def _payment(row: Any) -> Payment:
    return Payment(**{name: row[name] for name in Payment.__slots__})


async def booking_facts(tx: Tx, booking_id: UUID) -> PaidBooking | None:
    row = await tx.fetchrow(FACTS, booking_id)
    return None if row is None else PaidBooking(**dict(row))


async def lock_booking(tx: Tx, booking_id: UUID) -> str | None:
    """Its status, held still until the transaction ends: a cancellation and a payment go one after the other."""
    status: str | None = await tx.fetchval(LOCK_BOOKING, booking_id)
    return status


async def begin(
    tx: Tx,
    payment_id: UUID,
    *,
    booking: PaidBooking,
    effect_id: UUID,
    provider: str,
    live: bool,
    purpose: Literal["full", "deposit"],
    amount_minor: int,
    request: dict[str, Any],
    expires_at: datetime | None,
) -> Payment:
    """The next attempt. Raises asyncpg.UniqueViolationError while another one is open."""
    row = await tx.fetchrow(
        BEGIN, payment_id, booking.conversation_id, booking.id, effect_id, provider, live, purpose, amount_minor,
        booking.currency, request, expires_at,
    )  # fmt: skip
    return _payment(row)


async def of_effect(tx: Tx, effect_id: UUID) -> Payment | None:
    """The attempt that an effect began."""
    row = await tx.fetchrow(OF_EFFECT, effect_id)
    return None if row is None else _payment(row)


async def find(tx: Tx, payment_id: UUID, *, lock: bool = False) -> Payment | None:
    row = await tx.fetchrow(LOCK if lock else FIND, payment_id)
    return None if row is None else _payment(row)


async def by_link(tx: Tx, provider: str, link_id: str) -> Payment | None:
    """By the provider's own id of it."""
    row = await tx.fetchrow(BY_LINK, provider, link_id)
    return None if row is None else _payment(row)


async def unsettled_of(tx: Tx, booking_id: UUID) -> Payment | None:
    """The one attempt of a booking that isn't over, locked."""
    row = await tx.fetchrow(UNSETTLED_OF, booking_id)
    return None if row is None else _payment(row)


async def listing(tx: Tx, *, status: str | None = None, limit: int = 100) -> list[tuple[Payment, str]]:
    """The newest first, each with its booking's confirmation code."""
    rows = await tx.fetch(LISTING, status, limit)
    return [(_payment(row), row["confirmation_code"]) for row in rows]


async def made(
    tx: Tx, payment_id: UUID, *, link_id: str | None, url: str, expires_at: datetime | None
) -> bool:
    """The provider's answer. False: it has moved on already (a webhook was faster, the booking was cancelled)."""
    return await tx.fetchval(MADE, payment_id, link_id, url, expires_at) is not None


async def name_link(tx: Tx, payment_id: UUID, link_id: str) -> None:
    """A report names a link whose making was never answered."""
    await tx.execute(NAME_LINK, payment_id, link_id)


async def move_on(
    tx: Tx, payment_id: UUID, status: Status, *, paid_at: datetime | None = None, by: str = ""
) -> None:
    """`paid_at` and `by` belong to `paid`. The table refuses an illegal step."""
    await tx.execute(MOVE_ON, payment_id, status, paid_at, by)


async def show_on_booking(tx: Tx, booking_id: UUID, url: str) -> None:
    """The booking waits for its payment at this address."""
    await tx.execute(SET_BOOKING_LINK, booking_id, url)


async def unpaid_on_booking(tx: Tx, booking_id: UUID, status: Literal["expired", "at_business"]) -> None:
    """Nothing can be paid at an address any more. at_business: nor will there be another one."""
    await tx.execute(SET_BOOKING_UNPAID, booking_id, status)


async def paid_on_booking(
    tx: Tx, booking_id: UUID, status: Literal["paid", "deposit_paid"], *, paid_at: datetime
) -> bool:
    """False: it was paid before."""
    return await tx.fetchval(SET_BOOKING_PAID, booking_id, status, paid_at) is not None


async def plan(
    tx: Tx,
    after_effect_id: UUID,
    kind: Literal["create_link", "expire_link", "poll_payment"],
    booking_id: UUID,
    request: dict[str, Any],
    *,
    key: str,
    delay_seconds: float = 0,
) -> None:
    """A call of its own after the one that made it necessary; once per key."""
    await plan_after(
        tx,
        after_effect_id,
        kind=kind,
        key=key,
        request=request,
        booking_id=booking_id,
        delay_seconds=delay_seconds,
    )


async def stop_asking(tx: Tx, payment: Payment) -> None:
    """What became of it is known."""
    await tx.execute(STOP_ASKING, payment.booking_id, str(payment.id))


async def event_known(tx: Tx, provider: str, event_id: str) -> bool:
    return bool(await tx.fetchval(EVENT_KNOWN, provider, event_id))


async def note_event(
    tx: Tx,
    *,
    provider: str,
    event_id: str,
    kind: str,
    payment_id: UUID | None,
    link_id: str,
    amount_minor: int | None,
    currency: str,
    outcome: str,
) -> bool:
    """False: it was noted before."""
    noted = await tx.fetchval(
        NOTE_EVENT, provider, event_id, kind, payment_id, link_id, amount_minor, currency, outcome
    )
    return noted is not None


async def find_account(connection: Tx | Pool, provider: str, account_key: str) -> PaymentAccountRow | None:
    """The enabled account of any workspace that a webhook names."""
    row = await connection.fetchrow(FIND_ACCOUNT, provider, account_key)
    return None if row is None else PaymentAccountRow(**dict(row))


async def account_of(tx: Tx, provider: str) -> PaymentAccountRow | None:
    """The workspace's enabled account."""
    row = await tx.fetchrow(ACCOUNT_OF, provider)
    return None if row is None else PaymentAccountRow(**dict(row))


async def put_account(
    tx: Tx, *, provider: str, account_key: str, live: bool, signed: bool, api_base_url: str, secrets: bytes
) -> str:
    """Makes the workspace's account, or changes its secrets. The key of its webhook address, which stays."""
    return str(
        await tx.fetchval(PUT_ACCOUNT, new_id(), provider, account_key, live, signed, api_base_url, secrets)
    )


async def switch_off(tx: Tx, provider: str) -> bool:
    """False: there was none, or it was off."""
    return await tx.fetchval(SWITCH_OFF, provider) is not None
