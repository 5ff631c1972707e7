"""What the commands for operators share: a pool for a moment, and the businesses they are about."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from typer.core import TyperGroup

from workers.settings import Settings, exit_with, load_settings_or_exit

if TYPE_CHECKING:
    from db.accounts import WorkspaceRow
    from db.tx import Pool


class ListsByDefault(TyperGroup):
    """`frontdesk escalations [WORKSPACE] [--all]` is short for its `list`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = ["list", *args]
        return super().parse_args(ctx, args)


def run_with_pool(name: str, work: Callable[[Pool, Settings], Awaitable[None]]) -> None:
    """Runs `work` against the database of the settings; what can't be set up is said in a line (exit code 2)."""
    from workers.simulation import SetupError, open_command_pool

    settings = load_settings_or_exit(demo_fallback=True)

    async def run() -> None:
        async with open_command_pool(settings, name) as pool:
            await work(pool, settings)

    try:
        asyncio.run(run())
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
