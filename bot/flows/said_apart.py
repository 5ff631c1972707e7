"""A line that wishes and asks: "ok gel manicure. do you have parking". What stands apart from the question counts."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise

from bot.understanding.contract import Intent, Span, Understanding

_END = re.compile(r"(?<=[.!?؟\n])\s+|\n+")


def wished_apart(u: Understanding, text: str, questions: Collection[Intent]) -> Understanding | None:
    """The facts in sentences of their own, away from every question. None: there are none.

    questions: the intents that ask. A sentence that ends with a question mark asks as well.
    """
    bounds = [0, *(end.end() for end in _END.finditer(text)), len(text)]
    sentences = list(pairwise(bounds))
    if len(sentences) < 2:
        return None
    names = {str(intent) for intent in questions}
    asked = [span for span in u.phrases if span.rule in names]
    telling = [
        (start, end)
        for start, end in sentences
        if not text[start:end].rstrip().endswith(("?", "؟"))
        and not any(start <= span.start < end for span in asked)
    ]

    def told(span: Span) -> bool:
        return any(start <= span.start and span.end <= end for start, end in telling)

    apart = replace(
        u,
        locations=tuple(one for one in u.locations if told(one.span)),
        services=tuple(group for group in u.services if group and told(group[0].span)),
        staff=tuple(one for one in u.staff if told(one.span)),
        any_staff=False,
        days=tuple(one for one in u.days if told(one.span)),
        times=tuple(one for one in u.times if told(one.span)),
    )
    has = apart.locations or apart.services or apart.staff or apart.days or apart.times
    return apart if has else None
