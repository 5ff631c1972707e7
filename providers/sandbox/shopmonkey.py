"""ShopMonkey's API v3 under `/shopmonkey/v3`: key, envelope, lists that lie, and a calendar that refuses nothing."""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ValidationError

from providers.sandbox.config import ShopMonkeyAccount
from providers.sandbox.context import SANDBOX, Sandbox
from providers.sandbox.shopmonkey_lists import BadQuery, page, selected
from providers.sandbox.shopmonkey_schemas import (
    AppointmentBody,
    AppointmentChange,
    CustomerBody,
    EmailSearch,
    PhoneSearch,
)
from providers.sandbox.shopmonkey_shop import Row, Shop

B = TypeVar("B", bound=BaseModel)


class ShopMonkeyError(Exception):
    """Answered as `{"success": false, …}` with its status."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated call of one shop."""

    request: web.Request
    sandbox: Sandbox
    account: ShopMonkeyAccount

    @property
    def shop(self) -> Shop:
        return self.sandbox.shops.shop(self.account.key)

    async def body(self, schema: type[B]) -> tuple[B, Row]:
        """The checked body and the body as it came."""
        raw = await self.raw_body()
        try:
            return schema.model_validate(raw), raw
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise ShopMonkeyError(400, "API-40000", f"{where}: {first['msg']}") from error

    async def raw_body(self) -> Row:
        if self.request.content_type != "application/json":
            raise ShopMonkeyError(400, "API-40001", "Content-Type must be application/json")
        try:
            body = orjson.loads(await self.request.read())
        except orjson.JSONDecodeError as error:
            raise ShopMonkeyError(400, "API-40002", "body is not JSON") from error
        if not isinstance(body, dict):
            raise ShopMonkeyError(400, "API-40002", "body must be an object")
        return body

    def listed(self, rows: Iterable[Row]) -> web.Response:
        """A page of the rows, as `where`, `limit` and `skip` say and the vendor's habits make of it."""
        query = self.request.query
        try:
            chosen = selected(rows, query.get("where"))
            shown, meta = page(
                chosen,
                limit=query.get("limit"),
                skip=query.get("skip"),
                omit=self.account.omit,
                chance=self.shop.chance if self.account.lists_lie else None,
            )
        except BadQuery as error:
            raise ShopMonkeyError(400, "API-40003", str(error)) from error
        return answer(shown, meta=meta)

    def one(self, rows: Iterable[Row]) -> Row:
        wanted = self.request.match_info["id"]
        for row in rows:
            if row["id"] == wanted:
                return row
        raise ShopMonkeyError(404, "API-40400", "not found")


def answer(data: object, *, meta: Row | None = None) -> web.Response:
    body = {"success": True, "data": data, **({"meta": meta} if meta is not None else {})}
    return web.Response(body=orjson.dumps(body), content_type="application/json")


def error_body(code: str, message: str) -> Row:
    return {
        "success": False,
        "code": code,
        "message": message,
        "documentation_url": "https://shopmonkey.dev/errors",
    }


async def list_locations(call: Call) -> web.StreamResponse:
    return call.listed(call.shop.file.Locations)


async def list_users(call: Call) -> web.StreamResponse:
    return call.listed(call.shop.file.Users)


async def list_services(call: Call) -> web.StreamResponse:
    location = call.request.query.get("locationId")
    rows = [row for row in call.shop.file.Services if location in {None, *row.get("locationIds", ())}]
    return call.listed([_service(row) for row in rows])


async def get_service(call: Call) -> web.StreamResponse:
    return answer(_service(call.one(call.shop.file.Services)))


def _service(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "locationIds"}


async def list_customers(call: Call) -> web.StreamResponse:
    return call.listed(call.shop.customers.values())


async def create_customer(call: Call) -> web.StreamResponse:
    body, raw = await call.body(CustomerBody)
    row = body.model_dump(mode="json")
    made = await call.sandbox.shops.add_customer(call.account.key, row, raw, call.sandbox.now())
    return answer(made)


async def search_phone(call: Call) -> web.StreamResponse:
    body, _ = await call.body(PhoneSearch)
    wanted = {_digits(one.number)[-10:] for one in body.phoneNumbers}
    return answer(
        [row for row in call.shop.customers.values() if wanted & {_digits(one)[-10:] for one in _phones(row)}]
    )


async def search_email(call: Call) -> web.StreamResponse:
    body, _ = await call.body(EmailSearch)
    wanted = {one.email.casefold() for one in body.emails}
    return answer(
        [row for row in call.shop.customers.values() if wanted & {one.casefold() for one in _emails(row)}]
    )


def _phones(row: Row) -> list[str]:
    return [row.get("phone") or "", *(one["number"] for one in row.get("phoneNumbers", ()))]


def _emails(row: Row) -> list[str]:
    return [row.get("email") or "", *(one["email"] for one in row.get("emails", ()))]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


async def list_appointments(call: Call) -> web.StreamResponse:
    return call.listed(call.shop.appointments.values())


async def get_appointment(call: Call) -> web.StreamResponse:
    return answer(call.one(call.shop.appointments.values()))


async def create_appointment(call: Call) -> web.StreamResponse:
    """Any time is fine, taken or not."""
    body, raw = await call.body(AppointmentBody)
    shop = call.shop
    _known(body.customerId, shop.customers, "customerId")
    _known(body.locationId, {row["id"] for row in shop.file.Locations}, "locationId")
    if body.technicianId is not None:
        _known(body.technicianId, {row["id"] for row in shop.file.Users}, "technicianId")
    row = body.model_dump(mode="json")
    return answer(await call.sandbox.shops.add_appointment(call.account.key, row, raw, call.sandbox.now()))


async def change_appointment(call: Call) -> web.StreamResponse:
    found = call.one(call.shop.appointments.values())
    body, _ = await call.body(AppointmentChange)
    changes = body.model_dump(mode="json", exclude_unset=True)
    shops = call.sandbox.shops
    return answer(await shops.change_appointment(call.account.key, found["id"], changes, call.sandbox.now()))


async def delete_appointment(call: Call) -> web.StreamResponse:
    """With a JSON content type the body must be JSON, `{}` at least."""
    if call.request.content_type == "application/json":
        await call.raw_body()
    if not call.account.may_delete:
        raise ShopMonkeyError(403, "API-40300", "the API key lacks the permission")
    found = call.one(call.shop.appointments.values())
    await call.sandbox.shops.delete_appointment(call.account.key, found["id"])
    return web.Response(status=204)


def _known(value: str, known: Iterable[str], name: str) -> None:
    if value not in known:
        raise ShopMonkeyError(400, "API-40004", f"{name}: unknown")


def _endpoint(work: Callable[[Call], Awaitable[web.StreamResponse]]) -> Handler:
    """A handler that knows whose shop it serves."""

    async def handle(request: web.Request) -> web.StreamResponse:
        sandbox = request.app[SANDBOX]
        try:
            return await work(Call(request, sandbox, _account(sandbox, request)))
        except ShopMonkeyError as error:
            return web.json_response(error_body(error.code, error.message), status=error.status)

    return handle


def _account(sandbox: Sandbox, request: web.Request) -> ShopMonkeyAccount:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    for account in sandbox.accounts.of(ShopMonkeyAccount):
        if hmac.compare_digest(account.api_key.encode(), given.encode()):
            return account
    raise ShopMonkeyError(401, "API-40100", "invalid API key")


def add_routes(app: web.Application) -> None:
    """Each route's name is `provider.Call`, which faults refer to."""
    for method, path, work, name in (
        ("GET", "location", list_locations, "ListLocations"),
        ("GET", "user", list_users, "ListUsers"),
        ("GET", "canned_service", list_services, "ListServices"),
        ("GET", "canned_service/{id}", get_service, "GetService"),
        ("GET", "customer", list_customers, "ListCustomers"),
        ("POST", "customer", create_customer, "CreateCustomer"),
        ("POST", "customer/phone_number/search", search_phone, "SearchPhone"),
        ("POST", "customer/email/search", search_email, "SearchEmail"),
        ("GET", "appointment", list_appointments, "ListAppointments"),
        ("POST", "appointment", create_appointment, "CreateAppointment"),
        ("GET", "appointment/{id}", get_appointment, "GetAppointment"),
        ("PUT", "appointment/{id}", change_appointment, "ChangeAppointment"),
        ("DELETE", "appointment/{id}", delete_appointment, "DeleteAppointment"),
    ):
        handler: Any = _endpoint(work)
        app.router.add_route(method, f"/shopmonkey/v3/{path}", handler, name=f"shopmonkey.{name}")
