"""Which sections there are: the `SECTION` of every module in bot/console/pages, so that pages don't meet in a list."""

from __future__ import annotations

import importlib
import pkgutil

from bot.console import pages
from bot.console.page import Group, Section


def sections() -> tuple[Section, ...]:
    """All of them, as the navigation orders them. Raises AttributeError for a module without a SECTION."""
    found: list[Section] = [
        importlib.import_module(module.name).SECTION
        for module in pkgutil.iter_modules(pages.__path__, f"{pages.__name__}.")
    ]
    groups = list(Group)
    return tuple(
        sorted(
            found,
            key=lambda one: (groups.index(one.nav.group), one.nav.order) if one.nav else (len(groups), 0),
        )
    )
