"""Fetches what a customer sent, from the channel's own hosts only: bounded in size and time, nowhere else redirected.

WhatsApp: the media id names a short-lived URL, and that is read with the same token. Twilio: the URL is in the webhook
and answers with a redirect to its media store, which gets no credentials.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import httpx

from bot.channels.calls import transport_failure
from bot.channels.contract import ChannelAccount
from bot.channels.fields import obj, text
from bot.messages import Media
from providers.outcome import CallFailure, Disposition, NotSupported

LARGEST = 8 * 1024 * 1024
"""Bytes. A voice note of WhatsApp is at most 16 MB, an hour of speech; ours are minutes."""
_META = "https://graph.facebook.com"
_META_HOSTS = ("fbsbx.com", "fbcdn.net", "whatsapp.net", "facebook.com")
_TWILIO = "https://api.twilio.com"
_TWILIO_HOSTS = ("twilio.com", "twiliocdn.com")
_TWILIO_STORE = ("s3-external-1.amazonaws.com", "/media.twiliocdn.com/")
"""An older store of Twilio's: its bucket only."""
_MOST_REDIRECTS = 2
_USER_AGENT = "frontdesk/1"


async def fetch_media(
    media: Media, *, account: ChannelAccount, http: httpx.AsyncClient, limit: float
) -> bytes:
    """The file's bytes within `limit` seconds. Raises CallFailure; it only reads, so trying again does no harm."""
    try:
        async with asyncio.timeout(limit):
            match account.channel:
                case "whatsapp":
                    return await _from_meta(media, account, http)
                case "twilio":
                    return await _from_twilio(media, account, http)
                case other:
                    raise NotSupported(f"{other} has no media to fetch")
    except TimeoutError:
        raise CallFailure(Disposition.RETRY, "timeout", f"No file within {limit:g} s.") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise transport_failure(error, account.channel) from error
    except ValueError as error:  # urlsplit: half an IPv6 address, a port that is no number
        raise CallFailure(
            Disposition.PERMANENT, "bad_address", "The file's address can't be read."
        ) from error


async def _from_meta(media: Media, account: ChannelAccount, http: httpx.AsyncClient) -> bytes:
    base = (account.api_base_url or _META).rstrip("/")
    token = account.secrets.get("access_token", "")
    if not token or not re.fullmatch(r"[A-Za-z0-9_.:-]{1,200}", media.reference):
        raise CallFailure(Disposition.OPERATOR, "not_configured", "No access token, or no media id.")
    version = str(account.settings.get("graph_version") or "v23.0")
    headers = {"Authorization": f"Bearer {token}", "User-Agent": _USER_AGENT}
    response = await http.get(
        f"{base}/{quote(version, safe='.')}/{quote(media.reference, safe='')}",
        headers=headers,
        follow_redirects=False,
    )
    try:
        named = text(obj(response.json()).get("url"), 4000) if response.is_success else ""
    except (ValueError, RecursionError):
        named = ""
    if not named:
        raise _refused(response.status_code)
    _check(named, base, lambda url: _is_one_of(url, _META_HOSTS))
    found = await _read(http, named, headers=headers)
    if isinstance(found, str):
        raise CallFailure(Disposition.PERMANENT, "redirected", "Meta's media are not redirected.")
    return found


async def _from_twilio(media: Media, account: ChannelAccount, http: httpx.AsyncClient) -> bytes:
    base = (account.api_base_url or _TWILIO).rstrip("/")
    sid, token = str(account.settings.get("account_sid") or ""), account.secrets.get("auth_token", "")
    url = media.reference
    if account.api_base_url and url.startswith(f"{_TWILIO}/"):
        url = base + url.removeprefix(
            _TWILIO
        )  # a webhook names Twilio's own host even where we talk to another one
    _check(url, base, lambda parts: parts.hostname == "api.twilio.com")
    auth: tuple[str, str] | None = (sid, token)
    for _ in range(_MOST_REDIRECTS + 1):
        found = await _read(http, url, headers={"User-Agent": _USER_AGENT}, auth=auth)
        if isinstance(found, bytes):
            return found
        onward = urljoin(url, found)
        _check(onward, base, _is_twilios)
        if _origin(onward) != _origin(url):
            auth = None  # the store has its own signature in the URL
        url = onward
    raise CallFailure(Disposition.PERMANENT, "too_many_redirects", "The file is redirected again and again.")


async def _read(
    http: httpx.AsyncClient, url: str, *, headers: Mapping[str, str], auth: tuple[str, str] | None = None
) -> bytes | str:
    """The file, or where it is said to lie instead."""
    async with http.stream(
        "GET", url, headers=dict(headers), auth=auth or httpx.USE_CLIENT_DEFAULT, follow_redirects=False
    ) as response:
        if response.has_redirect_location:
            return str(response.headers["location"])
        if not response.is_success:
            raise _refused(response.status_code)
        body = bytearray()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > LARGEST:
                raise CallFailure(
                    Disposition.PERMANENT, "too_large", f"The file has more than {LARGEST} bytes."
                )
    return bytes(body)


def _check(url: str, base: str, allowed: Callable[[SplitResult], bool]) -> None:
    """Only https on a host of the channel's, or the very origin that the account is configured with."""
    parts = urlsplit(url)
    if _origin(url) == _origin(base):
        return
    plain = (
        parts.scheme == "https" and not parts.username and not parts.password and parts.port in {None, 443}
    )
    if not plain or not allowed(parts):
        raise CallFailure(
            Disposition.PERMANENT, "foreign_host", "The file lies on a host that isn't the channel's."
        )


def _is_twilios(url: SplitResult) -> bool:
    host, path = _TWILIO_STORE
    return _is_one_of(url, _TWILIO_HOSTS) or (url.hostname == host and url.path.startswith(path))


def _is_one_of(url: SplitResult, domains: tuple[str, ...]) -> bool:
    host = url.hostname or ""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port


def _refused(status: int) -> CallFailure:
    disposition = Disposition.OPERATOR if status in {401, 403} else Disposition.PERMANENT
    return CallFailure(disposition, f"http_{status}", f"The file can't be read (HTTP {status}).")
