"""Every page of the console by name. Whoever adds a route that is read has to say here what it is."""

from __future__ import annotations

import re
from uuid import UUID

from db.tx import Pool
from tests.console.routes import merged

PAGES = {
    "overview": "/",
    "waiting": "/waiting",
    "conversations": "/conversations",
    "conversation": "/conversations/{conversation_id}",
    "leads": "/leads",
    "lead": "/leads/{lead_id}",
    "bookings": "/bookings",
    "bookings-day": "/bookings/day",
    "bookings-week": "/bookings/week",
    "booking": "/bookings/{booking_id}",
    "booking-move": "/bookings/{booking_id}/move",
    "handoffs": "/handoffs",
    "handoff": "/handoffs/{handoff_id}",
    "customers": "/customers",
    "customer": "/customers/{customer_id}",
    "catalog": "/catalog",
    "catalog-service": "/catalog/services/{service_id}",
    "catalog-people": "/catalog/people",
    "catalog-person": "/catalog/people/{staff_id}",
    "catalog-places": "/catalog/places",
    "catalog-place": "/catalog/places/{location_id}",
    "catalog-times": "/catalog/times",
    "catalog-differences": "/catalog/differences",
    "sync": "/sync",
    "errors": "/errors",
    "ai": "/ai",
    "ai-calls": "/ai/calls",
    "ai-personas": "/ai/personas",
    "templates": "/templates",
    "settings": "/settings",
    "settings-business": "/settings/business",
    "settings-booking": "/settings/booking",
    "settings-page": "/settings/page",
    "settings-messages": "/settings/messages",
    "settings-answers": "/settings/answers",
    "settings-look": "/settings/look",
    "settings-models": "/settings/models",
    "settings-costs": "/settings/costs",
    "settings-data": "/settings/data",
    "users": "/users",
    "audit": "/audit",
    "audit-installation": "/audit/installation",
}
"""Where it stands under /console/w/{workspace}."""

PARTS = {
    "/overview/part",
    "/conversations/part",
    "/conversations/{conversation_id}/thread",
    "/bookings/{booking_id}/part",
    "/sync/part",
    "/templates/part",
}
"""Of living pages, which fetch them again."""
FILES = (".csv", ".svg")
"""How the addresses of files for a spreadsheet and of pictures end."""

_PARAMETER = re.compile(r"{(\w+)}")
_IDS = merged("IDS")


async def address(pool: Pool, workspace_id: UUID, path: str, **known: object) -> str:
    """The path with its parameters filled in from the tables, or with what is known already."""
    for name in _PARAMETER.findall(path):
        value = known.get(name) or await pool.fetchval(_IDS[name], workspace_id)
        assert value is not None, f"the demo has no row for {name}"
        path = path.replace(f"{{{name}}}", str(value))
    return path
