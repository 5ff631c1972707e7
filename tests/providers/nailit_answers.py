"""A small salon in the vendor's own words, for tests that bend one answer at a time."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import respx

from providers.contract import OrderLine, OrderRequest, ProviderAccount
from providers.nailit import NailItProvider, create
from providers.nailit.values import local_instant

BASE = "http://nailit.example.com/api"
TODAY = date(2026, 3, 1)  # a Sunday
KUWAIT = ZoneInfo("Asia/Kuwait")
TOKEN = "c2FuZGJveC10b2tlbg=="


def account(dialect: str = "v2", **changes: Any) -> ProviderAccount:
    fields: dict[str, Any] = {
        "provider": "nailit",
        "dialect": dialect,
        "base_url": BASE,
        "timezone": "Asia/Kuwait",
        "currency": "KWD",
        "secrets": {"security_token": TOKEN},
        "settings": {"read_attempts": 2, "read_first_wait_seconds": 0.001, "staff_look_ahead_days": [0]},
    }
    settings = fields["settings"] | changes.pop("settings", {})
    return ProviderAccount(**(fields | changes | {"settings": settings}))


def provider(http: httpx.AsyncClient, dialect: str = "v2", **changes: Any) -> NailItProvider:
    return create(account(dialect, **changes), http)


def ok(**fields: Any) -> dict[str, Any]:
    return {"Status": 0, "Message": "Success", **fields}


LOCATION = {
    "Location_Id": 1,
    "Location_Name": "Plaza",
    "Latitude": "29.3759",
    "Longitude": "47.9774",
    "Address": "Ground floor",
    "Website": "",
    "Phone": "+96550000101",
    "From_Time": "10:30 AM",
    "To_Time": "09:00 PM",
    "Working_Days": "Saturday-Thursday",
}
ITEM = {
    "Item_Id": 102,
    "Item_Name": "Gel Manicure",
    "Item_Desc": "<p>Long-lasting &amp; glossy</p>",
    "Primary_Price": "12.500",
    "Special_Price": "12.500",
    "Duration": "60",
    "Parent_Group_Id": 10,
    "Sub_Group_Id": 0,
    "Location_Ids": [1],
    "Sizes": [],
}
PERSON = {"Id": 3, "Name": "Monica", "Location_Id": 1, "Extra_Time": 0, "Item_Ids": [102]}
FRAMES: list[dict[str, Any]] = [
    {"TimeFrame_Id": 29, "TimeFrame_Name": "02:00 PM"},
    {"TimeFrame_Id": 30, "TimeFrame_Name": "02:30 PM"},
    {"TimeFrame_Id": 31, "TimeFrame_Name": "03:00 PM"},
]

ANSWERS: dict[str, dict[str, Any]] = {
    "GetLocations": ok(Locations=[LOCATION]),
    "GetGroups": ok(Groups=[{"Id": 10, "Name": "Manicure", "Is_Has_Sub_Category": False}]),
    "GetSubGroups": ok(Groups=[{"Id": 11, "Name": "Gel", "Is_Has_Sub_Category": False}]),
    "GetLocationServices": ok(Total_Items=1, Items=[ITEM]),
    "GetLocationStaff": ok(Specialists=[PERSON]),
    "GetServiceStaff1": ok(Specialists=[PERSON]),
    "GetAvailableSlots": ok(TimeFrames=FRAMES),
    "GetPaymentTypesByDevice": ok(
        PaymentTypes=[
            {"Type_Id": 1, "Type_Name": "On Arrival", "Type_Code": "COD", "Is_Enabled": True},
            {"Type_Id": 2, "Type_Name": "KNET", "Type_Code": "KNET", "Is_Enabled": True},
        ]
    ),
    "Register": ok(**{" App_User_Id ": 501}),
    "SaveOrder": ok(OrderId=10001, CustomerId=7001),
    "AddOrder": ok(OrderId=10001, CustomerId=7001, paymentLink="https://pay.example.com/10001"),
    "CancelOrder": ok(),
}
ITEMS_V2 = ok(Total_Items=1, Items=[ITEM])
FRAMES_FACADE = ok(Items=[{"Item_Id": 102, "Staff_Id": 3, "TimeFrames": FRAMES}])


class Salon:
    """Answers every call; `salon[call] = answer` bends one. An answer is a dict, a response or an exception."""

    def __init__(self, dialect: str) -> None:
        self.answers: dict[str, Any] = deepcopy(ANSWERS)
        self.answers["GetItemsByDate"] = deepcopy(ITEMS_V2 if dialect == "v2" else FRAMES_FACADE)
        self.calls: list[tuple[str, httpx.Request]] = []
        respx.route(url__startswith=BASE).mock(side_effect=self._answer)

    def __setitem__(self, call: str, answer: Any) -> None:
        self.answers[call] = answer

    def count(self, call: str) -> int:
        return sum(name == call for name, _ in self.calls)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        call = request.url.path.removeprefix("/api/").partition("/")[0]
        self.calls.append((call, request))
        answer = self.answers[call]
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)


def order(**changes: Any) -> OrderRequest:
    starts_at = local_instant(TODAY, time(14), KUWAIT)
    assert starts_at is not None
    line = {
        "service_external_id": "102",
        "service_name": "Gel Manicure",
        "staff_external_id": "3",
        "staff_name": "Monica",
        "starts_at": starts_at,
        "minutes": 60,
        "frame_external_ids": ("29", "30"),
        "price_minor": 12500,
    } | changes.pop("line", {})
    fields: dict[str, Any] = {
        "reference": "b-1",
        "location_external_id": "1",
        "customer_name": "Sara Test",
        "customer_phone": "+96550000123",
        "customer_email": "sara@example.com",
        "payment_type_external_id": "2",
        "currency": "KWD",
        "lines": (OrderLine(**line),),
    }
    return OrderRequest(**(fields | changes))
