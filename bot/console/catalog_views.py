"""The catalog as the console shows it: each entry with what its source says and what an operator made of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from bot.catalog_edits import minutes_in_force, price_in_force
from bot.console.weekly_hours import written_hours
from db.catalog_edits import EditableService
from db.read_catalog import FreeDay

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SizeLine:
    """price: in force. was: the source's, where it differs."""

    names: Names
    price: int
    was: int | None


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """names, minutes, price: what customers hear. `was_…`: the source's own, where it differs."""

    id: UUID
    names: Names
    was_names: Names | None
    minutes: int
    was_minutes: int | None
    price: int
    was_price: int | None
    aliases: list[str]
    sizes: list[SizeLine]
    hidden: bool
    edited: bool
    places: list[Names]

    def holds(self, text: str) -> bool:
        """Whether a name or an alias of it holds the text."""
        spelt = [*self.names.values(), *(self.was_names or {}).values(), *self.aliases]
        return any(text.casefold() in one.casefold() for one in spelt)


@dataclass(frozen=True, slots=True)
class GroupOf:
    """Services of one group. names: None: of none."""

    names: Names | None
    services: list[ServiceLine]


@dataclass(frozen=True, slots=True)
class Difference:
    """One point in which an operator's edit and the source disagree. note: why the edit doesn't hold, if so.

    path: of the form, within the workspace. kind: text, minutes or price; here and there are of that kind.
    """

    path: str
    names: Names
    what: str
    kind: str
    there: Any
    here: Any
    note: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """names, aliases: what customers may say."""

    id: str
    names: Names
    aliases: list[str]
    address: str
    phone: str
    hours: list[tuple[str, str]]
    exceptions: list[tuple[date, str]]


@dataclass(frozen=True, slots=True)
class Person:
    """everything: performs all that his location offers. week: free times of the coming seven days."""

    id: str
    names: Names
    aliases: list[str]
    place: Names
    services: list[Names]
    everything: bool
    extra_minutes: int
    resource: bool
    week: int


@dataclass(frozen=True, slots=True)
class DayLine:
    """Free times of a day, in all and per location."""

    day: date
    per_place: list[int]
    people: int

    @property
    def total(self) -> int:
        return sum(self.per_place)


@dataclass(slots=True)
class Shelf:
    """The catalog of one moment. stored: as db.catalog.load_catalog has it."""

    stored: Mapping[str, Any]
    services: Sequence[EditableService]
    ours: bool
    """Whether an operator's prices and durations hold (bot/catalog_edits.py)."""
    _places: dict[str, Names] = field(init=False)

    def __post_init__(self) -> None:
        edits = self.stored["location_edits"]
        self._places = {row["id"]: _named(row, edits)[0] for row in self.stored["locations"]}

    def groups(self, *, text: str | None = None, only: str | None = None) -> list[GroupOf]:
        """In the catalog's order, the ungrouped last. only: edited or hidden."""
        of = {UUID(row["id"]): row for row in self.stored["services"]}
        order = {row["id"]: row["names"] for row in self.stored["groups"]}
        found: dict[str | None, list[ServiceLine]] = {one: [] for one in [*order, None]}
        for service in self.services:
            row = of[service.id]
            line = self._line(service, row)
            fits = only is None or (line.edited if only == "edited" else line.hidden)
            if fits and (text is None or line.holds(text)):
                found[row["group_id"] if row["group_id"] in order else None].append(line)
        return [GroupOf(order[key] if key else None, lines) for key, lines in found.items() if lines]

    def _line(self, one: EditableService, row: Mapping[str, Any]) -> ServiceLine:
        names = {**one.names, **one.edited_names}
        minutes = minutes_in_force(one.minutes, one.edited_minutes, ours=self.ours)
        price = price_in_force(one.price_minor, one.edited_price_minor, ours=self.ours)
        sizes = []
        for size in one.sizes:
            now = price_in_force(size.price_minor, size.edited_price_minor, ours=self.ours)
            sizes.append(SizeLine(size.names, now, size.price_minor if now != size.price_minor else None))
        return ServiceLine(
            id=one.id,
            names=names,
            was_names=one.names if names != one.names else None,
            minutes=minutes,
            was_minutes=one.minutes if minutes != one.minutes else None,
            price=price,
            was_price=one.price_minor if price != one.price_minor else None,
            aliases=list(dict.fromkeys([*one.aliases, *one.edited_aliases])),
            sizes=sizes,
            hidden=one.hidden,
            edited=_edited(one),
            places=[self._places[place] for place in row["location_ids"] if place in self._places],
        )

    def differences(self) -> list[Difference]:
        """Services, then places and people, each in the catalog's order."""
        found = [
            Difference(f"/catalog/services/{one.id}", {**one.names, **one.edited_names}, *points)
            for one in self.services
            for points in self._points(one)
        ]
        for kind, rows in (("places", "locations"), ("people", "staff")):
            edits = self.stored["location_edits" if kind == "places" else "staff_edits"]
            found += [
                Difference(f"/catalog/{kind}/{row['id']}", _named(row, edits)[0], *points)
                for row in self.stored[rows]
                if (edit := edits.get(row["id"]))
                for points in _name_points(row["names"], edit["names"], edit["aliases"])
            ]
        return found

    def _points(self, one: EditableService) -> Iterator[tuple[str, str, Any, Any, str]]:
        """what, kind, there, here, note."""
        yield from _name_points(one.names, one.edited_names, one.edited_aliases)
        if one.edited_minutes is not None:
            note = _SAME if one.edited_minutes == one.minutes else ""
            if minutes_in_force(one.minutes, one.edited_minutes, ours=self.ours) != one.edited_minutes:
                note = "The booking system needs longer by now, so its own holds."
            yield "Minutes", "minutes", one.minutes, one.edited_minutes, note
        if one.edited_price_minor is not None:
            note = self._price_note(one.price_minor, one.edited_price_minor)
            yield "Price", "price", one.price_minor, one.edited_price_minor, note
        for size in one.sizes:
            if size.edited_price_minor is not None:
                said = size.names.get("en") or next(iter(size.names.values()), "")
                note = self._price_note(size.price_minor, size.edited_price_minor)
                yield f"Price, {said}", "price", size.price_minor, size.edited_price_minor, note
        if one.hidden:
            yield "Offered", "text", "yes", "no", ""

    def _price_note(self, there: int, here: int) -> str:
        if not self.ours:
            return "The booking system's price holds: it places the order."
        return _SAME if there == here else ""

    def places(self) -> list[Place]:
        found = []
        for row in self.stored["locations"]:
            week = written_hours(row["hours"])
            exceptions = [
                (
                    date.fromisoformat(one["day"]),
                    ", ".join(f"{span[0][:5]}-{span[1][:5]}" for span in one["spans"]),
                )
                for one in sorted(row["exceptions"], key=lambda one: str(one["day"]))
            ]
            days = (
                [(day.capitalize(), spans or "closed") for day, spans in week.items()] if row["hours"] else []
            )
            names, aliases = _named(row, self.stored["location_edits"])
            found.append(Place(row["id"], names, aliases, row["address"], row["phone"], days, exceptions))
        return found

    def people(self, free: Iterable[FreeDay]) -> list[Person]:
        week: dict[str, int] = {}
        for one in free:
            week[str(one.staff_id)] = week.get(str(one.staff_id), 0) + one.free
        called = {str(one.id): {**one.names, **one.edited_names} for one in self.services}
        offered: dict[str, set[str]] = {}
        for row in self.stored["services"]:
            for place in row["location_ids"]:
                offered.setdefault(place, set()).add(row["id"])
        found = []
        for row in self.stored["staff"]:
            does = [one for one in called if one in set(row["service_ids"])]
            names, aliases = _named(row, self.stored["staff_edits"])
            found.append(
                Person(
                    id=row["id"],
                    names=names,
                    aliases=aliases,
                    place=self._places.get(row["location_id"], {}),
                    services=[called[one] for one in does],
                    everything=bool(does) and set(does) == offered.get(row["location_id"], set()),
                    extra_minutes=row["extra_minutes"],
                    resource=row["resource"],
                    week=week.get(row["id"], 0),
                )
            )
        return found

    def days(self, free: Iterable[FreeDay], wanted: Sequence[date]) -> list[DayLine]:
        """A line for each wanted day, those without a free time too."""
        counts: dict[date, dict[str, int]] = {day: {} for day in wanted}
        people: dict[date, set[UUID]] = {day: set() for day in wanted}
        for one in free:
            if one.day in counts:
                key = str(one.location_id)
                counts[one.day][key] = counts[one.day].get(key, 0) + one.free
                people[one.day].add(one.staff_id)
        return [
            DayLine(day, [counts[day].get(place, 0) for place in self._places], len(people[day]))
            for day in wanted
        ]


_NAMES = {"en": "English name", "ar": "Arabic name"}
_SAME = "The booking system says the same by now."


def _named(row: Mapping[str, Any], edits: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """Names and other names in force: the source's and the operator's."""
    edit = edits.get(row["id"]) or {"names": {}, "aliases": []}
    return {**row["names"], **edit["names"]}, list(dict.fromkeys([*row["aliases"], *edit["aliases"]]))


def _name_points(
    there: Names, here: Names, aliases: Sequence[str]
) -> Iterator[tuple[str, str, str, str, str]]:
    """what, kind, there, here, note."""
    for language, name in here.items():
        source = there.get(language, "")
        yield _NAMES.get(language, language), "text", source, name, _SAME if source == name else ""
    if aliases:
        yield "Also called", "text", "", ", ".join(aliases), ""


def _edited(one: EditableService) -> bool:
    own = (one.edited_names, one.edited_aliases, one.hidden)
    terms = (one.edited_minutes, one.edited_price_minor, *(size.edited_price_minor for size in one.sizes))
    return any(own) or any(term is not None for term in terms)
