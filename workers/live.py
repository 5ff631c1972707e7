"""Live events on Redis: tells pages of other processes that a conversation has news. Ids, never text.

Best effort at every step. `publish` returns at once; a process that shows nothing never subscribes; and every
subscription ticks by itself, so that a dead Redis costs an open page a little time and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.live import LiveEvent, LiveKind
from workers.settings import Settings

log = structlog.get_logger(__name__)

CHANNEL = "frontdesk:live"

_REDIS_TROUBLE = (RedisError, OSError, TimeoutError)
_PAUSE_AFTER_TROUBLE = 2.0
_MAX_WAITING = 10_000
_LISTEN_SECONDS = 5.0
"""How long one wait for news lasts before the connection is looked at again."""


class _Subscription:
    """What one reader has not heard yet. The same news twice is one, so a slow reader costs nothing."""

    def __init__(self, conversation_id: UUID | None, tick_seconds: float) -> None:
        self.conversation_id = conversation_id
        self._tick_seconds = tick_seconds
        self._news: dict[LiveEvent, None] = {}
        self._wake = asyncio.Event()

    def tell(self, event: LiveEvent) -> None:
        if self.conversation_id in {None, event.conversation_id}:
            self._news[event] = None
            self._wake.set()

    async def events(self) -> AsyncIterator[LiveEvent]:
        """Never ends by itself."""
        while True:
            try:
                async with asyncio.timeout(self._tick_seconds):
                    await self._wake.wait()
            except TimeoutError:
                yield LiveEvent(self.conversation_id, LiveKind.TICK)
                continue
            self._wake.clear()
            news, self._news = self._news, {}
            for event in news:
                yield event


class RedisLive:
    """`bot.ports.LiveEvents`, one per process. Connects when there is something to say or somebody to tell."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tick_seconds = settings.timing.live_tick_seconds
        self._redis: Redis | None = None
        self._waiting: dict[tuple[UUID, LiveEvent], None] = {}
        self._wake = asyncio.Event()
        self._publishing: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._readers: dict[UUID, set[_Subscription]] = {}
        self._trouble_until = 0.0
        self._in_trouble = False

    def publish(self, workspace_id: UUID, conversation_id: UUID, kind: LiveKind) -> None:
        """Returns at once; call it after the commit."""
        if len(self._waiting) >= _MAX_WAITING or time.monotonic() < self._trouble_until:
            return
        self._waiting[workspace_id, LiveEvent(conversation_id, kind)] = None
        self._wake.set()
        if self._publishing is None:
            self._publishing = asyncio.create_task(self._publish(), name="live-publish")

    @asynccontextmanager
    async def subscribe(
        self, workspace_id: UUID, conversation_id: UUID | None = None
    ) -> AsyncIterator[AsyncIterator[LiveEvent]]:
        """News of one conversation, or of the whole workspace. Read the tables after entering, then on each."""
        subscription = _Subscription(conversation_id, self._tick_seconds)
        self._readers.setdefault(workspace_id, set()).add(subscription)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen(), name="live-listen")
        try:
            yield subscription.events()
        finally:
            readers = self._readers[workspace_id]
            readers.discard(subscription)
            if not readers:
                del self._readers[workspace_id]

    async def close(self) -> None:
        for task in (self._publishing, self._listening):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if self._redis is not None:
            await self._redis.aclose()

    def _connected(self) -> Redis:
        if self._redis is None:
            seconds = self._settings.timing.redis_timeout_seconds
            self._redis = Redis.from_url(
                self._settings.redis_url.get_secret_value(),
                socket_connect_timeout=seconds,
                socket_timeout=seconds,
            )
        return self._redis

    async def _publish(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            waiting, self._waiting = self._waiting, {}
            try:
                async with asyncio.timeout(self._settings.timing.redis_timeout_seconds * 2):
                    async with self._connected().pipeline(transaction=False) as pipeline:
                        for workspace_id, event in waiting:
                            pipeline.publish(CHANNEL, f"{workspace_id} {event.conversation_id} {event.kind}")
                        await pipeline.execute()
            except _REDIS_TROUBLE as error:
                self._note_trouble(error)
            else:
                self._note_recovery()

    async def _listen(self) -> None:
        """One connection for all readers of the process, made anew whenever it breaks."""
        while True:
            hears = self._connected().pubsub(ignore_subscribe_messages=True)
            try:
                await hears.subscribe(CHANNEL)
                self._note_recovery()
                while True:
                    message = await hears.get_message(timeout=_LISTEN_SECONDS)
                    if message is not None:
                        self._tell(message["data"])
            except _REDIS_TROUBLE as error:
                self._note_trouble(error)
                await asyncio.sleep(_PAUSE_AFTER_TROUBLE)
            finally:
                with contextlib.suppress(*_REDIS_TROUBLE):
                    await hears.aclose()  # type: ignore[no-untyped-call]

    def _tell(self, data: bytes) -> None:
        try:
            workspace, conversation, kind = data.decode().split()
            workspace_id, event = UUID(workspace), LiveEvent(UUID(conversation), LiveKind(kind))
        except ValueError:  # of a version that knows other kinds
            log.warning("live.unreadable")
            return
        for subscription in self._readers.get(workspace_id, ()):
            subscription.tell(event)

    def _note_trouble(self, error: BaseException) -> None:
        self._trouble_until = time.monotonic() + _PAUSE_AFTER_TROUBLE
        if not self._in_trouble:
            self._in_trouble = True
            log.warning("live.redis_trouble", error=type(error).__name__)

    def _note_recovery(self) -> None:
        if self._in_trouble:
            self._in_trouble = False
            self._trouble_until = 0.0
            log.warning("live.redis_recovered")
