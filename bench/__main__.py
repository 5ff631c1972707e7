"""`python -m bench`: runs the benchmarks one after another and writes reports/benchmarks.md."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import catalog_sync, console, latency, receiver, report, searching, thinking, turns
from bench.result import Result
from bench.world import World, open_world
from workers.resources import now
from workers.settings import PROJECT_ROOT

BENCHMARKS: dict[str, Callable[..., Result]] = {
    "receiver": receiver.run,
    "latency": latency.run,
    "turns": turns.run,
    "thinking": thinking.run,
    "sync": catalog_sync.run,
    "needs": searching.run,
    "console": console.run,
}


def main() -> None:
    arguments = _arguments()
    chosen = arguments.only.split(",") if arguments.only else list(BENCHMARKS)
    started = time.monotonic()
    with open_world() as world:
        about = report.about(world, date=arguments.date, command=" ".join(["python -m bench", *sys.argv[1:]]))
        _say(f"servers up and seeded after {time.monotonic() - started:.0f} s")
        results = [_run(name, world, arguments.rounds) for name in chosen]
    took = time.monotonic() - started
    _say(f"all in {took:.0f} s")
    if arguments.out:
        if arguments.only and arguments.out.exists():
            earlier = arguments.out.read_text(encoding="utf-8")
            text = report.with_sections(earlier, results, date=arguments.date)
        else:
            text = report.document(about, results, took)
        arguments.out.write_text(text, encoding="utf-8")
        _say(f"written: {arguments.out}")


def _run(name: str, world: World, rounds: int) -> Result:
    started = time.monotonic()
    result = BENCHMARKS[name](world, rounds=rounds)
    _say(f"\n{result.markdown()}\n({name}: {time.monotonic() - started:.0f} s)")
    return result


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "--only",
        default="",
        help=f"comma list of: {', '.join(BENCHMARKS)}; the report keeps its other sections",
    )
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each measurement")
    parser.add_argument("--date", default=f"{now():%Y-%m-%d}", help="what the report is dated")
    parser.add_argument(
        "--out",
        type=lambda text: Path(text) if text else None,
        default=PROJECT_ROOT / "reports" / "benchmarks.md",
        help="where the report goes; empty: only print",
    )
    arguments = parser.parse_args()
    unknown = set(arguments.only.split(",")) - set(BENCHMARKS) - {""}
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    return arguments


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
