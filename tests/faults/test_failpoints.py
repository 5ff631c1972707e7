"""Every named place of the booking's way × what can happen there: the same booking ends once, or with a person."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass

import pytest

from db.failpoints import NAMES
from tests.faults.customer import Customer, Wish, World
from tests.faults.processes import ROOT, until
from tests.faults.verdict import assert_sound

pytestmark = [
    pytest.mark.faults,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]

ELSEWHERE = {
    "mail.before_call": "tests/mail/test_faults.py",
    "mail.after_call": "tests/mail/test_faults.py",
    "link.before_call": "tests/payments/test_links.py",
    "link.after_call": "tests/payments/test_links.py",
    "sync.before_apply": "tests/sync/test_run.py",
    "sync.before_commit": "tests/sync/test_run.py",
}
"""Not on a booking's way; the test that hits them."""

TIMING = {
    "LEASE_SECONDS": 2,
    "TURN_BUDGET_SECONDS": 1.8,
    "CLAIM_SECONDS": 2.4,
    "UNKNOWN_GRACE_SECONDS": 1,
    "POLL_AFTER_SECONDS": 0.25,
}
"""One customer at a time: what has to be waited for may be shorter."""

FREEZE_SECONDS = 3.5
"""Longer than a lease and a claim: others take over meanwhile."""


@dataclass(frozen=True, slots=True)
class Case:
    """A fault at the nth hit of a name in one process, and how the customer stands in the end.

    orders: what the provider holds for him then.
    """

    name: str
    process: str
    fault: str
    nth: int = 1
    outcome: str = "booked"
    orders: int = 1

    def __str__(self) -> str:
        return f"{self.name}:{self.nth}={self.fault}"


# The talk has two messages of the customer: one with the whole wish, and the yes. Hits, in order:
# turns: the wish, the yes, the answer. Claims and calls: the summary, the order, the booked line.
# A claimed send whose worker died is never sent again by guess: the customer asks again, an operator knows.
FIRST, ORDER = 1, 2


def _cases() -> list[Case]:
    cases = [Case("dispatcher.tick", "dispatcher", fault, nth=25) for fault in ("kill", "raise", "stop")]
    for fault in ("kill", "raise"):
        cases += [Case(name, "web", fault) for name in ("accept.before_commit", "accept.after_commit")]
        cases += [
            Case(name, "messages", fault, nth=2)
            for name in ("turn.after_lease", "turn.before_commit", "turn.after_commit")
        ]
        for name in (
            "effect.after_claim",
            "effect.after_call",
            "effect.before_settle",
            "effect.after_settle",
        ):
            cases.append(Case(name, "messages", fault, FIRST))
        cases += [Case("effect.before_call", "messages", fault, nth) for nth in (1, 2)]
        cases.append(Case("effect.after_claim", "messages", fault, ORDER))
        cases.append(Case("effect.after_settle", "messages", fault, ORDER))
        cases.append(Case("effect.before_order", "messages", fault, outcome="kept", orders=0))
        cases += [
            Case(name, "messages", fault, ORDER, outcome="kept")
            for name in ("effect.after_call", "effect.before_settle")
        ]
    cases += [
        Case("accept.after_commit", "web", "stop"),
        Case("turn.before_commit", "messages", "hang", nth=2),
        Case("turn.before_commit", "messages", "stop", nth=2),
        Case("turn.after_commit", "messages", "stop", nth=2),
        Case("effect.after_call", "messages", "hang", ORDER, outcome="kept"),
        Case("effect.before_settle", "messages", "stop", ORDER, outcome="kept"),
    ]
    return cases


CASES = _cases()


def _customer(world: World, index: int) -> Customer:
    """A customer with a time of his own at a person of her own, so that nobody is asked to choose again."""
    wish = Wish("classic pedicure", "Zahra", 1 + (index // 2) % 3, 11 + (index // 6) % 9)
    return world.customer(
        1000 + index,
        wish,
        workspace=("nail-salon", "nail-studio")[index % 2],
        channel=("whatsapp", "twilio")[index // 2 % 2],
        patience=3,
        copies=0,
    )


@pytest.mark.parametrize("index", range(len(CASES)), ids=[str(case) for case in CASES])
async def test_a_booking_survives(world, index):
    case = CASES[index]
    customer = _customer(world, index)
    process, dispatcher = world.stand.processes[case.process], world.stand.processes["dispatcher"]
    raised = process.said("FailpointError")
    deaths = process.ends.count(-signal.SIGKILL) + 1  # the restart kills, too

    def reached() -> bool:
        match case.fault:
            case "kill":
                return process.ends.count(-signal.SIGKILL) > deaths
            case "raise":
                return process.said("FailpointError") > raised
            case "stop":
                return process.frozen()
        return True

    await process.restart(f"{case.name}={case.fault}:{case.nth}")
    held = process is not dispatcher and case.fault != "hang"
    if held:  # on a busy machine it would take the turn over before the fault, which then nobody would reach
        dispatcher.signal(signal.SIGSTOP)
    booking = asyncio.create_task(
        customer.book(f"{customer.wish.line()}, my name is Sara Test, pay on arrival")
    )
    try:
        await until(reached, f"{case} was reached", 30)
        if held:
            dispatcher.signal(signal.SIGCONT)
        if case.fault == "stop":
            await asyncio.sleep(FREEZE_SECONDS)
            assert process.signal(signal.SIGCONT)
        outcome = await booking
    finally:
        if held:
            dispatcher.signal(signal.SIGCONT)
        booking.cancel()
        await asyncio.gather(booking, return_exceptions=True)
    evidence = await assert_sound(world, frozenset({customer.phone}), seed=case)
    history = evidence.history(customer.phone)
    assert outcome == case.outcome, history
    assert len(evidence.orders()) == case.orders, history
    if case.fault == "hang":
        late = {row["error_code"] for row in evidence.rows("effects")} & {"timeout", "claim_expired"}
        assert late or any(row["errors"] for row in evidence.rows("inbox")), history


async def test_every_failpoint_has_a_case():
    assert {case.name for case in CASES} | set(ELSEWHERE) == NAMES
    for name, file in ELSEWHERE.items():
        assert name in (ROOT / file).read_text(), f"{file} no longer hits {name}"
