"""step(): one turn of a conversation. STOP first, then a person, then what the outside answered, then the talk.

Pure: it may be run again for the same turn (with more frames read) and gives the same Step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.flows import (
    afterhours,
    afterwards,
    booking,
    closing,
    confirm,
    desk,
    editing,
    escalation,
    hearing,
    manage,
    manage_move,
    optout,
    results,
    summary,
    usual,
)
from bot.flows.contract import (
    CustomerMessage,
    EffectAnswer,
    Event,
    OperatorAct,
    Step,
    TooMany,
    TurnContext,
    WithHuman,
)
from bot.flows.hearing import Ear
from bot.flows.slots import place
from bot.flows.state import BotState, load
from bot.flows.talk import Question, Talk
from bot.messages import JsonObject
from bot.understanding.contract import Intent
from bot.understanding.understand import understand
from bot.wording.words import Line
from bot.workspace import SlotKind

OFFER_HUMAN_AFTER = 3
"""Lines in a row that nothing could be made of."""


def step(
    state: JsonObject | None, events: Sequence[Event], context: TurnContext, *, ear: Ear = understand
) -> Step:
    """All events of a turn, one merged reply. Raises catalog.NeedFrames if frames are still to be read."""
    talk = _begin(state, context)
    for event in events:
        match event:
            case EffectAnswer():
                results.hear(talk, event)
            case OperatorAct():
                escalation.act(talk, event)
            case TooMany():
                closing.ask_to_wait(talk, event)
            case CustomerMessage(inbound):
                if talk.with_human or talk.conversation_status == "human":
                    hearing.overhear(talk, inbound, ear)
                elif talk.consent == "opted_out":
                    optout.hear(talk, inbound)
                else:
                    hearing.hear(talk, inbound, ear)
    if talk.with_human:
        talk.conversation_status = "human"
    if context.customer.opted_out and not (talk.consent or talk.despite_opt_out):
        _say_nothing(talk)
    if not talk.spoke:
        desk.act_on_bookings(talk, events)
        wait = next((event for event in events if isinstance(event, TooMany)), None)
        return closing.pack(talk, closing.only_wait(talk, wait) if wait is not None else None)
    if talk.consent is None and talk.conversation_status is None:
        afterhours.tell(talk)
    question = _conclude(talk)
    desk.act_on_bookings(talk, events)
    return closing.finish(talk, question)


def _say_nothing(talk: Talk) -> None:
    """Who opted out gets no message, not even the result of what he asked for before; a person is told."""
    if talk.spoke and talk.result_ends:
        talk.note("result_not_told", "A customer who opted out was not told what became of a booking.")
    talk.silent = True


def _begin(state: JsonObject | None, context: TurnContext) -> Talk:
    talk = Talk(load(state), context)
    talk.prune()
    talk.before = summary.facts(talk)
    talk.was_editing = talk.state.editing
    talk.with_human = context.human is WithHuman.YES
    if talk.with_human:
        talk.trace.append("with_human")
    if context.human is WithHuman.QUIET:
        escalation.after_quiet(talk)
    return talk


def _conclude(talk: Talk) -> Question:
    """How the reply ends."""
    state = talk.state
    if not talk.paging:
        state.page = 0
    _count_failures(talk)
    if state.editing is talk.was_editing and (talk.touched or talk.yes or state.failures > 1):
        state.editing = None  # the customer went on to something else; the old value stays
    if talk.result_ends and talk.ending is not None and talk.touched and talk.wish.begun:
        _result_first(talk, talk.ending)
    if talk.ending is None:
        _decide(talk)
    return talk.ending if talk.ending is not None else _onward(talk)


def _result_first(talk: Talk, result: Question) -> None:
    """A result and a new wish in one turn: the result is told, then the talk goes on with the wish."""
    if result.body:
        talk.answer("detail_line", text=result.body)
    for line in result.lines:
        talk.answer(line.key, **line.words)
    if result.link is not None:
        talk.answer("detail_line", text=f"{result.link.label}: {result.link.url}")
    talk.ending = None


def _decide(talk: Talk) -> None:
    """A yes or no to what is open: an order, a change, or nothing at all."""
    more = talk.touched - {SlotKind.PAYMENT} if talk.paid_yes else talk.touched
    confirming = talk.state.name is BotState.CONFIRM and not more
    moving = talk.wish.moves is not None
    placed = afterwards.open_order(talk)
    if talk.stale:
        talk.say("stale")
    if talk.yes and placed is not None:
        afterwards.said_yes(talk, placed)
    elif talk.yes and confirming and not talk.stale:
        confirm.accept(talk)
        if talk.new_booking is not None and moving:
            manage_move.place(talk)
    elif talk.no and confirming:
        if not moving:
            editing.ask_what(talk)
        elif talk.wish.plan:  # else "no, earlier": other times are looked for
            manage_move.keep(talk)
    elif talk.yes and not talk.touched:
        place.said_yes(talk)


def _onward(talk: Talk) -> Question:
    """The talk goes on: after an order, after a thank-you, or with the booking's next question."""
    if talk.state.name is BotState.CHANGING and not talk.wish.begun and not _begins(talk):
        return manage.under_way()
    placed = afterwards.open_order(talk)
    if placed is not None and not _begins(talk):
        return _with_human_offer(talk, afterwards.closing(talk, placed))
    if _only_polite(talk):
        return Question(state=BotState.IDLE, standing=False)
    question = booking.next_question(talk)
    question = (manage_move.dressed if talk.wish.moves is not None else usual.offer)(talk, question)
    return _with_human_offer(talk, question)


def _begins(talk: Talk) -> bool:
    """A new wish is opened after an order, even if it holds no fact yet ("I want to book again")."""
    opening = {Intent.BOOK, Intent.ADD, Intent.START_OVER, Intent.USUAL}
    return bool(talk.touched or talk.state.candidates or talk.intents & opening) and not talk.lost


def _only_polite(talk: Talk) -> bool:
    """Thanks or goodbye with nothing open needs no question."""
    polite = {Intent.THANKS, Intent.GOODBYE}
    return not talk.wish.begun and bool(talk.intents & polite) and talk.intents <= polite | {Intent.GREETING}


def _count_failures(talk: Talk) -> None:
    state = talk.state
    if not talk.lost:
        state.failures = 0
        return
    state.failures += 1
    if state.failures == OFFER_HUMAN_AFTER:
        talk.note(
            "not_understood",
            "The bot could not make sense of a customer three times in a row.",
            slot=(state.editing or state.asked or state.name).value,
            rules=talk.trace[:20],
        )


def _with_human_offer(talk: Talk, question: Question) -> Question:
    """After the third failure, or a question that nothing is known about, a button leads to a person."""
    lost = talk.lost and talk.state.failures >= OFFER_HUMAN_AFTER
    stuck = _is_stuck(talk, question)
    if not (lost or stuck or talk.offer_human) or escalation.limited(talk):
        return question
    human = talk.button("human", "title_human")
    others = tuple(one for one in question.choices if one.id != human.id)
    beside = (*question.beside, Line("stuck")) if stuck and not lost else question.beside
    return replace(question, beside=beside, choices=(*others[:9], human))


def _is_stuck(talk: Talk, question: Question) -> bool:
    """The same question for the fourth time in a row, and every third time from then on.

    A name or an e-mail address in between changes nothing of that; another place or person makes a list of times new.
    """
    state = talk.state
    about_times = {SlotKind.LOCATION, SlotKind.SERVICES, SlotKind.STAFF, SlotKind.TIME}
    if question.slot in {SlotKind.TIME, SlotKind.STAFF} and talk.touched & about_times:
        return False
    again = state.name is question.state and state.asked is question.slot and state.asked_key == question.key
    return (
        again and question.slot is not None and not talk.paging and (state.asks + 1) % OFFER_HUMAN_AFTER == 0
    )
