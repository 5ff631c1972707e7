"""How ShopMonkey's lists answer: filters by bare operators, pages that lie.

Seen on the vendor's server: `limit` is silently capped at 100, an operator spelled `$gte` is silently ignored,
and pages come in no fixed order, overlap and leave rows out, whatever `orderBy` says.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson

PAGE = 100
Row = dict[str, Any]

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda have, want: bool(have == want),
    "gt": lambda have, want: bool(have > want),
    "gte": lambda have, want: bool(have >= want),
    "lt": lambda have, want: bool(have < want),
    "lte": lambda have, want: bool(have <= want),
}


class BadQuery(ValueError):
    """The query can't be read."""


def selected(rows: Iterable[Row], where: str | None) -> list[Row]:
    """Rows that `where` lets through. Operators it doesn't know are ignored, as the vendor does."""
    if where is None:
        return list(rows)
    try:
        wanted = orjson.loads(where)
    except orjson.JSONDecodeError as error:
        raise BadQuery("where is not JSON") from error
    if not isinstance(wanted, dict):
        raise BadQuery("where must be an object")
    return [row for row in rows if all(_fits(row.get(name), rule) for name, rule in wanted.items())]


def _fits(have: object, rule: object) -> bool:
    if not isinstance(rule, dict):
        return have == rule
    return all(
        have is not None and _OPERATORS[operator](_comparable(have), _comparable(want))
        for operator, want in rule.items()
        if operator in _OPERATORS
    )


def _comparable(value: object) -> object:
    """Dates as instants, everything else as it is."""
    if isinstance(value, str) and len(value) >= 20 and value[4:5] == "-":
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return value
    return value


def page(
    rows: list[Row], *, limit: str | None, skip: str | None, omit: float, chance: random.Random | None
) -> tuple[list[Row], dict[str, Any]]:
    """One page and its `meta`. `chance` None: an honest list, in the order of ids.

    omit: the share of rows that a page leaves out.
    """
    size, start = min(_number(limit, "limit", PAGE), PAGE), _number(skip, "skip", 0)
    ordered = sorted(rows, key=lambda row: str(row["id"]))
    if chance is not None:
        chance.shuffle(ordered)
    shown = ordered[start : start + size]
    if chance is not None:
        shown = [row for row in shown if chance.random() >= omit]
    return shown, {"total": len(rows), "hasMore": start + size < len(rows)}


def _number(text: str | None, name: str, default: int) -> int:
    if text is None:
        return default
    if not text.isascii() or not text.isdigit():
        raise BadQuery(f"{name} must be a number")
    return int(text)
