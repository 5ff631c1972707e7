"""The hosted pay page of Stripe's sandbox: buttons for everything that a payment can come to. GETs change nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from providers.sandbox.context import SANDBOX, Sandbox
from providers.sandbox.index_page import FOLDER
from providers.sandbox.stripe_schemas import THREE_DECIMALS, ZERO_DECIMALS

Happen = Callable[[Sandbox, str, str], Awaitable[dict[str, Any]]]
_PAGES = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
_HEADERS = {
    # Browsers apply form-action to where the answer redirects to: back to the business.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action *; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_ACTIONS = frozenset({"pay", "late", "arrive", "fail", "expire", "wrong", "twice", "again"})
_BACK = frozenset({"pay", "late", "wrong", "twice"})
"""After these the customer is led back, as the real page does."""


def add_routes(app: web.Application, happen: Happen) -> None:
    async def decide(request: web.Request) -> web.StreamResponse:
        """POST `action=...`, then to the business's own page or back to this one."""
        session = request.app[SANDBOX].stripe.sessions.get(request.match_info["session"])
        action = str((await request.post()).get("action"))
        if session is None:
            return _page(None)
        if action not in _ACTIONS:
            raise web.HTTPBadRequest(text=f"action must be one of {', '.join(sorted(_ACTIONS))}")
        before = session["status"]
        await happen(request.app[SANDBOX], session["id"], action)
        if action in _BACK and before == "open":
            where = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
            raise web.HTTPSeeOther(location=where)
        raise web.HTTPSeeOther(location=request.path)

    app.router.add_get("/stripe/pay/{session}", show)
    app.router.add_post("/stripe/pay/{session}", decide)
    app.router.add_get("/stripe/payment.css", style)


async def show(request: web.Request) -> web.StreamResponse:
    return _page(request.app[SANDBOX].stripe.sessions.get(request.match_info["session"]))


async def style(_: web.Request) -> web.StreamResponse:
    return web.FileResponse(FOLDER / "payment.css", headers={"X-Content-Type-Options": "nosniff"})


def _page(session: dict[str, Any] | None) -> web.Response:
    html = _PAGES.get_template("stripe.html").render(
        session=session,
        state=_state(session),
        amount=_amount(session),
        until=f"{datetime.fromtimestamp(session['expires_at'], UTC):%d %b %H:%M} UTC" if session else "",
    )
    status = 200 if session else 404
    return web.Response(text=html, content_type="text/html", status=status, headers=_HEADERS)


def _state(session: dict[str, Any] | None) -> str:
    if session is None:
        return "unknown"
    if session["status"] != "complete":
        return str(session["status"])
    if session["payment_status"] == "paid":
        return "paid"
    return "failed" if session.get("late_failed") else "processing"


def _amount(session: dict[str, Any] | None) -> str:
    if session is None:
        return ""
    currency = session["currency"]
    digits = 3 if currency in THREE_DECIMALS else 0 if currency in ZERO_DECIMALS else 2
    return f"{session['amount_total'] / 10**digits:.{digits}f} {currency.upper()}"
