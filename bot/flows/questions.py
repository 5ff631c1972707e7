"""Side questions, answered from the catalog; the booking then goes on where it was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from uuid import UUID

from bot.catalog import Location, Service, localized
from bot.flows import escalation, summary
from bot.flows.hours import hours_text
from bot.flows.talk import Talk
from bot.understanding.contract import Intent, Understanding

SIDE = frozenset(
    {
        Intent.ASK_PRICE,
        Intent.ASK_DURATION,
        Intent.ASK_HOURS,
        Intent.ASK_PLACE,
        Intent.ASK_SERVICES,
        Intent.ASK_STAFF,
    }
)
SHOWN = 8


def hear(talk: Talk, u: Understanding) -> bool:
    """Answers what was asked aside. True: something was."""
    asked = [intent for intent in u.intents if intent in SIDE]
    for intent in asked:
        talk.heard = True
        talk.trace.append(f"question:{intent.value}")
        match intent:
            case Intent.ASK_PRICE:
                _prices(talk, u)
            case Intent.ASK_DURATION:
                _lengths(talk, u)
            case Intent.ASK_HOURS:
                _hours(talk, u)
            case Intent.ASK_PLACE:
                _places(talk, u)
            case Intent.ASK_SERVICES:
                _offering(talk, u)
            case Intent.ASK_STAFF:
                _people(talk, u)
            case _:
                raise AssertionError(intent)
    if Intent.HELP in u.intents:
        talk.heard = True
        line = escalation.help_line(talk)
        talk.answer(line.key, **line.words)
    return bool(asked)


def _meant(talk: Talk, u: Understanding) -> list[Service]:
    """The services asked about: those named, else those wanted."""
    ids: Iterable[UUID] = [match.id for mention in u.services for match in mention]
    named = [talk.catalog.services[one] for one in dict.fromkeys(ids)]
    return named or talk.services()


def _prices(talk: Talk, u: Understanding) -> None:
    found = _meant(talk, u)
    if not found:
        if u.unknown_service is None and u.need is None:
            talk.answer("ask_price_of")
        return
    for service in found[:SHOWN]:
        prices = {size.price_minor for size in service.sizes}
        if len(prices) > 1:
            sizes = ", ".join(
                f"{localized(size.names, talk.state.language)} {talk.words.money(size.price_minor)}"
                for size in service.sizes
            )
            lowest = talk.words.money(min(prices))
            talk.answer("price_from", service=talk.called(service), price=lowest, sizes=sizes)
        else:
            talk.answer("price_is", service=talk.called(service), price=summary.price_text(talk, service))


def _lengths(talk: Talk, u: Understanding) -> None:
    found = _meant(talk, u)
    if not found and u.need is None:
        talk.answer("ask_length_of")
    for service in found[:SHOWN]:
        talk.answer(
            "length_is", service=talk.called(service), length=talk.words.count("minutes", service.minutes)
        )


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


def _hours(talk: Talk, u: Understanding) -> None:
    for place in _where(talk, u)[:SHOWN]:
        if place.hours:
            talk.answer("hours_are", place=talk.called(place), hours=week_text(talk, place))
        else:
            talk.answer("hours_unknown", place=talk.called(place))


def _places(talk: Talk, u: Understanding) -> None:
    for place in _where(talk, u)[:SHOWN]:
        if place.address:
            talk.answer("place_is", place=talk.called(place), address=place.address)
        else:
            talk.answer("place_only", place=talk.called(place))


def _offering(talk: Talk, u: Understanding) -> None:
    if u.need is not None:
        return  # bot/flows/needs.py answers that
    named = [talk.catalog.services[match.id] for mention in u.services for match in mention]
    if named:
        rows = [
            f"{talk.called(s)} ({summary.price_text(talk, s)})" for s in {s.id: s for s in named}.values()
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
        talk.answer("we_offer", what=talk.words.joined(rows[:SHOWN]))


def _people(talk: Talk, u: Understanding) -> None:
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
