"""English: people, what is outside the booking, and answers to questions. Part of en.py."""

from __future__ import annotations

from collections.abc import Mapping

CARE: Mapping[str, tuple[str, ...]] = {
    "human_back": (
        "Nobody is in right now; the team is back {when}.",
        "The team is away at this hour and back {when}.",
    ),
    "human_limit": (
        "The team already has your request, and I can't pass it on again just now.",
        "I've passed your request on several times already; the team knows about it.",
    ),
    "late_noted": (
        "Thanks for letting us know; I've told the team.",
        "No worries, I've passed that on to the team.",
    ),
    "sorry_upset": (
        "I'm sorry, that's not how it should be. One of the team can take over, just tap below.",
        "I understand you're upset, and I'm sorry. Shall one of the team take care of it?",
    ),
    "human_again": (
        "You can ask for a person again from {when}.",
        "From {when} on I can ask somebody of the team for you again.",
    ),
    "too_many": (
        "One moment please, that was a lot at once. I have all of it and go on at {when}.",
        "That was a lot at once, so give me a moment: I've kept everything and go on at {when}.",
    ),
    "human_not_yet": (
        "Sorry, nobody from the team got to you yet; they still have your request. I can help meanwhile.",
        "The team hasn't got to you yet, I'm sorry. Your request stands, and I'm here meanwhile.",
    ),
    "safety_again": (
        "Please reach out right now. I've also told the team.",
        "You don't have to go through this alone; please reach out now. The team has been told.",
    ),
    "hours_on": (
        "{place} is open {hours} on {day}.",
        "On {day} {place} is open {hours}.",
    ),
    "place_map": (
        "{place}: {address}. Map: {url}",
        "You find {place} here: {address}. Map: {url}",
    ),
    "pay_by": ("Ways of paying: {options}.", "For payment you can choose: {options}."),
    "staff_does": ("{staff} does {services}.", "With {staff} you can have {services}."),
    "staff_does_not": ("{staff} doesn't do {services}.", "{services} isn't something {staff} does."),
    "unknown_question": (
        "I don't know that, I'm sorry; the team can tell you.",
        "I can't say for sure, so I'd rather not guess. The team knows.",
        "That one I can't answer; somebody of the team can.",
    ),
}
