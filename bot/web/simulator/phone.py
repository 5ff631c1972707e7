"""A customer's phone: what it sends goes through our signed webhook, what it shows comes from the send API's
far end (the sandbox), or for the web channel, which calls nobody, from the messages table.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.channels.contract import ChannelAccount
from bot.channels.simulator.acts import Act, SimulatedCustomer, message_id
from bot.channels.simulator.screen import ShownMessage, read_sent
from bot.channels.simulator.webhooks import webhook
from bot.messages import InboundKind
from db import schedules, transcripts
from db.tx import Pool, tx

_WEB_POLL_SECONDS = 0.05
_BUSY_POLL_SECONDS = 0.06
_PROVIDERS = {"whatsapp": "meta", "twilio": "twilio"}
_TIMEOUT = httpx.Timeout(10)


class PhoneError(RuntimeError):
    """The phone has no network, so to say. The message is one plain line for the person who tries."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One received message on the screen."""

    id: str
    shown: ShownMessage
    status: str
    """accepted, sent, delivered, read, failed or undelivered."""
    at: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Glance:
    """What came since the last look. `next` is the `after` of the following one."""

    bubbles: tuple[Bubble, ...]
    statuses: tuple[tuple[str, str], ...]
    """(message id, status) of those that changed; where a channel reports none: always empty."""
    next: int


@dataclass(slots=True)
class Phone:
    """One customer with one account's chat open."""

    account: ChannelAccount
    customer: SimulatedCustomer
    pool: Pool
    http: httpx.AsyncClient
    own_url: str
    """Where our web process is reached; the signature is over the configured public address all the same."""
    sandbox_url: str
    clock: Callable[[], datetime]

    async def do(self, act: Act) -> str:
        """Sends what the customer does and returns its external id. The receiver has it when this returns.

        Raises PhoneError; ValueError for what the channel hasn't (a sticker by SMS).
        """
        identifier = message_id(self.account.channel, uuid.uuid4().hex)
        request = webhook(
            act,
            customer=self.customer,
            account=self.account,
            message_id=identifier,
            at=self.clock(),
        )
        # First the provider, which opens the 24-hour window: the answer may be quicker than we are.
        await self.report(act.text if act.kind is InboundKind.TEXT else "")
        parts = urlsplit(request.url)
        url = f"{self.own_url}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        answer = await self._call("POST", url, content=request.body, headers=dict(request.headers))
        match answer.status_code:
            case 200:
                return identifier
            case 403:
                raise PhoneError(
                    "the web process refused the signature: is PUBLIC_BASE_URL the same for both?"
                )
            case status:
                raise PhoneError(f"the web process answered {status} to the webhook")

    async def look(self, after: int, *, wait: float = 0) -> Glance:
        """What arrived after the cursor, waiting up to so many seconds for something. Raises PhoneError."""
        if self.account.channel == "web":
            return await self._look_into_table(after, wait)
        body = await self._ask_sandbox(after, wait)
        bubbles = tuple(
            Bubble(item["id"], shown, item["status"], item["at"], _error_text(item["error"]))
            for item in body["messages"]
            if (shown := read_sent(self.account.channel, item["payload"])) is not None
        )
        statuses = tuple((item["id"], item["status"]) for item in body["statuses"])
        return Glance(bubbles, statuses, body["next"])

    async def open_work(self) -> int:
        """What is still moving for this customer on our side."""
        return await schedules.open_work(
            self.pool,
            channel=self.account.channel,
            account_key=self.account.account_key,
            address=self.customer.address,
        )

    async def until_quiet(self, after: int, *, limit: float, quiet: float = 0.25) -> AsyncIterator[Glance]:
        """Everything that comes, until nothing is open on our side and nothing came for `quiet` seconds.

        Raises TimeoutError when that takes more than `limit` seconds.
        """
        clock = asyncio.get_running_loop().time
        until = clock() + limit
        while True:
            busy = await self.open_work() > 0
            glance = await self.look(after, wait=_BUSY_POLL_SECONDS if busy else quiet)
            after = glance.next
            if glance.bubbles or glance.statuses:
                yield glance
            elif not busy:
                return
            if clock() > until:
                raise TimeoutError

    async def report(self, words: str) -> None:
        """Tell the provider's stand-in that the customer wrote: his window opens, a lone STOP is the carrier's.

        Raises PhoneError.
        """
        match self.account.channel:
            case "whatsapp":
                body = {"phone_number_id": self.account.address, "from": self.customer.address}
                if self.customer.user_id:
                    body["user_id"] = self.customer.user_id
                path = "/_sandbox/meta/inbound"
            case "twilio":
                body = {
                    "account_sid": str(self.account.settings.get("account_sid") or ""),
                    "from": self._prefixed(self.customer.address),
                    "to": self.account.address,
                    "body": words,
                }
                path = "/_sandbox/twilio/inbound"
            case _:
                return
        answer = await self._call("POST", f"{self.sandbox_url}{path}", json=body)
        if answer.status_code == 404:
            raise PhoneError("the sandbox doesn't play this account: is it a demo account?")
        if answer.status_code != 200:
            raise PhoneError(f"the sandbox answered {answer.status_code}: {answer.text[:200]}")

    async def _ask_sandbox(self, after: int, wait: float) -> Any:
        query = {
            "channel": _PROVIDERS[self.account.channel],
            "account": self.account.address,
            "to": self._prefixed(self.customer.address),
            "after": str(after),
            "wait": f"{wait:.3f}",
            "statuses": "1",
        }
        answer = await self._call(
            "GET",
            f"{self.sandbox_url}/_sandbox/messages",
            params=query,
            timeout=httpx.Timeout(10, read=wait + 10),
        )
        if answer.status_code != 200:
            raise PhoneError(f"the sandbox answered {answer.status_code}: {answer.text[:200]}")
        return answer.json()

    async def _look_into_table(self, after: int, wait: float) -> Glance:
        clock = asyncio.get_running_loop().time
        until = clock() + wait
        while True:
            async with tx(self.pool, self.account.workspace_id) as transaction:
                found = await transcripts.sent_to(
                    transaction, account_id=self.account.id, address=self.customer.address, after=after
                )
            if found or clock() >= until:
                break
            await asyncio.sleep(min(_WEB_POLL_SECONDS, max(until - clock(), 0)))
        bubbles = tuple(
            Bubble(f"{row.id}:{part}", shown, row.delivery_status, row.created_at.isoformat())
            for row in found
            for part, body in enumerate(row.bodies)
            if (shown := read_sent("web", body)) is not None
        )
        return Glance(bubbles, (), after + len(found))

    def _prefixed(self, address: str) -> str:
        by_twilio = self.account.channel == "twilio" and self.account.address.startswith("whatsapp:")
        return f"whatsapp:{address}" if by_twilio else address

    async def _call(self, method: str, url: str, **options: Any) -> httpx.Response:
        options.setdefault("timeout", _TIMEOUT)
        try:
            return await self.http.request(method, url, **options)
        except httpx.TransportError as error:
            who = "the sandbox" if url.startswith(self.sandbox_url) else "the web process"
            base = "{0.scheme}://{0.netloc}".format(urlsplit(url))
            raise PhoneError(f"{who} does not answer at {base}: {type(error).__name__}") from error


def _error_text(error: Any) -> str:
    """A failed message's reason as the provider words it."""
    if not isinstance(error, dict):
        return ""
    return f"{error.get('title') or error.get('message') or 'failed'} ({error.get('code', '?')})"
