"""A sync run with everything it needs wired up: for the catalog process and for `frontdesk sync`."""

from __future__ import annotations

from datetime import datetime

import httpx
from pydantic import ValidationError

from bot.accounts import open_provider_account
from bot.workspace import WorkspaceSettings
from db import accounts
from db.secrets import SecretBox, SecretError
from db.sync_runs import SyncRunRow
from db.tx import Pool, tx
from providers.outcome import CallFailure, Disposition
from providers.registry import create_provider
from sync.pull import Progress
from sync.run import SyncOutcome, SyncRules, SyncSource, run_sync


async def perform_run(
    pool: Pool,
    box: SecretBox,
    http: httpx.AsyncClient,
    run: SyncRunRow,
    *,
    now: datetime,
    days: int | None = None,
    progress: Progress | None = None,
) -> SyncOutcome:
    """Performs a claimed run to its end; see sync.run.run_sync for what it raises."""

    async def connect() -> SyncSource:
        async with tx(pool, run.workspace_id) as connection:
            row = await accounts.provider_account_of(connection)
            stored = await accounts.workspace_settings(connection)
        if row is None:
            raise _unusable("no_provider", "no booking system is connected to this business")
        try:
            settings = WorkspaceSettings.model_validate(stored)
            provider = create_provider(open_provider_account(row, box, settings), http)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise _unusable("bad_settings", f"the business's setting {where}: {first['msg']}") from None
        except (SecretError, ValueError) as error:
            raise _unusable("bad_account", str(error)) from None
        return SyncSource(
            provider,
            SyncRules(
                zone=settings.zone,
                currency=settings.currency,
                horizon_days=settings.horizon_days,
                service_drop_limit=settings.service_drop_limit,
            ),
        )

    return await run_sync(pool, run, connect, now=now, days=days, progress=progress)


def _unusable(code: str, detail: str) -> CallFailure:
    return CallFailure(Disposition.OPERATOR, code, detail)
