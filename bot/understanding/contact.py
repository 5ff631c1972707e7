"""Phone numbers and e-mail addresses: found, validated with libraries, and if wrong: what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.understanding.contract import TextFact
from bot.understanding.normalize import Text
from bot.understanding.phones import find_phone, reason

_DIGIT = re.compile(r"\d")
_EMAIL = re.compile(r"(?<![\w.%+-])[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_SPOKEN_EMAIL = re.compile(
    r"(?<!\w)[\w.%+-]{1,64}(?:\sdot\s[\w%+-]{1,30}){0,3}\s?(?:@|\(at\)|\[at\]|\sat\s)\s?[\w-]{1,63}(?:\s?(?:\.|\(dot\)|\sdot\s)\s?[\w-]{2,63}){1,3}"
)
_ASCII_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_ASCII_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_EMAIL_REASONS = {
    "en": {
        "at": "it needs one @",
        "local": "the part before the @ isn't right",
        "domain": "the part after the @ isn't right",
    },
    "ar": {
        "at": "ينقصه الرمز @",
        "local": "الجزء قبل @ غير صحيح",
        "domain": "الجزء بعد @ غير صحيح",
    },
}


@dataclass(slots=True)
class Contact:
    """What was found; the ranges are blanked in the text."""

    phone: TextFact | None = None
    bad_phone: str | None = None
    wrong_phone: TextFact | None = None
    email: TextFact | None = None
    bad_email: str | None = None


def _reason(table: dict[str, dict[str, str]], language: str, key: str) -> str:
    return table.get(language, table["en"])[key]


def _email_fault(address: str) -> str | None:
    """None for a usable address, else the key of the reason (RFC 5321 lengths, dot-atom form)."""
    local, at, domain = address.rpartition("@")
    if not at or not local or "@" in local:
        return "at"
    if (
        len(local) > 64
        or not _ASCII_LOCAL.fullmatch(local)
        or local[0] == "."
        or local[-1] == "."
        or ".." in local
    ):
        return "local"
    if len(domain) > 253 or not _ASCII_DOMAIN.fullmatch(domain):
        return "domain"
    return None


def _find_email(text: Text, contact: Contact, language: str, *, asked: bool) -> None:
    if "@" in text.rest:
        for match in _EMAIL.finditer(text.rest):
            end = match.start() + len(match[0].rstrip("._-%+"))
            fault = _email_fault(text.rest[match.start() : end])
            if fault is None:
                written = text.original(match.start(), end)
                value = written if written.isascii() else text.folded[match.start() : end]
                contact.email = TextFact(value, text.span(match.start(), end, "email"))
                text.take(match.start(), end)
                return
            contact.bad_email = _reason(_EMAIL_REASONS, language, fault)
    if asked:
        _find_broken_email(text, contact, language)


def _find_broken_email(text: Text, contact: Contact, language: str) -> None:
    match = _SPOKEN_EMAIL.search(text.rest)
    if match:
        spoken = re.sub(r"\(at\)|\[at\]|\sat\s", "@", match[0])
        address = re.sub(r"\s+", "", re.sub(r"\(dot\)|\sdot\s", ".", spoken))
        if _email_fault(address) is None:
            contact.email = TextFact(address, text.span(match.start(), match.end(), "spoken_email", 0.8))
            contact.bad_email = None
            text.take(match.start(), match.end())
            return
    if contact.bad_email is None:
        words = text.rest.split()
        like_one = [
            w for w in words if "@" in w or re.fullmatch(r"[\w.+-]+\.(?:com|net|org|co|me|edu|kw|sa|ae)", w)
        ]
        if like_one:
            fault = _email_fault(like_one[0]) or "at"
            contact.bad_email = _reason(_EMAIL_REASONS, language, fault)
            start = text.rest.index(like_one[0])
            text.take(start, start + len(like_one[0]))


def _find_phone(text: Text, contact: Contact, region: str, language: str, *, asked: bool) -> None:
    found = find_phone(text, region, asked=asked)
    if found is None:
        return
    rule = "phone" if found.e164 else "wrong_phone"
    span = text.span(found.start, found.end, rule)
    if found.e164:
        contact.phone = TextFact(found.e164, span)
    else:
        contact.bad_phone = reason(language, found.fault)
        contact.wrong_phone = TextFact(text.original(found.start, found.end), span)
    text.take(found.start, found.end)


def find_contact(text: Text, region: str, language: str, *, asked_phone: bool, asked_email: bool) -> Contact:
    """Phone and e-mail of a text. A wrong one is reported only where one was asked for or clearly meant."""
    contact = Contact()
    if "@" in text.rest or asked_email:
        _find_email(text, contact, language, asked=asked_email)
    if len(_DIGIT.findall(text.rest)) >= (3 if asked_phone else 6):
        _find_phone(text, contact, region, language, asked=asked_phone)
    return contact
