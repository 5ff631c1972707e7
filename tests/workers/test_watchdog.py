"""The watchdog replaces a frozen child, passes signals and exit codes on, and leaves no orphan."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.processes import gone

PROGRAM = """
import asyncio, os, pathlib, signal, sys, time
from workers.watchdog import run_with_watchdog
folder = pathlib.Path(sys.argv[1])
async def main():
    starts = folder / "starts"
    with starts.open("a") as file:
        file.write(f"{{os.getpid()}}\\n")
    count = len(starts.read_text().splitlines())
{body}
run_with_watchdog(main, stall_seconds={stall})
"""


def run(tmp_path, body, stall=0.5):
    lines = "\n".join("    " + line for line in body.splitlines())
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(body=lines, stall=stall), str(tmp_path)],
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(check, seconds=10):
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def starts(tmp_path):
    file = tmp_path / "starts"
    return [int(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_a_stalled_loop_is_replaced_and_tells_where_it_hung(tmp_path):
    """It tells in the last tenth of the time: of two seconds that is enough on a busy machine."""
    process = run(tmp_path, "if count == 1:\n    time.sleep(60)  # blocks the loop\nreturn 7", stall=2)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 7
    assert len(starts(tmp_path)) == 2
    assert "the event loop stalled for 2 s" in errors
    assert "in main" in errors


def test_a_stopped_child_is_replaced(tmp_path):
    process = run(
        tmp_path, "if count == 1:\n    os.kill(os.getpid(), signal.SIGSTOP)\n    await asyncio.sleep(60)"
    )
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert len(starts(tmp_path)) == 2


def test_a_busy_but_healthy_loop_is_left_alone(tmp_path):
    process = run(tmp_path, "for _ in range(20):\n    time.sleep(0.05)\n    await asyncio.sleep(0.05)")
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert len(starts(tmp_path)) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_and_exit_codes_pass_through(tmp_path, number):
    body = (
        "stop = asyncio.Event()\n"
        f"asyncio.get_running_loop().add_signal_handler({int(number)}, stop.set)\n"
        "(folder / 'ready').touch()\nawait stop.wait()\nreturn 3"
    )
    process = run(tmp_path, body)
    wait_for((tmp_path / "ready").exists)
    process.send_signal(number)
    process.communicate(timeout=20)
    assert process.returncode == 3
    assert len(starts(tmp_path)) == 1


def test_a_failing_main_fails_the_process_once(tmp_path):
    process = run(tmp_path, "raise RuntimeError('broken')")
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "RuntimeError" in errors
    assert len(starts(tmp_path)) == 1


def test_a_killed_child_ends_the_parent_with_its_signal(tmp_path):
    process = run(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)")
    process.communicate(timeout=20)
    assert process.returncode == 128 + signal.SIGKILL


def test_a_killed_parent_leaves_no_orphan(tmp_path):
    process = run(tmp_path, "await asyncio.sleep(60)", stall=30)
    wait_for(lambda: starts(tmp_path))
    (child,) = starts(tmp_path)
    process.kill()
    process.communicate(timeout=20)
    wait_for(lambda: gone(child))


def test_zero_seconds_means_unwatched(tmp_path):
    process = run(tmp_path, "time.sleep(0.2)\nreturn 4", stall=0)
    process.communicate(timeout=20)
    assert process.returncode == 4
    assert starts(tmp_path) == [process.pid]
    assert os.getpid() != process.pid
