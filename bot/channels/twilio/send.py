"""Messages.create through the twilio package, over our own httpx client.

The package's async client has no timeout (it hands aiohttp None, which is unlimited) and may retry POSTs, so
it gets an HTTP client of ours: ten seconds a phase, no retries, no redirects. Twilio documents no idempotency
key: a send whose answer got lost is proved by the status callback, whose URL carries our id as `mid`.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn
from urllib.parse import quote

import httpx
from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.http.response import Response
from twilio.rest import Client

from bot.channels.calls import CALL_TIMEOUT, failure_of, retry_after_seconds, transport_failure, unreadable
from bot.channels.contract import ChannelAccount, Sent
from bot.channels.fields import obj, text
from bot.channels.twilio.errors import entry_of
from bot.messages import JsonObject
from providers.outcome import CallFailure, Disposition

TYPING_BASE_URL = "https://messaging.twilio.com"
_SERVICE = "Twilio"
_NO_ENVIRONMENT = {"TWILIO_REGION": ""}
"""Passed so that the package doesn't read the process's environment."""


class HttpxTwilioClient:
    """The HTTP client the twilio package calls; keeps the last answer's status, text and headers."""

    is_async = True

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self.last: httpx.Response | None = None

    async def request(  # noqa: PLR0917 - the package's signature
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the package's signature
        allow_redirects: bool = False,
    ) -> Response:
        """One request. Raises httpx errors as they are."""
        self.last = await self._http.request(
            method,
            url,
            params=params,
            data=data,
            headers=headers,
            auth=auth if auth is not None else httpx.USE_CLIENT_DEFAULT,
            timeout=CALL_TIMEOUT if timeout is None else timeout,
            follow_redirects=allow_redirects,
        )
        return Response(self.last.status_code, self.last.text, self.last.headers)


async def send_message(
    request: JsonObject, *, account: ChannelAccount, correlation_id: str, http: httpx.AsyncClient
) -> Sent:
    """Send rendered fields. Raises CallFailure."""
    account_sid, auth_token = _credentials(account)
    transport = HttpxTwilioClient(http)
    client = Client(account_sid, auth_token, http_client=transport, environment=_NO_ENVIRONMENT)
    if account.api_base_url:
        client.api.base_url = account.api_base_url.rstrip("/")
    try:
        message = await client.messages.create_async(
            to=request["To"],
            body=request["Body"],
            **_from(account),
            **_status_callback(account, correlation_id),
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise transport_failure(error, _SERVICE) from error
    except (TwilioRestException, TwilioServiceException) as error:
        _raise_refused(error, transport.last)
    except (ValueError, TypeError, AttributeError) as error:
        # The package read something else than a message out of a 2xx answer.
        raise unreadable(transport.last.status_code if transport.last else 0, _SERVICE) from error
    sid = text(message.sid, 100)
    if not sid:
        raise CallFailure(Disposition.UNKNOWN, "unreadable_answer", "Twilio accepted without a message sid.")
    return Sent(sid)


async def show_typing_on_whatsapp(
    message_sid: str, *, account: ChannelAccount, http: httpx.AsyncClient
) -> None:
    """Marks the message read and shows the typing sign for at most 25 s. Raises CallFailure."""
    base = (account.api_base_url or TYPING_BASE_URL).rstrip("/")
    try:
        response = await http.post(
            f"{base}/v3/Indicators/Typing.json",
            json={"channel": "WHATSAPP", "messageId": message_sid},
            auth=_credentials(account),
            timeout=CALL_TIMEOUT,
            follow_redirects=False,
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise transport_failure(error, _SERVICE) from error
    if not response.is_success:
        _raise_answer(response)


def _credentials(account: ChannelAccount) -> tuple[str, str]:
    account_sid, auth_token = (
        str(account.settings.get("account_sid") or ""),
        account.secrets.get("auth_token", ""),
    )
    if not account_sid or not auth_token:
        raise CallFailure(
            Disposition.OPERATOR, "not_configured", "This number has no account sid or auth token."
        )
    return account_sid, auth_token


def _from(account: ChannelAccount) -> dict[str, str]:
    """A Messaging Service picks the sender where one is configured."""
    service = account.settings.get("messaging_service_sid")
    return {"messaging_service_sid": str(service)} if service else {"from_": account.address}


def _status_callback(account: ChannelAccount, correlation_id: str) -> dict[str, str]:
    if not account.callback_url:
        return {}
    return {"status_callback": f"{account.callback_url}?mid={quote(correlation_id, safe='')}"}


def _raise_refused(
    error: TwilioRestException | TwilioServiceException, response: httpx.Response | None
) -> NoReturn:
    if response is None:
        raise CallFailure(
            Disposition.UNKNOWN, "unreadable_answer", "Twilio failed without an answer."
        ) from error
    try:
        _raise_answer(response)
    except CallFailure as failure:
        raise failure from error


def _raise_answer(response: httpx.Response) -> NoReturn:
    """A refusal in either of Twilio's error forms (both carry `code`), or something unreadable."""
    try:
        answer = obj(json.loads(response.text))
    except (ValueError, RecursionError):
        answer = {}
    code = text(answer.get("code"), 20)
    if not code:
        raise unreadable(response.status_code, _SERVICE)
    raise failure_of(
        code,
        status=response.status_code,
        entry=entry_of(code),
        said=text(answer.get("message"), 300) or text(answer.get("title"), 300),
        service=_SERVICE,
        retry_after=retry_after_seconds(response.headers),
    )
