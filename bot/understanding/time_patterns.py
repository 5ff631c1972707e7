"""Words and patterns of times, English and Arabic. What they mean is decided in times.py."""

from __future__ import annotations

import re
from datetime import time

from bot.understanding.contract import DayPart
from bot.understanding.normalize import fold
from bot.understanding.words import NUMBERS, words

PARTS: dict[str, DayPart] = {
    **dict.fromkeys(("morning", "mornings", "forenoon", "breakfast"), DayPart.MORNING),
    **dict.fromkeys(("afternoon", "afternoons", "arvo"), DayPart.AFTERNOON),
    **dict.fromkeys(("evening", "evenings", "eve"), DayPart.EVENING),
    **dict.fromkeys(("night", "nights", "tonight"), DayPart.NIGHT),
    **{
        fold(word): part
        for part, spellings in (
            (DayPart.MORNING, "الصبح صباحا صباح الصباح الضحى الفجر"),
            (DayPart.AFTERNOON, "العصر عصر عصرا الظهر ظهرا ظهر"),
            (DayPart.EVENING, "المغرب مغرب المسا المساء مساء مسا المسى"),
            (DayPart.NIGHT, "الليل ليل ليلا بالليل العشاء العشا الليلة"),
        )
        for word in spellings.split()
    },
}

HOUR_WORDS = "|".join(sorted(NUMBERS, key=len, reverse=True))
PART_WORDS = "|".join(sorted(PARTS, key=len, reverse=True))
_PART_AFTER = "|".join(word for word in PART_WORDS.split("|") if not word.endswith("s"))
"""Without plurals: "7 nights" is a stay, not an hour."""

BEFORE = (
    "(?:time|it) (?:to|at)|(?:move|change|push|make) it(?: to)?|at|around|about|approx|approximately|by|before"
    "|after|from|since|until|till|between|past|@|at about|at around|how about|what about"
    "|no later than|not later than|not before|no earlier than|not earlier than"
)
BEFORE_ARABIC = "الساعه|ساعه|بعد|قبل|حوالي|حول|من|على"
CLOCK = re.compile(
    rf"(?<![\w./:,#+])(?:(?P<lead>(?:(?:{BEFORE}|{BEFORE_ARABIC})\s?(?:the\s)?){{1,2}})(?<=[\s@]))?"
    rf"(?:ب|ال)?(?P<h>\d{{1,2}}|\b(?:{HOUR_WORDS})\b)"
    rf"(?:(?P<sep>[:.h])(?P<m>[0-5]\d)(?!\d)|\s(?P<wm>thirty|fifteen|forty five|forty-five|30|15|45)(?![\w:]))?"
    rf"(?P<ap>\s?(?:[ap]\.?\s?m\b\.?)|(?<=\d)[ap]\b|\s(?:صباحا|ص|م)\b)?"
    rf"(?P<frac>\s(?:ونص|ونصف|و نص|وربع|و ربع|الا ربع|الا ثلث|وثلث|وخمس|وعشر))?"
    rf"(?P<oclock>\s?(?:o'?\s?clock|oclock|ish|sharp|h)\b)?"
    rf"(?P<part>\s(?:(?:in|at|on|of)\s)?(?:the\s|this\s)?(?:{_PART_AFTER})\b)?"
    r"(?![\w/:%]|[.,]\d)"
)
RELATIVE = re.compile(
    r"\b(?:(?:at|around|about|by|after|before)\s)?(?:(?P<half>half)\s(?P<hp>past\s)?"
    r"|(?:a\s)?(?P<q>quarter|five|ten|twenty|twenty five|5|10|20|25)\s(?:min(?:ute)?s?\s)?"
    r"(?:(?P<dir>past|after)|(?<!\d )(?P<to>to|before|till)|(?<=[2][05] )(?P<to20>to|before|till))\s)"
    rf"(?P<h>\d{{1,2}}|(?:{HOUR_WORDS}))\b(?P<ap>\s?[ap]\.?m\b\.?)?"
    rf"(?P<part>\s(?:in|at)\s(?:the\s)?(?:{PART_WORDS})\b)?(?![:\w])"
)
COUNT_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "couple": 2}
IN_HOURS = re.compile(
    r"\b(?:in|after)\s(?:about\s|around\s)?(?:(?P<halfan>half\san?\shour)"
    r"|(?:a\s)?(?P<n>\d{1,3}|an?|one|two|three|four|five|six|couple)"
    r"\s(?:of\s)?(?P<u>hour|hr|minute|min)s?(?P<and>\sand\sa\shalf)?)\b(?:'s)?(?:\stime)?"
    r"|\b(?P<n2>\d{1,3}|an?|one|two|three|four|five|six)\s(?P<u2>hour|hr|minute|min)s?\sfrom\snow\b"
    r"|\bبعد\s(?:(?P<ar>ساعتين|نص ساعه|ساعه)(?!\s?\d)|(?P<n3>\d{1,2})\s(?P<u3>ساعات|ساعه|دقيقه|دقايق))\b"
)
NAMED_TIME = re.compile(
    r"\b(?:(?P<lead>after|before|around|by|at|until)\s)?(?:12\s?)?(?P<name>noon|midday|midnight|lunch\s?time|lunch)\b"
)
NAMED_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}
LUNCH = (time(12), time(14))
PART = re.compile(
    rf"(?<!\d\s)\b(?:(?:in|at|on|late|early|this)\s)?(?:the\s)?(?:و|ب)?(?P<part>{PART_WORDS})\b"
)
RIGHT_NOW = re.compile(r"\b(?:right\s)?now\b")
BEFORE_NOW = ("come ", "free ", "available ", " in ", "open ", "for ")
LINK = re.compile(r"\s?(?:-|to|and|until|till|til|through|الى|لين|ل|و|حتى)\s?")
ONWARDS = re.compile(
    r"\s(?:(?P<on>onwards?|or later|and later|or after|and after|and up)|(?:or earlier|or before))\b"
)
OR = re.compile(r"\s?(?:,|or|او)\s?")
UNIT_AFTER = re.compile(
    r"\s?(?:people|persons?|ppl|pax|guests?|adults?|kids?|girls?|ladies|of us|of them|mins?|minutes?|hours?|hrs?"
    r"|nights?|days?|weeks?|months?|years?|yrs?|services?|kwd|kd|k\.d|dinars?|usd|dollars?|percent|times|appointments?|bookings?|nails?|hands?"
    r"|feet|sessions?|of\b|st\b|nd\b|rd\b|th\b|options?|rooms?|pieces?|tips?|more\b"
    r"|دقيقه|دقايق|ساعات|ايام|يوم|اشخاص|دينار|د\.ك|ones?\b|and a half)"
)
MINUTE_WORDS = {
    "thirty": 30,
    "fifteen": 15,
    "forty five": 45,
    "forty-five": 45,
    "30": 30,
    "15": 15,
    "45": 45,
}
FRACTIONS = {
    "ونص": 30, "ونصف": 30, "و نص": 30, "وربع": 15, "و ربع": 15, "الا ربع": -15, "الا ثلث": -20,
    "وثلث": 20, "وخمس": 5, "وعشر": 10,
}  # fmt: skip
TRIGGERS = (
    frozenset(NUMBERS)
    | frozenset(PARTS)
    | words("noon midday midnight lunch lunchtime half quarter now in after hour")
    | frozenset(map(fold, ["الساعة", "بعد"]))
)


AROUND_A_TIME = words(
    """at around about the please pls for maybe say like is it its fine good ok okay yes works would be
        time i want prefer can do then lets how make sure great one would like id in on ish best or so
        and الساعه ساعه ممكن ابي ابغى حوالي على لو سمحتي سمحت تمام طيب"""
)
