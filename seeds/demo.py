"""The businesses of the demo: settings, bot, channels and booking system. Their catalog comes by a sync.

They talk to the sandbox server and to nothing else: every account carries the sandbox's address, so that no
setting of the installation can send their made-up messages to a real provider. The secrets are random, made
once and kept sealed; `SeedReport.sandbox_accounts` tells them to the sandbox.
"""

from __future__ import annotations

import base64
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bot.accounts import sealed_channel_account, sealed_provider_account
from bot.channels.contract import ChannelAccount
from bot.llm_settings import LlmSettings
from bot.workspace import BookingMode, Contact, FormField, Outbound, WorkspaceSettings, standard_form
from db import accounts, sync_runs
from db.accounts import ChannelAccountRow, ProviderAccountRow, Saved, WorkspaceRow
from db.ids import new_id
from db.secrets import SecretBox
from db.tx import Pool, Tx, tx
from providers.contract import ProviderAccount
from seeds.demo_barber import barber_sandbox_config, seed_barber
from seeds.demo_massage import massage_sandbox_config, seed_massage
from seeds.sandbox_numbers import DEMO_MAIL, SandboxNumbers, channels_config, fresh_secrets
from seeds.texts import AFTER_HOURS, SALON_FAQ, SALON_SAFETY
from seeds.tint import TINT, TintShop

BOT_KEY = "reception"
GOES_WITH = {
    "101": ("106",),
    "102": ("306",),
    "201": ("206",),
    "401": ("431",),
    "402": ("431",),
    "422": ("431",),
}
"""What the salons may suggest: a hand treatment with a manicure, nail art with gel, a scrub with a pedicure, a mask
with hair. External ids of the sandbox's catalog."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoBusiness(SandboxNumbers):
    """What differs between the two salons."""

    name: str
    dialect: str
    phone: str
    website: str

    @property
    def settings(self) -> WorkspaceSettings:
        return WorkspaceSettings(
            timezone="Asia/Kuwait",
            currency="KWD",
            region="KW",
            languages=("en", "ar"),
            booking_mode=BookingMode.PROVIDER,
            contact=Contact(phone=self.phone, email=f"hello@{self.key}.example.com", website=self.website),
            # Closed is the default and right for anybody real. Here every address is the sandbox.
            outbound=Outbound(mode="open"),
            mail=DEMO_MAIL,
            llm=LlmSettings(trade="nail_salon"),
            after_hours=AFTER_HOURS,
            faq=SALON_FAQ,
            safety=SALON_SAFETY,
            goes_with=GOES_WITH,
        )

    @property
    def form(self) -> tuple[FormField, ...]:
        return standard_form()

    def provider_account(self, sandbox_url: str) -> ProviderAccount:
        """Its booking system, with fresh secrets."""
        return ProviderAccount(
            provider="nailit",
            dialect=self.dialect,
            base_url=f"{sandbox_url}/nailit",
            timezone=self.settings.timezone,
            currency=self.settings.currency,
            # The header's value as the vendor hands it out: base64 of a client key.
            secrets={"security_token": base64.b64encode(secrets.token_bytes(24)).decode()},
        )

    def sandbox_provider(self, known: Mapping[str, str]) -> dict[str, Any]:
        """The booking system's account for the sandbox; known: its secrets."""
        return {"kind": "nailit", "key": self.key, "security_token": known["security_token"]}


BUSINESSES = (
    DemoBusiness(
        key="nail-salon",
        name="Nail Salon",
        dialect="facade",
        phone="+96550000001",
        website="https://nail-salon.example.com",
        whatsapp_number_id="100000000000101",
        whatsapp_display="+15550100201",
        whatsapp_business_id="200000000000101",
        sms_number="+15550100101",
    ),
    DemoBusiness(
        key="nail-studio",
        name="Nail Studio",
        dialect="v2",
        phone="+96550000002",
        website="https://nail-studio.example.com",
        whatsapp_number_id="100000000000102",
        whatsapp_display="+15550100202",
        whatsapp_business_id="200000000000102",
        sms_number="+15550100102",
    ),
)


@dataclass(slots=True)
class SeedReport:
    """What seeding did, per kind of row."""

    counts: dict[str, Counter[Saved]] = field(default_factory=dict)
    sandbox_accounts: list[dict[str, Any]] = field(default_factory=list, repr=False)
    """The accounts as the sandbox's control API takes them; holds the secrets."""
    sync_runs: list[UUID] = field(default_factory=list)
    """First syncs that were asked for."""

    def note(self, what: str, saved: Saved) -> None:
        self.counts.setdefault(what, Counter())[saved] += 1

    def total(self, saved: Saved) -> int:
        return sum(counter[saved] for counter in self.counts.values())


async def seed_demo(pool: Pool, *, box: SecretBox, sandbox_url: str, public_base_url: str) -> SeedReport:
    """Brings the demo's rows to what they should be; a second time nothing is left to do.

    sandbox_url, public_base_url: origins without a slash at the end. Raises SecretError if secrets of an
    earlier seeding can't be opened with the configured keys.
    """
    report = SeedReport()
    for business in (*BUSINESSES, TINT):
        await seed_business(
            pool, business, report, box=box, sandbox_url=sandbox_url, public_base_url=public_base_url
        )
    barber = await seed_barber(pool, box=box, sandbox_url=sandbox_url)
    massage = await seed_massage(pool, box=box, sandbox_url=sandbox_url)
    for imported in (barber, massage):
        for what, counts in imported.counts.items():
            report.counts.setdefault(what, Counter()).update(counts)
        async with tx(pool, imported.workspace_id) as connection:
            await _first_sync(connection, report)
    report.sandbox_accounts += [
        *barber_sandbox_config(barber, public_base_url=public_base_url),
        *massage_sandbox_config(massage, public_base_url=public_base_url),
    ]
    return report


async def seed_business(
    pool: Pool,
    business: DemoBusiness | TintShop,
    report: SeedReport,
    *,
    box: SecretBox,
    sandbox_url: str,
    public_base_url: str,
) -> UUID:
    """One of them alone; adds to the report. Its workspace. Raises SecretError."""
    workspace_id = await _workspace(pool, business, report)
    async with tx(pool, workspace_id) as connection:
        seeding = _Seeding(connection, workspace_id, business, box, sandbox_url, report)
        await seeding.run()
    report.sandbox_accounts += sandbox_config(business, seeding.secrets, public_base_url=public_base_url)
    return workspace_id


async def _first_sync(connection: Tx, report: SeedReport) -> None:
    if not await sync_runs.recent_runs(connection, limit=1):
        report.sync_runs.append(await sync_runs.request_run(connection, kind="full", trigger="seed"))


async def _workspace(pool: Pool, business: DemoBusiness | TintShop, report: SeedReport) -> UUID:
    settings = business.settings.model_dump(mode="json")
    found: WorkspaceRow | None = await accounts.find_workspace(pool, business.key)
    if found is not None and (found.name, found.settings) == (business.name, settings):
        report.note("workspaces", Saved.UNCHANGED)
        return found.id
    report.note("workspaces", Saved.UPDATED if found else Saved.CREATED)
    return await accounts.save_workspace(pool, key=business.key, name=business.name, settings=settings)


@dataclass(slots=True)
class _Seeding:
    """One business, in one transaction."""

    connection: Tx
    workspace_id: UUID
    business: DemoBusiness | TintShop
    box: SecretBox
    sandbox_url: str
    report: SeedReport
    secrets: dict[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    """Per channel, and of the booking system, in the clear."""

    async def run(self) -> None:
        bot_id, saved = await accounts.save_bot(
            self.connection,
            key=BOT_KEY,
            name="Reception",
            form=[entry.model_dump(mode="json") for entry in self.business.form],
        )
        self.report.note("bots", saved)
        existing = {
            row.account_key: row
            for row in await accounts.list_channel_accounts(self.connection)
            if row.workspace_id == self.workspace_id
        }
        for account in self._channel_accounts(bot_id):
            await self._save_channel(account, existing.get(account.account_key))
        await self._save_provider()
        await _first_sync(self.connection, self.report)

    def _channel_accounts(self, bot_id: UUID) -> list[ChannelAccount]:
        """Ids and secrets are only used for accounts that don't exist yet."""
        business = self.business

        def account(
            channel: str, suffix: str, address: str, fresh: Mapping[str, str], settings: Mapping[str, object]
        ) -> ChannelAccount:
            return ChannelAccount(
                id=new_id(),
                workspace_id=self.workspace_id,
                bot_id=bot_id,
                channel=channel,
                account_key=f"{business.key}-{suffix}",
                address=address,
                secrets=fresh,
                settings=settings,
                api_base_url="" if channel == "web" else self.sandbox_url,
            )

        return [
            account(
                "whatsapp",
                "wa",
                business.whatsapp_number_id,
                fresh_secrets("whatsapp"),
                {},
            ),
            account(
                "twilio",
                "sms",
                business.sms_number,
                fresh_secrets("twilio"),
                {"account_sid": business.twilio_account_sid},
            ),
            account("web", "web", f"{business.key}-web", {"signing_secret": secrets.token_urlsafe(32)}, {}),
        ]

    async def _save_channel(self, wanted: ChannelAccount, existing: ChannelAccountRow | None) -> None:
        fresh = sealed_channel_account(wanted, self.box)
        row = fresh
        if existing is not None:
            row = ChannelAccountRow(
                id=existing.id,
                workspace_id=existing.workspace_id,
                bot_id=wanted.bot_id,
                channel=wanted.channel,
                account_key=wanted.account_key,
                address=wanted.address,
                signing_group=existing.signing_group,
                secrets=existing.secrets,
                settings=fresh.settings,
                api_base_url=wanted.api_base_url,
            )
        self.secrets[wanted.channel] = self._opened(row)
        self.report.note("channel accounts", await accounts.save_channel_account(self.connection, row))

    async def _save_provider(self) -> None:
        wanted = self.business.provider_account(self.sandbox_url)
        existing = await accounts.provider_account_of(self.connection)
        row = sealed_provider_account(
            wanted,
            self.box,
            account_id=existing.id if existing else new_id(),
            workspace_id=self.workspace_id,
        )
        if existing is not None:
            row = ProviderAccountRow(
                id=row.id,
                workspace_id=row.workspace_id,
                provider=row.provider,
                dialect=row.dialect,
                base_url=row.base_url,
                secrets=existing.secrets,
                settings=row.settings,
            )
        self.secrets["provider"] = self._opened(row)
        self.report.note("provider accounts", await accounts.save_provider_account(self.connection, row))

    def _opened(self, row: ChannelAccountRow | ProviderAccountRow) -> dict[str, str]:
        return self.box.open(row.secrets, workspace_id=self.workspace_id, field=row.secret_field)


def sandbox_config(
    business: DemoBusiness | TintShop, known: Mapping[str, Mapping[str, str]], *, public_base_url: str
) -> list[dict[str, Any]]:
    """The business's accounts for the sandbox's `POST /_sandbox/accounts` (providers/sandbox/config.py)."""
    return [
        business.sandbox_provider(known["provider"]),
        *channels_config(business, known, public_base_url=public_base_url),
    ]
