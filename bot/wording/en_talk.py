"""English: opening, acknowledging, not understanding, people, stop and help."""

from __future__ import annotations

from collections.abc import Mapping

TALK: Mapping[str, tuple[str, ...]] = {
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
    "language_now": ("Of course, in English.", "Sure, English it is."),
    "language_not": (
        "I don't speak that language yet, sorry.",
        "I can't write in that language yet.",
    ),
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
    "voice_yes": (
        "I heard a yes in your voice note; please tap or type it, so that nothing is done by mistake.",
        "To be safe I don't take a spoken yes: please tap the button or write it.",
    ),
    "unsupported": (
        "I can't open that kind of message, but text works well.",
        "That kind of message doesn't reach me properly. Please write it.",
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
}
