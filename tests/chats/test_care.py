"""Beside the booking: questions from the business's own list, closed hours, people, somebody in distress."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from bot.flows.contract import Act, OperatorAct, WithHuman
from bot.messages import Surface
from bot.wording.bidi import FSI, PDI
from bot.workspace import Contact, OpenHours, Safety
from seeds.texts import AFTER_HOURS, SALON_FAQ
from tests.chats import salon
from tests.chats.chat import Chat

HOTLINE = "If you are in danger call 911. You can call or text 988 at any hour."
SAFETY = Safety(
    crisis={"en": HOTLINE, "ar": "إذا كنت في خطر اتصل على 112."},
    emergency={"en": "Please call 911 now.", "ar": "اتصل على 112 الحين."},
    no_medical_advice={"en": "I can't give medical advice.", "ar": "ما أقدر أعطي نصيحة طبية."},
)
NIGHT = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
"""Friday, eleven in the evening in Kuwait."""


def asking(**more: object) -> Chat:
    return Chat(settings=salon.settings(faq=SALON_FAQ, languages=("en", "ar"), **more))


TALKS = {
    "from the list, then the booking goes on": """
        > gel manicure at Plaza
        = ASK_TIME
        > is there parking?
        < free parking at every branch | [
        = ASK_TIME
        > tomorrow at 2pm
        < Sat 21 Nov
        """,
    "three at once": """
        > do you have parking? wifi? and can I bring my kids?
        < free parking | free wifi | children are welcome
        = ASK_LOCATION
        """,
    "from the list and from the catalog": """
        > how much is a gel manicure, and do I need a deposit?
        < 12.500 KWD | no deposit
        """,
    "a question beside a wish": """
        > gel manicure tomorrow at 2pm at Plaza. is there parking?
        < free parking | Gel Manicure | Sat 21 Nov
        """,
    "price, length and place in one line": """
        > how much is a gel manicure, how long does it take and where is Plaza?
        < 12.500 KWD | 60 minutes | Plaza Street 1 | google.com/maps?q=29.4,48
        """,
    "asked on the way to a yes": """
        > gel manicure at Plaza tomorrow at 2pm with Dana
        > Sara Test
        = CONFIRM
        > what is your cancellation policy?
        < 4 hours before | [KNET]
        = CONFIRM
        """,
    "asking about cancelling cancels nothing": """
        > gel manicure at Plaza
        > can I cancel for free?
        < 4 hours
        <! dropped
        = ASK_TIME
        """,
    "hours of a day": """
        > are you open on saturday at Plaza?
        < Plaza is open 10:30 AM - 9:00 PM | Sat 21 Nov
        """,
    "closed that day": """
        > is Zahra open next friday?
        < Zahra | closed | Fri 27 Nov
        """,
    "what somebody does": """
        > what does Dana do?
        < Dana | Manicure
        """,
    "paying": """
        > can I pay by card?
        < KNET | On arrival
        """,
    "nothing is known about it": """
        > gel manicure at Plaza
        > are your chairs made of real leather?
        < +96550000000 | [Talk to us]
        <! Sorry, I didn't
        = ASK_TIME
        > is the leather real?
        < +96550000000
        > tomorrow at 2pm
        < Sat 21 Nov
        """,
    "in Arabic": """
        > ابي مانيكير جل في بلازا
        > فيه مواقف؟ وعندكم واي فاي؟
        < المواقف مجانية | الواي فاي مجاني
        """,
    "in Arabic, not known": """
        > مرحبا
        > هل الكراسي جلد طبيعي؟
        < +96550000000 | [كلّم موظف]
        """,
}


@pytest.mark.parametrize("name", TALKS)
@pytest.mark.parametrize("surface", list(Surface))
def test_talk(name: str, surface: Surface) -> None:
    chat = asking(contact=salon.settings().contact)
    chat.surface = surface
    chat.play(TALKS[name])


def test_a_pin_picks_the_nearest_place() -> None:
    chat = Chat()
    chat.say("gel manicure tomorrow at 2pm")
    assert "Zahra" in chat.pin(29.51, 48.01)
    assert chat.step.state_name != "ask_location"


# closed hours


def test_closed_is_said_once() -> None:
    chat = asking(after_hours=AFTER_HOURS)
    chat.now = NIGHT
    assert "closed right now and back Sat 21 Nov, 10:30 AM" in chat.say("hi")
    assert "closed right now" not in chat.say("gel manicure at Plaza")
    assert "Sat 21 Nov" in chat.say("tomorrow at 2pm")


def test_nothing_is_said_when_it_is_open_or_nobody_wrote_a_line() -> None:
    assert "closed" not in asking(after_hours=AFTER_HOURS).say("hi")
    chat = asking()
    chat.now = NIGHT
    assert "closed" not in chat.say("hi")


def test_the_teams_own_hours_count_before_the_places() -> None:
    days = tuple(OpenHours(weekday=day, opens=time(8), closes=time(10)) for day in (0, 1, 2, 3))
    chat = asking(after_hours=AFTER_HOURS, hours=days)
    assert "back Mon 23 Nov, 8:00 AM" in chat.say("hi"), "it is Friday noon"


def test_hours_over_midnight() -> None:
    nights = tuple(OpenHours(weekday=day, opens=time(20), closes=time(2)) for day in range(7))
    chat = asking(after_hours=AFTER_HOURS, hours=nights)
    chat.now = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    assert "closed" not in chat.say("hi"), "half past one, of Friday's night"


@pytest.mark.parametrize("own", [False, True])
def test_a_holiday_is_no_opening(own: bool) -> None:
    """Closed on Saturday for once; on Sunday everything is as always."""
    team = tuple(OpenHours(weekday=day, opens=time(8), closes=time(10)) for day in range(7)) if own else ()
    chat = asking(after_hours=AFTER_HOURS, hours=team)
    holiday = {date(2026, 11, 21): ()}
    places = {key: replace(one, exceptions=holiday) for key, one in chat.catalog.locations.items()}
    chat.catalog = replace(chat.catalog, locations=places)
    chat.now = NIGHT
    assert f"back Sun 22 Nov, {'8:00' if own else '10:30'} AM" in chat.say("hi")


def test_in_arabic_at_night() -> None:
    chat = asking(after_hours=AFTER_HOURS)
    chat.now = NIGHT
    assert "مسكرين" in chat.say("مرحبا")


def test_who_asks_for_a_person_at_night_hears_when_somebody_is_back() -> None:
    chat = asking()
    chat.now = NIGHT
    assert "Sat 21 Nov, 10:30 AM" in chat.say("can I talk to a human?")
    assert chat.step.conversation_status == "human"
    day = asking()
    assert "back" not in day.say("can I talk to a human?")


# people


def test_over_the_limit_the_talk_goes_on() -> None:
    chat = asking(contact=salon.settings().contact)
    chat.say("gel manicure at Plaza")
    context = replace(chat.context(), escalations=3)
    chat.context = lambda: replace(context, turn=chat.turn)  # type: ignore[method-assign]
    text = chat.say("human")
    assert "+96550000000" in text
    assert chat.step.escalations == ()
    assert chat.step.conversation_status is None
    assert chat.step.state_name == "ask_time"


def test_an_operators_line_and_the_customers_next_one_in_one_turn() -> None:
    chat = asking()
    chat.say("hi")
    chat.say("human")
    chat.human = WithHuman.YES
    chat.send(
        chat.inbound("are you there?"),
        OperatorAct(Act.REPLY, "Mona", "Yes, I am."),
        OperatorAct(Act.HAND_BACK, "Mona"),
        chat.inbound("gel manicure at Plaza"),
    )
    assert [line.text for line in chat.step.operator_lines] == ["Yes, I am."]
    assert "Gel Manicure" in chat.text
    assert [change.to for change in chat.step.escalations] == ["taken", "handed_back"]
    assert chat.step.conversation_status == "open"


# somebody in distress


def test_a_crisis_is_answered_at_once_and_alone() -> None:
    chat = asking(safety=SAFETY)
    chat.say("gel manicure at Plaza tomorrow at 2pm with Dana")
    chat.say("Sara Test")
    assert chat.step.state_name == "confirm"
    assert chat.say("I want to kill myself") == HOTLINE
    done = chat.step
    assert [note.kind for note in done.notes] == ["safety_crisis"]
    assert [(change.to, change.cause) for change in done.escalations] == [("open", "crisis")]
    assert done.conversation_status is None, "silence would be worse"
    assert "kill" not in repr((done.notes, done.escalations, done.lead, done.intent, done.state))
    chat.say("yes")
    assert not chat.orders, "a yes to nothing that was asked"


def test_said_twice_it_is_answered_twice() -> None:
    chat = asking(safety=SAFETY)
    for line in ("I want to kill myself", "I want to end my life", "I want to die"):
        assert HOTLINE in chat.say(line)


def test_it_makes_no_lead() -> None:
    chat = asking(safety=SAFETY)
    chat.say("I want to kill myself tomorrow")
    assert (chat.step.lead, chat.step.intent, chat.step.customer) == (None, None, None)


def test_in_arabic_it_is_answered_in_arabic() -> None:
    assert "112" in asking(safety=SAFETY).say("ابي انتحر")


def test_an_emergency() -> None:
    chat = asking(safety=SAFETY)
    assert chat.say("she is not breathing, call an ambulance") == "Please call 911 now."
    bare = asking(safety=Safety(crisis=SAFETY.crisis))
    assert bare.say("she is not breathing, call an ambulance") == HOTLINE


def test_stop_then_a_person_then_the_crisis() -> None:
    chat = asking(safety=SAFETY)
    text = chat.say("I want to kill myself, let me talk to a human")
    assert text.index("988") < text.index("team")
    assert chat.step.conversation_status == "human"
    stopped = asking(safety=SAFETY)
    stopped.say("hi")
    stopped.say("STOP")
    assert stopped.step.consent == "opted_out"


def test_a_person_has_the_talk_and_still_the_line_is_shown() -> None:
    chat = asking(safety=SAFETY)
    chat.say("human")
    chat.human = WithHuman.YES
    assert chat.say("hello?") == ""
    assert HOTLINE in chat.say("I want to kill myself")
    assert chat.step.conversation_status == "human"


def test_only_where_the_business_has_lines_for_it() -> None:
    chat = asking()
    chat.say("I want to kill myself")
    assert not chat.step.notes
    assert not chat.step.escalations


def test_no_medical_advice_and_the_booking_goes_on() -> None:
    chat = asking(safety=SAFETY)
    chat.say("gel manicure at Plaza")
    text = chat.say("is gel safe while pregnant?")
    assert "I can't give medical advice." in text
    assert chat.step.state_name == "ask_time"
    assert not chat.step.escalations


def test_in_arabic_each_way_to_reach_the_business_keeps_its_order() -> None:
    reach = Contact(phone="+96550000099", email="desk@example.com", website="https://example.com")
    chat = Chat(settings=salon.settings(languages=("en", "ar"), contact=reach))
    chat.say("ابي اكلم موظف لو سمحت")
    assert chat.reply is not None
    assert f"{FSI}+96550000099{PDI}" in chat.reply.text
    assert f"{FSI}desk@example.com{PDI}" in chat.reply.text
