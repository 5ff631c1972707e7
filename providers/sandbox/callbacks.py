"""Delivers status callbacks in the background: after a delay, signed, repeated until accepted or given up."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import aiohttp
from yarl import URL

from providers.sandbox.config import CallbackConfig
from providers.sandbox.faults import CALLBACK_CALL, FaultBook
from providers.sandbox.messages import MessageBook, Sent

log = logging.getLogger(__name__)


class Failure(StrEnum):
    """Why a try didn't count, in the letters of Twilio's connection overrides."""

    CONNECT = "ct"
    READ = "rt"
    CLIENT_ERROR = "4xx"
    SERVER_ERROR = "5xx"


@dataclass(frozen=True, slots=True)
class Callback:
    """One signed request. `url` goes out as written; tried up to `attempts` times on the `retry` failures."""

    url: str
    headers: dict[str, str]
    body: bytes
    attempts: int
    retry: frozenset[Failure]
    only_200: bool


MakeCallback = Callable[[Sent, str, str], Callback]
"""(message, status, ISO time of the status) -> the request to post."""


@dataclass(frozen=True, slots=True)
class _Journey:
    """A message on its way, with what is needed to report on it."""

    provider: str
    book: MessageBook
    message: Sent
    make: MakeCallback


class CallbackSender:
    """Owns the HTTP session and the running deliveries."""

    def __init__(self, config: CallbackConfig, faults: FaultBook) -> None:
        self._config = config
        self._faults = faults
        self._random = random.Random(config.seed)  # noqa: S311 - repeatable runs, not secrets
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self._config.timeout_ms / 1000)
        )

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    async def idle(self) -> None:
        """Return once nothing is under way (for tests and orderly endings)."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def follow(self, provider: str, book: MessageBook, message: Sent, make: MakeCallback) -> None:
        """Take a message through what is left of its plan and report each status."""
        journey = _Journey(provider, book, message, make)
        reached = message.plan.index(message.status) + 1 if message.status in message.plan else 0
        todo = message.plan[reached:]
        for status in book.due(message):
            if status not in todo:  # reached before the sandbox was stopped, but not reported
                self._spawn(self._report(journey, status, message.at))
        delays = [self._config.first_after_ms + self._config.step_ms * place for place in range(len(todo))]
        extra = [0] * len(todo)
        if self._config.unordered and todo:
            places = self._random.sample(range(len(todo)), len(todo))
            extra = [max(delays) + self._config.step_ms * place for place in places]
        for status, delay, later in zip(todo, delays, extra, strict=True):
            self._spawn(self._step(journey, status, delay, later))

    def deliver(
        self, provider: str, callback: Callback, settle: Callable[[bool, int | None, int], None]
    ) -> None:
        """A signed request that reports on no message. settle: told whether it was taken, the status, the tries."""
        self._spawn(self._deliver(provider, callback, settle))

    async def _deliver(
        self, provider: str, callback: Callback, settle: Callable[[bool, int | None, int], None]
    ) -> None:
        await asyncio.sleep(self._config.first_after_ms / 1000)
        if self._faults.draw(provider, CALLBACK_CALL):
            settle(False, None, 0)
            return
        for _ in range(self._config.repeat):
            ok, http, attempts = await self._post(callback)
        settle(ok, http, attempts)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a status callback broke off", exc_info=error)

    async def _step(self, journey: _Journey, status: str, delay_ms: int, later_ms: int) -> None:
        await asyncio.sleep(delay_ms / 1000)
        entry = journey.book.set_status(journey.message, status)
        await asyncio.sleep(max(0, later_ms - delay_ms) / 1000)
        await self._report(journey, status, entry.at)

    async def _report(self, journey: _Journey, status: str, at: str) -> None:
        book, message = journey.book, journey.message
        if message.callback_url is None:
            return
        if self._faults.draw(journey.provider, CALLBACK_CALL):
            book.settle_callback(message, status, ok=False, http=None, attempts=0)
            return
        callback = journey.make(message, status, at)
        for _ in range(self._config.repeat):
            ok, http, attempts = await self._post(callback)
        book.settle_callback(message, status, ok=ok, http=http, attempts=attempts)

    async def _post(self, callback: Callback) -> tuple[bool, int | None, int]:
        pause = self._config.backoff_ms / 1000
        http: int | None = None
        for attempt in range(1, callback.attempts + 1):
            failure, http = await self._try(callback)
            if failure is None:
                return True, http, attempt
            if failure not in callback.retry or attempt == callback.attempts:
                return False, http, attempt
            await asyncio.sleep(pause)
            pause *= 2
        return False, http, callback.attempts

    async def _try(self, callback: Callback) -> tuple[Failure | None, int | None]:
        if self._session is None:
            raise RuntimeError("the callback sender was not started")
        try:
            async with self._session.post(
                URL(callback.url, encoded=True),
                data=callback.body,
                headers=callback.headers,
                allow_redirects=False,
            ) as response:
                await response.read()
        except TimeoutError:
            return Failure.READ, None
        except aiohttp.ClientConnectorError:
            return Failure.CONNECT, None
        except aiohttp.ClientError as error:
            log.warning("status callback failed: %s", error)
            return Failure.READ, None
        if response.status == 200 or (not callback.only_200 and response.status < 400):
            return None, response.status
        return (Failure.SERVER_ERROR if response.status >= 500 else Failure.CLIENT_ERROR), response.status
