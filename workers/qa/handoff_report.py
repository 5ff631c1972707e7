"""reports/EXTERNAL_BOOKING_HANDOFF_QA.md: customers who finish on the business's own page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from workers.qa.checks import Outcome
from workers.qa.listed import CHECKS, Check
from workers.qa.report import about, cell, table
from workers.qa.result import ONE_FOR_ALL, Run

SCHEMA = Path(__file__).resolve().parents[2] / "db" / "schema.sql"
TABLES = ("handoffs", "handoff_events", "handoff_accounts", "external_completions")
PARTS: Sequence[tuple[str, str]] = (
    ("bot/policy.py", "who finishes a booking: one pure function"),
    ("bot/booking_urls.py", "which addresses a customer may be led to"),
    (
        "bot/external_booking.py",
        "the business's settings: page, address, frame, UTM, reference, hours until abandoned",
    ),
    ("bot/flows/handing_off.py", "the end of the talk: summary, button, the handoff's row"),
    ("bot/handoff_reference.py", "our signed reference on somebody else's page"),
    ("bot/web/handoff/page.py", "`/h/{token}`, the page between; its button marks and leads on"),
    ("bot/web/handoff/completions.py", "completion webhooks of booking pages"),
    ("providers/handoff/pages.py", "what each page reads from its address, and whether it may be framed"),
    ("providers/handoff/completions.py", "each page's signature and body"),
    ("db/handoffs.py", "rows, states, timeline"),
    ("workers/commands/handoffs.py", "`frontdesk handoffs`: list, timeline, mark, switch a webhook on"),
)
TESTS: Sequence[tuple[str, str]] = (
    ("tests/handoff", "the page, addresses, webhooks with the vendors' vectors, commands, whole talks"),
    ("tests/flows/test_policy.py", "the policy and unsafe addresses"),
    ("tests/seeds", "templates and what is wrong in them"),
    ("tests/smoke", "these checks over all templates, and that each of them can fail"),
)

_INTRO = """# External booking and hand-off

Written by `frontdesk qa` from what one run saw; the schema is read from `db/schema.sql`. How it works in full:
[docs/handoff.md](../docs/handoff.md). The other templates' checks: [TEMPLATES_QA.md](TEMPLATES_QA.md).
"""

_FLOW = """## The way

```
talk: service, contact, the template's own questions
  -> summary and button (BOOKING_FINALIZE, external): wish and handoff are rows, state new
  -> /h/TOKEN shows what was asked for and where it leads; a look changes nothing
  -> the button: handoff, wish and lead read redirected; 303 to the page with UTM, prefill and our signed reference
  -> the page's signed webhook with our reference, or an operator's mark: completed_external, lead booked
  -> nobody for abandon_hours: abandoned; a late click or word revives it
```
"""

_HOW = """## How to run it

    make demo              # in one terminal
    frontdesk qa           # in another
    make test ARGS="tests/handoff tests/smoke tests/flows/test_policy.py"
"""

_LIMITS = """## Limits

* No booking page of a vendor is opened: addresses and accounts are made up. Webhooks are played with the vendors'
  documented signatures, never by the vendors.
* Acuity gives the reference back only through a hidden intake field, and is asked for it at its own API, which a run
  doesn't reach; Square, Mindbody, Vagaro, Fresha and plain websites never give it back. Those handoffs are completed by
  an operator's mark.
* A run switches the webhook of Calendly's and Cal.com's demo businesses on with a secret of its own, in place of one
  that was set there before.
* The frame, the page without JavaScript and in Arabic, and the way on while the database is away are tested in
  `tests/handoff` and not by a run.
"""


def handoff_report(run: Run) -> str:
    """The whole file."""
    parts = [_INTRO, about(run), _found(), _pages(run), _schema(), _FLOW, _checklist(run), _matrix(run), _tests(), _HOW,
             _LIMITS]  # fmt: skip
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _found() -> str:
    return "## What there is\n\n" + table(("file", "holds"), ((f"`{path}`", what) for path, what in PARTS))


def _pages(run: Run) -> str:
    rows = []
    for one in run.templates:
        offer = one.external
        if offer is not None:
            rows.append(
                (
                    f"`{one.key}`",
                    one.page or "by host",
                    offer.url,
                    run.pages.get(one.key, "nobody was led on"),
                )
            )
    head = ("template", "page", "leads to", "the outgoing address carried")
    return "### Pages of the templates\n\n" + table(head, rows)


def _schema() -> str:
    text = SCHEMA.read_text(encoding="utf-8")
    parts = ["## Schema\n"]
    for name in TABLES:
        found = re.search(rf"CREATE TABLE public\.{name} \(\n(.*?)\n\);", text, re.DOTALL)
        if found is None:
            raise LookupError(f"db/schema.sql has no table {name}")
        lines = [line.strip().rstrip(",") for line in found[1].splitlines()]
        columns = [line for line in lines if not line.startswith("CONSTRAINT")]
        checks = [line for line in lines if line.startswith("CONSTRAINT")]
        parts.append(f"`{name}`\n\n```\n" + "\n".join([*columns, *checks]) + "\n```\n")
    return "\n".join(parts)


def _checks() -> list[Check]:
    return [one for one in CHECKS if one.handoff]


def _checklist(run: Run) -> str:
    rows = []
    external = {one.key for one in run.templates if one.external is not None}
    for check in _checks():
        counted = dict.fromkeys(Outcome, 0)
        for key in external:
            counted[run.outcome(key, check.key) or Outcome.FAIL] += 1
        tried = sum(counted.values()) - counted[Outcome.ABSENT]
        verdict = Outcome.PASS if tried and counted[Outcome.PASS] == tried else Outcome.FAIL
        if counted[Outcome.UNTRIED] and not counted[Outcome.FAIL]:
            verdict = Outcome.UNTRIED
        rows.append((verdict.value, check.what, f"{counted[Outcome.PASS]} of {tried}"))
    return "## Checklist\n\n" + table(("", "what must be so", "templates that pass"), rows)


def _matrix(run: Run) -> str:
    checks = _checks()
    rows = [
        (f"`{one.key}`", *(cell(run, one.key, check) for check in checks))
        for one in run.templates
        if one.external is not None
    ]
    told = "### By template\n\n" + table(("template", *(check.title for check in checks)), rows)
    wrong = [
        one for one in run.failures if one.template == ONE_FOR_ALL or one.check in {c.key for c in checks}
    ]
    if wrong:
        told += "\n" + "\n".join(f"* {one.line}" for one in wrong) + "\n"
    return told


def _tests() -> str:
    return "## Tests\n\n" + table(("where", "what"), ((f"`{path}`", what) for path, what in TESTS))
