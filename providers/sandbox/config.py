"""What the sandbox is told about the accounts it plays, and how it behaves towards them.

The tokens here are made up and worthless: they only prove that a client sends the right one.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from providers.sandbox.faults import Fault

WindowErrors = Literal["async", "sync", "off"]
"""How a closed 24-hour window shows: a failed status later (as in production), an error at once, or not."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NailItAccount(_Model):
    """One salon at Nail It. `security_token` is the header value: base64 of the client key."""

    kind: Literal["nailit"] = "nailit"
    key: str = Field(min_length=1)
    security_token: str = Field(min_length=1)
    cancel_supported: bool = True
    pay_minutes: int = Field(default=30, ge=0, description="minutes until PayNowExpireDate")
    items: Annotated[Path, AfterValidator(Path.absolute)] | None = Field(
        default=None, description="catalog in the vendor's answer format; None = demo"
    )


class ShopMonkeyAccount(_Model):
    """One car shop at ShopMonkey. `api_key` is what `Authorization: Bearer` carries."""

    kind: Literal["shopmonkey"] = "shopmonkey"
    key: str = Field(min_length=1)
    api_key: str = Field(min_length=1)
    may_delete: bool = Field(default=True, description="does the key have the permission to delete?")
    lists_lie: bool = Field(default=True, description="pages in no order, overlapping, with rows left out")
    omit: float = Field(default=0.1, ge=0, lt=1, description="share of rows a lying page leaves out")
    shop: Annotated[Path, AfterValidator(Path.absolute)] | None = Field(
        default=None, description="locations, users and services as the vendor's rows; None = demo"
    )


class MetaAccount(_Model):
    """One WhatsApp number at Meta. `webhook_url` receives the signed status webhooks; None = none sent."""

    kind: Literal["meta"] = "meta"
    phone_number_id: str = Field(pattern=r"^\d+$")
    waba_id: str = Field(default="200000000000001", pattern=r"^\d+$")
    display_phone_number: str = "+15555550101"
    access_token: str = Field(min_length=1)
    app_secret: str = Field(min_length=1)
    webhook_url: str | None = None
    window_errors: WindowErrors = "async"
    unknown_customers: Literal["open", "closed"] = Field(
        default="closed", description="is the window of a customer who was never reported as writing open?"
    )
    unreachable: list[str] = Field(default_factory=list, description="numbers that fail with 131026")
    pair_limit: int | None = Field(
        default=None, ge=1, description="messages per 6 s and customer; None = off"
    )


class TwilioAccount(_Model):
    """One Twilio account. `numbers` are the senders it owns (`+…`), used with and without `whatsapp:`."""

    kind: Literal["twilio"] = "twilio"
    account_sid: str = Field(pattern=r"^AC[0-9a-zA-Z]{32}$")
    auth_token: str = Field(min_length=1)
    numbers: list[str] = Field(min_length=1)
    messaging_services: list[str] = Field(default_factory=list)
    window_errors: WindowErrors = "async"
    unknown_customers: Literal["open", "closed"] = "closed"
    unreachable: list[str] = Field(
        default_factory=list, description="numbers that end undelivered with 30003"
    )


class StripeAccount(_Model):
    """One account at Stripe. `webhook_url` receives the signed events; None = none sent."""

    kind: Literal["stripe"] = "stripe"
    key: str = Field(min_length=1)
    secret_key: str = Field(pattern=r"^sk_(test|live)_")
    webhook_secret: str = Field(default="whsec_sandbox", min_length=1)
    webhook_url: str | None = None

    @property
    def live(self) -> bool:
        return self.secret_key.startswith("sk_live_")


Account = Annotated[
    NailItAccount | ShopMonkeyAccount | MetaAccount | TwilioAccount | StripeAccount,
    Field(discriminator="kind"),
]


class CallbackConfig(_Model):
    """How status callbacks are delivered. Times in milliseconds after the step before."""

    first_after_ms: int = Field(default=50, ge=0)
    step_ms: int = Field(default=150, ge=0)
    read_receipts: bool = True
    attempts: int = Field(
        default=6, ge=1, description="tries per Meta webhook; Twilio follows its URL fragment"
    )
    backoff_ms: int = Field(default=200, ge=1, description="wait before the second try; doubled each time")
    timeout_ms: int = Field(default=5000, ge=1)
    unordered: bool = Field(default=False, description="shuffle the order in which statuses are posted")
    repeat: int = Field(default=1, ge=1, description="how often every status is posted")
    seed: int = 1


class SandboxConfig(_Model):
    """Everything `serve` and `create_app` need beside the data folder and the clock."""

    accounts: list[Account] = Field(default_factory=list)
    callbacks: CallbackConfig = Field(default_factory=CallbackConfig)
    faults: list[Fault] = Field(default_factory=list)
    fault_seed: int = 1
    public_url: str | None = Field(default=None, description="origin for payment links; None = as requested")
    zone: str = Field(default="Asia/Kuwait", description="the salons' time zone")
    days_ahead: int = Field(default=60, ge=1, description="staff have no frames beyond this many days")


def client_token(client_key: str) -> str:
    """The value of `X-NailItMobile-SecurityToken` for a client key: its base64."""
    return base64.b64encode(client_key.encode()).decode()


def demo_config(*, items: Path | None = None) -> SandboxConfig:
    """The accounts of three demo businesses; `items` replaces the salons' catalog.

    Callers fill in the webhook URLs of their own web process.
    """
    return SandboxConfig(
        accounts=[
            NailItAccount(key="nail-salon", security_token=client_token("sandbox-nail-salon"), items=items),
            NailItAccount(key="nail-studio", security_token=client_token("sandbox-nail-studio"), items=items),
            ShopMonkeyAccount(key="car-tint", api_key="sandbox-car-tint"),
            MetaAccount(
                phone_number_id="100000000000001",
                waba_id="200000000000001",
                display_phone_number="+15555550101",
                access_token="sandbox-meta-nail-salon",  # noqa: S106 - opens nothing but this sandbox
                app_secret="sandbox-app-secret-nail-salon",  # noqa: S106
                unknown_customers="open",
            ),
            MetaAccount(
                phone_number_id="100000000000002",
                waba_id="200000000000002",
                display_phone_number="+15555550102",
                access_token="sandbox-meta-nail-studio",  # noqa: S106
                app_secret="sandbox-app-secret-nail-studio",  # noqa: S106
                unknown_customers="open",
            ),
            TwilioAccount(
                account_sid="AC" + "5a" * 16,
                auth_token="sandbox-twilio-token",  # noqa: S106
                numbers=["+15555550111", "+15555550112"],
                unknown_customers="open",
            ),
        ]
    )
