"""100 conversations book while processes die, servers go away and providers misbehave. Nothing gets lost or doubled."""

import os

import pytest

from tests.faults.run import monkey_run
from tests.salon import SYNCED_DAYS

pytestmark = [
    pytest.mark.faults,
    pytest.mark.asyncio(loop_scope="module"),
]

SEED = int(os.environ.get("FAULTS_SEED", "7"))


@pytest.mark.timeout(400)
async def test_a_hundred_conversations_book_while_everything_breaks(world, capsys):
    result = await monkey_run(world, seed=SEED, conversations=100, days=SYNCED_DAYS)
    with capsys.disabled():
        print(f"\n{result}")
    assert result.outcomes.total() == 100
    assert result.outcomes["booked"] + result.outcomes["paid"] >= 60, result
    assert result.outcomes["paid"], result
    assert result.faults.total() >= 5, result
