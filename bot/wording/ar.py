"""Arabic, Gulf-friendly. Same keys as en.py."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, ...]] = {}
PLURALS: Mapping[str, Mapping[str, str]] = {}
