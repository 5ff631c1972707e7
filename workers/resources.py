"""What a process holds open: pool, HTTP client, queue, accounts, engine. Opened and closed in one place."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

import httpx

from bot.accounts import ChannelDefaults
from bot.catalog_view import CatalogCache
from bot.channels.contract import Channel
from bot.channels.registry import CHANNELS
from bot.effect_base import EffectContext
from bot.effects import Effects
from bot.llm_helper import LlmHelper
from bot.ports import Limits
from bot.turn import Turns
from bot.turn_steps import Steps
from bot.typing_sign import TypingSigns
from bot.voice_notes import VoiceNotes
from db import failpoints
from db.secrets import SecretBox
from db.tx import Pool, PoolLimits, open_pool
from workers.accounts_cache import AccountsCache
from workers.live import RedisLive
from workers.llm_keys import LlmKeys
from workers.mailing import mail_desk
from workers.queue import Queue
from workers.rates import RedisRates
from workers.refreshing import SlotRefresher
from workers.settings import Settings, Timing


def now() -> datetime:
    """The clock of every process: aware, UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Resources:
    """Everything a process works with."""

    settings: Settings
    pool: Pool
    http: httpx.AsyncClient
    queue: Queue
    rates: RedisRates
    live: RedisLive
    box: SecretBox
    accounts: AccountsCache
    channels: dict[str, Channel]
    turns: Turns
    effects: Effects


def pool_limits(timing: Timing) -> PoolLimits:
    return PoolLimits(
        min_size=timing.pool_min_size,
        max_size=timing.pool_max_size,
        acquire_timeout=timing.acquire_timeout_seconds,
        command_timeout=timing.command_timeout_seconds,
        statement_timeout=timing.statement_timeout_seconds,
        lock_timeout=timing.lock_timeout_seconds,
        idle_in_transaction_timeout=timing.idle_in_transaction_seconds,
    )


def engine_limits(timing: Timing) -> Limits:
    """The scheme's constants as the engine takes them."""
    return Limits(
        lease_seconds=timing.lease_seconds,
        turn_budget_seconds=timing.turn_budget_seconds,
        max_crashes=timing.max_crashes,
        max_errors=timing.max_errors,
        error_pause_seconds=timing.error_pause_seconds,
        claim_seconds=timing.claim_seconds,
        call_timeout_seconds=timing.call_timeout_seconds,
        send_hold_seconds=timing.send_hold_seconds,
        unknown_grace_seconds=timing.unknown_grace_seconds,
        reserve_seconds=timing.reserve_seconds,
        progress_after_seconds=timing.progress_after_seconds,
        payment_poll_seconds=timing.payment_poll_seconds,
        hold_seconds=timing.hold_seconds,
        typing_after_seconds=timing.typing_after_seconds,
        retry_pause_seconds=timing.retry_pause_seconds,
        settle_seconds=timing.settle_seconds,
        settle_longest_seconds=timing.settle_longest_seconds,
    )


def _refresh_wait(timing: Timing) -> float:
    """A turn that waits for free times must have time left to answer."""
    return min(timing.refresh_wait_seconds, timing.turn_budget_seconds / 3)


def _voice_limit(timing: Timing) -> float:
    """What is left of a turn must do for thinking and for fresh free times."""
    return min(timing.voice_limit_seconds, timing.turn_budget_seconds * 0.4)


def _llm_limit(timing: Timing) -> float:
    """Models may take a part of a turn's time, never most of it."""
    return min(timing.llm_limit_seconds, timing.turn_budget_seconds / 3)


def channel_defaults(settings: Settings) -> dict[str, ChannelDefaults]:
    """Installation-wide values by their usual names; a workspace's account overrides them."""
    twilio = ChannelDefaults(
        secrets={"auth_token": settings.twilio_auth_token.get_secret_value()}
        if settings.twilio_auth_token
        else {},
        settings={"account_sid": settings.twilio_account_sid} if settings.twilio_account_sid else {},
    )
    return {
        "twilio": twilio,
        "whatsapp": ChannelDefaults(settings={"graph_version": settings.meta_graph_version}),
    }


@cache
def _tls() -> ssl.SSLContext:
    """Read once: all the certificates of the world take tens of milliseconds."""
    return httpx.create_ssl_context()


@asynccontextmanager
async def open_resources(settings: Settings, *, process: str) -> AsyncIterator[Resources]:
    """Opens what a process needs and closes it in reverse. Raises if the database can't be reached."""
    failpoints.arm(settings.frontdesk_failpoints)
    limits = engine_limits(settings.timing)
    async with AsyncExitStack() as stack:
        pool = await open_pool(
            settings.dsn, pool_limits(settings.timing), application_name=f"frontdesk {process}"
        )
        stack.push_async_callback(pool.close)
        http = await stack.enter_async_context(
            httpx.AsyncClient(
                timeout=httpx.Timeout(limits.call_timeout_seconds),
                limits=httpx.Limits(max_connections=200, max_keepalive_connections=50),
                follow_redirects=False,
                verify=_tls(),
            )
        )
        queue = Queue(settings)
        queue.start()
        stack.push_async_callback(queue.close)
        live = RedisLive(settings)
        stack.push_async_callback(live.close)
        box = SecretBox(settings.secret_keys())
        accounts = AccountsCache(
            pool,
            box,
            http,
            public_base_url=settings.public_base_url,
            api_base_urls={
                "whatsapp": settings.meta_graph_base_url,
                "twilio": settings.twilio_api_base_url,
            },
            defaults=channel_defaults(settings),
        )
        refresher = None
        if settings.timing.refresh_wait_seconds:
            refresher = SlotRefresher(pool, queue.ring_catalog, wait_seconds=_refresh_wait(settings.timing))
            stack.push_async_callback(refresher.close)
        keys = LlmKeys(
            pool,
            box,
            http,
            keys=settings.llm_keys(),
            base_urls={"openai": settings.openai_base_url, "anthropic": settings.anthropic_base_url},
        )
        await keys.warm_up()
        helper = LlmHelper(pool, keys, limit_seconds=_llm_limit(settings.timing))
        voice = VoiceNotes(
            pool, keys, http, limit_seconds=_voice_limit(settings.timing), breakers=helper.breakers
        )
        channels = dict(CHANNELS)
        typing = TypingSigns(
            channels, http, after_seconds=limits.typing_after_seconds, wait_seconds=limits.typing_wait_seconds
        )
        yield Resources(
            settings=settings,
            pool=pool,
            http=http,
            queue=queue,
            rates=RedisRates(queue),
            live=live,
            box=box,
            accounts=accounts,
            channels=channels,
            turns=Turns(
                pool,
                accounts,
                channels,
                CatalogCache(),
                Steps(pool, refresher),
                limits,
                now,
                typing,
                queue,
                helper,
                voice,
                public_base_url=settings.public_base_url,
                live=live,
            ),
            effects=Effects(
                EffectContext(
                    pool,
                    accounts,
                    channels,
                    http,
                    limits,
                    now,
                    typing,
                    mail_desk(settings, http),
                    live=live,
                    public_base_url=settings.public_base_url,
                )
            ),
        )


async def take_turns(resources: Resources, conversation_id: UUID) -> int:
    """Turns and their effects until nothing is due in the conversation. Returns how many turns were taken."""
    taken = 0
    while await resources.turns.take(conversation_id):
        await resources.effects.perform_for(conversation_id)
        taken += 1
    return taken
