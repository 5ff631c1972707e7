"""Looking at processes that other tests end."""

from __future__ import annotations

import psutil


def gone(pid: int) -> bool:
    """It ended; whether somebody waited for it yet doesn't matter. One look: it may end between two."""
    try:
        return psutil.Process(pid).status() in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
    except psutil.NoSuchProcess:
        return True
