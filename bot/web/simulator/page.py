"""`/simulator`: a customer's phone in the browser. Demo and tests only; production never loads this file.

GET  /simulator                      the page; ?workspace=&channel=&from=&name= choose what it opens with
GET  /simulator/messages             long poll: ?line=&from=&after=&busy=0|1
POST /simulator/messages             {line, from, name, act}: what the customer does
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import orjson
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.channels.simulator import acts
from bot.channels.simulator.acts import Act, ShownChoice
from bot.ports import Accounts
from bot.web.simulator.lines import DEFAULT_NUMBER, Line, customer, list_lines
from bot.web.simulator.phone import Bubble, Glance, Phone, PhoneError
from db.tx import Pool

_HERE = Path(__file__).parent
_COOKIE = "frontdesk_simulator"
_TOKEN_HEADER = "X-Simulator-Token"  # noqa: S105 - a header's name
_POLL_SECONDS = 20.0
_BUSY_LOOK_SECONDS = 0.2
_IDLE_LOOK_SECONDS = 1.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class _Choice(_Model):
    id: str = Field(min_length=1, max_length=300)
    title: str = Field(max_length=300)
    description: str = Field("", max_length=300)
    form: Literal["button", "row", "number"] = "button"


class _ActBody(_Model):
    kind: Literal["text", "tap", "pin", "image", "voice", "sticker"]
    text: str = Field("", max_length=20_000)
    choice: _Choice | None = None
    reply_to: str | None = Field(None, max_length=300)
    latitude: float = Field(0, ge=-90, le=90)
    longitude: float = Field(0, ge=-180, le=180)

    def act(self) -> Act:
        match self.kind:
            case "tap" if self.choice is not None:
                choice = ShownChoice(
                    self.choice.id, self.choice.title, self.choice.description, form=self.choice.form
                )
                return acts.tapped(choice, reply_to=self.reply_to)
            case "pin":
                return acts.pinned(self.latitude, self.longitude)
            case "image":
                return acts.sent_image(self.text)
            case "voice":
                return acts.sent_voice()
            case "sticker":
                return acts.sent_sticker()
            case _:
                return acts.typed(self.text)


class _Said(_Model):
    line: UUID
    who: str = Field(alias="from", min_length=1, max_length=64)
    name: str = Field("", max_length=80)
    act: _ActBody


class Simulator:
    """One per web process of a demo."""

    def __init__(
        self,
        *,
        pool: Pool,
        accounts: Accounts,
        http: httpx.AsyncClient,
        own_url: str,
        public_base_url: str,
        sandbox_url: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._pool = pool
        self._accounts = accounts
        self._http = http
        self._own_url = own_url
        self._sandbox_url = sandbox_url
        self._clock = clock
        own, public = urlsplit(own_url), urlsplit(public_base_url)
        # Another site's page may make a browser ask us, under a name that leads here as well.
        self._hosts = frozenset({own.netloc, public.netloc, f"localhost:{own.port}", f"127.0.0.1:{own.port}"})
        self._key = secrets.token_bytes(32)
        self._closing = False
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/simulator", self._guarded(self.page)),
            web.get("/simulator/messages", self._guarded(self.poll)),
            web.post("/simulator/messages", self._guarded(self.say)),
            web.static("/simulator/static", _HERE / "static"),
        ]

    async def close(self, _: web.Application) -> None:
        """Lets the long polls end; the application's shutdown calls it."""
        self._closing = True

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The phone, opened with what the address names."""
        session = request.cookies.get(_COOKIE) or secrets.token_urlsafe(24)
        lines = await list_lines(self._pool)
        chosen = _chosen(lines, request.query.get("workspace"), request.query.get("channel"))
        html = self._templates.get_template("simulator.html").render(
            lines=orjson.dumps([_line_json(line) for line in lines]).decode(),
            workspaces=list(dict.fromkeys((line.workspace_key, line.workspace_name) for line in lines)),
            chosen=chosen,
            number=request.query.get("from", DEFAULT_NUMBER),
            name=request.query.get("name", ""),
            token=self._token(session),
        )
        response = web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})
        response.set_cookie(
            _COOKIE, session, path="/simulator", httponly=True, samesite="Strict", secure=request.secure
        )
        return response

    async def poll(self, request: web.Request) -> web.StreamResponse:
        """What is new on the screen, as soon as there is something, or after 20 seconds.

        Ends early when work on our side begins or ends as well: `busy` is what the page believes.
        """
        try:
            line = UUID(request.query.get("line", ""))
            after = max(int(request.query.get("after", "0")), 0)
        except ValueError as error:
            raise _refused(web.HTTPBadRequest, "line and after are needed") from error
        phone = await self._phone(line, request.query.get("from", ""), "")
        believed = request.query.get("busy") == "1"
        clock = asyncio.get_running_loop().time
        until = clock() + _POLL_SECONDS
        while True:
            busy = await phone.open_work() > 0
            wait = 0.0 if busy != believed else _BUSY_LOOK_SECONDS if busy else _IDLE_LOOK_SECONDS
            glance = await phone.look(after, wait=min(wait, max(until - clock(), 0)))
            # Nobody waits for the answer to a closed page, and a process that ends waits for no page.
            ended = self._closing or request.transport is None or clock() >= until
            if glance.bubbles or glance.statuses or busy != believed or ended:
                return _json(_glance_json(glance, busy=busy))
            after = glance.next

    async def say(self, request: web.Request) -> web.StreamResponse:
        """What the customer does, through our own signed webhook."""
        try:
            said = _Said.model_validate_json(await request.read())
        except ValidationError as error:
            raise _refused(web.HTTPUnprocessableEntity, str(error.errors()[0]["msg"])) from error
        phone = await self._phone(said.line, said.who, said.name)
        try:
            identifier = await phone.do(said.act.act())
        except ValueError as error:
            raise _refused(web.HTTPUnprocessableEntity, str(error)) from error
        return _json({"id": identifier, "at": self._clock().isoformat()})

    async def _phone(self, account_id: UUID, who: str, name: str) -> Phone:
        line = next((line for line in await list_lines(self._pool) if line.account_id == account_id), None)
        if line is None:
            raise _refused(web.HTTPNotFound, "this account is gone; reload the page")
        try:
            writer = customer(line.surface, who, name)
        except ValueError as error:
            raise _refused(web.HTTPUnprocessableEntity, str(error)) from error
        return Phone(
            account=await self._accounts.channel_account(account_id, workspace_id=line.workspace_id),
            customer=writer,
            pool=self._pool,
            http=self._http,
            own_url=self._own_url,
            sandbox_url=self._sandbox_url,
            clock=self._clock,
        )

    def _guarded(self, handler: Handler) -> Handler:
        """Only for pages of our own, and trouble in words."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            if request.host not in self._hosts:
                raise _refused(web.HTTPForbidden, "open the simulator at its own address")
            if request.method == "POST":
                self._check_origin(request)
            try:
                return await handler(request)
            except PhoneError as error:
                raise _refused(web.HTTPBadGateway, str(error)) from error

        return guarded

    def _check_origin(self, request: web.Request) -> None:
        origin = urlsplit(request.headers.get("Origin", ""))
        if origin.netloc != request.host:
            raise _refused(web.HTTPForbidden, "this comes from another site")
        session = request.cookies.get(_COOKIE, "")
        offered = request.headers.get(_TOKEN_HEADER, "").encode("utf-8", "replace")
        if not session or not hmac.compare_digest(self._token(session).encode(), offered):
            raise _refused(web.HTTPForbidden, "the page is out of date; reload it")

    def _token(self, session: str) -> str:
        return hmac.new(self._key, session.encode("utf-8", "replace"), "sha256").hexdigest()


def _chosen(lines: list[Line], workspace: str | None, surface: str | None) -> Line | None:
    """The line the address names, as near as there is one."""
    return max(
        lines,
        key=lambda line: (line.workspace_key == workspace, line.surface == surface, -lines.index(line)),
        default=None,
    )


def _line_json(line: Line) -> dict[str, str]:
    return {
        "id": str(line.account_id),
        "workspace": line.workspace_key,
        "name": line.workspace_name,
        "surface": line.surface,
        "address": line.address,
    }


def _glance_json(glance: Glance, *, busy: bool) -> dict[str, Any]:
    return {
        "bubbles": [_bubble_json(bubble) for bubble in glance.bubbles],
        "statuses": [{"id": identifier, "status": status} for identifier, status in glance.statuses],
        "next": glance.next,
        "busy": busy,
    }


def _bubble_json(bubble: Bubble) -> dict[str, Any]:
    shown = bubble.shown
    return {
        "id": bubble.id,
        "at": bubble.at,
        "status": bubble.status,
        "error": bubble.error,
        "text": shown.text,
        "choices": []
        if shown.choices_in_text
        else [
            {
                "id": choice.id,
                "title": choice.title,
                "description": choice.description,
                "section": choice.section,
                "form": choice.form,
            }
            for choice in shown.choices
        ],
        "listLabel": shown.list_label,
        "links": [{"label": link.label, "url": link.url} for link in shown.links],
        "card": {
            "title": shown.card.title,
            "rows": [{"label": row.label, "value": row.value} for row in shown.card.rows],
        }
        if shown.card
        else None,
        "asksLocation": shown.asks_location,
    }


def _json(body: dict[str, Any]) -> web.Response:
    return web.Response(
        body=orjson.dumps(body), content_type="application/json", headers={"Cache-Control": "no-store"}
    )


def _refused(kind: type[web.HTTPError], reason: str) -> web.HTTPError:
    """An error the page shows as it is."""
    return kind(text=orjson.dumps({"error": reason}).decode(), content_type="application/json")
