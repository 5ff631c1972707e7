"""The payment page behind `paymentLink`: Pay captures, Decline doesn't, after the deadline neither works."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from providers.sandbox.context import SANDBOX
from providers.sandbox.roster import frame_name
from providers.sandbox.salon import Order

_FOLDER = Path(__file__).with_name("templates")
_PAGES = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


async def show(request: web.Request) -> web.StreamResponse:
    """GET changes nothing: link previews fetch it too."""
    return _page(request, _order(request))


async def decide(request: web.Request) -> web.StreamResponse:
    """POST `action=pay|decline`, then back to the page. A paid order stays paid."""
    order = _order(request)
    if order is None:
        return _page(request, None)
    action = (await request.post()).get("action")
    if action not in {"pay", "decline"}:
        raise web.HTTPBadRequest(text="action must be pay or decline")
    sandbox = request.app[SANDBOX]
    if _state(order, request) in {"open", "declined"}:
        await sandbox.salons.pay(order, sandbox.local_now(), captured=action == "pay")
    raise web.HTTPSeeOther(location=str(request.rel_url))


async def style(_: web.Request) -> web.StreamResponse:
    return web.FileResponse(_FOLDER / "payment.css", headers={"X-Content-Type-Options": "nosniff"})


def _order(request: web.Request) -> Order | None:
    text = request.query.get("orderId", "")
    return request.app[SANDBOX].salons.orders.get(int(text)) if text.isascii() and text.isdigit() else None


def _state(order: Order, request: web.Request) -> str:
    if order.cancelled:
        return "cancelled"
    if order.paid_at:
        return "paid"
    if not order.pays_online:
        return "arrival"
    if request.app[SANDBOX].now() >= order.pay_until:
        return "expired"
    return "declined" if order.declined else "open"


def _page(request: web.Request, order: Order | None) -> web.Response:
    if order is None:
        html = _PAGES.get_template("payment.html").render(state="unknown", order=None, lines=[], deadline="")
        return web.Response(text=html, content_type="text/html", status=404, headers=_HEADERS)
    lines = [
        {
            "name": line.item_name,
            "staff": line.staff_name,
            "when": f"{line.day:%a %d %b %Y}, {frame_name(line.frames[0])}",
            "price": f"{line.price:.3f}",
        }
        for line in order.lines
    ]
    html = _PAGES.get_template("payment.html").render(
        state=_state(order, request), order=order, lines=lines, deadline=f"{order.pay_until:%H:%M}"
    )
    return web.Response(text=html, content_type="text/html", headers=_HEADERS)
