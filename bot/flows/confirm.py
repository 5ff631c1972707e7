"""The summary, the yes that answers it, and the order that follows from the yes."""

from __future__ import annotations

from uuid import UUID

from bot.catalog import Location, localized
from bot.flows import editing, form, handing_off, handling, hours, suggest, summary, times
from bot.flows.contract import BookingItem, EffectKind, IntentPatch, NewBooking, PlannedEffect
from bot.flows.slots import payment
from bot.flows.slots.contact import email_hint
from bot.flows.state import BotState, ItemWish, Offered, Placed, PlacedLine, PlannedPart
from bot.flows.talk import Question, Talk, drop_plan
from bot.messages import Action, ActionType
from bot.policy import Handling
from bot.wording.words import Line
from bot.workspace import FormField
from providers.contract import OrderLine, OrderRequest

KEPT_ORDERS = 3
BUTTONS = 3
"""Reply buttons of WhatsApp: so many ways to pay stand alone, a fourth choice would hide them all in a list."""


def ask(talk: Talk, fields: tuple[FormField, ...]) -> Question:
    """Everything is known: the summary with what says yes to it, and Change.

    Where the way of paying is open, each way is a yes of its own; else it is Book now. A summary that stands
    unchanged since the last reply is not written out again, only named in a line.
    """
    wish, state = talk.wish, talk.state
    if handling.finishes_elsewhere(talk):
        return handing_off.ask(talk)
    if wish.intent_id is None:
        wish.intent_id = talk.context.new_id()
    ways = payment.open_types(talk, fields)
    version = summary.version(talk, talk.payment())
    repeated = state.name is BotState.CONFIRM and state.summary_version == version and not talk.stale
    state.summary_version, state.pay_open = version, bool(ways)
    location = talk.location
    if location is not None and talk.name:
        talk.hold = new_booking(talk, location, talk.context.new_id(), wish.intent_id)
    names = [talk.called(way) for way in ways]
    yes = (
        [(name, summary.version(talk, way)) for name, way in zip(names, ways, strict=True)]
        if ways
        else [(talk.words.label("title_book"), version)]
    )
    options = talk.words.joined(names, last="or")
    asked = Line("ask_pay_confirm", {"options": options}) if ways else Line("ask_confirm")
    others = [] if len(ways) == BUTTONS else [talk.button("change", "title_change")]
    if not ways:
        others.append(talk.button("human", "title_human"))
    head = Line("summary_head")
    return Question(
        state=BotState.CONFIRM,
        lines=(asked,),
        beside=(*(() if repeated else suggest.line(talk)), *email_hint(talk, fields)),
        head=None if repeated else head,
        body=summary.short_text(talk) if repeated else summary.draft_text(talk),
        card=summary.draft_card(talk),
        choices=(
            *(Offered(id=f"finalize:{wish.intent_id}:{one}", title=title) for title, one in yes),
            *others,
        ),
        label="label_payment" if ways else "",
        actions=tuple(_action(wish.intent_id, title, one) for title, one in yes),
        standing=False,
    )


def _action(intent_id: UUID, label: str, version: str) -> Action:
    return Action(
        type=ActionType.BOOKING_FINALIZE,
        handling=Handling.INTERNAL.value,
        booking_intent_id=intent_id,
        label=label,
        summary_version=version,
    )


def paid_by(talk: Talk, version: str) -> UUID | None:
    """The way of paying that this version of the open summary names, if it names one."""
    found = (one.id for one in talk.catalog.payment_types if summary.version(talk, one) == version)
    return next(found, None)


def renew_plan(talk: Talk) -> bool:
    """Looks once more whether the chosen time is free, before it is shown or ordered. False: it is said and
    dropped, the rest stays.
    """
    plan = times.plan_again(talk)
    if plan is not None:
        times.take(talk, plan)
        return True
    start = talk.wish.starts_at
    if start is not None and start >= hours.earliest(talk):
        talk.say("slot_gone", when=talk.words.moment(start))
        talk.force_offer = True
    drop_plan(talk.wish)
    return False


def accept(talk: Talk) -> None:
    """A yes to the open summary: the order, if the summary still stands and its time is still free."""
    state = talk.state
    if handling.finishes_elsewhere(talk):
        talk.say("external_yes")  # the business's own page books, nothing here does
        return
    shown = summary.version(talk, None if state.pay_open else talk.payment())
    if not talk.wish.plan or shown != state.summary_version:
        talk.say("stale")
        talk.stale = True
        return
    if state.pay_open and talk.payment() is None:
        talk.say("pay_first")
        return
    location = talk.location
    if renew_plan(talk) and location is not None:
        _place(talk, location)


def _place(talk: Talk, location: Location) -> None:
    wish, state, context = talk.wish, talk.state, talk.context
    if wish.intent_id is None:
        wish.intent_id = context.new_id()
    state.pay_open = False
    booking_id = context.new_id()
    way = talk.payment()
    parts = list(zip(wish.items, wish.plan, strict=True))
    order = order_of(talk, location, booking_id)
    talk.new_booking = new_booking(talk, location, booking_id, wish.intent_id)
    talk.effects.append(PlannedEffect(EffectKind.PLACE_ORDER, booking_id, order.model_dump(mode="json")))
    talk.intent = IntentPatch(
        id=wish.intent_id,
        status="pending",
        booking_type=handling.booking_type(talk),
        service=summary.wished_services(talk, wish),
        requested_time=summary.when_text(talk),
        starts_at=wish.starts_at,
        summary_version=state.summary_version,
    )
    kept = wish.model_copy(deep=True)
    kept.name = talk.name
    placed = Placed(
        booking_id=booking_id,
        intent_id=wish.intent_id,
        wish=kept,
        lines=[
            PlacedLine(
                service_name=summary.item_name(talk, item),
                staff_name=talk.staff_called(part.staff_id),
                starts_at=part.starts_at,
                price_minor=summary.item_price(talk, item),
            )
            for item, part in parts
        ],
        location_name=talk.called(location),
        payment_name=talk.called(way) if way else "",
        pays_online=way.online if way else False,
        currency=talk.catalog.currency,
    )
    state.placed = [*state.placed, placed][-KEPT_ORDERS:]
    talk.progress = Line("placing", {"business": context.workspace_name})
    state.wish = editing.fresh(wish)
    state.summary_version = None
    talk.silent = True  # the order's answer is the reply
    talk.ending = Question(state=BotState.PLACING, standing=False)


def order_of(talk: Talk, location: Location, booking_id: UUID) -> OrderRequest:
    """The open wish as an order, by its plan."""
    wish, way = talk.wish, talk.payment()
    return OrderRequest(
        reference=str(booking_id),
        location_external_id=location.external_id,
        customer_name=talk.name or "",
        customer_phone=talk.phone or "",
        customer_email=talk.email or "",
        payment_type_external_id=way.external_id if way else "",
        currency=talk.catalog.currency,
        lines=tuple(_order_line(talk, item, part) for item, part in zip(wish.items, wish.plan, strict=True)),
        notes=form.notes(talk, wish.details),
    )


def new_booking(talk: Talk, location: Location, booking_id: UUID, intent_id: UUID) -> NewBooking:
    """The open wish as a booking, by its plan."""
    wish, way = talk.wish, talk.payment()
    return NewBooking(
        id=booking_id,
        intent_id=intent_id,
        location_id=location.id,
        customer_name=talk.name or "",
        customer_phone=talk.phone or "",
        customer_email=talk.email or "",
        payment_type_id=way.id if way else None,
        currency=talk.catalog.currency,
        items=tuple(
            _booking_item(talk, item, part) for item, part in zip(wish.items, wish.plan, strict=True)
        ),
    )


def _order_line(talk: Talk, item: ItemWish, part: PlannedPart) -> OrderLine:
    service = talk.catalog.services[item.service_id]
    size = next((s for s in service.sizes if s.id == item.size_id), None)
    person = talk.catalog.staff[part.staff_id]
    return OrderLine(
        service_external_id=service.external_id,
        service_name=localized(service.names, "en"),
        size_external_id=size.external_id if size else None,
        size_name=localized(size.names, "en") if size else "",
        staff_external_id=person.external_id,
        staff_name=localized(person.names, "en"),
        starts_at=part.starts_at,
        minutes=round((part.ends_at - part.starts_at).total_seconds() / 60),
        frame_external_ids=tuple(part.frame_external_ids),
        price_minor=summary.item_price(talk, item),
        own_terms=service.own_terms,
    )


def _booking_item(talk: Talk, item: ItemWish, part: PlannedPart) -> BookingItem:
    service = talk.catalog.services[item.service_id]
    size = next((s for s in service.sizes if s.id == item.size_id), None)
    person = talk.catalog.staff[part.staff_id]
    return BookingItem(
        service_id=service.id,
        service_name=localized(service.names, "en"),
        size_id=size.id if size else None,
        size_name=localized(size.names, "en") if size else "",
        staff_id=part.staff_id,
        staff_name="" if talk.is_resource(part.staff_id) else localized(person.names, "en"),
        starts_at=part.starts_at,
        ends_at=part.ends_at,
        price_minor=summary.item_price(talk, item),
        frame_external_ids=tuple(part.frame_external_ids),
    )
