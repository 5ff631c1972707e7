"""What a turn found out, as the rows that its commit stores."""

from __future__ import annotations

from bot.flows.contract import HandoffPatch, IntentPatch, LeadPatch, NewBooking
from bot.flows.voice import TRANSCRIBED
from bot.messages import Inbound, JsonObject
from db import bookings, handoffs, turns, wishes
from db.ids import new_id


def lead_row(leased: turns.Leased, lead: LeadPatch, *, source: str) -> wishes.LeadRow:
    return wishes.LeadRow(
        workspace_id=leased.workspace_id,
        bot_id=leased.bot_id,
        conversation_id=leased.id,
        customer_id=leased.customer_id,
        source=source,
        name=lead.name,
        phone=lead.phone,
        email=lead.email,
        service=lead.service,
        preferred_time=lead.preferred_time,
        notes=lead.notes,
        status=lead.status,
    )


def intent_row(leased: turns.Leased, intent: IntentPatch) -> wishes.IntentRow:
    return wishes.IntentRow(
        id=intent.id,
        workspace_id=leased.workspace_id,
        bot_id=leased.bot_id,
        conversation_id=leased.id,
        customer_id=leased.customer_id,
        status=intent.status,
        booking_type=intent.booking_type,
        service=intent.service,
        requested_time=intent.requested_time,
        starts_at=intent.starts_at,
        notes=intent.notes,
        summary_version=intent.summary_version,
        handling=intent.handling,
        external_url=intent.external_url,
    )


def handoff_row(
    leased: turns.Leased, handoff: HandoffPatch, *, language: str, source: str
) -> handoffs.HandoffRow:
    return handoffs.HandoffRow(
        token=handoff.token,
        workspace_id=leased.workspace_id,
        bot_id=leased.bot_id,
        conversation_id=leased.id,
        customer_id=leased.customer_id,
        intent_id=handoff.intent_id,
        page=handoff.page,
        booking_url=handoff.booking_url,
        language=language,
        customer_name=handoff.customer_name,
        customer_phone=handoff.customer_phone,
        customer_email=handoff.customer_email,
        service=handoff.service,
        preferred_time=handoff.preferred_time,
        notes=handoff.notes,
        source=source,
    )


def booking_row(leased: turns.Leased, booking: NewBooking) -> bookings.BookingRow:
    return bookings.BookingRow(
        id=booking.id,
        workspace_id=leased.workspace_id,
        conversation_id=leased.id,
        customer_id=leased.customer_id,
        intent_id=booking.intent_id,
        location_id=booking.location_id,
        customer_name=booking.customer_name,
        customer_phone=booking.customer_phone,
        customer_email=booking.customer_email,
        payment_type_id=booking.payment_type_id,
        currency=booking.currency,
        replaces=booking.replaces,
        items=tuple(
            bookings.ItemRow(
                service_id=item.service_id,
                service_name=item.service_name,
                size_id=item.size_id,
                size_name=item.size_name,
                staff_id=item.staff_id,
                staff_name=item.staff_name,
                starts_at=item.starts_at,
                ends_at=item.ends_at,
                price_minor=item.price_minor,
                frames=item.frame_external_ids,
            )
            for item in booking.items
        ),
    )


def inbound_row(inbound: Inbound, item: turns.InboxItem) -> turns.MessageRow:
    payload: JsonObject = {"external_id": inbound.external_id}
    if inbound.choice_id:
        payload["choice_id"] = inbound.choice_id
    if inbound.location:
        payload["location"] = [inbound.location.latitude, inbound.location.longitude]
    if inbound.details.get(TRANSCRIBED):
        payload[TRANSCRIBED] = True
    if item.throttled:
        payload["throttled"] = True
    return turns.MessageRow(
        id=new_id(),
        direction="in",
        kind=inbound.kind.value,
        body=inbound.text[:12_000],
        payload=payload,
        inbox_id=item.id,
    )
