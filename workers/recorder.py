"""What the web process does for `frontdesk record`: keep verified webhooks, redacted, while somebody records.

No webhook waits for it. While nobody records, observing one costs looking at an empty tuple.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self
from uuid import UUID

import structlog

from bot.channels.contract import WebhookRequest
from db import recordings
from db.failures import DATABASE_FAILURES
from db.tx import Pool
from workers.redaction import Redactor

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
_MAX_WAITING = 1_000


class Recorder:
    """One per web process, used as a context manager."""

    def __init__(self, pool: Pool, *, look_seconds: float = LOOK_SECONDS) -> None:
        self._pool = pool
        self._look_seconds = look_seconds
        self._windows: tuple[UUID, ...] = ()
        self._waiting: asyncio.Queue[tuple[str, str, WebhookRequest]] = asyncio.Queue(_MAX_WAITING)
        self._tasks: list[asyncio.Task[None]] = []
        self._troubled = False

    async def __aenter__(self) -> Self:
        self._tasks = [
            asyncio.create_task(self._look_for_windows(), name="recording-windows"),
            asyncio.create_task(self._write(), name="recording-writer"),
        ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def observe(self, channel: str, account_key: str, request: WebhookRequest) -> None:
        """Takes note of a verified webhook. Never waits, never raises."""
        if not self._windows:
            return
        try:
            self._waiting.put_nowait((channel, account_key, request))
        except asyncio.QueueFull:
            log.warning("recorder.overrun", channel=channel)

    async def _look_for_windows(self) -> None:
        while True:
            try:
                self._windows = tuple(await recordings.open_windows(self._pool))
                self._troubled = False
            except DATABASE_FAILURES as error:
                # Said once: the webhooks themselves say it loudly enough while the database is away.
                if not self._troubled:
                    log.warning("recorder.no_windows", error=type(error).__name__)
                self._troubled = True
                self._windows = ()
            await asyncio.sleep(self._look_seconds)

    async def _write(self) -> None:
        while True:
            channel, account_key, request = await self._waiting.get()
            for window_id in self._windows:
                await self._keep(window_id, channel, account_key, request)

    async def _keep(self, window_id: UUID, channel: str, account_key: str, request: WebhookRequest) -> None:
        try:
            redacted = Redactor(window_id.bytes).redact(request, channel)
            await recordings.append(
                self._pool, window_id, channel=channel, account_key=account_key, request=redacted
            )
        except DATABASE_FAILURES as error:
            log.warning("recorder.not_kept", channel=channel, error=type(error).__name__)
        except Exception:
            # Nothing a customer's provider sends may end the recording of the next one.
            log.exception("recorder.failed", channel=channel)
