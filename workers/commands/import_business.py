"""`frontdesk import-business`: a business that keeps no calendar elsewhere, from one YAML file."""

# Most imports stand inside functions, so that `frontdesk --help` stays quick.

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workers.settings import EXIT_MISCONFIGURED, Settings, load_settings_or_exit

if TYPE_CHECKING:
    from uuid import UUID

    import httpx

    from db.secrets import SecretBox
    from db.tx import Pool
    from seeds.business_file import BusinessFile


class _NotImported(Exception):
    """Plain lines for whoever typed the command."""

    def __init__(self, *lines: str, code: int = 1) -> None:
        super().__init__(*lines)
        self.lines = lines
        self.code = code


def import_business(
    file: Annotated[Path, typer.Argument(help="The business as YAML (docs/own-calendar.md).")],
    check: Annotated[bool, typer.Option("--check", help="Only say whether the file is right.")] = False,
) -> None:
    """Create a business with a calendar of its own, or bring it to what the file says.

    Importing again changes only what differs. Exit code 0 when the business can be booked as the file says,
    1 when not.
    """
    from db.failures import DATABASE_FAILURES
    from seeds.business_file import BusinessFileError, load_business_file

    try:
        business = load_business_file(file)
        if check:
            typer.echo(f"{file.name} is right: business {business.business.key}")
            return
        settings = load_settings_or_exit(demo_fallback=True)
        asyncio.run(_import(settings, business))
    except BusinessFileError as error:
        for line in error.problems:
            typer.echo(f"frontdesk: {line}", err=True)
        raise typer.Exit(1) from None
    except _NotImported as error:
        for line in error.lines:
            typer.echo(f"frontdesk: {file.name}: {line}", err=True)
        raise typer.Exit(error.code) from None
    except DATABASE_FAILURES as error:
        typer.echo(f"frontdesk: the database can't be used: {type(error).__name__}", err=True)
        raise typer.Exit(1) from None


async def _import(settings: Settings, file: BusinessFile) -> None:
    """Raises _NotImported, or what the database raises."""
    import httpx

    from db.secrets import SecretBox, SecretError
    from db.tx import open_pool
    from seeds import business_import
    from workers.resources import pool_limits

    keys = settings.secret_keys()
    if not keys:
        raise _NotImported(
            "FRONTDESK_SECRET_KEYS is missing: the accounts' secrets need a key", code=EXIT_MISCONFIGURED
        )
    box = SecretBox(keys)
    pool = await open_pool(settings.dsn, pool_limits(settings.timing), application_name="frontdesk import")
    try:
        report = await business_import.import_business(pool, file, box=box)
        for what, counts in report.counts.items():
            typer.echo(f"{what:18} {', '.join(f'{count} {saved}' for saved, count in counts.items())}")
        async with httpx.AsyncClient() as http:
            await _sync(pool, box, http, report.workspace_id)
    except (business_import.ImportRefused, SecretError) as error:
        raise _NotImported(str(error)) from None
    finally:
        await pool.close()


async def _sync(pool: Pool, box: SecretBox, http: httpx.AsyncClient, workspace_id: UUID) -> None:
    """The file is the whole truth of the business, however much shorter it became."""
    from db import sync_runs
    from db.tx import tx
    from sync.run import CLAIM_SECONDS, SyncStatus
    from workers.resources import now
    from workers.syncing import perform_run

    async with tx(pool, workspace_id) as connection:
        run = await sync_runs.start_run(
            connection, kind="full", trigger="operator", forced=True, claim_seconds=CLAIM_SECONDS
        )
    if run is None:
        raise _NotImported(
            "stored, but another process is at a sync of it; run frontdesk sync when it is through"
        )
    outcome = await perform_run(pool, box, http, run, now=now())
    if outcome.status is not SyncStatus.DONE:
        raise _NotImported(f"stored, but not synced: {outcome.error or outcome.status}")
    slots = outcome.counts["slots"]
    typer.echo(f"{'free times':18} {slots['created']} new, {slots['deleted']} gone")
    for note in outcome.counts["notes"]:
        typer.echo(f"note: {note}")
