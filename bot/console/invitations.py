"""Making invitations: by command, and on the console's page of users."""

from __future__ import annotations

from uuid import UUID

from bot.console import cookies
from db import audit, users
from db.tx import Pool, Tx
from db.users import Role

VALID_SECONDS = 7 * 24 * 3600


async def invite(
    connection: Tx | Pool,
    *,
    email: str,
    role: Role,
    workspace_id: UUID | None,
    actor: str,
    public_base_url: str,
) -> str:
    """The link to send. Its code stands behind the #: no server, log or other site sees it. Good once, for a week.

    workspace_id: None for the agency. A second one for the same address and place replaces the first.
    """
    code = cookies.new_secret()
    await users.invite(
        connection,
        code_hash=cookies.digest(code),
        email=email,
        role=role,
        workspace_id=workspace_id,
        by=actor,
        valid_seconds=VALID_SECONDS,
    )
    await audit.record(
        connection,
        workspace_id=workspace_id,
        actor=actor,
        action="user.invited",
        detail={"role": role.value},
    )
    return f"{public_base_url.rstrip('/')}/console/invitation#{code}"
