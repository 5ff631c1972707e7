"""Customers: finding one, and everything that is known of him on one page."""

from __future__ import annotations

from aiohttp import web

from bot.console.acting import Acting, NotFound
from bot.console.exports import every_row
from bot.console.page import Group, Nav, Section, get
from bot.console.pages.conversations import LANGUAGES
from bot.console.wording import counted
from db import read_customers
from db.read_pages import Filters

_PAGE = 50
_STATES = {"open": "May be written to", "closed": "Opted out"}


def _filters(acting: Acting) -> Filters:
    return Filters(
        status=acting.choice("status", _STATES),
        since=acting.day("since"),
        until=acting.day("until", end=True),
        search=acting.search(),
    )


async def customers(acting: Acting) -> web.StreamResponse:
    filters = _filters(acting)
    counts = await read_customers.counts(acting.tx, filters)
    return acting.render(
        "customers.html",
        page=await read_customers.listing(acting.tx, filters, after=acting.cursor(), limit=_PAGE),
        statuses=counted(_STATES, counts, _STATES.__getitem__),
    )


async def customers_csv(acting: Acting) -> web.StreamResponse:
    header = ("since", "name", "phone", "e-mail", "language", "messages", "opted out")
    rows = [
        (one.created_at, one.name, one.phone, one.email, LANGUAGES.get(one.language or "", one.language),
         _STATES[one.status], one.opted_out_at)
        for one in await every_row(acting.tx, read_customers, _filters(acting))
    ]  # fmt: skip
    return acting.csv("customers", header, rows)


async def customer(acting: Acting) -> web.StreamResponse:
    row = await read_customers.find(acting.tx, acting.id("customer_id"))
    if row is None:
        raise NotFound
    return acting.render(
        "customer.html",
        row=row,
        identities=await read_customers.identities(acting.tx, row.id),
        consents=await read_customers.consents(acting.tx, row.id),
        talks=await read_customers.talks(acting.tx, row.id),
        visits=await read_customers.visits(acting.tx, row.id),
    )


SECTION = Section(
    nav=Nav("customers", "Customers", "/customers", Group.WORK, 60),
    routes=(
        get("/customers", customers),
        get("/customers.csv", customers_csv),
        get("/customers/{customer_id}", customer),
    ),
)
