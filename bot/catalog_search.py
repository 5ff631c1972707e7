"""A flow's question for services by need, answered from the tables."""

from __future__ import annotations

from uuid import UUID

from bot.catalog import NeedQuery
from db import search
from db.tx import Tx

LIMIT = 12
"""More than is shown: the flow still drops what the cached catalog no longer holds."""


async def load_services_by_need(connection: Tx, query: NeedQuery) -> tuple[UUID, ...]:
    """Ids of the services that fit, best first. `connection`: a transaction of the workspace."""
    found = await search.services_by_need(
        connection,
        groups=query.groups,
        phrase=query.phrase,
        without=query.without,
        location_id=query.location_id,
        limit=LIMIT,
    )
    return tuple(found)
