"""What the commands for operators share: a pool for a moment, the businesses they are about, who types."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from typer.core import TyperGroup

from workers.settings import Settings, exit_with, load_settings_or_exit

if TYPE_CHECKING:
    from db.accounts import WorkspaceRow
    from db.tx import Pool, Tx

T = TypeVar("T")


class ListsByDefault(TyperGroup):
    """`frontdesk escalations [WORKSPACE] [--all]` is short for its `list`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = ["list", *args]
        return super().parse_args(ctx, args)


def run_with_pool(name: str, work: Callable[[Pool, Settings], Awaitable[T]]) -> T:
    """Runs `work` against the database of the settings; what can't be set up is said in a line (exit code 2)."""
    from workers.simulation import SetupError, open_command_pool

    settings = load_settings_or_exit(demo_fallback=True)

    async def run() -> T:
        async with open_command_pool(settings, name) as pool:
            return await work(pool, settings)

    try:
        return asyncio.run(run())
    except SetupError as error:
        exit_with([str(error)])


async def chosen_workspaces(pool: Pool, key: str | None) -> list[WorkspaceRow]:
    """The one with this key, or all. Exits with a line that names those there are."""
    from db.accounts import list_workspaces

    every = await list_workspaces(pool)
    chosen = [row for row in every if key in (None, row.key)]
    if key is not None and not chosen:
        known = ", ".join(row.key for row in every) or "none yet"
        exit_with([f"there is no workspace {key!r}. Known: {known}."])
    return chosen


async def chosen_workspace(pool: Pool, key: str) -> WorkspaceRow:
    """The one with this key; exits as `chosen_workspaces` does."""
    (row,) = await chosen_workspaces(pool, key)
    return row


@asynccontextmanager
async def wherever(
    pool: Pool, what: str, find: Callable[[Tx], Awaitable[T | None]]
) -> AsyncIterator[tuple[Tx, T]]:
    """What only its id names, in a transaction of the workspace that has it; `find`: None in any other.

    Exits with a line if none has it. what: "handoff 0192…".
    """
    from db.tx import tx

    for workspace in await chosen_workspaces(pool, None):
        async with tx(pool, workspace.id) as transaction:
            found = await find(transaction)
            if found is not None:
                yield transaction, found
                return
    exit_with([f"there is no {what}"])


def refuse_unknown(what: str, value: str, known: Iterable[str]) -> None:
    """Exits with a line that names what there is, if this isn't among it."""
    every = list(known)
    if value not in every:
        exit_with([f"unknown {what} {value!r}; known are {', '.join(every)}"])


def typed_by(name: str = "") -> str:
    """The name that a person gave, or else that of his account."""
    return name.strip() or getpass.getuser()


def audited_as() -> str:
    """Who types, as the audit names him."""
    return f"command:{getpass.getuser()}"
