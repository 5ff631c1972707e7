"""`frontdesk sandbox`: the providers' stand-in on this machine, for the demo and for trying things out."""

from __future__ import annotations

import asyncio
import datetime
from pathlib import Path
from typing import Annotated

import typer

from workers.settings import PROJECT_ROOT, load_settings_or_exit


def sandbox(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8090,
    data_dir: Annotated[Path, typer.Option(help="Where it keeps its ledger.")] = PROJECT_ROOT / "var/sandbox",
    config: Annotated[Path | None, typer.Option(help="Accounts as JSON; the demo's when absent.")] = None,
) -> None:
    """Serve Nail It, Meta's Graph API and Twilio locally: orders and messages end in a ledger."""
    from providers.sandbox.config import MetaAccount, SandboxConfig, demo_config  # noqa: PLC0415
    from providers.sandbox.server import serve  # noqa: PLC0415

    if config is not None:
        chosen = SandboxConfig.model_validate_json(config.read_text())
    else:
        base = load_settings_or_exit(demo_fallback=True).public_base_url
        chosen = demo_config()
        for account in chosen.accounts:
            if isinstance(account, MetaAccount) and account.webhook_url is None:
                account.webhook_url = f"{base}/webhooks/whatsapp/{account.phone_number_id}"
    data_dir.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(host, port, data_dir, chosen, lambda: datetime.datetime.now(datetime.UTC)))
