"""Choice ids: what a tap on a button or a list row means, on the open menu or on an old one.

<kind>:<value>@<turn>            svc:<uuid>@3  time:2026-11-21T11:00Z@5  staff:any@4  more:9@3
<kind>@<turn>                    yes@7  change@7  human@7  skip@5  again@9
finalize:<intent id>:<version>   a yes to exactly that summary
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from bot.flows import confirm, editing, escalation, explain, hours, manage, paying, times, topic, usual
from bot.flows.search import search
from bot.flows.slots import details, payment, place, services, staff, when
from bot.flows.state import BotState, Offered
from bot.flows.talk import Talk
from bot.messages import Surface
from bot.scheduling import plan_at
from bot.understanding.normalize import fold
from bot.workspace import SlotKind

_PATTERN = re.compile(r"(?P<kind>[a-z]{2,10})(?::(?P<value>[^@]{1,80}))?@(?P<turn>\d{1,9})")
_HOUR = re.compile(rf"(?:(?:at|around|about|@|{fold('الساعة')})\s*)?(\d{{1,2}})")
_FINALIZE = re.compile(r"finalize:(?P<intent>[0-9a-f-]{36}):(?P<version>[0-9a-f]{1,64})")

_EARLIER = frozenset({"pick", "move", "drop", "keep", "usual", "link"})


@dataclass(frozen=True, slots=True)
class Tap:
    kind: str
    value: str
    turn: int


def parse(choice_id: str) -> Tap | None:
    """None: not an id of ours."""
    if (match := _FINALIZE.fullmatch(choice_id)) is not None:
        return Tap("finalize", f"{match['intent']}:{match['version']}", 0)
    if (match := _PATTERN.fullmatch(choice_id)) is not None:
        return Tap(match["kind"], match["value"] or "", int(match["turn"]))
    return None


def hear(talk: Talk, choice_id: str) -> bool:
    """Acts on a tap. False: the id is none of ours, its title may still say something."""
    tap = parse(choice_id)
    if tap is None:
        return False
    talk.heard = True
    talk.trace.append(f"tap:{tap.kind}")
    if tap.kind == "finalize":
        _finalize(talk, tap.value)
        return True
    old = tap.turn != talk.state.offered_turn
    act = _about_earlier if tap.kind in _EARLIER else _act
    if not act(talk, tap, old=old):
        talk.say("gone_choice")
    elif old and talk.touched:
        talk.say("old_list")
    return True


def hear_hour(talk: Talk, text: str) -> bool:
    """A bare "7" or "at 7" under offered times whose rows bear no numbers: seven o'clock, never the seventh row."""
    said = _HOUR.fullmatch(fold(text).strip(" .!"))
    listed = any(offered.id.startswith("time:") for offered in talk.state.offered)
    if said is None or not listed or talk.context.surface is Surface.SMS or not 1 <= int(said[1]) <= 12:
        return False
    found = [offered for offered in talk.state.offered if _is_at(talk, offered, int(said[1]))]
    if len(found) == 1:
        return hear(talk, found[0].id)
    when.take_hour(talk, int(said[1]))
    return True


def _is_at(talk: Talk, offered: Offered, hour: int) -> bool:
    tap = parse(offered.id)
    moment = _moment(tap.value) if tap is not None and tap.kind == "time" else None
    if moment is None:
        return False
    wall = moment.astimezone(talk.context.zone)
    return wall.minute == 0 and (wall.hour - hour) % 12 == 0


def _moment(value: str) -> datetime | None:
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _finalize(talk: Talk, value: str) -> None:
    state = talk.state
    intent, version = value.split(":")
    if manage.asked_for(talk, intent):
        return
    if any(str(placed.intent_id) == intent and placed.stands for placed in state.placed):
        talk.yes = not talk.wish.begun
        return
    open_one = state.name is BotState.CONFIRM and str(talk.wish.intent_id) == intent
    if open_one and state.pay_open and (way := confirm.paid_by(talk, version)) is not None:
        payment.settle(talk, way)
    elif open_one and state.summary_version == version:
        talk.yes = True
    else:
        talk.stale = True


def _act(talk: Talk, tap: Tap, *, old: bool) -> bool:
    """False: the value makes no sense any more."""
    match tap.kind:
        case "yes":
            talk.yes, talk.stale = not old, old
        case "more":
            if not old and tap.value.isdigit():
                talk.state.page, talk.paging = int(tap.value), True
        case "change":
            editing.start(talk, "")
        case "edit":
            return editing.start_named(talk, tap.value)
        case "human":
            escalation.hand_over(talk, "button")
        case "skip" | "none" | "else":
            {"skip": editing.skip, "none": services.leave_out, "else": topic.forget}[tap.kind](talk)
        case "again":
            return editing.again(talk)
        case "opt":
            return _take_option(talk, tap.value)
        case "time" | "day" | "clock":
            return _take_moment(talk, tap, old=old)
        case "grp":
            return _take_group(talk, tap.value)
        case _:
            return _take_entry(talk, tap, old=old)
    return True


def _about_earlier(talk: Talk, tap: Tap, *, old: bool) -> bool:
    """Bookings that are placed, their payment links, and the visit of last time."""
    if tap.kind == "link":
        return talk.context.settings.payment.wanted and paying.tap(talk, tap.value)
    if tap.kind != "usual":
        return manage.tap(talk, tap.kind, tap.value, old=old)
    talk.state.usual = "done"
    return bool(talk.wish.items) or usual.take(talk)


def _take_group(talk: Talk, value: str) -> bool:
    group_id = _uuid(value)
    if group_id not in talk.catalog.groups:
        return False
    talk.state.group_id = group_id
    return True


def _take_entry(talk: Talk, tap: Tap, *, old: bool) -> bool:
    """A location, service, size, person or payment type by its id."""
    catalog = talk.catalog
    if tap.kind == "staff" and tap.value == "any":
        staff.take_anyone(talk)
        return True
    entry = _uuid(tap.value)
    if entry is None:
        return False
    if tap.kind == "loc" and entry in catalog.locations:
        place.take(talk, entry)
    elif tap.kind == "svc" and entry in catalog.services:
        replace = talk.state.candidates_replace if entry in talk.state.candidates else False
        replace = replace or talk.state.editing is SlotKind.SERVICES or (old and len(talk.wish.items) == 1)
        services.take(talk, entry, replace=replace)
    elif tap.kind == "staff" and entry in catalog.staff:
        staff.take(talk, entry)
    elif tap.kind == "pay" and any(one.id == entry for one in catalog.payment_types):
        payment.take(talk, entry)
    elif tap.kind == "size":
        return _take_size(talk, entry)
    else:
        return False
    return True


def _take_size(talk: Talk, size_id: UUID) -> bool:
    for item in talk.wish.items:
        if any(size.id == size_id for size in talk.catalog.services[item.service_id].sizes):
            services.take_size(talk, item, size_id)
            return True
    return False


def _take_moment(talk: Talk, tap: Tap, *, old: bool) -> bool:
    try:
        if tap.kind == "day":
            when.take_day(talk, date.fromisoformat(tap.value))
        elif tap.kind == "clock":
            when.take_clock(talk, time.fromisoformat(tap.value))
        else:
            moment = _moment(tap.value)
            if moment is None:
                return False
            _take_time(talk, moment, None if old else _shown(talk, tap))
    except ValueError:
        return False
    return True


def _shown(talk: Talk, tap: Tap) -> Offered | None:
    wanted = f"{tap.kind}:{tap.value}@{tap.turn}"
    return next((offered for offered in talk.state.offered if offered.id == wanted), None)


def _take_time(talk: Talk, moment: datetime, shown: Offered | None) -> None:
    """The asked moment, with the person that was shown with it on the open list."""
    local = moment.astimezone(talk.context.zone)
    when.take_day(talk, local.date())
    when.take_clock(talk, local.time().replace(tzinfo=None))
    look = search(talk)
    if shown is None or look is None or not shown.staff_ids or talk.wish.any_staff:
        return
    people = list(dict.fromkeys(shown.staff_ids))
    if moment < hours.earliest(talk):
        return
    needs, free = explain.pinned(talk, look, shown.staff_ids), look.frames(local.date())
    if needs is None:
        return
    for asked in (None, people[0]):  # a plan with gaps is found only for the person it was made for
        plan = plan_at(needs, free, at=moment, person=asked)
        if plan is not None:
            if len(people) == 1:
                talk.wish.staff_id = people[0]
            times.take(talk, plan)
            return


def _take_option(talk: Talk, value: str) -> bool:
    """A choice of the business's own form field."""
    return value.isdigit() and details.take_option(talk, int(value))


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
