"""The console's cookies: the session, a visitor's key before there is one, and what is said after a redirect.

Named `__Host-` and Secure, so that no other host and no plain connection can set or read them; only a console on
http://localhost has plain names. The token that every form carries is derived from the session's or visitor's
cookie: whoever doesn't hold the cookie can't make it, and it changes with every sign-in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson
from aiohttp import web

from bot.console.rendering import Said

if TYPE_CHECKING:
    from bot.console.ports import ConsolePorts

_SESSION = "frontdesk"
_VISIT = "frontdesk-visit"
_SAID = "frontdesk-said"
_LONGEST_SAID = 600
_VISIT_SECONDS = 12 * 3600


def _name(name: str, ports: ConsolePorts) -> str:
    return f"__Host-{name}" if ports.secure else name


def _set(
    response: web.StreamResponse, name: str, value: str, ports: ConsolePorts, *, seconds: float | None
) -> None:
    response.set_cookie(
        _name(name, ports),
        value,
        max_age=None if seconds is None else int(seconds),
        path="/",
        secure=ports.secure,
        httponly=True,
        samesite="Lax",
    )


def _forget(response: web.StreamResponse, name: str, ports: ConsolePorts) -> None:
    response.del_cookie(_name(name, ports), path="/", secure=ports.secure, httponly=True, samesite="Lax")


def new_secret() -> str:
    """256 bits for a cookie."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What the table keeps of a cookie's value."""
    return hashlib.sha256(secret.encode()).digest()


def session_secret(request: web.Request, ports: ConsolePorts) -> str:
    """Empty: the browser brought none."""
    return request.cookies.get(_name(_SESSION, ports), "")


def keep_session(response: web.StreamResponse, secret: str, ports: ConsolePorts) -> None:
    _set(response, _SESSION, secret, ports, seconds=ports.session_seconds)
    _forget(response, _VISIT, ports)


def forget_session(response: web.StreamResponse, ports: ConsolePorts) -> None:
    _forget(response, _SESSION, ports)


def visit_secret(request: web.Request, ports: ConsolePorts) -> str:
    return request.cookies.get(_name(_VISIT, ports), "")


def keep_visit(response: web.StreamResponse, secret: str, ports: ConsolePorts) -> None:
    _set(response, _VISIT, secret, ports, seconds=_VISIT_SECONDS)


def csrf_token(secret: str) -> str:
    """The token of the forms of whoever holds this cookie."""
    return hmac.new(secret.encode(), b"frontdesk/console/form", hashlib.sha256).hexdigest()


def is_token(secret: str, offered: str) -> bool:
    return bool(secret) and hmac.compare_digest(csrf_token(secret).encode(), offered.encode())


def keep_said(response: web.StreamResponse, said: Said, ports: ConsolePorts) -> None:
    """For the next page: a cookie, because a redirect has no other memory that isn't in the address."""
    packed = base64.urlsafe_b64encode(orjson.dumps([said.text[:_LONGEST_SAID], said.good])).decode()
    _set(response, _SAID, packed, ports, seconds=60)


def read_said(request: web.Request, ports: ConsolePorts) -> Said | None:
    packed = request.cookies.get(_name(_SAID, ports), "")
    if not packed:
        return None
    try:
        text, good = orjson.loads(base64.urlsafe_b64decode(packed))
    except ValueError:
        return None
    return Said(text, good) if isinstance(text, str) and isinstance(good, bool) else None


def forget_said(response: web.StreamResponse, ports: ConsolePorts) -> None:
    _forget(response, _SAID, ports)


def own_path(url: str | None) -> str | None:
    """The address if it is one of the console's own pages; nobody is led elsewhere by a link to a form."""
    if (
        not url
        or not url.startswith("/console/")
        or len(url) > 1000
        or any(mark in url for mark in "\\\r\n\t")
    ):
        return None
    parts = urlsplit(url)
    return url if not parts.scheme and not parts.netloc else None
