"""The customer of an order: found by phone or e-mail, else created, and never created twice for one lost answer."""

from __future__ import annotations

import re

from providers.contract import OrderRequest
from providers.http import map_bounded
from providers.outcome import CallFailure, Disposition
from providers.shopmonkey.answers import Created, Customer
from providers.shopmonkey.client import ShopMonkeyClient

_FEWEST_DIGITS = 7


async def find_or_create(client: ShopMonkeyClient, order: OrderRequest) -> str:
    """The customer's id. Whatever fails here, no appointment was made: never UNKNOWN.

    After a lost answer the customer is looked up again; if he isn't found (yet) the failure is RETRY, and
    the next attempt begins with looking him up.
    """
    known = await find(client, order)
    if known is not None:
        return known
    try:
        return (await client.create("customer", _body(order), Created)).id
    except CallFailure as failure:
        if failure.disposition is not Disposition.UNKNOWN:
            raise
        known = await find(client, order)
        if known is not None:
            return known
        raise CallFailure(
            Disposition.RETRY, "customer_unclear", f"{failure.detail}; the customer isn't there yet"
        ) from None


async def find(client: ShopMonkeyClient, order: OrderRequest) -> str | None:
    """Who has this phone number, else who has this e-mail address; of several the oldest id.

    A search may answer more than was asked for, so every row is checked.
    """
    searches: list[tuple[str, dict[str, object]]] = []
    if order.customer_phone:
        searches.append(
            ("customer/phone_number/search", {"phoneNumbers": [{"number": order.customer_phone}]})
        )
    if order.customer_email:
        searches.append(("customer/email/search", {"emails": [{"email": order.customer_email}]}))
    found = [
        row
        for rows in await map_bounded(lambda one: client.find(*one, Customer), searches)
        for row in rows
        if not row.deleted
    ]
    by_phone = [row.id for row in found if any(same_number(order.customer_phone, one) for one in row.numbers)]
    by_email = [
        row.id for row in found if any(_same_email(order.customer_email, one) for one in row.addresses)
    ]
    return min(by_phone or by_email, default=None)


def same_number(wanted: str, stored: str) -> bool:
    """Whether two ways of writing mean one number; a shop's own staff leave out the country code."""
    one, two = re.sub(r"\D", "", wanted), re.sub(r"\D", "", stored)
    if len(two) < _FEWEST_DIGITS:
        return False
    return one == two or (not stored.strip().startswith("+") and len(two) >= 10 and one.endswith(two))


def _same_email(wanted: str, stored: str) -> bool:
    return bool(wanted) and wanted.strip().casefold() == stored.strip().casefold()


def _body(order: OrderRequest) -> dict[str, object]:
    first, _, last = order.customer_name.strip().partition(" ")
    body: dict[str, object] = {
        "customerType": "Customer",
        "firstName": first,
        "lastName": last.strip(),
    }
    if order.customer_phone:
        body["phoneNumbers"] = [{"number": order.customer_phone, "primary": True}]
    if order.customer_email:
        body["emails"] = [{"email": order.customer_email, "primary": True}]
    return body
