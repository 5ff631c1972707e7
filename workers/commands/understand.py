"""`frontdesk understand`: what the rules hear in lines of text, for measuring them and for looking into them."""

from __future__ import annotations

import json
import sys
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from bot.understanding.interchange import Inventory, Turn

_KEPT = 64
"""Catalogs kept ready, as a process that serves several businesses does. The turns of one talk share one."""


def understand(
    explain: Annotated[bool, typer.Option(help="Print facts with rule and place instead.")] = False,
    rounds: Annotated[
        int, typer.Option(min=1, max=100, help="How often a line is read; the quickest counts.")
    ] = 3,
) -> None:
    """Read turns from stdin and write what was understood of them to stdout, a JSON object per line.

    Each line in holds an id, an utterance and what is known at that turn: reference_time, timezone, catalog
    and so on. Each line out holds slots, polarity, intents, and latency_us, which is CPU time. A line that can't
    be read comes back with its `error`. Needs neither settings nor a database.
    """
    reader = _Reader(rounds)
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if line.strip():
            told = reader.explained(line, number) if explain else json.dumps(reader.predicted(line, number))
            sys.stdout.write(f"{told}\n")


class _Reader:
    """Reads lines; keeps the catalogs of the last talks."""

    def __init__(self, rounds: int) -> None:
        # Imported here so that `frontdesk --help` stays quick.
        from bot.understanding import interchange
        from bot.understanding.understand import understand as read

        self._interchange = interchange
        self._understand = read
        self._rounds = rounds
        self._inventories: OrderedDict[str, Inventory] = OrderedDict()

    def predicted(self, line: bytes, number: int) -> dict[str, Any]:
        """One prediction."""
        try:
            turn = self._interchange.Turn.model_validate_json(line)
            inventory = self._inventory(turn)
            context = self._interchange.context_of(turn, inventory)
            self._understand("hi", context)  # the index over a catalog is built once a version, not in a turn
            taken = []
            for _ in range(self._rounds):
                began = time.thread_time_ns()
                heard = self._understand(turn.utterance, context)
                taken.append(time.thread_time_ns() - began)
        except Exception as error:  # noqa: BLE001 -- a fault of one line is that line's result
            return self._interchange.failure_of(_id_of(line), f"line {number}: {_reason(error)}")
        prediction = self._interchange.prediction_of(turn, heard, inventory)
        return {**prediction, "latency_us": round(min(taken) / 1000, 1)}

    def explained(self, line: bytes, number: int) -> str:
        """The facts of one line, for people."""
        try:
            turn = self._interchange.Turn.model_validate_json(line)
            inventory = self._inventory(turn)
            heard = self._understand(turn.utterance, self._interchange.context_of(turn, inventory))
        except Exception as error:  # noqa: BLE001 -- as above
            return f"{_id_of(line)}: line {number}: {_reason(error)}"
        return "\n  ".join([f"{turn.id}: {turn.utterance}", *self._interchange.explain(heard, inventory)])

    def _inventory(self, turn: Turn) -> Inventory:
        key = json.dumps([turn.catalog, turn.catalog_aliases], sort_keys=True)
        inventory = self._inventories.get(key)
        if inventory is None:
            inventory = self._interchange.inventory_of(turn.catalog, turn.catalog_aliases)
            self._inventories[key] = inventory
            if len(self._inventories) > _KEPT:
                self._inventories.popitem(last=False)
        self._inventories.move_to_end(key)
        return inventory


def _id_of(line: bytes) -> str | None:
    """The id of a line that is no turn, as far as it has one."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    found = value.get("id") if isinstance(value, dict) else None
    return None if found is None else str(found)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
