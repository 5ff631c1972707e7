"""The lines a simulated customer may write to: every workspace's enabled channel accounts, as people name them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bot.channels.simulator.acts import SimulatedCustomer
from db import accounts
from db.tx import Pool

WHATSAPP, SMS, WEB = "whatsapp", "sms", "web"
DEFAULT_NUMBER = "+96550000123"
_PHONE = re.compile(r"\+[1-9]\d{5,14}")
_USER_ID = re.compile(r"[A-Z]{2}\.\d{5,30}")


class NoSuchLine(LookupError):
    """No account answers to that. The message is one plain line that names what there is."""


@dataclass(frozen=True, slots=True)
class Line:
    """One of our addresses. `surface` is what the customer holds: whatsapp, sms or web."""

    workspace_id: UUID
    workspace_key: str
    workspace_name: str
    account_id: UUID
    surface: str
    address: str


async def list_lines(pool: Pool) -> list[Line]:
    """By workspace key; of several numbers of one kind Meta's own come first."""
    workspaces = {row.id: row for row in await accounts.list_workspaces(pool)}
    rows = sorted(
        (row for row in await accounts.list_channel_accounts(pool) if row.enabled),
        key=lambda row: (workspaces[row.workspace_id].key, row.channel != WHATSAPP, row.address),
    )
    return [
        Line(
            workspace_id=row.workspace_id,
            workspace_key=workspaces[row.workspace_id].key,
            workspace_name=workspaces[row.workspace_id].name,
            account_id=row.id,
            surface=_surface(row.channel, row.address),
            address=str(row.settings.get("display_phone_number") or row.address).removeprefix("whatsapp:"),
        )
        for row in rows
    ]


def _surface(channel: str, address: str) -> str:
    if channel != "twilio":
        return channel
    return WHATSAPP if address.startswith("whatsapp:") else SMS


def choose(lines: Sequence[Line], *, workspace_key: str, surface: str) -> Line:
    """The line meant. Raises NoSuchLine."""
    of_workspace = [line for line in lines if line.workspace_key == workspace_key]
    if not of_workspace:
        known = ", ".join(dict.fromkeys(line.workspace_key for line in lines)) or "none yet"
        raise NoSuchLine(f"there is no workspace {workspace_key!r}. Known: {known}.")
    for line in of_workspace:
        if line.surface == surface:
            return line
    known = ", ".join(dict.fromkeys(line.surface for line in of_workspace))
    raise NoSuchLine(f"{workspace_key} has no {surface} account. It has: {known}.")


def customer(surface: str, who: str, name: str = "") -> SimulatedCustomer:
    """Who writes: a number; on WhatsApp also a user id (`KW.13491208655302741918`, a customer with a
    username and no number); on the web a session named after what was given. Raises ValueError.
    """
    who = who.strip()
    number = re.sub(r"[\s().-]", "", who)
    if surface == WEB:
        session = re.sub(r"[^A-Za-z0-9._-]", "", who)
        if not session:
            raise ValueError(f"{who!r} can't name a web session: use letters and digits")
        return SimulatedCustomer(user_id=f"web-{session}", name=name)
    if _PHONE.fullmatch(number):
        return SimulatedCustomer(phone=number, name=name)
    if surface == WHATSAPP and _USER_ID.fullmatch(who):
        return SimulatedCustomer(user_id=who, name=name)
    raise ValueError(f"{who!r} is not a number like {DEFAULT_NUMBER}")
