"""Placing and cancelling orders, in both dialects, and what the payment detail says about them.

Both dialects are brought into one list of wanted lines and pass the same checks. No idempotency key exists:
the same body sent twice is a second order, refused only because its frames are gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from providers.sandbox.catalog import Item, Specialist
from providers.sandbox.context import SLOT_TAKEN
from providers.sandbox.nailit_api import (
    BAD_REQUEST,
    NOT_SUPPORTED,
    Call,
    NailItError,
    bad_request,
    json_body,
    ok,
    parse,
    unavailable,
)
from providers.sandbox.nailit_schemas import AddOrder, CancelOrder, SaveOrder, good_mobile, order_date
from providers.sandbox.nailit_v2 import PAYMENT_TYPES
from providers.sandbox.roster import frame_name, frames_needed
from providers.sandbox.salon import Order


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A line as asked for. `gross`, `discount`, `net` are for the whole line, in KWD."""

    item_id: int
    size_id: int | None
    qty: int
    gross: Decimal
    discount: Decimal
    net: Decimal
    staff_id: int
    frames: list[int]
    day: str


@dataclass(frozen=True, slots=True)
class _Customer:
    user_id: int
    name: str
    mobile: str
    email: str


@dataclass(frozen=True, slots=True)
class _Totals:
    gross: Decimal
    discount: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class _Request:
    """An order as either dialect asks for it; `raw` is the body as it came."""

    dialect: str
    customer: _Customer
    location_id: int
    payment_type_id: int
    wanted: list[_Wanted]
    totals: _Totals
    raw: dict[str, Any]


async def save_order(call: Call) -> dict[str, Any]:
    """`POST /SaveOrder` (v2)."""
    raw = await json_body(call.request)
    body = parse(SaveOrder, raw)
    wanted = []
    for number, line in enumerate(body.OrderDetails):
        where = f"OrderDetails.{number}"
        if line.Amount != line.Qty * line.Rate:
            raise bad_request(f"{where}.Amount: is not Qty times Rate")
        if line.Net_Amount != line.Amount - line.Discount_Amount:
            raise bad_request(f"{where}.Net_Amount: is not Amount less Discount_Amount")
        wanted.append(
            _Wanted(
                item_id=line.Prod_Id,
                size_id=line.Size_Id,
                qty=line.Qty,
                gross=line.Amount,
                discount=line.Discount_Amount,
                net=line.Net_Amount,
                staff_id=line.Staff_Id,
                frames=line.TimeFrame_Ids,
                day=line.Appointment_Date,
            )
        )
        item = call.item(line.Prod_Id)
        if item.Sizes and line.Size_Id not in {size.Size_Id for size in item.Sizes}:
            raise bad_request(
                f"{where}.Size_Id: item {item.Item_Id} comes in sizes, {line.Size_Id} is none of them"
            )
        if not item.Sizes and line.Size_Id is not None:
            raise bad_request(f"{where}.Size_Id: item {item.Item_Id} has no sizes")
    customer = _Customer(body.UserId, body.FirstName, body.Mobile, body.Email)
    totals = _Totals(body.Gross_Amount, body.Discount_Amount, body.Net_Amount)
    order = await _place(
        call, _Request("v2", customer, body.POS_Location_Id, body.Payment_Type_Id, wanted, totals, raw)
    )
    return ok(OrderId=order.order_id, CustomerId=order.customer_id)


async def add_order(call: Call) -> dict[str, Any]:
    """`POST /AddOrder` (facade). A line carries no size: its price tells which one is meant.

    A discounted item may be sent at its full price with the discount in the totals, or at its special price.
    """
    raw = await json_body(call.request)
    body = parse(AddOrder, raw)
    wanted = []
    for line in body.Services:
        item = call.item(line.Item_Id)
        gross = line.Qty * line.Price
        net = gross if item.Sizes or line.Price != item.Primary_Price else line.Qty * item.unit_prices()[0]
        wanted.append(
            _Wanted(
                item_id=line.Item_Id,
                size_id=_size_by_price(item, line.Price),
                qty=line.Qty,
                gross=gross,
                discount=gross - net,
                net=net,
                staff_id=line.Staff_Id,
                frames=line.TimeFrame_Ids,
                day=line.Appointment_Date,
            )
        )
    customer = _Customer(body.App_User_Id, body.Name, body.Mobile, body.Email_Id)
    totals = _Totals(body.Gross_Amount, body.Discount_Amount, body.Net_Amount)
    order = await _place(
        call, _Request("facade", customer, body.Location_Id, body.Payment_Type_Id, wanted, totals, raw)
    )
    fields: dict[str, Any] = {"OrderId": order.order_id, "CustomerId": order.customer_id}
    if order.pays_online:
        fields["paymentLink"] = payment_link(call, order.order_id)
    return ok(**fields)


async def cancel_order(call: Call) -> dict[str, Any]:
    """`POST /CancelOrder` (facade). Not documented by the vendor: accounts may lack it."""
    if not call.account.cancel_supported:
        raise NailItError(NOT_SUPPORTED, "not supported")
    body = parse(CancelOrder, await json_body(call.request))
    order = order_of(call, body.OrderId)
    if order.cancelled:
        raise bad_request(f"order {body.OrderId} is already cancelled")
    await call.sandbox.salons.cancel(order, body.Reason)
    return ok()


def order_of(call: Call, order_id: int) -> Order:
    """This salon's order. Raises `NailItError` for an unknown one and for another salon's."""
    order = call.sandbox.salons.orders.get(order_id)
    if order is None or order.account != call.account.key:
        raise NailItError(BAD_REQUEST, f"Order {order_id} not found")
    return order


def payment_link(call: Call, order_id: int) -> str:
    origin = call.sandbox.config.public_url or str(call.request.url.origin())
    return f"{origin.rstrip('/')}/nailit/knet.aspx?orderId={order_id}"


async def get_order_payment_detail(call: Call) -> dict[str, Any]:
    """`GET /GetOrderPaymentDetail/{orderId}`: paid is `KNetResult` CAPTURED or `OrderStatus` "Order Paid"."""
    order = order_of(call, call.path_id("order"))
    status_id, status = order.status()
    first = min((line.day, line.frames[0]) for line in order.lines)
    location = call.catalog.location(order.location_id)
    stamp = "%d/%m/%Y %H:%M"
    return ok(
        OrderId=order.order_id,
        PaymentId=order.payment_id,
        PayDate=order.paid_at.astimezone(order.placed_at.tzinfo).strftime(stamp) if order.paid_at else "",
        PayAmount=float(order.net),
        CustomerId=order.customer_id,
        PayType=next(name for type_id, name, _, _ in PAYMENT_TYPES if type_id == order.payment_type_id),
        KNetResult="CAPTURED" if order.paid_at else "NOT CAPTURED" if order.declined else "",
        KNetReference=f"REF{order.payment_id}" if order.paid_at else None,
        Customer_Name=order.customer_name,
        Location_Name=location.Location_Name if location else "",
        Booking_Datetime=f"{first[0]:%d/%m/%Y} {frame_name(first[1])}",
        Order_Status_Id=status_id,
        OrderStatus=status,
        MinBookingDate=f"{first[0]:%d/%m/%Y}",
        PayNowExpireDate=order.pay_until.strftime(stamp),
        Services=[
            {
                "Service_Id": line.item_id,
                "Service_Name": line.item_name,
                "Service_Date": f"{line.day:%d/%m/%Y}",
                "Service_Time_Slots": ",".join(frame_name(frame) for frame in line.frames),
                "Price": float(line.price),
                "Qty": line.qty,
                "Staff_Name": line.staff_name,
            }
            for line in order.lines
        ],
    )


async def _place(call: Call, asked: _Request) -> Order:
    customer, wanted, totals = asked.customer, asked.wanted, asked.totals
    salons, account = call.sandbox.salons, call.account
    if not good_mobile(customer.mobile):
        raise unavailable("mobile must be like +965XXXXXXXX")
    if customer.user_id not in salons.user_ids(account.key):
        raise bad_request(f"user {customer.user_id} is not registered")
    if asked.payment_type_id not in {type_id for type_id, *_ in PAYMENT_TYPES}:
        raise bad_request(f"no payment type {asked.payment_type_id}")
    location = call.location(asked.location_id)
    for name, given, due in (
        ("Gross_Amount", totals.gross, sum(line.gross for line in wanted)),
        ("Net_Amount", totals.net, sum(line.net for line in wanted)),
        ("Discount_Amount", totals.discount, sum(line.discount for line in wanted)),
    ):
        if given != due:
            raise bad_request(f"{name}: {given} given, the lines make {due}")
    taken: set[tuple[int, date, int]] = set()
    lines = [_checked_line(call, location.Location_Id, line, taken) for line in wanted]
    if call.request.get(SLOT_TAKEN):
        raise unavailable("slot is already taken")
    order = {
        "dialect": asked.dialect,
        "customer_name": customer.name,
        "mobile": customer.mobile,
        "email": customer.email,
        "user_id": customer.user_id,
        "location_id": location.Location_Id,
        "payment_type_id": asked.payment_type_id,
        "net": f"{totals.net:.3f}",
        "placed_at": call.sandbox.local_now().isoformat(),
        "pay_minutes": account.pay_minutes,
        "lines": lines,
    }
    return await salons.place(order, account.key, asked.raw)


def _checked_line(
    call: Call, location_id: int, line: _Wanted, taken: set[tuple[int, date, int]]
) -> dict[str, Any]:
    """The line as it is written down, if it can be done. Adds its frames to `taken`. Raises `NailItError`."""
    day = order_date(line.day)
    if day is None:
        raise unavailable("Appointment_Date must be dd/MM/yyyy")
    item, staff = call.item(line.item_id), call.staff(line.staff_id)
    if staff.Location_Id != location_id:
        raise unavailable(f"staff {staff.Id} does not work at location {location_id}")
    if not call.catalog.can_do(staff, item):
        raise unavailable(f"staff {staff.Id} does not do item {item.Item_Id}")
    if line.net not in {line.qty * price for price in item.unit_prices(line.size_id)}:
        raise bad_request(f"item {item.Item_Id}: {line.net} is not its price")
    _check_frames(call, item, staff, day, line)
    frames = {(staff.Id, day, frame) for frame in line.frames}
    if frames & taken:
        raise unavailable("two services want the same frame")
    taken |= frames
    return {
        "item_id": item.Item_Id,
        "item_name": item.Item_Name,
        "size_id": line.size_id,
        "qty": line.qty,
        "price": f"{line.net:.3f}",
        "staff_id": staff.Id,
        "staff_name": staff.Name,
        "day": day.isoformat(),
        "frames": line.frames,
    }


def _check_frames(call: Call, item: Item, staff: Specialist, day: date, line: _Wanted) -> None:
    frames = line.frames
    if frames != list(range(frames[0], frames[0] + len(frames))):
        raise unavailable("TimeFrame_Ids must be consecutive")
    needed = frames_needed(item.Duration * line.qty + staff.Extra_Time)
    if len(frames) < needed:
        raise unavailable(
            f"item {item.Item_Id} with staff {staff.Id} needs {needed} frames, {len(frames)} given"
        )
    if not set(frames) <= set(call.free_frames(staff.Id, day)):
        raise unavailable("slot is already taken")


def _size_by_price(item: Item, price: Decimal) -> int | None:
    return next((size.Size_Id for size in item.Sizes if size.Price == price), None)
