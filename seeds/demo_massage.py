"""The demo's business that takes a deposit with a link: its file, its numbers, its account at the sandbox."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from bot.web.payments.webhooks import webhook_address
from db import payments
from db.secrets import SecretBox
from db.tx import Pool, tx
from providers.payment_registry import SECRET_KEY, WEBHOOK_SECRET
from seeds.business_import import ImportReport
from seeds.demo_barber import own_sandbox_config, seed_own_business
from seeds.sandbox_numbers import SandboxNumbers

MASSAGE_FILE = Path(__file__).parent / "businesses" / "massage.yaml"
MASSAGE = SandboxNumbers(
    key="massage-studio",
    whatsapp_number_id="100000000000105",
    whatsapp_display="+15550100205",
    whatsapp_business_id="200000000000105",
    sms_number="+15550100105",
)
_PROVIDER = "stripe"


async def seed_massage(pool: Pool, *, box: SecretBox, sandbox_url: str) -> ImportReport:
    """As `frontdesk import-business` and `frontdesk payments connect`, with the sandbox on the other side."""
    imported = await seed_own_business(pool, MASSAGE_FILE, MASSAGE, box=box, sandbox_url=sandbox_url)
    async with tx(pool, imported.workspace_id) as connection:
        stored = await payments.account_of(connection, _PROVIDER)
        known = (
            box.open(stored.secrets, workspace_id=imported.workspace_id, field=stored.secret_field)
            if stored is not None
            else {
                SECRET_KEY: f"sk_test_sandbox{secrets.token_hex(12)}",
                WEBHOOK_SECRET: f"whsec_sandbox{secrets.token_hex(12)}",
            }
        )
        account_key = stored.account_key if stored is not None else secrets.token_urlsafe(18)
        base_url = f"{sandbox_url}/stripe"
        if stored is None or stored.api_base_url != base_url:
            await payments.put_account(
                connection,
                provider=_PROVIDER,
                account_key=account_key,
                live=False,
                signed=True,
                api_base_url=base_url,
                secrets=box.seal(
                    known,
                    workspace_id=imported.workspace_id,
                    field=payments.account_secret_field(_PROVIDER),
                ),
            )
    imported.secrets[_PROVIDER] = {**known, "account_key": account_key}
    return imported


def massage_sandbox_config(imported: ImportReport, *, public_base_url: str) -> list[dict[str, Any]]:
    """Its numbers and its account at the payment provider as the sandbox takes them."""
    known = imported.secrets[_PROVIDER]
    return [
        *own_sandbox_config(imported, MASSAGE, public_base_url=public_base_url),
        {
            "kind": "stripe",
            "key": MASSAGE.key,
            "secret_key": known[SECRET_KEY],
            "webhook_secret": known[WEBHOOK_SECRET],
            "webhook_url": webhook_address(public_base_url, known["account_key"]),
        },
    ]
