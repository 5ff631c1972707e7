"""Whether a booking is to be paid with a link of ours: the one door to everything about payments.

A business that takes no payments here (each in external mode, and each whose booking system takes the order) never
gets past it: nothing of bot/effect_links.py, bot/payment_reports.py, db/payments.py or an adapter runs for it.
"""

from __future__ import annotations

from uuid import UUID

from bot.effect_links import close_link, plan_link
from bot.workspace import BookingMode, WorkspaceSettings
from db import accounts
from db.effects import Effect
from db.tx import Tx


async def settings_if_paid_here(transaction: Tx) -> WorkspaceSettings | None:
    """The business's settings if it makes payment links. None: payments are no affair of ours."""
    stored = await accounts.workspace_settings(transaction)
    if (stored.get("payment") or {}).get("provider", "none") == "none":
        return None
    settings = WorkspaceSettings.model_validate(stored)
    return settings if settings.booking_mode is BookingMode.INTERNAL and settings.payment.wanted else None


async def plan_link_if_due(
    transaction: Tx, after: Effect, booking_id: UUID, *, confirms: bool = False
) -> bool:
    """In the transaction that confirms or moves a booking: its link, as a call of its own afterwards. True: one is
    due, and the booking waits for its payment; with `confirms` its mails wait for the link.
    """
    settings = await settings_if_paid_here(transaction)
    return settings is not None and await plan_link(
        transaction, after, booking_id, settings, confirms=confirms
    )


async def close_link_if_ours(transaction: Tx, booking_id: UUID) -> None:
    """In the transaction that ends or moves a booking that waits for its payment. Settings aren't asked: a business
    that makes no links any more may still have some that are open.
    """
    await close_link(transaction, booking_id)
