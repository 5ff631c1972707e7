"""Side questions, answered from the catalog; the booking then goes on where it was."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

from bot.catalog import Location, Staff, localized
from bot.flows import escalation, own_words, prices, summary, topic
from bot.flows.faq import clauses, find, is_question
from bot.flows.hours import hours_text
from bot.flows.slots import services, staff
from bot.flows.state import BotState
from bot.flows.talk import Talk
from bot.understanding.contract import Intent, Safety, Understanding
from bot.understanding.normalize import fold, tokenize
from bot.understanding.words import COMMON, FILLERS, POLITE, QUESTION_WORDS
from bot.workspace import FaqEntry

SIDE = frozenset(
    {
        Intent.ASK_PRICE,
        Intent.ASK_DURATION,
        Intent.ASK_HOURS,
        Intent.ASK_PLACE,
        Intent.ASK_SERVICES,
        Intent.ASK_STAFF,
        Intent.ASK_PAYMENT,
        Intent.ASK_COMPARISON,
        Intent.ASK_POLICY,
    }
)
_SMALL_WORDS = COMMON | FILLERS | POLITE | QUESTION_WORDS
SHOWN = 8
AT_ONCE = 3
"""Questions of one line that are answered from the business's own list."""
_CATALOG_KNOWS = frozenset(
    {
        Intent.ASK_PRICE,
        Intent.ASK_COMPARISON,
        Intent.ASK_DURATION,
        Intent.ASK_HOURS,
        Intent.ASK_SERVICES,
        Intent.ASK_STAFF,
        Intent.ASK_TIMES,
        Intent.MY_BOOKING,
        Intent.BOOK,
        Intent.CANCEL,
        Intent.RESCHEDULE,
    }
)
_POLITE = frozenset({Intent.GREETING, Intent.THANKS, Intent.GOODBYE})


def from_faq(talk: Talk, u: Understanding, text: str, ear: Callable[[str], Understanding]) -> str | None:
    """Answers what the business's own questions and answers cover.

    Returns the rest of the line, which may be empty; None: nothing was found. What the catalog knows itself is left
    to it, unless every word of the entry's question was said.
    """
    faq = talk.context.settings.faq
    if not faq or u.choice is not None or u.choices or u.polarity is not None:
        return None
    rest: list[str] = []
    found: list[FaqEntry] = []
    for clause in clauses(text):
        hit = find(faq, clause) if len(found) < AT_ONCE else None
        if hit is None or (not hit.whole and set(ear(clause.raw).intents) & _CATALOG_KNOWS):
            rest.append(clause.raw)
            continue
        if hit.entry not in found:
            found.append(hit.entry)
        if own_words.says(talk, clause.raw):
            rest.append(clause.raw)
    for entry in found:
        talk.heard = True
        talk.trace.append(f"faq:{talk.context.settings.faq.index(entry)}")
        talk.answer("detail_line", text=localized(entry.answer, talk.state.language))
    return "\n".join(rest) if found else None


_WHERE_IS = re.compile(
    r"\b(?:where(?:'?s| is| are| can i find)|how do i get to)\b|وين|فين|اين", re.IGNORECASE
)
_BRINGS_IT = re.compile(r"\bbring (?:it|her|him|them|my (?:car|truck|dog|cat|puppy))\b", re.IGNORECASE)
""" "Can I bring it in tomorrow morning?" wishes for a time."""
_ASKS_OF_US = re.compile(
    r"\b(?:can|could|do|would|will)\s(?:you|u|ya|i|we)\b|(?<!\w)(?:تقدرون|تقدر|ممكن|عندكم)(?!\w)"
)
""" "My car is dead, can you tow it": asked at the end of a line."""
_IS_OPEN = re.compile(r"\b(?:open|closed?|closing)\b|فاتح|مفتوح|تفتح|يفتح|مسكر|تسكر|يسكر", re.IGNORECASE)


def sharpened(u: Understanding, text: str) -> Understanding:
    """What a line asks, where that follows from what it names: "where is Plaza", "is Plaza open on Friday?".

    A question about the rules for cancelling cancels nothing, and one for a doctor asks for no service.
    """
    intents = list(u.intents)
    if Intent.ASK_POLICY in intents and Intent.CANCEL in intents:
        intents.remove(Intent.CANCEL)
    if Intent.ASK_POLICY in intents and (u.days or u.times) and _BRINGS_IT.search(text):
        intents.remove(Intent.ASK_POLICY)
    if u.locations and is_question(text):
        if _WHERE_IS.search(text) and Intent.ASK_PLACE not in intents:
            intents.append(Intent.ASK_PLACE)
        if _IS_OPEN.search(text) and Intent.ASK_HOURS not in intents:
            intents.append(Intent.ASK_HOURS)
    if (
        u.safety is not None
        and u.safety.kind is Safety.MEDICAL
        and not {Intent.BOOK, Intent.ADD} & set(intents)
    ):
        u = replace(u, services=(), need=None, unknown_service=None, near_services=())
    return replace(u, intents=tuple(intents)) if intents != list(u.intents) else u


def unknown(talk: Talk, u: Understanding, text: str) -> bool:
    """A question that nothing is known about: said so, with a person to ask. False: it is none."""
    only_manners = not any(character.isalpha() for character in u.leftover)  # "hi, how are you?"
    if only_manners or _is_doctors(talk, u):
        return False
    if set(u.intents) - _POLITE or talk.state.name is BotState.ASK_DETAIL or len(text.split()) < 2:
        return False
    named = talk.state.name is BotState.ASK_NAME
    asks = is_question(text) or _ASKS_OF_US.search(fold(text)) is not None
    if not (asks and (not named or text.rstrip().endswith(("?", "؟")))):
        return False
    if not staff.hear_asked_after(talk, text):
        _dont_know(talk)
    return True


def weighs_people(talk: Talk, u: Understanding, text: str) -> bool:
    """ "Is Dana better than Mira?": no wish for either, and not for a receptionist to judge."""
    people = {match.id for match in u.staff}
    if len(people) < 2 or not is_question(text) or set(u.intents) & {Intent.BOOK, Intent.ASK_TIMES}:
        return False
    _dont_know(talk)
    return True


def _is_doctors(talk: Talk, u: Understanding) -> bool:
    """A question for a doctor that the business has a line for: it was answered with that."""
    said = talk.context.settings.safety.no_medical_advice
    return u.safety is not None and u.safety.kind is Safety.MEDICAL and bool(said)


def _dont_know(talk: Talk) -> None:
    talk.heard = talk.offer_human = True
    talk.trace.append("question:unknown")
    talk.answer("unknown_question")
    for line in escalation.contact_lines(talk):
        talk.answer(line.key, **line.words)


def hear(talk: Talk, u: Understanding) -> bool:
    """Answers what was asked aside. True: something was."""
    asked = [intent for intent in u.intents if intent in SIDE]
    for intent in asked:
        talk.heard = True
        talk.trace.append(f"question:{intent.value}")
        match intent:
            case Intent.ASK_PRICE | Intent.ASK_DURATION | Intent.ASK_COMPARISON:
                prices.hear(talk, u, intent)
            case Intent.ASK_HOURS:
                _hours(talk, u)
            case Intent.ASK_PLACE:
                _places(talk, u)
            case Intent.ASK_SERVICES:
                _offering(talk, u)
            case Intent.ASK_STAFF:
                _people(talk, u)
            case Intent.ASK_PAYMENT:
                _payments(talk)
            case Intent.ASK_POLICY:
                if not _is_doctors(talk, u):
                    _dont_know(talk)
            case _:
                raise AssertionError(intent)
    if Intent.HELP in u.intents:
        talk.heard = True
        line = escalation.help_line(talk)
        talk.answer(line.key, **line.words)
    if asked:
        topic.remember(talk, u)
    return bool(asked)


def _where(talk: Talk, u: Understanding) -> list[Location]:
    named = [talk.catalog.locations[match.id] for match in u.locations]
    if named:
        return list({place.id: place for place in named}.values())
    return [talk.location] if talk.location else list(talk.catalog.locations.values())


def week_text(talk: Talk, place: Location) -> str:
    """`Mon - Thu 10:30 AM - 9:00 PM, Fri 2:00 PM - 9:00 PM`; equal days run together."""
    words = talk.words
    by_day: list[tuple[tuple[time, time], ...]] = [
        tuple(sorted((h.opens, h.closes) for h in place.hours if h.weekday == day)) for day in range(7)
    ]
    if len(set(by_day)) == 1:
        return f"{words.label('every_day')} {hours_text(words, list(by_day[0]))}"
    runs: list[tuple[int, int]] = []
    for day in range(7):
        if runs and by_day[runs[-1][0]] == by_day[day]:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    texts = []
    for first, last in runs:
        if by_day[first]:
            name = (
                words.weekday(first) if first == last else f"{words.weekday(first)} - {words.weekday(last)}"
            )
            texts.append(f"{name} {hours_text(words, list(by_day[first]))}")
    return ", ".join(texts)


def _payments(talk: Talk) -> None:
    options = [talk.called(one) for one in talk.catalog.payment_types]
    if options:
        talk.answer("pay_by", options=talk.words.joined(options, last="or"))
    else:
        _dont_know(talk)


def _hours(talk: Talk, u: Understanding) -> None:
    for place in _where(talk, u)[:SHOWN]:
        if place.hours and u.days:
            for fact in u.days[:SHOWN]:
                _hours_on(talk, place, fact.day)
        elif place.hours:
            talk.answer("hours_are", place=talk.called(place), hours=week_text(talk, place))
        else:
            talk.answer("hours_unknown", place=talk.called(place))


def _hours_on(talk: Talk, place: Location, day: date) -> None:
    """Of one day; "are you open on Friday?" is answered with the hours or with a plain no."""
    words = talk.words
    spans = place.hours_on(day)
    if spans:
        talk.answer(
            "hours_on", place=talk.called(place), day=words.day(day), hours=hours_text(words, list(spans))
        )
    else:
        talk.answer("closed_day", place=talk.called(place), day=words.day(day))


def _map_url(place: Location) -> str:
    if place.latitude is None or place.longitude is None:
        return ""
    return f"https://www.google.com/maps?q={place.latitude:.6g},{place.longitude:.6g}"


def _places(talk: Talk, u: Understanding) -> None:
    for place in _where(talk, u)[:SHOWN]:
        if place.address and (url := _map_url(place)):
            talk.answer("place_map", place=talk.called(place), address=place.address, url=url)
        elif place.address:
            talk.answer("place_is", place=talk.called(place), address=place.address)
        else:
            talk.answer("place_only", place=talk.called(place))


def _offering(talk: Talk, u: Understanding) -> None:
    if u.need is not None:
        return  # bot/flows/needs.py answers that
    if services.hear_unknown(talk, u) and talk.state.candidates:
        return  # what is near is offered under it
    named = [talk.catalog.services[match.id] for mention in u.services for match in mention]
    if named:
        rows = [
            f"{talk.called(s)} ({summary.price_text(talk, s)})".removesuffix(" ()")
            for s in {s.id: s for s in named}.values()
        ]
    else:
        offered = talk.catalog.services_at(talk.wish.location_id)
        groups = dict.fromkeys(s.group_id for s in offered if s.group_id in talk.catalog.groups)
        rows = [
            localized(talk.catalog.groups[one].names, talk.state.language)
            for one in groups
            if one is not None
        ] or [talk.called(service) for service in offered]
    if rows:
        sure = bool(named) and (all(len(mention) == 1 for mention in u.services) or not _says_more(u))
        talk.answer("we_do" if sure else "we_offer", what=talk.words.joined(rows[:SHOWN]))


def _says_more(u: Understanding) -> bool:
    """Whether a word beside what is named may tell it apart: "do you do prenatal massage?"."""
    return any(token.word not in _SMALL_WORDS for token in tokenize(u.leftover))


def _people(talk: Talk, u: Understanding) -> None:
    """Who does what: of the people named, else of everybody at the place."""
    if u.staff:
        for person_id in dict.fromkeys(match.id for match in u.staff):
            _what_somebody_does(talk, u, talk.catalog.staff[person_id])
        return
    services = {match.id for mention in u.services for match in mention} or {s.id for s in talk.services()}
    for place in _where(talk, u)[:SHOWN]:
        people = [
            talk.called(person)
            for person in talk.catalog.staff.values()
            if person.location_id == place.id
            and not person.resource
            and (not services or services & person.service_ids)
        ]
        if people:
            talk.answer("staff_are", place=talk.called(place), people=talk.words.joined(people))


def _what_somebody_does(talk: Talk, u: Understanding, person: Staff) -> None:
    """All a person does, or yes and no to the services that were named with the question."""
    named = dict.fromkeys(match.id for mention in u.services for match in mention)
    does = [one for one in named if one in person.service_ids]
    if named and not does:
        services = talk.words.joined([talk.called(talk.catalog.services[one]) for one in named], last="or")
        talk.answer("staff_does_not", staff=talk.called(person), services=services)
        return
    wanted = does or [one for one in talk.catalog.services if one in person.service_ids]
    names = [talk.called(talk.catalog.services[one]) for one in wanted]
    if names:
        talk.answer("staff_does", staff=talk.called(person), services=talk.words.joined(names[:SHOWN]))
