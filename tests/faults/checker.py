"""Proves the invariants from outside: the customers' own ledger, the sandbox's ledgers and the tables.

It runs after a quiet period and asks the product nothing. Every violation names its invariant and the
conversation it was found in (docs/faults.md lists them).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from tests.faults import wording

_TABLES = {
    "conversations": "SELECT * FROM conversations",
    "inbox": "SELECT * FROM inbox ORDER BY id",
    "messages": "SELECT * FROM messages ORDER BY conversation_id, seq",
    "effects": "SELECT * FROM effects ORDER BY seq",
    "bookings": "SELECT * FROM bookings ORDER BY created_at",
    "items": "SELECT * FROM booking_items WHERE active",
    "errors": "SELECT * FROM operator_errors ORDER BY first_at",
    "workspaces": "SELECT id, key FROM workspaces",
}
_OPEN = ("pending", "in_flight", "unknown")
_NEVER_CALLED = ("failed", "blocked", "cancelled", "pending")


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken promise. `phone` tells the conversation's history."""

    invariant: str
    phone: str
    text: str

    def __str__(self) -> str:
        return f"{self.invariant} {self.phone}: {self.text}"


Row = dict[str, Any]


@dataclass(slots=True)
class Evidence:
    """Everything the checker looks at, read once."""

    acknowledged: list[Row]
    """The customers' ledger."""
    sandbox: dict[str, list[Row]]
    """Entries of nailit, meta, twilio."""
    tables: dict[str, list[Row]]
    phones: frozenset[str] | None = None
    """Only these customers are looked at; None: all."""
    _by_id: dict[str, Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_id = {row["id"]: row for row in self.tables["conversations"]}

    def phone_of(self, conversation_id: str) -> str:
        return str(self._by_id[conversation_id]["address"])

    def concerns(self, phone: str) -> bool:
        return self.phones is None or phone in self.phones

    def conversations(self) -> list[Row]:
        return [row for row in self._by_id.values() if self.concerns(row["address"])]

    def rows(self, table: str) -> list[Row]:
        return [row for row in self.tables[table] if self.concerns(self.phone_of(row["conversation_id"]))]

    def orders(self) -> list[Row]:
        """Orders as the provider took them."""
        return [
            entry
            for entry in self.sandbox["nailit"]
            if entry["kind"] == "order" and self.concerns(entry["data"]["mobile"])
        ]

    def sends(self) -> list[tuple[Row, str]]:
        """Messages the channels accepted, in order per channel, with the phone they went to."""
        found = []
        for channel in ("meta", "twilio"):
            for entry in self.sandbox[channel]:
                if entry["kind"] == "message":
                    phone = "+" + entry["data"]["to"].lstrip("+")
                    if self.concerns(phone):
                        found.append((entry, phone))
        return found

    def history(self, phone: str) -> str:
        """All that is known of one customer, for whoever has to understand a violation."""
        lines = [f"--- {phone}"]
        lines += [
            f"  {e['at']} customer {e['kind']} {e['external_id']} {e.get('text', '')!r}"
            for e in self.acknowledged
            if e["phone"] == phone
        ]
        ids = {row["id"] for row in self._by_id.values() if row["address"] == phone}
        lines += [
            f"  {r['received_at']} inbox {r['id']} {r['external_id']} {r['status']} "
            f"attempts {r['attempts']} errors {r['errors']} {r['last_error'] or ''}"
            for r in self.tables["inbox"]
            if r["conversation_id"] in ids
        ]
        lines += [
            f"  {r['created_at']} message {r['seq']} turn {r['turn']} {r['direction']} {r['body'][:90]!r}"
            for r in self.tables["messages"]
            if r["conversation_id"] in ids
        ]
        lines += [
            f"  {r['created_at']} effect {r['seq']} {r['kind']} {r['status']} attempts {r['attempts']} "
            f"inbox {r['inbox_id']}/{r['ordinal']} {r['id']} {r['error_code'] or ''} settled {r['settled_at']}"
            for r in self.tables["effects"]
            if r["conversation_id"] in ids
        ]
        lines += [
            f"  {e['at']} provider accepted a message {e['correlation']}"
            for e, to in self.sends()
            if to == phone
        ]
        lines += [
            f"  {e['at']} provider accepted order {e['data']['order_id']}"
            for e in self.orders()
            if e["data"]["mobile"] == phone
        ]
        return "\n".join(lines)


async def collect(
    dsn: str, acknowledged: Path, ledgers: Path, *, phones: frozenset[str] | None = None
) -> Evidence:
    """Reads files and tables; changes nothing."""
    connection = await asyncpg.connect(dsn)
    try:
        tables = {
            name: [_plain(row) for row in await connection.fetch(statement)]
            for name, statement in _TABLES.items()
        }
    finally:
        await connection.close()
    return Evidence(
        _lines(acknowledged),
        {name: _lines(ledgers / f"{name}.jsonl") for name in ("nailit", "meta", "twilio")},
        tables,
        phones,
    )


def _plain(row: asyncpg.Record) -> Row:
    """As JSON would have it: ids and times as text, jsonb parsed."""
    found: Row = orjson.loads(orjson.dumps(dict(row), default=str))
    for name in ("request", "result", "payload", "details"):
        if isinstance(found.get(name), str):
            found[name] = json.loads(found[name])
    return found


def _lines(path: Path) -> list[Row]:
    if not path.exists():
        return []
    raw = path.read_bytes()
    return [orjson.loads(line) for line in raw[: raw.rfind(b"\n") + 1].splitlines()]


def open_work(evidence: Evidence) -> list[str]:
    """What is still moving: nothing may be, soon after the faults stopped (I9)."""
    waiting = [f"inbox {row['id']}" for row in evidence.rows("inbox") if row["status"] == "waiting"]
    effects = [
        f"{row['kind']} {row['id']} {row['status']}"
        for row in evidence.rows("effects")
        if row["status"] in _OPEN and not (row["kind"] == "poll_payment" and row["status"] != "unknown")
    ]
    return waiting + effects


def check(evidence: Evidence) -> list[Violation]:
    """All violations of I1 to I7 and I9; empty is the proof."""
    return [
        *_every_message_ends(evidence),
        *_one_turn_per_message(evidence),
        *_each_send_once(evidence),
        *_each_order_once(evidence),
        *_in_order(evidence),
        *_booked_is_true(evidence),
        *_no_overlap(evidence),
        *_nothing_open(evidence),
        *_operators_know(evidence),
    ]


def _every_message_ends(evidence: Evidence) -> Iterator[Violation]:
    inbox = {row["external_id"]: row for row in evidence.rows("inbox")}
    told = {
        row["conversation_id"] for row in evidence.tables["errors"] if row["kind"] == "message_quarantined"
    }
    for entry in evidence.acknowledged:
        if entry["kind"] != "acknowledged" or not evidence.concerns(entry["phone"]):
            continue
        row = inbox.get(entry["external_id"])
        if row is None:
            yield Violation("I1", entry["phone"], f"acknowledged, then lost: {entry['external_id']}")
        elif row["status"] not in ("done", "quarantined"):
            yield Violation("I1", entry["phone"], f"acknowledged, never handled: inbox {row['id']}")
        elif row["status"] == "quarantined" and row["conversation_id"] not in told:
            yield Violation("I1", entry["phone"], f"put aside without a word: inbox {row['id']}")


def _one_turn_per_message(evidence: Evidence) -> Iterator[Violation]:
    heard = Counter(row["inbox_id"] for row in evidence.rows("messages") if row["direction"] == "in")
    for row in evidence.rows("inbox"):
        expected = 1 if row["status"] == "done" and row["kind"] == "customer_message" else 0
        if heard[row["id"]] != expected:
            phone = evidence.phone_of(row["conversation_id"])
            yield Violation(
                "I2", phone, f"inbox {row['id']} ({row['status']}) stands in {heard[row['id']]} turns"
            )
    twice = Counter((row["source"], row["account"], row["external_id"]) for row in evidence.rows("inbox"))
    for key, count in twice.items():
        if count > 1:
            yield Violation("I2", "", f"{key} was stored {count} times")


def _each_send_once(evidence: Evidence) -> Iterator[Violation]:
    effects = {row["id"]: row for row in evidence.rows("effects") if row["kind"] == "send"}
    accepted = Counter(entry["correlation"] for entry, _ in evidence.sends())
    for entry, phone in evidence.sends():
        if entry["correlation"] not in effects:
            yield Violation("I3", phone, f"a message nobody planned: {entry['correlation']}")
    for identifier, row in effects.items():
        phone = evidence.phone_of(row["conversation_id"])
        if accepted[identifier] > 1:
            yield Violation("I3", phone, f"send {identifier} was accepted {accepted[identifier]} times")
        if row["status"] == "done" and not accepted[identifier]:
            yield Violation("I3", phone, f"send {identifier} is done, but was never accepted")
        if row["status"] in _NEVER_CALLED and accepted[identifier]:
            yield Violation("I3", phone, f"send {identifier} is {row['status']}, but was accepted")


def _each_order_once(evidence: Evidence) -> Iterator[Violation]:
    """Our customers book once each, so one phone never has two orders, and no order is forgotten."""
    effects = defaultdict(list)
    for row in evidence.rows("effects"):
        if row["kind"] == "place_order":
            effects[evidence.phone_of(row["conversation_id"])].append(row)
    orders = defaultdict(list)
    for entry in evidence.orders():
        orders[entry["data"]["mobile"]].append(str(entry["data"]["order_id"]))
    for phone, numbers in orders.items():
        if len(numbers) > 1:
            yield Violation("I4", phone, f"orders {', '.join(numbers)} for one wish")
        settled = [row for row in effects[phone] if row["status"] in ("done", "needs_operator")]
        for number in numbers:
            known = any(row["status"] == "needs_operator" or row["external_ref"] == number for row in settled)
            if not known:
                states = [row["status"] for row in effects[phone]]
                yield Violation("I4", phone, f"order {number} was placed and forgotten (effects: {states})")
    for phone, rows in effects.items():
        for row in rows:
            if row["status"] == "done" and row["external_ref"] not in orders[phone]:
                yield Violation("I4", phone, f"order {row['external_ref']} is done, but was never placed")
        if len({row["idempotency_key"] for row in rows}) != len(rows):
            yield Violation("I4", phone, "two order effects with one key")


def _in_order(evidence: Evidence) -> Iterator[Violation]:
    by_conversation = defaultdict(list)
    for row in evidence.rows("messages"):
        by_conversation[row["conversation_id"]].append(row)
    turns = {row["id"]: row["turn"] for row in evidence.conversations()}
    for conversation, rows in by_conversation.items():
        phone = evidence.phone_of(conversation)
        heard = [row["inbox_id"] for row in rows if row["direction"] == "in"]
        if any(later < earlier for earlier, later in pairwise(heard)):
            yield Violation("I5", phone, f"messages were heard out of order: {heard}")
        numbers = [row["turn"] for row in rows]
        if any(later < earlier for earlier, later in pairwise(numbers)) or numbers[-1] > turns[conversation]:
            yield Violation("I5", phone, f"turns out of order: {numbers}, the last is {turns[conversation]}")
    planned = {row["id"]: row["seq"] for row in evidence.rows("effects")}
    arrived = defaultdict(list)
    for entry, phone in evidence.sends():
        if entry["correlation"] in planned:
            arrived[phone].append(planned[entry["correlation"]])
    for phone, numbers in arrived.items():
        if any(later < earlier for earlier, later in pairwise(numbers)):
            yield Violation("I5", phone, f"sends out of order: {numbers}")


def _booked_is_true(evidence: Evidence) -> Iterator[Violation]:
    placed = {(str(e["data"]["order_id"]), e["data"]["mobile"]): e for e in evidence.orders()}
    done = {
        (row["external_ref"], evidence.phone_of(row["conversation_id"]))
        for row in evidence.rows("effects")
        if row["kind"] == "place_order" and row["status"] == "done"
    }
    claims = [
        (number, evidence.phone_of(row["conversation_id"]), "said")
        for row in evidence.rows("messages")
        if row["direction"] == "out"
        for number in wording.order_numbers(row["body"])
    ]
    claims += [
        (row["provider_order_id"], evidence.phone_of(row["conversation_id"]), "booked")
        for row in evidence.rows("bookings")
        if row["status"] == "confirmed"
    ]
    for number, phone, how in claims:
        if (number, phone) not in placed or (number, phone) not in done:
            yield Violation("I6", phone, f"order {number} was {how} without a placed order and a done effect")
    salons = {row["id"]: row["key"] for row in evidence.tables["workspaces"]}
    homes = {row["address"]: salons[row["workspace_id"]] for row in evidence.conversations()}
    for (number, phone), entry in placed.items():
        if entry["account"] != homes.get(phone):
            yield Violation("I8", phone, f"order {number} went to {entry['account']}, not {homes.get(phone)}")


def _no_overlap(evidence: Evidence) -> Iterator[Violation]:
    by_person = defaultdict(list)
    for row in evidence.tables["items"]:
        by_person[row["staff_id"]].append((row["starts_at"], row["ends_at"]))
    for person, spans in by_person.items():
        for earlier, later in pairwise(sorted(spans)):
            if later[0] < earlier[1]:
                yield Violation("I7", "", f"staff {person} has {earlier} and {later}")
    frames = Counter(
        (entry["account"], line["staff_id"], line["day"], frame)
        for entry in evidence.sandbox["nailit"]
        if entry["kind"] == "order"
        for line in entry["data"]["lines"]
        for frame in line["frames"]
    )
    for frame, count in frames.items():
        if count > 1:
            yield Violation("I7", "", f"the provider's frame {frame} is in {count} orders")


def _nothing_open(evidence: Evidence) -> Iterator[Violation]:
    for words in open_work(evidence):
        yield Violation("I9", "", f"still open: {words}")


def _operators_know(evidence: Evidence) -> Iterator[Violation]:
    """What a person must decide, a person was told of; and so was the customer whose order it is."""
    reported = {row["effect_id"] for row in evidence.tables["errors"]}
    said: defaultdict[str, str] = defaultdict(str)
    for row in evidence.rows("messages"):
        if row["direction"] == "out":
            said[row["conversation_id"]] += f"{row['body']}\n"
    for row in evidence.rows("effects"):
        if row["status"] != "needs_operator":
            continue
        phone = evidence.phone_of(row["conversation_id"])
        if row["id"] not in reported:
            yield Violation("I9", phone, f"{row['kind']} {row['id']} waits for an operator nobody told")
        if row["kind"] == "place_order" and not wording.says(said[row["conversation_id"]], *wording.KEPT):
            yield Violation("I9", phone, f"order {row['id']} is with an operator, the customer wasn't told")
