"""Sandbox of Twilio's REST API: messages, content templates, the typing sign, signed status callbacks."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from aiohttp import web
from multidict import MultiDictProxy
from pydantic import BaseModel, ConfigDict, ValidationError

from providers.sandbox.config import TwilioAccount
from providers.sandbox.context import SANDBOX, Sandbox
from providers.sandbox.messages import Sent
from providers.sandbox.segments import segments
from providers.sandbox.twilio_callbacks import API_VERSION, WHATSAPP, follow
from providers.sandbox.twilio_content import ContentError, check_variables, parse_content

OPT_OUT = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
OPT_IN = frozenset({"START", "YES", "UNSTOP"})
PARAMETERS = frozenset(
    {
        "To",
        "From",
        "MessagingServiceSid",
        "Body",
        "MediaUrl",
        "ContentSid",
        "ContentVariables",
        "StatusCallback",
        "ApplicationSid",
        "ProvideFeedback",
        "Attempt",
        "ValidityPeriod",
        "SmartEncoded",
        "PersistentAction",
        "ShortenUrls",
        "ScheduleType",
        "SendAt",
        "SendAsMms",
        "RiskCheck",
        "MessageIntent",
        "ContentRetention",
        "AddressRetention",
        "FallbackFrom",
        "TrafficType",
    }
)
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_USER_ID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}")


class TwilioError(Exception):
    """Answered as `{code, message, more_info, status}`."""

    def __init__(self, http: int, code: int, message: str) -> None:
        super().__init__(message)
        self.http = http
        self.body = error_body(http, code, message)


def error_body(http: int, code: int, message: str) -> dict[str, Any]:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": message, "more_info": more, "status": http}


def add_routes(app: web.Application) -> None:
    base = f"/{API_VERSION}/Accounts/{{sid}}"
    listing = app.router.add_resource(f"{base}/Messages.json", name="twilio.Messages")
    listing.add_route("POST", _answers(create_message))
    listing.add_route("GET", _answers(list_messages))
    app.router.add_get(
        f"{base}/Messages/{{message_sid}}.json", _answers(fetch_message), name="twilio.Message"
    )
    app.router.add_post("/v3/Indicators/Typing.json", _answers(typing_sign), name="twilio.Typing")
    app.router.add_post("/v1/Content", _answers(create_content), name="twilio.Content")


def _answers(work: Any) -> Any:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            status, body = await work(request)
        except TwilioError as error:
            status, body = error.http, error.body
        return web.json_response(body, status=status)

    return handle


async def create_message(request: web.Request) -> tuple[int, dict[str, Any]]:
    """`POST Messages.json`: 201 with the message resource, queued (accepted for a Messaging Service)."""
    sandbox = request.app[SANDBOX]
    account = _account_in_path(sandbox, request)
    if request.content_type != "application/x-www-form-urlencoded":
        raise TwilioError(400, 20001, "Content-Type must be application/x-www-form-urlencoded")
    form = await _form(request)
    to, sender = _addresses(account, form)
    payload = _content(sandbox, form, to)
    callback = form.get("StatusCallback") or None
    if callback is not None:
        _check_callback(callback)
    book, is_whatsapp = sandbox.twilio, to.startswith(WHATSAPP)
    if not is_whatsapp and book.opted_out(account.account_sid, sender, to):
        raise TwilioError(400, 21610, "Attempt to send to unsubscribed recipient")
    error = _failure(sandbox, account, sender, to, templated=bool(form.get("ContentSid")))
    sent = await book.accept(
        message_id=f"SM{secrets.token_hex(16)}",
        account=account.account_sid,
        sender=sender,
        to=to,
        payload=payload,
        plan=_plan(sandbox, is_whatsapp=is_whatsapp, failed=error is not None),
        correlation=_correlation(callback),
        callback_url=callback,
        error=error,
    )
    follow(sandbox, sent)
    return 201, resource(sent)


async def fetch_message(request: web.Request) -> tuple[int, dict[str, Any]]:
    sandbox = request.app[SANDBOX]
    account = _account_in_path(sandbox, request)
    sent = sandbox.twilio.sent.get(request.match_info["message_sid"])
    if sent is None or sent.account != account.account_sid:
        raise TwilioError(404, 20404, f"The requested resource {request.path} was not found")
    return 200, resource(sent)


async def list_messages(request: web.Request) -> tuple[int, dict[str, Any]]:
    """The newest first, by `To`, `From` and `DateSent` (YYYY-MM-DD, UTC); up to `PageSize`, one page."""
    sandbox = request.app[SANDBOX]
    account = _account_in_path(sandbox, request)
    query = request.query
    size = query.get("PageSize", "50")
    if not size.isdigit() or not 1 <= int(size) <= 1000:
        raise TwilioError(400, 20001, "PageSize must be between 1 and 1000")
    found = [
        resource(sent)
        for sent in reversed(sandbox.twilio.between(account=account.account_sid, to=query.get("To"), after=0))
        if query.get("From") in {None, sent.sender} and (query.get("DateSent") in {None, _utc_day(sent)})
    ]
    return 200, {"messages": found[: int(size)], "page": 0, "page_size": int(size), "next_page_uri": None}


class _Typing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    channel: str
    messageId: str  # noqa: N815 - the vendor's key


async def typing_sign(request: web.Request) -> tuple[int, dict[str, Any]]:
    """JSON `{"channel": "WHATSAPP", "messageId": "<inbound SM sid>"}` -> `{"success": true}`."""
    sandbox = request.app[SANDBOX]
    account = _authenticate(sandbox, request)
    try:
        body = _Typing.model_validate(orjson.loads(await request.read()))
    except (orjson.JSONDecodeError, ValidationError) as error:
        raise TwilioError(400, 20001, f"Invalid parameter: {error}") from error
    if body.channel != "WHATSAPP" or not re.fullmatch(r"(SM|MM)[0-9a-zA-Z]{32}", body.messageId):
        raise TwilioError(400, 20001, "channel must be WHATSAPP and messageId a message SID")
    await sandbox.twilio.note("typing", account.account_sid, body.model_dump())
    return 200, {"success": True}


async def create_content(request: web.Request) -> tuple[int, dict[str, Any]]:
    """`POST /v1/Content` (JSON): stores a content template and answers its `HX…` sid."""
    sandbox = request.app[SANDBOX]
    account = _authenticate(sandbox, request)
    if request.content_type != "application/json":
        raise TwilioError(400, 20001, "Content-Type must be application/json")
    try:
        content = parse_content(await request.read())
    except ContentError as error:
        raise TwilioError(400, 20001, str(error)) from error
    data = {"sid": f"HX{secrets.token_hex(16)}", "account_sid": account.account_sid, **content}
    await sandbox.twilio.note("content", account.account_sid, data)
    return 201, data


def opt_meaning(customer: str, text: str) -> Any:
    """`out`, `in` or None: what the carrier makes of a whole message. WhatsApp has no such handling."""
    word = text.strip().upper()
    if customer.startswith(WHATSAPP):
        return None
    return "out" if word in OPT_OUT else "in" if word in OPT_IN else None


def resource(sent: Sent) -> dict[str, Any]:
    """A message as the API shows it."""
    ended = sent.status in {"failed", "undelivered"} and sent.error is not None
    created = format_datetime(datetime.fromisoformat(sent.at).astimezone(UTC))
    service = sent.payload.get("MessagingServiceSid")
    uri = f"/{API_VERSION}/Accounts/{sent.account}/Messages/{sent.id}"
    body = sent.payload.get("Body", "")
    media = len(sent.payload.get("MediaUrl", ()))
    waiting = "accepted" if service else "queued"
    return {
        "sid": sent.id,
        "account_sid": sent.account,
        "api_version": API_VERSION,
        "status": waiting if sent.status == "accepted" else sent.status,
        "error_code": sent.error["code"] if ended and sent.error else None,
        "error_message": sent.error["message"] if ended and sent.error else None,
        "num_segments": "0" if service else str(1 if sent.to.startswith(WHATSAPP) else segments(body)),
        "num_media": str(media),
        "price": None,
        "price_unit": "USD",
        "direction": "outbound-api",
        "date_created": created,
        "date_updated": created,
        "date_sent": None if sent.status in {"accepted", "queued"} else created,
        "messaging_service_sid": service,
        "from": None if service and not sent.payload.get("From") else sent.sender,
        "to": sent.to,
        "body": body,
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json"},
    }


async def _form(request: web.Request) -> MultiDictProxy[str]:
    posted = await request.post()
    form: Any = posted
    unknown = set(posted) - PARAMETERS
    if unknown:
        raise TwilioError(400, 20001, f"Unknown parameters: {', '.join(sorted(unknown))}")
    if twice := sorted({name for name in posted if len(posted.getall(name)) > 1 and name != "MediaUrl"}):
        raise TwilioError(400, 20001, f"Parameters given twice: {', '.join(twice)}")
    result: MultiDictProxy[str] = form
    return result


def _addresses(account: TwilioAccount, form: MultiDictProxy[str]) -> tuple[str, str]:
    """`To` and the sender that will be used. Raises `TwilioError`."""
    to, sender, service = form.get("To", ""), form.get("From", ""), form.get("MessagingServiceSid", "")
    if not to:
        raise TwilioError(400, 21604, "A 'To' phone number is required.")
    is_whatsapp = to.startswith(WHATSAPP)
    bare = to.removeprefix(WHATSAPP)
    if not _PHONE.fullmatch(bare) and not (is_whatsapp and _USER_ID.fullmatch(bare)):
        raise TwilioError(400, 21211, f"Invalid 'To' Phone Number: {to}")
    if not sender and not service:
        raise TwilioError(400, 21603, "A 'From' phone number or MessagingServiceSid is required.")
    if service and service not in account.messaging_services:
        raise TwilioError(400, 21701, f"The Messaging Service {service} does not exist")
    if not sender:
        return to, (WHATSAPP if is_whatsapp else "") + account.numbers[0]
    if not _PHONE.fullmatch(sender.removeprefix(WHATSAPP)):
        raise TwilioError(400, 21212, f"The 'From' number {sender} is not a valid phone number")
    if sender.startswith(WHATSAPP) != is_whatsapp:
        raise TwilioError(400, 63007, "Twilio could not find a Channel with the specified From address")
    if sender.removeprefix(WHATSAPP) not in account.numbers:
        code = 63007 if is_whatsapp else 21606
        raise TwilioError(400, code, f"The 'From' number {sender} does not belong to the account")
    return to, sender


def _content(sandbox: Sandbox, form: MultiDictProxy[str], to: str) -> dict[str, Any]:
    """The request as it is written down, with its content checked. Raises `TwilioError`."""
    body, media, content_sid = form.get("Body", ""), form.getall("MediaUrl", []), form.get("ContentSid")
    if not body and not media and not content_sid:
        raise TwilioError(400, 21602, "Message body is required.")
    if len(body) > 1600:
        raise TwilioError(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
    if len(media) > 10 or any(urlsplit(url).scheme not in {"http", "https"} for url in media):
        raise TwilioError(400, 21620, "Invalid media URL(s)")
    payload: dict[str, Any] = {name: form[name] for name in form if name != "MediaUrl"}
    if media:
        payload["MediaUrl"] = list(media)
    if content_sid:
        content = sandbox.twilio.contents.get(content_sid)
        if content is None:
            raise TwilioError(400, 21655, f"The ContentSid {content_sid} is invalid")
        if not to.startswith(WHATSAPP) and "twilio/list-picker" in content["types"]:
            raise TwilioError(400, 21654, "This content can't be sent on this channel")
        try:
            check_variables(content, form.get("ContentVariables"))
        except ContentError as error:
            raise TwilioError(400, 21656, str(error)) from error
    elif "ContentVariables" in form:
        raise TwilioError(400, 21654, "ContentSid is required with ContentVariables")
    return payload


def _failure(
    sandbox: Sandbox, account: TwilioAccount, sender: str, to: str, *, templated: bool
) -> dict[str, Any] | None:
    """The error this message will end with after it was accepted. Raises `TwilioError` in `sync` mode."""
    is_whatsapp = to.startswith(WHATSAPP)
    unknown = account.unknown_customers == "open"
    checked = is_whatsapp and not templated and account.window_errors != "off"
    if checked and not sandbox.twilio.window_open(account.account_sid, sender, to, unknown=unknown):
        message = "Failed to send freeform message because you are outside the allowed window"
        if account.window_errors == "sync":
            raise TwilioError(400, 63016, message)
        return {"code": 63016, "message": message}
    if to.removeprefix(WHATSAPP) in account.unreachable:
        if is_whatsapp:
            return {"code": 63024, "message": "Invalid message recipient"}
        return {"code": 30003, "message": "Unreachable destination handset"}
    return None


def _plan(sandbox: Sandbox, *, is_whatsapp: bool, failed: bool) -> list[str]:
    if failed:
        return ["queued", "failed"] if is_whatsapp else ["queued", "sent", "undelivered"]
    read = ["read"] if is_whatsapp and sandbox.config.callbacks.read_receipts else []
    return ["queued", "sent", "delivered", *read]


def _correlation(callback: str | None) -> str | None:
    """Our own id, carried as `?mid=` of the StatusCallback."""
    return parse_qs(urlsplit(callback).query).get("mid", [None])[0] if callback else None


def _check_callback(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "_" in parts.hostname:
        raise TwilioError(400, 21609, f"The StatusCallback URL {url} is not a valid URL.")


def _utc_day(sent: Sent) -> str:
    return datetime.fromisoformat(sent.at).astimezone(UTC).date().isoformat()


def _account_in_path(sandbox: Sandbox, request: web.Request) -> TwilioAccount:
    account = _authenticate(sandbox, request)
    if request.match_info["sid"] != account.account_sid:
        raise TwilioError(404, 20404, f"The requested resource {request.path} was not found")
    return account


def _authenticate(sandbox: Sandbox, request: web.Request) -> TwilioAccount:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        user = password = ""
    account = sandbox.accounts.get(TwilioAccount, user)
    right = account is not None and hmac.compare_digest(account.auth_token.encode(), password.encode())
    if scheme != "Basic" or account is None or not right:
        raise TwilioError(401, 20003, "Authenticate")
    return account
