"""The whole demo as a person starts it: ready, heals after kill -9, ends without a trace, starts again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import httpx
import psutil
import pytest

from tests.conftest import folder_for_servers
from workers.demo_env import free_port, read_demo_env

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]


class RunningDemo:
    """A demo process with its own folder and ports, and what it has said so far."""

    def __init__(self, folder):
        self.folder = folder
        self.output = folder / "output"
        command = [sys.executable, "-m", "workers.cli", "demo", "--data-dir", str(folder / "var")]
        web = free_port(18080)
        command += ["--web-port", str(web), "--sandbox-port", str(free_port(web + 1))]
        with self.output.open("a") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output)

    def said(self):
        return self.output.read_text()

    def until(self, check, seconds=90):
        deadline = time.monotonic() + seconds
        while not check():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def healthy(self):
        base = read_demo_env(self.folder / "var" / "demo.env")["PUBLIC_BASE_URL"]
        try:
            answer = httpx.get(f"{base}/api/health", timeout=2, trust_env=False)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200 and answer.json()["status"] == "ok"

    def pid_of(self, name):
        """None while it is down."""
        found = self.members().get(name)
        return found.pid if found else None

    def members(self):
        """The processes and servers it runs, by what their command line shows."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            try:
                line = " ".join(child.cmdline())
            except psutil.NoSuchProcess:  # it has just ended and wasn't waited for yet
                continue
            for name in ("web", "messages", "catalog", "dispatcher", "sandbox", "postgres", "redis"):
                if f"workers.{name}" in line or f" {name}" in line or f"/{name}" in line.split(" ")[0]:
                    found[name] = child
        return found


@pytest.fixture
def demo():
    with folder_for_servers() as folder:
        running = RunningDemo(folder)
        yield running
        if running.process.poll() is None:
            running.process.send_signal(signal.SIGTERM)
            running.process.wait(60)


def test_the_demo_gets_ready_heals_and_ends_without_a_trace(demo):
    demo.until(lambda: "Ready in" in demo.said())
    assert demo.healthy()
    names = set(demo.members())
    assert names == {"web", "messages", "catalog", "dispatcher", "sandbox", "postgres", "redis"}

    for name in sorted(names):
        demo.until(lambda name=name: demo.pid_of(name))
        old = demo.pid_of(name)
        os.kill(old, signal.SIGKILL)
        demo.until(lambda name=name, old=old: demo.pid_of(name) not in {None, old})
        demo.until(demo.healthy)
    assert "web ended (exit code -9)" in demo.said()
    assert "PostgreSQL ended unexpectedly; starting it again" in demo.said()

    family = psutil.Process(demo.process.pid).children(recursive=True)
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(60) == 0
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
    assert demo.said().rstrip().endswith("goes on from here.")
