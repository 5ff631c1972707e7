"""Templates: the demo businesses, seeded or made as new. Only the agency's, and not in production."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.console import live
from bot.console.acting import Acting, NotFound, Watching
from bot.console.page import Group, Nav, Section, get, post, watch
from bot.console.seedings import Seedings
from bot.demo_businesses import DemoBusiness

_WORDS = ("created", "updated", "skipped", "deleted")


@dataclass(frozen=True, slots=True)
class Shown:
    """A template's line. totals: what the last seeding did, over all kinds of rows."""

    demo: DemoBusiness
    totals: dict[str, int]
    running: str
    trouble: str


async def templates(acting: Acting) -> web.StreamResponse:
    return acting.render("templates.html", **await _shown(acting))


async def part(acting: Acting) -> web.StreamResponse:
    return acting.fragment("templates_part.html", **await _shown(acting))


async def _shown(acting: Acting) -> dict[str, Any]:
    seedings = acting.ports.seedings
    if seedings is None:
        return {"off": True, "templates": [], "words": _WORDS}
    return {
        "off": False,
        "words": _WORDS,
        "templates": [
            Shown(
                demo=one,
                totals={word: sum(each.get(word, 0) for each in one.counts.values()) for word in _WORDS},
                running=seedings.running.get(one.key, ""),
                trouble=seedings.troubles.get(one.key, ""),
            )
            for one in await seedings.known()
        ],
    }


async def news(watching: Watching) -> web.StreamResponse:
    seedings = watching.ports.seedings
    if seedings is None:
        raise NotFound

    async def version(_: object) -> str:
        seeded = {one.key: str(one.last_seeded_at) for one in await seedings.known()}
        return json.dumps([seedings.running, seedings.troubles, seeded], sort_keys=True)

    return await live.stream(watching, version)


async def seed(acting: Acting) -> web.StreamResponse:
    return await _start(acting, reset=False)


async def reset(acting: Acting) -> web.StreamResponse:
    return await _start(acting, reset=True)


async def _start(acting: Acting, *, reset: bool) -> web.StreamResponse:
    """The work begins once this request is answered; its end shows on the page."""
    seedings: Seedings | None = acting.ports.seedings
    key = acting.request.match_info["key"]
    if seedings is None or key not in {one.key for one in await seedings.known()}:
        raise NotFound
    if key in seedings.running:
        return acting.back("/templates", said=f"{key} is being worked on already.", good=False)
    actor = acting.actor
    await acting.audit("demo.reset_asked" if reset else "demo.seed_asked", key)
    acting.after_commit(lambda: seedings.start(key, reset=reset, actor=actor))
    return acting.back("/templates")


SECTION = Section(
    nav=Nav("templates", "Templates", "/templates", Group.RUNNING, 90),
    routes=(
        get("/templates", templates),
        get("/templates/part", part),
        watch("/templates/live", news),
        post("/templates/{key}/seed", seed),
        post("/templates/{key}/reset", reset),
    ),
    agency=True,
)
