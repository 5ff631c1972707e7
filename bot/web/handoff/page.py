"""`/h/{token}`: the page between the chat and a business's own booking page. Works without JavaScript.

GET  /h/{token}          what was asked for and where the customer goes; changes nothing (previews of links fetch it)
POST /h/{token}          the button: marks the handoff and answers 303 to the booking page, or to the framed one
GET  /h/{token}/open     the booking page in a frame, where it is known to allow that

Where the address leads is in the tables or the settings, never in the request: nobody can make it lead elsewhere.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.handoffs import Handoffs, PageView, UnknownHandoff
from bot.web.handoff import look
from bot.web.handoff.words import words_of

_HERE = Path(__file__).parent
_TOKEN = re.compile(r"[A-Za-z0-9_-]{12,40}")
_COMMON = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'"


class HandoffPage:
    """One per web process."""

    def __init__(self, handoffs: Handoffs, *, own_host: str) -> None:
        """own_host: what a framed page is told of who frames it."""
        self._handoffs = handoffs
        self._own_host = own_host
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.static("/h/static", _HERE / "static"),
            web.get(look.PATH, self.colors),
            web.get("/h/{token}", self.show),
            web.post("/h/{token}", self.lead_on),
            web.get("/h/{token}/open", self.show_framed),
        ]

    async def colors(self, request: web.Request) -> web.Response:
        css = look.stylesheet(request.match_info["colors"])
        if css is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return web.Response(text=css, content_type="text/css", headers=headers)

    async def show(self, request: web.Request) -> web.Response:
        return await self._show(request, opened=False)

    async def show_framed(self, request: web.Request) -> web.Response:
        return await self._show(request, opened=True)

    async def lead_on(self, request: web.Request) -> web.Response:
        token = request.match_info["token"]
        try:
            view = await self._handoffs.lead_on(_checked(token), ip=request.remote)
        except UnknownHandoff:
            return self._gone()
        location = f"/h/{token}/open" if view.frame and not view.finished else view.url
        return web.Response(status=303, headers={"Location": location, "Cache-Control": "no-store"})

    async def _show(self, request: web.Request, *, opened: bool) -> web.Response:
        token = request.match_info["token"]
        try:
            view = await self._handoffs.view(_checked(token))
        except UnknownHandoff:
            return self._gone()
        opened = opened and view.frame and not view.finished
        html = self._templates.get_template("handoff.html").render(
            view=view,
            token=token,
            words=words_of(view.language),
            language=view.language,
            opened=opened,
            wide=opened,
            colors=look.address_of(view.theme),
            frame_url=self._frame_url(view),
            first_name=view.customer_name.split(" ")[0],
        )
        return _html(html, policy=_policy(view, opened=opened))

    def _frame_url(self, view: PageView) -> str:
        """Calendly tells of its life only to who says that it is framed; others leave the two words alone."""
        joiner = "&" if "?" in view.url else "?"
        return f"{view.url}{joiner}{urlencode({'embed_domain': self._own_host, 'embed_type': 'Inline'})}"

    def _gone(self) -> web.Response:
        here, there = words_of("en"), words_of("ar")
        html = self._templates.get_template("sorry.html").render(
            language="en",
            words=here,
            wide=False,
            colors="",
            heading=here["gone"],
            text=here["gone_why"],
            other_language="ar",
            other_heading=there["gone"],
            other_text=there["gone_why"],
        )
        return _html(html, policy=f"{_COMMON}; form-action 'none'", status=404)


def _checked(token: str) -> str:
    if _TOKEN.fullmatch(token) is None:
        raise UnknownHandoff(token)
    return token


def _policy(view: PageView, *, opened: bool) -> str:
    """Browsers apply form-action to where a form's answer redirects to as well."""
    host = f"https://{view.host}"
    framed = f"; frame-src {host}" if opened else "; frame-src 'none'"
    return f"{_COMMON}; form-action 'self' {host}{framed}"


def _html(text: str, *, policy: str, status: int = 200) -> web.Response:
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)
