"""Words of times, English and Arabic: parts of the day, leads before an hour, what a number counts instead."""

from __future__ import annotations

from datetime import time

from bot.understanding.contract import DayPart
from bot.understanding.normalize import fold
from bot.understanding.when.day_words import TONIGHT
from bot.understanding.when.numbers import NUMBER_WORDS, SHORT
from bot.understanding.words import words


def _spelt(*rows: tuple[DayPart, str]) -> dict[str, DayPart]:
    return {fold(word.replace("_", " ")): part for part, spellings in rows for word in spellings.split()}


PARTS = _spelt(
    (DayPart.MORNING, "morning mornings forenoon breakfast"),
    (DayPart.AFTERNOON, "afternoon afternoons arvo afternoonish after_school"),
    (DayPart.EVENING, "evening evenings eve after_work"),
    (DayPart.NIGHT, "night nights tonight tonite"),
    (DayPart.MORNING, "الصبح صباحا صباح الصباح الضحى الفجر صبح فجر فجرا قبل_الظهر قبل_ظهر"),
    (DayPart.MORNING, "الصبحيه الريوق بعد_الريوق عقب_الريوق"),
    (DayPart.AFTERNOON, "العصر عصر عصرا الظهر ظهرا ظهر بعد_الظهر بعد_ظهر بعد_العصر عقب_العصر عقب_الظهر"),
    (DayPart.AFTERNOON, "الظهريه العصريه"),
    (DayPart.EVENING, "المغرب مغرب المسا المساء مساء مسا المسى بعد_المغرب عقب_المغرب قبل_المغرب المغربيه"),
    (DayPart.NIGHT, "الليل ليل ليلا بالليل العشاء العشا الليلة بعد_العشاء عقب_العشاء بعد_العشا عقب_العشا"),
    (DayPart.NIGHT, "التراويح بعد_التراويح عقب_التراويح السحور"),
)
"""Parts of the day. Prayer times say a part, not an hour: their clock moves. "بعد الفطور" is an evening in Ramadan
and a morning in other months, so it says nothing here."""
NOONISH = (fold("ظهر"), fold("ظهرا"), fold("الظهر"))

NAMED_TIMES: dict[str, time] = {
    "noon": time(12), "midday": time(12), "mid day": time(12), "midnight": time(0), "midmorning": time(10),
    "mid-morning": time(10), "mid morning": time(10), fold("منتصف الليل"): time(0), fold("نص الليل"): time(0),
    fold("منتصف النهار"): time(12), fold("نص النهار"): time(12), fold("منتصف الصباح"): time(10),
}  # fmt: skip
LUNCH = (time(12), time(14))
AFTER_LUNCH = (time(13), time(16))
END_OF_DAY = time(23, 59)
"""`until` of a range without an end."""

FRACTIONS = {"نص": 30, "نصف": 30, "ربع": 15, "ثلث": 20}
HOUR_LEADS_ARABIC = words("الساعه ساعه للساعه عند")

COUNTED = (
    r"people|persons?|ppl|pax|guests?|adults?|seniors?|kids?|child|children|babies|baby|boys?|girls?|ladies|men|women"
    r"|friends?|others?|seats?|seaters?|stars?|tickets?|bedrooms?|beds?|of\sus|of\sthem|of\b|mins?|minutes?|hours?|hrs?"
    r"|nights?|days?|weeks?|months?|years?|yrs?|services?|kwd|kd|k\.d|dinars?|usd|dollars?|bucks|pounds|euros?|percent"
    r"|times|appointments?|bookings?|reservations?|nails?|hands?|feet|sessions?|st\b|nd\b|rd\b|th\b|options?|rooms?"
    r"|tables?|pieces?|tips?|more\b|ones?\b|and\sa\shalf|[a-z]+\s(?:people|adults?|rooms?|nights?|guests?)"
    r"|دقيقه|دقايق|دقائق|ساعات|ايام|يوم|اشخاص|شخص|افراد|نفر|انفار|بنات|دينار|دنانير|د\.ك|ريال|درهم|اسابيع|اسبوع|مرات|جلسات"
)
"""After a number: it counts something, it is no hour."""
PARTY_BEFORE = (
    r"\b(?:table|party|group|seats?|seating|room|reservation|booking|space|spot|one|book|reserve|us|same)\b"
    r"(?:\s\w+)?\s(?:for|of)\s(?:just\s|only\s|about\s)?$"
)

AROUND_A_TIME = words(
    """at around about the please pls for maybe say like is it its fine good ok okay yes yeah no nope works work
        would be time i want prefer can do then lets let go us we how make sure great one would like id in on ish
        best or so ll d s m exactly think just have a room you if free available me ill guess to that may come could
        perfect sounds hmm um well
        and الساعه ساعه ممكن ابي ابغى حوالي على لو سمحتي سمحت تمام طيب خليها خليه اي نعم لا"""
)
"""Words around a bare number that answers the question for a time; with any other word it may be anything."""

TRIGGERS = (
    frozenset(word for part in PARTS for word in part.split())
    | words(
        """noon midday midnight lunch lunchtime half quarter quarters now in after hour hours minutes mid
        midmorning am pm"""
    )
    | words("الساعة بعد عقب منتصف نص ساعه ساعتين دقيقه للساعه الان الحين وقت غداء الغداء")
    | NUMBER_WORDS
    | frozenset(SHORT)
    | TONIGHT
)
"""Without one of them and without a digit there is no time."""
