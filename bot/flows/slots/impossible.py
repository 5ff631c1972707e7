"""A date or a clock that doesn't exist ("32 November", "25:00"): said so, instead of being heard as nothing."""

from __future__ import annotations

import re

from bot.flows.talk import Talk
from bot.understanding.normalize import Text, fold

_MONTHS = (
    ("jan(?:uary)?|يناير", 31), ("feb(?:ruary)?|فبراير", 29), ("mar(?:ch)?|مارس", 31), ("apr(?:il)?|ابريل|أبريل", 30),
    ("may|مايو", 31), ("june?|يونيو", 30), ("july?|يوليو", 31), ("aug(?:ust)?|اغسطس|أغسطس", 31),
    ("sept?(?:ember)?|سبتمبر", 30), ("oct(?:ober)?|اكتوبر|أكتوبر", 31), ("nov(?:ember)?|نوفمبر", 30),
    ("dec(?:ember)?|ديسمبر", 31),
)  # fmt: skip
"""Names of a month, and its days at most."""
_LONGEST = 31


def _of(name: str) -> re.Pattern[str]:
    """A number beside this month."""
    number = r"(?P<{}>\d{{1,2}})(?:st|nd|rd|th)?"
    first, second = number.format("before"), number.format("after")
    return re.compile(rf"(?<![\w:.])(?:{first}\s(?:of\s)?(?:{name})|(?:{name})\s{second})(?![\w:])")


_DAYS = tuple((_of(fold(name)), most) for name, most in _MONTHS)
_NUMBERS = re.compile(r"(?<![\w:./-])(?P<one>\d{1,2})[/.-](?P<other>\d{1,2})(?![\w:./-])")
_CLOCK = re.compile(r"(?<![\w:.,+-])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?![\w:])")
_HOUR = re.compile(r"(?<![\w:.,+-])(?P<hour>\d{1,2})\s?(?:am|pm|o'?clock)(?!\w)")


def hear(talk: Talk, text: str, *, days: bool, clocks: bool) -> None:
    """`days`, `clocks`: whether a day or a time was understood in the text; then nothing is wrong with it."""
    said = Text(text)
    for pattern, most in () if days else _DAYS:
        match = pattern.search(said.folded)
        if match is not None and not 1 <= int(match["before"] or match["after"]) <= most:
            talk.heard = True
            talk.say("no_such_day", day=said.original(*match.span()).strip())
            return
    match = None if days or clocks else _NUMBERS.search(said.folded)
    if match is not None and _is_no_date(int(match["one"]), int(match["other"])):
        talk.heard = True
        talk.say("no_such_day", day=match[0])
        return
    if clocks:
        return
    match = _CLOCK.search(said.folded)
    wrong = match is not None and (int(match["hour"]) > 24 or int(match["minute"]) > 59)
    if not wrong:
        match = _HOUR.search(said.folded)
        wrong = match is not None and not 1 <= int(match["hour"]) <= 24
    if match is not None and wrong:
        talk.heard = True
        talk.say("no_such_clock", clock=said.original(*match.span()).strip())


def _is_no_date(one: int, other: int) -> bool:
    """ "31/11", whichever of the two is the month; "50/50" and "1/2 price" were never meant as one."""
    low, high = sorted((one, other))
    return 1 <= low <= len(_MONTHS) < high <= _LONGEST and high > _MONTHS[low - 1][1]
