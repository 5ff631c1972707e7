"""All checks over all templates: talks side by side, then the looks that need them finished, then the reset of one."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from workers.qa import seeding_checks
from workers.qa.checks import Failed, Finding, Outcome, Untried, short
from workers.qa.client import Dashboard, Server
from workers.qa.customer import path_of
from workers.qa.expect import Expected, expected_templates
from workers.qa.listed import CHECKS, Check
from workers.qa.result import ONE_FOR_ALL, Run, Traces, Transcript
from workers.qa.visit import Operator, Orders, Visit

AT_ONCE = 4
"""Templates that are talked to side by side."""

_FIRST = ("seeded", "config")
"""Checks that every template needs before any other is begun."""

Told = Callable[[Finding], None]


@dataclass(frozen=True, slots=True)
class Place:
    """What a run is led against. operator, orders: None where they aren't at hand."""

    server: Server
    dashboard: Dashboard
    """With a token that may read every business and press the demo's buttons."""
    clock: Callable[[], datetime]
    operator: Operator | None = None
    orders: Orders | None = None
    version: str = "unknown"
    customers: Sequence[Server] = ()
    """The same server, called from other addresses: limits are per address, as customers have their own."""


async def run_checks(
    at: Place,
    templates: Sequence[Expected],
    *,
    reset: str = "",
    at_once: int = AT_ONCE,
    told: Told = lambda _: None,
) -> Run:
    """Leads the run. reset: key of the template that is made as new at its end; empty: the last one.

    told: hears every finding as it is made. Never raises for what the server does wrong: that is a finding.
    """
    began = time.monotonic()
    run = Run(
        templates=templates,
        started=at.clock().astimezone(UTC),
        version=at.version,
        with_operator=at.operator is not None,
        with_ledger=at.orders is not None,
    )

    def note(finding: Finding) -> None:
        run.findings.append(finding)
        told(finding)

    everyone = list(templates) if len(templates) > 1 else expected_templates()
    visits = [
        Visit(
            expected=one,
            others=_others(one, everyone),
            server=at.customers[number % len(at.customers)] if at.customers else at.server,
            dashboard=await _dashboard(at),
            clock=at.clock,
            operator=at.operator,
            orders=at.orders,
        )
        for number, one in enumerate(templates)
    ]
    await _prepare(at, visits, note)
    places = asyncio.Semaphore(at_once)

    async def talk(visit: Visit) -> None:
        async with places:
            for check in CHECKS:
                if check.run is not None and not check.last and check.key not in _FIRST:
                    note(await look(check, visit))

    await asyncio.gather(*(talk(visit) for visit in visits))
    for check in CHECKS:
        if check.run is not None and check.last:
            for visit in visits:
                note(await look(check, visit))
    await _whole(at, visits, reset or templates[-1].key, note)
    for visit in visits:
        _keep(run, visit)
    run.seconds = time.monotonic() - began
    run.waited_seconds = at.server.waited_seconds + sum(one.waited_seconds for one in at.customers)
    return run


async def _dashboard(at: Place) -> Dashboard:
    """Each template's looks with a token of their own, if there may be one: requests are limited per token."""
    if at.operator is None:
        return at.dashboard
    return Dashboard(at.server, await at.operator.agency_token())


def _others(one: Expected, everyone: Sequence[Expected]) -> list[Expected]:
    """The ones after it come first, so that each business is the stranger to another one."""
    number = next(i for i, each in enumerate(everyone) if each.key == one.key)
    return [each for each in (*everyone[number + 1 :], *everyone[:number]) if each.key != one.key]


async def _prepare(at: Place, visits: Sequence[Visit], note: Told) -> None:
    """Every business must be there, with a first talk, before the others: each one's stranger is another one."""
    by_key = {visit.expected.key: visit for visit in visits}
    for check in CHECKS:
        if check.key in _FIRST:
            for visit in visits:
                note(await look(check, visit))
    for visit in visits:
        stranger = by_key.get(visit.others[0].key)
        if stranger is not None:
            visit.stranger = stranger.first
        else:
            with contextlib.suppress(Failed):  # then nobody can open a session there, and the check says so
                await at.dashboard.demo("seed", visit.others[0].key)


async def look(check: Check, visit: Visit) -> Finding:
    """One check at one template, however it ends."""
    template = visit.expected.key
    if check.run is None or not check.applies(visit.expected):
        return Finding(template, check.key, Outcome.ABSENT)
    return await _ended(template, check.key, check.run(visit))


async def _whole(at: Place, visits: Sequence[Visit], reset: str, note: Told) -> None:
    """What is looked at once for all."""
    note(await _ended(ONE_FOR_ALL, "unknown", seeding_checks.unknown(at.dashboard)))
    chosen = next(visit for visit in visits if visit.expected.key == reset)
    others = [visit for visit in visits if visit is not chosen]
    note(await _ended(ONE_FOR_ALL, "reset", seeding_checks.reset(chosen, others)))


async def _ended(template: str, check: str, work: Awaitable[str]) -> Finding:
    """However it ends: what a checker can't read is a failure of what it looked at."""
    try:
        return Finding(template, check, Outcome.PASS, saw=short(await work))
    except Failed as error:
        return Finding(template, check, Outcome.FAIL, expected=error.expected, came=error.came)
    except Untried as error:
        return Finding(template, check, Outcome.UNTRIED, saw=short(str(error)))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        return Finding(
            template,
            check,
            Outcome.FAIL,
            expected="an answer of the documented shape",
            came=short(f"{type(error).__name__}: {error}"),
        )


def _keep(run: Run, visit: Visit) -> None:
    """The talks that came to their end, what an outgoing address looked like, and what is in the tables now."""
    key = visit.expected.key
    run.traces[key] = traces_of(visit)
    for talk, about, ends in visit.left.get("told", ()):
        run.transcripts.setdefault(key, []).append(Transcript(about, ends, tuple(talk.lines)))
    if url := visit.left.get("redirect"):
        run.pages[key] = ", ".join(
            part.partition("=")[0] for part in path_of(url).partition("?")[2].split("&")
        )


def traces_of(visit: Visit) -> Traces:
    """After the checks that make something."""
    left = visit.left
    return Traces(left.get("lead"), left.get("booking"), left.get("handoff"), str(left.get("redirect", "")))
