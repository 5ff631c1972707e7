"""Side questions, people, opting out, odd messages, lines that nothing can be made of."""

from __future__ import annotations

import pytest

from bot.catalog import Location
from bot.flows.contract import Step
from bot.messages import GeoPoint, InboundKind, Media, Surface
from bot.workspace import Contact
from tests.chats import salon
from tests.chats.chat import Chat

TALKS = {
    "prices, places, hours, then the booking goes on": """
        > hi
        > how much is a hair cut?
        < 10.000 KWD | Long hair 15.000 KWD | [Plaza]
        > where are you?
        < Plaza Street 1 | Marina Street 3
        > when are you open?
        < Zahra is open Mon - Thu 10:30 AM - 9:00 PM, Sat - Sun
        = ASK_LOCATION
        """,
    "a question is no wish": """
        > how much is a gel manicure?
        < 12.500 KWD
        > Plaza
        < Gel Manicure: shall I book it? | [Yes, please]
        = ASK_SERVICES
        [Something else]
        < [Nails]
        = ASK_SERVICES
        """,
    "what do you offer": """
        > Plaza
        > what services do you have?
        < Nails, Hair and Body
        """,
    "a person takes over": """
        > gel manicure at Plaza
        > can I talk to a human please
        < one of
        = HUMAN
        """,
    "three lines that mean nothing": """
        > hi
        > qwe rty
        < [Plaza]
        > asd fgh
        < [Plaza]
        > zxc vbn
        < human | [Talk to us]
        > yui hjk
        < human
        = ASK_LOCATION
        """,
    "thanks before anything": """
        > thanks
        < Nail Salon
        """,
}


@pytest.mark.parametrize("name", TALKS)
def test_talk(name: str) -> None:
    Chat().play(TALKS[name])


def test_third_failure_leaves_a_note() -> None:
    chat = Chat()
    for line in ("hi", "qwe rty", "asd fgh", "zxc vbn"):
        chat.say(line)
    (note,) = chat.step.notes
    assert note.kind == "not_understood"
    assert note.details["slot"] == "location"


def test_human_hands_over_once() -> None:
    chat = Chat()
    chat.say("hi")
    chat.say("human")
    chat.say("Plaza")
    before, after = chat.steps[-2:]
    assert before.conversation_status == "human"
    assert [note.kind for note in before.notes] == ["human_requested"]
    assert after.conversation_status is None
    assert after.state_name == "ask_services"


@pytest.mark.parametrize("word", ["STOP", "stop.", "Unsubscribe", "STOPALL"])
@pytest.mark.parametrize("surface", list(Surface))
def test_stop(word: str, surface: Surface) -> None:
    chat = Chat(surface=surface)
    chat.say("gel manicure at Plaza")
    chat.say(word)
    chat.say("tomorrow at 2pm")
    chat.say("START")
    stopped, ignored, started = chat.steps[-3:]
    assert (stopped.consent, stopped.state_name) == ("opted_out", "stopped")
    assert (stopped.reply is None) == (surface is Surface.SMS), "on SMS the carrier answers"
    assert (ignored.consent, ignored.reply) == (None, None)
    assert started.consent == "opted_in"
    assert started.reply is not None


@pytest.mark.parametrize("word", ["CANCEL", "End", "quit"])
def test_bare_cancel(word: str) -> None:
    sms = Chat(surface=Surface.SMS)
    sms.say("gel manicure at Plaza")
    sms.say(word)
    assert sms.step.consent == "opted_out"
    web = Chat(surface=Surface.WEB)
    web.say("gel manicure at Plaza")
    web.say(word)
    assert web.step.consent is None


def test_help() -> None:
    sms = Chat(surface=Surface.SMS)
    assert "+96550000000" in sms.say("HELP")
    assert "+96550000000" in sms.say("info")
    sms.send(sms.inbound("HELP", opt_out_type="HELP"))
    assert sms.reply is None
    bare = Chat(surface=Surface.SMS, settings=salon.settings(contact=Contact()))
    assert "Nail Salon" in bare.say("HELP")


def test_carrier_answered_already() -> None:
    chat = Chat(surface=Surface.SMS)
    chat.send(chat.inbound("STOP", opt_out_type="STOP"))
    assert (chat.step.consent, chat.reply) == ("opted_out", None)
    chat.send(chat.inbound("START", opt_out_type="START"))
    assert (chat.step.consent, chat.reply) == ("opted_in", None)


@pytest.mark.parametrize("kind", [InboundKind.STICKER, InboundKind.REACTION, InboundKind.SYSTEM])
def test_no_reply(kind: InboundKind) -> None:
    chat = Chat()
    chat.say("hi")
    before = chat.state
    chat.send(chat.inbound("👍", kind))
    assert chat.reply is None
    assert chat.state == before


@pytest.mark.parametrize(
    "kind", [InboundKind.VOICE, InboundKind.MEDIA, InboundKind.CONTACTS, InboundKind.ORDER, InboundKind.UNSUPPORTED]
)  # fmt: skip
def test_polite_line(kind: InboundKind) -> None:
    chat = Chat()
    chat.say("hi")
    chat.send(chat.inbound("", kind))
    assert "Which" in chat.text or "Where" in chat.text
    chat.send(chat.inbound("", kind))
    assert chat.reply is not None
    assert not chat.step.notes


def test_a_caption_is_read() -> None:
    chat = Chat()
    photo = Media("image/jpeg", "1", caption="gel manicure at Plaza please")
    chat.send(chat.inbound("", InboundKind.MEDIA, media=(photo,)))
    assert chat.step.state_name == "ask_time"


def test_pin_without_known_places() -> None:
    blank = {
        key: Location(id=one.id, external_id=one.external_id, names=one.names)
        for key, one in salon.catalog().locations.items()
    }
    chat = Chat(catalog=salon.catalog(locations=blank))
    chat.send(chat.inbound("", InboundKind.LOCATION, location=GeoPoint(29.4, 48.0)))
    assert chat.step.state_name == "ask_location"


ODD = (
    *("", " ", "\x00", "\x00\x00 \x00", "🌸", "🌸🌸🌸 💅", "؟؟؟", "مرحبا", "\u202eabc"),
    *("x" * 10_000, "a b " * 2_500, "@" * 500, "[]{}()*+", "finalize:not:ours", "yes@1"),
)


@pytest.mark.parametrize("text", ODD)
def test_odd_text_is_answered(text: str) -> None:
    chat = Chat()
    for _ in range(4):
        chat.say(text)
        assert chat.reply is not None
    chat.say("gel manicure at Plaza tomorrow at 2pm with Dana")
    assert "Gel Manicure" in chat.text


def test_lead_and_intent_from_the_first_signal() -> None:
    chat = Chat()
    chat.say("hi")
    assert (chat.step.lead, chat.step.intent) == (None, None)
    chat.say("tomorrow")
    first: Step = chat.step
    assert first.lead is not None
    assert first.lead.status == "incomplete"
    assert first.intent is not None
    chat.say("gel manicure")
    assert chat.step.lead is not None
    assert chat.step.lead.status == "qualified"
    assert chat.step.lead.service == "Gel Manicure"
    assert chat.step.intent is not None
    assert chat.step.intent.id == first.intent.id
