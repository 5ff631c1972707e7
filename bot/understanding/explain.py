"""Why a message was understood as it was: each fact with the rule that found it and its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.understanding.contract import DayFact, Span, TimeFact, Understanding
from bot.understanding.phrases import Cue
from bot.understanding.reading import Facts, Reading

_ANSWERS = frozenset((Cue.YES, Cue.SOFT_YES, Cue.NO, Cue.SOFT_NO, Cue.UNSURE))


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact of a message, for people who look into it."""

    fact: str
    """What kind: "day", "service", "intent" ..."""
    value: str
    """As read; ids of the catalog as they are."""
    span: Span
    """Where it was said, the rule, and how sure."""


def explain(heard: Understanding) -> tuple[Reason, ...]:
    """Every fact with its reason, in the order of the text."""
    return tuple(
        sorted(_reasons(heard), key=lambda reason: (reason.span.start, reason.span.end, reason.fact))
    )


def _reasons(heard: Understanding) -> Iterator[Reason]:
    for kind, mentions in (
        ("location", [[match] for match in heard.locations]),
        ("service", heard.services),
        ("service taken out", heard.removed),
        ("person", [[match] for match in heard.staff]),
        ("payment", [[match] for match in heard.payment_types]),
    ):
        for mention in mentions:
            if mention:
                yield Reason(kind, " or ".join(str(match.id) for match in mention), mention[0].span)
    for day in heard.days:
        yield Reason("day", _day(day), day.span)
    for time in heard.times:
        yield Reason("time", _time(time), time.span)
    for kind, text in (
        ("name", heard.name),
        ("phone", heard.phone),
        ("wrong phone", heard.wrong_phone),
        ("email", heard.email),
        ("size", heard.size_hint),
        ("unknown service", heard.unknown_service),
    ):
        if text is not None:
            yield Reason(kind, text.value, text.span)
    if heard.need is not None:
        yield Reason("need", heard.need.phrase, heard.need.span)
    if heard.party is not None:
        yield Reason("party", str(heard.party.people), heard.party.span)
    if heard.safety is not None:
        yield Reason("safety", heard.safety.kind.value, heard.safety.span)
    for span in heard.phrases:
        kind, _, value = span.rule.partition("_")
        yield Reason(kind, value, span)


def _day(day: DayFact) -> str:
    told = f"{day.day} to {day.last_day}" if day.last_day else f"{day.day}"
    return f"{told}, weekday and date disagree" if day.conflict else told


def _time(time: TimeFact) -> str:
    if time.earliest or time.latest:
        return "earliest" if time.earliest else "latest"
    if time.part is not None:
        return time.part.value
    first = f"{time.at:%H:%M}" if time.at else ""
    last = f" until {time.until:%H:%M}" if time.until else ""
    return f"{first}{last}{', half of the day open' if time.ambiguous_half else ''}".strip()


def answer_spans(reading: Reading) -> tuple[Span, ...]:
    """Where yes, no or doubt was said."""
    said = [hit for hit in reading.hits if hit.label in _ANSWERS]
    return tuple(reading.text.span(*reading.range(hit), f"answer_{hit.label}") for hit in said)


def trace_of(reading: Reading, facts: Facts) -> list[str]:
    """Rules with their ranges, in the text's order, then the phrases: for logs, no word of the customer."""
    spans: list[Span] = [m.matches(reading.text)[0].span for m in facts.mentions.all() if m.ids]
    spans += [fact.span for _, _, fact in facts.days]
    spans += [fact.span for _, _, fact in facts.times]
    spans += [f.span for f in (facts.name, facts.contact.phone, facts.contact.email) if f]
    ordered = sorted(spans, key=lambda span: (span.start, span.end))
    return [f"{span.rule}@{span.start}-{span.end}" for span in ordered] + [
        str(hit.label) for hit in reading.hits
    ]
