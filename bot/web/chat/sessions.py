"""Sessions of the web chat: signed, kept nowhere, bound to one business, its bot and one place in its chat.

A token names the customer's address there, which we made: nobody can take another's seat. Who may have a seat that
exists already is for the caller to know (a magic link, a lead's API); everybody may have a new one.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bot.ports import Clock
from bot.signed import NotSigned, Signer
from db.secrets import SecretBox

AUDIENCE = "frontdesk-widget"
SESSION_DAYS = 7
_PURPOSE = "chat-session"
_CLAIMS = ("sub", "ws", "wk", "bot", "bk", "acc")


@dataclass(frozen=True, slots=True)
class Session:
    """Whose chat it is. The keys are what pages may call the business and its bot by."""

    workspace_id: UUID
    workspace_key: str
    bot_id: UUID
    bot_key: str
    account_id: UUID
    address: str
    """The customer's, on that account."""
    expires_at: datetime

    def is_of(self, workspace: str, bot: str) -> bool:
        """Whether these ids or keys name this session's business and bot."""
        return workspace in {str(self.workspace_id), self.workspace_key} and bot in {
            str(self.bot_id),
            self.bot_key,
        }


class SessionRefused(Exception):
    """The session opens nothing. `expired`: it was ours, and whose; None: it never was."""

    def __init__(self, expired: Session | None = None) -> None:
        super().__init__("invalid" if expired is None else "expired")
        self.expired = expired


def new_address() -> str:
    """Nobody's yet, and not to be guessed."""
    return f"w-{secrets.token_urlsafe(18)}"


@dataclass(frozen=True, slots=True)
class Sessions:
    """Issues and opens them. One per process."""

    box: SecretBox
    clock: Clock

    def until(self, days: float = SESSION_DAYS) -> datetime:
        """When a session that begins now ends; whole seconds, as its token says."""
        return (self.clock() + timedelta(days=days)).replace(microsecond=0)

    def issue(self, session: Session) -> str:
        """The token that `open` takes."""
        claims = {
            "sub": session.address,
            "ws": str(session.workspace_id),
            "wk": session.workspace_key,
            "bot": str(session.bot_id),
            "bk": session.bot_key,
            "acc": str(session.account_id),
        }
        return self._signer.sign(session.expires_at, claims)

    def open(self, token: str) -> Session:
        """Raises SessionRefused."""
        try:
            signed = self._signer.open(token)
        except NotSigned as error:
            raise SessionRefused from error
        claims = signed.claims
        session = Session(
            workspace_id=UUID(claims["ws"]),
            workspace_key=str(claims["wk"]),
            bot_id=UUID(claims["bot"]),
            bot_key=str(claims["bk"]),
            account_id=UUID(claims["acc"]),
            address=str(claims["sub"]),
            expires_at=signed.until,
        )
        if session.expires_at <= self.clock():
            raise SessionRefused(session)
        return session

    @property
    def _signer(self) -> Signer:
        return Signer(self.box, _PURPOSE, AUDIENCE, _CLAIMS)
