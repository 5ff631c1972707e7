"""Reading every page of a list, and knowing when one was missing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from providers.nailit.answers import Item, Items
from providers.outcome import CallFailure, Disposition

MOST_PAGES = 500


async def every_page(call: str, page: Callable[[int], Awaitable[Items]]) -> list[Item]:
    """All items of a paged call, pages counted from 1.

    `Total_Items` decides: too few, too many, a page that brings nothing new or a total that changes on
    the way is a `CallFailure` (RETRY), never a shorter catalog.
    """
    first = await page(1)
    items, number, seen = list(first.items), 1, {item.item_id for item in first.items}
    if not items and first.total_items > 0:
        raise _incomplete(call, 0, first.total_items, number)
    while len(items) < first.total_items:
        number += 1
        following = await page(number)
        new = {item.item_id for item in following.items} - seen
        if following.total_items != first.total_items or not new or number > MOST_PAGES:
            raise _incomplete(call, len(items), first.total_items, number)
        seen |= new
        items += following.items
    if len(items) != first.total_items:
        raise _incomplete(call, len(items), first.total_items, number)
    return items


def _incomplete(call: str, got: int, total: int, page: int) -> CallFailure:
    return CallFailure(
        Disposition.RETRY,
        "incomplete_pages",
        f"{call}: page {page} doesn't fit: {got} items read, {total} announced",
    )
