"""The console's overview: what happened since a moment, what waits for a person, and how far talks got."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from db.tx import Tx

# Counted from the small, fresh end of each table's (workspace_id, created_at) index.
SINCE = """
SELECT
  (SELECT count(*) FROM conversations WHERE workspace_id = current_workspace() AND created_at >= $1) AS conversations,
  (SELECT count(*) FROM messages WHERE workspace_id = current_workspace() AND created_at >= $1
     AND direction = 'in') AS messages_in,
  (SELECT count(*) FROM messages WHERE workspace_id = current_workspace() AND created_at >= $1
     AND direction = 'out') AS messages_out,
  (SELECT count(*) FROM leads WHERE workspace_id = current_workspace() AND created_at >= $1) AS leads,
  (SELECT count(*) FROM bookings WHERE workspace_id = current_workspace() AND created_at >= $1
     AND confirmed_at IS NOT NULL AND status <> 'cancelled') AS bookings,
  (SELECT count(*) FROM handoffs WHERE workspace_id = current_workspace() AND created_at >= $1) AS handoffs
"""
WAITING = """
SELECT
  (SELECT count(*) FROM escalations WHERE workspace_id = current_workspace() AND status = 'open') AS escalations,
  (SELECT count(*) FROM escalations WHERE workspace_id = current_workspace() AND status = 'open'
     AND cause IN ('crisis', 'emergency')) AS urgent,
  (SELECT count(*) FROM conversations WHERE workspace_id = current_workspace() AND status = 'human') AS with_people,
  (SELECT count(*) FROM operator_errors WHERE workspace_id = current_workspace() AND resolved_at IS NULL) AS errors,
  (SELECT count(*) FROM effects WHERE workspace_id = current_workspace() AND status = 'needs_operator'
     AND kind IN ('place_order', 'cancel_order', 'change_order')) AS decisions
"""
# One group of talks, all begun since $1: each step counts those of them that got there.
FUNNEL = """
WITH talks AS (
  SELECT id FROM conversations WHERE workspace_id = current_workspace() AND created_at >= $1
), won AS (
  SELECT conversation_id AS id, bool_or(status = 'completed') AS completed FROM bookings
  WHERE workspace_id = current_workspace() AND created_at >= $1 AND confirmed_at IS NOT NULL
  GROUP BY conversation_id
), sent_on AS (
  SELECT conversation_id AS id, bool_or(status = 'completed_external') AS completed FROM handoffs
  WHERE workspace_id = current_workspace() AND created_at >= $1
    AND (redirected_at IS NOT NULL OR status = 'completed_external')
  GROUP BY conversation_id
)
SELECT
  (SELECT count(*) FROM talks) AS conversations,
  (SELECT count(*) FROM talks WHERE id IN (
     SELECT conversation_id FROM leads WHERE workspace_id = current_workspace() AND created_at >= $1)) AS leads,
  (SELECT count(*) FROM talks WHERE id IN (
     SELECT conversation_id FROM booking_intents
     WHERE workspace_id = current_workspace() AND created_at >= $1)) AS intents,
  ended.booked, ended.redirected, ended.completed
FROM (
  SELECT count(*) FILTER (WHERE won.id IS NOT NULL) AS booked,
         count(*) FILTER (WHERE won.id IS NULL) AS redirected,
         count(*) FILTER (WHERE won.completed OR sent_on.completed) AS completed
  FROM won FULL JOIN sent_on USING (id) JOIN talks USING (id)
) AS ended
"""
# Where talks stopped: begun since $1, quiet for an hour at $2 or closed, neither booked nor sent on.
STOPPED = """
SELECT c.state_name, count(*) FILTER (WHERE c.language = 'ar') AS arabic,
       count(*) FILTER (WHERE c.language <> 'ar') AS english
FROM conversations c
WHERE c.workspace_id = current_workspace() AND c.created_at >= $1
  AND (c.status = 'closed' OR c.last_inbound_at < $2::timestamptz - interval '1 hour')
  AND NOT EXISTS (SELECT FROM bookings b WHERE b.workspace_id = c.workspace_id AND b.conversation_id = c.id
                  AND b.confirmed_at IS NOT NULL)
  AND NOT EXISTS (SELECT FROM handoffs h WHERE h.workspace_id = c.workspace_id AND h.conversation_id = c.id
                  AND h.redirected_at IS NOT NULL)
GROUP BY c.state_name ORDER BY count(*) DESC, c.state_name LIMIT 12
"""
# Times that could not be had and for which no other was taken, so far or for good.
FULL = """
SELECT extract(isodow FROM (state #>> '{wish,day}')::date)::integer AS weekday,
       left(state #>> '{wish,at}', 2)::integer AS hour, count(*) AS talks
FROM conversations
WHERE workspace_id = current_workspace() AND created_at >= $1
  AND state #>> '{wish,refused}' = 'true' AND state #>> '{wish,day}' IS NOT NULL
GROUP BY 1, 2 ORDER BY talks DESC, 1, 2 LIMIT 8
"""
# Per day of the workspace's zone ($2).
DAYS = """
SELECT day, sum(conversations)::integer AS conversations, sum(booked)::integer AS booked,
       sum(sent_on)::integer AS sent_on
FROM (
  SELECT (created_at AT TIME ZONE $2)::date AS day, count(*) AS conversations, 0 AS booked, 0 AS sent_on
  FROM conversations WHERE workspace_id = current_workspace() AND created_at >= $1 GROUP BY 1
  UNION ALL
  SELECT (created_at AT TIME ZONE $2)::date, 0, count(*), 0 FROM bookings
  WHERE workspace_id = current_workspace() AND created_at >= $1 AND confirmed_at IS NOT NULL GROUP BY 1
  UNION ALL
  SELECT (created_at AT TIME ZONE $2)::date, 0, 0, count(*) FROM handoffs
  WHERE workspace_id = current_workspace() AND created_at >= $1 AND redirected_at IS NOT NULL GROUP BY 1
) AS counted GROUP BY day ORDER BY day
"""
VERSION = """
SELECT concat_ws('/',
  (SELECT max(created_at) FROM messages WHERE workspace_id = current_workspace()),
  (SELECT max(created_at) FROM bookings WHERE workspace_id = current_workspace()),
  (SELECT count(*) FROM escalations WHERE workspace_id = current_workspace() AND status = 'open'),
  (SELECT count(*) FROM conversations WHERE workspace_id = current_workspace() AND status = 'human'),
  (SELECT count(*) FROM handoffs WHERE workspace_id = current_workspace() AND status = 'redirected'),
  (SELECT max(last_at) FROM operator_errors WHERE workspace_id = current_workspace()))
"""


@dataclass(frozen=True, slots=True)
class Since:
    """Made since the moment. bookings: confirmed ones that stand."""

    conversations: int
    messages_in: int
    messages_out: int
    leads: int
    bookings: int
    handoffs: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a person should look at now. decisions: orders whose outcome nobody knows."""

    escalations: int
    urgent: int
    with_people: int
    errors: int
    decisions: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """Talks begun since the moment, and how many of them came so far. redirected: to the business's own page."""

    conversations: int
    leads: int
    intents: int
    booked: int
    redirected: int
    completed: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """How many talks were left standing at this state, by language."""

    state_name: str
    arabic: int
    english: int


@dataclass(frozen=True, slots=True)
class Full:
    """How many talks asked for it. weekday: 1 is Monday; hour: of the day, None: any time of it."""

    weekday: int
    hour: int | None
    talks: int


@dataclass(frozen=True, slots=True)
class Day:
    """Of one date in the workspace's zone. booked: made and confirmed; sent_on: led to the booking page."""

    day: date
    conversations: int
    booked: int
    sent_on: int


async def since(tx: Tx, moment: datetime) -> Since:
    return Since(**dict(await tx.fetchrow(SINCE, moment) or {}))


async def waiting(tx: Tx) -> Waiting:
    return Waiting(**dict(await tx.fetchrow(WAITING) or {}))


async def funnel(tx: Tx, moment: datetime) -> Funnel:
    return Funnel(**dict(await tx.fetchrow(FUNNEL, moment) or {}))


async def stopped(tx: Tx, moment: datetime, at: datetime) -> list[Stopped]:
    """The most frequent first. at: an hour before it somebody wrote last, or longer ago."""
    return [Stopped(**dict(row)) for row in await tx.fetch(STOPPED, moment, at)]


async def full(tx: Tx, moment: datetime) -> list[Full]:
    """The most wanted first."""
    return [Full(**dict(row)) for row in await tx.fetch(FULL, moment)]


async def days(tx: Tx, moment: datetime, zone: str) -> list[Day]:
    """Days on which anything happened, in order. zone: the workspace's, by its IANA name."""
    return [Day(**dict(row)) for row in await tx.fetch(DAYS, moment, zone)]


async def version(tx: Tx) -> str:
    """Differs when the overview's numbers may."""
    return str(await tx.fetchval(VERSION))
