"""`frontdesk errors` and `frontdesk decide`: what a person should know, and what only a person can decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from bot.advice import advice_for
from workers.commands.common import chosen_workspaces, run_with_pool
from workers.settings import exit_with

if TYPE_CHECKING:
    from db.accounts import WorkspaceRow
    from db.effects import Effect
    from db.errors import InstallationErrorRow
    from db.tx import Pool

_DECIDED = frozenset({"place_order", "change_order", "cancel_order"})
_LIMIT = 200


def errors(
    workspace: Annotated[str | None, typer.Option("--workspace", "-w", help="Only this business.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Those that are settled as well.")] = False,
) -> None:
    """What went wrong and needs a person, in plain words, and the orders that wait for a decision."""
    _show(run_with_pool("errors", lambda pool, _: _read(pool, workspace, everything=everything)))


def decide(
    effect: Annotated[UUID, typer.Argument(help="The order's id, as `frontdesk errors` shows it.")],
    placed: Annotated[
        str | None, typer.Option("--placed", metavar="ORDER_ID", help="It stands there under this order id.")
    ] = None,
    not_placed: Annotated[bool, typer.Option("--not-placed", help="No order stands there.")] = False,
    payment_url: Annotated[str | None, typer.Option(help="Where the customer pays, if he has to.")] = None,
) -> None:
    """Say what became of an order whose answer got lost, after looking it up in the booking system.

    Placed: the booking is confirmed and the customer gets the confirmation. Not placed: its time is free
    again and the customer is told. A move: whether an order stands at the new time. A cancellation: whether
    the order still stands.
    """
    if (placed is None) == (not not_placed) or (placed is not None and not placed.strip()):
        exit_with(["say either --placed ORDER_ID or --not-placed"])
    try:
        done = run_with_pool(
            "decide",
            lambda pool, settings: _decide(pool, effect, placed, payment_url, mails=settings.mail_configured),
        )
    except ValueError as error:
        typer.echo(f"frontdesk: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo(done)


async def _decide(
    pool: Pool, effect_id: UUID, placed: str | None, payment_url: str | None, *, mails: bool
) -> str:
    import asyncpg

    from bot.effect_decisions import decide_not_placed, decide_placed

    if placed is None:
        await decide_not_placed(pool, effect_id, mails=mails)
        return "Noted: no order stands. Its time is free again and the customer is told."
    order_id = placed.strip()
    try:
        code = await decide_placed(pool, effect_id, order_id=order_id, payment_url=payment_url, mails=mails)
    except asyncpg.UniqueViolationError:
        raise ValueError(f"order {placed} belongs to another booking already") from None
    return f"Noted: placed as {order_id}. The booking {code} is confirmed and the customer is told."


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An effect that an operator has to decide about."""

    workspace_key: str
    timezone: str
    effect: Effect
    who: str


@dataclass(frozen=True, slots=True)
class _Found:
    errors: list[InstallationErrorRow]
    waiting: list[_Waiting]
    who: dict[UUID, str]
    """Conversation to the customer's address."""
    at: datetime


async def _read(pool: Pool, workspace: str | None, *, everything: bool) -> _Found:
    from db import errors as operator_errors
    from workers.resources import now

    chosen = await chosen_workspaces(pool, workspace)
    rows = await operator_errors.listing(
        pool,
        workspace_id=chosen[0].id if workspace is not None else None,
        include_resolved=everything,
        limit=_LIMIT,
    )
    waiting: list[_Waiting] = []
    who: dict[UUID, str] = {}
    for row in chosen:
        mine = [error.conversation_id for error in rows if error.workspace_key == row.key]
        waiting += await _waiting(pool, row, [one for one in mine if one], who)
    return _Found(rows, waiting, who, now())


async def _waiting(
    pool: Pool, workspace: WorkspaceRow, conversations: list[UUID], who: dict[UUID, str]
) -> list[_Waiting]:
    """The workspace's undecided effects; notes down on the way whose conversations are meant."""
    from bot.workspace import WorkspaceSettings
    from db import effects
    from db.tx import tx

    async with tx(pool, workspace.id) as transaction:
        found = await effects.listing(transaction, ["needs_operator"], limit=_LIMIT)
        for conversation_id in {*conversations, *(effect.conversation_id for effect in found)}:
            who[conversation_id] = (await effects.target(transaction, conversation_id)).address
    zone = WorkspaceSettings.model_validate(workspace.settings).timezone
    return [_Waiting(workspace.key, zone, effect, who[effect.conversation_id]) for effect in found]


def _show(found: _Found) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    if not found.errors and not found.waiting:
        console.print("Nothing needs a person.")
        return
    if found.errors:
        table = Table("when", "where", "what happened, what to do", title="Operator errors", show_lines=True)
        table.title_justify = "left"
        table.columns[1].overflow = "fold"
        for row in found.errors:
            what = Text(row.summary)
            if row.resolved_at is not None:
                what.append(f"\nSettled: {row.resolution}", style="green")
            else:
                what.append(f"\n→ {advice_for(row.kind).typed()}", style="bold")
            when = _when(row.last_at, found.at) + (f"\n{row.times} times" if row.times > 1 else "")
            who = found.who.get(row.conversation_id, "") if row.conversation_id else ""
            table.add_row(when, f"{row.workspace_key or 'installation'}\n{who}".rstrip(), what)
        console.print(table)
    orders = [one for one in found.waiting if one.effect.kind in _DECIDED]
    for one in orders:
        console.print(_order_words(one), soft_wrap=True, markup=False)
    others = len(found.waiting) - len(orders)
    if others:
        console.print(f"{others} other calls stopped and are described above.")


def _order_words(one: _Waiting) -> str:
    """An order that waits for a decision, in the business's own time, with the commands to type."""
    from providers.contract import OrderRequest

    request = one.effect.request
    if one.effect.kind == "cancel_order":
        return (
            f"\nCancellation to decide about, {one.workspace_key} ({one.who}): order {request.get('order_id')}\n"
            f"  it still stands:  frontdesk decide {one.effect.id} --placed {request.get('order_id')}\n"
            f"  it is cancelled:  frontdesk decide {one.effect.id} --not-placed"
        )
    order = OrderRequest.model_validate(request.get("order", request))
    moved = f" (order {request['order_id']} is to be moved there)" if "order_id" in request else ""
    lines = "; ".join(
        f"{line.service_name} with {line.staff_name or 'anyone'}, "
        f"{line.starts_at.astimezone(ZoneInfo(one.timezone)):%a %d %b %H:%M}"
        for line in order.lines
    )
    return (
        f"\nOrder to decide about, {one.workspace_key}, {order.customer_name} ({one.who}): {lines}{moved}\n"
        f"  it stands in the booking system: frontdesk decide {one.effect.id} --placed ORDER_ID\n"
        f"  it doesn't:                      frontdesk decide {one.effect.id} --not-placed"
    )


def _when(moment: datetime, now: datetime) -> str:
    age = now - moment
    if age < timedelta(minutes=1):
        return "just now"
    if age < timedelta(hours=1):
        return f"{int(age.total_seconds() // 60)} min ago"
    if age < timedelta(days=1):
        return f"{int(age.total_seconds() // 3600)} h ago"
    return f"{moment.astimezone():%d %b %H:%M}"
