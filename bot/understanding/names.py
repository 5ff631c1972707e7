"""The customer's own name where it is announced: "I'm Sara", "under Salem", "Dana here", "اسمي سارة".

What answers the question for a name is read by answered_names.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.understanding.contract import TextFact
from bot.understanding.everyday import EVERYDAY
from bot.understanding.name_words import (
    ENDS,
    GIVEN_NAMES,
    MONTHS_THAT_ARE_NAMES,
    NOT_A_NAME,
    PARTICLES,
    SURNAMES,
    TITLES,
)
from bot.understanding.normalize import BLANK, Text
from bot.understanding.words import NUMBERS, TIME_WORDS

NAME_WORD = r"[^\W\d_][^\W\d_'.-]*(?:['.-][^\W\d_]+)*\.?"
NAME = rf"{NAME_WORD}(?:\s{NAME_WORD}){{0,4}}"
_AHEAD = rf"(?=(?P<name>{NAME}))"
_SAID = re.compile(
    r"\b(?:(?:my|the) name (?:isn'?t|is not|'s not|not) [^\W\d_]+,? (?:but|it'?s|it is)(?: it'?s)?"
    r"|(?:my (?:(?:full|first|last|family|legal) )?|(?:full|first|last|family) )name(?:'?s)?(?: is(?!n't)|:)?"
    r"|surname(?: is|:)?|(?P<other>\S+ )?name(?: is|'s| (?:should|would|will) be)|name\s?[:=]"
    r"|(?:under|in) the name(?: of)?|under name|(?:change|update) (?:the|my) name to|name to|named me"
    r"|you can call me|just call me|they call me"
    rf"|اسمي|اسمها|اسمه|الاسم|باسم)\s?(?:is|:|هو)?\s?{_AHEAD}"
)
"""The word "name" and its like: whatever follows and can be a name is one."""
_OTHERS = re.compile(
    r"(?:'s|s|his|her|their|your|its|whose|what|file|user|business|company|street|shop|salon) $"
)
_OF_WHOM = re.compile(r"^(?:his|her|their) $")
_UNDER = re.compile(rf"\bunder\s{_AHEAD}")
_IM = re.compile(rf"\b(?:i'm|im|i am|this is|it's me|its me|it's|its|call me)\s{_AHEAD}")
_ANA = re.compile(rf"(?:^|[\s,.!{BLANK}])(?:انا|معك|معاك|معاج|معج|وياك)\s{_AHEAD}")
_FOR = re.compile(
    r"\b(?:book|booked|booking|reserve|reserved|reservation|appointment|appt|schedule|scheduled|slot|spot|table|room|party"
    rf"|it|this|one)\b[^.;!?\n{BLANK}]{{0,50}}?\sfor\s{_AHEAD}"
)
_SERVICE_FOR = re.compile(rf"(?P<what>[^\W\d_]+)\sfor\s{_AHEAD}")
_FIRST = re.compile(
    rf"(?:^|[.,!?\n{BLANK}]\s?|\b(?:hi|hello|hey)\s)(?=(?P<name>{NAME_WORD}(?:\s{NAME_WORD}){{0,3}}?)"
    r"(?:\shere\b(?!\s(?:for|to|in|at))|,?\s(?:is|that is|that's|thats)\s(?:my|the)\sname\b(?!\sof)|,?\sparty of\s))"
)
"""The name comes first: "Dana here", "Dana Salem is my name"."""
_GUESSES = (
    (_UNDER, ("under ",), "under_name", 0.95),
    (_FIRST, (" here", "name", "party of"), "name_first", 0.9),
    (_FOR, ("for ",), "for_name", 0.8),
)
"""Pattern, what a text has that it may match, rule, confidence."""
_PART = re.compile(
    rf"(?:^|(?<=[,;\n]))\s?(?P<name>{NAME_WORD}(?:\s{NAME_WORD}){{1,3}})(?=\s?[,;\n]\s?{BLANK})"
)
_CONTACT = re.compile(r"\S*@\S*|(?:\D{0,3}\d){7,}")
"""How a part that was taken already began, if it was an address or a number."""
_SPELLED = re.compile(r"[^\W\d_](?:[\s.-]{1,2}[^\W\d_]){2,}")
_LOWER_ENDINGS = ("ing", "ed", "less", "ful", "ous", "able", "ible", "ive", "ly", "tion", "ment", "ness")
_MOST = 5


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row that can be a name, at a place of the folded text."""

    start: int
    words: tuple[str, ...]
    folded: str

    @property
    def end(self) -> int:
        return self.start + len(self.folded)


def plain(word: str) -> str:
    """A word as the lists have it."""
    return word.strip(".'-").replace("'", "")


def is_plausible(said: tuple[str, ...], *, most: int = _MOST) -> bool:
    """Whether folded words can be a name. "Sara Test" can; "what time", "yes", "tomorrow" can't."""
    told = [plain(word) for word in said]
    if not 1 <= len(told) <= most or any(not word or word in NUMBERS for word in told):
        return False
    first = told[0]
    if first in NOT_A_NAME and first not in MONTHS_THAT_ARE_NAMES and not (first == "will" and len(told) > 1):
        return False
    return any(len(word) > 1 and word not in TITLES for word in told)


def capitals(text: Text, run: Run) -> int:
    """How many words from the first on start with a capital; particles may be small ("Maria de la Cruz")."""
    position, count = run.start, 0
    for number, word in enumerate(run.words, start=1):
        if text.original(position, position + len(word))[:1].isupper():
            count = number
        elif number == 1 or word not in PARTICLES:
            break
        position += len(word) + 1
    return count


def shorten(run: Run, count: int) -> Run:
    """Its first words only."""
    words = run.words[:count]
    return Run(run.start, words, " ".join(words))


def read_run(text: Text, start: int, folded: str) -> Run:
    """The words from `start` on, up to the first that can't belong to a name."""
    kept: list[str] = []
    position = start
    for word in folded.split(" "):
        capital = text.original(position, position + len(word))[:1].isupper()
        if _is_end(plain(word)) or (kept and not _continues(plain(word), capital=capital, text=text)):
            break
        kept.append(word)
        position += len(word) + 1
        if word.endswith(".") and len(word) > 2 and plain(word) not in TITLES:
            break
    return Run(start, tuple(kept), " ".join(kept))


def _is_end(word: str) -> bool:
    """Also with a glued Arabic "and"."""
    return word in ENDS or (word[:1] == "و" and (word[1:] in ENDS or word[1:] in NOT_A_NAME))


def _continues(word: str, *, capital: bool, text: Text) -> bool:
    """Whether a name may go on with a word. A frequent one only if it alone is written with a capital."""
    if word not in NOT_A_NAME:
        return True
    if (word in TIME_WORDS and word not in SURNAMES) or word in NUMBERS:
        return False
    return capital and not text.raw.istitle() and not text.raw.isupper()


def fact_of(text: Text, run: Run, rule: str, confidence: float) -> TextFact:
    """The name as it was written; its characters are taken. Spelled letters become a word."""
    name = run.folded.rstrip(" .'-")
    end = run.start + len(name)
    value = text.original(run.start, end)
    if _SPELLED.fullmatch(name):
        value = "".join(char for char in value if char.isalpha()).capitalize()
    fact = TextFact(value, text.span(run.start, end, rule, confidence))
    text.take(run.start, end)
    return fact


def is_everyday(word: str) -> bool:
    """Whether a word in small letters is more likely no name."""
    return (word in EVERYDAY and word not in GIVEN_NAMES) or word.endswith(_LOWER_ENDINGS)


def _is_date(text: Text, run: Run) -> bool:
    """ "May 5"."""
    return plain(run.words[-1]) in MONTHS_THAT_ARE_NAMES and bool(re.match(r"\.?\s\d", text.rest[run.end :]))


def find_clear_name(
    text: Text, is_offered: Callable[[str], bool], is_person: Callable[[str], bool] = lambda _: False
) -> TextFact | None:
    """A name after words that announce one, whatever was asked.

    `is_offered`: a word of a service or place, no part of a name that is only guessed. `is_person`: a word of a
    person's name who works here: "for Dr. Salem" is then whom to see.
    """

    def is_ours(run: Run) -> bool:
        return _is_ours(run, is_offered, is_person)

    for run, rule, confidence in _announced(text, is_ours):
        return fact_of(text, run, rule, confidence)
    for match in _SERVICE_FOR.finditer(text.rest) if "for " in text.rest else ():
        guess = _guessed(text, match) if is_offered(match["what"]) else None
        if guess is not None and capitals(text, guess) and not is_ours(guess):
            return fact_of(text, guess, "service_for_name", 0.75)
    return None


def _announced(text: Text, is_ours: Callable[[Run], bool]) -> Iterator[tuple[Run, str, float]]:
    rest = text.rest
    if "name" in rest or "call me" in rest or "اسم" in rest:
        yield from ((run, "name_phrase", 1.0) for run in _said(text))
    for match in (*_IM.finditer(rest), *_ANA.finditer(rest)):
        run = _introduced(text, match)
        if run is not None:
            yield run, "i_am", 0.95 if capitals(text, run) else 0.85
    for pattern, signs, rule, confidence in _GUESSES:
        for match in pattern.finditer(rest) if any(sign in rest for sign in signs) else ():
            run = _guessed(text, match)
            if run is not None and not is_ours(run):
                yield run, rule, confidence
    for match in _PART.finditer(rest) if BLANK in rest else ():
        run = _before_contact(text, match)
        if run is not None and not is_ours(run):
            yield run, "before_contact", 0.8


def _before_contact(text: Text, match: re.Match[str]) -> Run | None:
    """ "Friday at 5, Sara Test, +96550000012": two words or more with capitals, a comma, then how to reach him."""
    run = read_run(text, match.start("name"), match["name"])
    if run.folded != match["name"] or not is_plausible(run.words, most=4) or text.raw.isupper():
        return None
    beside = text.original(run.end, min(run.end + 40, len(text.rest))).lstrip(" ,;\n")
    return run if capitals(text, run) == len(run.words) and _CONTACT.match(beside) else None


def _said(text: Text) -> Iterator[Run]:
    for match in _SAID.finditer(text.rest):
        if match["other"] and _is_somebodys(match["other"], match["name"]):
            continue
        run = read_run(text, match.start("name"), match["name"])
        if is_plausible(run.words):
            yield run


def _is_somebodys(before: str, name: str) -> bool:
    """ "File name", "your name". "Her name is" tells for whom it is booked, if it is more than who works here."""
    if _OF_WHOM.search(before) and len(name.split()) > 1:
        return False
    return bool(_OTHERS.search(before))


def _introduced(text: Text, match: re.Match[str]) -> Run | None:
    """ "I'm Sara" and its like; in small letters only where nothing follows that makes it "I'm late"."""
    run = read_run(text, match.start("name"), match["name"])
    if not is_plausible(run.words, most=4):
        return None
    count = capitals(text, run)
    if count and is_plausible(run.words[:count], most=4):
        return shorten(run, count)
    after = text.rest[run.end :].lstrip()
    ends = run.folded.endswith(".") or not after or after[0] in f".,!?;{BLANK}" or _is_end(after.split()[0])
    said = match[0].lstrip(f" ,.!{BLANK}")
    own = said.startswith(("i'm", "im ", "i am", "call", "it's me", "its me", "انا", "مع", "ويا"))
    opens = said.startswith("this is") and not text.rest[: match.start()].strip(f" ,.!{BLANK}")
    usual = any(is_everyday(plain(word)) for word in run.words)
    return run if ends and (own or opens) and len(run.words) <= 3 and not usual else None


def _guessed(text: Text, match: re.Match[str]) -> Run | None:
    """Where the announcement could mean something else: capitals, or words of no everyday use."""
    run = read_run(text, match.start("name"), match["name"])
    if not is_plausible(run.words, most=4):
        return None
    count = 0 if text.raw.isupper() else capitals(text, run)
    if count:
        run = shorten(run, count)
    elif any(is_everyday(plain(word)) for word in run.words):
        return None
    return None if _is_date(text, run) else run


def _is_ours(run: Run, is_offered: Callable[[str], bool], is_person: Callable[[str], bool]) -> bool:
    told = [part for word in run.words for part in re.split(r"\W+", plain(word)) if part]
    if any(is_offered(part) for part in told):
        return True
    return told[0] in TITLES and any(is_person(part) for part in told[1:])
