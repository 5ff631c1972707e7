"""What the console needs from the process around it. Filled in by workers/web.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from bot.console.seedings import Seedings
from bot.ports import Accounts, Bell, Clock, LiveEvents, Rates
from db.secrets import SecretBox
from db.tx import Pool

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class ConsolePorts:
    """One per web process."""

    pool: Pool
    box: SecretBox
    clock: Clock
    rates: Rates
    live: LiveEvents
    bell: Bell
    ring_catalog: Callable[[Sequence[UUID]], None]
    public_base_url: str
    second_factor_may_wait: bool = False
    """In a demo an agency user may set up the second factor later; elsewhere it comes first."""
    mails: bool = False
    """Whether customers get mails at all: a person's decision may cause one."""
    accounts: Accounts | None = None
    """What booking systems can do. None: nobody can tell; the calls themselves do."""
    seedings: Seedings | None = None
    """Makes demo businesses. None: in production there are none."""
    idle_seconds: float = 8 * 3600
    """A session that nobody uses for so long is over."""
    session_seconds: float = 7 * 24 * 3600
    """Every session is over after so long."""

    @property
    def secure(self) -> bool:
        """Whether cookies are for https only: always, but on a plain address of this very machine."""
        address = urlsplit(self.public_base_url)
        return address.scheme == "https" or address.hostname not in _LOCAL
