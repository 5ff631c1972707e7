"""The checker finds what it is there for: sound evidence, spoilt in one place, is one named violation."""

from __future__ import annotations

import copy

import pytest
import pytest_asyncio

from tests.faults.checker import Evidence, check
from tests.faults.customer import Wish
from tests.faults.verdict import assert_sound

pytestmark = [
    pytest.mark.faults,
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sound(world):
    """Two bookings by text, without a fault."""
    for number, hour in ((1, 11), (2, 13)):
        customer = world.customer(number, Wish("classic pedicure", "Zahra", 1, hour), workspace="nail-salon")
        assert await customer.book() == "booked"
    return await assert_sound(world)


@pytest.fixture
def evidence(sound):
    return Evidence(
        copy.deepcopy(sound.acknowledged), copy.deepcopy(sound.sandbox), copy.deepcopy(sound.tables)
    )


def first(rows, **wanted):
    return next(row for row in rows if all(row[name] == value for name, value in wanted.items()))


def message_lost(e):
    e.tables["inbox"].remove(first(e.tables["inbox"], kind="customer_message"))


def message_never_handled(e):
    first(e.tables["inbox"], kind="customer_message")["status"] = "waiting"


def put_aside_in_silence(e):
    row = first(e.tables["inbox"], kind="customer_message")
    row["status"] = "quarantined"
    e.tables["messages"].remove(first(e.tables["messages"], inbox_id=row["id"], direction="in"))


def heard_twice(e):
    row = first(e.tables["messages"], direction="in")
    e.tables["messages"].insert(e.tables["messages"].index(row), dict(row))


def done_without_a_turn(e):
    e.tables["messages"].remove(first(e.tables["messages"], direction="in"))


def sent_twice(e):
    for name in ("meta", "twilio"):
        e.sandbox[name] += [entry for entry in e.sandbox[name] if entry["kind"] == "message"][:1]


def done_but_never_sent(e):
    for name in ("meta", "twilio"):
        e.sandbox[name] = [entry for entry in e.sandbox[name] if entry["kind"] != "message"]


def sent_but_called_failed(e):
    first(e.tables["effects"], kind="send")["status"] = "failed"


def sent_by_nobody(e):
    first([*e.sandbox["meta"], *e.sandbox["twilio"]], kind="message")["correlation"] = "nobody"


def ordered_twice(e):
    entry = copy.deepcopy(first(e.sandbox["nailit"], kind="order"))
    entry["data"]["order_id"] += 500
    entry["data"]["lines"] = []
    e.sandbox["nailit"].append(entry)


def order_forgotten(e):
    first(e.tables["effects"], kind="place_order")["status"] = "failed"


def heard_out_of_order(e):
    conversation = e.tables["messages"][0]["conversation_id"]
    rows = [
        r for r in e.tables["messages"] if r["conversation_id"] == conversation and r["direction"] == "in"
    ]
    rows[0]["inbox_id"], rows[1]["inbox_id"] = rows[1]["inbox_id"], rows[0]["inbox_id"]


def turns_out_of_order(e):
    e.tables["messages"][0]["turn"] = 99


def sends_out_of_order(e):
    rows = [entry for entry in e.sandbox["meta"] or e.sandbox["twilio"] if entry["kind"] == "message"]
    rows[0]["correlation"], rows[1]["correlation"] = rows[1]["correlation"], rows[0]["correlation"]


def booked_without_an_order(e):
    e.sandbox["nailit"] = [entry for entry in e.sandbox["nailit"] if entry["kind"] != "order"]


def said_booked_too_early(e):
    row = first(e.tables["messages"], direction="out")
    row["body"] = "Your booking is confirmed! Order number 77777, confirmation code AAAAAA."


def two_at_one_person(e):
    e.tables["items"].append(dict(e.tables["items"][0]))


def one_frame_in_two_orders(e):
    entry = copy.deepcopy(first(e.sandbox["nailit"], kind="order"))
    entry["data"]["mobile"] = "+96550009999"
    e.sandbox["nailit"].append(entry)


def order_in_another_salon(e):
    first(e.sandbox["nailit"], kind="order")["account"] = "nail-studio"


def something_still_open(e):
    first(e.tables["effects"], kind="send")["status"] = "in_flight"


def operator_not_told(e):
    first(e.tables["effects"], kind="send")["status"] = "needs_operator"


def customer_not_told(e):
    row = first(e.tables["effects"], kind="place_order")
    row["status"] = "needs_operator"
    e.tables["errors"].append(
        {"effect_id": row["id"], "kind": "x", "conversation_id": row["conversation_id"]}
    )


@pytest.mark.parametrize(
    ("spoil", "invariant"),
    [
        (message_lost, "I1"),
        (message_never_handled, "I1"),
        (put_aside_in_silence, "I1"),
        (heard_twice, "I2"),
        (done_without_a_turn, "I2"),
        (sent_twice, "I3"),
        (done_but_never_sent, "I3"),
        (sent_but_called_failed, "I3"),
        (sent_by_nobody, "I3"),
        (ordered_twice, "I4"),
        (order_forgotten, "I4"),
        (heard_out_of_order, "I5"),
        (turns_out_of_order, "I5"),
        (sends_out_of_order, "I5"),
        (booked_without_an_order, "I6"),
        (said_booked_too_early, "I6"),
        (two_at_one_person, "I7"),
        (one_frame_in_two_orders, "I7"),
        (order_in_another_salon, "I8"),
        (something_still_open, "I9"),
        (operator_not_told, "I9"),
        (customer_not_told, "I9"),
    ],
)
async def test_spoilt_evidence_is_a_violation(evidence, spoil, invariant):
    assert check(evidence) == []
    spoil(evidence)
    assert invariant in {each.invariant for each in check(evidence)}
