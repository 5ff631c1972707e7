"""What understanding gets and gives: facts with spans and confidence. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.catalog import Catalog
from bot.messages import Choice
from bot.workspace import SlotKind


class Intent(StrEnum):
    BOOK = "book"
    ADD = "add"
    REMOVE = "remove"
    CHANGE = "change"
    CANCEL = "cancel"
    RESCHEDULE = "reschedule"
    BACK = "back"
    START_OVER = "start_over"
    HUMAN = "human"
    STOP = "stop"
    START = "start"
    HELP = "help"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    SKIP = "skip"
    ASK_PRICE = "ask_price"
    ASK_DURATION = "ask_duration"
    ASK_HOURS = "ask_hours"
    ASK_PLACE = "ask_place"
    ASK_SERVICES = "ask_services"
    ASK_STAFF = "ask_staff"
    ASK_TIMES = "ask_times"
    ASK_PAYMENT = "ask_payment"
    """How one may pay, whether before or after."""
    ASK_COMPARISON = "ask_comparison"
    """What one is and the other isn't: "what's the difference between gel and classic?"."""
    ASK_POLICY = "ask_policy"
    """A rule of the house: coming late, deposits, children, parking, walk-ins, cancelling in time."""
    MY_BOOKING = "my_booking"
    ALTERNATIVES = "alternatives"
    MORE = "more"
    USUAL = "usual"
    """The same as last time."""
    RECOMMEND = "recommend"
    """ "What do you recommend?": the choice of a service is asked for."""
    DONE = "done"
    """Nothing more is wanted: "that's all"."""
    LANGUAGE = "language"
    """Another language is asked for; which: `Understanding.wants_language`."""


class Safety(StrEnum):
    """What a message says beside any wish that must not be answered like a booking."""

    CRISIS = "crisis"
    """The customer speaks of harming himself, of ending his life or of an overdose."""
    EMERGENCY = "emergency"
    """Somebody needs an ambulance: can't breathe, bleeds heavily, is unconscious."""
    MEDICAL = "medical"
    """Medical advice is asked for: is it safe while pregnant, what dose, is this infected."""


class DayPart(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of code points in the original text, and the rule that found it."""

    start: int
    end: int
    rule: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Match:
    """One catalog entry found in the text. Several of them on one span mean: ambiguous, ask."""

    id: UUID
    span: Span


@dataclass(frozen=True, slots=True)
class DayFact:
    day: date
    span: Span
    last_day: date | None = None
    """Set for a range ("this weekend"): first and last day."""
    conflict: bool = False
    """Weekday and date disagree ("Tuesday 2 September" that is a Wednesday): ask, don't guess."""
    next_year: date | None = None
    """The same day a year on, where no year was said and the day is over: some mean that one."""


@dataclass(frozen=True, slots=True)
class TimeFact:
    """A wall time of the location, or a range, or a part of the day.

    Open ranges: "after 5" has at=05:00 and until=23:59, "before 3" has no `at`, "any time" is 00:00-23:59.
    """

    span: Span
    at: time | None = None
    until: time | None = None
    part: DayPart | None = None
    ambiguous_half: bool = False
    """A bare "5": the flow or the opening hours decide between morning and afternoon."""
    earliest: bool = False
    """ "As early as possible": no time named, the first that fits. "Now" is this too; `at` is then that minute."""
    latest: bool = False


@dataclass(frozen=True, slots=True)
class TextFact:
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class SafetyFact:
    kind: Safety
    span: Span


@dataclass(frozen=True, slots=True)
class PartyFact:
    """How many people are coming, the one who writes included."""

    people: int
    span: Span


@dataclass(frozen=True, slots=True)
class NeedFact:
    """What the customer needs where no service is named ("dry hair"); fields as in catalog.NeedQuery."""

    value: str
    span: Span
    groups: tuple[tuple[str, ...], ...]
    phrase: str
    without: tuple[str, ...] = ()
    near: tuple[UUID, ...] = ()
    """Services whose names hold a word of the need: all there is if the search finds nothing."""
    among: tuple[UUID, ...] = ()
    """Services one of which is meant ("a massage for sore shoulders"); empty: any."""


@dataclass(frozen=True, slots=True)
class UnderstandingContext:
    now: datetime
    """Aware; the current moment."""
    zone: ZoneInfo
    region: str
    catalog: Catalog
    language: str = "en"
    asked: SlotKind | None = None
    """The slot the last reply asked for, if any."""
    offered: tuple[Choice, ...] = ()
    """Choices shown in the last reply, in the order and numbering the customer saw."""
    yes_no_open: bool = False
    location_id: UUID | None = None
    """Already chosen location: its services and staff are preferred."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """All that one text says. Empty tuples: nothing of that kind."""

    language: str = "en"
    intents: tuple[Intent, ...] = ()
    polarity: bool | None = None
    """True: yes, False: no, None: neither."""
    leaning: bool | None = None
    """The yes or no that was said even where more was said ("yes but 5 pm"). It never confirms anything."""
    choice: Choice | None = None
    """The offered choice that was meant: by number, by title, by ordinal ("the second one")."""
    choices: tuple[Choice, ...] = ()
    """All offered choices that were meant ("1 and 3"); `choice` is set only if there is exactly one."""
    locations: tuple[Match, ...] = ()
    services: tuple[tuple[Match, ...], ...] = ()
    """One inner tuple per mention; more than one match in it: ambiguous."""
    removed: tuple[tuple[Match, ...], ...] = ()
    """Those of `services` that the customer wants out ("without the pedicure")."""
    staff: tuple[Match, ...] = ()
    any_staff: bool = False
    payment_types: tuple[Match, ...] = ()
    size_hint: TextFact | None = None
    """Words such as "short hair" that pick a service size."""
    days: tuple[DayFact, ...] = ()
    times: tuple[TimeFact, ...] = ()
    name: TextFact | None = None
    phone: TextFact | None = None
    """E.164."""
    bad_phone: str | None = None
    """Looks like a phone number but isn't valid: why, in words for the customer."""
    wrong_phone: TextFact | None = None
    """The number that `bad_phone` is about, as it was written."""
    email: TextFact | None = None
    bad_email: str | None = None
    unknown_service: TextFact | None = None
    """The customer named something to book that the catalog doesn't have ("car wash")."""
    need: NeedFact | None = None
    near_services: tuple[UUID, ...] = ()
    """What is near to unknown_service, best first, at most five."""
    party: PartyFact | None = None
    """ "For two", "my sister and I"; None: nobody was counted."""
    safety: SafetyFact | None = None
    """The gravest that was said; only flows whose template has lines for it act on it."""
    wants_language: str | None = None
    """Language code that Intent.LANGUAGE asks for ("arabic please" -> "ar")."""
    phrases: tuple[Span, ...] = ()
    """Where intents and answers were said; explain.explain tells them with the facts."""
    leftover: str = ""
    """The text without everything understood, for logs of rules only."""
    trace: tuple[str, ...] = field(default_factory=tuple)
