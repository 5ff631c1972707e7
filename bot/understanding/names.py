"""The customer's own name: after clear words ("I'm Sara"), or as the answer to the question for it."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.understanding.contract import TextFact
from bot.understanding.normalize import BLANK, Text
from bot.understanding.words import COMMON, NUMBERS, words

_NAME_WORD = r"[^\W\d_][^\W\d_'.-]*(?:['.-][^\W\d_]+)*\.?"
_NAME = rf"(?P<name>{_NAME_WORD}(?:\s{_NAME_WORD}){{0,4}})"
_CLEAR = re.compile(
    r"\b(?:my (?:full |first )?name(?: is|'s|:)?|name is|(?:full )?name\s?[:=]"
    r"|(?:under|in) the name(?: of)?|under name|(?:change|update) (?:the|my) name to|name to"
    r"|you can call me|just call me|they call me|put it under|book it under|book under"
    rf"|اسمي|الاسم|باسم|بأسم)\s?(?:is|:|هو)?\s?{_NAME}"
)
_IM = re.compile(rf"\b(?:i'm|im|i am|this is|it's|call me)\s{_NAME}")
_FOR = re.compile(rf"\bfor\s{_NAME}")
_ANA = re.compile(rf"(?:^|[\s,.!])انا\s{_NAME}")
_OPENING = re.compile(
    r"^(?:[\s,.!:-]*(?:yes|yeah|ok|okay|sure|hi|hello|hey|it is|it's|its|i'm|im|i am|this is|call me|of course"
    r"|my name is|my name's|name is|name|it's under|under|اسمي|انا|الاسم)(?=[\s,.!:-]))+[\s,.!:-]*"
)
_POLITE_END = re.compile(r"(?:\s(?:please|pls|plz|here|thanks|thank you))+$")
_STOP_WORDS = words(
    "and or but from at on in for to with is my the of at here by please pls thanks thank و من"
)
_SEGMENTS = re.compile(rf"[,;\n{BLANK}()|]|\s-\s|\band my\b|\band\b(?=\s*{BLANK})|\bو\s*(?={BLANK})")
_NOT_A_NAME = COMMON | words(
    """looking interested trying calling writing running coming going planning free busy new sorry back
    here happy glad sure not just so very really fine good great okay well ready afraid thinking
    wondering hoping allergic pregnant married single late early outside inside home lost confused
    curious able unable flexible located based asking waiting available currently still also only
    manicure pedicure massage haircut test-drive nothing nobody nope unknown anonymous guest admin lol
    haha hmm huh wow omg nvm whoa"""
)


_MONTHS_THAT_ARE_NAMES = frozenset(("april", "may", "june", "august", "jan"))


def _is_no_name(word: str) -> bool:
    return word in _NOT_A_NAME and word not in _MONTHS_THAT_ARE_NAMES


def _plausible(said: list[str], *, most: int = 5) -> bool:
    """Whether folded words can be a name. "Sara Test" can; "what time", "yes", "tomorrow" can't."""
    if not 1 <= len(said) <= most:
        return False
    plain = [word.strip(".'-").replace("'", "") for word in said]
    if any(not word or word in NUMBERS for word in plain):
        return False
    if _is_no_name(plain[0]) and not (plain[0] == "will" and len(plain) > 1):
        return False
    return all(not _is_no_name(word) for word in plain[1:]) and any(len(word) > 1 for word in plain)


def _cut(folded: str) -> str:
    """The words of a match up to the first that can't belong to a name."""
    kept: list[str] = []
    for word in folded.split(" "):
        if word in _STOP_WORDS or (kept and word.replace("'", "") in _NOT_A_NAME):
            break
        kept.append(word)
        if word.endswith(".") and len(word) > 3:
            break
    return " ".join(kept)


def _fact(text: Text, start: int, folded: str, rule: str, confidence: float) -> TextFact:
    name = folded.rstrip(" .'-")
    end = start + len(name)
    fact = TextFact(text.original(start, end), text.span(start, end, rule, confidence))
    text.take(start, end)
    return fact


def _capitalised(text: Text, start: int, folded: str) -> bool:
    """Whether every word starts with a capital, in a script that has them."""
    written = text.original(start, start + len(folded)).split()
    return bool(written) and all(word[:1].isupper() for word in written)


def _leading_capitals(text: Text, start: int, folded: str) -> str:
    kept: list[str] = []
    position = start
    for word in folded.split(" "):
        if not text.original(position, position + len(word))[:1].isupper():
            break
        kept.append(word)
        position += len(word) + 1
    return " ".join(kept)


def find_clear_name(text: Text, is_offered: Callable[[str], bool]) -> TextFact | None:
    """A name after words that announce one, whatever was asked. `is_offered`: a word of a service or place."""
    rest = text.rest
    for match in _CLEAR.finditer(rest):
        name = _cut(match["name"])
        if name and _plausible(name.split()):
            return _fact(text, match.start("name"), name, "name_phrase", 1.0)
    for match in (*_IM.finditer(rest), *_ANA.finditer(rest)):
        name = _cut(match["name"])
        if not name or not _plausible(name.split(), most=4):
            continue
        capitals = _leading_capitals(text, match.start("name"), name)
        if capitals and _plausible(capitals.split(), most=4):
            return _fact(text, match.start("name"), capitals, "i_am", 0.95)
        after = rest[match.start("name") + len(name) :].lstrip()
        ends = not after or after[0] in f".,!?;{BLANK}" or after.split()[0] in {"and", "from", "i", "و"}
        own = match[0].lstrip(" ,.!").startswith(("i", "call", "انا")) and not match[0].startswith("it")
        if ends and own and len(name.split()) <= 3 and not name.split()[0].endswith(("ing", "ed")):
            return _fact(text, match.start("name"), name, "i_am", 0.85)
    for match in _FOR.finditer(rest):
        name = _leading_capitals(text, match.start("name"), _cut(match["name"]))
        if any(is_offered(word) for word in name.split()):
            continue
        if name and _plausible(name.split(), most=4) and not text.raw.isupper():
            return _fact(text, match.start("name"), name, "for_name", 0.8)
    return None


def find_answered_name(text: Text) -> TextFact | None:
    """A name as the answer to the question for it: the first part of the text that can be one."""
    if "?" in text.rest:
        return None
    opening = _OPENING.match(text.rest)
    start = opening.end() if opening else 0
    boundaries = [match.span() for match in _SEGMENTS.finditer(text.rest, start)]
    position = start
    for boundary_start, boundary_end in [*boundaries, (len(text.rest), len(text.rest))]:
        segment = text.rest[position:boundary_start]
        stripped = _POLITE_END.sub("", segment.strip(" .!:-"))
        if stripped and re.fullmatch(_NAME, stripped) and _plausible(stripped.split()):
            at = position + segment.index(stripped)
            return _fact(text, at, stripped, "name_answer", 0.9)
        position = boundary_end
    return None
