"""English: what is asked for a booking: place, services, staff, time, contact."""

from __future__ import annotations

from collections.abc import Mapping

ASKING: Mapping[str, tuple[str, ...]] = {
    # place
    "ask_location": (
        "Which of our places suits you?",
        "Where would you like to come: {options}?",
        "Please pick a place ({options}), or send me your location pin.",
    ),
    "ask_one_place": ("Shall I book it at {place}?", "Would {place} suit you, then?"),
    "nearest": ("{place} is the nearest to you.", "The closest to you is {place}."),
    "no_pin": (
        "I couldn't work out the nearest place from that.",
        "That pin doesn't help me find the nearest place, sorry.",
    ),
    "not_there": (
        "{service} isn't offered at {place}; you'll find it at {others}.",
        "{place} doesn't do {service}, but {others} does.",
    ),
    "done_elsewhere": (
        "Then it's {place}, without {services}; that can be a booking of its own afterwards.",
        "{place} it is. I've left out {services}, as it isn't done there; we can book it separately.",
    ),
    "no_place_does_all": (
        "No single place does all of that: {which}.",
        "That's not possible in one place: {which}.",
    ),
    "only_at": ("{service} is at {places}", "you'll find {service} at {places}"),
    "offered_nowhere": ("{service} can't be booked at the moment.", "{service} isn't bookable right now."),
    "which_of_places": ("Which one do you mean: {options}?", "Do you mean {options}?"),
    # services
    "ask_services": (
        "What would you like to have done?",
        "What may I book for you?",
        'Please pick one or just name it, such as "{example}".',
    ),
    "ask_own": (
        "{question}",
        'Please pick one or just name it, such as "{example}".',
        '{question} You can also write it, such as "{example}".',
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
    "ask_which_one": ("Which one would you like?", "Which one may I book for you?"),
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
    "no_such_person": ("I find no {staff} at {place}.", "There's nobody called {staff} at {place}."),
    "staff_elsewhere": ("{staff} works at {place}.", "You would find {staff} at {place}."),
    "staff_part": ("{staff} does {services}; the rest is done by others.", "{staff} takes {services}."),
    "staff_hint": (
        "Somebody particular in mind? Just say the name.",
        "You can also name the person you'd like.",
    ),
    # time
    "ask_time": (
        "When suits you? These are free:",
        "Which time suits you? Pick one, or write a day and time.",
        "Here are free times; tell me which one, or name another day.",
    ),
    "ask_time_call": (
        "When may we call you? These are free:",
        "Which time suits you for the call? Pick one, or write a day and time.",
        "Here are free times for the call; tell me which one, or name another day.",
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
    "no_such_day": (
        "There is no {day}, so I need another day.",
        "{day} isn't a day of the calendar.",
    ),
    "no_such_clock": (
        "{clock} isn't a time of day; something like 5:30 PM works.",
        "There's no {clock} on the clock: please write it like 5:30 PM.",
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
    "not_free": ("{when} isn't free.", "{when} is taken, I'm afraid.", "Nobody is free on {when}."),
    "not_free_staff": ("{staff} isn't free on {when}.", "{staff} is taken on {when}, I'm afraid."),
    "free_instead": ("At {clock} you could have {people}.", "{clock} would be possible with {people}."),
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
    "ask_name_phone": (
        "Your name and a mobile number, please?",
        "What name shall I put it under, and which number can we reach you on?",
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
    "detail_needed": (
        "A few words on that, please, so that the team can prepare.",
        "That alone doesn't tell me, sorry: a few words are enough.",
    ),
    "pick_one": ("Please pick one of these.", "One of these, please."),
    "detail_why": (
        "It helps the team to prepare for you.",
        "The team needs it to have everything ready.",
    ),
    "skip_hint": ('You may say "skip".', '"skip" is fine.'),
    "bad_number": ("Please write a whole number.", "I need a number there, such as 4."),
    "number_between": (
        "{label}: {least} to {most} are possible here.",
        "I can take {least} to {most} here.",
    ),
    "party_too_large": (
        "I can take up to {most} here ({least} to {most}); for more the team is glad to arrange it with you.",
        "More than {most} is something the team arranges; here it can be {least} to {most}.",
    ),
    "number_most": ("{label}: {most} at most.", "{most} is the most I can take here."),
    "number_least": ("{label}: {least} at least.", "From {least} on, please."),
    "too_long": (
        "That's a bit long for me: {most} characters at most, please.",
        "Could you put that in at most {most} characters?",
    ),
    "party_one_by_one": (
        "I book one person at a time: let's do the first now, the next right after.",
        "For several people I book one after the other, so let's start with the first.",
    ),
    "no_rush": ("No rush, let's take it step by step.", "That's fine, we'll find something."),
    "stuck": (
        'If you\'d rather sort this out with one of the team, say "human".',
        'One of the team can take this over, too: just say "human".',
    ),
    "cant_skip": ("I do need that one, sorry.", "That one I can't leave out."),
}
