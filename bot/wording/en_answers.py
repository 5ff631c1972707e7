"""English: answers to side questions."""

from __future__ import annotations

from collections.abc import Mapping

ANSWERS: Mapping[str, tuple[str, ...]] = {
    # questions
    "price_is": ("{service}: {price}.", "{service} costs {price}."),
    "price_nothing": (
        "There's no charge for booking {service}.",
        "Booking {service} doesn't cost anything.",
    ),
    "price_from": ("{service}: from {price} ({sizes}).", "{service} starts at {price} ({sizes})."),
    "length_is": ("{service} takes {length}.", "For {service} we plan {length}."),
    "ask_price_of": ("Which service's price would you like to know?", "The price of which service?"),
    "total_is": ("All together: {total}.", "That comes to {total} in total."),
    "total_from": ("All together: from {total}.", "In total that begins at {total}."),
    "prices_begin": ("Our prices begin at:\n{groups}", "What things cost, from the lowest on:\n{groups}"),
    "ask_compare": ("Which services shall I compare?", "Tell me which services you are choosing between."),
    "no_such_person_here": ("There's nobody called {staff} in our team.", "I know no {staff} in our team."),
    "ask_length_of": ("Which service do you mean?", "For which service would you like to know that?"),
    "hours_are": ("{place} is open {hours}.", "Opening hours of {place}: {hours}."),
    "hours_unknown": (
        "I don't have the opening hours of {place} here.",
        "The hours of {place} aren't on file.",
    ),
    "place_is": ("{place}: {address}.", "You find {place} here: {address}."),
    "place_only": ("{place} is one of our places.", "{place}: that's one of ours."),
    "we_offer": ("We offer {what}.", "On our list: {what}."),
    "we_do": ("Yes, we do: {what}.", "Yes, that's on our list: {what}."),
    "staff_are": ("At {place} you can choose {people}.", "Our team at {place}: {people}."),
    "not_ready": (
        "I can't look into our calendar just now, but {business} is glad to help you.",
        "Our calendar isn't open to me at the moment; {business} can help you directly.",
    ),
    "external_missing": (
        "I've noted your wish and {business} will get back to you. {contact}",
        "{business} has your wish and will be in touch. {contact}",
    ),
}
