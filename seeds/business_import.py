"""Writes a business's file into the database: workspace, bot, channels, own calendar. Again changes what differs."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from pydantic import ValidationError

from bot.accounts import sealed_channel_account, sealed_provider_account
from bot.channels.contract import ChannelAccount
from bot.workspace import WorkspaceSettings
from db import accounts
from db.accounts import ChannelAccountRow, ProviderAccountRow, Saved, WorkspaceRow
from db.ids import new_id
from db.secrets import SecretBox
from db.tx import Pool, Tx, tx
from providers.contract import ProviderAccount
from providers.mirror import SECRET, SETTING
from providers.own_calendar.account import account_settings
from seeds.business_file import NEEDED_SECRETS, BusinessFile, Channel

PROVIDER = "own_calendar"


class ImportRefused(Exception):
    """The file is right, but it doesn't go with what is stored. The message is for an operator."""


@dataclass(slots=True)
class ImportReport:
    """What importing did, per kind of row."""

    workspace_id: UUID
    counts: dict[str, Counter[Saved]] = field(default_factory=dict)
    secrets: dict[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    """Per account key, in the clear."""

    def note(self, what: str, saved: Saved) -> None:
        self.counts.setdefault(what, Counter())[saved] += 1


async def import_business(
    pool: Pool, file: BusinessFile, *, box: SecretBox, api_base_url: str = "", keep_settings: bool = True
) -> ImportReport:
    """Creates the business or brings it to what the file says; a second time nothing is left to do.

    Settings that the file doesn't name, and secrets that it leaves out, stay as they are.
    api_base_url: where all channels but the web are served, if not at the real providers.
    keep_settings: False: settings that the file doesn't name go back to their defaults.
    Raises ImportRefused, or SecretError if stored secrets can't be opened.
    """
    found = await accounts.find_workspace(pool, file.business.key)
    if found is not None:
        async with tx(pool, found.id) as connection:
            await _refuse_other_provider(connection, file)
    existing = await accounts.list_channel_accounts(pool)
    for channel in channels_of(file):
        _refuse_channel(channel, existing, workspace_id=found.id if found is not None else None)
    workspace_id, saved = await _workspace(pool, file, found, keep=keep_settings)
    report = ImportReport(workspace_id)
    report.note("workspaces", saved)
    async with tx(pool, workspace_id) as connection:
        await _Import(connection, workspace_id, file, box, api_base_url, report).run()
    return report


async def _refuse_other_provider(connection: Tx, file: BusinessFile) -> None:
    row = await accounts.provider_account_of(connection)
    if row is not None and row.provider != PROVIDER:
        raise ImportRefused(
            f"{file.business.key!r} books through {row.provider}; its own calendar would replace that. "
            "Switch that account off first."
        )


def channels_of(file: BusinessFile) -> list[Channel]:
    """The file's, and a web chat if it names none."""
    if any(one.channel == "web" for one in file.channels):
        return list(file.channels)
    key = f"{file.business.key}-web"
    return [*file.channels, Channel(channel="web", account_key=key, address=key)]


def _refuse_channel(wanted: Channel, existing: list[ChannelAccountRow], *, workspace_id: UUID | None) -> None:
    kept = None
    for row in existing:
        if row.channel != wanted.channel:
            continue
        if row.account_key == wanted.account_key:
            kept = row
            if row.workspace_id != workspace_id:
                raise ImportRefused(f"channel account {wanted.account_key!r} belongs to another business")
        elif row.address == wanted.address:
            raise ImportRefused(f"{wanted.channel} {wanted.address} is account {row.account_key!r} already")
    missing = [name for name in NEEDED_SECRETS[wanted.channel] if not wanted.secrets.get(name)]
    if kept is None and missing:
        raise ImportRefused(
            f"channel account {wanted.account_key!r} is new: its secrets {', '.join(missing)} are missing"
        )


async def _workspace(
    pool: Pool, file: BusinessFile, found: WorkspaceRow | None, *, keep: bool
) -> tuple[UUID, Saved]:
    kept = found.settings if found is not None and keep else {}
    try:
        settings = WorkspaceSettings.model_validate(kept | file.business.named_settings())
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ImportRefused(f"the stored setting {where}: {first['msg']}") from None
    wanted = settings.model_dump(mode="json")
    if found is not None and (found.name, found.settings) == (file.business.name, wanted):
        return found.id, Saved.UNCHANGED
    workspace_id = await accounts.save_workspace(
        pool, key=file.business.key, name=file.business.name, settings=wanted
    )
    return workspace_id, Saved.UPDATED if found else Saved.CREATED


@dataclass(slots=True)
class _Import:
    """One business, in one transaction."""

    connection: Tx
    workspace_id: UUID
    file: BusinessFile
    box: SecretBox
    api_base_url: str
    report: ImportReport

    async def run(self) -> None:
        bot = self.file.bot
        bot_id, saved = await accounts.save_bot(
            self.connection,
            key=bot.key,
            name=bot.name,
            form=[entry.model_dump(mode="json") for entry in self.file.form()],
        )
        self.report.note("bots", saved)
        existing = await accounts.list_channel_accounts(self.connection)
        for channel in channels_of(self.file):
            await self._save_channel(channel, bot_id, existing)
        await self._save_calendar()

    async def _save_channel(self, wanted: Channel, bot_id: UUID, existing: list[ChannelAccountRow]) -> None:
        found = (row for row in existing if row.channel == wanted.channel)
        kept = next((row for row in found if row.account_key == wanted.account_key), None)
        known = self._opened(kept) if kept is not None else {}
        opened = {**known, **wanted.secrets}
        if wanted.channel == "web":
            opened.setdefault("signing_secret", secrets.token_urlsafe(32))
        sealed = sealed_channel_account(
            ChannelAccount(
                id=kept.id if kept is not None else new_id(),
                workspace_id=self.workspace_id,
                bot_id=bot_id,
                channel=wanted.channel,
                account_key=wanted.account_key,
                address=wanted.address,
                secrets=opened,
                settings=dict(wanted.settings),
                enabled=kept.enabled if kept is not None else True,
                api_base_url="" if wanted.channel == "web" else self.api_base_url,
            ),
            self.box,
        )
        if kept is not None and opened == known:
            # Sealing makes other bytes each time; unchanged secrets stay the bytes they are.
            sealed = replace(sealed, secrets=kept.secrets, signing_group=kept.signing_group)
        self.report.secrets[wanted.account_key] = opened
        self.report.note("channel accounts", await accounts.save_channel_account(self.connection, sealed))

    async def _save_calendar(self) -> None:
        kept = await accounts.provider_account_of(self.connection)
        known = self._opened(kept) if kept is not None else {}
        mirror = self.file.mirror
        opened = {**known, **({SECRET: mirror.api_key} if mirror and mirror.api_key else {})}
        if mirror is not None and SECRET not in opened:
            raise ImportRefused("mirror is new: its api_key is missing")
        row = sealed_provider_account(
            ProviderAccount(
                provider=PROVIDER,
                dialect="",
                base_url="",
                timezone=self.file.business.timezone,
                currency=self.file.business.currency,
                secrets=opened,
                settings={
                    **(kept.settings if kept is not None else {}),
                    **account_settings(self.file.calendar),
                    **self._mirror_settings(),
                },
            ),
            self.box,
            account_id=kept.id if kept is not None else new_id(),
            workspace_id=self.workspace_id,
        )
        if kept is not None and opened == known:
            row = replace(row, secrets=kept.secrets)
        self.report.note("provider accounts", await accounts.save_provider_account(self.connection, row))

    def _mirror_settings(self) -> dict[str, object]:
        if self.file.mirror is None:
            return {}
        return {SETTING: self.file.mirror.model_dump(mode="json", exclude={"api_key"})}

    def _opened(self, row: ChannelAccountRow | ProviderAccountRow) -> dict[str, str]:
        return self.box.open(row.secrets, workspace_id=row.workspace_id, field=row.secret_field)
