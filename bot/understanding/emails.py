"""E-mail addresses in a text: written, spoken ("sara at example dot com"), and if wrong: what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.understanding.normalize import Text
from bot.understanding.words import words

_WRITTEN = re.compile(r"(?<![\w.%+-])[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_DOT = r"(?:\s?\.\s?|\s?\(dot\)\s?|\sdot\s)"
_SIGN = rf"(?:{_DOT}|\s(?:underscore|dash|hyphen|minus|plus)\s)"
_SPOKEN = re.compile(
    rf"(?<![\w@])[\w.%+-]{{1,64}}(?:{_SIGN}[\w%+-]{{1,30}}){{0,3}}\s?(?:@|\(at\)|\[at\]|\sat\s)\s?[\w-]{{1,63}}"
    rf"(?:{_DOT}[\w-]{{2,63}}){{1,3}}"
)
_SPOKEN_SIGNS = (
    (re.compile(r"\s?(?:@|\(at\)|\[at\])\s?|\sat\s"), "@"),
    (re.compile(_DOT), "."),
    (re.compile(r"\sunderscore\s"), "_"),
    (re.compile(r"\s(?:dash|hyphen|minus)\s"), "-"),
    (re.compile(r"\splus\s"), "+"),
)
_WORDS = re.compile(r"\be-?\s?mail\b|\bgmail\b|ايميل|بريد")
_LIKE_ONE = re.compile(r"(?<!\S)(?:\S*@\S*|[\w.+-]+\.(?:com|net|org|co|me|edu|kw|sa|ae))(?!\S)")
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_NO_ENDINGS = words("con cmo ocm comm coom cim vom xom cpm nte ner ogr orf")
"""What fingers make of .com, .net and .org; none of them exists."""
_REASONS = {
    "en": {
        "at": "it needs one @",
        "local": "the part before the @ isn't right",
        "domain": "the part after the @ isn't right",
        "ending": "its ending doesn't exist, perhaps it is .com",
    },
    "ar": {
        "at": "ينقصه الرمز @",
        "local": "الجزء قبل @ غير صحيح",
        "domain": "الجزء بعد @ غير صحيح",
        "ending": "نهايته غير موجودة، يمكن تكون com.",
    },
}


@dataclass(frozen=True, slots=True)
class FoundEmail:
    """An address at a range of the folded text; with a `fault` it is none."""

    start: int
    end: int
    address: str
    rule: str = "email"
    fault: str = ""


def reason(language: str, fault: str) -> str:
    """A fault in words for the customer."""
    return _REASONS.get(language, _REASONS["en"])[fault]


def fault_of(address: str) -> str:
    """Empty for a usable address, else the key of the reason (RFC 5321 lengths, dot-atom form)."""
    local, at, domain = address.rpartition("@")
    if not at or not local or "@" in local:
        return "at"
    dots = local[0] == "." or local[-1] == "." or ".." in local
    if dots or len(local) > 64 or not _LOCAL.fullmatch(local):
        return "local"
    if len(domain) > 253 or not _DOMAIN.fullmatch(domain):
        return "domain"
    return "ending" if domain.rpartition(".")[2] in _NO_ENDINGS else ""


def find_email(text: Text, *, asked: bool) -> FoundEmail | None:
    """The first usable address, else a wrong one. A spoken one counts where one was asked for or is announced."""
    wrong: FoundEmail | None = None
    for match in _WRITTEN.finditer(text.rest) if "@" in text.rest else ():
        end = match.start() + len(match[0].rstrip("._-%+"))
        folded = text.rest[match.start() : end]
        written = text.original(match.start(), end)
        found = FoundEmail(
            match.start(), end, written if written.isascii() else folded, fault=fault_of(folded)
        )
        if not found.fault:
            return found
        wrong = wrong or found
    if asked or _WORDS.search(text.folded):
        return _spoken(text) or wrong or (_like_one(text) if asked else None)
    return wrong


def _spoken(text: Text) -> FoundEmail | None:
    match = _SPOKEN.search(text.rest)
    if match is None:
        return None
    address = match[0]
    for sign, written in _SPOKEN_SIGNS:
        address = sign.sub(written, address)
    return None if fault_of(address) else FoundEmail(match.start(), match.end(), address, "spoken_email")


def _like_one(text: Text) -> FoundEmail | None:
    """What was meant as an address and isn't one."""
    match = _LIKE_ONE.search(text.rest)
    return FoundEmail(match.start(), match.end(), "", fault=fault_of(match[0]) or "at") if match else None
