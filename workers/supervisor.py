"""Keeps the demo's processes and servers running: starts them, restarts what dies, stops all of it in order.

Output goes to one file per process; only warnings and what is said here reach the terminal.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from workers.embedded import EmbeddedPostgres, EmbeddedRedis
from workers.embedded_process import EmbeddedError
from workers.lifeline import dies_with_parent

_BACKOFF_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
_STEADY_SECONDS = 30.0  # a process that lived longer starts over at the shortest pause
_STOP_SECONDS = 10.0
_SERVER_CHECK_SECONDS = 0.2
_QUIET_SECONDS = 30.0  # the same warning of the same process is shown once in this time
_LOG_LIMIT_BYTES = 5_000_000

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """A process to keep alive: its name, command line and whole environment."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]


@dataclass(slots=True)
class _Child:
    spec: ProcessSpec
    keeper: asyncio.Task[None] | None = None
    process: asyncio.subprocess.Process | None = None
    restarts: int = 0
    failures: int = 0
    last_code: int | None = None
    shown: dict[str, float] = field(default_factory=dict)


class Supervisor:
    """Owns processes and embedded servers. Use it from the main thread's event loop (see `lifeline`)."""

    def __init__(self, log_dir: Path, say: Say) -> None:
        self._log_dir = log_dir
        self._say = say
        self._children: dict[str, _Child] = {}
        self._servers: list[EmbeddedPostgres | EmbeddedRedis] = []
        self._server_keeper: asyncio.Task[None] | None = None
        log_dir.mkdir(parents=True, exist_ok=True)

    def add_server(self, server: EmbeddedPostgres | EmbeddedRedis) -> None:
        """Start a server now and again whenever it dies. Raises EmbeddedError when it can't start."""
        server.start()
        self._servers.append(server)
        if self._server_keeper is None:
            self._server_keeper = asyncio.create_task(self._keep_servers())

    def add(self, spec: ProcessSpec) -> None:
        """Start a process and keep it alive."""
        child = _Child(spec)
        self._children[spec.name] = child
        child.keeper = asyncio.create_task(self._keep(child), name=f"keep {spec.name}")

    def pid(self, name: str) -> int | None:
        """The process id of a running child."""
        process = self._children[name].process
        return process.pid if process is not None and process.returncode is None else None

    def restarts(self, name: str) -> int:
        """How often a child was started again."""
        return self._children[name].restarts

    def failing(self) -> str | None:
        """A child that ended at least three times in a row right after its start, and its log."""
        for child in self._children.values():
            if child.failures >= 3:
                log = self._log_file(child.spec.name)
                return f"{child.spec.name} keeps ending (exit code {child.last_code}), see {log}"
        return None

    async def stop(self) -> None:
        """Stop processes first, then the servers they use. Nothing of ours is left afterwards."""
        for child in self._children.values():
            if child.keeper is not None:
                child.keeper.cancel()
        await asyncio.gather(*(self._stop_child(child) for child in self._children.values()))
        if self._server_keeper is not None:
            self._server_keeper.cancel()
            await asyncio.gather(self._server_keeper, return_exceptions=True)
        for server in reversed(self._servers):
            server.stop()

    def kill(self) -> None:
        """End everything at once, for the impatient second Ctrl-C."""
        for child in self._children.values():
            _kill_group(child.process)

    def _log_file(self, name: str) -> Path:
        return self._log_dir / f"{name}.log"

    async def _keep_servers(self) -> None:
        while True:
            await asyncio.sleep(_SERVER_CHECK_SECONDS)
            for server in self._servers:
                if server.alive():
                    continue
                self._say(f"{server.title} ended unexpectedly; starting it again")
                try:
                    server.start()
                except EmbeddedError as error:
                    self._say(str(error))
                    await asyncio.sleep(1)

    async def _keep(self, child: _Child) -> None:
        name = child.spec.name
        while True:
            started = time.monotonic()
            child.last_code = await self._run_once(child)
            steady = time.monotonic() - started > _STEADY_SECONDS
            child.failures = 1 if steady else child.failures + 1
            pause = _BACKOFF_SECONDS[min(child.failures - 1, len(_BACKOFF_SECONDS) - 1)]
            self._say(f"{name} ended (exit code {child.last_code}); starting it again in {pause:g} s")
            await asyncio.sleep(pause)
            child.restarts += 1

    async def _run_once(self, child: _Child) -> int:
        spec = child.spec
        child.process = await asyncio.create_subprocess_exec(
            *spec.command,
            env=dict(spec.environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=1_000_000,
            start_new_session=True,  # Ctrl-C reaches us alone; we stop children in order
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )
        file = self._log_file(spec.name)
        if file.exists() and file.stat().st_size > _LOG_LIMIT_BYTES:
            file.replace(file.with_suffix(".log.1"))
        with file.open("ab") as log:
            await self._relay(child, log)
        return await child.process.wait()

    async def _relay(self, child: _Child, log: IO[bytes]) -> None:
        """Copy a child's lines to its file, and show those that warn."""
        assert child.process is not None and child.process.stdout is not None  # noqa: S101, PT018 - PIPE above
        while True:
            try:
                line = await child.process.stdout.readline()
            except ValueError:  # a line over the limit: readline dropped it
                continue
            if not line:
                return
            log.write(line)
            log.flush()
            if warning := _warning(line):
                self._show(child, warning)

    def _show(self, child: _Child, warning: str) -> None:
        now = time.monotonic()
        if now - child.shown.get(warning, -_QUIET_SECONDS) >= _QUIET_SECONDS:
            child.shown = {text: at for text, at in child.shown.items() if now - at < _QUIET_SECONDS}
            child.shown[warning] = now
            self._say(f"{child.spec.name}: {warning}")

    async def _stop_child(self, child: _Child) -> None:
        process = child.process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            drain = asyncio.create_task(_drain(process))
            try:
                await asyncio.wait_for(process.wait(), _STOP_SECONDS)
            except TimeoutError:
                self._say(f"{child.spec.name} did not stop within {_STOP_SECONDS:.0f} s; killed")
            drain.cancel()
        _kill_group(process)  # whatever it left behind
        if child.keeper is not None:
            await asyncio.gather(child.keeper, return_exceptions=True)


async def _drain(process: asyncio.subprocess.Process) -> None:
    """Read on while a process says goodbye, lest a full pipe keep it from ending."""
    if process.stdout is not None:
        while await process.stdout.read(65536):
            pass


def _kill_group(process: asyncio.subprocess.Process | None) -> None:
    """SIGKILL a child and all it started: it leads a session of its own."""
    if process is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _warning(line: bytes) -> str | None:
    """What of a log line belongs on the terminal: warnings and worse, shortly."""
    text = line.decode(errors="replace").strip()
    try:
        entry = json.loads(text)
    except ValueError:
        # Not from our logging: the interpreter's own last words. Indented lines only say where.
        noise = not text or line[:1].isspace() or text.startswith(("Traceback", "Stack", "Thread", "File"))
        return None if noise else text[:200]
    if not isinstance(entry, dict) or entry.get("level") not in {"warning", "error", "critical"}:
        return None
    words = [str(entry["level"]), str(entry.get("event", ""))]
    if error := str(entry.get("exception", "")).splitlines():
        words.append(f"({error[-1]})")
    return " ".join(words)[:200]
