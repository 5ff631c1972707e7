"""Calls to one ShopMonkey account: key, envelope, at most five at once, lists that are read until they hold.

`success` is checked even on 200. A read's failure is RETRY when repeating may help, OPERATOR when the key is
refused or an answer no longer has the shape we know, PERMANENT when the request itself was refused.
A write whose answer can't be read is UNKNOWN.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote, urlencode

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from providers.contract import ProviderAccount
from providers.http import ONCE, JsonCall, Retries, call_json, plain_words
from providers.outcome import CallFailure, Disposition
from providers.shopmonkey.answers import Envelope, Meta, Row
from providers.shopmonkey.pace import Pace

PAGE = 100
"""What `limit` is silently capped at."""
MOST_PAGES = 200

Query = Mapping[str, object]
M = TypeVar("M", bound=BaseModel)
R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Sweeps:
    """When a list is believed: `quiet` sweeps in a row without a new id, within `most` sweeps."""

    quiet: int = 2
    most: int = 12
    heed_totals: bool = True
    """Not believed before as many rows are there as `meta.total` announces."""


@dataclass(frozen=True, slots=True)
class ShopMonkeyClient:
    account: ProviderAccount
    http: httpx.AsyncClient = field(repr=False)
    limit: float
    """Seconds per call."""
    retries: Retries
    gate: asyncio.Semaphore = field(repr=False)
    pace: Pace = field(repr=False, default_factory=Pace)
    hasty: bool = False
    """Somebody waits for the answer: no call is put off to spare the key's limit."""

    async def get(self, kind: str, row_id: str, shape: type[R]) -> R | None:
        """One row by its id; None if there is none (any more)."""
        try:
            answer = await self._call(
                f"get {kind}", "GET", f"{kind}/{quote(row_id, safe='')}", repeatable=True
            )
        except CallFailure as failure:
            if failure.code == "http_404":
                return None
            raise
        return self._data(f"get {kind}", answer, shape, writing=False)

    async def every(
        self,
        kind: str,
        shape: type[R],
        *,
        where: Query | None = None,
        more: Query | None = None,
        sweeps: Sweeps,
    ) -> list[R]:
        """All rows of a list, whatever a single sweep leaves out.

        Pages come in no fixed order, overlap and miss rows. So the list is swept again and again, rows are
        united by id, and it is believed when `sweeps.quiet` sweeps in a row brought no new id and as many
        rows as announced are there. Never within `sweeps.most` sweeps: `CallFailure` (RETRY), not a
        shorter list. Of two sights of a row the later `updatedDate` counts.
        """
        found: dict[str, R] = {}
        quiet, total = 0, 0
        for number in range(sweeps.most):
            before = len(found)
            total = await self._sweep(kind, shape, found, where=where, more=more)
            quiet = quiet + 1 if number and len(found) == before else 0
            if quiet >= sweeps.quiet and (len(found) >= total or not sweeps.heed_totals):
                return [row for row in found.values() if not row.deleted]
        raise CallFailure(
            Disposition.RETRY,
            "unstable_list",
            f"list {kind}: {len(found)} rows after {sweeps.most} sweeps, {total} announced, still changing",
        )

    async def _sweep(
        self, kind: str, shape: type[R], found: dict[str, R], *, where: Query | None, more: Query | None
    ) -> int:
        """One way through the pages. Returns the announced total (0 if none was)."""
        name, total = f"list {kind}", 0
        for number in range(MOST_PAGES):
            query = {"limit": PAGE, "skip": number * PAGE, "orderBy": {"id": "asc"}, **(more or {})}
            if where is not None:
                query["where"] = where
            answer = await self._call(name, "GET", kind, query=query, repeatable=True)
            rows = self._rows(name, answer, shape)
            for row in rows:
                seen = found.get(row.id)
                if seen is None or row.updatedDate >= seen.updatedDate:
                    found[row.id] = row
            meta = _meta(answer)
            total = max(total, meta.total or 0)
            ended = not meta.hasMore if meta.hasMore is not None else len(rows) < PAGE
            if ended:
                return total
        raise CallFailure(Disposition.RETRY, "endless_list", f"{name}: no end after {MOST_PAGES} pages")

    async def page(self, kind: str, shape: type[R]) -> list[R]:
        """The first few rows of a list: enough to see that the account answers."""
        name = f"list {kind}"
        return self._rows(
            name, await self._call(name, "GET", kind, query={"limit": 1}, repeatable=True), shape
        )

    async def find(self, path: str, body: Query, shape: type[R]) -> list[R]:
        """A search by POST: a read, retried."""
        name = f"search {path.removesuffix('/search')}"
        return self._rows(name, await self._call(name, "POST", path, body=body, repeatable=True), shape)

    async def create(self, kind: str, body: Query, shape: type[M]) -> M:
        """A write that must not happen twice: one attempt; an answer that can't be read is UNKNOWN."""
        name = f"create {kind}"
        return self._data(name, await self._call(name, "POST", kind, body=body), shape, writing=True)

    async def change(self, kind: str, row_id: str, body: Query, shape: type[M]) -> M:
        """A write of a whole row, made once; an answer that can't be read is UNKNOWN."""
        name, path = f"change {kind}", f"{kind}/{quote(row_id, safe='')}"
        return self._data(name, await self._call(name, "PUT", path, body=body), shape, writing=True)

    async def delete(self, kind: str, row_id: str) -> None:
        """Gone afterwards, or a `CallFailure`. A row that isn't there (any more) is gone.

        Made once; a lost answer is RETRY, since deleting a row twice does no harm.
        """
        name, path = f"delete {kind}", f"{kind}/{quote(row_id, safe='')}"
        try:
            # With a JSON content type the server wants a JSON body, even here.
            answer = await self._call(name, "DELETE", path, body={}, repeatable=True, retries=ONCE)
        except CallFailure as failure:
            if failure.code != "http_404":
                raise
        else:
            if answer is not None:  # 204 has none
                self._envelope(name, answer, writing=False)

    async def _call(
        self,
        name: str,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Query | None = None,
        repeatable: bool = False,
        retries: Retries | None = None,
    ) -> object:
        call = JsonCall(
            name=name,
            method=method,
            url=f"{self.account.base_url.rstrip('/')}/{path}{_query(query)}",
            repeatable=repeatable,
            headers={"Authorization": f"Bearer {self.account.secrets['api_key']}"},
            body=body,
            heard=self.pace.heard,
        )
        chosen = retries or (self.retries if repeatable else ONCE)
        async with self.gate:
            if not self.hasty:
                await self.pace.wait()
            return await call_json(self.http, call, limit=self.limit, retries=chosen)

    def _envelope(self, name: str, answer: object, *, writing: bool) -> None:
        try:
            envelope = Envelope.model_validate(answer)
        except ValidationError as error:
            raise _drift(name, error, Disposition.UNKNOWN if writing else Disposition.RETRY) from None
        if not envelope.success:
            raise _refusal(name, envelope, writing=writing)

    def _data(self, name: str, answer: object, shape: type[M], *, writing: bool) -> M:
        self._envelope(name, answer, writing=writing)
        try:
            return shape.model_validate(_field(answer, "data"))
        except ValidationError as error:
            raise _drift(name, error, Disposition.UNKNOWN if writing else Disposition.OPERATOR) from None

    def _rows(self, name: str, answer: object, shape: type[R]) -> list[R]:
        self._envelope(name, answer, writing=False)
        try:
            return TypeAdapter(list[shape]).validate_python(_field(answer, "data"))  # type: ignore[valid-type]
        except ValidationError as error:
            raise _drift(name, error, Disposition.OPERATOR) from None


def _query(query: Query | None) -> str:
    if not query:
        return ""
    plain = {
        key: value if isinstance(value, str | int) else json.dumps(value) for key, value in query.items()
    }
    return "?" + urlencode(plain)


def _field(answer: object, name: str) -> object:
    return answer.get(name) if isinstance(answer, dict) else None


def _meta(answer: object) -> Meta:
    return Envelope.model_validate(answer).meta or Meta()


_KEY = re.compile(r"unauth|forbidden|permission|api.?key|token|40[13]")
_LATER = re.compile(r"rate|too many|429")
_BROKEN = re.compile(r"internal|timed? ?out|unavailable|unexpected|50\d")


def _refusal(name: str, envelope: Envelope, *, writing: bool) -> CallFailure:
    """`success` false, by what its code and words say. The codes aren't documented, so words count too.

    A breakdown in the middle of a write may have come after the work: UNKNOWN.
    """
    words = plain_words(envelope.message)
    said = f"{envelope.code} {envelope.message}".casefold()
    if _KEY.search(said):
        disposition = Disposition.OPERATOR
    elif _LATER.search(said):
        disposition = Disposition.RETRY
    elif _BROKEN.search(said):
        disposition = Disposition.UNKNOWN if writing else Disposition.RETRY
    else:
        disposition = Disposition.PERMANENT
    code = re.sub(r"[^a-z0-9]+", "_", envelope.code.casefold()).strip("_")[:40] or "refused"
    return CallFailure(disposition, code, f"{name}: refused{': ' + words if words else ''}")


def _drift(name: str, error: ValidationError, disposition: Disposition) -> CallFailure:
    """Names the call and the first field that isn't what it was; never the value."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "data"
    others = error.error_count() - 1
    more = f" (and {others} more)" if others else ""
    return CallFailure(disposition, "schema_drift", f"{name}: field {where}: {first['msg']}{more}")
