"""Arabic: services by need, and visits of several services with several people. Same keys as en_visits.py."""

from __future__ import annotations

from collections.abc import Mapping

VISITS: Mapping[str, tuple[str, ...]] = {
    "suggest": (
        'ويناسب معها {service} ({facts}). اكتب "ضيفها" إذا حبيت.',
        'وإذا حبيت، {service} تمشي بعدها على طول ({facts}): اكتب "ضيفها".',
    ),
    "recommend": ("على حسب اللي تبيه، وهذا اللي تناسبه كل وحدة:", "كل وحدة ولها فايدتها:"),
    "need_fits": ("اللي يناسب {what}:", "عندنا لـ {what}:"),
    "need_fits_at": ("اللي يناسب {what} في {place}:", "في {place} عندنا لـ {what}:"),
    "need_line": ("{service}: {benefit} ({facts})",),
    "need_line_plain": ("{service} ({facts})",),
    "need_nothing": ("ما حصلت شي مخصص لـ {what} في قائمتنا.", "ما في شي في قائمتنا يذكر {what}."),
    "need_add_hint": ("اكتب اسم وحدة منها عشان أضيفها.", "إذا تبي وحدة منها بعد، اكتب اسمها."),
    "ask_which_named": ('أي وحدة تقصد بـ "{what}"؟', 'و"{what}"، أي وحدة؟'),
    "ask_topic_it": ("أحجزها لك؟ بس قل لي اليوم والوقت.", "تحب أحجزها؟ أحتاج بس اليوم والوقت."),
    "ask_topic": (
        "{service}: أحجزها لك؟ أحتاج بس اليوم والوقت.",
        'اكتب "نعم" وأحجز {service}، أو قل لي شنو تبي غيرها.',
    ),
    "topic_dropped": ("أفهمك. يمكن شي ثاني يناسبك أكثر.", "ولا يهمك، يمكن شي ثاني يناسبك."),
    "title_book_it": ("إي، احجز",),
    "left_out": ("تمام، بدونها.", "عادي، نخليها."),
    "title_none": ("لا، شكراً",),
    "split_then": ("{who} لـ {service} الساعة {clock}",),
    "split_would": ("{when} يمشي مع شخصين: {parts}.", "{when} ممكن مع أكثر من شخص: {parts}."),
    "staff_next": ("أول وقت فاضي عند {staff}: {when}.", "أقرب وقت عند {staff}: {when}."),
    "split_rest": ("{service} بتكون مع {who}",),
    "split_with": (
        "عند {staff} وقت لـ {services} الساعة {clock}، و{rest}.",
        "الساعة {clock}: {services} مع {staff}، و{rest}.",
    ),
}
