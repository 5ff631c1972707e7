"""`frontdesk tokens`: what programs open the API with. A token is shown once, when it is made."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from workers.commands.common import (
    ListsByDefault,
    audited_as,
    chosen_workspace,
    refuse_unknown,
    run_with_pool,
    typed_by,
)
from workers.settings import exit_with

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from db.tokens import Role, Scope, TokenRow
    from db.tx import Pool

tokens = typer.Typer(cls=ListsByDefault, help="Tokens of programs that use the API: list, create, revoke.")

_MAX_DAYS = 3650


@tokens.command("list")
def list_them() -> None:
    """Newest first: what each may do, until when, when it was used last."""
    run_with_pool("tokens", lambda pool, _: _list(pool))


@tokens.command()
def create(
    name: Annotated[str, typer.Argument(help="What it is for, to tell it from others.")],
    workspace: Annotated[
        str | None,
        typer.Option("--workspace", "-w", help="A client's token of this business. Default: the agency's."),
    ] = None,
    scope: Annotated[
        list[str] | None, typer.Option(help="admin:read, admin:demo (the agency's only), chat. Repeatable.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(help="It is good for so many days. Default: until revoked.")
    ] = None,
) -> None:
    """Make a token and print it, this once."""
    from db.tokens import Role, Scope

    wanted = scope or [Scope.ADMIN_READ.value]
    for one in wanted:
        refuse_unknown("scope", one, Scope)
    if not 1 <= len(name.strip()) <= 120:
        exit_with(["a name has 1 to 120 characters"])
    if days is not None and not 1 <= days <= _MAX_DAYS:
        exit_with([f"--days is from 1 to {_MAX_DAYS}"])
    if workspace is not None and Scope.ADMIN_DEMO in wanted:
        exit_with([f"{Scope.ADMIN_DEMO} is the agency's: leave --workspace out"])
    role = Role.AGENCY if workspace is None else Role.CLIENT
    scopes = [Scope(one) for one in wanted]
    run_with_pool("tokens", lambda pool, _: _create(pool, name.strip(), role, workspace, scopes, days))


@tokens.command()
def revoke(
    prefix: Annotated[str, typer.Argument(help="What it begins with: fd_ and eight characters.")],
) -> None:
    """End a token at once."""
    run_with_pool("tokens", lambda pool, _: _revoke(pool, prefix))


async def _list(pool: Pool) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from db import tokens as rows
    from workers.resources import now

    table = Table("token", "for", "may", "made", "last used", "state")
    table.columns[0].overflow = "fold"
    for row in await rows.listing(pool):
        whose = row.workspace_key or row.role
        table.add_row(
            row.prefix,
            f"{escape(row.name)}\n{whose}",
            "\n".join(row.scopes),
            f"{row.created_at.astimezone():%d %b %Y}\n{escape(row.created_by)}",
            f"{row.last_used_at.astimezone():%d %b %H:%M}" if row.last_used_at else "never",
            _state(row, now()),
        )
    Console(highlight=False).print(
        table if table.row_count else "No tokens. `frontdesk tokens create NAME` makes one."
    )


def _state(row: TokenRow, now: datetime) -> str:
    if row.revoked_at is not None:
        return f"revoked {row.revoked_at.astimezone():%d %b}"
    if row.expires_at is None:
        return "good"
    verb = "expired" if row.expires_at <= now else "good until"
    return f"{verb} {row.expires_at.astimezone():%d %b %Y}"


async def _create(
    pool: Pool, name: str, role: Role, workspace: str | None, scopes: list[Scope], days: int | None
) -> None:
    from db import audit
    from db import tokens as rows
    from workers.resources import now

    workspace_id: UUID | None = None
    if workspace is not None:
        row = await chosen_workspace(pool, workspace)
        workspace_id = row.id
    by = typed_by()
    made = await rows.create(
        pool,
        name=name,
        role=role,
        workspace_id=workspace_id,
        scopes=scopes,
        created_by=by,
        expires_at=now() + timedelta(days=days) if days else None,
    )
    await audit.record(
        pool,
        workspace_id=workspace_id,
        actor=audited_as(),
        action="token.created",
        subject=made.prefix,
        detail={"name": name, "scopes": [one.value for one in scopes]},
    )
    typer.echo(made.token)
    typer.echo("Keep it: it is not shown again.", err=True)


async def _revoke(pool: Pool, prefix: str) -> None:
    from db import audit
    from db import tokens as rows

    if not await rows.revoke(pool, prefix.strip()):
        exit_with([f"no token that is still good begins with {prefix!r}; `frontdesk tokens` lists them"])
    await audit.record(
        pool,
        workspace_id=None,
        actor=audited_as(),
        action="token.revoked",
        subject=prefix.strip(),
    )
    typer.echo("Revoked.")
