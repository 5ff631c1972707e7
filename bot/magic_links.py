"""Magic links: `{base}/c#{token}` opens a conversation's chat in the browser of whoever holds the link.

The token is a JWT (HS256 and nothing else): `aud` frontdesk-chat, `exp`, `jti`, `ws` (workspace), `cv` (conversation).
It stands behind the #, so no server, log or Referer ever sees it; the page posts it once and gets a cookie. The row
of its `jti` decides whether it still counts. Making one is what touch points, operators and `frontdesk links` do.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bot.ports import Clock, Rates
from bot.signed import NotSigned, Signer
from db import magic_links as rows
from db.secrets import SecretBox
from db.tx import Pool, Tx, tx

LINK = "frontdesk-chat"
COOKIE = "frontdesk-chat-cookie"
LINK_DAYS = 30
"""As long as a lead is followed up."""
COOKIE_DAYS = 7
ISSUED_PER_HOUR = 20
"""Links of one conversation."""
_PURPOSE = "magic-links"


class LinkRefused(Exception):
    """The link opens nothing. `reason`: invalid, expired or revoked."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoSuchConversation(LookupError):
    """The workspace has no such conversation."""


class TooManyLinks(Exception):
    """More links than anybody needs were made for one conversation; `wait` seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"too many links for one conversation; again in {wait:.0f} s")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link that was made just now. `url` can't be had a second time."""

    id: UUID
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """Whose chat a link opens, and for how long."""

    id: UUID
    workspace_id: UUID
    seat: rows.Seat
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class MagicLinks:
    """One per process."""

    pool: Pool
    box: SecretBox
    rates: Rates
    public_base_url: str
    clock: Clock

    @property
    def cookie_name(self) -> str:
        """A __Host- cookie must be Secure, which a browser takes over plain HTTP from nobody."""
        secure = self.public_base_url.startswith("https:")
        return "__Host-frontdesk-chat" if secure else "frontdesk-chat"

    async def create(
        self, workspace_id: UUID, conversation_id: UUID, *, made_by: str, days: float = LINK_DAYS
    ) -> MadeLink:
        """A new link into this conversation's chat. Raises NoSuchConversation, TooManyLinks."""
        key = f"magic-link:issue:{conversation_id}"
        if (wait := await self.rates.wait(key, ISSUED_PER_HOUR, 3600, fail_open=True)) > 0:
            raise TooManyLinks(wait)
        jti = secrets.token_urlsafe(24)
        expires_at = self.clock() + timedelta(days=days)
        async with tx(self.pool, workspace_id) as transaction:
            link_id = await rows.create(
                transaction,
                conversation_id=conversation_id,
                jti_hash=_hash(jti),
                made_by=made_by,
                expires_at=expires_at,
            )
        if link_id is None:
            raise NoSuchConversation(str(conversation_id))
        claims = {"jti": jti, "ws": str(workspace_id), "cv": str(conversation_id)}
        token = self._links.sign(expires_at, claims)
        return MadeLink(link_id, f"{self.public_base_url.rstrip('/')}/c#{token}", expires_at)

    async def open(self, token: str) -> OpenedLink:
        """What the link opens; counts as a use of it. Raises LinkRefused."""
        claims = self._claims(self._links, token)
        workspace_id, conversation_id = _uuid(claims, "ws"), _uuid(claims, "cv")
        async with tx(self.pool, workspace_id) as transaction:
            row = await rows.standing(transaction, _hash(str(claims["jti"])), self.clock())
            if row is not None and row.conversation_id != conversation_id:
                raise LinkRefused("invalid")
            opened = await self._opened(transaction, workspace_id, row)
            await rows.count_use(transaction, opened.id, self.clock())
        return opened

    def cookie(self, link: OpenedLink) -> tuple[str, int]:
        """What the browser keeps instead of the link, and for how many seconds."""
        moment = self.clock()
        until = min(link.expires_at, moment + timedelta(days=COOKIE_DAYS))
        value = self._cookies.sign(until, {"ws": str(link.workspace_id), "link": str(link.id)})
        return value, int((until - moment).total_seconds())

    async def reopen(self, cookie: str) -> OpenedLink:
        """The chat that a cookie was given for. A link revoked since opens nothing. Raises LinkRefused."""
        claims = self._claims(self._cookies, cookie)
        workspace_id = _uuid(claims, "ws")
        async with tx(self.pool, workspace_id) as transaction:
            row = await rows.standing_by_id(transaction, _uuid(claims, "link"), self.clock())
            return await self._opened(transaction, workspace_id, row)

    async def _opened(self, transaction: Tx, workspace_id: UUID, row: rows.LinkRow | None) -> OpenedLink:
        if row is None:
            raise LinkRefused("invalid")
        if row.revoked_at is not None:
            raise LinkRefused("revoked")
        if row.expired:
            raise LinkRefused("expired")
        seat = await rows.seat(transaction, row.conversation_id)
        if seat is None:
            raise LinkRefused("invalid")
        return OpenedLink(row.id, workspace_id, seat, row.expires_at)

    @property
    def _links(self) -> Signer:
        return Signer(self.box, _PURPOSE, LINK, ("jti", "ws", "cv"))

    @property
    def _cookies(self) -> Signer:
        return Signer(self.box, _PURPOSE, COOKIE, ("ws", "link"))

    def _claims(self, signer: Signer, token: str) -> Mapping[str, Any]:
        """Raises LinkRefused."""
        try:
            signed = signer.open(token)
        except NotSigned as error:
            raise LinkRefused("invalid") from error
        if signed.until <= self.clock():
            raise LinkRefused("expired")
        return signed.claims


def _hash(jti: str) -> bytes:
    return hashlib.sha256(jti.encode()).digest()


def _uuid(claims: Mapping[str, Any], name: str) -> UUID:
    try:
        return UUID(str(claims[name]))
    except ValueError as error:
        raise LinkRefused("invalid") from error
