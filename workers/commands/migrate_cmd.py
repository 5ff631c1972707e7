"""`frontdesk migrate`: the Procfile's release step."""

from __future__ import annotations

import asyncio

import asyncpg
import typer

from db.migrate import MigrationError
from db.migrate import migrate as apply
from workers.settings import load_settings_or_exit


def migrate() -> None:
    """Bring the database up to date. Safe to run from several machines at once."""
    settings = load_settings_or_exit(demo_fallback=True)
    try:
        names = asyncio.run(apply(settings.dsn))
    except (MigrationError, OSError, asyncpg.PostgresError) as error:
        typer.echo(f"frontdesk: migration failed: {str(error) or type(error).__name__}", err=True)
        raise typer.Exit(1) from None
    for name in names:
        typer.echo(f"applied {name}")
    if not names:
        typer.echo("The database is up to date.")
