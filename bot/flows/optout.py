"""STOP, START and HELP, before anything else: the table of words, the same as in docs/channels.md.

A bare CANCEL, END or QUIT is an opt-out on SMS; on WhatsApp and the web it means the booking. Where the carrier has
answered already (`Inbound.opt_out_type`), or will (STOP on SMS), we don't.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.flows import escalation
from bot.flows.state import BotState
from bot.flows.talk import Question, Talk
from bot.messages import Inbound, InboundKind, Surface
from bot.understanding.normalize import fold
from bot.wording.words import Line


class Word(StrEnum):
    """What a whole message of one such word does."""

    OUT = "opts out"
    IN = "opts in"
    BACK = "opts in, if opted out"
    HELP = "contact line"
    BOOKING = "drops the open booking"


_OUT = ("stop", "stopall", "stop all", "unsubscribe", "optout", "opt out", "revoke")
_OUT_AR = ("توقف", "أوقف", "ايقاف", "قف", "إلغاء الاشتراك", "الغ الاشتراك")
_BOOKING = ("cancel", "end", "quit")
_IN = ("start", "unstop")
_IN_AR = ("ابدأ", "اشتراك", "اشترك")
_HELP = ("help", "info")
_HELP_AR = ("مساعدة", "معلومات")

_EVERYWHERE = dict.fromkeys((*_OUT, *_OUT_AR), Word.OUT) | dict.fromkeys((*_HELP, *_HELP_AR), Word.HELP)
_CHAT = _EVERYWHERE | dict.fromkeys(_BOOKING, Word.BOOKING) | dict.fromkeys((*_IN, *_IN_AR), Word.BACK)
TABLE: dict[Surface, dict[str, Word]] = {
    Surface.SMS: _EVERYWHERE
    | dict.fromkeys(_BOOKING, Word.OUT)
    | dict.fromkeys((*_IN, *_IN_AR), Word.IN)
    # The carrier takes YES for START from somebody who had opted out.
    | {"yes": Word.BACK},
    Surface.WHATSAPP: _CHAT,
    Surface.WEB: _CHAT,
}
"""Channel and word to action. Words are compared folded: case, Arabic spellings and marks don't matter."""

_FOLDED = {
    surface: {fold(word).replace(" ", ""): action for word, action in words.items()}
    for surface, words in TABLE.items()
}
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def action(inbound: Inbound) -> Word | None:
    """What the whole message asks for, if it is one of the words."""
    if inbound.kind is not InboundKind.TEXT or len(inbound.text) > 60:
        return None
    return _FOLDED[inbound.surface].get(_EDGES.sub("", fold(inbound.text)).replace(" ", ""))


def hear(talk: Talk, inbound: Inbound) -> bool:
    """True: the message was about opting in or out, or must not be answered, and is done with."""
    word = action(inbound)
    carrier = (inbound.opt_out_type or "").upper()
    on_sms = inbound.surface is Surface.SMS
    out = talk.consent == "opted_out" or (talk.context.customer.opted_out and talk.consent is None)
    if carrier == "STOP" or word is Word.OUT:
        stop(talk, inbound.text, silent=on_sms or bool(carrier))
        return True
    if carrier == "START" or word is Word.IN or (word is Word.BACK and out):
        _start(talk, inbound.text, silent=bool(carrier))
        return True
    if carrier == "HELP":
        talk.trace.append("help:carrier")
        return True
    if word is Word.HELP and (on_sms or out):
        _help(talk)
        return True
    if out:
        talk.trace.append("opted_out")
    return out


def means_the_booking(text: str) -> bool:
    """A bare CANCEL, END or QUIT where it is no opt-out."""
    return _EDGES.sub("", text).lower() in _BOOKING


def stop(talk: Talk, words: str, *, silent: bool | None = None) -> None:
    """No further message to this customer, but for the one that says so where the carrier doesn't."""
    talk.trace.append("stop")
    talk.state.greeted = True  # nobody is welcomed on his way out
    talk.consent, talk.consent_words = "opted_out", words
    talk.heard = True
    talk.silent = talk.context.surface is Surface.SMS if silent is None else silent
    talk.spoke = talk.despite_opt_out = True
    values = {"business": talk.context.workspace_name}
    talk.ending = Question(state=BotState.STOPPED, lines=(Line("stopped", values),), standing=False)


def _start(talk: Talk, words: str, *, silent: bool) -> None:
    talk.trace.append("start")
    talk.consent, talk.consent_words = "opted_in", words
    talk.heard = True
    talk.silent = talk.despite_opt_out = False
    talk.ending = None
    if talk.with_human:
        return
    talk.spoke = not silent
    if not silent:
        talk.say("welcome_back")


def _help(talk: Talk) -> None:
    """The contact line and nothing else; also for who has opted out and asks for it."""
    talk.spoke = talk.heard = talk.despite_opt_out = True
    talk.ending = Question(state=talk.state.name, lines=(escalation.help_line(talk),), standing=False)
