"""Moving a placed booking: a wish like any other, filled from the booking, that takes its place when it is done.

So times, people, corrections and alternatives work as they do for a new booking. The booking itself is untouched
until the outside says that it moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from bot.flows import form, known
from bot.flows.contract import EffectKind, IntentPatch, PlannedEffect
from bot.flows.history import KnownBooking
from bot.flows.hours import at_clock
from bot.flows.manage_cancel import hindered
from bot.flows.slots import when
from bot.flows.state import BotState, ItemWish, Managing, Purpose, Wish
from bot.flows.summary import facts
from bot.flows.talk import Question, Talk, drop_plan
from bot.understanding.contract import DayFact, TimeFact
from bot.wording.words import Line
from bot.workspace import SlotKind


def wanted(talk: Talk, days: Sequence[DayFact], times: Sequence[TimeFact]) -> Wish:
    """The day and time that were named, kept until it is known which booking is meant."""
    held = talk.state.wish
    touched = set(talk.touched)
    talk.state.wish = Wish()
    when.hear(talk, days, times)
    said = talk.state.wish
    talk.state.wish, talk.touched = held, touched
    return said


def begin(talk: Talk, booking: KnownBooking, said: Wish | None = None, shift: int | None = None) -> None:
    """Opens the move; the booking's own services, people, place and contact stand in it."""
    if hindered(talk, booking, "move"):
        return
    what = known.line(talk, booking)
    gone = next((item for item in booking.items if item.service_id not in talk.catalog.services), None)
    if gone is not None or booking.location_id not in talk.catalog.locations:
        talk.note(
            "booking_change_wanted",
            "A customer wants to move a booking of a service or place that isn't offered any more.",
            booking_id=str(booking.id),
            order_id=booking.order_id,
        )
        service = known.item_name(talk, gone) if gone else known.place(talk, booking)
        talk.say("move_not_offered", what=what, service=service, contact=known.reach(talk))
        talk.ending = Question(state=BotState.BOOKED, standing=False)
        return
    wish = moving(talk, booking)
    _set_time(talk, wish, booking, said, shift)
    talk.state.wish = wish
    talk.state.managing = Managing(purpose=Purpose.MOVE, booking_id=booking.id, what=what)
    talk.state.editing = None
    # What the booking holds is not news to the customer.
    talk.before = {key: value for key, value in facts(talk).items() if key != "time"}
    talk.touched.add(SlotKind.TIME)
    talk.ending = None
    if wish.day is None and wish.at is None:
        talk.say("move_which", what=what)
    elif _starts(talk, wish) == booking.starts_at:
        talk.say("move_same", what=what)
        when.reopen(talk, day=False)


def moving(talk: Talk, booking: KnownBooking) -> Wish:
    """`filled`, with the booking's own contact, payment type and answers: nobody is asked for them again."""
    wish = filled(talk, booking)
    wish.moves = booking.id
    wish.name = booking.customer_name or None
    wish.phone = booking.customer_phone or None
    wish.email = booking.customer_email or None
    wish.email_asked = wish.email_skipped = True
    if any(one.id == booking.payment_type_id for one in talk.catalog.payment_types):
        wish.payment_type_id = booking.payment_type_id
    wish.details = form.from_notes(talk, booking.notes)
    return wish


def filled(talk: Talk, booking: KnownBooking) -> Wish:
    """A wish for what a booking held: place, services, sizes, and its person; who left is said."""
    catalog = talk.catalog
    wish = Wish(location_id=booking.location_id if booking.location_id in catalog.locations else None)
    for item in booking.items:
        service = catalog.services.get(item.service_id)
        if service is None:
            talk.say("service_left", service=item.service_name)
            continue
        size = item.size_id if any(one.id == item.size_id for one in service.sizes) else None
        wish.items.append(ItemWish(service_id=service.id, size_id=size))
    people = dict.fromkeys(item.staff_id for item in booking.items)
    present = [who for who in people if who in catalog.staff]
    for who in people:
        if who not in catalog.staff and (name := _name_of(booking, who)):
            talk.say("staff_left", staff=name)
    if len(people) == 1 and present and talk.staff_called(present[0]):
        wish.staff_id = present[0]
    elif present:
        wish.any_staff = True
    return wish


def _name_of(booking: KnownBooking, staff_id: UUID) -> str:
    return next((item.staff_name for item in booking.items if item.staff_id == staff_id), "")


def _set_time(talk: Talk, wish: Wish, booking: KnownBooking, said: Wish | None, shift: int | None) -> None:
    """The named time; what is missing of it comes from the booking's own: "make it 5pm" is that day."""
    local = booking.starts_at.astimezone(talk.context.zone)
    if shift is not None:
        moved = (booking.starts_at + timedelta(minutes=shift)).astimezone(talk.context.zone)
        wish.day, wish.at = moved.date(), moved.time().replace(tzinfo=None)
        return
    if said is None:
        return
    for name in ("day", "last_day", "day_conflict", "at", "until", "part", "extreme", "half_open"):
        setattr(wish, name, getattr(said, name))
    if wish.at is not None and wish.until is not None and wish.at == local.time().replace(tzinfo=None):
        wish.at, wish.until = wish.until, None  # "from 2pm to 5pm" names the old time and the new one
    named_a_time = (
        wish.at is not None or wish.part is not None or wish.until is not None or wish.extreme is not None
    )
    if wish.day is None and named_a_time:
        wish.day = local.date()


def _starts(talk: Talk, wish: Wish) -> datetime | None:
    """The one moment that is wished for."""
    if wish.day is None or wish.at is None or wish.until is not None or wish.half_open:
        return None
    return at_clock(wish.day, wish.at, talk.context.zone)


def dressed(talk: Talk, question: Question) -> Question:
    """The booking's next question, in the words of a move."""
    booking = known.find(talk, talk.wish.moves)
    if talk.hold is not None:
        talk.hold = replace(talk.hold, replaces=talk.wish.moves)
    if question.state is not BotState.CONFIRM:
        return question
    before = talk.words.moment(booking.starts_at) if booking else ""
    title = talk.words.label("title_move_it")
    yes = [one.model_copy(update={"title": title}) for one in question.choices if _is_yes(one.id)][:1]
    return replace(
        question,
        lines=(Line("ask_move"),),
        head=Line("move_head", {"before": before}) if question.head is not None and before else question.head,
        choices=(
            *yes,
            talk.option("keep", talk.wish.moves or "", talk.words.label("title_keep_it")),
            talk.button("human", "title_human"),
        ),
        label="",
        actions=(),
    )


def _is_yes(choice_id: str) -> bool:
    return choice_id.startswith("finalize:")


def place(talk: Talk) -> None:
    """After the yes: what would be a new order becomes the change of the old one."""
    new, order = talk.new_booking, talk.effects[-1]
    placed = talk.state.placed.pop()
    moves = placed.wish.moves
    booking = known.find(talk, moves)
    if new is None or moves is None:
        raise RuntimeError("a move follows from a yes to its summary")
    if booking is None or booking.under_way is not None or not booking.order_id:
        talk.effects.pop()
        talk.new_booking = talk.progress = None
        talk.intent = IntentPatch(id=placed.intent_id, status="abandoned")
        talk.silent = False
        talk.say("still_changing" if booking is not None and booking.under_way else "gone_booking")
        end(talk)
        return
    talk.new_booking = replace(new, replaces=moves)
    request = {"order_id": booking.order_id, "new_booking_id": str(new.id), "order": order.request}
    talk.effects[-1] = PlannedEffect(EffectKind.CHANGE_ORDER, moves, request)
    talk.state.managing = Managing(
        purpose=Purpose.MOVE,
        booking_id=moves,
        what=known.line(talk, booking),
        new=talk.words.moment(placed.lines[0].starts_at),
        wanted=placed.wish,
    )
    talk.state.wish = Wish()
    talk.progress = Line("moving")
    talk.ending = Question(state=BotState.CHANGING, standing=False)


def keep(talk: Talk) -> None:
    """The customer leaves it as it is."""
    managing = talk.state.managing
    if talk.wish.intent_id is not None:
        talk.intent = IntentPatch(id=talk.wish.intent_id, status="abandoned")
    if managing is not None and managing.what:
        talk.say("kept_as_is", what=managing.what)
    end(talk)


def end(talk: Talk) -> None:
    """The wish of the move is over, with the contact of its booking, which may be another customer's."""
    talk.state.wish = Wish()
    talk.state.managing = None
    talk.state.summary_version = None
    talk.before = {}
    talk.ending = Question(state=BotState.BOOKED, standing=False)


def again(talk: Talk, wish: Wish) -> None:
    """The wish as it stood, to choose another time."""
    talk.take_up(wish)
    talk.wish.gone = [*talk.wish.gone, *wish.plan][-12:]
    drop_plan(talk.wish)
    talk.before = facts(talk)
    talk.touched.add(SlotKind.TIME)
    talk.force_offer = True
