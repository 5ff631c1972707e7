"""Magic links: what opens a chat, what doesn't, and where the secret never shows."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest
from structlog.testing import capture_logs

from bot.magic_links import (
    ISSUED_PER_HOUR,
    LINK,
    LinkRefused,
    MagicLinks,
    NoSuchConversation,
    TooManyLinks,
)
from bot.signed import ALGORITHM
from bot.web.chat.sessions import Sessions
from db import magic_links as rows
from db.secrets import SecretBox
from db.tx import tx
from tests.salon import open_salon
from workers.resources import now

SALON, BARBER = "nail-salon", "barber-shop"


class Counted:
    """Rates in memory, without a window's end."""

    def __init__(self):
        self.taken = {}

    async def wait(self, key, limit=20, per_seconds=60, *, fail_open):
        self.taken[key] = self.taken.get(key, 0) + 1
        return per_seconds if self.taken[key] > limit else 0.0


@pytest.fixture
async def salon(salon_dsn, seeded, tmp_path):
    async with open_salon(salon_dsn, seeded, tmp_path) as salon:
        yield salon


@pytest.fixture
def clock():
    class Clock:
        ahead = timedelta(0)

        def __call__(self):
            return now() + self.ahead

    return Clock()


@pytest.fixture
def links(salon, clock):
    resources = salon.resources
    return MagicLinks(resources.pool, resources.box, Counted(), resources.settings.public_base_url, clock)


async def talk(salon, *, workspace=SALON, number="+96550000123"):
    """A WhatsApp talk; (workspace, conversation)."""
    await salon.phone(number, workspace=workspace, name="Sara Test").say("hello")
    (row,) = await salon.rows(
        "SELECT id FROM conversations WHERE workspace_id = $1", salon.workspace_ids[workspace]
    )
    return salon.workspace_ids[workspace], row["id"]


def token_of(made):
    return made.url.partition("#")[2]


async def post(salon, body, *, origin=None, **headers):
    base = salon.resources.settings.public_base_url
    return await salon.http.post(
        f"{base}/c/session", json=body, headers={"Origin": base if origin is None else origin, **headers}
    )


async def used(salon):
    return [row["used_count"] for row in await salon.rows("SELECT used_count FROM magic_links")]


async def test_a_link_opens_a_chat_session_of_the_customer_and_leaves_a_cookie(salon, links):
    workspace, conversation = await talk(salon)
    made = await links.create(workspace, conversation, made_by="test")

    answer = await post(salon, {"token": token_of(made)})

    assert answer.status_code == 200
    told = answer.json()
    session = Sessions(salon.resources.box, now).open(told["sessionId"])
    assert (session.workspace_id, session.workspace_key) == (workspace, SALON)
    (identity,) = await salon.rows(
        "SELECT i.customer_id, c.name FROM customer_identities i JOIN customers c ON c.id = i.customer_id "
        "WHERE i.channel = 'web' AND i.identity = $1",
        session.address,
    )
    assert str(identity["customer_id"]) == told["key"]
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert token_of(made) not in cookie
    assert await used(salon) == [1]

    again = await post(salon, {})  # httpx keeps the cookie, as a browser does
    assert again.status_code == 200
    assert Sessions(salon.resources.box, now).open(again.json()["sessionId"]).address == session.address
    assert await used(salon) == [1]


async def test_a_link_to_a_web_talk_goes_on_in_that_very_talk(salon, links):
    workspace, conversation = await talk(salon)
    (account,) = await salon.rows(
        "SELECT id FROM channel_accounts WHERE workspace_id = $1 AND channel = 'web'", workspace
    )
    await salon.pool.execute(
        "UPDATE conversations SET channel_account_id = $2, address = 'w-somebody' WHERE id = $1",
        conversation,
        account["id"],
    )
    made = await links.create(workspace, conversation, made_by="test")
    told = (await post(salon, {"token": token_of(made)})).json()
    assert Sessions(salon.resources.box, now).open(told["sessionId"]).address == "w-somebody"


async def test_fetching_the_page_spends_nothing_and_asks_for_no_secret(salon, links):
    workspace, conversation = await talk(salon)
    made = await links.create(workspace, conversation, made_by="test")
    page = await salon.http.get(made.url)  # a client never sends what is behind the #

    assert page.status_code == 200
    assert token_of(made) not in page.text
    assert "Set-Cookie" not in page.headers
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert await used(salon) == [0]


async def test_the_token_is_in_no_table_and_no_log(salon, links):
    workspace, conversation = await talk(salon)
    made = await links.create(workspace, conversation, made_by="test")
    with capture_logs() as logged:
        await post(salon, {"token": token_of(made)})
        await post(salon, {"token": token_of(made) + "x"})
    (row,) = await salon.rows("SELECT to_jsonb(l)::text AS all FROM magic_links l")
    claims = jwt.decode(token_of(made), options={"verify_signature": False})
    for hidden in (token_of(made), claims["jti"]):
        assert hidden not in row["all"]
        assert hidden not in repr(logged)
    assert {one["event"] for one in logged} == {"link.opened", "link.refused"}


async def test_revoked_and_expired_links_open_nothing_nor_does_their_cookie(salon, links, clock):
    workspace, conversation = await talk(salon)
    made = await links.create(workspace, conversation, made_by="test")
    opened = await links.open(token_of(made))
    cookie, seconds = links.cookie(opened)
    assert seconds == 7 * 86_400

    clock.ahead = timedelta(days=8)
    await links.open(token_of(made))
    with pytest.raises(LinkRefused, match="expired"):
        await links.reopen(cookie)
    clock.ahead = timedelta(days=31)
    with pytest.raises(LinkRefused, match="expired"):
        await links.open(token_of(made))

    clock.ahead = timedelta(0)
    async with tx(salon.pool, workspace) as transaction:
        assert await rows.revoke(transaction, made.id, by="test")
        assert not await rows.revoke(transaction, made.id, by="test")
    for call in (links.open(token_of(made)), links.reopen(cookie)):
        with pytest.raises(LinkRefused, match="revoked"):
            await call
    answer = await post(salon, {"token": token_of(made)})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "revoked"
    assert "Max-Age=0" in answer.headers["Set-Cookie"]


async def test_only_our_own_signature_algorithm_audience_and_claims_count(salon, links):
    workspace, conversation = await talk(salon)
    token = token_of(await links.create(workspace, conversation, made_by="test"))
    claims = jwt.decode(token, options={"verify_signature": False})
    key = salon.resources.box.mac("magic-links", LINK)
    foreign = SecretBox([b"x" * 32]).mac("magic-links", LINK)
    opened = await links.open(token)
    forged = [
        jwt.encode(claims, foreign, algorithm=ALGORITHM),
        jwt.encode(claims, key + key, algorithm="HS512"),
        jwt.encode(claims, None, algorithm="none"),
        jwt.encode({**claims, "aud": "other"}, key, algorithm=ALGORITHM),
        jwt.encode({**claims, "cv": str(workspace)}, key, algorithm=ALGORITHM),
        jwt.encode({**claims, "jti": "made up"}, key, algorithm=ALGORITHM),
        jwt.encode(
            {name: value for name, value in claims.items() if name != "exp"}, key, algorithm=ALGORITHM
        ),
        jwt.encode({**claims, "ws": "nonsense"}, key, algorithm=ALGORITHM),
        links.cookie(opened)[0],
        token[:-2],
        "",
        "x" * 5000,
    ]
    for one in forged:
        with pytest.raises(LinkRefused, match="invalid"):
            await links.open(one)
    with pytest.raises(LinkRefused, match="invalid"):
        await links.reopen(token)


async def test_another_workspace_neither_makes_nor_revokes_a_link(salon, links):
    workspace, conversation = await talk(salon)
    other = salon.workspace_ids[BARBER]
    made = await links.create(workspace, conversation, made_by="test")
    with pytest.raises(NoSuchConversation):
        await links.create(other, conversation, made_by="test")
    async with tx(salon.pool, other) as transaction:
        assert not await rows.revoke(transaction, made.id, by="test")
        assert await rows.revoke_of(transaction, conversation, by="test") == 0
        assert await rows.listing(transaction, limit=10) == []
    key = salon.resources.box.mac("magic-links", LINK)
    claims = jwt.decode(token_of(made), options={"verify_signature": False})
    with pytest.raises(LinkRefused):
        await links.open(jwt.encode({**claims, "ws": str(other)}, key, algorithm=ALGORITHM))


async def test_another_sites_page_gets_nothing(salon, links):
    workspace, conversation = await talk(salon)
    token = token_of(await links.create(workspace, conversation, made_by="test"))
    for origin, more in (
        ("https://evil.example.com", {}),
        ("null", {}),
        ("", {}),
        (None, {"Sec-Fetch-Site": "cross-site"}),
        (None, {"Sec-Fetch-Site": "same-site"}),
    ):
        answer = await post(salon, {"token": token}, origin=origin, **more)
        assert answer.status_code == 403
        assert "Set-Cookie" not in answer.headers
    assert await used(salon) == [0]


async def test_so_many_links_of_one_talk_and_no_more(salon, links):
    workspace, conversation = await talk(salon)
    for _ in range(ISSUED_PER_HOUR):
        await links.create(workspace, conversation, made_by="test")
    with pytest.raises(TooManyLinks):
        await links.create(workspace, conversation, made_by="test")


async def test_a_page_that_tries_too_often_is_told_to_wait(salon_dsn, seeded, tmp_path, redis_url):
    async with open_salon(salon_dsn, seeded, tmp_path, more={"redis_url": redis_url_of(redis_url)}) as salon:
        answers = [await post(salon, {"token": "x"}) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [401] * 20 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert answers[-1].json()["error"]["code"] == "too_many_requests"


def redis_url_of(url):
    from pydantic import SecretStr

    return SecretStr(url)


async def test_what_is_no_request_of_ours_is_refused_in_words(salon):
    base = salon.resources.settings.public_base_url
    for body, status in (
        (b"[]", 400),
        (b"{", 400),
        (b'{"token": 1}', 400),
        (b'{"other": 1}', 400),
        (b"x" * 5000, 413),
    ):
        answer = await salon.http.post(
            f"{base}/c/session", content=body, headers={"Origin": base, "Content-Type": "application/json"}
        )
        assert answer.status_code == status, body[:20]
        assert answer.json()["error"]["message"]
