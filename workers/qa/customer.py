"""A customer in a web chat who answers whatever he is asked, and what was said, word for word."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from workers.qa.checks import Failed, holds
from workers.qa.client import Widget, until
from workers.qa.expect import Expected, Offer

NAME = "Sara Test"
OTHER_NAME = "Omar Sample"
PHONE = "+12025550190"
MOST_TURNS = 14
"""Of a customer before a summary must stand."""
_ANSWERS: Sequence[tuple[str, str]] = (
    (r"how many|number of (?:guests|people)|whole number", "4"),
    (r"mobile|phone|which number|reach you|e-?mail", f"{PHONE}, {{email}}"),
    (r"your name|what name|whose name", NAME),
    (r"which car", "2021 Honda Civic"),
    (r"pet's name", "Biscuit, a beagle"),
    (r"which nights", "Two nights in May"),
    (r"has to be done", "A shelf to put up"),
    (r"how big\?", "A small swallow on the wrist"),
    (r"which property", "The white house on Birch Lane"),
    (r"date or season", "Early summer"),
    (r"work on", "Running faster"),
    (r"move in", "Early next month"),
    (r"allergies", "A table by the window"),
)
"""What is asked -> what is answered; nothing fits: an address, which most further questions ask for."""
_ADDRESS = "12 Sample Street, Springfield"


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of the bot's, as a widget gets it."""

    text: str
    choices: tuple[Mapping[str, Any], ...] = ()
    links: tuple[Mapping[str, Any], ...] = ()
    card: Mapping[str, Any] | None = None
    actions: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a talk. `kind`: types, taps or reads."""

    kind: str
    text: str


@dataclass(slots=True)
class Talk:
    """A chat with one business, over one session."""

    widget: Widget
    expected: Expected
    session_id: str = ""
    workspace_id: str = ""
    bot_id: str = ""
    greeting: Mapping[str, Any] = field(default_factory=dict)
    """The answer to opening the session."""
    conversation_id: str = ""
    """As the read API knows it, too; empty before the first line."""
    email: str = field(default_factory=lambda: f"sara.{secrets.token_hex(3)}@example.com")
    """Nobody else's: what this talk leaves in the tables is found by it."""
    patience: float = 20.0
    """Seconds that a late reply is waited for."""
    seen: int = 0
    replies: list[Reply] = field(default_factory=list)
    lines: list[Said] = field(default_factory=list)

    async def open(self) -> Talk:
        """Raises Failed."""
        asked = await self.widget.session(self.expected.workspace_key, self.expected.bot_key)
        self.greeting = asked.ok("POST /api/widget/sessions")
        self.session_id = str(self.greeting["sessionId"])
        self.workspace_id = str(self.greeting.get("workspaceId", self.expected.workspace_key))
        self.bot_id = str(self.greeting.get("botId", self.expected.bot_key))
        return self

    async def say(self, text: str) -> str:
        """Types a line. All that came back, as one text. Raises Failed."""
        self.lines.append(Said("types", text))
        return await self._send(text=text)

    async def tap(self, choice: Mapping[str, Any]) -> str:
        """Taps a choice. Raises Failed."""
        self.lines.append(Said("taps", str(choice["title"])))
        return await self._send(choice={"id": choice["id"], "title": choice["title"]})

    async def _send(self, **said: Any) -> str:
        got = await self.widget.message(
            self.expected.workspace_key, self.expected.bot_key, self.session_id, **said
        )
        body = got.ok("POST /api/widget/messages")
        fresh = self._take(body)
        if not fresh or body["pending"]:
            await self._rest(fresh)
        holds(fresh, "a reply", "none")
        return "\n".join(one.text for one in fresh)

    async def _rest(self, fresh: list[Reply]) -> None:
        """Adds what comes late, until there is a reply and nothing more is to be expected."""

        async def look() -> bool:
            got = await self.widget.messages(self.session_id, after=self.seen)
            body = got.ok("GET /api/widget/messages")
            fresh.extend(self._take(body))
            return bool(fresh) and not body["pending"]

        await until(look, bool, seconds=self.patience)

    def _take(self, body: Mapping[str, Any]) -> list[Reply]:
        self.conversation_id = str(body.get("conversationId") or self.conversation_id)
        fresh = []
        for one in body["messages"]:
            if int(one["seq"]) <= self.seen:
                continue
            self.seen = int(one["seq"])
            if one["direction"] != "out":
                continue
            reply = Reply(
                text=str(one.get("assistantMessage") or ""),
                choices=tuple(one.get("choices") or ()),
                links=tuple(one.get("links") or ()),
                card=one.get("card"),
                actions=tuple(one.get("actions") or ()),
            )
            fresh.append(reply)
            self.lines.append(Said("reads", reply.text))
        self.replies += fresh
        return fresh

    @property
    def action(self) -> Mapping[str, Any] | None:
        """The button to finish with that stands now."""
        if not self.replies:
            return None
        return next((one for one in self.replies[-1].actions if one.get("type") == "BOOKING_FINALIZE"), None)

    async def book(self, offer: Offer) -> Mapping[str, Any]:
        """Asks for it and answers whatever is asked, until the summary stands. Its action. Raises Failed."""
        await self.say(f"{offer.service}, I'm {NAME}")
        for _ in range(MOST_TURNS):
            if self.action is not None:
                return self.action
            await self._answer()
        raise Failed(
            f"a summary with its button within {MOST_TURNS} turns", self.replies[-1].text or "an empty reply"
        )

    async def _answer(self) -> None:
        last = self.replies[-1]
        asked = last.text.strip().splitlines()[-1].lower() if last.text.strip() else ""
        for pattern, answer in _ANSWERS:
            if re.search(pattern, asked) and not (last.choices and answer == "4"):
                await self.say(answer.format(email=self.email))
                return
        if last.choices:
            await self.tap(last.choices[0])
        else:
            await self.say(_ADDRESS)

    @property
    def last(self) -> str:
        return self.replies[-1].text if self.replies else ""


def path_of(url: str) -> str:
    """An address without its host: what a report may show of a server."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
