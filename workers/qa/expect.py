"""What must come, read from the template files by itself.

Nothing here asks the booking policy, the flows or the settings' code: a checker that shares its rules with what it
checks agrees with every mistake. Only the two demo businesses, which have no file, are read from the seeds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import yaml

from seeds.demo import BUSINESSES
from seeds.template_file import FOLDER, LoadedTemplate, shipped_templates
from seeds.tint import TINT

ALWAYS_HERE = (
    "PHONE_CALL",
    "TOUR",
    "CONSULTATION",
    "DISCOVERY_CALL",
    "INFO_CALL",
    "CALLBACK",
    "ESTIMATE",
)
"""Booked in the business's calendar in every mode."""
BY_MODE = ("SERVICE_BOOKING", "APPOINTMENT", "RESERVATION", "PAID_SERVICE")
"""Booked as the business's booking mode says."""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DEMO_SERVICES = {"nail-salon": "Gel Manicure", "car-tint": "Windshield Strip"}
"""What is asked for where the booking system knows the services, and no file."""
CLOSED = ("closed", "off", "none", False, None)

Week = Mapping[int, Sequence[tuple[int, int]]]
"""Weekday (0 = Monday) -> spans in minutes of the local day; an end over 1440 lies in the next day."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind of booking that a template declares, by one of its services."""

    booking_type: str
    service: str
    """Its name, as a customer would say it."""
    handling: str
    """What the customer sees: internal or external."""
    url: str = ""
    """Where an external one leads."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One template as its file tells it."""

    key: str
    title: str
    workspace_key: str
    bot_key: str
    name: str
    timezone: str
    languages: tuple[str, ...]
    mode: str
    offers: tuple[Offer, ...]
    contact: tuple[str, ...]
    page: str = ""
    utm_source: str = "frontdesk"
    utm_campaign: str = ""
    reference_parameter: str = "fd_ref"
    """Name of our reference on the outgoing address; empty: the page has no place for it."""
    must_say: tuple[str, ...] = ()
    safety: Mapping[str, str] | None = None
    """English lines: crisis, emergency, no_medical_advice."""
    after_hours: str = ""
    week: Week | None = None
    """When somebody is there. None: the booking system knows, not the template."""
    faq: tuple[tuple[str, str], ...] = ()
    """Question and answer, in English."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def internal(self) -> Offer | None:
        return next((one for one in self.offers if one.handling == "internal"), None)

    @property
    def external(self) -> Offer | None:
        return next((one for one in self.offers if one.handling == "external"), None)

    @property
    def by_provider(self) -> bool:
        return self.mode == "provider"


def expected_templates(keys: Sequence[str] = ()) -> list[Expected]:
    """Those of these keys, all if none is named. Raises KeyError with the first key that no template has."""
    known = shipped_templates()
    for key in keys:
        if key not in known:
            raise KeyError(key)
    return [_expected(key) for key in (keys or known)]


@cache
def _expected(key: str) -> Expected:
    loaded = shipped_templates()[key]
    if loaded.file is None:
        return _of_demo(loaded)
    data: Any = yaml.safe_load((FOLDER / f"{loaded.key}.yaml").read_text(encoding="utf-8"))
    return of_file(data)


def of_file(data: Any) -> Expected:
    """What a template file promises, from its plain YAML."""
    template, business, calendar = data["template"], data["business"], data["calendar"]
    external = business.get("external", {})
    safety = business.get("safety", {})
    contact = business.get("contact", {})
    mode = business.get("booking_mode", "internal")
    return Expected(
        key=template["key"],
        title=template["title"],
        workspace_key=business["key"],
        bot_key=data.get("bot", {}).get("key", "reception"),
        name=business["name"],
        timezone=business["timezone"],
        languages=tuple(business.get("languages", ("en",))),
        mode=mode,
        offers=tuple(
            _offer(kind, calendar["services"], mode=mode, external=external)
            for kind in template["booking_types"]
        ),
        contact=tuple(value for value in (contact.get("phone"), contact.get("email")) if value),
        page=external.get("page", ""),
        utm_source=external.get("utm_source", "frontdesk"),
        utm_campaign=external.get("utm_campaign", ""),
        reference_parameter=_reference_parameter(external),
        must_say=tuple(template.get("must_say", ())),
        safety={name: texts["en"] for name, texts in safety.items()},
        after_hours=business.get("after_hours", {}).get("en", ""),
        week=_week([place["hours"] for place in calendar["locations"]]),
        faq=tuple((one["questions"]["en"][0], one["answer"]["en"]) for one in business.get("faq", ())),
    )


def _reference_parameter(external: Mapping[str, Any]) -> str:
    """By the documentation of each page (docs/handoff.md)."""
    field_id = external.get("page_settings", {}).get("reference_field_id", "")
    own = {
        "calendly": "utm_content",
        "calcom": "metadata[fd_ref]",
        "acuity": f"field:{field_id}" if field_id else "",
    }
    page = external.get("page", "")
    return own[page] if page in own else str(external.get("reference_parameter", "fd_ref"))


def _offer(kind: str, services: Sequence[Any], *, mode: str, external: Mapping[str, Any]) -> Offer:
    service = next(one for one in services if one.get("booking_type", "SERVICE_BOOKING") == kind)
    name = service["name"] if isinstance(service["name"], str) else service["name"]["en"]
    if kind in ALWAYS_HERE or mode != "external":
        return Offer(kind, name, "internal")
    if kind not in BY_MODE:
        raise ValueError(f"nobody declared the booking type {kind!r}")
    url = external.get("service_urls", {}).get(service["key"]) or external.get("url", "")
    return Offer(kind, name, "external", url)


def _of_demo(loaded: LoadedTemplate) -> Expected:
    """Nail salon and tint shop: their booking system takes the order, which a customer sees as internal."""
    settings = loaded.settings
    known: dict[int, list[tuple[int, int]]] = {}
    for one in settings.hours:
        known.setdefault(one.weekday, []).append(_minutes(one.opens, one.closes))
    contact = settings.contact
    return Expected(
        key=loaded.key,
        title=loaded.template.title,
        workspace_key=loaded.workspace_key,
        bot_key=loaded.bot_key,
        name=next(one.name for one in (*BUSINESSES, TINT) if one.key == loaded.key),
        timezone=settings.timezone,
        languages=settings.languages,
        mode="provider",
        offers=tuple(
            Offer(kind, _DEMO_SERVICES[loaded.key], "internal") for kind in loaded.template.booking_types
        ),
        contact=tuple(value for value in (contact.phone, contact.email) if value),
        must_say=loaded.template.must_say,
        safety={
            name: texts["en"]
            for name, texts in settings.safety.model_dump().items()
            if isinstance(texts, dict) and "en" in texts
        },
        after_hours=settings.after_hours.get("en", ""),
        week=known or None,
        faq=tuple((one.questions["en"][0], one.answer["en"]) for one in settings.faq if "en" in one.answer),
    )


def _minutes(opens: time, closes: time) -> tuple[int, int]:
    start, end = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute
    return start, end if end > start else end + 1440


def _week(places: Sequence[Mapping[str, Any]]) -> Week:
    found: dict[int, list[tuple[int, int]]] = {}
    for hours in places:
        for number, day in enumerate(DAYS):
            value = hours.get(day, hours.get("every_day"))
            if value in CLOSED:
                continue
            for span in [value] if isinstance(value, str) else value:
                start, end = (time.fromisoformat(clock.strip()) for clock in span.split("-"))
                found.setdefault(number, []).append(_minutes(start, end))
    return found


def is_open(week: Week, at: datetime) -> bool:
    """Whether somebody is there at a local moment (aware, in the business's zone)."""
    minute = at.hour * 60 + at.minute
    yesterday = (at - timedelta(days=1)).weekday()
    return any(start <= minute < end for start, end in week.get(at.weekday(), ())) or any(
        minute < end - 1440 for _, end in week.get(yesterday, ())
    )


def host_of(url: str) -> str:
    """The host of an address, as two addresses of one page share it."""
    return (urlsplit(url).hostname or "").lower()
