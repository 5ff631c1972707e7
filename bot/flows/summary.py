"""What stands so far, in a line, as a card, as text, and as the version that a yes answers."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, time

from bot.catalog import PaymentType, Service, localized
from bot.flows import form
from bot.flows.state import ItemWish, Placed, Wish
from bot.flows.talk import Talk
from bot.messages import Card, CardRow
from bot.wording.words import Line
from providers.contract import OWN_ORDER_PREFIX

ORDER_NUMBER_LIMIT = 16


def item_name(talk: Talk, item: ItemWish) -> str:
    """`Hair cut (short hair)`."""
    service = talk.catalog.services[item.service_id]
    size = next((s for s in service.sizes if s.id == item.size_id), None)
    name = talk.called(service)
    return f"{name} ({localized(size.names, talk.state.language)})" if size else name


def item_price(talk: Talk, item: ItemWish) -> int:
    """Minor units: what the provider last named, else the size's price, else the service's."""
    service = talk.catalog.services[item.service_id]
    if item.quoted_minor is not None:
        return item.quoted_minor
    size = next((s for s in service.sizes if s.id == item.size_id), None)
    return size.price_minor if size else service.price_minor


def total_minor(talk: Talk) -> int:
    return sum(item_price(talk, item) for item in talk.wish.items)


def price_text(talk: Talk, service: Service) -> str:
    """`from 8.000 KWD` where sizes differ; empty where booking it costs nothing (a call, a table)."""
    prices = [size.price_minor for size in service.sizes] or [service.price_minor]
    if not any(prices):
        return ""
    shown = talk.words.money(min(prices))
    return talk.words.say(Line("from_price", {"price": shown})) if len(set(prices)) > 1 else shown


def when_text(talk: Talk) -> str:
    """The wished time as far as it is known and stands. A refused time is not shown."""
    wish, words = talk.wish, talk.words
    if wish.starts_at is not None:
        return words.moment(wish.starts_at)
    parts: list[str] = []
    if wish.day is not None and not wish.day_conflict:
        parts.append(words.day(wish.day))
        if wish.last_day is not None and wish.last_day != wish.day:
            parts[-1] += f" - {words.day(wish.last_day)}"
    if wish.part is not None:
        parts.append(words.label(f"part_{wish.part.value}"))
    elif wish.at is not None and not wish.refused and not wish.half_open:
        parts.append(_clock_text(talk, wish.at))
    elif wish.until is not None and wish.at is None:
        parts.append(words.say(Line("until_clock", {"clock": words.clock(wish.until)})))
    return talk.words.comma.join(parts)


def wished_text(talk: Talk) -> str:
    """The wished time and person, where the business's own page has the times: `Sat 21 Nov, 10:00 AM, with Theo`."""
    staff = talk.staff_called(talk.wish.staff_id) if talk.wish.staff_id is not None else ""
    person = talk.words.say(Line("with_staff", {"staff": staff})) if staff else ""
    return talk.words.comma.join(filter(None, (when_text(talk), person)))


def _clock_text(talk: Talk, clock: time) -> str:
    """`2:00 PM`, `from 6:00 PM`, `2:00 PM - 4:00 PM`."""
    words, until = talk.words, talk.wish.until
    if until is None:
        return words.clock(clock)
    if until >= time(23, 59):
        return words.say(Line("from_clock", {"clock": words.clock(clock)}))
    return f"{words.clock(clock)} - {words.clock(until)}"


def facts(talk: Talk) -> dict[str, str]:
    """Everything the customer has told in this talk, by slot, as he would read it."""
    wish = talk.wish
    found: dict[str, str] = {}
    for item in wish.items:
        found[f"services:{item.service_id}"] = item_name(talk, item)
    if talk.location is not None and len(talk.catalog.locations) > 1:  # the only one is nothing that was said
        found["location"] = talk.called(talk.location)
    if when := when_text(talk):
        found["time"] = when
    people = [one for one in dict.fromkeys(talk.staff_called(part.staff_id) for part in wish.plan) if one]
    if not people and wish.staff_id is not None:
        people = [talk.staff_called(wish.staff_id)]
    if people:
        found["staff"] = talk.words.say(Line("with_staff", {"staff": talk.words.joined(people)}))
    if wish.name:
        found["name"] = wish.name
    if wish.phone:
        found["phone"] = wish.phone
    if wish.email:
        found["email"] = wish.email
    if wish.payment_type_id is not None and (payment := talk.payment()) is not None:
        found["payment"] = talk.called(payment)
    return found | {
        f"detail:{label}": f"{label}: {value}"
        for label, value in form.pairs(talk, talk.state.language, wish.details)
    }


def standing(talk: Talk, found: dict[str, str]) -> str:
    """One line: `Gel manicure · Plaza · Sat 21 Nov, 2:00 PM · with Dana`."""
    order = ("location", "time", "staff")
    services = [value for key, value in found.items() if key.startswith("services:")]
    return talk.words.dotted([*services, *(found[key] for key in order if key in found)])


def version(talk: Talk, payment: PaymentType | None) -> str:
    """Digest of all that a yes would order. Any change of price, time or person gives another one.

    `payment`: how it would be paid; None: left open.
    """
    wish = talk.wish
    content = {
        "location": str(wish.location_id),
        "items": [[str(i.service_id), str(i.size_id), item_price(talk, i)] for i in wish.items],
        "plan": [
            [
                "" if talk.is_resource(p.staff_id) else str(p.staff_id),
                p.starts_at.astimezone(UTC).isoformat(),
                p.ends_at.astimezone(UTC).isoformat(),
            ]
            for p in wish.plan
        ],
        "customer": [talk.name, talk.phone, talk.email],
        "payment": str(payment.id if payment else None),
        "currency": talk.catalog.currency,
        "details": wish.details,
    }
    if not wish.plan:
        content["wished"] = wished_text(talk)
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def _item_line(
    talk: Talk, service: str, staff: str, *, starts_at: datetime, minutes: int | None, price: int
) -> str:
    words = talk.words
    length = words.count("min", minutes) if minutes is not None else ""
    text = words.say(
        Line(
            "summary_item" if staff else "summary_item_plain",
            {
                "service": service,
                "staff": staff,
                "when": words.moment(starts_at),
                "length": length,
            },
        )
    ).replace(" ()", "")
    priced = Line("summary_priced", {"what": text, "price": words.money(price)})
    return f"• {words.say(priced) if price else text}"


def _served(talk: Talk, service: str, staff: str) -> str:
    """`Gel manicure with Dana`; only the service where it is a bay or a table that is booked."""
    return f"{service} {talk.words.say(Line('with_staff', {'staff': staff}))}" if staff else service


def _draft_lines(talk: Talk) -> list[str]:
    """The services with person and time; without a plan (the business's own page has the times) as wished."""
    wish, words = talk.wish, talk.words
    if not wish.plan:
        when = wished_text(talk)
        return [
            f"• {words.comma.join(filter(None, (item_name(talk, item), when, _money(talk, item))))}"
            for item in wish.items
        ]
    return [
        _item_line(
            talk,
            item_name(talk, item),
            talk.staff_called(part.staff_id),
            starts_at=part.starts_at,
            minutes=round((part.ends_at - part.starts_at).total_seconds() / 60),
            price=item_price(talk, item),
        )
        for item, part in zip(wish.items, wish.plan, strict=True)
    ]


def _payment(talk: Talk) -> PaymentType | None:
    """Without a plan the business's own page takes the money, in its own ways. None as well where none is due."""
    return talk.payment() if talk.wish.plan and total_minor(talk) else None


def _money(talk: Talk, item: ItemWish) -> str:
    """Empty where nothing is to be paid."""
    return _price(talk, item_price(talk, item))


def _price(talk: Talk, minor: int) -> str:
    return talk.words.money(minor) if minor else ""


def draft_text(talk: Talk) -> str:
    """The whole summary before a yes, line by line."""
    wish, words, payment = talk.wish, talk.words, _payment(talk)
    lines = _draft_lines(talk)
    place = talk.called(talk.location) if talk.location else ""
    address = talk.location.address if talk.location else ""
    pairs: list[tuple[str, str, str | None]] = [
        ("summary_where", "place", words.comma.join(words.aside(one) for one in (place, address) if one)),
        ("summary_name", "name", talk.name),
        ("summary_phone", "phone", talk.phone),
        ("summary_email", "email", talk.email),
        ("summary_payment", "payment", talk.called(payment) if payment else None),
    ]
    lines += [words.say(Line(key, {word: value})) for key, word, value in pairs if value]
    lines += [
        f"{label}: {words.aside(value)}"
        for label, value in form.pairs(talk, talk.state.language, wish.details)
    ]
    return "\n".join(filter(None, (*lines, _total_text(talk))))


def short_text(talk: Talk) -> str:
    """A summary that was just shown and still stands, in two lines."""
    return f"{standing(talk, facts(talk))}\n{_total_text(talk)}".strip()


def _total_text(talk: Talk) -> str:
    """`Total: 12.500 KWD`; of several services with their number and how long they take together.

    Empty where nothing is to be paid (a table, a viewing).
    """
    words, plan = talk.words, talk.wish.plan
    by_the_night = not plan and any(one.booking_type == "RESERVATION" for one in talk.services())
    if not total_minor(talk) or by_the_night:  # how many nights, the business's page adds up
        return ""
    total = words.money(total_minor(talk))
    if len(plan) < 2:
        return words.say(Line("summary_total", {"total": total}))
    minutes = round((plan[-1].ends_at - plan[0].starts_at).total_seconds() / 60)
    values = {"services": words.count("services", len(plan)), "length": words.length(minutes), "total": total}
    return words.say(Line("summary_total_several", values))


def _card_rows(talk: Talk) -> list[CardRow]:
    """What is wanted and when."""
    wish, words = talk.wish, talk.words
    if not wish.plan:
        named = [
            words.comma.join(filter(None, (item_name(talk, one), _money(talk, one)))) for one in wish.items
        ]
        rows = [CardRow(words.label("title_services"), one) for one in named]
        when = when_text(talk)
        return [*rows, CardRow(words.label("title_time"), when)] if when else rows
    return [
        CardRow(
            words.moment(part.starts_at),
            words.comma.join(
                filter(
                    None,
                    (
                        _served(talk, item_name(talk, item), talk.staff_called(part.staff_id)),
                        _money(talk, item),
                    ),
                )
            ),
        )
        for item, part in zip(wish.items, wish.plan, strict=True)
    ]


def draft_card(talk: Talk) -> Card:
    """The summary as a card, for surfaces that draw one."""
    wish, words, payment = talk.wish, talk.words, _payment(talk)
    rows = _card_rows(talk)
    values = [
        ("title_where", talk.called(talk.location) if talk.location else None),
        ("title_name", talk.name),
        ("title_phone", talk.phone),
        ("title_email", talk.email),
        ("title_payment", talk.called(payment) if payment else None),
    ]
    rows += [CardRow(words.label(key), value) for key, value in values if value]
    rows += [CardRow(label, value) for label, value in form.pairs(talk, talk.state.language, wish.details)]
    if total := total_minor(talk):
        rows.append(CardRow(words.label("title_total"), words.money(total)))
    return Card(title=words.label("title_card"), rows=tuple(rows))


def placed_text(talk: Talk, placed: Placed) -> str:
    """The summary of an order, as it was confirmed."""
    words = talk.words
    lines = [
        _item_line(
            talk,
            one.service_name,
            one.staff_name,
            starts_at=one.starts_at,
            minutes=None,
            price=one.price_minor,
        )
        for one in placed.lines
    ]
    lines.append(words.say(Line("summary_where", {"place": placed.location_name})))
    if placed.wish.name:
        lines.append(words.say(Line("summary_name", {"name": placed.wish.name})))
    if placed.payment_name and placed.total_minor:
        lines.append(words.say(Line("summary_payment", {"payment": placed.payment_name})))
    if placed.total_minor:
        lines.append(words.say(Line("summary_total", {"total": words.money(placed.total_minor)})))
    return "\n".join(lines)


def order_number(order_id: str) -> str:
    """The booking system's number of an order as far as people use it: long ids are for machines, and the own
    calendar's is one of ours beside the confirmation code.
    """
    return (
        order_id if len(order_id) <= ORDER_NUMBER_LIMIT and not order_id.startswith(OWN_ORDER_PREFIX) else ""
    )


def placed_line(talk: Talk, placed: Placed) -> str:
    """An order in a line: `Gel manicure with Dana, Sat 21 Nov, 2:00 PM, Plaza (order 1017)`."""
    parts = [_served(talk, one.service_name, one.staff_name) for one in placed.lines]
    text = (
        f"{talk.words.joined(parts)}, {talk.words.moment(placed.lines[0].starts_at)}, {placed.location_name}"
    )
    number = order_number(placed.order_id) or placed.confirmation_code
    return f"{text} (#{number})" if number and placed.order_id else text


def placed_card(talk: Talk, placed: Placed) -> Card:
    words = talk.words
    rows = [
        CardRow(
            words.moment(one.starts_at),
            words.comma.join(filter(None, (one.service_name, one.staff_name, _price(talk, one.price_minor)))),
        )
        for one in placed.lines
    ]
    rows.append(CardRow(words.label("title_where"), placed.location_name))
    if placed.total_minor:
        rows.append(CardRow(words.label("title_total"), words.money(placed.total_minor)))
    return Card(title=words.label("title_card"), rows=tuple(rows))


def wished_services(talk: Talk, wish: Wish) -> str:
    """Names of the wanted services, as text for lead and intent."""
    return ", ".join(
        localized(talk.catalog.services[item.service_id].names, "en")
        for item in wish.items
        if item.service_id in talk.catalog.services
    )
