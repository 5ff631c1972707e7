"""`frontdesk payments` and what doctor says of payments, on a business without any."""

from __future__ import annotations

import base64

import pytest
from typer.testing import CliRunner

from db import accounts, payments
from db.secrets import SecretBox
from db.tx import PoolLimits, open_pool, tx
from providers.payment_registry import OLD_WEBHOOK_SECRET, SECRET_KEY, WEBHOOK_SECRET, key_is_live
from tests.conftest import run_async
from workers.checkup_payments import payment_findings
from workers.cli import app

KEY = base64.b64encode(b"p" * 32).decode()
SETTINGS = {"timezone": "Asia/Kuwait", "currency": "KWD", "payment": {"provider": "stripe"}}


@pytest.fixture
def shop(dsn, monkeypatch):
    """A business whose settings ask for links; what the commands read of it."""
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("REDIS_URL", "unix:///nonexistent.sock")
    monkeypatch.setenv("FRONTDESK_SECRET_KEYS", KEY)
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://bot.example.com")

    async def work(do):
        pool = await open_pool(dsn, PoolLimits(), application_name="tests")
        try:
            return await do(pool)
        finally:
            await pool.close()

    run_async(
        work(lambda pool: accounts.save_workspace(pool, key="studio", name="Studio", settings=SETTINGS))
    )
    return lambda do: run_async(work(do))


def frontdesk(*arguments, typed=""):
    return CliRunner().invoke(app, ["payments", *arguments], input=typed)


async def stored(pool):
    """The account with its secrets open, and what doctor says of it."""
    workspace = await accounts.find_workspace(pool, "studio")
    box = SecretBox([KEY])
    async with tx(pool, workspace.id) as transaction:
        row = await payments.account_of(transaction, "stripe")
    secrets = box.open(row.secrets, workspace_id=workspace.id, field=row.secret_field) if row else {}
    [finding] = await payment_findings(pool, workspace, box, "https://bot.example.com")
    return row, secrets, finding


def test_connecting_rotating_and_disconnecting_an_account(shop):
    assert shop(stored)[2].text.endswith("frontdesk payments connect studio")
    done = frontdesk("connect", "studio", typed="sk_test_made_up\n\n")
    assert done.exit_code == 0, done.output
    assert "It is off until" in done.output
    row, _, finding = shop(stored)
    assert (row.live, row.signed, finding.state) == (False, False, "note")
    done = frontdesk("connect", "studio", typed="sk_test_made_up\nwhsec_first\n")
    address = f"https://bot.example.com/api/webhooks/stripe/{row.account_key}"
    assert address in done.output, "the address stays"
    done = frontdesk("connect", "studio", typed="sk_test_newer\nwhsec_second\n")
    row, secrets, finding = shop(stored)
    assert secrets == {
        SECRET_KEY: "sk_test_newer",
        WEBHOOK_SECRET: "whsec_second",
        OLD_WEBHOOK_SECRET: "whsec_first",
    }
    assert (row.signed, finding.state) == (True, "ok")
    listed = frontdesk("accounts").output
    assert address in listed
    for said in (done.output, listed, repr(row)):
        assert "made_up" not in said
        assert "newer" not in said
        assert "whsec" not in said.replace("whsec_...", "")
    done = frontdesk("connect", "studio", typed="sk_live_made_up\n\n")
    row, _, finding = shop(stored)
    assert row.live
    assert (finding.state, "no link can be made" in finding.text) == ("missing", True)
    assert "Disconnected" in frontdesk("disconnect", "studio").output
    assert "No payment account" in frontdesk("disconnect", "studio").output
    assert "No payment account" in frontdesk("accounts").output
    assert "No payment links" in frontdesk().output


@pytest.mark.parametrize(
    ("arguments", "typed", "why"),
    [
        (("connect", "studio"), "pk_test_x\n", "begins with sk_test_"),
        (("connect", "studio"), "sk_test_x\nnonsense\n", "begins with whsec_"),
        (("connect", "nobody"), "sk_test_x\n\n", "no workspace 'nobody'"),
        (("list", "--status", "nonsense"), "", "unknown status"),
        (("settle", "01a1fce6-33ba-7e9e-b67d-e48b732e8d35"), "", "--paid or --not-paid"),
        (("settle", "01a1fce6-33ba-7e9e-b67d-e48b732e8d35", "--paid"), "", "there is no payment"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(shop, arguments, typed, why):
    done = frontdesk(*arguments, typed=typed)
    assert done.exit_code != 0
    assert why in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("key", "live"), [("sk_test_a", False), ("rk_test_a", False), ("sk_live_a", True), ("rk_live_a", True)]
)
def test_a_key_says_whether_it_is_live(key, live):
    assert key_is_live(key) is live
