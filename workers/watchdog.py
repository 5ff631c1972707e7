"""Runs a process's event loop in a child and kills the child when the loop stalls.

A frozen process holds connections and looks alive to everybody. The fence already keeps its writes out; the
watchdog gives its place to a fresh one.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any, NoReturn

import uvloop

from workers.lifeline import dies_with_parent

_BACKOFF_SECONDS = (0.0, 0.5, 1.0, 2.0, 5.0)
_STEADY_SECONDS = 60.0

Main = Callable[[], Coroutine[Any, Any, int | None]]


def run_with_watchdog(main: Main, *, stall_seconds: float) -> NoReturn:
    """Run `main()` in a child process under uvloop; start a fresh child whenever its loop stalls.

    Call it first thing in a process: it forks, so no thread, connection or loop may exist yet. SIGTERM and
    SIGINT are passed on to the child, which must handle them itself (`main` sets its own handlers); the
    child's exit code becomes ours. A killed parent takes its child along.

    Args:
        main: the process's work, ending with an exit code or None.
        stall_seconds: a loop silent for longer is killed by SIGKILL. 0 runs `main` here, unwatched.
    """
    if stall_seconds <= 0:
        sys.exit(_run_loop(main, None))
    stalls = 0
    while True:
        started = time.monotonic()
        stalled, code = _watch_one_child(main, stall_seconds)
        if not stalled:
            sys.exit(code)
        stalls = 0 if time.monotonic() - started > _STEADY_SECONDS else stalls + 1
        sys.stderr.write(f"watchdog: the event loop stalled for {stall_seconds:g} s; starting afresh\n")
        sys.stderr.flush()
        time.sleep(_BACKOFF_SECONDS[min(stalls, len(_BACKOFF_SECONDS) - 1)])


def _watch_one_child(main: Main, stall_seconds: float) -> tuple[bool, int]:
    """Start a child and watch it to its end: (it was killed for stalling, exit code)."""
    heartbeat, child_end = os.pipe()
    tie_to_parent = dies_with_parent(signal.SIGKILL)
    child = os.fork()
    if child == 0:
        os.close(heartbeat)
        _be_child(main, child_end, stall_seconds, tie_to_parent)
    os.close(child_end)

    asked_to_stop: list[float] = []

    def forward(number: int, _frame: FrameType | None) -> None:
        asked_to_stop.append(time.monotonic())
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, number)

    previous = {number: signal.signal(number, forward) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        stalled = _wait_for_silence(heartbeat, stall_seconds)
        if stalled:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    finally:
        os.close(heartbeat)
        for number, handler in previous.items():
            signal.signal(number, handler)
    code = os.waitstatus_to_exitcode(status)
    # A child that stalled while shutting down is gone as it was asked to be.
    return stalled and not asked_to_stop, code if code >= 0 else 128 - code


def _wait_for_silence(heartbeat: int, stall_seconds: float) -> bool:
    """Read heartbeats until they stop: True when the child fell silent, False when it ended."""
    while True:
        # select resumes after a forwarded signal with the time that was left (PEP 475)
        readable, _, _ = select.select([heartbeat], [], [], stall_seconds)
        if not readable:
            return True
        if not os.read(heartbeat, 4096):
            return False


def _be_child(
    main: Main, heartbeat: int, stall_seconds: float, tie_to_parent: Callable[[], None]
) -> NoReturn:
    """The forked child's whole life; never returns into the parent's code."""
    code = 1
    try:
        tie_to_parent()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        # Where it hung, written shortly before the parent's patience ends: without it a stall has no trace.
        faulthandler.dump_traceback_later(stall_seconds * 0.9, exit=False)
        code = _run_loop(main, _beat(heartbeat, stall_seconds))
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except KeyboardInterrupt:
        code = 130
    except BaseException as error:  # noqa: BLE001 - the last frame of the child: report, then end it
        sys.excepthook(type(error), error, error.__traceback__)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _run_loop(main: Main, beat: Coroutine[Any, Any, None] | None) -> int:
    async def work() -> int:
        beating = asyncio.create_task(beat) if beat is not None else None
        try:
            return await main() or 0
        finally:
            if beating is not None:
                beating.cancel()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work())


async def _beat(heartbeat: int, stall_seconds: float) -> None:
    os.set_blocking(heartbeat, False)
    while True:
        faulthandler.dump_traceback_later(stall_seconds * 0.9, exit=False)
        with contextlib.suppress(BlockingIOError):  # the parent is stopped and the pipe is full
            os.write(heartbeat, b".")
        await asyncio.sleep(stall_seconds / 5)
