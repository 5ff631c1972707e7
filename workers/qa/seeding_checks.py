"""Seeding and resetting the demo's businesses over the API: counts that are right, and nobody else touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workers.qa.checks import holds, same
from workers.qa.client import LISTS, Dashboard
from workers.qa.visit import Visit

_DONE = ("created", "updated", "skipped", "deleted")

Counts = Mapping[str, int]


def counts(body: Mapping[str, Any]) -> dict[str, int]:
    """created, updated, skipped, deleted of an answer."""
    return {what: int(body["totals"][what]) for what in _DONE}


async def seeded(visit: Visit) -> str:
    """The button makes the business, or finds it made. It answers with what it did."""
    body = (await visit.dashboard.demo("seed", visit.expected.key)).ok("POST /api/admin/demo/seed")
    same("templateKey", visit.expected.key, body["templateKey"])
    found = counts(body)
    holds(found["created"] + found["skipped"] > 50, "some dozens of rows", found)
    same("deleted", 0, found["deleted"])
    listed = (await visit.dashboard.templates())[visit.expected.key]
    same("workspaceKey in the list of templates", visit.key, listed["workspaceKey"])
    same("lastSeededAt in the list of templates", body["lastSeededAt"], listed["lastSeededAt"])
    return _told(found)


async def again(visit: Visit) -> str:
    """A second time creates, changes and deletes nothing."""
    body = (await visit.dashboard.demo("seed", visit.expected.key)).ok("POST /api/admin/demo/seed")
    found = counts(body)
    same("created, updated, deleted", (0, 0, 0), (found["created"], found["updated"], found["deleted"]))
    holds(found["skipped"] > 50, "what is there is skipped", found)
    return _told(found)


async def unknown(dashboard: Dashboard) -> str:
    """A template that nobody knows is refused by name, for seed and reset alike."""
    for act in ("seed", "reset"):
        got = await dashboard.demo(act, "bakery")
        holds(got.status in {400, 404, 422}, f"{act} of an unknown template: refused", got.status)
        holds("bakery" in got.text, f"{act}: the key that nobody knows, by name", got.text[:150])
    return "seed and reset name the key that nobody knows"


async def reset(visit: Visit, others: Sequence[Visit]) -> str:
    """One business as new: what visitors left is gone, the counts say so, and every other one is as it was."""
    board = visit.dashboard
    before = {one.key: await _everything(board, one.key) for one in others}
    had = await _everything(board, visit.key)
    body = (await board.demo("reset", visit.expected.key)).ok("POST /api/admin/demo/reset")
    found = counts(body)
    has = await _everything(board, visit.key)
    for kind in ("conversations", "leads", "bookings", "handoffs"):
        done = body["counts"].get(kind, {})
        same(f"{kind} deleted", len(had[kind]), int(done.get("deleted", 0)))
        same(f"{kind} created", len(has[kind]), int(done.get("created", 0)))
        left = visit.ids.get(kind, set()) & set(has[kind])
        holds(not left, f"no {kind} of this run left", f"{len(left)}")
    after = {one.key: await _everything(board, one.key) for one in others}
    changed = [key for key, rows in before.items() if rows != after[key]]
    holds(not changed, "every other business as it was", f"changed: {', '.join(changed)}")
    second = counts((await board.demo("seed", visit.expected.key)).ok("POST /api/admin/demo/seed"))
    same("created by a seed after it", 0, second["created"])
    return f"{visit.expected.key}: {_told(found)}; {len(others)} others unchanged"


async def _everything(board: Dashboard, workspace: str) -> dict[str, dict[str, str]]:
    """Per list: ids and how each row reads."""
    found = {}
    for kind in LISTS:
        found[kind] = {str(row["id"]): repr(row) for row in await board.rows(kind, workspace)}
    return found


def _told(found: Counts) -> str:
    return ", ".join(f"{found[what]} {what}" for what in _DONE)
