"""A Talk becomes a Step: the reply is put together, said differently from the last one, and the rest is packed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from bot.flows import summary
from bot.flows.contract import CustomerPatch, IntentPatch, LeadPatch, Step
from bot.flows.state import BotState
from bot.flows.talk import Question, Talk
from bot.messages import Outbound
from bot.wording.words import Line, Words
from bot.workspace import SlotKind

TRIES = 6
CORE = frozenset({"location", "time", "staff"})
MAX_TRACE = 40


def finish(talk: Talk, question: Question) -> Step:
    """The Step of a turn that replies."""
    state = talk.state
    again = state.name is question.state and state.asked is question.slot and state.asked_key == question.key
    state.asks = state.asks + 1 if again else 0
    text = _compose(talk, question)
    reply: Outbound | None = None
    if text and not talk.silent:
        reply = Outbound(
            text=text,
            choices=tuple(offered.choice() for offered in question.choices),
            choices_label=talk.words.label(question.label) if question.label else "",
            link=question.link,
            card=question.card,
            actions=question.actions,
            language=state.language,
        )
        state.last_reply = _digest(text)
        state.greeted = True
    state.name, state.asked, state.asked_key = question.state, question.slot, question.key
    state.offered, state.offered_turn = list(question.choices), talk.context.turn
    if question.state is not BotState.CONFIRM:
        state.summary_version = None
    return pack(talk, reply)


def pack(talk: Talk, reply: Outbound | None) -> Step:
    """Everything but the reply."""
    state, wish = talk.state, talk.wish
    intent = talk.intent or _intent(talk)
    lead = _lead(talk)
    patch = CustomerPatch(name=wish.name, phone=wish.phone, email=wish.email, language=state.language)
    progress = talk.progress
    return Step(
        state=state.dump(),
        state_name=state.name.value,
        language=state.language,
        reply=reply,
        progress=Outbound(text=talk.words.say(progress), language=state.language) if progress else None,
        effects=tuple(talk.effects),
        customer=patch if talk.touched & {SlotKind.NAME, SlotKind.PHONE, SlotKind.EMAIL} else None,
        lead=lead,
        intent=intent,
        new_booking=talk.new_booking,
        hold=talk.hold,
        notes=tuple(talk.notes),
        conversation_status=talk.conversation_status,
        consent=talk.consent,
        trace=(*talk.trace[:MAX_TRACE], f"state:{state.name.value}"),
    )


def _compose(talk: Talk, question: Question) -> str:
    """The reply in a wording that differs from the last reply."""
    text = ""
    for attempt in range(TRIES):
        text = _text(talk, question, attempt)
        if _digest(text) != talk.state.last_reply:
            break
    return text


def _text(talk: Talk, question: Question, attempt: int) -> str:
    words, asks = talk.words, talk.state.asks
    found = summary.facts(talk)
    opening = [words.say(line, attempt + talk.state.failures) for line in _opening(talk, found)]
    said = list(talk.said)
    anyone = Line("any_staff")
    if anyone in said and "staff" in found and found["staff"] != talk.before.get("staff"):
        del found["staff"]
        people = dict.fromkeys(talk.staff_called(part.staff_id) for part in talk.wish.plan)
        names = [name for name in people if name]
        said[said.index(anyone)] = Line("any_staff_is", {"staff": words.joined(names)})
    news = _News.of(talk.before, found)
    stands = summary.standing(found)
    acknowledged = news.lines(words, stands if question.standing else "")
    opening += [words.say(line, attempt + talk.context.turn) for line in acknowledged]
    opening += [words.say(line, attempt + asks) for line in said]
    lost = talk.lost and talk.state.failures > 1
    if question.standing and stands and (lost or (news.others and not news.core)):
        opening.append(words.say(Line("standing", {"what": stands}), attempt))
    answers = "\n".join(words.say(line, attempt) for line in talk.answers)
    asked = " ".join(words.say(line, asks + attempt) for line in question.lines)
    return "\n\n".join(part for part in (" ".join(opening), answers, question.body, asked) if part)


def _opening(talk: Talk, found: dict[str, str]) -> list[Line]:
    """A greeting once per talk, what was added or taken out, and a word on what was not understood."""
    lines: list[Line] = []
    state = talk.state
    if not state.greeted and talk.conversation_status is None:
        lines.append(Line("greet", {"business": talk.context.workspace_name}))
    elif talk.greeting and not talk.touched:
        lines.append(Line("greet_again"))
    explained = any(line.key.startswith("bad_") for line in talk.said) and state.failures < 3
    if talk.lost and not explained:
        lines.append(Line(f"lost_{min(state.failures, 3)}"))
    gone = [value for key, value in talk.before.items() if key.startswith("services:") and key not in found]
    added = _added(talk, found)
    if gone and not added:
        lines.append(Line("removed", {"what": talk.words.joined(gone)}))
    if added and not gone and any(key.startswith("services:") for key in talk.before):
        lines.append(Line("added", {"what": talk.words.joined(added)}))
    return lines


def _added(talk: Talk, found: dict[str, str]) -> list[str]:
    return [value for key, value in found.items() if key.startswith("services:") and key not in talk.before]


@dataclass(frozen=True, slots=True)
class _News:
    """What is new since the turn began: of the appointment itself, and of the rest."""

    core: tuple[str, ...]
    replaced: bool
    """Something of the appointment took another's place."""
    others: tuple[str, ...]
    others_replaced: bool

    @classmethod
    def of(cls, before: dict[str, str], found: dict[str, str]) -> _News:
        fresh = [key for key, value in found.items() if before.get(key) != value]
        core = [key for key in fresh if key in CORE or key.startswith("services:")]
        others = [key for key in fresh if key not in core]
        return cls(
            core=tuple(found[key] for key in core),
            replaced=any(key in before for key in core if key in CORE),
            others=tuple(found[key] for key in others),
            others_replaced=any(key in before for key in others),
        )

    def lines(self, words: Words, stands: str) -> list[Line]:
        """An acknowledgement that sums up, so that nothing is said twice in one reply.

        `stands` is empty where the reply holds the whole summary anyway: then only what is new.
        """
        if self.core:
            what = summary.DOT.join([*([stands] if stands else self.core), *self.others])
            return [Line("changed" if self.replaced else "took", {"what": what})]
        if self.others:
            key = "changed_to" if self.others_replaced else "took"
            return [Line(key, {"what": words.joined(self.others)})]
        return []


def _lead(talk: Talk) -> LeadPatch | None:
    """From the first signal of the customer's own; again whenever something in it changed."""
    wish = talk.wish
    booked = talk.lead_status == "booked"
    signal = wish.begun or wish.name or wish.phone or wish.email or talk.lead_status or talk.new_booking
    if not signal:
        return None
    source = wish
    latest = talk.state.latest()
    if not wish.begun and latest is not None:
        source = latest.wish
    service = summary.wished_services(talk, source) or None
    reachable = talk.phone or talk.email
    patch = LeadPatch(
        name=talk.name,
        phone=talk.phone,
        email=talk.email,
        service=service,
        preferred_time=_wished_time(talk, source is wish) or None,
        status="booked"
        if booked
        else (talk.lead_status or ("qualified" if service and reachable else "incomplete")),
    )
    digest = _digest(repr(patch))
    if digest == talk.state.last_signal:
        return None
    talk.state.last_signal = digest
    return patch


def _wished_time(talk: Talk, current: bool) -> str:
    latest = talk.state.latest()
    if current or latest is None:
        return summary.when_text(talk)
    return talk.words.moment(latest.lines[0].starts_at)


def _intent(talk: Talk) -> IntentPatch | None:
    """The open wish as an intent, from its first mention on."""
    wish = talk.wish
    if not wish.begun:
        return None
    if wish.intent_id is None:
        wish.intent_id = talk.context.new_id()
    return IntentPatch(
        id=wish.intent_id,
        status="intent",
        service=summary.wished_services(talk, wish) or None,
        requested_time=summary.when_text(talk) or None,
        starts_at=wish.starts_at,
        summary_version=talk.state.summary_version,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
