"""Ties a child process to its parent's life, so that a killed parent leaves no orphan behind (Linux)."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def dies_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends `death_signal` to the child when the thread that started it ends.

    Start such a child from a thread that lives as long as the process. Must run after a change of user,
    which clears the setting (prctl(2), PR_SET_PDEATHSIG); `subprocess` runs preexec_fn last. Elsewhere than
    on Linux the child simply isn't tied.
    """
    parent = os.getpid()

    def tie() -> None:
        if _LIBC is None:
            return
        if _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
        if os.getppid() != parent:  # the parent ended between fork and prctl
            os.kill(os.getpid(), death_signal)

    return tie
