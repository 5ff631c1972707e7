"""`frontdesk customers`: finding a person, handing out what is held of him, erasing him (docs/privacy.md)."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.commands.common import audited_as, chosen_workspace, run_with_pool
from workers.settings import exit_with

if TYPE_CHECKING:
    from db.accounts import WorkspaceRow
    from db.privacy import CustomerRow, Erased
    from db.tx import Pool

customers = typer.Typer(no_args_is_help=True, help="What is held of one person: find, export, erase.")

_Workspace = Annotated[str, typer.Argument(help="Key of the workspace.")]
_Who = Annotated[str, typer.Argument(help="Number (+15550100), e-mail address, channel id or customer id.")]
_PAUSE = 1.0
_MOST_WAIT = 600


@customers.command()
def find(workspace: _Workspace, who: _Who) -> None:
    """Everybody with this number, address or id, also where he only gave it with a booking."""
    run_with_pool("customers", lambda pool, _: _find(pool, workspace, who))


@customers.command()
def export(
    workspace: _Workspace,
    who: _Who,
    to: Annotated[Path | None, typer.Option(help="A file that isn't there yet. Default: printed.")] = None,
    readable: Annotated[bool, typer.Option("--readable", help="As text for a person, not as JSON.")] = False,
) -> None:
    """Everything that is held of a customer, from every table."""
    if to is not None and to.exists():
        exit_with([f"{to} is there already"])
    run_with_pool("customers", lambda pool, _: _export(pool, workspace, who, to, readable=readable))


@customers.command()
def erase(
    workspace: _Workspace,
    who: _Who,
    wait: Annotated[
        int, typer.Option(min=0, max=_MOST_WAIT, help="Seconds to wait for what is under way.")
    ] = 0,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Erase a customer for good. Exit code 1 while something of his is under way."""
    run_with_pool("customers", lambda pool, _: _erase(pool, workspace, who, wait=wait, yes=yes))


async def _find(pool: Pool, key: str, who: str) -> None:
    from db import privacy
    from db.tx import tx

    row = await chosen_workspace(pool, key)
    async with tx(pool, row.id) as transaction:
        found = await privacy.find(transaction, who)
    for customer in found:
        typer.echo(_line(customer))
    if not found:
        typer.echo("Nobody.")


def _line(customer: CustomerRow) -> str:
    known = ", ".join(part for part in (customer.name, customer.phone, customer.email) if part) or "no name"
    return (
        f"{customer.id}  {known}  since {customer.created_at:%Y-%m-%d}, "
        f"talks {customer.talks}, bookings {customer.bookings}"
    )


async def _one(pool: Pool, key: str, who: str) -> tuple[WorkspaceRow, CustomerRow]:
    from db import privacy
    from db.tx import tx

    row = await chosen_workspace(pool, key)
    async with tx(pool, row.id) as transaction:
        found = await privacy.find(transaction, who)
    if not found:
        exit_with(["there is nobody with this number, address or id"])
    if len(found) > 1:
        exit_with(["several people gave it; name one by his id:", *(_line(one) for one in found)])
    return row, found[0]


async def _export(pool: Pool, key: str, who: str, to: Path | None, *, readable: bool) -> None:
    from bot.privacy_text import readable_export
    from db import audit, privacy
    from db.tx import tx

    row, customer = await _one(pool, key, who)
    async with tx(pool, row.id) as transaction:
        held = await privacy.everything(transaction, customer.id)
        await audit.record(
            transaction,
            workspace_id=row.id,
            actor=audited_as(),
            action="customer.exported",
            subject=str(customer.id),
            detail={"rows": {table: len(rows) for table, rows in held.items() if rows}},
        )
    if readable:
        text = readable_export(row.name, held)
    else:
        document: dict[str, Any] = {"business": row.name, "customer": str(customer.id), "held": held}
        text = json.dumps(document, ensure_ascii=False, indent=2)
    if to is None:
        typer.echo(text)
        return
    _write(to, text)
    typer.echo(f"{sum(map(len, held.values()))} rows of {customer.id} in {to}")


def _write(to: Path, text: str) -> None:
    """For its owner's eyes only from the first byte on."""
    to.touch(mode=0o600, exist_ok=False)
    to.write_text(text + "\n", encoding="utf-8")


async def _erase(pool: Pool, key: str, who: str, *, wait: int, yes: bool) -> None:
    from db.privacy import StillOpen

    row, customer = await _one(pool, key, who)
    if not yes and not typer.confirm(f"Erase {_line(customer)}?"):
        raise typer.Exit(1)
    until = time.monotonic() + wait
    while True:
        try:
            erased = await _try(pool, row, customer)
            break
        except StillOpen as open_work:
            if time.monotonic() >= until:
                typer.echo(f"Not erased. Under way or undecided: {open_work}.", err=True)
                raise typer.Exit(1) from None
        await asyncio.sleep(_PAUSE)
    gone = ", ".join(f"{count} {table}" for table, count in erased.rows.items())
    typer.echo(f"Erased: {gone}.")
    if erased.bookings_kept:
        typer.echo(f"{erased.bookings_kept} bookings stay as figures, without the person.")
    allowed = {customer.phone, customer.email.lower()} - {""}
    if allowed & {str(one).lower() for one in row.settings.get("outbound", {}).get("allow", ())}:
        typer.echo("He still stands in the setting outbound.allow.")


async def _try(pool: Pool, row: WorkspaceRow, customer: CustomerRow) -> Erased:
    from db import audit, privacy
    from db.tx import tx

    async with tx(pool, row.id) as transaction:
        erased = await privacy.erase(transaction, customer.id)
        await audit.record(
            transaction,
            workspace_id=row.id,
            actor=audited_as(),
            action="customer.erased",
            subject=str(customer.id),
            detail={"rows": erased.rows, "bookings_kept": erased.bookings_kept},
        )
    return erased
