"""The catalog's names cut into words once per catalog version: what the matcher looks up."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from bot.catalog import Catalog, Service
from bot.understanding.everyday import EVERYDAY
from bot.understanding.name_words import USUAL_NAMES
from bot.understanding.normalize import fold, tokenize
from bot.understanding.spelling import Speller, doing, forms, is_correct
from bot.understanding.words import BODY, COMMON, words

CONNECTORS = words("a an the and & of for with my our your in at to on by plus و من في مع على")
"""Words inside a name or a mention that don't tell entries apart."""

_PARTICLES = words("al el bin bint abu ال بن ابو")
"""Parts of names that name nobody."""

_KINDS_OF_PLACE = words(
    """city town village county street road square mall center centre station airport tower park garden gardens
    beach bay lake river island port point hill hills mountain mount valley view creek corner branch apartments new
    old north south east west upper lower big little half saint san santa los las la de del
    مول شارع مجمع برج مركز منطقه مدينه شمال جنوب شرق غرب"""
)
"""Words that many places' names share: within a longer name they name none."""

_UNITS = {"minute": "min", "minutes": "min", "mins": "min", "hours": "hour", "hrs": "hour", "hr": "hour"}
_ARABIC_PREFIX = re.compile("^(?:وال|بال|فال|كال|لل|ال)(?=..)")
_SHORTEST_GUESS = 4
"""Letters of the start of a word, or of a misspelt one."""
_SHORTEST_JOINED = 7
"""Letters of two words that were written as one."""
_REMEMBERED = 4096
_CATALOGS = 64


class Kind(StrEnum):
    SERVICE = "service"
    GROUP = "group"
    LOCATION = "location"
    STAFF = "staff"
    SIZE = "size"


@dataclass(frozen=True, slots=True)
class Entry:
    """One spelling of one catalog entry."""

    kind: Kind
    id: UUID
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A word of the text as a word of the catalog."""

    stem: str
    fuzzy: bool


def stem(word: str) -> str:
    """A word without plural and article, so that "manicures" meets "Manicure" and "المناكير" meets "مناكير"."""
    if word in _UNITS:
        return _UNITS[word]
    if word[0] > "\u0600":
        return _ARABIC_PREFIX.sub("", word)
    word = word.replace("colour", "color").replace("grey", "gray")
    if len(word) > 4 and word.endswith(("shes", "ches", "sses", "xes")):
        return word[:-2]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word[-1] == "s" and word[-2] not in "siu":
        return word[:-1]
    return word


def _stems(name: str) -> tuple[str, ...]:
    found = [token.base for token in tokenize(fold(name))]
    told = [word for word in found if word not in CONNECTORS]
    return tuple(stem(word) for word in told or found)


class CatalogIndex:
    """Lookups over one catalog. Holds the catalog, so its identity can't be reused while this lives."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.exact: dict[frozenset[str], tuple[Entry, ...]] = {}
        self.service_names: list[tuple[str, UUID]] = []
        self.own: dict[UUID, list[frozenset[str]]] = {}
        """Per service: the words of each of its spellings."""
        self.with_group: dict[UUID, frozenset[str]] = {}
        self.by_stem: dict[str, set[UUID]] = {}
        """Services that have a word, in a name or in their group's name."""
        self.places: dict[str, set[UUID]] = {}
        """Places by the words that name them alone."""
        self.place_words: dict[str, set[UUID]] = {}
        """Places by every word of their names: two in a row name one, too."""
        self.people: dict[str, set[UUID]] = {}
        self.group_services: dict[UUID, tuple[UUID, ...]] = {}
        self.longest = 1
        self._remembered: dict[str, Resolved | None] = {}
        self._splits: dict[str, int] = {}
        self._add_services()
        self._add_places_and_people()
        self.vocabulary = sorted({s for key in self.exact for s in key} | set(self.by_stem))
        self._known = frozenset(self.vocabulary)
        self._speller = Speller(self.vocabulary)
        self._service_words = sorted(self.by_stem)
        self._offered = (
            self._known
            - {
                word
                for key, entries in self.exact.items()
                if all(e.kind is Kind.STAFF for e in entries)
                for word in key
            }
            | set(self.by_stem)
            | set(self.place_words)
        )

    def _add(self, kind: Kind, entry_id: UUID, spellings: Iterable[str]) -> list[frozenset[str]]:
        keys = []
        for spelling in spellings:
            stems = _stems(spelling)
            key = frozenset(stems)
            if not key:
                continue
            entry = Entry(kind, entry_id, stems)
            present = self.exact.get(key, ())
            if all((e.kind, e.id) != (kind, entry_id) for e in present):
                self.exact[key] = (*present, entry)
            self.longest = max(self.longest, len(key))
            keys.append(key)
        return keys

    def _add_services(self) -> None:
        grouped: dict[UUID, list[UUID]] = {}
        for service in self.catalog.services.values():
            spellings = [*service.names.values(), *service.aliases]
            self.own[service.id] = self._add(Kind.SERVICE, service.id, spellings)
            self.service_names.extend((fold(name), service.id) for name in spellings)
            all_words = self._telling_words(service)
            if service.group_id is not None and service.group_id in self.catalog.groups:
                grouped.setdefault(service.group_id, []).append(service.id)
                for name in self.catalog.groups[service.group_id].names.values():
                    all_words.update(_stems(name))
            self.with_group[service.id] = frozenset(all_words)
            for word in all_words:
                self.by_stem.setdefault(word, set()).add(service.id)
            for size in service.sizes:
                self._add(Kind.SIZE, size.id, size.names.values())
        for group in self.catalog.groups.values():
            self.group_services[group.id] = tuple(grouped.get(group.id, ()))
            if self.group_services[group.id]:
                self._add(Kind.GROUP, group.id, group.names.values())

    def _telling_words(self, service: Service) -> set[str]:
        """Words that name a service by themselves: of its names, of aliases that are one word or only respelt.

        Of other aliases only the whole counts: "comfort food" doesn't make "food" a word for it.
        """
        names = [_stems(name) for name in service.names.values()]
        joined = {"".join(stems) for stems in names}
        aliases = [_stems(alias) for alias in service.aliases]
        told = [stems for stems in aliases if len(stems) == 1 or "".join(stems) in joined]
        return {word for stems in (*names, *told) for word in stems}

    def _add_places_and_people(self) -> None:
        for location in self.catalog.locations.values():
            for key in self._add(Kind.LOCATION, location.id, [*location.names.values(), *location.aliases]):
                for word in key:
                    self.place_words.setdefault(word, set()).add(location.id)
                    if len(key) == 1 or (word not in _KINDS_OF_PLACE and word not in EVERYDAY):
                        self.places.setdefault(word, set()).add(location.id)
        shared = max(1, len(self.catalog.locations) // 2)
        self.places = {
            word: ids
            for word, ids in self.places.items()
            if word not in COMMON | _PARTICLES
            and not word.isdigit()
            and (len(ids) <= shared or len(self.catalog.locations) == 1)
        }
        for person in (one for one in self.catalog.staff.values() if not one.resource):
            for spelling in (*person.names.values(), *person.aliases):
                stems = _stems(spelling)
                self._add(Kind.STAFF, person.id, [spelling])
                for word in stems:
                    if word not in COMMON | _PARTICLES or len(stems) == 1:
                        self.people.setdefault(word, set()).add(person.id)

    def resolve(self, word: str) -> Resolved | None:
        """The catalog's word for a word of the text: the same, a form of it, the start of it, a typing error."""
        if word in self._remembered:
            return self._remembered[word]
        found = self._resolve(word)
        if len(self._remembered) >= _REMEMBERED:
            self._remembered.clear()
        self._remembered[word] = found
        return found

    def split(self, word: str) -> int:
        """Where a word falls into two of one service's name; 0: nowhere."""
        if word not in self._splits:
            if len(self._splits) >= _REMEMBERED:
                self._splits.clear()
            cuts = range(3, len(word) - 2) if len(word) >= _SHORTEST_JOINED else ()
            self._splits[word] = next((cut for cut in cuts if self._belong(word[:cut], word[cut:])), 0)
        return self._splits[word]

    def _belong(self, one: str, other: str) -> bool:
        return bool(self.by_stem.get(one, set()) & self.by_stem.get(stem(other), set()))

    def offers(self, word: str) -> bool:
        """Whether a word of the text belongs to a service or a place."""
        found = self.resolve(word)
        return found is not None and found.stem in self._offered

    def employs(self, word: str) -> bool:
        """Whether a word of the text belongs to a person's name."""
        found = self.resolve(word)
        return found is not None and found.stem in self.people

    def knows(self, word: str) -> bool:
        """Whether a word of the text is a word of the catalog, or what every such catalog is about."""
        return stem(word) in BODY or self.resolve(word) is not None

    def _resolve(self, word: str) -> Resolved | None:
        stemmed = stem(word)
        bare = self._without_particle(stemmed)
        for form in (word, stemmed, bare):
            if form in self._known:
                return Resolved(form, fuzzy=False)
        for form in doing(stemmed):
            if form in self.by_stem:
                return Resolved(form, fuzzy=False)
        if any(char.isdigit() for char in stemmed) or is_correct(word) or is_correct(stemmed):
            return None
        for form in forms(word):
            if stem(form) in self._known:
                return Resolved(stem(form), fuzzy=not form.isdigit())
        if len(stemmed) < _SHORTEST_GUESS:
            return None
        a_name = word in USUAL_NAMES
        longer = [] if a_name else [known for known in self._service_words if known.startswith(stemmed)]
        if len(longer) == 1 or (longer and all(known.startswith(longer[0]) for known in longer)):
            return Resolved(longer[0], fuzzy=True)
        near = self._speller.nearest(stemmed) or (self._speller.nearest(bare) if bare != stemmed else None)
        if near is None or (a_name and near not in self.people):
            return None
        return Resolved(near, fuzzy=True)

    def _without_particle(self, word: str) -> str:
        """Arabic "and", "with", "for" are glued to the word."""
        if (len(word) > 3 and word[0] in "وبلف") or (len(word) == 3 and word[0] == "و"):
            return _ARABIC_PREFIX.sub("", word[1:])
        return word


_INDEXES: OrderedDict[int, CatalogIndex] = OrderedDict()


def index_of(catalog: Catalog) -> CatalogIndex:
    """The catalog's index, built once per catalog object; the least recently used are dropped."""
    key = id(catalog)
    index = _INDEXES.get(key)
    if index is None or index.catalog is not catalog:
        index = _INDEXES[key] = CatalogIndex(catalog)
        if len(_INDEXES) > _CATALOGS:
            _INDEXES.popitem(last=False)
    _INDEXES.move_to_end(key)
    return index
