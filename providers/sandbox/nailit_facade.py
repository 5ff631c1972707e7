"""Nail It's facade dialect: the same style under other call names. Orders are in `nailit_orders`."""

from __future__ import annotations

from typing import Any

from providers.sandbox.nailit_api import Call, day_of, json_body, ok, parse, unavailable
from providers.sandbox.nailit_schemas import ItemsByDateFacade, LocationServices
from providers.sandbox.nailit_views import frames_view, item_view, matching, page_of, staff_view


async def get_location_services(call: Call) -> dict[str, Any]:
    body = parse(LocationServices, await json_body(call.request))
    day_of(body.Selected_Date)
    location = call.location(body.Location_Id)
    items = [
        item
        for item in matching(call.catalog.Items, like=body.Like, group_id=body.Group_Id)
        if call.catalog.offered_at(item, location.Location_Id)
    ]
    rows = [item_view(item, body.Lang, text_prices=True) for item in page_of(items, body.Page_No)]
    return ok(Total_Items=len(items), Items=rows)


async def get_location_staff(call: Call) -> dict[str, Any]:
    """Everybody of a location, with what they can do."""
    location = call.location(call.path_id("location"))
    catalog = call.catalog
    return ok(
        Specialists=[
            {
                **staff_view(one, "E"),
                "Item_Ids": [item.Item_Id for item in catalog.Items if catalog.can_do(one, item)],
            }
            for one in catalog.Specialists
            if one.Location_Id == location.Location_Id
        ]
    )


async def get_items_by_date(call: Call, raw: dict[str, Any]) -> dict[str, Any]:
    """Free frames of everybody who does this service at this location on this day."""
    body = parse(ItemsByDateFacade, raw)
    day = day_of(body.Selected_Date)
    item, location = call.item(body.Item_Id), call.location(body.Location_Id)
    if not call.catalog.offered_at(item, location.Location_Id):
        raise unavailable(f"item {item.Item_Id} is not offered at location {location.Location_Id}")
    rows = [
        {
            "Item_Id": item.Item_Id,
            "Staff_Id": one.Id,
            "TimeFrames": frames_view(call.free_frames(one.Id, day)),
        }
        for one in call.catalog.Specialists
        if one.Location_Id == location.Location_Id and call.catalog.can_do(one, item)
    ]
    return ok(Items=rows)
