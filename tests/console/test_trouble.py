"""When something is wrong: said in words, with the right status, and never taken for something else."""

from __future__ import annotations

import asyncpg
import pytest
from jinja2 import TemplateNotFound
from structlog.testing import capture_logs

from bot.console.acting import NotFound, Refused
from bot.console.gate import Gate
from bot.console.page import Group, Nav, Section, get
from bot.console.rendering import Renderer


def gate() -> Gate:
    class Ports:
        secure, second_factor_may_wait, clock = False, True, None

    section = Section(Nav("x", "X", "/x", Group.WORK, 1), (get("/x", lambda _: None),))
    return Gate(Ports(), Renderer(), [section])


@pytest.mark.parametrize(
    ("raised", "status", "words"),
    [
        (NotFound(), 404, "There is no such page"),
        (Refused("It is closed."), 409, "It is closed."),
        (ConnectionRefusedError(), 503, "can&#39;t be reached right now"),
        (TimeoutError(), 503, "can&#39;t be reached right now"),
        (asyncpg.TooManyConnectionsError(), 503, "can&#39;t be reached right now"),
        (TemplateNotFound("x.html"), 500, "our mistake"),
        (KeyError("x"), 500, "our mistake"),
    ],
)
async def test_trouble_is_said_in_words(raised, status, words):
    answer = await answered(raised)
    assert (answer.status, words in answer.text) == (status, True)
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_mistake_of_ours_stands_in_the_log():
    mistake = KeyError("x")
    with capture_logs() as logs:
        await answered(mistake)
    assert [(one["event"], one["log_level"], one["exc_info"]) for one in logs] == [
        ("console.failed", "error", mistake)
    ]


@pytest.mark.parametrize(
    ("raised", "accept"), [(ConnectionResetError(), "text/html"), (KeyError("x"), "text/event-stream")]
)
async def test_whoever_is_gone_or_listens_to_a_stream_gets_no_page(raised, accept):
    with pytest.raises(type(raised)):
        await answered(raised, accept)


async def answered(raised: Exception, accept: str = "text/html"):
    from aiohttp.test_utils import make_mocked_request

    async def fails(_):
        raise raised

    instance = gate()
    instance._ports.clock = lambda: None
    return await instance._guarded(fails)(
        make_mocked_request("GET", "/console/w/x/", headers={"Accept": accept})
    )
