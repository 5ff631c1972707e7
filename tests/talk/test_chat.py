"""`frontdesk chat`: a whole talk through signed webhooks and the sandbox's send API, without Redis."""

from __future__ import annotations

import pytest

from tests.talk.rig import chat, open_stage
from workers.simulation import SetupError

BOOKING = (
    "Hi",
    "I want a gel manicure at Plaza tomorrow at 2pm",
    "anyone",
    "Sara Test",
    "sara@example.com",
    "pay on arrival",
    "yes",
)
INBOUND = "SELECT payload FROM inbox WHERE kind = 'customer_message' ORDER BY id"


async def test_lines_from_a_pipe_book_and_show_the_order_number(stage, monkeypatch, capsys):
    assert await chat(stage, monkeypatch, *BOOKING)

    shown = capsys.readouterr().out
    (order,) = await stage.orders()
    assert str(order["order_id"]) in shown.rpartition("> yes")[2]
    assert order["customer_name"] == "Sara Test"
    assert [line for line in shown.splitlines() if line.startswith("> ")] == [f"> {line}" for line in BOOKING]
    assert "✓✓" in shown


async def test_a_number_taps_the_shown_choice_on_whatsapp(stage, monkeypatch, capsys):
    assert await chat(stage, monkeypatch, "Hi", "2")

    assert "2. Zahra" in capsys.readouterr().out
    tap = (await stage.rows(INBOUND))[-1]["payload"]
    assert tap["kind"] == "choice"
    assert tap["text"] == "Zahra"
    assert tap["choice_id"]


async def test_a_number_is_typed_by_sms(stage, monkeypatch):
    assert await chat(stage, monkeypatch, "Hi", "2", surface="sms")

    typed = (await stage.rows(INBOUND))[-1]["payload"]
    assert (typed["kind"], typed["text"]) == ("text", "2")


async def test_web_chat_reads_its_replies_from_the_table(stage, monkeypatch, capsys):
    assert await chat(stage, monkeypatch, "Hi", "1", surface="web")

    shown = capsys.readouterr().out
    assert "1. Plaza" in shown
    assert shown.index("> 1") < shown.rindex("\n< ")
    assert (await stage.rows(INBOUND))[-1]["payload"]["kind"] == "choice"


async def test_an_older_menu_can_still_be_tapped(stage, monkeypatch):
    assert await chat(stage, monkeypatch, "Hi", "1", ":old 3")

    payloads = [row["payload"] for row in await stage.rows(INBOUND)]
    assert [payload["text"] for payload in payloads] == ["Hi", "Plaza", "Marina"]


async def test_pins_pictures_voice_notes_and_stickers_are_real_webhooks(stage, monkeypatch, capsys):
    await chat(stage, monkeypatch, ":pin 29.34,48.09", ":image like this", ":voice", ":sticker", ":pin here")

    payloads = [row["payload"] for row in await stage.rows(INBOUND)]
    assert [payload["kind"] for payload in payloads] == ["location", "media", "voice", "sticker"]
    assert "! where? :pin" in capsys.readouterr().out


async def test_what_a_channel_does_not_have_is_said_and_the_talk_goes_on(stage, monkeypatch, capsys):
    assert await chat(stage, monkeypatch, ":sticker", "Hi", surface="sms")

    assert "! SMS has no sticker" in capsys.readouterr().out


async def test_a_customer_with_a_username_and_no_number_is_answered(stage, monkeypatch, capsys):
    assert await chat(stage, monkeypatch, "Hi", number="KW.13491208655302741918", name="Noor Example")

    assert "Nail Salon" in capsys.readouterr().out


async def test_it_waits_for_the_word_about_an_order_whose_answer_got_lost(stage, monkeypatch, capsys):
    await stage.fault(provider="nailit", call="AddOrder", kind="accepted_then_reset", next_n=1)

    assert await chat(stage, monkeypatch, *BOOKING)

    last = capsys.readouterr().out.rpartition("> yes")[2]
    assert "\n< " in last
    assert "confirmation code" not in last.lower()


async def test_no_reply_is_said_so_and_fails(salon_dsn, seeded, tmp_path, monkeypatch, capsys):
    async with open_stage(salon_dsn, seeded, tmp_path, dispatching=False) as stage:
        assert not await chat(stage, monkeypatch, "Hi", patience=0.2)

    assert "still at work" in capsys.readouterr().out


async def test_an_unknown_business_is_answered_with_the_known_ones(stage, monkeypatch):
    with pytest.raises(SetupError, match=r"nobody.*nail-salon, nail-studio"):
        await chat(stage, monkeypatch, "Hi", workspace="nobody")


async def test_a_number_that_is_none_is_refused(stage, monkeypatch):
    with pytest.raises(SetupError, match="not a number"):
        await chat(stage, monkeypatch, "Hi", number="12")


async def test_a_web_process_that_does_not_run_is_named(stage, monkeypatch):
    gone = stage.settings.model_copy(update={"public_base_url": "http://127.0.0.1:9"})

    with pytest.raises(SetupError, match=r"web process does not answer at http://127.0.0.1:9"):
        await chat(_with(stage, gone), monkeypatch, "Hi")


async def test_another_public_address_is_a_refused_signature(stage, monkeypatch):
    other = stage.base.replace("127.0.0.1", "localhost")

    with pytest.raises(SetupError, match="refused the signature"):
        await chat(
            _with(stage, stage.settings.model_copy(update={"public_base_url": other})),
            monkeypatch,
            "Hi",
            surface="sms",
        )


@pytest.mark.parametrize("missing", [{"sandbox_url": None}, {"simulator_enabled": False}])
async def test_what_is_no_demo_is_left_alone(stage, monkeypatch, missing):
    with pytest.raises(SetupError, match="no demo"):
        await chat(_with(stage, stage.settings.model_copy(update=missing)), monkeypatch, "Hi")

    assert await stage.rows(INBOUND) == []


def _with(stage, settings):
    from dataclasses import replace

    return replace(stage, settings=settings)
