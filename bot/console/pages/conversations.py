"""Conversations: the list, its filters, its file for a spreadsheet."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.console import live
from bot.console.acting import Acting, Watching
from bot.console.exports import every_row
from bot.console.page import Group, Nav, Section, get, watch
from bot.console.wording import CHANNELS, counted, state
from db import read_conversations, read_overview
from db.read_conversations import STATES, ConversationFilters

_PAGE = 50
LANGUAGES = {"en": "English", "ar": "Arabic"}


def _filters(acting: Acting) -> ConversationFilters:
    return ConversationFilters(
        status=acting.choice("status", STATES),
        since=acting.day("since"),
        until=acting.day("until", end=True),
        search=acting.search(),
        language=acting.choice("language", LANGUAGES),
        channel=acting.choice("channel", CHANNELS),
    )


async def conversations(acting: Acting) -> web.StreamResponse:
    return acting.render("conversations.html", **await _list(acting))


async def part(acting: Acting) -> web.StreamResponse:
    """The same list, for a page that is open already."""
    return acting.fragment("conversations_part.html", **await _list(acting))


async def news(watching: Watching) -> web.StreamResponse:
    return await live.stream(watching, read_overview.version)


async def _list(acting: Acting) -> dict[str, Any]:
    filters = _filters(acting)
    # First of all: what changes while the rest is read is then news to the page.
    version = await read_overview.version(acting.tx)
    page = await read_conversations.listing(acting.tx, filters, after=acting.cursor(), limit=_PAGE)
    counts = await read_conversations.counts(acting.tx, filters)
    return {
        "version": version,
        "page": page,
        "counts": counts,
        "filters": {name: value for name, value in acting.query.items() if value},
        "statuses": counted(STATES, counts),
        "channels": list(CHANNELS.items()),
        "languages": list(LANGUAGES.items()),
    }


async def conversations_csv(acting: Acting) -> web.StreamResponse:
    header = ("begun", "customer", "address", "channel", "language", "status", "stands at", "turns",
              "last message")  # fmt: skip
    rows = [
        (one.created_at, one.customer_name, one.address, CHANNELS.get(one.channel, one.channel),
         LANGUAGES.get(one.language, one.language), state(one.status), one.state_name, one.turn, one.last_message_at)
        for one in await every_row(acting.tx, read_conversations, _filters(acting))
    ]  # fmt: skip
    return acting.csv("conversations", header, rows)


SECTION = Section(
    nav=Nav("conversations", "Conversations", "/conversations", Group.WORK, 20),
    routes=(
        get("/conversations", conversations),
        get("/conversations/part", part),
        watch("/conversations/live", news),
        get("/conversations.csv", conversations_csv),
    ),
)
