"""`frontdesk templates` and `frontdesk reset`; `frontdesk seed KEY` is in seed.py."""

# Most imports stand inside functions, so that `frontdesk --help` stays quick.

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from workers.settings import EXIT_MISCONFIGURED, Settings, load_settings_or_exit

if TYPE_CHECKING:
    from workers.templates import TemplateReport


def templates(
    check: Annotated[bool, typer.Option("--check", help="Only say whether all files are right.")] = False,
) -> None:
    """List the templates: demo businesses that `frontdesk seed KEY` makes."""
    from seeds.business_file import BusinessFileError
    from seeds.template_file import shipped_templates

    try:
        found = shipped_templates()
    except BusinessFileError as error:
        for line in error.problems:
            typer.echo(f"frontdesk: {line}", err=True)
        raise typer.Exit(1) from None
    if check:
        typer.echo(f"{len(found)} templates are right")
        return
    rows = [("KEY", "WORKSPACE", "BOT", "ROUTE AND BOOKING TYPES", "URL")]
    for one in found.values():
        routes: dict[str, list[str]] = {}
        for kind, handling in one.routes().items():
            routes.setdefault(handling.value, []).append(kind)
        told = "; ".join(f"{route}: {', '.join(kinds)}" for route, kinds in routes.items())
        rows.append((one.key, one.workspace_key, one.bot_key, told, one.settings.external.url or "-"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        typer.echo(
            "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]])
        )


def reset(key: Annotated[str, typer.Argument(help="A template (frontdesk templates).")]) -> None:
    """Make a template's demo business as new: its talks, bookings and changed settings are thrown away."""
    raise typer.Exit(run_templates([key], reset=True))


def run_templates(keys: list[str], *, reset: bool) -> int:
    """Seeds or resets these, all if none is named. The exit code."""
    settings = load_settings_or_exit(demo_fallback=True)
    if settings.production:
        typer.echo("frontdesk: templates are demo businesses and have no place in production", err=True)
        return EXIT_MISCONFIGURED
    return asyncio.run(_run(settings, keys, reset=reset))


async def _run(settings: Settings, keys: list[str], *, reset: bool) -> int:
    import httpx

    from db.failures import DATABASE_FAILURES
    from db.secrets import SecretBox
    from db.tx import open_pool
    from seeds.business_file import BusinessFileError
    from workers import templates as work
    from workers.resources import now, pool_limits

    secret_keys = settings.secret_keys()
    if not secret_keys:
        typer.echo("frontdesk: FRONTDESK_SECRET_KEYS is missing: the accounts' secrets need a key", err=True)
        return EXIT_MISCONFIGURED
    try:
        chosen = work.chosen(keys)
        pool = await open_pool(settings.dsn, pool_limits(settings.timing), application_name="frontdesk seed")
        try:
            async with httpx.AsyncClient(
                timeout=settings.timing.call_timeout_seconds, trust_env=False
            ) as http:
                place = work.Installation(
                    pool, SecretBox(secret_keys), http, settings.public_base_url, settings.sandbox_url
                )
                await work.seed_templates(place, chosen, moment=now(), reset=reset, done=_tell)
        finally:
            await pool.close()
    except BusinessFileError as error:
        for line in error.problems:
            typer.echo(f"frontdesk: {line}", err=True)
        return 1
    except work.TemplateRefused as error:
        typer.echo(f"frontdesk: {error}", err=True)
        return 1
    except DATABASE_FAILURES as error:
        typer.echo(f"frontdesk: seeding failed: {type(error).__name__}", err=True)
        return 1
    return 0


def _tell(report: TemplateReport) -> None:
    said = ("created", "updated", "skipped", "deleted")
    total = ", ".join(f"{report.total(what)} {what}" for what in said)
    typer.echo(f"{report.key:20} {total}")
    for what, counts in report.counts.items():
        told = ", ".join(f"{counts[each]} {each}" for each in said if counts[each])
        if told:
            typer.echo(f"  {what:18} {told}")
