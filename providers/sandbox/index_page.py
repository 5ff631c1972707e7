"""`/_sandbox/`: what the providers received, to look at in a browser. Read-only; the JSON API is in `control`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from providers.sandbox.context import SANDBOX
from providers.sandbox.messages import Sent
from providers.sandbox.roster import frame_name

SHOWN = 50
FOLDER = Path(__file__).with_name("templates")
_PAGES = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def add_routes(app: web.Application) -> None:
    app.router.add_get("/_sandbox/", show)
    app.router.add_get("/_sandbox/index.css", style)


async def show(request: web.Request) -> web.StreamResponse:
    """The newest orders, appointments and messages, the newest first."""
    sandbox = request.app[SANDBOX]
    orders = [
        {
            "id": order.order_id,
            "account": order.account,
            "customer": order.customer_name,
            "lines": [
                f"{line.item_name} · {line.staff_name} · {line.day:%a %d %b} {frame_name(line.frames[0])}"
                for line in order.lines
            ],
            "net": f"{order.net:.3f} KWD",
            "status": order.status()[1],
        }
        for order in reversed(sandbox.salons.orders.values())
    ]
    appointments = [
        {
            "id": one["id"],
            "account": one["account"],
            "customer": _name(one["customer"]),
            "name": one["name"],
            "from": one["startDate"],
            "to": one["endDate"],
            "note": one.get("note", ""),
        }
        for one in reversed(sandbox.shops.all_appointments(None))
    ]
    sent = sorted((*sandbox.meta.sent.values(), *sandbox.twilio.sent.values()), key=lambda one: one.at)
    messages = [
        {"at": one.at[11:19], "from": one.sender, "to": one.to, "text": summary(one), "status": one.status}
        for one in reversed(sent)
    ]
    html = _PAGES.get_template("index.html").render(
        orders=orders[:SHOWN],
        appointments=appointments[:SHOWN],
        messages=messages[:SHOWN],
        faults=sandbox.faults.as_json(),
    )
    return web.Response(text=html, content_type="text/html", headers=_HEADERS)


def _name(customer: dict[str, Any] | None) -> str:
    return f"{customer.get('firstName', '')} {customer.get('lastName', '')}".strip() if customer else ""


async def style(_: web.Request) -> web.StreamResponse:
    return web.FileResponse(FOLDER / "index.css", headers={"X-Content-Type-Options": "nosniff"})


def summary(sent: Sent) -> str:
    """The words of a message as the customer would read them first."""
    payload = sent.payload
    if "type" not in payload:
        return str(payload.get("Body", "")) or str(payload.get("ContentSid", "(media)"))
    content = payload[payload["type"]]
    if payload["type"] == "text":
        return str(content["body"])
    if payload["type"] == "interactive":
        return str(content["body"]["text"])
    return f"({payload['type']})"
