"""Whether a turn's reply disturbs somebody at night: what is said without having been asked for waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.flows.contract import CustomerMessage, EffectAnswer, Event, TurnContext
from bot.messages import Surface
from bot.quiet_hours import seconds_to_wait, zones_of
from db.turns import Leased

_STILL_AWAKE = timedelta(minutes=30)
"""So long after a line of the customer's, what came of it is an answer."""


def unprompted(leased: Leased, events: Sequence[Event], context: TurnContext) -> bool:
    """Whether the reply comes long after the customer's last line: may he be written to at all by now?"""
    return (
        not any(isinstance(event, CustomerMessage) for event in events)
        and leased.last_inbound_at is not None
        and context.now - leased.last_inbound_at >= _STILL_AWAKE
    )


def quiet_seconds(leased: Leased, events: Sequence[Event], context: TurnContext) -> float:
    """How long the reply waits for the quiet hours to end: only what comes long after the customer's last line.

    A page that somebody looks at disturbs nobody.
    """
    begun_by_us = all(isinstance(event, EffectAnswer) for event in events)
    lately = leased.last_inbound_at is not None and context.now - leased.last_inbound_at < _STILL_AWAKE
    if not begun_by_us or lately or context.surface is Surface.WEB:
        return 0
    quiet = context.settings.quiet_hours
    phone = leased.address if leased.address.startswith("+") else leased.customer_phone
    return seconds_to_wait(quiet, context.now, zones_of(quiet, phone, context.zone))
