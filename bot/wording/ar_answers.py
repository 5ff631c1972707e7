"""Arabic: answers to side questions. Same keys as en_answers.py."""

from __future__ import annotations

from collections.abc import Mapping

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "price_is": ("{service}: {price}.", "سعر {service} {price}."),
    "price_nothing": ("حجز {service} بدون رسوم.", "ما في رسوم على حجز {service}."),
    "price_from": ("{service}: من {price} ({sizes}).", "{service} تبدأ من {price} ({sizes})."),
    "length_is": ("{service} تاخذ {length}.", "لـ {service} نحسب {length}."),
    "ask_price_of": ("سعر أي خدمة تبي؟", "أي خدمة تسأل عن سعرها؟"),
    "total_is": ("المجموع {total}.", "كلها مع بعض {total}."),
    "total_from": ("المجموع من {total}.", "كلها مع بعض تبدأ من {total}."),
    "prices_begin": ("أسعارنا تبدأ من:\n{groups}", "هذي الأسعار من أقلها:\n{groups}"),
    "ask_compare": ("أي خدمات تبي أقارن بينها؟", "بين أي خدمات محتار؟"),
    "no_such_person_here": ("ما عندنا أحد باسم {staff} في الفريق.", "{staff} مو من فريقنا."),
    "ask_length_of": ("أي خدمة تقصد؟", "عن أي خدمة تسأل؟"),
    "hours_are": ("{place} يفتح {hours}.", "دوام {place}: {hours}."),
    "hours_unknown": ("ما عندي دوام {place} هنا.", "أوقات {place} مو مسجلة عندي."),
    "place_is": ("{place}: {address}.", "{place} تحصله هنا: {address}."),
    "place_only": ("{place} من فروعنا.", "{place}: واحد من فروعنا."),
    "we_offer": ("عندنا {what}.", "من خدماتنا: {what}."),
    "we_do": ("إي، عندنا {what}.", "أكيد، عندنا {what}."),
    "staff_are": ("في {place} تقدر تختار {people}.", "فريقنا في {place}: {people}."),
    "not_ready": (
        "ما أقدر أشوف الجدول الحين، بس {business} يسعدهم يساعدونك.",
        "الجدول مو مفتوح عندي حالياً؛ {business} يقدرون يساعدونك مباشرة.",
    ),
    "external_missing": (
        "سجلت طلبك و{business} بيتواصلون معك. {contact}",
        "{business} عندهم طلبك وبيردون. {contact}",
    ),
}
