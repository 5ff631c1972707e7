"""reports/TEMPLATES_QA.md: every template by every check, as the run saw it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workers.qa.checks import Finding, Outcome
from workers.qa.guards import GUARDS
from workers.qa.listed import CHECKS, Check
from workers.qa.result import ONE_FOR_ALL, Run, Transcript

_SHOWN_REPLY = 90

_INTRO = """# Templates

Written by `frontdesk qa` from what one run saw; nothing in it is written by hand. A customer talked to every template's
business in its web chat over HTTP, an operator looked at what came of it through the read API. What should come is read
from the template files by the checker itself (`workers/qa/expect.py`), not by the code that it checks.
"""

_BY_HAND = """## By hand, two minutes each

The lines that this run's customer typed (`>`) and tapped (`[ ]`), and how the talk stood at its end. Type them in the
web chat: on the business's page under `/demo` in a browser, or with `frontdesk chat -w WORKSPACE -c web` (a number taps
a choice). Times differ from day to day: tap the first one that is offered. Afterwards `frontdesk handoffs WORKSPACE`
shows who was led on, and `frontdesk handoffs complete HANDOFF --as NAME` says that he booked there.
"""

_HOW = """## How to run it

    make demo                                # in one terminal
    frontdesk qa                             # in another: all templates, and both reports
    frontdesk qa --template barber --template gym --no-report
    frontdesk qa --url https://frontdesk.example.com    # another server; the agency's token is asked for

Exit code 0 if nothing failed, 1 with a line for each failure: template, check, what was expected, what came. In CI
`tests/smoke` runs the same checks over all templates against a server in the test's own process.
"""

_LIMITS = """## Limits

* Talks are held in English in the web chat. WhatsApp, SMS and Arabic have their own tests (`tests/chats`,
  `tests/contracts/channels`).
* Booking pages are not opened: the addresses are made up. What is checked is where a customer would land, and with
  what. Webhooks of those pages are played with their documented signatures.
* Nail It and ShopMonkey are played by the sandbox; that an order arrived is read from the sandbox's own ledger.
* Switching a webhook on and marking a handoff as completed have no route: the run does them as the operator's commands
  do, with the server's database. Without it those checks are "not run".
* After hours is judged by the clock at the time of the run: in an hour when a business is open, that the line is not
  said.
"""


def templates_report(run: Run) -> str:
    """The whole file."""
    parts = [_INTRO, about(run), _table(run), _legend(), _told(run), _HOW, _by_hand(run), _guards(), _LIMITS]
    return "\n".join(part.rstrip() + "\n" for part in parts if part)


def about(run: Run) -> str:
    """When, against what, with what result."""
    counted = dict.fromkeys(Outcome, 0)
    for one in run.findings:
        counted[one.outcome] += 1
    rows = {
        "when": f"{run.started:%Y-%m-%d %H:%M} UTC, {run.seconds:.0f} s",
        "against": run.version,
        "templates": str(len(run.templates)),
        "result": f"{counted[Outcome.PASS]} PASS, {counted[Outcome.FAIL]} FAIL, "
        f"{counted[Outcome.UNTRIED]} not run, {counted[Outcome.ABSENT]} not for that template",
    }
    if run.waited_seconds >= 1:
        rows["waited for limits"] = f"{run.waited_seconds:.0f} s"
    return table(("", ""), rows.items())


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Markdown."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def cell(run: Run, template: str, check: Check) -> str:
    """A check that left no finding is no PASS."""
    found = run.outcome(template, check.key)
    return found.value if found is not None else "FAIL (never ended)"


def _table(run: Run) -> str:
    per_template = [one for one in CHECKS if not one.of_run]
    rows = [(f"`{one.key}`", *(cell(run, one.key, check) for check in per_template)) for one in run.templates]
    whole = [
        (check.title, cell(run, ONE_FOR_ALL, check), _saw(run, check)) for check in CHECKS if check.of_run
    ]
    told = table(("template", *(check.title for check in per_template)), rows)
    if whole:
        told += "\n" + table(("over all of them", "", "what was seen"), whole)
    return f"## Result\n\n{told}"


def _saw(run: Run, check: Check) -> str:
    found = next((one for one in run.findings if one.check == check.key), None)
    return "" if found is None else found.saw or f"expected {found.expected}; came {found.came}"


def _legend() -> str:
    return "## What a column looks at\n\n" + table(
        ("check", "what must be so"), ((one.title, one.what) for one in CHECKS)
    )


def _told(run: Run) -> str:
    parts = []
    for outcome, title in ((Outcome.FAIL, "What failed"), (Outcome.UNTRIED, "What was not run")):
        lines = _unique(one for one in run.findings if one.outcome is outcome)
        if lines:
            parts.append(f"## {title}\n\n" + "\n".join(f"* {line}" for line in lines))
    return "\n\n".join(parts)


def _unique(found: Iterable[Finding]) -> list[str]:
    """Not run for one and the same reason is told once."""
    lines: dict[str, list[str]] = {}
    for one in found:
        text = f"expected {one.expected}; came {one.came}" if one.outcome is Outcome.FAIL else one.saw
        lines.setdefault(f"{one.check}: {text}", []).append(one.template)
    return [f"{', '.join(f'`{key}`' for key in keys)} {line}" for line, keys in lines.items()]


def _by_hand(run: Run) -> str:
    parts = [_BY_HAND]
    for one in run.templates:
        found = run.transcripts.get(one.key, [])
        if found:
            parts.append(f"### `{one.key}`: workspace `{one.workspace_key}`\n")
            parts += [_transcript(each) for each in found]
    return "\n".join(parts) if len(parts) > 1 else ""


def _transcript(found: Transcript) -> str:
    lines = [f"    > {one.text}" if one.kind == "types" else f"    [ {one.text} ]" for one in found.lines
             if one.kind != "reads"]  # fmt: skip
    last = next((one.text for one in reversed(found.lines) if one.kind == "reads"), "")
    said = last.strip().splitlines()[-1].strip() if last.strip() else ""
    said = said if len(said) <= _SHOWN_REPLY else f"{said[:_SHOWN_REPLY]}..."
    return "\n".join([f"{found.about}\n", *lines, f"    < {said}", "", f"{found.ends}\n"])


def _guards() -> str:
    return "## What may go wrong in a demonstration, what guards it, what tests the guard\n\n" + table(
        ("what goes wrong", "guard", "test"),
        ((one.failure, one.guard, f"`{one.test}`") for one in GUARDS),
    )
