"""Name, phone and e-mail. The business's own questions: details.py."""

from __future__ import annotations

import re

from bot.flows.state import BotState
from bot.flows.talk import Question, Talk
from bot.understanding import names
from bot.understanding.contract import Understanding
from bot.understanding.name_words import NOT_A_NAME
from bot.understanding.normalize import fold
from bot.wording.words import Line
from bot.workspace import FormField, SlotKind

NAME_LIMIT = 80
_IN_NO_NAME = re.compile(r"[\d@<>{}\[\]/\\_#$%^*=+|~]|https?:", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_NODS = frozenset(
    fold(word)
    for word in (
        "ok", "okay", "okey", "k", "fine", "alright", "all right", "great", "good", "cool", "perfect", "sure", "yes",
        "yep", "yeah", "no", "nope", "hmm", "hm", "thanks", "please", "تمام", "اوكي", "اوك", "طيب", "زين", "حسنا",
        "نعم", "ايه", "اي", "لا", "شكرا", "حلو", "ممتاز",
    )
)  # fmt: skip
_EXAMPLES = {"KW": "+965 5000 0000", "US": "+1 202 555 0100"}


def clean_name(text: str) -> str | None:
    """A name as it can stand on a booking, or None: letters needed, no digits, addresses or markup."""
    name = _SPACES.sub(" ", text).strip(" .,!?;:'\"-")
    letters = sum(character.isalpha() for character in name)
    if (
        letters < 2
        or is_nod(name)
        or len(name) > NAME_LIMIT
        or len(name.split()) > 6
        or _IN_NO_NAME.search(name)
    ):
        return None
    return name.title() if name.islower() and name.isascii() else name


def is_nod(text: str) -> bool:
    """ "Ok", "تمام": polite, and no answer to anything that is asked; least of all a name."""
    return fold(text).strip(" .!,،") in _NODS


def is_everyday_talk(text: str) -> bool:
    """ "Wait", "why", "sorry": words that nobody is called by."""
    said = [names.plain(word.strip(",;:!?.،؟")) for word in fold(text).split()]
    return all(word in NOT_A_NAME or names.is_everyday(word) for word in said if word)


def looks_like_name(text: str) -> bool:
    """Two to four capitalised words and nothing else: good enough where no name was asked for."""
    parts = _SPACES.sub(" ", text).strip().split(" ")
    return (
        2 <= len(parts) <= 4
        and clean_name(text) is not None
        and all(part[:1].isupper() and part.replace("-", "").replace("'", "").isalpha() for part in parts)
    )


def take_name(talk: Talk, text: str) -> bool:
    name = clean_name(text)
    if name is None:
        return False
    talk.wish.name = name
    talk.touch(SlotKind.NAME)
    return True


def hear(talk: Talk, u: Understanding) -> None:
    """Contact facts of a text; a wrong one gets a sentence that says what is wrong with it."""
    wish = talk.wish
    if u.name is not None and not take_name(talk, u.name.value):
        talk.heard = True
        talk.say("bad_name")
    if u.phone is not None:
        wish.phone = u.phone.value
        talk.touch(SlotKind.PHONE)
    elif u.bad_phone and not (u.times or u.days):
        talk.heard = True
        talk.say("bad_phone", why=u.bad_phone.rstrip("."))
    if u.email is not None:
        wish.email, wish.email_skipped = u.email.value, False
        talk.touch(SlotKind.EMAIL)
    elif u.bad_email:
        talk.heard = True
        talk.say("bad_email", why=u.bad_email.rstrip("."))


def skip_email(talk: Talk) -> None:
    talk.wish.email_skipped = True
    talk.touch(SlotKind.EMAIL)
    talk.say("email_skipped")


def missing_name(talk: Talk, fields: tuple[FormField, ...]) -> Question | None:
    editing = talk.state.editing is SlotKind.NAME
    if talk.name is not None and not editing:
        return None
    if editing and talk.name is not None:
        line = Line("edit_name", {"name": talk.name})
    elif talk.phone is None and any(one.kind is SlotKind.PHONE for one in fields):
        line = Line("ask_name_phone")
    elif _email_open(talk, fields):
        line = Line("ask_name_email")
        talk.wish.email_asked = True
    else:
        line = Line("ask_name")
    return Question(state=BotState.ASK_NAME, slot=SlotKind.NAME, lines=(line,))


def _email_open(talk: Talk, fields: tuple[FormField, ...]) -> bool:
    wanted = any(one.kind is SlotKind.EMAIL for one in fields)
    return wanted and talk.email is None and not talk.wish.email_skipped


def email_hint(talk: Talk, fields: tuple[FormField, ...]) -> tuple[Line, ...]:
    """The one offer to add an e-mail address, next to another question; never repeated."""
    optional = any(one.kind is SlotKind.EMAIL and not one.required for one in fields)
    if not optional or not _email_open(talk, fields) or talk.wish.email_asked:
        return ()
    talk.wish.email_asked = True
    return (Line("email_hint"),)


def missing_phone(talk: Talk) -> Question | None:
    if talk.phone is not None and talk.state.editing is not SlotKind.PHONE:
        return None
    example = _EXAMPLES.get(talk.context.settings.region, "+965 5000 0000")
    return Question(
        state=BotState.ASK_PHONE, slot=SlotKind.PHONE, lines=(Line("ask_phone", {"example": example}),)
    )


def missing_email(talk: Talk, one: FormField) -> Question | None:
    editing = talk.state.editing is SlotKind.EMAIL
    if not editing and (talk.email is not None or not one.required):
        return None
    key = "ask_email" if one.required else "ask_email_optional"
    choices = () if one.required else (talk.button("skip", "title_skip"),)
    return Question(state=BotState.ASK_EMAIL, slot=SlotKind.EMAIL, lines=(Line(key),), choices=choices)
