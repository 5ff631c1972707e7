"""The tester is tested: with one guard switched off a targeted run must break a promise, and the checker must say so.

A guard whose absence nobody notices would be worth nothing, or the harness would be.
"""

from __future__ import annotations

import asyncio
import signal

import pytest
import pytest_asyncio

from tests.faults.checker import check
from tests.faults.customer import Wish
from tests.faults.processes import until
from tests.faults.verdict import settled

pytestmark = [
    pytest.mark.faults,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(150),
]


def customer(world, number, **more):
    """Each with a free hour of her own."""
    wish = Wish("classic pedicure", "Zahra", 1 + number % 3, 11 + number // 3)
    options = {"workspace": "nail-salon", "channel": "twilio", "copies": 0, "patience": 4, **more}
    return world.customer(2000 + number, wish, **options)


def opening(customer):
    return f"{customer.wish.line()}, my name is Sara Test, pay on arrival"


async def broken(world, customer, *, seconds=20):
    """The invariants the checker finds broken for this customer."""
    evidence = await settled(world, frozenset({customer.phone}), seconds=seconds)
    return {each.invariant for each in check(evidence)}, evidence.history(customer.phone)


@pytest_asyncio.fixture(loop_scope="module")
async def sound_again(world):
    """Whatever a test switched off is on again for the next."""
    yield
    await world.stand.heal()
    for name in ("web", "messages", "dispatcher"):
        await world.stand.processes[name].restart()


pytestmark.append(pytest.mark.usefixtures("sound_again"))


async def off(world, guard, *names, failpoints="", **timing):
    for name in names:
        await world.stand.processes[name].restart(
            f"guard.{guard}=off{failpoints and ','}{failpoints}", **timing
        )


async def test_sending_again_when_unsure_doubles_a_message(world):
    who = customer(world, 0)
    await off(world, "naive_retry", "dispatcher")
    await world.stand.misbehave(
        {"provider": "twilio", "call": "Messages", "kind": "accepted_then_reset", "next_n": 1},
        {"provider": "twilio", "call": "status_callback", "kind": "drop_callback", "next_n": 30},
    )
    await who.say(opening(who))
    assert await who.hear() is not None
    assert await who.hear() is not None, "it was not sent again, so nothing is tested"
    invariants, history = await broken(world, who)
    assert "I3" in invariants, history


async def test_ordering_again_when_unsure_forgets_an_order(world):
    who = customer(world, 1)
    await off(world, "naive_retry", "dispatcher", "messages")
    await world.stand.misbehave(
        {"provider": "nailit", "call": "AddOrder", "kind": "accepted_then_reset", "next_n": 1}
    )
    await asyncio.wait_for(who.book(opening(who)), 60)
    invariants, history = await broken(world, who)
    assert "I4" in invariants, history


async def test_without_a_mark_before_the_order_a_crash_forgets_it(world):
    who = customer(world, 2)
    await off(world, "no_mark", "dispatcher")
    await off(world, "no_mark", "messages", failpoints="effect.after_call=kill:2")
    await asyncio.wait_for(who.book(opening(who)), 60)
    invariants, history = await broken(world, who)
    assert "I4" in invariants, history


async def test_without_the_fence_a_frozen_worker_takes_a_turn_twice(world):
    """It wakes after another has taken its conversation over, and writes all the same."""
    who = customer(world, 3)
    messages, dispatcher = world.stand.processes["messages"], world.stand.processes["dispatcher"]
    await off(world, "no_fence", "messages", failpoints="turn.before_commit=stop", TURN_BUDGET_SECONDS=60)
    messages.signal(signal.SIGSTOP)
    dispatcher.signal(signal.SIGSTOP)
    await who.say(opening(who))
    await who.say("thank you")
    messages.signal(signal.SIGCONT)
    await asyncio.sleep(0.2)  # two stops: ours is over, the failpoint's comes with both messages in hand
    await until(messages.frozen, "the worker froze before its commit", 20)
    # The other takes the first message alone, as after any crash, and is held there.
    await dispatcher.restart("turn.after_commit=stop")
    await until(dispatcher.frozen, "the dispatcher took the turn over", 20)
    messages.signal(signal.SIGCONT)
    await asyncio.sleep(1)
    dispatcher.signal(signal.SIGCONT)
    invariants, history = await broken(world, who)
    assert "I2" in invariants, history


async def test_acknowledging_before_the_commit_loses_a_message(world):
    who = customer(world, 4)
    await off(world, "ack_before_commit", "web", failpoints="accept.before_commit=kill")
    await who.say(opening(who))
    invariants, history = await broken(world, who)
    assert "I1" in invariants, history


async def test_sends_that_wait_for_nobody_arrive_out_of_order(world):
    who = customer(world, 5)
    await off(world, "no_hold", "dispatcher")
    await off(world, "no_hold", "messages", RETRY_PAUSE_SECONDS=4)
    await world.stand.misbehave(
        {"provider": "twilio", "call": "Messages", "kind": "rate_limited", "next_n": 1}, replace=True
    )
    await who.say(opening(who))
    await asyncio.sleep(1)
    await who.say("hello?")
    invariants, history = await broken(world, who, seconds=30)
    assert "I5" in invariants, history


async def test_without_the_poller_a_lost_bell_is_a_lost_message(world):
    who = customer(world, 6)
    await off(world, "no_poller", "dispatcher")
    world.stand.redis.refuse()
    await who.say(opening(who))
    invariants, history = await broken(world, who, seconds=4)
    assert {"I1", "I9"} <= invariants, history


async def test_with_all_guards_on_the_same_runs_are_sound(world):
    """The runs above without their guard's absence: what is reported there is the guard's doing."""
    who = customer(world, 7)
    await world.stand.processes["messages"].restart("effect.after_call=kill:2")
    await world.stand.misbehave(
        {"provider": "twilio", "call": "Messages", "kind": "accepted_then_reset", "next_n": 1},
        {"provider": "twilio", "call": "status_callback", "kind": "drop_callback", "next_n": 30},
    )
    await asyncio.wait_for(who.book(opening(who)), 60)
    invariants, history = await broken(world, who, seconds=60)
    assert not invariants, history
