"""A language model's answer, read with the suspicion it deserves, and laid over what the rules found.

The same validators as for the rules' own facts: ids of this catalog, days and times in range, phone and e-mail by
the same libraries, a name that can be one. And one more: every fact names the words it was read from, and words
that don't stand in the message make it void. What the rules found stays; a model only fills gaps. There is no way
to a yes, a no, a price or a payment from here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

from rapidfuzz import fuzz

from bot.messages import Choice
from bot.understanding.answered_names import find_answered_name
from bot.understanding.contact import Contact, find_contact
from bot.understanding.contract import (
    DayFact,
    DayPart,
    Intent,
    Match,
    Span,
    TextFact,
    TimeFact,
    Understanding,
    UnderstandingContext,
)
from bot.understanding.doubt import doubt
from bot.understanding.llm import HelpSource, JsonObject
from bot.understanding.llm_question import ALLOWED_INTENTS, Codes, codes_of, masked, question
from bot.understanding.normalize import Text, fold
from bot.understanding.understand import understand
from bot.understanding.words import FILLERS, POLITE, QUESTION_WORDS
from bot.workspace import SlotKind

CONFIDENCE = 0.6
"""Of every fact from a model: less than any rule that read a word."""
DAYS_AHEAD = 370
LONGEST_RANGE = timedelta(days=31)
MOST_MENTIONS = 8
_EMPTY = FILLERS | POLITE | QUESTION_WORDS
"""Words from which nothing can be read."""
_LIKE_A_NAME = 60
"""Likeness (0-100) of the written words to a person's name: names can't be paraphrased."""
MOST_CODES = 10
"""A mention that may mean more than that means nothing."""

T = TypeVar("T")


def helped(
    text: str,
    context: UnderstandingContext,
    help_source: HelpSource,
    read: Callable[[str, UnderstandingContext], Understanding] = understand,
) -> Understanding:
    """What the rules hear, and where they are unsure what a model hears on top. Raises llm.NeedHelp."""
    u = read(text, context)
    why = doubt(text, u, context)
    if why is None:
        return u
    asked = replace(question(text, u, context, why), accepts=lambda given: _adds(text, u, context, given))
    answer = help_source.answer(asked)
    return u if answer is None else merged(text, u, context, answer)


def _adds(text: str, u: Understanding, context: UnderstandingContext, answer: JsonObject) -> bool:
    """Whether anything of the answer holds that the rules didn't have."""
    return replace(merged(text, u, context, answer), trace=u.trace) != u


@dataclass(slots=True)
class _Heard:
    """What of an answer holds."""

    intents: list[Intent] = field(default_factory=list)
    services: list[tuple[Match, ...]] = field(default_factory=list)
    locations: list[Match] = field(default_factory=list)
    staff: list[Match] = field(default_factory=list)
    choice: Choice | None = None
    day: DayFact | None = None
    time: TimeFact | None = None
    name: TextFact | None = None
    phone: TextFact | None = None
    email: TextFact | None = None
    dropped: list[str] = field(default_factory=list)


def merged(text: str, u: Understanding, context: UnderstandingContext, answer: JsonObject) -> Understanding:
    """The rules' understanding with a model's facts where it had none. Any answer, however mad, is safe here."""
    reading = _Reading(masked(text, u), context, codes_of(text, context), answer)
    heard = reading.heard()
    trace = [*u.trace, *reading.trace()]
    services = u.services or tuple(heard.services)
    filled = replace(
        u,
        intents=u.intents or tuple(heard.intents),
        services=services,
        locations=u.locations or tuple(heard.locations),
        staff=u.staff or (() if u.any_staff else tuple(heard.staff)),
        days=u.days or ((heard.day,) if heard.day else ()),
        times=u.times or ((heard.time,) if heard.time else ()),
        name=u.name or heard.name,
        phone=u.phone or heard.phone,
        bad_phone=None if heard.phone else u.bad_phone,
        email=u.email or heard.email,
        bad_email=None if heard.email else u.bad_email,
        trace=tuple(trace),
    )
    if services and not u.services:
        filled = replace(filled, unknown_service=None, near_services=())
    if heard.choice is not None and u.choice is None and not u.choices and not _any_fact(filled):
        filled = replace(filled, choice=heard.choice, choices=(heard.choice,))
    return filled


def _any_fact(u: Understanding) -> bool:
    return bool(u.services or u.locations or u.staff or u.days or u.times or u.name or u.phone or u.email)


class _Reading:
    """One answer being checked field by field."""

    def __init__(
        self, text: str, context: UnderstandingContext, codes: Codes, answer: Mapping[str, Any]
    ) -> None:
        self._text = Text(text)
        self._context = context
        self._codes = codes
        self._answer = answer
        self._heard = _Heard()

    def heard(self) -> _Heard:
        heard, catalog = self._heard, self._context.catalog
        heard.intents = self._intents()
        heard.services = list(self._mentions("services", self._codes.services, catalog.services))
        heard.locations = self._one_each("places", self._codes.locations, catalog.locations)
        heard.staff = [
            match
            for match in self._one_each("people", self._codes.staff, catalog.staff)
            if self._named(match)
        ]
        choice = self._answer.get("choice")
        heard.choice = self._codes.choices.get(choice) if isinstance(choice, str) else None
        heard.day = self._fact("day", self._day)
        heard.time = self._fact("time", self._time)
        heard.name = self._fact("name", self._name)
        heard.phone = self._fact("phone", self._phone)
        heard.email = self._fact("email", self._email)
        return heard

    def trace(self) -> list[str]:
        heard = self._heard
        found = {
            "service": heard.services, "place": heard.locations, "person": heard.staff, "choice": heard.choice,
            "day": heard.day, "time": heard.time, "name": heard.name, "phone": heard.phone, "email": heard.email,
        }  # fmt: skip
        told = [f"llm:{name}" for name, value in found.items() if value]
        told += [f"llm:{intent.value}" for intent in heard.intents]
        return [*(told or ["llm:nothing"]), *(f"llm_dropped:{name}" for name in heard.dropped)]

    def _span(self, said: object, rule: str) -> Span | None:
        """Where the words stand in the message; None: they don't."""
        folded = " ".join(fold(said[:300]).split()) if isinstance(said, str) else ""
        start = self._text.folded.find(folded) if folded else -1
        if start < 0 or all(word in _EMPTY for word in folded.split()):
            return None
        return self._text.span(start, start + len(folded), rule, CONFIDENCE)

    def _intents(self) -> list[Intent]:
        wanted = self._answer.get("wants")
        given = wanted[:MOST_MENTIONS] if isinstance(wanted, list) else []
        return [intent for intent in ALLOWED_INTENTS if intent.value in given]

    def _mentions(
        self, name: str, codes: Mapping[str, UUID], known: Mapping[UUID, object]
    ) -> Iterable[tuple[Match, ...]]:
        given = self._answer.get(name)
        for each in given[:MOST_MENTIONS] if isinstance(given, list) else ():
            span = self._span(each.get("said"), f"llm_{name}") if isinstance(each, dict) else None
            pointed = each.get("codes") if isinstance(each, dict) else None
            ids = [codes[code] for code in _strings(pointed) if code in codes and codes[code] in known]
            unique = list(dict.fromkeys(ids))
            if span is None or not unique or len(unique) > MOST_CODES:
                self._heard.dropped.append(name)
                continue
            yield tuple(Match(one, span) for one in unique)

    def _one_each(self, name: str, codes: Mapping[str, UUID], known: Mapping[UUID, object]) -> list[Match]:
        """Places and people: several on one span are told apart by the flow, which asks."""
        return [match for mention in self._mentions(name, codes, known) for match in mention]

    def _named(self, match: Match) -> bool:
        """Whether the words look like the person's name, in either script."""
        person = self._context.catalog.staff[match.id]
        said = fold(self._text.raw[match.span.start : match.span.end])
        names = (*person.names.values(), *person.aliases)
        return any(fuzz.partial_ratio(said, fold(name)) >= _LIKE_A_NAME for name in names)

    def _fact(self, name: str, read: Callable[[Mapping[str, Any], Span], T | None]) -> T | None:
        given = self._answer.get(name)
        if given is None:
            return None
        span = self._span(given.get("said"), f"llm_{name}") if isinstance(given, dict) else None
        fact = read(given, span) if span is not None else None
        if fact is None:
            self._heard.dropped.append(name)
        return fact

    def _day(self, given: Mapping[str, Any], span: Span) -> DayFact | None:
        first, last = _date(given.get("first")), _date(given.get("last"))
        today = self._context.now.astimezone(self._context.zone).date()
        if first is None or not today <= first <= today + timedelta(days=DAYS_AHEAD):
            return None
        if last is not None and not first < last <= first + LONGEST_RANGE:
            last = None
        return DayFact(first, span, last_day=last)

    def _time(self, given: Mapping[str, Any], span: Span) -> TimeFact | None:
        start, until = _clock(given.get("start")), _clock(given.get("until"))
        part = given.get("part")
        known = DayPart(part) if isinstance(part, str) and part in set(DayPart) else None
        if start is not None and until is not None and until <= start:
            until = None
        if start is None and until is None and known is None:
            return None
        return TimeFact(span, at=start, until=until, part=known if start is None else None)

    def _name(self, given: Mapping[str, Any], span: Span) -> TextFact | None:
        """A name that stands in the message and that the rules would take as an answer."""
        value = given.get("value")
        own = self._span(value, "llm_name") if self._asked(SlotKind.NAME) else None
        fact = find_answered_name(Text(value)) if own is not None and isinstance(value, str) else None
        return TextFact(fact.value, own or span) if fact is not None else None

    def _asked(self, kind: SlotKind) -> bool:
        return self._context.asked is kind

    def _phone(self, given: Mapping[str, Any], span: Span) -> TextFact | None:
        """Asked for only. Digits that were written are those of the number; spelled ones can't be compared."""
        found = self._contact(given) if self._asked(SlotKind.PHONE) else None
        if found is None or found.phone is None:
            return None
        written = "".join(c for c in fold(str(given.get("said"))) if c.isdigit())
        if written and not found.phone.value.endswith(written.lstrip("0")[-8:]):
            return None
        return TextFact(found.phone.value, span)

    def _email(self, given: Mapping[str, Any], span: Span) -> TextFact | None:
        """Asked for only, and made of the letters that were written ("sara at example dot com")."""
        found = self._contact(given) if self._asked(SlotKind.EMAIL) else None
        if found is None or found.email is None:
            return None
        letters = "".join(fold(str(given.get("said"))).split())
        parts = re.findall(r"[^\W_]+", fold(found.email.value))
        return TextFact(found.email.value, span) if all(part in letters for part in parts) else None

    def _contact(self, given: Mapping[str, Any]) -> Contact | None:
        value = given.get("value")
        if not isinstance(value, str) or len(value) > 200:
            return None
        context = self._context
        return find_contact(Text(value), context.region, context.language, asked_phone=True, asked_email=True)


def _strings(value: object) -> list[str]:
    return [one for one in value[:50] if isinstance(one, str)] if isinstance(value, list) else []


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _clock(value: object) -> time | None:
    """HH:MM, nothing finer and no zone."""
    try:
        return time.fromisoformat(value) if isinstance(value, str) and len(value) == 5 else None
    except ValueError:
        return None
