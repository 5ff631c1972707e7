"""What an open page costs while nothing happens: looks into the tables per minute, by a clock that jumps."""

from __future__ import annotations

import asyncio
import selectors
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from bot.live import LiveEvent, LiveKind
from bot.web.chat.desk import Reading, Seat
from bot.web.chat.stream import Streams
from db.ids import new_id
from workers.live import RedisLive
from workers.settings import Settings

MINUTE = 60.0


class Jumping(asyncio.SelectorEventLoop):
    """A loop that waits for nothing: when there is nothing to do, it is later."""

    def __init__(self):
        self.now = 1_000.0
        super().__init__(self._Selector(self))

    def time(self):
        return self.now

    class _Selector(selectors.SelectSelector):
        def __init__(self, loop):
            super().__init__()
            self.loop = loop

        def select(self, timeout=None):
            found = super().select(0)
            if not found and timeout:
                self.loop.now += timeout
            return found


class FakeRedis:
    """Brings what is published, and answers a ping, for as long as it lives."""

    def __init__(self):
        self.alive = True
        self.said = []
        self.came: asyncio.Queue = asyncio.Queue()

    def pubsub(self, **_):
        return self

    def pipeline(self, **_):
        return self

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        return None

    async def subscribe(self, _):
        if not self.alive:
            raise ConnectionError

    async def ping(self):
        if self.alive:
            self.came.put_nowait({"type": "pong", "data": b""})

    async def get_message(self, *, timeout):  # noqa: ASYNC109  (as redis calls it)
        try:
            async with asyncio.timeout(timeout):
                return await self.came.get()
        except TimeoutError:
            return None

    def publish(self, _, what):
        self.said.append(what)

    async def execute(self):
        if not self.alive:
            self.said.clear()
            raise ConnectionError
        for what in self.said:
            self.came.put_nowait({"type": "message", "data": what.encode()})
        self.said.clear()

    async def aclose(self):
        return None


class Desk:
    """Tables with nothing new in them. `looks`: when somebody looked."""

    def __init__(self):
        self.looks = []

    async def read(self, _, *, after):
        self.looks.append(asyncio.get_running_loop().time())
        return Reading(None, (), pending=False, after=after)

    def within(self, since, seconds):
        return len([at for at in self.looks if since <= at < since + seconds])


class Transport:
    def __init__(self):
        self.closed = False

    def is_closing(self):
        return self.closed

    def abort(self):
        self.closed = True


class Request:
    def __init__(self):
        self.transport = Transport()


SEAT = Seat(new_id(), new_id(), "w-idle")


@pytest.fixture
def live_of(monkeypatch):
    async def nothing(*_):
        return None

    for name in ("prepare", "write", "write_eof"):
        monkeypatch.setattr(f"aiohttp.web.StreamResponse.{name}", nothing)

    @asynccontextmanager
    async def make(redis):
        live = RedisLive(Settings(database_url=SecretStr("postgresql://x"), redis_url=SecretStr("redis://x")))
        live._redis = redis
        yield live
        await live.close()

    return make


@asynccontextmanager
async def open_page(live):
    """A page that nobody closes, over a desk that counts."""
    desk = Desk()
    streams = Streams(desk, live)
    serving = asyncio.create_task(streams.serve(Request(), SEAT, after=0, until=900))
    yield desk
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


def jump(main):
    loop = Jumping()
    try:
        return loop.run_until_complete(main())
    finally:
        loop.close()


def test_an_idle_page_looks_rarely_while_news_are_proved_to_come_and_often_while_they_are_not(live_of):
    async def main():
        redis = FakeRedis()
        clock = asyncio.get_running_loop().time
        async with live_of(redis) as live, open_page(live) as desk:
            await asyncio.sleep(MINUTE)
            since = clock()
            await asyncio.sleep(MINUTE)
            assert desk.within(since, MINUTE) == 4

            redis.alive = False  # hangs: no error, and no sign of life
            await asyncio.sleep(11)
            since = clock()
            await asyncio.sleep(MINUTE)
            assert desk.within(since, MINUTE) == 30

            redis.alive = True
            await asyncio.sleep(11)
            since = clock()
            await asyncio.sleep(MINUTE)
            assert desk.within(since, MINUTE) == 4

    jump(main)


def test_a_calm_page_hears_news_at_once_and_looks_once_when_its_line_breaks(live_of):
    async def main():
        redis = FakeRedis()
        clock = asyncio.get_running_loop().time
        async with live_of(redis) as live, open_page(live) as desk:
            await asyncio.sleep(MINUTE + 1)
            before = clock()
            live.publish(SEAT.workspace_id, new_id(), LiveKind.RECEIVED)
            await asyncio.sleep(0.001)
            assert desk.within(before, 0.001) == 1

            redis.alive = False
            before = clock()
            await asyncio.sleep(10.001)  # a ping every five seconds, and five for its answer
            assert desk.within(before, 10.001) >= 1

    jump(main)


def test_what_could_not_be_said_is_said_when_redis_is_back(live_of):
    async def main():
        redis = FakeRedis()
        talk = new_id()
        async with (
            live_of(redis) as here,
            live_of(redis) as there,
            here.subscribe(SEAT.workspace_id, talk, calm=True) as events,
        ):
            assert await anext(events) == LiveEvent(talk, LiveKind.TICK)  # the line stands
            redis.alive = False
            there.publish(SEAT.workspace_id, talk, LiveKind.TURN)
            await asyncio.sleep(0.5)
            redis.alive = True
            assert await anext(events) == LiveEvent(talk, LiveKind.TURN)

    jump(main)


def test_a_page_that_was_closed_makes_room_for_the_one_that_is_loaded_anew(live_of):
    async def main():
        async with live_of(FakeRedis()) as live:
            streams = Streams(Desk(), live)
            requests = [Request() for _ in range(20)]
            tasks = []
            for request in requests:
                tasks.append(asyncio.create_task(streams.serve(request, SEAT, after=0, until=900)))
                await asyncio.sleep(0.01)
                request.transport.closed = True
            assert len(streams._open) == 1
            requests[-1].transport.closed = False
            await streams.close(None)
            done = await asyncio.gather(*tasks, return_exceptions=True)
            assert all(isinstance(one, asyncio.CancelledError) for one in done)

    jump(main)


def test_who_may_not_read_any_more_is_sent_away_with_the_next_heartbeat(live_of):
    from bot.web.api import ApiError

    async def main():
        clock = asyncio.get_running_loop().time
        async with live_of(FakeRedis()) as live:
            began = clock()

            async def still():
                if clock() - began > MINUTE:
                    raise ApiError(401, "unauthorized", "revoked")

            await Streams(Desk(), live).serve(Request(), SEAT, after=0, until=900, still=still)
            assert MINUTE < clock() - began <= MINUTE + 16

    jump(main)
