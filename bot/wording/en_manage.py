"""English: bookings that are placed. Looked up, cancelled, moved; and the usual for who comes again."""

from __future__ import annotations

from collections.abc import Mapping

MANAGE: Mapping[str, tuple[str, ...]] = {
    # what is booked
    "known_one": (
        "You have {what}, code {code}. {payment}",
        "Booked for you: {what}, code {code}. {payment}",
    ),
    "known_pending": (
        "Not confirmed yet: {what}. {business} will tell you.",
        "{what}: {business} is still deciding on that one and will write to you.",
    ),
    "known_cancelling": (
        "{what}: its cancellation is on its way.",
        "{what} is just being cancelled.",
    ),
    "known_moving": (
        "{what}: {business} is moving that one; until you hear from us this time stands.",
        "{what}: a change of time is being worked on; this one stands until then.",
    ),
    "known_none": (
        (
            "I find no upcoming booking that was made from here. If it was made elsewhere, send me its "
            "confirmation code and the e-mail or phone it was made with."
        ),
        (
            "Nothing to come is booked from here. Was it another number? Then I need the confirmation code, and the "
            "e-mail or phone of that booking."
        ),
    ),
    "paid_already": ("It's paid.", "The payment is in."),
    "pay_there": ("You pay at our place.", "Payment is at our place."),
    "pay_with": ("Not paid yet: the link is below.", "It's still to be paid, with the link below."),
    "pay_ran_out": ("Its payment link has run out.", "The link to pay it is no longer open."),
    "ask_which_booking": ("Which one do you mean?", "Which booking is it?", "Please pick the one you mean."),
    "ask_what_with_it": (
        "Shall I change anything about it?",
        "I can move it or take it off for you.",
    ),
    # proof
    "ask_proof": (
        "Which confirmation code does it have, and which e-mail or phone was it made with?",
        "Please send me its six-character code, and the e-mail or phone it was booked with.",
    ),
    "ask_proof_contact": (
        "Thank you. And the e-mail address or phone number it was booked with?",
        "And which e-mail or phone number was used for it?",
    ),
    "ask_proof_code": (
        "And the confirmation code? It has six characters, such as {example}.",
        "I also need its code of six characters, like {example}.",
    ),
    "proof_failed": (
        "I can't find a booking with that code and those details. Please check both, or ask us directly. {contact}",
        "Code and contact don't lead me to a booking. Have another look, or reach us directly. {contact}",
    ),
    "proof_found": ("Thank you, I've found it.", "Found it, thank you."),
    # cancelling
    "ask_cancel": (
        "Shall I cancel {what}?",
        "Just to be sure: {what}. Cancel that one?",
        "You want me to cancel {what}, is that right?",
    ),
    "ask_cancel_paid": (
        "It is paid; the team will settle the payment with you.",
        "It's already paid, so the team will be in touch about the payment.",
    ),
    "cancelling": ("I'm cancelling it; the answer comes in a moment.",),
    "cancelled_is": (
        "Done: {what} is cancelled.",
        "It's cancelled: {what}.",
    ),
    "cancelled_by_business": (
        "I'm sorry: {business} had to cancel {what}. {reason}",
        "{business} asked me to tell you, with apologies, that {what} is cancelled. {reason}",
    ),
    "moved_by_business": (
        "{business} had to move your booking to {what}, code {code}. {reason} If that doesn't suit you, just tell me.",
        "{business} moved your booking, with apologies: {what}, code {code}. {reason} Tell me if it doesn't suit you.",
    ),
    "reason_is": ("Reason: {reason}.", "The reason: {reason}."),
    "refund_by_team": (
        "The team will be in touch about your payment.",
        "About the payment, the team will write to you.",
    ),
    "cancel_not_yet": (
        (
            "I couldn't cancel {what} in the booking system, so I've passed it to the team. {business} will confirm "
            "it to you."
        ),
        "The booking system didn't take the cancellation of {what}. The team does it and {business} will confirm.",
    ),
    "cancel_stands": (
        "{business} tells me that {what} still stands and stays booked. Please ask them directly. {contact}",
        "{what} is not cancelled: {business} says it stands. They can tell you more. {contact}",
    ),
    "kept_as_is": (
        "All right, it stays as it is: {what}.",
        "Nothing changes: {what} stands.",
    ),
    "gone_booking": (
        "That booking doesn't stand any more.",
        "That one is no longer booked.",
    ),
    "changed_meanwhile": (
        "That booking has changed since; this is how it stands now.",
        "Something about it changed meanwhile, so let me ask again.",
    ),
    "too_late": (
        "{what} is about to begin or has begun, so I've told the team. {contact}",
        "For {what} it's too late for me to change anything; the team knows. {contact}",
    ),
    "still_deciding": (
        "{what} isn't settled with {business} yet; I've told them what you'd like. {contact}",
        "{business} hasn't confirmed {what} yet, and now knows your wish. {contact}",
    ),
    "still_changing": (
        "I'm on it; the answer comes in a moment.",
        "That is under way, I'll write as soon as it's done.",
    ),
    # moving
    "move_which": ("Gladly, let's move {what}.", "All right, another time for {what}."),
    "move_head": ("So this instead of {before}:", "In place of {before}:"),
    "ask_move": ("Shall I move it?", "Move your booking to this?", 'Say "yes" and I move it.'),
    "moving": ("I'm moving it; the answer comes in a moment.",),
    "moved_is": (
        "Done, it's moved: {what}. Your code is {code}.",
        "Moved! You now have {what}, code {code}.",
    ),
    "moved_old_stands": (
        "The earlier time couldn't be taken out by itself; the team does that, you need do nothing.",
        "Our team takes out the earlier time; nothing is left for you to do.",
    ),
    "move_slot_gone": (
        "Sorry, {when} was taken just now. Your booking stands as before: {what}.",
        "{when} went to somebody else a moment ago, so you still have {what}.",
    ),
    "move_price_changed": (
        "The price for that is now {total}, not {before}. Nothing has changed yet, you still have {what}.",
        "You still have {what}: the price at the new time is {total} now (it was {before}).",
    ),
    "move_refused": (
        "That couldn't be moved, so everything stands as before: {what}. {contact}",
        "The booking system didn't take the change; {what} still stands. {contact}",
    ),
    "move_pending": (
        (
            "I can't move it by myself, so the team does it: {business} will confirm {new}. Until then {what} stands."
        ),
        "I've asked the team to move it to {new}; {business} will confirm. Until then you have {what}.",
    ),
    "move_unknown": (
        (
            "I didn't get a clear answer, so I can't say yet whether it moved to {new}. {business} will check and "
            "confirm; please don't book it again."
        ),
        "It isn't certain yet whether the move to {new} went through. {business} is checking and will write to you.",
    ),
    "move_same": ("That's the time you have already: {what}.", "You're booked just then: {what}."),
    "move_not_offered": (
        "{what} can't be moved by me, because {service} isn't offered any more. I've told the team. {contact}",
        "{service} is no longer on our list, so the team will look at {what}. {contact}",
    ),
    "staff_left": ("{staff} isn't with us any more.", "{staff} no longer works here."),
    "service_left": ("{service} isn't offered any more.", "We no longer have {service}."),
    # the usual
    "usual_offer": (
        "The usual, {what}?",
        "Shall it be the usual: {what}?",
    ),
    "usual_or": ("Or tell me what you'd like this time.", "Anything else is just as welcome."),
    "usual_none": (
        "I don't know your usual yet, so let me ask.",
        "We haven't met here before, so tell me what you'd like.",
    ),
    "title_usual": ("The usual",),
    "title_other_wish": ("Something else",),
    "title_drop_it": ("Yes, cancel it",),
    "title_keep_it": ("Keep it",),
    "title_other_time": ("Another time",),
    "title_move_it": ("Move it",),
    "title_cancel_it": ("Cancel it",),
    "label_bookings": ("Bookings",),
}
