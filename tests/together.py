"""Which tests one worker runs one after the other: those that share something dear, or load the machine themselves.

pytest-xdist has a marker for this that pytest 9.2 makes ineffective: xdist writes the group into the test's id, and the
id is no longer what it writes to. So the folders say it.
"""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadGroupScheduling

TOGETHER = ("tests/demo/", "tests/faults/test_failpoints.py", "tests/faults/", "tests/smoke/")
"""A test belongs to the first of these that its path begins with; all others go wherever there is room."""


class Together(LoadGroupScheduling):
    """`--dist loadgroup`, with the groups above."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """The test itself where it belongs to no group."""
    return next((group for group in TOGETHER if nodeid.startswith(group)), nodeid)


def scheduler(config: Any, log: Any) -> Together | None:
    """None: another way of distributing was asked for."""
    return Together(config, log) if config.getoption("dist") == "loadgroup" else None
