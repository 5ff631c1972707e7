"""The house keeps its rules, and each rule is shown to bite."""

from __future__ import annotations

import pytest

from tests.rules import rules
from tests.rules.source import PACKAGES, ROOT, Source, project_files, sources

PRODUCTION = ("workers.web", "workers.messages", "workers.catalog", "workers.dispatcher")
TRY = "try:\n  a\nexcept"


@pytest.mark.parametrize("rule", rules.SOURCE_RULES, ids=lambda rule: rule.__name__)
def test_every_file_keeps_the_rule(rule):
    assert [complaint for source in sources() for complaint in rule(source)] == []


@pytest.mark.parametrize(
    ("rule", "path", "bad", "good"),
    [
        (rules.queue_only_in_workers, "bot/turn.py", "from redis import Redis", "import redistribution"),
        (rules.queue_only_in_workers, "db/tx.py", "def f():\n    import arq", "import json"),
        (rules.database_only_in_db, "sync/apply.py", "from asyncpg import Connection", "import db.tx"),
        (rules.environment_only_in_settings, "workers/web.py", "import os\nos.environ['A']", "import os"),
        (rules.environment_only_in_settings, "bot/turn.py", "from os import getenv", "from os import path"),
        (rules.clock_only_in_workers, "bot/turn.py", "datetime.now(UTC)", "datetime.fromisoformat(x)"),
        (rules.clock_only_in_workers, "db/x.py", "datetime.datetime.utcnow()", "now.date()"),
        (rules.clock_only_in_workers, "sync/x.py", "time.time()", "time.monotonic()"),
        (rules.clock_only_in_workers, "sync/x.py", "from time import time", "from time import monotonic"),
        (rules.thinking_is_pure, "bot/flows/booking.py", "import httpx", "import dataclasses"),
        (rules.thinking_is_pure, "bot/flows/x.py", "import providers.http", "import providers.contract"),
        (rules.thinking_is_pure, "bot/scheduling.py", "from uuid import uuid4", "from uuid import UUID"),
        (rules.no_leaky_operators, "db/slots.py", "S = 'SELECT 1 WHERE a && b'", "S = 'SELECT a AND b'"),
        (rules.no_leaky_operators, "db/slots.py", "S = 'SELECT 1 WHERE a ILIKE $1'", "S = 'a ILIKE b'"),
        (rules.no_leaky_operators, "db/slots.py", "S = 'SELECT 1 WHERE a % $1'", "S = \"SELECT '50 % off'\""),
        (rules.short_files, "db/x.py", "a = 1\n" * 421, "a = 1\n" * 420),
        (rules.no_silent_catch_all, "db/x.py", f"{TRY} Exception: pass", f"{TRY} OSError: pass"),
        (rules.no_silent_catch_all, "db/x.py", "suppress(Exception)", "suppress(OSError)"),
        (rules.no_silent_catch_all, "db/x.py", "c.suppress(Exception)", "c.suppress(OSError)"),
    ],
)  # fmt: skip
def test_each_rule_bites(rule, path, bad, good):
    assert list(rule(Source.of(path, bad)))
    assert not list(rule(Source.of(path, good)))


def test_the_rules_look_at_the_whole_house():
    paths = {source.path for source in sources()}
    assert {path.partition("/")[0] for path in paths} == set(PACKAGES)
    assert "workers/settings.py" in paths


def test_no_circle_between_files():
    assert rules.circles(rules.import_graph(sources())) == []


def test_a_circle_is_found_but_not_a_late_or_typing_import():
    round_trip = (Source.of("bot/a.py", "import bot.b"), Source.of("bot/b.py", "from bot import a"))
    assert rules.circles(rules.import_graph(round_trip)) == [["bot.a", "bot.b"]]
    late = (Source.of("bot/a.py", "import bot.b"), Source.of("bot/b.py", "def f():\n    import bot.a"))
    assert rules.circles(rules.import_graph(late)) == []


def test_production_processes_never_load_the_sandbox():
    graph = rules.import_graph(sources())
    for process in PRODUCTION:
        if process in graph:
            assert {module for module in rules.reachable(graph, process) if "sandbox" in module} == set()


def test_no_file_gives_a_machine_or_a_registry_away():
    complaints = []
    for path in project_files():
        if path.is_relative_to(ROOT / "tests" / "rules") or path.suffix in {".png", ".ico", ".woff2"}:
            continue
        complaints += rules.giveaways(str(path.relative_to(ROOT)), path.read_text(errors="replace"))
    assert complaints == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://x.example/",
        "https://pypi.example.org/simple",
        "/home/ann/f/x.py",
        "10.1.2.3:80",
        "172.16.9.1",
    ],
)
def test_a_giveaway_is_found(line):
    assert list(rules.giveaways("x", line))


def test_a_version_is_nobodys_address():
    assert list(rules.giveaways("x", "importlib-metadata==10.2.0")) == []


def test_every_folder_of_tests_is_a_package():
    """Else two test files of one name collide."""
    folders = {
        path.parent for path in project_files() if path.match("tests/**/*.py") or path.parent.name == "tests"
    }
    assert [str(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []
