"""`frontdesk handoffs`: customers who finish on a business's own booking page."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from workers.commands.common import (
    ListsByDefault,
    chosen_workspace,
    chosen_workspaces,
    refuse_unknown,
    run_with_pool,
    typed_by,
    wherever,
)
from workers.settings import Settings, exit_with

if TYPE_CHECKING:
    from rich.text import Text

    from db.read_handoffs import HandoffRow
    from db.tx import Pool

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
_Which = Annotated[UUID, typer.Argument(help="The handoff's id.")]


@handoffs.command("list")
def list_them(
    workspace: Annotated[str | None, typer.Argument(help="Key of one workspace. Default: all.")] = None,
    status: Annotated[str | None, typer.Option(help=f"Only those that are {', '.join(STATES)}.")] = None,
) -> None:
    """The newest first."""
    if status is not None:
        refuse_unknown("status", status, STATES)
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
    run_with_pool("handoffs", lambda pool, _: _complete(pool, handoff, typed_by(by)))


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

    from db.read_handoffs import HandoffFilters, listing
    from db.read_pages import MAX_LIMIT
    from db.tx import tx

    console = Console(highlight=False)
    nothing = True
    for workspace in await chosen_workspaces(pool, key):
        async with tx(pool, workspace.id) as transaction:
            page = await listing(transaction, HandoffFilters(status=status), limit=MAX_LIMIT)
        for row in page.rows:
            nothing = False
            console.print(_told(row, workspace.key), soft_wrap=True)
    if nothing:
        console.print("No handoffs.")


def _told(row: HandoffRow, workspace: str) -> Text:
    """A few short lines, so that the id stands whole on any terminal, to be copied."""
    from rich.text import Text

    state = f"{STATES[row.status]}{', by ' + row.completed_by if row.completed_by else ''}"
    who = (row.customer_name, row.customer_phone, row.customer_email)
    came = f"{row.page}, from {row.source or 'unknown'}"
    lines = (
        f"  {row.created_at.astimezone():%d %b %H:%M}  {workspace}: {came}",
        f"  {'  '.join(filter(None, who)) or '(nothing known of the customer)'}",
        f"  {', '.join(filter(None, (row.service, row.preferred_time))) or '-'}",
    )
    told = Text.assemble((str(row.id), "bold"), "  ", state, *(f"\n{line}" for line in lines))
    told.append("\n")
    return told


async def _show(pool: Pool, handoff: UUID) -> None:
    from db import read_handoffs as rows

    async with wherever(pool, f"handoff {handoff}", lambda here: rows.find(here, handoff)) as (
        transaction,
        _,
    ):
        for event in await rows.timeline(transaction, handoff):
            detail = f": {event.detail}" if event.detail else ""
            typer.echo(f"{event.at.astimezone():%d %b %H:%M} {event.kind} by {event.made_by}{detail}")


async def _complete(pool: Pool, handoff: UUID, by: str) -> None:
    from db.handoffs import complete
    from db.read_handoffs import find

    async with wherever(pool, f"handoff {handoff}", lambda here: find(here, handoff)) as (transaction, _):
        done = await complete(transaction, handoff, by=by)
    typer.echo("Completed." if done else "It was completed before.")


async def _webhook(pool: Pool, settings: Settings, workspace: str, page: str, secret: str) -> None:
    from bot.web.handoff.completions import SECRET, webhook_address
    from db import handoffs as rows
    from db.secrets import SecretBox
    from db.tx import tx

    row = await chosen_workspace(pool, workspace)
    sealed = SecretBox(settings.secret_keys()).seal(
        {SECRET: secret}, workspace_id=row.id, field=rows.account_secret_field(page)
    )
    async with tx(pool, row.id) as transaction:
        key = await rows.put_account(
            transaction, page=page, account_key=secrets.token_urlsafe(18), secrets=sealed
        )
    typer.echo(webhook_address(settings.public_base_url, page, key))
