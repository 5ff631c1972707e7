"""Demo businesses made from templates, as the web sees them. Implemented in workers/demo_businesses.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


class DemoTrouble(Exception):
    """It wasn't done. The message is one plain line for an operator; of a failure it names the row."""


class UnknownDemo(DemoTrouble):
    """No template has this key."""


class DemoBusy(DemoTrouble):
    """Somebody else seeds or resets right now."""


class DemoRefused(DemoTrouble):
    """It can't be done: the workspace isn't the template's, a row is refused, the sandbox is missing."""


@dataclass(frozen=True, slots=True)
class DemoBusiness:
    """A template. last_seeded_at, workspace_id: None: it was never seeded. counts: what the last time did."""

    key: str
    title: str
    workspace_key: str
    workspace_id: UUID | None
    last_seeded_at: datetime | None
    counts: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class SeededDemo:
    """What was done. counts: per kind of row created, updated, skipped, deleted."""

    key: str
    workspace_key: str
    workspace_id: UUID
    counts: Mapping[str, Mapping[str, int]]
    last_seeded_at: datetime


class DemoBusinesses(Protocol):
    """Seeds and resets them."""

    async def known(self) -> Sequence[DemoBusiness]:
        """Every template, seeded or not, by key."""
        ...

    async def seed(self, key: str, *, reset: bool) -> SeededDemo:
        """Brings the template's business to what its file says; reset: throws away first what happened in it.

        Raises UnknownDemo, DemoBusy, DemoRefused.
        """
        ...
