"""Messages a sandboxed channel accepted, their delivery status, and what is known of the customers.

Shared by Meta and Twilio; rebuilt from the channel's ledger at start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from providers.sandbox.ledger import Entry, Ledger

WINDOW = timedelta(hours=24)
ACCEPTED = "accepted"


@dataclass(slots=True)
class Sent:
    """One accepted message. `plan` are the statuses to come, `told` those whose callback is settled."""

    seq: int
    id: str
    at: str
    account: str
    sender: str
    to: str
    correlation: str | None
    payload: dict[str, Any]
    plan: list[str]
    callback_url: str | None
    error: dict[str, Any] | None
    status: str = ACCEPTED
    told: set[str] = field(default_factory=set)

    def as_json(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "id": self.id,
            "at": self.at,
            "account": self.account,
            "from": self.sender,
            "to": self.to,
            "correlation": self.correlation,
            "payload": self.payload,
            "status": self.status,
            "error": self.error if self.status in {"failed", "undelivered"} else None,
        }


class MessageBook:
    """One channel's messages, 24-hour windows and opt-outs."""

    def __init__(self, ledger: Ledger, now: Callable[[], datetime]) -> None:
        self.ledger = ledger
        self._now = now
        self.sent: dict[str, Sent] = {}
        self._sent_to: dict[str, list[Sent]] = {}
        self.contents: dict[str, dict[str, Any]] = {}
        self._wrote: dict[tuple[str, str, str], datetime] = {}
        self._users: dict[tuple[str, str, str], str] = {}
        self._stopped: set[tuple[str, str, str]] = set()
        for entry in ledger.entries:
            self._apply(entry)

    async def accept(
        self,
        *,
        message_id: str,
        account: str,
        sender: str,
        to: str,
        payload: dict[str, Any],
        plan: list[str],
        correlation: str | None,
        callback_url: str | None,
        error: dict[str, Any] | None = None,
    ) -> Sent:
        """Write the message down; it is on the disk when this returns."""
        data = {
            "id": message_id,
            "from": sender,
            "to": to,
            "payload": payload,
            "plan": plan,
            "callback_url": callback_url,
            "error": error,
        }
        await self.ledger.durable(self._write("message", account, data, correlation))
        return self.sent[message_id]

    async def inbound(
        self,
        *,
        account: str,
        sender: str,
        customer: str,
        opt: Literal["out", "in"] | None,
        user_id: str | None,
    ) -> None:
        """A customer wrote to us: his window opens; `opt` is what his words mean to the carrier."""
        data = {"from": customer, "to": sender, "opt": opt, "user_id": user_id}
        await self.ledger.durable(self._write("inbound", account, data))

    async def note(self, kind: str, account: str, data: dict[str, Any]) -> Entry:
        """Something else the channel accepted: a read receipt, a typing sign, a content template."""
        entry = self._write(kind, account, data)
        await self.ledger.durable(entry)
        return entry

    def set_status(self, message: Sent, status: str) -> Entry:
        return self._write(
            "status", message.account, {"id": message.id, "status": status}, message.correlation
        )

    def settle_callback(
        self, message: Sent, status: str, *, ok: bool, http: int | None, attempts: int
    ) -> None:
        """The callback for `status` was answered 200 (`ok`) or given up."""
        data = {"id": message.id, "status": status, "ok": ok, "http": http, "attempts": attempts}
        self._write("callback", message.account, data, message.correlation)

    def window_open(self, account: str, sender: str, customer: str, *, unknown: bool) -> bool:
        """Did he write within 24 hours? `unknown` is the answer for somebody never heard of."""
        wrote = self._wrote.get((account, sender, customer))
        return unknown if wrote is None else self._now() - wrote < WINDOW

    def user_id(self, account: str, sender: str, customer: str) -> str | None:
        return self._users.get((account, sender, customer))

    def opted_out(self, account: str, sender: str, customer: str) -> bool:
        return (account, sender, customer) in self._stopped

    def between(self, *, account: str | None, to: str | None, after: int) -> list[Sent]:
        """Messages with a sequence above `after`, oldest first."""
        candidates = self.sent.values() if to is None else self._sent_to.get(to, [])
        return [
            one
            for one in candidates
            if one.seq > after and (account is None or account in {one.account, one.sender})
        ]

    def recent(self, account: str, sender: str, to: str, within: timedelta) -> int:
        """How many messages went to this customer in the last while."""
        since = self._now() - within
        return sum(
            1
            for one in reversed(self._sent_to.get(to, []))
            if (one.account, one.sender) == (account, sender) and datetime.fromisoformat(one.at) > since
        )

    def untold(self) -> list[Sent]:
        """Messages with statuses still to be reported, for a sandbox that was stopped in between."""
        return [one for one in self.sent.values() if one.status != one.plan[-1] or self.due(one)]

    @staticmethod
    def due(message: Sent) -> list[str]:
        return (
            [status for status in message.plan if status not in message.told] if message.callback_url else []
        )

    def _write(self, kind: str, account: str, data: dict[str, Any], correlation: str | None = None) -> Entry:
        entry = self.ledger.write(kind, account, data, correlation)
        self._apply(entry)
        return entry

    def _apply(self, entry: Entry) -> None:
        data = entry.data
        match entry.kind:
            case "message":
                sent = self.sent[data["id"]] = Sent(
                    seq=entry.seq,
                    id=data["id"],
                    at=entry.at,
                    account=entry.account,
                    sender=data["from"],
                    to=data["to"],
                    correlation=entry.correlation,
                    payload=data["payload"],
                    plan=data["plan"],
                    callback_url=data["callback_url"],
                    error=data["error"],
                )
                self._sent_to.setdefault(sent.to, []).append(sent)
            case "status":
                self.sent[data["id"]].status = data["status"]
            case "callback":
                self.sent[data["id"]].told.add(data["status"])
            case "inbound":
                self._apply_inbound(entry)
            case "content":
                self.contents[data["sid"]] = data

    def _apply_inbound(self, entry: Entry) -> None:
        data = entry.data
        key = (entry.account, data["to"], data["from"])
        self._wrote[key] = datetime.fromisoformat(entry.at)
        if data["user_id"]:
            self._users[key] = data["user_id"]
        if data["opt"] == "out":
            self._stopped.add(key)
        elif data["opt"] == "in":
            self._stopped.discard(key)
