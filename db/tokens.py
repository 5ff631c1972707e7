"""Tokens of programs that use the API. The token itself is shown once, when it is made, and stored nowhere."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from db.ids import new_id
from db.tx import Pool, Tx

CREATE = "SELECT create_api_token($1, $2, $3, $4, $5, $6, $7, $8, $9)"
FIND = "SELECT id, prefix, hash, name, role, workspace_id, scopes FROM find_api_token($1)"
NOTE_USE = "SELECT note_api_token_use($1)"
LISTING = """
SELECT id, prefix, name, role, workspace_key, scopes, created_by, created_at, expires_at, last_used_at, revoked_at
FROM list_api_tokens()
"""
REVOKE = "SELECT revoke_api_token($1)"

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_PREFIX = re.compile(r"fd_[a-z0-9]{8}")
_TOKEN = re.compile(rf"({_PREFIX.pattern})_[A-Za-z0-9_-]{{43}}")


class Role(StrEnum):
    """AGENCY: chooses its workspace with every request. CLIENT: has one."""

    AGENCY = "agency"
    CLIENT = "client"


class Scope(StrEnum):
    """What a token may do."""

    ADMIN_READ = "admin:read"
    ADMIN_DEMO = "admin:demo"
    """Seed and reset templates' demo businesses; the agency's only."""
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class TokenOwner:
    """A token that may be used. `workspace_id`: a client's; None: the agency's."""

    id: UUID
    prefix: str
    name: str
    role: Role
    workspace_id: UUID | None
    scopes: frozenset[Scope]

    @property
    def actor(self) -> str:
        """As the audit names it."""
        return f"token:{self.prefix} {self.name}"


@dataclass(frozen=True, slots=True)
class MadeToken:
    """`token` is to be shown once."""

    prefix: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenRow:
    id: UUID
    prefix: str
    name: str
    role: str
    workspace_key: str | None
    scopes: list[str]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


async def create(
    connection: Tx | Pool,
    *,
    name: str,
    role: Role,
    workspace_id: UUID | None,
    scopes: Iterable[Scope],
    created_by: str,
    expires_at: datetime | None = None,
) -> MadeToken:
    """Makes a token. Raises ValueError for a client without a workspace, an agency with one, a client that may
    seed, no scope at all.
    """
    wanted = sorted(set(scopes))
    if (role is Role.AGENCY) != (workspace_id is None):
        raise ValueError("a client's token belongs to one workspace, an agency's to none")
    if not wanted:
        raise ValueError("a token needs a scope")
    if role is Role.CLIENT and Scope.ADMIN_DEMO in wanted:
        raise ValueError(f"{Scope.ADMIN_DEMO} is the agency's")
    prefix = "fd_" + "".join(secrets.choice(_ALPHABET) for _ in range(8))
    token = f"{prefix}_{secrets.token_urlsafe(32)}"
    await connection.execute(
        CREATE, new_id(), prefix, _digest(token), name, role.value, workspace_id, [one.value for one in wanted],
        created_by[:120], expires_at,
    )  # fmt: skip
    return MadeToken(prefix, token)


async def find(connection: Tx | Pool, token: str) -> TokenOwner | None:
    """Whose token it is. None: nobody's, revoked, expired or not a token at all."""
    shape = _TOKEN.fullmatch(token)
    if shape is None:
        return None
    row = await connection.fetchrow(FIND, shape[1])
    if row is None or not hmac.compare_digest(row["hash"], _digest(token)):
        return None
    return TokenOwner(
        id=row["id"],
        prefix=row["prefix"],
        name=row["name"],
        role=Role(row["role"]),
        workspace_id=row["workspace_id"],
        scopes=frozenset(Scope(one) for one in row["scopes"]),
    )


async def note_use(connection: Tx | Pool, token_id: UUID) -> None:
    """It was used now; written once a minute at most."""
    await connection.execute(NOTE_USE, token_id)


async def listing(connection: Tx | Pool) -> list[TokenRow]:
    """Newest first, revoked and expired ones too."""
    return [TokenRow(**dict(row)) for row in await connection.fetch(LISTING)]


async def revoke(connection: Tx | Pool, prefix: str) -> bool:
    """False: no token that is still good begins like this."""
    return bool(await connection.fetchval(REVOKE, prefix))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
