"""Templates to HTML: the environment, its filters, and the headers that every page goes out with.

Everything is escaped, an unknown name in a template is an error, and nothing on a page may run but our own files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from babel.numbers import format_decimal, get_currency_precision
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from bot.console import wording

_HERE = Path(__file__).parent
STATIC = _HERE / "static"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@dataclass(frozen=True, slots=True)
class Said:
    """What became of the last thing that was done, said once on the next page."""

    text: str
    good: bool = True


class Renderer:
    """One per web process."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            when=_when,
            day=_day,
            clock=_clock,
            money=_money,
            tone=wording.tone,
            state_words=wording.state,
            bot_state=wording.bot_state,
            channel=wording.channel,
            cause=wording.cause,
        )
        # A file that changes gets another address, so browsers may keep it for ever.
        self._versions = {
            file.name: hashlib.sha256(file.read_bytes()).hexdigest()[:12] for file in STATIC.iterdir()
        }
        self._environment.globals.update(static=self._static, caller=wording.caller)

    def _static(self, name: str) -> str:
        return f"/console/static/{name}?v={self._versions[name]}"

    def text(self, template: str, context: Mapping[str, Any]) -> str:
        return self._environment.get_template(template).render(context)


def html(text: str, *, status: int = 200) -> web.Response:
    """A page that is kept nowhere and lets nothing foreign in."""
    response = web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
    close(response)
    return response


def close(response: web.StreamResponse) -> None:
    """The headers of everything the console answers."""
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")


def _zone(context: Context) -> ZoneInfo:
    zone: ZoneInfo = context["zone"]
    return zone


@pass_context
def _when(context: Context, moment: datetime | None) -> str:
    """`today 14:05`, `12 Mar 14:05`, `12 Mar 2025 14:05`, in the workspace's zone, as a <time>."""
    if moment is None:
        return "–"
    zone = _zone(context)
    local, now = moment.astimezone(zone), context["now"].astimezone(zone)
    told = f"{_day_words(local, now)} {local:%H:%M}"
    return _time(moment, told, f"{local:%A, %d %B %Y, %H:%M:%S} ({zone.key})")


@pass_context
def _day(context: Context, moment: datetime) -> str:
    """`today`, `12 Mar`, in the workspace's zone."""
    zone = _zone(context)
    local = moment.astimezone(zone)
    return _time(moment, _day_words(local, context["now"].astimezone(zone)), f"{local:%A, %d %B %Y}")


@pass_context
def _clock(context: Context, moment: datetime) -> str:
    """`14:05`, in the workspace's zone."""
    local = moment.astimezone(_zone(context))
    return _time(moment, f"{local:%H:%M}", f"{local:%A, %d %B %Y, %H:%M:%S}")


def _day_words(local: datetime, now: datetime) -> str:
    days = (now.date() - local.date()).days
    match days:
        case 0:
            return "today"
        case 1:
            return "yesterday"
        case -1:
            return "tomorrow"
    return f"{local.day} {local:%b}" if local.year == now.year else f"{local.day} {local:%b %Y}"


def _time(moment: datetime, told: str, title: str) -> str:
    return Markup('<time datetime="{}" title="{}">{}</time>').format(moment.isoformat(), title, told)


def _money(minor: int, currency: str) -> str:
    """Minor units to `12.500 KWD`, with as many digits as the currency has, as customers read it."""
    digits = get_currency_precision(currency)
    pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
    return f"{format_decimal(Decimal(minor).scaleb(-digits), format=pattern, locale='en')} {currency}"
