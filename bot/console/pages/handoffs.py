"""Handoffs: customers who were led to the business's own booking page, and what came of it.

Only the page's signed webhook or a person may say that a booking was completed there; here is the person.
"""

from __future__ import annotations

from aiohttp import web

from bot.console.acting import Acting, NotFound, Refused
from bot.console.exports import every_row
from bot.console.page import Group, Nav, Section, get, post
from bot.console.wording import counted, state
from db import handoffs, read_handoffs
from db.read_handoffs import STATES, HandoffFilters, HandoffRow
from providers.handoff.pages import PAGES

_PAGE = 50
_LONGEST_NOTE = 500


def _filters(acting: Acting) -> HandoffFilters:
    return HandoffFilters(
        status=acting.choice("status", STATES),
        since=acting.day("since"),
        until=acting.day("until", end=True),
        search=acting.search(),
        source=acting.search("source"),
        page=acting.choice("page", PAGES),
    )


def _page_title(key: str) -> str:
    """`Square`; a page that nobody knows is the business's website."""
    return (PAGES[key].title if key in PAGES else key) or "Website"


async def handed_off(acting: Acting) -> web.StreamResponse:
    filters = _filters(acting)
    counts = await read_handoffs.counts(acting.tx, filters)
    return acting.render(
        "handoffs.html",
        page=await read_handoffs.listing(acting.tx, filters, after=acting.cursor(), limit=_PAGE),
        counts=counts,
        statuses=counted(STATES, counts),
        sources=[(one, one) for one in await read_handoffs.sources(acting.tx)],
        pages=[(key, _page_title(key)) for key in PAGES],
        page_title=_page_title,
        link=lambda row: _link(acting, row),
    )


def _link(acting: Acting, row: HandoffRow) -> str:
    """What the customer was given."""
    return f"{acting.ports.public_base_url.rstrip('/')}/h/{row.token}"


async def handoff(acting: Acting) -> web.StreamResponse:
    row = await _found(acting)
    return acting.render(
        "handoff.html",
        row=row,
        link=_link(acting, row),
        page_title=_page_title,
        timeline=await read_handoffs.timeline(acting.tx, row.id),
        longest=_LONGEST_NOTE,
    )


async def complete(acting: Acting) -> web.StreamResponse:
    row = await _found(acting)
    done = await handoffs.complete(acting.tx, row.id, by=acting.label[:120])
    await acting.audit("handoff.completed", str(row.id), changed=done)
    said = "Marked as completed." if done else "It was completed before."
    return acting.back(f"/handoffs/{row.id}", said=said)


async def note(acting: Acting) -> web.StreamResponse:
    row = await _found(acting)
    text = acting.form.get("text", "")
    if not text or len(text) > _LONGEST_NOTE:
        raise Refused(f"A note has 1 to {_LONGEST_NOTE} characters.")
    await handoffs.add_event(acting.tx, row.id, "note", by=acting.label[:120], detail=text)
    await acting.audit("handoff.note", str(row.id))
    return acting.back(f"/handoffs/{row.id}", said="The note is kept.")


async def handoffs_csv(acting: Acting) -> web.StreamResponse:
    header = ("created", "name", "phone", "e-mail", "service", "preferred time", "status", "booking page", "source",
              "redirected", "completed", "completed by", "URL used", "notes")  # fmt: skip
    rows = [
        (one.created_at, one.customer_name, one.customer_phone, one.customer_email, one.service,
         one.preferred_time, state(one.status), _page_title(one.page), one.source, one.redirected_at,
         one.completed_at, one.completed_by, one.url_used, one.notes)
        for one in await every_row(acting.tx, read_handoffs, _filters(acting))
    ]  # fmt: skip
    return acting.csv("handoffs", header, rows)


async def _found(acting: Acting) -> HandoffRow:
    row = await read_handoffs.find(acting.tx, acting.id("handoff_id"))
    if row is None:
        raise NotFound
    return row


SECTION = Section(
    nav=Nav("handoffs", "Handoffs", "/handoffs", Group.WORK, 50),
    routes=(
        get("/handoffs", handed_off),
        get("/handoffs.csv", handoffs_csv),
        get("/handoffs/{handoff_id}", handoff),
        post("/handoffs/{handoff_id}/complete", complete),
        post("/handoffs/{handoff_id}/note", note),
    ),
)
