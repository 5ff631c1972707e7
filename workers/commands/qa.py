"""`frontdesk qa`: all checks over all templates against a running server. What they are: workers/qa."""

# Most imports stand inside functions, so that `frontdesk --help` stays quick.

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.version import VERSION
from workers.settings import PROJECT_ROOT, Settings, exit_with, load_settings_or_exit

if TYPE_CHECKING:
    from workers.qa.checks import Finding
    from workers.qa.expect import Expected
    from workers.qa.result import Run
    from workers.qa.run import Place

_TIMEOUT_SECONDS = 60.0
_CUSTOMERS = 9
"""Addresses that customers come from: limits are per address."""


def qa(
    url: Annotated[str, typer.Option(help="The server's address; without one the demo's.")] = "",
    template: Annotated[list[str] | None, typer.Option(help="Only this template; may be said again.")] = None,
    reset: Annotated[
        str, typer.Option(help="The template that is made as new at the end; without one the last.")
    ] = "",
    reports: Annotated[
        Path, typer.Option(help="Where the reports go.", show_default="reports")
    ] = PROJECT_ROOT / "reports",
    report: Annotated[bool, typer.Option(help="Write the reports.")] = True,
) -> None:
    """Check every template against a running server, as its customer and as its operator.

    Leaves talks and bookings in the demo's businesses (frontdesk reset KEY takes them away). Exit code 1 if
    anything failed, with a line for each.
    """
    from workers.qa.expect import expected_templates

    settings = load_settings_or_exit(demo_fallback=True) if not url else None
    try:
        chosen = expected_templates(template or ())
    except KeyError as error:
        exit_with([f"there is no template {error.args[0]!r} (frontdesk templates)"])
    if reset and reset not in {one.key for one in chosen}:
        exit_with([f"--reset {reset}: not among the templates of this run"])
    if settings is not None and settings.production:
        exit_with(["templates are demo businesses and have no place in production"])
    token = "" if settings is not None else typer.prompt("The agency's token", hide_input=True).strip()
    run = asyncio.run(_run(settings, url, token, chosen, reset))
    _sum_up(run)
    if report:
        _write(run, reports)
    raise typer.Exit(1 if run.failures else 0)


async def _run(settings: Settings | None, url: str, token: str, chosen: list[Expected], reset: str) -> Run:
    from workers.qa.run import run_checks

    place = _demo(settings) if settings is not None else _elsewhere(url, token)
    async with place as at:
        return await run_checks(at, chosen, reset=reset, told=_tell)


@asynccontextmanager
async def _elsewhere(url: str, token: str) -> AsyncIterator[Place]:
    """A server of which only the address and a token are known."""
    import httpx

    from workers.qa.client import Dashboard, Server
    from workers.qa.run import Place
    from workers.resources import now

    async with httpx.AsyncClient(base_url=url, timeout=_TIMEOUT_SECONDS) as http:
        server = Server(http)
        yield Place(server, Dashboard(server, token), now)


@asynccontextmanager
async def _demo(settings: Settings) -> AsyncIterator[Place]:
    """The server of these settings, with its database for what only an operator may do."""
    import httpx

    from db.secrets import SecretBox
    from workers.qa.client import Dashboard, Server
    from workers.qa.neighbours import neighbours
    from workers.qa.operator import SandboxOrders, operating
    from workers.qa.run import Place
    from workers.resources import now
    from workers.simulation import SetupError, open_command_pool

    async with AsyncExitStack() as stack:
        try:
            pool = await stack.enter_async_context(open_command_pool(settings, "qa"))
            box = SecretBox(settings.secret_keys())
        except SetupError as error:
            exit_with([str(error)])
        except ValueError as error:
            exit_with([f"FRONTDESK_SECRET_KEYS: {error}"])
        operator = await stack.enter_async_context(operating(pool, box, now()))
        http = await stack.enter_async_context(
            httpx.AsyncClient(base_url=settings.public_base_url, timeout=_TIMEOUT_SECONDS, trust_env=False)
        )
        server = Server(http)
        customers = await stack.enter_async_context(neighbours(settings.public_base_url, _CUSTOMERS))
        yield Place(
            server=server,
            customers=customers,
            dashboard=Dashboard(server, await operator.agency_token()),
            clock=now,
            operator=operator,
            orders=SandboxOrders(http, settings.sandbox_url) if settings.sandbox_url else None,
            version=_version(),
        )


def _version() -> str:
    """The demo's server was started from this checkout, which may have gone on since: both are said."""
    told = f"frontdesk {VERSION}"
    try:
        commit = _git("rev-parse", "--short", "HEAD")
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", ":!reports")
    except (OSError, subprocess.CalledProcessError):
        return told
    return f"{told}; the checkout was at {commit}{', with uncommitted changes' if changed else ''}"


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=PROJECT_ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _tell(finding: Finding) -> None:
    from workers.qa.checks import Outcome

    if finding.outcome is not Outcome.ABSENT:
        typer.echo(finding.line, err=finding.outcome is Outcome.FAIL)


def _sum_up(run: Run) -> None:
    from workers.qa.checks import Outcome

    counted = {outcome: sum(1 for one in run.findings if one.outcome is outcome) for outcome in Outcome}
    typer.echo(
        f"\n{len(run.templates)} templates: {counted[Outcome.PASS]} PASS, {counted[Outcome.FAIL]} FAIL, "
        f"{counted[Outcome.UNTRIED]} not run, in {run.seconds:.0f} s"
    )


def _write(run: Run, folder: Path) -> None:
    from workers.qa.handoff_report import handoff_report
    from workers.qa.report import templates_report

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("TEMPLATES_QA.md", templates_report(run)),
        ("EXTERNAL_BOOKING_HANDOFF_QA.md", handoff_report(run)),
    ):
        (folder / name).write_text(text, encoding="utf-8")
        typer.echo(f"written: {name}")
