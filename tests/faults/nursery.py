"""Starts the product's processes by forking one that has imported all of it: a start costs milliseconds, not a second.

The product does the same: its watchdog forks a fresh child after the imports (workers/watchdog.py). What a process does
from its `main` on is what `python -m workers.…` does. Run as `python -m tests.faults.nursery`, it takes orders on its
standard input, a socket: a line of JSON with `module`, `arguments`, `environment` and `log` is answered with the `pid`;
the end of a process is told as its `pid` and `code`, negative for a signal.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.console.registry import sections
from workers.lifeline import dies_with_parent

ROOT = Path(__file__).resolve().parents[2]
MODULES = ("workers.web", "workers.messages", "workers.dispatcher", "workers.cli", "providers.sandbox.server")
"""Imported before the first is born, with what they import when they run: the sandbox's, and the console's pages."""
_READY = b"ready\n"


@dataclass(slots=True)
class Child:
    """A process of the nursery's. `returncode`: None while it lives."""

    pid: int
    ended: asyncio.Future[int]
    returncode: int | None = None

    def send_signal(self, number: signal.Signals) -> None:
        """Raises ProcessLookupError."""
        os.kill(self.pid, number)

    async def wait(self) -> int:
        return await asyncio.shield(self.ended)


@dataclass(slots=True)
class Nursery:
    """The asking side. One at a time asks; ends are told whenever they happen."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _born: asyncio.Queue[Child] = field(default_factory=asyncio.Queue)
    _living: dict[int, Child] = field(default_factory=dict)

    async def start(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> Child:
        order = {
            "module": module, "arguments": list(arguments), "environment": dict(environment), "log": str(log),
        }  # fmt: skip
        async with self._asking:
            self.writer.write(json.dumps(order).encode() + b"\n")
            await self.writer.drain()
            return await self._born.get()

    async def listen(self) -> None:
        """Until the nursery ends. A pid is told before its end: both come on one connection."""
        while line := await self.reader.readline():
            told = json.loads(line)
            if "code" in told:
                child = self._living.pop(told["pid"])
                child.returncode = told["code"]
                child.ended.set_result(told["code"])
            else:
                child = Child(told["pid"], asyncio.get_running_loop().create_future())
                self._living[child.pid] = child
                self._born.put_nowait(child)


@asynccontextmanager
async def open_nursery(log: Path) -> AsyncIterator[Nursery]:
    """All that was born there dies with it."""
    ours, theirs = socket.socketpair()
    with theirs, log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.nursery", cwd=ROOT, stdin=theirs, stdout=errors, stderr=errors,
            preexec_fn=dies_with_parent(signal.SIGKILL),
        )  # fmt: skip
    reader, writer = await asyncio.open_connection(sock=ours)
    try:
        assert await reader.readline() == _READY, f"the nursery ended: {log}"
        nursery = Nursery(reader, writer)
        listening = asyncio.create_task(nursery.listen(), name="nursery")
        yield nursery
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    finally:
        writer.close()
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


# -- the nursery itself --------------------------------------------------------------------------------------


def main() -> None:
    """Until the other side hangs up."""
    for module in MODULES:
        importlib.import_module(module)
    sections()
    orders = socket.socket(fileno=os.dup(0))
    woken, wakes = socket.socketpair()
    for each in (woken, wakes):
        each.setblocking(False)
    signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    orders.sendall(_READY)
    heard = b""
    while True:
        ready, _, _ = select.select([orders, woken], [], [])
        if woken in ready:
            woken.recv(4096)
            _bury(orders)
        if orders not in ready:
            continue
        got = orders.recv(65536)
        if not got:
            return
        *lines, heard = (heard + got).split(b"\n")
        for line in lines:
            pid = _bear(json.loads(line))
            _tell(orders, {"pid": pid})


def _bury(orders: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _tell(orders, {"pid": pid, "code": os.waitstatus_to_exitcode(status)})


def _tell(orders: socket.socket, told: Mapping[str, int]) -> None:
    orders.sendall(json.dumps(told).encode() + b"\n")


def _bear(order: Mapping[str, Any]) -> int:
    tie = dies_with_parent(signal.SIGKILL)
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        tie()
        _dress(order)
        _live(order["module"])
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - as an interpreter ends: told on stderr, exit code 1
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _dress(order: Mapping[str, Any]) -> None:
    """Environment, arguments and open files as a process of its own would have them."""
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = [order["module"], *order["arguments"]]
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.closerange(3, 4096)


def _live(module: str) -> None:
    found = importlib.import_module(module)
    (found.app if module == "workers.cli" else found.main)()


if __name__ == "__main__":
    main()
