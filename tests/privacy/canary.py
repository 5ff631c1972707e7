"""A person who left a trace in every table that can hold one, and looking for her everywhere."""

from __future__ import annotations

import asyncpg

from db.ids import new_id
from db.privacy import HELD
from db.tx import Pool

PHONE = "+96550000987"
MAIL = "zquill@example.com"
WORD = "Zquill"
TRACES = ("zquill", "50000987")
"""What of her is looked for, in lower case."""

ROWS = {
    "customers": "id, workspace_id, name, profile_name, phone, email, opted_out_at) VALUES"
    " (:customer, :w, ':word', ':word', ':phone', ':mail', now()",
    "customer_identities": "workspace_id, channel, identity, customer_id) VALUES (:w, 'phone', ':phone', :customer",
    "consents": "id, workspace_id, customer_id, channel, kind, words) VALUES"
    " (:id, :w, :customer, 'whatsapp', 'opted_out', 'stop, says :word'",
    "conversations": "id, workspace_id, bot_id, channel_account_id, customer_id, address, state) VALUES"
    " (:talk, :w, :bot, :account, :customer, ':phone', '{\"wish\": \":word\"}'",
    "inbox": "workspace_id, conversation_id, source, account, external_id, kind, payload, status, done_at, last_error)"
    " VALUES (:w, :talk, 'web', 'key', 'from :phone', 'customer_message', '{\"text\": \":word\"}', 'done',"
    " now(), ':word'",
    "messages": "id, workspace_id, conversation_id, seq, direction, body, payload, turn, trace, delivery_error) VALUES"
    " (:message, :w, :talk, 1, 'out', 'Hello :word', '{\"bodies\": [\":word\"]}', 1, '[\":word\"]', ':word'",
    "leads": "id, workspace_id, bot_id, conversation_id, customer_id, name, phone, email, service, preferred_time,"
    " notes) VALUES (:id, :w, :bot, :talk, :customer, ':word', ':phone', ':mail', ':word', ':word', ':word'",
    "booking_intents": "id, workspace_id, bot_id, conversation_id, customer_id, booking_type, requested_time, notes)"
    " VALUES (:intent, :w, :bot, :talk, :customer, 'SERVICE_BOOKING', 'after :word', ':word'",
    "bookings": "id, workspace_id, conversation_id, customer_id, intent_id, location_id, status, confirmation_code,"
    " customer_name, customer_phone, customer_email, currency, total_minor, starts_at, ends_at, confirmed_at,"
    " cancelled_at, cancel_reason, payment_url, provider_order_id, payment_status, paid_at) VALUES"
    " (:booking, :w, :talk, :customer, :intent, :id, 'cancelled', 'ABCDEF', ':word', ':phone', ':mail', 'KWD', 12500,"
    " now() - interval '2 days', now() - interval '47 hours', now(), now(), ':word', 'https://pay.example/:word',"
    " 'order-7', 'paid', now()",
    "booking_items": "id, workspace_id, booking_id, position, service_id, service_name, staff_id, starts_at, ends_at,"
    " price_minor, active) VALUES (:id, :w, :booking, 0, :id, 'Gel Manicure', :id, now() - interval '2 days',"
    " now() - interval '47 hours', 12500, false",
    "booking_proofs": "id, workspace_id, conversation_id, customer_id, code, booking_id) VALUES"
    " (:id, :w, :talk, :customer, 'ABCDEF', :booking",
    "payments": "id, workspace_id, conversation_id, booking_id, effect_id, attempt, provider, live, status, purpose,"
    " amount_minor, currency, request, link_id, url, paid_at, paid_by, settled_at) VALUES"
    " (:payment, :w, :talk, :booking, :id, 1, 'stripe', false, 'paid', 'full', 12500, 'KWD', '{\"email\": \":mail\"}',"
    " 'cs_1', 'https://pay.example/:word', now(), 'webhook', now()",
    "payment_events": "workspace_id, provider, event_id, kind, payment_id, outcome) VALUES"
    " (:w, 'stripe', 'evt_1', 'completed', :payment, 'paid'",
    "handoffs": "id, token, workspace_id, bot_id, conversation_id, customer_id, intent_id, page, booking_url, url_used,"
    " customer_name, customer_phone, customer_email, service, preferred_time, notes, metadata) VALUES"
    " (:handoff, 'abcdefghijkl', :w, :bot, :talk, :customer, :intent, 'square', 'https://book.example/',"
    " 'https://book.example/?name=:word', ':word', ':phone', ':mail', ':word', ':word', ':word',"
    ' \'{"who": ":word"}\'',
    "handoff_events": "id, workspace_id, handoff_id, kind, made_by, detail) VALUES"
    " (:id, :w, :handoff, 'note', 'Mona', 'called :word'",
    "external_completions": "workspace_id, page, booking_id, outcome, handoff_id) VALUES"
    " (:w, 'square', 'b-1', 'booked', :handoff",
    "escalations": "id, workspace_id, conversation_id, customer_id, status, cause, summary, turn, closed_at,"
    " closed_by) VALUES (:id, :w, :talk, :customer, 'resolved', 'asked', ':word wants :word', 1, now(), 'Mona'",
    "effects": "id, workspace_id, conversation_id, inbox_id, ordinal, kind, status, idempotency_key, request,"
    " booking_id, message_id, result, error_detail, settled_at) SELECT :effect, :w, :talk, max(id), 0, 'place_order',"
    " 'done', 'key-of-effect', '{\"name\": \":word\"}', :booking, :message, '{\"to\": \":word\"}', ':word',"
    " now() FROM inbox"
    " WHERE (true",
    "llm_calls": "id, workspace_id, conversation_id, purpose, provider, model, outcome, latency_ms, cost_nanos, detail)"
    " VALUES (:id, :w, :talk, 'understand', 'openai', 'small', 'ok', 5, 7, 'about :word'",
    "feedback": "id, workspace_id, conversation_id, thumb, comment, source) VALUES"
    " (:id, :w, :talk, 'up', 'thanks, :word', 'widget'",
    "magic_links": "id, workspace_id, conversation_id, jti_hash, made_by, expires_at) VALUES"
    " (:id, :w, :talk, sha256('a'), ':word', now() + interval '1 day'",
    "mail_suppressions": "workspace_id, address, reason) VALUES (:w, ':mail', 'undeliverable'",
    "operator_errors": "id, workspace_id, kind, fingerprint, summary, details, conversation_id) VALUES"
    " (:id, :w, 'send_failed', ':phone', 'to :word', '{\"to\": \":word\"}', :talk",
}
"""Table -> the rest of an INSERT that puts her there."""


async def leave_traces(world, *, booked: bool = True) -> dict[str, str]:
    """Puts her into every table; returns the ids by name. booked: with a booking that the business keeps."""
    names = ("customer", "talk", "message", "intent", "booking", "payment", "handoff", "effect")
    ids = {name: str(new_id()) for name in names}
    fixed = {"w": world.workspace_id, "bot": world.bot_id, "account": world.account.id, **ids}
    of_booking = {"bookings", "booking_items", "booking_proofs", "payments", "payment_events"}
    async with world.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        for table, rest in ROWS.items():
            if table in of_booking and not booked:
                continue
            sql = f"INSERT INTO {table} ({rest})"
            for name, value in (
                ("word", WORD),
                ("phone", PHONE),
                ("mail", MAIL),
                ("id", None),
                *fixed.items(),
            ):
                for _ in range(sql.count(f":{name}")):
                    known = value if name in {"word", "phone", "mail"} else f"'{value or new_id()}'"
                    sql = sql.replace(f":{name}", str(known), 1)
            await connection.execute(sql)
        await connection.execute(
            "INSERT INTO unrouted_webhooks (id, channel, account_key, address, external_id, payload)"
            " VALUES ($1, 'whatsapp', 'gone', 'gone', 'x', $2)",
            new_id(),
            {"from": PHONE.lstrip("+"), "text": "hi"},
        )
    return ids


async def text_columns(pool: Pool) -> list[tuple[str, str]]:
    """Every column that can hold words, of every table with a workspace, and of webhooks that nobody could route."""
    rows = await pool.fetch(
        """
        SELECT c.table_name, c.column_name FROM information_schema.columns c
        JOIN pg_class t ON t.relname = c.table_name AND t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
        WHERE c.table_schema = 'public' AND c.data_type IN ('text', 'jsonb', 'ARRAY', 'character varying')
          AND (c.table_name IN ('unrouted_webhooks', 'recorded_webhooks') OR EXISTS (
            SELECT FROM information_schema.columns w
            WHERE w.table_schema = 'public' AND w.table_name = c.table_name AND w.column_name = 'workspace_id'))
        ORDER BY 1, 2
        """
    )
    return [(row["table_name"], row["column_name"]) for row in rows]


async def where_she_is(pool: Pool) -> set[tuple[str, str]]:
    """(table, column) of everything that still names her."""
    found = set()
    for table, column in await text_columns(pool):
        for trace in TRACES:
            if await pool.fetchval(
                f"SELECT EXISTS (SELECT FROM {table} WHERE strpos(lower({column}::text), $1) > 0)", trace
            ):
                found.add((table, column))
    return found


async def mark_everything(pool: Pool, ids: dict[str, str]) -> set[tuple[str, str]]:
    """Writes her name into every further column of her rows that will take it. Returns those that did."""
    marked = set()
    async with pool.acquire() as connection:
        for table, column in await text_columns(pool):
            if table not in HELD:
                continue
            kind = await connection.fetchval(
                "SELECT data_type FROM information_schema.columns WHERE table_schema = 'public'"
                " AND table_name = $1 AND column_name = $2",
                table,
                column,
            )
            value = {"jsonb": f'\'{{"x": "{WORD}"}}\'::jsonb', "ARRAY": f"ARRAY['{WORD}']"}.get(
                kind, f"'{WORD}'"
            )
            try:
                async with connection.transaction():
                    await connection.execute("SET LOCAL session_replication_role = replica")
                    await connection.execute(f"SET LOCAL frontdesk.workspace_id = '{ids['w']}'")
                    done = await connection.execute(
                        f"UPDATE {table} t SET {column} = {value} WHERE t.workspace_id = current_workspace()"
                        f" AND strpos(lower(coalesce(t.{column}::text, '')), 'zquill') = 0 AND ({HELD[table]})".replace(
                            "$1", f"'{ids['customer']}'"
                        )
                    )
            except asyncpg.IntegrityConstraintViolationError:
                continue  # a state or a figure: it takes no name
            except asyncpg.DataError:
                continue
            if done != "UPDATE 0":
                marked.add((table, column))
    return marked
