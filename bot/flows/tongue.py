"""The talk's language: the customer's, and the one he asks for. What stands is told in it from the next word on."""

from __future__ import annotations

from bot.flows import summary
from bot.flows.talk import Talk
from bot.understanding.contract import Intent, Understanding
from bot.wording.words import LANGUAGES


def hear(talk: Talk, u: Understanding) -> None:
    """Follows the language of a text; a language that is asked for goes before the one it is asked in."""
    wanted = u.wants_language if Intent.LANGUAGE in u.intents else None
    if wanted is None:
        _switch(talk, u.language)
        return
    talk.heard = True
    if _spoken(talk, wanted):
        _switch(talk, wanted)
        talk.recap = True
        talk.say("language_now")
    else:
        talk.say("language_not")


def _spoken(talk: Talk, language: str) -> bool:
    return language in LANGUAGES and language in talk.context.settings.languages


def _switch(talk: Talk, language: str) -> None:
    """What stood before this turn is told anew, too: another name for the same thing is no news."""
    state = talk.state
    if language == state.language or not _spoken(talk, language):
        return
    old = summary.facts(talk)
    state.language = language
    new = summary.facts(talk)
    talk.before = {
        key: new.get(key, value) if old.get(key) == value else value for key, value in talk.before.items()
    }
