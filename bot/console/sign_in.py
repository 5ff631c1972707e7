"""Signing in: password, then the code; invitations. The pages that are open to everybody.

What is said about a failure never tells whether an address is known. Attempts are counted per address and per
sender over all processes; where nobody can count (Redis is away), nobody signs in.
"""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from bot.console import cookies, passwords, second_factor
from bot.console.acting import Signed, Visit
from bot.console.gate import CODE
from bot.console.passwords import Passwords
from db import audit, console_sessions, users
from db.console_sessions import Stage
from db.users import Attempt, User

HOME = "/console/"
_CODE_SECONDS = 600.0
"""How long a right password waits for its code."""
_WRONG = "That address and password don't go together."
_WRONG_CODE = "That code is not right, or was used before. Codes change every 30 seconds."


class SigningIn:
    """One per web process."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords

    async def show(self, visit: Visit) -> web.StreamResponse:
        return visit.render("sign_in.html", email="", problem="", next=_next(visit))

    async def sign_in(self, visit: Visit) -> web.StreamResponse:
        email, password = visit.form.get("email", "").lower(), visit.form.get("password", "")
        if (wait := await self._wait(visit, email)) > 0:
            await users.note_attempt(visit.ports.pool, None, Attempt.LIMITED)
            return self._again(visit, email, _patience(wait), status=429)
        user = await users.find(visit.ports.pool, email=email) if email else None
        fitted = await self._passwords.fits(user.password_hash if user else None, password)
        if user is None or not fitted or not await self._still_good(visit, user):
            known = user.id if user else None
            outcome = Attempt.WRONG_PASSWORD if user else Attempt.UNKNOWN_USER
            await users.note_attempt(visit.ports.pool, known, outcome)
            return self._again(visit, email, _WRONG)
        if user.disabled_at is not None:
            await users.note_attempt(visit.ports.pool, user.id, Attempt.DISABLED)
            return self._again(visit, email, _WRONG)
        if user.totp_confirmed_at is not None:
            response = visit.leave(f"{CODE}?next={_next(visit)}" if _next(visit) else CODE)
            await start_session(visit, response, user, Stage.SECOND_FACTOR)
            return response
        return await _let_in(visit, user)

    async def _still_good(self, visit: Visit, user: User) -> bool:
        """A one-time password is spent by its use, also where two use it at the same moment."""
        return not user.password_one_time or await users.spend_one_time(visit.ports.pool, user)

    async def _wait(self, visit: Visit, email: str) -> float:
        """Seconds until another attempt may be made for this address and from this sender."""
        rates = visit.ports.rates
        sender = visit.request.remote or "unknown"
        return max(
            await rates.wait(f"sign-in/from/{sender}", 30, 300, fail_open=False),
            await rates.wait(f"sign-in/to/{email}", 8, 300, fail_open=False),
        )

    def _again(self, visit: Visit, email: str, problem: str, *, status: int = 422) -> web.StreamResponse:
        return visit.render("sign_in.html", status=status, email=email, problem=problem, next=_next(visit))

    # -- the code -------------------------------------------------------------------------------------------

    async def show_code(self, signed: Signed) -> web.StreamResponse:
        if signed.session.stage is Stage.FULL:
            return signed.leave(HOME)
        return signed.render("code.html", problem="", next=_next(signed))

    async def enter_code(self, signed: Signed) -> web.StreamResponse:
        if signed.session.stage is Stage.FULL:
            return signed.leave(HOME)
        ports = signed.ports
        wait = await ports.rates.wait(f"sign-in/code/{signed.session.user_id}", 6, 300, fail_open=False)
        user = await users.find(ports.pool, id=signed.session.user_id)
        if wait > 0 or user is None:
            return signed.render("code.html", status=429, problem=_patience(wait), next=_next(signed))
        code = signed.form.get("code", "")
        if not await second_factor.accept(ports.pool, ports.box, user, code, now=signed.now):
            await users.note_attempt(ports.pool, user.id, Attempt.WRONG_CODE)
            return signed.render("code.html", status=422, problem=_WRONG_CODE, next=_next(signed))
        return await _let_in(signed, user)

    async def sign_out(self, visit: Visit) -> web.StreamResponse:
        secret = cookies.session_secret(visit.request, visit.ports)
        if secret:
            await console_sessions.end(visit.ports.pool, cookies.digest(secret))
        response = visit.leave("/console/sign-in", said="You are signed out.")
        cookies.forget_session(response, visit.ports)
        return response

    # -- invitations ----------------------------------------------------------------------------------------

    async def show_invitation(self, visit: Visit) -> web.StreamResponse:
        """The code stands behind the # of the link, so no server, log or other site ever sees it in an address."""
        return visit.render("invitation.html", code="", name="", problem="")

    async def accept_invitation(self, visit: Visit) -> web.StreamResponse:
        form, pool = visit.form, visit.ports.pool
        code, name, password = form.get("code", ""), form.get("name", ""), form.get("password", "")

        def again(problem: str, status: int = 422) -> web.StreamResponse:
            return visit.render("invitation.html", status=status, code=code, name=name, problem=problem)

        sender = visit.request.remote or "unknown"
        if (wait := await visit.ports.rates.wait(f"invitation/{sender}", 20, 300, fail_open=False)) > 0:
            return again(_patience(wait), 429)
        digest = cookies.digest(code)
        invitation = await users.find_invitation(pool, digest)
        if invitation is None:
            return again("This invitation was used, withdrawn or is too old. Ask for a new one.")
        if invitation.known:
            return await self._widen(visit, digest, invitation.email, password, again)
        if not name:
            return again("Say your name: colleagues and customers see who answered.")
        if (problem := passwords.complaint(password, invitation.email)) is not None:
            return again(problem)
        made = await users.accept_with_new_user(
            pool, digest, name=name[:120], password_hash=await self._passwords.hash(password)
        )
        user = await users.find(pool, id=made) if made else None
        if user is None:
            return again("This invitation was used a moment ago.")
        await audit.record(
            pool,
            workspace_id=invitation.workspace_id,
            actor=f"user:{user.email}",
            action="invitation.accepted",
            subject=str(invitation.id),
        )
        return await _let_in(visit, user)

    async def _widen(
        self,
        visit: Visit,
        digest: bytes,
        email: str,
        password: str,
        again: Callable[[str], web.StreamResponse],
    ) -> web.StreamResponse:
        """Somebody who has an account shows that it is his, and sees one workspace more."""
        user = await users.find(visit.ports.pool, email=email)
        fitted = await self._passwords.fits(user.password_hash if user else None, password)
        if user is None or not fitted:
            return again("You have an account already: enter its password to add this to it.")
        if not await users.accept_as(visit.ports.pool, digest, user.id):
            return again("This account is closed. Ask the agency.")
        return visit.leave("/console/sign-in", said="It is added to your account. Sign in.")


async def _let_in(visit: Visit, user: User) -> web.StreamResponse:
    """Signed in: under a new session, whatever the browser came with."""
    await users.note_attempt(visit.ports.pool, user.id, Attempt.SIGNED_IN)
    response = visit.leave(_next(visit) or HOME)
    await start_session(visit, response, user, Stage.FULL)
    await audit.record(
        visit.ports.pool, workspace_id=None, actor=f"user:{user.email}", action="user.signed_in"
    )
    return response


async def start_session(visit: Visit, response: web.StreamResponse, user: User, stage: Stage) -> None:
    """A new id with every step, so that one that somebody planted before is worth nothing after it."""
    ports = visit.ports
    old, secret = cookies.session_secret(visit.request, ports), cookies.new_secret()
    await console_sessions.start(
        ports.pool,
        cookies.digest(secret),
        user_id=user.id,
        stage=stage,
        browser=visit.request.headers.get("User-Agent", ""),
        valid_seconds=_CODE_SECONDS if stage is Stage.SECOND_FACTOR else ports.session_seconds,
        replaces=cookies.digest(old) if old else None,
    )
    cookies.keep_session(response, secret, ports)


def _next(visit: Visit) -> str:
    """Where somebody was going before he had to sign in; only pages of our own."""
    return cookies.own_path(visit.form.get("next") or visit.query.get("next")) or ""


def _patience(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return f"Too many attempts. Try again in {minutes} minute{'s' if minutes > 1 else ''}."
