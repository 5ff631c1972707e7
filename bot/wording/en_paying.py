"""English: payment links of our own, and what becomes of a payment. Nothing here promises what isn't recorded."""

from __future__ import annotations

from collections.abc import Mapping

PAYING: Mapping[str, tuple[str, ...]] = {
    "title_new_link": ("Send a new link",),
    "link_follows": (
        "The payment link follows in a moment.",
        "I'm sending you the payment link in a moment.",
    ),
    "link_full": (
        "You can pay {amount} with the link below.",
        "Here is your payment link for {amount}.",
    ),
    "link_full_until": (
        "You can pay {amount} with the link below until {until}.",
        "Here is your payment link for {amount}; it works until {until}.",
    ),
    "link_deposit": (
        "Please pay the deposit of {amount} with the link below.",
        "Here is the link for the deposit of {amount}.",
    ),
    "link_deposit_until": (
        "Please pay the deposit of {amount} with the link below by {until}.",
        "Here is the link for the deposit of {amount}; it works until {until}.",
    ),
    "link_coming": (
        "One moment, I'm getting your payment link.",
        "Just a moment, your payment link is on its way.",
    ),
    "link_unavailable": (
        "I can't get a payment link right now. Your booking stands; {business} will sort out the payment with you.",
        "The payment page isn't answering, so {business} will take care of the payment with you. Your booking stands.",
    ),
    "link_checking": (
        "A payment for it is being checked right now, so please don't pay again. I'll write when it's settled.",
        "There is a payment on its way already; no need to pay again. You'll hear from me.",
    ),
    "link_not_needed": (
        "There is nothing to pay online for it.",
        "Nothing is left to pay online for that booking.",
    ),
    "link_too_late": (
        "Your visit is too soon for a payment link, so please pay at our place.",
        "There's no time left for a payment link; please pay at our place when you come.",
    ),
    "link_expired_late": (
        "The payment link has run out. Your booking stands; please pay at our place.",
        "The link to pay has run out, so please pay at our place. Your booking stands.",
    ),
    "payment_failed_late": (
        "The payment didn't go through. Your booking stands; please pay at our place.",
        "Unfortunately the payment failed, so please pay at our place. The booking stands.",
    ),
    "payment_processing": (
        "Thank you! Your payment is being processed; I'll write as soon as it's in.",
        "The payment is on its way and may take a little. I'll tell you when it has arrived.",
    ),
    "payment_failed": (
        "The payment didn't go through. Your booking stands; shall I send you a new link?",
        "Unfortunately the payment failed. The booking stands, and I can send another link.",
    ),
    "link_expired": (
        "The payment link has run out. Your booking stands; I can send you a new link.",
        "The link to pay has run out unused. Your booking stands; shall I send a new one?",
    ),
    "deposit_paid": (
        "Deposit received: {amount}. Thank you! The rest, {rest}, is paid at our place. Your booking:",
        "Thank you, the deposit of {amount} has arrived; {rest} is left to pay at our place. Your booking:",
    ),
    "deposit_paid_short": (
        "Deposit received: {amount}. Thank you! The rest, {rest}, is paid at our place.",
        "Thank you, the deposit of {amount} has arrived; {rest} is left to pay at our place.",
    ),
    "deposit_is_in": ("The deposit is paid.", "The deposit has arrived."),
}
