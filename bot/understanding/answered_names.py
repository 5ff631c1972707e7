"""The name as the answer to the question for it: the first part of a message that can be one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bot.understanding.contract import TextFact
from bot.understanding.name_words import NICKNAMES, NOT_A_NAME, SURNAMES, TITLES
from bot.understanding.names import NAME, Run, capitals, fact_of, is_everyday, is_plausible, plain, read_run
from bot.understanding.normalize import BLANK, Text
from bot.understanding.words import TIME_WORDS

_OPENING = re.compile(
    r"^(?:[\s,.!?:-]*(?:yes|yeah|yep|ok|okay|sure(?: thing)?|certainly|absolutely|no problem|alright|of course"
    r"|hi|hello|hey|well|oh|it is|it's me|it's|its|i'm|im|i am|this is|call me|that's|spell(?:ed|t)"
    r"|(?:my|his|her|their) name(?:'?s| is)?|name(?: is)?|for|it's under"
    r"|my (?:daughter|son|wife|husband|mother|mom|mum|father|dad|sister|brother|friend|child|kid)(?:'?s name(?: is)?)?"
    r"|بنتي|ولدي|اختي|امي|زوجتي|زوجي|under|اسمي|اسمها|اسمه|انا|الاسم|معك|معاك)(?=[\s,.!?:-]))+[\s,.!?:-]*"
)
_CORRECTED = re.compile(rf"\bnot\s[^\W\d_]+,?\s(?:it's|its|it is|but)\s(?P<name>{NAME})[\s.!]*$")
"""Of "not Sara, it's Dana" the last is meant."""
_EDGES = re.compile(r"^\W+|[^\w.]+$")
_PART = re.compile(rf"[,;/\n{BLANK}()|?!]|\s-\s|\.(?=\s|$)|\s(?:and|but|with)\s|\sو\s?(?={BLANK})")
_POLITE_END = re.compile(r"(?:\s(?:please|pls|plz|here|thanks|thank you|speaking))+$")
_CONTACT_WORDS = (
    r"(?:and|&|my|the|e-?mail|mail|phone|mobile|number|no|address|is|here|at|on"
    r"|و|هذا|ايميلي|وايميلي|ايميل|رقمي|ورقمي|بريدي)"
)
_BESIDE_CONTACT = re.compile(
    r"[\s,.!:-]*(?:(?:(?:it is|it's|its|this is|here is)\s)?"
    rf"(?P<first>{NAME})(?:(?:[\s,.;:/-]+{_CONTACT_WORDS})*[\s,.;:/-]*(?<=[\s,;:/-]){BLANK}+){{1,2}}[\s.!]*"
    rf"|(?:{_CONTACT_WORDS}[\s:]+)*{BLANK}+[\s,;/-]+(?:(?:and|my|name|is|it's|و)\s)*(?P<last>{NAME})[\s.!]*)"
)
"""All of a message is a name and an address or two, either of them first."""
_SHORTEST_ALONE = 3
_SPELLED = re.compile(r"[^\W\d_](?:[ .-]{1,2}[^\W\d_]){2,}")


def find_answered_name(text: Text, *, guarded: bool = False) -> TextFact | None:
    """The first part of the text that can be a name. `guarded`: the text also says what one may want; then only
    a part that is set off counts, and none of everyday words.
    """
    corrected = _CORRECTED.search(text.rest)
    if corrected is not None:
        run = _run(text, corrected.start("name"), corrected["name"])
        return fact_of(text, run, "name_answer", 0.9) if run else None
    opening = _OPENING.match(text.rest)
    for number, (start, part, following) in enumerate(_parts(text.rest, opening.end() if opening else 0)):
        run = _run(text, start, part)
        if run is None or following.startswith("?"):
            continue
        small = not capitals(text, run) and any(is_everyday(plain(word)) for word in run.words)
        if small and (guarded or number):
            continue
        if guarded and (number or not following or len(run.words) > 3):
            return None
        return fact_of(text, run, "name_answer", 0.9)
    return None


def _parts(rest: str, position: int) -> Iterator[tuple[int, str, str]]:
    """Start, text and what ends it, of each part of a message. A title's or an initial's dot ends none."""
    start = position
    for end in _PART.finditer(rest, position):
        before = rest[start : end.start()].rsplit(" ", 1)[-1]
        if end[0] == "." and (plain(before) in TITLES or len(before) == 1):
            continue
        yield start, rest[start : end.start()], end[0]
        start = end.end()
    yield start, rest[start:], ""


def _is_nickname(text: Text, run: Run) -> bool:
    """ "Big Mike": a frequent word before a name, both with capitals."""
    return (
        len(run.words) == 2
        and capitals(text, run) == 2
        and plain(run.words[0]) in NICKNAMES
        and is_plausible(run.words[1:])
        and not is_everyday(plain(run.words[1]))
    )


def _run(text: Text, start: int, part: str) -> Run | None:
    """The part as a name: all of it but politeness at its end."""
    said = _POLITE_END.sub("", _EDGES.sub("", part).rstrip("."))
    if not said:
        return None
    begin = start + part.index(said)
    if _SPELLED.fullmatch(said):
        return Run(begin, (said,), said)
    if not re.fullmatch(NAME, said):
        return None
    words = tuple(said.split())
    if _is_nickname(text, Run(begin, words, said)):
        return Run(begin, words, said)
    if is_plausible(words) and not any(plain(word) in NOT_A_NAME - SURNAMES for word in words[1:]):
        return Run(begin, words, said)
    run = read_run(text, begin, said)
    rest = said[len(run.folded) :].split()
    set_off = bool(rest) and plain(rest[0]) not in TIME_WORDS
    return run if set_off and is_plausible(run.words) and 0 < capitals(text, run) == len(run.words) else None


def is_whole_name(text: Text) -> bool:
    """Whether a message is nothing but a name of several words: "Tom Salem" names no day, "May Obeid" no month."""
    opening = _OPENING.match(text.rest)
    start = opening.end() if opening else 0
    run = _run(text, start, text.rest[start:])
    return run is not None and len(run.words) > 1 and not any(is_everyday(plain(word)) for word in run.words)


def find_name_beside_contact(text: Text, knows: Callable[[str], bool]) -> TextFact | None:
    """A name in small letters that stands alone beside an e-mail address or a number: "noura test, x@example.com".

    The address is blanked already; none of the words may be an everyday one or of the catalog.
    """
    match = _BESIDE_CONTACT.fullmatch(text.rest)
    if match is None:
        return None
    name = "first" if match["first"] else "last"
    words = tuple(match[name].split())
    told = [plain(word) for word in words]
    if not is_plausible(words) or any(word in NOT_A_NAME or knows(word) for word in told):
        return None
    if is_everyday(told[0]) or (len(told) == 1 and len(told[0]) < _SHORTEST_ALONE):
        return None
    return fact_of(text, Run(match.start(name), words, match[name]), "name_beside_contact", 0.7)


def find_bare_name(text: Text, knows: Callable[[str], bool]) -> TextFact | None:
    """A name that is the whole message though something else was asked ("Ali Test"): a guess.

    Two or three words with capitals, no frequent ones and none that `knows` tells to be of the catalog.
    """
    said = text.rest.strip(" .!,")
    words = tuple(said.split())
    if not 2 <= len(words) <= 3 or not re.fullmatch(NAME, said) or text.raw.isupper():
        return None
    run = Run(text.rest.index(said), words, said)
    if capitals(text, run) < len(words) or not is_plausible(words):
        return None
    told = [plain(word) for word in words]
    if is_everyday(told[0]) or any(word in NOT_A_NAME or knows(word) for word in told):
        return None
    return fact_of(text, run, "bare_name", 0.6)
