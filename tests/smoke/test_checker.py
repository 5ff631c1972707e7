"""The checks are checked: each of them is shown a server that does something wrong, and must say so."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.smoke.bent import Bend, BentServer, Seen
from tests.smoke.conftest import House
from workers.qa import seeding_checks
from workers.qa.checks import Failed, Finding, Outcome
from workers.qa.client import Dashboard, Server, Widget
from workers.qa.customer import Talk
from workers.qa.expect import Expected, expected_templates, is_open
from workers.qa.listed import CHECKS
from workers.qa.run import look, run_checks
from workers.qa.visit import Visit
from workers.resources import now

pytestmark = pytest.mark.asyncio(loop_scope="package")

TEMPLATES = ("dental-clinic", "barber", "nail-salon", "sober-living-men")
BY_KEY = {check.key: check for check in CHECKS}


def change(method: str, start: str, end: str = "", *, nth: int | None = None, **values: Any) -> Bend:
    """A bend of the fields of an answer's JSON; None takes one away."""

    def bend(seen: Seen) -> None:
        if (
            not seen.of(method, start, end)
            or nth not in {None, seen.count}
            or not isinstance(seen.body, dict)
        ):
            return
        for name, value in values.items():
            if value is None:
                seen.body.pop(name, None)
            else:
                seen.body[name] = value

    return bend


def rows(kind: str, **values: Any) -> Bend:
    """A bend of every row of a list."""

    def bend(seen: Seen) -> None:
        if seen.path == f"/api/admin/{kind}":
            for row in seen.items:
                row.update(values)

    return bend


def status(method: str, start: str, value: int, end: str = "", *, was: int | None = None) -> Bend:
    def bend(seen: Seen) -> None:
        if seen.of(method, start, end) and was in {None, seen.status}:
            seen.status = value

    return bend


def says(old: str, new: str) -> Bend:
    """Another text in whatever the bot says."""

    def bend(seen: Seen) -> None:
        if isinstance(seen.body, dict):
            for one in seen.body.get("messages", ()):
                if isinstance(one, dict) and one.get("assistantMessage"):
                    one["assistantMessage"] = one["assistantMessage"].replace(old, new)

    return bend


def actions(**values: Any) -> Bend:
    """Another button."""

    def bend(seen: Seen) -> None:
        if isinstance(seen.body, dict):
            for one in seen.body.get("messages", ()):
                for action in one.get("actions") or ():
                    action.update(values)

    return bend


def page_says(old: str, new: str) -> Bend:
    def bend(seen: Seen) -> None:
        if seen.of("GET", "/h/"):
            seen.body = seen.body.replace(old, new)

    return bend


def leads_to(old: str, new: str) -> Bend:
    def bend(seen: Seen) -> None:
        if isinstance(seen.body, dict) and "redirectUrl" in seen.body:
            seen.body["redirectUrl"] = seen.body["redirectUrl"].replace(old, new)

    return bend


def leak(seen: Seen) -> None:
    """A list that shows the same row to everybody."""
    if seen.path.startswith("/api/admin/") and isinstance(seen.body, dict) and "items" in seen.body:
        seen.body["items"] = [*seen.items, {"id": "the same everywhere"}]


def completed_rows(**values: Any) -> Bend:
    """A bend of the handoffs that are completed."""

    def bend(seen: Seen) -> None:
        if seen.path == "/api/admin/handoffs":
            for row in seen.items:
                if row["status"] == "completed_external":
                    row.update(values)

    return bend


def flip_after_hours(_: Seen) -> None:
    """Nothing of the server's: the visit's hours are turned round (see the test)."""


WEBHOOK = "/api/webhooks/external-booking/"
FINALIZE = ("POST", "/api/bookings/", "/finalize")

BROKEN: dict[str, list[tuple[str, str, str, Bend]]] = {
    "seeded": [
        ("another template", "barber", "templateKey", change("POST", "/api/admin/demo/seed", templateKey="gym")),
        ("refused", "barber", "an answer", status("POST", "/api/admin/demo/seed", 500)),
        ("not noted", "barber", "documented shape", change("GET", "/api/admin/demo/templates", items=[])),
    ],
    "config": [
        ("another business", "barber", "business", change("POST", "/api/widget/sessions", business="Somebody")),
        ("another language", "barber", "language", change("POST", "/api/widget/sessions", language="ar")),
        ("nobody to call", "barber", "the contact", change("POST", "/api/widget/sessions", contact={})),
    ],
    "mismatch": [
        ("let in", "barber", "refused (4xx)", status("POST", "/api/widget/sessions", 200, was=404)),
        ("no sentence", "barber", "a message for people", change("POST", "/api/widget/sessions", error=None)),
        ("a stranger's session counts", "barber", "another business's session", status(
            "POST", "/api/widget/messages", 200, was=403)),
    ],
    "partial": [
        ("qualified", "barber", "lead's status", rows("leads", status="qualified")),
        ("without its tag", "barber", "partial_intent", rows("leads", tags=[])),
        ("not kept", "barber", "in the list of leads", change("GET", "/api/admin/leads", items=[])),
        ("of another talk", "barber", "lead's talk", rows("leads", conversationId="another")),
    ],
    "routes": [
        ("the other handling", "barber", "handling external", actions(handling="internal")),
        ("nothing on it", "barber", "a label on the button", actions(label="")),
        ("leads elsewhere at once", "barber", "our page /h/", actions(externalUrl="https://evil.example.com/x")),
        ("no wish", "barber", "in the list of intents", change("GET", "/api/admin/intents", items=[])),
        ("another kind of wish", "barber", "booking type", rows("intents", bookingType="TOUR")),
    ],
    "page": [
        ("a look leads on", "dental-clinic", "after three looks", rows("handoffs", status="redirected")),
        ("no button", "dental-clinic", "a button that posts", page_says('method="post"', 'method="get"')),
        ("another business", "dental-clinic", "the page names", page_says("Bright Harbor Dental", "Somebody")),
        ("gone", "dental-clinic", "of the page", status("GET", "/h/", 404)),
    ],
    "stale": [
        ("the old button books", "barber", "stale of the old button", change(*FINALIZE, status="confirmed")),
        ("without what stands", "barber", "the summary with", change(*FINALIZE, summary=None)),
    ],
    "internal": [
        ("pressed by anybody", "barber", "another customer's press", status(*FINALIZE[:2], 200, was=404)),
        ("not confirmed", "barber", "status confirmed", change(*FINALIZE, status="pending")),
        ("no code", "barber", "a confirmation code", change(*FINALIZE, confirmationCode=None)),
        ("another code", "barber", "code of the second press", change(*FINALIZE, nth=1, confirmationCode="ZZZZZZ")),
        ("no booking", "barber", "in the list of bookings", change("GET", "/api/admin/bookings", items=[])),
        ("lead left behind", "barber", "lead's status", rows("leads", status="qualified")),
        ("of another talk", "barber", "booking's talk", rows("bookings", conversationId="another")),
        ("of another wish", "barber", "booking's wish", rows("bookings", intentId="another")),
    ],
    "provider": [
        ("refused", "nail-salon", "an answer", status(*FINALIZE[:2], 500)),
        ("no order", "nail-salon", "own number", rows("bookings", providerOrderId=None)),
        ("only said", "nail-salon", "orders in the ledger", rows("bookings", providerOrderId="made-up")),
    ],
    "external": [
        ("http", "dental-clinic", "scheme", leads_to("https://", "http://")),
        ("another host", "dental-clinic", "host", leads_to("calendly.com", "calendly.example.com")),
        ("another page", "dental-clinic", "path", leads_to("/visit", "/elsewhere")),
        ("no source", "dental-clinic", "utm_source", leads_to("utm_source", "source")),
        ("no reference", "dental-clinic", "a signed reference", leads_to("utm_content", "content")),
        ("said to be booked", "dental-clinic", "status redirected", change(*FINALIZE, status="confirmed")),
        ("not noted", "dental-clinic", "handoff's state", rows("handoffs", status="new")),
        ("counted as booked", "dental-clinic", "wish's state", rows("intents", status="confirmed")),
    ],
    "completed": [
        ("off", "dental-clinic", "wrong signature", status("POST", WEBHOOK, 404)),
        ("unsigned counts", "dental-clinic", "wrong signature", status("POST", WEBHOOK, 200, was=403)),
        ("forged counts", "dental-clinic", "state after both", rows("handoffs", status="completed_external")),
        ("by nobody", "dental-clinic", "completed by", completed_rows(completedBy="somebody")),
    ],
    "marked": [("not said by whom", "barber", "completed by", rows("handoffs", completedBy="somebody"))],
    "safety": [
        ("without its number", "sober-living-men", "988", says("988", "somebody")),
        ("advice", "sober-living-men", "no medical advice", says(
            "I can't advise", "You can take 400 mg. I can't advise")),
    ],
    "after_hours": [("never said or always", "barber", "after-hours line", flip_after_hours)],
    "faq": [("another answer", "barber", "ten minutes", says("ten minutes", "an hour"))],
    "records": [
        ("everybody's rows", "barber", "as well", leak),
        ("open to all", "barber", "without a token", status("GET", "/api/admin/", 200, was=401)),
        ("a client chooses", "barber", "names another business", status("GET", "/api/admin/", 200, was=403)),
        ("gone", "barber", "of this run", change("GET", "/api/admin/leads", items=[])),
    ],
    "again": [("made anew", "barber", "created, updated, deleted", change("POST", "/api/admin/demo/seed", totals={
        "created": 1, "updated": 0, "skipped": 99, "deleted": 0}))],
    "unknown": [
        ("taken", "barber", "refused", status("POST", "/api/admin/demo/", 200)),
        ("nameless", "barber", "by name", change("POST", "/api/admin/demo/", error={})),
    ],
    "reset": [("counts of its own", "barber", "conversations deleted", change(
        "POST", "/api/admin/demo/reset", counts={}))],
}  # fmt: skip
CASES = [(key, *case) for key, cases in BROKEN.items() for case in cases]
"""Check, what is wrong, template, a part of what must be told, bend. In the order of a run."""


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def visited(house: House) -> AsyncIterator[dict[str, Visit]]:
    """A visit per template that has come as far as its buttons."""
    found = {}
    async with house.place() as place:
        for number, expected in enumerate(expected_templates(TEMPLATES)):
            visit = Visit(
                expected=expected,
                others=[one for one in expected_templates(TEMPLATES) if one.key != expected.key],
                server=place.customers[number] if place.customers else place.server,
                dashboard=place.dashboard,
                clock=now,
                operator=house.operator,
                orders=place.orders,
            )
            found[expected.key] = visit
        for visit in found.values():
            await right(visit, "seeded")
        for visit in found.values():
            for check in ("config", "partial", "routes"):
                await right(visit, check)
        yield found


async def right(visit: Visit, check: str) -> None:
    """The check as it stands, on the server as it is."""
    found = await look(BY_KEY[check], visit)
    assert found.outcome is Outcome.PASS, found.line


def behind(visit: Visit, http: httpx.AsyncClient) -> Visit:
    """The same visit at another server, and in no mood to wait."""
    server = Server(http)

    def there(talk: Talk) -> Talk:
        moved = copy.copy(talk)
        moved.widget = Widget(server)
        return moved

    return replace(
        visit,
        server=server,
        dashboard=Dashboard(server, visit.dashboard.token),
        talks={kind: there(talk) for kind, talk in visit.talks.items()},
        actions=dict(visit.actions),
        left=dict(visit.left),
        first=there(visit.first) if visit.first else None,
        patience=0.05,
    )


async def prepared(visit: Visit, check: str) -> Visit:
    """With what the check needs, done rightly."""
    if check in {"completed", "marked"} and "handoff" not in visit.left:
        await right(visit, "external")
    if check != "stale":
        return visit
    # The button of a talk of its own: the others are pressed later.
    offer = visit.expected.internal
    assert offer is not None
    talk = await visit.talk()
    action = await talk.book(offer)
    return replace(
        visit,
        talks={**visit.talks, offer.booking_type: talk},
        actions={**visit.actions, offer.booking_type: action},
    )


def turned_round(expected: Expected) -> Expected:
    """Open when it is closed, and closed when it is open."""
    assert expected.week is not None
    open_now = is_open(expected.week, now().astimezone(expected.zone))
    return replace(expected, week={} if open_now else {day: [(0, 1440)] for day in range(7)})


async def ended(visit: Visit, check: str) -> Finding:
    """As a run notes it, for checks of the whole run as well."""
    if check == "unknown":
        work = seeding_checks.unknown(visit.dashboard)
    elif check == "reset":
        work = seeding_checks.reset(visit, [])
    else:
        return await look(BY_KEY[check], visit)
    try:
        return Finding("all", check, Outcome.PASS, saw=await work)
    except Failed as error:
        return Finding("all", check, Outcome.FAIL, expected=error.expected, came=error.came)


@pytest.mark.parametrize(
    ("check", "template", "told", "bend"),
    [
        pytest.param(key, template, told, bend, id=f"{key}: {name}")
        for key, name, template, told, bend in CASES
    ],
)
async def test_what_is_broken_is_found(  # noqa: PLR0917
    house: House, visited: dict[str, Visit], check: str, template: str, told: str, bend: Bend
):
    house.redis.wipe()  # with it what was counted: one button is pressed more often here than anybody may
    visit = await prepared(visited[template], check)
    async with httpx.AsyncClient(base_url=house.url, timeout=30, transport=BentServer(bend)) as http:
        bent = behind(visit, http)
        if bend is flip_after_hours:
            bent.expected = turned_round(bent.expected)
        found = await ended(bent, check)
    assert found.outcome is Outcome.FAIL, found.line
    assert told in found.expected, found.line
    assert found.line.startswith(f"FAIL {found.template} {check}: expected ")
    assert found.came


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Somebody"},
        {"languages": ("ar",)},
        {"workspace_key": "nobody-at-all"},
        {"bot_key": "nobody"},
    ],
)
async def test_a_file_that_says_something_else_is_found(visited: dict[str, Visit], wrong: dict[str, Any]):
    visit = visited["barber"]
    changed = replace(visit, expected=replace(visit.expected, **wrong))
    assert (await look(BY_KEY["config"], changed)).outcome is Outcome.FAIL


async def test_without_an_operator_nothing_is_said_to_pass(visited: dict[str, Visit]):
    for template, check in (("dental-clinic", "completed"), ("barber", "marked")):
        visit = visited[template]
        if "handoff" not in visit.left:
            await right(visit, "external")
        found = await look(BY_KEY[check], replace(visit, operator=None))
        assert found.outcome is Outcome.UNTRIED
        assert "DATABASE_URL" in found.saw


async def test_a_server_that_is_away_fails_every_check(house: House):
    [barber] = expected_templates(["barber"])

    def away(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there")

    async with house.place(httpx.MockTransport(away)) as place:
        run = await run_checks(place, [barber])
    assert {one.outcome for one in run.findings} == {Outcome.FAIL, Outcome.ABSENT}
    assert len(run.failures) > 10


async def test_an_answer_of_another_shape_is_a_failure(house: House):
    [barber] = expected_templates(["barber"])

    def nonsense(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"well": "hello"})

    async with house.place(httpx.MockTransport(nonsense)) as place:
        run = await run_checks(place, [barber])
    assert run.failures
    assert not [one for one in run.findings if one.outcome is Outcome.PASS and one.check != "unknown"]
