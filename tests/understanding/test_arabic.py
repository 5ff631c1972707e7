"""Arabic basics, Gulf spelling first."""

from __future__ import annotations

import pytest

from bot.understanding.contract import Intent
from bot.workspace import SlotKind
from tests.understanding.salon import days, hear, labels, offers, services, times


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("اليوم", "2026-11-21"),
        ("بكرا", "2026-11-22"),
        ("بكرة", "2026-11-22"),
        ("باچر", "2026-11-22"),
        ("باجر ان شاء الله", "2026-11-22"),
        ("غداً", "2026-11-22"),
        ("عقب باچر", "2026-11-23"),
        ("بعد بكرا", "2026-11-23"),
        ("بعد غد", "2026-11-23"),
        ("يوم الخميس", "2026-11-26"),
        ("الخميس الجاي", "2026-11-26"),
        ("الجمعه", "2026-11-27"),
        ("الاربعاء", "2026-11-25"),
        ("الأحد", "2026-11-22"),
        ("يوم احد", "2026-11-22"),
        ("٢٦/١١", "2026-11-26"),
        ("٢٨ نوفمبر", "2026-11-28"),
        ("بعد يومين", "2026-11-23"),
        ("بعد اسبوع", "2026-11-28"),
    ],
)
def test_days(said: str, meant: str) -> None:
    assert days(hear(said)) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("الساعة ٥", "05:00?"),
        ("الساعه 5", "05:00?"),
        ("الساعة خمس", "05:00?"),
        ("الساعة خمس ونص", "05:30?"),
        ("الساعة ٤ الا ربع", "03:45?"),
        ("٥ العصر", "17:00"),
        ("٨ الصبح", "08:00"),
        ("الساعة ٧ المغرب", "19:00"),
        ("١٢ الظهر", "12:00"),
        ("١ الظهر", "13:00"),
        ("٥ مساءً", "17:00"),
        ("٩ صباحا", "09:00"),
        ("العصر", "afternoon"),
        ("الظهر", "afternoon"),
        ("المغرب", "evening"),
        ("الصبح", "morning"),
        ("بالليل", "night"),
        ("بعد الساعة ٥", "05:00-23:59?"),
        ("قبل ٣", "-03:00?"),
        ("اي وقت", "00:00-23:59"),
        ("باسرع وقت", "earliest"),
        ("۱۴:۳۰", "14:30"),
    ],
)
def test_times(said: str, meant: str) -> None:
    assert times(hear(said)) == [meant]


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("السلام عليكم", Intent.GREETING),
        ("صباح الخير", Intent.GREETING),
        ("ابغى احجز موعد", Intent.BOOK),
        ("ابي اكلم موظف", Intent.HUMAN),
        ("الغاء الموعد", Intent.CANCEL),
        ("ابي اغير الموعد", Intent.RESCHEDULE),
        ("كم سعر المناكير؟", Intent.ASK_PRICE),
        ("متى تفتحون؟", Intent.ASK_HOURS),
        ("وين موقعكم", Intent.ASK_PLACE),
        ("شكراً", Intent.THANKS),
        ("تخطي", Intent.SKIP),
        ("متى موعدي", Intent.MY_BOOKING),
        ("إيقاف", Intent.STOP),
        ("إلغاء الاشتراك", Intent.STOP),
    ],
)
def test_intents(said: str, intent: Intent) -> None:
    heard = hear(said)
    assert intent in heard.intents
    assert heard.language == "ar"
    assert heard.times == ()


@pytest.mark.parametrize("said", ["نعم", "ايه", "إي نعم", "ايوه", "صح"])
def test_yes(said: str) -> None:
    assert hear(said).polarity is True


@pytest.mark.parametrize("said", ["تمام", "أكيد", "اوكي", "ماشي"])
def test_a_soft_yes(said: str) -> None:
    assert hear(said, yes_no=True).polarity is True
    assert hear(said).polarity is None


@pytest.mark.parametrize("said", ["لا", "لا شكراً", "كلا"])
def test_no(said: str) -> None:
    assert hear(said, yes_no=True).polarity is False


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("مناكير جل", ["gel manicure"]),
        ("ابغى gel manicure", ["gel manicure"]),
        ("مناكير", ["classic manicure|french manicure|gel manicure"]),
        ("قص شعر واستشوار", ["haircut", "blow dry"]),
        ("ابي المناكير الفرنسي", ["french manicure"]),
        ("كيراتين", ["keratin"]),
    ],
)
def test_services(said: str, meant: list[str]) -> None:
    assert services(hear(said)) == meant


def test_places_people_and_ways_to_pay() -> None:
    heard = hear("في الزهراء مع لينا والدفع كي نت")
    assert (labels(heard.locations), labels(heard.staff)) == (["zahra"], ["lina"])
    assert labels(heard.payment_types) == ["pay knet"]
    assert hear("اي احد", SlotKind.STAFF).any_staff


@pytest.mark.parametrize(
    ("said", "asked", "name"),
    [
        ("اسمي سارة علي", None, "سارة علي"),
        ("انا نورة", None, "نورة"),
        ("باسم هدى سالم", None, "هدى سالم"),
        ("سارة محمد", SlotKind.NAME, "سارة محمد"),
        ("نعم", SlotKind.NAME, None),
        ("بكرا", SlotKind.NAME, None),
    ],
)
def test_names(said: str, asked: SlotKind | None, name: str | None) -> None:
    fact = hear(said, asked).name
    assert (fact.value if fact else None) == name


def test_choices() -> None:
    heard = hear("الثاني", SlotKind.LOCATION, offered=offers("بلازا", "الزهراء"))
    assert heard.choice is not None
    assert heard.choice.title == "الزهراء"
    assert hear("بلازا", offered=offers("بلازا", "الزهراء")).choice is not None


def test_a_mixed_line() -> None:
    heard = hear("ابغى gel manicure بكرا الساعة ٥ في plaza")
    assert services(heard) == ["gel manicure"]
    assert (days(heard), times(heard)) == (["2026-11-22"], ["05:00?"])
    assert labels(heard.locations) == ["plaza"]
    assert heard.language == "ar"


@pytest.mark.parametrize(
    ("said", "current", "language"),
    [
        ("مرحبا", "en", "ar"),
        ("hello, I want to book", "ar", "en"),
        ("Plaza", "ar", "ar"),
        ("5", "ar", "ar"),
        ("👍", "ar", "ar"),
        ("sara@example.com", "ar", "ar"),
        ("Sara سارة", "en", "ar"),
    ],
)
def test_the_language_follows_the_customer(said: str, current: str, language: str) -> None:
    assert hear(said, language=current).language == language


def test_spans_point_into_the_original_with_its_marks() -> None:
    said = "مَوعِد  بُكرا"
    (fact,) = hear(said).days
    assert said[fact.span.start : fact.span.end] == "بُكرا"
