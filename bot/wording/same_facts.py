"""Whether a reworded text says exactly what the fixed one says: every name, number, price, time and "not" of it, in
the same order, and none besides. Pure. In doubt it doesn't: the fixed wording goes out then.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_LONGER = 120
"""Characters that a rewording may have beyond twice the fixed text's."""
_SEPARATORS = str.maketrans({"٫": ".", "٬": ",", "–": "-", "—": "-", "‑": "-", "−": "-", "’": "'"})

_NUMBER = r"\d+(?:[.,:/]\d+)*(?:\s?(?:%|[^\W\d_]+))?"
"""With the word behind it: 30 minutes, 4.000 KWD, 9:00 PM. What a number counts is part of it."""
_WEIGHTY = """
monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun january february march april june
july august september october november december jan feb mar apr jun jul aug sep oct nov dec today tomorrow tonight
yesterday daily weekend weekends weekdays every each all always noon midnight morning afternoon evening night am pm
one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty ninety hundred
thousand half quarter double twice once first second third zero dozen couple hour hours minute minutes min mins day
days week weeks month months year years
not no never none nobody nothing without except only closed open isn't aren't don't doesn't can't cannot won't unless
from until till between before after about around roughly nearly almost least most up over under than
free price prices cost costs discount discounted off sale cheap cheaper cheapest deal gift complimentary extra charge
pay paid payment deposit refund cash card euro euros dollar dollars kwd usd dinar dinars cent cents fils percent
book booked booking bookings reserve reserved reservation confirm confirmed confirmation cancel cancelled canceled
order ordered appointment scheduled held guaranteed guarantee guarantees promise promises promised cure cures heal
heals healing safe permanent permanently forever medical medicine doctor treats treatment results result best
الاثنين الثلاثاء الأربعاء الاربعاء الخميس الجمعة السبت الأحد الاحد يناير فبراير مارس أبريل ابريل مايو يونيو يوليو أغسطس
سبتمبر أكتوبر اكتوبر نوفمبر ديسمبر اليوم غدا بكرا باچر يوميا كل دائما الصبح العصر الظهر المغرب المساء ليلا صباحا مساء
ص م واحد اثنين ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة نصف ربع ساعة ساعات دقيقة دقائق يوم أيام أسبوع شهر سنة
لا ليس ليست غير بدون ما مو إلا فقط مغلق مغلقة مفتوح مفتوحة من إلى حتى بين قبل بعد حوالي تقريبا
مجانا مجاني مجانية سعر أسعار خصم تخفيض عرض هدية دفع مدفوع عربون دينار فلس دولار
حجز محجوز محجوزة تم تأكيد مؤكد مؤكدة إلغاء ملغى طلب موعد مضمون نضمن وعد يشفي علاج طبي طبيب نتيجة نتائج أفضل
"""
_WORDS = tuple(dict.fromkeys(_WEIGHTY.split()))
_SIGNS = r"[?؟@%$€£•<>{}\[\]|*_#=\\]|https?|www|://|\.com\b"
_CAPITAL = re.compile(r"(?<![.!?:•\n] )(?<![.!?:•\n])(?<!^)\b[A-Z][\w']*")


def says_the_same(fixed: str, said: str, names: Iterable[str]) -> bool:
    """names: every name there is (services, places, people, sizes, groups, the business), in every language.

    The order counts too: with two services and two prices, exchanging the prices keeps the numbers.
    """
    if not said.strip() or len(said) > 2 * len(fixed) + _LONGER:
        return False
    if any(unicodedata.category(character) in {"Cc", "Co", "Cn"} and character != "\n" for character in said):
        return False
    if said.count("\n") > fixed.count("\n") + 2:
        return False
    pattern = _pattern(tuple(sorted({plain(name) for name in names} - {""}, key=len, reverse=True)))
    if _facts(pattern, fixed) != _facts(pattern, said):
        return False
    return _same_script(fixed, said) and not _new_capitals(fixed, said)


def plain(text: str) -> str:
    """One spelling for comparing: plain digits and separators, no marks, no case, single spaces."""
    digits = (
        str(unicodedata.decimal(c)) if unicodedata.category(c) == "Nd" else c
        for c in text.translate(_SEPARATORS)
        if unicodedata.category(c) not in {"Cf", "Mn"}
    )
    return " ".join("".join(digits).casefold().split())


def _facts(pattern: re.Pattern[str], text: str) -> list[str]:
    return [" ".join(match[0].split()) for match in pattern.finditer(plain(text))]


@lru_cache(maxsize=64)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Names first, the longest of them; then numbers; then words that carry weight; then signs."""
    words = "|".join(sorted(map(re.escape, map(plain, _WORDS)), key=len, reverse=True))
    listed = "|".join(map(re.escape, names))
    named = rf"(?<!\w)(?:{listed})(?!\w)|" if listed else ""
    return re.compile(rf"{named}{_NUMBER}|(?<![\w'])(?:{words})(?![\w'])|{_SIGNS}")


def _same_script(fixed: str, said: str) -> bool:
    """The language isn't changed."""
    return _is_arabic(fixed) is _is_arabic(said)


def _is_arabic(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return sum("\u0600" <= character <= "\u06ff" for character in letters) * 2 > len(letters)


def _new_capitals(fixed: str, said: str) -> bool:
    """A capital inside a sentence is a name that the fixed text doesn't hold."""
    known = {word.casefold() for word in re.findall(r"[\w']+", fixed)} | {"i", "i'm", "i'd", "i'll", "i've"}
    return any(match[0].casefold() not in known for match in _CAPITAL.finditer(said.replace("’", "'")))
