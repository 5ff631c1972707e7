"""Words and patterns of days, English and Arabic. What they mean is decided in dates.py."""

from __future__ import annotations

import re

from bot.understanding.normalize import fold
from bot.understanding.words import words

MONTH_FIRST = frozenset({"US", "PR", "GU", "VI", "AS", "MP", "FM", "MH", "PW", "PH"})
"""Regions that write 11/26 (Unicode CLDR short date patterns)."""

MONTHS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "january jan يناير كانون",
        "february feb فبراير شباط",
        "march mar مارس",
        "april apr ابريل أبريل نيسان",
        "may مايو",
        "june jun يونيو يونيه حزيران",
        "july jul يوليو يوليه تموز",
        "august aug اغسطس أغسطس",
        "september sept sep سبتمبر",
        "october oct اكتوبر أكتوبر",
        "november nov نوفمبر",
        "december dec ديسمبر",
    ),
    start=1,
):
    for _name in _names.split():
        MONTHS[fold(_name)] = _number

WEEKDAYS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "monday mondays mon الاثنين الإثنين اثنين الاتنين لاثنين",
        "tuesday tuesdays tues tue الثلاثاء الثلاثا ثلاثاء التلات الثلوث",
        "wednesday wednesdays weds wed wednsday wedensday الاربعاء الأربعاء الاربعا اربعاء الربوع",
        "thursday thursdays thurs thur thu thrusday الخميس خميس",
        "friday fridays fri firday الجمعة الجمعه جمعة",
        "saturday saturdays sat saterday السبت سبت",
        "sunday sundays sun الاحد الأحد احد",
    )
):
    for _name in _names.split():
        WEEKDAYS[fold(_name)] = _number

BARE_ARABIC = {fold(w) for w in ("احد", "سبت", "اثنين", "جمعة", "خميس", "اربعاء", "ثلاثاء")}
"""Weekdays without the article mean a day only after "يوم" ("احد" is also "someone")."""

NAMED: dict[str, int] = {
    "today": 0,
    "tonight": 0,
    "tomorrow": 1,
    "tommorow": 1,
    "tomorow": 1,
    "tommorrow": 1,
    "tomorro": 1,
    "tmrw": 1,
    "tmr": 1,
    "tmw": 1,
    "tomo": 1,
    "2morrow": 1,
    "2moro": 1,
    "yesterday": -1,
    **{
        fold(word): offset
        for offset, spellings in (
            (0, "اليوم الليلة الليله هالليلة"),
            (1, "بكرا بكره بكرة باچر باجر غدا غدًا الغد بكرى بوكرا"),
            (-1, "امس أمس البارحة"),
        )
        for word in spellings.split()
    },
}

COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
UNIT_DAYS = {"day": 1, "week": 7, "month": 30}


def _either(names: dict[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_M = _either(MONTHS)
_W = _either(WEEKDAYS)
_ORDINAL = r"(?:\s?(?:st|nd|rd|th))"
_START, _STOP = r"(?<![\w/.:-])", r"(?![\w/:]|[.-]\d)"

ISO = re.compile(rf"{_START}(20\d\d)[-/.](\d{{1,2}})[-/.](\d{{1,2}})(?!\d)")
NUMERIC = re.compile(rf"{_START}(\d{{1,2}})(?P<s>[/.-])(\d{{1,2}})(?:(?P=s)(20\d\d|\d\d))?{_STOP}")
DAY_RANGE_MONTH = re.compile(
    rf"\b(\d{{1,2}}){_ORDINAL}?\s?(?:-|to|and|until|till|through|الى)\s?(?:the\s)?(\d{{1,2}}){_ORDINAL}?\s(?:of\s)?({_M})\b"
)
MONTH_DAY_RANGE = re.compile(
    rf"\b({_M})\.?\s?(\d{{1,2}}){_ORDINAL}?\s?(?:-|to|until|till|through)\s?(?:the\s)?(\d{{1,2}}){_ORDINAL}?\b(?!\s?[ap]\.?m)"
)
DAY_MONTH = re.compile(
    rf"(?<![\w:.])(\d{{1,2}}){_ORDINAL}?(?:\sof)?[\s-]?({_M})\b\.?(?:,?[\s-](20\d\d)(?!\d|:))?"
)
MONTH_DAY = re.compile(
    rf"\b({_M})\.?[\s-]?(?:the\s)?(\d{{1,2}}){_ORDINAL}?(?![\d:]|\s?[ap]\.?m\b)(?:,?\s(20\d\d)(?!\d|:))?"
)
DAY_OF_MONTH = re.compile(
    r"\b(?:on\s)?(?:the\s)?(\d{1,2})(?:st|nd|rd|th)\b(?!\s(?:one|option|floor|slot|time|choice))"
)
ON_THE = re.compile(r"\bon\sthe\s(\d{1,2})(?![\w:/.]|\s(?:one|option)\b)")
WEEKDAY = re.compile(
    r"(?:\b(?P<mod>next|this|coming|this coming|the coming|upcoming|last|هذا|يوم)\s(?:week\s)?(?:on\s)?)?"
    rf"\b(?:و|ب)?(?P<day>{_W})\b"
    r"(?:'s)?(?P<after>\s(?:next week|this week|next|القادم|القادمه|الجاي|الجايه))?"
    r"(?:[\s,]{1,3}(?:the\s)?(?P<dom>1[3-9]|2\d|3[01])(?![\w:/.-]))?"
)
_TOMORROWS = "بكرا بكره باجر غد الغد بكرى غدا"
AFTER_TOMORROW = re.compile(
    rf"\b(?:the\s)?day after (?:tomorrow|tmrw|tmr|tomorow|tommorow)\b|\bovermorrow\b"
    rf"|\b(?:و)?(?:بعد|عقب)\s(?:{_either(dict.fromkeys(map(fold, _TOMORROWS.split()), 1))})\b"
)
NAMED_DAY = re.compile(rf"\b(?:و|ل)?(?P<day>{_either(NAMED)})\b(?:'s)?")
IN_DAYS = re.compile(
    r"\b(?:in|after)\s(\d{1,3}|an?|one|two|three|four|five|six|seven)\s(day|week|month)s?\b(?!\slike)(?:')?(?:\stime)?"
    r"|\b(\d{1,3}|an?|one|two|three|four|five|six|seven)\s(day|week|month)s?\sfrom\s(?:now|today|tomorrow)\b"
)
IN_DAYS_ARABIC = re.compile(r"\bبعد\s(?:(يومين|اسبوعين|اسبوع|يوم)|(\d{1,2})\s(?:ايام|يوم))\b")
WEEK_FROM_WEEKDAY = re.compile(rf"\b(?:a|one)\sweek\sfrom\s({_W})\b")
WEEKEND = re.compile(
    r"\b(?:(?:on|at|over|for)\s)?(?:the\s)?(next\s|this\s|coming\s)?(?:the\s)?week\s?ends?\b"
    r"|\bالويكند\b|\bنهايه الاسبوع\b"
)
WEEK = re.compile(r"\b(next|this|coming)\sweek\b|\bالاسبوع\s(الجاي|القادم|هذا)\b|\bهالاسبوع\b")
MONTH = re.compile(r"\b(next|this)\smonth\b")
RANGE_LINK = re.compile(r"\s?(?:-|to|until|till|through|الى|لين)\s?(?:the\s)?")
JOIN = re.compile(r"[\s,(]{0,3}(?:(?:the|on|of|يوم)\s)?")

TRIGGERS = (
    frozenset(NAMED)
    | frozenset(WEEKDAYS)
    | frozenset(MONTHS)
    | words("after week weeks weekend weekends month months day days next overmorrow ends end")
    | frozenset(map(fold, ["بعد", "عقب", "الويكند", "الاسبوع", "هالاسبوع", "نهاية"]))
)
