"""What `frontdesk doctor` says of payment links: whether the account that the settings ask for is there and fits."""

from __future__ import annotations

from pydantic import ValidationError

from bot.payment_settings import PaymentProvider
from bot.web.payments.webhooks import webhook_address
from bot.workspace import WorkspaceSettings
from db import payments
from db.accounts import WorkspaceRow
from db.secrets import SecretBox, SecretError
from db.tx import Pool, tx
from workers.findings import Finding, State


async def payment_findings(
    pool: Pool, workspace: WorkspaceRow, box: SecretBox | None, public_base_url: str
) -> list[Finding]:
    """Nothing for a business that makes no links."""
    try:
        wanted = WorkspaceSettings.model_validate(workspace.settings).payment
    except ValidationError:
        return []  # said of the settings already
    if wanted.provider is not PaymentProvider.STRIPE:
        return []
    title = "stripe payments"
    async with tx(pool, workspace.id) as transaction:
        row = await payments.account_of(transaction, wanted.provider.value)
    if row is None:
        text = f"no account is connected; run: frontdesk payments connect {workspace.key}"
        return [Finding(workspace.key, title, State.MISSING, text)]
    try:
        if box is None:
            raise SecretError("no key")  # noqa: TRY301 (the same words for both)
        box.open(row.secrets, workspace_id=workspace.id, field=row.secret_field)
    except SecretError:
        text = "its secrets can't be opened with the configured keys"
        return [Finding(workspace.key, title, State.MISSING, text)]
    if row.live != wanted.live:
        asked, got = ("live" if one else "test" for one in (wanted.live, row.live))
        text = f"the settings say {asked} payments, the account's key is a {got} one: no link can be made"
        return [Finding(workspace.key, title, State.MISSING, text)]
    if not row.signed:
        text = (
            "the webhook has no signing secret and is off: payments are noticed only by asking, minutes later"
        )
        return [Finding(workspace.key, title, State.NOTE, text)]
    mode = "live" if row.live else "test"
    address = webhook_address(public_base_url, row.account_key)
    return [Finding(workspace.key, title, State.OK, f"{mode} payments, webhook {address}")]
