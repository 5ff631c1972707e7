"""Two texts line by line: what stayed, what went, what came. Pure."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

_AROUND = 2
"""Lines that stayed, shown before and after a change."""


@dataclass(frozen=True, slots=True)
class DiffLine:
    """kind: same, gone, new, or skip (text: how many lines stayed)."""

    kind: str
    text: str


def difference(before: str, after: str) -> list[DiffLine]:
    """Empty if the texts are the same."""
    old, new = before.splitlines(), after.splitlines()
    if old == new:
        return []
    lines: list[DiffLine] = []
    shown = 0
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_AROUND):
        if (skipped := group[0][1] - shown) > 0:
            lines.append(_skip(skipped))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                lines += [DiffLine("same", line) for line in old[old_from:old_to]]
            else:
                lines += [DiffLine("gone", line) for line in old[old_from:old_to]]
                lines += [DiffLine("new", line) for line in new[new_from:new_to]]
        shown = group[-1][2]
    if len(old) > shown:
        lines.append(_skip(len(old) - shown))
    return lines


def _skip(count: int) -> DiffLine:
    return DiffLine("skip", f"{count} {'line' if count == 1 else 'lines'} the same")
