"""What was spoken and written down by a model. It may wish for anything; a yes or a payment it can't give.

A transcript is a model's word, not the customer's: "yes" may have been "yesterday". What confirms is tapped or typed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.messages import Inbound
from bot.understanding.contract import Understanding, UnderstandingContext
from bot.understanding.llm_question import HARMLESS_CHOICES

Ear = Callable[[str, UnderstandingContext], Understanding]

TRANSCRIBED = "transcribed"
"""Key in `Inbound.details` of a voice note that holds its words."""


def is_written_down(inbound: Inbound) -> bool:
    return bool(inbound.details.get(TRANSCRIBED)) and bool(inbound.text.strip())


class VoiceEar:
    """Another ear's hearing without anything that confirms. `said_yes`: it would have."""

    def __init__(self, ear: Ear) -> None:
        self._ear = ear
        self.said_yes = False

    def __call__(self, text: str, context: UnderstandingContext) -> Understanding:
        u = self._ear(text, context)
        kept = tuple(one for one in u.choices if one.id.partition(":")[0] in HARMLESS_CHOICES)
        pays = bool(u.payment_types) and context.yes_no_open
        self.said_yes = u.polarity is True or len(kept) < len(u.choices) or pays
        return replace(
            u,
            polarity=None if u.polarity else u.polarity,
            choice=kept[0] if len(kept) == 1 else None,
            choices=kept,
            payment_types=() if pays else u.payment_types,
            trace=(*u.trace, "voice"),
        )
