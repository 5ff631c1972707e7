"""What bookings take: messages, language models, payments, and what they cost by the business's own prices.

No carrier and no payment page tells its price with a message or a payment, so a business sets them (`costs` of its
settings); what isn't set isn't known, and no number is made up for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from db.tx import Tx

BILLED = {"whatsapp": "whatsapp_message_micros", "twilio": "sms_message_micros"}
"""Channels whose messages cost something, and the setting that says what."""

# A payment is one of our links, of the mode that the business is in (a test payment costs nothing), or an order that
# was paid at the booking system. Each one's share is rounded to the nearest minor unit, as it is charged.
SPENT = """
WITH here AS MATERIALIZED (
  SELECT settings ->> 'currency' AS currency, coalesce((settings #>> '{payment,live}')::boolean, false) AS live,
         (settings #>> '{costs,payment_basis_points}')::bigint AS share,
         (settings #>> '{costs,payment_fixed_minor}')::bigint AS fixed, coalesce(settings -> 'costs', '{}') AS costs
  FROM workspaces WHERE id = current_workspace()
), paid AS MATERIALIZED (
  SELECT p.amount_minor AS minor, p.currency FROM payments p, here
  WHERE p.workspace_id = current_workspace() AND p.status = 'paid' AND p.paid_at >= $1 AND p.live = here.live
  UNION ALL
  SELECT b.total_minor, b.currency FROM bookings b
  WHERE b.workspace_id = current_workspace() AND b.paid_at >= $1
    AND NOT EXISTS (SELECT FROM payments p WHERE p.workspace_id = b.workspace_id AND p.booking_id = b.id)
)
SELECT
  (SELECT count(*) FROM messages WHERE workspace_id = current_workspace() AND created_at >= $1) AS messages,
  asked.calls AS model_calls, asked.nanos AS model_nanos,
  sums.payments, sums.paid_minor, sums.foreign_payments,
  CASE WHEN here.share IS NOT NULL OR here.fixed IS NOT NULL THEN sums.cost END AS payment_cost_minor,
  here.costs, ARRAY(SELECT DISTINCT channel FROM channel_accounts WHERE workspace_id = current_workspace()
                    ORDER BY channel) AS channels
FROM here,
  LATERAL (
    SELECT count(*) FILTER (WHERE paid.currency = here.currency) AS payments,
           coalesce(sum(minor) FILTER (WHERE paid.currency = here.currency), 0)::bigint AS paid_minor,
           count(*) FILTER (WHERE paid.currency <> here.currency) AS foreign_payments,
           coalesce(sum(coalesce(here.fixed, 0) + (minor * coalesce(here.share, 0) + 5000) / 10000)
                    FILTER (WHERE paid.currency = here.currency), 0)::bigint AS cost
    FROM paid) AS sums,
  (SELECT count(*) AS calls, coalesce(sum(cost_nanos), 0)::bigint AS nanos FROM llm_calls
   WHERE workspace_id = current_workspace() AND created_at >= $1) AS asked
"""
# Only what was taken over by the channel: what was blocked, waits or failed is not charged. Counted per talk first,
# so that the talks are looked up once each and not once per message.
LEFT = """
SELECT a.channel, sum(t.messages)::bigint AS messages
FROM (
  SELECT conversation_id, count(*) AS messages FROM messages
  WHERE workspace_id = current_workspace() AND created_at >= $1 AND direction = 'out'
    AND delivery_status IN ('accepted', 'sent', 'delivered', 'read')
  GROUP BY conversation_id
) AS t
JOIN conversations c ON c.workspace_id = current_workspace() AND c.id = t.conversation_id
JOIN channel_accounts a ON a.workspace_id = c.workspace_id AND a.id = c.channel_account_id
WHERE a.channel = ANY($2)
GROUP BY a.channel
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """Since a moment. Dollars in billionths; None: not known, because the business didn't say what one costs.

    messages: in and out. billed, unpriced: channels of the business that cost something, and those of them without a
    price. payments: paid ones in the business's currency; foreign_payments: in others, in no sum here.
    """

    messages: int
    billed: tuple[str, ...]
    unpriced: tuple[str, ...]
    message_nanos: int | None
    model_calls: int
    model_nanos: int
    payments: int
    paid_minor: int
    foreign_payments: int
    payment_cost_minor: int | None


async def spent(tx: Tx, moment: datetime) -> Spent:
    """Raises LookupError where no workspace is set."""
    row = await tx.fetchrow(SPENT, moment)
    if row is None:
        raise LookupError("no such workspace")
    columns = dict(row)
    costs, channels = columns.pop("costs"), columns.pop("channels")
    billed = tuple(one for one in channels if one in BILLED)
    prices = {one: micros for one in billed if (micros := costs.get(BILLED[one])) is not None}
    nanos = None if billed else 0
    if prices:
        nanos = sum(
            left["messages"] * prices[left["channel"]] * 1000
            for left in await tx.fetch(LEFT, moment, list(prices))
        )
    return Spent(
        **columns,
        billed=billed,
        unpriced=tuple(one for one in billed if one not in prices),
        message_nanos=nanos,
    )
