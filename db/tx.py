"""Connections and transactions. A transaction of the application always runs as `frontdesk_app` with one
workspace set; nothing relies on session state, so a pooler in transaction mode may stand between.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import orjson

Tx: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """Seconds, but for the sizes."""

    min_size: int = 1
    max_size: int = 10
    acquire_timeout: float = 5
    command_timeout: float = 10
    statement_timeout: float = 10
    lock_timeout: float = 5
    idle_in_transaction_timeout: float = 30


class _BoundedPool(asyncpg.Pool):
    """asyncpg's own pool lets everybody wait for a connection for ever."""

    def __init__(self, *args: Any, acquire_seconds: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._acquire_seconds = acquire_seconds

    def acquire(self, *, timeout: float | None = None) -> Any:
        """Raises TimeoutError when no connection is free, or none can be opened, in time."""
        return super().acquire(timeout=self._acquire_seconds if timeout is None else timeout)


async def open_pool(dsn: str, limits: PoolLimits, *, application_name: str) -> Pool:
    """A pool whose every connection has limits and speaks JSON. Raises OSError or asyncpg errors if unreachable."""

    def milliseconds(seconds: float) -> str:
        return str(int(seconds * 1000))

    return await _BoundedPool(
        dsn,
        acquire_seconds=limits.acquire_timeout,
        min_size=limits.min_size,
        max_size=limits.max_size,
        max_queries=50_000,
        max_inactive_connection_lifetime=300.0,
        loop=None,
        connection_class=asyncpg.Connection,
        record_class=asyncpg.Record,
        command_timeout=limits.command_timeout,
        timeout=limits.acquire_timeout,
        init=_prepare_connection,
        reset=_reset_connection,
        server_settings={
            "application_name": application_name,
            "statement_timeout": milliseconds(limits.statement_timeout),
            "lock_timeout": milliseconds(limits.lock_timeout),
            "idle_in_transaction_session_timeout": milliseconds(limits.idle_in_transaction_timeout),
            "timezone": "UTC",
            "jit": "off",
        },
    )


def _encode_json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


async def _prepare_connection(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_encode_json, decoder=orjson.loads)


async def _reset_connection(connection: asyncpg.Connection) -> None:
    """Nothing lives in the session, so giving a connection back costs no round trip unless a transaction hangs."""
    if connection.is_in_transaction():
        await connection.execute("ROLLBACK")


@asynccontextmanager
async def tx(pool: Pool, workspace_id: UUID) -> AsyncIterator[Tx]:
    """One transaction as the application's role, seeing this workspace only.

    BEGIN, role and workspace travel in one message. Commits on leaving, rolls back on an exception. Raises
    asyncpg.InFailedSQLTransactionError if a statement failed inside and its error was kept quiet.
    """
    async with pool.acquire() as connection:
        await connection.execute(
            "BEGIN; SET LOCAL ROLE frontdesk_app; "
            f"SET LOCAL frontdesk.workspace_id = '{UUID(str(workspace_id))}'"
        )
        try:
            yield connection
        except BaseException:
            if not connection.is_closed() and connection.is_in_transaction():
                await connection.execute("ROLLBACK")
            raise
        # PostgreSQL answers the COMMIT of a failed transaction with a friendly ROLLBACK.
        if await connection.execute("COMMIT") != "COMMIT":
            raise asyncpg.InFailedSQLTransactionError("nothing was committed: a statement failed before")


@asynccontextmanager
async def savepoint(transaction: Tx) -> AsyncIterator[None]:
    """What fails inside is undone, and the transaction goes on: for what must never take the rest with it."""
    await transaction.execute("SAVEPOINT apart")
    try:
        yield
    except BaseException:
        if not transaction.is_closed() and transaction.is_in_transaction():
            await transaction.execute("ROLLBACK TO SAVEPOINT apart; RELEASE SAVEPOINT apart")
        raise
    await transaction.execute("RELEASE SAVEPOINT apart")
