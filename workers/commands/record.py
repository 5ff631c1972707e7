"""`frontdesk record` and `frontdesk replay`: real webhooks into a file, redacted, and back in again."""

from __future__ import annotations

import asyncio
import signal
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workers.settings import Settings, exit_with, load_settings_or_exit

if TYPE_CHECKING:
    from workers.recording import Outcome

_NOTICE_SECONDS = 1.2
"""A web process notices a new window within a second."""


def record(
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write, JSON lines.")],
    seconds: Annotated[
        float | None, typer.Option(min=0.1, help="Stop after so long; else with Ctrl-C.")
    ] = None,
) -> None:
    """Keep incoming webhooks in a file, without anybody's number, name, e-mail or card.

    Other words stay as customers wrote them: read a recording before you pass it on.
    """
    from workers.simulation import SetupError

    settings = load_settings_or_exit(demo_fallback=True)
    try:
        count = asyncio.run(_record(settings, out, seconds))
    except (SetupError, OSError) as error:
        exit_with([str(error)])
    typer.echo(f"{count} webhooks in {out}", err=True)


async def _record(settings: Settings, out: Path, seconds: float | None) -> int:
    from workers import recording
    from workers.simulation import open_command_pool

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    loop.call_later(_NOTICE_SECONDS, typer.echo, "Recording. Ctrl-C stops.", None, True, True)
    if seconds is not None:
        loop.call_later(_NOTICE_SECONDS + seconds, stop.set)
    async with open_command_pool(settings, "record") as pool:
        return await recording.record(
            pool, uuid.uuid4(), out, stop=stop, say=lambda line: typer.echo(line, err=True)
        )


def replay(
    file: Annotated[Path, typer.Argument(help="A recording.")],
    fast: Annotated[bool, typer.Option("--fast", help="Without the recording's pauses.")] = False,
    workspace: Annotated[
        str | None, typer.Option("--workspace", "-w", help="Send it to this business's accounts instead.")
    ] = None,
) -> None:
    """Post a recording's webhooks again, freshly signed, and tell what came out.

    A message that was received before changes nothing. Exit code 1 if a webhook was refused or somebody's
    messages weren't through at the end.
    """
    from workers.recording import RecordingError
    from workers.simulation import SetupError

    settings = load_settings_or_exit(demo_fallback=True)
    try:
        outcome = asyncio.run(_replay(settings, file, workspace, fast=fast))
    except (SetupError, RecordingError) as error:
        exit_with([str(error)])
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    _show(outcome)
    if not outcome.ok:
        raise typer.Exit(1)


async def _replay(settings: Settings, file: Path, workspace: str | None, *, fast: bool) -> Outcome:
    from bot.web.simulator.phone import PhoneError
    from workers.recording import RecordingError, Replay, read_recording
    from workers.resources import now
    from workers.simulation import open_simulation

    entries = read_recording(file)
    async with open_simulation(settings, "replay") as simulation:
        known = sorted({line.workspace_key for line in simulation.lines})
        if workspace is not None and workspace not in known:
            raise RecordingError(
                f"there is no workspace {workspace!r}. Known: {', '.join(known) or 'none yet'}."
            )
        replaying = Replay(
            pool=simulation.pool,
            http=simulation.http,
            own_url=simulation.own_url,
            sandbox_url=simulation.sandbox_url,
            clock=now,
            accounts={line.account_id: await simulation.account(line) for line in simulation.lines},
            lines=simulation.lines,
            workspace=workspace,
        )
        try:
            return await replaying.run(entries, fast=fast)
        except PhoneError as error:
            raise RecordingError(f"{error}. Is the demo running? make demo") from error


def _show(outcome: Outcome) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    answers = ", ".join(f"{count} × {status}" for status, count in sorted(outcome.statuses.items()))
    duplicates = outcome.duplicates.total()
    console.print(
        f"{outcome.statuses.total()} webhooks posted: {answers or 'none'}. "
        f"{outcome.received.total()} messages, {duplicates} of them here already and ignored; "
        f"{outcome.receipts} delivery receipts.",
        soft_wrap=True,
    )
    if outcome.received:
        table = Table("customer", "messages", "ignored", "replies", box=None)
        for who, count in outcome.received.items():
            table.add_row(who, str(count), str(outcome.duplicates[who]), str(outcome.replies[who]))
        console.print(table)
    for who in outcome.unfinished:
        console.print(f"not through yet: {who}", style="red", markup=False)
