"""One server or connection at a time goes wrong while somebody books: it is booked once all the same."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio

from tests.faults.customer import Wish
from tests.faults.processes import until
from tests.faults.verdict import assert_sound

pytestmark = [
    pytest.mark.faults,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
]


@pytest_asyncio.fixture(loop_scope="module")
async def customers(world):
    """Makes customers with a free hour of their own; afterwards every connection is sound again."""

    def make():
        number = len({entry["phone"] for entry in world.acknowledged.entries})
        wish = Wish("classic pedicure", "Zahra", 1 + number % 3, 11 + number // 3)
        return world.customer(
            3000 + number, wish, workspace="nail-studio", channel="whatsapp", copies=0, patience=4
        )

    yield make
    await world.stand.heal()


@pytest.fixture
def customer(customers):
    return customers()


def opening(customer):
    return f"{customer.wish.line()}, my name is Sara Test, pay on arrival"


async def booked_once(world, customer):
    outcome = await asyncio.wait_for(customer.book(opening(customer)), 60)
    evidence = await assert_sound(world, frozenset({customer.phone}))
    assert (outcome, len(evidence.orders())) == ("booked", 1), evidence.history(customer.phone)


async def test_redis_is_gone(world, customer):
    world.stand.redis.refuse()
    await booked_once(world, customer)


async def test_redis_takes_everything_and_answers_nothing(world, customer):
    world.stand.redis.black_hole()
    await booked_once(world, customer)


async def test_redis_is_empty_again_after_every_message(world, customer):
    wiping = asyncio.create_task(_wipe_for_ever(world.stand.redis_server))
    try:
        await booked_once(world, customer)
    finally:
        wiping.cancel()
        await asyncio.gather(wiping, return_exceptions=True)


async def _wipe_for_ever(server):
    while True:
        await asyncio.to_thread(server.wipe)
        await asyncio.sleep(0.05)


async def test_a_commit_happens_but_its_answer_gets_lost(world, customers):
    """One after the other of all commits from the yes on: reads, the turn's, the settled order's, the send's."""
    proxy, messages = world.stand.databases["messages"], world.stand.processes["messages"]
    noticed = messages.said("turn.commit_answer_lost")
    happened: set[int] = set()
    for number in range(25):  # the dispatcher takes a turn as well: its commits don't pass this proxy
        if await lose_one_answer(world, customers(), proxy, after=number % 5):
            happened.add(number % 5)
        if len(happened) == 5 and messages.said("turn.commit_answer_lost") > noticed:
            break
    assert happened == set(range(5)), "commits of the messages process were too few"
    assert messages.said("turn.commit_answer_lost") > noticed, "no turn's own commit was among them"


async def lose_one_answer(world, customer, proxy, *, after):
    before = proxy.commits_dropped
    await customer.say(opening(customer))
    await until(lambda: not customer.arrivals.empty(), "the summary is there")
    proxy.drop_commit_answers(after=after)
    outcome = await asyncio.wait_for(customer.talk(), 60)
    evidence = await assert_sound(world, frozenset({customer.phone}), seed=f"after {after} commits")
    assert (outcome, len(evidence.orders())) == ("booked", 1), evidence.history(customer.phone)
    proxy.heal()
    return proxy.commits_dropped == before + 1


async def test_the_receiver_stored_it_but_never_learnt(world, customer):
    """Answered 503, delivered again by the provider, and still one message."""
    proxy = world.stand.databases["web"]
    before = proxy.commits_dropped
    proxy.drop_answer_to(b"wamid.")
    await booked_once(world, customer)
    assert proxy.commits_dropped == before + 1


async def test_the_database_is_silent_for_a_while(world, customer):
    for proxy in world.stand.databases.values():
        proxy.black_hole()
    booking = asyncio.create_task(booked_once(world, customer))
    await asyncio.sleep(4)
    for proxy in world.stand.databases.values():
        proxy.heal()
    await booking


async def test_the_database_is_slow(world, customer):
    for proxy in world.stand.databases.values():
        proxy.latency_seconds = 0.03
    await booked_once(world, customer)


async def test_all_database_sessions_end_again_and_again(world, customer):
    booking = asyncio.create_task(booked_once(world, customer))
    for _ in range(8):
        await asyncio.sleep(0.15)
        await world.stand.terminate_sessions()
    await booking


async def test_answers_of_the_database_are_cut_in_the_middle(world, customer):
    for proxy in world.stand.databases.values():
        proxy.cut_after(120)
    await booked_once(world, customer)


async def test_nobody_gets_a_2xx_while_the_database_is_away(world, customer):
    for proxy in world.stand.databases.values():
        proxy.refuse()
    assert await customer.post_once("hello") in (0, 503)
    for proxy in world.stand.databases.values():
        proxy.heal()
    await world.stand.ready()
    customer.sent = 0  # the provider delivers the same message again
    await booked_once(world, customer)
