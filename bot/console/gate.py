"""Who may come in: every handler of the console is called through here, and nothing else calls one.

Order: the origin and the token of what changes something, the session, how far it has signed in, the role, the
workspace in the address, the transaction. Wrong workspace: 404, whatever is in the path after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import quote, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web
from jinja2 import TemplateError

from bot.console import cookies
from bot.console.acting import (
    FRAGMENT_OF,
    Acting,
    Entry,
    NotFound,
    Refused,
    Signed,
    Visit,
    Watching,
    Workspace,
)
from bot.console.page import Route, Section, Stream, Watcher
from bot.console.ports import ConsolePorts
from bot.console.rendering import Renderer
from db import audit, console_sessions
from db.console_sessions import SessionRow, Stage
from db.failures import UNREACHABLE
from db.tx import tx
from db.users import Role

log = structlog.get_logger(__name__)

Answer = web.StreamResponse
Handler = Callable[[web.Request], Awaitable[Answer]]

SIGN_IN, CODE, PASSWORD, SECOND_FACTOR = (
    "/console/sign-in",
    "/console/code",
    "/console/password",
    "/console/second-factor",
)
_MOST_BYTES = 512 * 1024
"""Of a form: the longest text of the settings many times over."""
_MOST_STREAMS = 500
"""Open pages of one process; further ones don't live, but work."""


class Gate:
    """One per web process."""

    def __init__(self, ports: ConsolePorts, renderer: Renderer, sections: Sequence[Section]) -> None:
        self._ports = ports
        self._renderer = renderer
        self._sections = sections
        self._streams: set[asyncio.Future[Answer]] = set()

    def close(self) -> None:
        """Ends the streams of open pages: a process that ends waits for no page."""
        for task in self._streams:
            task.cancel()

    # -- the kinds of handlers ------------------------------------------------------------------------------

    def visit(self, handler: Callable[[Visit], Awaitable[Answer]]) -> Handler:
        """For anybody."""

        async def answer(request: web.Request) -> Answer:
            secret = cookies.session_secret(request, self._ports) or cookies.visit_secret(
                request, self._ports
            )
            fresh = "" if secret else cookies.new_secret()
            form = await self._form(request, secret)
            visit = Visit(request, self._ports, self._renderer, cookies.csrf_token(secret or fresh), form)
            response = await handler(visit)
            if fresh and request.method == "GET":
                cookies.keep_visit(response, fresh, self._ports)
            return response

        return self._guarded(answer)

    def signed(self, handler: Callable[[Signed], Awaitable[Answer]], *, duties: bool = True) -> Handler:
        """For whoever is signed in. duties: a password or a second factor that is still to be set up comes first."""

        async def answer(request: web.Request) -> Answer:
            found = await self._session(request, None)
            if isinstance(found, web.Response):
                return found
            if duties and (url := self._duty(found)) is not None:
                return _to(url)
            form = await self._form(request, cookies.session_secret(request, self._ports))
            return await handler(self._signed(request, found, form))

        return self._guarded(answer)

    def acting(self, section: Section, route: Route | Stream) -> Handler:
        """For whoever may act as the workspace in the address."""

        async def answer(request: web.Request) -> Answer:
            found = await self._session(request, request.match_info["workspace"])
            if isinstance(found, web.Response):
                return found
            if (url := self._duty(found)) is not None:
                return _to(url)
            form = await self._form(request, cookies.session_secret(request, self._ports))
            signed = self._signed(request, found, form)
            acted_as = _workspace(found)
            if acted_as is None:
                raise NotFound
            if (refusal := self._out_of_reach(signed, section, route)) is not None:
                return refusal
            within = (acted_as, self._navigation(found, section))
            base = (request, self._ports, self._renderer, signed.csrf, form, found, signed.session_hash)
            if isinstance(route, Stream):
                return await self._watch(route.watcher, Watching(*base, *within))
            return await self._act(route.handler, Signed(*base), within)

        return self._guarded(answer)

    async def _watch(self, watcher: Watcher, watching: Watching) -> Answer:
        if len(self._streams) >= _MOST_STREAMS:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "30"}, text="too many open pages")
        task = asyncio.ensure_future(watcher(watching))
        self._streams.add(task)
        try:
            return await task
        finally:
            task.cancel()
            self._streams.discard(task)

    async def _act(
        self,
        handler: Callable[[Acting], Awaitable[Answer]],
        signed: Signed,
        within: tuple[Workspace, Sequence[Entry]],
    ) -> Answer:
        async with tx(self._ports.pool, within[0].id) as transaction:
            acting = Acting(
                signed.request, self._ports, self._renderer, signed.csrf, signed.form, signed.session,
                signed.session_hash, *within, transaction,
            )  # fmt: skip
            response = await handler(acting)
        acting.committed()
        return response

    # -- who asks -------------------------------------------------------------------------------------------

    async def _session(self, request: web.Request, workspace_key: str | None) -> SessionRow | web.Response:
        """The session, or the page that leads to one."""
        secret = cookies.session_secret(request, self._ports)
        row = None
        if secret:
            row = await console_sessions.find(
                self._ports.pool,
                cookies.digest(secret),
                idle_seconds=self._ports.idle_seconds,
                workspace_key=workspace_key,
            )
        if row is None:
            if request.headers.get(FRAGMENT_OF) or _is_stream(request):
                return web.Response(status=401, text="sign in again")
            return await self._sign_in_first(request)
        if row.stage is Stage.SECOND_FACTOR and request.path != CODE:
            return _to(CODE)
        return row

    async def _sign_in_first(self, request: web.Request) -> web.Response:
        """Then to where he was going. A form that came after the session's end did nothing, and that is said."""
        if request.method == "GET":
            return _to(f"{SIGN_IN}?next={quote(request.path_qs)}")
        url = await self._back(request)
        visit = Visit(request, self._ports, self._renderer, "", {})
        return visit.leave(
            f"{SIGN_IN}?next={quote(url)}" if url else SIGN_IN,
            said="You were signed out in the meantime, so nothing was changed. Sign in and try again.",
            good=False,
        )

    async def _back(self, request: web.Request) -> str | None:
        """Where a form stood, as it says itself; only a page of our own."""
        if (
            request.content_type != "application/x-www-form-urlencoded"
            or not 0 < (request.content_length or 0) <= _MOST_BYTES
        ):
            return None
        back = (await request.post()).get("back")
        return cookies.own_path(back if isinstance(back, str) else None)

    def _duty(self, row: SessionRow) -> str | None:
        """What must be done before anything else."""
        if row.stage is Stage.SECOND_FACTOR:
            return CODE
        if row.password_one_time:
            return PASSWORD
        if row.role is Role.AGENCY and not row.has_totp and not self._ports.second_factor_may_wait:
            return SECOND_FACTOR
        return None

    def _signed(self, request: web.Request, row: SessionRow, form: Mapping[str, str]) -> Signed:
        secret = cookies.session_secret(request, self._ports)
        return Signed(
            request,
            self._ports,
            self._renderer,
            cookies.csrf_token(secret),
            form,
            row,
            cookies.digest(secret),
        )

    def _out_of_reach(self, signed: Signed, section: Section, route: Route | Stream) -> web.Response | None:
        """403 for what isn't this user's role's; 404 for a workspace that he doesn't act as right now."""
        row = signed.session
        if row.role is Role.CLIENT and (section.agency or route.agency):
            return signed.render(
                "trouble.html", status=403, title="Not for you", text="This page is for the agency only."
            )
        if row.role is Role.AGENCY and row.chosen_id != row.workspace_id:
            next_url = signed.here if signed.request.method == "GET" else ""
            return signed.render(
                "other_workspace.html", status=404, key=signed.request.match_info["workspace"], next=next_url
            )
        return None

    def _navigation(self, row: SessionRow, here: Section) -> list[Entry]:
        return [
            Entry(
                one.nav.key,
                one.nav.title,
                f"/console/w/{row.workspace_key}{one.nav.path}",
                one.nav.group.value,
                one is here or one.nav.key == here.under,
            )
            for one in self._sections
            if one.nav is not None and (row.role is Role.AGENCY or not one.agency)
        ]

    # -- what changes something -----------------------------------------------------------------------------

    async def _form(self, request: web.Request, secret: str) -> Mapping[str, str]:
        """The fields of a POST whose origin and token are ours. Raises HTTPForbidden, HTTPRequestEntityTooLarge."""
        if request.method in {"GET", "HEAD"}:
            return {}
        if _from_elsewhere(request):
            raise web.HTTPForbidden(text="this comes from another site")
        if (request.content_length or 0) > _MOST_BYTES:
            raise web.HTTPRequestEntityTooLarge(_MOST_BYTES, request.content_length or 0)
        if request.content_type != "application/x-www-form-urlencoded":
            raise web.HTTPUnsupportedMediaType(text="forms only")
        given = await request.post()
        form = {name: value.strip() for name, value in given.items() if isinstance(value, str)}
        if not cookies.is_token(secret, form.get("csrf", "")):
            raise web.HTTPForbidden(text="the page is out of date")
        return form

    # -- trouble in words -----------------------------------------------------------------------------------

    def _guarded(self, answer: Handler) -> Handler:
        async def guarded(request: web.Request) -> Answer:
            try:
                return await answer(request)
            except NotFound:
                return await self._nothing_here(request)
            except Refused as refusal:
                return await self._refused(request, str(refusal))
            except web.HTTPForbidden as error:
                return self._trouble(
                    request,
                    403,
                    "Try again",
                    f"Nothing was changed: {error.text}. Reload the page and try again.",
                )
            except web.HTTPRequestEntityTooLarge:
                return self._trouble(request, 413, "Too much", "Nothing was changed: that was too much text.")
            except (web.HTTPException, ConnectionResetError):
                raise
            except Exception as error:
                if _is_stream(request):  # may be under way; its reader comes back by itself
                    raise
                return self._failed(request, error)

        return guarded

    def _failed(self, request: web.Request, error: Exception) -> Answer:
        # A missing template is an OSError, too, and no trouble of the database's.
        if isinstance(error, UNREACHABLE) and not isinstance(error, TemplateError):
            log.warning("console.unreachable", error=type(error).__name__)
            text = "The database can't be reached right now. Try again in a moment."
            return self._trouble(request, 503, "One moment", text)
        resource = request.match_info.route.resource
        log.error("console.failed", route=resource.canonical if resource else "", exc_info=error)
        return self._trouble(
            request,
            500,
            "That went wrong",
            "It is our mistake and stands in the log. Go back and try again.",
        )

    async def _nothing_here(self, request: web.Request) -> Answer:
        return self._trouble(request, 404, "Nothing here", "There is no such page, or it isn't yours.")

    async def _refused(self, request: web.Request, text: str) -> Answer:
        """Back to the form, which says why; without one a page that does."""
        url = await self._back(request)
        if url is None:
            return self._trouble(request, 409, "Not possible", text)
        visit = Visit(request, self._ports, self._renderer, "", {})
        return visit.leave(url, said=text, good=False)

    def _trouble(self, request: web.Request, status: int, title: str, text: str) -> web.Response:
        visit = Visit(request, self._ports, self._renderer, "", {})
        return visit.render("trouble.html", status=status, title=title, text=text)


def _is_stream(request: web.Request) -> bool:
    return "text/event-stream" in request.headers.get("Accept", "")


def _from_elsewhere(request: web.Request) -> bool:
    """Whether the browser says that another site's page sent this. (The token decides; this is the second lock.)

    Our pages send no referrer, and then browsers call the origin of a form "null".
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin", "null")
    return origin != "null" and urlsplit(origin).netloc != request.host


def _workspace(row: SessionRow) -> Workspace | None:
    """The one that the address names. None: there is none, or this user may not see it."""
    if row.workspace_id is None or row.workspace_key is None:
        return None
    return Workspace(
        id=row.workspace_id,
        key=row.workspace_key,
        name=row.workspace_name or row.workspace_key,
        zone=ZoneInfo(row.timezone or "UTC"),
        currency=row.currency or "USD",
    )


def _to(url: str) -> web.Response:
    return web.Response(status=303, headers={"Location": url, "Cache-Control": "no-store"})


async def act_as(signed: Signed, workspace_id: UUID) -> bool:
    """From now on the user acts as this workspace; written down. False: he may not."""
    chosen = await console_sessions.choose(signed.ports.pool, signed.session_hash, workspace_id)
    if chosen:
        await audit.record(
            signed.ports.pool, workspace_id=workspace_id, actor=signed.actor, action="workspace.chosen"
        )
    return chosen
