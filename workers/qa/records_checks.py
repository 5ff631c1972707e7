"""What the read API shows: this business's rows to whoever may see this business, and nobody else's."""

from __future__ import annotations

from workers.qa.checks import holds, same
from workers.qa.client import LISTS, Dashboard
from workers.qa.visit import Visit


async def records(visit: Visit) -> str:
    """Whatever this run made is listed here, under no other business, and not to a token of another's."""
    ids = visit.ids
    ids["conversations"] = {talk.conversation_id for talk in visit.talked if talk.conversation_id}
    other = visit.others[0]
    seen = 0
    for kind in LISTS:
        made = ids.get(kind, set())
        here = {str(one["id"]) for one in await visit.dashboard.rows(kind, visit.key)}
        holds(made <= here, f"all {len(made)} {kind} of this run", f"{len(made & here)} of them")
        there = {str(one["id"]) for one in await visit.dashboard.rows(kind, other.workspace_key)}
        holds(not here & there, f"no {kind} under {other.workspace_key} as well", f"{len(here & there)}")
        seen += len(made)
    holds(seen, "rows that this run made", "none")
    await _refusals(visit)
    return f"{seen} rows of this run, under {visit.key} only"


async def _refusals(visit: Visit) -> None:
    """Without a token nothing; the agency must name a business; a client's token sees its own and can't choose."""
    board = visit.dashboard
    for kind in LISTS:
        nobody = await visit.server.call("GET", f"/api/admin/{kind}", headers={"X-Workspace": visit.key})
        same(f"{kind} without a token", 401, nobody.status)
    unnamed = await board.page("leads", "")
    holds(400 <= unnamed.status < 500, "an agency that names no business: refused", unnamed.status)
    if visit.operator is None:
        return
    theirs = Dashboard(visit.server, await visit.operator.client_token(visit.others[0].workspace_key))
    mine = visit.ids.get("leads", set())
    for kind in LISTS:
        chosen = await theirs.page(kind, visit.key)
        holds(
            400 <= chosen.status < 500,
            f"{kind}: a client's token that names another business is refused",
            chosen.status,
        )
        own = await theirs.page(kind, "", limit="200")
        listed = str(own.ok(f"GET /api/admin/{kind} with a client's token"))
        holds(not any(one in listed for one in mine), f"{kind}: none of {visit.key}'s", "some")
