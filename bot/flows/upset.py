"""A customer who is angry or insults: nothing of it is taken up; he is told so, and a person is offered."""

from __future__ import annotations

import re

from bot.flows.talk import Talk
from bot.understanding.normalize import fold

_ANGRY = re.compile(
    r"\b(?:f+u+c+k\w*|wtf|stfu|bullshit|shit\w*|idiots?|stupid|dumb|useless|pathetic|moron\w*|bitch\w*|asshole\w*"
    r"|rubbish|garbage|terrible|horrible|awful|worst|disgust\w+|ridiculous|unacceptable|scam\w*|liars?|hate you"
    r"|sick of|fed up|waste of time|so annoying|angry|furious)\b"
    r"|(?<!\w)(?:غبي|غبيه|اغبياء|حمار|حمير|زفت|خايس|خايسه|تافه|تافهين|نصابين|نصاب|حراميه|كلاب|كلب|تبا|سخيف|سخيفين"
    r"|اسوا|معصب|معصبه|مليت|طفشت|زهقت|قليلين ادب|ما تفهم|ماتفهم|ما تفهمون|ماتفهمون)(?!\w)"
)


def hear(talk: Talk, text: str) -> bool:
    """Answers a line that is nothing but anger. False: it is none."""
    if _ANGRY.search(fold(text)) is None:
        return False
    talk.heard = talk.offer_human = True
    talk.trace.append("upset")
    talk.say("sorry_upset")
    return True
