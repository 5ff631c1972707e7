"""What the commands that play a customer need: the demo's database, its lines and a phone. Only for a demo."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from bot.channels.contract import ChannelAccount
from bot.channels.simulator.acts import SimulatedCustomer
from bot.web.simulator.lines import Line, list_lines
from bot.web.simulator.phone import Phone
from db.failures import DATABASE_FAILURES
from db.secrets import SecretBox, SecretError
from db.tx import Pool, PoolLimits, open_pool
from workers.accounts_cache import AccountsCache
from workers.resources import now
from workers.settings import Settings


class SetupError(RuntimeError):
    """There is nothing to talk to. The message is one plain line."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """An open demo."""

    pool: Pool
    http: httpx.AsyncClient
    lines: list[Line]
    own_url: str
    sandbox_url: str
    _accounts: AccountsCache

    async def account(self, line: Line) -> ChannelAccount:
        """A line's account with its secrets. Raises SetupError."""
        try:
            return await self._accounts.channel_account(line.account_id, workspace_id=line.workspace_id)
        except SecretError as error:
            raise SetupError(f"{error}: is FRONTDESK_SECRET_KEYS the demo's?") from error

    async def phone(self, line: Line, customer: SimulatedCustomer) -> Phone:
        """Raises SetupError."""
        return Phone(
            account=await self.account(line),
            customer=customer,
            pool=self.pool,
            http=self.http,
            own_url=self.own_url,
            sandbox_url=self.sandbox_url,
            clock=now,
        )


@asynccontextmanager
async def open_command_pool(settings: Settings, name: str) -> AsyncIterator[Pool]:
    """Two connections for a command a person typed. Raises SetupError when the database is away."""
    limits = PoolLimits(
        max_size=2,
        acquire_timeout=settings.timing.acquire_timeout_seconds,
        command_timeout=settings.timing.command_timeout_seconds,
    )
    try:
        pool = await open_pool(settings.dsn, limits, application_name=f"frontdesk {name}")
    except DATABASE_FAILURES as error:
        raise SetupError(
            f"the database does not answer ({type(error).__name__}). Is the demo running? make demo"
        ) from error
    try:
        yield pool
    finally:
        await pool.close()


@asynccontextmanager
async def open_simulation(settings: Settings, name: str) -> AsyncIterator[Simulation]:
    """Raises SetupError when this is no demo or it isn't running."""
    if settings.sandbox_url is None or not settings.simulator_enabled or settings.production:
        raise SetupError(
            "this is no demo (SIMULATOR_ENABLED and SANDBOX_URL are not set). Start one: make demo"
        )
    try:
        box = SecretBox(settings.secret_keys())
    except ValueError as error:
        raise SetupError(f"FRONTDESK_SECRET_KEYS: {error}") from error
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(open_command_pool(settings, name))
        http = await stack.enter_async_context(httpx.AsyncClient())
        accounts = AccountsCache(pool, box, http, public_base_url=settings.public_base_url, api_base_urls={})
        yield Simulation(
            pool=pool,
            http=http,
            lines=await list_lines(pool),
            own_url=settings.public_base_url,
            sandbox_url=settings.sandbox_url,
            _accounts=accounts,
        )
