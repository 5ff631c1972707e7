"""The sessions of Stripe's sandbox, rebuilt from its ledger, and what was answered under which idempotency key."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from providers.sandbox.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Replay:
    """The first outcome under a key."""

    digest: str
    body: dict[str, Any]


class StripeBook:
    def __init__(self, ledger: Ledger, now: Callable[[], datetime]) -> None:
        self.ledger = ledger
        self.sessions: dict[str, dict[str, Any]] = {}
        self.account_of: dict[str, str] = {}
        self.replays: dict[tuple[str, str], Replay] = {}
        self.in_use: set[tuple[str, str]] = set()
        self._now = now
        for entry in ledger.entries:
            self._apply(entry.kind, entry.account, entry.data, entry.correlation)

    async def create(self, account: str, session: dict[str, Any], *, key: str, digest: str) -> None:
        """A session, and its answer under its key, in one entry: both or neither are remembered."""
        data = {"session": session, "key": key, "digest": digest}
        entry = self.ledger.write("session", account, data, session["client_reference_id"])
        self._apply("session", account, data, None)
        await self.ledger.durable(entry)

    async def change(self, session_id: str, **changes: Any) -> dict[str, Any]:
        """The session with its changes."""
        account, data = self.account_of[session_id], {"id": session_id, "changes": changes}
        entry = self.ledger.write("state", account, data)
        self._apply("state", account, data, None)
        await self.ledger.durable(entry)
        return self.sessions[session_id]

    def event(self, kind: str, session: dict[str, Any]) -> dict[str, Any]:
        """An event about a session as it is now, written down before it is told."""
        event = {
            "id": f"evt_test_{secrets.token_hex(12)}",
            "object": "event",
            "type": kind,
            "api_version": "2024-06-20",
            "created": int(self._now().timestamp()),
            "livemode": session["livemode"],
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "data": {"object": dict(session)},
        }
        self.ledger.write("event", self.account_of[session["id"]], {"id": event["id"], "type": kind})
        return event

    def told(self, account: str, event_id: str, *, ok: bool, http: int | None, attempts: int) -> None:
        """How the webhook of an event ended."""
        data = {"id": event_id, "ok": ok, "http": http, "attempts": attempts}
        self.ledger.write("webhook", account, data)

    def overdue(self) -> list[str]:
        """Sessions whose time is over and that nobody paid."""
        now = self._now().timestamp()
        return [
            one["id"]
            for one in self.sessions.values()
            if one["status"] == "open" and one["expires_at"] <= now
        ]

    def _apply(self, kind: str, account: str, data: dict[str, Any], _: str | None) -> None:
        if kind == "session":
            session = dict(data["session"])
            self.sessions[session["id"]] = session
            self.account_of[session["id"]] = account
            if data["key"]:
                self.replays[account, data["key"]] = Replay(data["digest"], data["session"])
        elif kind == "state":
            self.sessions[data["id"]].update(data["changes"])
