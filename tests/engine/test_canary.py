"""I12: a customer's name, number, address and words, and the business's secrets, stand in no line of any log.

Whole talks with the real logging of the processes, and everything that goes wrong on the way; then the output is
searched.
"""

import asyncio
import io
import json
import logging
import sys
from dataclasses import replace

import pytest

from bot.channels.simulator.acts import typed
from tests.engine.test_booking import LINES
from workers import logs
from workers.settings import LogFormat

PHONE = "+96550000987"
NAME = "Nadia Canary-Sparrow"
EMAIL = "nadia.sparrow@example.com"
WISH = "my scalp itches terribly"
USER_ID = "KW.1349000000000987"
CANARIES = [
    "96550000987",
    "5000 0987",
    "Nadia",
    "Sparrow",
    "sparrow",
    "scalp",
    "itches",
    USER_ID,
    "000000000987",
]

TALK = [line.replace("Sara Test", NAME).replace("sara@example.com", EMAIL) for line in LINES]


@pytest.fixture(params=list(LogFormat), ids=lambda each: each.value)
def output(request, monkeypatch):
    """Logging as every process sets it up, at its most talkative, into a buffer."""
    import structlog

    root = logging.getLogger()
    before = (root.handlers, root.level, sys.excepthook, structlog.get_config())
    levels = {
        name: logging.getLogger(name).level for name in ("httpx", "httpcore", "arq", "asyncio", "twilio")
    }
    stream = io.StringIO()

    def configure(settings, process):
        chosen = settings.model_copy(update={"log_format": request.param, "log_level": "DEBUG"})
        logs.configure_logging(chosen, process, stream)

    configure.written = stream.getvalue
    yield configure
    root.handlers, level, sys.excepthook, config = before
    root.setLevel(level)
    structlog.configure(**config)
    structlog.contextvars.clear_contextvars()
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def secrets_of(salon):
    return {secret for account in salon.channel_accounts.values() for secret in account.secrets.values()}


def is_clean(text, salon, *, at_least):
    """Nothing of the customer, no secret; and enough was written for that to mean something."""
    assert text.count("\n") >= at_least, text
    found = {word for word in [*CANARIES, *secrets_of(salon)] if word in text}
    lines = [line for line in text.splitlines() if any(word in line for word in found)]
    assert not found, lines[:5]


async def everything(salon, channel):
    """A booking, and what a customer may do beside it."""
    phone = salon.phone(PHONE, channel=channel, name=NAME)
    for line in [*TALK, WISH, "I want to talk to a human", "STOP", "START"]:
        await phone.say(line)
    assert len(await salon.orders()) == 1
    return phone


@pytest.mark.parametrize("channel", ["whatsapp", "twilio"])
async def test_a_booking_leaves_nothing_of_the_customer_in_the_log(salon, output, channel):
    output(salon.resources.settings, "web")
    await everything(salon, channel)
    await salon.receipts()
    text = output.written()
    assert "order.placed" in text
    is_clean(text, salon, at_least=1)


async def test_nothing_of_the_customer_when_everything_goes_wrong(salon, output, monkeypatch):
    """Refused rows, broken turns, lost answers, bad signatures, rows that are too long: each with its traceback."""
    output(salon.resources.settings, "dispatcher")
    phone = salon.phone(PHONE, user_id=USER_ID, name=NAME)
    for line in TALK[:-1]:
        await phone.say(line)
    # A turn that raises with the customer's words in its hands, and in its message.
    from bot.flows import router

    def explode(state, events, context):
        words = events[-1].inbound.text
        raise ValueError(f"can't understand {words} of {context.customer}")

    with monkeypatch.context() as patch:
        patch.setattr(router, "step", explode)
        await phone.post(typed(WISH))
        await salon.dispatcher.take_waiting()
    # An effect that raises with its request in its message.
    from bot import effects

    async def broken(_context, effect):
        raise RuntimeError(f"no way to do for {NAME}: {effect.request}")

    with monkeypatch.context() as patch:
        patch.setattr(effects, "perform_send", broken)
        await asyncio.sleep(0.2)
        await salon.dispatcher.take_waiting()
        await salon.dispatcher.perform_leftovers()
    # PostgreSQL refuses a row and quotes it.
    await salon.pool.execute(
        "ALTER TABLE customers ADD CONSTRAINT s CHECK (length(profile_name) < 3) NOT VALID"
    )
    longer = replace(phone, customer=replace(phone.customer, name=f"{NAME} the Second"))
    assert await longer.post(typed(WISH)) == 503
    await salon.pool.execute("ALTER TABLE customers DROP CONSTRAINT s")
    # The channel refuses with the number in its sentence; the provider breaks off.
    await salon.fault("meta", "http_5xx", next_n=1)
    await salon.fault("nailit", "accepted_then_reset", "AddOrder")
    await phone.say("yes")
    from bot.channels.contract import WebhookRequest

    account = phone.account
    forged = WebhookRequest(
        "POST",
        account.callback_url,
        {"x-hub-signature-256": "sha256=0"},
        {},
        json.dumps({"text": WISH}).encode(),
    )
    assert await salon.post(forged) == 403
    assert await salon.post(replace(forged, url=f"{account.callback_url}x")) == 200
    text = output.written()
    for event in ("turn.failed", "effect.not_settled", "inbox.row_refused", "webhook.bad_signature"):
        assert event in text, event
    is_clean(text, salon, at_least=5)


async def test_operator_errors_hold_nothing_of_the_customer(salon):
    phone = salon.phone(PHONE, name=NAME)
    for line in TALK[:-1]:
        await phone.say(line)
    await salon.fault("nailit", "accepted_then_reset", "AddOrder")
    await phone.say("yes")
    await phone.say("I want to talk to a human")
    rows = await salon.rows("SELECT kind, summary, fingerprint FROM operator_errors")
    assert rows
    is_clean("\n".join(str(row) for row in rows) + "\n", salon, at_least=1)
