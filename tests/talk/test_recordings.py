"""Recording and replaying: a file replayed twice changes nothing, and what was recorded can be replayed."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import Counter
from pathlib import Path

import pytest

from bot.channels.contract import WebhookRequest
from db import recordings
from tests.talk.rig import chat
from tests.talk.test_chat import BOOKING
from workers.commands.record import _replay
from workers.recorder import Recorder
from workers.recording import RecordingError, read_recording, record

FILES = sorted((Path(__file__).parents[1] / "recordings").glob("*.jsonl"))
BOOKINGS = ("whatsapp_booking.jsonl", "sms_booking.jsonl")
TABLES = (
    "customers",
    "conversations",
    "inbox",
    "messages",
    "effects",
    "bookings",
    "leads",
    "unrouted_webhooks",
)


async def until(look):
    """What `look` finds, as soon as it finds something."""
    async with asyncio.timeout(10):
        while not (found := await look()):  # noqa: ASYNC110 - other connections make it true
            await asyncio.sleep(0.01)
    return found


async def counts(stage) -> dict[str, int]:
    return {name: (await stage.rows(f"SELECT count(*) AS n FROM {name}"))[0]["n"] for name in TABLES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_a_recording_is_taken_in_once_and_a_second_time_changes_nothing(stage, file):
    first = await _replay(stage.settings, file, None, fast=True)
    before, sent = await counts(stage), len(await stage.rows("SELECT 1 FROM effects WHERE kind = 'send'"))

    second = await _replay(stage.settings, file, None, fast=True)

    assert first.ok
    assert second.ok
    assert first.statuses == second.statuses == Counter({200: len(read_recording(file))})
    assert first.duplicates.total() == 0
    assert second.duplicates == second.received == first.received
    assert second.replies.total() == 0
    assert (await counts(stage), sent) == (
        before,
        len(await stage.rows("SELECT 1 FROM effects WHERE kind = 'send'")),
    )
    if first.received:
        assert first.replies.total() > 0
    if file.name in BOOKINGS:
        (order,) = await stage.orders()
        assert order["lines"]


async def test_another_business_can_be_sent_the_same_recording(stage):
    file = next(file for file in FILES if file.name == "whatsapp_booking.jsonl")

    outcome = await _replay(stage.settings, file, "nail-studio", fast=True)

    assert outcome.ok
    (booked,) = await stage.rows(
        "SELECT w.key FROM bookings b JOIN workspaces w ON w.id = b.workspace_id WHERE b.status = 'confirmed'"
    )
    assert booked["key"] == "nail-studio"


async def test_what_was_recorded_is_redacted_and_replays_as_the_same_talk(stage, monkeypatch, tmp_path):
    out, stop, window = tmp_path / "talk.jsonl", asyncio.Event(), uuid.uuid4()
    seen: list[str] = []
    recording = asyncio.create_task(record(stage.resources.pool, window, out, stop=stop, say=seen.append))
    await until(lambda: recordings.open_windows(stage.resources.pool))
    await asyncio.sleep(0.1)  # the web process looks for windows every 20 ms here

    await chat(stage, monkeypatch, *BOOKING, number="+96555512345", name="Badria Kandari")
    await stage.receipts_told()
    stop.set()
    count = await recording

    text = out.read_text()
    entries = read_recording(out)
    assert len(entries) == count == len(seen)
    assert count > 2 * len(BOOKING)  # the delivery receipts are there as well
    assert not {"55512345", "Badria", "Kandari"} & set(text.replace('"', " ").split())
    assert await recordings.open_windows(stage.resources.pool) == []
    outcome = await _replay(stage.settings, out, "nail-studio", fast=True)
    assert outcome.ok
    assert outcome.received == Counter({"+96550000001": len(BOOKING)})
    assert outcome.replies.total() == len(BOOKING)


async def test_a_recorder_that_nobody_asked_keeps_nothing_and_a_dead_database_stops_no_webhook(stage):
    request = WebhookRequest("POST", "https://example.com", {}, {}, b"{}")
    async with Recorder(stage.resources.pool, look_seconds=0.01) as recorder:
        await recorder.observe("web", "key", request)
        assert recorder._waiting.empty()

        window = uuid.uuid4()
        await recordings.open_window(stage.resources.pool, window, seconds=30)
        await until(lambda: asyncio.sleep(0, recorder._windows))
        await recorder.observe(
            "web", "key", WebhookRequest("POST", "https://example.com", {}, {}, b"{nonsense")
        )
        await recorder.observe("web", "key", request)
        kept = await until(lambda: recordings.take(stage.resources.pool, window, after=0))
    assert [item.request["json"] for item in kept] == [{}]


async def test_a_full_recorder_drops_instead_of_waiting(stage):
    recorder = Recorder(stage.resources.pool)
    recorder._windows = (uuid.uuid4(),)  # and nobody writes
    for _ in range(1_100):
        await recorder.observe("web", "key", WebhookRequest("POST", "", {}, {}, b"{}"))

    assert recorder._waiting.full()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "line 2"),
        ('{"at": "2026-03-01T09:00:00Z", "channel": "fax", "account": "x", "json": {}}', "channel"),
        ('{"at": "2026-03-01T09:00:00", "channel": "web", "account": "x", "json": {}}', "at"),
        ('{"at": "2026-03-01T09:00:00Z", "channel": "web", "account": "x"}', "either json or form"),
    ],
)
def test_a_bad_line_is_named(tmp_path, line, why):
    file = tmp_path / "bad.jsonl"
    good = '{"at": "2026-03-01T09:00:00Z", "channel": "web", "account": "x", "json": {}}'
    file.write_text(f"{good}\n{line}\n")

    with pytest.raises(RecordingError, match=r"line 2") as found:
        read_recording(file)
    assert why in str(found.value)


async def test_an_account_nobody_has_is_named(stage, tmp_path):
    file = tmp_path / "other.jsonl"
    entry = {"at": "2026-03-01T09:00:00Z", "channel": "web", "account": "elsewhere", "json": {}}
    file.write_text(json.dumps(entry))

    with pytest.raises(RecordingError, match="no web account 'elsewhere'"):
        await _replay(stage.settings, file, None, fast=True)
    with pytest.raises(
        RecordingError, match="Known: barber-shop, car-tint, massage-studio, nail-salon, nail-studio"
    ):
        await _replay(stage.settings, file, "nobody", fast=True)


async def test_pauses_of_the_recording_are_kept(stage, tmp_path):
    source = next(file for file in FILES if file.name == "web_chat.jsonl")
    lines = [json.loads(line) for line in source.read_text().splitlines()[:2]]
    lines[1]["at"] = lines[0]["at"].replace("09:00:00", "09:00:00.400000")
    file = tmp_path / "paced.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))

    [begun] = await stage.rows("SELECT clock_timestamp() AS at")
    await _replay(stage.settings, file, None, fast=False)

    _, second = await stage.rows("SELECT received_at FROM inbox WHERE source = 'web' ORDER BY id")
    assert 0.4 <= (second["received_at"] - begun["at"]).total_seconds() < 60
