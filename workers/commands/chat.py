"""`frontdesk chat`: talk to the demo's bot as a customer would, from a terminal or a pipe."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

from workers.settings import exit_with, load_settings_or_exit


class Surface(StrEnum):
    """What the customer holds in his hand."""

    WHATSAPP = "whatsapp"
    SMS = "sms"
    WEB = "web"


def chat(
    workspace: Annotated[str, typer.Option("--workspace", "-w", help="The business's key.")],
    number: Annotated[
        str, typer.Option("--from", "-f", help="The customer's number, or on WhatsApp a user id.")
    ] = "+96550000123",
    channel: Annotated[Surface, typer.Option("--channel", "-c", help="Where to write.")] = Surface.WHATSAPP,
    name: Annotated[str, typer.Option(help="The customer's profile name; WhatsApp shows it.")] = "",
    wait: Annotated[float, typer.Option(min=1, help="Longest wait for an answer, in seconds.")] = 20,
) -> None:
    """Talk to a business of the demo as its customer.

    Each line goes through the provider's signed webhook, and what comes back is read from the provider's
    stand-in. Where choices are shown, a bare number taps one; `:help` lists what else a phone can do.
    Exit code 1 if nothing came back, 2 if there is nobody to talk to.
    """
    # Imported here so that `frontdesk --help` stays quick.
    from workers.simulation import SetupError
    from workers.talk import talk

    settings = load_settings_or_exit(demo_fallback=True)
    try:
        answered = asyncio.run(
            talk(
                settings, workspace=workspace, surface=channel.value, number=number, name=name, patience=wait
            )
        )
    except SetupError as error:
        exit_with([str(error)])
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    if not answered:
        raise typer.Exit(1)
