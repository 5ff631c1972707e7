"""The Rates port on a real Redis: places in a window, shared by processes, and what a dead Redis means."""

import asyncio

import pytest
from pydantic import SecretStr

from tests.salon import KEY, NO_REDIS
from workers.queue import Queue
from workers.rates import RedisRates
from workers.settings import Settings


def a_process(url: str) -> Queue:
    return Queue(
        Settings(
            database_url=SecretStr("postgresql://unused"),
            redis_url=SecretStr(url),
            frontdesk_secret_keys=SecretStr(KEY),
        )
    )


@pytest.fixture
async def processes(redis_url):
    two = [a_process(redis_url), a_process(redis_url)]
    yield two
    for queue in two:
        await queue.close()


async def age(queue: Queue, *, seconds: int) -> None:
    """Makes everything that was counted older, instead of waiting."""

    async def work(redis):
        for key in await redis.keys("rate:*"):
            for index, value in enumerate(await redis.lrange(key, 0, -1)):
                await redis.lset(key, index, int(value) - seconds * 1000)
        return True

    assert await queue.ask(work)


async def test_the_limit_counts_over_all_processes_and_says_when_to_come_back(processes):
    first, second = (RedisRates(queue) for queue in processes)
    for rates in (first, second, first):
        assert await rates.wait("chat:1", 3, 60, fail_open=True) == 0
    assert 59 < await second.wait("chat:1", 3, 60, fail_open=True) <= 60
    assert await second.wait("chat:2", 3, 60, fail_open=True) == 0


async def test_a_window_slides_and_a_refusal_takes_no_place(processes):
    queue = processes[0]
    rates = RedisRates(queue)
    assert await rates.wait("chat:1", 2, 60, fail_open=True) == 0
    await age(queue, seconds=50)
    assert await rates.wait("chat:1", 2, 60, fail_open=True) == 0
    for _ in range(5):
        assert 9 < await rates.wait("chat:1", 2, 60, fail_open=True) <= 10
    await age(queue, seconds=10)
    assert await rates.wait("chat:1", 2, 60, fail_open=True) == 0
    assert 49 < await rates.wait("chat:1", 2, 60, fail_open=True) <= 50


async def test_a_limit_may_be_lowered_meanwhile(processes):
    rates = RedisRates(processes[0])
    for _ in range(5):
        assert await rates.wait("chat:1", 5, 60, fail_open=True) == 0
    assert await rates.wait("chat:1", 2, 60, fail_open=True) > 0


async def test_at_once_no_more_than_the_limit_pass(processes):
    rates = [RedisRates(queue) for queue in processes]
    waits = await asyncio.gather(
        *(rates[number % 2].wait("login:1", 5, 60, fail_open=False) for number in range(20))
    )
    assert waits.count(0) == 5


async def test_nothing_is_kept_beyond_the_window_and_no_address_in_the_clear(processes):
    queue = processes[0]
    await RedisRates(queue).wait("login:sara@example.com", 5, 60, fail_open=False)

    async def look(redis):
        (key,) = await redis.keys("*")
        return key, await redis.pttl(key)

    key, left = await queue.ask(look)
    assert b"example" not in key
    assert 0 < left <= 60_000


async def test_a_dead_redis_lets_talks_pass_and_sign_ins_wait():
    queue = a_process(NO_REDIS)
    rates = RedisRates(queue)
    for _ in range(2):  # found dead, then known to be
        assert await rates.wait("chat:1", 1, 60, fail_open=True) == 0
        assert await rates.wait("login:1", 1, 60, fail_open=False) == 5
    assert not queue.healthy
    await queue.close()


async def test_a_rate_that_makes_no_sense_is_refused(processes):
    for limit, seconds in ((0, 60), (5, 0)):
        with pytest.raises(ValueError, match="no rate"):
            await RedisRates(processes[0]).wait("chat:1", limit, seconds, fail_open=True)
