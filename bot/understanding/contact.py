"""Phone numbers and e-mail addresses: found, validated with libraries, and if wrong: what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from bot.understanding.contract import TextFact
from bot.understanding.normalize import BLANK, Text

_PHONE = re.compile(r"(?<![\w@./:])(?:\+\s?|00)?\(?\d[\d\s().\-/]{4,22}\d(?![\w@:])")
_NOT_PHONE = re.compile(
    r"(?:\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|20\d\d[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}\s?-\s?\d{1,2})(?:\s\d{1,4})?"
)
_EMAIL = re.compile(r"(?<![\w.%+-])[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_SPOKEN_EMAIL = re.compile(
    r"(?<!\w)[\w.%+-]{1,64}\s?(?:@|\(at\)|\[at\]|\sat\s)\s?[\w-]{1,63}(?:\s?(?:\.|\(dot\)|\sdot\s)\s?[\w-]{2,63}){1,3}"
)
_ASCII_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_ASCII_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_PHONE_WORDS = re.compile(r"\b(?:phone|number|mobile|call|whatsapp|tel|cell|رقم|رقمي|جوال|موبايل|تلفون)\b")

_PHONE_REASONS = {
    "en": {
        "short": "it has too few digits",
        "long": "it has too many digits",
        "country": "its country code doesn't exist",
        "digits": "it has no digits",
        "invalid": "no such number can exist",
    },
    "ar": {
        "short": "عدد أرقامه أقل من المطلوب",
        "long": "عدد أرقامه أكثر من المطلوب",
        "country": "مفتاح الدولة غير موجود",
        "digits": "لا توجد فيه أرقام",
        "invalid": "هذا الرقم غير صحيح",
    },
}
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


def _phone_fault(number: PhoneNumber) -> str:
    result = phonenumbers.is_possible_number_with_reason(number)
    if result in {ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY}:
        return "short"
    if result == ValidationResult.TOO_LONG:
        return "long"
    return "country" if result == ValidationResult.INVALID_COUNTRY_CODE else "invalid"


def _parse(candidate: str, region: str) -> PhoneNumber | str:
    """A valid number, or the key of the reason why it isn't one."""
    digits = re.sub(r"[^\d+]", "", candidate)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    fault = "invalid"
    attempts = [digits] if digits.startswith("+") else [digits, "+" + digits]
    for index, attempt in enumerate(attempts):
        try:
            number = phonenumbers.parse(attempt, region)
        except NumberParseException as error:
            if index == 0:
                fault = {
                    NumberParseException.INVALID_COUNTRY_CODE: "country",
                    NumberParseException.TOO_LONG: "long",
                    NumberParseException.TOO_SHORT_NSN: "short",
                    NumberParseException.TOO_SHORT_AFTER_IDD: "short",
                }.get(error.error_type, "digits")
            continue
        if phonenumbers.is_valid_number(number):
            return number
        if index == 0:
            fault = _phone_fault(number)
    return fault


def _find_phone(text: Text, contact: Contact, region: str, language: str, *, asked: bool) -> None:
    for match in list(_PHONE.finditer(text.rest)):
        candidate = match[0]
        digits = sum(char.isdigit() for char in candidate)
        if digits < 6 or BLANK in candidate or _NOT_PHONE.fullmatch(candidate.strip()):
            continue
        number = _parse(candidate, region)
        if isinstance(number, PhoneNumber):
            value = phonenumbers.format_number(number, PhoneNumberFormat.E164)
            contact.phone = TextFact(value, text.span(match.start(), match.end(), "phone"))
            contact.bad_phone = None
            text.take(match.start(), match.end())
            return
        meant = asked or candidate[0] == "+" or candidate.startswith("00") or _PHONE_WORDS.search(text.folded)
        if meant and digits >= 6:
            contact.bad_phone = _reason(_PHONE_REASONS, language, number)
            text.take(match.start(), match.end())
            return
    if asked and contact.phone is None:
        plain = text.rest.replace(BLANK, " ").strip(" .!,")
        short = re.fullmatch(r"(?:my number is |it's |its )?\+?[\d -]{3,20}", plain)
        if short and sum(char.isdigit() for char in plain) >= 3:
            contact.bad_phone = _reason(_PHONE_REASONS, language, "short")


def find_contact(text: Text, region: str, language: str, *, asked_phone: bool, asked_email: bool) -> Contact:
    """Phone and e-mail of a text. A wrong one is reported only where one was asked for or clearly meant."""
    contact = Contact()
    if "@" in text.rest or asked_email:
        _find_email(text, contact, language, asked=asked_email)
    if sum(char.isdigit() for char in text.rest) >= (3 if asked_phone else 6):
        _find_phone(text, contact, region, language, asked=asked_phone)
    return contact
