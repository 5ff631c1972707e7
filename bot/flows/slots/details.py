"""The business's own questions: how many people, which car, what kind of case. Declared as data (bot/workspace.py)."""

from __future__ import annotations

import re

from bot.flows.form import own_fields
from bot.flows.slots import services
from bot.flows.state import BotState
from bot.flows.talk import Question, Talk, drop_plan
from bot.understanding.contract import Intent, Understanding
from bot.understanding.normalize import fold
from bot.wording.words import Line
from bot.workspace import FormField, SlotKind

_SPACES = re.compile(r"\s+")
_NUMBER = re.compile(r"(?<![\w.,])[-+]?\d+(?:[.,]\d+)?(?![\w])")
_IN_WORDS = {
    fold(word): number
    for number, group in enumerate(
        (
            "one واحد وحده", "two couple اثنين ثنين", "three ثلاثه", "four اربعه", "five خمسه", "six سته",
            "seven سبعه", "eight ثمانيه", "nine تسعه", "ten عشره",
        ),
        1,
    )
    for word in group.split()
}  # fmt: skip
_NO_ANSWER = frozenset(
    {
        Intent.CANCEL, Intent.BACK, Intent.SKIP, Intent.CHANGE, Intent.REMOVE, Intent.START_OVER, Intent.HUMAN,
        Intent.RESCHEDULE, Intent.MY_BOOKING, Intent.HELP, Intent.ASK_PRICE, Intent.ASK_DURATION,
        Intent.ASK_HOURS, Intent.ASK_PLACE, Intent.ASK_SERVICES, Intent.ASK_STAFF, Intent.ASK_PAYMENT,
        Intent.ASK_POLICY, Intent.ASK_COMPARISON, Intent.LANGUAGE,
    }
)  # fmt: skip
"""A line that wants something else than to answer the open question."""


def open_field(talk: Talk) -> FormField | None:
    """The question of the business's own that the last reply asked."""
    if talk.state.name is not BotState.ASK_DETAIL:
        return None
    return next((one for one in own_fields(talk) if one.key == talk.state.asked_key), None)


def hear(talk: Talk, u: Understanding, text: str) -> bool:
    """Facts that fill a question, then the answer to the open one. True: the line was that answer and no more."""
    if u.party is not None:
        _hear_party(talk, u.party.people)
    one = open_field(talk)
    if one is None or set(u.intents) & _NO_ANSWER or u.choice is not None:
        return False
    if one.fact == "party" and u.party is not None:
        return False
    if u.polarity is False and not one.required and len(text.split()) <= 3:
        take(talk, one, "")
        return True
    return answer(talk, one, text)


def _hear_party(talk: Talk, people: int) -> None:
    field = next((one for one in own_fields(talk) if one.fact == "party"), None)
    if field is not None:
        answer(talk, field, str(people))
    elif people > 1 and not talk.wish.party_told:
        talk.wish.party_told = True
        talk.heard = True
        talk.say("party_one_by_one")


def answer(talk: Talk, one: FormField, text: str) -> bool:
    """The answer to a question, checked as its kind says; what is wrong with it is said. False: none was found."""
    match one.kind:
        case SlotKind.NUMBER:
            return _answer_number(talk, one, text)
        case SlotKind.CHOICE:
            return _answer_choice(talk, one, text)
        case _:
            value = _SPACES.sub(" ", text).strip()
            if len(value) > one.max_length:
                talk.heard = True
                talk.say("too_long", most=one.max_length)
            else:
                take(talk, one, value)
            return True


def _answer_number(talk: Talk, one: FormField, text: str) -> bool:
    folded = fold(text)
    found = [match[0] for match in _NUMBER.finditer(folded)]
    found = found or [str(_IN_WORDS[word]) for word in folded.split() if word in _IN_WORDS]
    if len(found) != 1 and one.key == talk.state.asked_key and talk.state.name is BotState.ASK_DETAIL:
        talk.heard = True
        talk.say("bad_number")
        return True
    if len(found) != 1:
        return False
    try:
        number = int(found[0])
    except ValueError:
        talk.heard = True
        talk.say("bad_number")
        return True
    if (wrong := _out_of_range(one, number)) is not None:
        talk.heard = True
        talk.say(wrong.key, **wrong.words)
        return True
    take(talk, one, str(number))
    return True


def _out_of_range(one: FormField, number: int) -> Line | None:
    least, most = one.minimum, one.most
    if (least is None or number >= least) and (most is None or number <= most):
        return None
    if least is not None and most is not None:
        return Line("number_between", {"least": str(least), "most": str(most)})
    return (
        Line("number_most", {"most": str(most)})
        if most is not None
        else Line("number_least", {"least": str(least)})
    )


def _answer_choice(talk: Talk, one: FormField, text: str) -> bool:
    """By its name in any language, alone or in a sentence."""
    folded = f" {fold(text)} "
    found = {
        value
        for names in (one.choices, *one.choice_names.values())
        for value, name in zip(one.choices, names, strict=True)
        if f" {fold(name)} " in folded
    }
    if len(found) != 1:
        return False
    take(talk, one, found.pop())
    return True


def take(talk: Talk, one: FormField, value: str) -> None:
    """The answer stands; a number that decides what is booked picks the smallest service that holds it."""
    wish = talk.wish
    known = wish.details.get(one.key)
    wish.details[one.key] = value
    talk.touch(one.kind)
    if one.service_up_to and value and value != known:
        fit = next(size for size in sorted(one.service_up_to) if size >= int(value))
        wanted = next(
            (s for s in talk.catalog.services.values() if s.external_id == one.service_up_to[fit]), None
        )
        if wanted is None:
            talk.note(
                "form", "A question of the form names a service that isn't in the catalog.", key=one.key
            )
            return
        if [item.service_id for item in wish.items] != [wanted.id]:
            wish.items = []
            drop_plan(wish)
            services.take(talk, wanted.id)


def take_option(talk: Talk, index: int) -> bool:
    """A tap on the n-th choice of the open question. False: there is none such."""
    one = open_field(talk)
    if one is None or index >= len(one.choices):
        return False
    take(talk, one, one.choices[index])
    return True


def missing(talk: Talk, one: FormField) -> Question | None:
    if one.key in talk.wish.details:
        return None
    language = talk.state.language
    text = one.question.get(language) or one.question.get("en") or f"{one.called(language)}?"
    lines = [Line("ask_detail", {"question": text})]
    choices = [talk.option("opt", index, title) for index, title in enumerate(one.choices_in(language)[:9])]
    if not one.required:
        choices.append(talk.button("skip", "title_skip"))
        lines.append(Line("skip_hint"))
    return Question(
        state=BotState.ASK_DETAIL, slot=one.kind, key=one.key, lines=tuple(lines), choices=tuple(choices)
    )


def reopen(talk: Talk, key: str) -> bool:
    """The customer wants to answer a question anew. False: there is no such question."""
    if all(one.key != key for one in own_fields(talk)):
        return False
    talk.wish.details.pop(key, None)
    talk.heard = True
    return True
