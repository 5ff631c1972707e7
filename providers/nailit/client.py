"""Calls to one Nail It account: token, base URL, answers checked before anybody counts their rows.

HTTP is 200 even on failure; `Status` and `Message` in the body say how it went. A read's failure is
RETRY when repeating may help, PERMANENT when the vendor refused the request itself, OPERATOR when the
token is refused or an answer no longer has the shape we know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from zoneinfo import ZoneInfo

import httpx
from pydantic import ValidationError

from providers.contract import ProviderAccount
from providers.http import ONCE, JsonCall, Retries, call_json, plain_words
from providers.nailit.answers import Answer, Envelope, Wire, normalised
from providers.outcome import CallFailure, Disposition

TOKEN_HEADER = "X-NailItMobile-SecurityToken"  # noqa: S105 (a header's name)

SERVICES_NOT_AVAILABLE = 102
"""Slot taken, wrong staff, location or date format, or a badly formed mobile number: one number for all."""

Body = Mapping[str, object]
A = TypeVar("A", bound=Answer)
W = TypeVar("W", bound=Wire)


@dataclass(frozen=True, slots=True)
class NailItClient:
    account: ProviderAccount
    http: httpx.AsyncClient = field(repr=False)
    zone: ZoneInfo
    limit: float
    """Seconds per call."""
    retries: Retries
    arabic: bool = True
    """Read Arabic names too. English decides what exists."""

    @property
    def base_url(self) -> str:
        return self.account.base_url.rstrip("/")

    async def get(self, path: str, shape: type[A]) -> A:
        """A read by GET, retried. `path` is the call's name and its path arguments."""
        return self._checked(path.partition("/")[0], await self._call("GET", path, None, self.retries), shape)

    async def ask(self, name: str, body: Body, shape: type[A]) -> A:
        """A read by POST, retried."""
        return self._checked(name, await self._call("POST", name, body, self.retries), shape)

    async def get_or_create(self, name: str, body: Body, shape: type[A]) -> A:
        """A write that is safe to make again. Made once; a lost answer is RETRY."""
        return self._checked(name, await self._call("POST", name, body, ONCE), shape)

    async def write(self, name: str, body: Body, shape: type[W]) -> W:
        """A write that must not happen twice: one attempt, and an answer that can't be read is UNKNOWN."""
        answer = normalised(await self._call("POST", name, body, ONCE, repeatable=False))
        try:
            return shape.model_validate(answer)
        except ValidationError as error:
            raise _drift(name, error, Disposition.UNKNOWN) from None

    async def _call(
        self, method: str, path: str, body: Body | None, retries: Retries, *, repeatable: bool = True
    ) -> object:
        call = JsonCall(
            name=path.partition("/")[0],
            method=method,
            url=f"{self.base_url}/{path}",
            repeatable=repeatable,
            headers={TOKEN_HEADER: self.account.secrets["security_token"]},
            body=body,
        )
        return await call_json(self.http, call, limit=self.limit, retries=retries)

    def _checked(self, name: str, raw: object, shape: type[A]) -> A:
        """The answer's model, if the answer is a success that holds data.

        Status 1 counts as success only with data in it; an empty list only where empty means something.
        """
        answer = normalised(raw)
        try:
            envelope = Envelope.model_validate(answer)
        except ValidationError as error:
            raise _drift(name, error, Disposition.RETRY) from None
        if envelope.status not in (0, 1, None):
            raise refusal(name, envelope.status, envelope.message)
        try:
            rows = shape.model_validate(answer)
        except ValidationError as error:
            if envelope.status == 1:
                raise refusal(name, 1, envelope.message) from None
            raise _drift(name, error, Disposition.OPERATOR) from None
        if not rows.rows() and not (shape.may_be_empty and envelope.status == 0):
            raise empty(name, "no rows where there must be some" + _said(envelope.message))
        return rows


def refusal(name: str, status: int, message: str) -> CallFailure:
    """A refusal in the body. Status 1 is a shrug that may pass; a token's trouble is the operator's."""
    if "token" in message.casefold() or "unauthori" in message.casefold():
        disposition = Disposition.OPERATOR
    elif status == 1:
        disposition = Disposition.RETRY
    else:
        disposition = Disposition.PERMANENT
    return CallFailure(disposition, f"status_{status}", f"{name}: Status {status}{_said(message)}")


def empty(name: str, what: str) -> CallFailure:
    """An answer without rows where a salon has some. Never taken for "none": an error page once was."""
    return CallFailure(Disposition.RETRY, "empty_answer", f"{name}: {what}")


def _said(message: str) -> str:
    words = plain_words(message)
    return f": {words}" if words else ""


def _drift(name: str, error: ValidationError, disposition: Disposition) -> CallFailure:
    """Names the call and the first field that isn't what it was; never the value."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "answer"
    others = error.error_count() - 1
    more = f" (and {others} more)" if others else ""
    return CallFailure(disposition, "schema_drift", f"{name}: field {where}: {first['msg']}{more}")
