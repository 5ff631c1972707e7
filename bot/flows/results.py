"""What the outside answered: the only place where "booked", "confirmed" and "paid" are said.

The effect that brought the answer has already written the booking and told the operator; here the
customer is told, and the talk goes on from it.

An answer may come late, when the customer is already at something else: the truth is told, and
the new talk goes on untouched.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.flows import desk, escalation, handling, manage_results, paying, summary
from bot.flows.contract import EffectAnswer, EffectKind, IntentPatch, Outcome, PlannedEffect
from bot.flows.state import BotState, Placed
from bot.flows.talk import Question, Talk, drop_plan
from bot.messages import JsonObject, Link
from bot.wording.words import Line
from bot.workspace import SlotKind


def hear(talk: Talk, event: EffectAnswer) -> None:
    """One answer. An answer about an order that is no longer remembered is told from its own data."""
    if desk.came_to_nothing(talk, event):
        return  # a person of the business asked for it; the customer knows nothing of it
    talk.spoke = talk.heard = True
    placed = next((p for p in talk.state.placed if p.booking_id == event.booking_id), None)
    talk.trace.append(f"answer:{event.outcome.value}")
    talk.result_ends = True
    if event.outcome in manage_results.OUTCOMES:
        manage_results.hear(talk, event)
        return
    if event.outcome in paying.OUTCOMES or (event.outcome in paying.ALSO and event.data.get("link")):
        paying.hear_result(talk, event, placed)
        return
    if placed is None:
        _forgotten(talk, event)
        return
    match event.outcome:
        case Outcome.ORDER_PLACED:
            _placed(talk, placed, event.data)
        case Outcome.ORDER_SLOT_TAKEN:
            _slot_taken(talk, placed)
        case Outcome.ORDER_PRICE_CHANGED:
            _price_changed(talk, placed, event.data)
        case Outcome.ORDER_REFUSED:
            _refused(talk, placed, event.data)
        case Outcome.ORDER_UNAVAILABLE | Outcome.ORDER_UNKNOWN:
            _kept(talk, placed, event.outcome)
        case Outcome.PAYMENT_PAID:
            _paid(talk, placed, event.data)
        case Outcome.PAYMENT_EXPIRED:
            _expired(talk, placed)
        case other:
            raise AssertionError(other)


def _moved_on(talk: Talk, placed: Placed) -> bool:
    """The customer is already at another wish, or has placed a later order."""
    return talk.wish.begun or talk.state.latest() is not placed


def _tell(
    talk: Talk, placed: Placed, state: BotState, *lines: Line, body: str = "", link: Link | None = None
) -> None:
    """Ends the reply with the result; or, if the talk moved on, says it first and goes on there."""
    card = summary.placed_card(talk, placed) if body else None
    if _moved_on(talk, placed):
        for line in lines:
            talk.say(line.key, **line.words)
        if link is not None:
            talk.answer("detail_line", text=f"{link.label}: {link.url}")
        return
    talk.ending = Question(state=state, lines=lines, body=body, card=card, link=link, standing=False)


def _placed(talk: Talk, placed: Placed, data: JsonObject) -> None:
    words = talk.words
    placed.outcome = Outcome.ORDER_PLACED
    placed.order_id = _text(data.get("order_id"))
    placed.confirmation_code = _text(data.get("confirmation_code"))
    placed.payment_url = _text(data.get("payment_url")) or None
    placed.pay_until = _moment(data.get("pay_until"))
    talk.intent = IntentPatch(id=placed.intent_id, status="confirmed", starts_at=placed.lines[0].starts_at)
    talk.lead_status = "booked"
    number = summary.order_number(placed.order_id)
    values = {"order": number, "code": placed.confirmation_code}
    booked = words.say(Line("booked" if number else "booked_code", values), talk.context.turn % 2)
    link = None
    lines: list[Line] = []
    if placed.payment_url:
        link = Link(words.label("title_pay"), placed.payment_url)
        until = {"until": words.moment(placed.pay_until)} if placed.pay_until else {}
        lines.append(Line("pay_link_until" if until else "pay_link", until))
        talk.effects.append(
            PlannedEffect(EffectKind.POLL_PAYMENT, placed.booking_id, {"order_id": placed.order_id})
        )
    else:
        ending = "call_you" if handling.is_call(talk, placed.wish) else "see_you"
        lines.append(Line("link_follows" if data.get("link") else ending))
    if placed.wish.party_told:
        lines.append(Line("next_person"))
    if _moved_on(talk, placed):
        talk.answer("detail_line", text=f"{booked}\n{summary.placed_text(talk, placed)}")
        _tell(talk, placed, BotState.BOOKED, link=link)
        return
    state = BotState.AWAIT_PAYMENT if link else BotState.BOOKED
    _tell(talk, placed, state, *lines, body=f"{booked}\n{summary.placed_text(talk, placed)}", link=link)


def _give_back(talk: Talk, placed: Placed) -> bool:
    """The wish as it stood, to go on from. False: the customer is at something else by now."""
    if _moved_on(talk, placed):
        return False
    talk.take_up(placed.wish)
    talk.wish.intent_id = placed.intent_id
    for item, line in zip(placed.wish.items, placed.lines, strict=False):
        if item.service_id not in talk.catalog.services:
            talk.say("offered_nowhere", service=line.service_name)
    talk.before = summary.facts(talk)
    return True


def _slot_taken(talk: Talk, placed: Placed) -> None:
    placed.outcome = Outcome.ORDER_SLOT_TAKEN
    moment = talk.words.moment(placed.lines[0].starts_at)
    if not _give_back(talk, placed):
        talk.say("earlier_request", what=summary.placed_line(talk, placed))
        talk.say("slot_gone", when=moment)
        talk.intent = IntentPatch(id=placed.intent_id, status="abandoned")
        return
    talk.say("slot_gone", when=moment)
    talk.wish.gone = [*talk.wish.gone, *placed.wish.plan][-12:]
    drop_plan(talk.wish)
    talk.touched.add(SlotKind.TIME)
    talk.force_offer = True


def _price_changed(talk: Talk, placed: Placed, data: JsonObject) -> None:
    placed.outcome = Outcome.ORDER_PRICE_CHANGED
    raw = data.get("prices_minor")
    prices = [int(price) for price in raw] if isinstance(raw, list) else []
    values = {
        "total": talk.words.money(sum(prices)) if prices else "?",
        "before": talk.words.money(placed.total_minor),
    }
    for item, price in zip(placed.wish.items, prices, strict=False):
        item.quoted_minor = price
    if not _give_back(talk, placed):
        talk.say("earlier_request", what=summary.placed_line(talk, placed))
        talk.say("price_changed", **values)
        talk.intent = IntentPatch(id=placed.intent_id, status="abandoned")
        return
    talk.say("price_changed", **values)


def _refused(talk: Talk, placed: Placed, data: JsonObject) -> None:
    placed.outcome = Outcome.ORDER_REFUSED
    line = Line("refused", {"business": talk.context.workspace_name})
    if not _give_back(talk, placed):
        talk.say("earlier_request", what=summary.placed_line(talk, placed))
        talk.say(line.key, **line.words)
        talk.intent = IntentPatch(id=placed.intent_id, status="abandoned")
        return
    if data.get("intent_closed"):
        talk.wish.intent_id = None  # an operator ended that intent; going on from it is a new one
    choices = (talk.button("change", "title_change"), talk.button("human", "title_human"))
    talk.ending = Question(state=BotState.ASK_CHANGE, lines=(line,), choices=choices, standing=False)


def _kept(talk: Talk, placed: Placed, outcome: Outcome) -> None:
    placed.outcome = outcome
    unknown = outcome is Outcome.ORDER_UNKNOWN
    talk.intent = IntentPatch(
        id=placed.intent_id, status="needs_operator", starts_at=placed.lines[0].starts_at
    )
    line = Line("kept_unknown" if unknown else "kept_unavailable", {"business": talk.context.workspace_name})
    lines = (line,) if unknown else (line, *escalation.contact_lines(talk))
    _tell(talk, placed, BotState.KEPT, *lines)


def _paid(talk: Talk, placed: Placed, data: JsonObject) -> None:
    placed.paid, placed.expired = True, False
    amount = data.get("amount_minor")
    values = {
        "amount": talk.words.money(int(amount) if amount is not None else placed.total_minor),
        "order": summary.order_number(placed.order_id) or placed.confirmation_code,
    }
    head = talk.words.say(Line("paid", values))
    body = f"{head}\n{summary.placed_text(talk, placed)}"
    if _moved_on(talk, placed):
        talk.answer("detail_line", text=body)
        return
    _tell(talk, placed, BotState.BOOKED, Line("see_you"), body=body)


def _expired(talk: Talk, placed: Placed) -> None:
    if placed.paid:
        talk.silent = True  # a late word from an older poll: the payment is known
        return
    placed.expired = True
    line = Line("pay_expired", {"order": summary.order_number(placed.order_id) or placed.confirmation_code})
    _tell(talk, placed, BotState.IDLE, line)
    if talk.ending is not None:
        choices = (talk.button("again", "title_again"), talk.button("human", "title_human"))
        talk.ending = Question(state=BotState.IDLE, lines=(line,), choices=choices, standing=False)


def _forgotten(talk: Talk, event: EffectAnswer) -> None:
    """An answer about an order older than what is remembered (or after a state was lost)."""
    code = _text(event.data.get("confirmation_code"))
    values = {
        "order": summary.order_number(_text(event.data.get("order_id"))) or code,
        "code": code,
        "business": talk.context.workspace_name,
    }
    match event.outcome:
        case Outcome.ORDER_PLACED:
            talk.lead_status = "booked"
            talk.say("booked", **values)
            url = _text(event.data.get("payment_url"))
            if url:
                talk.answer("detail_line", text=f"{talk.words.label('title_pay')}: {url}")
                request: JsonObject = {"order_id": _text(event.data.get("order_id"))}
                talk.effects.append(PlannedEffect(EffectKind.POLL_PAYMENT, event.booking_id, request))
        case Outcome.ORDER_UNAVAILABLE | Outcome.ORDER_UNKNOWN:
            talk.say("kept_unknown", **values)
        case Outcome.PAYMENT_PAID:
            amount = event.data.get("amount_minor")
            paid = talk.words.money(int(amount)) if amount is not None else ""
            talk.say("paid_short", amount=paid, **values)
        case Outcome.PAYMENT_EXPIRED:
            talk.say("pay_expired", **values)
        case Outcome.ORDER_SLOT_TAKEN | Outcome.ORDER_PRICE_CHANGED | Outcome.ORDER_REFUSED:
            talk.say("refused", **values)
    if not talk.wish.begun:
        talk.ending = Question(state=talk.state.name, standing=False)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str) or not value:
        return None
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo is not None else None
