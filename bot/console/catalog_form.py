"""The forms of the catalog's edits: what they show, and what was typed to what the tables take. Pure.

A service has names, other names, minutes and prices to edit; a place or a person has names and other names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from babel.numbers import get_currency_precision

from bot.catalog_edits import aliases_written, objection_to_minutes, objection_to_price, price_written
from db.catalog_edits import EditableService

LANGUAGES = ("en", "ar")
_LONGEST_NAME, _MOST_ALIASES, _LONGEST_ALIAS, _MOST_MINUTES = 120, 40, 60, 1440


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to stand beside the source's row. None and empty: the source's own."""

    names: dict[str, str] = field(default_factory=dict)
    aliases: list[str] = field(default_factory=list)
    minutes: int | None = None
    price_minor: int | None = None
    hidden: bool = False
    sizes: dict[UUID, int | None] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        own = (self.names, self.aliases, self.hidden, self.minutes is not None, self.price_minor is not None)
        return not any(own) and all(one is None for one in self.sizes.values())


def amount(minor: int, currency: str) -> str:
    """12500 KWD -> `12.500`: as a field of the form has it."""
    digits = get_currency_precision(currency)
    return f"{Decimal(minor).scaleb(-digits):.{digits}f}"


def stored(one: EditableService) -> Wanted:
    """The edits that stand."""
    return Wanted(
        names=dict(one.edited_names),
        aliases=list(one.edited_aliases),
        minutes=one.edited_minutes,
        price_minor=one.edited_price_minor,
        hidden=one.hidden,
        sizes={size.id: size.edited_price_minor for size in one.sizes},
    )


def typed(one: EditableService, currency: str) -> dict[str, str]:
    """The form's fields as they stand."""
    now = stored(one)
    fields = typed_names(now.names, now.aliases)
    fields["minutes"] = "" if now.minutes is None else str(now.minutes)
    fields["price"] = "" if now.price_minor is None else amount(now.price_minor, currency)
    fields["hidden"] = "1" if now.hidden else ""
    for size_id, price in now.sizes.items():
        fields[f"size_{size_id}"] = "" if price is None else amount(price, currency)
    return fields


def read(
    form: Mapping[str, str], one: EditableService, *, provider: str | None, currency: str
) -> tuple[Wanted, dict[str, str]]:
    """What was typed, and per field why it can't be. Prices that may not be edited keep what stands."""
    problems: dict[str, str] = {}
    now = stored(one)

    def price(name: str, before: int | None) -> int | None:
        text = form.get(name, "")
        if (objection := objection_to_price(provider)) is not None:
            if text:
                problems[name] = f"{objection[:1].upper()}{objection[1:]}."
            return before
        try:
            return price_written(text, currency) if text else None
        except ValueError as error:
            problems[name] = f"{error}."
            return before

    names, aliases = read_names(form, one.names, now.names, problems)
    wanted = Wanted(
        names=names,
        aliases=aliases,
        minutes=_minutes(form.get("minutes", ""), one, provider, problems),
        price_minor=price("price", now.price_minor) if not one.sizes else now.price_minor,
        hidden=form.get("hidden") == "1",
        sizes={size.id: price(f"size_{size.id}", size.edited_price_minor) for size in one.sizes},
    )
    return wanted, problems


def typed_names(names: Mapping[str, str], aliases: Sequence[str]) -> dict[str, str]:
    """The fields of an edit's names and other names."""
    fields = {f"name_{language}": names.get(language, "") for language in LANGUAGES}
    return {**fields, "aliases": "\n".join(aliases)}


def read_names(
    form: Mapping[str, str], source: Mapping[str, str], before: Mapping[str, str], problems: dict[str, str]
) -> tuple[dict[str, str], list[str]]:
    """The edited names and other names as they are to stand; why one can't be goes to `problems`, by its field."""
    typed = {language: " ".join(form.get(f"name_{language}", "").split()) for language in LANGUAGES}
    for language, name in typed.items():
        if len(name) > _LONGEST_NAME or "\0" in name:
            problems[f"name_{language}"] = f"A name has at most {_LONGEST_NAME} characters."
    aliases = aliases_written(form.get("aliases", "").replace(",", "\n").replace("،", "\n").splitlines())
    if len(aliases) > _MOST_ALIASES or any(len(alias) > _LONGEST_ALIAS or "\0" in alias for alias in aliases):
        problems["aliases"] = f"At most {_MOST_ALIASES}, each of at most {_LONGEST_ALIAS} characters."
    # A name that is the source's own is no edit of it. Languages that the form doesn't have stay.
    names = {language: name for language, name in before.items() if language not in LANGUAGES}
    names |= {language: name for language, name in typed.items() if name and name != source.get(language)}
    return names, aliases


def _minutes(text: str, one: EditableService, provider: str | None, problems: dict[str, str]) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:6]) <= _MOST_MINUTES:
        problems["minutes"] = f"From 1 to {_MOST_MINUTES} minutes."
        return None
    minutes = int(text)
    if (objection := objection_to_minutes(provider, one.minutes, minutes)) is not None:
        problems["minutes"] = f"{objection[:1].upper()}{objection[1:]}."
    return minutes


def changed(before: Wanted, after: Wanted) -> list[str]:
    """Which points differ, for the audit."""
    points = ("names", "aliases", "minutes", "price_minor", "hidden", "sizes")
    return [point for point in points if getattr(before, point) != getattr(after, point)]
