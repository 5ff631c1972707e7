"""The demo as a person starts it: a process with its own folder and ports."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil

from workers.demo_env import free_port, read_demo_env


class RunningDemo:
    """A demo process, and what it has said so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "output"
        command = [sys.executable, "-m", "workers.cli", "demo", "--data-dir", str(folder / "var")]
        web = free_port(18080)
        command += ["--web-port", str(web), "--sandbox-port", str(free_port(web + 1))]
        with self.output.open("a") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output)

    def said(self) -> str:
        return self.output.read_text()

    def until(self, check: Callable[[], object], seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while not check():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def healthy(self) -> bool:
        base = read_demo_env(self.folder / "var" / "demo.env")["PUBLIC_BASE_URL"]
        try:
            answer = httpx.get(f"{base}/api/health", timeout=2, trust_env=False)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200 and answer.json()["status"] == "ok"

    def pid_of(self, name: str) -> int | None:
        """None while it is down."""
        found = self.members().get(name)
        return found.pid if found else None

    def members(self) -> dict[str, psutil.Process]:
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

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
