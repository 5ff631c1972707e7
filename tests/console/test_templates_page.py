"""Demo businesses from the console: who may, what a click does, what it says when it went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest

from bot.console.seedings import Seedings
from bot.demo_businesses import DemoBusiness, DemoRefused, SeededDemo
from db.tx import Pool
from db.users import Role
from tests.console.desk import Desk, open_desk
from tests.sampled import BARBER
from workers.resources import now

HERE = f"/console/w/{BARBER}/templates"


@dataclass
class Fake:
    """Seeds when it is let."""

    pool: Pool
    let: asyncio.Event = field(default_factory=asyncio.Event)
    refuse: str = ""
    asked: list[tuple[str, bool]] = field(default_factory=list)
    seeded: DemoBusiness | None = None

    async def known(self) -> Sequence[DemoBusiness]:
        return [self.seeded or DemoBusiness("barber", "Barber", "fade", None, None, {})]

    async def seed(self, key: str, *, reset: bool) -> SeededDemo:
        self.asked.append((key, reset))
        await self.let.wait()
        if self.refuse:
            raise DemoRefused(self.refuse)
        workspace = await self.pool.fetchval("SELECT id FROM workspaces WHERE key = $1", BARBER)
        counts = {"leads": {"created": 7, "updated": 0, "skipped": 2, "deleted": 31}}
        self.seeded = DemoBusiness("barber", "Barber", "fade", workspace, now(), counts)
        return SeededDemo(key, "fade", workspace, counts, now())


@pytest.fixture
async def demo(sampled_pool: Pool) -> Fake:
    return Fake(sampled_pool)


@pytest.fixture
async def desk(sampled_pool: Pool, demo: Fake) -> AsyncIterator[Desk]:
    seedings = Seedings(demo, sampled_pool)
    async with open_desk(sampled_pool, seedings=seedings) as opened:
        yield opened
    await seedings.close()


async def _done(desk: Desk) -> None:
    """What was begun has ended."""
    for task in [one for one in asyncio.all_tasks() if one.get_name().startswith("console seeds")]:
        await task


async def test_a_reset_is_asked_for_runs_once_and_says_what_it_did(desk, demo):
    await desk.user("ann@example.com")
    async with desk.signed_in("ann@example.com", act_as=BARBER) as ann:
        page = (await ann.get(HERE)).text
        assert "never" in page
        assert "Throw away every talk" in page
        await ann.post(f"{HERE}/barber/reset", back=HERE)
        page = (await ann.get(HERE)).text
        assert "Resetting" in page
        assert "<button disabled>" in page
        again = await ann.post(f"{HERE}/barber/seed", back=HERE)
        assert again.status_code == 303
        assert "being worked on already" in (await ann.get(HERE)).text
        demo.let.set()
        await _done(desk)
        page = (await ann.get(f"{HERE}/part")).text
    assert demo.asked == [("barber", True)]
    assert "Resetting" not in page
    for number in (7, 2, 31):
        assert f'class="number">{number}<' in page
    (entry,) = await desk.pool.fetch("SELECT * FROM audit_entries WHERE action = 'demo.reset'")
    assert (entry["actor"], entry["subject"], entry["detail"]["deleted"]) == (
        "user:ann@example.com",
        "barber",
        31,
    )


async def test_what_went_wrong_stands_on_the_page(desk, demo):
    demo.refuse = "barber: leads row 3: <no> such service"
    demo.let.set()
    await desk.user("ann@example.com")
    async with desk.signed_in("ann@example.com", act_as=BARBER) as ann:
        await ann.get(HERE)
        await ann.post(f"{HERE}/barber/seed", back=HERE)
        await _done(desk)
        assert "barber: leads row 3: &lt;no&gt; such service" in (await ann.get(HERE)).text
        demo.refuse = ""
        await ann.post(f"{HERE}/barber/seed", back=HERE)
        await _done(desk)
        assert "leads row 3" not in (await ann.get(HERE)).text


async def test_a_template_that_does_not_exist_and_a_client_get_nothing(desk, demo):
    await desk.user("ann@example.com")
    async with desk.signed_in("ann@example.com", act_as=BARBER) as ann:
        await ann.get(HERE)
        assert (await ann.post(f"{HERE}/none/seed", back=HERE)).status_code == 404
    await desk.user("cleo@example.com", Role.CLIENT, BARBER)
    async with desk.signed_in("cleo@example.com") as cleo:
        assert (await cleo.get(HERE)).status_code == 403
        await cleo.get("/console/profile")
        assert (await cleo.post(f"{HERE}/barber/reset", back=HERE)).status_code == 403
        assert "Templates" not in (await cleo.get(f"/console/w/{BARBER}/")).text
    assert demo.asked == []
