"""The environment, read once into typed values. No other file looks at environment variables.

Secrets are `SecretStr`, so that printing a settings object never shows one. A missing or malformed variable
ends a process with one line per variable that names it and never repeats its value.
"""

from __future__ import annotations

import base64
import binascii
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.mail_settings import is_mail_address
from bot.proxies import networks
from providers.mail.smtp_url import server_from_url

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DEMO_ENV_FILE = PROJECT_ROOT / "var" / "demo.env"

EXIT_MISCONFIGURED = 2

_HINTS = {
    "DATABASE_URL": "a PostgreSQL address such as postgresql://user:password@host:5432/frontdesk",
    "REDIS_URL": "a Redis address such as redis://host:6379/0",
    "FRONTDESK_SECRET_KEYS": "the output of: openssl rand -base64 32",
}


class Environment(StrEnum):
    """Where the installation stands; production refuses what only suits a laptop."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class LogFormat(StrEnum):
    """`json` is one object per line, `console` is meant for eyes."""

    JSON = "json"
    CONSOLE = "console"


class SettingsError(Exception):
    """The environment can't be used. `problems` holds one line per variable, without its value."""

    log_safe = True

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Timing(BaseSettings):
    """Every time constant and limit of the reliability scheme, so that tests can divide them.

    Read from variables with the prefix FRONTDESK_ (`lease_seconds` is FRONTDESK_LEASE_SECONDS).
    """

    model_config = SettingsConfigDict(
        env_prefix="FRONTDESK_", env_ignore_empty=True, extra="ignore", frozen=True
    )

    lease_seconds: float = Field(30, gt=0, description="How long a worker owns a conversation.")
    turn_budget_seconds: float = Field(25, gt=0, description="Longest turn; shorter than the lease.")
    max_crashes: int = Field(3, ge=1, description="Crashes of one message before it is quarantined.")
    max_errors: int = Field(8, ge=1, description="Errors of one message before it is quarantined.")
    poll_after_seconds: float = Field(1, gt=0, description="Age at which the poller takes a waiting message.")
    dispatcher_interval_seconds: float = Field(0.5, gt=0, description="Pause between two dispatcher rounds.")
    error_pause_seconds: float = Field(2, ge=0, description="First pause after a turn that raised; doubles.")
    reserve_seconds: float = Field(5, gt=0, description="How long a turn's effects are its worker's alone.")
    progress_after_seconds: float = Field(
        4, gt=0, description="When a slow order is worth a line of its own."
    )
    retry_pause_seconds: float = Field(1, gt=0, description="First pause after a refused call; doubles.")
    claim_seconds: float = Field(30, gt=0, description="Age at which a claimed effect counts as unknown.")
    call_timeout_seconds: float = Field(10, gt=0, description="Total limit of one call to the outside.")
    unknown_grace_seconds: float = Field(60, ge=0, description="Wait before an unknown effect is settled.")
    send_hold_seconds: float = Field(120, ge=0, description="How long an open send holds back later ones.")
    payment_poll_seconds: float = Field(10, gt=0, description="Pause between two looks at an open payment.")
    typing_after_seconds: float = Field(
        0.3, ge=0, description="A turn that takes longer shows a typing sign."
    )
    settle_seconds: float = Field(
        0.8, ge=0, description="How long a line that looks unfinished waits for the next one; 0: never."
    )
    settle_longest_seconds: float = Field(2, gt=0, description="Longest wait of the first of several lines.")
    hold_seconds: float = Field(600, gt=0, description="How long an open summary keeps its times.")
    refresh_wait_seconds: float = Field(
        4, ge=0, description="Longest wait of a turn for fresh free times; 0: it never waits."
    )
    llm_limit_seconds: float = Field(
        4, gt=0, description="Longest wait of a turn for language models, all calls together."
    )
    voice_limit_seconds: float = Field(
        10, gt=0, description="Longest wait of a turn for voice notes being fetched and written down."
    )
    watchdog_seconds: float = Field(60, ge=0, description="Stall that kills a process; 0 switches it off.")
    arq_poll_ms: int = Field(15, ge=1, description="How often a worker asks Redis for a job.")
    job_timeout_seconds: float = Field(45, gt=0, description="Longest queue job, the hard limit of a turn.")
    queue_read_limit: int = Field(10_000, ge=1, description="Jobs a worker looks at in one poll.")
    max_jobs: int = Field(16, ge=1, description="Conversations one messages process works on at a time.")
    redis_timeout_seconds: float = Field(1, gt=0, description="Connect and answer limit of Redis.")
    live_tick_seconds: float = Field(
        2, gt=0, description="How often an open page looks by itself, without news from Redis."
    )
    live_calm_seconds: float = Field(
        15,
        gt=0,
        description="How often an open chat looks by itself while Redis is proved to bring its news.",
    )
    chat_wait_seconds: float = Field(
        6,
        gt=0,
        description="How long a web chat's request waits for its answer; later ones come by the stream.",
    )
    slow_request_seconds: float = Field(2, gt=0, description="Requests that take longer are logged.")
    seen_ttl_seconds: int = Field(86_400, ge=1, description="How long Redis remembers a delivered id.")
    pool_min_size: int = Field(1, ge=0, description="Database connections kept open per process.")
    pool_max_size: int = Field(10, ge=1, description="Most database connections per process.")
    acquire_timeout_seconds: float = Field(5, gt=0, description="Longest wait for a database connection.")
    command_timeout_seconds: float = Field(10, gt=0, description="Longest database call, client side.")
    statement_timeout_seconds: float = Field(8, gt=0, description="Longest statement, server side.")
    lock_timeout_seconds: float = Field(4, gt=0, description="Longest wait for a database lock.")
    idle_in_transaction_seconds: float = Field(10, gt=0, description="Longest idle open transaction.")
    slots_interval_seconds: float = Field(900, gt=0, description="Pause between two pulls of free slots.")
    shutdown_seconds: float = Field(20, gt=0, description="Grace for running work after SIGTERM.")


class Settings(BaseSettings):
    """What an installation configures. Every field is the variable of the same name in capitals."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    database_url: SecretStr = Field(description="PostgreSQL 15 or newer. Required.")
    redis_url: SecretStr = Field(description="Redis 6.2 or newer. Required.")
    environment: Environment = Field(Environment.DEVELOPMENT, description="development or production.")
    public_base_url: str = Field(
        "http://localhost:8080",
        description="The address customers' channels reach us at; webhook signatures are checked against it.",
    )
    host: str = Field("127.0.0.1", description="Address the web process listens on.")
    port: int = Field(8080, ge=1, le=65535, description="Port the web process listens on.")
    trusted_proxies: str = Field(
        "",
        description="Addresses and networks of proxies whose X-Forwarded-For is believed, comma separated.",
    )
    frontdesk_secret_keys: SecretStr | None = Field(
        None, description="Comma list of base64 keys of 32 bytes; the first encrypts, all decrypt."
    )
    frontdesk_failpoints: str = Field(
        "", description="Tests only: name=kill|raise|hang|stop[:nth], comma separated."
    )
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least level logged.")
    log_format: LogFormat | None = Field(
        None, description="json or console; json in production, console otherwise."
    )
    sentry_dsn: SecretStr | None = Field(None, description="Error reports; off when empty.")
    metrics_token: SecretStr | None = Field(
        None, min_length=16, description="What Prometheus must show at /metrics; the page is off when empty."
    )
    metrics_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="Where messages, dispatcher and catalog tell of themselves; off when empty.",
    )
    meta_graph_base_url: str = Field("https://graph.facebook.com", description="Where WhatsApp sends go.")
    meta_graph_version: str = Field("v23.0", pattern=r"^v\d+\.\d+$", description="Graph API version.")
    twilio_api_base_url: str = Field("https://api.twilio.com", description="Where SMS sends go.")
    twilio_account_sid: str | None = Field(None, description="Default Twilio account of the installation.")
    twilio_auth_token: SecretStr | None = Field(None, description="Its auth token.")
    openai_api_key: SecretStr | None = Field(None, description="Optional language model.")
    openai_base_url: str = Field("https://api.openai.com", description="Where its calls go.")
    anthropic_api_key: SecretStr | None = Field(None, description="Optional language model.")
    anthropic_base_url: str = Field("https://api.anthropic.com", description="Where its calls go.")
    postmark_server_token: SecretStr | None = Field(None, description="Optional e-mail delivery.")
    postmark_api_base_url: str = Field(
        "https://api.postmarkapp.com",
        description="Where Postmark's API is; the demo points it at the sandbox.",
    )
    postmark_webhook_password: SecretStr | None = Field(
        None, description="Basic password of Postmark's webhooks (user: postmark); off when empty."
    )
    smtp_url: SecretStr | None = Field(
        None, description="Mail server instead of Postmark: smtp://user:password@host:587 or smtps://."
    )
    mail_from: str | None = Field(None, description="Address that mails come from.")
    console_idle_minutes: int = Field(
        480, ge=5, le=43_200, description="After so long without a click the console asks to sign in again."
    )
    console_session_hours: int = Field(168, ge=1, le=720, description="After so long it asks in any case.")
    simulator_enabled: bool = Field(False, description="Opens the simulator channel; demo and tests.")
    sandbox_url: str | None = Field(None, description="The local sandbox server; demo and tests only.")
    timing: Timing = Field(default_factory=Timing, exclude=True)

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("must begin with postgresql://")
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return value

    @field_validator(
        "public_base_url", "meta_graph_base_url", "twilio_api_base_url", "sandbox_url",
        "openai_base_url", "anthropic_base_url", "postmark_api_base_url",
    )  # fmt: skip
    @classmethod
    def _is_web_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// (or http:// for a local address)")
        return value.rstrip("/")

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        networks(value)
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            server_from_url(value.get_secret_value())
        return value

    @field_validator("mail_from")
    @classmethod
    def _is_mail_address(cls, value: str | None) -> str | None:
        if value is not None and not is_mail_address(value):
            raise ValueError("must be one plain e-mail address")
        return value

    @field_validator("frontdesk_secret_keys")
    @classmethod
    def _are_keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _split_keys(value.get_secret_value())
        return value

    @property
    def production(self) -> bool:
        """Whether this is a production installation."""
        return self.environment is Environment.PRODUCTION

    @property
    def dsn(self) -> str:
        """The database address in the clear, for those who connect."""
        return self.database_url.get_secret_value()

    @property
    def mail_configured(self) -> bool:
        """Whether mails can be sent at all."""
        return bool(self.mail_from and (self.postmark_server_token or self.smtp_url))

    def llm_keys(self) -> dict[str, str]:
        """The installation's keys of language models, by provider."""
        given = {"openai": self.openai_api_key, "anthropic": self.anthropic_api_key}
        return {name: key.get_secret_value() for name, key in given.items() if key is not None}

    def services(self) -> tuple[tuple[str, str], ...]:
        """(kind, provider) of what the installation itself sets up, as /api/health names them."""
        mail = (("mail", "mail"),) if self.mail_configured else ()
        return (*(("language_model", name) for name in self.llm_keys()), *mail)

    def secret_keys(self) -> tuple[str, ...]:
        """The keys for secrets at rest in base64, the encrypting one first. Empty if none is configured."""
        if self.frontdesk_secret_keys is None:
            return ()
        return _split_keys(self.frontdesk_secret_keys.get_secret_value())


def _split_keys(text: str) -> tuple[str, ...]:
    keys = tuple(part.strip() for part in text.split(","))
    for position, part in enumerate(keys, start=1):
        try:
            size = len(base64.b64decode(part, validate=True))
        except binascii.Error as error:
            raise ValueError(f"key {position} is not base64") from error
        if size != 32:
            raise ValueError(f"key {position} has {size} bytes instead of 32")
    return keys


def read_settings(*, env_file: Path | None = None) -> Settings:
    """Read the environment, and for what it lacks the file.

    Raises:
        SettingsError: a variable is missing or malformed.
    """
    problems: list[str] = []
    timing: Timing | None = None
    try:
        timing = Timing(_env_file=env_file)
    except ValidationError as error:
        problems += _problems(error, prefix="FRONTDESK_")
    try:
        # A placeholder lets the other variables be judged too when the time constants are broken.
        settings = Settings(_env_file=env_file, timing=timing or Timing.model_construct())
    except ValidationError as error:
        raise SettingsError(_problems(error) + problems) from None
    if problems:
        raise SettingsError(problems)
    return settings


def _problems(error: ValidationError, prefix: str = "") -> list[str]:
    lines = []
    for item in error.errors(include_url=False, include_context=False, include_input=False):
        name = prefix + str(item["loc"][0]).upper() if item["loc"] else prefix
        if item["type"] == "missing":
            lines.append(f"{name} is missing. Set it to {_HINTS.get(name, 'a value')}.")
        else:
            reason = item["msg"].removeprefix("Value error, ")
            lines.append(f"{name} is not usable: {reason[:1].lower()}{reason[1:]}.")
    return lines


def load_settings_or_exit(*, demo_fallback: bool = False) -> Settings:
    """The settings of this process, or one line per problem on stderr and exit code 2.

    Args:
        demo_fallback: read what the environment lacks from the running demo's `var/demo.env`. Only for
            commands a person types; a Procfile process without its URLs, or without a key to open the
            accounts' secrets with, must fail.
    """
    env_file = DEMO_ENV_FILE if demo_fallback and os.access(DEMO_ENV_FILE, os.R_OK) else None
    try:
        settings = read_settings(env_file=env_file)
    except SettingsError as error:
        exit_with(error.problems)
    if settings.frontdesk_secret_keys is None and not demo_fallback:
        exit_with([f"FRONTDESK_SECRET_KEYS is missing. Set it to {_HINTS['FRONTDESK_SECRET_KEYS']}."])
    return settings


def exit_with(lines: list[str]) -> NoReturn:
    """Write the lines to stderr and leave with the exit code of a misconfiguration."""
    for line in lines:
        sys.stderr.write(f"frontdesk: {line}\n")
    raise SystemExit(EXIT_MISCONFIGURED)


def child_environment(**overrides: str) -> dict[str, str]:
    """This process's environment for a child process, with some variables replaced."""
    return {**os.environ, **overrides}
