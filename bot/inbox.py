"""RECEIVE: verified, parsed webhooks become inbox rows, durably, before anybody answers 200.

Rows of concurrent requests share a commit: what gathered while the last commit ran goes into the next one.
Nothing here thinks about what a message means.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from bot.channels.contract import ChannelAccount
from bot.limits import ChatLimits
from bot.live import LiveKind, Unwatched
from bot.messages import DELIVERY_RANK, DeliveryReceipt, Inbound, JsonObject
from bot.ports import Accounts, Bell, LiveEvents, SeenIds
from bot.stored_inbound import holdable, inbound_to_json, storable
from bot.workspace import WorkspaceSettings
from db import errors, failpoints, inbox
from db.failures import DATABASE_FAILURES, ROW_REFUSED, RUN_AGAIN
from db.tx import Pool

log = structlog.get_logger(__name__)

OUTCOME_UNKNOWN = "send_outcome_unknown"
"""Kind of the operator error about a send that nothing has proved yet."""

_MAX_BATCH = 256
_MAX_WAITING = 4_096
"""Webhooks that wait for a commit; while the database hangs, more of them are answered 503 at once."""
_STORE_SECONDS = 8
_TRIES_AFTER_DEADLOCK = 3
_DEFAULT_IDLE_HOURS = 24


class NotStored(RuntimeError):
    """The database did not take it: the webhook must not be acknowledged."""


@dataclass(slots=True)
class _Pending:
    rows: list[inbox.InboundRow]
    done: asyncio.Future[list[inbox.Accepted]]
    abandoned: bool = False
    """Its request was answered 503 already: the provider sends it again."""


@dataclass(slots=True)
class Receiver:
    """One per web process."""

    pool: Pool
    accounts: Accounts
    bell: Bell
    seen: SeenIds
    live: LiveEvents = field(default_factory=Unwatched)
    _waiting: deque[_Pending] = field(default_factory=deque)
    _flusher: asyncio.Task[None] | None = None

    async def accept(self, inbounds: Sequence[Inbound], *, named: Sequence[ChannelAccount]) -> int:
        """Stores the messages of one verified webhook and rings for them.

        named: the accounts its signature may speak for, the one of its URL first. Returns when everything is
        durable: how many were for an address nobody has (kept as unrouted). Raises NotStored.
        """
        if not inbounds:
            return 0
        rows, unknown = await self._route(inbounds, named)
        keys = [_seen_key(row) for row in rows]
        if rows and not unknown and await self.seen.all_seen(keys):
            return 0
        if rows:
            accepted = await self._store(rows)
            fresh = {a.conversation_id: a.workspace_id for a in accepted if not a.duplicate}
            self.bell.ring(list(fresh))
            for conversation_id, workspace_id in fresh.items():
                self.live.publish(workspace_id, conversation_id, LiveKind.RECEIVED)
            self.seen.remember(keys)
        for inbound in unknown:
            await self._keep_unrouted(inbound, named[0])
        return len(unknown)

    async def receipts(
        self, receipts: Sequence[DeliveryReceipt], *, named: Sequence[ChannelAccount]
    ) -> list[inbox.AppliedReceipt]:
        """Applies delivery receipts by rank. Raises NotStored."""
        if not receipts:
            return []
        rows = [
            inbox.ReceiptRow(
                external_id=receipt.external_id,
                correlation_id=_uuid_or_none(receipt.correlation_id),
                status=receipt.status.value,
                rank=DELIVERY_RANK[receipt.status],
                error=_receipt_error(receipt),
            )
            for receipt in receipts
        ]
        try:
            async with asyncio.timeout(_STORE_SECONDS):
                applied = await inbox.apply_receipts(
                    self.pool, rows, account_ids=[account.id for account in named]
                )
                for entry in applied:
                    await self._report_failed_delivery(receipts[entry.ordinal], entry)
                    if entry.proved:  # what an operator was told about it is settled
                        await errors.resolve(
                            self.pool,
                            workspace_id=entry.workspace_id,
                            kind=OUTCOME_UNKNOWN,
                            fingerprint=str(entry.effect_id),
                            resolution="a delivery receipt proved that it was sent",
                        )
        except DATABASE_FAILURES as error:
            raise NotStored(type(error).__name__) from error
        self.bell.ring([entry.conversation_id for entry in applied if entry.proved])
        for entry in applied:
            self.live.publish(entry.workspace_id, entry.conversation_id, LiveKind.DELIVERY)
        return applied

    async def keep_unknown_account(
        self, *, channel: str, account_key: str, address: str, external_id: str, payload: JsonObject
    ) -> None:
        """A webhook for an account nobody knows: kept, and an operator is told. Raises NotStored."""
        try:
            async with asyncio.timeout(_STORE_SECONDS):
                new = await inbox.keep_unrouted(
                    self.pool,
                    channel=channel,
                    account_key=storable(account_key),
                    address=holdable(address),
                    external_id=holdable(external_id),
                    payload=storable(payload),
                )
                if new:
                    await errors.record(
                        self.pool,
                        workspace_id=None,
                        kind="unrouted_webhook",
                        # What nobody could verify is anybody's word: one open error for all of it.
                        fingerprint=f"{channel}/{account_key[:60]}/{address[:60]}"
                        if address
                        else f"{channel}/unknown key",
                        summary=f"A {channel} message came for an account that is not set up here "
                        f"(key {account_key[:40]!r}, address {address[:40]!r}). It was kept, nobody was answered.",
                    )
        except DATABASE_FAILURES as error:
            raise NotStored(type(error).__name__) from error

    async def _route(
        self, inbounds: Sequence[Inbound], named: Sequence[ChannelAccount]
    ) -> tuple[list[inbox.InboundRow], list[Inbound]]:
        by_address = {account.address: account for account in named}
        rows: list[inbox.InboundRow] = []
        unknown: list[Inbound] = []
        for inbound in inbounds:
            account = by_address.get(inbound.to_address)
            if account is None or not inbound.sender.address:
                unknown.append(inbound)
                continue
            settings = await self._settings(account)
            rows.append(
                inbox.InboundRow(
                    workspace_id=account.workspace_id,
                    bot_id=account.bot_id,
                    channel_account_id=account.id,
                    channel=account.channel,
                    account=account.account_key,
                    external_id=holdable(inbound.external_id)[:300],
                    phone=inbound.sender.phone,
                    user_id=holdable(inbound.sender.user_id) if inbound.sender.user_id else None,
                    address=holdable(inbound.sender.address)[:256],
                    profile_name=storable(inbound.sender.profile_name)[:120]
                    if inbound.sender.profile_name
                    else None,
                    idle_hours=settings.conversation_idle_hours if settings else _DEFAULT_IDLE_HOURS,
                    burst_limit=(settings.limits if settings else ChatLimits()).messages_per_minute,
                    payload=inbound_to_json(inbound),
                )
            )
        return rows, unknown

    async def _settings(self, account: ChannelAccount) -> WorkspaceSettings | None:
        """Settings that can't be read are their business's trouble at the turn, not the batch's now."""
        try:
            profile = await self.accounts.profile(
                account.bot_id, workspace_id=account.workspace_id, settings_at=None
            )
        except DATABASE_FAILURES as error:
            raise NotStored(type(error).__name__) from error
        except (LookupError, ValueError):
            log.exception("inbox.settings_unreadable", workspace=str(account.workspace_id))
            return None
        return profile.settings

    async def _store(self, rows: list[inbox.InboundRow]) -> list[inbox.Accepted]:
        if failpoints.guard_is_off("ack_before_commit"):  # the fault harness proves that this order matters
            asyncio.get_running_loop().call_later(0.05, self._enqueue, rows)
            return []
        if len(self._waiting) >= _MAX_WAITING:
            raise NotStored("too many webhooks are waiting for the database")
        pending = self._enqueue(rows)
        try:
            async with asyncio.timeout(_STORE_SECONDS):
                return await asyncio.shield(pending.done)
        except TimeoutError as error:
            pending.abandoned = True
            raise NotStored("the database did not answer in time") from error

    def _enqueue(self, rows: list[inbox.InboundRow]) -> _Pending:
        pending = _Pending(rows, asyncio.get_running_loop().create_future())
        # A waiter that gave up must not make the loop complain about an unread exception.
        pending.done.add_done_callback(lambda future: future.cancelled() or future.exception())
        self._waiting.append(pending)
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._flush(), name="group-commit")
        return pending

    async def _flush(self) -> None:
        while self._waiting:
            group: list[_Pending] = []
            size = 0
            while self._waiting and (not group or size + len(self._waiting[0].rows) <= _MAX_BATCH):
                pending = self._waiting.popleft()
                if pending.abandoned:
                    continue
                group.append(pending)
                size += len(pending.rows)
            if group:
                await self._commit(group)

    async def _commit(self, group: list[_Pending]) -> None:
        try:
            await failpoints.hit("accept.before_commit")
            accepted = await self._accept([row for pending in group for row in pending.rows])
            await failpoints.hit("accept.after_commit")
        except ROW_REFUSED as error:
            await self._commit_apart(group, error)
        except DATABASE_FAILURES as error:
            log.warning("inbox.commit_failed", error=type(error).__name__)
            _fail(group, error)
        except Exception as error:  # noqa: BLE001  (whatever it was, the waiting requests must be answered)
            await self._commit_apart(group, error)
        else:
            for pending in group:
                mine, accepted = accepted[: len(pending.rows)], accepted[len(pending.rows) :]
                if not pending.done.done():
                    pending.done.set_result(mine)

    async def _commit_apart(self, group: list[_Pending], error: Exception) -> None:
        """A row that can't be stored must not take its neighbours with it: each webhook, then each row, alone.

        A webhook with a bad row is answered 503; its good rows stand, and are repeats when it comes again.
        """
        if len(group) > 1:
            for pending in group:
                await self._commit([pending])
            return
        (pending,) = group
        if len(pending.rows) > 1:
            for row in pending.rows:
                part = _Pending([row], asyncio.get_running_loop().create_future())
                await self._commit([part])
                if part.done.exception() is None:
                    self.bell.ring(
                        [each.conversation_id for each in part.done.result() if not each.duplicate]
                    )
        else:
            log.error("inbox.row_refused", exc_info=error)
        _fail(group, error)

    async def _accept(self, rows: list[inbox.InboundRow]) -> list[inbox.Accepted]:
        """Processes that meet the same customers at once under different names may lock each other out."""
        for _ in range(_TRIES_AFTER_DEADLOCK - 1):
            try:
                return await inbox.accept(self.pool, rows)
            except RUN_AGAIN as error:
                log.warning("inbox.run_again", error=type(error).__name__)
        return await inbox.accept(self.pool, rows)

    async def _keep_unrouted(self, inbound: Inbound, named: ChannelAccount) -> None:
        await self.keep_unknown_account(
            channel=named.channel,
            account_key=named.account_key,
            address=inbound.to_address,
            external_id=inbound.external_id,
            payload=inbound_to_json(inbound),
        )

    async def _report_failed_delivery(self, receipt: DeliveryReceipt, applied: inbox.AppliedReceipt) -> None:
        if receipt.error_code is None:
            return
        await errors.record(
            self.pool,
            workspace_id=applied.workspace_id,
            kind="delivery_failed",
            fingerprint=f"{receipt.error_code}",
            summary=f"A message was not delivered: {receipt.error_detail or 'no reason given'} "
            f"(code {receipt.error_code}).",
            conversation_id=applied.conversation_id,
            effect_id=applied.effect_id,
        )


def _fail(group: Sequence[_Pending], error: Exception) -> None:
    """Only the kind of error travels on: a database's words may quote a customer."""
    for pending in group:
        if not pending.done.done():
            pending.done.set_exception(NotStored(type(error).__name__))


def _seen_key(row: inbox.InboundRow) -> str:
    return f"seen:{row.channel}:{row.account}:{row.external_id}"


def _uuid_or_none(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _receipt_error(receipt: DeliveryReceipt) -> str | None:
    if receipt.error_code is None:
        return None
    return f"{receipt.error_code}: {receipt.error_detail}"[:500]
