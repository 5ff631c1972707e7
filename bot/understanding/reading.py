"""One message being read: the text, what surrounds it, and what was found so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.messages import Choice
from bot.understanding.catalog_index import CatalogIndex, index_of
from bot.understanding.catalog_match import CatalogMentions, Mention
from bot.understanding.contact import Contact
from bot.understanding.contract import (
    DayFact,
    Match,
    NeedFact,
    PartyFact,
    TextFact,
    TimeFact,
    UnderstandingContext,
)
from bot.understanding.language import language_of
from bot.understanding.lexicon import BOOK
from bot.understanding.normalize import Text
from bot.understanding.phrases import Hit
from bot.workspace import SlotKind


@dataclass(slots=True)
class Facts:
    """What was found, with ranges in the folded text, before it is weighed."""

    contact: Contact
    choices: tuple[Choice, ...] = ()
    by_number: bool = False
    mentions: CatalogMentions = field(default_factory=CatalogMentions)
    days: list[tuple[int, int, DayFact]] = field(default_factory=list)
    times: list[tuple[int, int, TimeFact]] = field(default_factory=list)
    name: TextFact | None = None
    any_staff: bool = False
    payments: tuple[Match, ...] = ()
    need: NeedFact | None = None
    party: PartyFact | None = None
    removed: list[Mention] = field(default_factory=list)
    negated: bool = False

    def any_said(self) -> bool:
        return bool(
            self.mentions.services or self.mentions.locations or self.mentions.staff or self.days or self.times
            or self.name or self.need or self.any_staff or self.payments or self.contact.phone or self.contact.email
            or self.party
        )  # fmt: skip


class Reading:
    """The text with its phrases. Each step blanks in `text.rest` what it understood."""

    __slots__ = ("context", "hits", "index", "labels", "language", "text")

    def __init__(self, text: Text, context: UnderstandingContext) -> None:
        self.text = text
        self.context = context
        self.index: CatalogIndex = index_of(context.catalog)
        self.hits = BOOK.scan(text.tokens)
        self.labels = {hit.label for hit in self.hits}
        self.language = language_of(text, context.language)

    def asked(self, kind: SlotKind) -> bool:
        """Whether the last reply asked for this."""
        return self.context.asked is kind

    def range(self, hit: Hit) -> tuple[int, int]:
        """Where a phrase stands in the folded text."""
        tokens = self.text.tokens
        return tokens[hit.first].start, tokens[hit.last - 1].end
