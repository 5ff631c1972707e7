"""understand(text, context): everything one message says, as facts. Pure and total: any text has an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from uuid import UUID

from bot.messages import Choice
from bot.understanding.catalog_index import CatalogIndex, index_of, stem
from bot.understanding.catalog_match import CatalogMentions, Mention, drop_overlapping, find_catalog
from bot.understanding.choices import read_choices
from bot.understanding.contact import Contact, find_contact
from bot.understanding.contract import (
    DayFact,
    Intent,
    Match,
    NeedFact,
    Span,
    TextFact,
    TimeFact,
    Understanding,
    UnderstandingContext,
)
from bot.understanding.dates import find_days
from bot.understanding.intents import read_intents
from bot.understanding.language import language_of
from bot.understanding.lexicon import BOOK
from bot.understanding.names import find_answered_name, find_clear_name
from bot.understanding.needs import take_need
from bot.understanding.normalize import Text, Token
from bot.understanding.payment import is_payment, payment_types
from bot.understanding.phrases import Cue, Hit
from bot.understanding.polarity import read_polarity
from bot.understanding.times import END_OF_DAY, find_times
from bot.understanding.unknown import find_unknown, near_services, unknown_fact
from bot.understanding.words import BODY, FILLERS, POLITE
from bot.workspace import SlotKind

_SHIELDED = frozenset((Intent.GREETING, Intent.GOODBYE, Cue.IDIOM))
"""Phrases whose words say nothing else ("good morning" is no part of the day)."""
_CERTAIN = 0.95
"""A mention so sure that it isn't the customer's name, though a name was asked for."""
_BARE = 4
"""A message of so few words that names a service in part is taken whole: "car wash"."""
_LEADS_OUT = (
    "not", "instead of", "rather than", "except", "anyone but", "anybody but", "مو", "مب", "مش", "ليس"
)  # fmt: skip


@dataclass(slots=True)
class _Facts:
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
    removed: list[Mention] = field(default_factory=list)
    negated: bool = False
    trace: list[str] = field(default_factory=list)

    def any_said(self) -> bool:
        return bool(
            self.mentions.services or self.mentions.locations or self.mentions.staff or self.days or self.times
            or self.name or self.need or self.any_staff or self.payments or self.contact.phone or self.contact.email
        )  # fmt: skip


def understand(text: str, context: UnderstandingContext) -> Understanding:
    """Read one message. Never raises on any text; only the first normalize.LIMIT code points are looked at."""
    message = Text(text)
    if not message.tokens:
        return Understanding(language=context.language)
    return _Reading(message, context).result()


class _Reading:
    """One message being read. The steps run in order; each blanks what it understood."""

    def __init__(self, text: Text, context: UnderstandingContext) -> None:
        self.text = text
        self.context = context
        self.index: CatalogIndex = index_of(context.catalog)
        self.hits = BOOK.scan(text.tokens)
        self.labels = {hit.label for hit in self.hits}
        self.language = language_of(text, context.language)

    def result(self) -> Understanding:
        facts = self._facts()
        intents = list(read_intents(self.text.folded, self.hits, len(self.text.tokens)))
        polarity = read_polarity(
            self.text.tokens, self.hits, open_question=self.context.yes_no_open, has_facts=facts.any_said()
        )
        wants_change = polarity.change and (self.context.yes_no_open or facts.negated)
        if (wants_change or facts.negated) and Intent.CHANGE not in intents and Intent.REMOVE not in intents:
            intents.append(Intent.CHANGE)
        if facts.removed and Intent.REMOVE not in intents:
            intents.append(Intent.REMOVE)
        unknown, near = self._unknown(facts, intents)
        services = tuple(mention.matches(self.text) for mention in facts.mentions.services)
        removed = tuple(m.matches(self.text) for m in facts.mentions.services if m in facts.removed)
        return Understanding(
            language=self.language,
            intents=tuple(intents),
            polarity=polarity.value if not facts.choices else None,
            leaning=polarity.leaning,
            choice=facts.choices[0] if len(facts.choices) == 1 else None,
            choices=facts.choices,
            locations=_flat(self.text, facts.mentions.locations),
            services=services,
            removed=removed,
            staff=_flat(self.text, facts.mentions.staff),
            any_staff=facts.any_staff,
            payment_types=facts.payments,
            size_hint=self._size(facts.mentions),
            days=tuple(fact for _, _, fact in facts.days),
            times=tuple(fact for _, _, fact in facts.times),
            name=facts.name,
            phone=facts.contact.phone,
            bad_phone=facts.contact.bad_phone,
            email=facts.contact.email,
            bad_email=facts.contact.bad_email,
            unknown_service=unknown,
            need=facts.need,
            near_services=near,
            leftover=self.text.leftover(),
            trace=tuple(self._trace(facts)),
        )

    def _asked(self, kind: SlotKind) -> bool:
        return self.context.asked is kind

    def _facts(self) -> _Facts:
        text, context = self.text, self.context
        facts = _Facts(
            find_contact(
                text, context.region, self.language,
                asked_phone=self._asked(SlotKind.PHONE), asked_email=self._asked(SlotKind.EMAIL),
            )
        )  # fmt: skip
        if facts.contact.phone is None and facts.contact.email is None and not facts.contact.bad_phone:
            facts.choices, facts.by_number = read_choices(text.tokens, text.folded, context.offered)
        self._shield()
        facts.name = find_clear_name(text, self.index.offers)
        self._read_cues(facts)
        facts.mentions = find_catalog(
            text, self.index, location_id=context.location_id,
            asked_staff=self._asked(SlotKind.STAFF), asked_location=self._asked(SlotKind.LOCATION),
        )  # fmt: skip
        if not (self._asked(SlotKind.NAME) or facts.name or facts.choices):
            facts.need = take_need(self.text, self.index, facts.mentions)
        self._read_time(facts)
        self._take_mentions(facts)
        self._drop_negated(facts)
        if facts.name is None and self._asked(SlotKind.NAME):
            self._answered_name(facts)
        return facts

    def _range(self, hit: Hit) -> tuple[int, int]:
        tokens: tuple[Token, ...] = self.text.tokens
        return tokens[hit.first].start, tokens[hit.last - 1].end

    def _shield(self) -> None:
        for hit in self.hits:
            if hit.label in _SHIELDED:
                self.text.take(*self._range(hit))

    def _read_cues(self, facts: _Facts) -> None:
        """Facts that are phrases: anyone, any time, as early as possible, ways to pay."""
        asked = self.context.asked
        for hit in self.hits:
            start, end = self._range(hit)
            if not self.text.is_free(start, end):
                continue
            if hit.label is Cue.ANYONE or (hit.label is Cue.ANYTHING and asked in {SlotKind.STAFF, None}):
                facts.any_staff = facts.any_staff or hit.label is Cue.ANYONE or self._anything_is_staff(hit)
            elif hit.label is Cue.ANY_TIME or (hit.label is Cue.ANYTHING and asked is SlotKind.TIME):
                span = self.text.span(start, end, "any_time", 0.9)
                facts.times.append((start, end, TimeFact(span, at=time(0), until=END_OF_DAY)))
            elif hit.label is Cue.EARLIEST and asked is SlotKind.STAFF and "first" in self.text.folded:
                facts.any_staff = True
            elif hit.label in {Cue.EARLIEST, Cue.LATEST}:
                span = self.text.span(start, end, str(hit.label))
                early = hit.label is Cue.EARLIEST
                facts.times.append((start, end, TimeFact(span, earliest=early, latest=not early)))
            else:
                continue
            self.text.take(start, end)
        facts.payments = self._payments()

    def _anything_is_staff(self, hit: Hit) -> bool:
        """A bare "any" inside a sentence is a determiner ("any gel services?"); alone it is an answer."""
        if self._asked(SlotKind.STAFF) or hit.last - hit.first > 1:
            return True
        others = [t for i, t in enumerate(self.text.tokens) if not hit.first <= i < hit.last]
        return all(
            t.word in FILLERS or t.word in POLITE or t.word in {"yes", "no", "fine", "works"} for t in others
        )

    def _payments(self) -> tuple[Match, ...]:
        said = [hit for hit in self.hits if is_payment(hit.label)]
        if not said:
            return ()
        narrow: dict[Cue, tuple[Match, ...]] = {}
        for hit in said:
            start, end = self._range(hit)
            if not self.text.is_free(start, end):
                continue
            span = self.text.span(start, end, str(hit.label))
            for cue, kinds in payment_types(self.context.catalog, [Cue(hit.label)]):
                narrow[cue] = tuple(Match(kind.id, span) for kind in kinds)
                self.text.take(start, end)
        if len(narrow) > 1:
            narrow.pop(Cue.PAY_ONLINE, None)
        unique = {match.id: match for matches in narrow.values() for match in matches}
        return tuple(unique.values())

    def _read_time(self, facts: _Facts) -> None:
        """Days, then times. Longer names of the catalog keep their words; a choice by number keeps its number."""
        if facts.by_number:
            return
        kept = self.text.rest
        for mention in facts.mentions.all():
            if mention.confidence >= 0.8 and self._is_long(mention):
                self.text.take(mention.start, mention.end)
        local = self.context.now.astimezone(self.context.zone)
        facts.days = find_days(
            self.text, local.date(), self.context.region, asked_time=self._asked(SlotKind.TIME)
        )
        times, more_days = find_times(
            self.text, local, asked_time=self._asked(SlotKind.TIME), day_ranges=facts.days
        )
        if times:
            facts.times = [item for item in facts.times if item[2].earliest or item[2].latest]
        facts.times = sorted([*facts.times, *times], key=lambda item: item[0])
        facts.days = sorted([*facts.days, *more_days], key=lambda item: item[0])
        taken = [(s, e) for s, e, _ in (*facts.days, *facts.times)]
        self.text.rest = kept
        for start, end in taken:
            self.text.take(start, end)
        mentions = facts.mentions
        for name in ("services", "locations", "staff", "sizes"):
            setattr(mentions, name, drop_overlapping(getattr(mentions, name), taken))

    def _is_long(self, mention: Mention) -> bool:
        said = self.text.folded[mention.start : mention.end]
        return " " in said or any(char.isdigit() for char in said)

    def _take_mentions(self, facts: _Facts) -> None:
        for mention in facts.mentions.all():
            self.text.take(mention.start, mention.end)

    def _leads_out(self, start: int) -> bool:
        """Whether "not" stands before a fact, with nothing but little words between."""
        before = self.text.folded[max(0, start - 40) : start].rstrip()
        for little in (" on", " at", " the", " with", " in", " for", " a", " with", " the"):
            before = before.removesuffix(little)
        return before.endswith(_LEADS_OUT) and self._starts_word(before)

    def _starts_word(self, before: str) -> bool:
        lead = next(lead for lead in _LEADS_OUT if before.endswith(lead))
        at = len(before) - len(lead)
        return at == 0 or not before[at - 1].isalnum()

    def _drop_negated(self, facts: _Facts) -> None:
        """ "not Plaza, Zahra": what is said out is no wish. Services said out are marked, not dropped."""
        mentions = facts.mentions
        kept_places = [m for m in mentions.locations if not self._leads_out(m.start)]
        kept_staff = [m for m in mentions.staff if not self._leads_out(m.start)]
        kept_days = [item for item in facts.days if not self._leads_out(item[0])]
        kept_times = [item for item in facts.times if not self._leads_out(item[0])]
        before = (len(mentions.locations), len(mentions.staff), len(facts.days), len(facts.times))
        facts.negated = before != (len(kept_places), len(kept_staff), len(kept_days), len(kept_times))
        mentions.locations, mentions.staff = kept_places, kept_staff
        facts.days, facts.times = kept_days, kept_times
        self._mark_removed(facts)

    def _mark_removed(self, facts: _Facts) -> None:
        """ "Without", "remove": all that follow until "add"; "not": only the next one."""
        turns = [
            (self._range(hit), hit.label) for hit in self.hits if hit.label in {Intent.REMOVE, Intent.ADD}
        ]
        for mention in facts.mentions.services:
            said = [(span, label) for span, label in turns if span[0] < mention.start]
            removing = bool(said) and said[-1][1] is Intent.REMOVE
            if removing and self.text.folded[slice(*said[-1][0])].startswith("not"):
                removing = self.text.folded[said[-1][0][1] : mention.start].isspace()
            if self._leads_out(mention.start) or removing:
                facts.removed.append(mention)

    def _answered_name(self, facts: _Facts) -> None:
        answers = {
            Cue.YES,
            Cue.NO,
            Cue.SOFT_YES,
            Cue.SOFT_NO,
            Cue.UNSURE,
            Cue.ANYONE,
            Cue.ANYTHING,
            Intent.SKIP,
        }
        wishes = {hit.label for hit in self.hits if isinstance(hit.label, Intent)}
        wishes -= {Intent.GREETING, Intent.THANKS, Intent.CHANGE, Intent.SKIP}
        alone = [hit for hit in self.hits if hit.last - hit.first == len(self.text.tokens)]
        if facts.any_staff or wishes or any(hit.label in answers for hit in alone):
            return
        named = [m for m in (*facts.mentions.services, *facts.mentions.locations) if m.confidence >= _CERTAIN]
        if named and facts.contact.phone is None and facts.contact.email is None:
            return
        guesses = [m for m in facts.mentions.all() if m not in named]
        self.text.rest = self._without(guesses)
        facts.name = find_answered_name(self.text)
        if facts.name is None:
            for mention in guesses:
                self.text.take(mention.start, mention.end)
            return
        facts.mentions.services = [m for m in facts.mentions.services if m in named]
        facts.mentions.locations = [m for m in facts.mentions.locations if m in named]
        facts.mentions.staff = []

    def _without(self, mentions: list[Mention]) -> str:
        """`rest` with the mentions' characters given back: asked for a name, "Sara" is the customer."""
        rest = self.text.rest
        for mention in mentions:
            rest = rest[: mention.start] + self.text.folded[mention.start : mention.end] + rest[mention.end :]
        return rest

    def _size(self, mentions: CatalogMentions) -> TextFact | None:
        if not mentions.sizes:
            return None
        first = mentions.sizes[0]
        span = self.text.span(first.start, first.end, "size", first.confidence)
        return TextFact(self.text.original(first.start, first.end), span)

    def _unknown(self, facts: _Facts, intents: list[Intent]) -> tuple[TextFact | None, tuple[UUID, ...]]:
        """A wish the catalog can't fill. A vague part of a name after a strange word is one too ("car wash")."""
        whole = [m for m in facts.mentions.services if m.rule != "service_part"]
        if (
            whole
            or facts.need
            or facts.name
            or facts.choices
            or Intent.STOP in intents
            or facts.payments
            or facts.contact.phone
        ):
            return None, ()
        vague = facts.mentions.services
        text = self.text
        asked = self._asked(SlotKind.SERVICES) and not (facts.days or facts.times or facts.mentions.staff)
        answered = asked and not intents and not self.labels & {Cue.YES, Cue.NO, Cue.SOFT_YES, Cue.SOFT_NO}
        about_us = bool(vague) or any(stem(token.base) in BODY for token in text.tokens)
        bare = not intents and about_us and len(text.tokens) <= _BARE
        found = find_unknown(text, answered=answered or bare)
        if found is None:
            return None, ()
        start, end = found
        if all(self.index.knows(word) for word in text.folded[start:end].split()):
            return None, ()
        if vague:
            following = vague[0]
            if text.folded[end : following.start] != " ":
                return None, ()
            end = following.end
            facts.mentions.services = vague[1:]
        fact = unknown_fact(text, start, end)
        near = (
            vague[0].ids[:5]
            if vague
            else near_services(self.index, text.folded[start:end], self.context.location_id)
        )
        text.take(start, end)
        return fact, near

    def _trace(self, facts: _Facts) -> list[str]:
        spans: list[Span] = [m.matches(self.text)[0].span for m in facts.mentions.all() if m.ids]
        spans += [fact.span for _, _, fact in facts.days]
        spans += [fact.span for _, _, fact in facts.times]
        spans += [f.span for f in (facts.name, facts.contact.phone, facts.contact.email) if f]
        ordered = sorted(spans, key=lambda span: (span.start, span.end))
        return [f"{span.rule}@{span.start}-{span.end}" for span in ordered] + [
            str(hit.label) for hit in self.hits
        ]


def _flat(text: Text, mentions: list[Mention]) -> tuple[Match, ...]:
    return tuple(match for mention in mentions for match in mention.matches(text))
