"""Postmark's HTTP API. It has no idempotency key, so a lost answer is UNKNOWN."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import httpx
import orjson

from providers.http import JsonCall, call_json
from providers.mail.contract import Mail, SentMail
from providers.outcome import CallFailure, Disposition

BASE_URL = "https://api.postmarkapp.com"

_OPERATOR = frozenset({"10", "400", "401", "405"})
"""Bad token, sender unknown or unconfirmed, no credit."""
_INACTIVE = "406"


@dataclass(frozen=True, slots=True)
class Postmark:
    server_token: str = field(repr=False)
    http: httpx.AsyncClient = field(repr=False)
    base_url: str = BASE_URL
    stream: str = "outbound"
    limit: float = 10.0
    """Seconds per call."""

    async def send(self, mail: Mail) -> SentMail:
        call = JsonCall(
            name="Postmark: send",
            method="POST",
            url=f"{self.base_url.rstrip('/')}/email",
            repeatable=False,
            headers={"X-Postmark-Server-Token": self.server_token},
            body=_body(mail, self.stream),
            explain=_code,
        )
        try:
            answer = await call_json(self.http, call, limit=self.limit)
        except CallFailure as failure:
            raise _settled(failure) from failure
        if not isinstance(answer, dict) or "MessageID" not in answer:
            raise CallFailure(Disposition.UNKNOWN, "schema_drift", "Postmark answered something unknown")
        code = str(answer.get("ErrorCode", 0))
        if code != "0":
            raise _refusal(code)
        if "inactive addresses" in str(answer.get("Message", "")).lower():
            raise _refusal(_INACTIVE)
        return SentMail(str(answer["MessageID"]))


def _body(mail: Mail, stream: str) -> dict[str, object]:
    body: dict[str, object] = {
        "From": mail.sender,
        "To": mail.to,
        "Subject": mail.subject,
        "TextBody": mail.text,
        "HtmlBody": mail.html,
        "MessageStream": stream,
        "TrackOpens": False,
        "TrackLinks": "None",
    }
    if mail.reply_to:
        body["ReplyTo"] = mail.reply_to
    if mail.tag:
        body["Tag"] = mail.tag
    if mail.metadata:
        body["Metadata"] = dict(mail.metadata)
    if mail.message_id:
        body["Headers"] = [{"Name": "Message-ID", "Value": f"<{mail.message_id}>"}]
    if mail.calendar is not None:
        body["Attachments"] = [
            {
                "Name": mail.calendar.filename,
                "Content": base64.b64encode(mail.calendar.content).decode(),
                "ContentType": f"text/calendar; charset=utf-8; method={mail.calendar.method}",
            }
        ]
    return body


def _settled(failure: CallFailure) -> CallFailure:
    """A refusal by its ErrorCode; what isn't one stays as it is."""
    return _refusal(failure.code) if failure.code.isdigit() else failure


def _refusal(code: str) -> CallFailure:
    if code in _OPERATOR:
        return CallFailure(
            Disposition.OPERATOR, code, f"Postmark refused the account or the sender (code {code})"
        )
    if code == _INACTIVE:
        return CallFailure(
            Disposition.PERMANENT, "recipient_inactive", "Postmark knows this address as undeliverable"
        )
    if code == "429":
        return CallFailure(Disposition.RETRY, code, "Postmark asks to slow down")
    return CallFailure(Disposition.PERMANENT, code, f"Postmark refused the mail (code {code})")


def _code(answer: object) -> str:
    return str(answer.get("ErrorCode", "")) if isinstance(answer, dict) else ""


class MailFate(StrEnum):
    """What a webhook says of a mail that was sent."""

    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"
    """This address takes no mail: nothing more goes there."""
    DELAYED = "delayed"
    """Not this time, maybe later; counted."""
    COMPLAINED = "complained"
    """Called spam: nothing more goes there."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class MailReport:
    fate: MailFate
    message_id: str
    """The service's id, as `SentMail.id`."""
    address: str = field(repr=False)
    metadata: Mapping[str, str]


class UnreadableReport(Exception):
    """Not a webhook as documented."""


_NEVER_AGAIN = frozenset({"HardBounce", "BadEmailAddress", "ManuallyDeactivated"})
_MAYBE_LATER = frozenset({"Transient", "DnsError", "SoftBounce"})


def password_fits(authorization: str | None, *, user: str, password: str) -> bool:
    """Postmark signs nothing: Basic authentication in the webhook's address is all there is."""
    if not password:
        return False
    expected = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    return hmac.compare_digest((authorization or "").encode(), expected.encode())


def read_report(body: bytes) -> MailReport:
    """Raises UnreadableReport."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnreadableReport("not JSON") from error
    if not isinstance(data, dict):
        raise UnreadableReport("not a JSON object")
    kind, bounce = str(data.get("RecordType", "")), str(data.get("Type", ""))
    metadata = data.get("Metadata")
    return MailReport(
        fate=_fate(kind, bounce, suppressed=data.get("SuppressSending") is True),
        message_id=str(data.get("MessageID") or ""),
        address=str(data.get("Email") or data.get("Recipient") or ""),
        metadata={str(key): str(value) for key, value in metadata.items()}
        if isinstance(metadata, dict)
        else {},
    )


def _fate(kind: str, bounce: str, *, suppressed: bool) -> MailFate:
    if kind == "Delivery":
        return MailFate.DELIVERED
    if kind == "SpamComplaint" or (kind == "Bounce" and bounce == "SpamComplaint"):
        return MailFate.COMPLAINED
    if kind == "SubscriptionChange":
        return MailFate.UNDELIVERABLE if suppressed else MailFate.OTHER
    if kind != "Bounce":
        return MailFate.OTHER
    if bounce in _NEVER_AGAIN:
        return MailFate.UNDELIVERABLE
    return MailFate.DELAYED if bounce in _MAYBE_LATER else MailFate.OTHER
