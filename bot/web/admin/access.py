"""Who calls, and for which business he may: API tokens, `Authorization: Bearer fd_...`.

A client's token belongs to one business and can't choose another. The agency's names the business with every request
(`X-Workspace: <key>` or `?workspace=<key>`), and the choice is written down.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from aiohttp import web

from bot.ports import Rates
from bot.web.api import ApiError, too_many
from db import audit, read_workspaces, tokens
from db.tokens import Role, Scope, TokenOwner
from db.tx import Pool, tx

WORKSPACE_HEADER = "X-Workspace"
WORKSPACE_QUERY = "workspace"
REQUESTS_PER_MINUTE = 300
"""Of one token."""
BAD_TOKENS_PER_MINUTE = 30
"""From one address."""
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="frontdesk"'}


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody who acts for one business."""

    actor: str
    role: Role
    workspace_id: UUID


@dataclass(frozen=True, slots=True)
class Access:
    """Opens requests. One per web process."""

    pool: Pool
    rates: Rates

    async def owner(self, request: web.Request, scope: Scope) -> TokenOwner:
        """Whose token it is. Raises ApiError: 401 none or no good one, 403 not meant for this, 429 too often."""
        owner = await tokens.find(self.pool, _bearer(request))
        if owner is None:
            await self._pass(f"api-refused:{request.remote}", BAD_TOKENS_PER_MINUTE)
            raise ApiError(
                401, "unauthorized", "The token is unknown, expired or revoked.", headers=_CHALLENGE
            )
        await self._pass(f"api:{owner.prefix}", REQUESTS_PER_MINUTE)
        if scope not in owner.scopes:
            raise ApiError(403, "forbidden", f"This token may not do that: it lacks the scope {scope}.")
        await tokens.note_use(self.pool, owner.id)
        return owner

    async def acting(self, request: web.Request, scope: Scope) -> Acting:
        """For whom the caller acts. Raises ApiError: as `owner`, 400 no business is named, 403 not his, 404 unknown."""
        owner = await self.owner(request, scope)
        named = _named_workspace(request)
        if owner.workspace_id is not None:
            await self._refuse_another(owner.workspace_id, named)
            return Acting(owner.actor, owner.role, owner.workspace_id)
        if named is None:
            raise ApiError(
                400, "workspace_required",
                f"Name the business: {WORKSPACE_HEADER}: <key>, or ?{WORKSPACE_QUERY}=<key>.", field=WORKSPACE_QUERY,
            )  # fmt: skip
        entered = await audit.enter_workspace(self.pool, actor=owner.actor, named=named)
        if entered is None:
            raise ApiError(
                404, "unknown_workspace", "There is no business with this key.", field=WORKSPACE_QUERY
            )
        return Acting(owner.actor, owner.role, entered.id)

    async def _refuse_another(self, own: UUID, named: str | None) -> None:
        """Whether the other one exists is not told."""
        if named is None or named.lower() == str(own):
            return
        async with tx(self.pool, own) as connection:
            here = await read_workspaces.here(connection)
        if here.key != named:
            raise ApiError(
                403,
                "forbidden",
                "This token belongs to another business and can't choose.",
                field=WORKSPACE_QUERY,
            )

    async def _pass(self, key: str, limit: int) -> None:
        if wait := await self.rates.wait(key, limit=limit, per_seconds=60, fail_open=True):
            raise too_many(wait)


def _bearer(request: web.Request) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise ApiError(401, "unauthorized", "Send a token: Authorization: Bearer fd_...", headers=_CHALLENGE)
    return token.strip()


def _named_workspace(request: web.Request) -> str | None:
    found = {
        named.strip()
        for named in (
            *request.headers.getall(WORKSPACE_HEADER, ()),
            *request.query.getall(WORKSPACE_QUERY, ()),
        )
    }
    if len(found) > 1:
        raise ApiError(
            400, "invalid", "Two businesses are named; one can be asked for.", field=WORKSPACE_QUERY
        )
    named = next(iter(found), None)
    if named is not None and (not named or len(named) > 100 or not named.isprintable()):
        raise ApiError(400, "invalid", "This can't be the key of a business.", field=WORKSPACE_QUERY)
    return named
