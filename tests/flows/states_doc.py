"""Draws docs/states.md from a walk through the flows.

python -m tests.flows.states_doc        writes it anew
"""

from __future__ import annotations

from pathlib import Path

from bot.flows.state import BotState
from tests.flows.walk import explore

PATH = Path(__file__).parents[2] / "docs" / "states.md"
ANYTIME = {
    "STOP", "START", "human", "cancel", "start over", "back", "change", "change the name", "actually Zahra",
    "tap Change", "tap Talk to us", "no", "blah blah", "thanks", "hi", "tap More…",
}  # fmt: skip
"""Possible nearly everywhere; left out of the picture, listed in the table."""
SHOWN = 4


def render(edges: dict[tuple[BotState, BotState], set[str]]) -> str:
    drawn = sorted(
        (a.value, b.value) for (a, b), actions in edges.items() if a is not b and actions - ANYTIME
    )
    lines = [
        "# States of a talk",
        "",
        "Drawn by `python -m tests.flows.states_doc` from a walk through the code; a test compares it.",
        "What each state means stands in `bot/flows/state.py`. STOP, a person, cancel, back, start over and",
        "corrections are possible nearly everywhere; the picture leaves them out, the table has them.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {BotState.IDLE.value}",
        *(f"    {a} --> {b}" for a, b in drawn),
        "```",
        "",
        "| from | to | for example |",
        "|---|---|---|",
    ]
    for (a, b), actions in sorted(edges.items(), key=lambda item: (item[0][0].value, item[0][1].value)):
        if a is b:
            continue
        some = ", ".join(sorted(actions)[:SHOWN])
        lines.append(f"| {a.value} | {b.value} | {some} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PATH.write_text(render(explore()[0]), encoding="utf-8")
