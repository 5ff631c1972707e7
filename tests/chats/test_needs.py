"""Services by need in a talk: what fits is offered with what its description says, and the booking goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from bot.catalog import Catalog, NeedQuery
from bot.flows.needs import benefit
from tests.chats import salon
from tests.chats.chat import Chat

DESCRIPTIONS = {
    "Blow Dry": "Wash and blow dry, straight or wavy.",
    "Hair Mask": "Deep moisture for dry hair.",
    "Hair Colour": "Nourishing colour, kind to dry hair. Cures everything.",
    "Body Scrub": "Soft skin, guaranteed for ever.",
    "Back Massage": "Firm pressure for tense muscles.",
    "Gel Manicure": "Strong, glossy nails for up to two weeks.",
}


@dataclass
class Shelf:
    """Finds as the tables do, but for stems."""

    catalog: Catalog

    def find(self, query: NeedQuery) -> Sequence[UUID]:
        def words(one: UUID) -> str:
            service = self.catalog.services[one]
            return f"{' '.join(service.names.values())} {service.description}".lower()

        found = [
            one
            for one in self.catalog.services
            if all(any(phrase in words(one) for phrase in group) for group in query.groups)
            and not any(phrase in words(one) for phrase in query.without)
        ]
        return sorted(found, key=lambda one: query.phrase not in words(one))


@pytest.fixture
def chat() -> Chat:
    plain = salon.catalog()
    services = {
        one.id: replace(one, description=DESCRIPTIONS.get(one.names["en"], ""))
        for one in plain.services.values()
    }
    catalog = salon.catalog(services=services)
    return Chat(catalog=catalog, needs=Shelf(catalog), settings=salon.settings(languages=("en", "ar")))


def test_dry_hair_at_a_place_goes_on_to_a_booking(chat: Chat) -> None:
    chat.play(
        """
        > Hi, I'd like to come to Zahra, I have dry hair
        < Hair Mask: Deep moisture for dry hair (9.000 KWD, 30 min)
        < Hair Colour: Nourishing colour, kind to dry hair (25.000 KWD, 90 min)
        <! cure | Blow Dry
        = ASK_SERVICES
        [Hair Mask]
        < Hair Mask
        = ASK_TIME
        """
    )


def test_only_what_the_place_has(chat: Chat) -> None:
    chat.play(
        """
        > something for dry hair at Plaza
        < Hair Mask
        <! Hair Colour
        """
    )


def test_in_arabic_without_the_english_text(chat: Chat) -> None:
    chat.play(
        """
        > عندكم شي للشعر الجاف؟
        < ماسك شعر
        <! Deep moisture
        = ASK_SERVICES
        """
    )


def test_a_named_service_and_a_need_in_one_line(chat: Chat) -> None:
    chat.play(
        """
        > gel manicure and something for dry hair tomorrow at Plaza
        < Hair Mask | Gel Manicure
        = ASK_SERVICES
        [Hair Mask]
        = ASK_TIME
        """
    )
    assert len(chat.state["wish"]["items"]) == 2  # type: ignore[index]


def test_no_thanks_goes_on_without(chat: Chat) -> None:
    chat.play(
        """
        > gel manicure and something for dry hair at Plaza
        [No, thanks]
        < without
        = ASK_TIME
        """
    )
    assert len(chat.state["wish"]["items"]) == 1  # type: ignore[index]


@pytest.mark.parametrize("line", ["no", "no thanks", "none of them"])
def test_no_in_words_goes_on_without_too(chat: Chat, line: str) -> None:
    chat.say("gel manicure and something for dry hair at Plaza")
    chat.say(line)
    assert chat.step.state_name == "ask_time"
    assert len(chat.state["wish"]["items"]) == 1  # type: ignore[index]


def test_a_question_in_the_middle_is_answered_and_the_booking_goes_on(chat: Chat) -> None:
    chat.play(
        """
        > gel manicure at Plaza
        = ASK_TIME
        > what do you have for tense muscles?
        < Back Massage: Firm pressure for tense muscles
        = ASK_TIME
        """
    )
    assert len(chat.state["wish"]["items"]) == 1  # type: ignore[index]


def test_nothing_fits(chat: Chat) -> None:
    chat.play(
        """
        > something for a submarine
        < submarine
        <! unavailable
        = ASK_LOCATION
        > I have oily hair
        < oily hair
        = ASK_SERVICES
        < Hair Cut
        """
    )


def test_two_unclear_words_are_asked_one_after_the_other(chat: Chat) -> None:
    chat.play(
        """
        > a manicure and a pedicure at Plaza
        < "manicure"
        [Gel Manicure]
        < "pedicure"
        <! Gel Manicure (
        [Classic Pedicure]
        = ASK_TIME
        """
    )
    assert len(chat.state["wish"]["items"]) == 2  # type: ignore[index]


@pytest.mark.parametrize(
    ("description", "language", "told"),
    [
        ("Deep moisture for dry hair.", "en", "Deep moisture for dry hair"),
        ("Cures acne. For oily skin.", "en", "For oily skin"),
        ("Guaranteed results!", "en", ""),
        ("No medical advice.", "en", ""),
        ("Smooths frizzy hair for up to three months.", "en", "Smooths frizzy hair"),
        ("Deep moisture.", "ar", ""),
        ("ترطيب عميق للشعر الجاف.", "ar", "ترطيب عميق للشعر الجاف"),
        ("ترطيب عميق للشعر الجاف.", "en", ""),
        ("", "en", ""),
        ("....", "en", ""),
    ],
)
def test_safe_benefits(description: str, language: str, told: str) -> None:
    assert benefit(description, language) == told
