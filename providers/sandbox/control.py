"""The sandbox's own API under `/_sandbox`: accounts, faults, reports of inbound messages, and the read side.

For the simulator, the chat command and tests. No authentication: it listens on a developer's machine.
"""

from __future__ import annotations

import asyncio
from typing import Any, Literal, TypeVar, get_args

import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from providers.sandbox.config import (
    Account,
    MetaAccount,
    NailItAccount,
    ShopMonkeyAccount,
    StripeAccount,
    TwilioAccount,
)
from providers.sandbox.context import SANDBOX, Sandbox, account_id
from providers.sandbox.errors import CatalogError
from providers.sandbox.faults import Fault, Provider
from providers.sandbox.messages import MessageBook
from providers.sandbox.meta import digits
from providers.sandbox.nailit_views import frames_view
from providers.sandbox.salon import Order
from providers.sandbox.twilio import opt_meaning

MAX_WAIT_SECONDS = 60.0
M = TypeVar("M", bound=BaseModel)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class AccountsBody(_Body):
    accounts: list[Account]


class FaultsBody(_Body):
    faults: list[Fault] = Field(default_factory=list)
    replace: bool = False
    seed: int | None = None


class MetaInbound(_Body):
    """`from` is the customer's number, or his user id when he has no number."""

    phone_number_id: str
    customer: str = Field(alias="from", min_length=1)
    user_id: str | None = None


class TwilioInbound(_Body):
    """The webhook's own `AccountSid`, `From`, `To`, `Body`."""

    account_sid: str
    customer: str = Field(alias="from", min_length=1)
    to: str = Field(min_length=1)
    body: str = ""


def add_routes(app: web.Application) -> None:
    app.router.add_get("/_sandbox/health", health)
    app.router.add_get("/_sandbox/accounts", list_accounts)
    app.router.add_post("/_sandbox/accounts", add_accounts)
    app.router.add_get("/_sandbox/faults", list_faults)
    app.router.add_post("/_sandbox/faults", add_faults)
    app.router.add_delete("/_sandbox/faults", clear_faults)
    app.router.add_post("/_sandbox/meta/inbound", meta_inbound)
    app.router.add_post("/_sandbox/twilio/inbound", twilio_inbound)
    app.router.add_get(
        "/_sandbox/ledger/{provider:nailit|shopmonkey|meta|twilio|openai|anthropic|postmark|stripe}",
        read_ledger,
    )
    app.router.add_get("/_sandbox/messages", read_messages)
    app.router.add_get("/_sandbox/orders", read_orders)


async def health(request: web.Request) -> web.StreamResponse:
    sandbox = request.app[SANDBOX]
    ledgers = {name: len(ledger.entries) for name, ledger in sandbox.ledgers.items()}
    return web.json_response({"status": "ok", "now": sandbox.now().isoformat(), "ledgers": ledgers})


async def list_accounts(request: web.Request) -> web.StreamResponse:
    """Kinds and ids; never the secrets."""
    accounts = request.app[SANDBOX].accounts
    known: list[Account] = [
        *accounts.of(NailItAccount),
        *accounts.of(ShopMonkeyAccount),
        *accounts.of(MetaAccount),
        *accounts.of(TwilioAccount),
        *accounts.of(StripeAccount),
    ]
    return web.json_response({"accounts": [{"kind": one.kind, "id": account_id(one)} for one in known]})


async def add_accounts(request: web.Request) -> web.StreamResponse:
    """Adds, or replaces accounts of the same kind and id. They are kept over restarts."""
    sandbox = request.app[SANDBOX]
    body = await _parse(AccountsBody, request)
    try:
        for account in body.accounts:
            if isinstance(account, NailItAccount):
                sandbox.salons.load(account)
            elif isinstance(account, ShopMonkeyAccount):
                sandbox.shops.load(account)
    except CatalogError as error:
        raise web.HTTPUnprocessableEntity(text=str(error)) from error
    sandbox.accounts.add(body.accounts)
    return web.json_response(
        {"accounts": [{"kind": one.kind, "id": account_id(one)} for one in body.accounts]}
    )


async def list_faults(request: web.Request) -> web.StreamResponse:
    return web.json_response({"faults": request.app[SANDBOX].faults.as_json()})


async def add_faults(request: web.Request) -> web.StreamResponse:
    faults = request.app[SANDBOX].faults
    body = await _parse(FaultsBody, request)
    if body.replace:
        faults.clear()
    if body.seed is not None:
        faults.reseed(body.seed)
    faults.add(body.faults)
    return web.json_response({"faults": faults.as_json()})


async def clear_faults(request: web.Request) -> web.StreamResponse:
    """All faults, or one provider's with `?provider=`."""
    only: dict[str, Provider] = {one: one for one in get_args(Provider)}
    provider = request.query.get("provider")
    if provider is not None and provider not in only:
        raise web.HTTPBadRequest(text=f"provider must be one of {', '.join(only)}")
    request.app[SANDBOX].faults.clear(only[provider] if provider else None)
    return web.json_response({"faults": request.app[SANDBOX].faults.as_json()})


async def meta_inbound(request: web.Request) -> web.StreamResponse:
    """The customer wrote to this number: his 24-hour window opens."""
    sandbox = request.app[SANDBOX]
    body = await _parse(MetaInbound, request)
    if sandbox.accounts.get(MetaAccount, body.phone_number_id) is None:
        raise web.HTTPNotFound(text=f"no Meta account {body.phone_number_id}")
    await sandbox.meta.inbound(
        account=body.phone_number_id,
        sender=body.phone_number_id,
        customer=digits(body.customer),
        opt=None,
        user_id=body.user_id,
    )
    return web.json_response({"status": "ok"})


async def twilio_inbound(request: web.Request) -> web.StreamResponse:
    """The customer wrote: his window opens, and on SMS a lone STOP or START is the carrier's business."""
    sandbox = request.app[SANDBOX]
    body = await _parse(TwilioInbound, request)
    if sandbox.accounts.get(TwilioAccount, body.account_sid) is None:
        raise web.HTTPNotFound(text=f"no Twilio account {body.account_sid}")
    meaning: Literal["out", "in"] | None = opt_meaning(body.customer, body.body)
    await sandbox.twilio.inbound(
        account=body.account_sid, sender=body.to, customer=body.customer, opt=meaning, user_id=None
    )
    return web.json_response({"status": "ok", "opt": meaning})


async def read_ledger(request: web.Request) -> web.StreamResponse:
    """Entries with a sequence above `after`; `wait` seconds for one if there is none."""
    ledger = request.app[SANDBOX].ledgers[request.match_info["provider"]]
    after = _number(request, "after")
    if len(ledger.entries) <= after:
        await ledger.changed(_wait(request))
    entries = [entry.as_json() for entry in ledger.entries[after:]]
    return _json({"entries": entries, "next": len(ledger.entries)})


async def read_messages(request: web.Request) -> web.StreamResponse:
    """Messages of one channel, oldest first, each with its request and present status.

    `?channel=meta|twilio[&account=][&to=][&after=SEQ][&wait=SECONDS][&statuses=1]`. Waits for a message above
    `after`; with `statuses=1` status changes above `after` are listed as well and end the wait too.
    Pass `next` as the following `after`.
    """
    book, account, to = _book(request), request.query.get("account"), request.query.get("to")
    after, with_statuses = _number(request, "after"), request.query.get("statuses") == "1"
    if to is not None and book is request.app[SANDBOX].meta:
        to = digits(to.strip())
    clock = asyncio.get_running_loop().time
    until = clock() + _wait(request)
    while True:
        found = book.between(account=account, to=to, after=after)
        changes = _status_changes(book, account, to, after) if with_statuses else []
        left = until - clock()
        if found or changes or left <= 0:
            break
        await book.ledger.changed(left)
    body: dict[str, Any] = {"messages": [one.as_json() for one in found], "next": len(book.ledger.entries)}
    if with_statuses:
        body["statuses"] = changes
    return _json(body)


async def read_orders(request: web.Request) -> web.StreamResponse:
    """All orders as the salons hold them and appointments as the car shops do, by `?account=` if given."""
    account = request.query.get("account")
    orders = [
        _order(one) for one in request.app[SANDBOX].salons.orders.values() if account in {None, one.account}
    ]
    return _json({"orders": orders, "appointments": request.app[SANDBOX].shops.all_appointments(account)})


def _order(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "account": order.account,
        "dialect": order.dialect,
        "customer_id": order.customer_id,
        "customer_name": order.customer_name,
        "mobile": order.mobile,
        "email": order.email,
        "location_id": order.location_id,
        "payment_type_id": order.payment_type_id,
        "net": f"{order.net:.3f}",
        "status": order.status()[1],
        "placed_at": order.placed_at.isoformat(),
        "paid_at": order.paid_at.isoformat() if order.paid_at else None,
        "lines": [
            {
                "item_id": line.item_id,
                "item_name": line.item_name,
                "size_id": line.size_id,
                "qty": line.qty,
                "price": f"{line.price:.3f}",
                "staff_id": line.staff_id,
                "staff_name": line.staff_name,
                "day": line.day.isoformat(),
                "frames": frames_view(line.frames),
            }
            for line in order.lines
        ],
    }


def _status_changes(
    book: MessageBook, account: str | None, to: str | None, after: int
) -> list[dict[str, Any]]:
    ids = {one.id for one in book.between(account=account, to=to, after=0)}
    return [
        {"seq": entry.seq, "id": entry.data["id"], "status": entry.data["status"], "at": entry.at}
        for entry in book.ledger.entries[after:]
        if entry.kind == "status" and entry.data["id"] in ids
    ]


def _book(request: web.Request) -> MessageBook:
    sandbox: Sandbox = request.app[SANDBOX]
    channel = request.query.get("channel")
    if channel not in {"meta", "twilio"}:
        raise web.HTTPBadRequest(text="channel must be meta or twilio")
    return sandbox.meta if channel == "meta" else sandbox.twilio


def _wait(request: web.Request) -> float:
    text = request.query.get("wait", "0")
    try:
        seconds = float(text)
    except ValueError as error:
        raise web.HTTPBadRequest(text="wait must be a number of seconds") from error
    return min(max(seconds, 0.0), MAX_WAIT_SECONDS)


def _number(request: web.Request, name: str) -> int:
    text = request.query.get(name, "0")
    if not text.isascii() or not text.isdigit():
        raise web.HTTPBadRequest(text=f"{name} must be a whole number")
    return int(text)


async def _parse(schema: type[M], request: web.Request) -> M:
    try:
        return schema.model_validate_json(await request.read())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise web.HTTPUnprocessableEntity(text=f"{where}: {first['msg']}") from error


def _json(body: dict[str, Any]) -> web.Response:
    return web.Response(body=orjson.dumps(body), content_type="application/json")
