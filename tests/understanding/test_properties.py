"""What holds for every text: an answer, spans inside the text, the same answer again, no slow pattern."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.contract import Span, Understanding
from bot.understanding.cue_phrases_en import ENGLISH_CUES
from bot.understanding.normalize import LIMIT, Text
from bot.understanding.phrases_ar import ARABIC
from bot.understanding.phrases_en import ENGLISH
from bot.workspace import SlotKind
from tests.understanding.salon import hear, offers

WORDS = [
    "yes",
    "no",
    "but",
    "not",
    "tomorrow",
    "friday",
    "next",
    "at",
    "5",
    "5pm",
    "14:30",
    "26/11",
    "between",
    "and",
    "2-4",
    "half",
    "past",
    "gel",
    "manicure",
    "mani",
    "plaza",
    "zahra",
    "sara",
    "maya",
    "with",
    "anyone",
    "any",
    "i'm",
    "my",
    "name",
    "is",
    "for",
    "pay",
    "cash",
    "knet",
    "online",
    "98765432",
    "+965",
    "sara@example.com",
    "sara@",
    "2",
    "the",
    "second",
    "one",
    "stop",
    "cancel",
    "add",
    "remove",
    "without",
    "long",
    "hair",
    "?",
    "!",
    ",",
    ".",
    "\n",
    "ok",
    "👍",
    "٥",
    "بكرا",
    "الساعة",
    "ونص",
    "ابغى",
    "مع",
    "اسمي",
    "و",
    "لا",
    "نعم",
    "مناكير",
    "a",
    "in",
    "hours",
    "under",
    "here",
    "people",
    "table",
    "me",
    "sister",
    "ext.",
    "x12",
    "020 7946 0018",
    "s-a-r-a",
    "Dana",
    "nailart",
    "gell",
    "don't",
    "want",
    "انا",
    "معك",
    "لشخصين",
    "واختي",
    "وقص",
    "99999999",
    "�",
    "\u200f",
    "\x00",
]
ANY_TEXT = st.one_of(
    st.text(max_size=80),
    st.text(alphabet=st.characters(codec=None), max_size=40),
    st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=5)), max_size=10).map("".join),
)
CONTEXTS = st.fixed_dictionaries(
    {
        "asked": st.one_of(st.none(), st.sampled_from(SlotKind)),
        "offered": st.sampled_from(
            ((), offers("Plaza", "Zahra"), offers("Sunday 2:00 PM", "Gel Manicure", "😀", ""))
        ),
        "yes_no": st.booleans(),
        "at": st.sampled_from((None, "plaza")),
        "language": st.sampled_from(("en", "ar", "xx")),
        "region": st.sampled_from(("KW", "US", "ZZ")),
    }
)


def spans(heard: Understanding) -> list[Span]:
    matches = [
        *heard.locations,
        *heard.staff,
        *heard.payment_types,
        *(m for mention in heard.services for m in mention),
    ]
    texts = [heard.name, heard.phone, heard.email, heard.unknown_service, heard.size_hint, heard.wrong_phone]
    told = [heard.party, heard.safety, heard.need]
    return [
        *(match.span for match in matches),
        *(fact.span for fact in heard.days),
        *(fact.span for fact in heard.times),
        *(fact.span for fact in texts if fact),
        *(fact.span for fact in told if fact),
    ]


@settings(max_examples=400, deadline=None)
@given(said=ANY_TEXT, around=CONTEXTS)
def test_any_text_has_an_answer_with_spans_inside_it(said: str, around: dict[str, object]) -> None:
    heard = hear(said, **around)  # type: ignore[arg-type]
    for span in spans(heard):
        assert 0 <= span.start < span.end <= min(len(said), LIMIT)
        assert 0 < span.confidence <= 1
    assert hear(said, **around) == heard  # type: ignore[arg-type]


@settings(max_examples=200, deadline=None)
@given(said=ANY_TEXT)
def test_folding_keeps_the_way_back(said: str) -> None:
    text = Text(said)
    assert len(text.rest) == len(text.folded)
    for token in text.tokens:
        assert text.original(token.start, token.end) != ""


@pytest.mark.parametrize(
    "said",
    [
        "",
        " ",
        "\0",
        "\0\0tomorrow\0",
        "\ud800",
        "tomorrow \udfff at 5",
        "👍👍👍",
        "🧖‍♀️💅",
        "\u202eworromot",
        "؟؟؟",
        "....",
        "a" * 10_000,
        "1" * 10_000,
    ],
)
def test_odd_texts(said: str) -> None:
    assert isinstance(hear(said, SlotKind.NAME, offered=offers("Plaza")), Understanding)


def test_only_the_start_of_a_long_text_is_looked_at() -> None:
    heard = hear("tomorrow " + "x " * LIMIT + "friday")
    assert len(heard.days) == 1


HOSTILE = [
    "a@" * 1000,
    "1 " * 1000,
    "1-" * 1000,
    "(" * 2000,
    "+" * 2000,
    " " * 2000,
    "\n " * 1000 + "x",
    "at " * 700,
    "between 2 and " * 150,
    "mon " * 500,
    "my name is " * 180,
    "i'm " * 500,
    "yes, " * 400,
    "not " * 500,
    "gel " * 500,
    "manicre " * 250,
    "half past " * 200,
    "a.b." * 500,
    "'" * 2000,
    "a'" * 1000,
    "الساعة " * 300,
    "و" * 2000,
    "the 1st " * 250,
    "want a " * 300,
    "12/" * 600,
    "." * 1999 + "x",
    "1" * 2000,
    "a-" * 1000,
    "for A " * 330,
    "99 " * 660,
    "98765432 x " * 180,
    "me and my " * 200,
    "my sister and " * 140,
    "table for 2 " * 160,
    "S-A-R-" * 330,
    "Ab Cd here " * 180,
    "under Ab " * 220,
    "انا و" * 400,
    "nailart" * 280,
]


@pytest.mark.parametrize("said", HOSTILE, ids=lambda said: repr(said[:12]))
@pytest.mark.parametrize(
    "asked", [None, SlotKind.NAME, SlotKind.PHONE, SlotKind.EMAIL, SlotKind.TIME, SlotKind.SERVICES]
)
def test_no_text_is_slow(said: str, asked: SlotKind | None) -> None:
    """No quadratic pattern survives this: those take seconds. The goal of 20 ms is measured by the benchmark."""
    best = min(_cpu_seconds(said, asked) for _ in range(3))
    assert best < 0.5


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_phrase_is_slow_when_it_fills_a_text() -> None:
    """Every phrase of the book, over and over: 20 ms of CPU time, best of three."""
    tables = (ENGLISH, ENGLISH_CUES, ARABIC)
    listed = [one.replace("\n", ",") for table in tables for one in table.values()]
    phrases = sorted({phrase.strip() for one in listed for phrase in one.split(",") if phrase.strip()})
    assert len(phrases) > 2500
    texts = {phrase: f"{phrase} " * (LIMIT // (len(phrase) + 1)) for phrase in phrases}
    slow = {
        phrase: took
        for phrase, said in texts.items()
        if (took := min(_cpu_seconds(said, None) for _ in range(3))) > 0.02
    }
    assert not slow


def _cpu_seconds(said: str, asked: SlotKind | None) -> float:
    started = time.process_time()
    hear(said, asked)
    return time.process_time() - started
