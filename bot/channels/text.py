"""Fitting words into a channel's limits, counted in code points. No channel's dialect here.

A limit that is passed gets a message refused (Meta: 100 and 131009), so everything that goes out is cut here,
and never in the middle of an emoji or a combined letter.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

from bot.messages import Action, Choice, Outbound

_ZWJ = "\u200d"
_LINE_BREAKS = re.compile(r"\s*[\r\n\v\f\u2028\u2029\x85]+\s*")
_BLANKS = re.compile(r"[^\S\n]+")
MORE_ID = "more"
"""Id of the row that stands for choices which didn't fit; a flow that pages itself uses `more:<offset>`."""

_LABELS = {
    "en": {"open": "Choose", "more": "More…", "other": "Other"},
    "ar": {"open": "اختر", "more": "المزيد…", "other": "أخرى"},
}


def label(language: str, key: str) -> str:
    """A channel's own few words (a list's button where the flow named none); English for other languages."""
    return _LABELS.get(language[:2], _LABELS["en"])[key]


def clean(text: str) -> str:
    """Text that JSON, UTF-8 and PostgreSQL all accept: no NUL, no other C0 control but line ends, no lone
    surrogate (becomes U+FFFD)."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        "\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text if c >= " " or c in "\n\t"
    ).replace("\x7f", "")


def one_line(text: str) -> str:
    """Cleaned, in one line, without doubled blanks: titles and labels."""
    return _BLANKS.sub(" ", _LINE_BREAKS.sub(" ", clean(text))).strip()


def _joins_previous(char: str) -> bool:
    return (
        char == _ZWJ
        or unicodedata.combining(char) != 0
        or "\ufe00" <= char <= "\ufe0f"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
    )


def safe_cut(text: str, limit: int) -> int:
    """The largest index <= limit where text may be cut without splitting a combined character."""
    if len(text) <= limit:
        return len(text)
    cut = limit
    while cut > 0 and (_joins_previous(text[cut]) or text[cut - 1] == _ZWJ):
        cut -= 1
    return cut or limit


def clip(text: str, limit: int, ellipsis: str = "…") -> str:
    """At most `limit` code points, with an ellipsis where something was cut away."""
    if len(text) <= limit:
        return text
    room = limit - len(ellipsis)
    return text[: safe_cut(text, room)].rstrip() + ellipsis


def split_text(text: str, limit: int) -> list[str]:
    """Parts of at most `limit` code points: cut between paragraphs, else lines, sentences, words, else hard.

    Nothing but white space at the cuts is lost. Empty text gives no part.
    """
    rest = text.strip()
    parts: list[str] = []
    while len(rest) > limit:
        cut = _best_cut(rest, limit)
        part = rest[:cut].rstrip()
        if part:
            parts.append(part)
        rest = rest[cut:].lstrip()
    if rest:
        parts.append(rest)
    return parts


def _best_cut(text: str, limit: int) -> int:
    window = text[: limit + 1]
    for separator in ("\n\n", "\n", ". ", "؟ ", "? ", "! ", " "):
        at = window.rfind(separator, limit // 4, limit + 1)
        if at > 0:
            return min(at + len(separator.rstrip()), limit)
    return safe_cut(text, limit)


def split_for_interactive(text: str, first_limit: int, last_limit: int) -> list[str]:
    """Parts where the last fits under buttons (`last_limit`) and the ones before it are plain messages.

    The last part begins at a paragraph where it can, so that the question stays with its buttons.
    """
    text = text.strip()
    if len(text) <= last_limit:
        return [text]
    tail_start = len(text) - last_limit
    for separator in ("\n\n", "\n", ". ", "؟ ", "? ", "! ", " "):
        at = text.find(separator, tail_start)
        if at != -1 and text[at:].strip() not in {"", separator.strip()}:
            cut = at + len(separator)
            break
    else:
        cut = tail_start
        while cut < len(text) - 1 and (_joins_previous(text[cut]) or text[cut - 1] == _ZWJ):
            cut += 1
    return [*split_text(text[:cut], first_limit), text[cut:].strip()]


def unique_titles(titles: Iterable[str], limit: int) -> list[str]:
    """One line each, at most `limit` code points, none empty, none twice (numbers are put behind repeats)."""
    seen: set[str] = set()
    unique: list[str] = []
    for position, raw in enumerate(titles, 1):
        title = base = clip(one_line(raw) or str(position), limit)
        number = 2
        while title.casefold() in seen:
            suffix = f" {number}"
            title = base[: safe_cut(base, limit - len(suffix))].rstrip() + suffix
            number += 1
        seen.add(title.casefold())
        unique.append(title)
    return unique


def unique_ids(ids: Iterable[str], limit: int) -> list[str]:
    """Ids as they are; one that is too long is shortened by a hash, a repeated one numbered.

    Either is a flow's mistake: the tap comes back under an id it never gave, and its visible title decides.
    """
    seen: set[str] = set()
    unique: list[str] = []
    for raw in ids:
        base = clean(raw)
        if len(base) > limit or not base.strip():
            base = f"{base[: limit - 17]}~{hashlib.sha256(raw.encode('utf-8', 'replace')).hexdigest()[:16]}"
        identifier = base
        number = 2
        while identifier in seen:
            suffix = f"~{number}"
            identifier = base[: limit - len(suffix)] + suffix
            number += 1
        seen.add(identifier)
        unique.append(identifier)
    return unique


def is_https(url: str) -> bool:
    """A link a WhatsApp URL button takes: https on a host, without credentials or blanks."""
    return _scheme(url) == "https"


def is_web_link(url: str) -> bool:
    """A link a customer may be shown at all: http or https on a host, without credentials or blanks."""
    return _scheme(url) in {"http", "https"}


def _scheme(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return ""
    if not usable or any(c.isspace() or c < " " or "\ud800" <= c <= "\udfff" for c in url):
        return ""
    return parts.scheme


def finalize_id(action: Action) -> str:
    """Choice id of an internal Book Now button: `finalize:<booking intent id>:<summary version>`."""
    return f"finalize:{action.booking_intent_id}:{action.summary_version}"


def menu_of(outbound: Outbound) -> tuple[Choice, ...]:
    """Everything a customer may tap, in the order every channel shows and numbers it.

    Internal finalize actions come first, then the choices; a choice that has a finalize action's id already
    stays where the flow put it and isn't shown twice.
    """
    offered = {choice.id for choice in outbound.choices}
    actions = tuple(
        Choice(id=finalize_id(action), title=action.label)
        for action in outbound.actions
        if action.handling == "internal" and finalize_id(action) not in offered
    )
    return actions + outbound.choices


def links_of(outbound: Outbound) -> tuple[tuple[str, str], ...]:
    """(label, url) of the link and of the external finalize actions; unsafe URLs are left out."""
    pairs = [(outbound.link.label, outbound.link.url)] if outbound.link else []
    pairs += [
        (a.label, a.external_url) for a in outbound.actions if a.handling == "external" and a.external_url
    ]
    unique = dict.fromkeys((one_line(name), url) for name, url in pairs if is_web_link(url))
    return tuple(unique)


def with_links(text: str, links: Iterable[tuple[str, str]]) -> str:
    """The text followed by each link in its own line; a URL that the text holds already isn't repeated."""
    lines = [f"{name}: {url}" if name else url for name, url in links if url not in text]
    return "\n\n".join(part for part in (text.strip(), "\n".join(lines)) if part)
