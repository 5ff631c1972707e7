"""A missing or broken action gives way to a friendly line; whatever else is broken is left out. Pure."""

from uuid import UUID

import pytest

from bot.ports import BotProfile
from bot.web.chat.shown import shown
from bot.workspace import WorkspaceSettings, standard_form
from db.chat import MessageRow
from tests.salon import now

GOOD = {
    "type": "BOOKING_FINALIZE",
    "handling": "internal",
    "bookingIntentId": "00000000-0000-0000-0000-000000000001",
    "label": "Book now",
    "summaryVersion": "f27ff54af6a4",
}
OUTSIDE = {**GOOD, "handling": "external", "externalUrl": "https://desk.example.com/h/abc"}
PROFILE = BotProfile(
    "Test Salon",
    WorkspaceSettings.model_validate(
        {"timezone": "Asia/Kuwait", "currency": "KWD", "contact": {"phone": "+96550000100"}}
    ),
    standard_form(),
)


def told(language="en", **payload):
    row = MessageRow(UUID(int=1), 4, "out", "text", "Shall I book it?", payload, 2, now(), None)
    return shown(row, 9, profile=PROFILE, language=language)


def test_good_actions_are_shown_as_they_are():
    found = told(actions=[GOOD, OUTSIDE])
    assert [action.model_dump(mode="json", by_alias=True) for action in found.actions] == [GOOD, OUTSIDE]
    assert found.fallback is None
    assert (found.seq, found.assistant_message) == (9, "Shall I book it?")


@pytest.mark.parametrize(
    "broken",
    [
        {key: value for key, value in GOOD.items() if key != "bookingIntentId"},
        {**GOOD, "type": "BOOKING_FINALISE"},
        {**GOOD, "handling": "provider"},
        {**GOOD, "bookingIntentId": "1"},
        {**GOOD, "label": ""},
        {**GOOD, "summaryVersion": ""},
        {key: value for key, value in OUTSIDE.items() if key != "externalUrl"},
        {**OUTSIDE, "externalUrl": "javascript:alert(1)"},
        {**OUTSIDE, "externalUrl": "https://user:pw@desk.example.com/h/abc"},
        {**GOOD, "externalUrl": "https://desk.example.com/h/abc"},
        None,
        "BOOKING_FINALIZE",
    ],
    ids=str,
)
def test_a_broken_action_gives_way_to_a_line_and_a_contact(broken):
    found = told(actions=[broken])
    assert found.actions == ()
    assert found.fallback.contact.phone == "+96550000100"
    assert "Test Salon" in found.fallback.text
    assert "+96550000100" in found.fallback.text
    assert told(actions=[GOOD, broken]).actions[0].label == "Book now"


def test_the_line_is_in_the_language_of_the_talk():
    assert "سيتواصل" in told(language="ar", actions=[None]).fallback.text


def test_what_retention_left_and_other_channels_bodies_are_shown_as_text():
    for payload in (
        {},
        {"bodies": []},
        {"bodies": [{"type": "text", "text": {"body": "x"}}]},
        {"bodies": "x"},
    ):
        found = told(**payload)
        assert (found.assistant_message, found.choices, found.fallback) == ("Shall I book it?", (), None)
    unsafe = {"assistantMessage": "Hi", "choices": [{"id": "a"}], "links": [{"label": "x", "url": "data:x"}]}
    found = told(bodies=[unsafe])
    assert (found.assistant_message, found.choices, found.links) == ("Hi", (), ())
