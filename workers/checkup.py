"""What `frontdesk doctor` looks at: settings, servers, accounts. Each finding is a row in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import asyncpg
from pydantic import ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.accounts import webhook_url
from bot.workspace import WorkspaceSettings
from db.accounts import (
    ChannelAccountRow,
    ProviderAccountRow,
    WorkspaceRow,
    list_channel_accounts,
    list_provider_accounts,
    list_workspaces,
)
from db.migrate import MigrationError, pending
from db.secrets import SecretBox, SecretError
from db.sync_status import last_done_sync
from db.tx import Pool, PoolLimits, open_pool, tx
from sync.webhooks import CHANGES
from workers.checkup_payments import payment_findings
from workers.findings import Finding, State
from workers.settings import Settings

MIN_POSTGRES = 15
MIN_REDIS = (6, 2)
TWILIO_OVERRIDES = "#rc=5&rp=5xx,ct,rt"
"""Twilio tries again on its own for connection failures only; this asks for five tries, also after a 5xx and
a timeout (Twilio's webhook connection overrides, a fragment of the URL that it doesn't send)."""

_TIMEOUT_SECONDS = 5.0


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything that is configured. Never raises for what it finds."""
    findings = [*check_settings(settings), await check_redis(settings)]
    try:
        pool = await open_pool(
            settings.dsn,
            PoolLimits(min_size=1, max_size=1, acquire_timeout=_TIMEOUT_SECONDS),
            application_name="frontdesk doctor",
        )
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return [*findings, Finding("Servers", "Database", State.MISSING, f"not reachable: {_words(error)}")]
    try:
        database = await check_database(pool)
        findings += database
        if all(finding.state is not State.MISSING for finding in database):
            findings += await check_accounts(pool, settings)
    finally:
        await pool.close()
    return findings


def check_settings(settings: Settings) -> Iterator[Finding]:
    """What the environment says, and whether it goes together."""
    section = "Settings"
    keys = len(settings.secret_keys())
    yield Finding(
        section,
        "Secret keys",
        State.OK if keys else State.MISSING,
        f"{keys} configured, the first one encrypts"
        if keys
        else "FRONTDESK_SECRET_KEYS is empty; make a key with: openssl rand -base64 32",
    )
    base = settings.public_base_url
    if settings.production and not base.startswith("https://"):
        yield Finding(section, "Public address", State.MISSING, f"{base} must be https in production")
    elif not base.startswith("https://"):
        yield Finding(section, "Public address", State.NOTE, f"{base}: channels can't reach it from outside")
    else:
        yield Finding(section, "Public address", State.OK, base)
    yield Finding(section, "Environment", State.OK, settings.environment.value)
    if settings.production and settings.simulator_enabled:
        yield Finding(section, "Simulator", State.MISSING, "SIMULATOR_ENABLED must be off in production")
    if settings.production and settings.frontdesk_failpoints:
        yield Finding(
            section, "Failpoints", State.MISSING, "FRONTDESK_FAILPOINTS must be empty in production"
        )
    for title, value, without in (
        ("Error reports", settings.sentry_dsn, "off: SENTRY_DSN is empty"),
        ("OpenAI", settings.openai_api_key, "not configured; not needed"),
        ("Anthropic", settings.anthropic_api_key, "not configured; not needed"),
    ):
        yield Finding(section, title, State.OK if value else State.NOTE, "configured" if value else without)
    yield _mail(settings)


def _mail(settings: Settings) -> Finding:
    """What mails about bookings are sent with."""
    ways = [
        name
        for name, value in (("Postmark", settings.postmark_server_token), ("SMTP_URL", settings.smtp_url))
        if value
    ]
    if not ways:
        return Finding("Settings", "E-mail", State.NOTE, "not configured; no e-mail is sent")
    if not settings.mail_from:
        return Finding("Settings", "E-mail", State.MISSING, "MAIL_FROM is empty: no e-mail is sent")
    said = f"{ways[0]}, from {settings.mail_from}"
    if ways[0] == "Postmark" and not settings.postmark_webhook_password:
        return Finding(
            "Settings",
            "E-mail",
            State.NOTE,
            f"{said}; POSTMARK_WEBHOOK_PASSWORD is empty: bounces go unnoticed",
        )
    return Finding("Settings", "E-mail", State.OK, said)


async def check_redis(settings: Settings) -> Finding:
    """Whether Redis answers, and is new enough."""
    client = Redis.from_url(
        settings.redis_url.get_secret_value(),
        socket_connect_timeout=_TIMEOUT_SECONDS,
        socket_timeout=_TIMEOUT_SECONDS,
    )
    try:
        version = str((await client.info("server"))["redis_version"])
    except (RedisError, OSError, ValueError) as error:
        return Finding("Servers", "Redis", State.MISSING, f"not reachable: {_words(error)}")
    finally:
        await client.aclose()
    found = tuple(int(part) for part in version.split(".")[:2])
    if found < MIN_REDIS:
        return Finding("Servers", "Redis", State.MISSING, f"version {version}; 6.2 or newer is needed")
    return Finding("Servers", "Redis", State.OK, f"version {version}")


async def check_database(pool: Pool) -> list[Finding]:
    """Version and migrations."""
    async with pool.acquire() as connection:
        number = int(await connection.fetchval("SHOW server_version_num"))
        findings = [
            Finding(
                "Servers",
                "Database",
                State.OK if number // 10_000 >= MIN_POSTGRES else State.MISSING,
                f"PostgreSQL {number // 10_000}.{number % 10_000}"
                + ("" if number // 10_000 >= MIN_POSTGRES else f"; {MIN_POSTGRES} or newer is needed"),
            )
        ]
        try:
            waiting = await pending(connection)
        except (MigrationError, asyncpg.PostgresError) as error:
            return [*findings, Finding("Servers", "Migrations", State.MISSING, _words(error))]
        text = f"{len(waiting)} not applied; run: frontdesk migrate" if waiting else "all applied"
        state = State.MISSING if waiting else State.OK
        return [*findings, Finding("Servers", "Migrations", state, text)]


async def check_accounts(pool: Pool, settings: Settings) -> list[Finding]:
    """Every workspace with its channels and its booking system."""
    workspaces = await list_workspaces(pool)
    if not workspaces:
        return [Finding("Workspaces", "None", State.NOTE, "no business is set up yet")]
    channels = await list_channel_accounts(pool)
    providers = await list_provider_accounts(pool)
    keys = settings.secret_keys()
    box = SecretBox(keys) if keys else None
    findings: list[Finding] = []
    for workspace in workspaces:
        findings.append(_outbound(workspace))
        findings += [
            _channel(workspace.key, row, box, settings.public_base_url)
            for row in channels
            if row.workspace_id == workspace.id
        ]
        findings += [
            await _provider(pool, workspace.key, row, box)
            for row in providers
            if row.workspace_id == workspace.id
        ]
        findings += [
            _provider_webhook(workspace.key, row, box, settings.public_base_url)
            for row in providers
            if row.workspace_id == workspace.id and row.enabled and row.provider in CHANGES
        ]
        findings += await payment_findings(pool, workspace, box, settings.public_base_url)
    return findings


def _outbound(workspace: WorkspaceRow) -> Finding:
    try:
        outbound = WorkspaceSettings.model_validate(workspace.settings).outbound
    except ValidationError as error:
        fields = ", ".join(sorted({".".join(map(str, item["loc"])) for item in error.errors()}))
        return Finding(workspace.key, "Settings", State.MISSING, f"not usable: {fields}")
    if outbound.mode == "open":
        return Finding(workspace.key, "Outbound", State.OK, "open: every customer gets answers")
    return Finding(
        workspace.key,
        "Outbound",
        State.NOTE,
        f"closed: only {len(outbound.allow)} allowed addresses get answers, the rest is recorded as blocked",
    )


def _channel(section: str, row: ChannelAccountRow, box: SecretBox | None, base: str) -> Finding:
    title = f"{row.channel} {row.address}"
    if not row.enabled:
        return Finding(section, title, State.NOTE, "switched off")
    if not _opens(row.secrets, box, row.workspace_id, row.secret_field):
        return Finding(section, title, State.MISSING, "its secrets can't be opened with the configured keys")
    if row.channel == "web":
        return Finding(section, title, State.OK, "chat on web pages")
    url = webhook_url(base, row.channel, row.account_key)
    if row.channel == "twilio":
        url += TWILIO_OVERRIDES
    return Finding(section, title, State.OK, f"webhook {url}")


async def _provider(pool: Pool, section: str, row: ProviderAccountRow, box: SecretBox | None) -> Finding:
    title = f"{row.provider} {row.dialect}".strip()
    if not row.enabled:
        return Finding(section, title, State.NOTE, "switched off")
    if not _opens(row.secrets, box, row.workspace_id, row.secret_field):
        return Finding(section, title, State.MISSING, "its secrets can't be opened with the configured keys")
    async with tx(pool, row.workspace_id) as work:
        at = await last_done_sync(work, "full")
    if at is None:
        return Finding(section, title, State.NOTE, f"{row.base_url}: the catalog was never synced")
    source = f"{row.base_url}: " if row.base_url else ""
    return Finding(section, title, State.OK, f"{source}last synced {at:%Y-%m-%d %H:%M} UTC")


def _provider_webhook(section: str, row: ProviderAccountRow, box: SecretBox | None, base: str) -> Finding:
    """Where the booking system tells of its own changes; without it they are seen every quarter of an hour."""
    title = f"{row.provider} webhook"
    url = f"{base.rstrip('/')}/webhooks/provider/{row.provider}/{row.id}"
    try:
        known = box.open(row.secrets, workspace_id=row.workspace_id, field=row.secret_field) if box else {}
    except SecretError:
        known = {}  # said of the account already
    if known.get("webhook_secret"):
        return Finding(section, title, State.OK, url)
    return Finding(section, title, State.NOTE, f"off until the account has its webhook_secret; address {url}")


def _opens(sealed: bytes, box: SecretBox | None, workspace_id: UUID, field: str) -> bool:
    if box is None:
        return False
    try:
        box.open(sealed, workspace_id=workspace_id, field=field)
    except SecretError:
        return False
    return True


def _words(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
