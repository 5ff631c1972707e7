"""`frontdesk links`: magic links into a conversation's web chat (docs/web-chat.md)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from workers.commands.common import ListsByDefault, chosen_workspaces, run_with_pool, typed_by
from workers.settings import Settings, exit_with

if TYPE_CHECKING:
    from bot.magic_links import MagicLinks
    from db.magic_links import ListedLink
    from db.tx import Pool

links = typer.Typer(cls=ListsByDefault, help="Links that open a conversation's chat: list, create, revoke.")

_LIMIT = 100
_By = Annotated[str, typer.Option("--as", help="Your name. Default: that of your account.")]


@links.command("list")
def list_them(
    workspace: Annotated[str | None, typer.Argument(help="Key of one workspace. Default: all.")] = None,
) -> None:
    """The newest first. A link itself is kept nowhere and can't be shown again."""
    run_with_pool("links", lambda pool, _: _list(pool, workspace))


@links.command()
def create(
    conversation: Annotated[UUID, typer.Argument(help="The conversation's id.")],
    days: Annotated[float, typer.Option(min=0.01, max=90, help="How long it is valid.")] = 30,
    by: _By = "",
) -> None:
    """Print a new link. Whoever holds it reads and writes in that chat: send it to the customer only."""
    run_with_pool("links", lambda pool, settings: _create(pool, settings, conversation, days, typed_by(by)))


@links.command()
def revoke(
    link: Annotated[UUID, typer.Argument(help="A link's id, or a conversation's for all of its links.")],
    by: _By = "",
) -> None:
    """Close links at once; a chat that is open by one is closed within the hour."""
    run_with_pool("links", lambda pool, _: _revoke(pool, link, typed_by(by)))


async def _list(pool: Pool, key: str | None) -> None:
    from rich.console import Console
    from rich.table import Table

    from db import magic_links as rows
    from db.tx import tx
    from workers.resources import now

    table = Table("id", "conversation", "made", "valid until", "used", "state")
    table.columns[0].overflow = table.columns[1].overflow = "fold"
    for workspace in await chosen_workspaces(pool, key):
        async with tx(pool, workspace.id) as transaction:
            for row in await rows.listing(transaction, limit=_LIMIT):
                made = f"{row.created_at.astimezone():%d %b %H:%M} by {row.made_by}"
                until = f"{row.expires_at.astimezone():%d %b %H:%M}"
                state = _state(row, expired=row.expires_at <= now())
                table.add_row(str(row.id), str(row.conversation_id), made, until, str(row.used_count), state)
    console = Console(highlight=False)
    console.print(table if table.row_count else "No links.", markup=False)


def _state(row: ListedLink, *, expired: bool) -> str:
    if row.revoked_at is not None:
        return f"revoked by {row.revoked_by}"
    return "expired" if expired else "valid"


async def _create(pool: Pool, settings: Settings, conversation: UUID, days: float, by: str) -> None:
    from bot.magic_links import TooManyLinks
    from db import magic_links as rows
    from db.tx import tx

    for workspace in await chosen_workspaces(pool, None):
        async with tx(pool, workspace.id) as transaction:
            here = await rows.has_conversation(transaction, conversation)
        if not here:
            continue
        async with _maker(pool, settings) as maker:
            try:
                made = await maker.create(workspace.id, conversation, made_by=by, days=days)
            except TooManyLinks as error:
                exit_with([str(error)])
        typer.echo(made.url)
        typer.echo(f"id {made.id}, valid until {made.expires_at.astimezone():%d %b %Y %H:%M}", err=True)
        return
    exit_with([f"there is no conversation {conversation}"])


async def _revoke(pool: Pool, wanted: UUID, by: str) -> None:
    from db import magic_links as rows
    from db.tx import tx

    revoked = 0
    for workspace in await chosen_workspaces(pool, None):
        async with tx(pool, workspace.id) as transaction:
            revoked += await rows.revoke(transaction, wanted, by=by)
            revoked += await rows.revoke_of(transaction, wanted, by=by)
    if not revoked:
        exit_with([f"{wanted} is no link that stands, and no conversation that has one"])
    typer.echo("Revoked." if revoked == 1 else f"Revoked: {revoked} links.")


@asynccontextmanager
async def _maker(pool: Pool, settings: Settings) -> AsyncIterator[MagicLinks]:
    from bot.magic_links import MagicLinks
    from db.secrets import SecretBox
    from workers.queue import Queue
    from workers.rates import RedisRates
    from workers.resources import now

    queue = Queue(settings)
    queue.start()
    try:
        box = SecretBox(settings.secret_keys())
        yield MagicLinks(pool, box, RedisRates(queue), settings.public_base_url, now)
    finally:
        await queue.close()
