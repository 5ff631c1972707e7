"""State of the sandboxed car shops: customers and appointments over a fixed catalog. Rebuilt from the ledger.

Every change is an entry first and is applied from it, so a restarted sandbox stands where the ledger ends.
Rows are kept as the API shows them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from providers.sandbox.config import ShopMonkeyAccount
from providers.sandbox.errors import CatalogError
from providers.sandbox.ledger import Entry, Ledger

DEMO_SHOP = Path(__file__).with_name("shopmonkey_catalog.json")

Row = dict[str, Any]


class ShopFile(BaseModel):
    """A shop's fixed part, in the vendor's row shapes. A service lists where it is offered in `locationIds`."""

    model_config = ConfigDict(extra="forbid")

    Locations: list[Row]
    Users: list[Row]
    Services: list[Row]
    Customers: list[Row]
    Appointments: list[Row]


def load_shop(path: Path) -> ShopFile:
    """Raises `CatalogError`."""
    try:
        shop = ShopFile.model_validate(orjson.loads(path.read_bytes()))
    except OSError as error:
        raise CatalogError(f"{path} can't be read ({error.strerror})") from error
    except orjson.JSONDecodeError as error:
        raise CatalogError(f"{path} is not JSON") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise CatalogError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    for rows in (shop.Locations, shop.Users, shop.Services, shop.Customers, shop.Appointments):
        if any(not isinstance(row.get("id"), str) for row in rows):
            raise CatalogError(f"{path}: every row needs an id")
    return shop


@dataclass(slots=True)
class Shop:
    """One account. `chance` decides what its lists leave out, repeatably."""

    file: ShopFile
    customers: dict[str, Row] = field(default_factory=dict)
    appointments: dict[str, Row] = field(default_factory=dict)
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 (no secrets)


class Shops:
    """All shops by account key. Ids run through all of them."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._shops: dict[str, Shop] = {}
        self._count = 0
        for entry in ledger.entries:
            self._number(entry)

    def load(self, account: ShopMonkeyAccount) -> None:
        """Take in an account's fixed rows and what the ledger knows of it. Raises `CatalogError`."""
        file = load_shop(account.shop or DEMO_SHOP)
        known = self._shops.get(account.key)
        if known:
            known.file = file
            return
        shop = self._shops[account.key] = Shop(file)
        shop.customers = {row["id"]: dict(row) for row in file.Customers}
        shop.appointments = {row["id"]: dict(row) for row in file.Appointments}
        for entry in self.ledger.entries:
            if entry.account == account.key:
                self._apply(entry)

    def shop(self, account: str) -> Shop:
        return self._shops[account]

    def all_appointments(self, account: str | None) -> list[Row]:
        """Of one shop or of all, with the customer and the shop's key."""
        return [
            {"account": key, **row, "customer": shop.customers.get(row.get("customerId", ""))}
            for key, shop in self._shops.items()
            if account in {None, key}
            for row in shop.appointments.values()
        ]

    async def add_customer(self, account: str, row: Row, request: Row, at: datetime) -> Row:
        return await self._add("customer", account, row, request, at)

    async def add_appointment(self, account: str, row: Row, request: Row, at: datetime) -> Row:
        """No look at other appointments: the vendor's calendar lets them overlap."""
        return await self._add("appointment", account, row, request, at)

    async def change_appointment(self, account: str, row_id: str, changes: Row, at: datetime) -> Row:
        data = {"id": row_id, "changes": {**changes, "updatedDate": stamp(at)}}
        await self.ledger.durable(self._write("appointment_changed", account, data))
        return self._shops[account].appointments[row_id]

    async def delete_appointment(self, account: str, row_id: str) -> None:
        await self.ledger.durable(self._write("appointment_deleted", account, {"id": row_id}))

    async def _add(self, kind: str, account: str, row: Row, request: Row, at: datetime) -> Row:
        whole = {
            "id": f"66b{self._count + 1:021x}",
            **row,
            "createdDate": stamp(at),
            "updatedDate": stamp(at),
        }
        entry = self._write(kind, account, {"row": whole, "request": request})
        await self.ledger.durable(entry)
        return whole

    def _write(self, kind: str, account: str, data: Row) -> Entry:
        entry = self.ledger.write(kind, account, data)
        self._number(entry)
        self._apply(entry)
        return entry

    def _number(self, entry: Entry) -> None:
        if entry.kind in {"customer", "appointment"}:
            self._count += 1

    def _apply(self, entry: Entry) -> None:
        shop, data = self._shops[entry.account], entry.data
        match entry.kind:
            case "customer":
                shop.customers[data["row"]["id"]] = data["row"]
            case "appointment":
                shop.appointments[data["row"]["id"]] = data["row"]
            case "appointment_changed":
                shop.appointments[data["id"]] = {**shop.appointments[data["id"]], **data["changes"]}
            case "appointment_deleted":
                del shop.appointments[data["id"]]


def stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
