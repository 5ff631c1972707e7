"""A turn with a language model: what it helps with, what it may not, what it costs, and that nobody needs it."""

from __future__ import annotations

import json

import pytest

from tests.llm.conftest import calls, set_llm
from tests.salon import tomorrow

OBSCURE = "could somebody rescue my toes on the morrow at the tea time"


def understood(phone, answer):
    """Whether the model's word was taken up: the day, the time, and which pedicure is meant is asked."""
    titles = " ".join(choice.title for choice in phone.messages[-1].choices)
    return "4:00 PM" in answer and f"{tomorrow():%-d %b}" in answer and "Pedicure" in titles


async def test_a_line_that_the_rules_cant_read_is_understood_and_booked_on(salon):
    phone = salon.phone()
    assert understood(phone, await phone.say(OBSCURE))
    made = await calls(salon)
    assert [(call["provider"], call["outcome"], call["used"]) for call in made] == [("openai", "ok", True)]
    assert made[0]["cost_nanos"] > 0
    assert made[0]["reason"] in {"nothing", "unknown", "leftover"}


async def test_clear_lines_ask_nobody(salon):
    phone = salon.phone()
    await phone.say("hi")
    await phone.say("gel manicure tomorrow afternoon at Plaza")
    await phone.say("how much is it?")
    await phone.say("the first one")
    await phone.say("thanks")
    assert await calls(salon) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "slow", "ms": 3_000},
        {"kind": "http_5xx"},
        {"kind": "http_5xx", "status": 529},
        {"kind": "reset"},
        {"kind": "html"},
        {"kind": "rate_limited"},
        {"kind": "refuse"},
        {"kind": "garbage"},
        {"kind": "over_long"},
    ],
    ids=lambda fault: f"{fault['kind']}{fault.get('status', '')}",
)
async def test_the_other_provider_stands_in(open_with_models, fault):
    async with open_with_models(llm_limit_seconds=1.5) as salon:
        await salon.fault("openai", fault.pop("kind"), next_n=1, **fault)
        phone = salon.phone()
        assert understood(phone, await phone.say(OBSCURE))
        made = await calls(salon)
        assert [call["provider"] for call in made] == ["openai", "anthropic"]
        assert made[0]["outcome"] not in {"ok", "open"}
        assert made[1]["outcome"] == "ok"


async def test_both_down_leaves_the_rules(salon):
    for provider in ("openai", "anthropic"):
        await salon.fault(provider, "http_5xx", probability=1)
    phone = salon.phone()
    assert await phone.say(OBSCURE)
    assert "Gel Manicure" in await phone.say("gel manicure tomorrow 2 pm at Plaza")


async def test_a_provider_in_trouble_is_left_alone(salon):
    await salon.fault("openai", "http_5xx", probability=1)
    for number in range(5):
        await salon.phone(f"+9655000010{number}").say(OBSCURE)
    tried = [call["provider"] for call in await calls(salon)]
    assert tried.count("openai") == 3
    assert tried.count("anthropic") == 5


async def test_an_empty_account_is_an_operators_matter_and_is_not_asked_again(open_with_models):
    async with open_with_models(openai="sandbox-empty", anthropic=None) as salon:
        for number in range(2):
            assert await salon.phone(f"+9655000010{number}").say(OBSCURE)
        assert [call["outcome"] for call in await calls(salon)] == ["no_quota"]
        noted = await salon.rows("SELECT kind, summary FROM operator_errors WHERE kind = 'llm_account'")
        assert len(noted) == 1
        assert "Openai" in noted[0]["summary"]


async def test_the_days_money_is_counted_before_it_is_spent(salon):
    await set_llm(salon, daily_budget_cents=1)
    workspace = salon.workspace_ids["nail-salon"]
    await salon.phone("+96550000101").say(OBSCURE)
    await salon.pool.execute("UPDATE llm_calls SET cost_nanos = 9999999 WHERE workspace_id = $1", workspace)
    assert await salon.phone("+96550000102").say(OBSCURE)
    assert len(await calls(salon)) == 1
    noted = await salon.rows("SELECT kind FROM operator_errors WHERE kind LIKE 'llm%'")
    assert [one["kind"] for one in noted] == ["llm_budget_spent"]


@pytest.mark.parametrize("change", [{"enabled": False}, {"daily_budget_cents": 0}, {"providers": []}])
async def test_a_business_that_wants_no_model_has_none(salon, change):
    await set_llm(salon, **change)
    assert await salon.phone().say(OBSCURE)
    assert await calls(salon) == []


async def test_wrong_usage_figures_break_nothing(salon):
    await salon.fault("openai", "wrong_usage", probability=1)
    phone = salon.phone()
    assert understood(phone, await phone.say(OBSCURE))
    (call,) = await calls(salon)
    assert call["outcome"] == "ok"
    assert call["cost_nanos"] >= 0


async def test_variants_are_shared_out_by_conversation_and_stay(salon):
    await set_llm(
        salon,
        variants=[
            {"name": "a", "provider": "openai", "model": "gpt-6-luna", "share": 1},
            {"name": "b", "provider": "anthropic", "model": "claude-haiku-5-5", "share": 1},
        ],
    )
    for number in range(8):
        phone = salon.phone(f"+9655000010{number}")
        await phone.say(OBSCURE)
        await phone.say("no wait my fingers instead, could anybody squeeze me in")
    by_conversation: dict = {}
    for call in await calls(salon):
        by_conversation.setdefault(call["conversation_id"], set()).add((call["variant"], call["model"]))
    assert len(by_conversation) == 8
    assert all(len(arms) == 1 for arms in by_conversation.values())
    assert len({arm for arms in by_conversation.values() for arm in arms}) == 2


async def test_a_model_sees_this_business_and_this_line_only(salon):
    other = await salon.rows(
        """SELECT name FROM workspaces WHERE key <> 'nail-salon' UNION
           SELECT names ->> 'en' FROM staff s JOIN workspaces w ON w.id = s.workspace_id WHERE w.key = 'car-tint'"""
    )
    await salon.phone("+96550000111", name="Secret Name").say(f"{OBSCURE} my number is +96550000123")
    (entry,) = await salon.ledger("openai")
    shown = entry["data"]["instructions"] + entry["data"]["material"]
    assert "50000123" not in shown
    assert "50000111" not in shown
    assert "Secret Name" not in shown
    for row in other:
        assert row["name"] not in shown
    assert json.loads(entry["data"]["material"])["customer_message"].startswith(OBSCURE)


async def test_an_edited_persona_speaks_at_once(salon):
    from db import llm
    from db.tx import tx

    await salon.phone("+96550000101").say(OBSCURE)
    async with tx(salon.pool, salon.workspace_ids["nail-salon"]) as transaction:
        version = await llm.add_prompt(transaction, "You are Noor of {business}.", note="shorter")
    await salon.phone("+96550000102").say(OBSCURE)
    async with tx(salon.pool, salon.workspace_ids["nail-salon"]) as transaction:
        await llm.activate_prompt(transaction, 0)
    await salon.phone("+96550000103").say(OBSCURE)
    first, second, third = [entry["data"]["instructions"] for entry in await salon.ledger("openai")]
    assert "You are Noor of Nail Salon." in second
    assert "Noor" not in first + third
    assert [call["prompt_version"] for call in await calls(salon)] == [0, version, 0]


async def test_the_day_comes_out_right(salon):
    phone = salon.phone()
    await phone.say("gel manicure at Plaza please")
    answer = await phone.say("let it be one sleep from now my dear lady")
    assert f"{tomorrow():%-d %b}" in answer


async def test_a_fault_of_an_adapter_costs_no_reply(salon, monkeypatch):
    from providers.llm.openai import OpenAiModel

    async def broken(*_, **__):
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(OpenAiModel, "complete", broken)
    phone = salon.phone()
    assert understood(phone, await phone.say(OBSCURE))
    assert [call["outcome"] for call in await calls(salon)] == ["unreadable", "ok"]


async def test_while_a_person_answers_no_model_listens(salon):
    phone = salon.phone()
    await phone.say("I want to talk to a human please")
    await phone.say(OBSCURE)
    assert await calls(salon) == []


async def test_old_calls_go_with_the_nights_housekeeping(salon):
    from db import schedules
    from workers.schedule import JobName, run_due_jobs

    await salon.phone().say(OBSCURE)
    await salon.pool.execute("UPDATE llm_calls SET created_at = now() - interval '400 days'")
    job = schedules.Job(JobName.DELETE_OLD, None)
    await schedules.ensure(salon.pool, job, next_run_at=tomorrow())
    await salon.pool.execute("UPDATE schedules SET next_run_at = now() WHERE name = $1", JobName.DELETE_OLD)
    await run_due_jobs(salon.resources)
    assert await calls(salon) == []
