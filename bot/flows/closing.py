"""A Talk becomes a Step: what the reply says (reply_text.py), and everything else that is packed with it."""

from __future__ import annotations

from bot.flows import form, handling, reply_text, suggest, summary
from bot.flows.contract import CustomerPatch, IntentPatch, LeadPatch, Step, TooMany
from bot.flows.hours import on_the_minute
from bot.flows.state import BotState
from bot.flows.talk import Question, Talk, digest
from bot.messages import Outbound
from bot.policy import Handling
from bot.wording.words import Line
from bot.workspace import SlotKind

MAX_TRACE = 40


def finish(talk: Talk, question: Question) -> Step:
    """The Step of a turn that replies."""
    state = talk.state
    again = state.name is question.state and state.asked is question.slot and state.asked_key == question.key
    state.asks = state.asks + 1 if again else 0
    suggest.remember(talk)
    text, spoken = reply_text.compose(talk, question)
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
        state.last_reply, state.spoken = digest(text), spoken
        state.greeted = True
    state.name, state.asked, state.asked_key = question.state, question.slot, question.key
    state.offered, state.offered_turn = list(question.choices), talk.context.turn
    if question.state is not BotState.CONFIRM:
        state.summary_version, state.pay_open = None, False
    return pack(talk, reply)


def ask_to_wait(talk: Talk, event: TooMany) -> None:
    """Part of the reply, if there is one. A person who has the talk reads at his own pace."""
    talk.trace.append("too_many")
    if not talk.with_human:
        talk.say("too_many", **_until(talk, event))


def only_wait(talk: Talk, event: TooMany) -> Outbound | None:
    """Nothing came that moves the talk: the open question and its buttons stay as they are."""
    if talk.silent or talk.with_human:
        return None
    text = talk.words.say(Line("too_many", _until(talk, event)))
    return Outbound(text=text, language=talk.state.language)


def _until(talk: Talk, event: TooMany) -> dict[str, object]:
    return {"when": talk.words.clock(on_the_minute(event.until))}


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
        handoff=talk.handoff,
        notes=tuple(talk.notes),
        proof_tries=tuple(talk.proof_tries),
        conversation_status=talk.conversation_status,
        consent=talk.consent,
        consent_words=talk.consent_words,
        despite_opt_out=talk.despite_opt_out,
        escalations=tuple(talk.escalations),
        operator_lines=tuple(talk.operator_lines),
        trace=(*talk.trace[:MAX_TRACE], f"state:{state.name.value}"),
    )


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
        notes=form.notes(talk, source.details) or None,
        status="booked"
        if booked
        else (talk.lead_status or ("qualified" if service and reachable else "incomplete")),
    )
    signal = digest(repr(patch))
    if signal == talk.state.last_signal:
        return None
    talk.state.last_signal = signal
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
    found = handling.handling_of(talk)
    return IntentPatch(
        id=wish.intent_id,
        status="intent",
        booking_type=handling.booking_type(talk),
        service=summary.wished_services(talk, wish) or None,
        requested_time=summary.when_text(talk) or None,
        starts_at=wish.starts_at,
        notes=form.notes(talk, wish.details) or None,
        summary_version=talk.state.summary_version,
        handling="external" if found.handling is Handling.EXTERNAL else "internal",
        external_url=found.external_url,
    )
