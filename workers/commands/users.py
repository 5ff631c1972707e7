"""`frontdesk users`: who may sign in to the console: list, invite, reset, disable, enable."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from workers.commands.common import ListsByDefault, audited_as, chosen_workspace, run_with_pool
from workers.settings import Settings, exit_with

if TYPE_CHECKING:
    from db.tx import Pool
    from db.users import Listed, User

users = typer.Typer(cls=ListsByDefault, help="Who may sign in to the console: list, invite, reset, disable.")

_Email = Annotated[str, typer.Argument(help="The person's e-mail address.")]


@users.command("list")
def list_them(
    workspace: Annotated[str | None, typer.Argument(help="Only those of this workspace.")] = None,
) -> None:
    """Everybody, with what they may see, and the invitations that are open."""
    run_with_pool("users", lambda pool, _: _list(pool, workspace))


@users.command()
def invite(
    email: _Email,
    agency: Annotated[bool, typer.Option("--agency", help="May see every workspace.")] = False,
    workspace: Annotated[
        str | None, typer.Option("--workspace", "-w", help="Key of the one he may see.")
    ] = None,
) -> None:
    """Make a link with which somebody sets up an account. It is good for a week, once."""
    if agency == (workspace is not None):
        exit_with(["say either --agency or --workspace KEY"])
    run_with_pool("users", lambda pool, settings: _invite(pool, settings, email, workspace))


@users.command()
def reset(email: _Email) -> None:
    """Make a one-time password for somebody who lost his password or his phone; signs him out everywhere."""
    run_with_pool("users", lambda pool, settings: _of(pool, email, lambda user: _reset(pool, settings, user)))


@users.command()
def disable(email: _Email) -> None:
    """Nobody signs in with this account any more; whoever sits at it is signed out at once."""
    run_with_pool("users", lambda pool, _: _of(pool, email, lambda user: _disable(pool, user, disabled=True)))


@users.command()
def enable(email: _Email) -> None:
    """Undo `disable`."""
    run_with_pool(
        "users", lambda pool, _: _of(pool, email, lambda user: _disable(pool, user, disabled=False))
    )


async def _list(pool: Pool, key: str | None) -> None:
    from rich.console import Console
    from rich.table import Table

    from db import users as rows

    workspace_id = (await chosen_workspace(pool, key)).id if key is not None else None
    console = Console(highlight=False)
    table = Table("e-mail", "name", "sees", "second factor", "last signed in")
    for one in await rows.listing(pool, workspace_id):
        seen = f"{one.last_signed_in_at.astimezone():%d %b %Y %H:%M}" if one.last_signed_in_at else "never"
        table.add_row(one.email, one.name, one.workspace_key or "every workspace", _factor(one), seen)
    for open_one in await rows.invitations(pool, workspace_id):
        until = f"invited, until {open_one.expires_at.astimezone():%d %b %H:%M}"
        table.add_row(open_one.email, "", open_one.workspace_key or "every workspace", "", until)
    if table.row_count:
        console.print(table)
    else:
        console.print("Nobody yet: frontdesk users invite ADDRESS --agency")


def _factor(one: Listed) -> str:
    if one.disabled_at is not None:
        return "disabled"
    return "yes" if one.has_totp else "no"


async def _invite(pool: Pool, settings: Settings, email: str, key: str | None) -> None:
    from bot.console.invitations import invite as make
    from bot.mail_settings import is_mail_address
    from db.users import Role

    if not is_mail_address(email):
        exit_with([f"{email!r} is no e-mail address"])
    workspace_id = (await chosen_workspace(pool, key)).id if key is not None else None
    link = await make(
        pool,
        email=email,
        role=Role.CLIENT if key else Role.AGENCY,
        workspace_id=workspace_id,
        actor=audited_as(),
        public_base_url=settings.public_base_url,
    )
    typer.echo(f"Good for a week, once. Send this to {email}:\n\n  {link}\n")


async def _of(pool: Pool, email: str, work: Callable[[User], Awaitable[None]]) -> None:
    from db import users as rows

    user = await rows.find(pool, email=email)
    if user is None:
        exit_with([f"nobody has the address {email!r}: frontdesk users"])
    await work(user)


async def _reset(pool: Pool, settings: Settings, user: User) -> None:
    from bot.console import passwords
    from db import audit
    from db import users as rows

    password = passwords.new_one_time()
    hashed = await passwords.Passwords().hash(password)
    await rows.set_password(pool, user.id, hashed, one_time=True, valid_seconds=passwords.ONE_TIME_SECONDS)
    await rows.drop_totp(pool, user.id)
    await audit.record(
        pool,
        workspace_id=None,
        actor=audited_as(),
        action="user.reset",
        subject=str(user.id),
    )
    typer.echo(
        f"{settings.public_base_url}/console/\n  e-mail             {user.email}\n"
        f"  one-time password  {password}\n\nIt works once, within a week. A second factor is to be set up anew."
    )


async def _disable(pool: Pool, user: User, *, disabled: bool) -> None:
    from db import audit
    from db import users as rows

    changed = await rows.set_disabled(pool, user.id, disabled=disabled)
    if changed:
        await audit.record(
            pool,
            workspace_id=None,
            actor=audited_as(),
            action="user.disabled" if disabled else "user.enabled",
            subject=str(user.id),
        )
    state = "can't sign in any more" if disabled else "may sign in"
    typer.echo(f"{user.email} {state}." if changed else f"Nothing changed: {user.email} {state}.")
