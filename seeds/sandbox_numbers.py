"""A demo business at the sandbox server: its WhatsApp and SMS numbers, their secrets, whom it may mail."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.accounts import webhook_url
from bot.mail_settings import MailSettings

DEMO_MAIL = MailSettings(only_domains=("example.com",))
"""Whatever mail service the installation has: a made-up business writes to no real address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxNumbers:
    """What the sandbox must know of a business to play its WhatsApp and its SMS provider."""

    key: str
    whatsapp_number_id: str
    whatsapp_display: str
    whatsapp_business_id: str
    sms_number: str

    @property
    def twilio_account_sid(self) -> str:
        """Looks like one of Twilio's and is always the same."""
        return "AC" + hashlib.sha256(f"frontdesk demo {self.key}".encode()).hexdigest()[:32]


def fresh_secrets(channel: str) -> dict[str, str]:
    """Random ones for an account that doesn't exist yet."""
    match channel:
        case "whatsapp":
            return {
                "app_secret": secrets.token_hex(16),
                "access_token": f"demo-{secrets.token_urlsafe(24)}",
                "verify_token": secrets.token_urlsafe(16),
            }
        case "twilio":
            return {"auth_token": secrets.token_hex(16)}
        case other:
            raise ValueError(f"the sandbox has no channel {other!r}")


def channels_config(
    numbers: SandboxNumbers, known: Mapping[str, Mapping[str, str]], *, public_base_url: str
) -> list[dict[str, Any]]:
    """Both numbers for the sandbox's `POST /_sandbox/accounts`; `known`: their secrets per channel."""
    return [
        {
            "kind": "meta",
            "phone_number_id": numbers.whatsapp_number_id,
            "waba_id": numbers.whatsapp_business_id,
            "display_phone_number": numbers.whatsapp_display,
            "access_token": known["whatsapp"]["access_token"],
            "app_secret": known["whatsapp"]["app_secret"],
            "webhook_url": webhook_url(public_base_url, "whatsapp", f"{numbers.key}-wa"),
            # Who chats with the demo posts to our webhook itself; the sandbox doesn't see him write.
            "unknown_customers": "open",
        },
        {
            "kind": "twilio",
            "account_sid": numbers.twilio_account_sid,
            "auth_token": known["twilio"]["auth_token"],
            "numbers": [numbers.sms_number],
            "unknown_customers": "open",
        },
    ]
