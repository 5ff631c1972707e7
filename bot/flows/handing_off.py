"""Customers who finish on the business's own booking page: led there with their wish, and nothing is promised."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import UUID

from bot.flows import escalation, form, summary
from bot.flows.contract import HandoffPatch
from bot.flows.faq import is_question
from bot.flows.handling import finishes_elsewhere, handling_of
from bot.flows.state import BotState
from bot.flows.talk import Question, Talk
from bot.handoff_token import token_of
from bot.messages import Action, ActionType, Link
from bot.policy import Handling
from bot.understanding.contract import Understanding
from bot.understanding.normalize import fold
from bot.wording.words import Line

_DONE = re.compile(
    r"\b(?:done|finished|completed|booked|went through)\b|(?<!\w)(?:حجزت|خلصت|كملت|سويته?|تم|تمت?)(?!\w)"
)
_NOT_DONE = re.compile(
    r"\b(?:not|n't|cant|cannot|can't|didnt|doesnt|never|when|fail\w*|error|problem|but|says?)\b"
    r"|n't\b|(?<!\w)(?:ما|مو|مش|لم|بس|لكن)(?!\w)"
)
_WHETHER_DONE = re.compile(
    r"\b(?:booked|confirmed|reserved|go through|went through|a done deal)\b"
    r"|(?<!\w)(?:انحجز|تاكد|ماكد|مؤكد|محجوز|تم الحجز|حجزي تم)(?!\w)"
)


def place_called(talk: Talk, url: str) -> str:
    """What the page is called: "Square", or the host of a website."""
    page = talk.context.settings.external.page_at(url)
    return page.title or urlsplit(url).hostname or ""


def hear(talk: Talk, u: Understanding, text: str) -> bool:
    """ "Done, I booked it", "is it booked?" and a bare "1", while the link to the page is the last word.

    A customer's word completes nothing (the page's or an operator's does), but it is no riddle either.
    """
    if talk.state.name is not BotState.CONFIRM or not finishes_elsewhere(talk):
        return False
    url = handling_of(talk).external_url
    if url is None or u.services or u.days or u.times or u.staff or u.locations:
        return False
    said = fold(text)
    values = {"place": place_called(talk, url)}
    if said.strip(" .!)") == "1":
        talk.yes = talk.heard = True
        return True
    if is_question(text) and _WHETHER_DONE.search(said):
        talk.answer("external_state", **values)
    elif not is_question(text) and _DONE.search(said) and not _NOT_DONE.search(said):
        talk.answer("external_told", **values)
    else:
        return False
    talk.heard = True
    talk.ending = ask(talk)
    talk.ending = replace(talk.ending, lines=(), body="", card=None)
    return True


def ask(talk: Talk) -> Question:
    """The business books on its own page: the wish is kept, the customer is led there."""
    handling = handling_of(talk)
    wish = talk.wish
    if wish.intent_id is None:
        wish.intent_id = talk.context.new_id()
    if handling.external_url is None:
        talk.note(
            "booking_url",
            "The business books on its own page, but no usable URL is set.",
            reason=handling.reason,
        )
        reach = escalation.contact_lines(talk)
        values = {"business": talk.context.workspace_name, "contact": ""}
        lines = (Line("external_missing", values), *reach)
        return Question(BotState.IDLE, lines, body=summary.draft_text(talk), standing=False)
    version = summary.version(talk, None)
    repeated = talk.state.name is BotState.CONFIRM and talk.state.summary_version == version
    talk.state.summary_version, talk.state.pay_open = version, False
    label = talk.words.label("title_continue")
    talk.handoff = _handoff(talk, wish.intent_id, handling.external_url)
    address = f"{talk.context.public_base_url.rstrip('/')}/h/{talk.handoff.token}"
    place = place_called(talk, handling.external_url)
    return Question(
        state=BotState.CONFIRM,
        lines=(Line("ask_confirm_external", {"place": place}),),
        body=summary.short_text(talk) if repeated else summary.draft_text(talk),
        card=None if repeated else summary.draft_card(talk),
        link=Link(label, address),
        actions=(
            Action(
                type=ActionType.BOOKING_FINALIZE,
                handling=Handling.EXTERNAL.value,
                booking_intent_id=wish.intent_id,
                label=label,
                summary_version=version,
                external_url=address,
            ),
        ),
        standing=False,
    )


def _handoff(talk: Talk, intent_id: UUID, url: str) -> HandoffPatch:
    wish = talk.wish
    return HandoffPatch(
        token=token_of(intent_id, talk.catalog.workspace_id),
        intent_id=intent_id,
        page=talk.context.settings.external.page_at(url).key,
        booking_url=url,
        customer_name=talk.name or "",
        customer_phone=talk.phone or "",
        customer_email=talk.email or "",
        service=", ".join(talk.called(service) for service in talk.services()),
        preferred_time=summary.wished_text(talk),
        notes=form.notes(talk, wish.details),
    )
