"""Customers: finding one, and everything that is known of him on one page."""

from __future__ import annotations

from aiohttp import web

from bot.console.acting import Acting, NotFound
from bot.console.page import Group, Nav, Section, get
from db import read_customers
from db.read_pages import Filters

_PAGE = 50
_STATES = {"open": "May be written to", "closed": "Opted out"}


async def customers(acting: Acting) -> web.StreamResponse:
    filters = Filters(status=acting.choice("status", _STATES), search=acting.search())
    page = await read_customers.listing(acting.tx, filters, after=acting.cursor(), limit=_PAGE)
    return acting.render("customers.html", page=page, statuses=list(_STATES.items()))


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
    routes=(get("/customers", customers), get("/customers/{customer_id}", customer)),
)
