"""`frontdesk sync`: pull a business's catalog and free times now, in this process."""

# Most imports stand inside functions, so that `frontdesk --help` stays quick.

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.settings import EXIT_MISCONFIGURED, Settings, load_settings_or_exit

if TYPE_CHECKING:
    from rich.console import Console

    from db.sync_runs import SyncRunRow
    from db.tx import Pool
    from sync.pull import Progress
    from sync.run import SyncOutcome


class Only(StrEnum):
    SLOTS = "slots"


class _NotSynced(Exception):
    """One plain line for whoever typed the command."""

    def __init__(self, line: str, *, code: int = 1) -> None:
        super().__init__(line)
        self.code = code


def sync(
    workspace: Annotated[str, typer.Argument(help="The business's key, such as nail-salon.")],
    only: Annotated[Only | None, typer.Option(help="slots: free times, without the catalog.")] = None,
    force: Annotated[bool, typer.Option(help="Accept an empty or much shrunk catalog.")] = False,
    days: Annotated[int | None, typer.Option(min=1, max=365, help="Days of free times from today.")] = None,
) -> None:
    """Pull the catalog and free times of a business from its booking system.

    Exit code 0 when the tables say what the booking system says, 1 when not.
    """
    from rich.console import Console

    from db.failures import DATABASE_FAILURES

    settings = load_settings_or_exit(demo_fallback=True)
    errors = Console(stderr=True, soft_wrap=True, markup=False, highlight=False)
    try:
        outcome = asyncio.run(_sync(settings, workspace, only, errors, forced=force, days=days))
    except _NotSynced as error:
        errors.print(f"frontdesk: {error}")
        raise typer.Exit(error.code) from None
    except DATABASE_FAILURES as error:
        errors.print(f"frontdesk: the database can't be used: {type(error).__name__}")
        raise typer.Exit(1) from None
    _print_counts(Console(), workspace, outcome.counts)


async def _sync(
    settings: Settings,
    workspace: str,
    only: Only | None,
    terminal: Console,
    *,
    forced: bool,
    days: int | None,
) -> SyncOutcome:
    """Raises _NotSynced, or what the database raises."""
    import httpx

    from db.secrets import SecretBox
    from db.tx import open_pool
    from sync.run import RunLost, SyncStatus
    from workers.resources import now, pool_limits
    from workers.syncing import perform_run

    keys = settings.secret_keys()
    if not keys:
        raise _NotSynced(
            "FRONTDESK_SECRET_KEYS is missing: the account's secrets can't be opened", code=EXIT_MISCONFIGURED
        )
    pool = await open_pool(settings.dsn, pool_limits(settings.timing), application_name="frontdesk sync")
    try:
        run = await _start(pool, workspace, only, forced=forced)
        async with _progress(terminal) as progress, httpx.AsyncClient() as http:
            outcome = await perform_run(
                pool, SecretBox(keys), http, run, now=now(), days=days, progress=progress
            )
    except RunLost:
        raise _NotSynced("another process has finished this sync meanwhile") from None
    finally:
        await pool.close()
    if outcome.status is not SyncStatus.DONE:
        raise _NotSynced(outcome.error or outcome.status)
    return outcome


async def _start(pool: Pool, workspace: str, only: Only | None, *, forced: bool) -> SyncRunRow:
    """A run in our hands."""
    from db import sync_runs
    from db.accounts import find_workspace
    from db.tx import tx
    from sync.run import CLAIM_SECONDS

    found = await find_workspace(pool, workspace)
    if found is None:
        raise _NotSynced(f"there is no business {workspace!r}")
    async with tx(pool, found.id) as connection:
        run = await sync_runs.start_run(
            connection,
            kind="slots" if only else "full",
            trigger="operator",
            forced=forced,
            claim_seconds=CLAIM_SECONDS,
        )
    if run is None:
        raise _NotSynced("another process is at this very sync; try again when it is through")
    return run


@asynccontextmanager
async def _progress(terminal: Console) -> AsyncIterator[Progress]:
    """A bar per step that disappears when all is done."""
    from rich import progress as rich

    tasks: dict[str, rich.TaskID] = {}
    columns = (rich.TextColumn("{task.description}"), rich.BarColumn(), rich.MofNCompleteColumn())
    with rich.Progress(*columns, console=terminal, transient=True) as bar:

        async def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done)

        yield tell


def _print_counts(console: Console, title: str, counts: Mapping[str, Any]) -> None:
    from rich.table import Table

    table = Table(title, "", box=None)
    for name, numbers in counts.items():
        if isinstance(numbers, dict):
            told = ", ".join(f"{count} {what}" for what, count in numbers.items() if count)
            table.add_row(name.replace("_", " "), told or "nothing to do")
    console.print(table)
    for note in counts["notes"]:
        console.print(f"note: {note}", markup=False, highlight=False)
    console.print(f"{counts['duration_ms'] / 1000:.1f} s", highlight=False)
