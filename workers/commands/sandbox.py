"""`frontdesk sandbox`: the providers' stand-in on this machine, for the demo and for trying things out."""

from __future__ import annotations

import asyncio
import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from workers.settings import PROJECT_ROOT, load_settings_or_exit


class Provider(StrEnum):
    ALL = "all"
    NAILIT = "nailit"
    SHOPMONKEY = "shopmonkey"


def sandbox(
    provider: Annotated[
        Provider, typer.Argument(help="all, or one booking system alone, without message providers.")
    ] = Provider.ALL,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8090,
    data_dir: Annotated[Path | None, typer.Option(help="Where it keeps its ledger.")] = None,
    config: Annotated[Path | None, typer.Option(help="Accounts as JSON; the demo's when absent.")] = None,
    items: Annotated[
        Path | None, typer.Option(help="Another Nail It catalog, a JSON file in the vendor's answer format.")
    ] = None,
) -> None:
    """Serve Nail It, ShopMonkey, Meta's Graph API and Twilio locally: orders and messages end in a ledger."""
    from providers.sandbox.config import (
        MetaAccount,
        NailItAccount,
        SandboxConfig,
        ShopMonkeyAccount,
        demo_config,
    )
    from providers.sandbox.errors import SandboxError
    from providers.sandbox.server import serve

    folder = data_dir or PROJECT_ROOT / "var" / (
        "sandbox" if provider is Provider.ALL else f"sandbox-{provider}"
    )
    try:
        chosen = (
            demo_config(items=items)
            if config is None
            else SandboxConfig.model_validate_json(config.read_text())
        )
        if provider is not Provider.ALL:
            chosen.accounts = [each for each in chosen.accounts if each.kind == provider.value]
        elif config is None:
            base = load_settings_or_exit(demo_fallback=True).public_base_url
            for account in chosen.accounts:
                if isinstance(account, MetaAccount) and account.webhook_url is None:
                    account.webhook_url = f"{base}/webhooks/whatsapp/{account.phone_number_id}"

        def ready(listening: int) -> None:
            typer.echo(f"Listening on http://{host}:{listening}; what came in: /_sandbox/")
            for each in chosen.accounts:
                if isinstance(each, NailItAccount):
                    typer.echo(f"  Nail It {each.key}: base URL /nailit, token {each.security_token}")
                elif isinstance(each, ShopMonkeyAccount):
                    typer.echo(f"  ShopMonkey {each.key}: base URL /shopmonkey/v3, key {each.api_key}")

        folder.mkdir(parents=True, exist_ok=True)
        asyncio.run(
            serve(host, port, folder, chosen, lambda: datetime.datetime.now(datetime.UTC), ready=ready)
        )
    except KeyboardInterrupt:
        return
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        typer.echo(f"frontdesk: {config}: {where}: {first['msg']}", err=True)
        raise typer.Exit(2) from None
    except (SandboxError, OSError) as error:
        typer.echo(f"frontdesk: {error}", err=True)
        raise typer.Exit(2) from None
