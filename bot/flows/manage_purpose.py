"""What a line wants with a placed booking, and which words of it say which booking and where to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.flows import known, manage_proof, shifts
from bot.flows.history import KnownBooking
from bot.flows.state import BotState, Purpose
from bot.flows.talk import Question, Talk
from bot.understanding.contract import Intent, Understanding

_HOW_IT_STANDS = re.compile(
    r"\b(?:is|was|has|did) (?:it|that|this|everything)\b.{0,20}\b(?:cancel\w*|moved?|changed?|confirmed|booked|gone)\b"
    r"|^\W*(?:so |and )?when (?:is|was) (?:it|that)\b|انلغى|تم الالغاء|تم الإلغاء|تأكد الحجز|تغير الموعد",
    re.IGNORECASE,
)
_INSTEAD = re.compile(r"\binstead\b|\bbook me\b|\?|؟|بدال|بدل", re.IGNORECASE)


def purpose(talk: Talk, u: Understanding, text: str) -> Purpose | None:
    """None: the line is about something else, such as the wish that is open."""
    intents = set(u.intents)
    placed = bool(known.upcoming(talk))
    begun = talk.wish.begun
    named = known.names_a_placed_one(text)
    if Intent.CANCEL in intents:
        open_wish = begun and not (placed and named)
        nothing = not placed and not (named or manage_proof.code_in(text))
        if open_wish or nothing:
            return None
        return Purpose.MOVE if another_day(talk, u, text) else Purpose.CANCEL
    if Intent.RESCHEDULE in intents:
        has_time = talk.wish.day is not None or talk.wish.at is not None or bool(talk.wish.plan)
        return None if begun and (has_time or not placed) else Purpose.MOVE
    if Intent.MY_BOOKING in intents:
        return Purpose.SHOW
    if not begun and not placed and manage_proof.code_in(text):
        return Purpose.MOVE if (u.days or u.times) and _INSTEAD.search(text) else None
    if begun or not placed:
        return None
    if _HOW_IT_STANDS.search(text):
        return Purpose.SHOW
    timed = bool(u.days or u.times) or shifts.read_shift(text) is not None
    moves = intents & {Intent.CHANGE, Intent.ALTERNATIVES} or shifts.read_shift(text) is not None
    if moves and timed and not intents & {Intent.BOOK, Intent.ADD} and not u.services:
        return Purpose.MOVE
    if Intent.ASK_TIMES in intents and named:
        return Purpose.SHOW
    return None


def another_day(talk: Talk, u: Understanding, text: str) -> bool:
    """ "I can't come tomorrow, is Tuesday all right?": no cancellation, if a day is named that isn't booked."""
    zone = talk.context.zone
    booked = {one.starts_at.astimezone(zone).date() for one in known.upcoming(talk)}
    others = [fact.day for fact in u.days if fact.day not in booked]
    return bool(booked and others) and (len(u.days) > 1 or _INSTEAD.search(text) is not None)


def other_services(talk: Talk, u: Understanding, text: str) -> bool:
    """ "Add a pedicure to my booking": what a placed booking consists of is changed by the team."""
    changing = {Intent.ADD, Intent.REMOVE, Intent.CHANGE, Intent.RESCHEDULE}
    if talk.wish.begun or not set(u.intents) & changing or not known.names_a_placed_one(text):
        return False
    wanted = {match.id for mention in u.services for match in mention}
    held = {item.service_id for one in known.upcoming(talk) for item in one.items}
    names_it = all(any(match.id in held for match in mention) for mention in u.services)
    if not wanted or not held or (names_it and not set(u.intents) & {Intent.ADD, Intent.REMOVE}):
        return False
    talk.heard = True
    some = known.meant(talk, u, "", known.upcoming(talk))
    talk.note(
        "booking_change_wanted",
        "A customer wants other services in a booking that is placed.",
        booking_ids=[str(one.id) for one in some],
        services=[talk.called(talk.catalog.services[one]) for one in wanted if one in talk.catalog.services],
    )
    talk.say("change_booked", contact=known.reach(talk))
    talk.ending = Question(state=BotState.BOOKED, standing=False)
    return True


def old_and_new(
    talk: Talk, u: Understanding, found: Sequence[KnownBooking]
) -> tuple[Understanding, Understanding]:
    """Of "my Friday appointment to Saturday" the first day says which one, the last one where to.

    A single day is where to, unless one of several bookings is on just that day.
    """
    zone = talk.context.zone
    booked = [one.starts_at.astimezone(zone).date() for one in found]
    first = u.days[0].day
    if len(u.days) > 1 and first in booked:
        return replace(u, days=u.days[:1]), replace(u, days=u.days[1:])
    if len(found) > 1 and booked.count(first) == 1 and not u.times:
        return u, replace(u, days=())
    return replace(u, days=()), u
