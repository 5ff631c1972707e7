"""Patterns of days over the view with digits (numbers.py). Their meaning: dates.py, near_days.py and day_merge.py."""

from __future__ import annotations

import re

from bot.understanding.when.day_words import (
    DUALS,
    FEASTS,
    MONTHS,
    NAMED,
    NATIONAL_DAYS,
    TOMORROW,
    WEEKDAYS,
)
from bot.understanding.when.numbers import either

_NAMES = either(MONTHS)
MONTH_NAME = rf"(?:شهر\s)?(?:{_NAMES})(?![^\W\d])\.?|(?:ال)?شهر\s(?:ال)?\d{{1,2}}\b"
"""A month: by name, or "شهر 12". Read by found.month_of."""
_W = either(WEEKDAYS)
_NTH = r"(?:\s?(?:st|nd|rd|th)\b)"
_START, _STOP = r"(?<![\w/.:])(?:(?<!-)|(?<=/\d-)|(?<=/\d\d-))", r"(?![\w/:]|\.\d|-\d(?!\d?/))"
_YEAR = r"(?:,?\s?(?:of\s|لعام\s|عام\s|سنه\s)?(20\d\d)(?![\d:]))?"
_TO = r"(?:-|to|and|until|till|til|through|thru|الي|لين|حتي|و)"
_FROM = r"(?:\b(?:from|between|من|بين)\s(?:the\s)?)?"
_D = rf"(?:ال)?(\d{{1,2}}){_NTH}?"
_AP = r"\s?[ap]\.?\s?m\b"

ISO = re.compile(rf"{_START}(20\d\d)[-/.](\d{{1,2}})[-/.](\d{{1,2}})(?!\d)")
NUMERIC = re.compile(
    rf"{_START}(\d{{1,2}})(?P<s>\s?/\s?|[.-])(\d{{1,2}})(?:(?P=s)(20\d\d|\d\d))?{_STOP}"
    r"(?!\s?(?:of\s)?(?:an?\s|hour|price|off\b))(?<!24/7)"
)
ON_BEFORE = re.compile(r"(?:\bon|\bdate|بتاريخ|تاريخ)\s$")
"""Before "5.12" that is a date, not a time."""
DAY_RANGE_MONTH = re.compile(
    rf"{_FROM}(?<![\w:/.])(\d{{1,2}}){_NTH}?\s?{_TO}\s?(?:the\s)?{_D}\s(?:of\s|من\s)?({MONTH_NAME}){_YEAR}"
)
MONTH_DAY_RANGE = re.compile(
    rf"\b({MONTH_NAME})\s?(?:from\s|between\s|بين\s|من\s)?(?:the\s)?{_D}\s?{_TO}\s?(?:the\s)?{_D}(?![\w:/]|{_AP})"
)
MERELY_AND = re.compile(r"(?!.*\b(?:from|between|بين|من)\b).*\s(?:and\s|و)")
"""Two days and no range: "December 3 and 5"."""
DAY_RANGE_THAT_MONTH = re.compile(
    rf"{_FROM}(?<![\w:/.])(\d{{1,2}}){_NTH}?\s?{_TO}\s?(?:the\s)?{_D}\s(?:(?:of\s)?(?:the\s)?(?P<en>next|this|following)\s"
    rf"month|(?:من\s)?(?:الشهر\s(?P<ar>\w+)))"
)
NTH_WEEKDAY = re.compile(
    rf"\b(?:the\s)?(?P<nth>\d|last|اول|اخر)(?:th)?\s(?:يوم\s)?(?P<day>{_W})\s(?:of|in|من|في)\s(?P<where>(?:the\s)?"
    rf"(?:next|this|following)\smonth|the\smonth|الشهر\s\w+|{MONTH_NAME}){_YEAR}"
    rf"|\b(?P<day2>{_W})\sال(?P<nth2>\d|اخير|اول)\s(?:من|في)\s(?P<where2>{MONTH_NAME}|الشهر\s\w+){_YEAR}"
)
DAY_OF_THAT_MONTH = re.compile(
    rf"(?<![\w:.])(?:the\s)?{_D}\s(?:of\s|من\s|(?=الشهر\s(?:القادم|الجاي|المقبل|الحالي))|(?<=th\s)|(?<=st\s)|(?<=nd\s)|(?<=rd\s))(?:the\s)?(?P<month>next|this|current|following|الشهر)\s(?:month\b|(?P<ar>\w+))"
)
EDGE_OF_MONTH = re.compile(
    rf"\b(?P<edge>(?:the\s)?(?:end|beginning|start|middle|last\sday|1th(?:\sday)?)\sof|mid|بدايه|نص|منتصف|نهايه|"
    rf"اخر\sيوم(?:\sمن|\sفي)?|اخر(?=\sالشهر)|اول(?:\sيوم)?(?:\sمن|\sفي)?)[\s-]"
    rf"(?P<where>(?:the\s)?(?:next|this|following)\s(?:month|year)|the\s(?:month|year)|(?:هذا\s)?ب?ال(?:شهر|سنه)(?:\s(?:الجاي|القادم|المقبل|التالي|الحالي|هذا)ه?)?(?!\s\w+\sال)"
    rf"|هالشهر|{MONTH_NAME}){_YEAR}"
)
DAY_MONTH = re.compile(
    rf"(?<![\w:.$€£])(?:(?:يوم\s|اليوم\s)?ال)?(\d{{1,2}}){_NTH}?(?:\sday)?\.?(?:\sof|\sمن)?[\s/-]{{0,2}}({MONTH_NAME}){_YEAR}"
)
MONTH_DAY = re.compile(
    rf"\b({MONTH_NAME})[\s/-]{{0,2}}(?:the\s)?(\d{{1,2}}){_NTH}?(?![\d:]|[ap]\.?\s?m\b){_YEAR}"
)
MONTH_YEAR = re.compile(
    rf"\b(?:(?:in|during|for|في|خلال)\s)?({_NAMES})\b\.?[\s/-]{{1,2}}(?:of\s)?(20\d\d)\b(?![:\d])"
)
YEAR_MONTH = re.compile(rf"{_START}(20\d\d)[-/](\d{{1,2}}){_STOP}")
IN_MONTH = re.compile(
    rf"\b(?P<lead>in|during|sometime in|next|this|early|late|في|خلال)\s(?:in\s)?(?:شهر\s)?({_NAMES})\b(?!\.?\s?\d)"
    r"(?:\sin\s(\d)\syears?)?"
    r"|\b(?:في|خلال)\s(شهر\s\d{1,2})\b"
)
ALSO_AFTER = re.compile(rf"\s?(?:,|or|and|&|او|و)\s?(?:the\s)?(\d{{1,2}}){_NTH}?(?![\w:/.%]|{_AP}|\s\w+s\b)")
"""After "December 3": another day of the month ("or 4")."""
ALSO_BEFORE = re.compile(rf"(?<![\w:/.])(\d{{1,2}}){_NTH}?\s?(?:,|or|and|&|او|و)\s?(?:the\s)?$")
WEEK_OF = re.compile(r"\b(?:the\s)?week\s(?:of|starting(?:\son)?|beginning(?:\son)?|commencing)\s(?:the\s)?$")
"""Before a date: the week in which it is."""
DAY_OF_MONTH = re.compile(
    r"(?<![\w:.,$])(?:on\s)?(?P<the>the\s)?(\d{1,2})\s?(?:st|nd|rd|th)\b"
    r"(?!\s(?:one|option|floor|slot|time|choice|visit|appointment|booking|person|class|street|st|avenue|ave|branch|ring|road|block|house"
    r"|birthday|anniversary)\b)"
)
SPELT_COUNT = re.compile(rf"\s(?:available|free|thing|name|thought|of\sall|half|class|hand|{_W})\b")
"""After "first" and "second": they count something else than days."""
ON_THE = re.compile(
    r"\bon\s(1[3-9]|2\d|3[01])(?=\s?(?:$|[,.!?](?!\d)|at\b|\0))"
    r"|\b(?:on|for|by|until|till)\sthe\s(\d{1,2})(?![\w:/.]|\s(?!at\b|around\b|in\b|for\b|if\b|or\b|and\b|please\b|is\b)[^\W\d])"
)
ON_DAY_ARABIC = re.compile(
    r"\b(?:يوم|تاريخ|بتاريخ|ليوم)\s(?:ال)?(\d{1,2})(?![\w/.]*\w)(?!\s(?:ص|م|صباحا|مساء|العصر|الصبح)\b)"
    r"|\b(?:في|الي)\s(?:ال)?(2[4-9]|3[01]|1[3-9](?=\sالساعه)|\d(?=\sالساعه))(?!\w)(?!\s(?:دقيق|دقايق|ساع))"
    r"|\b(?:في|الي)\sال(1[3-9]|2[0-3])(?!\w)|(?<!\w)لل(2\d|3[01])\b"
)
MODIFIER_AFTER = (
    r"(?:(?:of\s|في\s|من\s)?(?:the\s|هذا\s)?(?P<aw>next|this|following|coming)\sweek\b|(?P<an>after\snext|next)\b(?!\s\w*day)"
    r"|(?P<week>week)\b(?!\s?ends?)"
    r"|(?P<ab>(?:الل?ي\s)?(?:بعد|عقب)\s(?:ال)?(?:جاي|جايه|قادم|قادمه))\b"
    r"|(?P<ar>القادمه?|الجايه?|المقبله?|التاليه?|هذا|هذي)\b(?!\sالاسبوع)"
    r"|(?:من\s|في\s)?(?:هذا\s)?(?:ال|هال)اسبوع\s?(?P<arw>الجاي|القادم|المقبل|التالي|هذا)?)"
)
WEEKDAY = re.compile(
    r"(?:\b(?P<mod>next|this|coming|this coming|the coming|upcoming|following|last|past|هذا|هذي|يوم|ليوم|بيوم|نهار)\s"
    r"(?P<modw>week(?:'s)?\s)?(?:on\s)?)?"
    rf"\b(?!(?<=the\s)sun\b)(?!(?:(?<=we\s)|(?<=i\s)|(?<=they\s))sat\b)(?P<glue>و|ب|ل|ع)?(?P<day>{_W})\b\.?(?:'s)?(?:\s{MODIFIER_AFTER})?"
    r"(?:[\s,]{1,3}(?:the\s|ال)?(?P<dom>1[3-9]|2\d|3[01])(?![\w/.:]|-\d))?"
)
_SPELT_TOMORROW = r"(?:tomorrow|tmrw|tmr|tomorow|tommorow)"
AFTER_TOMORROW = re.compile(
    rf"\b(?:the\s)?day after {_SPELT_TOMORROW}\b|\bovermorrow\b"
    rf"|\b(?:اليوم\s(?:الذي|اللي)\s)?و?(?:بعد|عقب)\s(?:{either(TOMORROW)})\b"
)
NAMED_DAY = re.compile(rf"\b(?:و|ل|ب)?(?:هذا\s|هذه\s|هذي\s)?(?P<day>{either(NAMED)})\b(?:'s)?")
THIS_PART = re.compile(
    r"\bfrom\snow(?=\s(?:until|till|to|through)\b)|\bthis(?=\s(?:early\s|late\s)?(?:morning|afternoon|arvo|evening|night)\b)"
    r"|\b(?:هذا|هذه|هذي)\s?(?=(?:ال)?(?:صباح|صبح|مساء?|عصر|ظهر|ليله)\b)"
    r"|\bهال?(?=(?:صبح|مسا|مساء|عصر|ظهر)\b)"
)
"""Only the word that says which day; the part of the day is read with the times."""
_COUNT = r"(?:\d{1,3}|an?|another|(?:a\s)?(?:couple|pair)(?:\sof)?)"
_UNIT = r"(?:day|week|fortnight|month|year)s?"
IN_DAYS = re.compile(
    rf"\b(?:in|after|within)\s(?:exactly\s|about\s|around\s)?(?P<n>{_COUNT})\s(?:more\s)?(?P<u>{_UNIT})\b(?:'s?)?(?:\stime)?"
    r"(?!\s(?:like|from|after|later|of))(?:\sfrom\s(?:today|now)\b)?"
    rf"|\b(?:in\s)?(?P<n2>{_COUNT})\s(?P<u2>{_UNIT})\s(?:(?:away\s)?from\s(?:right\s)?(?:now|today)|hence|later|ahead)\b"
)
IN_DAYS_ARABIC = re.compile(
    rf"\b(?:بعد|عقب|في\sغضون)\s(?:(?P<dual>{either(DUALS)})|(?P<n>\d{{1,2}})\s(?P<u>ايام|يوم|اسابيع|اسبوع|اشهر|شهور|شهر)"
    r"|(?P<one>يوم|اسبوع|شهر|سنه))\b(?!\s\d)(?:\sمن\s(?:الان|اليوم|الحين))?"
)
NEXT_DAYS = re.compile(
    r"\b(?:(?:in|over|within|during|for)\s)?the\s(?:next|coming)\s(?P<n>\d{1,2}|few|couple\sof)\s(?P<u>day|week)s?\b"
    r"|(?<!\d)(?:\bال)?(?P<n2>\d{1,2})\s(?P<u2>ايام|يوم)\s(?:القادمه|الجايه|المقبله)\b"
    r"|\b(?:ال)?(?P<u3>ايام)\s(?:القادمه|الجايه|المقبله)\b"
)
OFFSET_BEFORE = re.compile(
    rf"\b(?P<n>{_COUNT}|the)\s(?P<u>{_UNIT})\s(?P<way>from|after|before|following|on)\s(?:the\s)?$"
)
"""Before a day: "3 days after" it."""
WEEKEND = re.compile(
    r"\b(?:(?:on|at|over|for)\s)?(?:the\s|this\s)?(?P<mod>next\s|this\s|coming\s|following\s)?(?:the\s)?week[\s-]?ends?\b(?!\s(?:deal|offer|package|price|special|rate)s?\b)"
    r"(?P<after>\safter\snext)?"
    r"|\b(?:عطله\s)?(?:ال|هال)?ويكند\b(?:\s(?P<ar>\w+))?"
    r"|\b(?:عطله\s)?(?:نهايه|اخر)\s(?:ال|هال)?اسبوعي?\b(?:\s(?P<ar2>القادم|الجاي|المقبل|بعد\sالتالي|بعد\sالجاي))?"
)
WEEK = re.compile(
    r"\b(?:the\s)?(?P<en>week\safter\snext|(?:next|this|coming|upcoming|following|current)\sweek|rest\sof\sthe\sweek|"
    r"remaind?(?:er|ing)\sof\sthe\sweek|end\sof\s(?:the|this)\sweek|later\sthis\sweek)\b"
    r"|\b(?P<two>this\sor\s)?next\sweek\b"
    r"|\b(?:هذا\s)?(?:ال|هال|لل|بال)اسبوع\s?(?P<ar>الجاي|القادم|المقبل|التالي|هذا|اللي\sبعده|(?:اللي\s)?بعد\sالجاي)?\b"
    r"|\b(?P<rest>بقيه|باقي)\sالاسبوع\b"
)
NTH_WEEK = re.compile(
    rf"\b(?:the\s)?(?P<nth>\d|last)(?:th)?\sweek\s(?:of|in)\s(?P<where>(?:the\s)?(?:next|this)\smonth|the\smonth|{MONTH_NAME}){_YEAR}"
    rf"|\b(?P<nth2>اول|اخر|\d)\sاسبوع\s(?:من|في|ب)\s?(?P<where2>{MONTH_NAME}|الشهر\s\w+){_YEAR}"
    rf"|\bالاسبوع\s(?P<nth3>الاول|الاخير|ال\d)\s(?:من|في)\s(?P<where3>{MONTH_NAME}|الشهر\s\w+){_YEAR}"
)
MONTH = re.compile(
    r"\b(?:(?P<rest>later|rest\sof|end\sof)\s)?(?P<en>next|this)\smonth\b"
    r"|\b(?:هذا\s)?(?:ال|لل|بال)شهر\s(?P<ar>الجاي|القادم|المقبل|التالي|الحالي|هذا)\b|\b(?P<now>هالشهر|هذا\sالشهر)\b"
)
FEAST = re.compile(
    rf"\b(?:{either({*FEASTS, *(name for names in NATIONAL_DAYS.values() for name in names)})})(?!\w)"
)

RANGE_LINK = re.compile(
    r"(?:\s(?:early\s|late\s)?(?:morning|afternoon|evening|night))?\s?(?:-|to|until|till|til|through|thru|الي|لين|حتي|لغايه)\s?(?:the\s|يوم\s|on\s)?"
    r"|(?:\s(?:morning|afternoon|evening|night))?[\s,]{1,3}(?:and\s)?(?:leav(?:e|ing)|check(?:ing)?[\s-]?out|depart(?:ing)?|return(?:ing)?)\s(?:on\s)?(?:the\s)?"
)
LEAVE_LATER = re.compile(
    r".{0,60}\b(?:leav(?:e|ing)|check(?:ing)?[\s-]?out|depart(?:ing)?)\s(?:on\s)?(?:the\s)?"
)
BETWEEN = re.compile(r"\b(?:between|بين)\s(?:the\s)?$")
AND = re.compile(r"\s?(?:and\s|و\s?)(?:the\s)?")
WAS = re.compile(r"\b(?:had|made|booked|was|were|came|called|got|did|bought|paid|reserved|visited)\b")
"""With "yesterday": told, not wished."""
ARRIVE = re.compile(r"\b(?:arriv(?:e|ing)|check(?:ing)?[\s-]?in|stay(?:ing)?)\b[^.?!]{0,20}$")
JOIN = re.compile(
    r"[\s,.(]{0,3}(?:(?:the|on|of|يوم|الموافق|that is|thats|which is|i mean)\s){0,2}(?:the\s|a\s)?"
)
BUSY_BEFORE = re.compile(
    r"\b(?:اي|كل)\s(?:يوم|وقت|الايام)\s(?:الا|ماعدا|ما\sعدا|غير)\s$|\b(?:any|every)\s?(?:day|time)\s(?:but|except|besides)\s(?:on\s|at\s)?(?:the\s)?$"
    r"|\b(?:busy|away|unavailable|not\s(?:free|available)"
    r"|(?:can'?t|cannot|couldn'?t|can not)\sdo|مشغوله?|مو\sفاضيه?|ما\s(?:اقدر|يناسبني|يصير|ينفعني|يمديني))"
    r"\s(?:on\s|at\s|يوم\s|الساعه\s)?(?:the\s)?$"
)
"""Before a day or a time that is said out, as the next one is behind it."""
MOVED_FROM = re.compile(
    r"\b(?:chang|mov|switch|reschedul|shift|push|bring|swap)(?:e|ed|ing)?\b[^.?!]*\bfrom\s(?:the\s)?$"
    r"|\b(?:ت|ن|ا|ي)?(?:غير|نقل|اجل|بدل|حول)\w*\s[^.?!]*(?<!\w)من\s(?:الساعه\s|يوم\s)?$"
)
"""Before the old one of two days or times: "change it from 3 to 4" is no range."""
BUSY_AFTER = re.compile(
    r"[\s,]{0,2}(?:(?:i'?m|im|i am|we'?re|we are)\s(?:busy|away|unavailable)"
    r"|(?:doesn'?t|does not|won'?t|will not|don'?t|isn'?t|is not|is no)\s(?:work|good|possible|ok|okay|suit|fit)"
    r"|(?:انا\s)?مشغوله?|ما\s(?:يناسبني|يناسب|يصير|ينفع|ينفعني|اقدر|يمديني))\b(?!\?)"
)
IS_AFTER = re.compile(r"\s(?:is|was)\s(?:my|our|his|her)\b")
"""After "today": what day it is, not what is wished for it."""
SINCE_BEFORE = re.compile(
    r"\b(?:since|happy|god it'?s|birthday is|bday is|was born|made (?:it|this|that)|booked (?:it|this))\s"
    r"(?:on\s)?(?:the\s)?$"
)
"""Before a day that is told, not wished."""
CLOSING_BEFORE = re.compile(
    r"(?:\b(?:that|it|this)(?:'?s|'?ll\sbe|\sis|\swas|\swill\sbe)\s(?:all?|it|everything|enough)"
    r"|\bnothing(?:\selse|\smore|\sfurther)?|\banything\selse|\b(?:all|done|finished|job)(?=\sfor)"
    r"|\b(?:i'?m|i\sam|we'?re|we\sare)\s(?:all\s)?(?:good|done|set|finished|ok|okay))"
    r"(?:\s(?:that\s)?(?:i|we)(?:'?ll)?\s(?:need|want|wanted|needed))?(?:\sfrom\s\w+)?(?:\sfor\sme)?(?:\sfor)?\s$"
    r"|\bhow(?:'?s|\sis|\sare)\s(?:you|your\sday|things|everything|it)(?:\sall)?(?:\sdoing|\sgoing)?\s$"
)
""" "That's all for today": the day says nothing."""
