"""A business whose booking page is missing or unsafe: the customer is told whom to call, the operator what is wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.smoke.conftest import House
from workers.qa.expect import Expected, expected_templates
from workers.qa.visit import Visit

pytestmark = pytest.mark.asyncio(loop_scope="package")

SET_URL = """
UPDATE workspaces SET settings = jsonb_set(settings, '{external,url}', to_jsonb($2::text)), updated_at = now()
WHERE key = $1
"""


@pytest.fixture
def tattoo() -> Expected:
    [found] = expected_templates(["tattoo-studio"])
    return found


@pytest_asyncio.fixture(loop_scope="package")
async def visit(house: House, tattoo: Expected) -> AsyncIterator[Visit]:
    async with house.place() as place:
        (await place.dashboard.demo("seed", tattoo.key)).ok("seed")
        yield Visit(tattoo, [], place.server, place.dashboard, place.clock, house.operator)
        (await place.dashboard.demo("reset", tattoo.key)).ok("reset")


async def test_the_customer_is_not_left_alone(house: House, visit: Visit, tattoo: Expected):
    """What stands under an unsafe address can't be stored at all (tests/flows/test_policy.py, tests/seeds)."""
    await house.salon.pool.execute(SET_URL, tattoo.workspace_key, "")
    offer = tattoo.external
    assert offer is not None
    talk = await visit.talk()
    await talk.say(f"{offer.service}, I'm Sara Test, +12025550190, {talk.email}")
    said = await talk.say("A small swallow on the wrist")
    assert talk.action is None
    assert tattoo.name in said
    assert all(contact in said for contact in tattoo.contact)

    lead = await visit.row("leads", lambda row: row["email"] == talk.email, what="lead", good=bool)
    assert lead["status"] == "qualified"
    of_talk = {"conversationId": talk.conversation_id}
    intent = await visit.row("intents", lambda row: of_talk.items() <= row.items(), what="wish", good=bool)
    assert (intent["status"], intent["handling"]) == ("intent", "external")
    assert not [
        row for row in await visit.dashboard.newest("handoffs", visit.key) if of_talk.items() <= row.items()
    ]
    errors = await visit.dashboard.newest("errors", visit.key)
    assert "booking_url" in {one["kind"] for one in errors}

    pressed = (await talk.widget.finalize(intent["id"], talk.session_id, summaryVersion="0")).ok("finalize")
    assert pressed["status"] == "fallback"
    assert set(tattoo.contact) <= set(pressed["contact"].values())
