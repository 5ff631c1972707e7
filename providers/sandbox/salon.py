"""State of the sandboxed salons: customers, orders, taken frames, payments. Rebuilt from the ledger at start.

Every change is an entry first and is applied from it, so a restarted sandbox stands where the ledger ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from providers.sandbox.catalog import DEMO_CATALOG, Catalog, load_vendor_items
from providers.sandbox.config import NailItAccount
from providers.sandbox.ledger import Entry, Ledger
from providers.sandbox.roster import rostered_frames

FIRST_ORDER_ID = 10001
FIRST_USER_ID = 501
FIRST_CUSTOMER_ID = 7001


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One service of an order. `frames` are `staff_id`'s on `day`; `price` is the line's net in KWD."""

    item_id: int
    item_name: str
    size_id: int | None
    qty: int
    price: Decimal
    staff_id: int
    staff_name: str
    day: date
    frames: tuple[int, ...]


@dataclass(slots=True)
class Order:
    """An accepted order with its payment state. Times are aware, in the salon's zone."""

    order_id: int
    account: str
    dialect: str
    customer_id: int
    customer_name: str
    mobile: str
    email: str
    location_id: int
    payment_type_id: int
    net: Decimal
    placed_at: datetime
    pay_until: datetime
    lines: list[OrderLine]
    paid_at: datetime | None = None
    declined: bool = False
    cancelled: bool = False
    payment_id: int = 0

    @property
    def pays_online(self) -> bool:
        return self.payment_type_id != 1

    def status(self) -> tuple[int, str]:
        """`Order_Status_Id` and `OrderStatus`; 3 is paid (documented), the others are the sandbox's."""
        if self.cancelled:
            return 4, "Cancelled"
        if self.paid_at:
            return 3, "Order Paid"
        return (2, "Processing Payment") if self.pays_online and not self.declined else (1, "New Order")


@dataclass(slots=True)
class _Salon:
    catalog: Catalog
    users: dict[str, int] = field(default_factory=dict)  # mobile -> App_User_Id
    customers: dict[str, int] = field(default_factory=dict)  # mobile -> CustomerId
    taken: set[tuple[int, date, int]] = field(default_factory=set)  # staff, day, frame


class Salons:
    """All salons by account key. Order ids run through all of them, as one vendor server numbers them."""

    def __init__(self, ledger: Ledger, zone: ZoneInfo) -> None:
        self.ledger = ledger
        self._zone = zone
        self._salons: dict[str, _Salon] = {}
        self.orders: dict[int, Order] = {}
        self._count = dict.fromkeys(("register", "order", "customer"), 0)
        for entry in ledger.entries:
            self._number(entry)

    def load(self, account: NailItAccount) -> None:
        """Take in an account's catalog and what the ledger knows of it. Raises `CatalogError`."""
        known = self._salons.get(account.key)
        catalog = load_vendor_items(account.items or DEMO_CATALOG)
        if known:
            known.catalog = catalog
            return
        self._salons[account.key] = _Salon(catalog)
        for entry in self.ledger.entries:
            if entry.account == account.key:
                self._apply(entry)

    def catalog(self, account: str) -> Catalog:
        return self._salons[account].catalog

    def free_frames(
        self, account: str, staff_id: int, day: date, now: datetime, days_ahead: int
    ) -> list[int]:
        """Ids of the frames that can still be ordered; none for an unknown person."""
        salon = self._salons[account]
        staff = salon.catalog.specialist(staff_id)
        if staff is None:
            return []
        frames = rostered_frames(salon.catalog, staff, day, now=now, days_ahead=days_ahead)
        return [frame for frame in frames if (staff_id, day, frame) not in salon.taken]

    def user_ids(self, account: str) -> set[int]:
        return set(self._salons[account].users.values())

    async def register(self, account: str, mobile: str, name: str, email: str) -> int:
        """`App_User_Id` of a mobile, made if it is new."""
        salon = self._salons[account]
        if mobile not in salon.users:
            user_id = FIRST_USER_ID + self._count["register"]
            entry = self._write(
                "register", account, {"id": user_id, "mobile": mobile, "name": name, "email": email}
            )
            await self.ledger.durable(entry)
        return salon.users[mobile]

    async def place(self, order: dict[str, Any], account: str, request: dict[str, Any]) -> Order:
        """Take the frames, write the order and return it. The caller has checked that the frames are free.

        No await stands between that check and the entry, so two requests can't take the same frame.
        """
        salon = self._salons[account]
        order_id = FIRST_ORDER_ID + self._count["order"]
        customer_id = salon.customers.get(order["mobile"])
        if customer_id is None:
            customer_id = FIRST_CUSTOMER_ID + self._count["customer"]
        data = {**order, "order_id": order_id, "customer_id": customer_id, "request": request}
        entry = self._write("order", account, data)
        await self.ledger.durable(entry)
        return self.orders[order_id]

    async def pay(self, order: Order, at: datetime, *, captured: bool) -> None:
        """Record what the customer did on the payment page."""
        data = {"order_id": order.order_id, "captured": captured, "at": at.isoformat()}
        await self.ledger.durable(self._write("payment", order.account, data))

    async def cancel(self, order: Order, reason: str) -> None:
        """Cancel an order and free its frames."""
        data = {"order_id": order.order_id, "reason": reason}
        await self.ledger.durable(self._write("cancel", order.account, data))

    def _write(self, kind: str, account: str, data: dict[str, Any]) -> Entry:
        entry = self.ledger.write(kind, account, data)
        self._number(entry)
        self._apply(entry)
        return entry

    def _number(self, entry: Entry) -> None:
        """Keep the next ids right, for entries of salons that aren't loaded too."""
        if entry.kind in {"register", "order"}:
            self._count[entry.kind] += 1
        if entry.kind == "order":
            self._count["customer"] = max(
                self._count["customer"], entry.data["customer_id"] - FIRST_CUSTOMER_ID + 1
            )

    def _apply(self, entry: Entry) -> None:
        salon, data = self._salons[entry.account], entry.data
        match entry.kind:
            case "register":
                salon.users[data["mobile"]] = data["id"]
            case "order":
                self._apply_order(salon, entry.account, data)
            case "payment":
                order = self.orders[data["order_id"]]
                order.payment_id = 900000 + order.order_id
                order.declined = not data["captured"]
                order.paid_at = datetime.fromisoformat(data["at"]) if data["captured"] else None
            case "cancel":
                order = self.orders[data["order_id"]]
                order.cancelled = True
                salon.taken -= _frames_of(order)

    def _apply_order(self, salon: _Salon, account: str, data: dict[str, Any]) -> None:
        lines = [
            OrderLine(
                item_id=line["item_id"],
                item_name=line["item_name"],
                size_id=line["size_id"],
                qty=line["qty"],
                price=Decimal(line["price"]),
                staff_id=line["staff_id"],
                staff_name=line["staff_name"],
                day=date.fromisoformat(line["day"]),
                frames=tuple(line["frames"]),
            )
            for line in data["lines"]
        ]
        placed_at = datetime.fromisoformat(data["placed_at"]).astimezone(self._zone)
        order = Order(
            order_id=data["order_id"],
            account=account,
            dialect=data["dialect"],
            customer_id=data["customer_id"],
            customer_name=data["customer_name"],
            mobile=data["mobile"],
            email=data["email"],
            location_id=data["location_id"],
            payment_type_id=data["payment_type_id"],
            net=Decimal(data["net"]),
            placed_at=placed_at,
            # The answer shows whole minutes; the page keeps to what it shows.
            pay_until=(placed_at + timedelta(minutes=data["pay_minutes"])).replace(second=0, microsecond=0),
            lines=lines,
        )
        self.orders[order.order_id] = order
        salon.customers[order.mobile] = order.customer_id
        salon.taken |= _frames_of(order)


def _frames_of(order: Order) -> set[tuple[int, date, int]]:
    return {(line.staff_id, line.day, frame) for line in order.lines for frame in line.frames}
