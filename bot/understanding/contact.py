"""Phone number and e-mail address of a text, and what is wrong with a wrong one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.understanding import emails, phones
from bot.understanding.contract import TextFact
from bot.understanding.normalize import Text

_DIGIT = re.compile(r"\d")
_SPOKEN_CONFIDENCE = 0.8


@dataclass(slots=True)
class Contact:
    """What was found; the ranges are blanked in the text."""

    phone: TextFact | None = None
    bad_phone: str | None = None
    wrong_phone: TextFact | None = None
    email: TextFact | None = None
    bad_email: str | None = None


def find_contact(text: Text, region: str, language: str, *, asked_phone: bool, asked_email: bool) -> Contact:
    """Phone and e-mail of a text. A wrong one is reported only where one was asked for or clearly meant."""
    contact = Contact()
    if "@" in text.rest or asked_email or "mail" in text.rest:
        _take_email(text, contact, language, asked=asked_email)
    if len(_DIGIT.findall(text.rest)) >= (3 if asked_phone else 6):
        _take_phone(text, contact, region, language, asked=asked_phone)
    return contact


def _take_email(text: Text, contact: Contact, language: str, *, asked: bool) -> None:
    found = emails.find_email(text, asked=asked)
    if found is None:
        return
    if found.fault:
        contact.bad_email = emails.reason(language, found.fault)
    else:
        confidence = 1.0 if found.rule == "email" else _SPOKEN_CONFIDENCE
        contact.email = TextFact(found.address, text.span(found.start, found.end, found.rule, confidence))
    text.take(found.start, found.end)


def _take_phone(text: Text, contact: Contact, region: str, language: str, *, asked: bool) -> None:
    found = phones.find_phone(text, region, asked=asked)
    if found is None:
        return
    rule = "phone" if found.e164 else "wrong_phone"
    span = text.span(found.start, found.end, rule)
    if found.e164:
        contact.phone = TextFact(found.e164, span)
    else:
        contact.bad_phone = phones.reason(language, found.fault)
        contact.wrong_phone = TextFact(text.original(found.start, found.end), span)
    text.take(found.start, found.end)
