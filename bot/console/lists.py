"""Lists as files: every page of a list, one after the other."""

from __future__ import annotations

from typing import Protocol, TypeVar

from bot.console.exports import LIMIT
from db.read_pages import MAX_LIMIT, Cursor, Page
from db.tx import Tx

F_contra = TypeVar("F_contra", contravariant=True)
Row = TypeVar("Row")


class Listing(Protocol[F_contra, Row]):
    """`listing` of a db/read_*.py."""

    async def __call__(
        self, tx: Tx, filters: F_contra, *, after: Cursor | None = None, limit: int = ...
    ) -> Page[Row]: ...


async def every_row(tx: Tx, listing: Listing[F_contra, Row], filters: F_contra) -> list[Row]:
    """All that the filters leave, newest first; never more than a file may have."""
    rows: list[Row] = []
    after: Cursor | None = None
    while len(rows) < LIMIT:
        page = await listing(tx, filters, after=after, limit=MAX_LIMIT)
        rows += page.rows
        after = page.next
        if after is None:
            break
    return rows[:LIMIT]
