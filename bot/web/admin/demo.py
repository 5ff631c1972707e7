"""POST /api/admin/demo/seed and /reset, GET /api/admin/demo/templates: demo businesses made from templates.

Only the agency's tokens with the scope admin:demo, and never in production. Nothing is touched but the workspace that
the template made; a failure says which row it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

import structlog
from aiohttp import web
from pydantic import AwareDatetime, Field, StringConstraints

from bot.demo_businesses import DemoBusinesses, DemoBusy, DemoRefused, SeededDemo, UnknownDemo
from bot.web.admin.access import Access
from bot.web.api import ApiAnswer, ApiError, ApiInput, read_json, read_query, respond, too_many
from bot.web.openapi import TOKEN, described
from db import audit
from db.tokens import Scope, TokenOwner

log = structlog.get_logger(__name__)

SEEDINGS_PER_MINUTE = 40
"""Of one token: enough for all templates twice."""
BUSY_RETRY_SECONDS = 5.0
_TOTALS = ("created", "updated", "skipped", "deleted")


class NoQuery(ApiInput):
    """A route without any."""


class TemplateKey(ApiInput):
    """Which template."""

    template_key: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=61)] = (
        Field(description="As GET /api/admin/demo/templates lists them.")
    )


class CountsOfRows(ApiAnswer):
    """What was done to rows: all that are not named were never looked at."""

    created: int = 0
    updated: int = 0
    skipped: int = 0
    deleted: int = 0


class Seeded(ApiAnswer):
    """counts: per kind of row; totals: of all of them."""

    template_key: str
    workspace_key: str
    workspace_id: UUID
    counts: dict[str, CountsOfRows]
    totals: CountsOfRows
    last_seeded_at: AwareDatetime


class Template(ApiAnswer):
    """lastSeededAt: null: never. counts: what the last seeding or reset did."""

    template_key: str
    title: str
    workspace_key: str
    workspace_id: UUID | None
    last_seeded_at: datetime | None
    counts: dict[str, CountsOfRows]


class TemplateList(ApiAnswer):
    """All templates, by key."""

    items: list[Template]


@dataclass(frozen=True, slots=True)
class DemoApi:
    """One per web process. demo: None: switched off, as in production."""

    access: Access
    demo: DemoBusinesses | None

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/admin/demo/templates", self.templates),
            web.post("/api/admin/demo/seed", self.seed),
            web.post("/api/admin/demo/reset", self.reset),
        ]

    @described("Templates of demo businesses, and when they were seeded last", tag="demo", query=NoQuery,
               answer=TemplateList, security=TOKEN)  # fmt: skip
    async def templates(self, request: web.Request) -> web.Response:
        _, demo = await self._let_in(request)
        read_query(request, NoQuery)
        items = [
            Template(
                template_key=one.key,
                title=one.title,
                workspace_key=one.workspace_key,
                workspace_id=one.workspace_id,
                last_seeded_at=one.last_seeded_at,
                counts={what: CountsOfRows.model_validate(dict(each)) for what, each in one.counts.items()},
            )
            for one in await demo.known()
        ]
        return respond(TemplateList(items=items))

    @described("Bring a template's demo business to what its file says", tag="demo", body=TemplateKey, answer=Seeded,
               security=TOKEN, errors=(404, 409))  # fmt: skip
    async def seed(self, request: web.Request) -> web.Response:
        return await self._seed(request, reset=False)

    @described("Make a template's demo business as new", tag="demo", body=TemplateKey, answer=Seeded,
               security=TOKEN, errors=(404, 409))  # fmt: skip
    async def reset(self, request: web.Request) -> web.Response:
        return await self._seed(request, reset=True)

    async def _let_in(self, request: web.Request) -> tuple[TokenOwner, DemoBusinesses]:
        owner = await self.access.owner(request, Scope.ADMIN_DEMO)
        if self.demo is None:
            raise ApiError(403, "demo_off", "Demo businesses have no place in production.")
        return owner, self.demo

    async def _seed(self, request: web.Request, *, reset: bool) -> web.Response:
        owner, demo = await self._let_in(request)
        wanted = await read_json(request, TemplateKey)
        if wait := await self.access.rates.wait(
            f"api-demo:{owner.prefix}", limit=SEEDINGS_PER_MINUTE, per_seconds=60, fail_open=True
        ):
            raise too_many(wait)
        try:
            seeded = await demo.seed(wanted.template_key, reset=reset)
        except UnknownDemo as error:
            raise ApiError(404, "unknown_template", str(error), field="templateKey") from error
        except DemoBusy as error:
            raise ApiError(409, "busy", _sentence(error), retry_after=BUSY_RETRY_SECONDS) from error
        except DemoRefused as error:
            log.warning("demo.refused", template=wanted.template_key, reset=reset)
            raise ApiError(409, "refused", _sentence(error)) from error
        answer = _answer(seeded)
        await audit.record(
            self.access.pool,
            workspace_id=seeded.workspace_id,
            actor=owner.actor,
            action="demo.reset" if reset else "demo.seeded",
            subject=seeded.key,
            detail=answer.totals.model_dump(),
        )
        return respond(answer)


def _answer(seeded: SeededDemo) -> Seeded:
    totals = {word: sum(each.get(word, 0) for each in seeded.counts.values()) for word in _TOTALS}
    return Seeded(
        template_key=seeded.key,
        workspace_key=seeded.workspace_key,
        workspace_id=seeded.workspace_id,
        counts={what: CountsOfRows.model_validate(dict(each)) for what, each in seeded.counts.items()},
        totals=CountsOfRows.model_validate(totals),
        last_seeded_at=seeded.last_seeded_at,
    )


def _sentence(error: Exception) -> str:
    text = str(error)
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
