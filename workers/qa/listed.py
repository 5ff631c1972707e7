"""Every check there is, in the order in which a run does them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from workers.qa import (
    outcome_checks,
    records_checks,
    safety_checks,
    seeding_checks,
    talk_checks,
)
from workers.qa.expect import Expected
from workers.qa.visit import Visit


@dataclass(frozen=True, slots=True)
class Check:
    """`run` returns what it saw, in a few words. It raises Failed or Untried."""

    key: str
    title: str
    what: str
    run: Callable[[Visit], Awaitable[str]] | None = None
    """None: of the run as a whole, led by run.py."""
    applies: Callable[[Expected], bool] = lambda _: True
    handoff: bool = False
    """Part of the hand-off's report."""
    last: bool = False
    """After the talks of all templates."""

    @property
    def of_run(self) -> bool:
        return self.run is None


CHECKS: tuple[Check, ...] = (
    Check(
        "seeded", "seed",
        "`POST /api/admin/demo/seed` makes the business or finds it made, and counts what it did",
        seeding_checks.seeded,
    ),
    Check(
        "config", "workspace and bot",
        "a session opened by the template's keys belongs to its business, in one of its languages",
        talk_checks.config,
    ),
    Check(
        "mismatch", "mismatch",
        "a bot, business or session that doesn't belong is refused with 4xx and a sentence that names nobody else",
        talk_checks.mismatch,
    ),
    Check(
        "partial", "partial lead",
        "after a name and an address, and no more, the lead is `incomplete` with the tag `partial_intent`",
        talk_checks.partial,
    ),
    Check(
        "routes", "BOOKING_FINALIZE",
        "every declared booking type comes to its button with the handling that the file's own rules give; its wish is "
        "a row before the button is pressed",
        talk_checks.routes, handoff=True,
    ),
    Check(
        "stale", "old button",
        "after a change of the wish the button that stood before answers `stale` with what stands and books nothing",
        talk_checks.stale,
    ),
    Check(
        "internal", "internal",
        "the button answers `confirmed` with a code, twice the same, to nobody else; booking, wish, lead and talk are "
        "tied together",
        talk_checks.internal, talk_checks.books_here,
    ),
    Check(
        "provider", "provider",
        "seen as internal; the order is placed once, by the booking system's own ledger",
        talk_checks.provider, talk_checks.by_provider,
    ),
    Check(
        "page", "page between",
        "`/h/...` names service and business and has a button; looking at it, as previews do, changes nothing",
        talk_checks.page, talk_checks.books_elsewhere, handoff=True,
    ),
    Check(
        "external", "external",
        "the button answers `redirected` with the template's own page: https, host, path, UTM, signed reference; "
        "handoff, wish and lead read redirected, nothing is booked",
        talk_checks.external, talk_checks.books_elsewhere, handoff=True,
    ),
    Check(
        "completed", "page's webhook",
        "signed and with our reference it completes the handoff; a wrong signature is 403, a made-up reference "
        "completes nothing",
        outcome_checks.completed, outcome_checks.reports_itself, handoff=True,
    ),
    Check(
        "marked", "operator's mark",
        "where no page reports by itself an operator's mark completes the handoff and is named",
        outcome_checks.marked, outcome_checks.waits_for_operator, handoff=True,
    ),
    Check(
        "safety", "safety lines",
        "crisis, emergency and no-medical-advice lines as the file words them; a crisis stands alone and in no record",
        safety_checks.safety, safety_checks.has_safety,
    ),
    Check(
        "after_hours", "after hours",
        "the line with the next opening is said when the business is closed, by its own hours and zone, and only then",
        safety_checks.after_hours, safety_checks.has_hours,
    ),
    Check(
        "faq", "own answers",
        "every question of the file gets its answer, word for word",
        safety_checks.faq, safety_checks.has_faq,
    ),
    Check(
        "records", "read API",
        "all that the run made is listed under this business and no other; without a token 401; a client's token can't "
        "choose a business",
        records_checks.records, handoff=True, last=True,
    ),
    Check(
        "again", "seed again",
        "a second seed creates, changes and deletes nothing",
        seeding_checks.again, last=True,
    ),
    Check("unknown", "unknown template", "seed and reset of a key that nobody knows are refused by name"),
    Check(
        "reset", "reset one",
        "counts are those of the lists before and after, this run's rows are gone, every other business is unchanged",
    ),
)  # fmt: skip
