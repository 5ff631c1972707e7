"""The whole demo as a person starts it: ready, heals after kill -9, ends without a trace."""

from __future__ import annotations

import os
import signal

import psutil
import pytest

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]


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
