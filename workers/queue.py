"""The only door to arq and Redis: the bell, recent ids. Jobs carry ids, never payload.

arq is a bell and nothing more (docs/reliability.md has the facts that force it): random job ids, one try,
no kept results. Whatever Redis loses, the dispatcher's poller finds in PostgreSQL. Nothing here raises for a
dead Redis; trouble and recovery are logged once each.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar, cast
from uuid import UUID

import orjson
import structlog
from arq import create_pool
from arq.connections import ArqRedis, RedisSettings
from arq.typing import WorkerCoroutine
from arq.worker import Worker, func
from redis.exceptions import RedisError

from workers.settings import Settings

log = structlog.get_logger(__name__)

MESSAGES_QUEUE = "frontdesk:messages"
CATALOG_QUEUE = "frontdesk:catalog"

_REDIS_TROUBLE = (RedisError, OSError, TimeoutError)
_PAUSE_AFTER_TROUBLE = 2.0
_MAX_WAITING = 10_000
_IDS_A_JOB = 16
"""A job costs arq about 13 Redis commands and half a millisecond of CPU whatever it carries, so what gathered
while the last bells were rung shares one. Small enough that a burst still spreads over the workers."""

Take = Callable[[UUID], Awaitable[object]]
Answer = TypeVar("Answer")


def redis_settings(settings: Settings) -> RedisSettings:
    """arq's own connection settings, with short limits and no retries of its own."""
    found = RedisSettings.from_dsn(settings.redis_url.get_secret_value())
    found.conn_timeout = max(1, round(settings.timing.redis_timeout_seconds))
    found.conn_retries = 0
    return found


def _serialize(job: dict[str, Any]) -> bytes:
    return orjson.dumps(job, default=str)


class Queue:
    """Rings bells and remembers ids. `ring` and `remember` return at once; a background task does the work."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._redis: ArqRedis | None = None
        self._connecting = asyncio.Lock()
        self._bells: dict[tuple[str, UUID], None] = {}
        self._keys: list[str] = []
        self._asked: list[tuple[Sequence[str], asyncio.Future[bool]]] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._trouble_until = 0.0
        self._in_trouble = False
        self.troubles = 0
        """How often Redis went away since the process began."""

    def start(self) -> None:
        self._task = asyncio.create_task(self._work(), name="queue")

    async def close(self) -> None:
        for task in (self._task, self._looking):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if self._redis is not None:
            await self._redis.aclose(close_connection_pool=True)

    @property
    def healthy(self) -> bool:
        """False while Redis is known not to answer."""
        return not self._in_trouble

    @property
    def bells_waiting(self) -> int:
        """How many are to be rung for and weren't yet."""
        return len(self._bells)

    def ring(self, conversation_ids: Sequence[UUID]) -> None:
        """Wakes the messages workers for these conversations: one job for each that is not rung for yet."""
        self._ring(MESSAGES_QUEUE, conversation_ids)

    def ring_later(self, conversation_ids: Sequence[UUID], seconds: float) -> None:
        """The same after a while. Of this process only: what it forgets by dying, the poller finds."""
        asyncio.get_running_loop().call_later(seconds, self.ring, list(conversation_ids))

    def ring_catalog(self, run_ids: Sequence[UUID]) -> None:
        """Wakes the catalog worker for these sync runs."""
        self._ring(CATALOG_QUEUE, run_ids)

    def remember(self, keys: Sequence[str]) -> None:
        """Remembers delivered ids, after their commit. Forgotten under pressure: the tables know them."""
        if len(self._keys) < _MAX_WAITING:
            self._keys.extend(keys)
            self._wake.set()

    async def all_seen(self, keys: Sequence[str]) -> bool:
        """True only if Redis surely knows every key. Questions asked at the same time share a round trip."""
        if not keys or self._redis is None or self._in_trouble:
            return False
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._asked.append((keys, answer))
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(), name="seen-ids")
        return await answer

    async def _look(self) -> None:
        """Answers what gathered while the last look was under way, until nobody waits."""
        try:
            while self._asked:
                asked, self._asked = self._asked, []
                known: set[str] = set()
                try:
                    known = await self._known({key for keys, _ in asked for key in keys})
                except _REDIS_TROUBLE as error:
                    self._note_trouble(error)
                finally:  # whatever happened, nobody is left waiting
                    _answer(asked, known)
        finally:
            _answer(self._asked, set())
            self._asked = []

    async def _known(self, keys: set[str]) -> set[str]:
        if self._redis is None:
            return set()
        ordered = list(keys)
        async with asyncio.timeout(self._settings.timing.redis_timeout_seconds):
            values = await self._redis.mget(ordered)
        return {key for key, value in zip(ordered, values, strict=True) if value is not None}

    async def ask(self, question: Callable[[ArqRedis], Awaitable[Answer]]) -> Answer | None:
        """What Redis answers, within its time limit. None: it doesn't answer, and isn't asked again for a moment."""
        if time.monotonic() < self._trouble_until:
            return None
        try:
            async with asyncio.timeout(self._settings.timing.redis_timeout_seconds):
                answer = await question(await self._connected())
        except _REDIS_TROUBLE as error:
            self._note_trouble(error)
            return None
        self._note_recovery()
        return answer

    async def ping(self) -> None:
        """Raises what Redis raises; for health checks."""
        async with asyncio.timeout(self._settings.timing.redis_timeout_seconds):
            await (await self._connected()).ping()

    def _ring(self, queue: str, ids: Sequence[UUID]) -> None:
        if len(self._bells) < _MAX_WAITING:
            self._bells.update({(queue, each): None for each in ids})
            self._wake.set()

    async def _connected(self) -> ArqRedis:
        async with self._connecting:  # who asks meanwhile shares what is being opened
            if self._redis is None:
                self._redis = await create_pool(
                    redis_settings(self._settings), job_serializer=_serialize, job_deserializer=orjson.loads
                )
        return self._redis

    async def _work(self) -> None:
        while True:
            if self._redis is None:
                await self._try(self._connected)
            await self._wake.wait()
            self._wake.clear()
            bells, self._bells = self._bells, {}
            keys, self._keys = self._keys, []
            if time.monotonic() < self._trouble_until:
                continue  # the poller takes over meanwhile; a dead Redis must not pile up work here
            await self._try(lambda: self._send(list(bells), keys))  # noqa: B023  (awaited before the next round)

    async def _try(self, call: Callable[[], Awaitable[object]]) -> None:
        try:
            async with asyncio.timeout(self._settings.timing.redis_timeout_seconds * 2):
                await call()
        except _REDIS_TROUBLE as error:
            self._note_trouble(error)
        else:
            self._note_recovery()

    async def _send(self, bells: list[tuple[str, UUID]], keys: list[str]) -> None:
        redis = await self._connected()
        for queue, ids in _jobs(bells):
            await redis.enqueue_job(
                "wake",
                *ids,
                _job_id=secrets.token_hex(12),  # a fixed id would be refused while its job runs
                _queue_name=queue,
            )
        if keys:
            async with redis.pipeline(transaction=False) as pipeline:
                for key in keys:
                    pipeline.set(key, b"1", ex=self._settings.timing.seen_ttl_seconds)
                await pipeline.execute()

    def _note_trouble(self, error: BaseException) -> None:
        self._trouble_until = time.monotonic() + _PAUSE_AFTER_TROUBLE
        if not self._in_trouble:
            self._in_trouble = True
            self.troubles += 1
            log.warning("redis.trouble", error=type(error).__name__)

    def _note_recovery(self) -> None:
        if self._in_trouble:
            self._in_trouble = False
            log.warning("redis.recovered")


def _answer(asked: list[tuple[Sequence[str], asyncio.Future[bool]]], known: set[str]) -> None:
    for keys, answer in asked:
        if not answer.done():
            answer.set_result(known.issuperset(keys))


def _jobs(bells: list[tuple[str, UUID]]) -> list[tuple[str, list[str]]]:
    """Queue and ids of each job."""
    by_queue: dict[str, list[str]] = {}
    for queue, identifier in bells:
        by_queue.setdefault(queue, []).append(str(identifier))
    return [
        (queue, ids[start : start + _IDS_A_JOB])
        for queue, ids in by_queue.items()
        for start in range(0, len(ids), _IDS_A_JOB)
    ]


class _Woken:
    """Takes the ids that jobs name, each with the time of its own and so many at once over all jobs.

    In tasks of its own: arq cancels its jobs whenever Redis goes away or the process is told to stop, and a call
    to a provider that is cut off in the middle has an outcome that nobody knows.
    """

    def __init__(self, take: Take, *, at_once: int, seconds: float) -> None:
        self._take = take
        self._places = asyncio.Semaphore(at_once)
        self._seconds = seconds
        self._running: set[asyncio.Task[None]] = set()
        self._ending = False

    async def wake(self, _ctx: dict[Any, Any], *identifiers: str) -> None:
        tasks = [asyncio.create_task(self._one(UUID(each)), name="woken") for each in identifiers]
        for task in tasks:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        await asyncio.gather(*(asyncio.shield(task) for task in tasks))

    async def finish(self, seconds: float) -> None:
        """Begins nothing new, lets what is under way end for so long, cuts off the rest."""
        self._ending = True
        if not self._running:
            return
        _, late = await asyncio.wait(set(self._running), timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            log.warning("bell.cut_off", tasks=len(late))
            await asyncio.gather(*late, return_exceptions=True)

    async def _one(self, identifier: UUID) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await self._places.acquire()
        except TimeoutError:
            log.warning("bell.no_place", id=str(identifier))  # the poller has it
            return
        try:
            if self._ending:
                return  # another process has it, or the poller
            async with asyncio.timeout(self._seconds):
                await self._take(identifier)
        except Exception:  # one conversation's trouble is not that of the others in the job
            log.exception("bell.failed", id=str(identifier))
        finally:
            self._places.release()


async def run_worker(settings: Settings, take: Take, *, queue: str, stopping: asyncio.Event) -> None:
    """Listens for the bell until told to stop. A dead Redis is waited out; the poller covers the time.

    take: called with each id of a job; bounded by the job time-out, never tried again by arq. What is under way
    when told to stop may end within the shutdown time.
    """
    woken = _Woken(take, at_once=settings.timing.max_jobs, seconds=settings.timing.job_timeout_seconds)
    try:
        await _listen(settings, woken, queue=queue, stopping=stopping)
    finally:
        await woken.finish(settings.timing.shutdown_seconds)


async def _listen(settings: Settings, woken: _Woken, *, queue: str, stopping: asyncio.Event) -> None:
    timing = settings.timing
    in_trouble = False
    while not stopping.is_set():
        worker: Worker | None = None
        pool: ArqRedis | None = None
        try:
            pool = await create_pool(
                redis_settings(settings), job_serializer=_serialize, job_deserializer=orjson.loads
            )
            worker = Worker(
                functions=[
                    func(cast("WorkerCoroutine", woken.wake), name="wake", max_tries=1, keep_result=0)
                ],
                queue_name=queue,
                redis_pool=pool,
                job_serializer=_serialize,
                job_deserializer=orjson.loads,
                max_jobs=timing.max_jobs,
                # Waiting for a place and working have a limit each, kept by _Woken; this one is the backstop.
                job_timeout=timing.job_timeout_seconds * 2 + 5,
                keep_result=0,
                max_tries=1,
                retry_jobs=False,
                poll_delay=timing.arq_poll_ms / 1000,
                queue_read_limit=timing.queue_read_limit,
                expires_extra_ms=60_000,
                handle_signals=False,
                log_results=False,
            )
            if in_trouble:
                in_trouble = False
                log.warning("redis.recovered")
            await _run_until(worker, stopping)
        except _REDIS_TROUBLE as error:
            if not in_trouble:
                in_trouble = True
                log.warning("redis.trouble", error=type(error).__name__)
            await _wait(stopping, _PAUSE_AFTER_TROUBLE / 2)
        finally:
            if worker is not None:
                await asyncio.gather(worker.close(), return_exceptions=True)
            if pool is not None:  # arq leaves it open when Redis doesn't answer its last command
                await asyncio.gather(pool.aclose(close_connection_pool=True), return_exceptions=True)


async def _run_until(worker: Worker, stopping: asyncio.Event) -> None:
    running = asyncio.create_task(worker.async_run(), name="arq-worker")
    stop = asyncio.create_task(stopping.wait(), name="stopping")
    try:
        await asyncio.wait({running, stop}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            await running
    finally:
        stop.cancel()
        if not running.done():
            running.cancel()
        await asyncio.gather(running, stop, return_exceptions=True)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
