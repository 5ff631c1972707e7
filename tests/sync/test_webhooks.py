"""A booking system's webhook: only its own signature makes us read again, once, and only what it concerns."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import hmac
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from hypothesis import given
from hypothesis import strategies as st

from bot.accounts import sealed_provider_account
from bot.web.provider_webhooks import ProviderWebhooks
from db import accounts, sync_runs
from db.ids import new_id
from db.secrets import SecretBox
from db.tx import tx
from providers.contract import ProviderAccount
from sync.webhooks import MalformedNotice, Scheme, matching_scheme, read_notice
from tests.listening import LocalServer
from tests.sync.conftest import Syncer
from workers.provider_webhooks import ProviderNotices

SECRET = "whsec_c2hvcG1vbmtleV9zZWNyZXRfbWFkZV91cA=="
BODY = b'{"apiVersion":3,"operation":"INSERT","table":"order","data":{"id":"o1"}}'
HEADERS = {
    "webhook-id": "msg_1",
    "webhook-timestamp": "1767225600",
    "webhook-signature": "v1,VURP9VRXaYXJc0qGVdwwesCPJLGukTJnekZZq+piEcs=",
}
THEN = datetime.fromtimestamp(1767225600, UTC)
BOX = SecretBox([base64.b64encode(b"k" * 32).decode()])


def signed(
    body: bytes, secret: str = SECRET, *, at: datetime = THEN, scheme: Scheme = Scheme.STANDARD
) -> dict[str, str]:
    """Headers as the provider would send them, made without the code under test."""
    key = secret.encode()
    if scheme in {Scheme.STANDARD, Scheme.STANDARD_HEX}:
        key = base64.b64decode(secret.removeprefix("whsec_"))
    message_id, stamp = f"msg_{uuid4().hex}", str(int(at.timestamp()))
    mac = hmac.new(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256)
    text = base64.b64encode(mac.digest()).decode() if "hex" not in scheme else mac.hexdigest()
    return {"webhook-id": message_id, "webhook-timestamp": stamp, "webhook-signature": f"v1,{text}"}


def told(table: str, *, row: str = "a1", updated: str | None = "2026-11-21T09:00:00Z") -> bytes:
    data = {"id": row, "locationId": "l1", **({"updatedDate": updated} if updated else {})}
    return json.dumps({"apiVersion": 3, "operation": "UPDATE", "table": table, "data": data}).encode()


# signatures


def test_the_published_vector_of_the_specification():
    assert matching_scheme(HEADERS, BODY, SECRET, now=THEN) is Scheme.STANDARD


@pytest.mark.parametrize("scheme", list(Scheme))
def test_each_way_of_signing_is_told_apart(scheme):
    headers = signed(BODY, scheme=scheme)
    assert matching_scheme(headers, BODY, SECRET, now=THEN) is scheme
    assert matching_scheme(headers, BODY, SECRET, now=THEN, only=scheme) is scheme
    others = set(Scheme) - {scheme}
    assert [matching_scheme(headers, BODY, SECRET, now=THEN, only=one) for one in others] == [None] * 3


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-signature": ""},
        {"webhook-signature": HEADERS["webhook-signature"].removeprefix("v1,")},
        {"webhook-signature": HEADERS["webhook-signature"].replace("v1,", "v2,")},
        {"webhook-signature": "v1,"},
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-id": "\udcff"},
        {"webhook-signature": "v1,\udcff"},
        {"webhook-timestamp": "1767225601"},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": "²"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": ""},
    ],
)
def test_a_header_that_is_not_the_senders(changes):
    assert matching_scheme({**HEADERS, **changes}, BODY, SECRET, now=THEN) is None


@given(position=st.integers(0, len(BODY) - 1), bit=st.integers(0, 7))
def test_one_bit_of_the_body_makes_it_a_forgery(position, bit):
    changed = bytearray(BODY)
    changed[position] ^= 1 << bit
    assert matching_scheme(HEADERS, bytes(changed), SECRET, now=THEN) is None


@given(secret=st.text(max_size=60))
def test_another_secret_never_fits_and_never_raises(secret):
    assert matching_scheme(HEADERS, BODY, secret, now=THEN) is None


@pytest.mark.parametrize(("late", "fits"), [(299, True), (301, False), (-299, True), (-301, False)])
def test_five_minutes_either_way(late, fits):
    found = matching_scheme(HEADERS, BODY, SECRET, now=THEN + timedelta(seconds=late))
    assert (found is not None) is fits


def test_a_rotated_secret_signs_twice():
    several = {**HEADERS, "webhook-signature": f"v1,AAAA v1a,BBBB {HEADERS['webhook-signature']}"}
    assert matching_scheme(several, BODY, SECRET, now=THEN) is Scheme.STANDARD


# what it tells


@pytest.mark.parametrize(
    ("table", "kind"), [("appointment", "slots"), ("user", "full"), ("order", None), ("shiny_new", None)]
)
def test_only_what_concerns_the_catalog_or_its_times(table, kind):
    assert read_notice("shopmonkey", told(table)).kind == kind
    assert read_notice("nailit", told(table)).kind is None


def test_repetitions_are_known_and_changes_are_not():
    first = read_notice("shopmonkey", told("appointment"))
    again = json.dumps(json.loads(told("appointment")) | {"attempt": 2}).encode()
    assert read_notice("shopmonkey", again).fingerprint == first.fingerprint
    others = [
        told("appointment", row="a2"), told("appointment", updated="2026-11-21T09:00:01Z"), told("user")
    ]  # fmt: skip
    assert len({read_notice("shopmonkey", one).fingerprint for one in others} | {first.fingerprint}) == 4


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"table": 3}', b"\xff\xfe", b"[" * 100_000])
def test_what_can_not_be_read_is_said_so(body):
    with pytest.raises(MalformedNotice):
        read_notice("shopmonkey", body)


# over HTTP


class Seen:
    """What Redis would remember."""

    def __init__(self) -> None:
        self.keys: set[str] = set()

    async def all_seen(self, keys: Sequence[str]) -> bool:
        return set(keys) <= self.keys

    def remember(self, keys: Sequence[str]) -> None:
        self.keys.update(keys)


class Door:
    """The web process's route, with its account."""

    def __init__(self, sync: Syncer, client: TestClient, seen: Seen, rung: list[UUID]) -> None:
        self.sync, self.client, self.seen, self.rung = sync, client, seen, rung
        self.account_id = UUID(int=0)

    async def connect(self, *, provider: str = "shopmonkey", enabled: bool = True, **secrets: str) -> UUID:
        self.account_id = new_id()
        row = sealed_provider_account(
            ProviderAccount(provider, "", "https://example.com", "Asia/Kuwait", "KWD", secrets=secrets),
            BOX,
            account_id=self.account_id,
            workspace_id=self.sync.workspace_id,
            enabled=enabled,
        )
        async with tx(self.sync.pool, self.sync.workspace_id) as connection:
            await accounts.save_provider_account(connection, row)
        return self.account_id

    async def post(
        self, body: bytes | io.BytesIO, headers: dict[str, str], *, provider: str = "shopmonkey"
    ) -> int:
        url = f"/webhooks/provider/{provider}/{self.account_id}"
        async with self.client.post(url, data=body, headers=headers) as answer:
            return answer.status

    async def runs(self) -> list[tuple[str, ...]]:
        return await self.sync.rows("SELECT kind, trigger, status FROM sync_runs ORDER BY requested_at")


@pytest.fixture
async def door(sync):
    seen, rung = Seen(), []
    notices = ProviderNotices(sync.pool, BOX, seen, rung.extend, lambda: THEN)
    app = web.Application()
    app.add_routes(ProviderWebhooks(notices).routes())
    async with TestClient(LocalServer(app)) as client:
        yield Door(sync, client, seen, rung)


async def test_a_changed_appointment_asks_for_free_times_once(door):
    await door.connect(webhook_secret=SECRET)
    body = told("appointment")
    for _ in range(3):  # every provider repeats
        assert await door.post(body, signed(body)) == 200
    assert await door.runs() == [("slots", "webhook", "requested")]
    assert len(door.rung) == 1
    later = told("appointment", updated="2026-11-21T09:05:00Z")
    assert await door.post(later, signed(later)) == 200
    assert len(await door.runs()) == 1, "the run that waits will read that, too"


async def test_five_at_once_make_one_run(door):
    await door.connect(webhook_secret=SECRET)
    bodies = [told("appointment", row=f"a{number}") for number in range(5)]
    assert await asyncio.gather(*(door.post(body, signed(body)) for body in bodies)) == [200] * 5
    assert len(await door.runs()) == 1


async def test_a_change_while_a_run_reads_is_read_by_the_next(door):
    await door.connect(webhook_secret=SECRET)
    await door.post(told("appointment"), signed(told("appointment")))
    run = await sync_runs.claim_run(door.sync.pool, claim_seconds=60)
    assert run is not None
    meanwhile = told("appointment", row="a2")
    assert await door.post(meanwhile, signed(meanwhile)) == 200
    async with tx(door.sync.pool, door.sync.workspace_id) as connection:
        await sync_runs.finish_run(connection, run.id, status="done", counts={})
    assert [status for _, _, status in await door.runs()] == ["done", "requested"]


async def test_what_is_of_no_concern_is_answered_and_forgotten(door):
    await door.connect(webhook_secret=SECRET)
    assert await door.post(BODY, HEADERS) == 200
    assert await door.runs() == []


async def test_the_way_of_signing_that_fitted_is_required_from_then_on(door):
    account_id = await door.connect(webhook_secret=SECRET)
    first = told("appointment")
    assert await door.post(first, signed(first, scheme=Scheme.RAW_KEY_HEX)) == 200
    assert await door.sync.rows("SELECT id, settings FROM provider_accounts") == [
        (account_id, {"webhook_scheme": "raw_key_hex"})
    ]
    second = told("appointment", row="a2")
    assert await door.post(second, signed(second)) == 403
    assert await door.post(second, signed(second, scheme=Scheme.RAW_KEY_HEX)) == 200


async def test_forged_old_and_unreadable(door):
    await door.connect(webhook_secret=SECRET)
    body = told("appointment")
    other = "whsec_" + base64.b64encode(b"somebody else").decode()
    assert await door.post(body, signed(body, other)) == 403
    assert await door.post(body, {}) == 403
    assert await door.post(body, signed(body, at=THEN - timedelta(minutes=6))) == 403
    assert await door.post(b"<html>", signed(b"<html>")) == 400
    packed = gzip.compress(body)
    assert await door.post(packed, {**signed(packed), "Content-Encoding": "gzip"}) == 415
    big = b" " * (1024 * 1024 + 1)
    assert await door.post(io.BytesIO(big), signed(big)) == 413
    assert await door.runs() == []
    assert await door.sync.rows("SELECT settings FROM provider_accounts") == [({},)]


async def test_off_without_a_secret_without_an_account_and_for_others(door):
    body = told("appointment")
    door.account_id = new_id()
    assert await door.post(body, signed(body)) == 404
    await door.connect(enabled=False, webhook_secret=SECRET)
    assert await door.post(body, signed(body)) == 404
    await door.connect(api_key="k")
    assert await door.post(body, signed(body, "whsec_")) == 404
    assert await door.post(body, signed(body), provider="nailit") == 404
    assert await door.post(body, signed(body), provider="own_calendar") == 404
    async with door.client.post("/webhooks/provider/shopmonkey/not-an-id", data=body) as answer:
        assert answer.status == 404
    assert await door.runs() == []


async def test_a_secret_opens_its_own_business_only(door):
    """Another business's account with its own secret: neither's signature moves the other."""
    await door.connect(webhook_secret=SECRET)
    other_id = await accounts.save_workspace(
        door.sync.pool, key="other", name="Other", settings={"timezone": "Asia/Kuwait", "currency": "KWD"}
    )
    other = Door(Syncer(door.sync.pool, other_id), door.client, door.seen, door.rung)
    theirs = "whsec_" + base64.b64encode(b"another secret").decode()
    await other.connect(webhook_secret=theirs)
    body = told("appointment")
    assert await other.post(body, signed(body)) == 403
    assert await other.post(body, signed(body, theirs)) == 200
    assert await door.runs() == []
    assert await other.runs() == [("slots", "webhook", "requested")]


async def test_a_database_that_is_away_is_no_200(door):
    await door.connect(webhook_secret=SECRET)
    body = told("appointment")
    await door.sync.pool.close()
    assert await door.post(body, signed(body)) == 503
