"""Every webhook that is limited says when to come again: 429 with a Retry-After of whole seconds, never 0."""

import asyncio
from contextlib import asynccontextmanager

import httpx
import pytest
from aiohttp import web

from bot.web.handoff.completions import CompletionWebhooks
from bot.web.mail_webhooks import USER, MailWebhooks
from bot.web.pace import Pace
from bot.web.payments.webhooks import PaymentWebhooks
from bot.web.provider_webhooks import ProviderWebhooks
from tests.listening import serving
from tests.tls import TLS

ACCOUNT = "0192c000-0000-7000-8000-000000000001"


class Reached(RuntimeError):
    """The limit let it through."""


class Nothing:
    """Whatever is asked of it was asked too late."""

    body_limit = 1000

    def __getattr__(self, name):
        raise Reached(name)


HANDLERS = {
    "booking pages": (
        lambda pace: CompletionWebhooks(Nothing(), None, "https://desk.example.com", None, _pace=pace),
        "/api/webhooks/external-booking/square/key-of-an-account",
        "key-of-an-account",
    ),
    "booking systems": (
        lambda pace: ProviderWebhooks(Nothing(), pace),
        f"/webhooks/provider/shopmonkey/{ACCOUNT}",
        ACCOUNT,
    ),
    "mail": (
        lambda pace: MailWebhooks(Nothing(), "secret", pace),
        "/api/webhooks/mail/postmark",
        "127.0.0.1",
    ),
    "mails of a business": (
        lambda pace: MailWebhooks(Nothing(), "secret", reports=pace),
        "/api/webhooks/mail/postmark",
        ACCOUNT,
    ),
    "payments": (
        lambda pace: PaymentWebhooks(Nothing(), None, None, None, _pace=pace),
        "/api/webhooks/stripe/key-of-an-account",
        "key-of-an-account",
    ),
}


@asynccontextmanager
async def opened(webhooks, path):
    """A client, and the address of these webhooks."""
    app = web.Application()
    app.add_routes(webhooks.routes())
    async with serving(app, 0) as port, httpx.AsyncClient(verify=TLS) as http:
        yield http, f"http://127.0.0.1:{port}{path}"


@pytest.mark.parametrize("name", HANDLERS)
async def test_too_many_are_told_when_to_come_again(name):
    build, path, key = HANDLERS[name]
    pace = Pace(per_minute=120)
    ahead = asyncio.get_running_loop().time() + 3600  # so that nothing is free again meanwhile
    while not pace.wait(key, now=ahead):
        pass
    async with opened(build(pace), path) as (http, url):
        answer = await http.post(url, json={"Metadata": {"workspace": ACCOUNT}}, auth=(USER, "secret"))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1


def test_who_comes_too_often_holds_up_nobody_else():
    pace = Pace(per_minute=3)
    assert [pace.wait("a", now=0) > 0 for _ in range(5)] == [False] * 3 + [True] * 2
    assert pace.wait("b", now=0) == 0
    assert pace.wait("a", now=20) == 0, "one in twenty seconds"


def test_names_that_a_stranger_makes_up_fill_no_memory():
    pace = Pace(per_minute=3)
    for number in range(25_000):
        pace.wait(f"made-up-{number}", now=number / 1e6)
        if number % 1000 == 0:
            pace.wait("busy", now=number / 1e6)
    assert len(pace._buckets) == 10_000
    assert pace.wait("busy", now=1.0) > 0, "whoever keeps coming is not forgotten"


async def test_guessing_a_password_is_slowed_down_before_it_is_compared():
    webhooks = MailWebhooks(Nothing(), "secret", Pace(per_minute=1))
    async with opened(webhooks, "/api/webhooks/mail/postmark") as (http, url):
        answers = [
            (await http.post(url, json={}, auth=(USER, word))).status_code for word in ("a", "b", "secret")
        ]
    assert answers == [403, 429, 429], "from there the right one waits as well"
