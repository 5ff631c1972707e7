"""Settings of businesses whose customers finish on a booking page of somebody else's."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from bot.booking_urls import url_problem
from providers.handoff.pages import PAGES, Page, page_of

_Word = Annotated[str, Field(max_length=80, pattern=r"^[A-Za-z0-9._~-]*$")]


def _safe_url(value: str) -> str:
    if value and (problem := url_problem(value)) is not None:
        raise ValueError(f"the booking URL {problem}")
    return value.strip()


BookingUrl = Annotated[str, Field(max_length=2048), AfterValidator(_safe_url)]
"""https on a real host, or empty."""


class CompletionReports(BaseModel):
    """What the booking page reports of finished bookings. Signed, or nothing of it is believed (docs/handoff.md)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = True
    """Off: reports are turned away. On: they count from when a secret is set (`frontdesk handoffs webhook`)."""
    page: str = ""
    """Which page signs them; empty: the one where customers book."""
    event: Annotated[str, Field(max_length=80)] = ""
    """Only this event of the page's tells of a booking (Cal.com: BOOKING_PAID); empty: any that does."""

    @field_validator("page")
    @classmethod
    def _signing_page(cls, value: str) -> str:
        if value and (value not in PAGES or PAGES[value].completions is None):
            signing = ", ".join(key for key, page in PAGES.items() if page.completions is not None)
            raise ValueError(f"{value!r} signs no reports; {signing} do")
        return value

    def counts(self, page: str, event: str, *, tells_of_booking: bool) -> bool:
        """Whether a signed report is heard."""
        if not self.enabled or (self.page and self.page != page):
            return False
        return not (tells_of_booking and self.event and self.event != event)


class ExternalBooking(BaseModel):
    """Where customers finish their booking in external mode, and how they are led there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    page: str = ""
    """Key of the page (providers/handoff/pages.py); empty: known by the URL's host."""
    url: BookingUrl = ""
    service_urls: dict[str, BookingUrl] = Field(default_factory=dict)
    """A service's own page, by the service's external id."""
    embed: Literal["link", "iframe"] = "link"
    """iframe: shown inside our page, where the booking page is known to allow it."""
    disclaimer: dict[str, Annotated[str, Field(max_length=500)]] = Field(default_factory=dict)
    """Per language."""
    completions: CompletionReports = CompletionReports()
    """What the page reports back."""
    utm_source: _Word = "frontdesk"
    utm_campaign: _Word = ""
    reference_parameter: _Word = "fd_ref"
    page_settings: dict[str, Annotated[str, Field(max_length=120)]] = Field(default_factory=dict)
    """What the page declares it needs (Acuity: reference_field_id, user_id)."""
    abandon_hours: int = Field(default=24, ge=1, le=24 * 30)
    """A handoff that nobody finished in this time counts as abandoned."""

    @field_validator("disclaimer")
    @classmethod
    def _known_languages(cls, value: dict[str, str]) -> dict[str, str]:
        if unknown := set(value) - {"en", "ar"}:
            raise ValueError(f"unknown language {min(unknown)!r}")
        return value

    @field_validator("page")
    @classmethod
    def _known_page(cls, value: str) -> str:
        if value and value not in PAGES:
            raise ValueError(f"unknown booking page {value!r}; known are {', '.join(PAGES)}")
        return value

    def page_at(self, url: str) -> Page:
        """What kind of page is at a booking URL of this business: as named, or known by its host."""
        return page_of(url, named=self.page if url == self.url else "")
