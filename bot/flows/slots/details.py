"""The business's own questions: how many people, which car, what kind of case. Declared as data (bot/workspace.py)."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.flows import handling, summary
from bot.flows.faq import is_question
from bot.flows.form import own_fields
from bot.flows.slots import own_answers, services
from bot.flows.state import BotState
from bot.flows.talk import Question, Talk, drop_plan
from bot.understanding.addresses import find_address
from bot.understanding.contract import Intent, Understanding
from bot.understanding.normalize import fold, tokenize
from bot.understanding.vehicles import find_vehicle
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
_NIGHTS = re.compile(
    rf"\s(?P<count>\d{{1,2}}|{'|'.join(map(re.escape, _IN_WORDS))})\s(?:nights?|ليالي|ليال|ليله)\s"
)
_DONE_TO_SOMEBODY = frozenset({"SERVICE_BOOKING", "APPOINTMENT"})
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
        _hear_party(talk, u.party.people, u)
    one = open_field(talk)
    if one is None and u.choice is None and _hear_bare_party(talk, text):
        return True
    _hear_mentioned(talk, u, text, one)
    if one is None or u.choice is not None:
        return False
    if others := set(u.intents) & _NO_ANSWER:
        if one.kind is SlotKind.TEXT and others == {Intent.CHANGE}:
            _answer_beside_change(talk, one, u, text)
        return False
    if one.fact == "party" and u.party is not None:
        return False
    if u.polarity is False and not one.required and len(text.split()) <= 3:
        take(talk, one, "")
        return True
    if one.kind is SlotKind.TEXT:
        return _answer_text(talk, one, u, text)
    if one.kind is not SlotKind.NUMBER:
        return answer(talk, one, text) or (
            own_answers.says_nothing(text) and _ask_once_more(talk, "pick_one")
        )
    said = own_answers.number_in(u, text)
    if said != text and not any(character.isdigit() for character in said):
        if u.days or own_answers.names_clock(text):
            return False  # "saturday at 8", asked how many come
        said = text
    return answer(talk, one, said) and said == text


def _hear_bare_party(talk: Talk, text: str) -> bool:
    """ "5", asked which table: how many come, if that is still to be asked and no list has a fifth row."""
    if talk.state.name is not BotState.ASK_SERVICES or not _NUMBER.fullmatch(fold(text).strip(" .!")):
        return False
    field = next((one for one in own_fields(talk) if one.fact == "party"), None)
    return field is not None and field.key not in talk.wish.details and answer(talk, field, text)


def _answer_text(talk: Talk, one: FormField, u: Understanding, text: str) -> bool:
    """Free text, unless it says nothing. True: the line is done with."""
    language = talk.state.language
    if own_answers.only_manners(u, text):
        talk.heard = True
        return True
    if own_answers.is_question_back(text):
        return _ask_once_more(talk, "detail_why")
    if own_answers.says_nothing(text):
        meant = own_answers.takes_yes_or_no(one, language) and (
            u.polarity is not None or u.leaning is not None
        )
        if not meant:
            return _ask_once_more(talk, "detail_needed")
    said = own_answers.answer_in(one, u, text, language)
    if said:
        answer(talk, one, said)
    return said == text


def _answer_beside_change(talk: Talk, one: FormField, u: Understanding, text: str) -> None:
    """ "2018 Honda Civic, and make it Monday": what is left of the line beside the change."""
    said = own_answers.answer_in(one, u, text, talk.state.language)
    if said and said != text and not own_answers.says_nothing(said):
        answer(talk, one, said)


def _ask_once_more(talk: Talk, key: str) -> bool:
    talk.heard = True
    talk.say(key)
    return True


def _hear_mentioned(talk: Talk, u: Understanding, text: str, asked: FormField | None) -> None:
    """What answers a question before it is asked: a car, words that mean one of its choices."""
    before, asks = talk.heard, is_question(text)
    elsewhere = own_answers.without_places(u, text)
    folded = f" {' '.join(token.word for token in tokenize(fold(text)))} "
    for one in own_fields(talk):
        if one is asked or talk.wish.details.get(one.key):
            continue
        if one.fact == "vehicle" and (car := find_vehicle(elsewhere)) is not None:
            take(talk, one, car)
        elif one.fact == "address" and (address := find_address(text)) is not None:
            take(talk, one, address)
        elif one.fact == "days" and u.days and (nights := _NIGHTS.search(folded)) is not None:
            first = u.days[0].day
            last = first + timedelta(days=_count(nights["count"]))
            take(talk, one, f"{talk.words.day(first)} - {talk.words.day(last)}")
        elif one.said:
            meant = {
                choice for choice, said in one.said.items() if any(f" {fold(w)} " in folded for w in said)
            }
            if len(meant) == 1:
                take(talk, one, meant.pop())
    if asks:
        talk.heard = before  # "can I sue my employer?" is still to be answered


def _count(said: str) -> int:
    return int(said) if said.isdigit() else _IN_WORDS[said]


def _hear_party(talk: Talk, people: int, u: Understanding) -> None:
    field = next((one for one in own_fields(talk) if one.fact == "party"), None)
    if field is not None:
        answer(talk, field, str(people))
    elif people > 1 and not talk.wish.party_told and _is_done_to_each(talk, u):
        talk.wish.party_told = True
        talk.heard = True
        talk.say("party_one_by_one")


def _is_done_to_each(talk: Talk, u: Understanding) -> bool:
    """Whether a person has it done to himself, as at a salon: two of them need two bookings, but see one house."""
    named = [
        talk.catalog.services[match.id] for mention in u.services for match in mention
    ] or talk.services()
    meant = named or list(talk.catalog.services.values())
    by_people = any(not one.resource for one in talk.catalog.staff.values())
    return by_people and any(service.booking_type in _DONE_TO_SOMEBODY for service in meant)


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
    if (wrong := _out_of_range(one, number, one.called(talk.state.language))) is not None:
        talk.heard = True
        talk.offer_human = talk.offer_human or wrong.key == "party_too_large"
        talk.say(wrong.key, **wrong.words)
        return True
    take(talk, one, str(number))
    return True


def _out_of_range(one: FormField, number: int, label: str) -> Line | None:
    least, most = one.minimum, one.most
    if (least is None or number >= least) and (most is None or number <= most):
        return None
    values = {"label": label, "least": str(least), "most": str(most)}
    if most is not None and number > most and one.fact == "party":
        return Line("party_too_large", values)
    if least is not None and most is not None:
        return Line("number_between", values)
    return Line("number_most" if most is not None else "number_least", values)


def _answer_choice(talk: Talk, one: FormField, text: str) -> bool:
    """By its name in any language, alone or in a sentence."""
    folded = f" {fold(text)} "
    found = {
        value
        for names in (one.choices, *one.choice_names.values())
        for value, name in zip(one.choices, names, strict=True)
        if f" {fold(name)} " in folded
    } or {choice for choice, said in one.said.items() if any(f" {fold(word)} " in folded for word in said)}
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
    if _is_said_by_day(talk, one):
        talk.wish.details[one.key] = summary.when_text(talk)
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


def _is_said_by_day(talk: Talk, one: FormField) -> bool:
    """Whether the wished day answers it. What has a time of its own ("a tour on Monday") says nothing of a stay."""
    wish = talk.wish
    if one.fact not in {"day", "days"} or wish.day is None or wish.day_conflict:
        return False
    return handling.finishes_elsewhere(talk) and (one.fact == "day" or wish.last_day not in {None, wish.day})


def reopen(talk: Talk, key: str) -> bool:
    """The customer wants to answer a question anew. False: there is no such question."""
    if all(one.key != key for one in own_fields(talk)):
        return False
    talk.wish.details.pop(key, None)
    talk.heard = True
    return True
