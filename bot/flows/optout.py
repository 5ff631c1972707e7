"""STOP, START and HELP, before anything else. On SMS the carrier answers STOP, so we don't.

A bare CANCEL, END or QUIT is an opt-out on SMS; on WhatsApp and the web CANCEL means the booking.
"""

from __future__ import annotations

import re

from bot.flows import escalation
from bot.flows.state import BotState
from bot.flows.talk import Question, Talk
from bot.messages import Inbound, InboundKind, Surface
from bot.wording.words import Line

STOP_EVERYWHERE = frozenset(
    {
        "stop", "stopall", "stop all", "unsubscribe", "optout", "opt out", "revoke",
        "توقف", "أوقف", "اوقف", "إلغاء الاشتراك", "الغاء الاشتراك",
    }
)  # fmt: skip
THE_BOOKING = frozenset({"cancel", "end", "quit"})
"""An opt-out on SMS; elsewhere the end of the booking that is talked about."""
STOP_ON_SMS = STOP_EVERYWHERE | THE_BOOKING
START_WORDS = frozenset({"start", "unstop", "ابدأ", "اشتراك"})
HELP_WORDS = frozenset({"help", "info"})
_EDGES = re.compile(r"^[\s\"'.!*]+|[\s\"'.!*]+$")


def hear(talk: Talk, inbound: Inbound) -> bool:
    """True: the message was about opting in or out, or must not be answered, and is done with."""
    word = _EDGES.sub("", inbound.text).lower() if inbound.kind is InboundKind.TEXT else ""
    carrier = (inbound.opt_out_type or "").upper()
    on_sms = inbound.surface is Surface.SMS
    if carrier == "STOP" or word in (STOP_ON_SMS if on_sms else STOP_EVERYWHERE):
        stop(talk, silent=on_sms or bool(carrier))
        return True
    if carrier == "START" or (word in START_WORDS and (on_sms or talk.context.customer.opted_out)):
        _start(talk, silent=bool(carrier))
        return True
    if carrier == "HELP":
        talk.trace.append("help:carrier")
        return True
    if word in HELP_WORDS and on_sms:
        talk.spoke = talk.heard = True
        talk.ending = Question(state=talk.state.name, lines=(escalation.help_line(talk),), standing=False)
        return True
    if talk.context.customer.opted_out and talk.consent != "opted_in":
        talk.trace.append("opted_out")
        return True
    return False


def means_the_booking(text: str) -> bool:
    """A bare CANCEL, END or QUIT where it is no opt-out."""
    return _EDGES.sub("", text).lower() in THE_BOOKING


def stop(talk: Talk, *, silent: bool | None = None) -> None:
    talk.trace.append("stop")
    talk.consent = "opted_out"
    talk.heard = True
    talk.silent = talk.context.surface is Surface.SMS if silent is None else silent
    talk.spoke = True
    values = {"business": talk.context.workspace_name}
    talk.ending = Question(state=BotState.STOPPED, lines=(Line("stopped", values),), standing=False)


def _start(talk: Talk, *, silent: bool) -> None:
    talk.trace.append("start")
    talk.consent = "opted_in"
    talk.heard = True
    talk.spoke = not silent
    if not silent:
        talk.say("welcome_back")
