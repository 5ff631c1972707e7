"""One demo for all tests of this folder: starting it is what is dear. Who needs it whole comes before who ends it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import browser
from tests.conftest import folder_for_servers
from tests.demo.running import RunningDemo

__all__ = ["browser"]


@pytest.fixture(scope="session")
def demo() -> Iterator[RunningDemo]:
    with folder_for_servers() as folder:
        running = RunningDemo(folder)
        yield running
        running.stop()
