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
