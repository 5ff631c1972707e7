"""`frontdesk seed`: put businesses into the database. Running it again changes only what differs."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from workers.commands.templates import run_templates
from workers.settings import Settings, load_settings_or_exit


def seed(
    key: Annotated[str, typer.Argument(help="A template (frontdesk templates).")] = "",
    demo: Annotated[bool, typer.Option("--demo", help="The demo's businesses.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Every template.")] = False,
) -> None:
    """Seed one template, all of them, or the demo's businesses (and tell the sandbox their made-up secrets)."""
    if [bool(key), demo, every].count(True) != 1:
        typer.echo("frontdesk: name one template (frontdesk templates), --all or --demo", err=True)
        raise typer.Exit(2)
    if not demo:
        raise typer.Exit(run_templates([key] if key else [], reset=False))
    settings = load_settings_or_exit(demo_fallback=True)
    if settings.production or settings.sandbox_url is None:
        typer.echo(
            "frontdesk: the demo's businesses need SANDBOX_URL and have no place in production", err=True
        )
        raise typer.Exit(2)
    raise typer.Exit(asyncio.run(_seed_demo(settings, settings.sandbox_url)))


async def _seed_demo(settings: Settings, sandbox_url: str) -> int:
    # Imported here so that `frontdesk --help` stays quick.
    import httpx

    from db.failures import DATABASE_FAILURES
    from db.secrets import SecretBox, SecretError
    from db.tx import open_pool
    from seeds.demo import seed_demo
    from workers.resources import pool_limits

    keys = settings.secret_keys()
    if not keys:
        typer.echo("frontdesk: FRONTDESK_SECRET_KEYS is missing: the accounts' secrets need a key", err=True)
        return 2
    try:
        pool = await open_pool(settings.dsn, pool_limits(settings.timing), application_name="frontdesk seed")
        try:
            report = await seed_demo(
                pool,
                box=SecretBox(keys),
                sandbox_url=sandbox_url,
                public_base_url=settings.public_base_url,
            )
        finally:
            await pool.close()
    except DATABASE_FAILURES as error:
        typer.echo(f"frontdesk: seeding failed: {type(error).__name__}", err=True)
        return 1
    except SecretError as error:
        typer.echo(f"frontdesk: seeding failed: {error}", err=True)
        return 1
    for what, counts in report.counts.items():
        told = ", ".join(f"{count} {saved}" for saved, count in counts.items())
        typer.echo(f"{what:18} {told}")
    try:
        async with httpx.AsyncClient(timeout=settings.timing.call_timeout_seconds, trust_env=False) as http:
            answer = await http.post(
                f"{sandbox_url}/_sandbox/accounts", json={"accounts": report.sandbox_accounts}
            )
            answer.raise_for_status()
    except httpx.HTTPStatusError as error:
        typer.echo(f"frontdesk: the sandbox refused the accounts: {error.response.status_code}", err=True)
        return 1
    except httpx.HTTPError as error:
        typer.echo(
            f"frontdesk: the sandbox at {sandbox_url} can't be reached: {type(error).__name__}", err=True
        )
        return 1
    typer.echo(f"sandbox told        {len(report.sandbox_accounts)} accounts")
    if report.sync_runs:
        typer.echo(f"first sync asked for {len(report.sync_runs)} businesses")
    return 0
