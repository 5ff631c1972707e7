"""Number words as digits and short spellings in full: "seven thirty" is "7 30", "الخامسة" is "ال5", "nxt" is "next".

The rules of days and times read this view. It keeps the way back, so that every span still points at what the
customer wrote.
"""

from __future__ import annotations

import re
from itertools import islice

from bot.understanding.contract import Span
from bot.understanding.normalize import BLANK, Text, fold
from bot.understanding.words import words

_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"
)  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50}
_UNIT_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_TEEN_ORDINALS = (
    "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip

CARDINALS: dict[str, int] = {
    **{word: number for number, word in enumerate((*_UNITS, *_TEENS), start=1)},
    **_TENS,
}
ORDINALS: dict[str, int] = {
    **{word: number for number, word in enumerate((*_UNIT_ORDINALS, *_TEEN_ORDINALS), start=1)},
    "twelveth": 12,
    "thirtieth": 30,
}


def _spelt(rows: dict[int, str]) -> dict[str, int]:
    return {fold(word): number for number, words in rows.items() for word in words.split()}


_ARABIC_UNITS = _spelt(
    {
        1: "واحدة وحدة واحد حادي حادية",
        2: "ثنتين اثنين اثنتين ثنين تنتين اتنين ثاني ثانية اثنا اثنتا",
        3: "ثلاث ثلاثة تلاتة تلات ثالث ثالثة",
        4: "اربع اربعة رابع رابعة",
        5: "خمس خمسة خامس خامسة",
        6: "ست ستة سادس سادسة",
        7: "سبع سبعة سابع سابعة",
        8: "ثمان ثمانية ثماني تمانية تمان ثامن ثامنة",
        9: "تسع تسعة تاسع تاسعة",
    }
)
_ARABIC_REST = _spelt(
    {
        10: "عشر عشرة عاشر عاشرة",
        11: "احدعش احدعشر حداشر حدعش ادعش",
        12: "اثنعش اثناعش اثنعشر اطنعش اتناشر اثناعشر طنعش",
        13: "ثلاثطعش ثلطعش تلتاشر ثلطعشر",
        14: "اربعطعش اربعتاشر اربعطعشر",
        15: "خمسطعش خمستاشر خمسطعشر",
        16: "ستطعش ستاشر ستطعشر",
        17: "سبعطعش سبعتاشر سبعطعشر",
        18: "ثمنطعش تمنتاشر ثمانطعش ثمنطعشر",
        19: "تسعطعش تسعتاشر تسعطعشر",
    }
)
_ARABIC_TENS = _spelt({20: "عشرين عشرون", 30: "ثلاثين ثلاثون تلاتين", 40: "اربعين اربعون", 50: "خمسين خمسون"})
_HOUR_ORDINALS = words("حادية ثانية ثالثة رابعة خامسة سادسة سابعة ثامنة تاسعة عاشرة")
"""Feminine ordinals number hours: "الخامسة والعشرين" is never the 25th."""


SHORT = {
    "nxt": "next", "wk": "week", "wks": "weeks", "wkend": "weekend", "wknd": "weekend", "wkends": "weekends",
    "arnd": "around", "abt": "about", "bw": "between", "btwn": "between", "btween": "between", "mrng": "morning",
    "morn": "morning", "mornin": "morning", "aftn": "afternoon", "evng": "evening", "tmro": "tomorrow",
    "tmrow": "tomorrow", "tomoro": "tomorrow", "tomrw": "tomorrow", "yest": "yesterday",
}  # fmt: skip
"""Short and hasty spellings, in the view as the rules know them."""


def either(words: object) -> str:
    """Alternatives for a pattern, longest first."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))  # type: ignore[call-overload]


_ENGLISH = re.compile(
    rf"(?<![\w'])(?:(?P<tens>{either(_TENS)})[\s-]?(?:(?P<unit>{either(_UNITS)})|(?P<nth>{either(_UNIT_ORDINALS)}))"
    rf"|(?P<ordinal>{either(ORDINALS)})|(?P<number>{either(CARDINALS)}))(?![\w'])"
)
_ARABIC_WORDS = {**_ARABIC_UNITS, **_ARABIC_REST, **_ARABIC_TENS}
_ARABIC = re.compile(
    rf"(?<!\w)(?P<lead>(?:[وف](?=\w))?(?:ال|لل|بال|[لب])?)"
    rf"(?:(?P<unit>{either(_ARABIC_UNITS)}|احد|احدي)\s(?P<ten>عشره?)"
    rf"|(?P<low>{either(_ARABIC_UNITS)})\sو(?P<the>ال)?(?P<tens>{either(_ARABIC_TENS)})"
    rf"|(?P<number>اول|{either(_ARABIC_WORDS)}))(?!\w)"
)
NUMBER_WORDS = frozenset(
    (
        *CARDINALS,
        *_ARABIC_WORDS,
        *(lead + word for lead in ("ال", "لل", "بال", "عال") for word in _ARABIC_WORDS),
    )
)
"""Words that may be an hour, as they stand in a text."""
_MONTH_HALF = ("تشرين ", "كانون ")
"""Months that are told apart by an ordinal: it belongs to their name."""
_HOUR_BEFORE = re.compile(r"ساعه\s$")
_WEEKDAY_BEFORE = ("يوم ", "اخر ", "اول ")
_WEEKDAY_WORDS = frozenset(fold(w) for w in ("اثنين", "اتنين", "اربعة", "ثلاثة", "تلات"))
"""Number words that are weekdays too, "اثنين" above all."""


class Numbered:
    """What of a text is free, with digits for number words. Positions are those of the view."""

    __slots__ = ("_ends", "_starts", "rest", "text", "worded")

    def __init__(self, text: Text) -> None:
        self.text = text
        self.worded: set[int] = set()
        """Where digits stand for a word: "one" and "ten to six" mean less and more than "1" and "10 to 6"."""
        self._starts: list[int] | None = None
        self._ends: list[int] = []
        self.rest = text.rest
        pieces = sorted([*_english(self.rest), *_arabic(self.rest), *_shortened(text, self.rest)])
        if pieces:
            self._replace(pieces)

    def _replace(self, pieces: list[tuple[int, int, str]]) -> None:
        source, done = self.rest, 0
        starts: list[int] = []
        ends: list[int] = []
        built: list[str] = []
        for start, end, digits in pieces:
            starts.extend(range(done, start))
            ends.extend(range(done + 1, start + 1))
            built.append(source[done:start])
            if digits[0].isdigit():
                self.worded.add(len(starts))
            starts.extend([start] * len(digits))
            ends.extend([end] * len(digits))
            built.append(digits)
            done = end
        starts.extend(range(done, len(source)))
        ends.extend(range(done + 1, len(source) + 1))
        built.append(source[done:])
        self._starts, self._ends, self.rest = starts, ends, "".join(built)

    def matches(
        self, pattern: re.Pattern[str], most: int, needs: tuple[str, ...] = ()
    ) -> list[re.Match[str]]:
        """The first so many matches in what is free. Looked for only if one of the needed strings is there."""
        if needs and not any(need in self.rest for need in needs):
            return []
        return [match for match in islice(pattern.finditer(self.rest), most) if BLANK not in match[0]]

    def folded(self, start: int, end: int) -> tuple[int, int]:
        """The range in the folded text."""
        if self._starts is None:
            return start, end
        return self._starts[start], self._ends[end - 1]

    def said_before(self, start: int) -> str:
        """The folded text before a place of the view, taken or not."""
        return self.text.folded[: self.folded(start, start + 1)[0]]

    def span(self, start: int, end: int, rule: str, confidence: float = 1.0) -> Span:
        """A span of the original for a range of the view."""
        return self.text.span(*self.folded(start, end), rule, confidence)

    def take(self, start: int, end: int) -> None:
        """Blank a range, so that no rule reads the same characters twice."""
        self.rest = f"{self.rest[:start]}{BLANK * (end - start)}{self.rest[end:]}"


def _shortened(text: Text, rest: str) -> list[tuple[int, int, str]]:
    return [
        (token.start, token.end, SHORT[token.word])
        for token in text.tokens
        if token.word in SHORT and BLANK not in rest[token.start : token.end]
    ]


def _english(rest: str) -> list[tuple[int, int, str]]:
    pieces = []
    for match in _ENGLISH.finditer(rest):
        if match["tens"]:
            tens = _TENS[match["tens"]]
            said = match["unit"] or match["nth"]
            number = tens + (CARDINALS[said] if match["unit"] else ORDINALS[said])
            digits = f"{number}th" if match["nth"] else str(number)
        elif match["ordinal"]:
            digits = f"{ORDINALS[match['ordinal']]}th"
        else:
            digits = str(CARDINALS[match["number"]])
        pieces.append((match.start(), match.end(), digits))
    return pieces


def _arabic(rest: str) -> list[tuple[int, int, str]]:
    pieces = []
    for match in _ARABIC.finditer(rest):
        lead = match["lead"]
        before = rest[max(0, match.start() - 6) : match.start()]
        if before.endswith(_MONTH_HALF):
            continue
        start = match.start() + len(lead)
        if match["ten"]:
            digits = str(10 + _ARABIC_UNITS.get(match["unit"], 1))
        elif match["low"]:
            pieces += _compound(match, start, before)
            continue
        else:
            word = match["number"]
            a_weekday = word in _WEEKDAY_WORDS and (
                (before.endswith(_WEEKDAY_BEFORE) and (lead or word.endswith("نين")))
                or (lead == "ال" and word.endswith(("نين", "تلات")))
            )
            if a_weekday or (word == "اول" and lead != "ال"):
                continue
            digits = str(_ARABIC_WORDS.get(word, 1))
        pieces.append((start, match.end(), digits))
    return pieces


def _compound(match: re.Match[str], start: int, before: str) -> list[tuple[int, int, str]]:
    """ "خمسة وعشرين" is 25, but after an hour's word it is five and twenty minutes."""
    low, tens = _ARABIC_UNITS[match["low"]], _ARABIC_TENS[match["tens"]]
    definite = match["lead"].endswith(("ال", "لل"))
    an_hour = _HOUR_BEFORE.search(before) or match["low"] in _HOUR_ORDINALS or (definite and not match["the"])
    if not an_hour:
        return [(start, match.end(), str(low + tens))]
    return [
        (start, match.end("low"), str(low)),
        (match.start("tens"), match.end("tens"), str(tens)),
    ]
