"""Writes docs/screens: every page of the console, the chat, the hand-off page and the simulator, with what a demo's
customers did.

`make screens` runs it; by its name pytest doesn't collect it with the others. SCREENS="leads handoffs" takes only those
pages, SCREENS_DIR another folder.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from bot.console.seedings import Seedings
from db.users import Role
from tests.browser import filled_day
from tests.browser.chat_page import new_chat
from tests.browser.console_pages import PAGES, address
from tests.browser.small_png import with_palette
from tests.browser.test_console import DESK, HAND, signed_in
from tests.browser.test_simulator import opened
from tests.console.desk import Desk, open_desk
from tests.salon import open_salon, tomorrow
from tests.talk.rig import Stage
from workers.demo_businesses import Templates
from workers.resources import now
from workers.templates import Installation, chosen, seed_templates

FOLDER = Path(os.environ.get("SCREENS_DIR") or Path(__file__).parents[2] / "docs" / "screens")
ONLY = os.environ.get("SCREENS", "").split()
SIZES = {"": {"width": 1280, "height": 860}, "-phone": {"width": 390, "height": 844}}
TALL = 1000
"""No picture is higher; what is below says the same again."""


def wanted(name: str) -> bool:
    return not ONLY or name in ONLY


class Camera:
    """Takes pictures of pages. `blank`: a page of its own, which makes them small."""

    def __init__(self, blank: Page) -> None:
        self._blank = blank

    async def shoot(self, page: Page, name: str, *, height: int = TALL) -> None:
        """The page as it stands, up to that height."""
        size = page.viewport_size
        assert size is not None
        whole = await page.evaluate("document.documentElement.scrollHeight")
        await page.set_viewport_size({**size, "height": min(max(whole, size["height"]), height)})
        taken = await page.screenshot(animations="disabled")
        await page.set_viewport_size(size)
        self._write(name, await with_palette(self._blank, taken))

    def _write(self, name: str, picture: bytes) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{name}.png").write_bytes(picture)


@pytest.fixture
async def camera(browser: Browser) -> Camera:
    return Camera(await browser.new_page())


@pytest.mark.timeout(900)
async def test_console(salon_dsn, seeded, tmp_path, browser: Browser, camera: Camera):
    sandbox = f"http://127.0.0.1:{seeded.sandbox_port}"
    async with open_salon(
        salon_dsn, seeded, tmp_path, more={"sandbox_url": sandbox, "simulator_enabled": True}
    ) as salon:
        await filled_day.fill(salon)
        resources = salon.resources
        demos = Templates(
            salon.pool,
            resources.box,
            resources.http,
            public_base_url=resources.settings.public_base_url,
            sandbox_url=sandbox,
            clock=now,
        )
        ports = {"accounts": resources.accounts, "mails": True, "seedings": Seedings(demos, salon.pool)}
        async with open_desk(salon.pool, **ports) as desk:
            await desk.user("olive@example.com", name="Olive Operator")
            await desk.user("owner@example.com", Role.CLIENT, filled_day.SALON, name="Sara Owner")
            for suffix, viewport in SIZES.items():
                page, troubles = await signed_in(desk, browser, "olive@example.com", viewport=viewport)
                await _outside(camera, desk, page, suffix)
                for workspace in (filled_day.SALON, filled_day.BARBER):
                    await page.goto(f"{desk.url}/console/workspaces")
                    await page.locator(f"button[value={workspace}]").click()
                    await page.wait_for_load_state()
                    await _inside(camera, desk, page, workspace, suffix)
                assert troubles == []
                await page.context.close()


_OF_THE_BARBER = {"handoffs", "handoff", "settings-page"}
_NOT_SHOWN = {"settings"}
"""As another one."""
_QUERY = {"bookings-day": "?date={tomorrow}", "bookings-week": "?date={tomorrow}"}


async def _outside(camera: Camera, desk: Desk, page: Page, suffix: str) -> None:
    for name, path in (("workspaces", "/console/workspaces"), ("profile", "/console/profile")):
        if wanted(name):
            await page.goto(desk.url + path)
            await camera.shoot(page, f"console-{name}{suffix}")


async def _inside(camera: Camera, desk: Desk, page: Page, workspace: str, suffix: str) -> None:
    workspace_id = desk.workspaces[workspace]
    known = await filled_day.worth_a_look(desk.pool, workspace_id, arabic=bool(suffix))
    for name, path in PAGES.items():
        if (
            name in _NOT_SHOWN
            or not wanted(name)
            or (name in _OF_THE_BARBER) is not (workspace == filled_day.BARBER)
        ):
            continue
        found = await address(desk.pool, workspace_id, path, **known)
        query = _QUERY.get(name, "").format(tomorrow=tomorrow().date())
        await page.goto(f"{desk.url}/console/w/{workspace}{found}{query}")
        await camera.shoot(page, f"console-{name}{suffix}")


# -- what customers see -----------------------------------------------------------------------------------------------


@pytest.mark.timeout(900)
async def test_customers(stage: Stage, browser: Browser, camera: Camera):
    resources = stage.resources
    at = Installation(
        resources.pool, resources.box, resources.http, stage.base, resources.settings.sandbox_url
    )
    await seed_templates(at, chosen(["barber"]), moment=now())
    await _widget(stage, browser, camera)
    await _handoffs(stage, browser, camera)
    await _phone(stage, browser, camera)


async def _widget(stage: Stage, browser: Browser, camera: Camera) -> None:
    chat = await new_chat(browser, f"{stage.base}/demo/nail-salon/chat")
    await chat.say("Hi! Gel manicure at Plaza tomorrow at 5pm with anyone please")
    await chat.say("Sara Saleh, +965 5000 0101, sara@example.com")
    await camera.shoot(chat.page, "webchat-page")
    await chat.page.context.close()

    chat = await new_chat(browser, f"{stage.base}/demo/nail-salon/chat?lang=ar", **HAND)
    await chat.tap("أبي أحجز موعد")
    await chat.tap("بلازا")
    await chat.say("مانيكير جل بكرة الساعة ٦ العصر مع أي موظفة")
    await chat.say("نورة العلي، 50000103")
    await camera.shoot(chat.page, "webchat-arabic")
    await chat.page.context.close()

    for suffix, size in (("", {"width": 1100, "height": 720}), ("-phone", HAND)):
        chat = await new_chat(browser, f"{stage.base}/demo/barber", **size)
        await chat.open()
        await chat.say("Can I get a skin fade on Friday at 5pm?")
        await camera.shoot(chat.page, f"webchat-widget{suffix}", height=size["height"])
        await chat.page.context.close()


async def _handoffs(stage: Stage, browser: Browser, camera: Camera) -> None:
    chat = await new_chat(browser, f"{stage.base}/demo/barber/chat")
    await chat.say("Skin fade with Theo on Friday at 5pm")
    await chat.say("Ali Example, +1 555 010 0150")
    token = await stage.resources.pool.fetchval("SELECT token FROM handoffs ORDER BY created_at DESC LIMIT 1")
    for suffix, size in (("", HAND), ("-desk", DESK)):
        page = await browser.new_page(viewport=size)
        await page.goto(f"{stage.base}/h/{token}")
        await camera.shoot(page, f"handoff{suffix}", height=700)
        await page.close()


async def _phone(stage: Stage, browser: Browser, camera: Camera) -> None:
    for suffix, lines in (
        (
            "",
            (
                "Hi, do you have something for a gel manicure?",
                "tomorrow at 4pm at Plaza with Monica",
                "Lina Haddad",
            ),
        ),
        ("-arabic", ("السلام عليكم", "أبي مانيكير جل باچر الساعة ٧ بلازا", "أي أحد", "شيخة ناصر")),
    ):
        talk = await opened(stage, browser, workspace="nail-salon", **{"from": f"+9655000017{len(suffix)}"})
        for line in lines:
            await talk.say(line)
        await camera.shoot(talk.page, f"simulator{suffix}", height=DESK["height"])
        await talk.page.close()
