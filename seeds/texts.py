"""What the demo's businesses answer in their own words: questions, hours of the team, after hours, safety."""

from __future__ import annotations

from datetime import time

from bot.workspace import FaqEntry, OpenHours, Safety


def _entry(en: tuple[str, ...], ar: tuple[str, ...], answer: str, answer_ar: str) -> FaqEntry:
    return FaqEntry(questions={"en": en, "ar": ar}, answer={"en": answer, "ar": answer_ar})


SALON_FAQ = (
    _entry(
        ("Is there parking?", "Where can I park my car?", "valet parking"),
        ("هل يوجد مواقف سيارات؟", "وين أوقف سيارتي", "فيه باركنج؟"),
        "There is free parking at every branch, for two hours.",
        "المواقف مجانية في كل فرع لمدة ساعتين.",
    ),
    _entry(
        ("What if I am late?", "I'm running late", "How long do you wait if someone comes late?"),
        ("إذا تأخرت عن الموعد", "بتأخر شوي", "كم تنتظرون إذا تأخرت؟"),
        "We hold your appointment for 15 minutes; after that it may have to be shortened.",
        "نحفظ لك الموعد 15 دقيقة، وبعدها ممكن نقصّره.",
    ),
    _entry(
        (
            "What is your cancellation policy?",
            "Is there a fee if I cancel?",
            "Can I cancel for free?",
            "refund policy",
        ),
        ("شنو سياسة الإلغاء؟", "هل في رسوم على الإلغاء؟", "سياسة الاسترجاع"),
        "You can cancel or move an appointment free of charge up to 4 hours before it.",
        "تقدر تلغي أو تغيّر الموعد مجاناً قبل 4 ساعات منه.",
    ),
    _entry(
        ("Do I need to pay a deposit?", "Is a deposit required?", "Do I have to pay in advance?"),
        ("هل لازم عربون؟", "في دفعة مقدمة؟", "أدفع عربون؟"),
        "No deposit is needed.",
        "ما نحتاج عربون.",
    ),
    _entry(
        ("Do you take walk-ins?", "Can I come without an appointment?", "walk in without booking"),
        ("أقدر أجي بدون موعد؟", "تستقبلون بدون حجز؟"),
        "Walk-ins are welcome when somebody is free; with an appointment you don't wait.",
        "نستقبل بدون موعد إذا في أحد فاضي، ومع الموعد ما تنتظر.",
    ),
    _entry(
        ("Can I bring my kids?", "Are children allowed?", "Can my daughter wait with me?"),
        ("أقدر أجيب عيالي؟", "الأطفال مسموح؟", "بنتي تقدر تنتظر معي؟"),
        "Children are welcome; there is a small corner for them to wait in.",
        "الأطفال حياهم الله، وعندنا ركن صغير ينتظرون فيه.",
    ),
    _entry(
        ("Are you ladies only?", "Is it women only?", "Do you serve men?"),
        ("الصالون للسيدات فقط؟", "حريم بس؟", "تستقبلون رجال؟"),
        "We are a ladies' salon.",
        "صالوننا للسيدات فقط.",
    ),
    _entry(
        ("Do you have wifi?", "wifi password"),
        ("عندكم واي فاي؟", "فيه إنترنت؟"),
        "Yes, guests have free wifi; the desk gives you the code.",
        "نعم، الواي فاي مجاني للزوار والرمز عند الاستقبال.",
    ),
    _entry(
        ("Do you sell gift cards?", "gift voucher"),
        ("عندكم بطاقات هدايا؟", "كرت هدية", "قسيمة هدية"),
        "Gift cards are sold at the desk of every branch.",
        "بطاقات الهدايا تحصلها عند الاستقبال في كل فرع.",
    ),
    _entry(
        ("Are your tools sterilised?", "How do you clean your tools?", "hygiene"),
        ("هل الأدوات معقمة؟", "كيف تعقمون الأدوات؟"),
        "Every tool is sterilised after each guest, and files are new for everybody.",
        "الأدوات تتعقم بعد كل زبونة، والمبارد جديدة لكل وحدة.",
    ),
)

TINT_FAQ = (
    _entry(
        ("Do you offer a warranty?", "How long is the film guaranteed?", "guarantee"),
        ("في ضمان؟", "كم مدة ضمان التظليل؟"),
        "Our films come with a written warranty against fading and bubbles; its length depends on the film.",
        "أفلامنا عليها ضمان مكتوب ضد البهتان والفقاعات، ومدته حسب نوع الفيلم.",
    ),
    _entry(
        ("How dark can I go?", "Is tint legal?", "What tint percentage is legal?"),
        ("كم أغمق درجة مسموحة؟", "هل التظليل قانوني؟", "نسبة التظليل القانونية"),
        "What is legal depends on the window and the state; the shop tells you before anything is cut.",
        "المسموح يعتمد على الزجاج والولاية، والورشة تخبرك قبل أي شي.",
    ),
    _entry(
        ("When can I roll down my windows?", "How long until the tint is dry?", "drying time"),
        ("متى أقدر أفتح الشباك بعد التظليل؟", "كم ياخذ عشان ينشف؟"),
        "Keep the windows up for three days; small hazes disappear as the film dries.",
        "خل الشبابيك مسكرة ثلاث أيام، والغباش البسيط يروح لما ينشف الفيلم.",
    ),
    _entry(
        ("Can I wait while you do it?", "Is there a waiting room?", "Can I leave the car with you?"),
        ("أقدر أنتظر عندكم؟", "فيه غرفة انتظار؟", "أقدر أترك السيارة عندكم؟"),
        "You can wait in our lounge with wifi and coffee, or leave the car and come back.",
        "تقدر تنتظر في الصالة مع واي فاي وقهوة، أو تترك السيارة وترجع.",
    ),
    _entry(
        ("Do you remove old tint?", "tint removal"),
        ("تشيلون التظليل القديم؟", "إزالة التظليل"),
        "Yes, we take old film off; how long that takes depends on the glue, so the shop looks at it first.",
        "نعم نشيل الفيلم القديم، والوقت يعتمد على اللصق، فالورشة تشوفه أول.",
    ),
    _entry(
        ("Is there parking?", "Where can I park?"),
        ("فيه مواقف؟", "وين أوقف؟"),
        "Customers park right in front of the bays.",
        "تقدر توقف قدام الورشة مباشرة.",
    ),
    _entry(
        (
            "What if I am late?",
            "I'm running late",
            "What is your cancellation policy?",
            "Is there a fee if I cancel?",
        ),
        ("إذا تأخرت عن الموعد", "شنو سياسة الإلغاء؟"),
        "Please tell us 24 hours ahead if you can't come; a bay is kept for 20 minutes.",
        "خبرنا قبل 24 ساعة إذا ما تقدر تجي، ونحجز لك المكان 20 دقيقة.",
    ),
)

SALON_SAFETY = Safety(
    no_medical_advice={
        "en": "I can't give medical advice; please ask a doctor about that first.",
        "ar": "ما أقدر أعطي نصيحة طبية؛ اسأل الطبيب أول لو سمحت.",
    }
)

AFTER_HOURS = {
    "en": "We're closed right now and back {opens}, but I can answer and book for you at any hour.",
    "ar": "الحين مسكرين ونرجع {opens}، بس أنا أرد عليك وأحجز لك بأي وقت.",
}

SHOP_HOURS = tuple(
    OpenHours(weekday=day, opens=opens, closes=closes)
    for day, opens, closes in (
        *((day, time(8), time(18)) for day in range(5)),
        (5, time(9), time(16)),
        (6, time(10), time(16)),
    )
)
