"""Talks in the console: what is shown of them and why, and what a person does in one."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import quote, unquote_plus
from uuid import UUID

import pytest

from bot.console.exports import defused
from bot.console.trace import reasons
from bot.live import LiveEvent, LiveKind
from db import read_overview, read_thread
from db.tx import tx
from tests.console.desk import open_desk
from tests.salon import open_salon
from tests.sampled import BARBER

XSS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% debug %}",
    "<a href=//evil.example.com>x</a>",
    "\u202egnp.exe",
)
HERE = f"/console/w/{BARBER}"


@pytest.fixture
async def ann(desk):
    await desk.user("ann@example.com", name="Ann Agency")
    async with desk.signed_in("ann@example.com", act_as=BARBER) as browser:
        yield browser


@pytest.fixture
async def conversation(desk) -> UUID:
    """An open talk of the barber's."""
    async with desk.at() as work:
        found: UUID = await work.fetchval(
            "SELECT id FROM conversations WHERE status = 'open' ORDER BY created_at DESC LIMIT 1"
        )
    return found


async def acts(desk, conversation) -> list[dict[str, str]]:
    rows = await desk.pool.fetch(
        "SELECT payload FROM inbox WHERE conversation_id = $1 AND kind = 'operator_act' ORDER BY id",
        conversation,
    )
    return [row["payload"] for row in rows]


async def test_taking_over_answering_and_handing_back_are_events_of_the_talk(desk, ann, conversation):
    at = f"{HERE}/conversations/{conversation}"
    page = await ann.get(at)
    assert "Take over" in page.text
    reply = ("reply", {"text": "One moment\r\nplease", "once": "0a" * 16})
    for path, form in (("take", {}), reply, reply, ("hand-back", {})):  # a double click is one reply
        answer = await ann.post(f"{at}/{path}", **form)
        assert answer.headers["location"].startswith(at)
    assert await acts(desk, conversation) == [
        {"act": "take", "by": "Ann Agency", "text": ""},
        {"act": "reply", "by": "Ann Agency", "text": "One moment\nplease"},
        {"act": "hand_back", "by": "Ann Agency", "text": ""},
    ]
    assert set(desk.bells.rung) == {conversation}
    entries = await desk.pool.fetch(
        "SELECT action, subject, detail FROM audit_entries WHERE action LIKE 'conversation.%' ORDER BY at"
    )
    assert [row["action"] for row in entries] == [
        "conversation.take", "conversation.reply", "conversation.reply", "conversation.hand_back"
    ]  # fmt: skip
    assert {row["subject"] for row in entries} == {str(conversation)}
    assert "One moment" not in str([row["detail"] for row in entries])
    assert "on its way" in (await ann.get(at)).text


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
async def test_a_reply_of_nothing_or_too_much_is_refused_in_words(desk, ann, conversation, text):
    at = f"{HERE}/conversations/{conversation}"
    await ann.get(at)
    page = await ann.follow(await ann.post(f"{at}/reply", text=text, back=at))
    assert "A reply has 1 to 4000 characters." in page.text
    assert await acts(desk, conversation) == []


async def test_a_closed_talk_can_be_settled_but_not_answered(desk, ann):
    async with desk.at() as work:
        closed = await work.fetchval("SELECT id FROM conversations WHERE status = 'closed' LIMIT 1")
    at = f"{HERE}/conversations/{closed}"
    assert 'name="text"' not in (await ann.get(at)).text
    page = await ann.follow(await ann.post(f"{at}/reply", text="Hello", back=at))
    assert "the customer has to write first" in page.text
    assert (await ann.post(f"{at}/hand-back", settled="1")).status_code == 303
    assert await acts(desk, closed) == []


async def test_what_people_write_is_text_wherever_it_is_shown(desk, ann, conversation):
    """In names, messages, services, reasons of operators; on pages, in fragments, and back in forms."""
    async with desk.at() as work:
        customer = await work.fetchval("SELECT customer_id FROM conversations WHERE id = $1", conversation)
        messages = [row["id"] for row in await work.fetch("SELECT id FROM messages")]
        for number, words in enumerate(XSS):
            await work.execute("UPDATE customers SET name = $1, email = $1 WHERE id = $2", words, customer)
            await work.execute("UPDATE messages SET body = $1 WHERE id = $2", words, messages[number])
        await work.execute(
            "UPDATE messages SET conversation_id = $1, seq = 100000 + s.n, trace = '[\"<b>rule</b>@0-9\"]', "
            "delivery_error = CASE WHEN direction = 'out' THEN $2 END "
            "FROM unnest($3::uuid[]) WITH ORDINALITY AS s(id, n) WHERE messages.id = s.id",
            conversation, XSS[0], messages[: len(XSS)],
        )  # fmt: skip
        await work.execute("UPDATE leads SET name = $1, service = $1, notes = $1", XSS[1])
    for words in XSS:
        await desk.pool.execute("UPDATE customers SET name = $1 WHERE id = $2", words, customer)
        for path in (
            f"/conversations/{conversation}",
            f"/conversations/{conversation}/thread",
            f"/customers/{customer}",
            "/",
            "/waiting",
        ):
            text = (await ann.get(HERE + path)).text
            _harmless(text)
        for path in ("/conversations", "/customers", "/leads"):
            _harmless((await ann.get(HERE + path, q=words, status=words, after=words, since=words)).text)
    page = (await ann.get(f"{HERE}/conversations/{conversation}")).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "49" not in page.partition("{{ 7 * 7 }}")[2][:40]


def _harmless(page: str) -> None:
    for bad in (
        "<script>",
        "<img src=x",
        "onload=alert(1)>",
        "<b>rule",
        "<a href=//evil",
        'href="javascript:',
    ):
        assert bad not in page, (bad, page[max(0, page.find(bad) - 200) : page.find(bad) + 100])


async def test_filters_stand_in_the_address_and_pages_follow_each_other(desk, ann):
    async with desk.at() as work:
        total = await work.fetchval("SELECT count(*) FROM conversations")
        closed = await work.fetchval("SELECT count(*) FROM conversations WHERE status = 'closed'")
    first = await ann.get(f"{HERE}/conversations")
    assert f"{total} in all" in first.text
    found = await ann.get(f"{HERE}/conversations", status="closed")
    assert found.text.count('data-title="Customer"') == min(closed, 50)
    seen, url = 0, f"{HERE}/conversations?status=closed"
    for _ in range(20):
        page = (await ann.get(url)).text
        seen += page.count('data-title="Customer"')
        if 'rel="next"' not in page:
            break
        url = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert seen == closed


async def test_a_part_of_a_page_leads_where_the_page_leads(desk, ann):
    """Its links and forms are the page's; an address of somebody else's is not taken for one."""
    page = f"{HERE}/conversations?status=closed"
    for said, expected in ((page, page), ("//evil.example.com/console/", f"{HERE}/conversations/part")):
        answer = await ann.client.get(
            f"{HERE}/conversations/part?status=closed", headers={"X-Fragment": said}
        )
        assert "evil" not in answer.text
        if 'rel="next"' in answer.text:
            assert f'href="{expected.replace("&", "&amp;")}' in answer.text


async def test_a_file_for_a_spreadsheet_has_every_row_and_no_formula(desk, ann, conversation):
    async with desk.at() as work:
        await work.execute(
            "UPDATE customers SET name = '=HYPERLINK(\"http://evil.example.com\")' "
            "WHERE id = (SELECT customer_id FROM conversations WHERE id = $1)",
            conversation,
        )
        total = await work.fetchval("SELECT count(*) FROM conversations")
    answer = await ann.get(f"{HERE}/conversations.csv")
    assert answer.headers["content-disposition"] == f'attachment; filename="{BARBER}-conversations.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == total + 1
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))] == []
    assert any(cell.startswith("'=HYPERLINK") for row in rows for cell in row)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"), ("+965 5000", "'+965 5000"), ("-1", "'-1"), ("@x", "'@x"), ("\t=1", "'\t=1"),
        ("  =1", "'  =1"), ("Sara", "Sara"), ("", ""), ("a=b", "a=b"),
    ],
)  # fmt: skip
def test_formulas_are_defused(cell, shown):
    assert defused(cell) == shown


def test_a_trace_is_explained_in_the_customers_own_words():
    trace = [
        "service_name@0-12",
        "named_day@13-21",
        "clock@22-28",
        "anyone",
        "faq:0",
        "state:ask_name",
        "odd:thing",
    ]
    told = reasons(trace, ["gel manicure tomorrow at 5pm"])
    assert [(one.text, one.said) for one in told] == [
        ("Service", "gel manicure"),
        ("Day", "tomorrow"),
        ("Time", "at 5pm"),
        ("Anyone of the team will do", ""),
        ("Answered from the questions and answers of the business, entry 1", ""),
        ("Then: asked for the name", ""),
        ("Recognised: odd: thing", ""),
    ]
    # Of two lines nobody can say whose words a range means.
    assert [one.said for one in reasons(trace[:1], ["gel manicure", "tomorrow"])] == [""]


# -- life --------------------------------------------------------------------------------------------------------


@dataclass
class Told:
    """Live events that a test sends by hand."""

    events: asyncio.Queue[LiveEvent] = field(default_factory=asyncio.Queue)
    asked: list[UUID | None] = field(default_factory=list)

    def publish(self, workspace_id: UUID, conversation_id: UUID, kind: LiveKind) -> None:
        raise AssertionError("the console only listens")

    @asynccontextmanager
    async def subscribe(self, workspace_id: UUID, conversation_id: UUID | None = None):
        self.asked.append(conversation_id)
        yield self._all()

    async def _all(self) -> AsyncIterator[LiveEvent]:
        while True:
            yield await self.events.get()


async def test_an_open_page_hears_of_news_and_of_nothing_else(pool):
    told = Told()
    async with open_desk(pool, live=told) as desk:
        await desk.user("ann@example.com")
        async with desk.signed_in("ann@example.com", act_as=BARBER) as ann:
            async with tx(pool, desk.workspaces[BARBER]) as work:
                talk = await work.fetchval("SELECT id FROM conversations WHERE status = 'open' LIMIT 1")
            path = f"{HERE}/conversations/{talk}/live"
            async with ann.client.stream("GET", path, headers={"Accept": "text/event-stream"}) as stream:
                assert stream.headers["content-type"].startswith("text/event-stream")
                lines = stream.aiter_lines()
                first = await _event(lines)
                told.events.put_nowait(LiveEvent(talk, LiveKind.TICK))  # nothing happened: nothing is said
                await pool.execute("UPDATE conversations SET turn = turn + 1 WHERE id = $1", talk)
                told.events.put_nowait(LiveEvent(talk, LiveKind.TURN))
                second = await _event(lines)
            assert told.asked == [talk]
            assert first != second
            # A page that was made with the newest hears nothing until there is something newer.
            told.events.put_nowait(LiveEvent(talk, LiveKind.TICK))
            async with ann.client.stream("GET", f"{path}?version={quote(second)}") as stream:
                lines = stream.aiter_lines()
                await pool.execute("UPDATE conversations SET turn = turn + 1 WHERE id = $1", talk)
                for _ in range(3):  # the page that was closed may still take one of them
                    told.events.put_nowait(LiveEvent(talk, LiveKind.TURN))
                assert await _event(lines) not in {first, second}
            assert (await ann.get(f"{HERE}/conversations/{talk}/thread")).status_code == 200


READ_LATE = {
    "/conversations/{}": "db.read_thread.standing",
    "/conversations": "db.read_conversations.counts",
    "/": "db.read_overview.funnel",
}
"""Pages that live, and something that each reads after its first query."""


async def test_what_happens_while_a_page_is_made_is_news_to_it(desk, ann, conversation, monkeypatch):
    """Else it would show the old state until something else happens."""
    for path, reader in READ_LATE.items():
        module, _, name = reader.rpartition(".")
        reads = getattr(import_module(module), name)

        async def meanwhile(*args: Any, reads: Any = reads, **more: Any) -> Any:
            await desk.pool.execute("UPDATE conversations SET turn = turn + 1 WHERE id = $1", conversation)
            await desk.pool.execute(
                "UPDATE messages SET created_at = now() WHERE conversation_id = $1", conversation
            )
            return await reads(*args, **more)

        with monkeypatch.context() as patched:
            patched.setattr(reader, meanwhile)
            page = (await ann.get(HERE + path.format(conversation))).text
        made_with = re.search(r'data-live="[^"]*version=([^"&]*)"', page)
        assert made_with, path
        async with desk.at() as work:
            of_talk = await read_thread.version(work, conversation)
            of_all = await read_overview.version(work)
        assert unquote_plus(made_with[1]) not in {of_talk, of_all}, path


async def _event(lines) -> str:
    """The data of the next event, which says nothing but that there is something new."""
    async for line in lines:
        if line.startswith("event:"):
            assert line == "event: changed"
        if line.startswith("data: "):
            return line.removeprefix("data: ")
    raise AssertionError("the stream ended")


async def test_a_real_talk_shows_its_facts_its_progress_and_what_was_offered(salon_dsn, seeded, tmp_path):
    """And what a person answers in the console reaches the customer's phone."""
    async with open_salon(salon_dsn, seeded, tmp_path) as salon, open_desk(salon.pool) as desk:
        phone = salon.phone(name="Sara")
        for line in ("Hi", "gel manicure tomorrow at 5pm with anyone at Zahra please"):
            await phone.say(line)
        await desk.user("ann@example.com", name="Ann Agency")
        async with desk.signed_in("ann@example.com", act_as="nail-salon") as ann:
            ((talk,),) = [tuple(row.values()) for row in await salon.rows("SELECT id FROM conversations")]
            at = f"/console/w/nail-salon/conversations/{talk}"
            page = (await ann.get(at)).text
            for words in (
                'Service: “<bdi dir="auto">gel manicure</bdi>”',
                'Time: “<bdi dir="auto">at 5pm</bdi>”',
                '<span>Location</span><span><bdi dir="auto">Zahra</bdi>',
                '<span dir="auto">Plaza</span>',
            ):
                assert words in page
            await ann.post(f"{at}/reply", text="Ann here: see you tomorrow!")
            assert "Ann here: see you tomorrow!" in await phone.wait()
            page = (await ann.get(at)).text
            assert "Hand back to the bot" in page
            assert '<bdi dir="auto">Ann Agency</bdi>' in page
            assert await phone.say("great") == ""
            await ann.post(f"{at}/hand-back")
            await salon.settle()
            assert "Take over" in (await ann.get(at)).text
            assert await phone.say("what are your opening hours?") != ""
