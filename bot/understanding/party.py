"""How many people are coming: "for 4 people", "table for two", "my sister and I", "لشخصين".

Counted are people only; "for two" alone may be the clock, so it counts where a table or a clock's time is named, too.
"""

from __future__ import annotations

import re

from bot.understanding.contract import PartyFact
from bot.understanding.normalize import Text, fold
from bot.understanding.words import NUMBERS

_MOST = 200
_MORE_NUMBERS = {
    "a couple of": 2, "a couple": 2, "couple of": 2, "both": 2, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "eighteen": 18, "twenty": 20, "thirty": 30, "a dozen": 12, "a": 1, "an": 1,
}  # fmt: skip
_VALUES = NUMBERS | _MORE_NUMBERS
_SPELT = "|".join(
    sorted((fold(word) for word in _VALUES if word not in {"a", "an", "both"}), key=len, reverse=True)
)
_NUMBER = rf"(?:\d{{1,3}}|{_SPELT})"
_UNITS = (
    "people|persons?|peoples|ppl|pax|guests?|adults?|kids?|child(?:ren)?|babies|baby|ladies|lady|women|woman|men|man|girls?"
    "|guys|boys?|friends?|others?|diners|covers|seats?|clients|customers"
)
_ARABIC_UNITS = "اشخاص|شخص|انفار|نفر|افراد|فرد|ضيوف|كبار|اطفال|بنات|حريم|سيدات|رجال"
_NOT_MORE = r"(?<!more\s)(?<!extra\s)(?<!another\s)"


def _count(name: str) -> str:
    return rf"(?P<{name}>{_NUMBER}|a|an)\s?(?:of us|(?:{_UNITS}|{_ARABIC_UNITS})(?!\w))"


_COUNTED = re.compile(
    rf"(?<![\w:.]){_NOT_MORE}(?!an?\s)(?:(?:all|the|only|just|about|around)\s)*{_count('first')}"
    rf"(?:\s?(?:,|and|&|\+|plus|و)\s?{_count('second')})?"
)
"""Units of people behind a number; "two adults and one kid" is a sum."""
_CLOCK = (
    r"(?!\s?(?:[:.]\d|(?:of\s)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|am\b|pm\b|a\.m|p\.m|o'?clock|min|hour"
    r"|hr|days?\b|nights?\b|week|month|%|-\s?\d|to\b|sharp|ish|\d|/))"
)
_TABLE = re.compile(
    r"\b(?:(?:party|group|table) of|(?:table|seats?|room|space|reservation|dinner|lunch|brunch)\s(?:for|of)(?:\sus)?)\s"
    rf"(?P<number>{_NUMBER})\b{_CLOCK}"
)
_MEAL_FOR = re.compile(
    rf"\b(?:table|dinner|lunch|brunch|breakfast|supper|reservation)\b[^.;!?\n]{{0,30}}?\sfor\s(?P<number>{_SPELT})\b{_CLOCK}"
)
""" "Brunch on Sunday for two, outside": a number in letters behind a meal."""
_TABLE_TODAY = re.compile(
    rf"\b(?:table|seats?|dinner|lunch|brunch)\s(?:tonight|today|tomorrow)\s(?P<said>for\s(?P<number>{_NUMBER}))\b{_CLOCK}"
)
_WE_ARE = re.compile(
    rf"\b(?:we(?:'ll| will|'d| would)? be|we're|we are|there(?:'ll| will) be|there (?:are|is))\s"
    rf"(?:(?:only|just|about|around|actually|now)\s)?(?P<number>{_NUMBER})(?=$|[\s.,!?])(?!\s(?:or|open|late|early|left|more))"
    rf"{_CLOCK}"
)
_CLOCK_SAID = re.compile(r"\d\s?(?:am|pm|a\.m|p\.m)\b|\b\d{1,2}:\d\d\b")
_FOR = re.compile(
    rf"\bfor\s(?P<number>{_NUMBER})(?=\s?(?:$|[,!?]|\.(?!\d)|please\b|on\b|tomorrow\b|today\b|tonight\b))"
)
"""Beside a clock's time, another number behind "for" counts people."""
_FOR_AT = re.compile(rf"\bfor\s(?P<number>{_NUMBER})\b{_CLOCK}(?=[^.;!?\n]{{0,30}}\b(?:at|around|@)\s\d)")
_ARABIC_TABLE = re.compile(
    rf"\b(?:طاول[هت]|غرف[هت]|حجز|العدد|عددنا|نبي|احنا|حنا|نحن|لنا)\s(?:لنا\s)?(?:[^\W\d]{{2,10}}\sحق\s|حق\s|لي?\s?)?(?P<number>{_NUMBER})(?=$|[\s.,!?])(?!\s?[:.])"
)
_ARABIC_TWO = re.compile(r"(?<!\w)(?:ل|حق\s)?(?:شخصين|نفرين|فردين)(?!\w)")
_ARABIC_ONE = re.compile(r"(?<!\w)(?:لشخص واحد|شخص واحد|بس انا|انا بس|لحالي|بروحي|لوحدي|وحدي)(?!\w)")
_BOTH = re.compile(r"\b(?:both of us|us both|the two of us)\b")
_ALONE = re.compile(
    r"\b(?:(?:just|only)(?: for)? (?:me|myself)|(?:me|myself) (?:only|alone)|by myself|on my own|table for one)\b"
)
_ONE_RELATION = (
    "daughter|son|mother|mom|mum|mummy|mommy|father|dad|sister|sis|brother|bro|friend|bestie|husband|hubby|wife|partner"
    "|boyfriend|girlfriend|fianc[e]e?|cousin|aunt|auntie|uncle|niece|nephew|grandma|grandmother|grandpa|grandfather|baby"
    "|kid|child|toddler|colleague|coworker|roommate|neighbou?r|boss|mother-in-law|sister-in-law|maid|nanny|other half"
)
_RELATION = rf"(?:my|our|a)\s(?:(?:little|older|younger|big|best|dear|good)\s)?(?:{_ONE_RELATION})\b(?!')"
_SOME_RELATION = (
    rf"(?:{_RELATION}|(?:my\s|our\s)?{_NUMBER}\s(?:{_UNITS}|daughters|sons|sisters|brothers|cousins)\b)"
)
_AND = r"\s?(?:,\s?and|and|&|\+|n|plus|with|,)\s(?:also\s)?(?:one\s)?(?:for\s)?"
_ME = r"(?:me|myself|i)"
_ME_AND = re.compile(rf"\b{_ME}(?:{_AND}|\s)(?P<others>{_SOME_RELATION}(?:{_AND}{_SOME_RELATION}){{0,4}})")
_AND_ME = re.compile(rf"\b(?P<others>{_RELATION}(?:{_AND}{_SOME_RELATION}){{0,4}}){_AND}{_ME}\b")
_COMING_WITH = re.compile(
    rf"\b(?:come|coming|visit|bringing|be there)\b[^.;!?\n]{{0,20}}?(?:with|along)?\s(?P<others>{_RELATION}"
    rf"(?:{_AND}{_SOME_RELATION}){{0,4}})"
)
_COMES_TOO = re.compile(
    rf"\b(?P<others>{_RELATION}(?:{_AND}{_SOME_RELATION}){{0,4}})\s(?:can\s|could\s|wants to\s|would like to\s)?"
    r"(?:come|comes|join|joins|get|gets|have|has|coming)\s(?:[a-z]+\s){0,2}?(?:too|as well|also|along|with me|same)\b"
)
_ARABIC_RELATION = (
    "(?:اختي|خواتي|بنتي|امي|ماما|ابوي|زوجي|زوجتي|ريلي|رجلي|ولدي|اخوي|رفيجتي|رفيقتي|صديقتي|صديقي|صاحبتي|خالتي|عمتي"
    "|خطيبتي|خطيبي|جارتي|طفلتي|طفلي|حماتي|ربيعتي|بنت خالتي|بنت عمي)"
)
_ARABIC_ME_AND = re.compile(
    rf"(?<!\w)(?:انا|لي|اني|حقي|ليي)\s(?P<others>و\s?ل?\s?{_ARABIC_RELATION}(?:\sو\s?ل?\s?{_ARABIC_RELATION}){{0,4}})(?!\w)"
)
_EITHER = re.compile(rf"{_NUMBER}(?=\s(?:{_UNITS}|daughters|sons|sisters|brothers|cousins)\b)|{_RELATION}")
_SIGN = re.compile(
    rf"\d|\b(?:{_SPELT}|both|us|me|my|myself|our)\b|شخص|نفر|فرد|انا|لي|حقي|لنا|حنا|نحن|نبي|طاول|غرف|حجز|عدد|لحالي|بروحي|وحدي"
)
"""What every text has that counts people."""


def find_party(text: Text) -> tuple[int, int, PartyFact] | None:
    """How many come, with its range in the folded text; the range isn't taken."""
    rest = text.rest
    if not _SIGN.search(rest):
        return None
    for pattern, rule in (
        (_ME_AND, "me_and"),
        (_AND_ME, "me_and"),
        (_COMING_WITH, "coming_with"),
        (_COMES_TOO, "comes_too"),
    ):
        match = pattern.search(rest)
        if match and (people := 1 + _relations(match["others"])) > 1:
            return _found(text, match, people, rule, 0 if pattern in {_ME_AND, _AND_ME} else "others")
    match = _ARABIC_ME_AND.search(rest)
    if match:
        return _found(text, match, 1 + len(re.findall(_ARABIC_RELATION, match["others"])), "me_and")
    match = _COUNTED.search(rest)
    if match and (people := _value(match["first"]) + _value(match["second"])):
        return _found(text, match, people, "people")
    counted: tuple[tuple[re.Pattern[str], str | int], ...] = (
        (_TABLE, 0), (_WE_ARE, 0), (_FOR_AT, 0), (_ARABIC_TABLE, 0), (_TABLE_TODAY, "said"), (_MEAL_FOR, "number"),
    )  # fmt: skip
    for pattern, group in counted:
        match = pattern.search(rest)
        if match:
            return _found(text, match, _value(match["number"]), "table_for", group)
    match = _FOR.search(rest) if _CLOCK_SAID.search(rest) else None
    if match:
        return _found(text, match, _value(match["number"]), "beside_a_clock")
    for pattern, people in ((_ARABIC_TWO, 2), (_BOTH, 2), (_ALONE, 1), (_ARABIC_ONE, 1)):
        match = pattern.search(rest)
        if match:
            return _found(text, match, people, "people")
    return None


def _found(
    text: Text, match: re.Match[str], people: int, rule: str, group: str | int = 0
) -> tuple[int, int, PartyFact] | None:
    start, end = match.span(group)
    if not 1 <= people <= _MOST or not text.is_free(start, end):
        return None
    return start, end, PartyFact(people, text.span(start, end, rule, 0.9))


def _value(said: str | None) -> int:
    if said is None:
        return 0
    return int(said) if said.isdigit() else _VALUES.get(said, 0)


def _relations(said: str) -> int:
    """How many people "my wife and two kids" are."""
    return sum(_value(one[0]) or 1 for one in _EITHER.finditer(said))
