"""Phone numbers in a text: found and judged with Google's libphonenumber, and if wrong: what is wrong.

A number that can exist where the business is, or that names its country, is taken wherever it stands. One that
can't is told only where a number was asked for or clearly meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

import phonenumbers
from phonenumbers import Leniency, NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult
from phonenumbers.phonenumbermatcher import PhoneNumberMatcher

from bot.understanding.normalize import BLANK, Text

_LEAST = 6
"""Digits of the shortest number anybody has."""
_TRIES = 6
"""Candidates that are parsed in one text. Nobody writes more numbers; strangers' digits only cost time."""
_WINDOW = 300
"""Code points around the first digits that are looked at: a message holds its number near its start."""
_RUN = re.compile(
    r"(?<![\w@./*=#])(?<!\d:)(?:\(?\+\s?|00)?\(?\d[\d\s().\-/+]{4,24}\d"
    r"(?:\s?(?:ext\.?|x|#)\s?\d{1,6})?(?![\w@*]|:\d)"
)
"""Digits that look like a number, whether or not one exists."""
_DATE_LIKE = re.compile(
    r"(?:\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)\d\d|\d{1,2}[-/.]\d{1,2}[-/.]\d{2}|20\d\d[-/. ]\d{1,2}[-/. ]\d{1,2}"
    r"|\d{1,2}\s?-\s?\d{1,2})(?:\s\d{1,4})?"
)
_FULL_DATE = re.compile(r"(?<![\d/.])\d{1,2}([/.])\d{1,2}\1(?:19|20)\d\d(?![\d/.])")
"""Beside a number it would make it longer."""
_PHONE_WORDS = re.compile(
    r"\b(?:phone|mobile|cell|call|whatsapp|telephone|tel|contact|landline|(?:my|the|prefer+ed|his|her) number"
    r"|number(?: is|:)|رقمي|رقم|جوال|جوالي|موبايل|موبايلي|تلفون|تلفوني|هاتف|واتساب|اتصل)\b"
)
_NOT_MEANT = re.compile(r"(?:\bnot|n't|too (?:short|long) to be)\s(?:\w+\s){0,3}phone\b")
_OTHER_NUMBER = re.compile(
    r"(?:\b(?:account|order|booking|reservation|reference|ref|confirmation|card|invoice|civil id|id|pin|passport|vin"
    r"|licen[cs]e|plate|policy|membership|member|case|ticket|tracking|flight)\b|رقم (?:الحساب|الحجز|البطاقه|الطلب)"
    r"|الرقم المدني)(?:\s?(?:number|no\.?|nr|code|#))?(?:\s?(?:is|:|=|#|هو))*\s*$"
)
"""What stands before a number that is another one."""

_REASONS = {
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
_KEPT_FREE = re.compile(r"55501\d{2}(?:\d{3})?")
"""North American numbers that are given to nobody, so that examples may use them: what demos are tried with."""
_PARSE_FAULTS = {
    NumberParseException.INVALID_COUNTRY_CODE: "country",
    NumberParseException.TOO_LONG: "long",
    NumberParseException.TOO_SHORT_NSN: "short",
    NumberParseException.TOO_SHORT_AFTER_IDD: "short",
}
_LENGTH_FAULTS = {
    ValidationResult.TOO_SHORT: "short",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "short",
    ValidationResult.TOO_LONG: "long",
    ValidationResult.INVALID_COUNTRY_CODE: "country",
}


@dataclass(frozen=True, slots=True)
class FoundPhone:
    """A number at a range of the folded text. `e164` is empty where it can't exist: then `fault` says why."""

    start: int
    end: int
    e164: str = ""
    fault: str = ""


def reason(language: str, fault: str) -> str:
    """A fault in words for the customer."""
    return _REASONS.get(language, _REASONS["en"])[fault]


def find_phone(text: Text, region: str, *, asked: bool) -> FoundPhone | None:
    """The first number that exists, else the first that is meant and doesn't."""
    rest = _FULL_DATE.sub(lambda date: BLANK * len(date[0]), text.rest)
    digits = sum(char.isdigit() for char in rest)
    if digits >= _LEAST:
        runs = [run for run in _runs(rest) if not _OTHER_NUMBER.search(rest, 0, run.start())]
        found = _existing(rest, region) or _international(runs, region)
        if found is not None:
            return found
        if not asked and _NOT_MEANT.search(text.folded):
            return None
        meant = asked or _PHONE_WORDS.search(text.folded)
        for run in runs:
            if meant or run[0].lstrip("(").startswith(("+", "00")):
                return FoundPhone(run.start(), run.end(), fault=_fault(run[0], region))
    return _too_short(rest) if asked and digits >= 3 else None


def _existing(rest: str, region: str) -> FoundPhone | None:
    """What libphonenumber takes for a number; it knows dates, times and pages by their look."""
    first = next(position for position, char in enumerate(rest) if char.isdigit())
    base = max(0, first - 20)
    window = rest[base : first + _WINDOW].replace(BLANK, "\n")
    possible = PhoneNumberMatcher(window, region, leniency=Leniency.POSSIBLE, max_tries=_TRIES)
    for match in islice(possible, _TRIES):
        start = base + match.start
        if _DATE_LIKE.fullmatch(match.raw_string.strip()) or _OTHER_NUMBER.search(rest, 0, start):
            continue
        if _exists(match.number):
            return FoundPhone(start, base + match.end, _e164(match.number))
    return None


def _runs(rest: str) -> list[re.Match[str]]:
    found = (run for run in _RUN.finditer(rest) if BLANK not in run[0])
    return [
        run
        for run in found
        if sum(char.isdigit() for char in run[0]) >= _LEAST and not _DATE_LIKE.fullmatch(run[0].strip())
    ][:_TRIES]


def _international(runs: list[re.Match[str]], region: str) -> FoundPhone | None:
    """Numbers with a country's code but without its plus, or with the 00 that other countries dial."""
    for run in runs:
        digits = re.sub(r"[^\d+]", "", re.split(r"[x#]|ext", run[0])[0])
        plus = digits if digits.startswith("+") else "+" + digits.removeprefix("00")
        number = _parsed(plus, region)
        if isinstance(number, PhoneNumber) and _exists(number):
            return FoundPhone(run.start(), run.end(), _e164(number))
    return None


def _parsed(candidate: str, region: str) -> PhoneNumber | str:
    """The number, or the key of the reason why it is none."""
    try:
        return phonenumbers.parse(candidate, region)
    except NumberParseException as error:
        return _PARSE_FAULTS.get(error.error_type, "digits")


def _exists(number: PhoneNumber) -> bool:
    """Whether somebody may have it, or everybody knows that nobody has."""
    return phonenumbers.is_valid_number(number) or (
        number.country_code == 1 and _KEPT_FREE.fullmatch(str(number.national_number)) is not None
    )


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _fault(candidate: str, region: str) -> str:
    digits = re.sub(r"[^\d+]", "", candidate)
    number = _parsed(digits if not digits.startswith("00") else "+" + digits[2:], region)
    if isinstance(number, str):
        return number
    return _LENGTH_FAULTS.get(phonenumbers.is_possible_number_with_reason(number), "invalid")


def _too_short(rest: str) -> FoundPhone | None:
    """A few digits alone, where a number was asked for."""
    plain = rest.replace(BLANK, " ")
    short = re.fullmatch(r"[\s.!,]*(?:my number is |it's |it is |its )?(\+?\d[\d -]{2,20})[\s.!,]*", plain)
    return FoundPhone(short.start(1), short.end(1), fault="short") if short else None
