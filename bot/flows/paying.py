"""Payment links of our own in a talk: what became of one, and a customer who asks for it again.

Said only from what is recorded: a link from the effect that made it, "paid" from the provider's own report.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from bot.flows import known, summary
from bot.flows.contract import EffectAnswer, EffectKind, Outcome, PlannedEffect
from bot.flows.history import KnownBooking
from bot.flows.state import BotState, Offered, Placed
from bot.flows.talk import Question, Talk
from bot.messages import JsonObject, Link
from bot.understanding.contract import Understanding
from bot.understanding.normalize import fold
from bot.wording.words import Line

OUTCOMES = frozenset(
    {Outcome.LINK_READY, Outcome.LINK_FAILED, Outcome.PAYMENT_PROCESSING, Outcome.PAYMENT_FAILED}
)
ALSO = frozenset({Outcome.PAYMENT_PAID, Outcome.PAYMENT_EXPIRED})
"""Told here where they come from a link of our own."""
_FAILED = {
    "paid": "paid_already",
    "checking": "link_checking",
    "nothing_due": "link_not_needed",
    "ended": "gone_booking",
    "too_late": "link_too_late",
}
_LATE = {"payment_failed": "payment_failed_late", "link_expired": "link_expired_late"}
_WANTS_LINK = re.compile(
    r"\b(?:(?:pay(?:ment|ing)?|deposit|checkout) ?(?:link|page|url)"
    r"|link (?:to|for) (?:pay|the (?:payment|deposit))"
    r"|(?:send|resend|give|need|want|get)\b.{0,24}\blink\b|(?:new|another) link\b"
    r"|link\b.{0,16}\b(?:again|expired|please|once more|one more time|ran out|doesn'?t work|not work(?:ing)?)"
    r"|pay (?:now|online|it now|the deposit)|(?:want|like|ready|how) (?:do i |can i |to )pay)\b"
    rf"|{fold('رابط')}(?! *{fold('الموقع')})|(?<!\w){fold('ابي ادفع')}|(?<!\w){fold('ابغى ادفع')}|{fold('كيف ادفع')}"
)


def hear(talk: Talk, u: Understanding, text: str) -> bool:
    """ "Send me the link again": True if it was about the payment of a placed booking, and is done with."""
    if u.choice is not None or not _WANTS_LINK.search(fold(text)):
        return False
    found = [one for one in known.upcoming(talk) if one.stands]
    if not found:
        return False
    payable = [one for one in found if not one.has_paid] or found
    _ask(talk, known.meant(talk, u, "", payable)[0])
    return True


def tap(talk: Talk, value: str) -> bool:
    """The button for a new link. False: that booking is over."""
    try:
        booking = known.find(talk, UUID(value))
    except ValueError:
        return False
    if booking is None:
        return False
    _ask(talk, booking)
    return True


def _ask(talk: Talk, booking: KnownBooking) -> None:
    """The link that is open, or a new one: the effect knows which, and its answer is the reply."""
    talk.heard = True
    talk.trace.append("link:asked")
    if booking.payment_status == "paid":
        talk.answer("paid_already")
        return
    if booking.payment_status == "deposit_paid":
        talk.answer("deposit_is_in")
        return
    talk.effects.append(PlannedEffect(EffectKind.CREATE_LINK, booking.id, {"asked": True}))
    talk.progress = Line("link_coming")
    if talk.wish.begun:
        return
    talk.silent = True
    talk.ending = Question(state=BotState.AWAIT_PAYMENT, standing=False)


def hear_result(talk: Talk, event: EffectAnswer, placed: Placed | None) -> None:
    """One answer about a link. placed: the order, as far as the talk remembers it."""
    data = event.data
    match event.outcome:
        case Outcome.LINK_READY:
            _ready(talk, data, placed)
        case Outcome.LINK_FAILED:
            key = _FAILED.get(str(data.get("reason")), "link_unavailable")
            _tell(talk, BotState.BOOKED, Line(key, {"business": talk.context.workspace_name}))
        case Outcome.PAYMENT_PROCESSING:
            _tell(talk, BotState.BOOKED, Line("payment_processing"))
        case Outcome.PAYMENT_FAILED:
            _ran_out(talk, event, "payment_failed")
        case Outcome.PAYMENT_EXPIRED:
            _ran_out(talk, event, "link_expired")
        case Outcome.PAYMENT_PAID:
            _paid(talk, data, placed)
        case _:
            raise AssertionError(event.outcome)


def amounts(talk: Talk, booking: KnownBooking) -> dict[str, object]:
    """What the lines about a booking's payment may name."""
    due = booking.due_minor if booking.due_minor is not None else booking.total_minor
    return {"amount": talk.words.money(due)}


def _ready(talk: Talk, data: JsonObject, placed: Placed | None) -> None:
    until = _moment(data.get("expires_at"))
    deposit = bool(data.get("deposit"))
    values: dict[str, object] = {"amount": talk.words.money(int(data["amount_minor"]))}
    if until is not None:
        values["until"] = talk.words.moment(until)
        key = "link_deposit_until" if deposit else "link_full_until"
    else:
        key = "link_deposit" if deposit else "link_full"
    link = Link(talk.words.label("title_pay"), str(data["url"]))
    if placed is not None:
        placed.payment_url, placed.pay_until = link.url, until
    _tell(talk, BotState.AWAIT_PAYMENT, Line(key, values), link=link)


def _paid(talk: Talk, data: JsonObject, placed: Placed | None) -> None:
    deposit = bool(data.get("deposit"))
    values: dict[str, object] = {
        "amount": talk.words.money(int(data["amount_minor"])),
        "rest": talk.words.money(int(data.get("rest_minor") or 0)),
        "order": str(data.get("order_id") or ""),
    }
    if placed is None:
        _tell(talk, BotState.BOOKED, Line("deposit_paid_short" if deposit else "paid_short", values))
        return
    placed.paid = True
    head = talk.words.say(Line("deposit_paid" if deposit else "paid", values), talk.context.turn % 2)
    body = f"{head}\n{summary.placed_text(talk, placed)}"
    if talk.wish.begun:
        talk.answer("detail_line", text=body)
        return
    talk.ending = Question(
        state=BotState.BOOKED,
        lines=(Line("see_you"),),
        body=body,
        card=summary.placed_card(talk, placed),
        standing=False,
    )


def _ran_out(talk: Talk, event: EffectAnswer, key: str) -> None:
    """The booking stands; another link is a tap away, unless the visit is too soon for one."""
    if event.data.get("again") is False:
        _tell(talk, BotState.BOOKED, Line(_LATE[key]))
        return
    again = Offered(
        id=f"link:{event.booking_id}@{talk.context.turn}", title=talk.words.label("title_new_link")
    )
    _tell(talk, BotState.BOOKED, Line(key))
    if talk.ending is not None:
        choices = (again, talk.button("human", "title_human"))
        talk.ending = replace(talk.ending, choices=choices)


def _tell(talk: Talk, state: BotState, line: Line, *, link: Link | None = None) -> None:
    """Ends the reply with it; if the customer is at another wish, says it first and goes on there."""
    ending = talk.ending
    if ending is not None and any(one.key == "link_follows" for one in ending.lines):
        # The booking was confirmed in this very turn: what became of its link comes with that.
        lines = tuple(line if one.key == "link_follows" else one for one in ending.lines)
        talk.ending = replace(ending, state=state, lines=lines, link=link or ending.link)
        return
    talk.said = [one for one in talk.said if one.key != "link_follows"]
    if talk.wish.begun or (ending is not None and ending.body):
        talk.answer(line.key, **line.words)
        if link is not None:
            talk.answer("detail_line", text=f"{link.label}: {link.url}")
        return
    talk.ending = Question(state=state, lines=(line,), link=link, standing=False)


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str) or not value:
        return None
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo is not None else None
