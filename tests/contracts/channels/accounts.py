"""Made-up accounts and signed requests for every channel under contract."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl
from uuid import UUID

from bot.channels.contract import Channel, ChannelAccount, WebhookRequest
from bot.channels.registry import CHANNELS
from bot.channels.simulator.webhooks import sign
from bot.messages import ParsedWebhook, Surface

PAYLOADS = Path(__file__).parent / "payloads"
ACCOUNT_SID = "AC00000000000000000000000000000001"
TOKEN = "test_auth_token_123"


@dataclass(frozen=True)
class Subject:
    """A channel account the suite runs with."""

    account: ChannelAccount
    surface: Surface
    signing_secret: str
    """Name of the secret that signs webhooks."""
    sample: str
    """A payload file that is a plain text message."""

    @property
    def channel(self) -> Channel:
        return CHANNELS[self.account.channel]

    def __str__(self) -> str:
        return f"{self.account.channel}-{self.surface}"


def account(channel: str, address: str, **secrets: str) -> ChannelAccount:
    return ChannelAccount(
        id=UUID(int=1),
        workspace_id=UUID(int=2),
        bot_id=UUID(int=3),
        channel=channel,
        account_key="k1",
        address=address,
        secrets=secrets,
        settings={"account_sid": ACCOUNT_SID} if channel == "twilio" else {},
        callback_url=f"https://bot.example.com/webhooks/{channel}/k1",
    )


WHATSAPP = Subject(
    account(
        "whatsapp",
        "106540352242922",
        app_secret="app_secret_made_up",
        access_token="EAAmadeup",
        verify_token="v1",
    ),
    Surface.WHATSAPP,
    "app_secret",
    "text.json",
)
SMS = Subject(account("twilio", "+15550100", auth_token=TOKEN), Surface.SMS, "auth_token", "sms_text.form")
TWILIO_WHATSAPP = Subject(
    account("twilio", "whatsapp:+15550100", auth_token=TOKEN),
    Surface.WHATSAPP,
    "auth_token",
    "whatsapp_text.form",
)
WEB = Subject(
    account("web", "widget-1", signing_secret="web_secret_made_up"),
    Surface.WEB,
    "signing_secret",
    "text.json",
)
SUBJECTS = (WHATSAPP, SMS, TWILIO_WHATSAPP, WEB)


def payload(channel: str, name: str) -> bytes:
    """A hand-made webhook body; files end with a line end that a form must not have."""
    return (PAYLOADS / channel / name).read_bytes().rstrip(b"\n")


def unsigned(subject: Subject, body: bytes, *, query: str = "") -> WebhookRequest:
    url = subject.account.callback_url + (f"?{query}" if query else "")
    form = subject.account.channel == "twilio"
    content_type = "application/x-www-form-urlencoded" if form else "application/json"
    return WebhookRequest("POST", url, {"content-type": content_type}, dict(parse_qsl(query)), body)


def parse(subject: Subject, body: bytes, query: str = "") -> ParsedWebhook:
    return subject.channel.parse(unsigned(subject, body, query=query), subject.account)


def signed(subject: Subject, body: bytes, *, query: str = "") -> WebhookRequest:
    """A request as the provider would send it, rightly signed."""
    return sign(unsigned(subject, body, query=query), subject.account)


def with_secrets(subject: Subject, **secrets: str) -> ChannelAccount:
    return replace(subject.account, secrets={**subject.account.secrets, **secrets})


SIGNATURE_HEADERS = {
    "whatsapp": "x-hub-signature-256",
    "twilio": "x-twilio-signature",
    "web": "x-frontdesk-signature",
}
