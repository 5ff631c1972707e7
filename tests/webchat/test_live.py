"""Live events: heard across processes, of one conversation only where asked, and never missed for long."""

import asyncio

import pytest
from pydantic import SecretStr

from bot.live import LiveEvent, LiveKind
from db.ids import new_id
from tests.salon import NO_REDIS
from workers.live import CHANNEL, RedisLive
from workers.settings import Settings, Timing


@pytest.fixture
async def process(redis_url):
    """Makes the live events of one process more."""
    opened = []

    def make(*, url=redis_url, tick=60.0):
        settings = Settings(
            database_url=SecretStr("postgresql://nobody"),
            redis_url=SecretStr(url),
            timing=Timing(live_tick_seconds=tick),
        )
        opened.append(RedisLive(settings))
        return opened[-1]

    yield make
    for each in opened:
        await each.close()


async def stands(*readers):
    """Until the subscription is proved to stand at Redis, which everybody is told: what is said before is lost."""
    async with asyncio.timeout(20):
        for events in readers:
            assert (await anext(events)).kind is LiveKind.TICK


async def test_news_of_another_process_arrive_once_and_for_the_right_reader(process):
    here, there = process(), process()
    workspace, other, talk, another = new_id(), new_id(), new_id(), new_id()
    async with here.subscribe(workspace, talk) as one, here.subscribe(workspace) as all_of_it:
        await stands(one, all_of_it)
        there.publish(other, talk, LiveKind.TURN)  # another business's: nobody's here
        there.publish(workspace, another, LiveKind.DELIVERY)
        there.publish(workspace, talk, LiveKind.TURN)
        there.publish(workspace, talk, LiveKind.TURN)
        assert await anext(one) == LiveEvent(talk, LiveKind.TURN)
        assert [await anext(all_of_it), await anext(all_of_it)] == [
            LiveEvent(another, LiveKind.DELIVERY),
            LiveEvent(talk, LiveKind.TURN),
        ]


async def test_without_redis_a_subscription_ticks(process):
    live = process(url=NO_REDIS, tick=0.01)
    workspace, talk = new_id(), new_id()
    live.publish(workspace, talk, LiveKind.TURN)  # raises nothing
    async with live.subscribe(workspace, talk) as events:
        assert await anext(events) == LiveEvent(talk, LiveKind.TICK)
        assert await anext(events) == LiveEvent(talk, LiveKind.TICK)


async def test_a_word_of_another_version_breaks_nothing(process):
    live = process()
    workspace, talk = new_id(), new_id()
    async with live.subscribe(workspace, talk) as events:
        await stands(events)
        await live._connected().publish(CHANNEL, "no ids at all")
        await live._connected().publish(CHANNEL, f"{workspace} {talk} unheard_of")
        live.publish(workspace, talk, LiveKind.EFFECT)
        assert await anext(events) == LiveEvent(talk, LiveKind.EFFECT)


async def test_the_same_news_wait_once_for_a_slow_reader(process):
    live = process()
    workspace, talk = new_id(), new_id()
    async with live.subscribe(workspace, talk) as events:
        await stands(events)
        for _ in range(10_000):
            live._tell(f"{workspace} {talk} turn".encode())
        assert await anext(events) == LiveEvent(talk, LiveKind.TURN)
        live._tell(f"{workspace} {talk} effect".encode())
        assert await anext(events) == LiveEvent(talk, LiveKind.EFFECT)
