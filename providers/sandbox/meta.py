"""Sandbox of Meta's Graph API for WhatsApp: sending, read receipts, signed status webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta
from typing import Any, TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from providers.sandbox.callbacks import Callback, Failure
from providers.sandbox.config import MetaAccount
from providers.sandbox.context import SANDBOX, Sandbox
from providers.sandbox.messages import Sent
from providers.sandbox.meta_schemas import MESSAGE_TYPES, ReadReceipt, Send

PAIR_PERIOD = timedelta(seconds=6)
CLOSED_WINDOW = (
    131047,
    "Re-engagement message",
    "More than 24 hours have passed since the customer last replied.",
)
UNDELIVERABLE = (131026, "Message undeliverable", "The recipient can't be reached on WhatsApp.")

M = TypeVar("M", bound=BaseModel)


class GraphError(Exception):
    """Answered in Meta's error shape. Branch on `code`; the texts are no contract."""

    def __init__(
        self, http: int, code: int, message: str, details: str, *, subcode: int | None = None
    ) -> None:
        super().__init__(message)
        self.http = http
        self.body = error_body(code, message, details, subcode=subcode)


def error_body(code: int, message: str, details: str, *, subcode: int | None = None) -> dict[str, Any]:
    """`{"error": {message, type, code, error_data{…, details}, error_subcode?, fbtrace_id}}`."""
    error: dict[str, Any] = {
        "message": f"(#{code}) {message}",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": details},
        "fbtrace_id": secrets.token_urlsafe(8),
    }
    if subcode is not None:
        error["error_subcode"] = subcode
    return {"error": error}


def add_routes(app: web.Application) -> None:
    app.router.add_post(
        r"/v{version:\d+(?:\.\d+)?}/{phone_number_id:\d+}/messages", messages, name="meta.messages"
    )


async def messages(request: web.Request) -> web.StreamResponse:
    """Send a message, or mark one as read when the body carries `status`."""
    try:
        return web.json_response(await _messages(request))
    except GraphError as error:
        return web.json_response(error.body, status=error.http)


def digits(number: str) -> str:
    """A phone number as WhatsApp ids are written: digits only."""
    return number.removeprefix("+")


async def _messages(request: web.Request) -> dict[str, Any]:
    sandbox = request.app[SANDBOX]
    account = _account(sandbox, request)
    body = await _body(request)
    if "status" in body:
        receipt = _parse(ReadReceipt, body)
        data = {"message_id": receipt.message_id, "typing": receipt.typing_indicator is not None}
        await sandbox.meta.note("read", account.phone_number_id, data)
        return {"success": True}
    kind = body.get("type")
    schema = MESSAGE_TYPES.get(kind) if isinstance(kind, str) else None
    if schema is None:
        raise GraphError(
            400, 100, "Invalid parameter", f"type must be one of {', '.join(sorted(MESSAGE_TYPES))}"
        )
    return await _send(sandbox, account, _parse(schema, body), body, kind == "template")


async def _send(
    sandbox: Sandbox, account: MetaAccount, message: Send, body: dict[str, Any], is_template: bool
) -> dict[str, Any]:
    to = digits(message.to) if message.to else str(message.recipient)
    phone_id, book = account.phone_number_id, sandbox.meta
    if to == digits(account.display_phone_number):
        raise GraphError(
            400, 131021, "Recipient cannot be sender", "Recipient and sender can't be the same number."
        )
    if account.pair_limit and book.recent(phone_id, phone_id, to, PAIR_PERIOD) >= account.pair_limit:
        raise GraphError(
            400, 131056, "Pair rate limit hit", "Too many messages to the same number in a short time."
        )
    failure = _failure(sandbox, account, to, is_template=is_template)
    sent = await book.accept(
        message_id=f"wamid.{base64.b64encode(secrets.token_bytes(24)).decode()}",
        account=phone_id,
        sender=phone_id,
        to=to,
        payload=body,
        plan=["failed"] if failure else _plan(sandbox),
        correlation=message.biz_opaque_callback_data,
        callback_url=account.webhook_url,
        error=failure,
    )
    follow(sandbox, sent)
    contact: dict[str, Any] = {"input": message.to or message.recipient}
    if message.to:
        contact["wa_id"] = to
    if user_id := (book.user_id(phone_id, phone_id, to) if message.to else to):
        contact["user_id"] = user_id
    answer: dict[str, Any] = {"id": sent.id}
    if is_template:
        answer["message_status"] = "accepted"
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [answer]}


def follow(sandbox: Sandbox, sent: Sent) -> None:
    """Let the message's statuses happen, each posted to the account's webhook."""

    def make(message: Sent, status: str, at: str) -> Callback:
        account = sandbox.accounts.get(MetaAccount, message.account)
        if account is None:
            raise LookupError(f"no Meta account {message.account}")
        user_id = sandbox.meta.user_id(message.account, message.sender, message.to)
        body = json.dumps(status_webhook(account, message, status, at, user_id)).encode()
        return Callback(
            url=message.callback_url or "",
            headers={
                "Content-Type": "application/json",
                "User-Agent": "facebookexternalua",
                "X-Hub-Signature-256": sign(account.app_secret, body),
            },
            body=body,
            attempts=sandbox.config.callbacks.attempts,
            retry=frozenset(Failure),
            only_200=True,
        )

    sandbox.callbacks.follow("meta", sandbox.meta, sent, make)


def sign(app_secret: str, body: bytes) -> str:
    """The value of `X-Hub-Signature-256` for these raw bytes."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def status_webhook(
    account: MetaAccount, message: Sent, status: str, at: str, user_id: str | None
) -> dict[str, Any]:
    """The webhook body for one status, with the correlation id echoed as Meta does."""
    is_phone = message.to.isdigit()
    who = {"recipient_id": message.to} if is_phone else {"recipient_user_id": message.to}
    if is_phone and user_id:
        who["recipient_user_id"] = user_id
    entry: dict[str, Any] = {"id": message.id, "status": status, **who}
    entry["timestamp"] = str(int(datetime.fromisoformat(at).timestamp()))
    if message.correlation is not None:
        entry["biz_opaque_callback_data"] = message.correlation
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": digits(account.display_phone_number),
            "phone_number_id": account.phone_number_id,
        },
        "statuses": [entry],
    }
    if status == "failed":
        entry["errors"] = [message.error]
    else:
        entry["pricing"] = {
            "billable": True,
            "pricing_model": "PMP",
            "type": "regular",
            "category": "service",
        }
        contact: dict[str, Any] = {"profile": {"name": ""}}
        if is_phone:
            contact["wa_id"] = message.to
        if bsuid := (user_id if is_phone else message.to):
            contact["user_id"] = bsuid
        value["contacts"] = [contact]
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": account.waba_id, "changes": [{"field": "messages", "value": value}]}],
    }


def _plan(sandbox: Sandbox) -> list[str]:
    return ["sent", "delivered", "read"] if sandbox.config.callbacks.read_receipts else ["sent", "delivered"]


def _failure(sandbox: Sandbox, account: MetaAccount, to: str, *, is_template: bool) -> dict[str, Any] | None:
    """The error this message will fail with after it was accepted. Raises `GraphError` in `sync` mode."""
    unknown = account.unknown_customers == "open"
    phone_id = account.phone_number_id
    closed = not is_template and not sandbox.meta.window_open(phone_id, phone_id, to, unknown=unknown)
    if closed and account.window_errors == "sync":
        raise GraphError(400, *CLOSED_WINDOW)
    if closed and account.window_errors == "async":
        return _status_error(*CLOSED_WINDOW)
    if to in {digits(number) for number in account.unreachable}:
        return _status_error(*UNDELIVERABLE)
    return None


def _status_error(code: int, title: str, details: str) -> dict[str, Any]:
    return {"code": code, "title": title, "message": title, "error_data": {"details": details}}


def _account(sandbox: Sandbox, request: web.Request) -> MetaAccount:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    holders = [
        one
        for one in sandbox.accounts.of(MetaAccount)
        if scheme == "Bearer" and hmac.compare_digest(one.access_token.encode(), token.encode())
    ]
    if not holders:
        raise GraphError(
            401, 190, "Invalid OAuth access token", "The access token is invalid or has expired."
        )
    phone_number_id = request.match_info["phone_number_id"]
    for account in holders:
        if account.phone_number_id == phone_number_id:
            return account
    raise GraphError(
        400,
        100,
        "Unsupported post request",
        f"Object with ID '{phone_number_id}' does not exist, or you lack the permission for it.",
        subcode=33,
    )


async def _body(request: web.Request) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise GraphError(400, 100, "Invalid parameter", "Content-Type must be application/json")
    try:
        body = orjson.loads(await request.read())
    except orjson.JSONDecodeError as error:
        raise GraphError(400, 100, "Invalid parameter", f"the body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise GraphError(400, 100, "Invalid parameter", "the body must be an object")
    return body


def _parse(schema: type[M], body: dict[str, Any]) -> M:
    try:
        return schema.model_validate(body)
    except ValidationError as error:
        raise _as_graph_error(error.errors()[0]) from error


def _as_graph_error(first: ErrorDetails) -> GraphError:
    """100 for the envelope and text, 131008 and 131009 inside interactive parts, as the API does."""
    path = ".".join(str(part) for part in first["loc"])
    details = f"{path}: {first['msg']}"
    if first["type"] == "extra_forbidden":
        return GraphError(400, 100, f'Unexpected key "{first["loc"][-1]}"', details)
    if first["type"] == "missing":
        return GraphError(400, 131008, "Required parameter is missing", details)
    if first["loc"] and first["loc"][0] == "interactive":
        return GraphError(400, 131009, "Parameter value is not valid", details)
    return GraphError(400, 100, "Invalid parameter", details)
