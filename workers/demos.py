"""The templates as /demo shows them, and setting up those that aren't there yet."""

from __future__ import annotations

from bot.web.widget.demo import Demo
from db.templates import list_templates
from seeds.demo import BUSINESSES
from seeds.template_file import LoadedTemplate, shipped_templates
from seeds.tint import TINT
from workers.resources import now
from workers.templates import Installation, seed_templates

_OWN_NAMES = {one.key: one.name for one in (*BUSINESSES, TINT)}


def demos() -> list[Demo]:
    """All of them, seeded or not."""
    return [_demo(one) for one in shipped_templates().values()]


def _demo(template: LoadedTemplate) -> Demo:
    return Demo(
        key=template.key,
        title=template.template.title,
        name=template.file.business.name if template.file is not None else _OWN_NAMES[template.key],
        workspace_key=template.workspace_key,
        bot_key=template.bot_key,
        settings=template.settings,
        marked=template.file is not None,
    )


async def set_up_missing(at: Installation) -> int:
    """Seeds the templates that have no business yet; how many. The demo's own businesses are left as they are.

    Raises workers.templates.TemplateRefused.
    """
    there = await list_templates(at.pool)
    done = {key for key, row in there.items() if row.last_seeded_at is not None}
    missing = [one for key, one in shipped_templates().items() if one.file is not None and key not in done]
    return len(await seed_templates(at, missing, moment=now())) if missing else 0
