"""One message: what it says goes into the wish. What is asked next is not decided here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bot.flows import (
    afterwards,
    editing,
    escalation,
    handing_off,
    late,
    manage,
    needs,
    optout,
    own_words,
    paying,
    questions,
    safety,
    suggest,
    summary,
    taps,
    tongue,
    topic,
    upset,
    usual,
    voice,
)
from bot.flows.contract import IntentPatch
from bot.flows.said_apart import wished_apart
from bot.flows.slots import contact, details, impossible, payment, place, services, staff, when
from bot.flows.state import BotState
from bot.flows.talk import Question, Talk
from bot.messages import Inbound, InboundKind
from bot.understanding.arabizi import in_arabic_letters
from bot.understanding.contract import Intent, Understanding, UnderstandingContext
from bot.understanding.normalize import fold
from bot.wording.words import Line
from bot.workspace import SlotKind

Ear = Callable[[str, UnderstandingContext], Understanding]

TEXT_LIMIT = 2000
_UNSURE = re.compile(
    r"\b(?:not sure|unsure|dunno|don'?t know|no idea|idk|can'?t decide|undecided|no clue)\b"
    r"|(?<!\w)(?:مدري|ما ادري|مادري|محتار[هة]?|مو متاكد[هة]?)(?!\w)"
)
BACK_WORDS = 3
"""A longer line with "back" in it speaks of something else ("something for my back")."""
_POLITE = frozenset({Intent.GREETING, Intent.THANKS, Intent.GOODBYE, Intent.START})
_INSISTS = 1
"""So often the name was asked again before an everyday word is taken for one."""
_NAME_IS_LIKELY = frozenset(
    {
        BotState.ASK_TIME,
        BotState.ASK_DAY,
        BotState.ASK_PHONE,
        BotState.ASK_EMAIL,
        BotState.CONFIRM,
        BotState.ASK_CHANGE,
    }
)


def hear(talk: Talk, inbound: Inbound, ear: Ear) -> None:
    """Takes in one customer message, of whatever kind."""
    if optout.hear(talk, inbound):
        return
    match inbound.kind:
        case InboundKind.STICKER | InboundKind.REACTION | InboundKind.SYSTEM:
            talk.trace.append(f"ignored:{inbound.kind.value}")
            return
        case InboundKind.LOCATION:
            _hear_pin(talk, inbound)
        case InboundKind.VOICE:
            _hear_voice(talk, inbound, ear)
        case InboundKind.MEDIA:
            caption = inbound.text or next((media.caption for media in inbound.media if media.caption), "")
            _cant_use(talk, "media")
            if caption.strip():
                _hear_text(talk, caption, ear)
        case InboundKind.CONTACTS | InboundKind.ORDER | InboundKind.UNSUPPORTED:
            _cant_use(talk, "unsupported")
        case InboundKind.CHOICE:
            talk.spoke = True
            known = inbound.choice_id is not None and taps.hear(talk, inbound.choice_id)
            if not known:
                _hear_text(talk, inbound.text, ear)
        case InboundKind.TEXT:
            _hear_text(talk, inbound.text, ear)


def overhear(talk: Talk, inbound: Inbound, ear: Ear) -> None:
    """While a person has the talk: STOP and START count, a crisis is answered all the same, nothing else is said."""
    if optout.hear(talk, inbound) or inbound.kind is not InboundKind.TEXT or not inbound.text.strip():
        return
    watched = talk.context.settings.safety
    if watched.crisis or watched.emergency:
        u = ear(inbound.text[:TEXT_LIMIT], ear_context(talk))
        if safety.guidance(talk, u) is not None:
            safety.hear(talk, u)


def ear_context(talk: Talk) -> UnderstandingContext:
    """What the ear must know to understand a line at this point of the talk."""
    state = talk.state
    return UnderstandingContext(
        now=talk.context.now,
        zone=talk.context.zone,
        region=talk.context.settings.region,
        catalog=talk.catalog,
        language=state.language,
        asked=state.editing or state.asked,
        offered=tuple(offered.choice() for offered in state.offered),
        yes_no_open=manage.yes_no_open(state),
        location_id=talk.wish.location_id,
    )


def _hear_voice(talk: Talk, inbound: Inbound, ear: Ear) -> None:
    """A note that was written down counts like a line, but for what confirms: that is tapped or typed."""
    if not voice.is_written_down(inbound):
        _cant_use(talk, "voice")
        return
    careful, lost = voice.VoiceEar(ear), talk.lost
    _hear_text(talk, inbound.text, careful)
    if careful.said_yes:
        talk.lost = lost
        _cant_use(talk, "voice_yes")


def _cant_use(talk: Talk, key: str) -> None:
    talk.spoke = talk.heard = True
    talk.say(key)


def _hear_pin(talk: Talk, inbound: Inbound) -> None:
    talk.spoke = True
    if inbound.location is None:
        _cant_use(talk, "unsupported")
        return
    place.hear_pin(talk, inbound.location)


def _hear_text(talk: Talk, raw: str, ear: Ear) -> None:
    text = in_arabic_letters(raw.replace("\x00", " ").strip()[:TEXT_LIMIT])
    talk.spoke = True
    if not text:
        _cant_use(talk, "empty")
        return
    if (tap := taps.parse(text)) is not None and tap.kind == "finalize":
        taps.hear(talk, text)
        return
    u = ear(text, ear_context(talk))
    talk.trace += u.trace
    tongue.hear(talk, u)
    u = own_words.heard(talk, u, text)
    talk.intents |= set(u.intents)
    _act(talk, u, text, ear)


def _act(talk: Talk, u: Understanding, text: str, ear: Ear) -> None:
    """STOP, then a person, then somebody in distress, then the open talk."""
    intents = set(u.intents)
    if Intent.STOP in intents and optout.means_the_booking(text):
        intents = {Intent.CANCEL}
        u = replace(u, intents=(Intent.CANCEL,))
    if Intent.STOP in intents:
        optout.stop(talk, text)
        return
    if Intent.HUMAN in intents:
        escalation.hand_over(talk, "asked")
        safety.beside(talk, u)
        return
    if safety.hear(talk, u):
        return
    if intents & {Intent.THANKS, Intent.GOODBYE}:
        talk.heard = True
        talk.say("thanks" if Intent.THANKS in intents else "goodbye")
    if Intent.GREETING in intents:
        talk.heard = talk.greeting = True
    heard_before, talk.heard = talk.heard, False
    rest = questions.from_faq(talk, u, text, lambda part: ear(part, ear_context(talk)))
    if rest is not None:
        if not rest:
            return
        heard_before, talk.heard = True, False
        text, u = rest, own_words.heard(talk, ear(rest, ear_context(talk)), rest)
    u = questions.sharpened(u, text)
    talk.intents |= set(u.intents)
    _take_in(talk, u, text)
    if not (talk.heard or questions.unknown(talk, u, text) or heard_before or _fallback(talk, u, text)):
        talk.lost = True
    talk.heard = talk.heard or heard_before


def _take_in(talk: Talk, u: Understanding, text: str) -> None:
    """Bookings that are placed, then the last order of this talk, then the open wish."""
    usual.hear(talk, u)
    if handing_off.hear(talk, u, text):
        return
    if talk.context.settings.payment.wanted and paying.hear(talk, u, text):
        return
    if manage.hear(talk, u, text):
        talk.heard = True
        talk.state.topic = []
        return
    placed = afterwards.open_order(talk)
    begins = afterwards.starts_new(u) or topic.goes_on(talk, u, text)
    if placed is not None and u.choice is None and not begins:
        afterwards.hear(talk, u, placed)
        return
    ending = talk.ending
    _commands(talk, u, text)
    if talk.ending is ending:
        _facts(talk, u, text)


def _commands(talk: Talk, u: Understanding, text: str) -> None:
    """What is wanted of the talk itself, before its facts."""
    intents = set(u.intents)
    if Intent.START_OVER in intents:
        editing.start_over(talk)
    if Intent.CANCEL in intents:
        _cancel(talk)
        return
    if Intent.BACK in intents and len(text.split()) <= BACK_WORDS:
        editing.back(talk)
    if Intent.SKIP in intents:
        editing.skip(talk)
    if Intent.MORE in intents and talk.state.offered:
        talk.heard = talk.paging = True
        talk.state.page += 9
    if Intent.RESCHEDULE in intents and not (u.days or u.times):
        talk.heard = True
        when.reopen(talk)
    if Intent.ALTERNATIVES in intents and not intents & questions.SIDE:
        _alternatives(talk)
    if intents & {Intent.BOOK, Intent.ADD}:
        talk.heard = True


def _cancel(talk: Talk) -> None:
    talk.heard = True
    if not talk.wish.begun:
        talk.say("nothing_to_cancel")
        return
    if talk.wish.intent_id is not None:
        talk.intent = IntentPatch(id=talk.wish.intent_id, status="abandoned")
    talk.state.wish = editing.fresh(talk.wish)
    talk.state.editing = None
    services.drop_unclear(talk)
    talk.state.summary_version = None
    talk.before = summary.facts(talk)  # who the customer is stays known and is no news
    talk.lead_status = "lost"
    talk.ending = Question(state=BotState.IDLE, lines=(Line("dropped"),), standing=False)


def _alternatives(talk: Talk) -> None:
    """ "Anything else?" while times are open: the next page; with a time chosen: other times."""
    talk.heard = True
    if talk.wish.refused:
        when.reopen(talk, day=False)
    elif talk.state.name is BotState.ASK_TIME:
        talk.paging = True
        talk.state.page += 9
    elif talk.wish.plan:
        when.reopen(talk, day=False)


def _facts(talk: Talk, u: Understanding, text: str) -> None:
    """Everything given is taken. A question about something is not a wish for it."""
    if details.hear(talk, u, text) or suggest.hear(talk, u, text) or taps.hear_hour(talk, text):
        return
    aside = questions.hear(talk, u)
    chosen = ""
    for choice in u.choices or ((u.choice,) if u.choice else ()):
        tap = taps.parse(choice.id)
        if tap is not None and taps.hear(talk, choice.id):
            chosen = tap.kind
    wanted: Understanding | None = u
    if aside and not _means_it(u):
        wanted = wished_apart(u, text, questions.SIDE)
    if wanted is not None:
        _take_wish(talk, wanted, text, chosen)
    impossible.hear(talk, text, days=bool(u.days), clocks=bool(u.times))
    needs.hear(talk, u)
    if chosen != "pay":
        payment.hear(talk, u.payment_types, text, asking=aside)
    contact.hear(talk, u)
    _polarity(talk, u)
    if Intent.CHANGE in u.intents and not (talk.touched or u.party) and talk.ending is None:
        editing.start(talk, text)


def _take_wish(talk: Talk, u: Understanding, text: str, chosen: str) -> None:
    """Place, services, person and time, but for the one that a choice of the last list answered."""
    if not chosen:
        topic.hear(talk, u, text)
    if chosen != "loc":
        place.hear(talk, u.locations)
    if chosen not in {"svc", "size"}:
        services.hear(talk, u, text)
    if chosen not in {"staff", "time"}:
        if not questions.weighs_people(talk, u, text):
            staff.hear(talk, u.staff)
        if u.any_staff:
            staff.take_anyone(talk)
    if chosen not in {"time", "day", "clock"}:
        when.hear(talk, u.days, u.times, text)


def _means_it(u: Understanding) -> bool:
    wishes = {Intent.BOOK, Intent.ADD, Intent.CHANGE, Intent.ASK_TIMES, Intent.REMOVE}
    if set(u.intents) & wishes:
        return True
    if Intent.ASK_STAFF in u.intents and not u.services:
        return False
    return bool(u.days or u.times) and Intent.ASK_HOURS not in u.intents


def _polarity(talk: Talk, u: Understanding) -> None:
    if u.leaning is not None:
        talk.heard = True
    if u.polarity is None:
        return
    talk.heard = True
    if u.polarity:
        talk.yes = True
    else:
        talk.no = True
        talk.state.topic = []
        if talk.state.name is BotState.ASK_SERVICES and talk.wish.items and not talk.touched:
            services.leave_out(talk)
        if talk.state.editing is not None:
            talk.state.editing = None
            talk.say("editing_kept")


def _is_no_riddle(talk: Talk, u: Understanding, text: str) -> bool:
    """A line that wishes for nothing and yet is understood."""
    if not any(character.isalnum() for character in text):
        return True  # a smile, a heart, a question mark: what is open is simply asked again
    if "@" in text and u.email is None:
        talk.say("bad_email_plain")
        return True
    if _UNSURE.search(fold(text)):
        talk.say("no_rush")
        return True
    return (
        late.hear(talk, text)
        or upset.hear(talk, text)
        or topic.declines(talk, text)
        or editing.hear_bare(talk, text)
        or contact.is_nod(text)
        or staff.hear_unknown(talk, text)
        or staff.hear_asked_after(talk, text)
    )


def _fallback(talk: Talk, u: Understanding, text: str) -> bool:
    """Free text where the open question takes it: a name, a field of the form."""
    state = talk.state
    asked = state.editing or state.asked
    if set(u.intents) & _POLITE:
        return True
    if u.intents:
        return False
    if _is_no_riddle(talk, u, text):
        return True
    if asked is SlotKind.NAME:
        plain = len(text.split()) <= 4 and "?" not in text
        insists = talk.state.asks > _INSISTS
        if plain and (insists or not contact.is_everyday_talk(text)) and contact.take_name(talk, text):
            return True
        talk.say("bad_name")
        return False
    if state.name in _NAME_IS_LIKELY and contact.looks_like_name(text):
        return contact.take_name(talk, text)
    if asked is SlotKind.PHONE:
        talk.say("bad_phone_plain")
    elif asked is SlotKind.EMAIL:
        talk.say("bad_email_plain")
    return False
