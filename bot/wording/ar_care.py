"""Arabic: people, what is outside the booking, and answers to questions. Part of ar.py."""

from __future__ import annotations

from collections.abc import Mapping

CARE: Mapping[str, tuple[str, ...]] = {
    "human_back": (
        "الحين ما في أحد موجود؛ الفريق يرجع {when}.",
        "الفريق مو موجود بهالوقت ويرجع {when}.",
    ),
    "human_limit": (
        "طلبك وصل للفريق من قبل، وما أقدر أحوّله مرة ثانية الحين.",
        "وصّلت طلبك للفريق أكثر من مرة وهم على علم فيه.",
    ),
    "human_again": (
        "تقدر تطلب أحد من الفريق مرة ثانية من {when}.",
        "من {when} أقدر أطلب لك أحد من الفريق مرة ثانية.",
    ),
    "too_many": (
        "لحظة لو سمحت، وصلتني رسايل وايد مرة وحدة. كلها عندي وأكمل معك {when}.",
        "وصلتني رسايل كثيرة دفعة وحدة، عطني لحظة: كل شي محفوظ وأكمل معك {when}.",
    ),
    "human_not_yet": (
        "آسف، للحين ما رد عليك أحد من الفريق؛ طلبك عندهم. أقدر أساعدك لين يردون.",
        "الفريق ما وصل لك للحين، عذراً. طلبك قائم وأنا معك لين يردون.",
    ),
    "safety_again": (
        "تواصل معهم الحين لو سمحت. وخبّرت الفريق بعد.",
        "مو لازم تمر بهالشي بروحك؛ تواصل معهم الحين. الفريق عنده خبر.",
    ),
    "hours_on": ("{place} يفتح {hours} {day}.", "{day} دوام {place} {hours}."),
    "place_map": ("{place}: {address}. الخريطة: {url}", "{place} تحصله هنا: {address}. الخريطة: {url}"),
    "pay_by": ("طرق الدفع: {options}.", "للدفع تقدر تختار: {options}."),
    "staff_does": ("عند {staff}: {services}.", "مع {staff} تقدر تاخذ {services}."),
    "staff_does_not": ("{staff} ما عندها {services}.", "{services} مو عند {staff}."),
    "unknown_question": (
        "ما عندي علم بهالشي، عذراً؛ الفريق يقدر يفيدك.",
        "مو متأكد وما أبي أخمّن. الفريق عنده الجواب.",
        "هذي ما أقدر أجاوب عليها؛ واحد من الفريق يقدر.",
    ),
}
