"""`frontdesk accounts`: the channel and provider accounts of an installation, one line each."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from bot.accounts import open_channel_account
from db import accounts
from db.failures import DATABASE_FAILURES
from db.secrets import SecretBox, SecretError
from db.tx import PoolLimits, open_pool
from workers.settings import Settings, load_settings_or_exit


def show_accounts(
    secrets: Annotated[
        bool, typer.Option("--secrets", help="Print the secrets, too. Refused in production.")
    ] = False,
) -> None:
    """List the channel accounts: workspace, channel, key, address, webhook; with --secrets what signs them."""
    settings = load_settings_or_exit(demo_fallback=True)
    if secrets and settings.production:
        typer.echo("frontdesk: secrets are not shown in production.", err=True)
        raise typer.Exit(1)
    try:
        lines = asyncio.run(_lines(settings, with_secrets=secrets))
    except DATABASE_FAILURES as error:
        typer.echo(f"frontdesk: the database can't be reached ({type(error).__name__}).", err=True)
        raise typer.Exit(2) from None
    except SecretError as error:
        typer.echo(f"frontdesk: {error}.", err=True)
        raise typer.Exit(2) from None
    for line in lines:
        typer.echo(line)


async def _lines(settings: Settings, *, with_secrets: bool) -> list[str]:
    """Tab-separated, for eyes and for scripts."""
    box = SecretBox(settings.secret_keys())
    pool = await open_pool(settings.dsn, PoolLimits(max_size=1), application_name="frontdesk accounts")
    try:
        workspaces = {row.id: row.key for row in await accounts.list_workspaces(pool)}
        rows = await accounts.list_channel_accounts(pool)
    finally:
        await pool.close()
    lines = []
    for row in rows:
        account = open_channel_account(row, box, public_base_url=settings.public_base_url)
        parts = [
            workspaces[row.workspace_id],
            row.channel,
            row.account_key,
            row.address,
            account.callback_url,
        ]
        if with_secrets:
            shown = {
                **account.secrets,
                **{k: str(v) for k, v in account.settings.items() if k.endswith("_sid")},
            }
            parts += [f"{name}={value}" for name, value in sorted(shown.items())]
        lines.append("\t".join(parts))
    return lines
