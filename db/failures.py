"""What can go wrong with the database, as sets of exceptions that other floors may catch without asyncpg."""

from __future__ import annotations

import asyncpg

DATABASE_FAILURES: tuple[type[Exception], ...] = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that died while its last statement was being cancelled
    OSError,
    TimeoutError,
)
"""Anything that means "not known to be stored": refused, lost connection, time-out."""

ROW_REFUSED: tuple[type[Exception], ...] = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
)
"""The database is fine, this row is not."""

CONNECTION_LOST: tuple[type[Exception], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.exceptions.AdminShutdownError,
    asyncpg.exceptions.CrashShutdownError,
    OSError,
    TimeoutError,
)
"""The answer to a statement, maybe to COMMIT, never came."""

RUN_AGAIN: tuple[type[Exception], ...] = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)
"""Rolled back because of another transaction at the same time; the same one may simply be run again."""

UNREACHABLE: tuple[type[Exception], ...] = (
    *CONNECTION_LOST,
    *RUN_AGAIN,
    asyncpg.exceptions.InsufficientResourcesError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.LockNotAvailableError,
)
"""Nothing is wrong with what was asked: the database can't answer right now, and may in a moment."""


def named(error: BaseException) -> str:
    """What kind of error it was, for a column that people read: never its message, which may quote a row.

    `UniqueViolationError 23505 bookings_code_key`
    """
    kind = type(error).__name__
    if not isinstance(error, asyncpg.PostgresError):
        return kind
    return " ".join(filter(None, (kind, error.sqlstate, error.constraint_name or error.table_name)))
