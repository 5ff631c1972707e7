"""The benchmark's lines: one turn in, one prediction out. How our facts are told in its slots; pure.

A line in: `id`, `utterance`, and as far as known `lang`, `reference_time` (local clock), `timezone`, `date_order`
(MDY or DMY), `region`, `system` (what was said before), `asked_slot`, `asked_slots`, `catalog` (names per kind)
and `catalog_aliases`. A line out: `id`, `slots`, `polarity`, `intents`, `latency_us`, `error`. Slots hold what
this turn says: dates ISO, times HH:MM, ranges joined by "/", names as the catalog spells them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Annotated, Any
from uuid import NAMESPACE_OID, UUID, uuid5
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.catalog import Catalog, Location, Service, Staff
from bot.understanding.contract import (
    DayFact,
    Intent,
    Match,
    TextFact,
    TimeFact,
    Understanding,
    UnderstandingContext,
)
from bot.understanding.when.clock_words import END_OF_DAY
from bot.workspace import SlotKind

_OURS = NAMESPACE_OID
_NO_REFERENCE = datetime(2026, 1, 1, 9, tzinfo=UTC)
"""For turns without a reference: whatever day they name is not asked for."""
_REGION_BY_ORDER = {"MDY": "US", "DMY": "GB"}
_ASKED = {
    "date": SlotKind.TIME,
    "time": SlotKind.TIME,
    "location": SlotKind.LOCATION,
    "venue": SlotKind.LOCATION,
    "staff": SlotKind.STAFF,
    "service": SlotKind.SERVICES,
    "name": SlotKind.NAME,
    "phone": SlotKind.PHONE,
    "email": SlotKind.EMAIL,
    "people": SlotKind.NUMBER,
}
_CLOSED_QUESTIONS = frozenset(("CONFIRM", "OFFER_INTENT", "REQ_MORE"))
"""Acts of the benchmark's systems that a yes or a no answers."""
_NAME_QUESTION = re.compile(
    r"\b(?:your|his|her|their|(?:child|daughter|son|guest)'?s) (?:full |first |last )?name\b|^name\b",
    re.IGNORECASE,
)
"""What was said before asks for a name, though the turn's line doesn't tell."""
_INTENTS = {
    Intent.CANCEL: "cancel",
    Intent.CHANGE: "change",
    Intent.RESCHEDULE: "change",
    Intent.GREETING: "greet",
    Intent.THANKS: "thanks",
    Intent.GOODBYE: "goodbye",
    Intent.DONE: "goodbye",
    Intent.HUMAN: "handoff",
    Intent.ALTERNATIVES: "alternatives",
    Intent.MORE: "alternatives",
}


def _without_nulls(value: Any) -> Any:
    """A mapping without what is null in it; null itself is empty."""
    return (
        {key: one for key, one in value.items() if one is not None}
        if isinstance(value, dict)
        else value or {}
    )


def _listed(value: Any) -> Any:
    return [] if value is None else value


def _english(value: Any) -> Any:
    return value or "en"


def _acts_by_name(value: Any) -> Any:
    """Acts come as names or as objects with an `act`."""
    return [one.get("act", "") if isinstance(one, dict) else one for one in value or ()]


_Names = Annotated[dict[str, list[str]], BeforeValidator(_without_nulls)]
_Aliases = Annotated[dict[str, dict[str, list[str]]], BeforeValidator(_without_nulls)]


class Turn(BaseModel):
    """One line of the benchmark. What we don't use is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    utterance: str
    lang: Annotated[str, BeforeValidator(_english)] = "en"
    reference_time: datetime | None = None
    timezone: str | None = None
    date_order: str | None = None
    region: str | None = None
    system: str | None = None
    asked_slot: str | None = None
    asked_slots: Annotated[list[str], BeforeValidator(_listed)] = Field(default_factory=list)
    system_acts: Annotated[list[str], BeforeValidator(_acts_by_name)] = Field(default_factory=list)
    catalog: _Names = Field(default_factory=dict)
    catalog_aliases: _Aliases = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inventory:
    """A turn's names as a catalog of ours, and the way back from an id to kind and spelling."""

    catalog: Catalog
    spelt: Mapping[UUID, tuple[str, str]] = field(default_factory=dict)


def inventory_of(names: Mapping[str, list[str]], aliases: Mapping[str, Mapping[str, list[str]]]) -> Inventory:
    """Names as a catalog. Venues become places, so that their words are taken; no slot tells them."""
    spelt: dict[UUID, tuple[str, str]] = {}

    def listed(kind: str) -> Iterable[tuple[UUID, str, tuple[str, ...]]]:
        for name in dict.fromkeys(names.get(kind) or ()):
            key = uuid5(_OURS, f"{kind} {name}")
            spelt[key] = (kind, name)
            yield key, name, tuple(aliases.get(kind, {}).get(name, ()))

    everywhere = uuid5(_OURS, "everywhere")
    places = {
        key: Location(key, name, {"en": name}, also)
        for kind in ("location", "venue")
        for key, name, also in listed(kind)
    }
    services = {
        key: Service(key, name, {"en": name}, 30, 0, frozenset((everywhere,)), aliases=also)
        for key, name, also in listed("service")
    }
    staff = {
        key: Staff(key, name, {"en": name}, everywhere, frozenset(services), also)
        for key, name, also in listed("staff")
    }
    return Inventory(Catalog(everywhere, 1, "USD", places, {}, services, staff), spelt)


def context_of(turn: Turn, inventory: Inventory) -> UnderstandingContext:
    """What we would know at that turn. Raises KeyError's kin ZoneInfoNotFoundError for an unknown zone."""
    zone = ZoneInfo(turn.timezone or "UTC")
    now = turn.reference_time or _NO_REFERENCE
    asked = next((_ASKED[slot] for slot in _asked_slots(turn) if slot in _ASKED), None)
    if asked is None and _NAME_QUESTION.search(turn.system or ""):
        asked = SlotKind.NAME
    return UnderstandingContext(
        now=now if now.tzinfo else now.replace(tzinfo=zone),
        zone=zone,
        region=turn.region or _REGION_BY_ORDER.get(turn.date_order or "", "US"),
        catalog=inventory.catalog,
        language=turn.lang,
        asked=asked,
        yes_no_open=_yes_no_open(turn),
    )


def _asked_slots(turn: Turn) -> list[str]:
    return [slot for slot in (turn.asked_slot, *turn.asked_slots) if slot]


def _yes_no_open(turn: Turn) -> bool:
    """Whether what was said before can be accepted or refused."""
    if turn.system_acts:
        acts = set(turn.system_acts)
        return bool(acts & _CLOSED_QUESTIONS) or {"OFFER", "NOTIFY_FAILURE"} <= acts
    question = (turn.system or "").rstrip().endswith("?")
    return question and (not turn.asked_slot or "confirm" in _asked_slots(turn))


def _answer(turn: Turn, heard: Understanding) -> str | None:
    """The yes or no. To "which?" it is none; to "anything else?" a yes is the wish that comes with it.

    "That's all" refuses what is offered beyond, not what was summed up.
    """
    said = heard.polarity if heard.polarity is not None else heard.leaning
    if said is None and Intent.DONE in heard.intents and {"REQ_MORE", "OFFER_INTENT"} & set(turn.system_acts):
        said = False
    if said is None or (turn.system and not _yes_no_open(turn)) or (said and "REQ_MORE" in turn.system_acts):
        return None
    return "yes" if said else "no"


def prediction_of(turn: Turn, heard: Understanding, inventory: Inventory) -> dict[str, Any]:
    """The line out, without its latency."""
    return {
        "id": turn.id,
        "slots": slots_of(heard, inventory),
        "polarity": _answer(turn, heard),
        "intents": sorted({_INTENTS[intent] for intent in heard.intents if intent in _INTENTS}),
        "latency_us": None,
        "error": None,
    }


def failure_of(turn_id: str | None, error: str) -> dict[str, Any]:
    """The line out for a line that can't be read."""
    return {
        "id": turn_id,
        "slots": {},
        "polarity": None,
        "intents": [],
        "latency_us": None,
        "error": error,
    }


def slots_of(heard: Understanding, inventory: Inventory) -> dict[str, list[str]]:
    """The facts as slots. An ambiguous mention names nothing: we would ask."""
    slots: dict[str, list[str]] = {}

    def tell(slot: str, value: str) -> None:
        values = slots.setdefault(slot, [])
        if value not in values:
            values.append(value)

    for slot, value in (*map(_day, heard.days), *filter(None, map(_time, heard.times))):
        tell(slot, value)
    wanted = (mention for mention in heard.services if mention not in heard.removed)
    for mention in (*_mentions(heard.locations), *_mentions(heard.staff), *wanted):
        kind, name = inventory.spelt[mention[0].id]
        if len(mention) == 1 and kind != "venue":
            tell(kind, name)
    for slot, fact in (
        ("name", heard.name),
        ("phone", heard.phone or heard.wrong_phone),
        ("email", heard.email),
    ):
        if fact is not None:
            tell(slot, fact.value)
    if heard.party is not None:
        tell("people", str(heard.party.people))
    return slots


def _day(fact: DayFact) -> tuple[str, str]:
    """The benchmark takes a day without a year that is over for the next year's; we would ask or refuse."""
    first, last = fact.next_year or fact.day, fact.last_day
    if last is None:
        return "date", f"{first}"
    return "date_range", f"{first}/{last + (first - fact.day)}"


def _time(fact: TimeFact) -> tuple[str, str] | None:
    """An open end ("after 5", "before 3") is told as the time that was said; "any time" is none."""
    if fact.part is not None:
        return "part_of_day", fact.part.value
    at, until = fact.at, fact.until
    if until == END_OF_DAY:
        at, until = (None, None) if at == time(0) else (at, None)
    if at is None:
        at, until = until, None
    if at is None:
        return None
    if until is not None:
        return "time_range", f"{at:%H:%M}/{until:%H:%M}"
    return "time", f"{at:%H:%M}"


def _mentions(matches: Iterable[Match]) -> list[list[Match]]:
    """Matches by the place where they stand: several on one span are one mention."""
    by_place: dict[tuple[int, int], list[Match]] = {}
    for match in matches:
        by_place.setdefault((match.span.start, match.span.end), []).append(match)
    return list(by_place.values())


def explain(heard: Understanding, inventory: Inventory) -> list[str]:
    """A line per fact: what it is, its value, the rule that found it, where in the text and how sure."""

    def line(kind: str, value: str, fact: DayFact | TimeFact | TextFact | Match) -> str:
        span = fact.span
        return f"{kind} = {value}  [{span.rule} {span.start}-{span.end}, {span.confidence:.2f}]"

    told = [line(*_day(day), day) for day in heard.days]
    told += [line(*(_time(one) or ("time", "first or last")), one) for one in heard.times]
    matches = (*heard.locations, *heard.staff, *(one for mention in heard.services for one in mention))
    told += [line(*inventory.spelt[match.id], match) for match in matches]
    texts = {
        "name": heard.name,
        "phone": heard.phone or heard.wrong_phone,
        "email": heard.email,
        "unknown service": heard.unknown_service,
    }
    told += [line(kind, fact.value, fact) for kind, fact in texts.items() if fact is not None]
    if heard.party is not None:
        told.append(f"people = {heard.party.people}  [{heard.party.span.rule}]")
    if heard.need is not None:
        told.append(f"need = {heard.need.value}  [{heard.need.span.rule}]")
    told += [f"{name} = {value}" for name, value in _unplaced(heard).items() if value]
    return told


def _unplaced(heard: Understanding) -> dict[str, str]:
    yes_or_no = {True: "yes", False: "no", None: ""}
    return {
        "answer": yes_or_no[heard.polarity],
        "leaning": yes_or_no[heard.leaning] if heard.polarity is None else "",
        "intents": ", ".join(heard.intents),
        "anyone": "yes" if heard.any_staff else "",
        "bad phone": heard.bad_phone or "",
        "bad e-mail": heard.bad_email or "",
        "not understood": heard.leftover,
    }
