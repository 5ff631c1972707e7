"""What is said out: "not Plaza, Zahra", "anyone but Sara", "without the pedicure"."""

from __future__ import annotations

import re

from bot.understanding.contract import Intent
from bot.understanding.reading import Facts, Reading

_LEADS_OUT = (
    "not", "instead of", "rather than", "except", "anyone but", "anybody but", "everything but", "all but",
    "but no", "and no", "with no", "don't want", "dont want", "do not want", "don't need", "dont need",
    "can't do", "cant do", "cannot do", "not free", "not available", "can't make", "cant make",
    "مو", "مب", "مش", "ليس",
    "ما ابي", "مابي", "ما ابغى", "ما اريد", "ما بغيت", "ما ابي", "ما ابغي", "ما نبي", "من غير",
)  # fmt: skip
_OUT_AFTER = re.compile(
    r"\s(?:(?:really|just)\s)?(?:does\s?n'?o?t|do\s?n'?t|does not|won'?t|will not|wouldn'?t|is\s?n'?t|is not|can'?t)\s"
    r"(?:really\s|gonna\s|going to\s)?(?:work|suit|good|possible|convenient|do)\b"
    r"|\sis out\b|\s(?:ما|مو|مب)\s?(?:يناسب|يصير|ينفع|مناسب|اقدر)"
)
"""After a fact: "thursday doesn't work for me", "الخميس ما يناسبني"."""
_KEEPS = re.compile(r"\b(?:just|only|keep|but|بس|خلي|خلوا)\b")
"""Ends what is taken out: "no haircut, just the blow dry"."""


def drop_negated(reading: Reading, facts: Facts) -> None:
    """ "not Plaza, Zahra": what is said out is no wish. Services said out are marked, not dropped."""
    mentions = facts.mentions
    kept_places = [m for m in mentions.locations if not _is_out(reading, m.start, m.end)]
    kept_staff = [m for m in mentions.staff if not _is_out(reading, m.start, m.end)]
    kept_days = [item for item in facts.days if not _is_out(reading, *item[:2])]
    kept_times = [item for item in facts.times if not _is_out(reading, *item[:2])]
    before = (len(mentions.locations), len(mentions.staff), len(facts.days), len(facts.times))
    facts.negated = before != (len(kept_places), len(kept_staff), len(kept_days), len(kept_times))
    mentions.locations, mentions.staff = kept_places, kept_staff
    facts.days, facts.times = kept_days, kept_times
    _mark_removed(reading, facts)


def _mark_removed(reading: Reading, facts: Facts) -> None:
    """ "Without", "remove": all that follow until "add"; "not": only the next one."""
    turns = [
        (reading.range(hit), hit.label) for hit in reading.hits if hit.label in {Intent.REMOVE, Intent.ADD}
    ]
    for mention in facts.mentions.services:
        said = [(span, label) for span, label in turns if span[0] < mention.start]
        removing = bool(said) and said[-1][1] is Intent.REMOVE
        if removing and _KEEPS.search(reading.text.folded, said[-1][0][1], mention.start):
            removing = False
        if removing and reading.text.folded[slice(*said[-1][0])].startswith("not"):
            removing = reading.text.folded[said[-1][0][1] : mention.start].isspace()
        if _leads_out(reading, mention.start) or removing:
            facts.removed.append(mention)


def _is_out(reading: Reading, start: int, end: int) -> bool:
    """Whether a day, a time, a place or a person is said out, by what stands before or after it."""
    return _leads_out(reading, start) or _OUT_AFTER.match(reading.text.folded, end) is not None


def _leads_out(reading: Reading, start: int) -> bool:
    """Whether "not" stands before a fact, with nothing but little words between."""
    before = reading.text.folded[max(0, start - 40) : start].rstrip()
    for little in (" on", " at", " the", " with", " in", " for", " a", " any"):
        before = before.removesuffix(little)
    return before.endswith(_LEADS_OUT) and _starts_word(before)


def _starts_word(before: str) -> bool:
    lead = next(lead for lead in _LEADS_OUT if before.endswith(lead))
    at = len(before) - len(lead)
    return at == 0 or not before[at - 1].isalnum()
