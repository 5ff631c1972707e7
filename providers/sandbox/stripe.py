"""Sandbox of Stripe's Checkout: sessions are made, read and expired as over its REST API, and paid in a browser.

`/stripe/v1/checkout/sessions` speaks the protocol; `/stripe/pay/{session}` (stripe_pages.py) is the hosted page, whose
buttons let everything happen that a payment can come to. What happens there is told by signed webhooks.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any
from urllib.parse import parse_qsl

import orjson
from aiohttp import web
from pydantic import ValidationError

from providers.sandbox import stripe_pages
from providers.sandbox.callbacks import Callback, Failure
from providers.sandbox.config import StripeAccount
from providers.sandbox.context import SANDBOX, Sandbox
from providers.sandbox.stripe_book import StripeBook
from providers.sandbox.stripe_schemas import CreateSession, charge_problem, good_version, nested

_SHORTEST, _LONGEST = 30 * 60, 24 * 60 * 60
_ATTEMPTS = 6


class StripeError(Exception):
    """Answered as `{error: {...}}`."""

    def __init__(self, status: int, kind: str, message: str, *, code: str = "", param: str = "") -> None:
        super().__init__(message)
        self.status, self.body = status, error_body(kind, message, code=code, param=param)


def error_body(kind: str, message: str, *, code: str = "", param: str = "") -> dict[str, Any]:
    error = {"type": kind, "message": message, "code": code, "param": param}
    return {"error": {name: value for name, value in error.items() if value}}


def add_routes(app: web.Application) -> None:
    base = "/stripe/v1/checkout/sessions"
    app.router.add_post(base, create, name="stripe.create")
    app.router.add_get(base + "/{session}", read, name="stripe.read")
    app.router.add_post(base + "/{session}/expire", expire, name="stripe.expire")
    app.router.add_get("/_sandbox/payments", list_json)
    stripe_pages.add_routes(app, happen)


async def create(request: web.Request) -> web.StreamResponse:
    """`POST /v1/checkout/sessions`. The first outcome under a key is answered again, with `Idempotent-Replayed`."""
    sandbox = request.app[SANDBOX]
    book = sandbox.stripe
    key, body = request.headers.get("Idempotency-Key", ""), await request.read()
    digest = hashlib.sha256(body).hexdigest()
    try:
        account = _account(request)
        at = (account.key, key)
        if (known := _replayed(book, at, digest)) is not None:
            return _json(known, replayed=True)
        session = _session(sandbox, account, request, _form(request, body))
    except StripeError as error:
        return web.json_response(error.body, status=error.status)
    book.in_use.add(at)
    try:
        await book.create(account.key, session, key=key, digest=digest)
    finally:
        book.in_use.discard(at)
    return _json(session)


def _replayed(book: StripeBook, at: tuple[str, str], digest: str) -> dict[str, Any] | None:
    """What was answered under this key before. Raises StripeError for a key that can't be used for this."""
    key = at[1]
    if len(key) > 255:
        raise StripeError(400, "invalid_request_error", "Idempotency keys have at most 255 characters.")
    if not key:
        return None
    if at in book.in_use:
        raise StripeError(
            409,
            "idempotency_error",
            "There is another request with this key.",
            code="idempotency_key_in_use",
        )
    known = book.replays.get(at)
    if known is not None and known.digest != digest:
        raise StripeError(
            400,
            "idempotency_error",
            "Keys for idempotent requests can only be used with the same parameters.",
        )
    return None if known is None else known.body


async def read(request: web.Request) -> web.StreamResponse:
    """`GET /v1/checkout/sessions/{id}`."""
    try:
        account = _account(request)
        await expire_overdue(request.app[SANDBOX])
        return _json(_own(request, account))
    except StripeError as error:
        return web.json_response(error.body, status=error.status)


async def expire(request: web.Request) -> web.StreamResponse:
    """`POST /v1/checkout/sessions/{id}/expire`: only while it is open."""
    sandbox = request.app[SANDBOX]
    try:
        session = _still_open(_own(request, _account(request)))
    except StripeError as error:
        return web.json_response(error.body, status=error.status)
    return _json(await happen(sandbox, session["id"], "expire"))


async def list_json(request: web.Request) -> web.StreamResponse:
    """All sessions as they are now, oldest first."""
    sessions = list(request.app[SANDBOX].stripe.sessions.values())
    return web.Response(body=orjson.dumps({"payments": sessions}), content_type="application/json")


async def happen(sandbox: Sandbox, session_id: str, what: str) -> dict[str, Any]:
    """Lets something happen to a session and tells it by webhook. What can't happen to it any more doesn't."""
    book = sandbox.stripe
    session = book.sessions[session_id]
    paid = {"status": "complete", "payment_status": "paid", "url": None}
    match what, session["status"], session["payment_status"]:
        case "pay" | "wrong" | "twice", "open", _:
            more = {"amount_total": session["amount_total"] + 500} if what == "wrong" else {}
            session = await book.change(session_id, **paid, **more)
            for _ in range(2 if what == "twice" else 1):
                _tell(sandbox, "checkout.session.completed", session)
        case "late", "open", _:
            session = await book.change(session_id, status="complete", url=None)
            _tell(sandbox, "checkout.session.completed", session)
        case "arrive", "complete", "unpaid":
            session = await book.change(session_id, payment_status="paid")
            _tell(sandbox, "checkout.session.async_payment_succeeded", session)
        case "fail", "complete", "unpaid":
            session = await book.change(session_id, late_failed=True)
            _tell(sandbox, "checkout.session.async_payment_failed", session)
        case "expire", "open", _:
            session = await book.change(session_id, status="expired", url=None)
            _tell(sandbox, "checkout.session.expired", session)
        case "again", "complete", "paid":
            _tell(sandbox, "checkout.session.completed", session)
    return session


async def expire_overdue(sandbox: Sandbox) -> None:
    """Sessions end by themselves; nobody needs a clock for it as long as nobody looks."""
    for session_id in sandbox.stripe.overdue():
        await happen(sandbox, session_id, "expire")


def _tell(sandbox: Sandbox, kind: str, session: dict[str, Any]) -> None:
    book = sandbox.stripe
    key = book.account_of[session["id"]]
    event = book.event(kind, {name: value for name, value in session.items() if name not in _INTERNAL})
    account = sandbox.accounts.get(StripeAccount, key)
    if account is None or account.webhook_url is None:
        return
    body = orjson.dumps(event)
    at = int(sandbox.now().timestamp())
    mac = hmac.new(account.webhook_secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    callback = Callback(
        url=account.webhook_url,
        headers={"Stripe-Signature": f"t={at},v1={mac.hexdigest()}", "Content-Type": "application/json"},
        body=body,
        attempts=_ATTEMPTS,
        retry=frozenset(Failure),
        only_200=False,
    )
    sandbox.callbacks.deliver(
        "stripe",
        callback,
        lambda ok, http, attempts: book.told(key, event["id"], ok=ok, http=http, attempts=attempts),
    )


_INTERNAL = frozenset({"success_url", "cancel_url", "title", "late_failed"})
"""What the page needs and the API doesn't answer."""


def _account(request: web.Request) -> StripeAccount:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    accounts = request.app[SANDBOX].accounts.of(StripeAccount)
    for account in accounts:
        if scheme == "Bearer" and hmac.compare_digest(account.secret_key.encode(), given.encode()):
            if not good_version(request.headers.get("Stripe-Version")):
                raise StripeError(400, "invalid_request_error", "Invalid Stripe API version.")
            return account
    raise StripeError(401, "invalid_request_error", "Invalid API Key provided.")


def _own(request: web.Request, account: StripeAccount) -> dict[str, Any]:
    book, session_id = request.app[SANDBOX].stripe, request.match_info["session"]
    if book.account_of.get(session_id) != account.key:
        raise StripeError(
            404,
            "invalid_request_error",
            "No such checkout.session.",
            code="resource_missing",
            param="session",
        )
    return book.sessions[session_id]


def _still_open(session: dict[str, Any]) -> dict[str, Any]:
    if session["status"] != "open":
        raise StripeError(
            400, "invalid_request_error", "Only Checkout Sessions with a status in [open] can be expired."
        )
    return session


def _form(request: web.Request, body: bytes) -> CreateSession:
    if request.content_type != "application/x-www-form-urlencoded":
        raise StripeError(400, "invalid_request_error", "Requests are sent as forms.")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)
        return CreateSession.model_validate(nested(pairs))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        path = [str(part) for part in first["loc"]]
        param = path[0] + "".join(f"[{part}]" for part in path[1:])
        code = "parameter_unknown" if first["type"] == "extra_forbidden" else "parameter_invalid"
        raise StripeError(400, "invalid_request_error", first["msg"], code=code, param=param) from error
    except ValueError as error:
        raise StripeError(400, "invalid_request_error", "The form can't be read.") from error


def _session(
    sandbox: Sandbox, account: StripeAccount, request: web.Request, form: CreateSession
) -> dict[str, Any]:
    now = int(sandbox.now().timestamp())
    ends = now + _LONGEST if form.expires_at is None else int(form.expires_at)
    if not now + _SHORTEST <= ends <= now + _LONGEST:
        raise StripeError(
            400,
            "invalid_request_error",
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.",
            param="expires_at",
        )
    currencies = {item.price_data.currency for item in form.line_items}
    if len(currencies) != 1:
        raise StripeError(400, "invalid_request_error", "All line items must have one currency.")
    currency = currencies.pop()
    total = sum(int(item.quantity) * int(item.price_data.unit_amount) for item in form.line_items)
    if code := charge_problem(total, currency):
        raise StripeError(
            400, "invalid_request_error", "This amount can't be charged.", code=code, param="line_items"
        )
    session_id = f"cs_{'live' if account.live else 'test'}_{secrets.token_hex(24)}"
    origin = sandbox.config.public_url or f"{request.scheme}://{request.host}"
    return {
        "id": session_id,
        "object": "checkout.session",
        "mode": "payment",
        "url": f"{origin}/stripe/pay/{session_id}",
        "status": "open",
        "payment_status": "unpaid",
        "expires_at": ends,
        "created": now,
        "amount_total": total,
        "currency": currency,
        "client_reference_id": form.client_reference_id,
        "metadata": form.metadata,
        "payment_intent": None,
        "customer_details": None,
        "livemode": account.live,
        "success_url": form.success_url,
        "cancel_url": form.cancel_url,
        "title": ", ".join(item.price_data.product_data.name for item in form.line_items),
    }


def _json(session: dict[str, Any], *, replayed: bool = False) -> web.Response:
    body = {name: value for name, value in session.items() if name not in _INTERNAL}
    headers = {"Idempotent-Replayed": "true"} if replayed else None
    return web.Response(body=orjson.dumps(body), content_type="application/json", headers=headers)
