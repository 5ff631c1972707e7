"""One talk, live: what was said and why, how far it has come, and a person's taking over, answering, handing back.

What a person does is put into the talk's inbox and takes effect with its next turn, in order with the customer's
own lines, exactly as `frontdesk escalations` does it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiohttp import web
from pydantic import TypeAdapter

from bot.channels.simulator.screen import read_sent
from bot.console import live
from bot.console.acting import Acting, NotFound, Refused, Watching
from bot.console.page import Section, get, post, watch
from bot.console.progress import ids_of, slots
from bot.console.trace import Reason, reasons
from bot.flows.state import load
from bot.workspace import FormField, standard_form
from db import (
    accounts,
    escalations,
    read_bookings,
    read_conversations,
    read_handoffs,
    read_leads,
    read_thread,
)
from db.ids import new_id
from db.read_thread import ThreadMessage

LONGEST_REPLY = 4000
_SHOWN = 100
_ONCE = re.compile(r"[0-9a-f]{32}")
"""What a page calls the one answer that is written on it: sent twice, it is said once."""
_FORM = TypeAdapter(tuple[FormField, ...])
_NO_ANSWER = frozenset({"failed", "blocked", "unknown"})


@dataclass(frozen=True, slots=True)
class Line:
    """A message as the page shows it."""

    message: ThreadMessage
    operator: str
    """The person who wrote it; empty: the customer or the bot."""
    choices: list[str]
    links: list[tuple[str, str]]
    tapped: bool
    transcribed: bool
    throttled: bool
    reasons: list[Reason]
    trouble: bool


async def conversation(acting: Acting) -> web.StreamResponse:
    return acting.render("conversation.html", **await _talk(acting))


async def thread(acting: Acting) -> web.StreamResponse:
    """The parts of the page that live."""
    return acting.fragment("conversation_part.html", **await _talk(acting))


async def _talk(acting: Acting) -> dict[str, Any]:
    # First of all: what changes while the rest is read is then news to the page.
    version = await read_thread.version(acting.tx, acting.id("conversation_id"))
    row = await read_conversations.find(acting.tx, acting.id("conversation_id"))
    if row is None:
        raise NotFound
    before = acting.query.get("before", "")
    said = await read_thread.messages(
        acting.tx,
        row.id,
        before=int(before) if before.isdecimal() and len(before) < 9 else None,
        limit=_SHOWN,
    )
    standing = await read_thread.standing(acting.tx, row.id)
    state = load(standing.state)
    profile = await accounts.bot_profile(acting.tx, row.bot_id)
    form = _FORM.validate_python(profile.form) if profile and profile.form else standard_form()
    names = await read_thread.names(acting.tx, ids_of(state))
    return {
        "version": version,
        "row": row,
        "lines": _lines(said, row.channel),
        "earlier": said[0].seq if said and said[0].seq > 1 else None,
        "standing": standing,
        "state": state,
        "slots": slots(state, form, names, zone=acting.workspace.zone, phone=row.customer_phone)
        if state.wish.begun or state.asked
        else [],
        "escalation": await read_thread.escalation(acting.tx, row.id),
        "leads": await read_leads.of_conversation(acting.tx, row.id),
        "bookings": await read_bookings.of_conversation(acting.tx, row.id),
        "handoffs": await read_handoffs.of_conversation(acting.tx, row.id),
        "longest": LONGEST_REPLY,
        "once": new_id().hex,
    }


def _lines(said: list[ThreadMessage], channel: str) -> list[Line]:
    by_turn: dict[int, list[str]] = {}
    for one in said:
        if one.direction == "in":
            by_turn.setdefault(one.turn, []).append(one.body)
    explained: set[int] = set()
    lines = []
    for one in said:
        # All answers of a turn carry the same trace; it stands under the bot's first.
        why = []
        if one.direction == "out" and one.trace and one.turn not in explained and not one.payload.get("by"):
            explained.add(one.turn)
            why = reasons(one.trace, by_turn.get(one.turn, []))
        lines.append(_line(one, channel, why))
    return lines


def _line(one: ThreadMessage, channel: str, why: list[Reason]) -> Line:
    choices: list[str] = []
    links: list[tuple[str, str]] = []
    for body in one.payload.get("bodies", ()) if one.direction == "out" else ():
        try:
            shown = read_sent(channel, body)
        except (ValueError, KeyError, TypeError):
            continue  # an older shape of what went out: its text stands in the message all the same
        if shown is not None:
            choices += [choice.title for choice in shown.choices if not shown.choices_in_text]
            links += [
                (link.label or link.url, link.url) for link in shown.links if link.url.startswith("https://")
            ]
    return Line(
        message=one,
        operator=str(one.payload.get("by") or ""),
        choices=choices,
        links=links,
        tapped="choice_id" in one.payload,
        transcribed=bool(one.payload.get("transcribed")),
        throttled=bool(one.payload.get("throttled")),
        reasons=why,
        trouble=one.delivery_status in _NO_ANSWER,
    )


async def news(watching: Watching) -> web.StreamResponse:
    conversation_id = watching.id("conversation_id")
    async with watching.transaction() as tx:
        if await read_conversations.find(tx, conversation_id) is None:
            raise NotFound
    return await live.stream(
        watching, lambda tx: read_thread.version(tx, conversation_id), conversation_id=conversation_id
    )


# -- what a person does -----------------------------------------------------------------------------------------


async def take(acting: Acting) -> web.StreamResponse:
    await _act(acting, "take")
    return acting.back(_at(acting), said="It is yours; the bot is silent.")


async def reply(acting: Acting) -> web.StreamResponse:
    text = acting.form.get("text", "").replace("\r\n", "\n")
    if not text or len(text) > LONGEST_REPLY:
        raise Refused(f"A reply has 1 to {LONGEST_REPLY} characters.")
    once = acting.form.get("once", "")
    await _act(acting, "reply", text=text, once=once if _ONCE.fullmatch(once) else "")
    return acting.leave(f"{acting.to(_at(acting))}#answer")


async def hand_back(acting: Acting) -> web.StreamResponse:
    """The bot answers the next line again: where the talk was, or (settled) without what was open."""
    settled = acting.form.get("settled") == "1"
    await _act(acting, "resolve" if settled else "hand_back")
    return acting.back(_at(acting), said="Handed back: the bot answers the next line.")


def _at(acting: Acting) -> str:
    return f"/conversations/{acting.id('conversation_id')}"


async def _act(acting: Acting, act: str, *, text: str = "", once: str = "") -> None:
    conversation_id: UUID = acting.id("conversation_id")
    row = await read_conversations.find(acting.tx, conversation_id)
    if row is None:
        raise NotFound
    if not await escalations.add_act(
        acting.tx, conversation_id, act=act, by=acting.label, text=text, once=once
    ):
        if act not in {"hand_back", "resolve"}:
            raise Refused("The conversation is closed; the customer has to write first.")
        status = "resolved" if act == "resolve" else "handed_back"
        await escalations.close(acting.tx, conversation_id, status=status, by=acting.label)
    await acting.audit(f"conversation.{act}", str(conversation_id))
    acting.after_commit(lambda: acting.ports.bell.ring([conversation_id]))


SECTION = Section(
    nav=None,
    under="conversations",
    routes=(
        get("/conversations/{conversation_id}", conversation),
        get("/conversations/{conversation_id}/thread", thread),
        watch("/conversations/{conversation_id}/live", news),
        post("/conversations/{conversation_id}/take", take),
        post("/conversations/{conversation_id}/reply", reply),
        post("/conversations/{conversation_id}/hand-back", hand_back),
    ),
)
