"""What a call costs, from the dated price table beside this file (prices.json: source and date of every row).

Money here is nano-dollars (a thousand-millionth of a US dollar), an integer: at these prices a cached token costs
10 of them, so that a sum over a day is exact.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

from providers.llm.contract import Usage

NANO = 10**9
"""Nano-dollars in a dollar."""
CENT = NANO // 100


@dataclass(frozen=True, slots=True)
class Price:
    """Nano-dollars per token; integers, as prices have at most three digits per million."""

    model: str
    since: date
    above_input: int
    input: int
    cached: int
    cache_write: int
    output: int
    source: str

    def cost(self, usage: Usage) -> int:
        return (
            usage.fresh_input * self.input
            + usage.cached_input * self.cached
            + usage.cache_write * self.cache_write
            + usage.output * self.output
        )


@cache
def price_table() -> tuple[Price, ...]:
    """All rows. Raises ValueError for a table that can't be right."""
    raw = json.loads(files("providers.llm").joinpath("prices.json").read_text("utf-8"))

    def nanos(text: str) -> int:
        value = Decimal(text) * 1000
        if value != value.to_integral_value() or value < 0:
            raise ValueError(f"a price of {text} per million has more digits than are counted")
        return int(value)

    return tuple(
        Price(
            model=row["model"],
            since=date.fromisoformat(row["from"]),
            above_input=row.get("above_input", 0),
            input=nanos(row["input"]),
            cached=nanos(row["cached"]),
            cache_write=nanos(row["cache_write"]),
            output=nanos(row["output"]),
            source=row["source"],
        )
        for row in raw["prices"]
    )


def price_of(model: str, on: date, *, input_tokens: int = 0) -> Price | None:
    """The newest row in force, of the band that the whole request falls into.

    A dated snapshot of a model (`gpt-6-luna-2026-09-22`) costs what the model costs. None: a model without a price.
    """
    rows = [row for row in price_table() if row.model == model and row.since <= on]
    if not rows and (named := _undated(model)) != model:
        return price_of(named, on, input_tokens=input_tokens)
    fitting = [row for row in rows if input_tokens > row.above_input or not row.above_input]
    return max(fitting, key=lambda row: (row.above_input, row.since), default=None)


def _undated(model: str) -> str:
    head, _, tail = model.partition("-20")
    return head if tail and tail.replace("-", "").isdigit() else model


def dearest(on: date) -> Price:
    """What an unknown model is counted as: never for nothing."""
    return max((row for row in price_table() if row.since <= on), key=lambda row: (row.output, row.input))


def cost_nanos(model: str, usage: Usage, on: date) -> tuple[int, bool]:
    """The cost of a call, and whether its model has a price of its own (False: counted at the dearest)."""
    price = price_of(model, on, input_tokens=usage.input)
    return (price or dearest(on)).cost(usage), price is not None
