"""Routes of the sandboxed Nail It server: both dialects side by side under `/nailit`."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from providers.sandbox import nailit_facade, nailit_orders, nailit_pages, nailit_v2
from providers.sandbox.nailit_api import Call, endpoint, json_body, open_endpoint


async def get_items_by_date(call: Call) -> dict[str, Any]:
    """Both dialects have a call of this name; the facade's asks for one item."""
    raw = await json_body(call.request)
    if "Item_Id" in raw:
        return await nailit_facade.get_items_by_date(call, raw)
    return await nailit_v2.get_items_by_date(call, raw)


async def not_found(_: web.Request) -> web.StreamResponse:
    """The vendor's server answers unknown paths with an HTML page."""
    page = "<!DOCTYPE html><html><head><title>404 - File or directory not found.</title></head></html>"
    return web.Response(text=page, content_type="text/html", status=404)


def add_routes(app: web.Application) -> None:
    """Each route's name is `provider.Call`, which faults refer to."""

    def route(method: str, path: str, handler: Any, name: str) -> None:
        app.router.add_route(method, f"/nailit/{path}", handler, name=f"nailit.{name}")

    route("POST", "RegisterDevice", open_endpoint(nailit_v2.register_device), "RegisterDevice")
    for method, path, work in (
        ("POST", "Register", nailit_v2.register),
        ("GET", "GetGroups/{group_type}", nailit_v2.get_groups),
        ("GET", "GetSubGroups/{lang}/{parent}", nailit_v2.get_sub_groups),
        ("GET", "GetServiceStaff1/{item}/{location}/{lang}/{date}", nailit_v2.get_service_staff),
        ("GET", "GetAvailableSlots/{lang}/{staff}/{date}", nailit_v2.get_available_slots),
        ("GET", "GetPaymentTypesByDevice/{lang}/{order_type}/{device_type}", nailit_v2.get_payment_types),
        ("POST", "GetItemsByDate", get_items_by_date),
        ("POST", "SaveOrder", nailit_orders.save_order),
        ("GET", "GetOrderPaymentDetail/{order}", nailit_orders.get_order_payment_detail),
        ("POST", "GetLocationServices", nailit_facade.get_location_services),
        ("GET", "GetLocationStaff/{location}", nailit_facade.get_location_staff),
        ("POST", "AddOrder", nailit_orders.add_order),
        ("POST", "CancelOrder", nailit_orders.cancel_order),
    ):
        route(method, path, endpoint(work), path.partition("/")[0])
    locations = app.router.add_resource("/nailit/GetLocations", name="nailit.GetLocations")
    locations.add_route("GET", endpoint(nailit_v2.get_locations))
    by_lang = app.router.add_resource("/nailit/GetLocations/{lang}", name="nailit.GetLocations.lang")
    by_lang.add_route("GET", endpoint(nailit_v2.get_locations))
    page = app.router.add_resource("/nailit/knet.aspx", name="nailit.PaymentPage")
    page.add_route("GET", nailit_pages.show)
    page.add_route("POST", nailit_pages.decide)
    app.router.add_get("/nailit/payment.css", nailit_pages.style)
    app.router.add_route("*", "/nailit/{rest:.*}", not_found)
