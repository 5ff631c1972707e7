"""A row of `frontdesk doctor`: what was looked at, and how it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a finding is meant."""

    OK = "ok"
    NOTE = "note"
    """Nothing is wrong; worth knowing."""
    MISSING = "missing"
    """Something required is not there: doctor ends with exit code 1."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One row: a section, what was looked at, how it is, and the words."""

    section: str
    title: str
    state: State
    text: str
