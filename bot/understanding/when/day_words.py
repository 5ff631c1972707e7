"""Words of days, English and Arabic: names of months and weekdays, near days, feasts with a fixed date."""

from __future__ import annotations

from bot.understanding.normalize import fold
from bot.understanding.when.numbers import ORDINALS, SHORT
from bot.understanding.words import words

MONTH_FIRST = frozenset({"US", "PR", "GU", "VI", "AS", "MP", "FM", "MH", "PW", "PH"})
"""Regions that write 11/26 (Unicode CLDR short date patterns)."""


def _numbered(rows: tuple[str, ...], start: int = 0) -> dict[str, int]:
    """Folded names to the number of their row; "_" stands for a space inside a name."""
    return {
        fold(name.replace("_", " ")): number
        for number, names in enumerate(rows, start=start)
        for name in names.split()
    }


MONTHS = _numbered(
    (
        "january jan يناير كانون_الثاني جانفي",
        "february feb febuary فبراير شباط",
        "march mar مارس اذار",
        "april apr ابريل أبريل نيسان",
        "may مايو ايار",
        "june jun يونيو يونيه حزيران",
        "july jul يوليو يوليه تموز",
        "august aug اغسطس أغسطس",
        "september sept sep سبتمبر ايلول",
        "october oct اكتوبر أكتوبر تشرين_الاول",
        "november nov نوفمبر تشرين_الثاني",
        "december dec ديسمبر كانون_الاول",
    ),
    start=1,
)

WEEKDAYS = _numbered(
    (
        "monday mondays mon الاثنين الإثنين اثنين الاتنين لاثنين اتنين",
        "tuesday tuesdays tues tue الثلاثاء الثلاثا ثلاثاء التلات الثلوث التلاتاء ثلوث",
        "wednesday wednesdays weds wed wednsday wedensday wensday الاربعاء الأربعاء الاربعا اربعاء الربوع ربوع اربعا",
        "thursday thursdays thurs thur thu thrusday thursaday الخميس خميس",
        "friday fridays fri firday الجمعة الجمعه جمعة",
        "saturday saturdays sat saterday السبت سبت",
        "sunday sundays sun الاحد الأحد احد",
    )
)
BARE_ARABIC = {
    fold(w)
    for w in ("احد", "سبت", "اثنين", "اتنين", "جمعة", "خميس", "اربعاء", "اربعا", "ثلاثاء", "ربوع", "ثلوث")
}
"""Weekdays without the article mean a day only after "يوم" and its like ("احد" is also "someone")."""

NAMED: dict[str, int] = {
    **dict.fromkeys(("today", "tonight", "tonite", "2day", "tonigt", "todays", "tn", "tnite", "2nite"), 0),
    **dict.fromkeys(
        (
            "tomorrow", "tomrow", "tomrrow", "tmorrow", "tomorrw", "tommrow",
            "tommorow", "tomorow", "tommorrow", "tomorro", "tmrw", "tmr", "tmw", "tomo", "2morrow",
            "2moro", "tomm", "tomorrows",
        ),
        1,
    ),
    "yesterday": -1,
    **{
        fold(word): offset
        for offset, spellings in (
            (0, "اليوم الليلة الليله هالليلة النهارده النهاردة هاليوم"),
            (1, "بكرا بكره بكرة باچر باجر باكر غدا غدًا الغد بكرى بوكرا"),
            (-1, "امس أمس البارحة امبارح البارح"),
        )
        for word in spellings.split()
    },
}  # fmt: skip
TOMORROW = words("بكرا بكره بكرة باچر باجر باكر غد الغد بكرى غدا")
TONIGHT = frozenset(
    {"tonight", "tonite", "tn", "tnite", "2nite", "tonigt", *map(fold, ("الليلة", "الليله", "هالليلة"))}
)

TODAY_WORDS = frozenset({"today", "todays", *map(fold, ("اليوم", "هاليوم", "النهارده"))})

FEASTS: dict[str, tuple[int, int]] = {
    "christmas eve": (12, 24), "xmas eve": (12, 24), "christmas day": (12, 25), "christmas": (12, 25),
    "xmas": (12, 25), "boxing day": (12, 26), "new year's eve": (12, 31), "new years eve": (12, 31),
    "new year eve": (12, 31), "nye": (12, 31), "new year's day": (1, 1), "new years day": (1, 1),
    "valentine's day": (2, 14), "valentines day": (2, 14), "valentine's": (2, 14), "valentines": (2, 14),
    "halloween": (10, 31), fold("رأس السنة"): (1, 1), fold("الكريسماس"): (12, 25), fold("عيد الحب"): (2, 14),
}  # fmt: skip
"""Days everybody knows by name, where the calendar fixes them."""
NATIONAL_DAYS: dict[str, dict[str, tuple[int, int]]] = {
    "US": {"independence day": (7, 4), "veterans day": (11, 11), "juneteenth": (6, 19)},
    "KW": {"national day": (2, 25), "liberation day": (2, 26), fold("العيد الوطني"): (2, 25),
           fold("عيد التحرير"): (2, 26)},
    "SA": {"national day": (9, 23), "founding day": (2, 22), fold("اليوم الوطني"): (9, 23)},
    "AE": {"national day": (12, 2), fold("اليوم الوطني"): (12, 2), fold("العيد الوطني"): (12, 2)},
    "QA": {"national day": (12, 18), fold("اليوم الوطني"): (12, 18)},
    "BH": {"national day": (12, 16), fold("العيد الوطني"): (12, 16)},
    "OM": {"national day": (11, 20), fold("العيد الوطني"): (11, 20)},
}  # fmt: skip
"""Feasts of one country."""

UNITS = {
    **dict.fromkeys(("day", "days", "يوم", "ايام"), "day"),
    **dict.fromkeys(("week", "weeks", "اسبوع", "اسابيع"), "week"),
    **dict.fromkeys(("fortnight", "fortnights"), "fortnight"),
    **dict.fromkeys(("month", "months", "شهر", "شهور", "اشهر"), "month"),
    **dict.fromkeys(("year", "years", "سنه", "سنوات", "سنين"), "year"),
}
DUALS = {"يومين": (2, "day"), "اسبوعين": (2, "week"), "شهرين": (2, "month"), "سنتين": (2, "year")}
COUNTS = {"a": 1, "the": 1, "an": 1, "another": 1, "couple": 2, "pair": 2}
"""Words that count where no number does; "a couple of" ends in its last word."""

NEXT = words("next nxt following القادم القادمه الجاي الجايه المقبل المقبله التالي التاليه القادمة")

TRIGGERS = (
    frozenset(word for name in (*NAMED, *WEEKDAYS, *MONTHS, *FEASTS) for word in name.split())
    | words(
        """after week weeks weekend weekends month months day days next overmorrow ends end year years fortnight
        this hence later"""
    )
    | frozenset(SHORT)
    | frozenset(ORDINALS)
    | words("بعد عقب الويكند ويكند الاسبوع هالاسبوع نهايه هذا هذه هذي هالشهر الشهر شهر")
    | words("الوطني التحرير يوم ليوم تاريخ بتاريخ ايام الايام")
    | words("هالصبح هالمسا هالعصر اسبوع اخر خلال")
)
"""Without one of them and without a digit there is no day."""
