"""Why the bot said this: a turn's trace in plain words, with the words of the customer that each fact came from.

A trace is a list of rules (`service_name@0-12`, a rule and where in the line it was found), labels (`greeting`,
`faq:0`) and, last, the state that the answer left (`state:ask_name`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.console import wording

_SPAN = re.compile(r"^(?P<rule>[^@]+)@(?P<start>\d+)-(?P<end>\d+)$")
# The first that a rule's name contains says what kind of fact it is.
_KINDS = (
    ("service", "Service"), ("size", "Size"), ("location", "Location"), ("place", "Location"), ("staff", "Person"),
    ("person", "Person"), ("payment", "Payment"), ("email", "E-mail"), ("phone", "Phone"), ("day", "Day"),
    ("date", "Day"), ("week", "Day"), ("month", "Day"), ("name", "Name"), ("clock", "Time"), ("time", "Time"),
    ("hour", "Time"), ("part", "Time"), ("number", "Number"), ("party", "People"), ("people", "People"),
)  # fmt: skip
_LABELS = {
    "greeting": "The customer said hello",
    "thanks": "The customer said thanks",
    "yes": "That was a yes",
    "soft_yes": "That was a yes, a soft one",
    "no": "That was a no",
    "soft_no": "That was a no, a soft one",
    "unsure": "The customer wasn't sure",
    "anyone": "Anyone of the team will do",
    "after_hours": "Nobody of the team is there at this hour",
    "with_human": "A person has the talk, so the bot only reads",
    "too_many": "Too many messages in a minute: answered once",
    "opted_out": "The customer doesn't want messages",
    "human": "The customer wants a person",
    "stop": "The customer asked not to be written to",
    "start": "The customer wants messages again",
    "rephrased": "A language model put it in other words",
    "rephrase_dropped": "A language model's wording was not used: it changed a fact",
    "time_taken_at_commit": "The time was taken at the last moment",
    "voice": "Written down from a voice note",
    "question:unknown": "A question that nothing is known about",
    "human:limit": "Handed to a person often enough for an hour",
    "human:quiet": "No person has spoken for a while: the bot answers again",
    "help:carrier": "The carrier answered already",
    "proof:yes": "The code and the contact fit",
    "proof:no": "The code and the contact don't fit",
}
_PREFIXES = {
    "faq": "Answered from the questions and answers of the business, entry",
    "question": "A question about",
    "tap": "Tapped",
    "answer": "The booking system answered:",
    "operator": "By a person:",
    "safety": "Safety line:",
    "ignored": "Nothing to be read in:",
    "need": "Described a need:",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of an explanation. said: the customer's own words, to be shown as his; rule: for who looks deeper."""

    text: str
    said: str = ""
    rule: str = ""


def reasons(trace: Sequence[str], lines: Sequence[str]) -> list[Reason]:
    """lines: what the customer wrote in this turn. Words are shown only where it is certain whose they are."""
    return [_reason(one, lines) for one in trace]


def _reason(one: str, lines: Sequence[str]) -> Reason:
    if found := _SPAN.match(one):
        said = lines[0][int(found["start"]) : int(found["end"])] if len(lines) == 1 else ""
        return Reason(_kind(found["rule"]), said, found["rule"])
    if one in _LABELS:
        return Reason(_LABELS[one], rule=one)
    head, _, rest = one.partition(":")
    if head == "state":
        return Reason(f"Then: {wording.bot_state(rest).lower()}", rule=one)
    if head in _PREFIXES and rest:
        told = str(int(rest) + 1) if head == "faq" and rest.isdigit() else rest.replace("_", " ")
        return Reason(f"{_PREFIXES[head]} {told}", rule=one)
    if one.startswith("ask_"):
        return Reason(f"The customer asks about {one.removeprefix('ask_').replace('_', ' ')}", rule=one)
    return Reason(f"Recognised: {one.replace('_', ' ').replace(':', ': ')}", rule=one)


def _kind(rule: str) -> str:
    return next((title for part, title in _KINDS if part in rule), rule.replace("_", " ").capitalize())
