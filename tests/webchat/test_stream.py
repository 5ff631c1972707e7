"""The stream: the tables' messages in their order, from where the page was, and nobody holds it open for nothing."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import orjson

from bot.web.chat.desk import Seat
from bot.web.chat.stream import STREAMS_OF_ONE, Streams
from tests.salon import open_salon
from tests.webchat.talks import to_summary
from tests.webchat.test_widget import error_of
from tests.webchat.world import Page

STREAM = "/api/widget/stream"


class Events:
    """What an open stream says."""

    def __init__(self, response):
        self.response = response
        self.lines = response.aiter_lines()

    async def next(self):
        """(event, id, data); heartbeats are passed over."""
        kind, number, data = "message", None, ""
        async with asyncio.timeout(10):
            async for line in self.lines:
                name, _, value = line.partition(": ")
                if name == "event":
                    kind = value
                elif name == "id":
                    number = int(value)
                elif name == "data":
                    data = value
                elif not line and data:
                    return kind, number, orjson.loads(data)
        raise EOFError

    async def until(self, kind, **having):
        """Everything up to the first one of this kind."""
        seen = []
        while True:
            seen.append(await self.next())
            if seen[-1][0] == kind and having.items() <= seen[-1][2].items():
                return seen


@asynccontextmanager
async def listening(page, *, after=None, path=STREAM, **headers):
    sent = {**page.bearer, **headers, **({"Last-Event-ID": str(after)} if after is not None else {})}
    async with page.salon.http.stream("GET", f"{page.base}{path}", headers=sent) as response:
        assert response.status_code == 200, await response.aread()
        assert response.headers["Content-Type"] == "text/event-stream"
        yield Events(response)


async def test_a_talk_as_it_goes_on_in_the_order_of_history(salon, page):
    async with listening(page) as events:
        await to_summary(page)
        history = (await page.call("GET", "/api/widget/messages", headers=page.bearer)).json()["messages"]
        seen = await events.until("actions", seq=history[-1]["seq"])
    told = [(number, data) for kind, number, data in seen if kind == "message"]
    assert told == [(message["seq"], message) for message in history]
    assert seen[-1][2] == {"seq": history[-1]["seq"], "actions": history[-1]["actions"]}
    typing = [data["typing"] for kind, _, data in seen if kind == "typing"]
    assert typing[:1] in ([], [True])
    status = [data for kind, _, data in seen if kind == "status"]
    assert status[0]["status"] == "open"


async def test_a_page_that_comes_back_misses_nothing_and_hears_nothing_twice(page):
    await page.send(text="Hi")
    await page.send(text="what does a gel manicure cost?")
    async with listening(page, after=2) as events:
        assert [(await events.next())[1] for _ in range(2)] == [3, 4]
    async with listening(page, path=f"{STREAM}?after=3") as events:
        assert (await events.next())[1] == 4
    async with listening(page) as events:
        assert [(await events.next())[1] for _ in range(4)] == [1, 2, 3, 4]


async def test_a_person_who_takes_over_is_seen(salon, page):
    await page.send(text="Hi")
    async with listening(page, after=2) as events:
        await events.until("status", status="open")
        await page.send(text="I want to talk to a human please")
        await events.until("status", status="human")


async def test_a_stream_that_was_open_before_the_first_word_hears_it(page):
    async with listening(page) as events:
        await page.send(text="Hi")
        seen = await events.until("message", direction="out")
    assert [number for kind, number, _ in seen if kind == "message"] == [1, 2]


async def test_a_wrong_number_is_refused_and_more_tabs_than_anybody_has_wait(page):
    answer = await page.call("GET", STREAM, headers={**page.bearer, "Last-Event-ID": "x1"})
    assert error_of(answer) == (400, "invalid")
    streams = [listening(page) for _ in range(STREAMS_OF_ONE)]
    for each in streams:
        await each.__aenter__()
    try:
        assert error_of(await page.call("GET", STREAM, headers=page.bearer)) == (429, "too_many_requests")
    finally:
        for each in streams:
            await each.__aexit__(None, None, None)


async def test_news_come_by_redis_without_waiting_for_a_tick(salon_dsn, seeded, tmp_path, redis_url):
    """Nothing ticks for an hour: what arrives was told by Redis."""
    from pydantic import SecretStr

    more = {"redis_url": SecretStr(redis_url)}
    async with open_salon(
        salon_dsn,
        seeded,
        tmp_path,
        more=more,
        live_tick_seconds=3600,
        live_calm_seconds=3600,
        chat_wait_seconds=10,
    ) as salon:
        page = await Page(salon).open()
        async with listening(page) as events:
            body = page.body(text="Hi")
            await page.served("POST", "/api/widget/messages", json=body)
            seen = await events.until("message", direction="out")
        assert [number for kind, number, _ in seen if kind == "message"] == [1, 2]


class Reader:
    """A connection whose other side reads nothing."""

    def __init__(self):
        self.aborted = False

    def is_closing(self):
        return self.aborted

    def abort(self):
        self.aborted = True


async def test_a_reader_who_takes_nothing_is_cut_off(salon, page, monkeypatch):
    from aiohttp import web

    from bot.web.chat import stream

    async def never(*_):
        await asyncio.Event().wait()

    monkeypatch.setattr(web.StreamResponse, "prepare", never_mind)
    monkeypatch.setattr(web.StreamResponse, "write", never)
    reader = Reader()
    request = type("Request", (), {"transport": reader})()
    account = salon.channel_accounts["nail-salon", "web"]
    seat = Seat(account.workspace_id, account.id, "w-nobody")
    streams = Streams(desk_of(salon), salon.resources.live, write_seconds=0.01)
    async with asyncio.timeout(5):
        await streams.serve(request, seat, after=None, until=60)
    assert reader.aborted
    assert not streams._open
    assert stream.WRITE_SECONDS < stream.HEARTBEAT_SECONDS


async def never_mind(*_):
    return None


def desk_of(salon):
    from bot.inbox import Receiver
    from bot.web.chat.desk import ChatDesk

    resources = salon.resources
    receiver = Receiver(resources.pool, resources.accounts, resources.queue, resources.queue, resources.live)
    return ChatDesk(resources.pool, resources.accounts, receiver, resources.live, 1)


async def test_a_stream_ends_with_its_session(salon, page, monkeypatch):
    streams = Streams(desk_of(salon), salon.resources.live)
    written = []

    async def write(_, data):
        written.append(data)

    monkeypatch.setattr("aiohttp.web.StreamResponse.prepare", never_mind)
    monkeypatch.setattr("aiohttp.web.StreamResponse.write", write)
    monkeypatch.setattr("aiohttp.web.StreamResponse.write_eof", never_mind)
    request = type("Request", (), {"transport": Reader()})()
    account = salon.channel_accounts["nail-salon", "web"]
    async with asyncio.timeout(5):
        await streams.serve(request, Seat(account.workspace_id, account.id, "w-x"), after=None, until=0.05)
    assert written == [b"retry: 2000\n\n"]
