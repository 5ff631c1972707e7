"""Errors: what went wrong and needs a person, and the orders whose outcome only a person can find out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aiohttp import web

from bot.advice import Advice, advice_for
from bot.console.acting import Acting, NotFound, Refused
from bot.console.exports import every_row
from bot.console.page import Group, Nav, Section, get, post
from bot.console.wording import counted
from bot.effect_decisions import NotDecidable, decide_not_placed, decide_placed
from db import effects, errors, read_errors
from db.effects import Effect
from db.errors import ErrorRow
from db.failures import ROW_REFUSED
from db.read_errors import STATES, ErrorFilters
from providers.contract import OrderRequest

_PAGE = 50
_DECIDED = frozenset({"place_order", "change_order", "cancel_order"})
_LONGEST_ORDER_ID = 100


@dataclass(frozen=True, slots=True)
class Shown:
    error: ErrorRow
    advice: Advice
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """A service of an order that waits."""

    service: str
    staff: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Undecided:
    """A call whose outcome nobody knows. order_id: of an order that is to be moved or cancelled."""

    effect: Effect
    customer: str
    lines: list[Line]
    order_id: str

    @property
    def question(self) -> str:
        match self.effect.kind:
            case "cancel_order":
                return f"Does order {self.order_id} still stand in the booking system?"
            case "change_order":
                return f"Order {self.order_id} was to be moved: does an order stand at the new time?"
        return "Does this order stand in the booking system?"


def _filters(acting: Acting) -> ErrorFilters:
    return ErrorFilters(
        status=acting.choice("status", STATES) or "open",
        since=acting.day("since"),
        until=acting.day("until", end=True),
        search=acting.search(),
        kind=acting.search("kind"),
    )


async def listed(acting: Acting) -> web.StreamResponse:
    filters = _filters(acting)
    counts = await read_errors.counts(acting.tx, filters)
    page = await read_errors.listing(acting.tx, filters, after=acting.cursor(), limit=_PAGE)
    waiting = await effects.listing(acting.tx, ["needs_operator"])
    return acting.render(
        "errors.html",
        chosen=filters.status,
        statuses=counted(STATES, counts),
        kinds=[(one, _title(one)) for one in await read_errors.kinds(acting.tx)],
        next=page.next,
        rows=[Shown(one, advice_for(one.kind), _title(one.kind)) for one in page.rows],
        undecided=[_undecided(one) for one in waiting if one.kind in _DECIDED],
    )


async def errors_csv(acting: Acting) -> web.StreamResponse:
    header = ("last seen", "what", "summary", "times", "first seen", "what to do", "settled", "how")
    rows = [
        (one.last_at, _title(one.kind), one.summary, one.times, one.first_at, advice_for(one.kind).do,
         one.resolved_at, one.resolution)
        for one in await every_row(acting.tx, read_errors, _filters(acting))
    ]  # fmt: skip
    return acting.csv("errors", header, rows)


def _title(kind: str) -> str:
    return kind.replace("_", " ").capitalize()


def _undecided(effect: Effect) -> Undecided:
    request = effect.request
    order_id = str(request.get("order_id", ""))
    if effect.kind == "cancel_order":
        return Undecided(effect, "", [], order_id)
    order = OrderRequest.model_validate(request.get("order", request))
    lines = [Line(one.service_name, one.staff_name, one.starts_at) for one in order.lines]
    return Undecided(effect, order.customer_name, lines, order_id)


async def settle(acting: Acting) -> web.StreamResponse:
    """A person has seen to it. The same trouble, should it come again, is a new error."""
    error_id = acting.id("error_id")
    if await read_errors.find(acting.tx, error_id) is None:
        raise NotFound
    if not await errors.resolve_one(acting.tx, error_id, resolution=f"settled by {acting.label}"[:200]):
        raise Refused("It was settled before.")
    await acting.audit("error.settled", str(error_id))
    return acting.back("/errors", said="Settled.")


async def decide(acting: Acting) -> web.StreamResponse:
    """What a person found in the booking system, recorded as the call's answer; the customer is told."""
    found = await effects.find(acting.tx, acting.id("effect_id"))
    if found is None:
        raise NotFound
    stands = acting.form.get("stands") == "yes"
    try:
        said = await _placed(acting, found) if stands else await _not_placed(acting, found)
    except NotDecidable as trouble:
        raise Refused(f"{str(trouble)[:1].upper()}{str(trouble)[1:]}.") from trouble
    await acting.audit("order.decided", str(found.id), stands=stands)
    conversation_id: UUID = found.conversation_id
    acting.after_commit(lambda: acting.ports.bell.ring([conversation_id]))
    return acting.back("/errors", said=said)


async def _placed(acting: Acting, effect: Effect) -> str:
    order_id = acting.form.get("order_id", "") or str(effect.request.get("order_id", ""))
    if not order_id or len(order_id) > _LONGEST_ORDER_ID:
        raise Refused("Which order? Its number stands in the booking system.")
    try:
        code = await decide_placed(acting.ports.pool, effect.id, order_id=order_id, mails=acting.ports.mails)
    except ROW_REFUSED:
        raise Refused(f"Order {order_id} belongs to another booking already.") from None
    return f"Noted: order {order_id} stands, booking {code}. The customer is told."


async def _not_placed(acting: Acting, effect: Effect) -> str:
    await decide_not_placed(acting.ports.pool, effect.id, mails=acting.ports.mails)
    return "Noted: no order stands. Its time is free again and the customer is told."


SECTION = Section(
    nav=Nav("errors", "Errors", "/errors", Group.RUNNING, 70),
    routes=(
        get("/errors", listed),
        get("/errors.csv", errors_csv),
        post("/errors/{error_id}/settle", settle),
        post("/decisions/{effect_id}", decide),
    ),
)
