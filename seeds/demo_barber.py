"""The demo's businesses without a booking system: their files, with numbers at the sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.workspace import Outbound
from db import accounts
from db.secrets import SecretBox
from db.tx import Pool
from seeds.business_file import BusinessFile, Channel, load_business_file
from seeds.business_import import ImportReport, import_business
from seeds.sandbox_numbers import DEMO_MAIL, SandboxNumbers, channels_config, fresh_secrets

BARBER_FILE = Path(__file__).parent / "businesses" / "barber.yaml"
BARBER = SandboxNumbers(
    key="barber-shop",
    whatsapp_number_id="100000000000103",
    whatsapp_display="+15550100203",
    whatsapp_business_id="200000000000103",
    sms_number="+15550100103",
)


async def seed_barber(pool: Pool, *, box: SecretBox, sandbox_url: str) -> ImportReport:
    """The barber shop."""
    return await seed_own_business(pool, BARBER_FILE, BARBER, box=box, sandbox_url=sandbox_url)


def barber_sandbox_config(imported: ImportReport, *, public_base_url: str) -> list[dict[str, Any]]:
    """The barber shop's numbers as the sandbox takes them."""
    return own_sandbox_config(imported, BARBER, public_base_url=public_base_url)


async def seed_own_business(
    pool: Pool, path: Path, numbers: SandboxNumbers, *, box: SecretBox, sandbox_url: str
) -> ImportReport:
    """As `frontdesk import-business`, and open to write to: every address is the sandbox."""
    stored = {row.account_key for row in await accounts.list_channel_accounts(pool)}
    return await import_business(pool, _file(path, numbers, stored), box=box, api_base_url=sandbox_url)


def _file(path: Path, numbers: SandboxNumbers, stored: set[str]) -> BusinessFile:
    """Secrets are made for accounts that aren't stored yet."""
    file = load_business_file(path)
    whatsapp, sms = f"{numbers.key}-wa", f"{numbers.key}-sms"
    channels = (
        Channel(
            channel="whatsapp",
            account_key=whatsapp,
            address=numbers.whatsapp_number_id,
            secrets={} if whatsapp in stored else fresh_secrets("whatsapp"),
        ),
        Channel(
            channel="twilio",
            account_key=sms,
            address=numbers.sms_number,
            secrets={} if sms in stored else fresh_secrets("twilio"),
            settings={"account_sid": numbers.twilio_account_sid},
        ),
    )
    business = file.business.model_copy(update={"outbound": Outbound(mode="open"), "mail": DEMO_MAIL})
    return file.model_copy(update={"business": business, "channels": channels})


def own_sandbox_config(
    imported: ImportReport, numbers: SandboxNumbers, *, public_base_url: str
) -> list[dict[str, Any]]:
    """A business's numbers as the sandbox takes them."""
    known = {
        "whatsapp": imported.secrets[f"{numbers.key}-wa"],
        "twilio": imported.secrets[f"{numbers.key}-sms"],
    }
    return channels_config(numbers, known, public_base_url=public_base_url)
