"""The view with digits for number words, and what holds of days and times in every text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.normalize import Text
from bot.understanding.when.numbers import Numbered
from bot.understanding.when.read import find_when

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=ZoneInfo("Asia/Kuwait"))
PIECES = [
    "tomorrow", "tonight", "friday", "next", "last", "the", "first", "second", "third", "week", "month", "of", "in",
    "december", "may", "at", "from", "to", "until", "between", "and", "or", "after", "before", "half", "past",
    "quarter", "ten", "five", "twenty", "thirty", "one", "oh", "3", "15", "26/11", "1430", "5pm", "am", "pm", "ish",
    "noon", "lunch", "morning", "evening", "hours", "minutes", "a", "couple", "days", "later", "ago", "now", "this",
    "weekend", "christmas", "on", "5.12", "-", ",", ".", ":", "/", "الساعة", "خمسة", "وعشرين", "ونص", "الا", "ربع",
    "العصر", "بكرا", "عقب", "يوم", "الاول", "من", "شهر", "الى", "لل", "بعد", "الجاي", "الاسبوع", "دقيقة", "و", "٣",
    "كانون", "الثاني", "\n", "\u200f", "\x00",
]  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=16).map(" ".join),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=10).map("".join),
    st.text(alphabet=st.characters(codec=None), max_size=40),
)
MOMENTS = st.datetimes(timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("at seven thirty", "at 7 30"),
        ("may twenty-one", "may 21"),
        ("the twenty second of june", "the 22th of june"),
        ("the third", "the 3th"),
        ("eleven oh five", "11 oh 5"),
        ("often and someone", "often and someone"),
        ("الساعة الخامسة والنصف", "الساعه ال5 والنصف"),
        ("الساعة خمسة وعشرين", "الساعه 5 و20"),
        ("خمسة وعشرين ديسمبر", "25 ديسمبر"),
        ("الحادي والعشرين", "ال21"),
        ("الثانية عشرة", "ال12"),
        ("خمسة عشر", "15"),
        ("يوم الاثنين", "يوم الاثنين"),
        ("كانون الثاني", "كانون الثاني"),
        ("الاول من مارس", "ال1 من مارس"),
        ("اول موعد", "اول موعد"),
    ],
)
def test_number_words_are_digits(said: str, seen: str) -> None:
    assert Numbered(Text(said)).rest == seen


def test_a_span_of_the_view_leads_back_to_the_words() -> None:
    text = Text("Could we say twenty-first of December at half past eleven?")
    days, times = find_when(text, NOW, "KW", asked_time=False)
    spans = [fact.span for _, _, fact in days] + [fact.span for _, _, fact in times]
    assert [text.raw[span.start : span.end] for span in spans] == [
        "twenty-first of December",
        "at half past eleven",
    ]


def test_what_counts_from_now_counts_real_hours() -> None:
    """In Berlin the clock is set back from three to two in that night."""
    now = datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    _, times = find_when(Text("in 3 hours"), now, "DE", asked_time=False)
    assert [str(fact.at) for _, _, fact in times] == ["03:30:00"]


def test_a_range_of_one_day_is_that_day() -> None:
    last_of_the_year = datetime(2026, 12, 31, 12, 0, tzinfo=ZoneInfo("Asia/Kuwait"))
    days, _ = find_when(Text("december"), last_of_the_year, "KW", asked_time=True)
    assert [(str(fact.day), fact.last_day) for _, _, fact in days] == [("2026-12-31", None)]


@settings(max_examples=500, deadline=None)
@given(said=TEXTS, now=MOMENTS, region=st.sampled_from(("KW", "US", "GB")), asked=st.booleans())
def test_any_text_at_any_moment(said: str, now: datetime, region: str, *, asked: bool) -> None:
    """Never an error; spans lie in the text, name a rule; ranges run forward; the same again."""
    text = Text(said)
    days, times = find_when(text, now, region, asked_time=asked)
    places = [(start, end) for start, end, _ in days] + [(start, end) for start, end, _ in times]
    assert all(0 <= start < end <= len(text.folded) for start, end in places)
    spans = [fact.span for _, _, fact in days] + [fact.span for _, _, fact in times]
    assert all(0 <= span.start < span.end <= len(said) and span.rule for span in spans)
    for _, _, day in days:
        assert day.last_day is None or day.last_day > day.day
        assert day.next_year is None or day.next_year >= now.date() > day.day
    for _, _, when in times:
        assert when.at is not None or when.until is not None or when.part is not None
    assert find_when(Text(said), now, region, asked_time=asked) == (days, times)


@settings(max_examples=200, deadline=None)
@given(ahead=st.integers(1, 60), region=st.sampled_from(("KW", "GB")))
def test_every_way_to_write_a_date_means_it(ahead: int, region: str) -> None:
    day = NOW.date() + timedelta(days=ahead)
    for said in (
        f"{day:%d/%m/%Y}", f"{day:%Y-%m-%d}", f"{day.day} {day:%B}", f"{day:%b} {day.day}, {day.year}",
        f"{day:%A} {day.day} {day:%B}", f"the {day.day}th of {day:%B}", f"in {ahead} days",
        f"{day.day} شهر {day.month}",
    ):  # fmt: skip
        found, _ = find_when(Text(said), NOW, region, asked_time=False)
        assert [fact.day for _, _, fact in found] == [day], said


@settings(max_examples=200, deadline=None)
@given(hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_every_way_to_write_a_clock_means_it(hour: int, minute: int) -> None:
    half, short = ("pm" if hour >= 12 else "am"), hour % 12 or 12
    arabic = "مساء" if hour >= 12 else "صباحا"
    for said in (
        f"at {short}:{minute:02}{half}", f"{short}.{minute:02} {half}", f"{short} {minute:02} {half}",
        f"{short}{minute:02}{half}", f"الساعة {short}:{minute:02} {arabic}",
    ):  # fmt: skip
        _, found = find_when(Text(said), NOW, "KW", asked_time=False)
        assert [(fact.at and (fact.at.hour, fact.at.minute), fact.until) for _, _, fact in found] == [
            ((hour, minute), None)
        ], said
