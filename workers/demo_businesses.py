"""Demo businesses for the web process: seeding and resetting as `frontdesk seed` and `frontdesk reset` do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import httpx

from bot.demo_businesses import DemoBusiness, DemoBusy, DemoRefused, SeededDemo, UnknownDemo
from bot.ports import Clock
from db import templates as tables
from db.secrets import SecretBox
from db.tx import Pool
from seeds.template_file import shipped_templates
from workers.templates import Installation, TemplateRefused, TemplateReport, TemplatesBusy, seed_templates

SAID = ("created", "updated", "skipped", "deleted")


class Templates:
    """The shipped templates of this installation. One per web process; never made in production."""

    def __init__(
        self,
        pool: Pool,
        box: SecretBox,
        http: httpx.AsyncClient,
        *,
        public_base_url: str,
        sandbox_url: str | None,
        clock: Clock,
    ) -> None:
        self._place = Installation(pool, box, http, public_base_url, sandbox_url)
        self._clock = clock

    async def known(self) -> Sequence[DemoBusiness]:
        marks = await tables.list_templates(self._place.pool)
        found = []
        for key, template in sorted(shipped_templates().items()):
            mark = marks.get(key)
            found.append(
                DemoBusiness(
                    key=key,
                    title=template.template.title,
                    workspace_key=template.workspace_key,
                    workspace_id=mark.workspace_id if mark else None,
                    last_seeded_at=mark.last_seeded_at if mark else None,
                    counts=mark.counts if mark else {},
                )
            )
        return found

    async def seed(self, key: str, *, reset: bool) -> SeededDemo:
        templates = shipped_templates()
        template = templates.get(key)
        if template is None:
            raise UnknownDemo(f"There is no template {key!r}; known are {', '.join(sorted(templates))}.")
        moment = self._clock()
        try:
            [report] = await seed_templates(self._place, [template], moment=moment, reset=reset)
        except TemplatesBusy as error:
            raise DemoBusy(str(error)) from error
        except TemplateRefused as error:
            raise DemoRefused(str(error)) from error
        return SeededDemo(key, template.workspace_key, report.workspace_id, _counts(report), moment)


def _counts(report: TemplateReport) -> Mapping[str, Mapping[str, int]]:
    """Every word for every kind that anything happened to."""
    return {
        what: {word: found[word] for word in SAID}
        for what, found in report.counts.items()
        if any(found[word] for word in SAID)
    }
