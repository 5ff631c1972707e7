"""`frontdesk doctor`: what is configured, reachable and missing."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from workers.checkup import examine
from workers.findings import Finding, State
from workers.settings import load_settings_or_exit

_MARKS = {
    State.OK: Text("ok", style="green"),
    State.NOTE: Text("note", style="yellow"),
    State.MISSING: Text("missing", style="bold red"),
}


def doctor(
    plain: Annotated[bool, typer.Option("--plain", help="One line per finding, for scripts.")] = False,
) -> None:
    """Tell what is configured, reachable and missing. Exit code 1 if something required is missing."""
    findings = asyncio.run(examine(load_settings_or_exit(demo_fallback=True)))
    if plain:
        for item in findings:
            typer.echo(f"{item.state.value}\t{item.section}\t{item.title}\t{item.text}")
    else:
        _show(findings)
    missing = sum(item.state is State.MISSING for item in findings)
    if missing:
        typer.echo(f"{missing} required {'thing is' if missing == 1 else 'things are'} missing.", err=True)
        raise typer.Exit(1)
    typer.echo("Nothing required is missing.", err=True)


def _show(findings: Sequence[Finding]) -> None:
    title_width = max(len(item.title) for item in findings)
    # Lines as long as they need to be: a webhook address cut in two is no use to whoever copies it.
    console = Console()
    console.width = max(console.width, title_width + 12 + max(len(item.text) for item in findings))
    for section, items in itertools.groupby(findings, key=lambda item: item.section):
        table = Table(
            title=section,
            title_style="bold",
            title_justify="left",
            show_header=False,
            box=None,
            pad_edge=False,
        )
        table.add_column(min_width=title_width)
        table.add_column(min_width=7)
        table.add_column(no_wrap=True)
        for item in items:
            table.add_row(Text(item.title), _MARKS[item.state], Text(item.text))
        console.print(table)
        console.print()
