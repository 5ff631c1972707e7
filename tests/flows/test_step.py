"""Corners of the step that no talk shows: reads, state JSON, choice ids, external mode, empty catalogs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.catalog import Hours, LoadedFrames, NeedFrames
from bot.external_booking import ExternalBooking
from bot.flows import hours, taps
from bot.flows.contract import WithHuman
from bot.flows.router import step
from bot.flows.state import BotState, State, load
from bot.flows.talk import Talk
from bot.messages import ActionType, Surface
from bot.workspace import BookingMode, Contact
from tests.chats import salon
from tests.chats.chat import Chat

BOOKED_UP_TO = 40
"""The engine gives up on a turn that asks for more reads than this."""


def drive(chat: Chat, line: str) -> int:
    """Runs one step as the engine does, reading frames on demand; how many reads it took."""
    assert chat.diary is not None
    frames = LoadedFrames()
    event = chat.inbound(line)
    for reads in range(BOOKED_UP_TO):
        chat.turn = 1
        try:
            step(chat.state, [event], replace(chat.context(), frames=frames))
        except NeedFrames as need:
            wanted = need.query
            frames.answers[wanted] = tuple(chat.diary.free(wanted))
        else:
            spans = {query.ends_at - query.starts_at for query in frames.answers}
            assert spans <= {timedelta(days=1)}, "whole local days"
            return reads
    raise AssertionError("too many reads")


def test_an_exact_wish_reads_one_day() -> None:
    assert drive(Chat(), "gel manicure at Plaza tomorrow at 2pm") == 1


def test_a_hopeless_search_is_bounded() -> None:
    chat = Chat(settings=salon.settings(horizon_days=365))
    assert chat.diary is not None
    chat.diary.free = lambda query: []  # type: ignore[method-assign]
    assert drive(chat, "gel manicure at Plaza tomorrow at 2pm") < BOOKED_UP_TO
    assert drive(chat, "gel manicure at Plaza") < BOOKED_UP_TO
    assert drive(chat, "gel manicure at Plaza as early as possible") < BOOKED_UP_TO


def test_nothing_free_offers_a_person() -> None:
    chat = Chat()
    assert chat.diary is not None
    chat.diary.free = lambda query: []  # type: ignore[method-assign]
    chat.play("""
        > gel manicure at Plaza
        < 14 days | [Change] | [Talk to us]
        > gel manicure at Plaza tomorrow
        < 14 days
    """)


@pytest.mark.parametrize("state", [None, {}, {"version": 7}, {"version": 1, "name": "no such"}, {"wish": 3}])
def test_any_state_loads(state: dict[str, object] | None) -> None:
    assert load(state).version == 1


def test_old_state_keeps_facts() -> None:
    chat = Chat()
    chat.say("gel manicure at Plaza tomorrow, I'm Sara Test")
    assert chat.state is not None
    old = {"version": 0, "wish": {**chat.state["wish"], "at": "not a time", "extra": 1}}
    kept = load(old).wish
    assert (kept.name, kept.day, kept.at) == ("Sara Test", date(2026, 11, 21), None)
    assert len(kept.items) == 1


def test_fresh_state_is_small() -> None:
    assert State().dump() == {"version": 1, "name": "idle"}


@pytest.mark.parametrize(
    ("choice_id", "tap"),
    [
        ("svc:0b8c@3", ("svc", "0b8c", 3)),
        ("time:2026-11-21T11:00Z@5", ("time", "2026-11-21T11:00Z", 5)),
        ("staff:any@4", ("staff", "any", 4)),
        ("more:9@3", ("more", "9", 3)),
        ("yes@7", ("yes", "", 7)),
    ],
)
def test_choice_ids(choice_id: str, tap: tuple[str, str, int]) -> None:
    assert taps.parse(choice_id) == taps.Tap(*tap)


@pytest.mark.parametrize("foreign", ["", "yes", "svc:1", "promo", "finalize:x:y", "svc:1@x", "@1", "a@1"])
def test_foreign_ids(foreign: str) -> None:
    assert taps.parse(foreign) is None


@pytest.mark.parametrize(
    "broken",
    ["svc:nonsense@1", "time:never@1", "day:2026-13-45@1", "opt:9@1", "edit:all@1", "again@1", "size:x@1"],
)
def test_broken_values_are_answered(broken: str) -> None:
    chat = Chat()
    chat.say("hi")
    chat.tap_id(broken, "X")
    assert chat.reply is not None
    assert chat.step.state_name == "ask_location"


def test_finalize_action_carries_intent_and_version() -> None:
    chat = Chat()
    chat.say("gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, knet please")
    assert chat.reply is not None
    (action,) = chat.reply.actions
    assert action.type is ActionType.BOOKING_FINALIZE
    assert action.handling == "internal"
    assert chat.step.intent is not None
    assert action.booking_intent_id == chat.step.intent.id
    assert action.summary_version == chat.step.intent.summary_version
    assert chat.shown[0].id == f"finalize:{action.booking_intent_id}:{action.summary_version}"
    assert chat.reply.card is not None


def test_external_mode_leads_to_the_page() -> None:
    chat = Chat(
        settings=salon.settings(
            booking_mode=BookingMode.EXTERNAL, external=ExternalBooking(url="https://calendly.com/salon")
        )
    )
    text = chat.say("gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, knet please")
    assert "on Calendly" in text
    assert chat.reply is not None
    assert chat.step.intent is not None
    handoff = chat.step.handoff
    assert handoff is not None
    address = f"https://bot.example.com/h/{handoff.token}"
    (action,) = chat.reply.actions
    assert (action.handling, action.external_url) == ("external", address)
    assert chat.reply.link is not None
    assert chat.reply.link.url == address
    assert handoff.intent_id == action.booking_intent_id == chat.step.intent.id
    assert (handoff.page, handoff.booking_url) == ("calendly", "https://calendly.com/salon")
    assert (handoff.customer_name, handoff.service) == ("Sara Test", "Gel Manicure")
    assert "2:00" in handoff.preferred_time
    assert "booked" in chat.say("yes")
    assert (chat.orders, chat.step.new_booking) == ([], None)
    assert chat.step.handoff is not None
    assert chat.step.handoff.token == handoff.token, "one handoff for one wish"


def test_a_service_may_have_a_page_of_its_own() -> None:
    own = "https://book.example.com/gel"
    key = next(one.external_id for one in salon.SERVICES if one.id == salon.uid("Gel Manicure"))
    external = ExternalBooking(url="https://calendly.com/salon", page="calendly", service_urls={key: own})
    chat = Chat(settings=salon.settings(booking_mode=BookingMode.EXTERNAL, external=external))
    chat.say("gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, knet please")
    assert chat.step.handoff is not None
    assert (chat.step.handoff.page, chat.step.handoff.booking_url) == ("website", own)


def test_external_mode_without_a_page_keeps_the_wish() -> None:
    chat = Chat(
        settings=salon.settings(booking_mode=BookingMode.EXTERNAL, contact=Contact(phone="+96550000000"))
    )
    text = chat.say("gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, knet please")
    assert "+96550000000" in text
    assert [note.kind for note in chat.step.notes] == ["booking_url"]
    assert chat.step.lead is not None
    assert chat.step.intent is not None


def test_an_empty_catalog_is_admitted() -> None:
    chat = Chat(catalog=salon.catalog(locations={}, services={}, staff={}, groups={}))
    chat.play("""
        > hi
        < Nail Salon | [Talk to us]
        > gel manicure tomorrow
        < [Talk to us]
    """)


def test_while_human_is_silent_but_hears_stop() -> None:
    chat = Chat(surface=Surface.WHATSAPP)
    chat.say("hi")
    with_human = replace(chat.context(), human=WithHuman.YES)
    quiet = step(chat.state, [chat.inbound("and tomorrow?")], with_human)
    assert (quiet.reply, quiet.conversation_status, quiet.consent) == (None, "human", None)
    stopped = step(chat.state, [chat.inbound("STOP")], with_human)
    assert stopped.consent == "opted_out"
    assert stopped.reply is not None, "STOP is confirmed, whoever has the talk"


# hours


def talk(**more: object) -> Talk:
    return Talk(State(), Chat(**more).context())  # type: ignore[arg-type]


def test_bare_hours_by_opening_hours() -> None:
    place = salon.catalog().locations[salon.uid("Plaza")]
    assert hours.halves(place, date(2026, 11, 21), time(5)) == [time(17)]
    assert hours.halves(place, None, time(11)) == [time(11)]
    assert hours.halves(place, None, time(12)) == [time(12)]
    assert hours.halves(place, None, time(9)) == [time(9)], "closed either way: as a customer would mean it"
    always = replace(place, hours=tuple(Hours(day, time(0), time(23, 59)) for day in range(7)))
    assert hours.halves(always, None, time(5)) == [time(5), time(17)]


def test_both_halves_open_is_asked() -> None:
    full = salon.catalog()
    open_long = {
        key: replace(one, hours=tuple(Hours(day, time(0), time(23, 59)) for day in range(7)))
        for key, one in full.locations.items()
    }
    chat = Chat(catalog=salon.catalog(locations=open_long))
    chat.play("""
        > gel manicure at Plaza tomorrow at 5 with Dana
        < [5:00 AM] | [5:00 PM]
        = ASK_TIME
        [5:00 AM]
        < Sat 21 Nov, 5:00 AM
    """)


def test_days_are_local_and_whole_across_dst() -> None:
    clock_change = talk(settings=salon.settings(timezone="America/New_York"))
    place = clock_change.catalog.locations[salon.uid("Plaza")]
    query = hours.day_query(clock_change, place, date(2026, 11, 1))
    assert query.starts_at == datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert query.ends_at - query.starts_at == timedelta(hours=25)


def test_hours_past_midnight() -> None:
    late = replace(salon.catalog().locations[salon.uid("Plaza")], hours=(Hours(5, time(18), time(2)),))
    assert hours.halves(late, date(2026, 11, 21), time(1)) == [time(1)]
    assert hours.halves(late, date(2026, 11, 21), time(7)) == [time(19)]


def test_every_state_has_a_name() -> None:
    assert {state.value for state in BotState} == {state.name.lower() for state in BotState}
