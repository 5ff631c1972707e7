"""Notes what booking systems tell of: from a posted body to a requested sync run. Implements bot.web's Notices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from bot.ports import Clock, SeenIds
from bot.web.provider_webhooks import Noted
from db import sync_runs
from db.accounts import ProviderAccountRow
from db.provider_webhooks import find_provider_account, set_webhook_scheme
from db.secrets import SecretBox
from db.tx import Pool, tx
from sync.webhooks import BODY_LIMIT, CHANGES, MalformedNotice, Scheme, matching_scheme, read_notice

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class ProviderNotices:
    """One per web process."""

    pool: Pool
    box: SecretBox
    seen: SeenIds
    ring: Callable[[Sequence[UUID]], None]
    clock: Clock
    body_limit: int = BODY_LIMIT

    async def note(self, provider: str, account_id: UUID, headers: Mapping[str, str], body: bytes) -> Noted:
        """Raises what the database raises, and SecretError for an account whose secrets can't be opened."""
        if provider not in CHANGES:
            return Noted.OFF
        account = await find_provider_account(self.pool, provider, account_id)
        if account is None or not (secret := self._secret(account)):
            return Noted.OFF
        known = _scheme_of(account)
        scheme = matching_scheme(headers, body, secret, now=self.clock(), only=known)
        if scheme is None:
            return Noted.FORGED
        try:
            notice = read_notice(provider, body)
        except MalformedNotice as error:
            log.warning("provider_webhook.malformed", provider=provider, reason=str(error))
            return Noted.MALFORMED
        key = f"seen:provider:{account.id}:{notice.fingerprint}"
        if await self.seen.all_seen([key]):
            return Noted.ACCEPTED
        run_id = None
        async with tx(self.pool, account.workspace_id) as connection:
            if known is None:
                await set_webhook_scheme(connection, account.id, scheme)
                log.info("provider_webhook.scheme", provider=provider, account=str(account.id), scheme=scheme)
            if notice.kind is not None:
                run_id = await sync_runs.request_run(
                    connection, kind=notice.kind, trigger="webhook", after_now=True
                )
        if run_id is not None:
            self.ring([run_id])
        self.seen.remember([key])
        return Noted.ACCEPTED

    def _secret(self, account: ProviderAccountRow) -> str:
        opened = self.box.open(account.secrets, workspace_id=account.workspace_id, field=account.secret_field)
        return opened.get("webhook_secret", "")


def _scheme_of(account: ProviderAccountRow) -> Scheme | None:
    """The way of signing that has fitted before; an unknown word counts as none."""
    known = str(account.settings.get("webhook_scheme", ""))
    return Scheme(known) if known in set(Scheme) else None
