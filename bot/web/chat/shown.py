"""A message's row as a page gets it. Everything in it was checked when it was made; it is checked again."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from bot.ports import BotProfile
from bot.web.chat.answers import (
    CardTold,
    ChoiceTold,
    ContactTold,
    FallbackTold,
    FinalizeAction,
    LinkTold,
    MessageTold,
)
from bot.web.chat.words import say
from db.chat import MessageRow

_BODY_KEYS = {"assistantMessage", "choices"}


def contact_of(profile: BotProfile) -> ContactTold:
    reach = profile.settings.contact
    return ContactTold(phone=reach.phone, email=reach.email, website=reach.website)


def fallback_of(profile: BotProfile, language: str) -> FallbackTold:
    """The safe line for when a booking can't be finished here."""
    contact = contact_of(profile)
    text = say(language, "fallback", business=profile.workspace_name)
    ways = ", ".join(way for way in (contact.phone, contact.email, contact.website) if way)
    return FallbackTold(
        text=f"{text} {say(language, 'reach', contact=ways)}" if ways else text, contact=contact
    )


def shown(row: MessageRow, seq: int, *, profile: BotProfile, language: str) -> MessageTold:
    """seq: its number among all of the session's messages."""
    if row.direction == "in":
        return MessageTold(
            seq=seq, direction="in", at=row.created_at, text=row.body, message_id=_message_id(row.payload)
        )
    body = _web_body(row.payload)
    language = str(body.get("language") or language)
    actions, broken = checked_actions(row.payload.get("actions", body.get("actions", ())))
    return MessageTold(
        seq=seq,
        direction="out",
        at=row.created_at,
        by="team" if row.payload.get("by") else "bot",
        assistant_message=str(body.get("assistantMessage", row.body)),
        language=language,
        choices=_each(ChoiceTold, body.get("choices")),
        choices_label=str(body.get("choicesLabel", "")),
        links=_each(LinkTold, body.get("links")),
        card=next(iter(_each(CardTold, [body["card"]] if body.get("card") else ())), None),
        ask_location=bool(body.get("askLocation", False)),
        actions=actions,
        fallback=fallback_of(profile, language) if broken else None,
    )


def checked_actions(raw: Any) -> tuple[tuple[FinalizeAction, ...], bool]:
    """The actions that can be acted on; and whether there is one that can't."""
    given = raw if isinstance(raw, list | tuple) else [raw]
    good: list[FinalizeAction] = []
    for one in given:
        try:
            action = FinalizeAction.model_validate(one)
        except ValidationError:
            continue
        if (action.handling == "external") == (action.external_url is not None):
            good.append(action)
    return tuple(good), len(good) < len(given)


def _web_body(payload: dict[str, Any]) -> dict[str, Any]:
    """As the web channel rendered it; another channel's dialect, or what retention left, gives nothing."""
    bodies = payload.get("bodies")
    first = bodies[0] if isinstance(bodies, list) and bodies else None
    return first if isinstance(first, dict) and first.keys() >= _BODY_KEYS else {}


def _each(model: Any, values: Any) -> tuple[Any, ...]:
    """Those that are what they should be."""
    found = []
    for value in values if isinstance(values, list | tuple) else ():
        try:
            found.append(model.model_validate(value))
        except ValidationError:
            continue
    return tuple(found)


def _message_id(payload: dict[str, Any]) -> str | None:
    """As the page called it: ours has the session's address before it."""
    external_id = payload.get("external_id")
    if not isinstance(external_id, str):
        return None
    return external_id.partition(":")[2] or None
