"""Users: who may sign in for this business, the agency's own people, and the invitations that are open.

Only the agency's. It reaches the people of the workspace that is acted as, and the agency; nobody of another client.
"""

from __future__ import annotations

from aiohttp import web

from bot.console import passwords
from bot.console.acting import Acting, NotFound, Refused
from bot.console.invitations import invite
from bot.console.page import Group, Nav, Section, get, post
from bot.mail_settings import is_mail_address
from db import audit, users
from db.users import Role, User


async def people(acting: Acting) -> web.StreamResponse:
    everybody = await users.listing(acting.tx, None)
    open_ones = await users.invitations(acting.tx, None)
    return acting.render(
        "users.html",
        clients=[one for one in everybody if one.workspace_key == acting.workspace.key],
        colleagues=[one for one in everybody if one.role is Role.AGENCY],
        invitations=[one for one in open_ones if one.workspace_key in {None, acting.workspace.key}],
        entries=await audit.listing(acting.tx, workspace_id=acting.workspace.id, limit=20),
    )


async def invite_one(acting: Acting) -> web.StreamResponse:
    """The link is shown once, to be sent; nobody can read it again."""
    email = acting.form.get("email", "").lower()
    agency = acting.form.get("role") == Role.AGENCY.value
    if not is_mail_address(email):
        raise Refused("That is no e-mail address.")
    link = await invite(
        acting.tx,
        email=email,
        role=Role.AGENCY if agency else Role.CLIENT,
        workspace_id=None if agency else acting.workspace.id,
        actor=acting.actor,
        public_base_url=acting.ports.public_base_url,
    )
    return acting.render("users_secret.html", email=email, link=link, password="")


async def withdraw(acting: Acting) -> web.StreamResponse:
    wanted = acting.id("invitation_id")
    open_ones = await users.invitations(acting.tx, None)
    if not any(one.id == wanted and one.workspace_key in {None, acting.workspace.key} for one in open_ones):
        raise NotFound
    await users.withdraw(acting.tx, wanted, None)
    await acting.audit("invitation.withdrawn", str(wanted))
    return acting.back("/users", said="The invitation is withdrawn.")


async def reset(acting: Acting) -> web.StreamResponse:
    """A one-time password for somebody who lost his password or his phone."""
    user = await _within_reach(acting)
    password = passwords.new_one_time()
    hashed = await passwords.Passwords().hash(password)
    await users.set_password(
        acting.tx, user.id, hashed, one_time=True, valid_seconds=passwords.ONE_TIME_SECONDS
    )
    await users.drop_totp(acting.tx, user.id)
    await acting.audit("user.reset", str(user.id))
    return acting.render("users_secret.html", email=user.email, link="", password=password)


async def disable(acting: Acting) -> web.StreamResponse:
    user = await _within_reach(acting)
    await users.set_disabled(acting.tx, user.id, disabled=True)
    await acting.audit("user.disabled", str(user.id))
    return acting.back("/users", said=f"{user.email} can't sign in any more.")


async def enable(acting: Acting) -> web.StreamResponse:
    user = await _within_reach(acting)
    await users.set_disabled(acting.tx, user.id, disabled=False)
    await acting.audit("user.enabled", str(user.id))
    return acting.back("/users", said=f"{user.email} may sign in again.")


async def _within_reach(acting: Acting) -> User:
    """Somebody of this business or of the agency, and not oneself."""
    wanted = acting.id("user_id")
    everybody = await users.listing(acting.tx, None)
    mine = {
        one.id for one in everybody if one.role is Role.AGENCY or one.workspace_key == acting.workspace.key
    }
    user = await users.find(acting.tx, id=wanted) if wanted in mine else None
    if user is None:
        raise NotFound
    if user.id == acting.session.user_id:
        raise Refused("That is you: change your own account under your name, or ask a colleague.")
    return user


SECTION = Section(
    nav=Nav("users", "Users", "/users", Group.BUSINESS, 90),
    routes=(
        get("/users", people),
        post("/users/invite", invite_one),
        post("/users/invitations/{invitation_id}/withdraw", withdraw),
        post("/users/{user_id}/reset", reset),
        post("/users/{user_id}/disable", disable),
        post("/users/{user_id}/enable", enable),
    ),
    agency=True,
)
