"""`frontdesk payments`: accounts that make payment links, the links, and what only a person can say of them."""

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
    from bot.payment_reports import Taken
    from db.payments import Payment
    from db.tx import Pool

payments = typer.Typer(
    cls=ListsByDefault, help="Payment links: list, accounts, connect, disconnect, settle, paid."
)

STATES = ("creating", "open", "processing", "review", "paid", "failed", "expired", "cancelled")
_PROVIDER = "stripe"
_LIMIT = 200
_Which = Annotated[UUID, typer.Argument(help="The payment's id, as `frontdesk payments list` shows it.")]
_Workspace = Annotated[str, typer.Argument(help="Key of the workspace.")]
_By = Annotated[str, typer.Option("--as", help="Your name. Default: your account's.")]


@payments.command("list")
def list_them(
    workspace: Annotated[str | None, typer.Argument(help="Key of one workspace. Default: all.")] = None,
    status: Annotated[str | None, typer.Option(help=f"Only those that are {', '.join(STATES)}.")] = None,
) -> None:
    """Links and what became of them, the newest first."""
    if status is not None:
        refuse_unknown("status", status, STATES)
    run_with_pool("payments", lambda pool, _: _list(pool, workspace, status))


@payments.command()
def accounts() -> None:
    """What is connected, and the addresses of the webhooks. Never a secret."""
    run_with_pool("payments", _accounts)


@payments.command()
def connect(workspace: _Workspace) -> None:
    """Connect a Stripe account; asks for its secrets. Again: replaces them, the webhook's old one stays valid."""
    from providers.payment_registry import key_is_live

    key = typer.prompt("Secret key (sk_..., rk_...)", hide_input=True).strip()
    try:
        live = key_is_live(key)
    except ValueError as error:
        exit_with([str(error)])
    signing = typer.prompt(
        "Signing secret of the webhook (whsec_..., empty: no webhook yet)",
        hide_input=True,
        default="",
        show_default=False,
    ).strip()
    if signing and not signing.startswith("whsec_"):
        exit_with(["a signing secret begins with whsec_"])
    run_with_pool(
        "payments", lambda pool, settings: _connect(pool, settings, workspace, key, signing, live=live)
    )


@payments.command()
def disconnect(workspace: _Workspace) -> None:
    """No links are made any more, and the webhook is off."""
    run_with_pool("payments", lambda pool, _: _disconnect(pool, workspace))


@payments.command()
def paid(payment: _Which, by: _By = "") -> None:
    """You saw the money of this link yourself. The customer is told."""
    run_with_pool("payments", lambda pool, _: _settle(pool, payment, typed_by(by), paid=True))


@payments.command()
def settle(
    payment: _Which,
    is_paid: Annotated[bool, typer.Option("--paid", help="The money is there and right.")] = False,
    not_paid: Annotated[
        bool, typer.Option("--not-paid", help="Nothing came of it, or it went back.")
    ] = False,
    by: _By = "",
) -> None:
    """Say what became of a link whose payment didn't fit its booking, after looking at the payment provider."""
    if is_paid == not_paid:
        exit_with(["say either --paid or --not-paid"])
    run_with_pool("payments", lambda pool, _: _settle(pool, payment, typed_by(by), paid=is_paid))


async def _list(pool: Pool, key: str | None, status: str | None) -> None:
    from rich.console import Console
    from rich.table import Table

    from db import payments as rows
    from db.tx import tx

    console = Console(highlight=False)
    table = Table("id", "created", "booking", "amount", "status", show_lines=True)
    table.columns[0].overflow = "fold"
    for workspace in await chosen_workspaces(pool, key):
        async with tx(pool, workspace.id) as transaction:
            found = await rows.listing(transaction, status=status, limit=_LIMIT)
        for row, code in found:
            table.add_row(*_cells(row, code, workspace.key))
    if table.row_count:
        console.print(table)
    else:
        console.print("No payment links.")


def _cells(row: Payment, code: str, workspace: str) -> tuple[str, ...]:
    from babel.numbers import get_currency_precision

    digits = get_currency_precision(row.currency)
    amount = f"{row.amount_minor / 10**digits:,.{digits}f} {row.currency}"
    state = f"{row.status}\n{row.provider}{'' if row.live else ', test'}, attempt {row.attempt}"
    if row.paid_by:
        state += f"\nby {row.paid_by}"
    return (
        str(row.id), f"{row.created_at.astimezone():%d %b %H:%M}", f"{code}\n{workspace}",
        f"{amount}\n{row.purpose}", state,
    )  # fmt: skip


async def _accounts(pool: Pool, settings: Settings) -> None:
    from bot.web.payments.webhooks import webhook_address
    from db import payments as rows
    from db.tx import tx

    shown = 0
    for workspace in await chosen_workspaces(pool, None):
        async with tx(pool, workspace.id) as transaction:
            row = await rows.account_of(transaction, _PROVIDER)
        if row is None:
            continue
        shown += 1
        hook = webhook_address(settings.public_base_url, row.account_key) if row.signed else "off (no secret)"
        typer.echo(f"{workspace.key}: {row.provider}, {'live' if row.live else 'test'}; webhook {hook}")
    if not shown:
        typer.echo("No payment account is connected.")


async def _connect(
    pool: Pool, settings: Settings, workspace: str, key: str, signing: str, *, live: bool
) -> None:
    from bot.web.payments.webhooks import webhook_address
    from db import payments as rows
    from db.secrets import SecretBox
    from db.tx import tx
    from providers.payment_registry import OLD_WEBHOOK_SECRET, SECRET_KEY, WEBHOOK_SECRET

    row = await chosen_workspace(pool, workspace)
    box = SecretBox(settings.secret_keys())
    field = rows.account_secret_field(_PROVIDER)
    async with tx(pool, row.id) as transaction:
        known = await rows.account_of(transaction, _PROVIDER)
        before = box.open(known.secrets, workspace_id=row.id, field=field) if known else {}
        old = before.get(WEBHOOK_SECRET, "")
        chosen = signing or old
        kept = {SECRET_KEY: key, WEBHOOK_SECRET: chosen, OLD_WEBHOOK_SECRET: old if old != chosen else ""}
        account_key = await rows.put_account(
            transaction,
            provider=_PROVIDER,
            account_key=secrets.token_urlsafe(18),
            live=live,
            signed=bool(chosen),
            api_base_url=known.api_base_url if known else "",
            secrets=box.seal(
                {name: value for name, value in kept.items() if value}, workspace_id=row.id, field=field
            ),
        )
    typer.echo(f"Connected, {'live' if live else 'test'} payments. Register this address at Stripe:")
    typer.echo(webhook_address(settings.public_base_url, account_key))
    if not chosen:
        typer.echo(
            "It is off until you run this again with its signing secret; until then payments are asked for."
        )
    stored = (row.settings.get("payment") or {}).get("provider", "none")
    if stored != _PROVIDER:
        typer.echo(f"Links are made once payment.provider is {_PROVIDER} in the settings; it is {stored}.")


async def _disconnect(pool: Pool, workspace: str) -> None:
    from db import payments as rows
    from db.tx import tx

    row = await chosen_workspace(pool, workspace)
    async with tx(pool, row.id) as transaction:
        done = await rows.switch_off(transaction, _PROVIDER)
    typer.echo("Disconnected." if done else "No payment account was connected.")


async def _settle(pool: Pool, payment_id: UUID, by: str, *, paid: bool) -> None:
    from bot.payment_reports import mark_paid, mark_unpaid
    from db import payments as rows
    from workers.resources import now

    async with wherever(pool, f"payment {payment_id}", lambda here: rows.find(here, payment_id)) as (here, _):
        if paid:
            taken = await mark_paid(here, payment_id, by=by, at=now())
        else:
            taken = await mark_unpaid(here, payment_id)
    typer.echo(_said(taken))


def _said(taken: Taken) -> str:
    match taken.outcome:
        case "payment_paid":
            return "Marked as paid; the customer is told."
        case "known_paid":
            return "It was paid before."
        case "cancelled":
            return "Noted: nothing was paid. Customer and business settle it between them."
        case "not_in_review":
            return "Nothing to decide: it doesn't wait for a person."
        case "not_made":
            return "That link isn't made yet."
        case other:
            return f"Noted ({other.replace('_', ' ')}): see frontdesk errors."
