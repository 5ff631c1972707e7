"""What is right as data and yet won't do what the business wants: for the command, the doctor and the console. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.policy import default_booking_mode
from bot.workspace import BookingMode, WorkspaceSettings
from providers.handoff.pages import PAGES
from providers.registry import TITLES

OWN_CALENDAR = "own_calendar"
_MANY_QUIET_HOURS = 14


class Level(StrEnum):
    ERROR = "error"
    """Customers are let down by it."""
    WARNING = "warning"
    """Something that is wanted won't happen, or more happens than one may think."""
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    path: str
    """Of the setting to change."""
    message: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the settings in other tables."""

    place_hours: bool = False
    """A place has opening hours."""
    roster: bool = False
    """Somebody (or a bay, a table) can be booked."""
    booking_system: str | None = None
    """The connected one: own_calendar, nailit, shopmonkey."""
    signed_pages: frozenset[str] = frozenset()
    """Booking pages whose signing secret is set."""
    channels: frozenset[str] = frozenset()
    """Where customers write: whatsapp, twilio, web."""
    mail_service: bool = True
    """The installation can send mail."""

    @classmethod
    def of(cls, stored: Mapping[str, Any], *, mail_service: bool) -> Beside:
        """From db/workspace_settings.beside."""
        return cls(
            place_hours=stored["place_hours"],
            roster=stored["roster"],
            booking_system=stored["booking_system"],
            signed_pages=frozenset(stored["signed_pages"]),
            channels=frozenset(stored["channels"]),
            mail_service=mail_service,
        )


def check(settings: WorkspaceSettings, beside: Beside) -> list[Finding]:
    """Errors first."""
    found = [
        *_booking(settings, beside),
        *_external(settings, beside),
        *_reaching(settings, beside),
        *_keeping(settings),
    ]
    return sorted(found, key=lambda one: list(Level).index(one.level))


def _booking(settings: WorkspaceSettings, beside: Beside) -> Iterator[Finding]:
    mode, system = settings.booking_mode, beside.booking_system
    if mode is BookingMode.PROVIDER and system in (None, OWN_CALENDAR):
        yield Finding(Level.ERROR, "booking_mode", "bookings go to a booking system, and none is connected")
    if mode is BookingMode.INTERNAL and system is None:
        yield Finding(
            Level.ERROR,
            "booking_mode",
            "bookings go to the own calendar, and there is none (import-business)",
        )
    if mode is BookingMode.INTERNAL and system not in (None, OWN_CALENDAR):
        yield Finding(
            Level.WARNING,
            "booking_mode",
            f"{TITLES.get(system, system)} is connected, and bookings don't go there: provider would",
        )
    if mode is BookingMode.INTERNAL and not beside.roster:
        yield Finding(Level.ERROR, "booking_mode", "there is nobody who can be booked")
    if not settings.hours and not beside.place_hours:
        yield Finding(
            Level.WARNING,
            "hours",
            "no opening hours are known, here or of a place: nobody knows when it is closed",
        )
    fitting = default_booking_mode(
        has_hours_or_roster=beside.roster or (beside.place_hours and system == OWN_CALENDAR),
        has_booking_system=system not in (None, OWN_CALENDAR),
    )
    if mode is BookingMode.EXTERNAL and not settings.external.url and fitting is not BookingMode.EXTERNAL:
        yield Finding(Level.HINT, "booking_mode", f"what is set up would fit {fitting.value}")


def _external(settings: WorkspaceSettings, beside: Beside) -> Iterator[Finding]:
    if settings.booking_mode is not BookingMode.EXTERNAL:
        return
    external = settings.external
    if not external.url:
        some = " for services without a page of their own" if external.service_urls else ""
        yield Finding(
            Level.ERROR,
            "external.url",
            f"customers shall finish on the booking page, and no address is set{some}",
        )
        return
    page = external.page_at(external.url)
    if external.embed == "iframe" and not page.frameable:
        yield Finding(
            Level.WARNING,
            "external.embed",
            "this booking page doesn't let itself be shown inside ours; a link is used",
        )
    for name in page.settings:
        if not external.page_settings.get(name):
            yield Finding(
                Level.WARNING,
                f"external.page_settings.{name}",
                f"{page.title} needs it to carry our reference",
            )
    reports = external.completions
    reporting = reports.page or page.key
    if page.completions is None and not reports.page:
        yield Finding(
            Level.HINT,
            "external.completions",
            "this page reports nothing: finished bookings are marked by hand",
        )
    elif not reports.enabled:
        yield Finding(
            Level.HINT,
            "external.completions.enabled",
            "reports are switched off: bookings are marked by hand",
        )
    elif reporting not in beside.signed_pages:
        title = PAGES[reporting].title if reporting in PAGES else reporting
        yield Finding(
            Level.WARNING,
            "external.completions",
            f"no signing secret for {title}: its reports are turned away (frontdesk handoffs webhook)",
        )


def _reaching(settings: WorkspaceSettings, beside: Beside) -> Iterator[Finding]:
    contact, outbound = settings.contact, settings.outbound
    if not (contact.phone or contact.email or contact.website):
        yield Finding(
            Level.WARNING, "contact", "customers can't be told how to reach the business without the bot"
        )
    if outbound.mode == "open":
        yield Finding(Level.WARNING, "outbound.mode", "open: every customer who writes gets an answer")
    elif beside.channels & {"whatsapp", "twilio"} and not outbound.allow:
        yield Finding(
            Level.WARNING,
            "outbound",
            "closed, and nobody is on the list: no message leaves on WhatsApp or SMS",
        )
    if not (settings.mail.notify or contact.email):
        yield Finding(Level.HINT, "mail.notify", "the business itself gets no mail about bookings")
    if not beside.mail_service and (settings.mail.to_customer or settings.mail.to_business):
        yield Finding(Level.HINT, "mail", "this installation has no mail service: no mail leaves")
    quiet = settings.quiet_hours
    if not quiet.enabled:
        yield Finding(Level.HINT, "quiet_hours.enabled", "off: what we begin goes out at any hour")
    else:
        minutes = (quiet.ends.hour * 60 + quiet.ends.minute) - (quiet.begins.hour * 60 + quiet.begins.minute)
        if (minutes % (24 * 60)) / 60 > _MANY_QUIET_HOURS:
            yield Finding(
                Level.WARNING,
                "quiet_hours",
                "most of the day is quiet: are begins and ends the wrong way round?",
            )
    for name in ("after_hours",):
        texts = getattr(settings, name)
        for language in settings.languages:
            if texts and language not in texts:
                yield Finding(
                    Level.HINT, f"{name}.{language}", "said in another language: there is no text in this one"
                )
    if settings.llm.enabled and settings.llm.daily_budget_cents == 0:
        yield Finding(Level.HINT, "llm.daily_budget_cents", "0: no language model is ever asked")


def _keeping(settings: WorkspaceSettings) -> Iterator[Finding]:
    retention = settings.retention
    for name in ("payloads", "traces"):
        if getattr(retention, name) > retention.conversations:
            yield Finding(
                Level.HINT, f"retention.{name}", "longer than the talks themselves, which take it with them"
            )
    if retention.conversations < 30:
        yield Finding(
            Level.HINT,
            "retention.conversations",
            "under a month: customers who come back are met as strangers",
        )
