"""`python -m bench.understanding FOLDER`: the language benchmark in that folder, and reports/understanding.md.

The folder holds `dev.input.jsonl.gz`, `dev.gold.jsonl.gz` and `score.py`; it is no part of this project. Its turns
go through `frontdesk understand` as a process, and its own scorer judges.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.report import commit, machine
from bench.result import number
from workers.resources import now
from workers.settings import PROJECT_ROOT

_REPORT = PROJECT_ROOT / "reports" / "understanding.md"
PEERS = {
    "all": 86.0,
    "date": 84.9,
    "time": 87.0,
    "date_range": "42-62",
    "time_range": "42-62",
    "name": 74.1,
    "staff": 95.6,
    "location": 98.1,
    "service": 94.4,
    "phone": 83.7,
}
"""Lenient F1 of the best assembly of public parsers, told with the benchmark, on its closed half."""
GOALS = {"all": 96.0, "name": 95.0, "staff": 97.0, "location": 99.0, "service": 96.0}
"""Lenient F1 in percent."""
INVENTED_GOAL = 1.0
"""Quiet turns on which a slot is invented, in percent."""
_INTRO = """# Understanding, measured

Made by `make understanding` with `NLU_BENCH` naming the benchmark's folder: turns that people wrote or said to
booking systems, in English and Arabic. It lies outside the project, and none of it is copied here. What is measured is
its open half, tier core, the half that its errors may be learnt from; the peer is the best assembly of public parsers,
whose figures are those of the closed half and so only near to comparable. About 1-3 % of the answers it is held against
are noise. F1 is lenient: the day a wording leaves open may be either.
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """The scorer's reports on one run."""

    by_source: dict[str, Any]
    by_language: dict[str, Any]
    first_reading: Mapping[str, float]
    """CPU microseconds where each line is read once only."""
    seconds: float

    def f1(self, slot: str) -> float:
        """Lenient F1 in percent; "all" is the micro average."""
        row = self.by_source["micro"] if slot == "all" else self.by_source["slots"][slot]
        return 100 * float(row["f1_lenient"])

    def invented(self) -> float:
        """Percent of the quiet turns on which a slot was invented."""
        quiet = self.by_source
        return 100 * float(quiet["quiet_turns_with_invented_slot"]) / float(quiet["quiet_turns"])


def measure(folder: Path) -> Measured:
    """Run and score the open half. Raises FileNotFoundError without the files, CalledProcessError otherwise."""
    with tempfile.TemporaryDirectory(prefix="understanding-") as name:
        work = Path(name)
        for part in ("input", "gold"):
            with gzip.open(folder / f"dev.{part}.jsonl.gz") as packed, (work / part).open("wb") as plain:
                shutil.copyfileobj(packed, plain)
        began = time.monotonic()
        _understand(work / "input", work / "once", rounds=1)
        _understand(work / "input", work / "best", rounds=3)
        took = time.monotonic() - began
        scorer = folder / "score.py"
        return Measured(
            by_source=_score(scorer, work, "best", by="source"),
            by_language=_score(scorer, work, "best", by="lang"),
            first_reading=_score(scorer, work, "once", by="lang")["latency_us"],
            seconds=took,
        )


def _understand(lines: Path, predictions: Path, *, rounds: int) -> None:
    command = [sys.executable, "-m", "workers.cli", "understand", "--rounds", str(rounds)]
    with lines.open("rb") as source, predictions.open("wb") as told:
        subprocess.run(command, cwd=PROJECT_ROOT, stdin=source, stdout=told, check=True)


def _score(scorer: Path, work: Path, predictions: str, *, by: str) -> dict[str, Any]:
    out = work / "score.json"
    command = [sys.executable, str(scorer), "--cases", str(work / "gold"), "--pred", str(work / predictions)]
    command += ["--tier", "core", "--by", by, "--json", str(out)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    report: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return report


def document(measured: Measured, date: str) -> str:
    """The whole report."""
    return "\n".join(
        [
            _INTRO,
            "| | |\n|---|---|",
            f"| date | {date} |",
            f"| machine | {machine()} |",
            f"| commit | {commit()} |",
            "| command | `NLU_BENCH=folder make understanding` |",
            f"| took | {measured.seconds:.0f} s |",
            "",
            *_slots(measured),
            *_turns(measured),
            *_groups("source", measured.by_source["by_source"]),
            *_groups("language", measured.by_language["by_lang"]),
        ]
    )


def _slots(measured: Measured) -> list[str]:
    report = measured.by_source
    rows = [("all", report["micro"]), *((slot, report["slots"][slot]) for slot in report["slots"])]
    lines = [
        "## Slots\n",
        "| slot | values | found | invented | precision | F1 | peer | goal |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for slot, row in rows:
        goal = f"≥ {GOALS[slot]:.0f}" if slot in GOALS else ""
        lines.append(
            f"| {slot} | {row['gold']:,} | {_percent(row['exact_lenient'])} | {row['fp']} "
            f"| {_percent(row['precision'])} | **{_percent(row['f1_lenient'])}** | {PEERS.get(slot, '')} | {goal} |"
        )
    return [*lines, ""]


def _turns(measured: Measured) -> list[str]:
    report, said = measured.by_source, measured.by_source["polarity"]
    best, first = report["latency_us"], measured.first_reading
    goals = {"p50": "≤ 0.3 ms", "p99": "≤ 2 ms", "max": "≤ 20 ms"}
    invented, quiet = report["quiet_turns_with_invented_slot"], report["quiet_turns"]
    share = f"{invented} of {quiet:,} ({measured.invented():.1f} %)"
    right = f"{_percent(said['right'] / said['gold'])} %; the opposite {said['opposite']} times"
    lines = [
        "## Turns\n",
        "| what | reached | peer | goal |",
        "|---|---|---|---|",
        f"| a slot invented on a turn without any | {share} | 288 of 9,220 (3.1 %) | ≤ {INVENTED_GOAL:.0f} % |",
        f"| yes or no, of {said['gold']:,} | {right} | 85.6 % | |",
        f"| yes or no heard in other turns | {said['none_fp']} of {said['none']:,} | | |",
        f"| crashes, missing answers | {report['crashes']}, {report['missing']} | | 0 |",
    ]
    for key, goal in goals.items():
        peer = "7.5 ms" if key == "p50" else ""
        lines.append(
            f"| CPU a turn, best of three, {key} | {number(best[key] / 1000)} ms; "
            f"read once {number(first[key] / 1000)} ms | {peer} | {goal} |"
        )
    intents = ", ".join(
        f"{name} {_percent(row['f1'])}" for name, row in sorted(report["intents"].items()) if row["f1"]
    )
    return [*lines, "", f"Intents, F1: {intents}.", ""]


def _groups(what: str, groups: Mapping[str, Mapping[str, Any]]) -> list[str]:
    lines = [
        f"## By {what}\n",
        f"| {what} | turns with slots | all right | F1 |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {row['cases']:,} | {_percent(row['all_right_lenient'])} | {_percent(row['f1_lenient'])} |"
        for name, row in groups.items()
        if row["cases"]
    ]
    return [*lines, ""]


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.understanding", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="the benchmark's folder")
    parser.add_argument("--date", default=f"{now():%Y-%m-%d}", help="what the report is dated")
    parser.add_argument("--out", type=Path, default=_REPORT, help="where the report goes")
    arguments = parser.parse_args()
    if arguments.folder is None:
        print("The language benchmark is not measured: NLU_BENCH doesn't name its folder.")
        return
    measured = measure(arguments.folder)
    arguments.out.write_text(document(measured, arguments.date), encoding="utf-8")
    print(f"micro F1 {measured.f1('all'):.1f}, invented {measured.invented():.1f} %: {arguments.out}")


if __name__ == "__main__":
    main()
