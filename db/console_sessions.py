"""Sessions of the console: a row per browser, found by the digest of what its cookie holds. No `tx` needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from db.tx import Pool, Tx
from db.users import Role

START = "SELECT start_session($1, $2, $3, $4, $5, $6)"
FIND = """
SELECT user_id, email, name, role, stage, password_one_time, has_totp, chosen_id, workspace_id, workspace_key,
       workspace_name, timezone, currency
FROM find_session($1, $2, $3)
"""
CHOOSE = "SELECT choose_workspace($1, $2)"
END = "SELECT end_session($1)"
END_OTHERS = "SELECT end_other_sessions($1, $2)"
LISTING = "SELECT browser, created_at, seen_at, current FROM list_sessions($1, $2)"


class Stage(StrEnum):
    """How far somebody has signed in."""

    SECOND_FACTOR = "second_factor"
    """The password was right; only the page that asks for the code is open."""
    FULL = "full"


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Who asks, and the workspace that the address names, if this user may see it."""

    user_id: UUID
    email: str
    name: str
    role: Role
    stage: Stage
    password_one_time: bool
    has_totp: bool
    chosen_id: UUID | None
    """The workspace that the user acts as."""
    workspace_id: UUID | None
    workspace_key: str | None
    workspace_name: str | None
    timezone: str | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class ListedSession:
    browser: str
    created_at: datetime
    seen_at: datetime
    current: bool


async def start(
    connection: Tx | Pool,
    id_hash: bytes,
    *,
    user_id: UUID,
    stage: Stage,
    browser: str,
    valid_seconds: float,
    replaces: bytes | None,
) -> None:
    """replaces: the session that the browser came with; it ends, and its chosen workspace is kept."""
    await connection.execute(START, id_hash, user_id, stage.value, browser, valid_seconds, replaces)


async def find(
    connection: Tx | Pool, id_hash: bytes, *, idle_seconds: float, workspace_key: str | None
) -> SessionRow | None:
    """None: it is over, was idle for too long, or its user is disabled."""
    row = await connection.fetchrow(FIND, id_hash, idle_seconds, workspace_key)
    if row is None:
        return None
    return SessionRow(**{**dict(row), "role": Role(row["role"]), "stage": Stage(row["stage"])})


async def choose(connection: Tx | Pool, id_hash: bytes, workspace_id: UUID) -> bool:
    """The user acts as this workspace from now on. False: he may not."""
    return bool(await connection.fetchval(CHOOSE, id_hash, workspace_id))


async def end(connection: Tx | Pool, id_hash: bytes) -> None:
    await connection.execute(END, id_hash)


async def end_others(connection: Tx | Pool, user_id: UUID, keep: bytes) -> int:
    """Signs the user out in every other browser; how many there were."""
    return int(await connection.fetchval(END_OTHERS, user_id, keep))


async def listing(connection: Tx | Pool, user_id: UUID, current: bytes) -> list[ListedSession]:
    """The user's browsers, this one first."""
    return [ListedSession(**dict(row)) for row in await connection.fetch(LISTING, user_id, current)]
