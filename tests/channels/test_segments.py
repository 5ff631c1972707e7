"""SMS segments as they are billed, and staying in the cheap alphabet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.twilio.segments import in_cheap_alphabet, is_gsm7, segments


@pytest.mark.parametrize(
    ("char", "number", "expected"),
    [
        ("a", 0, 0), ("a", 160, 1), ("a", 161, 2), ("a", 306, 2), ("a", 307, 3),
        ("€", 80, 1), ("€", 81, 2), ("€", 152, 2), ("€", 153, 3),
        ("م", 70, 1), ("م", 71, 2), ("م", 134, 2), ("م", 135, 3),
        ("😀", 35, 1), ("😀", 36, 2), ("😀", 66, 2), ("😀", 67, 3),
        ("ç", 70, 1), ("ç", 71, 2), ("Ç", 160, 1),
    ],
)  # fmt: skip
def test_the_documented_limits(char: str, number: int, expected: int):
    assert segments(char * number) == expected


@pytest.mark.parametrize("char", "’–“ç…ﷺ😀")
def test_one_character_makes_the_whole_text_expensive(char: str):
    assert segments("a" * 160) == 1
    assert segments("a" * 159 + char) == 3


@given(st.text(max_size=400))
def test_look_alikes_never_cost_more(text: str):
    plain = in_cheap_alphabet(text)
    assert plain == text or is_gsm7(plain)
    assert segments(plain) <= max(segments(text), segments(text.replace("…", "...")))
