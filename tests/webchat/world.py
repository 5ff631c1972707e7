"""A page with the web chat, and programs that use its API: over real HTTP, with turns taken as in production."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from tests.salon import Salon


@dataclass(slots=True)
class Page:
    """A customer's browser, as far as the API sees it."""

    salon: Salon
    workspace: str = "nail-salon"
    bot: str = ""
    """By default the one that answers there, by its id."""
    headers: dict[str, str] = field(default_factory=dict)
    session: str = ""
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    sent: int = 0

    def __post_init__(self) -> None:
        self.bot = self.bot or str(self.salon.channel_accounts[self.workspace, "web"].bot_id)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.salon.seeded.web_port}"

    async def call(self, method: str, path: str, *, json: Any = None, **more: Any) -> Any:
        headers = {**self.headers, **more.pop("headers", {})}
        return await self.salon.http.request(method, f"{self.base}{path}", json=json, headers=headers, **more)

    async def served(self, method: str, path: str, **more: Any) -> Any:
        """The answer, while workers are at it."""
        return await served(self.salon, self.call(method, path, **more))

    async def open(self, **more: Any) -> Page:
        answer = await self.call(
            "POST", "/api/widget/sessions", json={"workspaceId": self.workspace, "botId": self.bot, **more}
        )
        assert answer.status_code == 200, answer.text
        self.session = answer.json()["sessionId"]
        return self

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.session}"}

    def body(self, **said: Any) -> dict[str, Any]:
        self.sent += 1
        return {
            "workspaceId": self.workspace,
            "botId": self.bot,
            "sessionId": self.session,
            "messageId": f"m-{self.sent}",
            **said,
        }

    async def send(self, **said: Any) -> dict[str, Any]:
        answer = await self.served("POST", "/api/widget/messages", json=self.body(**said))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        for message in found["messages"]:
            self.messages[message["seq"]] = message
        return found

    async def say(self, text: str) -> str:
        """Everything that came back, as one text."""
        return _text(await self.send(text=text))

    async def tap(self, title: str) -> str:
        for message in reversed(self.messages.values()):
            for choice in message.get("choices", ()):
                if title.lower() in choice["title"].lower():
                    tapped = {"id": choice["id"], "title": choice["title"]}
                    return _text(await self.send(choice=tapped))
        raise AssertionError(f"no choice {title!r} was shown")

    @property
    def action(self) -> dict[str, Any]:
        """The newest Book Now."""
        for seq in sorted(self.messages, reverse=True):
            if actions := self.messages[seq].get("actions"):
                return dict(actions[0])
        raise AssertionError("no action was shown")

    async def finalize(self, action: dict[str, Any], **more: Any) -> Any:
        return await self.served(
            "POST",
            f"/api/bookings/{action['bookingIntentId']}/finalize",
            json={"summaryVersion": action["summaryVersion"]},
            headers=more.pop("headers", self.bearer),
        )


async def served(salon: Salon, request: Any) -> Any:
    """Lets the dispatcher work while a request waits for it."""
    waiting = asyncio.ensure_future(request)
    while not waiting.done():
        await salon.dispatcher.take_waiting()
        await salon.dispatcher.perform_leftovers()
        await salon.dispatcher.settle_unknown()
        await asyncio.wait([waiting], timeout=0.005)
    return waiting.result()


def _text(found: dict[str, Any]) -> str:
    return "\n".join(m["assistantMessage"] for m in found["messages"] if m["direction"] == "out")
