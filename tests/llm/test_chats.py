"""Whole talks up to the order while models are off, down, slow, mad or malicious: each completes, none waits long."""

from __future__ import annotations

import pytest

from tests.llm.conftest import calls, set_llm
from tests.llm.test_injection import state_of
from tests.llm.test_turns import OBSCURE
from tests.salon import tomorrow

PROVIDERS = ("openai", "anthropic")
FAULTS = [
    {"kind": "slow", "ms": 2_000},
    {"kind": "http_5xx"},
    {"kind": "reset"},
    {"kind": "html"},
    {"kind": "rate_limited"},
    {"kind": "refuse"},
    {"kind": "garbage"},
    {"kind": "over_long"},
    {"kind": "wrong_usage"},
    {"kind": "injected"},
]


async def books(salon, number, hour):
    """A talk with lines that the rules can't read in between, from hello to the order in the provider's ledger."""
    phone = salon.phone(number)
    before = len(await salon.orders())
    for line in (
        "hi",
        OBSCURE,
        "start over",
        f"gel manicure on {tomorrow():%d %B} at {hour} at Plaza with anyone",
    ):
        assert await phone.say(line), line
    for line in (
        "hmm let me put it like this, my dear",
        "my name is Mona Test",
        "skip",
        "pay on arrival",
        "yes",
    ):
        if len(await salon.orders()) > before:
            break
        assert await phone.say(line), line
    assert len(await salon.orders()) == before + 1, await state_of(salon, phone)


@pytest.mark.parametrize(
    "keys", [{"openai": None, "anthropic": None}, {"openai": None}, {"anthropic": None}], ids=str
)
async def test_with_keys_missing(open_with_models, keys):
    async with open_with_models(**keys) as salon:
        await books(salon, "+96550000101", "2 pm")
        assert {call["provider"] for call in await calls(salon)} == {"openai", "anthropic"} - set(keys)


async def test_under_every_fault_of_both_providers(open_with_models):
    hours = ["11 am", "12 pm", "1 pm", "2 pm", "3 pm", "4 pm", "5 pm", "6 pm", "7 pm", "8 pm"]
    async with open_with_models(llm_limit_seconds=0.6) as salon:
        for at, fault in enumerate(FAULTS):
            await salon.http.delete(f"http://127.0.0.1:{salon.seeded.sandbox_port}/_sandbox/faults")
            salon.resources.turns.helper.breakers._lines.clear()
            for provider in PROVIDERS:
                await salon.fault(provider, probability=1, **fault)
            await books(salon, f"+965500001{at:02d}", hours[at])
        outcomes = {call["outcome"] for call in await calls(salon)}
        assert outcomes >= {
            "timed_out", "overloaded", "unreachable", "unreadable", "rate_limited", "refused", "too_long", "ok",
        }  # fmt: skip
        assert "open" not in outcomes


async def test_rewording_by_a_model_that_lies_changes_nothing(salon):
    await set_llm(salon, rephrase=True)
    for provider in PROVIDERS:
        await salon.fault(provider, "injected", probability=1)
    answer = await salon.phone().say("what are your opening hours at Plaza?")
    assert "Booked" not in answer
    assert "free" not in answer
    (call,) = await calls(salon)
    assert (call["purpose"], call["outcome"], call["used"]) == ("rephrase", "ok", False)


async def test_a_good_rewording_goes_out(salon):
    phone = salon.phone("+96550000101")
    fixed = await phone.say("what are your opening hours at Plaza?")
    await set_llm(salon, rephrase=True)
    reworded = await salon.phone("+96550000102").say("what are your opening hours at Plaza?")
    assert "Of course." in reworded
    assert reworded.replace("Of course. ", "") == fixed
    (entry,) = await salon.ledger("openai")
    assert "what are your" not in entry["data"]["material"]


async def test_prices_are_never_reworded(salon):
    await set_llm(salon, rephrase=True)
    phone = salon.phone()
    assert "KWD" in await phone.say("how much is a gel manicure?")
    assert await calls(salon) == []
