"""`frontdesk settings`: what a business can set, one value at a time, and what is wrong with how it is set."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from workers.commands.common import audited_as, chosen_workspace, chosen_workspaces, run_with_pool
from workers.settings import Settings, exit_with

if TYPE_CHECKING:
    from datetime import datetime

    from bot.settings_check import Finding
    from bot.workspace import WorkspaceSettings
    from db.accounts import WorkspaceRow
    from db.tx import Pool, Tx

settings = typer.Typer(no_args_is_help=True, help="A business's settings: show, get, set, check, paths.")

_Workspace = Annotated[str, typer.Argument(help="Key of the workspace.")]
_Path = Annotated[str, typer.Argument(help="Such as external.url (frontdesk settings paths).")]


@settings.command()
def show(workspace: _Workspace) -> None:
    """All of them, defaults included, as JSON."""
    run_with_pool("settings", lambda pool, _: _get(pool, workspace, None))


@settings.command()
def get(workspace: _Workspace, path: _Path) -> None:
    """One of them, as JSON."""
    run_with_pool("settings", lambda pool, _: _get(pool, workspace, path))


@settings.command("set")
def set_one(
    workspace: _Workspace,
    path: _Path,
    value: Annotated[str, typer.Argument(help="JSON, or plain text. `null`: back to the default.")],
) -> None:
    """Change one. It counts from every conversation's next turn on, in every process within seconds."""
    run_with_pool("settings", lambda pool, options: _set(pool, options, workspace, path, value))


@settings.command()
def check(
    workspace: Annotated[str | None, typer.Argument(help="Key of one workspace. Default: all.")] = None,
) -> None:
    """What won't do what is wanted. Exit code 1 if customers are let down by something."""
    run_with_pool("settings", lambda pool, options: _check(pool, options, workspace))


@settings.command()
def paths() -> None:
    """Every setting there is, and what kind of value it takes."""
    from bot.settings_edit import described

    for path, kind in described():
        typer.echo(f"{path:36} {kind}")


async def _get(pool: Pool, key: str, path: str | None) -> None:
    from bot.settings_edit import SettingsRefused, value_at
    from db.tx import tx

    row = await chosen_workspace(pool, key)
    async with tx(pool, row.id) as transaction:
        stored = (await _load(transaction))[0]
    try:
        value = stored.model_dump(mode="json") if path is None else value_at(stored, path)
    except SettingsRefused as error:
        exit_with([str(one) for one in error.problems])
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


async def _set(pool: Pool, options: Settings, key: str, path: str, text: str) -> None:
    from bot.settings_edit import SettingsRefused, changes
    from db import audit, workspace_settings
    from db.tx import tx

    row = await chosen_workspace(pool, key)
    async with tx(pool, row.id) as transaction:
        before, read_at = await _load(transaction)
        try:
            after = _changed(before, path, text)
        except SettingsRefused as error:
            exit_with([str(one) for one in error.problems])
        differing = changes(before, after)
        if not differing:
            typer.echo("That is how it is set already.")
            return
        if not await workspace_settings.save(transaction, after.model_dump(mode="json"), read_at=read_at):
            exit_with(["somebody else changed the settings at this moment; look at them and try again"])
        await audit.record(
            transaction,
            workspace_id=row.id,
            actor=audited_as(),
            action="settings.changed",
            subject=row.key,
            detail={"changes": differing},
        )
        findings = await _findings(transaction, after, options)
    for changed, (old, new) in differing.items():
        typer.echo(
            f"{changed}: {json.dumps(old, ensure_ascii=False)} -> {json.dumps(new, ensure_ascii=False)}"
        )
    _print(row, findings, quiet=True)


def _changed(before: WorkspaceSettings, path: str, text: str) -> WorkspaceSettings:
    """A phone number or a time looks like JSON and is text: what doesn't fit as the one is tried as the other."""
    from bot.settings_edit import SettingsRefused, with_value

    try:
        value = json.loads(text)
    except ValueError:
        return with_value(before, path, text)
    try:
        return with_value(before, path, value)
    except SettingsRefused:
        if isinstance(value, str | list | dict) or value is None:
            raise
        return with_value(before, path, text)


async def _check(pool: Pool, options: Settings, key: str | None) -> None:
    from bot.settings_check import Level
    from bot.settings_edit import SettingsRefused, parsed
    from db import workspace_settings
    from db.tx import tx

    bad = False
    for row in await chosen_workspaces(pool, key):
        async with tx(pool, row.id) as transaction:
            stored = await workspace_settings.load(transaction)
            try:
                findings = await _findings(transaction, parsed(stored.settings), options)
            except SettingsRefused as error:
                bad = True
                for problem in error.problems:
                    typer.echo(f"{row.key}: error   {problem}")
                continue
        bad = bad or any(one.level is Level.ERROR for one in findings)
        _print(row, findings)
    if bad:
        raise typer.Exit(1)


async def _load(transaction: Tx) -> tuple[WorkspaceSettings, datetime]:
    from bot.settings_edit import SettingsRefused, parsed
    from db import workspace_settings

    stored = await workspace_settings.load(transaction)
    try:
        return parsed(stored.settings), stored.updated_at
    except SettingsRefused as error:
        exit_with([f"as stored, {one}" for one in error.problems])


async def _findings(transaction: Tx, current: WorkspaceSettings, options: Settings) -> list[Finding]:
    from bot import settings_check
    from db import workspace_settings

    stored = await workspace_settings.beside(transaction)
    return settings_check.check(
        current, settings_check.Beside.of(stored, mail_service=options.mail_configured)
    )


def _print(row: WorkspaceRow, findings: list[Finding], *, quiet: bool = False) -> None:
    for one in findings:
        typer.echo(f"{row.key}: {one.level:7} {one.path}: {one.message}")
    if not findings and not quiet:
        typer.echo(f"{row.key}: nothing to say")
