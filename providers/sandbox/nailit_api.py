"""What all Nail It calls share: the security token, reading bodies, and answers that are HTTP 200 either way.

Documented: `Status` 0 is success, 102 is "services not available" (slot taken, wrong staff, location or date
format, badly formed mobile), the token travels in `X-NailItMobile-SecurityToken`. 103 to 105 are
the sandbox's own numbers (bad token, malformed request, not supported); the vendor only says "not 0".
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ValidationError

from providers.sandbox.catalog import Catalog, Item, Location, Specialist
from providers.sandbox.config import NailItAccount
from providers.sandbox.context import SANDBOX, Sandbox
from providers.sandbox.nailit_schemas import read_date

TOKEN_HEADER = "X-NailItMobile-SecurityToken"  # noqa: S105 - a header's name
UNAVAILABLE = 102
BAD_TOKEN = 103
BAD_REQUEST = 104
NOT_SUPPORTED = 105
PAGE_SIZE = 20

M = TypeVar("M", bound=BaseModel)


class NailItError(Exception):
    """Answered as `{"Status": status, "Message": message}` with HTTP 200."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def unavailable(reason: str) -> NailItError:
    return NailItError(UNAVAILABLE, f"Services not available: {reason}")


def bad_request(reason: str) -> NailItError:
    return NailItError(BAD_REQUEST, f"Invalid request: {reason}")


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated call of one salon."""

    request: web.Request
    sandbox: Sandbox
    account: NailItAccount

    @property
    def catalog(self) -> Catalog:
        return self.sandbox.salons.catalog(self.account.key)

    def path_id(self, name: str) -> int:
        """A numeric part of the path. Raises `NailItError`."""
        text = self.request.match_info[name]
        if not text.isascii() or not text.isdigit():
            raise bad_request(f"{name} must be a number")
        return int(text)

    def path_lang(self) -> str:
        return lang_of(self.request.match_info["lang"])

    def path_date(self) -> date:
        return day_of(self.request.match_info["date"])

    def item(self, item_id: int) -> Item:
        item = self.catalog.item(item_id)
        if item is None:
            raise unavailable(f"no item {item_id}")
        return item

    def location(self, location_id: int) -> Location:
        location = self.catalog.location(location_id)
        if location is None:
            raise unavailable(f"no location {location_id}")
        return location

    def staff(self, staff_id: int) -> Specialist:
        staff = self.catalog.specialist(staff_id)
        if staff is None:
            raise unavailable(f"no staff {staff_id}")
        return staff

    def free_frames(self, staff_id: int, day: date) -> list[int]:
        return self.sandbox.salons.free_frames(
            self.account.key, staff_id, day, self.sandbox.local_now(), self.sandbox.config.days_ahead
        )


def lang_of(text: str) -> str:
    """`E` or `A`. Raises `NailItError`."""
    if text not in {"E", "A"}:
        raise bad_request("Lang must be E or A")
    return text


def day_of(text: str) -> date:
    """A reading call's `dd-MM-yyyy`. Raises `NailItError` with Status 102, as the vendor answers."""
    day = read_date(text)
    if day is None:
        raise unavailable("date must be dd-MM-yyyy")
    return day


async def json_body(request: web.Request) -> dict[str, Any]:
    """The body as an object. Raises `NailItError`."""
    if request.content_type != "application/json":
        raise bad_request("Content-Type must be application/json")
    try:
        body = orjson.loads(await request.read())
    except orjson.JSONDecodeError as error:
        raise bad_request("body is not JSON") from error
    if not isinstance(body, dict):
        raise bad_request("body must be an object")
    return body


def parse(schema: type[M], body: dict[str, Any]) -> M:
    """The body checked against its schema. Raises `NailItError` naming the first wrong field."""
    try:
        return schema.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise bad_request(f"{where}: {first['msg']}") from error


def account_of_token(sandbox: Sandbox, token: str) -> NailItAccount:
    """The salon a security token belongs to. Raises `NailItError`."""
    for account in sandbox.accounts.of(NailItAccount):
        if hmac.compare_digest(account.security_token.encode(), token.encode()):
            return account
    raise NailItError(BAD_TOKEN, "Invalid security token" if token else "Security token is missing")


def ok(**fields: Any) -> dict[str, Any]:
    return {"Status": 0, "Message": "Success", **fields}


def answer(body: dict[str, Any]) -> web.Response:
    return web.Response(body=orjson.dumps(body), content_type="application/json", charset="utf-8")


def open_endpoint(work: Callable[[web.Request], Awaitable[dict[str, Any]]]) -> Handler:
    """A handler that needs no token (RegisterDevice)."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return answer(await work(request))
        except NailItError as error:
            return answer({"Status": error.status, "Message": error.message})

    return handle


def endpoint(work: Callable[[Call], Awaitable[dict[str, Any]]]) -> Handler:
    """A handler that knows whose salon it serves."""

    async def authenticated(request: web.Request) -> dict[str, Any]:
        sandbox = request.app[SANDBOX]
        account = account_of_token(sandbox, request.headers.get(TOKEN_HEADER, ""))
        return await work(Call(request, sandbox, account))

    return open_endpoint(authenticated)
