"""What somebody who is signed in does about himself: password, second factor, browsers, and which workspace."""

from __future__ import annotations

from aiohttp import web

from bot.console import cookies, passwords, second_factor
from bot.console.acting import NotFound, Refused, Signed
from bot.console.gate import SECOND_FACTOR, act_as
from bot.console.passwords import Passwords
from bot.console.sign_in import HOME
from db import audit, console_sessions, users
from db.users import User

_PROFILE = "/console/profile"
_ATTEMPTS = 10


class Account:
    """One per web process."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords

    # -- where to ---------------------------------------------------------------------------------------------

    async def home(self, signed: Signed) -> web.StreamResponse:
        """The workspace that the user acts as; else the choice."""
        mine = await users.workspaces_of(signed.ports.pool, signed.session.user_id)
        chosen = next((one for one in mine if one.id == signed.session.chosen_id), None)
        if chosen is None and not signed.agency and len(mine) == 1:
            chosen = mine[0]
        return signed.leave(f"/console/w/{chosen.key}/" if chosen else "/console/workspaces")

    async def workspaces(self, signed: Signed) -> web.StreamResponse:
        mine = await users.workspaces_of(signed.ports.pool, signed.session.user_id)
        wanted = signed.query.get("q", "").strip()
        found = [one for one in mine if wanted.lower() in f"{one.name} {one.key}".lower()]
        return signed.render("workspaces.html", found=found, q=wanted, many=len(mine) > 8)

    async def choose(self, signed: Signed) -> web.StreamResponse:
        """From now on the user acts as this workspace."""
        mine = await users.workspaces_of(signed.ports.pool, signed.session.user_id)
        chosen = next((one for one in mine if one.key == signed.form.get("workspace")), None)
        if chosen is None or not await act_as(signed, chosen.id):
            raise NotFound
        wanted, inside = cookies.own_path(signed.form.get("next")), f"/console/w/{chosen.key}/"
        return signed.leave(wanted if wanted and wanted.startswith(inside) else inside)

    # -- profile ----------------------------------------------------------------------------------------------

    async def profile(self, signed: Signed) -> web.StreamResponse:
        return await self._profile(signed)

    async def _profile(self, signed: Signed, *, problem: str = "") -> web.StreamResponse:
        pool = signed.ports.pool
        return signed.render(
            "profile.html",
            status=422 if problem else 200,
            me=await _self(signed),
            problem=problem,
            sessions=await console_sessions.listing(pool, signed.session.user_id, signed.session_hash),
            browser=browser_words,
            attempts=await users.attempts(pool, signed.session.user_id, limit=_ATTEMPTS),
        )

    async def rename(self, signed: Signed) -> web.StreamResponse:
        name = signed.form.get("name", "")[:120]
        await users.rename(signed.ports.pool, signed.session.user_id, name)
        await _audit(signed, "user.renamed")
        return signed.leave(_PROFILE, said="Your name is saved.")

    async def change_password(self, signed: Signed) -> web.StreamResponse:
        me = await _self(signed)
        wait = await signed.ports.rates.wait(f"sign-in/to/{me.email}", 8, 300, fail_open=False)
        if wait > 0 or not await self._passwords.fits(me.password_hash, signed.form.get("current", "")):
            return await self._profile(signed, problem="The current password is not right.")
        if (problem := passwords.complaint(signed.form.get("password", ""), me.email)) is not None:
            return await self._profile(signed, problem=problem)
        await self._set_password(signed, me)
        return signed.leave(_PROFILE, said="The password is changed. Other browsers are signed out.")

    async def show_password(self, signed: Signed) -> web.StreamResponse:
        """After signing in with a one-time password."""
        if not signed.session.password_one_time:
            return signed.leave(_PROFILE)
        return signed.render("password.html", problem="")

    async def choose_password(self, signed: Signed) -> web.StreamResponse:
        if not signed.session.password_one_time:
            return signed.leave(_PROFILE)
        me = await _self(signed)
        if (problem := passwords.complaint(signed.form.get("password", ""), me.email)) is not None:
            return signed.render("password.html", status=422, problem=problem)
        await self._set_password(signed, me)
        return signed.leave(HOME, said="Welcome. Your password is set.")

    async def _set_password(self, signed: Signed, me: User) -> None:
        hashed = await self._passwords.hash(signed.form["password"])
        await users.set_password(signed.ports.pool, me.id, hashed, keep_session=signed.session_hash)
        await _audit(signed, "user.password_changed")

    async def end_others(self, signed: Signed) -> web.StreamResponse:
        count = await console_sessions.end_others(
            signed.ports.pool, signed.session.user_id, signed.session_hash
        )
        await _audit(signed, "user.signed_out_elsewhere", count=count)
        return signed.leave(_PROFILE, said="Every other browser is signed out.")

    # -- the second factor --------------------------------------------------------------------------------------

    async def show_second_factor(self, signed: Signed) -> web.StreamResponse:
        """The QR code of a secret that is offered. A form makes it first: a GET changes nothing."""
        return await self._second_factor(signed)

    async def _second_factor(self, signed: Signed, *, problem: str = "") -> web.StreamResponse:
        me = await _self(signed)
        if me.totp_confirmed_at is not None:
            return signed.leave(_PROFILE)
        secret = second_factor.secret_of(signed.ports.box, me)
        uri = second_factor.address(secret, me.email) if secret else ""
        return signed.render(
            "second_factor.html",
            status=422 if problem else 200,
            secret=secret,
            uri=uri,
            picture=second_factor.picture(uri) if uri else "",
            problem=problem,
            may_wait=signed.ports.second_factor_may_wait or not signed.agency,
        )

    async def offer_second_factor(self, signed: Signed) -> web.StreamResponse:
        """Makes a secret to be shown."""
        me = await _self(signed)
        sealed = second_factor.seal(signed.ports.box, me.id, second_factor.new_secret())
        await users.offer_totp(signed.ports.pool, me.id, sealed)
        return signed.leave(SECOND_FACTOR)

    async def confirm_second_factor(self, signed: Signed) -> web.StreamResponse:
        """The first code shows that the app has it; the recovery codes are shown once, now."""
        me = await _self(signed)
        secret = second_factor.secret_of(signed.ports.box, me)
        if secret is None or me.totp_confirmed_at is not None:
            return signed.leave(SECOND_FACTOR)
        wait = await signed.ports.rates.wait(f"sign-in/code/{me.id}", 6, 300, fail_open=False)
        step = None if wait > 0 else second_factor.step_of(secret, signed.form.get("code", ""), signed.now)
        if step is None:
            return await self._second_factor(
                signed, problem="That is not the code of this account. Is the phone's clock right?"
            )
        codes = second_factor.new_recovery_codes()
        if not await users.confirm_totp(signed.ports.pool, me.id, step, second_factor.digests(me.id, codes)):
            return signed.leave(_PROFILE)
        await _audit(signed, "user.second_factor_set_up")
        return signed.render("recovery_codes.html", codes=codes)

    async def drop_second_factor(self, signed: Signed) -> web.StreamResponse:
        """To set it up on another phone; a code of the old one, or a recovery code, is needed."""
        me = await _self(signed)
        wait = await signed.ports.rates.wait(f"sign-in/code/{me.id}", 6, 300, fail_open=False)
        ports = signed.ports
        if wait > 0 or not await second_factor.accept(
            ports.pool, ports.box, me, signed.form.get("code", ""), now=signed.now
        ):
            return await self._profile(signed, problem="That code is not right, or was used before.")
        await users.drop_totp(ports.pool, me.id)
        await _audit(signed, "user.second_factor_dropped")
        return signed.leave(SECOND_FACTOR, said="The old one is gone. Set the new one up.")


_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)  # fmt: skip


def browser_words(agent: str) -> str:
    """What a browser calls itself, in two words: `Firefox on Windows`."""
    name = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " on ".join(part for part in (name, system) if part) or agent[:60] or "unknown"


async def _self(signed: Signed) -> User:
    found = await users.find(signed.ports.pool, id=signed.session.user_id)
    if found is None:
        raise Refused("This account is gone.")
    return found


async def _audit(signed: Signed, action: str, **detail: object) -> None:
    await audit.record(signed.ports.pool, workspace_id=None, actor=signed.actor, action=action, detail=detail)
