"""What a person of the business does with a placed booking: cancels it, moves it, has it told once more.

It is an event of a talk like the customer's own yes, and takes the same way: planned as an effect if the booking
stands as the person saw it, told to the customer when the outside has done it, and only then. The customer hears
nothing of what came to nothing; the team reads it among the errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from bot.flows import confirm, free_times, handling, known, manage, summary
from bot.flows.contract import (
    Act,
    EffectAnswer,
    EffectKind,
    Event,
    IntentPatch,
    OperatorAct,
    Outcome,
    PlannedEffect,
)
from bot.flows.history import KnownBooking
from bot.flows.talk import Talk
from bot.flows.times import take
from bot.messages import JsonObject
from bot.wording.words import Line

ACTS = frozenset({Act.CANCEL_BOOKING, Act.MOVE_BOOKING, Act.RESEND_BOOKING})
NOT_DONE = "desk_act_not_done"
"""Kind of the operator's note about an act that came to nothing."""
_TOLD = frozenset({Outcome.ORDER_CANCELLED, Outcome.ORDER_CHANGED})
_NOTED_ELSEWHERE = frozenset({Outcome.CANCEL_FAILED, Outcome.CHANGE_PENDING, Outcome.CANCEL_REFUSED})
_WHY = {
    Outcome.CHANGE_SLOT_TAKEN: "the time was taken meanwhile",
    Outcome.CHANGE_PRICE_CHANGED: "the booking system has another price for that time",
    Outcome.CHANGE_REFUSED: "the booking system refused it",
}


def act_on_bookings(talk: Talk, events: Sequence[Event]) -> None:
    """After everything else of the turn, so that a yes of the customer's in the same turn comes first."""
    for event in events:
        if isinstance(event, OperatorAct) and event.act in ACTS:
            _act(talk, event)


def _act(talk: Talk, done: OperatorAct) -> None:
    booking = known.find(talk, UUID(done.data["booking_id"]))
    if done.act is Act.RESEND_BOOKING:
        _tell_again(talk, done, booking)
        return
    if booking is not None and (other := _under_way(talk, booking)) is not None:
        talk.trace.append("desk:under_way")
        if not _is_the_same(talk, done, other):
            _not_done(talk, done.by, str(booking.id), f"a {other} of it was under way at that moment")
        return
    if booking is None or not booking.stands or known.version(booking) != done.data["version"]:
        _not_done(talk, done.by, done.data["booking_id"], "the booking had changed meanwhile")
    elif done.act is Act.CANCEL_BOOKING:
        request: JsonObject = {"order_id": booking.order_id, "business": _business(done)}
        if done.data.get("done_there") is True:
            request["done_there"] = True
        talk.effects.append(PlannedEffect(EffectKind.CANCEL_ORDER, booking.id, request))
    else:
        _move(talk, done, booking)


def _under_way(talk: Talk, booking: KnownBooking) -> str | None:
    """A cancellation or a move of it, by whomever, in this turn or before."""
    kinds = {EffectKind.CANCEL_ORDER: "cancellation", EffectKind.CHANGE_ORDER: "move"}
    planned = (kinds[one.kind] for one in talk.effects if one.booking_id == booking.id and one.kind in kinds)
    before = {"cancel": "cancellation", "move": "move", None: None}[booking.under_way]
    return next(planned, before)


def _is_the_same(talk: Talk, done: OperatorAct, other: str) -> bool:
    """A second click, or the customer came first with the same wish: it ends as it was meant."""
    if done.act is Act.CANCEL_BOOKING:
        return other == "cancellation"
    wanted = datetime.fromisoformat(str(done.data["starts_at"]))
    return (
        other == "move"
        and talk.new_booking is not None
        and min(item.starts_at for item in talk.new_booking.items) == wanted
    )


def _business(done: OperatorAct) -> JsonObject:
    return {"by": done.by, "reason": done.text}


def _move(talk: Talk, done: OperatorAct, booking: KnownBooking) -> None:
    """To the time that was chosen, if the catalog still offers it. The customer's own open wish stays as it is."""
    if talk.new_booking is not None:
        _not_done(talk, done.by, str(booking.id), "the customer was booking something at that moment")
        return
    context, theirs = talk.context, talk.state.wish
    wish = free_times.wish_of(talk, booking)
    if wish is None:
        _not_done(talk, done.by, str(booking.id), "its services are not offered any more")
        return
    starts_at, staff_ids = str(done.data["starts_at"]), list(done.data["staff_ids"])
    talk.state.wish = wish
    day = datetime.fromisoformat(starts_at).astimezone(context.zone).date()
    plan = next(
        (one for one in free_times.of_day(talk, day) if free_times.same(one, starts_at, staff_ids)), None
    )
    location = talk.location
    if plan is None or location is None:
        talk.state.wish = theirs
        _not_done(talk, done.by, str(booking.id), _WHY[Outcome.CHANGE_SLOT_TAKEN])
        return
    take(talk, plan)
    booking_id, intent_id = context.new_id(), context.new_id()
    order = confirm.order_of(talk, location, booking_id)
    talk.new_booking = replace(
        confirm.new_booking(talk, location, booking_id, intent_id), replaces=booking.id
    )
    talk.effects.append(
        PlannedEffect(
            EffectKind.CHANGE_ORDER,
            booking.id,
            {
                "order_id": booking.order_id,
                "new_booking_id": str(booking_id),
                "order": order.model_dump(mode="json"),
                "business": _business(done),
            },
        )
    )
    talk.intent = IntentPatch(
        id=intent_id,
        status="pending",
        booking_type=handling.booking_type(talk),
        service=summary.wished_services(talk, wish),
        requested_time=summary.when_text(talk),
        starts_at=wish.starts_at,
    )
    talk.state.wish = theirs


def _tell_again(talk: Talk, done: OperatorAct, booking: KnownBooking | None) -> None:
    """As the customer would read it if he asked for it himself; the open question stays open."""
    if booking is None:
        _not_done(talk, done.by, done.data["booking_id"], "the booking has ended meanwhile")
        return
    key, words = manage.standing(talk, booking)
    text = talk.words.say(Line(key, words), talk.context.turn)
    lines = [text, booking.open_link] if booking.open_link else [text]
    talk.operator_lines.append(OperatorAct(Act.REPLY, done.by, "\n".join(lines)))


def came_to_nothing(talk: Talk, event: EffectAnswer) -> bool:
    """True: a person of the business asked for it, it wasn't done, and that is the team's affair alone."""
    business = event.data.get("business")
    if not isinstance(business, dict) or event.outcome in _TOLD:
        return False
    talk.trace.append(f"answer:{event.outcome.value}")
    if event.outcome not in _NOTED_ELSEWHERE:
        why = _WHY.get(event.outcome, event.outcome.value.replace("_", " "))
        _not_done(talk, str(business.get("by", "")), str(event.booking_id), why)
    return True


def reason(talk: Talk, event: EffectAnswer) -> str | None:
    """The business's reason as a sentence, empty without one. None: the customer asked for it himself."""
    business = event.data.get("business")
    if not isinstance(business, dict):
        return None
    given = " ".join(str(business.get("reason", "")).split()).rstrip(".")
    return talk.words.say(Line("reason_is", {"reason": given}), talk.context.turn) if given else ""


def _not_done(talk: Talk, by: str, booking_id: str, why: str) -> None:
    talk.note(
        NOT_DONE,
        f"{by or 'Somebody of the team'} wanted to change a booking, and nothing was done: {why}. The customer was "
        "told nothing.",
        booking_id=booking_id,
    )
