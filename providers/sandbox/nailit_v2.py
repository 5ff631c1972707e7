"""Nail It's own dialect (V2.2): reading calls and registration. Orders are in `nailit_orders`."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from providers.sandbox.context import SANDBOX
from providers.sandbox.nailit_api import (
    Call,
    account_of_token,
    bad_request,
    day_of,
    json_body,
    ok,
    parse,
    unavailable,
)
from providers.sandbox.nailit_schemas import ItemsByDateV2, Register, RegisterDevice, good_mobile
from providers.sandbox.nailit_views import (
    frames_view,
    group_view,
    item_view,
    location_view,
    matching,
    page_of,
    staff_view,
)
from providers.sandbox.roster import works_on

PRODUCTS, SERVICES = 1, 2


async def register_device(request: web.Request) -> dict[str, Any]:
    """`ClientKey` is the base64 that later travels as the token header."""
    body = parse(RegisterDevice, await json_body(request))
    account_of_token(request.app[SANDBOX], body.ClientKey)
    return ok()


async def register(call: Call) -> dict[str, Any]:
    """Get or create by mobile. The documented sample has stray spaces around the key, so has this answer."""
    body = parse(Register, await json_body(call.request))
    if not good_mobile(body.Mobile):
        raise unavailable("mobile must be like +965XXXXXXXX")
    user_id = await call.sandbox.salons.register(call.account.key, body.Mobile, body.Name, body.Email_Id)
    return ok(**{" App_User_Id ": user_id})


async def get_groups(call: Call) -> dict[str, Any]:
    kind = call.path_id("group_type")
    if kind not in {PRODUCTS, SERVICES}:
        raise bad_request("group type must be 1 (products) or 2 (services)")
    groups = call.catalog.Groups if kind == SERVICES else []
    return ok(Groups=[group_view(group, "E") for group in groups if not group.Parent_Group_Id])


async def get_sub_groups(call: Call) -> dict[str, Any]:
    lang, parent = call.path_lang(), call.path_id("parent")
    return ok(
        Groups=[group_view(group, lang) for group in call.catalog.Groups if group.Parent_Group_Id == parent]
    )


async def get_locations(call: Call) -> dict[str, Any]:
    lang = call.path_lang() if "lang" in call.request.match_info else "E"
    return ok(Locations=[location_view(location, lang) for location in call.catalog.Locations])


async def get_items_by_date(call: Call, raw: dict[str, Any]) -> dict[str, Any]:
    body = parse(ItemsByDateV2, raw)
    day_of(body.Selected_Date)
    locations = [call.location(location_id).Location_Id for location_id in body.Location_Ids]
    found = matching(call.catalog.Items, like=body.Like, group_id=body.Group_Id)
    items = [
        item
        for item in found
        if item.Item_Type_Id == body.Item_Type_Id
        and not body.Is_Home_Service
        and (not locations or any(call.catalog.offered_at(item, one) for one in locations))
    ]
    rows = [item_view(item, body.Lang, text_prices=False) for item in page_of(items, body.Page_No)]
    return ok(Total_Items=len(items), Items=rows)


async def get_service_staff(call: Call) -> dict[str, Any]:
    """Who does this service at this location on this day."""
    lang, day = call.path_lang(), call.path_date()
    item, location = call.item(call.path_id("item")), call.location(call.path_id("location"))
    staff = [
        staff_view(one, lang)
        for one in call.catalog.Specialists
        if one.Location_Id == location.Location_Id
        and call.catalog.can_do(one, item)
        and works_on(call.catalog, one, day)
    ]
    return ok(Specialists=staff)


async def get_available_slots(call: Call) -> dict[str, Any]:
    call.path_lang()
    staff, day = call.staff(call.path_id("staff")), call.path_date()
    return ok(TimeFrames=frames_view(call.free_frames(staff.Id, day)))


PAYMENT_TYPES = (
    (1, "On Arrival", "عند الوصول", "COD"),
    (2, "KNET", "كي نت", "KNET"),
    (7, "Apple Pay", "آبل باي", "AP"),
)


async def get_payment_types(call: Call) -> dict[str, Any]:
    lang = call.path_lang()
    if call.path_id("order_type") != SERVICES or call.path_id("device_type") not in {1, 2}:
        raise bad_request("order type must be 2, device type 1 or 2")
    return ok(
        PaymentTypes=[
            {
                "Type_Id": type_id,
                "Type_Name": arabic if lang == "A" else english,
                "Type_Code": code,
                "Is_Enabled": True,
                "Image_URL": f"/images/payment/{code.lower()}.png",
            }
            for type_id, english, arabic, code in PAYMENT_TYPES
        ]
    )
