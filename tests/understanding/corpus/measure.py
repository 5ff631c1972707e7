"""How well the corpus is understood: python -m tests.understanding.corpus.measure prints figures and failing turns."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.understanding.contract import Understanding
from bot.understanding.understand import understand
from tests.understanding.corpus.read import Expected, Turn, turns
from tests.understanding.corpus.shops import SHOPS
from tests.understanding.salon import days, times

NAMES = {
    "d": "date", "t": "time", "at": "location", "by": "staff", "s": "service", "out": "taken out", "n": "name",
    "p": "phone", "e": "e-mail", "q": "unknown service", "need": "need", "pay": "payment", "party": "party",
    "i": "intents", "safety": "safety", "lang": "language asked",
}  # fmt: skip


@dataclass(slots=True)
class Tally:
    right: int = 0
    surplus: int = 0
    missed: int = 0

    @property
    def f1(self) -> float:
        all_ = 2 * self.right + self.surplus + self.missed
        return 100 * 2 * self.right / all_ if all_ else 100.0


@dataclass(slots=True)
class Figures:
    """What was counted over the turns. Rates are in percent."""

    turns: int = 0
    slots: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    answers: Tally = field(default_factory=Tally)
    opposite: int = 0
    quiet: int = 0
    invented: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def micro(self) -> float:
        """F1 over all slots, intents left out."""
        kept = [tally for key, tally in self.slots.items() if key != "i"]
        return Tally(*(sum(getattr(t, name) for t in kept) for name in ("right", "surplus", "missed"))).f1

    def table(self) -> str:
        lines = [f"{self.turns} turns, {len(self.failures)} not as expected; slots together {self.micro:.1f}"]
        for key, name in NAMES.items():
            tally = self.slots[key]
            lines.append(
                f"{name:<16} {tally.f1:6.1f}   right {tally.right:4} surplus {tally.surplus:3} missed {tally.missed:3}"
            )
        wrong = self.answers.missed + self.answers.surplus
        lines.append(f"yes/no           {self.yes_no:6.1f}   right {self.answers.right:4} wrong {wrong}")
        lines.append(
            f"opposite {self.opposite}; invented a slot on {self.invented} of {self.quiet} quiet turns"
        )
        return "\n".join(lines)

    @property
    def yes_no(self) -> float:
        asked = self.answers.right + self.answers.missed
        return 100 * self.answers.right / asked if asked else 100.0


def found(heard: Understanding, shop: str) -> dict[str, list[str]]:
    """What was understood, in the corpus's words."""
    labels = SHOPS[shop].labels

    def mentions(said: Iterable[Iterable[object]]) -> list[str]:
        return ["|".join(sorted({labels[one.id] for one in mention})) for mention in said]  # type: ignore[attr-defined]

    removed = mentions(heard.removed)
    kept = [one for one in heard.services if one not in heard.removed]
    texts = {"n": heard.name, "p": heard.phone, "e": heard.email, "q": heard.unknown_service}
    told = {
        "i": [intent.value for intent in heard.intents],
        "d": days(heard),
        "t": [time.rstrip("?") for time in times(heard)],
        "s": mentions(kept),
        "out": removed,
        "at": mentions([[one] for one in heard.locations]),
        "by": mentions([[one] for one in heard.staff]) or (["anyone"] if heard.any_staff else []),
        "pay": [labels[one.id].removeprefix("pay ") for one in heard.payment_types],
        "need": [""] if heard.need else [],
        "party": [str(heard.party.people)] if heard.party else [],
        "lang": [heard.wants_language] if heard.wants_language else [],
        "safety": [heard.safety.kind.value] if heard.safety else [],
    }
    return told | {key: [fact.value] if fact else [] for key, fact in texts.items()}


def _answer(heard: Understanding) -> str:
    if heard.polarity is not None:
        return "yes" if heard.polarity else "no"
    return {True: "lean-yes", False: "no", None: "none"}[heard.leaning]


def _match(expected: Iterable[Expected], values: list[str], tally: Tally) -> bool:
    left = list(dict.fromkeys(values))
    missed = 0
    for one in expected:
        hit = next((value for value in left if value in one.values), None)
        if hit is not None:
            left.remove(hit)
            tally.right += not one.optional
        else:
            missed += not one.optional
    tally.missed += missed
    tally.surplus += len(left)
    return not missed and not left


def _judge(turn: Turn, figures: Figures) -> list[str]:
    heard = understand(turn.said, turn.context)
    got = found(heard, turn.shop)
    wrong = []
    for key, name in NAMES.items():
        expected = turn.told.get(key, ())
        if not _match(expected, got[key], figures.slots[key]):
            wrong.append(f"{name} {','.join(got[key]) or '-'} for {_spelt(expected)}")
    wrong += _judge_answer(turn, _answer(heard), figures)
    if turn.quiet:
        figures.quiet += 1
        figures.invented += any(got[key] for key in NAMES if key not in {"i", "safety", "lang", "q"})
    return wrong


def _judge_answer(turn: Turn, answer: str, figures: Figures) -> list[str]:
    told = turn.told.get("y", ())
    meant = told[0].values[0] if told else "none"
    if told and answer in told[0].values:
        meant = answer
    elif told and told[0].optional and answer == "none":
        return []
    if not told and answer in {"no", "lean-yes"}:
        answer = "none"
    if meant != "none":
        figures.answers.right += answer == meant
        figures.answers.missed += answer != meant
        figures.opposite += {answer, meant} == {"yes", "no"}
    elif answer != "none":
        figures.answers.surplus += 1
    return [] if answer == meant else [f"answer {answer} for {meant}"]


def _spelt(expected: Iterable[Expected]) -> str:
    return ",".join("|".join(one.values) or "told" for one in expected) or "-"


def measure() -> Figures:
    """The figures over the whole corpus."""
    figures = Figures()
    for turn in turns():
        figures.turns += 1
        wrong = _judge(turn, figures)
        if wrong:
            figures.failures.append(f"{turn.where} {turn.said!r}: {'; '.join(wrong)}")
    return figures


if __name__ == "__main__":
    measured = measure()
    sys.stdout.write("\n".join([*measured.failures, "", measured.table(), ""]))
