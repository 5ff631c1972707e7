"""Named places where a fault can be made to happen. Off unless armed (by workers/settings.py, for tests).

Each name is listed here, so that the suite can walk through all of them.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

NAMES = frozenset(
    {
        "accept.before_commit",
        "accept.after_commit",
        "turn.after_lease",
        "turn.before_commit",
        "turn.after_commit",
        "effect.after_claim",
        "effect.before_order",
        "effect.before_call",
        "effect.after_call",
        "effect.before_settle",
        "effect.after_settle",
        "mail.before_call",
        "mail.after_call",
        "link.before_call",
        "link.after_call",
        "dispatcher.tick",
        "sync.before_apply",
        "sync.before_commit",
    }
)

GUARDS = frozenset({"naive_retry", "no_fence", "ack_before_commit", "no_hold", "no_poller", "no_mark"})
"""Guards that the fault harness may switch off to prove that it would notice: `guard.<name>=off`.

Each is named after what is done instead: sends don't wait for earlier ones (no_hold), nobody looks for what
the bell forgot (no_poller), an order's call begins without a mark in the table (no_mark).
"""


class Fault(StrEnum):
    KILL = "kill"
    """SIGKILL to the own process: nothing runs after it."""
    RAISE = "raise"
    HANG = "hang"
    """The task waits for ever; the loop goes on."""
    STOP = "stop"
    """SIGSTOP: the whole process freezes until somebody continues it."""


class FailpointError(RuntimeError):
    """Raised by a failpoint armed with `raise`."""


@dataclass(slots=True)
class _Armed:
    fault: Fault
    nth: int


@dataclass(slots=True)
class _Registry:
    armed: dict[str, _Armed] = field(default_factory=dict)
    hits: Counter[str] = field(default_factory=Counter)
    guards_off: set[str] = field(default_factory=set)


_registry = _Registry()


def arm(specification: str) -> None:
    """Arms failpoints from "name=fault[:nth],guard.name=off". Replaces what was armed. Raises ValueError."""
    _registry.armed.clear()
    _registry.hits.clear()
    _registry.guards_off.clear()
    for part in filter(None, (p.strip() for p in specification.split(","))):
        name, _, what = part.partition("=")
        if name.startswith("guard."):
            guard = name.removeprefix("guard.")
            if guard not in GUARDS or what != "off":
                raise ValueError(f"unknown guard {part!r}; known: {', '.join(sorted(GUARDS))}")
            _registry.guards_off.add(guard)
            continue
        if name not in NAMES:
            raise ValueError(f"unknown failpoint {name!r}")
        fault, _, nth = what.partition(":")
        _registry.armed[name] = _Armed(Fault(fault), int(nth or 1))


def guard_is_off(name: str) -> bool:
    """True only inside a harness run that proves the guard's worth."""
    return name in _registry.guards_off


def hits() -> Mapping[str, int]:
    return dict(_registry.hits)


async def hit(name: str) -> None:
    """Marks a place. Does nothing unless a fault is armed for it."""
    if not _registry.armed:
        return
    armed = _registry.armed.get(name)
    if armed is None:
        return
    _registry.hits[name] += 1
    if _registry.hits[name] != armed.nth:
        return
    match armed.fault:
        case Fault.KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        case Fault.STOP:
            os.kill(os.getpid(), signal.SIGSTOP)
        case Fault.HANG:
            await asyncio.Event().wait()
        case Fault.RAISE:
            raise FailpointError(name)
