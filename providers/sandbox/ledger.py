"""Append-only record of what a sandbox provider accepted: one JSON line per entry, one file per provider.

It is the provider's memory (state is rebuilt from it at start) and the witness that tests compare with:
an entry exists before the answer leaves, so what a client was told and what is written can't disagree.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from providers.sandbox.errors import LedgerError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted fact. `seq` counts from 1 per provider; `at` is an ISO time with offset."""

    seq: int
    at: str
    kind: str
    account: str
    correlation: str | None
    data: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Ledger:
    """One provider's file. Written by one process at a time (an advisory lock says so)."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        """Open or create `path` and read what stands in it. Raises `LedgerError`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._now = now
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._fd)
            raise LedgerError(f"{path} is in use by another sandbox") from error
        try:
            self.entries = self._read()
        except LedgerError:
            os.close(self._fd)
            raise
        self._durable = len(self.entries)
        self._sync_lock = asyncio.Lock()
        self._changed = asyncio.Event()

    def write(self, kind: str, account: str, data: dict[str, Any], correlation: str | None = None) -> Entry:
        """Append one entry; it survives a killed process from here on. `await durable(...)` adds the disk."""
        entry = Entry(len(self.entries) + 1, self._now().isoformat(), kind, account, correlation, data)
        line = orjson.dumps(entry.as_json()) + b"\n"
        written = os.write(self._fd, line)
        if written != len(line):
            raise LedgerError(f"{self._path}: disk full, an entry was cut off")
        self.entries.append(entry)
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
        return entry

    async def durable(self, entry: Entry) -> None:
        """Return once `entry` is on the disk. Entries of concurrent requests share one fsync."""
        async with self._sync_lock:
            if self._durable >= entry.seq:
                return
            upto = len(self.entries)
            await asyncio.to_thread(os.fsync, self._fd)
            self._durable = upto

    async def changed(self, seconds: float) -> bool:
        """Wait up to `seconds` for the next entry; False if none came."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        os.close(self._fd)

    def _read(self) -> list[Entry]:
        raw = self._path.read_bytes()
        whole = raw.rfind(b"\n") + 1
        if whole != len(raw):
            # Killed in the middle of a write: nobody was told of this entry, so it never happened.
            log.warning("%s: dropped an unfinished last line of %d bytes", self._path, len(raw) - whole)
            os.ftruncate(self._fd, whole)
        entries = []
        for number, line in enumerate(raw[:whole].splitlines(), 1):
            try:
                entry = Entry(**orjson.loads(line))
            except (orjson.JSONDecodeError, TypeError) as error:
                raise LedgerError(f"{self._path}: line {number} can't be read: {error}") from error
            if entry.seq != number:
                raise LedgerError(f"{self._path}: line {number} carries sequence {entry.seq}")
            entries.append(entry)
        return entries
