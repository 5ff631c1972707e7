"""Live events on Redis: tells pages of other processes that a conversation has news. Ids, never text.

Best effort at every step. `publish` returns at once; a process that shows nothing never subscribes; and every
subscription ticks by itself, so that a dead Redis costs an open page a little time and nothing else. That news arrive
is proved by a ping on the very connection that brings them, every few seconds: as long as it is, a calm reader ticks
rarely. Whenever that changes, one way or the other, everybody looks once.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from bot.live import LiveEvent, LiveKind
from workers.settings import Settings

log = structlog.get_logger(__name__)

CHANNEL = "frontdesk:live"

_REDIS_TROUBLE = (RedisError, OSError, TimeoutError)
_PAUSE_AFTER_TROUBLE = 2.0
_MAX_WAITING = 10_000
_PROOF_SECONDS = 5.0
"""How often a listening connection is asked for a sign of life, and how long it may take to give one."""


class _Subscription:
    """What one reader has not heard yet. The same news twice is one, so a slow reader costs nothing."""

    def __init__(self, conversation_id: UUID | None, tick_seconds: Callable[[], float]) -> None:
        self.conversation_id = conversation_id
        self._tick_seconds = tick_seconds
        self._news: dict[LiveEvent, None] = {}
        self._wake = asyncio.Event()

    def tell(self, event: LiveEvent) -> None:
        if self.conversation_id in {None, event.conversation_id}:
            self._news[event] = None
            self._wake.set()

    def tick(self) -> None:
        self.tell(LiveEvent(self.conversation_id, LiveKind.TICK))

    async def events(self) -> AsyncIterator[LiveEvent]:
        """Never ends by itself."""
        while True:
            try:
                async with asyncio.timeout(self._tick_seconds()):
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
        self._calm_seconds = max(settings.timing.live_calm_seconds, self._tick_seconds)
        self._redis: Redis | None = None
        self._waiting: dict[tuple[UUID, LiveEvent], None] = {}
        self._wake = asyncio.Event()
        self._publishing: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._readers: dict[UUID, set[_Subscription]] = {}
        self._proved = False
        self._in_trouble = False

    def publish(self, workspace_id: UUID, conversation_id: UUID, kind: LiveKind) -> None:
        """Returns at once; call it after the commit."""
        if len(self._waiting) >= _MAX_WAITING:
            return
        self._waiting[workspace_id, LiveEvent(conversation_id, kind)] = None
        self._wake.set()
        if self._publishing is None:
            self._publishing = asyncio.create_task(self._publish(), name="live-publish")

    @asynccontextmanager
    async def subscribe(
        self, workspace_id: UUID, conversation_id: UUID | None = None, *, calm: bool = False
    ) -> AsyncIterator[AsyncIterator[LiveEvent]]:
        """News of one conversation, or of the whole workspace. Read the tables after entering, then on each."""
        subscription = _Subscription(
            conversation_id, lambda: self._calm_seconds if calm and self._proved else self._tick_seconds
        )
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
            saying, self._waiting = self._waiting, {}
            try:
                async with asyncio.timeout(self._settings.timing.redis_timeout_seconds * 2):
                    async with self._connected().pipeline(transaction=False) as pipeline:
                        for workspace_id, event in saying:
                            pipeline.publish(CHANNEL, f"{workspace_id} {event.conversation_id} {event.kind}")
                        await pipeline.execute()
            except _REDIS_TROUBLE as error:
                # Said when Redis is back: who hears it then looks once too often, who never hears it waits for a tick.
                self._waiting = saying | self._waiting
                self._note_trouble(error)
                await asyncio.sleep(_PAUSE_AFTER_TROUBLE)
                self._wake.set()
            else:
                self._note_recovery()

    async def _listen(self) -> None:
        """One connection for all readers of the process, made anew whenever it breaks."""
        while True:
            hears = self._connected().pubsub(ignore_subscribe_messages=True)
            try:
                await hears.subscribe(CHANNEL)
                await self._hear(hears)
            except _REDIS_TROUBLE as error:
                self._note_trouble(error)
                self._prove(False)
                await asyncio.sleep(_PAUSE_AFTER_TROUBLE)
            finally:
                with contextlib.suppress(*_REDIS_TROUBLE):
                    await hears.aclose()  # type: ignore[no-untyped-call]

    async def _hear(self, hears: PubSub) -> None:
        """Tells what comes until the connection breaks or owes a sign of life. Raises what Redis raises, TimeoutError.

        The first answer to a ping comes behind that to the subscription, so with it the subscription stands.
        """
        clock = asyncio.get_running_loop().time
        await hears.ping()
        asked, answered = clock(), False
        while True:
            left = asked + _PROOF_SECONDS - clock()
            message = await hears.get_message(timeout=left) if left > 0 else None
            if message is None:
                if clock() - asked < _PROOF_SECONDS:
                    continue  # what Redis says about the subscription itself
                if not answered:
                    raise TimeoutError
                await hears.ping()
                asked, answered = clock(), False
            elif message["type"] == "pong":
                answered = True
                self._note_recovery()
                self._prove(True)
            else:
                self._tell(message["data"])

    def _prove(self, proved: bool) -> None:
        if proved is not self._proved:
            self._proved = proved
            for subscription in [one for readers in self._readers.values() for one in readers]:
                subscription.tick()

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
        if not self._in_trouble:
            self._in_trouble = True
            log.warning("live.redis_trouble", error=type(error).__name__)

    def _note_recovery(self) -> None:
        if self._in_trouble:
            self._in_trouble = False
            log.warning("live.redis_recovered")
