"""Sample talks as rows of the tables that real talks fill, under the same constraints."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.catalog import Service, localized
from bot.handoff_token import token_of
from bot.policy import Handling
from db.templates import SAMPLE_TABLES
from providers.handoff.pages import page_of
from providers.own_calendar.provider import order_id
from seeds.sample_talks import Ending, Story, confirmation_code

Row = dict[str, Any]
ABANDON_INTENT_DAYS = 7
CHANNEL = "web"
SOURCE = "web"
OPERATOR = "operator"


def rows_of(story: Story) -> dict[str, list[Row]]:
    """Everything that one talk leaves behind, by table. Rows of a table have the same columns."""
    found: dict[str, list[Row]] = {table: [] for table in SAMPLE_TABLES}
    found["customers"].append(_customer(story))
    found["customer_identities"].append(
        {"channel": CHANNEL, "identity": _address(story), "customer_id": _id(story, "customer")}
    )
    found["conversations"].append(_conversation(story))
    found["messages"] += _messages(story)
    found["leads"].append(_lead(story))
    if story.ending is not Ending.INCOMPLETE:
        found["booking_intents"].append(_intent(story))
    if story.visit is not None and story.ending in {Ending.BOOKED, Ending.CANCELLED}:
        found["bookings"].append(_booking(story))
        found["booking_items"].append(_item(story))
    if story.ending in {Ending.COMPLETED_EXTERNAL, Ending.REDIRECTED, Ending.SHOWN_PAGE}:
        found["handoffs"].append(_handoff(story))
        found["handoff_events"] += _events(story)
    if story.ending is Ending.HUMAN:
        found["escalations"].append(_escalation(story))
    return found


def _id(story: Story, name: str) -> str:
    return str(story.part(name))


def _address(story: Story) -> str:
    return f"sample-{story.id.hex}"


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _idle_end(story: Story) -> datetime:
    return story.ended_at + timedelta(hours=story.shop.settings.conversation_idle_hours)


def _closed(story: Story) -> bool:
    return _idle_end(story) <= story.shop.now


def _knows_contact(story: Story) -> bool:
    return story.ending not in {Ending.INCOMPLETE, Ending.HUMAN}


def _is_old(story: Story) -> bool:
    """A proposal that nobody confirmed in a week is given up."""
    return story.ended_at < story.shop.now - timedelta(days=ABANDON_INTENT_DAYS)


def _page_given_up(story: Story) -> bool:
    hours = story.shop.settings.external.abandon_hours
    return story.ended_at < story.shop.now - timedelta(hours=hours)


def _called(service: Service) -> str:
    return localized(service.names, "en")


def _customer(story: Story) -> Row:
    known = _knows_contact(story)
    return {
        "id": _id(story, "customer"),
        "name": story.name if known else None,
        "phone": story.phone if known else None,
        "email": story.email or None if known else None,
        "language": story.language,
        "created_at": _text(story.began_at),
        "updated_at": _text(story.ended_at),
    }


def _conversation(story: Story) -> Row:
    closed = _closed(story)
    human = story.ending is Ending.HUMAN and not closed
    return {
        "id": str(story.id),
        "bot_id": str(story.shop.bot_id),
        "channel_account_id": str(story.shop.account_id),
        "customer_id": _id(story, "customer"),
        "address": _address(story),
        "status": "closed" if closed else "human" if human else "open",
        "state_name": _stands_at(story),
        "language": story.language,
        "turn": sum(direction == "in" for direction, _, _ in story.messages),
        "human_since": _text(story.ended_at) if human else None,
        "last_inbound_at": _text(max(at for direction, _, at in story.messages if direction == "in")),
        "created_at": _text(story.began_at),
        "closed_at": _text(_idle_end(story)) if closed else None,
    }


def _stands_at(story: Story) -> str:
    """The state that a talk with these last lines is in (bot/flows/state.py)."""
    match story.ending:
        case Ending.BOOKED | Ending.CANCELLED:
            return "booked"
        case Ending.COMPLETED_EXTERNAL | Ending.REDIRECTED:
            return "idle"
        case Ending.QUALIFIED | Ending.SHOWN_PAGE:
            return "confirm"
        case Ending.HUMAN:
            return "human"
        case Ending.INCOMPLETE:
            return "ask_name" if story.handling.handling is Handling.EXTERNAL else "ask_time"


def _messages(story: Story) -> list[Row]:
    found, turn = [], 0
    for number, (direction, body, at) in enumerate(story.messages, start=1):
        turn += direction == "in"
        found.append(
            {
                "id": _id(story, f"message {number}"),
                "conversation_id": str(story.id),
                "seq": number,
                "direction": direction,
                "body": body,
                "turn": turn,
                "delivery_status": "received" if direction == "in" else "read",
                "created_at": _text(at),
            }
        )
    return found


def _lead(story: Story) -> Row:
    match story.ending:
        case Ending.BOOKED | Ending.CANCELLED | Ending.COMPLETED_EXTERNAL:
            status = "booked"
        case Ending.REDIRECTED:
            status = "lost" if _page_given_up(story) else "redirected"
        case Ending.SHOWN_PAGE:
            status = "lost" if _page_given_up(story) else "qualified"
        case Ending.QUALIFIED:
            status = "lost" if _is_old(story) else "qualified"
        case Ending.INCOMPLETE | Ending.HUMAN:
            status = "incomplete"
    known = _knows_contact(story)
    return {
        "id": _id(story, "lead"),
        "bot_id": str(story.shop.bot_id),
        "conversation_id": str(story.id),
        "customer_id": _id(story, "customer"),
        "status": status,
        "tags": ["partial_intent"] if status == "incomplete" else [],
        "name": story.name if known else None,
        "phone": story.phone if known else None,
        "email": story.email or None if known else None,
        "service": _called(story.service),
        "preferred_time": story.when or None,
        "source": SOURCE,
        "created_at": _text(story.began_at),
        "updated_at": _text(story.ended_at),
    }


def _intent(story: Story) -> Row:
    match story.ending:
        case Ending.BOOKED | Ending.CANCELLED | Ending.COMPLETED_EXTERNAL:
            status = "confirmed"
        case Ending.REDIRECTED:
            status = "abandoned" if _page_given_up(story) else "redirected"
        case Ending.SHOWN_PAGE:
            status = "abandoned" if _page_given_up(story) else "intent"
        case _:
            status = "abandoned" if _is_old(story) else "intent"
    external = story.handling.handling is Handling.EXTERNAL
    return {
        "id": _id(story, "intent"),
        "bot_id": str(story.shop.bot_id),
        "conversation_id": str(story.id),
        "customer_id": _id(story, "customer"),
        "status": status,
        "booking_type": story.service.booking_type,
        "handling": story.handling.seen_by_customer.value,
        "external_url": story.handling.external_url if external else None,
        "service": _called(story.service),
        "requested_time": story.when or None,
        "starts_at": _text(story.visit.starts_at) if story.visit else None,
        "created_at": _text(story.began_at),
        "updated_at": _text(story.ended_at),
    }


def _price(story: Story) -> int:
    return story.size.price_minor if story.size else story.service.price_minor


def _booking(story: Story) -> Row:
    visit, shop = story.visit, story.shop
    if visit is None:
        raise ValueError(f"talk {story.id} has no visit")
    cancelled = story.ending is Ending.CANCELLED
    way = next((one for one in shop.catalog.payment_types if not one.online), None)
    booking_id = story.part("booking")
    return {
        "id": str(booking_id),
        "conversation_id": str(story.id),
        "customer_id": _id(story, "customer"),
        "intent_id": _id(story, "intent"),
        "location_id": str(visit.location_id),
        "status": "cancelled" if cancelled else "completed" if visit.ends_at < shop.now else "confirmed",
        "confirmation_code": confirmation_code(story.id),
        "customer_name": story.name,
        "customer_phone": story.phone,
        "customer_email": story.email,
        "payment_type_id": str(way.id) if way else None,
        "payment_status": "at_business" if way else "none",
        "currency": shop.catalog.currency,
        "total_minor": _price(story),
        "provider_order_id": order_id(str(booking_id)),
        "starts_at": _text(visit.starts_at),
        "ends_at": _text(visit.ends_at),
        "created_at": _text(story.ended_at),
        "confirmed_at": _text(story.ended_at),
        "cancelled_at": _text(min(shop.now, story.ended_at + timedelta(hours=3))) if cancelled else None,
        "cancel_reason": "customer" if cancelled else None,
    }


def _item(story: Story) -> Row:
    visit = story.visit
    if visit is None:
        raise ValueError(f"talk {story.id} has no visit")
    return {
        "id": _id(story, "item"),
        "booking_id": _id(story, "booking"),
        "position": 0,
        "service_id": str(story.service.id),
        "service_name": _called(story.service),
        "size_id": str(story.size.id) if story.size else None,
        "size_name": localized(story.size.names, "en") if story.size else "",
        "staff_id": str(visit.staff.id),
        "staff_name": "" if visit.staff.resource else localized(visit.staff.names, "en"),
        "starts_at": _text(visit.starts_at),
        "ends_at": _text(visit.ends_at),
        "price_minor": _price(story),
        "frame_external_ids": [],
        "active": story.ending is Ending.BOOKED,
    }


def _handoff_times(story: Story) -> tuple[str, datetime | None, datetime | None]:
    """(status, led on, completed)."""
    led_on = story.ended_at + timedelta(seconds=15)
    if story.ending is Ending.COMPLETED_EXTERNAL:
        return "completed_external", led_on, led_on + timedelta(minutes=6)
    given_up = _page_given_up(story)
    if story.ending is Ending.REDIRECTED:
        return "abandoned" if given_up else "redirected", led_on, None
    return "abandoned" if given_up else "new", None, None


def _handoff(story: Story) -> Row:
    shop, url = story.shop, story.handling.external_url or ""
    status, led_on, completed = _handoff_times(story)
    return {
        "id": _id(story, "handoff"),
        "token": token_of(story.part("intent"), shop.workspace_id),
        "bot_id": str(shop.bot_id),
        "conversation_id": str(story.id),
        "customer_id": _id(story, "customer"),
        "intent_id": _id(story, "intent"),
        "status": status,
        "page": page_of(url, named=shop.settings.external.page).key,
        "booking_url": url,
        "url_used": url if led_on else None,
        "language": story.language,
        "customer_name": story.name,
        "customer_phone": story.phone,
        "customer_email": story.email,
        "service": _called(story.service),
        "source": SOURCE,
        "created_at": _text(story.ended_at),
        "redirected_at": _text(led_on),
        "completed_at": _text(completed),
        "completed_by": OPERATOR if completed else None,
    }


def _events(story: Story) -> list[Row]:
    _, led_on, completed = _handoff_times(story)
    steps: list[tuple[str, str, datetime]] = [("created", "bot", story.ended_at)]
    if led_on is not None:
        steps.append(("redirected", "customer", led_on))
    if completed is not None:
        steps.append(("completed", OPERATOR, completed))
    elif _page_given_up(story):
        hours = story.shop.settings.external.abandon_hours
        steps.append(("abandoned", "schedule", story.ended_at + timedelta(hours=hours)))
    return [
        {
            "id": _id(story, f"handoff {kind}"),
            "handoff_id": _id(story, "handoff"),
            "kind": kind,
            "made_by": by,
            "at": _text(at),
        }
        for kind, by, at in steps
    ]


def _escalation(story: Story) -> Row:
    closed = _closed(story)
    return {
        "id": _id(story, "escalation"),
        "conversation_id": str(story.id),
        "customer_id": _id(story, "customer"),
        "status": "resolved" if closed else "open",
        "cause": "asked",
        "summary": _called(story.service),
        "turn": sum(direction == "in" for direction, _, _ in story.messages),
        "opened_at": _text(story.ended_at),
        "closed_at": _text(story.ended_at + timedelta(minutes=25)) if closed else None,
        "closed_by": OPERATOR if closed else None,
    }
