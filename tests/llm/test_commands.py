"""`frontdesk llm` as a person types it."""

from __future__ import annotations

import pytest

from db import llm
from db.tx import tx
from tests.llm.test_books import begin, call, end
from tests.terminal import at_a_terminal, typed


@pytest.fixture
def frontdesk(dsn, monkeypatch):
    """Runs a command; given: what is typed into it."""
    at_a_terminal(monkeypatch, dsn)

    async def run(*arguments, given=None, fails=False):
        code, said = await typed("llm", *arguments, given=given)
        assert (code != 0) is fails, said
        return said

    return run


async def test_calls_and_cost_are_told(world, frontdesk):
    assert "No language model" in await frontdesk("calls", "-w", "test-salon")
    assert "No language model" in await frontdesk("cost", "-w", "test-salon")
    row = call()
    await begin(world, row)
    async with tx(world.pool, world.workspace_id) as transaction:
        await llm.end_call(transaction, row.id, end(cost=312_000))
    told = await frontdesk("calls", "-w", "test-salon")
    for part in ("gpt-6-luna", "ok ✓", "100 (60) / 10", "$0.000312", "350"):
        assert part in told
    told = await frontdesk("cost", "-w", "test-salon")
    assert "Together $0.000312" in told
    assert "1.00 dollars a day" in told


async def test_a_persona_is_edited_shown_and_rolled_back(world, frontdesk, tmp_path):
    assert "receptionist of {business}" in await frontdesk("prompts", "show", "-w", "test-salon")
    file = tmp_path / "persona.txt"
    file.write_text("You are Noor of {business}.\n", "utf-8")
    assert "Version 1 speaks now" in await frontdesk(
        "prompts", "edit", "-w", "test-salon", "--file", str(file), "--note", "warmer"
    )
    shown = await frontdesk("prompts", "show", "-w", "test-salon")
    assert "*   1" in shown
    assert "warmer" in shown
    assert "Noor of Test Salon" in await frontdesk("prompts", "show", "-w", "test-salon", "--filled")
    text = await frontdesk("prompts", "show", "-w", "test-salon", "--text")
    assert text.strip() == "You are Noor of {business}."
    assert "Version 2" in await frontdesk("prompts", "edit", "-w", "test-salon", given="Two.")
    assert "Version 1 speaks now" in await frontdesk("prompts", "rollback", "-w", "test-salon", "1")
    assert "no prompt version 9" in await frontdesk(
        "prompts", "rollback", "-w", "test-salon", "9", fails=True
    )
    async with tx(world.pool, world.workspace_id) as transaction:
        assert await llm.active_prompt(transaction) == (1, "You are Noor of {business}.")


@pytest.mark.parametrize("text", ["", "  \n", "x" * 8001])
async def test_a_persona_needs_words_and_has_an_end(world, frontdesk, text):
    assert "characters" in await frontdesk("prompts", "edit", "-w", "test-salon", given=text, fails=True)


async def test_a_key_is_sealed_and_never_shown(world, frontdesk):
    told = await frontdesk("key", "-w", "test-salon", "anthropic", given="secret-key-1\n")
    assert "secret-key-1" not in told
    (stored,) = await world.pool.fetch("SELECT provider, secrets FROM llm_accounts")
    assert stored["provider"] == "anthropic"
    assert b"secret-key-1" not in stored["secrets"]
    assert "again" in await frontdesk("key", "-w", "test-salon", "anthropic", "--remove")
    assert await world.pool.fetch("SELECT 1 FROM llm_accounts") == []


@pytest.mark.parametrize("arguments", [("calls", "-w", "nobody"), ("key", "-w", "test-salon", "parrot")])
async def test_what_isnt_there_is_said_in_a_line(world, frontdesk, arguments):
    told = await frontdesk(*arguments, fails=True)
    assert told.startswith("frontdesk: ")
    assert "Traceback" not in told
