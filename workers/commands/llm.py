"""`frontdesk llm`: what language models were asked and what they cost, the persona, a business's own keys."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from workers.commands.common import chosen_workspace, refuse_unknown, run_with_pool
from workers.settings import Settings, exit_with

if TYPE_CHECKING:
    from uuid import UUID

    from bot.workspace import WorkspaceSettings
    from db.llm import Cost
    from db.read_llm import Call
    from db.tx import Pool

llm = typer.Typer(help="Language models: calls, cost, personas, keys.", no_args_is_help=True)
prompts = typer.Typer(help="The persona of a business's assistant, in versions.", no_args_is_help=True)
llm.add_typer(prompts, name="prompts")

Workspace = Annotated[str, typer.Option("--workspace", "-w", help="The business's key.")]
T = TypeVar("T")
_NANO = 10**9
LIMIT = 8000
"""Characters of a persona, as the table has it."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A business, looked at from a command."""

    pool: Pool
    settings: Settings
    workspace_id: UUID
    name: str
    business: WorkspaceSettings


def _with_workspace(key: str, work: Callable[[_Open], Awaitable[T]]) -> T:
    """Opens the database, finds the business, does the work; every trouble is one plain line."""

    async def run(pool: Pool, settings: Settings) -> T:
        from bot.workspace import WorkspaceSettings

        row = await chosen_workspace(pool, key)
        business = WorkspaceSettings.model_validate(row.settings)
        return await work(_Open(pool, settings, row.id, row.name, business))

    return run_with_pool("llm", run)


def dollars(nanos: int) -> str:
    """Nano-dollars for eyes: `$0.000312`."""
    return f"${nanos / _NANO:.6f}"


@llm.command()
def calls(
    workspace: Workspace, limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 30
) -> None:
    """The latest calls: which model, why, what became of it, tokens in (cached) / out, cost and time."""
    from rich.console import Console
    from rich.table import Table

    async def read(opened: _Open) -> list[Call]:
        from db import read_llm
        from db.read_pages import read_rows
        from db.tx import tx

        async with tx(opened.pool, opened.workspace_id) as transaction:
            return await read_rows(transaction, read_llm, read_llm.CallFilters(), most=limit)

    found = _with_workspace(workspace, read)
    console = Console(highlight=False)
    if not found:
        console.print("No language model was asked yet.")
        return
    table = Table("when", "model", "for", "outcome", "tokens", "cost", "ms", box=None, pad_edge=False)
    for column in ("when", "cost", "ms"):
        next(one for one in table.columns if one.header == column).no_wrap = True
    for call in found:
        became = f"{call.outcome}{' ✓' if call.used else ''}" + (f"\n{call.detail}" if call.detail else "")
        table.add_row(
            f"{call.created_at.astimezone():%d %b %H:%M}",
            f"{call.provider} {call.model}\n{call.variant} p{call.prompt_version}",
            f"{call.purpose}\n{call.reason}",
            became,
            f"{call.input_tokens} ({call.cached_tokens}) / {call.output_tokens}",
            dollars(call.cost_nanos) + ("" if call.price_known else " ?"),
            "" if call.latency_ms is None else str(call.latency_ms),
        )
    console.print(table)


@llm.command()
def cost(
    workspace: Workspace, days: Annotated[int, typer.Option(min=1, max=400, help="How far back.")] = 14
) -> None:
    """Cost per day of the business, model and variant, against the day's budget."""
    from rich.console import Console
    from rich.table import Table

    async def read(opened: _Open) -> tuple[list[Cost], int]:
        from bot.llm_books import day_began
        from db.llm import costs
        from db.tx import tx
        from workers.resources import now

        since = day_began(now() - timedelta(days=days - 1), opened.business)
        async with tx(opened.pool, opened.workspace_id) as transaction:
            rows = await costs(transaction, since=since, zone=opened.business.timezone)
        return rows, opened.business.llm.daily_budget_cents

    found, budget = _with_workspace(workspace, read)
    console = Console(highlight=False)
    if not found:
        console.print("No language model was asked in this time.")
        return
    table = Table("day", "model", "for", "calls", "tokens", "ms", "cost", box=None, pad_edge=False)
    for column in ("day", "ms", "cost"):
        next(one for one in table.columns if one.header == column).no_wrap = True
    for row in found:
        table.add_row(
            row.day,
            f"{row.provider} {row.model}\n{row.variant}",
            row.purpose,
            f"{row.calls}: {row.answered} answered, {row.used} used",
            f"{row.input_tokens} / {row.output_tokens}",
            str(row.median_ms or ""),
            dollars(row.cost_nanos),
        )
    console.print(table)
    total = sum(row.cost_nanos for row in found)
    console.print(f"Together {dollars(total)}; the budget is {budget / 100:.2f} dollars a day.")


@prompts.command("show")
def show_prompts(
    workspace: Workspace,
    version: Annotated[int | None, typer.Argument(help="A version; without one the active text.")] = None,
    filled: Annotated[
        bool, typer.Option("--filled", help="With the catalog in it, as a model reads it.")
    ] = False,
    text: Annotated[bool, typer.Option("--text", help="The text alone, for a file.")] = False,
) -> None:
    """List the versions and print one text. Version 0 is the default of the business's trade."""

    async def read(opened: _Open) -> list[str]:
        from bot.catalog_view import CatalogCache
        from bot.llm_prompts import default_body, fill
        from db.accounts import find_workspace
        from db.llm import prompts as all_prompts
        from db.tx import tx

        async with tx(opened.pool, opened.workspace_id) as transaction:
            stored = await all_prompts(transaction)
        active = next((one.version for one in stored if one.active), 0)
        wanted = active if version is None else version
        bodies = {0: default_body(opened.business.llm.trade), **{one.version: one.body for one in stored}}
        if wanted not in bodies:
            exit_with([f"there is no version {wanted}"])
        body = bodies[wanted]
        if filled:
            row = await find_workspace(opened.pool, workspace)
            number = row.catalog_version if row is not None else 0
            catalog = await CatalogCache().get(opened.pool, opened.workspace_id, number)
            body = fill(body, business=opened.name, settings=opened.business, catalog=catalog)
        if text:
            return [body]
        lines = [
            f"{'*' if one.version == active else ' '} {one.version:>3}  {one.created_at.astimezone():%d %b %Y %H:%M}  "
            f"{one.note}"
            for one in stored
        ]
        return [
            *lines,
            f"{'*' if active == 0 else ' '}   0  the default",
            "",
            f"--- version {wanted} ---",
            body,
        ]

    for line in _with_workspace(workspace, read):
        typer.echo(line)


@prompts.command("edit")
def edit_prompt(
    workspace: Workspace,
    file: Annotated[Path | None, typer.Option(help="The new text; without it stdin is read.")] = None,
    note: Annotated[str, typer.Option(help="Why, for the list.")] = "",
) -> None:
    """Store a new version and make it active: it speaks from the next call on.

    To change the present one: frontdesk llm prompts show -w KEY --text > persona.txt, edit that, and give it back.
    """
    try:
        body = (sys.stdin.read() if file is None else file.read_text("utf-8")).strip()
    except (OSError, UnicodeDecodeError) as error:
        exit_with([f"the text can't be read ({type(error).__name__})"])
    if not 0 < len(body) <= LIMIT:
        exit_with([f"the text has {len(body)} characters; it needs one and may have {LIMIT}"])

    async def store(opened: _Open) -> int:
        from db.llm import add_prompt
        from db.tx import tx

        async with tx(opened.pool, opened.workspace_id) as transaction:
            return await add_prompt(transaction, body, note=note[:200])

    typer.echo(f"Version {_with_workspace(workspace, store)} speaks now.")


@prompts.command("rollback")
def roll_back(workspace: Workspace, version: Annotated[int, typer.Argument(min=0)]) -> None:
    """Make an earlier version speak again; 0 is the default. Nothing is lost."""

    async def activate(opened: _Open) -> str | None:
        from db.llm import activate_prompt
        from db.tx import tx

        try:
            async with tx(opened.pool, opened.workspace_id) as transaction:
                await activate_prompt(transaction, version)
        except LookupError as error:
            return str(error)
        return None

    problem = _with_workspace(workspace, activate)
    if problem is not None:
        exit_with([problem])
    typer.echo(f"Version {version} speaks now.")


@llm.command()
def key(
    workspace: Workspace,
    provider: Annotated[str, typer.Argument(help="openai or anthropic")],
    remove: Annotated[bool, typer.Option("--remove", help="Use the installation's again.")] = False,
) -> None:
    """Seal a business's own key; it is typed in or read from stdin, never an argument."""
    from providers.llm.registry import PROVIDERS

    refuse_unknown("provider", provider, PROVIDERS)
    secret = ""
    if not remove:
        secret = (
            typer.prompt("Key", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()
        ).strip()
        if not secret:
            exit_with(["no key was given"])

    async def store(opened: _Open) -> str:
        from db.llm import drop_account, save_account
        from db.secrets import SecretBox
        from db.tx import tx
        from workers.llm_keys import KEY_FIELD, account_field

        async with tx(opened.pool, opened.workspace_id) as transaction:
            if remove:
                gone = await drop_account(transaction, provider)
                return "The installation's key is used again." if gone else "There was no key of its own."
            sealed = SecretBox(opened.settings.secret_keys()).seal(
                {KEY_FIELD: secret}, workspace_id=opened.workspace_id, field=account_field(provider)
            )
            await save_account(transaction, provider, sealed)
            return "Sealed. It is used within half a minute."

    typer.echo(_with_workspace(workspace, store))
