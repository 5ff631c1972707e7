"""`/c`: a conversation's chat in the browser of whoever got its magic link.

GET  /c           the page; shows nothing of anybody. The link's secret stands behind the #, so it isn't even asked for,
                  and a preview that fetches the page spends nothing
POST /c/session   {"token": "..."} as the page found it, or {} with the cookie of an earlier visit -> a chat session

The cookie is all that a browser keeps of the link: HttpOnly, of this host only. It opens sessions and nothing
else, and only for a request that this very site's page made.
"""

from __future__ import annotations

import hmac
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.magic_links import LinkRefused, MagicLinks, OpenedLink
from bot.ports import Rates
from bot.web.api import ApiError, ApiInput, read_json, respond, too_many
from bot.web.chat.sessions import Session, Sessions
from bot.web.widget.pages import html, policy, render_chat, templates_of

log = structlog.get_logger(__name__)

BODY_LIMIT = 4096
EXCHANGES_PER_MINUTE = 20
"""Of one address. Guessing is hopeless anyway; this bounds the noise."""
SESSION_DAYS = 1 / 24
"""An hour; the page then asks again with its cookie. So long a revoked link may still be heard."""
_FOREIGN = "Only this site's own page may do that."


class _Exchange(ApiInput):
    token: str = ""


class LinkPages:
    """One per web process."""

    def __init__(self, links: MagicLinks, sessions: Sessions, rates: Rates) -> None:
        base = urlsplit(links.public_base_url)
        self._links = links
        self._sessions = sessions
        self._rates = rates
        self._origin = f"{base.scheme}://{base.netloc}"
        self._secure = base.scheme == "https"
        self._cookie = links.cookie_name
        self._templates = templates_of(Path(__file__).parent)

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get("/c", self.page), web.post("/c/session", self.session)]

    async def page(self, _request: web.Request) -> web.Response:
        text = render_chat(self._templates, title="Chat", link=True)
        return html(text, policy=policy())

    async def session(self, request: web.Request) -> web.Response:
        """Answers in the API's shape; 401 with the code `invalid`, `expired` or `revoked` when nothing opens."""
        try:
            return await self._session(request)
        except ApiError as error:
            answer = error.response()
            if error.status == 401:
                self._forget(answer)
            return answer
        except web.HTTPClientError as error:  # a body that is too large or too slow
            refused = ApiError(error.status, "refused", error.text or error.reason or "refused")
            return refused.response()

    async def _session(self, request: web.Request) -> web.Response:
        self._refuse_foreign(request)
        wait = await self._rates.wait(
            f"magic-link:open:{request.remote}", EXCHANGES_PER_MINUTE, 60, fail_open=True
        )
        if wait > 0:
            raise too_many(wait)
        token = (await read_json(request, _Exchange, BODY_LIMIT)).token
        try:
            if token:
                opened = await self._links.open(token)
            else:
                opened = await self._links.reopen(request.cookies.get(self._cookie, ""))
        except LinkRefused as error:
            log.info("link.refused", reason=error.reason, by="link" if token else "cookie")
            raise ApiError(401, error.reason, "This link isn't valid any more.") from error
        answer = respond(self._seat(opened))
        if token:
            log.info("link.opened", workspace=str(opened.workspace_id), link=str(opened.id))
            self._remember(answer, opened)
        return answer

    def _seat(self, opened: OpenedLink) -> dict[str, str]:
        seat = opened.seat
        session = Session(
            workspace_id=opened.workspace_id,
            workspace_key=seat.workspace_key,
            bot_id=seat.bot_id,
            bot_key=seat.bot_key,
            account_id=seat.account_id,
            address=seat.address,
            expires_at=min(opened.expires_at, self._sessions.until(SESSION_DAYS)).replace(microsecond=0),
        )
        return {
            "sessionId": self._sessions.issue(session),
            "expiresAt": session.expires_at.isoformat(),
            "workspaceId": seat.workspace_key,
            "botId": seat.bot_key,
            "language": seat.language,
            "key": str(seat.customer_id),
        }

    def _remember(self, answer: web.Response, opened: OpenedLink) -> None:
        value, seconds = self._links.cookie(opened)
        answer.set_cookie(
            self._cookie,
            value,
            max_age=seconds,
            path="/",
            httponly=True,
            secure=self._secure,
            samesite="Strict",
        )

    def _forget(self, answer: web.Response) -> None:
        answer.del_cookie(self._cookie, path="/", httponly=True, secure=self._secure, samesite="Strict")

    def _refuse_foreign(self, request: web.Request) -> None:
        """A browser says where a POST comes from; another site's page gets nothing, cookie or not."""
        origin = request.headers.get("Origin", "")
        if not hmac.compare_digest(origin.encode(), self._origin.encode()):
            raise ApiError(403, "foreign_origin", _FOREIGN)
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise ApiError(403, "foreign_origin", _FOREIGN)
