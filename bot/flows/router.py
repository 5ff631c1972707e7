"""step(): one turn of a conversation. STOP first, then a person, then what the outside answered, then the talk.

Pure: it may be run again for the same turn (with more frames read) and gives the same Step.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.flows import afterwards, booking, closing, confirm, editing, hearing, optout, results, summary
from bot.flows.contract import CustomerMessage, EffectAnswer, Event, Step, TurnContext
from bot.flows.hearing import Ear
from bot.flows.state import BotState, load
from bot.flows.talk import Question, Talk
from bot.messages import JsonObject
from bot.understanding.contract import Intent
from bot.understanding.understand import understand

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
            case CustomerMessage(inbound):
                hearing.hear(talk, inbound, ear)
        if talk.consent == "opted_out" or talk.conversation_status == "human":
            break
    if not talk.spoke:
        return closing.pack(talk, None)
    return closing.finish(talk, _conclude(talk))


def while_human(state: JsonObject | None, events: Sequence[Event], context: TurnContext) -> Step:
    """A turn while a person has the conversation: the bot is silent; only STOP and START are acted on."""
    talk = _begin(state, context)
    for event in events:
        if isinstance(event, CustomerMessage):
            optout.hear(talk, event.inbound)
    talk.conversation_status = "human"
    talk.trace.append("with_human")
    return closing.pack(talk, None)


def _begin(state: JsonObject | None, context: TurnContext) -> Talk:
    talk = Talk(load(state), context)
    talk.prune()
    talk.before = summary.facts(talk)
    talk.was_editing = talk.state.editing
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
    confirming = talk.state.name is BotState.CONFIRM and not talk.touched
    placed = afterwards.open_order(talk)
    if talk.stale:
        talk.say("stale")
    if talk.yes and placed is not None:
        afterwards.said_yes(talk, placed)
    elif talk.yes and confirming and not talk.stale:
        confirm.accept(talk)
    elif talk.no and confirming:
        editing.ask_what(talk)


def _onward(talk: Talk) -> Question:
    """The talk goes on: after an order, after a thank-you, or with the booking's next question."""
    placed = afterwards.open_order(talk)
    if placed is not None and not _begins(talk):
        return _with_human_offer(talk, afterwards.closing(talk, placed))
    if _only_polite(talk):
        return Question(state=BotState.IDLE, standing=False)
    return _with_human_offer(talk, booking.next_question(talk))


def _begins(talk: Talk) -> bool:
    """A new wish is opened after an order, even if it holds no fact yet ("I want to book again")."""
    opening = {Intent.BOOK, Intent.ADD, Intent.START_OVER}
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
    """After the third failure a button to a person stands first."""
    if not talk.lost or talk.state.failures < OFFER_HUMAN_AFTER:
        return question
    human = talk.button("human", "title_human")
    others = tuple(one for one in question.choices if one.id != human.id)
    return Question(
        state=question.state,
        lines=question.lines,
        slot=question.slot,
        key=question.key,
        choices=(*others[:9], human),
        label=question.label,
        body=question.body,
        card=question.card,
        link=question.link,
        actions=question.actions,
        standing=question.standing,
    )
