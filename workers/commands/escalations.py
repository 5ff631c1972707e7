"""`frontdesk escalations`: who waits for a person, and answering.

What an operator does goes into the conversation's inbox and takes effect with its next turn, in order with the
customer's own lines; a running worker has it within about a second.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from workers.commands.common import ListsByDefault, chosen_workspaces, run_with_pool, typed_by, wherever
from workers.settings import exit_with

if TYPE_CHECKING:
    from db.escalations import EscalationRow, Found, SaidRow
    from db.tx import Pool, Tx


escalations = typer.Typer(
    cls=ListsByDefault, help="Customers who wait for a person: list, show, take, reply, hand-back."
)

CAUSES = {
    "asked": "asked for a person",
    "button": "tapped the button to a person",
    "crisis": "URGENT: may be in distress",
    "emergency": "URGENT: may need an ambulance",
    "taken over": "taken over by the team",
}
_LIMIT = 100
_LONGEST = 4000
_Which = Annotated[UUID, typer.Argument(help="Id of the escalation, or of its conversation.")]
_By = Annotated[str, typer.Option("--as", help="Your name. Default: that of your account.")]


@escalations.command("list")
def list_them(
    workspace: Annotated[str | None, typer.Argument(help="Key of one workspace. Default: all.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Those that are closed, too.")] = False,
) -> None:
    """Who waits, urgent ones first."""
    _run(lambda pool: _list(pool, workspace, everything=everything))


@escalations.command()
def show(
    escalation: _Which, lines: Annotated[int, typer.Option(min=1, max=500, help="How many lines.")] = 30
) -> None:
    """The last lines of the conversation."""
    _run(lambda pool: _show(pool, escalation, lines))


@escalations.command()
def take(escalation: _Which, by: _By = "") -> None:
    """From now on you answer and the bot is silent."""
    _run(lambda pool: _act(pool, escalation, "take", by, said="Yours; the bot is silent."))


@escalations.command()
def reply(
    escalation: _Which,
    text: Annotated[str, typer.Argument(help="What the customer gets, as it stands.")],
    by: _By = "",
) -> None:
    """Say something to the customer; takes the conversation if nobody has."""
    if not text.strip() or len(text) > _LONGEST:
        exit_with([f"a reply has 1 to {_LONGEST} characters"])
    _run(lambda pool: _act(pool, escalation, "reply", by, said="On its way.", text=text.strip()))


@escalations.command("hand-back")
def hand_back(
    escalation: _Which,
    by: _By = "",
    done: Annotated[bool, typer.Option("--done", help="Settled: the bot drops what was open.")] = False,
) -> None:
    """The bot answers the customer's next line again, and goes on where it was."""
    act = "resolve" if done else "hand_back"
    _run(lambda pool: _act(pool, escalation, act, by, said="Handed back."))


def _run(work: Callable[[Pool], Awaitable[None]]) -> None:
    run_with_pool("escalations", lambda pool, _: work(pool))


async def _list(pool: Pool, key: str | None, *, everything: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    from db import escalations as rows
    from db.tx import tx

    console = Console(highlight=False)
    table = Table("id", "since", "customer", "why, and what stood so far", show_lines=True)
    table.columns[0].overflow = "fold"
    for workspace in await chosen_workspaces(pool, key):
        async with tx(pool, workspace.id) as transaction:
            found = await rows.listing(transaction, include_closed=everything, limit=_LIMIT)
        for row in found:
            who = f"{row.customer_name}\n{row.address}\n{workspace.key}".lstrip()
            table.add_row(str(row.id), f"{row.opened_at.astimezone():%d %b %H:%M}", who, _words(row))
    if table.row_count:
        console.print(table)
    else:
        console.print("Nobody waits for a person.")


def _words(row: EscalationRow) -> str:
    """Why, how often, and who has it."""
    why = CAUSES.get(row.cause, row.cause.replace("_", " "))
    lines = [why if row.times == 1 else f"{why}, {row.times} times"]
    if row.summary:
        lines.append(row.summary)
    match row.status:
        case "open":
            lines.append("→ nobody has it yet")
        case "taken":
            lines.append(f"→ {row.taken_by} has it")
        case other:
            lines.append(f"→ {other.replace('_', ' ')} by {row.closed_by}")
    return "\n".join(lines)


async def _show(pool: Pool, either_id: UUID, lines: int) -> None:
    from rich.console import Console

    from db import escalations as rows

    console = Console(highlight=False, soft_wrap=True)
    async with _at(pool, either_id) as (transaction, found):
        for said in await rows.transcript(transaction, found.conversation_id, limit=lines):
            console.print(_line(said), markup=False)


def _line(said: SaidRow) -> str:
    who = "customer" if said.direction == "in" else said.operator or "bot"
    what = said.body or f"({said.kind})"
    trouble = said.delivery_status if said.delivery_status in {"failed", "blocked", "unknown"} else ""
    return f"{said.created_at.astimezone():%d %b %H:%M} {who}: {what}" + (f"  [{trouble}]" if trouble else "")


async def _act(pool: Pool, either_id: UUID, act: str, by: str, *, said: str, text: str = "") -> None:
    from db import escalations as rows

    name = typed_by(by)
    async with _at(pool, either_id) as (transaction, found):
        if await rows.add_act(transaction, found.conversation_id, act=act, by=name, text=text):
            typer.echo(said)
        elif act in {"hand_back", "resolve"}:
            status = "resolved" if act == "resolve" else "handed_back"
            await rows.close(transaction, found.conversation_id, status=status, by=name)
            typer.echo("The conversation was closed already; noted.")
        else:
            exit_with(["the conversation is closed; the customer has to write first"])


def _at(pool: Pool, either_id: UUID) -> AbstractAsyncContextManager[tuple[Tx, Found]]:
    from db import escalations as rows

    return wherever(pool, f"escalation {either_id}", lambda here: rows.find(here, either_id))
