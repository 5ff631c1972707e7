"""`frontdesk demo`, that is `make demo`. What it does is in workers/demo.py."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workers.settings import PROJECT_ROOT


def demo(
    web_port: Annotated[int, typer.Option(help="Port of the web process, or the next free one.")] = 8080,
    sandbox_port: Annotated[int, typer.Option(help="Port of the sandbox, or the next free one.")] = 8090,
    data_dir: Annotated[Path, typer.Option(help="Where everything is kept.")] = PROJECT_ROOT / "var",
    llm: Annotated[bool, typer.Option("--llm", help="With the sandbox's language models.")] = False,
) -> None:
    """Run everything here: PostgreSQL, Redis, the demo's businesses, all processes, and the providers' sandbox."""
    try:
        # Needs packages of the demo extra, which a production installation doesn't have.
        from workers.demo import DemoError, run_demo
        from workers.embedded_process import EmbeddedError
    except ModuleNotFoundError as error:
        typer.echo(f"frontdesk: {error.name} is missing: install requirements/demo.txt.", err=True)
        raise typer.Exit(1) from None
    try:
        code = run_demo(data_dir, web_port=web_port, sandbox_port=sandbox_port, llm=llm)
    except (DemoError, EmbeddedError) as error:
        typer.echo(f"frontdesk: {error}", err=True)
        raise typer.Exit(1) from None
    raise typer.Exit(code)
