"""What became of a cancellation or a move. Told from the effect's own data: the only place that says "cancelled"
and "moved".
"""

from __future__ import annotations

from datetime import datetime

from bot.flows import desk, known, manage_move
from bot.flows.contract import EffectAnswer, EffectKind, IntentPatch, Outcome, PlannedEffect
from bot.flows.history import KnownBooking, known_booking
from bot.flows.state import BotState, Managing, PlacedLine
from bot.flows.summary import facts
from bot.flows.talk import Question, Talk
from bot.messages import JsonObject, Link
from bot.wording.words import Line

OUTCOMES = frozenset(
    {
        Outcome.ORDER_CANCELLED,
        Outcome.CANCEL_FAILED,
        Outcome.CANCEL_REFUSED,
        Outcome.ORDER_CHANGED,
        Outcome.CHANGE_SLOT_TAKEN,
        Outcome.CHANGE_PRICE_CHANGED,
        Outcome.CHANGE_REFUSED,
        Outcome.CHANGE_PENDING,
    }
)


def hear(talk: Talk, event: EffectAnswer) -> None:
    """One answer, whether or not the talk still remembers that it asked for it."""
    managing = talk.state.managing
    if managing is not None and managing.booking_id != event.booking_id:
        managing = None
    if managing is not None:
        talk.state.managing = None
    raw = event.data.get("booking")
    booking = known_booking(raw) if isinstance(raw, dict) else known.find(talk, event.booking_id)
    match event.outcome:
        case Outcome.ORDER_CANCELLED:
            _cancelled(talk, event, booking)
        case Outcome.CANCEL_FAILED:
            _tell(talk, BotState.BOOKED, _line(talk, "cancel_not_yet", booking, managing))
        case Outcome.CANCEL_REFUSED:
            _tell(talk, BotState.BOOKED, _line(talk, "cancel_stands", booking, managing))
        case Outcome.ORDER_CHANGED:
            _changed(talk, event, booking)
        case Outcome.CHANGE_SLOT_TAKEN:
            _slot_taken(talk, booking, managing)
        case Outcome.CHANGE_PRICE_CHANGED:
            _price_changed(talk, booking, managing, event.data)
        case Outcome.CHANGE_REFUSED:
            key = "gone_booking" if event.data.get("code") == "booking_ended" else "move_refused"
            _abandon(talk, managing)
            _tell(talk, BotState.BOOKED, _line(talk, key, booking, managing))
        case Outcome.CHANGE_PENDING:
            key = "move_unknown" if event.data.get("unknown") else "move_pending"
            _tell(talk, BotState.KEPT, _line(talk, key, booking, managing))
        case _:
            raise AssertionError(event.outcome)


def _line(
    talk: Talk, key: str, booking: KnownBooking | None, managing: Managing | None, **more: object
) -> Line:
    """With the booking as it stands, in a line."""
    what = known.line(talk, booking) if booking is not None else (managing.what if managing else "")
    values = {
        "what": what,
        "new": managing.new if managing else "",
        "business": talk.context.workspace_name,
        "contact": known.reach(talk),
    }
    return Line(key, {**values, **more})


def _tell(talk: Talk, state: BotState, *lines: Line, link: Link | None = None) -> None:
    """Ends the reply with the result; if the customer is at another wish, says it first and goes on there."""
    if talk.wish.begun:
        for line in lines:
            talk.say(line.key, **line.words)
        if link is not None:
            talk.answer("detail_line", text=f"{link.label}: {link.url}")
        return
    talk.ending = Question(state=state, lines=lines, link=link, standing=False)


def _cancelled(talk: Talk, event: EffectAnswer, booking: KnownBooking | None) -> None:
    for placed in talk.state.placed:
        if placed.booking_id == event.booking_id:
            placed.outcome = Outcome.ORDER_CANCELLED
    reason = desk.reason(talk, event)
    key = "cancelled_is" if reason is None else "cancelled_by_business"
    lines = [_line(talk, key, booking, None, reason=reason or "")]
    if booking is not None and booking.has_paid:
        lines.append(Line("refund_by_team"))
    _tell(talk, BotState.IDLE, *lines)


def _changed(talk: Talk, event: EffectAnswer, booking: KnownBooking | None) -> None:
    if booking is None:
        raise ValueError("an answer about a move carries the booking as it stands")
    for placed in talk.state.placed:
        if placed.booking_id == event.booking_id and booking.id != event.booking_id:
            placed.outcome = Outcome.ORDER_CANCELLED  # its place was taken
        elif placed.booking_id == booking.id:
            placed.lines = [
                PlacedLine(
                    service_name=known.item_name(talk, item),
                    staff_name=known.person(talk, item),
                    starts_at=item.starts_at,
                    price_minor=item.price_minor,
                )
                for item in booking.items
            ]
    reason = desk.reason(talk, event)
    key = "moved_is" if reason is None else "moved_by_business"
    lines = [_line(talk, key, booking, None, code=booking.code, reason=reason or "")]
    link = None
    url = event.data.get("payment_url")
    if isinstance(url, str) and url and booking.open_link:
        link = Link(talk.words.label("title_pay"), url)
        until = _moment(event.data.get("pay_until"))
        lines.append(
            Line("pay_link_until", {"until": talk.words.moment(until)}) if until else Line("pay_link")
        )
        talk.effects.append(
            PlannedEffect(EffectKind.POLL_PAYMENT, booking.id, {"order_id": booking.order_id})
        )
    if event.data.get("old_stands"):
        lines.append(Line("moved_old_stands"))
    if link is None:
        lines.append(Line("link_follows" if event.data.get("link") else "see_you"))
    _tell(talk, BotState.AWAIT_PAYMENT if link else BotState.BOOKED, *lines, link=link)


def _abandon(talk: Talk, managing: Managing | None) -> None:
    if managing is not None and managing.wanted is not None and managing.wanted.intent_id is not None:
        talk.intent = IntentPatch(id=managing.wanted.intent_id, status="abandoned")


def _goes_on(talk: Talk, managing: Managing | None) -> bool:
    """Whether the talk can go on choosing another time; else the customer is at something else by now."""
    return managing is not None and managing.wanted is not None and not talk.wish.begun


def _slot_taken(talk: Talk, booking: KnownBooking | None, managing: Managing | None) -> None:
    """The booking stands; the nearest other times are offered."""
    line = _line(talk, "move_slot_gone", booking, managing, when=managing.new if managing else "")
    if managing is None or managing.wanted is None or not _goes_on(talk, managing):
        _abandon(talk, managing)
        _tell(talk, BotState.BOOKED, line)
        return
    talk.say(line.key, **line.words)
    talk.state.managing = managing
    manage_move.again(talk, managing.wanted)


def _price_changed(
    talk: Talk, booking: KnownBooking | None, managing: Managing | None, data: JsonObject
) -> None:
    """The booking stands; the new price is asked about."""
    raw = data.get("prices_minor")
    prices = [int(price) for price in raw] if isinstance(raw, list) else []
    before = booking.total_minor if booking else 0
    line = _line(
        talk,
        "move_price_changed",
        booking,
        managing,
        total=talk.words.money(sum(prices)),
        before=talk.words.money(before),
    )
    if managing is None or managing.wanted is None or not _goes_on(talk, managing):
        _abandon(talk, managing)
        _tell(talk, BotState.BOOKED, line)
        return
    talk.say(line.key, **line.words)
    talk.state.managing = managing
    for item, price in zip(managing.wanted.items, prices, strict=False):
        item.quoted_minor = price
    talk.take_up(managing.wanted)
    talk.before = facts(talk)


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str) or not value:
        return None
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo is not None else None
