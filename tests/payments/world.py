"""The demo's massage studio, which takes a deposit with a payment link at the sandbox, and its customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from providers.sandbox.config import StripeAccount
from providers.sandbox.context import SANDBOX
from providers.sandbox.stripe import happen
from tests.salon import Phone, Salon

STUDIO = "massage-studio"
WANTED = "relaxing massage with Maya tomorrow at 3pm"


@dataclass(slots=True)
class Studio:
    salon: Salon

    def customer(self, number: str = "+96550000123", **more: Any) -> Phone:
        return self.salon.phone(number, workspace=STUDIO, **more)

    async def booked(self, phone: Phone | None = None, *, wanted: str = WANTED) -> tuple[Phone, str]:
        """A customer with a booking, and all that the last answer said."""
        phone = phone or self.customer()
        for line in (wanted, "Sara Test", "skip", "yes"):
            answer = await phone.say(line)
            if "confirm" in answer.lower() and await self.bookings():
                break
        return phone, answer

    async def bookings(self) -> list[dict[str, Any]]:
        return await self.salon.rows("SELECT * FROM bookings WHERE status <> 'held' ORDER BY created_at")

    async def payments(self) -> list[dict[str, Any]]:
        return await self.salon.rows("SELECT * FROM payments ORDER BY attempt")

    async def events(self) -> list[str]:
        rows = await self.salon.rows("SELECT outcome FROM payment_events ORDER BY at")
        return [row["outcome"] for row in rows]

    async def errors(self) -> list[str]:
        rows = await self.salon.rows(
            "SELECT kind FROM operator_errors WHERE resolved_at IS NULL ORDER BY kind"
        )
        return [row["kind"] for row in rows]

    async def sessions(self) -> list[dict[str, Any]]:
        """As the payment provider has them."""
        found: list[dict[str, Any]] = (await self.salon.sandbox_get("/_sandbox/payments"))["payments"]
        return found

    async def at_the_page(self, what: str, *, session: int = -1) -> None:
        """Something happens at the hosted page; its webhooks arrive."""
        sandbox = self.salon.sandbox[SANDBOX]
        found = await self.sessions()
        await happen(sandbox, found[session]["id"], what)
        await sandbox.callbacks.idle()

    async def look(self) -> None:
        """The next look at an open link is due now."""
        await self.salon.pool.execute(
            "UPDATE effects SET due_at = now() WHERE kind IN ('poll_payment', 'create_link', 'expire_link') "
            "AND status = 'pending'"
        )
        await self.salon.settle()

    async def settings(self, **changes: Any) -> None:
        await self.salon.pool.execute(
            "UPDATE workspaces SET settings = settings || $2, updated_at = now() WHERE key = $1",
            STUDIO,
            changes,
        )

    def deaf(self) -> None:
        """No webhook is told from here on."""
        accounts = self.salon.sandbox[SANDBOX].accounts
        account = accounts.of(StripeAccount)[0]
        accounts.add([account.model_copy(update={"webhook_url": None})])
