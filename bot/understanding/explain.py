"""Why a message was understood as it was: each fact with the rule that found it and its words."""

from __future__ import annotations

from bot.understanding.contract import Span
from bot.understanding.reading import Facts, Reading


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
