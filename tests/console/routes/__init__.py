"""What the enumeration test (tests/console/test_routes.py) needs to know of every route of the console.

A module here per module of bot/console/pages, found by itself, with

    IDS    how a parameter of a path is filled: an SQL query that gives an id of a workspace ($1)
    FORMS  for every POST, by its path under /console/w/{workspace}: fields with which it would do its work,
           if the ids were one's own
    EVERYWHERE  paths of the agency's that concern the installation and not the workspace: a parameter of theirs
           names something of the installation, so another workspace's is no stranger

A parameter that another module knows already needs no second entry. A route without its fixture fails the test.
"""

from __future__ import annotations

import importlib
import pkgutil


def _modules():
    return [importlib.import_module(found.name) for found in pkgutil.iter_modules(__path__, f"{__name__}.")]


def everywhere() -> set[str]:
    return {path for module in _modules() for path in getattr(module, "EVERYWHERE", ())}


def merged(name: str) -> dict:
    """The entries of all modules. Raises AssertionError where two disagree."""
    found: dict = {}
    for module in _modules():
        for key, value in getattr(module, name, {}).items():
            assert found.get(key, value) == value, f"two modules disagree about {key}"
            found[key] = value
    return found
