"""Leads: who showed an interest, how far he came, and what is known of him."""

from __future__ import annotations

from aiohttp import web

from bot.console.acting import Acting, NotFound
from bot.console.exports import every_row
from bot.console.page import Group, Nav, Section, get
from bot.console.pages.conversations import LANGUAGES
from bot.console.wording import CHANNELS, counted, state
from db import read_bookings, read_handoffs, read_intents, read_leads
from db.read_leads import STATES, LeadFilters

_PAGE = 50


def _filters(acting: Acting) -> LeadFilters:
    return LeadFilters(
        status=acting.choice("status", STATES),
        since=acting.day("since"),
        until=acting.day("until", end=True),
        search=acting.search(),
        source=acting.search("source"),
        channel=acting.choice("channel", CHANNELS),
        language=acting.choice("language", LANGUAGES),
    )


async def leads(acting: Acting) -> web.StreamResponse:
    filters = _filters(acting)
    counts = await read_leads.counts(acting.tx, filters)
    return acting.render(
        "leads.html",
        page=await read_leads.listing(acting.tx, filters, after=acting.cursor(), limit=_PAGE),
        counts=counts,
        statuses=counted(STATES, counts),
        channels=list(CHANNELS.items()),
        languages=list(LANGUAGES.items()),
        sources=[(one, one) for one in await read_leads.sources(acting.tx)],
    )


async def lead(acting: Acting) -> web.StreamResponse:
    row = await read_leads.find(acting.tx, acting.id("lead_id"))
    if row is None:
        raise NotFound
    return acting.render(
        "lead.html",
        row=row,
        intents=await read_intents.of_conversation(acting.tx, row.conversation_id),
        bookings=await read_bookings.of_conversation(acting.tx, row.conversation_id),
        handoffs=await read_handoffs.of_conversation(acting.tx, row.conversation_id),
    )


async def leads_csv(acting: Acting) -> web.StreamResponse:
    header = ("made", "status", "tags", "name", "phone", "e-mail", "service", "preferred time", "notes", "source",
              "channel", "language", "last change")  # fmt: skip
    rows = [
        (one.created_at, state(one.status), ", ".join(one.tags), one.name, one.phone, one.email, one.service,
         one.preferred_time, one.notes, one.source, CHANNELS.get(one.channel, one.channel),
         LANGUAGES.get(one.language, one.language), one.updated_at)
        for one in await every_row(acting.tx, read_leads, _filters(acting))
    ]  # fmt: skip
    return acting.csv("leads", header, rows)


SECTION = Section(
    nav=Nav("leads", "Leads", "/leads", Group.WORK, 30),
    routes=(get("/leads", leads), get("/leads.csv", leads_csv), get("/leads/{lead_id}", lead)),
)
