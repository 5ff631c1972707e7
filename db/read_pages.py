"""Lists that people read: newest first, a page at a time, with the filters that every list has.

Each kind of record has a module of its own (`read_leads`, `read_intents`, ...), used by the read API and the console
alike. Each has `listing` (one page), `counts` (per state, under the same filters) and `find`; all take a transaction
of one workspace and see nothing of another. Statements share the numbering of their arguments:

    $1 since   $2 until   $3 text   $4 digits   then the kind's own filters   then status, cursor (at, id), limit

They filter by the workspace and by columns that its btree holds; the text search is a plain comparison of the rows
that are left, never an operator that row security would keep from the index.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from db.tx import Tx

MAX_LIMIT = 200
DEFAULT_LIMIT = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_DIGITS = re.compile(r"[^\d]")
_PHONE_LIKE = re.compile(r"\+?[\d\s().-]{4,}")


PLAN_ANEW = "SET LOCAL plan_cache_mode = force_custom_plan"
"""A statement with many filters has one plan for each choice of them. The one that a connection keeps for all, after
it has asked five times, knows none of them, and reads whole tables where an index has the page."""


class Identified(Protocol):
    """Any row of a list: its id tells it from another of the same moment."""

    @property
    def id(self) -> UUID: ...


Row = TypeVar("Row", bound=Identified)
F_contra = TypeVar("F_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the moment and the id of its last row. Rows that come or go meanwhile move nothing."""

    at: datetime
    id: UUID

    def encode(self) -> str:
        """32 characters that may stand in a URL."""
        micros = (self.at - _EPOCH) // timedelta(microseconds=1)
        return base64.urlsafe_b64encode(micros.to_bytes(8, "big", signed=True) + self.id.bytes).decode()

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Raises ValueError for what no page gave out."""
        try:
            raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
            micros = int.from_bytes(raw[:8], "big", signed=True)
            return cls(
                _EPOCH + timedelta(microseconds=micros), UUID(bytes=raw[8:])
            )  # of 16 bytes, or ValueError
        except (binascii.Error, UnicodeEncodeError, OverflowError, ValueError) as error:
            raise ValueError("this is no cursor of a page") from error


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """`next`: where the following page begins; None: this was the last."""

    rows: list[Row]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Of everything that the filters but the one of the status leave."""

    by_status: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.by_status.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What every list can be narrowed by. None: not narrowed.

    since, until: aware; rows made at or after `since` and before `until`. search: a part of a name, an address, a
    number, whatever the kind has; upper and lower case are the same, a number is found however it is spaced.
    """

    status: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    search: str | None = None

    def own(self) -> tuple[Any, ...]:
        """Arguments of the kind's own filters."""
        return ()

    def shared(self) -> tuple[Any, ...]:
        """What a list and its counts have in common, in the order of the statements."""
        text = (self.search or "").strip().lower() or None
        digits = None
        if text is not None and _PHONE_LIKE.fullmatch(text):
            digits = _NOT_DIGITS.sub("", text) or None
        return (self.since, self.until, text, digits, *self.own())


def older(columns: str, at: int) -> str:
    """The condition that continues a list, for `columns` "moment, id" and the cursor as arguments `at` and the next.

    Without a cursor everything is older. Written so that an index begins where the last page ended, and not at the
    newest row again.
    """
    return (
        f"AND ({columns}) < (coalesce(${at}::timestamptz, 'infinity'), "
        f"coalesce(${at + 1}::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))"
    )


async def read_page(
    tx: Tx,
    statement: str,
    row: Callable[..., Row],
    filters: Filters,
    *,
    sorted_by: Callable[[Row], datetime],
    after: Cursor | None,
    limit: int,
) -> Page[Row]:
    """One page of a kind. limit: 1 to MAX_LIMIT; raises ValueError beyond."""
    if not 1 <= limit <= MAX_LIMIT:
        raise ValueError(f"a page has 1 to {MAX_LIMIT} rows")
    at, row_id = (after.at, after.id) if after else (None, None)
    await tx.execute(PLAN_ANEW)
    found = await tx.fetch(statement, *filters.shared(), filters.status, at, row_id, limit + 1)
    rows = [row(**dict(one)) for one in found[:limit]]
    more = len(found) > limit
    return Page(rows, Cursor(sorted_by(rows[-1]), rows[-1].id) if more else None)


class Kind(Protocol[F_contra, Row]):
    """A module of a kind of record."""

    async def listing(
        self, tx: Tx, filters: F_contra, *, after: Cursor | None = None, limit: int = ...
    ) -> Page[Row]: ...

    async def counts(self, tx: Tx, filters: F_contra) -> Counts: ...


async def read_rows(tx: Tx, kind: Kind[F_contra, Row], filters: F_contra, *, most: int) -> list[Row]:
    """The newest `most` rows that the filters leave, page after page."""
    rows: list[Row] = []
    after: Cursor | None = None
    while len(rows) < most:
        page = await kind.listing(tx, filters, after=after, limit=min(MAX_LIMIT, most - len(rows)))
        rows += page.rows
        after = page.next
        if after is None:
            break
    return rows


async def read_counts(tx: Tx, statement: str, filters: Filters) -> Counts:
    await tx.execute(PLAN_ANEW)
    found: Sequence[Any] = await tx.fetch(statement, *filters.shared())
    return Counts({one["status"]: one["count"] for one in found})
