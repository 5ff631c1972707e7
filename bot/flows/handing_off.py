"""Customers who finish on the business's own booking page: led there with their wish, and nothing is promised."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from bot.flows import escalation, form, summary
from bot.flows.contract import HandoffPatch
from bot.flows.state import BotState
from bot.flows.talk import Question, Talk
from bot.handoff_token import token_of
from bot.messages import Action, ActionType, Link
from bot.policy import BY_MODE, BookingHandling, Handling, PolicyInput, resolve_booking_handling
from bot.wording.words import Line

BOOKING_TYPE = "SERVICE_BOOKING"
"""As long as nothing is chosen."""


def booking_type(talk: Talk) -> str:
    """Of the open wish. Among several services one that follows the business's mode decides for all."""
    kinds = [service.booking_type for service in talk.services()]
    return next((kind for kind in kinds if kind in BY_MODE), kinds[0] if kinds else BOOKING_TYPE)


def finishes_elsewhere(talk: Talk) -> bool:
    """On the business's own page, which has the times and takes the money: neither is asked here."""
    return handling_of(talk).handling is Handling.EXTERNAL


def handling_of(talk: Talk) -> BookingHandling:
    """Who finishes the open wish, by the policy. The first service that has a page of its own decides on the page."""
    settings = talk.context.settings
    by_mode = [service for service in talk.services() if service.booking_type in BY_MODE]
    pages = [settings.external.service_urls.get(service.external_id, "") for service in by_mode]
    return resolve_booking_handling(
        PolicyInput(
            booking_mode=settings.booking_mode,
            external_url=settings.external.url,
            service_url=next((page for page in pages if page), ""),
        ),
        booking_type(talk),
    )


def ask(talk: Talk) -> Question:
    """The business books on its own page: the wish is kept, the customer is led there."""
    handling = handling_of(talk)
    wish = talk.wish
    if wish.intent_id is None:
        wish.intent_id = talk.context.new_id()
    body = summary.draft_text(talk)
    if handling.external_url is None:
        talk.note(
            "booking_url",
            "The business books on its own page, but no usable URL is set.",
            reason=handling.reason,
        )
        reach = escalation.contact_lines(talk)
        values = {"business": talk.context.workspace_name, "contact": ""}
        return Question(BotState.IDLE, (Line("external_missing", values), *reach), body=body, standing=False)
    label = talk.words.label("title_book")
    talk.handoff = _handoff(talk, wish.intent_id, handling.external_url)
    address = f"{talk.context.public_base_url.rstrip('/')}/h/{talk.handoff.token}"
    page = talk.context.settings.external.page_at(handling.external_url)
    place = page.title or urlsplit(handling.external_url).hostname or ""
    return Question(
        state=BotState.CONFIRM,
        lines=(Line("ask_confirm_external", {"place": place}),),
        body=body,
        card=summary.draft_card(talk),
        link=Link(label, address),
        actions=(
            Action(
                type=ActionType.BOOKING_FINALIZE,
                handling=Handling.EXTERNAL.value,
                booking_intent_id=wish.intent_id,
                label=label,
                summary_version=summary.version(talk, None),
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
        preferred_time=summary.when_text(talk),
        notes=form.notes(talk, wish.details),
    )
