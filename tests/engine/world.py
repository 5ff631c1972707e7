"""A small business on a real database, for tests of the engine: one workspace, one web account, no provider."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bot.accounts import sealed_channel_account
from bot.channels.contract import ChannelAccount
from bot.messages import Inbound, InboundKind, Sender, Surface
from bot.ports import BotProfile
from bot.workspace import WorkspaceSettings, standard_form
from db import accounts
from db.ids import new_id
from db.secrets import SecretBox
from db.tx import Pool, PoolLimits, open_pool, tx
from workers.accounts_cache import AccountsCache

BOX = SecretBox([base64.b64encode(bytes(range(32))).decode()])

SETTINGS: dict[str, Any] = {
    "timezone": "Asia/Kuwait",
    "currency": "KWD",
    "region": "KW",
    "languages": ["en", "ar"],
    "booking_mode": "provider",
    "outbound": {"mode": "open"},
}


@dataclass(slots=True)
class World:
    pool: Pool
    workspace_id: UUID
    bot_id: UUID
    account: ChannelAccount
    rung: list[UUID] = field(default_factory=list)

    def ring(self, conversation_ids: Sequence[UUID]) -> None:
        self.rung.extend(conversation_ids)

    def ring_later(self, conversation_ids: Sequence[UUID], seconds: float) -> None:
        self.rung.extend(conversation_ids)

    def profile(self) -> BotProfile:
        return BotProfile("Test Salon", WorkspaceSettings.model_validate(SETTINGS), standard_form())


class NothingSeen:
    """A Redis that knows nothing: the database decides."""

    async def all_seen(self, keys: Sequence[str]) -> bool:
        return False

    def remember(self, keys: Sequence[str]) -> None:
        return None


async def open_world(dsn: str, *, key: str = "test-salon", pool: Pool | None = None) -> World:
    pool = pool or await open_pool(dsn, PoolLimits(max_size=8), application_name="tests")
    workspace_id = await accounts.save_workspace(pool, key=key, name="Test Salon", settings=SETTINGS)
    async with tx(pool, workspace_id) as transaction:
        form = [each.model_dump(mode="json") for each in standard_form()]
        bot_id, _ = await accounts.save_bot(transaction, key="main", name="Bot", form=form)
        account = ChannelAccount(
            id=new_id(),
            workspace_id=workspace_id,
            bot_id=bot_id,
            channel="web",
            account_key=f"{key}-web",
            address=f"{key}-web",
            secrets={"signing_secret": f"secret-of-{key}"},
        )
        await accounts.save_channel_account(transaction, sealed_channel_account(account, BOX))
    return World(pool, workspace_id, bot_id, account)


def cache(world: World) -> AccountsCache:
    return AccountsCache(
        world.pool,
        BOX,
        None,
        public_base_url="http://localhost",
        api_base_urls={},  # type: ignore[arg-type]
    )


def said(world: World, text: str, *, id: str, session: str = "session-1", **more: Any) -> Inbound:  # noqa: A002
    return Inbound(
        external_id=id,
        to_address=world.account.address,
        sender=Sender(user_id=session),
        kind=InboundKind.TEXT,
        surface=Surface.WEB,
        text=text,
        **more,
    )
