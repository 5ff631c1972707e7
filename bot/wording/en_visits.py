"""English: services by need, and visits of several services with several people."""

from __future__ import annotations

from collections.abc import Mapping

VISITS: Mapping[str, tuple[str, ...]] = {
    "suggest": (
        'Goes well with it: {service} ({facts}). Just write "add it" if you\'d like that, too.',
        'If you like, {service} fits in right after ({facts}): write "add it".',
    ),
    "recommend": (
        "That depends on what you'd like, so here is what each is for:",
        "Each has its own purpose:",
    ),
    "need_fits": ("For {what} these fit:", "This is what we have for {what}:"),
    "need_fits_at": ("For {what} these fit at {place}:", "This is what {place} has for {what}:"),
    "need_line": ("{service}: {benefit} ({facts})",),
    "need_line_plain": ("{service} ({facts})",),
    "need_nothing": (
        "I found nothing on our list that is made for {what}.",
        "Nothing on our list speaks of {what}.",
    ),
    "need_add_hint": ("Just name one to add it.", "If you'd like one of them too, say its name."),
    "ask_which_named": ('Which one do you mean by "{what}"?', 'And for "{what}", which one shall it be?'),
    "ask_topic_it": (
        "Shall I book it for you? Just tell me the day and time.",
        "Would you like me to book it? Then I only need a day and time.",
    ),
    "ask_topic": (
        "{service}: shall I book it? Then I only need a day and time.",
        'Say "yes" and I book {service}, or tell me what else you would like.',
    ),
    "topic_dropped": (
        "I understand. Maybe something else suits you better.",
        "Of course. There may be something else.",
    ),
    "title_book_it": ("Yes, please",),
    "left_out": ("All right, without that.", "Fine, we leave that out."),
    "title_none": ("No, thanks",),
    "split_then": ("{who} for {service} at {clock}",),
    "split_would": (
        "At {when} it would work with two people: {parts}.",
        "{when} would be possible with different people: {parts}.",
    ),
    "staff_next": ("{staff}'s next free time is {when}.", "The next time {staff} has is {when}."),
    "split_rest": ("{service} would be with {who}",),
    "split_with": (
        "{staff} is free for {services} at {clock}; {rest}.",
        "At {clock} {staff} could do {services}; {rest}.",
    ),
}
