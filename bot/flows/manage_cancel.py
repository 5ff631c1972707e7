"""Cancelling a placed booking: asked on exactly that one, said only when it is done."""

from __future__ import annotations

from bot.flows import known
from bot.flows.contract import EffectKind, PlannedEffect
from bot.flows.history import KnownBooking
from bot.flows.state import BotState, Managing, Purpose
from bot.flows.talk import Question, Talk
from bot.wording.words import Line


def ask(talk: Talk, booking: KnownBooking) -> None:
    """Yes or no on this very booking."""
    if hindered(talk, booking, "cancel"):
        return
    what = known.line(talk, booking)
    talk.state.managing = Managing(
        purpose=Purpose.CANCEL, booking_id=booking.id, version=known.version(booking), what=what
    )
    paid = (Line("ask_cancel_paid"),) if booking.has_paid else ()
    talk.ending = Question(
        state=BotState.CONFIRM_CANCEL,
        lines=(*paid, Line("ask_cancel", {"what": what})),
        choices=(
            talk.option("drop", booking.id, talk.words.label("title_drop_it")),
            talk.option("keep", booking.id, talk.words.label("title_keep_it")),
            talk.option("move", booking.id, talk.words.label("title_other_time")),
        ),
        standing=False,
    )


def hindered(talk: Talk, booking: KnownBooking, wish: str) -> bool:
    """True: it can't be cancelled or moved now, and why was said."""
    what = known.line(talk, booking)
    if booking.under_way is not None:
        key = "known_cancelling" if booking.under_way == "cancel" else "known_moving"
        talk.say(key, what=what, business=talk.context.workspace_name)
    elif booking.starts_at <= talk.context.now:
        _tell_team(talk, booking, wish)
        talk.say("too_late", what=what, contact=known.reach(talk))
    elif not booking.stands or not booking.order_id:
        _tell_team(talk, booking, wish)
        talk.say("still_deciding", what=what, business=talk.context.workspace_name, contact=known.reach(talk))
    else:
        return False
    close(talk)
    return True


def _tell_team(talk: Talk, booking: KnownBooking, wish: str) -> None:
    talk.note(
        "booking_change_wanted",
        "A customer wants to change or cancel a booking that only a person can.",
        booking_id=str(booking.id),
        order_id=booking.order_id,
        wish=wish,
    )


def accept(talk: Talk) -> None:
    """The yes: the call is planned if the booking stands as it was asked about."""
    managing = talk.state.managing
    booking = known.find(talk, managing.booking_id if managing else None)
    if booking is not None and any(effect.booking_id == booking.id for effect in talk.effects):
        return  # a second yes in the same breath
    if managing is None or booking is None:
        talk.say("gone_booking")
        close(talk)
        return
    if known.version(booking) != managing.version:
        if booking.under_way is None:
            talk.say("changed_meanwhile")
        ask(talk, booking)
        return
    talk.effects.append(PlannedEffect(EffectKind.CANCEL_ORDER, booking.id, {"order_id": booking.order_id}))
    talk.progress = Line("cancelling")
    talk.silent = True  # the cancellation's answer is the reply
    talk.ending = Question(state=BotState.CHANGING, standing=False)


def keep(talk: Talk) -> None:
    """It stays as it is."""
    managing = talk.state.managing
    if managing is not None and managing.what:
        talk.say("kept_as_is", what=managing.what)
    close(talk)


def close(talk: Talk) -> None:
    """Nothing about a placed booking is open any more."""
    talk.state.managing = None
    if not talk.wish.begun:
        talk.ending = Question(
            state=BotState.BOOKED if known.upcoming(talk) else BotState.IDLE, standing=False
        )
