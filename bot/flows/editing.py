"""Changing, going back, skipping, starting over."""

from __future__ import annotations

import re

from bot.flows import form, summary
from bot.flows.slots import contact, details, services, staff, when
from bot.flows.state import BotState, Wish
from bot.flows.talk import PAGE, Question, Talk, drop_plan
from bot.understanding.normalize import fold
from bot.wording.words import Line
from bot.workspace import SlotKind

_NAMES: tuple[tuple[SlotKind | str, re.Pattern[str]], ...] = (
    (SlotKind.EMAIL, re.compile(r"\be-?mail\b|البريد|ايميل|إيميل", re.IGNORECASE)),
    (SlotKind.PHONE, re.compile(r"\b(phone|mobile|cell)\b|رقم|الهاتف|الجوال", re.IGNORECASE)),
    (SlotKind.PAYMENT, re.compile(r"\b(pay|payment|paying)\b|الدفع", re.IGNORECASE)),
    (
        SlotKind.LOCATION,
        re.compile(r"\b(place|location|branch|shop|store|where)\b|الفرع|المكان", re.IGNORECASE),
    ),
    (SlotKind.SERVICES, re.compile(r"\b(service|services|treatment)\b|الخدمة", re.IGNORECASE)),
    (
        SlotKind.STAFF,
        re.compile(r"\b(person|staff|stylist|technician|who|somebody|someone)\b|الموظف", re.IGNORECASE),
    ),
    ("day", re.compile(r"\b(day|date)\b|اليوم|التاريخ", re.IGNORECASE)),
    (SlotKind.TIME, re.compile(r"\b(time|hour|slot|when|appointment)\b|الوقت|الموعد|الساعة", re.IGNORECASE)),
    (SlotKind.NAME, re.compile(r"\bname\b|الاسم|اسمي", re.IGNORECASE)),
)
BARE_WORDS = 4
EDITABLE = (
    SlotKind.TIME,
    SlotKind.SERVICES,
    SlotKind.STAFF,
    SlotKind.LOCATION,
    SlotKind.NAME,
    SlotKind.PHONE,
    SlotKind.EMAIL,
    SlotKind.PAYMENT,
)


def named_slot(text: str) -> SlotKind | str | None:
    """Which slot "change the ..." names; "day" for the day alone."""
    return next((slot for slot, pattern in _NAMES if pattern.search(text)), None)


def start(talk: Talk, text: str) -> None:
    """The customer wants to change something; what, if he said it, is asked anew."""
    talk.heard = True
    slot = named_slot(text)
    own = _named_question(talk, text)
    if own is not None:
        details.reopen(talk, own)
    elif slot is None:
        if talk.wish.begun or talk.name is not None:
            ask_what(talk)
    elif slot == "day":
        when.reopen(talk, clock=False)
    elif isinstance(slot, SlotKind):
        start_named(talk, slot.value)


def hear_bare(talk: Talk, text: str) -> bool:
    """ "The day", "الوقت" in answer to a summary or to what shall be changed. False: it names nothing."""
    open_to_change = talk.state.name in {BotState.ASK_CHANGE, BotState.CONFIRM}
    if not open_to_change or len(text.split()) > BARE_WORDS:
        return False
    if named_slot(text) is None and _named_question(talk, text) is None:
        return False
    start(talk, text)
    return True


def _named_question(talk: Talk, text: str) -> str | None:
    """The key of the business's own question that "change the guests" names by its label."""
    folded = fold(text)
    return next(
        (
            one.key
            for one in form.own_fields(talk)
            if any(fold(name) in folded for name in (*one.label.values(), one.called(talk.state.language)))
        ),
        None,
    )


def ask_what(talk: Talk, *first: Line) -> None:
    """A list of what can be changed; the rest of the wish stays."""
    words = talk.words
    asked = {one.kind for one in talk.context.form}
    possible = [kind for kind in EDITABLE if kind in asked and _changeable(talk, kind)]
    own = [
        talk.option("edit", f"own:{one.key}", one.called(talk.state.language))
        for one in form.own_fields(talk)
        if one.key in talk.wish.details
    ]
    talk.ending = Question(
        state=BotState.ASK_CHANGE,
        lines=(*first, Line("ask_change")),
        choices=(
            *(talk.option("edit", kind.value, words.label(f"title_{kind.value}")) for kind in possible),
            *own[: PAGE + 1 - len(possible)],
        ),
        label="label_change",
    )


def _changeable(talk: Talk, kind: SlotKind) -> bool:
    if kind is SlotKind.LOCATION:
        return len(talk.catalog.locations) > 1
    if kind is SlotKind.PAYMENT:
        return len(talk.catalog.payment_types) > 1
    return True


def start_named(talk: Talk, value: str) -> bool:
    """Opens one slot again. False: no such slot."""
    if value.startswith("own:"):
        talk.ending = None
        return details.reopen(talk, value.removeprefix("own:"))
    if value not in {kind.value for kind in EDITABLE}:
        return False
    slot = SlotKind(value)
    talk.heard = True
    talk.ending = None
    if slot is SlotKind.TIME:
        when.reopen(talk, day=False)
    elif slot is SlotKind.PAYMENT:
        talk.wish.payment_type_id = None
    elif slot is SlotKind.STAFF:
        talk.wish.staff_id, talk.wish.any_staff = None, False
        drop_plan(talk.wish)
    else:
        talk.state.editing = slot
    return True


def back(talk: Talk) -> None:
    """Opens the last slot that the customer filled himself."""
    wish = talk.wish
    talk.heard = True
    if talk.state.editing is not None:
        talk.state.editing = None
        return
    for slot, filled in (
        (SlotKind.PAYMENT, wish.payment_type_id is not None),
        (SlotKind.EMAIL, wish.email is not None),
        (SlotKind.PHONE, wish.phone is not None),
        (SlotKind.NAME, wish.name is not None),
        (SlotKind.STAFF, wish.staff_id is not None and not wish.plan),
        (SlotKind.TIME, bool(wish.plan or wish.at or wish.day or wish.part)),
        (SlotKind.SERVICES, bool(wish.items)),
        (SlotKind.LOCATION, wish.location_id is not None and len(talk.catalog.locations) > 1),
    ):
        if filled and slot is not _open_slot(talk):
            talk.say("went_back")
            start_named(talk, slot.value)
            return
    talk.say("nothing_back")


def _open_slot(talk: Talk) -> SlotKind | None:
    return talk.state.asked


def skip(talk: Talk) -> None:
    """ "skip": the optional thing that is open; what is needed can't be skipped."""
    state = talk.state
    talk.heard = True
    one = next((one for one in talk.context.form if one.key == state.asked_key), None)
    if state.editing is not None:
        state.editing = None
        talk.say("editing_kept")
    elif state.name is BotState.ASK_DETAIL and one is not None and not one.required:
        details.take(talk, one, "")
    elif state.name is BotState.ASK_STAFF:
        staff.take_anyone(talk)
    elif talk.email is None and talk.wish.email_asked and not talk.wish.email_skipped:
        contact.skip_email(talk)
    else:
        talk.say("cant_skip")


def start_over(talk: Talk) -> None:
    """The wish from the beginning; who the customer is stays known."""
    old = talk.wish
    talk.state.wish = fresh(old, intent=True)
    talk.state.editing = None
    services.drop_unclear(talk)
    talk.state.group_id = None
    talk.heard = True
    talk.before = summary.facts(talk)
    talk.say("started_over")


def fresh(old: Wish, *, intent: bool = False) -> Wish:
    """An empty wish of the same customer. `intent`: it takes the place of the old one in the records."""
    return Wish(
        intent_id=old.intent_id if intent else None,
        name=old.name,
        phone=old.phone,
        email=old.email,
        email_asked=old.email_asked,
        email_skipped=old.email_skipped,
    )


def again(talk: Talk) -> bool:
    """The last order that came to nothing, wished again. False: there is none."""
    placed = talk.state.latest()
    if placed is None or (placed.stands and not placed.expired):
        return False
    talk.take_up(placed.wish)
    talk.wish.intent_id = None
    when.reopen(talk)
    talk.touched.add(SlotKind.SERVICES)
    talk.heard = True
    return True
