"""Two writing directions in one line, and Arabic numbers with their nouns."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from bot.wording.bidi import FSI, PDI, isolated, plain
from bot.wording.words import Line, Words, shorten

KUWAIT = ZoneInfo("Asia/Kuwait")
ENGLISH = Words(language="en", zone=KUWAIT, currency="KWD")
ARABIC = Words(language="ar", zone=KUWAIT, currency="KWD")


@pytest.mark.parametrize(
    "text", ["Gel Manicure", "Dana", "+96550000123", "12.500 KWD", "sara@example.com", "(Plaza)"]
)
def test_latin_in_arabic_is_kept_apart(text: str) -> None:
    assert isolated(text, rtl=True) == f"{FSI}{text}{PDI}"


@pytest.mark.parametrize(
    "text",
    ["سارة", "مانيكير جل", "1017", "K7PX2M", "", "مع Dana", "https://pay.example.com/1", f"{FSI}Dana{PDI}"],
)
def test_what_keeps_its_order_anyway_stays_as_it_is(text: str) -> None:
    assert isolated(text, rtl=True) == text


def test_arabic_in_english_is_kept_apart() -> None:
    assert isolated("سارة", rtl=False) == f"{FSI}سارة{PDI}"
    assert isolated("Sara", rtl=False) == "Sara"
    assert isolated("+96550000123", rtl=False) == "+96550000123"


def test_a_list_of_latin_names_keeps_its_order_in_arabic() -> None:
    assert ARABIC.joined(["Dana", "Mira"], last="or") == f"{FSI}Dana{PDI} أو {FSI}Mira{PDI}"
    assert ENGLISH.joined(["Dana", "Mira"], last="or") == "Dana or Mira"


def test_isolates_are_balanced_whatever_is_said() -> None:
    for key, words in (
        ("took", {"what": ARABIC.dotted(["Gel Manicure", "بلازا", "+96550000123"])}),
        ("summary_phone", {"phone": "+96550000123"}),
        ("booked", {"order": "1017", "code": "K7PX2M"}),
    ):
        said = ARABIC.say(Line(key, words))
        assert said.count(FSI) == said.count(PDI)
    assert "Gel Manicure" in plain(ARABIC.say(Line("took", {"what": "Gel Manicure"})))


def test_a_shortened_row_has_no_open_isolate() -> None:
    row = shorten(ARABIC.joined(["Gel Manicure with a long name", "Classic Pedicure with a longer one"]), 30)
    assert FSI not in row
    assert len(row) <= 30


@pytest.mark.parametrize(
    ("minutes", "english", "arabic"),
    [
        (45, "45 min", "45 د"),
        (60, "1 h", "ساعة"),
        (105, "1 h 45 min", "ساعة و45 دقيقة"),
        (125, "2 h 5 min", "ساعتين و5 دقائق"),
        (182, "3 h 2 min", "3 ساعات ودقيقتين"),
        (0, "0 min", "0 د"),
    ],
)
def test_lengths(minutes: int, english: str, arabic: str) -> None:
    assert ENGLISH.length(minutes) == english
    assert ARABIC.length(minutes) == arabic


@pytest.mark.parametrize(
    ("count", "arabic"), [(1, "خدمة وحدة"), (2, "خدمتين"), (3, "3 خدمات"), (11, "11 خدمة"), (100, "100 خدمة")]
)
def test_arabic_counts_services_in_one_two_few_and_many(count: int, arabic: str) -> None:
    assert ARABIC.count("services", count) == arabic
