"""How long understanding takes, by hand: python -m tests.understanding.speed. Asserts nothing."""

from __future__ import annotations

import statistics
import time

from tests.understanding.salon import hear

LINES = (
    "hi",
    "yes",
    "2",
    "I want to book",
    "gel manicure",
    "tomorrow at 2pm",
    "with Maya at Zahra",
    "gel mani tomorrow at 2 at Plaza, I'm Sara",
    "do you have anything tomorrow morning with Maya?",
    "how much is the keratin treatment for long hair?",
    "+965 5000 0012",
    "ابغى gel manicure بكرا الساعة ٥",
)


def measure(rounds: int = 200) -> dict[str, float]:
    """Median microseconds per line."""
    told = {}
    for line in LINES:
        taken = []
        for _ in range(rounds):
            started = time.perf_counter()
            hear(line)
            taken.append((time.perf_counter() - started) * 1e6)
        told[line] = statistics.median(taken)
    return told


if __name__ == "__main__":
    for line, microseconds in measure().items():
        print(f"{microseconds:8.1f} µs  {line}")
