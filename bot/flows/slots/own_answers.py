"""Whether a line answers a question of the business's own that takes free text, and which part of it does."""

from __future__ import annotations

import re

from bot.flows.slots.contact import is_nod
from bot.understanding.contract import DayFact, Intent, PartyFact, TextFact, TimeFact, Understanding
from bot.understanding.normalize import fold, tokenize
from bot.understanding.words import FILLERS, POLITE, words
from bot.workspace import FormField

_YES_NO = re.compile(
    r"^\W*(?:do|does|did|is|are|was|were|have|has|had|can|could|will|would|should|may|am)\b|^\W*هل(?!\w)"
)
_ASKS_WHEN = re.compile(
    r"\b(?:when|date|dates|day|days|night|nights|month|season|time)\b|متي|يوم|ليل|تاريخ|وقت"
)
_WHY = re.compile(
    r"^\W*(?:why|what for|what do you mean|which one|like what|what|huh|how come|who wants|ليش|ليه|علشان شنو|شنو يعني"
    r"|وش يعني|يعني شنو|شنو تقصد|وش تقصد|كيف يعني)(?!\w)"
)
_CLOCK = re.compile(
    r"\b(?:at|around|by|after|before)\s\d|\d\s?(?:am|pm|o'?clock)\b|\d:\d\d|(?<!\w)الساعه(?!\w)"
)
_META = 8
"""A question back has no more words than this; a longer one may well describe what is wanted."""
_SAYS_NOTHING = (
    FILLERS
    | POLITE
    | words(
        """yes yeah yep yup ya yea yess sure no nope nah fine good great perfect alright cool hm hmm hmmm mhm right idk
        dunno thx bye make change move set put actually instead rather better
        good morning evening sorry wait done next go ahead not know i'm unsure
        نعم ايه اي ايوه لا تمام اوكي اوك طيب زين حسنا شكرا مشكور حلو ممتاز هلا مرحبا السلام عليكم مدري ادري ما"""
    )
)
"""Words that answer nothing but a yes-or-no question."""
_SPLIT = re.compile(r"\s*[,;\n،]\s*|\.\s+")


def takes_yes_or_no(one: FormField, language: str) -> bool:
    """ "Is the car running?" is answered by a yes; "Any allergies?" by what they are."""
    return _YES_NO.search(_question(one, language)) is not None


def is_question_back(text: str) -> bool:
    """ "Why do you need that?", "what do you mean"."""
    return len(text.split()) <= _META and _WHY.search(fold(text)) is not None


def says_nothing(text: str) -> bool:
    """A nod, a greeting, thanks, "?", an emoji: polite, and no answer."""
    if not any(character.isalnum() for character in text):
        return True
    return is_nod(text) or {token.word for token in tokenize(fold(text))} <= _SAYS_NOTHING


def answer_in(one: FormField, u: Understanding, text: str, language: str) -> str:
    """What of a line answers the question: without the parts that tell something else, such as a time.

    Empty: the whole line tells something else ("tomorrow at 9", asked for the car).
    """
    told: list[TextFact | PartyFact | DayFact | TimeFact | None] = [u.phone, u.email]
    if not _ASKS_WHEN.search(_question(one, language)):
        told += [u.name, u.party, *u.days, *u.times]
    spans = [fact.span for fact in told if fact is not None]
    facts = [(span.start, span.end) for span in spans]
    if not facts:
        return text
    kept, start = [], 0
    for end, after in [*((m.start(), m.end()) for m in _SPLIT.finditer(text)), (len(text), len(text))]:
        part = text[start:end]
        inside = [(a - start, b - start) for a, b in facts if start <= a and b <= end]
        if not inside or not says_nothing(_without(part, inside)):
            kept.append(part)
        start = after
    return ", ".join(kept)


def number_in(u: Understanding, text: str) -> str:
    """The line without its day and time, whose numbers count nothing; a number alone stays one."""
    if not any(character.isalpha() for character in text):
        return text
    spans = [*(day.span for day in u.days), *(clock.span for clock in u.times)]
    return _without(text, [(span.start, span.end) for span in spans])


def without_places(u: Understanding, text: str) -> str:
    """The line without our places and people: Lincoln Park is no car."""
    return _without(text, [(one.span.start, one.span.end) for one in (*u.locations, *u.staff)])


def names_clock(text: str) -> bool:
    """ "At 8", "8pm": an hour by its own words."""
    return _CLOCK.search(fold(text)) is not None


def _without(part: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        part = part[:start] + " " * (end - start) + part[end:]
    return part


def only_manners(u: Understanding, text: str) -> bool:
    """ "Thank you", "hello?": nothing else was said."""
    polite = {Intent.GREETING, Intent.THANKS, Intent.GOODBYE}
    return bool(u.intents) and set(u.intents) <= polite and says_nothing(text)


def _question(one: FormField, language: str) -> str:
    return fold(one.question.get(language) or one.question.get("en") or "")
