"""Rates on Redis: who came how often, over all processes (bot/ports.py, `Rates`)."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable
from typing import Any, cast

from arq.connections import ArqRedis

from workers.queue import Queue

_TAKE_A_PLACE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local taken = redis.call('LLEN', KEYS[1])
while taken > limit do
  redis.call('LPOP', KEYS[1])
  taken = taken - 1
end
if taken == limit then
  local free_in = tonumber(redis.call('LINDEX', KEYS[1], 0)) + window - now
  if free_in > 0 then return free_in end
  redis.call('LPOP', KEYS[1])
end
redis.call('RPUSH', KEYS[1], now)
redis.call('PEXPIRE', KEYS[1], window)
return 0
"""
"""A list of the times of the last `limit` that passed: the next one may when the oldest is out of the window. One
round trip, by the clock of the Redis server; a key is gone a window after its last use."""

_CLOSED_SECONDS = 5.0
"""What somebody is told who may not pass while nobody can count."""


class RedisRates:
    """One per process, on the queue's connection."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    async def wait(self, key: str, limit: int = 20, per_seconds: float = 60, *, fail_open: bool) -> float:
        """See bot.ports.Rates. Raises ValueError for a limit or a window that makes no sense."""
        if limit < 1 or per_seconds <= 0:
            raise ValueError(f"no rate: {limit} in {per_seconds} seconds")
        name = f"rate:{hashlib.sha256(key.encode()).hexdigest()[:32]}"

        arguments = (str(limit), str(round(per_seconds * 1000)))

        def take_a_place(redis: ArqRedis) -> Awaitable[Any]:
            return cast("Awaitable[Any]", redis.eval(_TAKE_A_PLACE, 1, name, *arguments))

        milliseconds = await self._queue.ask(take_a_place)
        if milliseconds is None:
            return 0.0 if fail_open else _CLOSED_SECONDS
        return int(milliseconds) / 1000
