"""`frontdesk handoffs`: customers who finish on a business's own booking page, until there is a console."""

from __future__ import annotations

import getpass
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from workers.commands.common import ListsByDefault, chosen_workspaces, run_with_pool
from workers.settings import Settings, exit_with

if TYPE_CHECKING:
    from rich.text import Text

    from db.tx import Pool, Tx

handoffs = typer.Typer(
    cls=ListsByDefault, help="Customers sent to a booking page: list, show, complete, webhook."
)

STATES = {
    "new": "not opened yet",
    "redirected": "Redirected (intent)",
    "completed_external": "completed",
    "abandoned": "abandoned",
}
"""Never "booked" without the page's or an operator's word."""
_LIMIT = 200
_Which = Annotated[UUID, typer.Argument(help="The handoff's id.")]


@handoffs.command("list")
def list_them(
    workspace: Annotated[str | None, typer.Argument(help="Key of one workspace. Default: all.")] = None,
    status: Annotated[str | None, typer.Option(help=f"Only those that are {', '.join(STATES)}.")] = None,
) -> None:
    """The newest first."""
    if status is not None and status not in STATES:
        exit_with([f"unknown status {status!r}; known are {', '.join(STATES)}"])
    run_with_pool("handoffs", lambda pool, _: _list(pool, workspace, status))


@handoffs.command()
def show(handoff: _Which) -> None:
    """Its timeline."""
    run_with_pool("handoffs", lambda pool, _: _show(pool, handoff))


@handoffs.command()
def complete(
    handoff: _Which, by: Annotated[str, typer.Option("--as", help="Your name. Default: your account's.")] = ""
) -> None:
    """The booking stands on the page, as you saw there yourself."""
    run_with_pool("handoffs", lambda pool, _: _complete(pool, handoff, by.strip() or getpass.getuser()))


@handoffs.command()
def webhook(
    workspace: Annotated[str, typer.Argument(help="Key of the workspace.")],
    page: Annotated[str, typer.Argument(help="calendly, square, acuity or calcom.")],
) -> None:
    """Switch the page's completion webhook on; asks for its signing secret and prints the address to register."""
    from providers.handoff.pages import PAGES

    signing = [key for key, one in PAGES.items() if one.completions is not None]
    if page not in signing:
        exit_with([f"{page!r} has no signed webhook; {', '.join(signing)} have"])
    secret = typer.prompt("Signing secret", hide_input=True).strip()
    if not secret:
        exit_with(["without a secret the webhook stays off"])
    run_with_pool("handoffs", lambda pool, settings: _webhook(pool, settings, workspace, page, secret))


async def _list(pool: Pool, key: str | None, status: str | None) -> None:
    from rich.console import Console

    from db import handoffs as rows
    from db.tx import tx

    console = Console(highlight=False)
    nothing = True
    for workspace in await chosen_workspaces(pool, key):
        async with tx(pool, workspace.id) as transaction:
            found = await rows.listing(transaction, status=status, limit=_LIMIT)
        for row in found:
            nothing = False
            console.print(_told(row, workspace.key), soft_wrap=True)
    if nothing:
        console.print("No handoffs.")


def _told(row: dict[str, Any], workspace: str) -> Text:
    """A few short lines, so that the id stands whole on any terminal, to be copied."""
    from rich.text import Text

    state = f"{STATES[row['status']]}{', by ' + row['completed_by'] if row['completed_by'] else ''}"
    who = (row["customer_name"], row["customer_phone"], row["customer_email"])
    came = f"{row['page']}, from {row['source'] or 'unknown'}"
    lines = (
        f"  {row['created_at'].astimezone():%d %b %H:%M}  {workspace}: {came}",
        f"  {'  '.join(filter(None, who)) or '(nothing known of the customer)'}",
        f"  {', '.join(filter(None, (row['service'], row['preferred_time']))) or '-'}",
    )
    told = Text.assemble((str(row["id"]), "bold"), "  ", state, *(f"\n{line}" for line in lines))
    told.append("\n")
    return told


async def _show(pool: Pool, handoff: UUID) -> None:
    from db import handoffs as rows

    async with _at(pool, handoff) as transaction:
        for event in await rows.timeline(transaction, handoff):
            detail = f": {event['detail']}" if event["detail"] else ""
            typer.echo(
                f"{event['at'].astimezone():%d %b %H:%M} {event['kind']} by {event['made_by']}{detail}"
            )


async def _complete(pool: Pool, handoff: UUID, by: str) -> None:
    from db import handoffs as rows

    async with _at(pool, handoff) as transaction:
        done = await rows.complete(transaction, handoff, by=by)
    typer.echo("Completed." if done else "It was completed before.")


async def _webhook(pool: Pool, settings: Settings, workspace: str, page: str, secret: str) -> None:
    from bot.web.handoff.completions import SECRET, webhook_address
    from db import handoffs as rows
    from db.secrets import SecretBox
    from db.tx import tx

    (row,) = await chosen_workspaces(pool, workspace)
    sealed = SecretBox(settings.secret_keys()).seal(
        {SECRET: secret}, workspace_id=row.id, field=rows.account_secret_field(page)
    )
    async with tx(pool, row.id) as transaction:
        key = await rows.put_account(
            transaction, page=page, account_key=secrets.token_urlsafe(18), secrets=sealed
        )
    typer.echo(webhook_address(settings.public_base_url, page, key))


@asynccontextmanager
async def _at(pool: Pool, handoff: UUID) -> AsyncIterator[Tx]:
    """A transaction of the workspace that the handoff belongs to."""
    from db import handoffs as rows
    from db.tx import tx

    for workspace in await chosen_workspaces(pool, None):
        async with tx(pool, workspace.id) as transaction:
            if await rows.exists(transaction, handoff):
                yield transaction
                return
    exit_with([f"there is no handoff {handoff}"])
