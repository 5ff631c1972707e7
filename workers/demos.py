"""The templates as /demo shows them."""

from __future__ import annotations

from bot.web.widget.demo import Demo
from seeds.demo import BUSINESSES
from seeds.template_file import LoadedTemplate, shipped_templates
from seeds.tint import TINT

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
