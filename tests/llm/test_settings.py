"""Variants, breakers, prices, personas: the small pure parts."""

from collections import Counter
from datetime import date
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.llm_breaker import FIRST_PAUSE, LONGEST_PAUSE, PERSON_PAUSE, TRIES, Breakers
from bot.llm_prompts import TRADES, default_body, fill
from bot.llm_settings import DEFAULT_MODELS, LlmSettings, LlmVariant, attempts
from bot.workspace import WorkspaceSettings
from providers.llm.contract import LlmOutcome, Usage
from providers.llm.pricing import NANO, cost_nanos, dearest, price_of, price_table
from tests.understanding.salon import CATALOG

BOTH = ("openai", "anthropic")
SEED = UUID("00000000-0000-4000-8000-000000000001")
TODAY = date(2026, 11, 21)


def talks(count):
    return [uuid5(SEED, str(number)) for number in range(count)]


def variant(name, provider="openai", share=1):
    return LlmVariant(name=name, provider=provider, model=f"model-{name}", share=share)


# -- variants ----------------------------------------------------------------------------------------------


def test_without_variants_the_preferred_provider_goes_first_and_the_other_stands_in():
    for talk in talks(20):
        arms = attempts(LlmSettings(), talk, BOTH)
        assert [(arm.provider, arm.model) for arm in arms] == [(name, DEFAULT_MODELS[name]) for name in BOTH]
    assert [arm.provider for arm in attempts(LlmSettings(providers=("anthropic",)), SEED, BOTH)] == [
        "anthropic"
    ]
    assert [arm.provider for arm in attempts(LlmSettings(), SEED, ("anthropic",))] == ["anthropic"]
    assert attempts(LlmSettings(), SEED, ()) == []
    assert attempts(LlmSettings(providers=()), SEED, BOTH) == []


def test_shares_come_out_and_a_talk_keeps_its_variant():
    settings = LlmSettings(variants=(variant("a", share=3), variant("b", "anthropic"), variant("c", share=0)))
    drawn = {talk: attempts(settings, talk, BOTH)[0].name for talk in talks(2000)}
    counts = Counter(drawn.values())
    assert set(counts) == {"a", "b"}
    assert 0.70 < counts["a"] / 2000 < 0.80
    assert all(attempts(settings, talk, BOTH)[0].name == name for talk, name in drawn.items())


def test_a_variant_of_the_other_provider_stands_in():
    settings = LlmSettings(variants=(variant("a"), variant("b"), variant("c", "anthropic", share=0)))
    for talk in talks(20):
        first, second = attempts(settings, talk, BOTH)
        assert (first.provider, second.name) == ("openai", "c")
    only = LlmSettings(variants=(variant("a"),))
    assert [arm.name for arm in attempts(only, SEED, BOTH)] == ["a", "fallback"]
    alone = LlmSettings(providers=("openai",), variants=(variant("a"),))
    assert [arm.name for arm in attempts(alone, SEED, BOTH)] == ["a"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"variants": (variant("a"), variant("a", "anthropic"))},
        {"variants": (variant("a", "anthropic"),), "providers": ("openai",)},
        {"variants": (variant("a", share=0),)},
        {"daily_budget_cents": -1},
        {"providers": ("parrot",)},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValidationError):
        LlmSettings(**wrong)


def test_stored_settings_read_back():
    settings = LlmSettings(variants=(variant("a"), variant("b", "anthropic")), rephrase=True, trade="spa")
    assert LlmSettings.model_validate(settings.model_dump(mode="json")) == settings


# -- breakers ----------------------------------------------------------------------------------------------


def test_a_few_troubles_in_a_row_close_a_line_and_an_answer_opens_it():
    breakers = Breakers()
    for _ in range(TRIES - 1):
        breakers.note("x", LlmOutcome.TIMED_OUT, 0.0)
        assert breakers.allows("x", 0.0)
    breakers.note("x", LlmOutcome.OVERLOADED, 0.0)
    assert breakers.is_closed("x", 1.0)
    assert not breakers.allows("x", FIRST_PAUSE - 1)
    assert breakers.allows("y", 1.0)
    assert breakers.allows("x", FIRST_PAUSE)
    assert not breakers.allows("x", FIRST_PAUSE), "one goes first"
    breakers.note("x", LlmOutcome.OK, FIRST_PAUSE + 1)
    assert breakers.allows("x", FIRST_PAUSE + 1)


def test_pauses_grow_to_an_end():
    breakers, now, pauses = Breakers(), 0.0, []
    for _ in range(TRIES + 8):
        breakers.note("x", LlmOutcome.TIMED_OUT, now)
        if breakers.is_closed("x", now):
            began = now
            while breakers.is_closed("x", now):
                now += 1.0
            pauses.append(now - began)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (FIRST_PAUSE, LONGEST_PAUSE)


@pytest.mark.parametrize("outcome", [LlmOutcome.NO_QUOTA, LlmOutcome.UNAUTHORIZED, LlmOutcome.MISCONFIGURED])
def test_what_a_person_must_settle_closes_at_once(outcome):
    breakers = Breakers()
    breakers.note("x", outcome, 0.0)
    assert breakers.is_closed("x", PERSON_PAUSE - 1)
    assert breakers.allows("x", PERSON_PAUSE)


@pytest.mark.parametrize("outcome", [LlmOutcome.REFUSED, LlmOutcome.TOO_LONG, LlmOutcome.FILTERED])
def test_an_answer_nobody_can_use_is_no_trouble(outcome):
    breakers = Breakers()
    for _ in range(10):
        breakers.note("x", outcome, 0.0)
    assert breakers.allows("x", 0.0)


# -- prices ------------------------------------------------------------------------------------------------


def test_every_price_has_a_source_and_a_sane_size():
    for row in price_table():
        assert row.source
        assert row.since <= TODAY
        assert 0 < row.input < row.output
        assert row.cached <= row.input
        assert row.cache_write >= row.cached


def test_a_call_costs_what_its_tokens_cost():
    usage = Usage(fresh_input=300, cached_input=600, cache_write=100, output=40)
    assert cost_nanos("gpt-6-luna", usage, TODAY) == (300 * 100 + 600 * 10 + 100 * 125 + 40 * 500, True)
    million = Usage(fresh_input=10**6)
    assert cost_nanos("gpt-6-sol", million, TODAY) == (2 * NANO, True)


def test_the_price_in_force_on_the_day_counts():
    before, after = date(2026, 10, 1), date(2026, 10, 8)
    cached = Usage(cached_input=10**6)
    assert cost_nanos("claude-sonnet-5-5", cached, before)[0] == NANO // 5
    assert cost_nanos("claude-sonnet-5-5", cached, after)[0] == NANO // 10


def test_a_long_question_is_priced_in_its_band_as_a_whole():
    assert cost_nanos("claude-haiku-5-5", Usage(fresh_input=100_000), TODAY)[0] == 100_000 * 100
    assert cost_nanos("claude-haiku-5-5", Usage(fresh_input=100_001), TODAY)[0] == 100_001 * 500


def test_a_dated_snapshot_costs_what_its_model_costs():
    assert price_of("gpt-6-luna-2026-09-22", TODAY) == price_of("gpt-6-luna", TODAY)
    assert price_of("claude-haiku-4-5-20251001", TODAY) == price_of("claude-haiku-4-5", TODAY)


@given(st.text(max_size=30), st.integers(0, 10**6), st.integers(0, 10**6))
def test_nothing_is_free(model, tokens, output):
    cost, known = cost_nanos(model, Usage(fresh_input=tokens, output=output), TODAY)
    assert (cost == 0) is (tokens == output == 0)
    if not known:
        assert cost == dearest(TODAY).cost(Usage(fresh_input=tokens, output=output))


# -- personas ----------------------------------------------------------------------------------------------

SETTINGS = WorkspaceSettings(timezone="Asia/Kuwait", currency="KWD", languages=("en", "ar"))


@pytest.mark.parametrize("trade", ["", *TRADES, "never heard of"])
def test_every_trade_has_a_persona_made_of_the_catalog(trade):
    told = fill(default_body(trade), business="Test Salon", settings=SETTINGS, catalog=CATALOG)
    assert "{" not in told
    for part in (
        "Test Salon",
        "Gel Manicure: 12.000 KWD, 45 min",
        "Keratin Treatment: from 10.000 KWD",
        "Plaza",
    ):
        assert part in told
    for rule in (
        "friendly",
        "never say the same sentence twice",
        "sum up",
        "one missing thing",
        "confirm everything",
    ):
        assert rule in told.lower()
    assert len(default_body(trade)) < 8000


def test_the_trades_that_need_it_say_what_is_not_said():
    for trade in ("med_spa", "dental_clinic"):
        assert "no medical advice" in default_body(trade)
    assert "988" in default_body("sober_living")
    assert "no legal advice" in default_body("law_firm")


def test_braces_of_an_operator_are_left_alone():
    assert fill("{x} {business} {0}", business="B", settings=SETTINGS, catalog=CATALOG) == "{x} B {0}"
