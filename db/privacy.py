"""Everything that is held of one customer: where it stands, handing it out, and erasing it.

HELD names every table that holds something of a person; a test enumerates all tenant tables, so that a new one is
either here or among those that hold nothing of a customer's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from db.ids import new_id
from db.tx import Tx

_TALKS = "SELECT id FROM conversations WHERE workspace_id = current_workspace() AND customer_id = $1"
_BOOKED = "SELECT id FROM bookings WHERE workspace_id = current_workspace() AND customer_id = $1"
_SENT_ON = "SELECT id FROM handoffs WHERE workspace_id = current_workspace() AND customer_id = $1"
_CALLED = f"SELECT id FROM effects WHERE conversation_id IN ({_TALKS}) OR booking_id IN ({_BOOKED})"  # noqa: S608
_PAID = f"SELECT id FROM payments WHERE workspace_id = current_workspace() AND booking_id IN ({_BOOKED})"  # noqa: S608
_MAILS = """
SELECT lower(email) FROM customers WHERE id = $1 AND email IS NOT NULL
UNION SELECT lower(customer_email) FROM bookings
      WHERE workspace_id = current_workspace() AND customer_id = $1 AND customer_email <> ''
UNION SELECT lower(customer_email) FROM handoffs
      WHERE workspace_id = current_workspace() AND customer_id = $1 AND customer_email <> ''
UNION SELECT lower(email) FROM leads
      WHERE workspace_id = current_workspace() AND customer_id = $1 AND email IS NOT NULL
"""
HELD: dict[str, str] = {
    "customers": "t.id = $1",
    "customer_identities": "t.customer_id = $1",
    "consents": "t.customer_id = $1",
    "conversations": "t.customer_id = $1",
    "messages": f"t.conversation_id IN ({_TALKS})",
    "inbox": f"t.conversation_id IN ({_TALKS})",
    "leads": "t.customer_id = $1",
    "booking_intents": "t.customer_id = $1",
    "bookings": "t.customer_id = $1",
    "booking_items": f"t.booking_id IN ({_BOOKED})",
    "booking_proofs": f"t.customer_id = $1 OR t.booking_id IN ({_BOOKED})",
    "payments": f"t.booking_id IN ({_BOOKED})",
    "payment_events": f"t.payment_id IN ({_PAID})",
    "handoffs": "t.customer_id = $1",
    "handoff_events": f"t.handoff_id IN ({_SENT_ON})",
    "external_completions": f"t.handoff_id IN ({_SENT_ON})",
    "escalations": "t.customer_id = $1",
    "effects": f"t.conversation_id IN ({_TALKS}) OR t.booking_id IN ({_BOOKED})",
    "llm_calls": f"t.conversation_id IN ({_TALKS})",
    "feedback": f"t.conversation_id IN ({_TALKS})",
    "magic_links": f"t.conversation_id IN ({_TALKS})",
    "mail_suppressions": f"t.address IN ({_MAILS})",
    "operator_errors": f"t.conversation_id IN ({_TALKS}) OR t.effect_id IN ({_CALLED})",
}
"""Table -> which of its rows (`t`) are of the customer $1."""

FIND = """
SELECT DISTINCT k.id, coalesce(k.name, k.profile_name, '') AS name, coalesce(k.phone, '') AS phone,
  coalesce(k.email, '') AS email, k.created_at,
  (SELECT count(*) FROM conversations c WHERE c.workspace_id = k.workspace_id AND c.customer_id = k.id) AS talks,
  (SELECT count(*) FROM bookings b WHERE b.workspace_id = k.workspace_id AND b.customer_id = k.id) AS bookings
FROM customers k
WHERE k.workspace_id = current_workspace() AND (
  k.id::text = lower($1) OR lower(k.email) = lower($1) OR k.phone = $1
  OR k.id IN (SELECT customer_id FROM customer_identities WHERE workspace_id = current_workspace() AND identity = $1)
  OR k.id IN (SELECT customer_id FROM bookings
              WHERE workspace_id = current_workspace() AND (customer_phone = $1 OR lower(customer_email) = lower($1)))
  OR k.id IN (SELECT customer_id FROM leads
              WHERE workspace_id = current_workspace() AND (phone = $1 OR lower(email) = lower($1)))
  OR k.id IN (SELECT customer_id FROM handoffs
              WHERE workspace_id = current_workspace() AND (customer_phone = $1 OR lower(customer_email) = lower($1))))
ORDER BY k.created_at, k.id
"""
WORDS = f"""
SELECT DISTINCT word FROM (
  SELECT identity AS word FROM customer_identities WHERE workspace_id = current_workspace() AND customer_id = $1
  UNION SELECT phone FROM customers WHERE id = $1
  UNION SELECT address FROM conversations WHERE workspace_id = current_workspace() AND customer_id = $1
  UNION SELECT customer_phone FROM bookings WHERE workspace_id = current_workspace() AND customer_id = $1
  UNION SELECT customer_phone FROM handoffs WHERE workspace_id = current_workspace() AND customer_id = $1
  UNION SELECT phone FROM leads WHERE workspace_id = current_workspace() AND customer_id = $1
  UNION {_MAILS.strip()}
) AS known WHERE word <> '' ORDER BY word
"""  # noqa: S608
ELSEWHERE = "SELECT kind, at, payload FROM webhooks_naming($1)"
LOCK_TALKS = """
SELECT id, lease_until > clock_timestamp() AS busy FROM conversations
WHERE workspace_id = current_workspace() AND customer_id = $1 ORDER BY id FOR UPDATE
"""
LOCK_CUSTOMER = "SELECT id FROM customers WHERE workspace_id = current_workspace() AND id = $1 FOR UPDATE"
OPEN_WORK = f"""
SELECT 'message' AS what, count(*) AS many FROM inbox
  WHERE conversation_id IN ({_TALKS}) AND status = 'waiting'
UNION ALL SELECT kind, count(*) FROM effects
  WHERE (conversation_id IN ({_TALKS}) OR booking_id IN ({_BOOKED})) AND kind NOT IN ('poll_payment')
    AND NOT provisional AND status IN ('pending', 'in_flight', 'unknown', 'needs_operator') GROUP BY kind
UNION ALL SELECT CASE WHEN needs_operator THEN 'undecided booking' ELSE 'order' END, count(*) FROM bookings
  WHERE workspace_id = current_workspace() AND customer_id = $1 AND (needs_operator OR status = 'pending_provider')
  GROUP BY 1
UNION ALL SELECT 'visit to come', count(*) FROM bookings
  WHERE workspace_id = current_workspace() AND customer_id = $1 AND status = 'confirmed' AND ends_at > now()
UNION ALL SELECT 'payment', count(*) FROM payments
  WHERE id IN ({_PAID}) AND status IN ('creating', 'open', 'processing', 'review')
"""  # noqa: S608

_TOMBSTONES = f"""
INSERT INTO erased_messages (workspace_id, message_hash)
SELECT workspace_id, message_hash(source, account, external_id) FROM inbox
WHERE conversation_id IN ({_TALKS}) AND kind = 'customer_message' AND received_at > now() - interval '30 days'
ON CONFLICT DO NOTHING
"""  # noqa: S608
_KEEP_OPT_OUT = """
INSERT INTO erased_opt_outs (workspace_id, address_hash, opted_out_at)
SELECT DISTINCT k.workspace_id, address_hash(k.workspace_id, i.identity), k.opted_out_at
FROM customers k JOIN customer_identities i ON i.workspace_id = k.workspace_id AND i.customer_id = k.id
WHERE k.id = $1 AND k.opted_out_at IS NOT NULL
ON CONFLICT DO NOTHING
"""
_ERASE_ERRORS = f"""
DELETE FROM operator_errors
WHERE workspace_id = current_workspace() AND (conversation_id IN ({_TALKS}) OR effect_id IN ({_CALLED}))
"""  # noqa: S608
_HASH_SUPPRESSED = f"""
WITH theirs AS (
  DELETE FROM mail_suppressions WHERE workspace_id = current_workspace() AND address IN ({_MAILS})
  RETURNING workspace_id, address, reason, at
)
INSERT INTO mail_suppressions (workspace_id, address, reason, at)
SELECT workspace_id, 'sha256:' || address_hash(workspace_id, address), reason, at FROM theirs
ON CONFLICT DO NOTHING
"""  # noqa: S608
_ERASE_PROOFS = f"""
DELETE FROM booking_proofs
WHERE workspace_id = current_workspace() AND (customer_id = $1 OR booking_id IN ({_BOOKED}))
"""  # noqa: S608
_EMPTY_PAYMENTS = f"UPDATE payments SET request = '{{}}', url = NULL WHERE id IN ({_PAID})"  # noqa: S608
_ERASE_HANDOFFS = "DELETE FROM handoffs WHERE workspace_id = current_workspace() AND customer_id = $1"
_ERASE_ESCALATIONS = "DELETE FROM escalations WHERE workspace_id = current_workspace() AND customer_id = $1"
_ERASE_LEADS = "DELETE FROM leads WHERE workspace_id = current_workspace() AND customer_id = $1"
_ERASE_CONSENTS = "DELETE FROM consents WHERE workspace_id = current_workspace() AND customer_id = $1"
_EMPTY_LLM_CALLS = f"""
UPDATE llm_calls SET conversation_id = NULL, detail = '', request_id = ''
WHERE workspace_id = current_workspace() AND conversation_id IN ({_TALKS})
"""  # noqa: S608
_EMPTY_FEEDBACK = f"""
UPDATE feedback SET comment = NULL WHERE workspace_id = current_workspace() AND conversation_id IN ({_TALKS})
"""  # noqa: S608
_ERASE_LINKS = f"""
DELETE FROM magic_links WHERE workspace_id = current_workspace() AND conversation_id IN ({_TALKS})
"""  # noqa: S608
_ERASE_MESSAGES = f"DELETE FROM messages WHERE conversation_id IN ({_TALKS})"  # noqa: S608
_ERASE_INBOX = f"DELETE FROM inbox WHERE conversation_id IN ({_TALKS})"  # noqa: S608
# What was done for his bookings in another's talk stays that one's; what it said of him goes.
_EMPTY_CALLS = f"""
UPDATE effects SET request = '{{}}', result = CASE WHEN result IS NOT NULL THEN '{{}}'::jsonb END, error_detail = NULL
WHERE booking_id IN ({_BOOKED})
"""  # noqa: S608
_ERASE: dict[str, str] = {
    "operator_errors": _ERASE_ERRORS,
    "mail_suppressions": _HASH_SUPPRESSED,
    "booking_proofs": _ERASE_PROOFS,
    "payments": _EMPTY_PAYMENTS,
    "handoffs": _ERASE_HANDOFFS,
    "escalations": _ERASE_ESCALATIONS,
    "leads": _ERASE_LEADS,
    "consents": _ERASE_CONSENTS,
    "llm_calls": _EMPTY_LLM_CALLS,
    "feedback": _EMPTY_FEEDBACK,
    "magic_links": _ERASE_LINKS,
    "messages": _ERASE_MESSAGES,
    "inbox": _ERASE_INBOX,
    "effects": _EMPTY_CALLS,
}
"""In this order. What hangs on a row goes with it: calls with their messages, a timeline with its handoff."""
_MAKE_NOBODY = """
INSERT INTO customers (id, workspace_id, created_at)
SELECT $2, workspace_id, created_at FROM customers
WHERE id = $1 AND EXISTS (SELECT FROM bookings WHERE workspace_id = current_workspace() AND customer_id = $1)
"""
_ERASE_WISHES = """
DELETE FROM booking_intents i WHERE i.workspace_id = current_workspace() AND i.customer_id = $1
  AND NOT EXISTS (SELECT FROM bookings b WHERE b.workspace_id = i.workspace_id AND b.intent_id = i.id)
"""
_EMPTY_WISHES = """
UPDATE booking_intents SET customer_id = $2, notes = NULL, requested_time = NULL, external_url = NULL,
  summary_version = NULL
WHERE workspace_id = current_workspace() AND customer_id = $1
"""
_EMPTY_TALKS = """
UPDATE conversations SET state = NULL, address = 'erased', erased_at = now(), customer_id = $2,
  status = 'closed', closed_at = coalesce(closed_at, now()), human_since = NULL
WHERE workspace_id = current_workspace() AND customer_id = $1 AND id IN (
  SELECT conversation_id FROM bookings WHERE workspace_id = current_workspace() AND customer_id = $1)
"""
_EMPTY_BOOKINGS = """
UPDATE bookings SET customer_id = $2, customer_name = 'erased', customer_phone = '', customer_email = '',
  payment_url = NULL, cancel_reason = NULL
WHERE workspace_id = current_workspace() AND customer_id = $1
"""
_DROP_CUSTOMER = "DELETE FROM customers WHERE workspace_id = current_workspace() AND id = $1"
_ERASE_ELSEWHERE = "SELECT erase_webhooks_naming($1)"


class StillOpen(RuntimeError):
    """Something is under way for this customer; `work` says what, and how often."""

    def __init__(self, work: dict[str, int]) -> None:
        super().__init__(", ".join(f"{many} {what}" for what, many in work.items()))
        self.work = work


@dataclass(frozen=True, slots=True)
class CustomerRow:
    id: UUID
    name: str
    phone: str
    email: str
    created_at: datetime
    talks: int
    bookings: int


@dataclass(frozen=True, slots=True)
class Erased:
    """What went: rows per table, and bookings that stay as figures."""

    rows: dict[str, int] = field(default_factory=dict)
    bookings_kept: int = 0


async def find(tx: Tx, who: str) -> list[CustomerRow]:
    """Customers with this id, number (E.164), channel id or e-mail address, also where they only gave it."""
    return [CustomerRow(**dict(row)) for row in await tx.fetch(FIND, who.strip())]


async def everything(tx: Tx, customer_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """All rows that hold something of this customer, per table, column for column."""
    held: dict[str, list[dict[str, Any]]] = {}
    for table, condition in HELD.items():
        held[table] = await tx.fetchval(
            f"SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]') FROM {table} t "  # noqa: S608 (names of this file)
            f"WHERE t.workspace_id = current_workspace() AND ({condition})",
            customer_id,
        )
    named = await tx.fetch(ELSEWHERE, await _words(tx, customer_id))
    for row in named:
        held.setdefault(row["kind"], []).append({"at": row["at"].isoformat(), "payload": row["payload"]})
    return held


async def open_work(tx: Tx, customer_id: UUID) -> dict[str, int]:
    """What is under way or waits for a person, by kind. Empty: he may be erased."""
    return {row["what"]: row["many"] for row in await tx.fetch(OPEN_WORK, customer_id) if row["many"]}


async def erase(tx: Tx, customer_id: UUID) -> Erased:
    """Erases the customer, all or nothing. Raises StillOpen, or LookupError if there is no such customer.

    What the business must keep stays without the person: a booking's times and prices, payments, what models cost.
    Hashes stay of what would otherwise come back: his last messages (30 days), an opt-out, an address that takes no
    mail.
    """
    talks = await tx.fetch(LOCK_TALKS, customer_id)
    if await tx.fetchval(LOCK_CUSTOMER, customer_id) is None:
        raise LookupError(f"no customer {customer_id}")
    work = await open_work(tx, customer_id)
    if busy := sum(bool(talk["busy"]) for talk in talks):
        work["turn"] = busy
    if work:
        raise StillOpen(work)
    words = await _words(tx, customer_id)
    await tx.execute(_TOMBSTONES, customer_id)
    await tx.execute(_KEEP_OPT_OUT, customer_id)
    rows = {table: _count(await tx.execute(statement, customer_id)) for table, statement in _ERASE.items()}
    kept = await _keep_figures(tx, customer_id)
    rows["customers"] = _count(await tx.execute(_DROP_CUSTOMER, customer_id))
    rows["webhooks"] = await tx.fetchval(_ERASE_ELSEWHERE, words)
    return Erased({table: count for table, count in rows.items() if count}, kept)


async def _keep_figures(tx: Tx, customer_id: UUID) -> int:
    """A booking stays as what was booked, when, for how much, paid or not. Returns how many.

    They hang on a new customer who is nobody: a message that is just arriving for the old one finds nothing to hang on
    to, is refused, and comes again as somebody new.
    """
    nobody = new_id()
    if not _count(await tx.execute(_MAKE_NOBODY, customer_id, nobody)):
        return 0
    await tx.execute(_ERASE_WISHES, customer_id)
    await tx.execute(_EMPTY_WISHES, customer_id, nobody)
    await tx.execute(_EMPTY_TALKS, customer_id, nobody)
    return _count(await tx.execute(_EMPTY_BOOKINGS, customer_id, nobody))


async def _words(tx: Tx, customer_id: UUID) -> Sequence[str]:
    """What names him in a webhook that nobody could route. Numbers without the plus, as channels write them."""
    words = [row["word"].lstrip("+") for row in await tx.fetch(WORDS, customer_id)]
    return [word for word in words if len(word) >= 6]  # a shorter one would be found in anything


def _count(tag: str) -> int:
    return int(tag.rpartition(" ")[2])
