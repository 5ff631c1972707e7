"""What an operator can set on a Nail It account, beside base URL, time zone and currency."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from providers.contract import PaymentTypeRecord, ProviderAccount


class ConfiguredPaymentType(BaseModel):
    """A payment type to offer when the vendor's list comes back empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[1-9]\d{0,8}$", coerce_numbers_to_str=True)]
    code: str
    names: dict[str, str] = Field(min_length=1)
    online: bool

    def record(self) -> PaymentTypeRecord:
        return PaymentTypeRecord(self.id, self.code, self.names, self.online)


class NailItSettings(BaseModel):
    """`ProviderAccount.settings`. Keys of others (the console keeps some of its own) are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    payment_types: tuple[ConfiguredPaymentType, ...] = ()
    languages: tuple[Literal["en", "ar"], ...] = ("en", "ar")
    call_timeout_seconds: float = Field(default=10.0, gt=0, le=60)
    read_attempts: int = Field(default=3, ge=1, le=5)
    read_first_wait_seconds: float = Field(default=0.2, gt=0, le=5)
    staff_look_ahead_days: tuple[Annotated[int, Field(ge=0, le=30)], ...] = Field(
        default=(0, 3), min_length=1
    )
    """v2 only: on which days from today staff are asked for (providers/nailit/v2.py)."""


def read_settings(account: ProviderAccount) -> tuple[NailItSettings, ZoneInfo]:
    """The checked settings. Raises ValueError in an operator's words, without values."""
    if not account.base_url.startswith(("http://", "https://")):
        raise ValueError("Nail It: the base URL must begin with http:// or https://")
    token = account.secrets.get("security_token", "")
    if not token.strip() or not token.isascii() or not token.isprintable():
        raise ValueError("Nail It: the secret 'security_token' is missing or isn't a header value")
    try:
        zone = ZoneInfo(account.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"Nail It: unknown time zone {account.timezone!r}") from error
    try:
        return NailItSettings.model_validate(dict(account.settings)), zone
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"Nail It: setting {where}: {first['msg']}") from None
