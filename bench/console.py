"""Pages of the console over a big business among fifty: 10,000 talks and leads, 100,000 messages."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import httpx
import uvloop
from aiohttp import web
from argon2 import PasswordHasher

from bench.receiver import quiet_gc
from bench.result import Result, across
from bench.world import WORKSPACE, World
from bot.console.app import Console
from bot.console.passwords import Passwords
from bot.console.ports import ConsolePorts
from bot.console.registry import sections
from bot.live import Unwatched
from db import accounts, users
from db.secrets import SecretBox
from db.tx import Pool, PoolLimits, open_pool
from db.users import Role
from workers.demo_env import free_port
from workers.resources import now

TALKS, ASKED, OTHERS = 10_000, 40, 49
_EMAIL, _PASSWORD = "bench@example.com", "four words in a row"
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

# Every talk has ten messages and a lead and asked a language model once; one in three is booked, one in ten sent on to
# a booking page. What messages and payments cost is counted only where the business said it, so this one did.
_STEPS = (
    """
    UPDATE workspaces SET settings = settings || '{"costs": {"payment_basis_points": 290, "payment_fixed_minor": 100,
      "whatsapp_message_micros": 12500, "sms_message_micros": 7900}}' WHERE id = $1 AND $2::integer > 0
    """,
    """
    INSERT INTO customers (id, workspace_id, name, phone, created_at)
    SELECT gen_random_uuid(), $1, 'Customer ' || n, '+9655' || lpad(n::text, 7, '0'), now() - n * interval '8 minutes'
    FROM generate_series(1, $2::integer) n
    """,
    """
    INSERT INTO conversations (id, workspace_id, bot_id, channel_account_id, customer_id, address, status, state_name,
                               language, turn, created_at, last_inbound_at, closed_at)
    SELECT gen_random_uuid(), c.workspace_id, a.bot_id, a.id, c.id, c.phone, 'closed', 'ask_time',
           CASE WHEN c.phone LIKE '%3' THEN 'ar' ELSE 'en' END, 5, c.created_at, c.created_at, c.created_at
    FROM customers c CROSS JOIN LATERAL (
      SELECT id, bot_id FROM channel_accounts WHERE workspace_id = c.workspace_id ORDER BY id LIMIT 1) a
    WHERE c.workspace_id = $1 AND c.name LIKE 'Customer %' AND $2::integer > 0
    """,
    """
    INSERT INTO messages (id, workspace_id, conversation_id, seq, direction, body, turn, delivery_status, created_at)
    SELECT gen_random_uuid(), c.workspace_id, c.id, n, CASE WHEN n % 2 = 1 THEN 'in' ELSE 'out' END,
           'Message ' || n || ' of a talk about a gel manicure tomorrow at five', n / 2,
           CASE WHEN n % 2 = 1 THEN 'received' ELSE 'read' END, c.created_at + n * interval '20 seconds'
    FROM conversations c CROSS JOIN generate_series(1, 10) n WHERE c.workspace_id = $1 AND $2::integer > 0
    """,
    """
    INSERT INTO leads (id, workspace_id, bot_id, conversation_id, customer_id, status, name, phone, service, source,
                       created_at)
    SELECT gen_random_uuid(), c.workspace_id, c.bot_id, c.id, c.customer_id, 'qualified', k.name, k.phone,
           'Gel Manicure', 'whatsapp', c.created_at
    FROM conversations c JOIN customers k ON k.id = c.customer_id WHERE c.workspace_id = $1 AND $2::integer > 0
    """,
    """
    INSERT INTO booking_intents (id, workspace_id, bot_id, conversation_id, customer_id, status, booking_type,
                                 created_at)
    SELECT gen_random_uuid(), workspace_id, bot_id, id, customer_id, 'confirmed', 'SERVICE_BOOKING', created_at
    FROM conversations WHERE workspace_id = $1 AND $2::integer > 0
    """,
    """
    INSERT INTO bookings (id, workspace_id, conversation_id, customer_id, intent_id, location_id, status,
                          confirmation_code, customer_name, customer_phone, currency, total_minor, starts_at, ends_at,
                          created_at, confirmed_at, payment_status, paid_at)
    SELECT gen_random_uuid(), $1, i.conversation_id, i.customer_id, i.id,
           (SELECT id FROM locations WHERE workspace_id = $1 LIMIT 1), 'completed',
           translate(lpad(upper(to_hex(i.n)), 6, 'H'), '01', 'JK'), 'Customer', '+96550000000', 'KWD', 12500,
           i.created_at + interval '1 day', i.created_at + interval '25 hours', i.created_at, i.created_at,
           'paid', i.created_at
    FROM (SELECT *, row_number() OVER () AS n FROM booking_intents WHERE workspace_id = $1) i
    WHERE i.n % 3 = 0 AND $2::integer > 0
    """,
    """
    INSERT INTO booking_items (id, workspace_id, booking_id, position, service_id, service_name, staff_id, staff_name,
                               starts_at, ends_at, price_minor, active)
    SELECT gen_random_uuid(), $1, b.id, 0, (SELECT id FROM services WHERE workspace_id = $1 LIMIT 1), 'Gel Manicure',
           (SELECT id FROM staff WHERE workspace_id = $1 LIMIT 1), 'Sara', b.starts_at, b.ends_at, 12500, false
    FROM bookings b WHERE b.workspace_id = $1 AND $2::integer > 0
    """,
    """
    INSERT INTO handoffs (id, token, workspace_id, bot_id, conversation_id, customer_id, intent_id, status, page,
                          booking_url, url_used, service, created_at, redirected_at)
    SELECT gen_random_uuid(), 'bench-token-' || i.n, $1, i.bot_id, i.conversation_id, i.customer_id, i.id,
           'redirected', 'website', 'https://example.com', 'https://example.com', 'Gel Manicure', i.created_at,
           i.created_at
    FROM (SELECT *, row_number() OVER () AS n FROM booking_intents WHERE workspace_id = $1) i
    WHERE i.n % 10 = 1 AND $2::integer > 0
    """,
    """
    INSERT INTO llm_calls (id, workspace_id, conversation_id, purpose, provider, model, variant, outcome, used,
                           cost_nanos, latency_ms, created_at)
    SELECT gen_random_uuid(), $1, id, 'understand', 'openai', 'gpt-6-luna', 'openai', 'ok', true, 90000, 700,
           created_at
    FROM conversations WHERE workspace_id = $1 AND $2::integer > 0
    """,
    """
    INSERT INTO operator_errors (id, workspace_id, kind, fingerprint, summary, first_at, last_at)
    SELECT gen_random_uuid(), $1, 'sync_failed', n::text, 'The booking system did not answer',
           now() - n * interval '1 hour', now() - n * interval '1 hour'
    FROM generate_series(1, $2::integer / 20) n
    """,
    """
    INSERT INTO escalations (id, workspace_id, conversation_id, customer_id, cause, turn, opened_at, status, closed_at,
                             closed_by)
    SELECT gen_random_uuid(), $1, id, customer_id, 'asked', 1, created_at, 'resolved', created_at, 'Bench'
    FROM conversations WHERE workspace_id = $1 AND address LIKE '%7' AND $2::integer > 0
    """,
    """
    INSERT INTO audit_entries (id, workspace_id, actor, action, subject, at)
    SELECT gen_random_uuid(), $1, 'user:bench@example.com', 'lead.closed', n::text, now() - n * interval '5 minutes'
    FROM generate_series(1, $2::integer) n
    """,
)  # fmt: skip


def run(world: World, *, rounds: int) -> Result:
    result = Result("Pages of the console")
    took: dict[str, list[list[float]]] = {}
    for _ in range(rounds):
        with world.database() as dsn, quiet_gc():
            for page, samples in uvloop.run(_measure(dsn)).items():
                took.setdefault(page, []).append([each * 1000 for each in samples])
    for page, by_round in took.items():
        middle, high = (across(by_round, percent).text("ms") for percent in (50, 95))
        result.add(page, f"p50 {middle}, p95 {high}", goal="p95 < 150 ms")
    result.notes.append(
        f"{TALKS:,} talks with ten messages and a lead each in one business, {OTHERS} more businesses beside it; "
        f"every page {ASKED} times, one after another, over HTTP with the session looked up each time."
    )
    return result


async def _measure(dsn: str) -> dict[str, list[float]]:
    pool = await open_pool(
        dsn, PoolLimits(command_timeout=120, statement_timeout=120), application_name="bench"
    )
    try:
        talk = await _fill(pool)
        return await _ask(pool, talk)
    finally:
        await pool.close()


async def _fill(pool: Pool) -> UUID:
    """The big business's newest talk."""
    seeded = await accounts.find_workspace(pool, WORKSPACE)
    if seeded is None:
        raise LookupError(WORKSPACE)
    for number in range(OTHERS):
        await accounts.save_workspace(pool, key=f"other-{number}", name="Other", settings=seeded.settings)
    for step in _STEPS:
        await pool.execute(step, seeded.id, TALKS)
    await pool.execute("VACUUM ANALYZE")  # as it does itself some seconds after so many rows came
    await users.create(
        pool,
        email=_EMAIL,
        name="Bench",
        password_hash=_CHEAP.hash(_PASSWORD),
        one_time=False,
        role=Role.CLIENT,
        workspace_id=seeded.id,
    )
    talk: UUID = await pool.fetchval(
        "SELECT id FROM conversations WHERE workspace_id = $1 ORDER BY created_at DESC LIMIT 1", seeded.id
    )
    return talk


class _Unbound:
    """Rates, bells: nothing of them is measured here."""

    async def wait(self, key: str, limit: int = 20, per_seconds: float = 60, *, fail_open: bool) -> float:  # noqa: ARG002
        return 0

    def ring(self, conversation_ids: Any) -> None: ...

    def ring_later(self, conversation_ids: Any, seconds: float) -> None: ...


async def _ask(pool: Pool, talk: UUID) -> dict[str, list[float]]:
    port, unbound = free_port(18_090), _Unbound()
    ports = ConsolePorts(
        pool=pool,
        box=SecretBox([b"b" * 32]),
        clock=now,
        rates=unbound,
        live=Unwatched(),
        bell=unbound,
        ring_catalog=unbound.ring,
        public_base_url=f"http://localhost:{port}",
    )
    app = web.Application()
    app.add_routes(Console(ports, Passwords(_CHEAP)).routes())
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    pages = {
        **{one.nav.title: one.nav.path for one in sections() if one.nav is not None and not one.agency},
        "Overview, 90 days": "/?days=90",
        "Overview's chart, 90 days": "/overview/chart.svg?days=90",
        "Conversations, a name searched": "/conversations?q=customer+77",
        "Customers, a number searched": "/customers?q=0009999",
        "Leads, a name searched": "/leads?q=customer+77",
        "Bookings, a day": "/bookings/day",
        "Bookings, a week": "/bookings/week",
        "Calls of language models": "/ai/calls",
        "Who did what": "/audit",
        "A talk": f"/conversations/{talk}",
    }
    took: dict[str, list[float]] = {}
    try:
        async with httpx.AsyncClient(base_url=f"http://localhost:{port}", timeout=60) as client:
            await _sign_in(client)
            for title, path in pages.items():
                for number in range(-3, ASKED):  # the first ones fill caches
                    began = time.perf_counter()
                    answer = await client.get(f"/console/w/{WORKSPACE}{path}")
                    answer.raise_for_status()
                    if number >= 0:
                        took.setdefault(title, []).append(time.perf_counter() - began)
    finally:
        await runner.cleanup()
    return took


async def _sign_in(client: httpx.AsyncClient) -> None:
    page = await client.get("/console/sign-in")
    token = page.text.partition('name="csrf" value="')[2][:64]
    form = {"csrf": token, "email": _EMAIL, "password": _PASSWORD}
    answer = await client.post("/console/sign-in", data=form)
    if answer.status_code != httpx.codes.SEE_OTHER:
        raise RuntimeError(f"signing in answered {answer.status_code}")
