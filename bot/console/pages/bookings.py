"""Bookings: as a list, as a day, as a week, one by one, and what a person does with one."""

from __future__ import annotations

from aiohttp import web

from bot.console import booking_acts
from bot.console.acting import Acting
from bot.console.booking_views import day_view, week_view
from bot.console.exports import every_row
from bot.console.page import Group, Nav, Section, get, post, watch
from bot.console.wording import counted, state
from db import read_bookings
from db.read_bookings import PAYMENT_STATES, STATES, BookingFilters

_PAGE = 50


def _filters(acting: Acting) -> BookingFilters:
    """since, until: when it was made; from, to: when the visit is."""
    return BookingFilters(
        status=acting.choice("status", STATES),
        since=acting.day("since"),
        until=acting.day("until", end=True),
        search=acting.search(),
        payment_status=acting.choice("payment", PAYMENT_STATES),
        starts_since=acting.day("from"),
        starts_until=acting.day("to", end=True),
    )


async def bookings(acting: Acting) -> web.StreamResponse:
    filters = _filters(acting)
    counts = await read_bookings.counts(acting.tx, filters)
    return acting.render(
        "bookings.html",
        page=await read_bookings.listing(acting.tx, filters, after=acting.cursor(), limit=_PAGE),
        counts=counts,
        statuses=counted(STATES, counts),
        payments=[(one, state(one)) for one in PAYMENT_STATES],
    )


async def bookings_csv(acting: Acting) -> web.StreamResponse:
    header = ("code", "status", "starts", "ends", "services", "customer", "phone", "e-mail", "total (minor units)",
              "currency", "payment", "paid", "order", "made", "confirmed", "cancelled", "why")  # fmt: skip
    rows = [
        (one.confirmation_code, state(one.status), one.starts_at, one.ends_at, ", ".join(one.services),
         one.customer_name, one.customer_phone, one.customer_email, one.total_minor, one.currency,
         state(one.payment_status), one.paid_at, one.provider_order_id, one.created_at, one.confirmed_at,
         one.cancelled_at, one.cancel_reason)
        for one in await every_row(acting.tx, read_bookings, _filters(acting))
    ]  # fmt: skip
    return acting.csv("bookings", header, rows)


SECTION = Section(
    nav=Nav("bookings", "Bookings", "/bookings", Group.WORK, 40),
    routes=(
        get("/bookings", bookings),
        get("/bookings.csv", bookings_csv),
        get("/bookings/day", day_view),
        get("/bookings/week", week_view),
        get("/bookings/{booking_id}", booking_acts.booking),
        get("/bookings/{booking_id}/part", booking_acts.booking_part),
        watch("/bookings/{booking_id}/live", booking_acts.news),
        get("/bookings/{booking_id}/move", booking_acts.other_times),
        post("/bookings/{booking_id}/cancel", booking_acts.cancel),
        post("/bookings/{booking_id}/move", booking_acts.move),
        post("/bookings/{booking_id}/resend", booking_acts.resend),
        post("/bookings/{booking_id}/complete", booking_acts.complete),
        post("/bookings/{booking_id}/no-show", booking_acts.no_show),
    ),
)
