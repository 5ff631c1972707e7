"""Which pages' scripts may use the chat: our own, and those that a business lists. Others get no leave from us.

Requests without an `Origin` come from no page (or from one of ours by GET) and carry nothing by themselves: the
session's token is in a header, never in a cookie, so nobody can be made to send it.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aiohttp import web

from bot.ports import BotProfile
from bot.web.api import ApiError
from bot.workspace import WorkspaceSettings
from db import chat
from db.tx import Pool

_KEEP_SECONDS = 30.0
_MAX_KEPT = 1_000
_LET_IN: web.RequestKey[str] = web.RequestKey("cors_origin", str)
_ALLOWED = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Last-Event-ID",
    "Access-Control-Max-Age": "600",
}


@dataclass(slots=True)
class Origins:
    """One per web process."""

    pool: Pool
    public_base_url: str
    _known: OrderedDict[str, tuple[float, bool]] = field(default_factory=OrderedDict)

    def check(self, request: web.Request, profile: BotProfile) -> None:
        """Raises ApiError 403 for a page that this business doesn't list. Its answers carry no leave, either."""
        self.check_settings(request, profile.settings)

    def check_settings(self, request: web.Request, settings: WorkspaceSettings) -> None:
        """The same, where only the business's settings are at hand."""
        origin = request.headers.get("Origin")
        if origin is None or origin == self._own:
            return
        if origin not in settings.web_chat.origins:
            raise ApiError(403, "origin_not_allowed", "This page may not show the chat of this business.")
        request[_LET_IN] = origin

    async def preflight(self, request: web.Request) -> web.Response:
        """A browser asks before it sends: it doesn't say to which business, so any that lists the page will do."""
        origin = request.headers.get("Origin", "")
        headers = {"Vary": "Origin", "Cache-Control": "no-store"}
        if origin == self._own or await self._is_listed(origin):
            headers |= {"Access-Control-Allow-Origin": origin, **_ALLOWED}
        return web.Response(status=204, headers=headers)

    async def _is_listed(self, origin: str) -> bool:
        kept = self._known.get(origin)
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        listed = 0 < len(origin) <= 200 and await chat.is_widget_origin(self.pool, origin)
        self._known[origin] = (time.monotonic() + _KEEP_SECONDS, listed)
        self._known.move_to_end(origin)
        while len(self._known) > _MAX_KEPT:
            self._known.popitem(last=False)
        return listed

    @property
    def _own(self) -> str:
        parts = urlsplit(self.public_base_url)
        return f"{parts.scheme}://{parts.netloc}"


async def allow_origin(request: web.Request, response: web.StreamResponse) -> None:
    """For `on_response_prepare`: the page that was let in may read the answer, whatever it is."""
    origin = request.get(_LET_IN)
    if origin is not None:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        response.headers.add("Vary", "Origin")
