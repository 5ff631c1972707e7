"""The web chat's API: sessions, messages by their ids, what stands behind a number, and who is refused."""

import asyncio
from datetime import timedelta

from bot.web.chat.sessions import Session, Sessions
from tests.salon import now
from tests.webchat.talks import to_summary
from tests.webchat.world import Page

MESSAGES = "/api/widget/messages"


def error_of(answer):
    return answer.status_code, answer.json()["error"]["code"]


async def test_a_session_tells_whose_chat_it_is(page):
    answer = await page.call(
        "POST",
        "/api/widget/sessions",
        json={"workspaceId": "nail-salon", "botId": page.bot},
        headers={"Accept-Language": "fr, ar-KW;q=0.9, en;q=0.5"},
    )
    told = answer.json()
    assert (told["business"], told["language"], told["languages"]) == ("Nail Salon", "ar", ["en", "ar"])
    assert answer.headers["Cache-Control"] == "no-store"


async def test_ids_and_keys_name_the_same_chat(salon, page):
    bot_id = salon.channel_accounts["nail-salon", "web"].bot_id
    (row,) = await salon.rows("SELECT key FROM bots WHERE id = $1", bot_id)
    by_key = await Page(salon, bot=row["key"]).open()
    by_id = await Page(salon, workspace=str(salon.workspace_ids["nail-salon"]), bot=page.bot).open()
    for each in (by_key, by_id):
        assert await each.say("hello")


async def test_a_message_is_answered_by_the_request_that_brought_it(page):
    found = await page.send(text="Hi")
    assert [(m["seq"], m["direction"]) for m in found["messages"]] == [(1, "in"), (2, "out")]
    assert (found["messages"][0]["text"], found["messages"][0]["messageId"]) == ("Hi", "m-1")
    assert found["status"] == "open"
    async with asyncio.timeout(20):
        while (await page.call("GET", MESSAGES, headers=page.bearer)).json()["pending"]:
            continue  # each look is a request


async def test_the_same_message_twice_is_one_and_answered_alike(salon, page):
    body = page.body(text="Hi")
    first = (await page.served("POST", MESSAGES, json=body)).json()
    again = (await page.served("POST", MESSAGES, json=body)).json()
    # Whether the turn is wholly over when the repeat comes is a matter of moments.
    assert {**again, "pending": None} == {**first, "pending": None}
    assert len(await salon.rows("SELECT id FROM inbox")) == 1


async def test_two_customers_may_use_the_same_id(salon, page):
    other = await Page(salon).open()
    assert await page.say("Hi")
    assert await other.say("Hello")
    assert len(await salon.rows("SELECT id FROM conversations")) == 2


async def test_what_stands_behind_a_number(page):
    await page.send(text="Hi")
    await page.send(text="what does a gel manicure cost?")
    everything = (await page.call("GET", MESSAGES, headers=page.bearer)).json()["messages"]
    later = (await page.call("GET", f"{MESSAGES}?after=2", headers=page.bearer)).json()["messages"]
    assert [m["seq"] for m in everything] == [1, 2, 3, 4]
    assert later == everything[2:]
    assert (await page.call("GET", f"{MESSAGES}?after=4", headers=page.bearer)).json()["messages"] == []


async def test_a_talk_that_was_closed_goes_on_under_the_same_numbers(salon, page):
    await page.send(text="Hi")
    await salon.pool.execute(
        "UPDATE conversations SET status = 'closed', closed_at = now(), last_inbound_at = now() - interval '2 days'"
    )
    found = await page.send(text="Hello again")
    assert [m["seq"] for m in found["messages"]] == [3, 4]
    everything = (await page.call("GET", f"{MESSAGES}?after=0", headers=page.bearer)).json()
    assert [m["seq"] for m in everything["messages"]] == [1, 2, 3, 4]
    assert everything["conversationId"] == found["conversationId"]
    newest = (await page.call("GET", MESSAGES, headers=page.bearer)).json()
    assert newest["messages"] == everything["messages"]


async def test_a_session_that_counts_goes_on_with_its_talk(page):
    await page.send(text="Hi")
    before = page.session
    await page.open(sessionId=before)
    assert page.session
    found = (await page.call("GET", MESSAGES, headers=page.bearer)).json()
    assert [m["seq"] for m in found["messages"]] == [1, 2]


async def test_over_the_limit_a_message_is_kept_and_the_page_told_when_it_goes_on(salon, page):
    for number in range(21):
        body = page.body(text=f"line {number}")
        answer = await page.served("POST", MESSAGES, json=body)
        assert answer.status_code == 200
    told = answer.json()
    assert 0 < told["throttled"]["retryAfterSeconds"] <= 60
    assert (told["messages"], told["pending"]) == ([], False)
    (row,) = await salon.rows("SELECT count(*) AS kept FROM inbox WHERE kind = 'customer_message'")
    assert row["kept"] == 21


NO_MESSAGES = [
    {},
    {"text": ""},
    {"text": "  \n "},
    {"text": "x" * 4001},
    {"text": "a\x00b"},
    {"text": "Hi", "choice": {"id": "yes@1"}},
    {"choice": {"id": ""}},
    {"location": {"latitude": 91, "longitude": 0}},
    {"text": "Hi", "surprise": 1},
    {"text": ["Hi"]},
    {"text": "Hi", "messageId": ""},
    {"text": "Hi", "messageId": "x" * 101},
]


async def test_what_is_no_message_is_refused(salon, page):
    for said in NO_MESSAGES:
        answer = await page.call("POST", MESSAGES, json=page.body(**said))
        assert error_of(answer) == (400, "invalid"), said
    for body in (b"", b"{", b"[]", b'"x"', b"\xff\xfe"):
        answer = await salon.http.post(
            f"{page.base}{MESSAGES}", content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 400, body
    for query in ("after=-1", "after=x", "after=1&after=2", "before=1", "after=99999999999"):
        answer = await page.call("GET", f"{MESSAGES}?{query}", headers=page.bearer)
        assert error_of(answer) == (400, "invalid"), query
    assert await salon.rows("SELECT id FROM inbox") == []
    plain = await salon.http.post(f"{page.base}{MESSAGES}", content=b"{}")
    assert plain.status_code == 415
    large = await page.call("POST", MESSAGES, json=page.body(text="x" * 70_000))
    assert error_of(large) == (413, "too_large")


async def test_a_bot_of_another_business_opens_nothing(salon, page):
    foreign = str(salon.channel_accounts["barber-shop", "web"].bot_id)
    for workspace, bot in (("nail-salon", foreign), ("nail-salon", "nobody"), ("nobody", page.bot)):
        answer = await page.call(
            "POST", "/api/widget/sessions", json={"workspaceId": workspace, "botId": bot}
        )
        assert error_of(answer) == (404, "not_found")


async def test_a_session_opens_its_own_business_only(salon, page):
    other = await Page(salon, workspace="barber-shop").open()
    body = {**page.body(text="Hi"), "workspaceId": other.workspace, "botId": other.bot}
    assert error_of(await page.call("POST", MESSAGES, json=body)) == (403, "foreign_session")
    body = {**page.body(text="Hi"), "botId": other.bot}
    assert error_of(await page.call("POST", MESSAGES, json=body)) == (403, "foreign_session")
    answer = await page.call(
        "GET", f"{MESSAGES}?workspaceId={other.workspace}&botId={other.bot}", headers=page.bearer
    )
    assert error_of(answer) == (403, "foreign_session")
    answer = await other.call(
        "POST",
        "/api/widget/sessions",
        json={"workspaceId": other.workspace, "botId": other.bot, "sessionId": page.session},
    )
    assert error_of(answer) == (403, "foreign_session")
    assert await salon.rows("SELECT id FROM inbox") == []


def forged(page):
    head, body, signature = page.session.split(".")
    swapped = body[:-2] + ("AA" if not body.endswith("AA") else "BB")
    return [
        f"{head}.{swapped}.{signature}",
        f"{head}.{body}.{signature[:-3]}AAA",
        "eyJhbGciOiJub25lIn0." + body + ".",
        "x",
        "x" * 3000,
    ]


async def test_a_forged_session_opens_nothing(salon, page):
    for token in forged(page):
        headers = {"Authorization": f"Bearer {token}"}
        for answer in (
            await page.call("GET", MESSAGES, headers=headers),
            await page.call("GET", "/api/widget/stream", headers=headers),
            await page.call(
                "POST", f"/api/bookings/{page.bot}/finalize", json={"summaryVersion": "aa"}, headers=headers
            ),
        ):
            assert error_of(answer) == (401, "session_invalid")
    assert error_of(await page.call("GET", MESSAGES)) == (401, "unauthorized")


async def test_an_expired_session_says_so(salon, page):
    sessions = Sessions(salon.resources.box, lambda: now() - timedelta(days=8))
    account = salon.channel_accounts["nail-salon", "web"]
    old = sessions.issue(
        Session(
            account.workspace_id, "nail-salon", account.bot_id, "x", account.id, "w-old", sessions.until()
        )
    )
    page.session = old
    assert error_of(await page.call("GET", MESSAGES, headers=page.bearer)) == (401, "session_expired")
    assert error_of(await page.call("POST", MESSAGES, json=page.body(text="Hi"))) == (401, "session_expired")


async def test_a_link_of_another_purpose_is_no_session(salon, page):
    """Signed by us, but for something else."""
    import jwt

    token = jwt.encode(
        {"aud": "frontdesk-chat", "exp": now() + timedelta(days=1), "ws": "x", "cv": "y", "jti": "z"},
        salon.resources.box.mac("magic-links", "frontdesk-chat"),
        algorithm="HS256",
    )
    answer = await page.call("GET", MESSAGES, headers={"Authorization": f"Bearer {token}"})
    assert error_of(answer) == (401, "session_invalid")


async def test_a_chat_that_was_switched_off_is_closed(salon, page):
    assert await page.say("Hi")
    await salon.pool.execute("UPDATE channel_accounts SET enabled = false WHERE channel = 'web'")
    salon.resources.accounts._channel._kept.clear()
    assert error_of(await page.call("POST", MESSAGES, json=page.body(text="Hi"))) == (403, "chat_closed")


async def test_somebody_elses_booking_is_not_to_be_found(salon, page):
    action = await to_summary(page)
    stranger, barber = await Page(salon).open(), await Page(salon, workspace="barber-shop").open()
    for other in (stranger, barber):
        answer = await other.finalize(action)
        assert error_of(answer) == (404, "not_found")
        assert "Sara" not in answer.text
    for wrong in ("not-an-id", "00000000-0000-0000-0000-000000000000"):
        answer = await page.finalize({"bookingIntentId": wrong, "summaryVersion": "aa"})
        assert error_of(answer) == (404, "not_found")
    assert await salon.rows("SELECT id FROM inbox WHERE source = 'finalize'") == []
    assert await salon.orders() == []


async def test_a_made_up_version_books_nothing(salon, page):
    action = await to_summary(page)
    for version in (None, "", "no hex", "'; --", "f" * 65, 7):
        answer = await page.finalize({**action, "summaryVersion": version})
        assert error_of(answer) == (400, "invalid"), version
    found = (await page.finalize({**action, "summaryVersion": "0123456789ab"})).json()
    assert (found["status"], found["summary"]["actions"][0]) == ("stale", action)
    assert await salon.orders() == []


async def test_who_taps_without_end_is_asked_to_wait(salon, page):
    """Counted where there is Redis; here by a counter of its own."""
    action = await to_summary(page)
    tapped = []

    async def wait(key, limit=20, per_seconds=60, *, fail_open):
        tapped.append(key)
        return 7.5 if key.startswith("finalize:") else 0

    object.__setattr__(salon.resources.rates, "wait", wait)
    answer = await page.finalize(action)
    assert error_of(answer) == (429, "too_many_requests")
    assert answer.headers["Retry-After"] == "8"
    assert answer.json()["error"]["retryAfterSeconds"] == 8
