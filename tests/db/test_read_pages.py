"""Lists page after page, without a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pytest

from db.read_pages import MAX_LIMIT, Counts, Cursor, Filters, Page, read_rows
from db.tx import Tx

NOWHERE = cast("Tx", None)


@dataclass(frozen=True, slots=True)
class Row:
    id: UUID
    at: datetime


class Shelf:
    """A list of so many rows; keeps what it was asked."""

    def __init__(self, count: int) -> None:
        began = datetime(2026, 11, 21, tzinfo=UTC)
        self.rows = [Row(UUID(int=count - one), began - timedelta(minutes=one)) for one in range(count)]
        self.limits: list[int] = []

    async def listing(
        self, tx: Tx, filters: Any, *, after: Cursor | None = None, limit: int = 0
    ) -> Page[Row]:
        self.limits.append(limit)
        left = [row for row in self.rows if after is None or (row.at, row.id) < (after.at, after.id)]
        shown = left[:limit]
        return Page(shown, Cursor(shown[-1].at, shown[-1].id) if len(left) > limit else None)

    async def counts(self, tx: Tx, filters: Any) -> Counts:
        return Counts({"here": len(self.rows)})


@pytest.mark.parametrize("count", [0, 1, MAX_LIMIT, MAX_LIMIT + 1, 3 * MAX_LIMIT])
async def test_every_row_is_read_once_and_in_order(count: int) -> None:
    shelf = Shelf(count)
    assert await read_rows(NOWHERE, shelf, Filters(), most=10_000) == shelf.rows


@pytest.mark.parametrize("most", [1, MAX_LIMIT, MAX_LIMIT + 1])
async def test_no_more_are_read_than_are_wanted(most: int) -> None:
    shelf = Shelf(3 * MAX_LIMIT)
    assert await read_rows(NOWHERE, shelf, Filters(), most=most) == shelf.rows[:most]
    assert sum(shelf.limits) == most
