"""The phrase book of all languages, built once. A further language is one more table here."""

from __future__ import annotations

from bot.understanding.cue_phrases_en import ENGLISH_CUES
from bot.understanding.normalize import fold
from bot.understanding.phrases import PhraseBook
from bot.understanding.phrases_ar import ARABIC
from bot.understanding.phrases_en import ENGLISH

BOOK = PhraseBook(ENGLISH, ENGLISH_CUES, ARABIC)

STOP_MESSAGES = frozenset(
    fold(word).replace(" ", "")
    for word in (
        *(
            "stop",
            "stopall",
            "stop all",
            "unsubscribe",
            "end",
            "quit",
            "revoke",
            "optout",
            "opt out",
            "opt-out",
        ),
        *("توقف", "ايقاف", "الغاء الاشتراك", "الغ الاشتراك", "وقف الرسائل", "اوقف الرسائل"),
    )
)
"""Whole messages that mean STOP (CTIA's opt-out words, and Arabic ones). CANCEL is left to the flow."""

START_MESSAGES = frozenset(("start", "unstop", "subscribe", "optin", fold("اشتراك")))
"""Whole messages that undo a STOP."""
