"""Services, places, people and sizes named in a text.

Whole names win over parts, longer ones over shorter ones, in any word order. A part of a name means every
entry that has it: several matches on one span, and the flow asks (law 7).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from bot.understanding.catalog_index import CONNECTORS, CatalogIndex, Entry, Kind, Resolved
from bot.understanding.contract import Match
from bot.understanding.everyday import EVERYDAY
from bot.understanding.normalize import Text, Token
from bot.understanding.words import BODY, COMMON, POLITE, SEPARATORS, words

_BREAK = re.compile(r"[,;/+&.!?|\n]")
_ANOTHER = words("another second extra also more additional بعد ثاني ثانيه")
_THINGS = words("car vehicle window glass table seat room roof tooth teeth dog cat سياره طاوله غرفه اسنان سن")
"""What a service is done to or with: alone it chooses none, as little as a part of the body."""
_SHORTEST_GUESS = 5
"""Letters of a misspelt word that may still stand for a part of a place's name."""
_STAFF_CUE = words("with by see miss ms mr mrs مع عند")

_SMALL_TALK = CONNECTORS | POLITE
_FEW = 8
"""Words of small talk that may stand around a name which is all that is said."""
_LONGEST_WORD = 40
"""Characters before a word in which the one before it begins."""


@dataclass(frozen=True, slots=True)
class _Word:
    token: Token
    resolved: Resolved
    breaks_before: bool
    """Something between this word and the one before separates two mentions."""
    follows: bool
    """Only connectors lie between this word and the one before."""


@dataclass(slots=True)
class Mention:
    """Entries of one kind on one range of the folded text."""

    kind: Kind
    ids: tuple[UUID, ...]
    start: int
    end: int
    rule: str
    confidence: float

    def matches(self, text: Text) -> tuple[Match, ...]:
        span = text.span(self.start, self.end, self.rule, self.confidence)
        return tuple(Match(entry_id, span) for entry_id in self.ids)


@dataclass(slots=True)
class CatalogMentions:
    services: list[Mention] = field(default_factory=list)
    locations: list[Mention] = field(default_factory=list)
    staff: list[Mention] = field(default_factory=list)
    sizes: list[Mention] = field(default_factory=list)

    def all(self) -> list[Mention]:
        return [*self.services, *self.locations, *self.staff, *self.sizes]


class CatalogReader:
    """Finds the mentions of one text."""

    def __init__(
        self,
        text: Text,
        index: CatalogIndex,
        *,
        location_id: UUID | None,
        asked_staff: bool,
        asked_location: bool,
    ) -> None:
        self.text = text
        self.index = index
        self.location_id = location_id
        self.asked_staff = asked_staff
        self.asked_location = asked_location
        self.found = CatalogMentions()

    def read(self) -> CatalogMentions:
        said = self._words()
        if said:
            for run in _runs(said):
                self._read_run(run)
            self._drop_echoes()
            self._prefer_places()
        return self.found

    def _drop_echoes(self) -> None:
        """ "A gel manicure, who does the manicure?": a vague mention that holds what is named says the same."""
        named = {mention.ids[0] for mention in self.found.services if len(mention.ids) == 1}
        self.found.services = [
            mention
            for mention in self.found.services
            if len(mention.ids) == 1 or not named & set(mention.ids) or self._is_another(mention)
        ]

    def _is_another(self, mention: Mention) -> bool:
        before = self.text.folded[: mention.start].split()
        return bool(before) and before[-1] in _ANOTHER

    def _words(self) -> list[_Word]:
        words: list[_Word] = []
        breaks, follows, last_end = False, False, 0
        for token in self.text.tokens:
            gap = self.text.folded[last_end : token.start]
            last_end = token.end
            if _BREAK.search(gap):
                breaks = True
            if not self.text.is_free(token.start, token.end):
                follows = False
                continue
            resolved = self._resolved(token)
            if not resolved and token.base in CONNECTORS:
                breaks = breaks or token.base in SEPARATORS
                continue
            if not resolved:
                follows = False
                continue
            for part, known in resolved:
                words.append(_Word(part, known, breaks or _is_joined(part.base, known.stem), follows))
                breaks, follows = False, True
        return words

    def _resolved(self, token: Token) -> list[tuple[Token, Resolved]]:
        """The token as a word of the catalog, or as two that were written as one ("nailart")."""
        known = self.index.resolve(token.base)
        if known is not None:
            return [(token, known)]
        cut = self.index.split(token.base)
        if not cut or len(token.base) != token.end - token.start:
            return []
        parts = (
            Token(token.base[:cut], token.base[:cut], token.start, token.start + cut),
            Token(token.base[cut:], token.base[cut:], token.start + cut, token.end),
        )
        found = [(part, self.index.resolve(part.base)) for part in parts]
        return [(part, one) for part, one in found if one is not None]

    def _read_run(self, run: list[_Word]) -> None:
        """Whole names first, longest first; what is left by its parts."""
        taken = [False] * len(run)
        for length in range(min(self.index.longest, len(run)), 0, -1):
            for first in range(len(run) - length + 1):
                window = run[first : first + length]
                if any(taken[first : first + length]):
                    continue
                entries = self.index.exact.get(frozenset(word.resolved.stem for word in window))
                if entries and self._take_whole(window, entries):
                    taken[first : first + length] = [True] * length
        beside = False
        rest: list[_Word] = []
        for word, is_taken in zip(run, taken, strict=True):
            if is_taken or word.breaks_before:
                self._read_parts(rest, beside=beside)
                beside, rest = is_taken, []
            if not is_taken:
                rest.append(word)
        self._read_parts(rest, beside=beside)

    def _take_whole(self, window: list[_Word], entries: tuple[Entry, ...]) -> bool:
        fuzzy = any(word.resolved.fuzzy for word in window)
        kinds = {entry.kind for entry in entries}
        kind = self._kind_meant(window, kinds)
        if kind is None or (kind is Kind.STAFF and fuzzy and not self._staff_is_meant(window[0])):
            return False
        stems = frozenset(word.resolved.stem for word in window)
        if (
            kind is not Kind.LOCATION
            and len(window) == 1
            and window[0].token.base in COMMON
            and not self._alone(window)
        ):
            return False
        if len(stems) < len(window) and kind is Kind.SERVICE:
            return False
        if (
            kind is Kind.STAFF
            and len(window) == 1
            and self._is_everyday(window[0])
            and not self._alone(window)
        ):
            return False
        ids: tuple[UUID, ...] = tuple(entry.id for entry in entries if entry.kind is kind)
        self._add(kind, ids, window, f"{kind}_name", 0.85 if fuzzy else 1.0)
        return True

    def _is_everyday(self, word: _Word) -> bool:
        """ "Can you mark it": a person called so is written with a capital, or is who somebody comes to."""
        token = word.token
        small = self.text.original(token.start, token.start + 1).islower()
        return small and token.base in EVERYDAY and not self._staff_is_meant(word)

    def _alone(self, window: list[_Word]) -> bool:
        """Whether the text says nothing but this: then even a frequent word may be a name."""
        tokens = self.text.tokens
        if len(tokens) > len(window) + _FEW:
            return False
        return sum(token.base not in _SMALL_TALK for token in tokens) == len(window)

    def _kind_meant(self, window: list[_Word], kinds: set[Kind]) -> Kind | None:
        if Kind.STAFF in kinds and self._staff_is_meant(window[0]):
            return Kind.STAFF
        if Kind.LOCATION in kinds and self.asked_location:
            return Kind.LOCATION
        for kind in (Kind.SERVICE, Kind.LOCATION, Kind.STAFF, Kind.SIZE):
            if kind in kinds:
                return kind
        return None

    def _staff_is_meant(self, word: _Word) -> bool:
        return self.asked_staff or self._word_before(word.token) in _STAFF_CUE

    def _word_before(self, token: Token) -> str:
        before = self.text.folded[max(0, token.start - _LONGEST_WORD) : token.start].split()
        return before[-1] if before else ""

    def _read_parts(self, words: list[_Word], *, beside: bool) -> None:
        """`beside`: the words follow a whole name directly. "Gel nails" is one mention, not two."""
        while words:
            before = len(self.found.services)
            if beside and words[0].resolved.stem in BODY and not self._is_group(words[:1]):
                words = words[1:]
                continue
            used = self._services_by_part(words) or self._place_or_person(words)
            beside = beside or len(self.found.services) > before
            words = words[max(1, used) :]

    def _is_group(self, words: list[_Word]) -> bool:
        stems = frozenset(word.resolved.stem for word in words)
        return any(entry.kind is Kind.GROUP for entry in self.index.exact.get(stems, ()))

    def _services_by_part(self, words: list[_Word]) -> int:
        """The longest start of the words that some service has whole; how many words that is."""
        if words[0].resolved.stem not in self.index.by_stem:
            return 0
        ids: set[UUID] | None = None
        used = 0
        for word in words:
            having = self.index.by_stem.get(word.resolved.stem, set())
            both = set(having) if ids is None else ids & having
            if ids is not None and word.resolved.stem in BODY:
                both = self._of_body(ids, word.resolved.stem)
            if not both:
                break
            ids, used = both, used + 1
        window = words[:used]
        telling = [w for w in window if w.token.base not in COMMON and not w.resolved.stem.isdigit()]
        if ids is None or not telling:
            return 0
        stems = frozenset(word.resolved.stem for word in window)
        fuzzy = any(word.resolved.fuzzy for word in window)
        groups = [entry.id for entry in self.index.exact.get(stems, ()) if entry.kind is Kind.GROUP]
        if groups:
            members = tuple(sid for gid in groups for sid in self.index.group_services[gid])
            self._add(Kind.SERVICE, members, window, "group_name", 0.85 if fuzzy else 0.95)
            return used
        if stems <= _THINGS or (len(ids) == 1 and stems <= BODY):
            return 0
        order = [sid for sid in self.index.catalog.services if sid in ids]
        whole = [sid for sid in order if any(key <= stems for key in self.index.own[sid])]
        named = [sid for sid in order if any(stems <= key for key in self.index.own[sid])]
        if not (whole or named):
            named = [sid for sid in order if self._ends_a_word(sid, stems)]
        self._add(Kind.SERVICE, tuple(whole or named or order), window, "service_part", 0.7 if fuzzy else 0.8)
        return used

    def _ends_a_word(self, service_id: UUID, stems: frozenset[str]) -> bool:
        """ "A cut" of a group Cut & Styling is first of all the Haircut."""
        own = {word for key in self.index.own[service_id] for word in key}
        return all(any(word.endswith(one) for word in own) for one in stems if len(one) > 2)

    def _of_body(self, ids: set[UUID], stem: str) -> set[UUID]:
        """A part of the body narrows down what has it in its own name; "gel nails" are all that is gel, not only what
        is in a group called after nails."""
        return {sid for sid in ids if any(stem in key for key in self.index.own[sid])} or ids

    def _place_or_person(self, words: list[_Word]) -> int:
        first = words[0]
        word = first.resolved.stem
        people = self.index.people.get(word)
        if self._is_everyday(first) and not self._alone(words[:1]):
            people = None
        if people and (self._staff_is_meant(first) or not first.resolved.fuzzy):
            used = 1
            while used < len(words) and (
                more := people & self.index.people.get(words[used].resolved.stem, set())
            ):
                people, used = more, used + 1
            order = tuple(pid for pid in self.index.catalog.staff if pid in people)
            self._add(Kind.STAFF, order, words[:used], "staff_part", 0.9)
            return used
        return self._place(words)

    def _place(self, words: list[_Word]) -> int:
        """Places that have a telling word, or two words in a row; how many words that is."""
        places = self.index.place_words.get(words[0].resolved.stem)
        if not places:
            return 0
        used = 1
        while used < len(words) and (
            more := places & self.index.place_words.get(words[used].resolved.stem, set())
        ):
            places, used = more, used + 1
        window = words[:used]
        fuzzy = any(word.resolved.fuzzy for word in window)
        if used == 1 and not (self.asked_location and words[0].token.base not in COMMON):
            places = self.index.places.get(words[0].resolved.stem, set())
            if fuzzy and len(words[0].token.base) < _SHORTEST_GUESS and not self.asked_location:
                return 0
        order = tuple(lid for lid in self.index.catalog.locations if lid in places)
        if not order:
            return 0
        self._add(Kind.LOCATION, order, window, "location_part", 0.7 if fuzzy else 0.9)
        return used

    def _add(
        self, kind: Kind, ids: tuple[UUID, ...], window: list[_Word], rule: str, confidence: float
    ) -> None:
        mention = Mention(kind, ids, window[0].token.start, window[-1].token.end, rule, confidence)
        lists = {
            Kind.SERVICE: self.found.services,
            Kind.LOCATION: self.found.locations,
            Kind.STAFF: self.found.staff,
            Kind.SIZE: self.found.sizes,
        }
        lists[kind].append(mention)

    def _prefer_places(self) -> None:
        """Services and people of the place in question come first; others only if it has none."""
        catalog = self.index.catalog
        said = [m.ids[0] for m in self.found.locations if len(m.ids) == 1]
        location = said[-1] if said else self.location_id
        for mention in self.found.all():
            mention.ids = tuple(dict.fromkeys(mention.ids))
        self.found.services.sort(key=lambda m: m.start)
        self.found.staff.sort(key=lambda m: m.start)
        self.found.locations.sort(key=lambda m: m.start)
        if location is None:
            return
        for mention in self.found.services:
            there = tuple(i for i in mention.ids if location in catalog.services[i].location_ids)
            mention.ids = there or mention.ids
        for mention in self.found.staff:
            there = tuple(i for i in mention.ids if catalog.staff[i].location_id == location)
            mention.ids = there or mention.ids


def _is_joined(word: str, known: str) -> bool:
    """Whether an Arabic "and" is glued to a word: it begins another mention."""
    return word[0] == "و" and len(word) > 2 and known[0] != "و"


def _runs(words: list[_Word]) -> list[list[_Word]]:
    runs: list[list[_Word]] = []
    for word in words:
        if runs and word.follows:
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def find_catalog(
    text: Text, index: CatalogIndex, *, location_id: UUID | None, asked_staff: bool, asked_location: bool
) -> CatalogMentions:
    """Everything of the catalog that a text names. Blanked parts of the text are not read."""
    reader = CatalogReader(
        text, index, location_id=location_id, asked_staff=asked_staff, asked_location=asked_location
    )
    return reader.read()


def drop_overlapping(
    mentions: list[Mention], ranges: list[tuple[int, int]], *, but: Sequence[Mention] = ()
) -> list[Mention]:
    """Mentions that share no character with the ranges; `but`: those stay all the same."""
    return [
        m for m in mentions if m in but or not any(start < m.end and m.start < end for start, end in ranges)
    ]
