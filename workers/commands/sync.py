"""`frontdesk sync`: pull a business's catalog and free times now, in this process."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Annotated, Any

import typer

from workers.settings import Settings, load_settings_or_exit


class Only(StrEnum):
    SLOTS = "slots"


def sync(
    workspace: Annotated[str, typer.Argument(help="The business's key, such as nail-salon.")],
    only: Annotated[Only | None, typer.Option(help="slots: free times, without the catalog.")] = None,
    force: Annotated[bool, typer.Option(help="Accept an empty or much shrunk catalog.")] = False,
    days: Annotated[int | None, typer.Option(min=1, max=365, help="Days of free times from today.")] = None,
) -> None:
    """Pull the catalog and free times of a business from its booking system.

    Exit code 0 when the tables say what the booking system says, 1 when not.
    """
    settings = load_settings_or_exit(demo_fallback=True)
    raise typer.Exit(asyncio.run(_sync(settings, workspace, only, force=force, days=days)))


async def _sync(
    settings: Settings, workspace: str, only: Only | None, *, force: bool, days: int | None
) -> int:
    # Imported here so that `frontdesk --help` stays quick.
    import httpx  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    from db import sync_runs  # noqa: PLC0415
    from db.accounts import find_workspace  # noqa: PLC0415
    from db.failures import DATABASE_FAILURES  # noqa: PLC0415
    from db.secrets import SecretBox  # noqa: PLC0415
    from db.tx import open_pool, tx  # noqa: PLC0415
    from sync.run import CLAIM_SECONDS, RunLost, SyncStatus  # noqa: PLC0415
    from workers.resources import now, pool_limits  # noqa: PLC0415
    from workers.syncing import perform_run  # noqa: PLC0415

    errors = Console(stderr=True, soft_wrap=True, markup=False)
    try:
        pool = await open_pool(settings.dsn, pool_limits(settings.timing), application_name="frontdesk sync")
    except DATABASE_FAILURES as error:
        errors.print(f"frontdesk: the database can't be reached: {type(error).__name__}")
        return 1
    try:
        found = await find_workspace(pool, workspace)
        if found is None:
            errors.print(f"frontdesk: there is no business {workspace!r}")
            return 1
        async with tx(pool, found.id) as connection:
            run = await sync_runs.start_run(
                connection,
                kind="slots" if only else "full",
                trigger="operator",
                forced=force,
                claim_seconds=CLAIM_SECONDS,
            )
        if run is None:
            errors.print("frontdesk: another process is at this very sync; try again when it is through")
            return 1
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=errors,
            transient=True,
        )
        with bar:
            tasks: dict[str, Any] = {}

            async def progress(what: str, done: int, total: int) -> None:
                if what not in tasks:
                    tasks[what] = bar.add_task(what, total=total)
                bar.update(tasks[what], completed=done)

            async with httpx.AsyncClient() as http:
                try:
                    outcome = await perform_run(
                        pool,
                        SecretBox(settings.secret_keys()),
                        http,
                        run,
                        now=now(),
                        days=days,
                        progress=progress,
                    )
                except RunLost:
                    errors.print("frontdesk: another process has finished this sync meanwhile")
                    return 1
    finally:
        await pool.close()
    if outcome.status is not SyncStatus.DONE:
        errors.print(f"frontdesk: {outcome.error}")
        return 1
    _print_counts(Console(), found.name, outcome.counts)
    return 0


def _print_counts(console: Any, title: str, counts: dict[str, Any]) -> None:
    from rich.table import Table  # noqa: PLC0415

    table = Table("", "what happened", title=title, title_justify="left", box=None)
    for name, numbers in counts.items():
        if isinstance(numbers, dict):
            told = ", ".join(f"{count} {what}" for what, count in numbers.items() if count)
            table.add_row(name.replace("_", " "), told or "nothing to do")
    console.print(table)
    for note in counts["notes"]:
        console.print(f"note: {note}", markup=False)
    console.print(f"{counts['duration_ms'] / 1000:.1f} s", highlight=False)
