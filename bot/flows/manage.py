"""What a customer wants with bookings that are placed: see them, cancel or move one. Which one is found out first."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from bot.flows import (
    known,
    manage_cancel,
    manage_move,
    manage_proof,
    manage_purpose,
    paying,
    questions,
    shifts,
)
from bot.flows.history import KnownBooking
from bot.flows.slots.services import TOPIC
from bot.flows.state import BotState, Managing, Purpose, State
from bot.flows.talk import Question, Talk, paged
from bot.messages import Link
from bot.understanding.contract import Intent, Understanding
from bot.wording.words import Line

ASKING = frozenset({BotState.PICK_BOOKING, BotState.ASK_PROOF, BotState.CONFIRM_CANCEL})
"""A question about a placed booking is open."""
_ELSEWHERE = frozenset({Intent.BOOK, Intent.START_OVER, Intent.USUAL, Intent.HELP})


def yes_no_open(state: State) -> bool:
    topic = state.name is BotState.ASK_SERVICES and state.asked_key == TOPIC
    return state.name in {BotState.CONFIRM, BotState.CONFIRM_CANCEL} or state.usual == "open" or topic


def hear(talk: Talk, u: Understanding, text: str) -> bool:
    """True: the line was about a placed booking and is done with."""
    if talk.state.name in ASKING and _answers(talk, u, text):
        return True
    if talk.wish.moves is not None:
        return _while_moving(talk, u, text)
    if manage_purpose.other_services(talk, u, text):
        return True
    purpose = manage_purpose.purpose(talk, u, text)
    if purpose is None:
        return False
    talk.heard = True
    code = manage_proof.code_in(text)
    foreign = bool(code) and all(one.code != code for one in known.upcoming(talk))
    if purpose is Purpose.SHOW and not foreign:
        show(talk, u)
        return True
    if foreign or not known.upcoming(talk):
        _prove(talk, u, text, purpose)
        return True
    _which(talk, u, text, purpose, code)
    return True


def show(talk: Talk, u: Understanding | None = None) -> None:
    """What is booked, with the link of what is still to be paid. Beside an open wish it is only an answer."""
    talk.heard = True
    found = known.upcoming(talk)
    if not found:
        if talk.wish.begun:
            talk.answer("no_booking")
        else:
            talk.state.managing = Managing(purpose=Purpose.SHOW)
            manage_proof.ask(talk, Purpose.SHOW, first=Line("known_none"))
        return
    some = known.meant(talk, u, "", found) if u is not None else found
    for booking in some:
        key, words = standing(talk, booking)
        talk.answer(key, **words)
    links = [(one, one.open_link) for one in some if one.open_link]
    if talk.wish.begun or len(links) > 1:
        for booking, url in links:
            talk.answer("detail_line", text=f"{talk.words.moment(booking.starts_at)}: {url}")
    if talk.wish.begun:
        return
    link = Link(talk.words.label("title_pay"), links[0][1]) if len(links) == 1 and links[0][1] else None
    free = [one for one in some if one.under_way is None and one.stands]
    if len(free) == 1 and len(some) == 1 and link is None:
        talk.ending = Question(
            state=BotState.BOOKED,
            lines=(Line("ask_what_with_it"),),
            choices=(
                talk.option("move", free[0].id, talk.words.label("title_other_time")),
                talk.option("drop", free[0].id, talk.words.label("title_cancel_it")),
            ),
            standing=False,
        )
        return
    talk.ending = Question(state=BotState.BOOKED, link=link, standing=False)


def standing(talk: Talk, booking: KnownBooking) -> tuple[str, dict[str, object]]:
    values: dict[str, object] = {"what": known.line(talk, booking), "business": talk.context.workspace_name}
    if booking.under_way is not None:
        return ("known_cancelling" if booking.under_way == "cancel" else "known_moving"), values
    if not booking.stands:
        return "known_pending", values
    pay = {
        "paid": "paid_already",
        "deposit_paid": "deposit_is_in",
        "pending": "pay_with" if booking.open_link else "link_follows",
        "at_business": "pay_there",
        "expired": "pay_ran_out",
        "none": "",
    }[booking.payment_status]
    return "known_one", {
        **values,
        "code": booking.code,
        "payment": talk.words.say(Line(pay, paying.amounts(talk, booking)), talk.context.turn) if pay else "",
    }


def _prove(talk: Talk, u: Understanding, text: str, purpose: Purpose) -> None:
    """Nothing of it is known under this number: code and contact open a booking that another one made."""
    talk.state.managing = Managing(purpose=purpose)
    _keep_time(talk, u, text)
    if manage_proof.code_in(text) or u.email or u.phone:
        _try_proof(talk, u, text)
    else:
        manage_proof.ask(talk, purpose, first=Line("known_none"))


def _try_proof(talk: Talk, u: Understanding, text: str) -> None:
    managing = talk.state.managing
    booking = manage_proof.hear(talk, u, text)
    if booking is not None and managing is not None:
        _go_on(talk, booking, managing)


def _keep_time(talk: Talk, u: Understanding, text: str) -> None:
    managing = talk.state.managing
    if managing is not None and managing.purpose is Purpose.MOVE:
        managing.shift_minutes = shifts.read_shift(text)
        managing.wanted = manage_move.wanted(talk, u.days, u.times) if u.days or u.times else None


def _which(talk: Talk, u: Understanding, text: str, purpose: Purpose, code: str = "") -> None:
    """The one that is meant, or a list to pick from."""
    found = known.upcoming(talk)
    asked = u
    if purpose is Purpose.MOVE and u.days:
        asked, u = manage_purpose.old_and_new(talk, u, found)
    some = known.meant(talk, asked, code, found)
    able = [one for one in some if one.under_way is None] or list(some)
    managing = Managing(purpose=purpose)
    talk.state.managing = managing
    _keep_time(talk, u, text)
    if len(able) == 1:
        _go_on(talk, able[0], managing)
    else:
        _pick(talk, able)


def _pick(talk: Talk, among: Sequence[KnownBooking]) -> None:
    options = [
        talk.option("pick", one.id, talk.words.moment(one.starts_at), known.services_line(talk, one))
        for one in among
    ]
    for one in among:
        talk.answer("detail_line", text=f"• {known.line(talk, one)}")
    talk.ending = Question(
        state=BotState.PICK_BOOKING,
        lines=(Line("ask_which_booking"),),
        choices=paged(talk, options),
        label="label_bookings",
        standing=False,
    )


def _go_on(talk: Talk, booking: KnownBooking, managing: Managing) -> None:
    """With the booking that is meant."""
    match managing.purpose:
        case Purpose.CANCEL:
            manage_cancel.ask(talk, booking)
        case Purpose.MOVE:
            manage_move.begin(talk, booking, managing.wanted, managing.shift_minutes)
        case Purpose.SHOW:
            key, words = standing(talk, booking)
            talk.answer(key, **words)
            link = Link(talk.words.label("title_pay"), booking.open_link) if booking.open_link else None
            talk.state.managing = None
            talk.ending = Question(
                state=BotState.BOOKED,
                link=link,
                choices=(
                    talk.option("move", booking.id, talk.words.label("title_other_time")),
                    talk.option("drop", booking.id, talk.words.label("title_cancel_it")),
                )
                if link is None
                else (),
                standing=False,
            )


def _answers(talk: Talk, u: Understanding, text: str) -> bool:
    """A line while a question about a placed booking is open. False: it is about something else, which goes on."""
    managing = talk.state.managing
    if managing is None or set(u.intents) & _ELSEWHERE:
        return _leave(talk)
    if u.choice is not None:
        return False  # a tap on what was offered, or its number: taps.py knows it
    match talk.state.name:
        case BotState.CONFIRM_CANCEL:
            return _answers_cancel(talk, u, text)
        case BotState.PICK_BOOKING:
            return _answers_pick(talk, u, text, managing)
        case _:
            return _answers_proof(talk, u, text, managing)


def _answers_cancel(talk: Talk, u: Understanding, text: str) -> bool:
    intents = set(u.intents)
    if Intent.RESCHEDULE in intents or ((u.days or u.times) and u.polarity is not True):
        _which(talk, u, text, Purpose.MOVE)
    elif u.polarity is True or (Intent.CANCEL in intents and u.polarity is not False):
        talk.heard = True
        manage_cancel.accept(talk)
    elif u.polarity is False:
        talk.heard = True
        manage_cancel.keep(talk)
    elif Intent.MY_BOOKING in intents:
        show(talk)
    elif intents & questions.SIDE:
        _ask_again(talk)
        return False
    elif u.services or u.locations:
        return _leave(talk)
    else:
        _ask_again(talk)
        return bool(intents)
    talk.heard = True
    return True


def _ask_again(talk: Talk) -> None:
    """Something else was said: the question stays open behind whatever the answer to that is."""
    managing = talk.state.managing
    booking = known.find(talk, managing.booking_id if managing else None)
    if booking is not None:
        manage_cancel.ask(talk, booking)


def _answers_pick(talk: Talk, u: Understanding, text: str, managing: Managing) -> bool:
    found = known.upcoming(talk)
    code = manage_proof.code_in(text, asked=True)
    some = known.meant(talk, u, code, found)
    if len(some) == 1:
        talk.heard = True
        _go_on(talk, some[0], managing)
        return True
    if u.polarity is False or (Intent.CANCEL in u.intents and managing.purpose is Purpose.MOVE):
        talk.heard = True
        manage_cancel.close(talk)
        return True
    if Intent.MORE in u.intents:
        talk.heard = talk.paging = True
        talk.state.page += 9
    else:
        talk.lost = talk.lost or not (u.intents or u.days)
        talk.heard = True
    _pick(talk, found)
    return True


def _answers_proof(talk: Talk, u: Understanding, text: str, managing: Managing) -> bool:
    if manage_proof.code_in(text, asked=True) or u.email or u.phone:
        talk.heard = True
        _try_proof(talk, u, text)
        return True
    if u.polarity is False or set(u.intents) & {Intent.CANCEL, Intent.SKIP, Intent.BACK}:
        talk.heard = True
        manage_cancel.close(talk)
        return True
    if u.services or u.locations or u.days or u.times or u.intents:
        return _leave(talk)
    talk.lost = talk.heard = True
    manage_proof.ask(talk, managing.purpose)
    return True


def _leave(talk: Talk) -> bool:
    """The customer goes on to something else; nothing was changed."""
    talk.state.managing = None
    return False


def _while_moving(talk: Talk, u: Understanding, text: str) -> bool:
    """While times are looked at for a move: what is not about the time."""
    intents = set(u.intents)
    booking = known.find(talk, talk.wish.moves)
    if booking is None:
        talk.heard = True
        talk.say("gone_booking")
        manage_move.end(talk)
        return True
    if Intent.CANCEL in intents and known.names_a_placed_one(text):
        talk.heard = True
        manage_move.end(talk)
        manage_cancel.ask(talk, booking)
        return True
    if intents & {Intent.CANCEL, Intent.START_OVER}:
        talk.heard = True
        manage_move.keep(talk)
        return True
    shift = shifts.read_shift(text)
    if shift is not None and not u.choice:
        talk.heard = True
        manage_move.begin(talk, booking, None, shift)
        return True
    if Intent.MY_BOOKING in intents:
        show(talk)
        return not (u.days or u.times)
    return False


def tap(talk: Talk, kind: str, value: str, *, old: bool) -> bool:
    """A tap on a choice about a placed booking. False: it makes no sense any more."""
    if kind == "keep":
        if old:
            return False
        (manage_move.keep if talk.wish.moves is not None else manage_cancel.keep)(talk)
        return True
    booking = known.find(talk, _uuid(value))
    if booking is None:
        return False
    match kind:
        case "pick":
            managing = talk.state.managing
            if managing is None:
                return False
            _go_on(talk, booking, managing)
        case "move":
            manage_move.begin(talk, booking)
        case "drop":
            managing = talk.state.managing
            asked = talk.state.name is BotState.CONFIRM_CANCEL and managing is not None
            if asked and not old and managing is not None and managing.booking_id == booking.id:
                manage_cancel.accept(talk)
            else:
                if talk.wish.moves is not None:
                    manage_move.end(talk)
                manage_cancel.ask(talk, booking)
        case _:
            return False
    return True


def asked_for(talk: Talk, intent_id: str) -> bool:
    """Whether this summary was said yes to already and its move is under way."""
    managing = talk.state.managing
    return (
        managing is not None and managing.wanted is not None and str(managing.wanted.intent_id) == intent_id
    )


def under_way() -> Question:
    """How a reply ends while a cancellation or a move is an effect."""
    return Question(state=BotState.CHANGING, lines=(Line("still_changing"),), standing=False)


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
