"""What a webhook is answered, over real HTTP: 2xx only for what is stored, and only for what is signed."""

import asyncio
import json
import re
from dataclasses import replace
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from bot.channels.contract import WebhookRequest
from bot.channels.simulator.acts import SimulatedCustomer, typed
from bot.channels.simulator.webhooks import sign, webhook
from bot.channels.twilio import signature as twilio
from bot.channels.whatsapp import signature as whatsapp
from bot.web import webhooks
from workers.resources import now

SARA = SimulatedCustomer(phone="+96550000123", name="Sara")
CHANNELS = ["whatsapp", "twilio"]


def signed(salon, channel, *, text="Hi", id=None):  # noqa: A002
    account = salon.channel_accounts["nail-salon", channel]
    prefix = {"whatsapp": "wamid.", "twilio": "SM"}[channel]
    message_id = id or f"{prefix}{uuid4().hex}"
    return webhook(typed(text), customer=SARA, account=account, message_id=message_id, at=now())


def resigned(salon, request, body, *, channel="whatsapp"):
    """The request with another body, signed rightly."""
    return sign(replace(request, body=body), salon.channel_accounts["nail-salon", channel])


def text_message(number, *, id, text="Hi"):  # noqa: A002
    return {"from": number, "id": id, "timestamp": "1790000000", "type": "text", "text": {"body": text}}


def change(phone_number_id, messages=(), statuses=()):
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": phone_number_id}}
    value |= {"messages": list(messages)} if messages else {}
    value |= {"statuses": list(statuses)} if statuses else {}
    return {"field": "messages", "value": value}


def envelope(*changes):
    entry = {"id": "100000000000001", "changes": list(changes)}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def status(external_id, word, *, effect=None, **more):
    item = {
        "id": external_id,
        "status": word,
        "timestamp": "1790000000",
        "recipient_id": "96550000123",
        **more,
    }
    return item | ({"biz_opaque_callback_data": str(effect)} if effect else {})


async def count(salon, table):
    return (await salon.rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"]


async def nothing_is_stored(salon):
    return not any([await count(salon, table) for table in ("inbox", "customers", "conversations")])


# -- signatures --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_right_signature_is_answered_when_the_message_is_stored(salon, channel):
    assert await salon.post(signed(salon, channel)) == 200
    assert await count(salon, "inbox") == 1


BROKEN = {
    "missing": lambda r: replace(r, headers={"content-type": r.headers["content-type"]}),
    "empty": lambda r: replace(r, headers=dict.fromkeys(r.headers, "")),
    "another body": lambda r: replace(r, body=r.body.replace(b"Hi", b"Ho")),
    "one byte more": lambda r: replace(r, body=r.body + b" "),
    "another signature": lambda r: replace(
        r, headers={**r.headers, whatsapp.HEADER: "sha256=" + "0" * 64, twilio.HEADER: "x"}
    ),
}


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_wrong_signature_is_refused_and_leaves_no_row(salon, channel):
    request = signed(salon, channel)
    for how, break_it in BROKEN.items():
        assert await salon.post(break_it(request)) == 403, how
    assert await nothing_is_stored(salon)
    assert await count(salon, "unrouted_webhooks") == 0


@pytest.mark.parametrize("channel", CHANNELS)
async def test_another_workspaces_secret_signs_nothing_of_ours(salon, channel):
    theirs = salon.channel_accounts["nail-studio", channel]
    secret = "app_secret" if channel == "whatsapp" else "auth_token"
    foreign = replace(theirs, secrets={**theirs.secrets, secret: "another secret altogether"})
    request = signed(salon, channel)
    assert await salon.post(sign(request, foreign)) == 403
    assert await nothing_is_stored(salon)


async def test_an_account_without_a_secret_is_switched_off(salon):
    ours = salon.channel_accounts["nail-salon", "whatsapp"]
    bare = {key: value for key, value in ours.secrets.items() if key != "app_secret"}
    sealed = salon.resources.box.seal(
        bare, workspace_id=ours.workspace_id, field=f"channel_account:{ours.id}"
    )
    await salon.pool.execute("UPDATE channel_accounts SET secrets = $1 WHERE id = $2", sealed, ours.id)
    empty = sign(signed(salon, "whatsapp"), replace(ours, secrets={"app_secret": ""}))
    assert await salon.post(empty) == 403
    assert await nothing_is_stored(salon)


async def test_twilio_signs_the_configured_public_url_whatever_the_request_says_of_its_host(salon):
    request = signed(salon, "twilio")
    spoofed = {
        "Host": "evil.example.com",
        "X-Forwarded-Host": "evil.example.com",
        "X-Forwarded-Proto": "https",
        "X-Original-URL": "/webhooks/twilio/another",
        "Forwarded": "host=evil.example.com;proto=https",
    }
    assert await salon.post(replace(request, headers={**request.headers, **spoofed})) == 200
    # Signed for the host that the headers claim: not our address, so nobody's signature.
    path = request.url.partition("://")[2].partition("/")[2]
    elsewhere = sign(
        replace(request, url=f"https://evil.example.com/{path}"),
        salon.channel_accounts["nail-salon", "twilio"],
    )
    headers = {**elsewhere.headers, **spoofed}
    assert await salon.post(replace(request, headers=headers)) == 403
    assert await count(salon, "inbox") == 1


async def test_the_query_is_part_of_what_twilio_signed(salon):
    request = signed(salon, "twilio")
    account = salon.channel_accounts["nail-salon", "twilio"]
    asked = sign(replace(request, url=f"{request.url}?mid=a%2Fb%20c&x=%c3%a9"), account)
    assert await salon.post(asked) == 200
    assert await salon.post(replace(asked, url=f"{request.url}?mid=other")) == 403


# -- bodies ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_body_too_large_is_refused(salon, channel):
    limit = webhooks.BODY_LIMITS[channel]
    request = signed(salon, channel)
    big = resigned(salon, request, request.body + b" " * (limit + 1 - len(request.body)), channel=channel)
    assert await salon.post(big) == 413
    assert await nothing_is_stored(salon)


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_body_too_large_that_does_not_say_so_is_refused(salon, channel):
    limit = webhooks.BODY_LIMITS[channel]
    request = signed(salon, channel)

    async def chunks():
        for _ in range(limit // 65_536 + 2):
            yield b" " * 65_536

    answer = await salon.http.post(request.url, content=chunks(), headers=dict(request.headers))
    assert "content-length" not in answer.request.headers
    assert answer.status_code == 413
    assert await nothing_is_stored(salon)


async def test_a_large_batch_of_meta_is_taken(salon):
    request = signed(salon, "whatsapp")
    padded = request.body + b" " * (3 * 1024 * 1024)
    assert await salon.post(resigned(salon, request, padded)) == 200
    assert await count(salon, "inbox") == 1


async def test_a_body_that_never_ends_is_given_up(salon, monkeypatch):
    monkeypatch.setattr(webhooks, "_READ_SECONDS", 0.2)
    path = signed(salon, "whatsapp").url.partition("://")[2].partition("/")[2]
    reader, writer = await asyncio.open_connection("127.0.0.1", salon.seeded.web_port)
    writer.write(f"POST /{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{{".encode())
    async with asyncio.timeout(5):
        assert b" 408 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


UNREADABLE = [
    *(
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'"text"',
        b'{"object": "page", "entry": []}',
        b'{"entry": [{}]}',
    ),
    b'{"object":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
]


async def test_signed_but_unreadable_is_malformed(salon):
    for body in UNREADABLE:
        assert await salon.post(resigned(salon, signed(salon, "whatsapp"), body)) == 400, body[:40]
    assert await nothing_is_stored(salon)


async def test_a_form_without_a_sid_is_malformed(salon):
    request = signed(salon, "twilio")
    for body in (b"", b"Body=Hi", urlencode({"MessageSid": "SM1", "AccountSid": "AC" + "0" * 32}).encode()):
        assert await salon.post(resigned(salon, request, body, channel="twilio")) == 400
    assert await nothing_is_stored(salon)


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_content_encoding_is_refused(salon, channel):
    request = signed(salon, channel)
    for encoding in ("gzip", "deflate, gzip", "x-new"):
        encoded = replace(request, headers={**request.headers, "Content-Encoding": encoding})
        assert await salon.post(encoded) == 415, encoding
    assert await nothing_is_stored(salon)


async def test_other_methods_and_paths_are_not_there(salon):
    url = signed(salon, "twilio").url
    assert (await salon.http.put(url)).status_code == 405
    assert (await salon.http.get(url)).status_code == 405
    assert (await salon.http.post(url.replace("/twilio/", "/pigeon/"))).status_code == 404


# -- routing -----------------------------------------------------------------------------------------------


async def test_an_unknown_phone_id_is_kept_and_reported_and_does_not_hold_up_its_batch(salon):
    ours = salon.channel_accounts["nail-salon", "whatsapp"].address
    body = envelope(
        change("999000999000999", [text_message("96550000124", id="wamid.stray")]),
        change(ours, [text_message("96550000123", id="wamid.ours")]),
    )
    for _ in range(2):
        assert await salon.post(resigned(salon, signed(salon, "whatsapp"), body)) == 200
    assert [r["external_id"] for r in await salon.rows("SELECT external_id FROM inbox")] == ["wamid.ours"]
    (kept,) = await salon.rows("SELECT address, external_id, payload FROM unrouted_webhooks")
    assert (kept["address"], kept["external_id"]) == ("999000999000999", "wamid.stray")
    assert kept["payload"]["text"] == "Hi"
    (error,) = await salon.rows("SELECT kind, workspace_id, times FROM operator_errors")
    assert error == {"kind": "unrouted_webhook", "workspace_id": None, "times": 1}


async def test_an_unknown_number_of_twilio_is_kept_and_answered_404(salon):
    account = salon.channel_accounts["nail-salon", "twilio"]
    request = signed(salon, "twilio")
    body = request.body.replace(urlencode({"To": account.address}).encode(), b"To=%2B15550199")
    assert body != request.body
    assert await salon.post(resigned(salon, request, body, channel="twilio")) == 404
    assert await count(salon, "inbox") == 0
    (kept,) = await salon.rows("SELECT address FROM unrouted_webhooks")
    assert kept["address"] == "+15550199"
    assert [r["kind"] for r in await salon.rows("SELECT kind FROM operator_errors")] == ["unrouted_webhook"]


@pytest.mark.parametrize(("channel", "answer"), [("whatsapp", 200), ("twilio", 404)])
async def test_an_unknown_account_key_is_kept_without_its_text(salon, channel, answer):
    request = signed(salon, channel, text="my secret wish")
    stray = replace(request, url=request.url.rpartition("/")[0] + "/nobody-has-this-key")
    for _ in range(3):
        assert await salon.post(stray) == answer
    assert await nothing_is_stored(salon)
    (kept,) = await salon.rows("SELECT account_key, payload FROM unrouted_webhooks")
    assert kept["account_key"] == "nobody-has-this-key"
    assert set(kept["payload"]) == {"bytes", "sha256"}


async def test_a_stranger_who_tries_keys_fills_neither_table(salon, monkeypatch):
    base = signed(salon, "twilio").url.rpartition("/")[0]
    await salon.pool.execute(
        "INSERT INTO unrouted_webhooks (id, channel, account_key, address, external_id, payload)"
        " SELECT gen_random_uuid(), 'twilio', 'made-up-' || n, '', n::text, '{}' FROM generate_series(1, 999) n"
    )
    for number in range(3):
        assert (await salon.http.post(f"{base}/made-up-key-{number}", content=b"x")).status_code == 404
    assert await count(salon, "unrouted_webhooks") == 1000
    assert await count(salon, "operator_errors") == 1


async def test_a_switched_off_account_is_nobodys(salon):
    await salon.pool.execute("UPDATE channel_accounts SET enabled = false")
    assert await salon.post(signed(salon, "twilio")) == 404
    assert await salon.post(signed(salon, "whatsapp")) == 200
    assert await nothing_is_stored(salon)


async def test_a_batch_for_several_numbers_reaches_each_business(salon):
    """Both demo numbers hang on one Meta app: its one signature covers both."""
    first, second = (salon.channel_accounts[key, "whatsapp"] for key in ("nail-salon", "nail-studio"))
    if first.secrets["app_secret"] != second.secrets["app_secret"]:
        await _share_the_app(salon, first, second)
    body = envelope(
        change(
            first.address,
            [text_message("96550000123", id="wamid.1"), text_message("96550000124", id="wamid.2")],
        ),
        change(second.address, [text_message("96550000123", id="wamid.3")]),
    )
    assert await salon.post(resigned(salon, signed(salon, "whatsapp"), body)) == 200
    stored = await salon.rows("SELECT external_id, workspace_id, account FROM inbox ORDER BY external_id")
    assert [(r["external_id"], r["workspace_id"], r["account"]) for r in stored] == [
        ("wamid.1", first.workspace_id, first.account_key),
        ("wamid.2", first.workspace_id, first.account_key),
        ("wamid.3", second.workspace_id, second.account_key),
    ]
    customers = await salon.rows("SELECT workspace_id FROM customers WHERE phone = '+96550000123'")
    assert len({row["workspace_id"] for row in customers}) == 2


async def _share_the_app(salon, first, second):
    from bot.accounts import sealed_channel_account

    for account in (
        first,
        replace(second, secrets={**second.secrets, "app_secret": first.secrets["app_secret"]}),
    ):
        row = sealed_channel_account(account, salon.resources.box)
        await salon.pool.execute(
            "UPDATE channel_accounts SET secrets = $1, signing_group = $2 WHERE id = $3",
            row.secrets,
            row.signing_group,
            row.id,
        )


async def test_a_number_of_another_app_is_not_reachable_with_our_signature(salon):
    theirs = salon.channel_accounts["nail-studio", "whatsapp"]
    await salon.pool.execute("UPDATE channel_accounts SET signing_group = id::text")
    body = envelope(change(theirs.address, [text_message("96550000123", id="wamid.1")]))
    assert await salon.post(resigned(salon, signed(salon, "whatsapp"), body)) == 200
    assert await nothing_is_stored(salon)
    assert await count(salon, "unrouted_webhooks") == 1


async def test_a_message_type_we_cant_use_is_stored_and_acknowledged(salon):
    kinds = ["type_of_tomorrow", "unsupported", "image", "contacts", "order", "reaction"]
    messages = [
        {
            "from": "96550000123",
            "id": f"wamid.{kind}",
            "timestamp": "1790000000",
            "type": kind,
            kind: {"x": [1]},
        }
        for kind in kinds
    ]
    body = envelope(change(salon.channel_accounts["nail-salon", "whatsapp"].address, messages))
    assert await salon.post(resigned(salon, signed(salon, "whatsapp"), body)) == 200
    stored = await salon.rows("SELECT external_id FROM inbox ORDER BY id")
    assert [row["external_id"] for row in stored] == [f"wamid.{kind}" for kind in kinds]
    await salon.settle()
    assert {row["status"] for row in await salon.rows("SELECT status FROM inbox")} == {"done"}


async def test_a_change_we_dont_know_is_acknowledged(salon):
    entry = {"id": "1", "changes": [{"field": "flows", "value": 7}, {"field": None}, "x"], "time": 1}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry, {}, None], "new": {}}).encode()
    assert await salon.post(resigned(salon, signed(salon, "whatsapp"), body)) == 200


async def test_the_web_channel_takes_signed_json(salon):
    widget = salon.channel_accounts["nail-salon", "web"]
    guest = SimulatedCustomer(phone=None, user_id="session-1", name="Sara")
    request = webhook(typed("Hi"), customer=guest, account=widget, message_id="m-1", at=now())
    assert await salon.post(replace(request, headers={})) == 403
    assert await salon.post(request) == 200
    assert await salon.post(sign(replace(request, body=b'{"text": "Hi"}'), widget)) == 400
    await salon.settle()
    directions = await salon.rows("SELECT direction FROM messages ORDER BY seq")
    assert [row["direction"] for row in directions] == ["in", "out"]


# -- the subscription check of Meta ------------------------------------------------------------------------


async def test_the_subscription_is_confirmed_with_the_right_word_only(salon):
    account = salon.channel_accounts["nail-salon", "whatsapp"]
    right = {
        "hub.mode": "subscribe",
        "hub.challenge": "1158201444",
        "hub.verify_token": account.secrets["verify_token"],
    }
    url = account.callback_url
    answer = await salon.http.get(url, params=right)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    for wrong in (
        {**right, "hub.verify_token": "wrong"},
        {**right, "hub.verify_token": ""},
        {**right, "hub.mode": "unsubscribe"},
        {"hub.mode": "subscribe", "hub.verify_token": right["hub.verify_token"]},
        {},
    ):
        assert (await salon.http.get(url, params=wrong)).status_code == 403
    nobody = url.rpartition("/")[0] + "/nobody-has-this-key"
    assert (await salon.http.get(nobody, params={**right, "hub.verify_token": ""})).status_code == 403


# -- receipts ----------------------------------------------------------------------------------------------


@pytest.fixture
async def sent(salon):
    """One reply that went out: its effect, and the receipts the sandbox tells on its own are over."""
    phone = salon.phone()
    await phone.say("Hi")
    await salon.receipts()
    await salon.pool.execute(
        "UPDATE messages SET delivery_status = 'accepted', delivery_rank = 2 WHERE direction = 'out'"
    )
    (effect,) = await salon.rows("SELECT id, external_ref FROM effects WHERE kind = 'send'")
    return effect


async def tell(salon, *statuses, workspace="nail-salon"):
    account = salon.channel_accounts[workspace, "whatsapp"]
    body = envelope(change(account.address, (), statuses))
    request = WebhookRequest("POST", account.callback_url, {"content-type": "application/json"}, {}, body)
    return await salon.post(sign(request, account))


async def delivery(salon):
    (row,) = await salon.rows("SELECT delivery_status, delivery_error FROM messages WHERE direction = 'out'")
    return row["delivery_status"]


async def test_receipts_in_any_order_only_rise(salon, sent):
    for word, shown in [
        ("delivered", "delivered"),
        ("sent", "delivered"),
        ("read", "read"),
        ("delivered", "read"),
        ("failed", "read"),
        ("something new", "read"),
    ]:
        assert await tell(salon, status(sent["external_ref"], word, effect=sent["id"])) == 200
        assert await delivery(salon) == shown
    assert await count(salon, "inbox") == 1


async def test_receipts_of_one_batch_and_without_our_id_are_applied(salon, sent):
    reference = sent["external_ref"]
    assert await tell(salon, *(status(reference, word) for word in ("read", "sent", "delivered"))) == 200
    assert await delivery(salon) == "read"


async def test_a_failed_delivery_is_told_to_the_operator(salon, sent):
    errors = [{"code": 131047, "title": "Re-engagement message"}]
    assert await tell(salon, status(sent["external_ref"], "failed", effect=sent["id"], errors=errors)) == 200
    assert await delivery(salon) == "failed"
    (error,) = await salon.rows("SELECT kind, effect_id FROM operator_errors")
    assert error == {"kind": "delivery_failed", "effect_id": sent["id"]}


async def test_another_business_can_say_nothing_of_our_messages(salon, sent):
    await salon.pool.execute("UPDATE channel_accounts SET signing_group = id::text")
    salon.resources.accounts._named._kept.clear()
    stranger = status(sent["external_ref"], "read", effect=sent["id"])
    assert await tell(salon, stranger, workspace="nail-studio") == 200
    assert await delivery(salon) == "accepted"


# -- a database that is away -------------------------------------------------------------------------------


@pytest.fixture
def database(databases, salon_dsn):
    """Switches the test's database off and on again."""
    name = next(word for word in re.split(r"[/?&=]", salon_dsn) if word.startswith("test_"))

    def switch(*, on):
        databases._admin(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {"true" if on else "false"}')
        if not on:
            databases._admin(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            )

    yield switch
    switch(on=True)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("known", [[], ["_named"], ["_named", "_profiles"]], ids=["cold", "accounts", "all"])
async def test_without_the_database_nothing_is_acknowledged(salon, database, channel, known):
    """Whatever this process has in memory of the account when the database goes."""
    assert await salon.post(signed(salon, channel)) == 200
    for cached in {"_named", "_profiles"} - set(known):
        getattr(salon.resources.accounts, cached)._kept.clear()
    before = await count(salon, "inbox")
    database(on=False)
    request = signed(salon, channel)
    assert await salon.post(request) == 503
    assert await salon.post(replace(request, url=request.url.rpartition("/")[0] + "/nobody-has-this")) == 503
    assert (await salon.http.get(f"http://127.0.0.1:{salon.seeded.web_port}/api/health")).status_code == 503
    database(on=True)
    assert await count(salon, "inbox") == before
    assert await salon.post(request) == 200
    assert await count(salon, "inbox") == before + 1


async def test_receipts_without_the_database_are_not_acknowledged(salon, sent, database):
    database(on=False)
    receipt = status(sent["external_ref"], "read", effect=sent["id"])
    assert await tell(salon, receipt) == 503
    database(on=True)
    assert await tell(salon, receipt) == 200
    assert await delivery(salon) == "read"
