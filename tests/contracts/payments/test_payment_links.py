"""What every provider of payment links must do, whichever it is: each adapter against its sandbox, over real HTTP.

A new provider adds a `Case`; the suite is the meaning of `providers.payments.PaymentLinks`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from providers.outcome import CallFailure, Disposition
from providers.payment_registry import SECRET_KEY, create_links
from providers.payments import LinkRequest, LinkState, PaymentLinks
from providers.sandbox.config import SandboxConfig, StripeAccount
from providers.sandbox.context import SANDBOX, Sandbox
from providers.sandbox.faults import Fault
from providers.sandbox.server import create_app
from providers.sandbox.stripe import happen as at_stripe
from tests.listening import free_ports, serving

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """A provider, and how things happen to its links in the sandbox."""

    name: str
    account: Any
    secrets: dict[str, str]
    happen: Callable[[Sandbox, str, str], Awaitable[Any]]


TEST_KEY = "sk_test_contract"
CASES = [
    Case("stripe", StripeAccount(key="shop", secret_key=TEST_KEY), {SECRET_KEY: TEST_KEY}, at_stripe),
]


def request(**changes: Any) -> LinkRequest:
    return replace(
        LinkRequest(
            key="w1:b1:1",
            booking_reference="b1",
            workspace_reference="w1",
            payment_reference="p1",
            title="Relaxing Massage & more",
            amount_minor=25_000,
            currency="KWD",
            success_url="https://bot.example.com/pay/ok?lang=en",
            cancel_url="https://bot.example.com/pay/cancel?lang=en",
            expires_at=NOW + timedelta(hours=2),
        ),
        **changes,
    )


@dataclass
class Bench:
    case: Case
    links: PaymentLinks
    sandbox: Sandbox

    def fault(self, kind: str, call: str = "*", times: int = 1) -> None:
        self.sandbox.faults.add(
            [
                Fault.model_validate(
                    {"provider": self.case.name, "kind": kind, "call": call, "next_n": times, "ms": 0}
                )
            ]
        )

    def made(self) -> int:
        return len([one for one in self.sandbox.ledgers[self.case.name].entries if one.kind == "session"])


@asynccontextmanager
async def _bench(case: Case, folder: Any, *, secrets: dict[str, str] | None = None):
    (port,) = free_ports(1)
    app = create_app(folder, config=SandboxConfig(accounts=[case.account]), now=lambda: NOW)
    async with serving(app, port), httpx.AsyncClient() as http:
        base = f"http://127.0.0.1:{port}/{case.name}"
        yield Bench(
            case, create_links(case.name, secrets or case.secrets, http, base_url=base, limit=5), app[SANDBOX]
        )


@pytest.fixture(params=CASES, ids=lambda case: case.name)
async def bench(request, tmp_path):
    async with _bench(request.param, tmp_path) as found:
        yield found


async def test_a_link_is_made_once_per_key(bench):
    first = await bench.links.create(request())
    again = await bench.links.create(request())
    assert first == again
    assert first.expires_at == NOW + timedelta(hours=2)
    assert (await bench.links.create(request(key="w1:b1:2"))).id != first.id
    assert bench.made() == 2
    with pytest.raises(CallFailure) as failed:
        await bench.links.create(request(amount_minor=26_000))
    assert failed.value.disposition is Disposition.OPERATOR, (
        "a key that says something else is our own mistake"
    )


@pytest.mark.parametrize(
    "kind", ["accepted_then_5xx", "accepted_then_reset", "reset", "http_5xx", "rate_limited"]
)
async def test_a_lost_answer_may_be_asked_for_again(bench, kind):
    bench.fault(kind, "create")
    with pytest.raises(CallFailure) as failed:
        await bench.links.create(request())
    assert failed.value.disposition is Disposition.RETRY
    link = await bench.links.create(request())
    assert bench.made() == 1
    assert (await bench.links.report(link.id)).state is LinkState.OPEN


@pytest.mark.parametrize(
    ("acts", "state"),
    [
        ((), LinkState.OPEN),
        (("pay",), LinkState.PAID),
        (("late",), LinkState.PROCESSING),
        (("late", "arrive"), LinkState.PAID),
        (("expire",), LinkState.EXPIRED),
        (("pay", "expire"), LinkState.PAID),
    ],
)
async def test_a_report_says_what_became_of_it_and_whose_it_is(bench, acts, state):
    link = await bench.links.create(request())
    for act in acts:
        await bench.case.happen(bench.sandbox, link.id, act)
    report = await bench.links.report(link.id)
    assert report.state is state
    assert (report.link_id, report.amount_minor, report.currency, report.live) == (
        link.id,
        25_000,
        "KWD",
        False,
    )
    assert (report.workspace_reference, report.booking_reference, report.payment_reference) == (
        "w1",
        "b1",
        "p1",
    )


async def test_closing_a_link_ends_it_and_undoes_no_payment(bench):
    link, paid = await bench.links.create(request()), await bench.links.create(request(key="w1:b1:2"))
    await bench.case.happen(bench.sandbox, paid.id, "pay")
    for each in (link, link, paid):
        await bench.links.expire(each.id)
    assert (await bench.links.report(link.id)).state is LinkState.EXPIRED
    assert (await bench.links.report(paid.id)).state is LinkState.PAID


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount_minor": 12_505}, "amount_not_payable"),
        ({"amount_minor": 0}, "amount_not_payable"),
        ({"amount_minor": -100, "currency": "USD"}, "amount_not_payable"),
        ({"amount_minor": 10, "currency": "USD"}, "amount_too_small"),
        ({"expires_at": NOW + timedelta(minutes=5)}, ""),
    ],
)
async def test_what_cannot_be_paid_is_refused_for_good(bench, changes, code):
    with pytest.raises(CallFailure) as failed:
        await bench.links.create(request(**changes))
    assert failed.value.disposition is Disposition.PERMANENT
    assert code in failed.value.code
    assert bench.made() == 0


@pytest.mark.parametrize(
    ("amount", "currency"), [(12_510, "KWD"), (4_999, "USD"), (500, "JPY"), (1_000, "BHD")]
)
async def test_amounts_are_asked_for_as_they_are_in_every_kind_of_currency(bench, amount, currency):
    link = await bench.links.create(request(amount_minor=amount, currency=currency))
    report = await bench.links.report(link.id)
    assert (report.amount_minor, report.currency) == (amount, currency)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_refused_key_is_an_operator_s_affair(case, tmp_path):
    async with _bench(case, tmp_path, secrets={SECRET_KEY: "sk_test_wrong"}) as bench:
        for call in (
            bench.links.create(request()),
            bench.links.report("cs_test_1"),
            bench.links.expire("cs_test_1"),
        ):
            with pytest.raises(CallFailure) as failed:
                await call
            assert failed.value.disposition is Disposition.OPERATOR
            assert "sk_test_wrong" not in str(failed.value)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_nobody_there_is_tried_again_later(case):
    (port,) = free_ports(1)
    async with httpx.AsyncClient() as http:
        links = create_links(case.name, case.secrets, http, base_url=f"http://127.0.0.1:{port}", limit=2)
        with pytest.raises(CallFailure) as failed:
            await links.create(request())
    assert failed.value.disposition is Disposition.RETRY


@pytest.mark.parametrize(("provider", "secrets"), [("nobody", {SECRET_KEY: "x"}), ("stripe", {})])
def test_an_account_that_cannot_be_used_says_so(provider, secrets):
    with pytest.raises(CallFailure) as failed:
        create_links(provider, secrets, None, base_url="", limit=1)
    assert failed.value.disposition is Disposition.OPERATOR
