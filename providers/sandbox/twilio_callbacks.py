"""Twilio's status callbacks: what they say, how they are signed, how often they are tried."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl, urldefrag, urlencode

from providers.sandbox.callbacks import Callback, Failure
from providers.sandbox.config import TwilioAccount
from providers.sandbox.context import Sandbox
from providers.sandbox.messages import Sent

API_VERSION = "2010-04-01"
WHATSAPP = "whatsapp:"


def follow(sandbox: Sandbox, sent: Sent) -> None:
    """Let the message's statuses happen, each posted to its `StatusCallback`."""

    def make(message: Sent, status: str, _: str) -> Callback:
        account = sandbox.accounts.get(TwilioAccount, message.account)
        if account is None:
            raise LookupError(f"no Twilio account {message.account}")
        url, fragment = urldefrag(message.callback_url or "")
        form = status_form(message, status)
        attempts, retry = overrides(fragment)
        return Callback(
            url=url,
            headers={
                "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
                "User-Agent": "TwilioProxy/1.1",
                "X-Twilio-Signature": sign(account.auth_token, url, form),
                "I-Twilio-Idempotency-Token": f"{message.id}-{status}",
            },
            body=urlencode(form).encode(),
            attempts=attempts,
            retry=retry,
            only_200=False,
        )

    sandbox.callbacks.follow("twilio", sandbox.twilio, sent, make)


def sign(auth_token: str, url: str, form: dict[str, str]) -> str:
    """`X-Twilio-Signature` of a form post: URL without fragment, then names and values sorted by name."""
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def overrides(fragment: str) -> tuple[int, frozenset[Failure]]:
    """Attempts and what is tried again, from a URL's connection overrides (`rc=5&rp=5xx,ct,rt`)."""
    given = dict(parse_qsl(fragment))
    count = given.get("rc", "1")
    retries = min(int(count), 5) if count.isdigit() else 1
    kinds = {kind.strip() for kind in given.get("rp", "ct").split(",")}
    known = frozenset(Failure) if "all" in kinds else frozenset(one for one in Failure if one.value in kinds)
    return 1 + retries, known


def status_form(message: Sent, status: str) -> dict[str, str]:
    """The callback's parameters; all strings."""
    form = {
        "MessageSid": message.id,
        "SmsSid": message.id,
        "MessageStatus": status,
        "SmsStatus": status,
        "AccountSid": message.account,
        "From": message.sender,
        "To": message.to,
        "ApiVersion": API_VERSION,
    }
    if service := message.payload.get("MessagingServiceSid"):
        form["MessagingServiceSid"] = service
    if message.to.startswith(WHATSAPP):
        form |= {"ChannelPrefix": "whatsapp", "ChannelToAddress": message.to, "EventType": status.upper()}
    if message.error and status in {"failed", "undelivered"}:
        form |= {"ErrorCode": str(message.error["code"]), "ErrorMessage": message.error["message"]}
    return form
