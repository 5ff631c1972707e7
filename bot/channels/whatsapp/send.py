"""One POST to Meta's Graph API, and its answer as Sent or CallFailure.

Meta knows no idempotency key: a send whose answer got lost is proved by the status that echoes
`biz_opaque_callback_data`.
"""

from __future__ import annotations

import re
from urllib.parse import quote

import httpx

from bot.channels.calls import CALL_TIMEOUT, failure_of, retry_after_seconds, transport_failure, unreadable
from bot.channels.contract import ChannelAccount, Sent
from bot.channels.fields import items, obj, text
from bot.channels.whatsapp.errors import entry_of
from bot.messages import JsonObject
from providers.outcome import CallFailure, Disposition

DEFAULT_BASE_URL = "https://graph.facebook.com"
DEFAULT_VERSION = "v23.0"
_SERVICE = "WhatsApp"


async def send_message(
    request: JsonObject, *, account: ChannelAccount, correlation_id: str, http: httpx.AsyncClient
) -> Sent:
    """Send a rendered body. Raises CallFailure; an accepted answer without a message id is UNKNOWN."""
    answer = await _post({**request, "biz_opaque_callback_data": correlation_id[:512]}, account, http)
    sent = items(answer.get("messages"))
    external_id = text(sent[0].get("id"), 500) if sent else ""
    if not external_id:
        raise CallFailure(Disposition.UNKNOWN, "unreadable_answer", "WhatsApp accepted without a message id.")
    return Sent(external_id)


async def mark_read(
    message_id: str, *, typing: bool, account: ChannelAccount, http: httpx.AsyncClient
) -> None:
    """Blue ticks, and the typing sign if asked, which lasts until the reply or 25 s. Raises CallFailure."""
    body: JsonObject = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
    if typing:
        body["typing_indicator"] = {"type": "text"}
    await _post(body, account, http)


def messages_url(account: ChannelAccount) -> str:
    base = (account.api_base_url or DEFAULT_BASE_URL).rstrip("/")
    version = str(account.settings.get("graph_version") or DEFAULT_VERSION)
    if re.fullmatch(r"\d+(\.\d+)?", version):
        version = f"v{version}"
    return f"{base}/{quote(version, safe='.')}/{quote(account.address, safe='')}/messages"


async def _post(body: JsonObject, account: ChannelAccount, http: httpx.AsyncClient) -> JsonObject:
    token = account.secrets.get("access_token", "")
    if not token:
        raise CallFailure(Disposition.OPERATOR, "not_configured", "This WhatsApp number has no access token.")
    if not token.isascii() or not token.isprintable():
        raise CallFailure(
            Disposition.OPERATOR, "bad_credentials", "The access token holds characters it can't have."
        )
    try:
        response = await http.post(
            messages_url(account),
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            timeout=CALL_TIMEOUT,
            follow_redirects=False,
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise transport_failure(error, _SERVICE) from error
    return _answer(response)


def _answer(response: httpx.Response) -> JsonObject:
    try:
        answer = obj(response.json())
    except (ValueError, RecursionError):
        answer = {}
    error = obj(answer.get("error"))
    code = text(error.get("code"), 20)
    if code:
        said = text(obj(error.get("error_data")).get("details"), 300) or text(error.get("message"), 300)
        raise failure_of(
            code,
            status=response.status_code,
            entry=entry_of(code),
            said=said,
            service=_SERVICE,
            retry_after=retry_after_seconds(response.headers),
        )
    if not answer or not response.is_success:
        raise unreadable(response.status_code, _SERVICE)
    return answer
