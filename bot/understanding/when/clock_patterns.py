"""Patterns of times over the view with digits (numbers.py). What they mean is decided in clocks.py and times.py."""

from __future__ import annotations

import re

from bot.understanding.when.clock_words import COUNTED, NAMED_TIMES, PARTS, PARTY_BEFORE
from bot.understanding.when.numbers import either

_PARTS = either(PARTS)
_PARTS_ONE = either(part for part in PARTS if not (part.isascii() and part.endswith("s")))
"""Without plurals: "7 nights" is a stay, not an hour."""
_IN_THE = r"(?:(?:in|on|of|during|at(?=\snight)|في|هذا|هذه|من|ب)\s)?(?:the\s|this\s)?(?:late\s|early\s)?"

LEAD = re.compile(
    r"(?<![\w'])(?P<lead>(?:(?:time|it|that|this|timing) (?:to|at|for)(?: be)?|(?:appointment|booking) (?:to|at)"
    r"|(?:move|change|push|make|keep) (?:it|that|this|my \w+|the time)(?: to| at| for)?"
    r"|(?:change|move|moved|switch|push|reschedule) to|at|around|about|approx|approximately|roughly|almost|nearly"
    r"|(?<!come )(?<!drop )(?<!stop )(?<!pass )(?<!swing )by|before|after|from|since|starting|until|till|til|between"
    r"|past|@|how about|what about|any ?time|sometime"
    r"|no later than|not later than|later than|not before|not after|no earlier than|not earlier than|earlier than"
    r"|(?:مو|مب|مش)\s(?:قبل|بعد)|و?(?:الساعه|ساعه|للساعه|بالساعه|عالساعه|بعد|عقب|قبل|حوالي|حول|بحدود|حدود|لحد|من|علي|عند|بين|لين|حتي|الي|في|تقريبا|ع)"
    r"|put me (?:down|in) (?:for|at)|prefer|خليها|خليه|خلها|خله|غيرها|غيره|حطها|that is|say)"
    r"\s?(?:the\s|exactly\s|about\s|around\s|like\s|say\s|at\s|on\s)?){1,3}$"
)
"""Right before an hour."""
PART_BEFORE = re.compile(
    rf"\b(?:(?:in|this|the|at|on|late|early|for)\s){{0,3}}(?P<part>{_PARTS_ONE})"
    r"(?:[\s,]{1,3}(?:at|around|about|by|from|between|الساعه|حوالي|علي|في|@))?[\s,]{1,3}$"
)
""" "Evening 6", "in the morning at 7"."""
NUMBER = re.compile(r"(?<![\w./:,#+$€£])(?:لل|[وفبل]?(?:ال)?)(?P<n>\d{1,4})(?!\d)")
_AP = r"(?:\s?(?:in\sthe\s)?(?P<ap>[ap])\.?\s?m\b\.?|(?<=\d)(?P<a>[ap])\b\.?|\s?(?P<any>ampm)\b|\s?(?P<ar>صباحا|ص|م)\b)"
_MIN = r"(?:\s?(?:دقيقه|دقايق|دقائق|minutes?|mins?)\b)"
TAIL = re.compile(
    r"(?:(?:\s?[:h]\s?|\.)(?P<m>[0-5]\d)(?::[0-5]\d)?(?!\d)"
    r"|\s(?:oh|o)\s?(?P<oh>\d)(?!\d)"
    rf"|(?P<gap>[\s-])(?P<wm>[0-5]\d)(?![\d:/%]|-\d|\.\d){_MIN}?)?"
    rf"(?P<ish>\s?-?ish\b)?{_AP}?"
    rf"(?:\sو\s?(?:ال)?(?P<f1>نصف?|ربع|ثلث|(?:[1-5]?[05]|\d{{1,2}}(?=\sدق))(?!\d))(?P<min1>{_MIN})?)?"
    rf"(?:\s(?P<sign>و|الا)\s?(?:ال)?(?P<f2>نصف?|ربع|ثلث|(?:[1-5]?[05]|\d{{1,2}}(?=\sدق))(?!\d))(?P<min2>{_MIN})?)?"
    r"(?P<oclock>\s?(?:'?o['\"]?\s?clock|oclock|sharp|بالضبط|h|(?<=\d\d\d)\s?(?:hours|hrs))\b)?(?P<ish2>\s?-?ish\b)?(?:\s?(?:in\sthe\s)?(?P<ap2>[ap])\.?\s?m\b\.?)?"
    rf"(?P<part>[\s,]{{1,3}}{_IN_THE}(?P<partword>{_PARTS_ONE})(?!\w))?"
    r"(?:\sو\s?(?P<f3>\d\sارباع|نصف?|ربع|ثلث))?"
)
AFTER_CLOCK = re.compile(r"(?!(?!(?:on|for|and|please)\b)[\w:%]|[.,]\d|/\d|-\d{2}\b\.)")
PLAIN_END = re.compile(
    r"\s?(?:$|[.,!?;]|\b(?:on|in|for|today|tomorrow|please|pls|or|and|if|works|is|with|to|would|at)\b|\0)"
)
"""After "1030" that is a time."""
UNIT_AFTER = re.compile(rf"\s?(?:{COUNTED})")
PARTY = re.compile(PARTY_BEFORE)
CAN_DO_BEFORE = re.compile(r"\b(?:can|could|shall)\s(?:i|we|you|u|ya)\s(?:do|come|make)\s$")
LAST_WORD = re.compile(r"\s?(?:instead|please|pls|then|if possible|works?)?\s?(?:$|[.?!])")
FOR_BEFORE = re.compile(r"\bfor\s$")
PAST_TO = re.compile(
    r"(?:\b(?P<lead>at|around|about|by|after|before|from|between|for)\s)?\b(?:(?P<half>half)(?:\s(?P<hp>past|after))?"
    r"|(?:an?\s)?(?:(?P<many>\d)\s)?(?P<q>quarters?)\s(?P<qway>past|after|to|before|till|of)"
    r"|(?P<n>\d{1,2})(?P<min>\s?min(?:ute)?s?)?\s(?P<way>past|after|to|till|before))"
    r"\s(?:(?P<h>\d{1,2})(?!\d|:\d|\.\d|\s?(?:min|hour|hr))|(?P<name>noon|midday|midnight))"
    r"(?:\s?o['\"]?\s?clock\b)?(?:\s?(?P<ap>[ap])\.?\s?m\b\.?)?"
    rf"(?P<part>[\s,]{{1,3}}{_IN_THE}(?P<partword>{_PARTS_ONE})(?!\w))?(?![:\w])"
)
PAST_ARABIC = re.compile(
    r"\b(?P<n>\d{1,2})\s(?:دقيقه|دقايق|دقائق)\s(?P<way>بعد|قبل)\s(?:الساعه\s)?(?:ال)?(?P<h>\d{1,2})(?![\d:])"
    rf"(?P<part>\s{_IN_THE}(?P<partword>{_PARTS_ONE})(?!\w))?"
)
_AMOUNT = (
    r"(?:(?P<half>half\san?\shour|an?\shalf\shour)|(?:(?P<quarters>\d)[\s-])?(?:an?\s)?(?P<q>quarters?)\s(?:of\s)?an\shour"
    r"|(?P<n>\d{1,3}(?:\.\d|/\d)?|an?|another|(?:a\s)?(?:couple|pair)(?:\sof)?)(?P<nhalf>\sand\san?\shalf)?\s?"
    r"(?P<u>hours?|hrs?|h|minutes?|mins?)\b(?P<and>\sand\sa\shalf)?(?:\s(?:and\s)?(?P<n2>\d{1,2})\s?(?:minutes?|mins?)\b)?)"
)
FROM_NOW = re.compile(
    rf"\b(?:in|within)\s(?:about\s|around\s|exactly\s|like\s)?{_AMOUNT}(?:'s?)?(?:\stime\b)?"
)
LATER = re.compile(rf"\b{_AMOUNT}\s(?:later|from\snow|hence)\b(?!\sthan)")
NEXT_HOURS = re.compile(
    r"\b(?:(?:in|within|over|during)\s)?(?:the\s)?next\s(?:(?P<n>\d{1,2}|few|couple\sof)\s)?(?:hours?|hrs?)\b"
)
MOVES = re.compile(r"\b(?:appointment|booking|reservation|it|move|push|reschedule|late)\b")
"""With "an hour later": later than something else, not from now."""
FROM_NOW_ARABIC = re.compile(
    r"\b(?:بعد|عقب|خلال|كمان|(?:في\s)?غضون|في)\s(?:(?P<half>نص\s?ساعه|نصف\sساعه)|(?P<quarter>ربع\sساعه)|(?P<two>ساعتين)|(?P<one>ساعه)(?P<onehalf>\sونصف?)?"
    r"|(?P<n>\d{1,3})\s(?P<u>ساعات|ساعه|دقيقه|دقايق|دقائق))\b(?!\s\d)"
)
NAMED_TIME = re.compile(
    rf"\b(?:(?P<lead>after|before|around|by|at|until|till|about|بعد|قبل)\s)?(?:12\s)?(?P<name>{either(NAMED_TIMES)})\b"
)
LUNCH_TIME = re.compile(
    r"(?:\b(?P<lead>after|before|at|around|during|over|for)\s)?\b(?:(?:my|the)\s)?(?P<name>lunch\s?time|lunch|lunch\s?break|وقت\sالغداء?|وقت\sغداء?)\b"
)
MEAL = re.compile(r"\s(?:booking|reservation|table|order|menu|deal|party)\b")
"""After "lunch": what is eaten, not when."""
ANY_BEFORE = re.compile(r"\b(?:any ?time|anything|any|whenever)\s$")
PART = re.compile(
    rf"(?<!\d\s)\b(?:(?:in|at|on|during|late|early|this|mid)[\s-])?(?:the\s)?(?:و|ب|ل)?(?P<part>{_PARTS})(?!\w)"
)
SINCE_PART = re.compile(r"(?:(?<!مبكر\s)(?<!متاخر\s)(?<!\w)من\s|\bsince\s(?:the\s|this\s)?)$")
"""Before a part of the day that is told: "nobody answers since the morning"."""
HALF_OF_DAY = re.compile(r"[\s,]{0,2}\b(?P<half>am|pm)\b")
"""Right after a day: "Tuesday pm"."""
RIGHT_NOW = re.compile(r"\b(?:right\snow|now|straight\saway|الان|الحين|هسه|دلوقتي)\b")
NOW_BEFORE = re.compile(
    r"\b(?:come|come\sin|come\sover|pop\sin|drop\sin|walk\sin|free|available|availability|here|book\sme\sin)\s$"
)
LINK = re.compile(r"\s?(?:-|to|and|until|till|til|through|thru|but|الي|لين|لل?|لي|و|وحتي|حتي|لغايه|لحد)\s?")
ONWARDS = re.compile(
    r"\s(?:(?P<on>onwards?|or later|and later|or after|and after|and up|on(?=$|[.,!?])|وطالع|وما بعد|فما فوق)"
    r"|at the earliest|(?P<upto>or earlier|or before|at the latest|at latest))\b"
)
OR = re.compile(r"\s?(?:,|or|او|ولا)\s?(?:at\s)?")
BOUNDS = re.compile(r"[\s,]*(?:and|but|و)?\s*")
WORD = re.compile(r"\w+")
