"""A customer with a patient provider: webhooks are repeated until a 2xx, some come five times at once.

The ledger of what was acknowledged is the harness's own; the checker compares everything with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httpx

from bot.channels.contract import ChannelAccount, WebhookRequest
from bot.channels.simulator.acts import Act, SimulatedCustomer, message_id, tapped, typed
from bot.channels.simulator.screen import ShownMessage, read_sent
from bot.channels.simulator.webhooks import webhook
from db import accounts as account_rows
from db.secrets import SecretBox
from db.tx import PoolLimits, open_pool
from tests.faults import wording
from tests.faults.processes import ROOT, Stand
from tests.salon import KEY, ZONE
from workers.accounts_cache import AccountsCache
from workers.resources import now

_AVOIDED = {"change", "talk to us", "more…", "book again", "skip"}
_WEBHOOK_SECONDS = 5
_LONGEST_PAUSE = 1.0
_COPIES = 5
_PAY_ONLINE = 0.1


@dataclass(frozen=True, slots=True)
class Wish:
    """What a customer wants, in his words."""

    service: str
    location: str
    day_offset: int
    hour: int
    pay: str = "On Arrival"

    def line(self) -> str:
        day = now().astimezone(ZONE) + timedelta(days=self.day_offset)
        clock = f"{(self.hour - 1) % 12 + 1}{'am' if self.hour < 12 else 'pm'}"
        return f"I want a {self.service} at {self.location} on {day.day} {day:%B} at {clock}"


def wishes(count: int, rng: random.Random, *, days: int) -> list[Wish]:
    """Wishes spread over what the demo salons offer and over the days whose free times are known."""
    catalog = json.loads((ROOT / "providers/sandbox/catalog.json").read_text())
    places = {place["Location_Id"]: place["Location_Name"] for place in catalog["Locations"]}
    done_there: dict[int, set[int]] = defaultdict(set)
    for person in catalog["Specialists"]:
        done_there[person["Location_Id"]].update(person["Item_Ids"])
    offers = [
        (item["Item_Name"], places[place])
        for item in catalog["Items"]
        for place in item["Location_Ids"]
        if item["Item_Id"] in done_there[place] and not item.get("Sizes") and int(item["Duration"]) <= 60
    ]
    return [
        Wish(
            *rng.choice(offers),
            rng.randint(1, days - 1),
            rng.randint(11, 19),
            "KNET" if rng.random() < _PAY_ONLINE else "On Arrival",
        )
        for _ in range(count)
    ]


@dataclass(slots=True)
class Acknowledged:
    """What was sent and what got a 2xx: one JSON line each, written before anybody acts on it."""

    path: Path
    entries: list[dict[str, Any]] = field(default_factory=list)

    def note(self, kind: str, **facts: Any) -> None:
        entry = {"at": now().isoformat(), "kind": kind, **facts}
        self.entries.append(entry)
        with self.path.open("a") as file:
            file.write(json.dumps(entry) + "\n")


@dataclass(slots=True)
class Phones:
    """Where everything that the sandbox accepted for sending arrives: one tail per channel."""

    stand: Stand
    arrivals: dict[str, asyncio.Queue[ShownMessage]] = field(
        default_factory=lambda: defaultdict(asyncio.Queue)
    )

    async def tail(self, channel: str, provider: str) -> None:
        """Until cancelled. A dead sandbox is waited out: its ledger goes on where it was."""
        after = 0
        while True:
            try:
                async with self.stand.http.get(
                    f"{self.stand.sandbox_url}/_sandbox/messages",
                    params={"channel": provider, "after": str(after), "wait": "5"},
                ) as answer:
                    found = await answer.json()
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(0.1)
                continue
            after = found["next"]
            for message in found["messages"]:
                if shown := read_sent(channel, message["payload"]):
                    self.arrivals[message["to"].lstrip("+")].put_nowait(shown)


@dataclass(slots=True)
class World:
    """What customers share."""

    stand: Stand
    phones: Phones
    acknowledged: Acknowledged
    accounts: dict[tuple[str, str], ChannelAccount]

    def customer(
        self, number: int, wish: Wish, *, seed: int = 0, channel: str = "", workspace: str = "", **more: Any
    ) -> Customer:
        """Customer number n: his phone, channel and salon follow from it."""
        channel = channel or ("twilio" if number % 3 == 0 else "whatsapp")
        workspace = workspace or ("nail-studio" if number % 2 else "nail-salon")
        phone = f"+9655{number:07d}"
        rng = random.Random(f"{seed}/{number}")
        return Customer(self, self.accounts[workspace, channel], phone, wish, rng, **more)


@dataclass(slots=True)
class Customer:
    """One phone, one wish, one talk. `outcome` says how it ended from where the customer stands."""

    world: World
    account: ChannelAccount
    phone: str
    wish: Wish
    rng: random.Random
    patience: float = 8
    copies: float = 0.2
    """Share of webhooks that come several times at once."""
    outcome: str = "silent"
    """booked, kept (the business will confirm), paid, or silent (never came to an end)."""
    sent: int = 0

    async def book(self, opening: str = "", *, nudges: int = 12) -> str:
        """Talks until the customer knows where he stands; asks again when nothing comes for a while."""
        await self.say(opening or self.wish.line())
        return await self.talk(nudges=nudges)

    async def talk(self, *, nudges: int = 12) -> str:
        """The rest of a talk that has begun."""
        while nudges:
            shown = await self.hear()
            if shown is None:
                nudges -= 1
                await self.say("hello?")
                continue
            if self._ended(shown.text):
                # Without a link (the line that had it got lost) there is nothing to pay at; he knows all the same.
                link = next((link.url for link in shown.links), "")
                if self.outcome != "booked" or not link:
                    return self.outcome
                await self._pay(link)
                continue
            act = self._answer(shown)
            if act is not None:
                await self.act(act)
        return self.outcome

    async def say(self, text: str) -> None:
        await self.act(typed(text))

    async def act(self, act: Act) -> None:
        """The provider's webhook of one act, repeated and copied until acknowledged."""
        self.sent += 1
        identifier = message_id(self.account.channel, f"{self.phone}/{self.account.account_key}/{self.sent}")
        request = webhook(
            act,
            customer=SimulatedCustomer(phone=self.phone),
            account=self.account,
            message_id=identifier,
            at=now(),
        )
        self.world.acknowledged.note("sent", phone=self.phone, external_id=identifier, text=act.text)
        copies = _COPIES if self.rng.random() < self.copies else 1
        async with asyncio.TaskGroup() as group:
            for _ in range(copies):
                group.create_task(self._until_taken(request, identifier))

    async def post_once(self, text: str) -> int:
        """One try without a second: the status, 0 for no answer. For tests that look at a single answer."""
        self.sent += 1
        identifier = message_id(self.account.channel, f"{self.phone}/{self.account.account_key}/{self.sent}")
        request = webhook(
            typed(text),
            customer=SimulatedCustomer(phone=self.phone),
            account=self.account,
            message_id=identifier,
            at=now(),
        )
        self.world.acknowledged.note("sent", phone=self.phone, external_id=identifier, text=text)
        return await self._post(request, identifier)

    @property
    def arrivals(self) -> asyncio.Queue[ShownMessage]:
        """What lies unread on the phone."""
        return self.world.phones.arrivals[self.phone.lstrip("+")]

    async def hear(self) -> ShownMessage | None:
        """The next message on the phone; None if none came in time."""
        try:
            async with asyncio.timeout(self.patience):
                return await self.arrivals.get()
        except TimeoutError:
            return None

    def _ended(self, text: str) -> bool:
        if wording.says(text, "paid"):
            self.outcome = "paid"
        elif wording.order_numbers(text):
            self.outcome = "booked"
        elif wording.says(text, *wording.KEPT):
            self.outcome = "kept"
        elif wording.says(text, "known_one", "already_booked"):
            self.outcome = "booked"
        else:
            return False
        return True

    def _answer(self, shown: ShownMessage) -> Act | None:
        """What somebody with this wish does next; None where nothing is asked."""
        by_title = {choice.title.casefold(): choice for choice in shown.choices}
        for wanted in ("book now", self.wish.pay.casefold(), "anyone"):
            if choice := by_title.get(wanted):
                return tapped(choice)
        offered = [choice for title, choice in by_title.items() if title not in _AVOIDED]
        if offered:
            return tapped(self.rng.choice(offered[:6]))
        for keys, words in (
            (wording.ASKS_NAME, "Sara Test"),
            (wording.ASKS_PHONE, self.phone),
            (wording.ASKS_EMAIL, "skip"),
            (wording.NOTHING_OPEN, "what is my booking?"),
        ):
            if wording.says(shown.text, *keys):
                return typed(words)
        return None

    async def _pay(self, link: str) -> None:
        """Opens the payment link and pays, until the page takes it."""
        for _ in range(60):
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with self.world.stand.http.post(link, data={"action": "pay"}) as answer:
                    if answer.status < 400:
                        return
            await asyncio.sleep(0.3)
        raise AssertionError(f"{self.phone}: the payment page never answered")

    async def _until_taken(self, request: WebhookRequest, identifier: str) -> None:
        pause = 0.1
        deadline = time.monotonic() + 120
        while await self._post(request, identifier) not in range(200, 300):
            assert time.monotonic() < deadline, f"{self.phone}: the webhook {identifier} was never taken"
            await asyncio.sleep(pause * self.rng.uniform(0.5, 1))
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _post(self, request: WebhookRequest, identifier: str) -> int:
        parts = urlsplit(request.url)
        url = f"{self.world.stand.web_url}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        try:
            async with self.world.stand.http.post(
                url,
                data=request.body,
                headers=dict(request.headers),
                timeout=aiohttp.ClientTimeout(total=_WEBHOOK_SECONDS),
            ) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0
        if 200 <= status < 300:
            self.world.acknowledged.note(
                "acknowledged",
                phone=self.phone,
                external_id=identifier,
                channel=self.account.channel,
                account=self.account.account_key,
            )
        return status


@asynccontextmanager
async def open_world(stand: Stand) -> AsyncIterator[World]:
    """Customers' side of a stand: accounts with their webhook secrets, phones that receive."""
    pool = await open_pool(stand.dsn, PoolLimits(max_size=2), application_name="harness")
    try:
        async with httpx.AsyncClient() as http:
            cache = AccountsCache(
                pool,
                SecretBox([KEY]),
                http,
                public_base_url=stand.web_url,
                api_base_urls={},
            )
            keys = {row.id: row.key for row in await account_rows.list_workspaces(pool)}
            opened = {
                (keys[row.workspace_id], row.channel): await cache.channel_account(
                    row.id, workspace_id=row.workspace_id
                )
                for row in await account_rows.list_channel_accounts(pool)
            }
    finally:
        await pool.close()
    phones = Phones(stand)
    tails = [
        asyncio.create_task(phones.tail(channel, provider), name=f"tail {provider}")
        for channel, provider in (("whatsapp", "meta"), ("twilio", "twilio"))
    ]
    try:
        yield World(stand, phones, Acknowledged(stand.folder / "customers.jsonl"), opened)
    finally:
        for tail in tails:
            tail.cancel()
        await asyncio.gather(*tails, return_exceptions=True)
