"""English: the summary, its yes, results and what comes after."""

from __future__ import annotations

from collections.abc import Mapping

ENDING: Mapping[str, tuple[str, ...]] = {
    # payment and confirmation
    "ask_pay_confirm": (
        "How would you like to pay: {options}? Your choice books it; to change anything, just say so.",
        "If all is right, choose {options} and I'll book it; or tell me what to change.",
        "To book it, say {options}; or tell me what to change.",
    ),
    "pay_first": (
        "Gladly, only the payment is left to choose.",
        "Nearly there: I just need to know how you'd like to pay.",
    ),
    "summary_head": (
        "Please check your booking:",
        "Here's your booking as it stands:",
        "This is what I'd book:",
    ),
    "summary_item": ("{service} with {staff}, {when} ({length})",),
    "summary_item_plain": ("{service}, {when} ({length})",),
    "summary_priced": ("{what}, {price}",),
    "summary_where": ("At: {place}",),
    "summary_name": ("Name: {name}",),
    "summary_phone": ("Phone: {phone}",),
    "summary_email": ("E-mail: {email}",),
    "summary_payment": ("Payment: {payment}",),
    "summary_total": ("Total: {total}",),
    "summary_total_several": ("Total: {services}, {length}, {total}",),
    "ask_confirm": (
        "Shall I book it?",
        'Is everything right? Say "yes" and I place it.',
        'Say "yes" to book it, or tell me what to change.',
    ),
    "external_yes": (
        "One more step: the booking page is where it gets booked. Nothing is booked yet.",
        "It isn't booked until you finish on the booking page.",
    ),
    "external_told": (
        "Thank you! {place} confirms it to you itself. If nothing came, the link is still good.",
        "Great, thank you! The confirmation comes from {place}. Should it be missing, the link still works.",
    ),
    "external_state": (
        "I can't see that from here: it is booked once you've finished on {place}, which then confirms it to you.",
        "It's booked as soon as you finish on {place}; the confirmation comes from there.",
    ),
    "ask_confirm_external": (
        "You'll complete your booking on {place}. I'm here if you need help.",
        "Please finish on {place} with the link; write to me if anything is unclear.",
    ),
    "ask_change": (
        "What would you like to change?",
        "Tell me what to change: the time, the service, the person, anything.",
    ),
    "editing_kept": ("Fine, it stays as it is.", "All right, nothing changed there."),
    "placing": ("I'm placing it with {business}; the result comes in a moment.",),
    "still_placing": (
        "Your request is with {business} right now. I'll write as soon as there is an answer.",
        "The answer to your booking request isn't in yet; I'll tell you the moment it is.",
    ),
    # results
    "booked_code": (
        "Your booking is confirmed! Confirmation code {code}.",
        "It's booked: confirmation code {code}.",
    ),
    "booked": (
        "Your booking is confirmed! Order number {order}, confirmation code {code}.",
        "It's booked: order number {order}, confirmation code {code}.",
    ),
    "pay_link": (
        "Please pay with the link below to complete it.",
        "The payment link is below.",
    ),
    "pay_link_until": (
        "Please pay with the link below by {until}.",
        "The payment link below is good until {until}.",
    ),
    "next_person": (
        "And for the next person? Just tell me what and when.",
        "Now the next person: what may I book, and when?",
    ),
    "see_you": ("See you then!", "We look forward to seeing you!"),
    "call_you": ("We'll call you then!", "You'll hear from us then!"),
    "price_changed": (
        "The price changed before I could book: it is now {total} instead of {before}. Nothing is booked yet.",
        "Nothing is booked yet, because the price is now {total} (it was {before}).",
    ),
    "refused": (
        (
            "{business}'s system didn't accept this booking, so nothing is booked. You can change something, or I "
            "pass it to the team."
        ),
        "I couldn't place this booking and nothing is booked. Change something, or let the team take over.",
    ),
    "kept_unavailable": (
        (
            "The booking system isn't answering right now, so nothing is booked yet. I've kept your request, "
            "and {business} will confirm it with you."
        ),
        (
            "I couldn't reach the booking system. Your request is kept, not booked yet; {business} will "
            "confirm it or propose another time."
        ),
    ),
    "kept_unknown": (
        (
            "I didn't get a clear answer from the booking system, so I can't say yet whether it went through. "
            "{business} will check and confirm; please don't order it again."
        ),
        (
            "It isn't certain yet whether that went through. {business} is checking and will confirm; no need "
            "to order again."
        ),
    ),
    "paid": (
        "Payment received: {amount}. Thank you! Your booking, order number {order}:",
        "Thank you, {amount} has arrived. This is your booking, order number {order}:",
    ),
    "paid_short": (
        "Payment received: {amount}. Thank you!",
        "Thank you, {amount} has arrived.",
    ),
    "pay_expired": (
        (
            "The payment link of order {order} has run out without a payment, so we can't promise you the time any "
            "longer. I'm happy to book it again."
        ),
        (
            "No payment came in for order {order} before its link ran out, and the time may be given away. Shall I "
            "book again?"
        ),
    ),
    "earlier_request": ("About your earlier request ({what}):", "On the request before this one ({what}):"),
    "detail_line": ("{text}",),
    # after a booking
    "no_booking": ("You have no booking with me yet.", "Nothing is booked for you so far."),
    "already_booked": (
        "It's booked already: {what}. No need to do anything.",
        "That one is done: {what}.",
    ),
    "anything_else": (
        "Is there anything else I can book for you?",
        "Tell me if you'd like another booking.",
        "Just write if you need anything else.",
    ),
    "change_booked": (
        "A booking that is placed is changed by the team; I've told them. {contact}",
        "I've passed that on to the team, who change placed bookings. {contact}",
    ),
}
