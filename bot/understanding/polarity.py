"""Yes and no. A yes with a change is a change (law 10); a soft yes counts only while a question is open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.understanding.contract import Intent
from bot.understanding.normalize import Text, Token
from bot.understanding.phrases import Cue, Hit
from bot.understanding.words import ADDRESSED, FILLERS, POLITE, words

_POLAR = {Cue.YES: True, Cue.SOFT_YES: True, Cue.NO: False, Cue.SOFT_NO: False}
_HARD = frozenset((Cue.YES, Cue.NO))
_HARMLESS = {Intent.THANKS, Intent.GREETING, Intent.GOODBYE, Intent.DONE, Cue.IDIOM}
_QUESTIONS = frozenset(intent for intent in Intent if intent.value.startswith("ask_")) | {
    Intent.MY_BOOKING,
    Intent.HUMAN,
    Intent.HELP,
}
_CHANGES = frozenset((Cue.BUT, Intent.CHANGE, Intent.RESCHEDULE, Intent.REMOVE, Intent.ADD))
_LONG = 4
"""A soft word among more unknown words than this is talk, not an answer."""
_GLUED = frozenset(("no", "اي"))
"""Alone they answer; right before a noun they count things ("no children", "اي خدمه")."""
_LOOKED_AT = 40
"""Phrases of a text that may tell yes or no; an answer opens a text."""
_SMALL = FILLERS | POLITE | ADDRESSED
"""Words that may stand around an answer."""
_ARTICLES = frozenset(("the", "a", "an", "my", "your"))
_COUNTED = words(
    """children kids kid child people person guests parking deposit chemicals ammonia polish color colour gel
    drill"""
)
"""What "no" in front of it says there isn't or shouldn't be."""

_GOOD = (
    "good|great|perfect|fine|right|correct|ok|okay|excellent|awesome|lovely|nice|wonderful|exact|exactly|accurate"
    "|amazing|alright|cool|ideal|brilliant|fantastic|best|better|acceptable|suitable|convenient|agreeable"
)
_EVEN = r"(?:(?:all|just|really|so|very|absolutely|perfectly|quite|totally|much|pretty|completely|even|also|a)\s)*"
_WHAT = (
    r"(?:that|this|it|these|those|everything|all|which|they|you"
    r"|(?:the|that|this|your)\s(?:[^\W\d_]+\s){0,3}?[^\W\d_]+)"
)
_ACCEPTS = re.compile(
    rf"^(?:{_WHAT}\s(?:all\s)?)?"
    rf"(?:(?:sounds?|looks?|seems?|feels)\s(?:like\s)?{_EVEN}(?:{_GOOD}|(?:it\s)?(?:would|will|should)\swork)\b"
    r"|(?:works?|suits?)(?:\s(?:well|great|fine|good|perfectly|ok|okay|for\s(?:me|us)|me|us))\b)"
    rf"|^{_WHAT}(?:'s|s|\sis|\sare|\swas|'re)\s{_EVEN}(?:{_GOOD})\b(?!\s(?:for|to)\s(?!me\b|us\b|proceed\b|go\b))"
    rf"|^{_WHAT}(?:\s(?:will|would|should)|'ll|'d)\s(?:all\s)?(?:be\s{_EVEN}(?:{_GOOD})|work|suit"
    r"|do(?:\s(?:fine|nicely|well|for (?:me|us)))?\s*(?:$|[.,!]))"
    rf"|^{_WHAT}\s(?:all\s)?(?:works|suits)\b"
    rf"|^(?:i'?m|i am|we'?re|we are)\s{_EVEN}(?:good|fine|ok|okay|happy|cool|comfortable)\swith\b"
    r"|^you(?:'ve)?\s(?:got|have|nailed|had)\s(?:it|all|that|everything)\b"
    rf"|^all\s(?:{_GOOD})\b"
)
"""An opening clause that approves: "that works for me", "the time you picked is okay", "I'm fine with that"."""
_PUTS_OFF = re.compile(
    r"^(?:no,?\s|nah,?\s)?not\s(?:right|just|at|for|quite|really|yet|now|in|today|tonight)?\s?"
    r"(?:(?:at|for|this|that|the|right)\s)*(?:now|yet|time|moment|second|point|present)\b"
)
""" "Not right now"."""
_REFUSES = re.compile(
    rf"^{_WHAT}\s(?:won'?t|don'?t|doesn'?t|does not|will not|wouldn'?t|can'?t|isn'?t going to)\s(?:really\s)?"
    r"(?:work|do|suit|be\s(?:good|possible|ok|okay))\b"
    rf"|^{_WHAT}(?:'s|\sis|\sare|\swas)\s(?:not|n't)\s{_EVEN}(?:{_GOOD}|possible)\b"
    rf"|^(?:لا\s)?(?:ما|مو|مب)\s?(?:يناسب|مناسب|ينفع|يصير|زين)"
    rf"|^{_WHAT}\s(?:isn'?t|wasn'?t|aren'?t)\s{_EVEN}(?:{_GOOD}|possible)\b"
)
_ASKS_DOING = re.compile(
    r"^(?:(?:ok|okay|sure|then|so|and)\W+)?(?:please\s|kindly\s|(?:could|can|would|will)\syou\s(?:please\s)?)"
    r"(?:do|try|book|schedule|reserve|confirm|arrange|set)\s(?:so|it|that|this)?(?:\s(?:up|please|then|now))*\W*$"
    r"|^(?:(?:خلاص|يلا|زين)\W+)?(?:احجز|ثبت|اكد)(?:ي|وا|ه|ها|يه|يها|لي|يلي)?\W*$"
)
""" "Please do", "could you book it": what was offered is to be done."""
_CLOSING_YES = re.compile(
    r"[,.!;\n-]\s*(?:yes|yeah|yep|yup|correct|نعم|ايه|ايوه)(?:\s(?:please|pls|plz))?[\s.!]*$"
)
_LEADING = re.compile(
    r"^(?:(?:ok|okay|alright|oh|well|so|then|and|hmm|great|perfect|thanks|thank you|cool|good|nice|yes|yeah"
    r"|طيب|اوكي|والله|هلا)(?=[\W])[\s,.!]*)+"
)


@dataclass(frozen=True, slots=True)
class Polarity:
    value: bool | None
    """What may be acted on."""
    leaning: bool | None
    """What was said."""
    change: bool = False
    """A yes or no that came with something else."""


NEITHER = Polarity(None, None)


def read_polarity(
    text: Text, hits: Sequence[Hit], intents: Sequence[Intent], *, open_question: bool, has_facts: bool
) -> Polarity:
    """`has_facts`: the text also names a day, a service, a person … beyond yes or no."""
    hits = [
        hit
        for hit in hits
        if not isinstance(hit.label, Intent) or hit.label in intents or hit.label in _HARMLESS
    ]
    found = _phrases(text, hits, intents, open_question=open_question, has_facts=has_facts)
    if open_question and found.leaning is None:
        return _clauses(text, hits, intents, has_facts=has_facts)
    return found


def refuses(text: Text) -> bool:
    """Whether the text begins by turning something down: "that won't work for me", "ما يناسبني"."""
    return _REFUSES.match(_LEADING.sub("", text.folded.strip(), count=1)) is not None


def _phrases(
    text: Text, hits: Sequence[Hit], intents: Sequence[Intent], *, open_question: bool, has_facts: bool
) -> Polarity:
    """Yes or no by the words themselves."""
    tokens = text.tokens
    hits = hits[:_LOOKED_AT]
    polar = [hit for hit in hits if hit.label in _POLAR and not _belongs_to_noun(text, hit, hits)]
    if not polar:
        return NEITHER
    spoken = polar[0]
    if any(
        hit.label is Cue.UNSURE and (hit.first < spoken.first or _POLAR[Cue(spoken.label)]) for hit in hits
    ):
        return NEITHER
    hard = spoken.label in _HARD
    if not hard and not open_question:
        later = [hit for hit in polar if hit.label in _HARD]
        if not later or not _only_words_before(tokens, hits, later[0]):
            return NEITHER
        spoken, hard = later[0], True
    leaning = _POLAR[Cue(spoken.label)]
    if not _only_words_before(tokens, hits, spoken):
        return NEITHER
    values = {_POLAR[Cue(hit.label)] for hit in polar if hit.label in _HARD}
    labels = {hit.label for hit in hits} | set(intents)
    changes = bool(labels & _CHANGES)
    if not hard and (_unknown_words(tokens, hits) > _LONG or has_facts):
        told = leaning if has_facts or _stands_alone(text, spoken) else None
        return Polarity(None, told, change=has_facts)
    if leaning:
        return _yes(labels, values, changes=changes or has_facts, unknown=_unknown_words(tokens, hits))
    if Cue.UNSURE in labels:
        return Polarity(None, leaning=False, change=has_facts or changes)
    return Polarity(value=False, leaning=False, change=has_facts or changes)


def _yes(labels: set[Intent | Cue], values: set[bool], *, changes: bool, unknown: int) -> Polarity:
    if changes:
        return Polarity(None, leaning=True, change=True)
    if False in values or labels & _QUESTIONS or Intent.CANCEL in labels or Cue.NOT in labels:
        return Polarity(None, leaning=None if False in values else True)
    if unknown > 2 * _LONG:
        return Polarity(None, leaning=True)
    return Polarity(value=True, leaning=True)


def _clauses(text: Text, hits: Sequence[Hit], intents: Sequence[Intent], *, has_facts: bool) -> Polarity:
    """Yes or no by what is said of the proposal: "that works for me", "that won't work"."""
    labels = {hit.label for hit in hits} | set(intents)
    if Cue.UNSURE in labels:
        return NEITHER
    said = text.folded.strip()
    clause = _LEADING.sub("", said, count=1)
    if _PUTS_OFF.match(clause) or _REFUSES.match(clause):
        return Polarity(None if has_facts else False, leaning=False, change=has_facts)
    accepts = _ACCEPTS.match(clause) or _ASKS_DOING.match(clause) or _CLOSING_YES.search(said)
    if accepts is None or Cue.NOT in labels or (has_facts and Intent.CHANGE in labels):
        return NEITHER
    more = has_facts or "?" in said or bool(labels & (_CHANGES | _QUESTIONS)) or Intent.CANCEL in labels
    plain = not more and _unknown_words(text.tokens, hits) <= 2 * _LONG
    return Polarity(True if plain else None, leaning=True, change=has_facts or bool(labels & _CHANGES))


def _belongs_to_noun(text: Text, hit: Hit, hits: Sequence[Hit]) -> bool:
    """Whether the word describes or counts what follows ("the right time", "no children") and answers nothing."""
    tokens = text.tokens
    if hit.first and hit.label is Cue.SOFT_YES and tokens[hit.first - 1].word in _ARTICLES:
        return True
    if hit.last - hit.first > 1 or tokens[hit.first].word not in _GLUED or hit.last >= len(tokens):
        return False
    following = tokens[hit.last]
    if text.folded[tokens[hit.first].end : following.start] != " ":
        return False
    if tokens[hit.first].word == "no":
        return following.word in _COUNTED
    covered = any(other.first == hit.last for other in hits)
    return not (covered or following.word in _SMALL or following.word.isdigit())


def _stands_alone(text: Text, hit: Hit) -> bool:
    """Whether the word closes its own clause: "Great, I also need ...", "ok. and the price?"."""
    tokens = text.tokens
    if hit.last >= len(tokens):
        return True
    return any(char in ",.;!?\n،-" for char in text.folded[tokens[hit.last - 1].end : tokens[hit.last].start])


def _only_words_before(tokens: Sequence[Token], hits: Sequence[Hit], hit: Hit) -> bool:
    """An answer opens the text: only fillers and greetings may come before it."""
    covered = {i for h in hits if h.label in _HARMLESS or h.label in _POLAR for i in range(h.first, h.last)}
    return all(index in covered or tokens[index].word in _SMALL for index in range(hit.first))


def _unknown_words(tokens: Sequence[Token], hits: Sequence[Hit]) -> int:
    covered = {i for hit in hits for i in range(hit.first, hit.last)}
    return sum(1 for index, token in enumerate(tokens) if index not in covered and token.word not in _SMALL)
