"""understand(text, context): everything one message says, as facts. Pure and total: any text has an answer."""

from __future__ import annotations

import re

from bot.understanding.answered_names import is_whole_name
from bot.understanding.bodily import take_body
from bot.understanding.by_sound import take_person
from bot.understanding.catalog_index import stem
from bot.understanding.catalog_match import CatalogMentions, Mention, drop_overlapping, find_catalog
from bot.understanding.choices import read_choices
from bot.understanding.contact import find_contact
from bot.understanding.contract import Intent, Match, TextFact, Understanding, UnderstandingContext
from bot.understanding.cues import read_cues, shield
from bot.understanding.explain import answer_spans, trace_of
from bot.understanding.intents import read_intents
from bot.understanding.language import language_named
from bot.understanding.names import find_clear_name
from bot.understanding.needs import take_need
from bot.understanding.negation import drop_negated
from bot.understanding.normalize import Text
from bot.understanding.party import find_party
from bot.understanding.polarity import read_polarity, refuses
from bot.understanding.reading import Facts, Reading
from bot.understanding.safety import find_safety
from bot.understanding.when.day_words import WEEKDAYS
from bot.understanding.when.read import find_when
from bot.understanding.wishes import take_answered_name, take_bare_name, take_unknown
from bot.understanding.words import BODY
from bot.workspace import SlotKind

_CHANGES_SOMETHING = frozenset((Intent.CHANGE, Intent.REMOVE, Intent.ADD, Intent.CANCEL, Intent.RESCHEDULE))

_COUNTING = re.compile(r"\s(?:for|of)\s")
_POSSESSED = re.compile(r"\b(?:my|our|his|her|your|this|that|the)\s$")


def understand(text: str, context: UnderstandingContext) -> Understanding:
    """Read one message. Never raises on any text; only the first normalize.LIMIT code points are looked at."""
    message = Text(text)
    if not message.tokens:
        return Understanding(language=context.language)
    reading = Reading(message, context)
    return _result(reading, _facts(reading))


def _facts(reading: Reading) -> Facts:
    text, context = reading.text, reading.context
    facts = Facts(
        find_contact(
            text, context.region, reading.language,
            asked_phone=reading.asked(SlotKind.PHONE), asked_email=reading.asked(SlotKind.EMAIL),
        )
    )  # fmt: skip
    if facts.contact.phone is None and facts.contact.email is None and not facts.contact.bad_phone:
        facts.choices, facts.by_number = read_choices(text.tokens, text.folded, context.offered)
    shield(reading)
    facts.name = find_clear_name(text, reading.index.offers, reading.index.employs)
    read_cues(reading, facts)
    facts.mentions = find_catalog(
        text, reading.index, location_id=context.location_id,
        asked_staff=reading.asked(SlotKind.STAFF), asked_location=reading.asked(SlotKind.LOCATION),
    )  # fmt: skip
    if not (reading.asked(SlotKind.NAME) or facts.name or facts.choices):
        facts.need = take_need(reading.text, reading.index, facts.mentions)
    _drop_possessed(reading, facts)
    if not reading.asked(SlotKind.NAME):
        take_body(reading, facts)
        take_person(reading, facts)
    _read_party(reading, facts)
    if not (reading.asked(SlotKind.NAME) and is_whole_name(text)):
        _read_time(reading, facts)
    _take_mentions(reading, facts)
    drop_negated(reading, facts)
    if facts.name is None and reading.asked(SlotKind.NAME):
        take_answered_name(reading, facts)
    elif facts.name is None:
        take_bare_name(reading, facts)
    return facts


def _drop_possessed(reading: Reading, facts: Facts) -> None:
    """ "My hair", "this hair" is a part of the body, no service of that name, unless services were asked for."""
    if reading.asked(SlotKind.SERVICES):
        return
    folded = reading.text.folded
    facts.mentions.services = [
        mention
        for mention in facts.mentions.services
        if len(mention.ids) == 1
        or stem(folded[mention.start : mention.end]) not in BODY
        or not _POSSESSED.search(folded, 0, mention.start)
    ]


def _read_party(reading: Reading, facts: Facts) -> None:
    """How many come, before a clock is read into it. "Massage for two" keeps its words if it is a service."""
    found = None if facts.by_number else find_party(reading.text)
    if found is None:
        return
    start, end, fact = found
    for mention in facts.mentions.all():  # "dinner table for 4" is the Dinner Table, for four
        if mention.start <= start < mention.end < end and _COUNTING.match(reading.text.folded, mention.end):
            start = mention.end
    if any(mention.start < end and start < mention.end for mention in facts.mentions.all()):
        return
    facts.party = fact
    reading.text.take(start, end)


def _read_time(reading: Reading, facts: Facts) -> None:
    """Days, then times. Longer names of the catalog keep their words; a choice by number keeps its number."""
    if facts.by_number:
        return
    kept = reading.text.rest
    dated = [mention for mention in facts.mentions.services if _names_weekday(reading, mention)]
    for mention in facts.mentions.all():
        if mention.confidence >= 0.8 and _is_long(reading, mention) and mention not in dated:
            reading.text.take(mention.start, mention.end)
    local = reading.context.now.astimezone(reading.context.zone)
    facts.days, times = find_when(
        reading.text, local, reading.context.region, asked_time=reading.asked(SlotKind.TIME)
    )
    if times:
        facts.times = [item for item in facts.times if item[2].earliest or item[2].latest]
    facts.times = sorted([*facts.times, *times], key=lambda item: item[0])
    taken = [(s, e) for s, e, _ in (*facts.days, *facts.times)]
    reading.text.rest = kept
    for start, end in taken:
        reading.text.take(start, end)
    mentions = facts.mentions
    for name in ("services", "locations", "staff", "sizes"):
        setattr(mentions, name, drop_overlapping(getattr(mentions, name), taken, but=dated))


def _names_weekday(reading: Reading, mention: Mention) -> bool:
    """ "Brunch on Sunday" is the service of that name and its day."""
    said = reading.text.folded[mention.start : mention.end].split()
    return len(said) > 1 and any(word in WEEKDAYS for word in said)


def _is_long(reading: Reading, mention: Mention) -> bool:
    if mention.rule == "service_name" and mention.confidence == 1:
        return True
    said = reading.text.folded[mention.start : mention.end]
    return " " in said or any(char.isdigit() for char in said)


def _take_mentions(reading: Reading, facts: Facts) -> None:
    for mention in facts.mentions.all():
        reading.text.take(mention.start, mention.end)


def _result(reading: Reading, facts: Facts) -> Understanding:
    intents, phrases = read_intents(
        reading.text,
        reading.hits,
        names_service=bool(facts.mentions.services),
        names_time=bool(facts.days or facts.times),
        taken=[(m.start, m.end) for m in facts.mentions.services if m.rule == "service_name"],
    )
    polarity = read_polarity(
        reading.text,
        reading.hits,
        intents,
        open_question=reading.context.yes_no_open,
        has_facts=facts.any_said(),
    )
    only_asks = not facts.any_said() and any(intent.value.startswith("ask_") for intent in intents)
    wants_change = polarity.change and not only_asks and (reading.context.yes_no_open or facts.negated)
    if (wants_change or facts.negated) and not _CHANGES_SOMETHING & set(intents):
        intents.append(Intent.CHANGE)
    refused = not reading.context.yes_no_open and not facts.any_said() and refuses(reading.text)
    if refused and Intent.ALTERNATIVES not in intents:
        intents.append(Intent.ALTERNATIVES)
    if facts.removed and Intent.REMOVE not in intents:
        intents.append(Intent.REMOVE)
    unknown, near = take_unknown(reading, facts, intents)
    services = tuple(mention.matches(reading.text) for mention in facts.mentions.services)
    removed = tuple(m.matches(reading.text) for m in facts.mentions.services if m in facts.removed)
    return Understanding(
        language=reading.language,
        intents=tuple(intents),
        polarity=polarity.value if not facts.choices else None,
        leaning=polarity.leaning,
        choice=facts.choices[0] if len(facts.choices) == 1 else None,
        choices=facts.choices,
        locations=_flat(reading.text, facts.mentions.locations),
        services=services,
        removed=removed,
        staff=_flat(reading.text, facts.mentions.staff),
        any_staff=facts.any_staff,
        payment_types=facts.payments,
        size_hint=_size(reading.text, facts.mentions),
        days=tuple(fact for _, _, fact in facts.days),
        times=tuple(fact for _, _, fact in facts.times),
        name=facts.name,
        phone=facts.contact.phone,
        bad_phone=facts.contact.bad_phone,
        wrong_phone=facts.contact.wrong_phone,
        email=facts.contact.email,
        bad_email=facts.contact.bad_email,
        unknown_service=unknown,
        need=facts.need,
        near_services=near,
        party=facts.party,
        safety=find_safety(reading.text),
        wants_language=language_named(reading.text) if Intent.LANGUAGE in intents else None,
        phrases=(*phrases, *answer_spans(reading)),
        leftover=reading.text.leftover(),
        trace=tuple(trace_of(reading, facts)),
    )


def _size(text: Text, mentions: CatalogMentions) -> TextFact | None:
    if not mentions.sizes:
        return None
    first = mentions.sizes[0]
    span = text.span(first.start, first.end, "size", first.confidence)
    return TextFact(text.original(first.start, first.end), span)


def _flat(text: Text, mentions: list[Mention]) -> tuple[Match, ...]:
    return tuple(match for mention in mentions for match in mention.matches(text))
