"""One made-up talk: who says what, how it ends, when the visit is. Pure; the same day always gives the same talks."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import NAMESPACE_URL, UUID, uuid5

from bot.catalog import Catalog, Service, Size, Staff, localized
from bot.policy import BookingHandling, Handling, PolicyInput, resolve_booking_handling
from bot.wording.words import Words
from bot.workspace import WorkspaceSettings
from db.ids import CODE_ALPHABET, CODE_LENGTH
from seeds.sample_lines import BOT, CUSTOMER, FIRST_NAMES, LAST_NAMES
from seeds.template_file import Sample

DAYS = 30
"""Samples are of so many days, the last of them yesterday."""
TALKS_A_DAY = (0, 1, 1, 1, 2, 2)
STEP = timedelta(minutes=30)
_NAMESPACE = uuid5(NAMESPACE_URL, "https://frontdesk.example.com/templates")


class Ending(StrEnum):
    BOOKED = "booked"
    CANCELLED = "cancelled"
    COMPLETED_EXTERNAL = "completed_external"
    REDIRECTED = "redirected"
    SHOWN_PAGE = "shown_page"
    QUALIFIED = "qualified"
    INCOMPLETE = "incomplete"
    HUMAN = "human"


_HERE = {Ending.BOOKED: 55, Ending.CANCELLED: 8, Ending.QUALIFIED: 15, Ending.INCOMPLETE: 15, Ending.HUMAN: 7}
_ELSEWHERE = {
    Ending.COMPLETED_EXTERNAL: 38,
    Ending.REDIRECTED: 25,
    Ending.SHOWN_PAGE: 15,
    Ending.INCOMPLETE: 15,
    Ending.HUMAN: 7,
}


@dataclass(frozen=True, slots=True)
class Working:
    """Somebody can be booked from then to then."""

    staff_id: UUID
    location_id: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Shop:
    """Everything that the talks of a business are made from."""

    key: str
    workspace_id: UUID
    bot_id: UUID
    account_id: UUID
    catalog: Catalog
    settings: WorkspaceSettings
    samples: Sequence[Sample]
    now: datetime
    working: Callable[[date], Sequence[Working]]
    books_ahead: bool
    """False: the booking system is another one's, so nothing may be made up that is still to come."""


@dataclass(frozen=True, slots=True)
class Visit:
    staff: Staff
    location_id: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(slots=True)
class Story:
    """A talk as it went. `id` is its conversation's."""

    id: UUID
    shop: Shop
    service: Service
    size: Size | None
    handling: BookingHandling
    ending: Ending
    language: str
    name: str
    phone: str
    email: str
    began_at: datetime
    visit: Visit | None = None
    messages: list[tuple[str, str, datetime]] = field(default_factory=list)
    """(in or out, text, when)."""

    @property
    def ended_at(self) -> datetime:
        return self.messages[-1][2]

    def part(self, name: str) -> UUID:
        """The id of one of its rows."""
        return uuid5(self.id, name)

    @property
    def when(self) -> str:
        return self.words.moment(self.visit.starts_at) if self.visit is not None else ""

    @property
    def words(self) -> Words:
        return Words(self.language, self.shop.settings.zone, self.shop.catalog.currency)


def stories(shop: Shop) -> list[Story]:
    """The talks of the last DAYS days, oldest first."""
    yesterday = shop.now.astimezone(shop.settings.zone).date() - timedelta(days=1)
    busy: dict[UUID, list[tuple[datetime, datetime]]] = {}
    days = [yesterday - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    return [
        _story(shop, day, number, busy)
        for day in days
        for number in range(_rng(shop, day, -1).choice(TALKS_A_DAY))
    ]


def _rng(shop: Shop, day: date, number: int) -> random.Random:
    return random.Random(f"{shop.key}/{day.isoformat()}/{number}")  # noqa: S311 - repeatable on purpose


def _story(shop: Shop, day: date, number: int, busy: dict[UUID, list[tuple[datetime, datetime]]]) -> Story:
    rng = _rng(shop, day, number)
    sample = rng.choice(list(shop.samples))
    service = _service(shop, sample, rng)
    handling = _handling(shop, service)
    external = handling.handling is Handling.EXTERNAL
    weights = _ELSEWHERE if external else _HERE
    [ending] = rng.choices(list(weights), list(weights.values()))
    first, last = rng.choice(FIRST_NAMES[sample.language]), rng.choice(LAST_NAMES[sample.language])
    line = rng.randrange(10_000)
    arab = shop.settings.region == "KW"
    story = Story(
        id=uuid5(_NAMESPACE, f"{shop.key}/{day.isoformat()}/{number}"),
        shop=shop,
        service=service,
        size=rng.choice(service.sizes) if service.sizes else None,
        handling=handling,
        ending=ending,
        language=sample.language,
        name=f"{first} {last}",
        phone=f"+96550000{line % 1000:03d}" if arab else f"+1555010{line:04d}",
        email=f"sample-{line:04d}@example.com" if rng.random() < 0.6 else "",
        began_at=datetime.combine(day, time(9), shop.settings.zone) + timedelta(minutes=rng.randrange(600)),
    )
    if ending in {Ending.BOOKED, Ending.CANCELLED, Ending.QUALIFIED}:
        story.visit = _visit(story, day, rng, busy)
        if story.visit is None:
            story.ending = Ending.INCOMPLETE
    _tell(story, sample, rng)
    return story


def _service(shop: Shop, sample: Sample, rng: random.Random) -> Service:
    named = [one for one in shop.catalog.services.values() if one.external_id == sample.service]
    return named[0] if named else rng.choice(list(shop.catalog.services.values()))


def _handling(shop: Shop, service: Service) -> BookingHandling:
    external = shop.settings.external
    return resolve_booking_handling(
        PolicyInput(
            booking_mode=shop.settings.booking_mode,
            external_url=external.url,
            service_url=external.service_urls.get(service.external_id, ""),
        ),
        service.booking_type,
    )


def _visit(
    story: Story, day: date, rng: random.Random, busy: dict[UUID, list[tuple[datetime, datetime]]]
) -> Visit | None:
    """A time in the following week when somebody who does it works and nobody else was given it."""
    shop, service = story.shop, story.service
    offsets = list(range(1, 7))
    rng.shuffle(offsets)
    for offset in offsets:
        spans = list(shop.working(day + timedelta(days=offset)))
        rng.shuffle(spans)
        for span in spans:
            person = shop.catalog.staff.get(span.staff_id)
            if person is None or service.id not in person.service_ids:
                continue
            length = timedelta(minutes=service.minutes + person.extra_minutes)
            starts = [
                span.starts_at + STEP * step for step in range(int((span.ends_at - span.starts_at) / STEP))
            ]
            rng.shuffle(starts)
            for start in starts:
                end = start + length
                if end > span.ends_at or (end >= shop.now and not shop.books_ahead):
                    continue
                if any(start < until and since < end for since, until in busy.get(person.id, ())):
                    continue
                if story.ending is Ending.BOOKED:
                    busy.setdefault(person.id, []).append((start, end))
                return Visit(person, span.location_id, start, end)
    return None


def _tell(story: Story, sample: Sample, rng: random.Random) -> None:
    """The transcript: a few seconds to an answer, a minute or so to a question."""
    bot, customer = BOT[story.language], CUSTOMER[story.language]
    values = {
        "service": localized(story.service.names, story.language),
        "name": story.name,
        "phone": story.phone,
        "when": story.when,
        "code": confirmation_code(story.id),
    }
    moment = story.began_at

    def say(direction: str, line: str) -> None:
        nonlocal moment
        story.messages.append((direction, line.format(**values), moment))
        moment += timedelta(seconds=rng.randrange(20, 150) if direction == "out" else 2)

    say("in", sample.says)
    first = "ask_contact" if story.handling.handling is Handling.EXTERNAL else "ask_time"
    say("out", bot[first])
    if rng.random() < 0.3:
        _side_question(story, rng, say)
    match story.ending:
        case Ending.INCOMPLETE:
            return
        case Ending.HUMAN:
            say("in", customer["human"])
            say("out", bot["human"])
        case Ending.COMPLETED_EXTERNAL | Ending.REDIRECTED | Ending.SHOWN_PAGE:
            say("in", customer["who"])
            say("out", bot["led_on"])
            if story.ending is Ending.COMPLETED_EXTERNAL:
                say("in", customer["done"])
        case Ending.QUALIFIED | Ending.BOOKED | Ending.CANCELLED:
            say("in", customer["when"])
            say("out", bot["ask_name"])
            say("in", customer["who"])
            say("out", bot["summary"])
            if story.ending is not Ending.QUALIFIED:
                say("in", customer["yes"])
                say("out", bot["booked"])


def _side_question(story: Story, rng: random.Random, say: Callable[[str, str], None]) -> None:
    fitting = [
        one
        for one in story.shop.settings.faq
        if one.questions.get(story.language) and one.answer.get(story.language)
    ]
    if not fitting:
        return
    entry = rng.choice(fitting)
    say("in", entry.questions[story.language][0].replace("{", "(").replace("}", ")"))
    say("out", entry.answer[story.language].replace("{", "(").replace("}", ")"))


def confirmation_code(story_id: UUID) -> str:
    """Always the same for a talk."""
    number = uuid5(story_id, "code").int
    return "".join(CODE_ALPHABET[number >> 5 * place & 31] for place in range(CODE_LENGTH))
