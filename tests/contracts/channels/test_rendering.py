"""Whatever a reply holds, what goes out is within the channel's limits and nothing of it is lost silently."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.channels.simulator.screen import ShownMessage, read_sent
from bot.channels.text import finalize_id
from bot.messages import Action, ActionType, Card, CardRow, Choice, Link, Outbound, Sender, Surface
from providers.sandbox.meta_schemas import SendInteractive, SendText
from tests.contracts.channels.accounts import SMS, SUBJECTS, TWILIO_WHATSAPP, WEB, WHATSAPP, Subject

PHONE = Sender(phone="+96550000123")
USERNAME = Sender(user_id="KW.13491208655302741918")
INTENT = UUID(int=7)
BOOK = Action(ActionType.BOOKING_FINALIZE, "internal", INTENT, "Book Now", "v3")
REDIRECT = Action(
    ActionType.BOOKING_FINALIZE,
    "external",
    INTENT,
    "Continue to booking",
    "v3",
    "https://bot.example.com/h/abc",
)
META = TypeAdapter(SendText | SendInteractive)


def choices(number: int, title: str = "Choice", description: str = "") -> tuple[Choice, ...]:
    return tuple(Choice(f"t1:{n}", f"{title} {n}", description) for n in range(number))


def shown(subject: Subject, outbound: Outbound, to: Sender = PHONE) -> list[ShownMessage]:
    """Rendered, checked against the limits, and read back as a phone shows it."""
    requests = subject.channel.render(outbound, to=to, surface=subject.surface)
    assert requests
    for request in requests:
        json.dumps(request, ensure_ascii=False).encode("utf-8")
        if subject is WHATSAPP:
            META.validate_python(request)
            _unique_titles(request)
        elif subject is not WEB:
            assert set(request) == {"To", "Body"}
            assert 0 < len(request["Body"]) <= 1600
    messages = [read_sent(subject.account.channel, request) for request in requests]
    return [message for message in messages if message is not None]


def _unique_titles(request: dict) -> None:
    action = request.get("interactive", {}).get("action", {})
    titles = [b["reply"]["title"] for b in action.get("buttons", [])]
    titles += [r["title"] for s in action.get("sections", []) for r in s["rows"]]
    assert len(titles) == len(set(titles))


NASTY = st.text(max_size=600) | st.sampled_from(
    [
        "",
        " ",
        "x" * 500,
        "👩‍👩‍👧‍👦" * 30,
        "\u202eمرحبا بكم في الصالون الجميل جدا\u202c",
        "a\x00b",
        "\ud800",
        "e\u0301" * 40,
        "\u200b",
        "\x85",
    ]
)
OUTBOUNDS = st.builds(
    Outbound,
    text=NASTY | st.text(min_size=900, max_size=6000),
    choices=st.lists(
        st.builds(Choice, id=NASTY, title=NASTY, description=NASTY, section=NASTY), max_size=14
    ).map(tuple),
    choices_label=NASTY,
    link=st.none() | st.builds(Link, label=NASTY, url=st.just("https://pay.example.com/x") | NASTY),
    actions=st.sampled_from([(), (BOOK,), (REDIRECT,), (BOOK, REDIRECT)]),
    ask_location=st.booleans(),
    language=st.sampled_from(["en", "ar", "fr"]),
)


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
@given(outbound=OUTBOUNDS, to=st.sampled_from([PHONE, USERNAME]))
def test_no_reply_breaks_the_limits(subject: Subject, outbound: Outbound, to: Sender):
    messages = shown(subject, outbound, to)
    assert messages[-1].choices or not outbound.choices or subject.account.channel == "twilio"


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
def test_equal_titles_can_be_told_apart(subject: Subject):
    same = tuple(Choice(f"t1:{n}", "Gel manicure with a very long name") for n in range(3))
    message = shown(subject, Outbound("Which?", same))[-1]
    if subject is WHATSAPP:
        assert [c.title for c in message.choices] == [
            "Gel manicure with a ver…",
            "Gel manicure with a ve 2",
            "Gel manicure with a ve 3",
        ]
        assert message.choices[1].description == "Gel manicure with a very long name"
    else:
        assert len({c.id for c in message.choices}) == 3


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
def test_a_reply_in_words_is_shown_whole(subject: Subject):
    (message,) = shown(subject, Outbound("You are booked.\n\nSee you soon!"))
    assert (message.text, message.choices, message.links) == ("You are booked.\n\nSee you soon!", (), ())


@pytest.mark.parametrize(
    ("number", "kind", "shown_ids"),
    [
        (1, "button", ["t1:0"]),
        (3, "button", ["t1:0", "t1:1", "t1:2"]),
        (4, "list", [f"t1:{n}" for n in range(4)]),
        (10, "list", [f"t1:{n}" for n in range(10)]),
        (11, "list", [*(f"t1:{n}" for n in range(9)), "more"]),
    ],
)
def test_whatsapp_shows_buttons_then_a_list_then_a_more_row(number: int, kind: str, shown_ids: list[str]):
    outbound = Outbound("Which?", choices(number), choices_label="See times")
    (request,) = WHATSAPP.channel.render(outbound, to=PHONE, surface=Surface.WHATSAPP)
    assert request["interactive"]["type"] == kind
    (message,) = shown(WHATSAPP, outbound)
    assert [c.id for c in message.choices] == shown_ids
    assert message.list_label == ("See times" if kind == "list" else "")


@pytest.mark.parametrize(
    "choice", [Choice("t1:a", "A", "45 min, 12.500 KWD"), Choice("t1:a", "A title of 22 letters.")]
)
def test_a_list_stands_in_where_buttons_would_hide_something(choice: Choice):
    (message,) = shown(WHATSAPP, Outbound("Which?", (choice,)))
    assert (message.choices[0].title, message.choices[0].description) == (choice.title, choice.description)


def test_sections_keep_their_order_and_the_more_row_goes_last():
    menu = tuple(
        Choice(f"t1:{n}", f"Choice {n}", section="Morning" if n < 6 else "Evening") for n in range(12)
    )
    (message,) = shown(WHATSAPP, Outbound("When?", menu))
    assert [c.section for c in message.choices] == ["Morning"] * 6 + ["Evening"] * 4
    assert message.choices[-1].id == "more"
    assert "Evening:\n7. Choice 6" in shown(SMS, Outbound("When?", menu))[0].text


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
def test_book_now_comes_first_under_its_summary(subject: Subject):
    outbound = Outbound("Gel manicure, 2 pm.", (Choice("t4:change", "Change"),), actions=(BOOK,))
    (message,) = shown(subject, outbound)
    assert [c.title for c in message.choices] == ["Book Now", "Change"]
    assert finalize_id(BOOK) == f"finalize:{INTENT}:v3"
    assert message.choices[0].id == ("1" if subject.account.channel == "twilio" else finalize_id(BOOK))


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
def test_a_choice_that_finalizes_already_is_not_shown_twice(subject: Subject):
    outbound = Outbound(
        "Summary", (Choice("t4:x", "Change"), Choice(finalize_id(BOOK), "Yes, book")), actions=(BOOK,)
    )
    (message,) = shown(subject, outbound)
    assert [c.title for c in message.choices] == ["Change", "Yes, book"]


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
@pytest.mark.parametrize("with_choices", [False, True])
def test_links_reach_the_customer(subject: Subject, with_choices: bool):
    outbound = Outbound(
        "Please pay.", choices(2) if with_choices else (), link=Link("Pay now", "https://pay.example.com/x")
    )
    (message,) = shown(subject, outbound)
    assert message.links == (Link("Pay now", "https://pay.example.com/x"),)
    assert len(message.choices) == (2 if with_choices else 0)


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
def test_an_external_booking_is_a_link(subject: Subject):
    (message,) = shown(subject, Outbound("Almost done.", actions=(REDIRECT,)))
    assert message.links == (
        Link("Continue to booking", "https://bot.example.com/h/abc"),
    ) or message.links == (Link("Continue to booking"[:20], "https://bot.example.com/h/abc"),)
    assert message.choices == ()


def test_a_plain_http_link_of_a_sandbox_goes_into_the_text():
    outbound = Outbound("Please pay.", link=Link("Pay now", "http://127.0.0.1:8100/pay/1"))
    (request,) = WHATSAPP.channel.render(outbound, to=PHONE, surface=Surface.WHATSAPP)
    assert request["text"]["body"] == "Please pay.\n\nPay now: http://127.0.0.1:8100/pay/1"


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "https://a:b@example.com/", "file:///etc", "//x"]
)
def test_no_other_address_is_ever_offered(subject: Subject, url: str):
    action = Action(ActionType.BOOKING_FINALIZE, "external", INTENT, "Go", "v1", url)
    (message,) = shown(subject, Outbound("Here.", link=Link("Go", url), actions=(action,)))
    assert message.links == ()
    assert url not in json.dumps(
        subject.channel.render(Outbound("Here.", link=Link("Go", url)), to=PHONE, surface=subject.surface)
    )


def test_a_long_summary_comes_before_its_buttons_without_a_word_lost():
    words = "\n\n".join(f"Paragraph {n}: " + "word " * 30 for n in range(40)).strip()
    messages = shown(WHATSAPP, Outbound(words, choices(2)))
    assert [bool(m.choices) for m in messages] == [False, False, True]
    assert "".join(" ".join(m.text for m in messages).split()) == "".join(words.split())
    assert messages[-1].text.startswith("Paragraph ")


@pytest.mark.parametrize("subject", [WHATSAPP, SMS, TWILIO_WHATSAPP], ids=str)
def test_long_text_is_split_between_paragraphs(subject: Subject):
    words = "\n\n".join(f"Paragraph {n}: " + "word " * 50 for n in range(40)).strip()
    messages = shown(subject, Outbound(words))
    assert len(messages) > 2
    assert all(m.text.startswith("Paragraph ") for m in messages)
    assert "".join(" ".join(m.text for m in messages).split()) == "".join(words.split())


def test_a_location_is_asked_for_with_whatsapps_own_button():
    (message,) = shown(WHATSAPP, Outbound("Where are you?", ask_location=True))
    assert message.asks_location
    (beside_choices,) = shown(WHATSAPP, Outbound("Where?", choices(2), ask_location=True))
    assert not beside_choices.asks_location
    assert len(beside_choices.choices) == 2


def test_a_username_customer_is_written_to_by_user_id():
    (request,) = WHATSAPP.channel.render(Outbound("Hi"), to=USERNAME, surface=Surface.WHATSAPP)
    assert request["recipient"] == USERNAME.user_id
    assert "to" not in request
    (request,) = TWILIO_WHATSAPP.channel.render(Outbound("Hi"), to=USERNAME, surface=Surface.WHATSAPP)
    assert request["To"] == f"whatsapp:{USERNAME.user_id}"


@pytest.mark.parametrize(
    "text",
    [
        "Reply CANCEL to cancel.",
        "To cancel, reply with 'cancel'",
        'please text "END" now',
        "Send QUIT",
        "reply *CANCEL*!",
    ],
)
def test_sms_never_tells_anybody_to_unsubscribe(text: str):
    (message,) = shown(SMS, Outbound(text, (Choice("t1:c", "Cancel"),)))
    assert "send CANCEL BOOKING" in message.text
    assert message.text.endswith("1. Cancel booking")
    assert text in shown(TWILIO_WHATSAPP, Outbound(text))[0].text


def test_a_right_sentence_about_cancelling_is_left_alone():
    text = "Reply 2 to cancel, or send CANCEL BOOKING. Reply STOP to unsubscribe."
    assert shown(SMS, Outbound(text))[0].text == text


def test_sms_stays_in_the_cheap_alphabet_where_it_can():
    assert shown(SMS, Outbound("It’s “booked” – see you…"))[0].text == 'It\'s "booked" - see you...'
    assert shown(SMS, Outbound("It’s booked ✓"))[0].text == "It’s booked ✓"
    assert shown(TWILIO_WHATSAPP, Outbound("It’s booked"))[0].text == "It’s booked"


def test_web_gets_the_card_and_the_finalize_contract():
    card = Card("Your booking", (CardRow("Service", "Gel manicure"), CardRow("Price", "12.500 KWD")))
    outbound = Outbound("Shall I book?", card=card, actions=(BOOK, REDIRECT))
    (request,) = WEB.channel.render(outbound, to=Sender(user_id="s-1"), surface=Surface.WEB)
    assert request["assistantMessage"] == "Shall I book?"
    assert request["actions"] == [
        {
            "type": "BOOKING_FINALIZE",
            "handling": "internal",
            "bookingIntentId": str(INTENT),
            "label": "Book Now",
            "summaryVersion": "v3",
        },
        {
            "type": "BOOKING_FINALIZE",
            "handling": "external",
            "bookingIntentId": str(INTENT),
            "label": "Continue to booking",
            "summaryVersion": "v3",
            "externalUrl": "https://bot.example.com/h/abc",
        },
    ]
    assert shown(WEB, outbound)[0].card == card
