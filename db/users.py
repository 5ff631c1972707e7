"""People who sign in to the console, what they may see, and how they prove who they are.

Nothing here needs a `tx`: a user belongs to no workspace, and every statement is a system function.
What can be stolen (one-time and recovery codes, invitations) is kept as a digest; a TOTP secret is sealed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from db.ids import new_id
from db.tx import Pool, Tx

FIND_USER = """
SELECT id, email, name, role, password_hash, password_one_time, password_expires_at, totp_secret, totp_confirmed_at,
       recovery_codes, last_signed_in_at, disabled_at
FROM find_user($1, $2)
"""
LIST_USERS = """
SELECT id, email, name, role, workspace_key, workspace_name, has_totp, password_one_time, created_at,
       last_signed_in_at, disabled_at
FROM list_users($1)
"""
WORKSPACES_OF = "SELECT id, key, name FROM workspaces_of_user($1)"
CREATE_USER = "SELECT create_user($1, $2, $3, $4, $5, $6, $7)"
RENAME_USER = "SELECT rename_user($1, $2)"
SET_PASSWORD = "SELECT set_password($1, $2, $3, $4, $5)"  # noqa: S105 - a statement
SPEND_ONE_TIME = "SELECT spend_one_time_password($1, $2)"
OFFER_TOTP = "SELECT offer_totp($1, $2)"
CONFIRM_TOTP = "SELECT confirm_totp($1, $2, $3)"
DROP_TOTP = "SELECT drop_totp($1)"
USE_TOTP_STEP = "SELECT use_totp_step($1, $2)"
USE_RECOVERY_CODE = "SELECT use_recovery_code($1, $2)"
DISABLE_USER = "SELECT disable_user($1, $2)"
INVITE = "SELECT invite_user($1, $2, $3, $4, $5, $6, $7)"
FIND_INVITATION = "SELECT id, email, role, workspace_id, workspace_name, known FROM find_invitation($1)"
ACCEPT_INVITATION = "SELECT accept_invitation($1, $2, $3, $4)"
LIST_INVITATIONS = """
SELECT id, email, role, workspace_key, workspace_name, invited_by, created_at, expires_at FROM list_invitations($1)
"""
WITHDRAW_INVITATION = "SELECT withdraw_invitation($1, $2)"
NOTE_ATTEMPT = "SELECT note_login_attempt($1, $2, $3)"
LIST_ATTEMPTS = "SELECT outcome, at FROM list_login_attempts($1, $2)"


class Role(StrEnum):
    """What a person may see: every workspace, one at a time, or those he is a member of."""

    AGENCY = "agency"
    CLIENT = "client"


class Attempt(StrEnum):
    """How an attempt to sign in ended."""

    SIGNED_IN = "signed_in"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - an outcome
    WRONG_CODE = "wrong_code"
    UNKNOWN_USER = "unknown_user"
    DISABLED = "disabled"
    LIMITED = "limited"


@dataclass(frozen=True, slots=True)
class User:
    """Everything that signing in decides on."""

    id: UUID
    email: str
    name: str
    role: Role
    password_hash: str = field(repr=False)
    password_one_time: bool
    """It signs in once; then another must be chosen."""
    password_expires_at: datetime | None
    totp_secret: bytes | None = field(repr=False)
    """Sealed for the user (`totp_field`)."""
    totp_confirmed_at: datetime | None
    recovery_codes: int
    """How many are left."""
    last_signed_in_at: datetime | None
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One membership of a person, as a list shows it. No workspace: all of them."""

    id: UUID
    email: str
    name: str
    role: Role
    workspace_key: str | None
    workspace_name: str | None
    has_totp: bool
    password_one_time: bool
    created_at: datetime
    last_signed_in_at: datetime | None
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Named:
    """A workspace to choose."""

    id: UUID
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """An open one, found by its code."""

    id: UUID
    email: str
    role: Role
    workspace_id: UUID | None
    workspace_name: str | None
    known: bool
    """Somebody of this address has an account already and only gets to see more."""


@dataclass(frozen=True, slots=True)
class Invited:
    id: UUID
    email: str
    role: Role
    workspace_key: str | None
    workspace_name: str | None
    invited_by: str
    created_at: datetime
    expires_at: datetime


TOTP_FIELD = "totp"
"""What a TOTP secret is sealed for, beside the user's id."""


async def find(connection: Tx | Pool, *, id: UUID | None = None, email: str | None = None) -> User | None:  # noqa: A002
    """By id or e-mail address, whatever its case."""
    row = await connection.fetchrow(FIND_USER, id, email)
    return User(**{**dict(row), "role": Role(row["role"])}) if row else None


async def listing(connection: Tx | Pool, workspace_id: UUID | None) -> list[Listed]:
    """A row per membership. None: everybody of the installation."""
    rows = await connection.fetch(LIST_USERS, workspace_id)
    return [Listed(**{**dict(row), "role": Role(row["role"])}) for row in rows]


async def workspaces_of(connection: Tx | Pool, user_id: UUID) -> list[Named]:
    """What the user may act as, by name."""
    return [Named(**dict(row)) for row in await connection.fetch(WORKSPACES_OF, user_id)]


async def create(
    connection: Tx | Pool,
    *,
    email: str,
    name: str,
    password_hash: str,
    one_time: bool,
    role: Role,
    workspace_id: UUID | None,
) -> UUID | None:
    """None: the address is taken. A client needs a workspace, an agency user has none."""
    made: UUID | None = await connection.fetchval(
        CREATE_USER, new_id(), email, name, password_hash, one_time, role.value, workspace_id
    )
    return made


async def rename(connection: Tx | Pool, user_id: UUID, name: str) -> None:
    await connection.execute(RENAME_USER, user_id, name)


async def set_password(
    connection: Tx | Pool,
    user_id: UUID,
    password_hash: str,
    *,
    one_time: bool = False,
    valid_seconds: float | None = None,
    keep_session: bytes | None = None,
) -> None:
    """Ends every session of the user but the one to keep. valid_seconds: of a one-time password."""
    await connection.execute(SET_PASSWORD, user_id, password_hash, one_time, valid_seconds, keep_session)


async def spend_one_time(connection: Tx | Pool, user: User) -> bool:
    """False: it was used or ran out meanwhile."""
    return bool(await connection.fetchval(SPEND_ONE_TIME, user.id, user.password_hash))


async def offer_totp(connection: Tx | Pool, user_id: UUID, sealed: bytes) -> None:
    """Keeps a secret that was shown, until its first code confirms it. Never replaces a confirmed one."""
    await connection.execute(OFFER_TOTP, user_id, sealed)


async def confirm_totp(connection: Tx | Pool, user_id: UUID, step: int, recovery: Sequence[bytes]) -> bool:
    """step: of the code that was entered; recovery: digests. False: it was confirmed already."""
    return bool(await connection.fetchval(CONFIRM_TOTP, user_id, step, list(recovery)))


async def drop_totp(connection: Tx | Pool, user_id: UUID) -> None:
    """The phone is lost: the second factor is to be set up anew."""
    await connection.execute(DROP_TOTP, user_id)


async def use_totp_step(connection: Tx | Pool, user_id: UUID, step: int) -> bool:
    """False: a code of this or a later step was used before."""
    return bool(await connection.fetchval(USE_TOTP_STEP, user_id, step))


async def use_recovery_code(connection: Tx | Pool, user_id: UUID, digest: bytes) -> bool:
    """True once per code."""
    return bool(await connection.fetchval(USE_RECOVERY_CODE, user_id, digest))


async def set_disabled(connection: Tx | Pool, user_id: UUID, *, disabled: bool) -> bool:
    """Signs the user out everywhere. False: nothing changed."""
    return bool(await connection.fetchval(DISABLE_USER, user_id, disabled))


async def invite(
    connection: Tx | Pool,
    *,
    code_hash: bytes,
    email: str,
    role: Role,
    workspace_id: UUID | None,
    by: str,
    valid_seconds: float,
) -> None:
    """A second invitation of the same address to the same place replaces the first."""
    await connection.execute(INVITE, new_id(), code_hash, email, role.value, workspace_id, by, valid_seconds)


async def find_invitation(connection: Tx | Pool, code_hash: bytes) -> Invitation | None:
    """None: unknown, used, withdrawn or too old."""
    row = await connection.fetchrow(FIND_INVITATION, code_hash)
    return Invitation(**{**dict(row), "role": Role(row["role"])}) if row else None


async def accept_with_new_user(
    connection: Tx | Pool, code_hash: bytes, *, name: str, password_hash: str
) -> UUID | None:
    """The new user's id. None: the invitation is gone, or its address has an account."""
    made: UUID | None = await connection.fetchval(ACCEPT_INVITATION, code_hash, new_id(), name, password_hash)
    return made


async def accept_as(connection: Tx | Pool, code_hash: bytes, user_id: UUID) -> bool:
    """The user, whose address it must be, sees more from now on."""
    return await connection.fetchval(ACCEPT_INVITATION, code_hash, user_id, None, None) is not None


async def invitations(connection: Tx | Pool, workspace_id: UUID | None) -> list[Invited]:
    """Open ones, newest first. None: of the whole installation."""
    rows = await connection.fetch(LIST_INVITATIONS, workspace_id)
    return [Invited(**{**dict(row), "role": Role(row["role"])}) for row in rows]


async def withdraw(connection: Tx | Pool, invitation_id: UUID, workspace_id: UUID | None) -> bool:
    """workspace_id: only if it leads there. None: wherever."""
    return bool(await connection.fetchval(WITHDRAW_INVITATION, invitation_id, workspace_id))


async def note_attempt(connection: Tx | Pool, user_id: UUID | None, outcome: Attempt) -> None:
    """Kept for 90 days and shown to the user in question."""
    await connection.execute(NOTE_ATTEMPT, new_id(), user_id, outcome.value)


async def attempts(connection: Tx | Pool, user_id: UUID, *, limit: int) -> list[tuple[Attempt, datetime]]:
    """Newest first."""
    rows = await connection.fetch(LIST_ATTEMPTS, user_id, limit)
    return [(Attempt(row["outcome"]), row["at"]) for row in rows]
