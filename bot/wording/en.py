"""English. Every entry has its variants; the first is the usual one. Buttons and rows: at most 20 characters."""

from __future__ import annotations

from collections.abc import Mapping

from bot.wording.en_titles import TITLES
from bot.wording.en_visits import VISITS

SENTENCES: Mapping[str, tuple[str, ...]] = {
    # opening and acknowledging
    "greet": ("Hi, welcome to {business}!", "Hello, this is {business}."),
    "greet_again": ("Hello again!", "Hi there!"),
    "took": ("Got it: {what}.", "Noted: {what}.", "Thank you: {what}."),
    "changed": ("Changed, so now: {what}.", "Updated: {what}.", "Now it's {what}."),
    "changed_to": ("Changed to {what}.", "Updated: {what}."),
    "added": ("Added {what}.", "{what} is on the list too."),
    "removed": ("Took out {what}.", "{what} is off the list."),
    "already_have": ("I have {what} down already.", "{what} is already noted."),
    "standing": ("So far: {what}.", "That makes: {what}.", "What stands: {what}."),
    "any_staff_is": ("Anyone it is: {staff} is free then.", "With pleasure: {staff} will look after you."),
    "any_staff": ("Anyone it is.", "Happy to book whoever is free."),
    "email_skipped": ("No e-mail, that's fine.", "All right, without an e-mail."),
    "old_list": (
        "That was an earlier list, so I took it as a change.",
        "I took that earlier pick as a change.",
    ),
    "gone_choice": (
        "That choice isn't available any more.",
        "I can't offer that one now.",
    ),
    "stale": (
        "Something changed since that summary, so nothing is booked yet.",
        "That summary is out of date and nothing is booked; here is the current one.",
    ),
    "started_over": ("All right, from the beginning.", "Fresh start."),
    "nothing_back": ("We're at the very first question.", "There's nothing before this one."),
    "went_back": ("One step back.", "Back we go."),
    "thanks": ("You're welcome!", "My pleasure!", "Glad to help!"),
    "goodbye": ("Goodbye, see you soon!", "Take care, see you soon!"),
    "dropped": (
        "I've dropped this request; nothing is booked. Write any time to start again.",
        "Done, that request is gone and nothing is booked. I'm here when you need me.",
    ),
    "nothing_to_cancel": (
        "There's nothing to cancel: nothing is booked.",
        "Nothing is booked, so there's nothing to cancel.",
    ),
    # not understood
    "lost_1": (
        "Sorry, I couldn't place that.",
        "I'm not sure what you mean by that.",
        "Sorry, that one went past me.",
    ),
    "lost_2": (
        "I still can't make that out. You can pick from the list or use your own words.",
        "Let's try it another way: choose one of these, or write it differently.",
    ),
    "lost_3": (
        'I don\'t want to keep you going round. Shall a colleague take over? Just say "human".',
        'This is taking too long with me. Say "human" and one of the team writes to you.',
        'I\'m not getting it, sorry. One of the team can help: say "human".',
    ),
    "empty": ("I didn't get any words there.", "Your message arrived without text."),
    "media": (
        "Thanks, I've kept that for the team, though I can only read text myself.",
        "Got your file; I can't look at it myself, so please tell me in words.",
    ),
    "voice": (
        "I can't listen to voice notes yet; please write it to me.",
        "Sorry, no ears for voice notes here. Could you type it?",
    ),
    "unsupported": (
        "I can't open that kind of message, but text works well.",
        "That kind of message doesn't reach me properly. Please write it.",
    ),
    # place
    "ask_location": (
        "Which of our places suits you?",
        "Where would you like to come: {options}?",
        "Please pick a place ({options}), or send me your location pin.",
    ),
    "nearest": ("{place} is the nearest to you.", "The closest to you is {place}."),
    "no_pin": (
        "I couldn't work out the nearest place from that.",
        "That pin doesn't help me find the nearest place, sorry.",
    ),
    "not_there": (
        "{service} isn't offered at {place}; you'll find it at {others}.",
        "{place} doesn't do {service}, but {others} does.",
    ),
    "offered_nowhere": ("{service} can't be booked at the moment.", "{service} isn't bookable right now."),
    "which_of_places": ("Which one do you mean: {options}?", "Do you mean {options}?"),
    # services
    "ask_services": (
        "What would you like to have done?",
        "Which service may I book for you?",
        'Please pick a service or just name it, such as "{example}".',
    ),
    "ask_group": (
        "What are you looking for? Pick a group, or simply name the service.",
        'Which kind of service is it? You can also type its name, such as "{example}".',
    ),
    "ask_in_group": ("These are our {group} services. Which one?", "{group}: which one would you like?"),
    "ask_which_service": (
        "Several of our services fit that. Which one do you mean?",
        "I have more than one for that. Which shall it be?",
    ),
    "ask_size": (
        "{service} comes in sizes. Which one is yours?",
        "Which size of {service} do you need: {options}?",
    ),
    "unknown_service": ("We don't offer {what}.", "{what} isn't something we do."),
    "near_services": ("The nearest we have is below.", "Here's what comes close."),
    "not_in_wish": ("{what} isn't on your list.", "There's no {what} on your list."),
    # staff
    "ask_staff": (
        "For {when} you can have {options}. Who would you like, or anyone?",
        '{when}: {options}, or simply "anyone". Who shall it be?',
        "Free on {when}: {options}. Somebody in particular, or anyone?",
    ),
    "staff_cant": (
        "{staff} doesn't do {service} at {place}.",
        "{service} isn't something {staff} does at {place}.",
    ),
    "staff_elsewhere": ("{staff} works at {place}.", "You would find {staff} at {place}."),
    "staff_part": ("{staff} does {services}; the rest is done by others.", "{staff} takes {services}."),
    "staff_hint": (
        "Somebody particular in mind? Just say the name.",
        "You can also name the person you'd like.",
    ),
    # time
    "ask_time": (
        "When would you like to come? These are free:",
        "Which time suits you? Pick one, or write a day and time.",
        "Here are free times; tell me which one, or name another day.",
    ),
    "ask_time_on": (
        "Free on {day}, or name another day:",
        "On {day} you can have one of these times. Which one?",
        "Which time on {day}? Another day is fine too.",
    ),
    "ask_day": (
        "Which day at {clock}?",
        "At {clock} on which day?",
        "{clock} works best on a day you name: which one shall it be?",
    ),
    "ask_half": ("Is that {am} or {pm}?", "Do you mean {am} or {pm}?"),
    "day_conflict": (
        "The weekday and the date you gave don't match. Which day do you mean?",
        "That weekday isn't on that date. Which day shall I take?",
    ),
    "past": ("{when} has already passed.", "{when} is behind us already."),
    "past_day": ("{day} has already passed.", "{day} is behind us already."),
    "too_soon": (
        "{when} is too soon: we need {notice} notice.",
        "We need {notice} notice, so {when} is too soon.",
    ),
    "too_far": (
        "We book up to {days} ahead, so {day} is too far off.",
        "{day} is further ahead than we can book ({days}).",
    ),
    "closed_day": ("{place} is closed on {day}.", "On {day} {place} is closed."),
    "closed_hour": (
        "{place} is open {hours} on {day}, so {clock} doesn't work.",
        "{clock} is outside our hours at {place} on {day} ({hours}).",
    ),
    "not_free": ("{when} isn't free.", "{when} is taken, I'm afraid.", "Nobody is free at {when}."),
    "not_free_staff": ("{staff} isn't free at {when}.", "{staff} is taken at {when}, I'm afraid."),
    "free_instead": ("Free then: {people}.", "At that time you could have {people}."),
    "nearest_times": ("The nearest free times:", "Close to it these are free:", "What I have near it:"),
    "next_times": ("The next free times:", "These are the next ones free:"),
    "nothing_on": ("Nothing is free on {day}.", "{day} is fully booked."),
    "nothing_free": (
        (
            'I can\'t find a free time in the next {days}. Shall the team look into it? Say "human", or change '
            "something."
        ),
        'There\'s no free time in the next {days}. Another place or service may work, or say "human".',
    ),
    "times_unchecked": (
        "The calendar can't be reached right now: I'll check that with {business} when you confirm.",
        "I can't see the newest calendar, so I'll check that with {business} when you confirm.",
    ),
    "times_unknown": (
        'I can\'t see the free times right now. Write again in a few minutes, or say "human" for the team.',
        'The calendar can\'t be reached at the moment. Try again a little later, or say "human".',
    ),
    "no_more": ("That's all there is; here it is from the start.", "No more after that, so from the top:"),
    "slot_gone": (
        (
            "I'm sorry, {when} was taken just now, before your booking went through. Nothing is booked; I kept "
            "everything else."
        ),
        "Sorry, somebody got {when} a moment earlier. Nothing is booked, and everything else is kept.",
    ),
    # contact
    "ask_name": (
        "What name shall I put it under?",
        "Whose name is the booking for?",
        "And your name, please?",
    ),
    "ask_name_email": (
        "What name shall I put it under? If you'd like the confirmation by e-mail, add your address (optional).",
        "Your name, please, and an e-mail address if you want one on the booking (you may skip that).",
    ),
    "edit_name": ("What name shall I put instead of {name}?", "Which name shall it be, in place of {name}?"),
    "bad_name": ("That doesn't look like a name.", "I can't use that as a name."),
    "ask_phone": (
        "Which mobile number can we reach you on?",
        "I need a phone number for the booking, please, such as {example}.",
    ),
    "bad_phone": ("That number doesn't work: {why}.", "I can't use that number: {why}."),
    "bad_phone_plain": (
        "That isn't a phone number I can use; please write it with the country code.",
        "I can't read a valid phone number there. With the country code it works best.",
    ),
    "ask_email": (
        "Which e-mail address shall the confirmation go to?",
        "Your e-mail address, please.",
    ),
    "ask_email_optional": (
        'Would you like to give an e-mail address? Or say "skip".',
        'Which e-mail address shall I note? "skip" is fine too.',
    ),
    "bad_email": ("That e-mail address doesn't work: {why}.", "I can't use that e-mail address: {why}."),
    "bad_email_plain": (
        "That isn't a complete e-mail address.",
        "Something is missing in that e-mail address.",
    ),
    "email_hint": (
        "(An e-mail address is optional; send one if you'd like it on the booking.)",
        "(You may add an e-mail address; it's optional.)",
    ),
    "ask_detail": ("{question}", "{question} (A short answer will do.)"),
    "skip_hint": ('You may say "skip".', '"skip" is fine.'),
    "bad_number": ("Please write a number.", "I need a number there."),
    "cant_skip": ("I do need that one, sorry.", "That one I can't leave out."),
    # payment and confirmation
    "ask_payment": (
        "How would you like to pay: {options}?",
        "Which way of paying suits you: {options}?",
        "Please choose how to pay: {options}.",
    ),
    "summary_head": (
        "Please check your booking:",
        "Here's your booking as it stands:",
        "This is what I'd book:",
    ),
    "summary_item": ("{service} with {staff}, {when} ({length}), {price}",),
    "summary_where": ("At: {place}",),
    "summary_name": ("Name: {name}",),
    "summary_phone": ("Phone: {phone}",),
    "summary_email": ("E-mail: {email}",),
    "summary_payment": ("Payment: {payment}",),
    "summary_total": ("Total: {total}",),
    "ask_confirm": (
        "Shall I book it?",
        'Is everything right? Say "yes" and I place it.',
        'Say "yes" to book it, or tell me what to change.',
    ),
    "ask_confirm_external": (
        "You can complete it on our booking page.",
        "Please finish on our booking page.",
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
    "see_you": ("See you then!", "We look forward to seeing you!"),
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
    "was_cancelled": ("Your booking {order} is cancelled.", "Done: booking {order} is cancelled."),
    "cancel_failed": (
        "I couldn't cancel booking {order} myself; the team will see to it.",
        "The cancellation of {order} didn't go through by itself; the team is looking at it.",
    ),
    "earlier_request": ("About your earlier request ({what}):", "On the request before this one ({what}):"),
    "detail_line": ("{text}",),
    # after a booking
    "my_booking": ("Your booking: {what}.", "You have: {what}."),
    "my_booking_pending": (
        "Not confirmed yet: {what}. {business} will tell you.",
        "{what}: this is still being decided, {business} will write to you.",
    ),
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
    # people, stop, help
    "human": (
        "I'm handing you over to one of the team; they'll write to you here.",
        "One of our team takes over from here and will answer you.",
    ),
    "stopped": (
        "You won't get any more messages from {business}. Send START if you change your mind.",
        "Done, no more messages from {business}. START brings us back.",
    ),
    "welcome_back": ("Welcome back! You'll get our messages again.", "Good to have you back!"),
    "help": ("{business}: {contact}", "You reach {business} here: {contact}"),
    "help_plain": (
        "{business}: write here and we'll help you.",
        "{business} helps you right here in this chat.",
    ),
    "contact_is": ("You can reach us directly: {contact}.", "Our direct line: {contact}."),
    # questions
    "price_is": ("{service}: {price}.", "{service} costs {price}."),
    "price_from": ("{service}: from {price} ({sizes}).", "{service} starts at {price} ({sizes})."),
    "length_is": ("{service} takes {length}.", "For {service} we plan {length}."),
    "ask_price_of": ("Which service's price would you like to know?", "The price of which service?"),
    "ask_length_of": ("Which service do you mean?", "For which service would you like to know that?"),
    "hours_are": ("{place} is open {hours}.", "Opening hours of {place}: {hours}."),
    "hours_unknown": (
        "I don't have the opening hours of {place} here.",
        "The hours of {place} aren't on file.",
    ),
    "place_is": ("{place}: {address}.", "You find {place} here: {address}."),
    "place_only": ("{place} is one of our places.", "{place}: that's one of ours."),
    "we_offer": ("We offer {what}.", "On our list: {what}."),
    "staff_are": ("At {place} you can choose {people}.", "Our team at {place}: {people}."),
    "not_ready": (
        "I can't look into our calendar just now, but {business} is glad to help you.",
        "Our calendar isn't open to me at the moment; {business} can help you directly.",
    ),
    "external_missing": (
        "I've noted your wish and {business} will get back to you. {contact}",
        "{business} has your wish and will be in touch. {contact}",
    ),
    **TITLES,
    **VISITS,
}

PLURALS: Mapping[str, Mapping[str, str]] = {
    "minutes": {"one": "{n} minute", "other": "{n} minutes"},
    "min": {"one": "{n} min", "other": "{n} min"},
    "hours": {"one": "{n} hour", "other": "{n} hours"},
    "days": {"one": "{n} day", "other": "{n} days"},
}
