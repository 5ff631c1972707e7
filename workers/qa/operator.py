"""What a run does as an operator: it makes its own tokens, and what only a command can do, it does as the command."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import httpx

from bot.web.handoff.completions import SECRET, webhook_address
from db import accounts, handoffs, tokens
from db.secrets import SecretBox
from db.tokens import Role, Scope
from db.tx import Pool, tx
from workers.qa.checks import Failed

_NAME = "frontdesk qa"
_HOURS = 2
"""A run that is killed leaves tokens behind; they don't last."""


@dataclass(slots=True)
class DatabaseOperator:
    """workers.qa.visit.Operator with the server's own database."""

    pool: Pool
    box: SecretBox
    now: datetime
    _made: list[str] = field(default_factory=list)
    """Prefixes of tokens, to be revoked."""

    async def agency_token(self) -> str:
        """Reads every business, one at a time, and presses the demo's buttons."""
        return await self._token(Role.AGENCY, None, [Scope.ADMIN_READ, Scope.ADMIN_DEMO])

    async def client_token(self, workspace: str) -> str:
        return await self._token(Role.CLIENT, await self._workspace(workspace), [Scope.ADMIN_READ])

    async def _token(self, role: Role, workspace_id: UUID | None, scopes: list[Scope]) -> str:
        made = await tokens.create(
            self.pool,
            name=_NAME,
            role=role,
            workspace_id=workspace_id,
            scopes=scopes,
            created_by=_NAME,
            expires_at=self.now + timedelta(hours=_HOURS),
        )
        self._made.append(made.prefix)
        return made.token

    async def revoke_all(self) -> None:
        """None of the run's tokens outlives it."""
        while self._made:
            await tokens.revoke(self.pool, self._made.pop())

    async def switch_on(self, workspace: str, page: str, secret: str) -> str:
        workspace_id = await self._workspace(workspace)
        sealed = self.box.seal(
            {SECRET: secret}, workspace_id=workspace_id, field=handoffs.account_secret_field(page)
        )
        async with tx(self.pool, workspace_id) as transaction:
            key = await handoffs.put_account(
                transaction, page=page, account_key=secrets.token_urlsafe(18), secrets=sealed
            )
        return webhook_address("", page, key)

    async def complete(self, workspace: str, handoff_id: str, *, by: str) -> None:
        async with tx(self.pool, await self._workspace(workspace)) as transaction:
            if not await handoffs.complete(transaction, UUID(handoff_id), by=by):
                raise Failed("a handoff that nobody completed before", handoff_id)

    async def _workspace(self, key: str) -> UUID:
        found = await accounts.find_workspace(self.pool, key)
        if found is None:
            raise Failed(f"the business {key}", "no such business in the database")
        return found.id


@asynccontextmanager
async def operating(pool: Pool, box: SecretBox, now: datetime) -> AsyncIterator[DatabaseOperator]:
    """An operator for the length of a run."""
    operator = DatabaseOperator(pool, box, now)
    try:
        yield operator
    finally:
        await operator.revoke_all()


@dataclass(slots=True)
class SandboxOrders:
    """The sandbox's ledger of orders, over HTTP."""

    http: httpx.AsyncClient
    sandbox_url: str

    async def ids(self, workspace: str) -> set[str]:
        """Every order of one business, whatever booking system it plays."""
        try:
            answer = await self.http.get(f"{self.sandbox_url}/_sandbox/orders", params={"account": workspace})
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise Failed("the sandbox's ledger", type(error).__name__) from error
        found = answer.json()
        return {
            *(str(one["order_id"]) for one in found["orders"]),
            *(str(one["id"]) for one in found["appointments"]),
        }
