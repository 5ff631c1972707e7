"""Chats about bookings that are placed: looked up, cancelled, moved; with proof from another number."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.flows import manage_proof, shifts
from bot.flows.contract import Customer, EffectKind, Outcome
from bot.flows.history import ProofQuery
from bot.flows.state import load
from bot.messages import Surface
from tests.chats import salon
from tests.chats.chat import Chat
from tests.chats.records import Records

FIRST = "gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, knet please"


def booked(*, url: str | None = None, languages: tuple[str, ...] = ("en", "ar"), **more: object) -> Chat:
    settings = salon.settings().model_copy(update={"languages": languages})
    chat = Chat(settings=settings, **more)  # type: ignore[arg-type]
    chat.say(FIRST)
    chat.say("yes")
    chat.placed(url=url)
    return chat


def twice() -> Chat:
    """Saturday at Plaza and Sunday at Zahra."""
    chat = booked()
    chat.say("another booking: classic pedicure at Zahra on Sunday 4pm with Hala")
    chat.tap("KNET")
    chat.placed()
    return chat


def stranger(**more: str) -> Chat:
    """A customer who made the booking of `booked()` from another number, with this e-mail or phone."""
    known = booked()
    booking = next(iter(known.records.bookings.values()))
    chat = Chat(
        customer=Customer(id=salon.uid("stranger"), phone="+96550000999"),
        records=Records(salon.uid("stranger")),
    )
    query = ProofQuery("K7PX2M", email=more.get("email", ""), phone=more.get("phone", ""))
    chat.records.others[query] = replace(booking, customer_email=query.email)
    return chat


def effects(chat: Chat) -> list[EffectKind]:
    return [effect.kind for effect in chat.step.effects]


def test_what_time_is_my_booking() -> None:
    booked().play("""
        > what time is my booking?
        < Gel Manicure with Dana | Sat 21 Nov, 2:00 PM | Plaza | K7PX2M | [Another time] | [Cancel it]
        = BOOKED
    """)


def test_a_link_that_was_lost_comes_again() -> None:
    chat = booked(url="https://pay.example.com/1017")
    chat.say("when is my appointment")
    assert chat.reply is not None
    assert chat.reply.link is not None
    assert chat.reply.link.url == "https://pay.example.com/1017"
    chat.say("I also want a blow dry at Zahra")
    chat.say("what time is my booking?")
    assert "https://pay.example.com/1017" in chat.text
    assert chat.step.state_name == "ask_time"


def test_beside_an_open_wish_it_is_only_an_answer() -> None:
    booked().play("""
        > a blow dry at Zahra as well
        > what time is my booking?
        < Sat 21 Nov, 2:00 PM
        = ASK_TIME
    """)


def test_cancelling_asks_once_and_is_said_when_it_is_done() -> None:
    chat = booked()
    chat.play("""
        > cancel my booking
        < Sat 21 Nov, 2:00 PM | [Yes, cancel it] | [Keep it] | [Another time]
        > how much is a blow dry?
        < 7.000 KWD | cancel
        = CONFIRM_CANCEL
        > yes
        < (silence)
        = CHANGING
        > yes
        <! is cancelled
        = CHANGING
        ! order_cancelled
        < is cancelled
        = IDLE
        > yes
        <! cancelled
    """)
    assert sum(EffectKind.CANCEL_ORDER in [e.kind for e in done.effects] for done in chat.steps) == 1


def test_the_question_can_become_a_move() -> None:
    chat = booked()
    chat.play("""
        > I can't make it
        < [Yes, cancel it]
        > can I come on Sunday at 5pm instead?
        < instead of Sat 21 Nov, 2:00 PM | Sun 22 Nov, 5:00 PM | [Move it]
        = CONFIRM
        [Move it]
        = CHANGING
    """)
    assert effects(chat) == [EffectKind.CHANGE_ORDER]
    (effect,) = chat.step.effects
    assert chat.step.new_booking is not None
    assert chat.step.new_booking.replaces == effect.booking_id
    assert effect.request["order_id"] == "1017"
    assert effect.request["new_booking_id"] == str(chat.step.new_booking.id)


def test_only_one_of_several_is_asked_about() -> None:
    chat = twice()
    chat.play("""
        > cancel my appointment
        < Sat 21 Nov, 2:00 PM | Sun 22 Nov, 4:00 PM
        = PICK_BOOKING
        > the sunday one
        < Classic Pedicure with Hala
        <! Gel Manicure
        = CONFIRM_CANCEL
        > yes
        ! order_cancelled
        < Classic Pedicure
        > what are my bookings?
        < Gel Manicure
        <! Pedicure
    """)


@pytest.mark.parametrize(
    ("line", "moved"),
    [
        ("move my Sunday appointment to Monday 5pm", "Mon 23 Nov, 5:00 PM"),
        ("please move the pedicure appointment to Monday at 5pm", "Mon 23 Nov, 5:00 PM"),
    ],
)
def test_which_one_and_where_to_in_one_line(line: str, moved: str) -> None:
    chat = twice()
    chat.say(line)
    assert "instead of Sun 22 Nov, 4:00 PM" in chat.text
    assert moved in chat.text


@pytest.mark.parametrize(
    ("line", "moved"),
    [
        ("can we make it an hour later?", "Sat 21 Nov, 3:00 PM"),
        ("half an hour earlier please", "Sat 21 Nov, 1:30 PM"),
        ("make it 5pm", "Sat 21 Nov, 5:00 PM"),
        ("reschedule to Sunday 5pm", "Sun 22 Nov, 5:00 PM"),
        ("can I come a day later?", "Sun 22 Nov, 2:00 PM"),
    ],
)
def test_ways_to_say_a_move(line: str, moved: str) -> None:
    chat = booked()
    chat.say(line)
    assert moved in chat.text, chat.text
    assert chat.step.state_name == "confirm"


def test_the_time_it_has_is_no_move() -> None:
    booked().play("""
        > move my appointment to 2pm
        < Sat 21 Nov, 2:00 PM
        = ASK_TIME
    """)


def test_a_no_or_a_never_mind_leaves_it() -> None:
    for word in ("no", "never mind", "start over"):
        chat = booked()
        chat.say("move my appointment to 5pm")
        chat.say(word)
        assert "Sat 21 Nov, 2:00 PM" in chat.text, chat.text
        assert effects(chat) == []
        assert load(chat.state).wish.moves is None


def test_gone_in_between_offers_three_and_keeps_the_booking() -> None:
    chat = booked()
    chat.play("""
        > move my appointment to 5pm
        > yes
        ! change_slot_taken
        < 5:00 PM | Gel Manicure with Dana, Sat 21 Nov, 2:00 PM
        = ASK_TIME
    """)
    assert len(chat.shown) == 3
    titles = [choice.title for choice in chat.shown]
    assert not any("2:00 PM" in title or " 5:00 PM" in title for title in titles), titles
    chat.tap(titles[0])
    chat.say("yes")
    assert effects(chat) == [EffectKind.CHANGE_ORDER]


def test_a_new_price_is_asked_about_again() -> None:
    chat = booked()
    chat.say("move my appointment to 5pm")
    chat.say("yes")
    chat.managed(Outcome.CHANGE_PRICE_CHANGED, prices_minor=[13_000])
    chat.play("""
        < 13.000 KWD | 12.500 KWD | Sat 21 Nov, 2:00 PM | [Move it]
        = CONFIRM
        > yes
        = CHANGING
    """)
    assert chat.step.effects[0].request["order"]["lines"][0]["price_minor"] == 13_000


@pytest.mark.parametrize("outcome", ["change_refused", "change_pending", "cancel_failed", "cancel_refused"])
def test_what_did_not_work_is_never_said_to_be_done(outcome: str) -> None:
    chat = booked()
    for line in ("cancel my booking" if "cancel" in outcome else "move my appointment to 5pm", "yes"):
        chat.say(line)
    chat.play(f"! {outcome}")
    said = chat.text.lower()
    assert "sat 21 nov, 2:00 pm" in said
    assert "is cancelled:" not in said
    assert "it's moved" not in said
    chat.play("""
        > is it done, was it cancelled?
        < Sat 21 Nov, 2:00 PM
    """)


def test_a_result_does_not_disturb_a_new_wish() -> None:
    chat = booked()
    chat.play("""
        > cancel my booking
        > yes
        > I'd like to book a blow dry at Zahra
        ! order_cancelled
        < Gel Manicure with Dana
        = ASK_TIME
    """)
    assert load(chat.state).wish.items


def test_a_change_of_mind_in_the_middle_of_a_move() -> None:
    booked().play("""
        > move my appointment to 5pm
        > actually cancel my appointment
        < [Yes, cancel it]
        = CONFIRM_CANCEL
        > keep it
        = BOOKED
    """)


def test_who_and_what_can_change_with_the_move() -> None:
    chat = booked()
    chat.play("""
        > move my appointment to Sunday
        = ASK_TIME
        > with Mira at 5pm
        = CONFIRM
        < with Mira, Sun 22 Nov, 5:00 PM
    """)


@pytest.mark.parametrize(
    "line",
    [
        "I can't come tomorrow, is Sunday at 5pm ok?",
        "can you cancel my appointment and book me for Sunday 5pm instead",
    ],
)
def test_another_day_in_the_same_breath_is_a_move(line: str) -> None:
    chat = booked()
    chat.say(line)
    assert "instead of Sat 21 Nov, 2:00 PM" in chat.text
    assert "Sun 22 Nov, 5:00 PM" in chat.text


def test_no_earlier_looks_for_other_times() -> None:
    booked().play("""
        > move my appointment to Sunday 5pm
        > no, something earlier
        <! stays
        = ASK_TIME
    """)


def test_other_services_in_a_placed_booking_go_to_the_team() -> None:
    for line in ("please add a classic pedicure to my booking", "change my booking to a classic manicure"):
        chat = booked()
        chat.say(line)
        assert "team" in chat.text
        assert [note.kind for note in chat.step.notes] == ["booking_change_wanted"]
        assert chat.step.state_name == "booked"


def test_when_is_it() -> None:
    booked().play("""
        > when is it?
        < Sat 21 Nov, 2:00 PM
    """)


def test_known_contact_is_shown_and_not_asked() -> None:
    chat = booked()
    chat.say("move my appointment to 5pm")
    assert "Sara Test" in chat.text
    assert "+96550000123" in chat.text


def test_arabic() -> None:
    booked().play("""
        > متى موعدي؟
        < عندك | 2:00 | K7PX2M
        > ابي الغي حجزي
        < [نعم، ألغيه] | [خله]
        = CONFIRM_CANCEL
        > لا
        < يبقى | مانيكير
        > ابي اغير موعدي بكرا الساعة ٥ العصر
        < 5:00 | [غيّره]
        = CONFIRM
        > نعم
        = CHANGING
        ! order_changed
        < 5:00 | K7PX2M
        > نأخره نص ساعة
        < 5:30
        > لا
        > ابي الغي الحجز
        > ايه
        = CHANGING
        ! order_cancelled
        < انلغى
    """)


def test_sms_is_never_told_to_write_the_word_that_stops_messages() -> None:
    chat = booked(surface=Surface.SMS)
    chat.say("please cancel my booking")
    assert "reply cancel" not in chat.text.lower()
    assert all(choice.title.lower() not in {"cancel", "stop", "end", "quit"} for choice in chat.shown)


# from another number


def test_code_and_contact_open_a_booking_of_another_number() -> None:
    chat = stranger(email="sara@example.com")
    chat.play("""
        > I want to cancel my booking
        < code | e-mail
        = ASK_PROOF
        > K7PX2M
        <! Gel Manicure
        = ASK_PROOF
        > sara@example.com
        < Gel Manicure with Dana, Sat 21 Nov, 2:00 PM
        = CONFIRM_CANCEL
        > yes
        = CHANGING
    """)
    assert chat.step.customer is None
    assert not any(done.customer for done in chat.steps), (
        "what proves a booking is no contact of this customer"
    )


def test_a_wrong_pair_and_no_such_booking_get_the_same_words() -> None:
    replies = []
    for code, email in (("K7PX2M", "other@example.com"), ("ZZZZZ2", "sara@example.com")):
        chat = stranger(email="sara@example.com")
        chat.say("what time is my booking?")
        chat.say(f"code {code}, {email}")
        assert "Gel Manicure" not in chat.text
        assert [one.booking_id for one in chat.step.proof_tries] == [None]
        replies.append(chat.text)
    assert replies[0] == replies[1]


def test_a_moved_booking_of_another_number_leaves_no_contact_behind() -> None:
    chat = stranger(phone="+96550000123")
    chat.play("""
        > move booking K7PX2M to Sunday 5pm, the phone is +965 5000 0123
        < Sara Test | Sun 22 Nov, 5:00 PM
        = CONFIRM
        > no
        > gel manicure at Plaza tomorrow 5pm with Dana, on arrival
        <! Sara Test
        = ASK_NAME
    """)


def test_somebody_else_goes_on_to_book() -> None:
    stranger(email="sara@example.com").play("""
        > what time is my booking?
        = ASK_PROOF
        > no, I want to book a gel manicure at Plaza
        = ASK_TIME
    """)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cancel booking K7PX2M", "K7PX2M"),
        ("my code is k7px2m", "K7PX2M"),
        ("code ABCDEF please", "ABCDEF"),
        ("رمز الحجز K7PX2M", "K7PX2M"),
        ("please cancel my manicure", ""),
        ("please move it", ""),
        ("sara22@example.com", ""),
        ("CANCEL PLEASE", ""),
        ("on 22 November", ""),
    ],
)
def test_codes_in_a_line(text: str, code: str) -> None:
    assert manage_proof.code_in(text) == code


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("an hour later", 60),
        ("make it 2 hours earlier", -120),
        ("half an hour later please", 30),
        ("15 minutes later", 15),
        ("a day later", 1440),
        ("one week later", 10080),
        ("can it be later", None),
        ("at 5 later", None),
        ("نأخره ساعة", 60),
        ("نقدمه نص ساعة", -30),
        ("ساعتين بعد", 120),
        ("ابكر ساعة", -60),
        ("الساعة ٥", None),
    ],
)
def test_shifts(text: str, minutes: int | None) -> None:
    assert shifts.read_shift(text) == minutes
