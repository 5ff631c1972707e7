"""The demo's supervisor: what dies comes back, what stops is gone, and only warnings reach the terminal."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.conftest import folder_for_servers
from tests.processes import gone
from workers import supervisor as module
from workers.settings import child_environment
from workers.supervisor import ProcessSpec, Supervisor

SLEEPER = "import time; time.sleep(120)"


@pytest.fixture
def server_dir():
    """A folder of this test's own for servers."""
    with folder_for_servers() as folder:
        yield folder


@pytest.fixture
def said():
    return []


@pytest.fixture
async def supervisor(server_dir, said):
    running = Supervisor(server_dir / "log", said.append)
    yield running
    await running.stop()


def spec(name, code):
    return ProcessSpec(name, [sys.executable, "-c", code], child_environment())


async def until(check, seconds=10):
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.02)


async def test_a_killed_process_comes_back_and_a_line_says_so(supervisor, said):
    supervisor.add(spec("web", SLEEPER))
    await until(lambda: supervisor.pid("web"))
    first = supervisor.pid("web")
    os.kill(first, signal.SIGKILL)
    await until(lambda: supervisor.pid("web") not in (None, first))
    assert said == ["web ended (exit code -9); starting it again in 0.1 s"]
    assert supervisor.restarts("web") == 1


async def test_a_process_that_keeps_ending_is_reported_with_its_log(supervisor, server_dir):
    supervisor.add(spec("web", "raise SystemExit(2)"))
    await until(supervisor.failing)
    assert supervisor.failing() == f"web keeps ending (exit code 2), see {server_dir / 'log' / 'web.log'}"


async def test_stopping_ends_processes_and_what_they_started(supervisor, server_dir):
    code = (
        "import subprocess, sys, pathlib, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', {SLEEPER!r}])\n"
        f"pathlib.Path({str(server_dir / 'child')!r}).write_text(str(child.pid))\ntime.sleep(120)"
    )
    supervisor.add(spec("web", code))
    await until(lambda: (server_dir / "child").exists() and (server_dir / "child").read_text())
    pids = [supervisor.pid("web"), int((server_dir / "child").read_text())]
    await supervisor.stop()
    await until(lambda: all(gone(pid) for pid in pids))


async def test_a_process_that_ignores_the_request_is_killed(supervisor, said, monkeypatch, server_dir):
    monkeypatch.setattr(module, "_STOP_SECONDS", 0.3)
    ready = server_dir / "ready"
    supervisor.add(
        spec(
            "deaf",
            f"import signal, pathlib, time; signal.signal(15, signal.SIG_IGN); "
            f"pathlib.Path({str(ready)!r}).touch(); time.sleep(120)",
        )
    )
    await until(ready.exists)
    pid = supervisor.pid("deaf")
    await supervisor.stop()
    await until(lambda: gone(pid))
    assert said == ["deaf did not stop within 0 s; killed"]


async def test_the_terminal_shows_warnings_once_and_the_file_has_everything(supervisor, said, server_dir):
    lines = [
        json.dumps({"level": "info", "event": "web.started"}),
        json.dumps(
            {"level": "warning", "event": "redis.down", "exception": "  here\nConnectionError: refused"}
        ),
        json.dumps(
            {"level": "warning", "event": "redis.down", "exception": "  here\nConnectionError: refused"}
        ),
        "Traceback (most recent call last):",
        "  File x",
        "ImportError: no such thing",
    ]
    supervisor.add(spec("web", f"import time\nprint({chr(10).join(lines)!r}, flush=True)\ntime.sleep(120)"))
    log = server_dir / "log" / "web.log"
    await until(lambda: log.exists() and len(log.read_text().splitlines()) == len(lines))
    await until(lambda: len(said) == 2)
    assert said == ["web: warning redis.down (ConnectionError: refused)", "web: ImportError: no such thing"]


async def test_a_server_that_dies_comes_back(supervisor, said, server_dir):
    server = module.EmbeddedRedis(server_dir / "redis")
    supervisor.add_server(server)
    first = server.pid
    os.kill(first, signal.SIGKILL)
    await until(lambda: server.alive() and server.pid != first)
    assert said == ["Redis ended unexpectedly; starting it again"]


def test_a_killed_supervisor_leaves_no_orphan(server_dir):
    code = f"""
import asyncio, pathlib, sys
from workers.embedded import EmbeddedPostgres, EmbeddedRedis
from workers.settings import child_environment
from workers.supervisor import ProcessSpec, Supervisor
async def main():
    folder = pathlib.Path({str(server_dir)!r})
    supervisor = Supervisor(folder / "log", print)
    servers = [EmbeddedPostgres(folder / "postgres", fsync=False), EmbeddedRedis(folder / "redis")]
    for server in servers:
        supervisor.add_server(server)
    supervisor.add(ProcessSpec("web", [sys.executable, "-c", {SLEEPER!r}], child_environment()))
    while supervisor.pid("web") is None:
        await asyncio.sleep(0.01)
    print(supervisor.pid("web"), *(server.pid for server in servers), flush=True)
    await asyncio.sleep(120)
asyncio.run(main())
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    pids = [int(word) for word in process.stdout.readline().split()]
    assert len(pids) == 3
    process.kill()
    process.communicate()
    asyncio.run(until(lambda: all(gone(pid) for pid in pids)))
