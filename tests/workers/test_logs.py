"""No customer's data and no secret reaches a log line or an error report."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import socket
import sys
import uuid

import pytest
import sentry_sdk
from pydantic import BaseModel, ValidationError

from workers import logs
from workers.settings import LogFormat, Settings

CANARIES = {
    "phone": "+965 5000 0017",
    "phone without plus": "96550000017",
    "phone in Arabic digits": "+٩٦٥٥٠٠٠٠٠١٧",
    "us phone": "(555) 010-0123",
    "e-mail": "canary.customer@example.com",
    "card": "4242 4242 4242 4242",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl",
    "stripe key": "sk_test_canarycanarycanary",
    "meta token": "EAAcanary0123456789canary0123456789",
    "bearer": "Bearer canarycanarycanary",
    "long token": "c4naryc4naryc4naryc4naryc4naryc4naryc4naryc4nary",
}
SENTENCE = "my name is Canary Al-Sabah and my scalp itches"


@pytest.fixture
def lines(monkeypatch):
    """Configured logging, and a function that returns what was written."""
    root = logging.getLogger()
    before = (root.handlers, root.level, sys.excepthook)
    stream = io.StringIO()
    settings = Settings(
        database_url="postgresql://u:canarypassword@localhost/x",
        redis_url="redis://localhost",
        log_format=LogFormat.JSON,
        log_level="DEBUG",
    )
    logs.configure_logging(settings, "web", stream)
    yield stream.getvalue
    root.handlers, level, sys.excepthook = before
    root.setLevel(level)


@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES.keys())
def test_personal_text_is_masked_wherever_it_stands(lines, canary):
    log = logs.get_logger("test")
    event = f"about {canary} here"
    log.info(event, detail=f"x {canary}", nested={"deep": [{"note": canary, "other": canary}]})
    logging.getLogger("some.library").warning("job %s for %s", canary, {"to": canary})
    logging.getLogger("some.library").warning(event)
    assert canary not in lines()
    assert "canary" not in lines().lower()
    assert len(lines().splitlines()) == 3


@pytest.mark.parametrize(
    "key",
    [
        "text",
        "body",
        "phone",
        "email",
        "name",
        "customer_name",
        "bodyText",
        "api_key",
        "auth_token",
        "wa_id",
        "to",
    ],
)
def test_telling_keys_are_masked_whatever_they_hold(lines, key):
    logs.get_logger("test").info("something", **{key: SENTENCE, "outer": {key: SENTENCE}})
    assert SENTENCE not in lines()
    assert json.loads(lines())[key] == logs.MASK


def test_ids_times_and_counts_stay_readable(lines):
    conversation = str(uuid.uuid4())
    tokens = logs.bind(conversation_id=conversation, workspace_id=str(uuid.uuid4()))
    logs.get_logger("test").info(
        "turn.done", duration_ms=1234567890, to_state="ask_time", at="2026-11-21T08:15:00+03:00", attempt=2
    )
    logs.unbind(tokens)
    line = json.loads(lines())
    assert line["conversation_id"] == conversation
    assert (line["event"], line["to_state"], line["attempt"]) == ("turn.done", "ask_time", 2)
    assert line["at"] == "2026-11-21T08:15:00+03:00"
    assert (line["duration_ms"], line["process"], line["level"]) == (1234567890, "web", "info")


class Form(BaseModel):
    age: int


def _raise_with_text():
    try:
        Form.model_validate({"age": SENTENCE})
    except ValidationError as error:
        raise ValueError(f"cannot read {SENTENCE}") from error


def test_an_exception_shows_where_and_what_but_not_the_customers_words(lines):
    try:
        _raise_with_text()
    except ValueError:
        logs.get_logger("test").exception("turn.failed")
        logging.getLogger("some.library").exception("oh")
    written = lines()
    assert SENTENCE not in written
    for line in map(json.loads, written.splitlines()):
        assert "ValueError" in line["exception"]
        assert "ValidationError" in line["exception"]
        assert "_raise_with_text" in line["exception"]


def test_harmless_messages_survive(lines):
    try:
        socket.create_connection(("127.0.0.1", 1))
    except ConnectionRefusedError:
        logs.get_logger("test").exception("redis.down")
    assert "Connection refused" in json.loads(lines())["exception"]


def test_an_object_is_only_named(lines):
    class Customer:
        def __repr__(self):
            return SENTENCE

    logs.get_logger("test").info("seen", who=Customer(), error=ValueError(SENTENCE))
    assert SENTENCE not in lines()
    assert json.loads(lines())["who"] == "<Customer>"
    assert json.loads(lines())["error"] == "ValueError"


def test_an_error_report_is_scrubbed_and_keeps_the_place(lines):
    try:
        _raise_with_text()
    except ValueError:
        hint = {"exc_info": sys.exc_info()}
    event = {
        "message": f"about {CANARIES['phone']}",
        "request": {"data": SENTENCE, "headers": {"Cookie": "canary"}},
        "user": {"email": CANARIES["e-mail"]},
        "extra": {"anything": SENTENCE},
        "breadcrumbs": {"values": [{"message": SENTENCE}]},
        "exception": {
            "values": [
                {
                    "type": "ValueError",
                    "value": f"cannot read {SENTENCE}",
                    "stacktrace": {"frames": [{"function": "_raise_with_text", "vars": {"text": SENTENCE}}]},
                }
            ]
        },
    }
    report = logs.scrub_report(event, hint)
    written = json.dumps(report)
    assert SENTENCE not in written
    assert "canary" not in written.lower()
    assert CANARIES["phone"] not in written
    assert report["exception"]["values"][0]["stacktrace"]["frames"][0]["function"] == "_raise_with_text"


def test_console_lines_are_redacted_too(monkeypatch):
    stream = io.StringIO()
    root = logging.getLogger()
    before = (root.handlers, root.level, sys.excepthook)
    settings = Settings(
        database_url="postgresql://localhost/x", redis_url="redis://localhost", log_format=LogFormat.CONSOLE
    )
    try:
        logs.configure_logging(settings, "web", stream)
        try:
            _raise_with_text()
        except ValueError:
            logs.get_logger("test").exception("turn.failed", phone=CANARIES["phone"])
    finally:
        root.handlers, level, sys.excepthook = before
        root.setLevel(level)
    assert "turn.failed" in stream.getvalue()
    assert "_raise_with_text" in stream.getvalue()
    assert SENTENCE not in stream.getvalue()
    assert CANARIES["phone"] not in stream.getvalue()


async def test_bound_ids_belong_to_their_task(lines):
    async def turn(number):
        logs.bind(conversation=number)
        await asyncio.sleep(0)
        logs.get_logger("test").info("step", expected=number)

    await asyncio.gather(*(turn(number) for number in range(5)))
    for line in map(json.loads, lines().splitlines()):
        assert line["conversation"] == line["expected"]


def test_sentry_stays_off_without_an_address_and_reports_scrubbed_with_one(lines):
    quiet = Settings(database_url="postgresql://localhost/x", redis_url="redis://localhost")
    logs.start_sentry(quiet, "web")
    assert not sentry_sdk.get_client().is_active()
    sent = []
    loud = Settings(
        database_url="postgresql://localhost/x",
        redis_url="redis://localhost",
        sentry_dsn="https://public@sentry.example.com/1",
    )
    logs.start_sentry(loud, "web")
    try:
        client = sentry_sdk.get_client()
        client.transport.capture_envelope = sent.append
        try:
            _raise_with_text()
        except ValueError:
            sentry_sdk.capture_exception()
        logs.get_logger("test").error("turn.failed", text=SENTENCE)
    finally:
        sentry_sdk.get_client().close(timeout=0)
        sentry_sdk.get_global_scope().set_client(None)
    written = b"".join(envelope.serialize() for envelope in sent).decode()
    assert "_raise_with_text" in written
    assert "ValidationError" in written
    assert SENTENCE not in written
    assert "Canary" not in written
