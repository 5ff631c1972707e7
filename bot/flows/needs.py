"""Services by need ("dry hair"): up to three that fit, each with what its description says, to go on from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from bot.catalog import NeedQuery, Service
from bot.flows import summary
from bot.flows.slots import services
from bot.flows.state import BotState
from bot.flows.talk import Talk
from bot.understanding.contract import Intent, NeedFact, Understanding
from bot.understanding.normalize import letters_by_script
from bot.wording.words import Line, shorten
from bot.workspace import SlotKind

SHOWN = 3
BENEFIT_LIMIT = 110
_SENTENCE = re.compile(r"[^.!?؟\n]+[.!?؟]?")
_UNSAFE = re.compile(
    r"\b(?:cures?|heals?|healing|guarantee\w*|promis\w+|permanent\w*|forever|never again|100 ?%|medical|medicine"
    r"|clinical\w*|doctor\w*|dermatolog\w*|diagnos\w*|disease\w*|infection\w*|fung\w+|eczema|psoriasis|therap\w+"
    r"|prescri\w+|instant results?|results? in|eliminat\w+|prevents?)\b"
    r"|يشفي|شفاء|مضمون|نضمن|ضمان|نهائي|طبي|طبيب|مرض|للأبد",
    re.IGNORECASE,
)
"""A promise of a result or medical advice, which the bot doesn't repeat, whoever wrote it."""
_LASTING = re.compile(
    r"[,\s]+(?:(?:that lasts?|lasting|for)\s+)?(?:up to|at least)\s+[\w-]+\s+(?:day|week|month|year)s?\b",
    re.IGNORECASE,
)


def hear(talk: Talk, u: Understanding) -> None:
    """Offers what fits a need that was heard; if nothing does, what is near by name, else says so."""
    need = u.need
    if need is None:
        if Intent.RECOMMEND in u.intents:
            _recommend(talk, u)
        return
    talk.heard = True
    found = _find(talk, need)
    talk.trace.append(f"need:{need.phrase}:{len(found)}")
    if not found:
        _nothing(talk, need)
        return
    here = talk.location
    place = talk.called(here) if here is not None else ""
    talk.answer("need_fits" if not place else "need_fits_at", what=_told(need.value), place=place)
    for service in found:
        talk.answer("detail_line", text=f"• {line(talk, service)}")
    if _is_aside(talk, u):
        talk.answer("need_add_hint")
    else:
        services.put_unclear(talk, need.value, [service.id for service in found])
        talk.touch(SlotKind.SERVICES)


def _recommend(talk: Talk, u: Understanding) -> None:
    """ "Which one do you recommend?": what each of those in question is for; the choice stays the customer's.

    In question are those that a word may mean, else those of the group that is looked through, else one of each
    group that says what it is for.
    """
    talk.heard = True
    mine = {item.service_id for item in talk.wish.items}
    named = [match.id for mention in u.services for match in mention] or talk.state.candidates
    if not named and talk.wish.items and talk.state.name is not BotState.ASK_SERVICES:
        return
    asked = _offered(talk, list(dict.fromkeys(named)))
    group = talk.state.group_id
    if not asked:
        everything = [one for one in talk.catalog.services_at(talk.wish.location_id) if one.id not in mine]
        asked = [one for one in everything if group is None or one.group_id == group]
        asked.sort(key=lambda one: not benefit(one.description, talk.state.language))
        if group is None:
            asked = list({one.group_id: one for one in reversed(asked)}.values())[::-1]
    shown = asked[:SHOWN]
    if not shown:
        return
    talk.answer("recommend")
    for service in shown:
        talk.answer("detail_line", text=f"• {line(talk, service)}")
    if not talk.state.candidates and not u.services:
        services.put_unclear(talk, "", [service.id for service in shown])
        talk.touch(SlotKind.SERVICES)


def _told(value: str) -> str:
    """The need as a noun: "للشعر الجاف" is "الشعر الجاف" where the sentence says what it is for."""
    return f"ال{value[2:]}" if value.startswith("لل") else value


def _is_aside(talk: Talk, u: Understanding) -> bool:
    """A question in the middle of a booking; the booking then goes on where it was (law 5)."""
    asks = set(u.intents) & {Intent.ASK_SERVICES, Intent.ASK_PRICE, Intent.ASK_DURATION}
    return (
        bool(talk.wish.items and asks) and not set(u.intents) & {Intent.ADD, Intent.BOOK} and not u.services
    )


def _find(talk: Talk, need: NeedFact) -> list[Service]:
    here = talk.wish.location_id
    query = NeedQuery(need.groups, need.phrase, need.without, here)
    mine = {item.service_id for item in talk.wish.items}
    found = [one for one in talk.context.needs.find(query) if one not in mine]
    if need.among:
        found = [one for one in found if one in need.among] or list(need.among)
    return _offered(talk, found)[:SHOWN]


def _offered(talk: Talk, ids: Sequence[UUID]) -> list[Service]:
    """Those of the cached catalog that the chosen place has."""
    here = talk.wish.location_id
    known = [talk.catalog.services[one] for one in ids if one in talk.catalog.services]
    return [service for service in known if here is None or here in service.location_ids]


def _nothing(talk: Talk, need: NeedFact) -> None:
    near = _offered(talk, need.near)
    talk.say("need_nothing", what=_told(need.value))
    if near and not talk.wish.items:
        services.put_unclear(talk, need.value, [service.id for service in near])
        talk.touch(SlotKind.SERVICES)


def line(talk: Talk, service: Service) -> str:
    """`Hydrating Hair Mask: Deep moisture for dry hair (4.000 KWD, 15 min)`."""
    length = talk.words.count("min", service.minutes)
    facts = talk.words.comma.join(filter(None, (summary.price_text(talk, service), length)))
    values = {"service": talk.called(service), "facts": facts}
    told = benefit(service.description, talk.state.language)
    if told:
        return talk.words.say(Line("need_line", {**values, "benefit": told}))
    return talk.words.say(Line("need_line_plain", values))


def benefit(description: str, language: str) -> str:
    """The first sentence of a description that promises nothing, if it is in the talk's language; else empty."""
    for match in _SENTENCE.finditer(description):
        sentence = " ".join(match[0].split()).strip(" .!?؟-•")
        arabic, latin = letters_by_script(sentence.lower())
        if (arabic > latin) is not (language == "ar") or _UNSAFE.search(sentence):
            continue
        told = _LASTING.sub("", sentence).strip(" ,;-")
        if sum(character.isalpha() for character in told) > 7:
            return shorten(told, BENEFIT_LIMIT)
    return ""
