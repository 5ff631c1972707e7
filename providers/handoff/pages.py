"""The booking pages we know: what their links read, where our reference travels, whether they may be framed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from providers.handoff.completions import (
    AcuityCompletions,
    CalComCompletions,
    CalendlyCompletions,
    SquareCompletions,
)
from providers.handoff.contract import Completions, Prefill, Tracking

Query = list[tuple[str, str]]
MAX_URL = 2048


@dataclass(frozen=True, slots=True)
class Page:
    """One kind of booking page. `fill` gives the query parameters that it reads, by its documentation."""

    key: str
    title: str
    """What customers know it as; empty: its host says it."""
    hosts: tuple[str, ...]
    """Its own hosts: how it is recognised, and what a frame may show. Subdomains included."""
    fill: Callable[[Prefill, Tracking, Mapping[str, str]], Query]
    completions: Completions | None = None
    frameable: bool = False
    carries_reference: bool = False
    """Gives our reference back with the booking, so a signed webhook may complete a handoff by itself."""
    settings: tuple[str, ...] = ()
    """Names of further settings it needs (Acuity: the id of a hidden intake field)."""


def _utm(tracking: Tracking, content: str = "") -> Query:
    pairs = [
        ("utm_source", tracking.source),
        ("utm_medium", tracking.medium),
        ("utm_campaign", tracking.campaign),
        ("utm_content", content),
    ]
    return [(name, value) for name, value in pairs if value]


def _plain(_: Prefill, tracking: Tracking, __: Mapping[str, str]) -> Query:
    """No documented prefill: UTM, and our reference for the business's own statistics."""
    return [*_utm(tracking), (tracking.parameter, tracking.reference)]


def _calendly(prefill: Prefill, tracking: Tracking, _: Mapping[str, str]) -> Query:
    known = [("name", prefill.name), ("email", prefill.email)]
    return [*(pair for pair in known if pair[1]), *_utm(tracking, tracking.reference)]


def _acuity(prefill: Prefill, tracking: Tracking, settings: Mapping[str, str]) -> Query:
    """No UTM passes through; the reference goes into a hidden intake field, if one is set up."""
    first, _, last = prefill.name.partition(" ")
    known = [
        ("firstName", first), ("lastName", last), ("email", prefill.email), ("phone", prefill.phone),
    ]  # fmt: skip
    query = [pair for pair in known if pair[1]]
    field_id = settings.get("reference_field_id", "")
    if field_id:
        query.append((f"field:{field_id}", tracking.reference))
    return [*query, *_utm(tracking)]


def _calcom(prefill: Prefill, tracking: Tracking, _: Mapping[str, str]) -> Query:
    known = [
        ("name", prefill.name), ("email", prefill.email), ("phone", prefill.phone), ("notes", prefill.notes),
    ]  # fmt: skip
    return [
        *(pair for pair in known if pair[1]),
        (f"metadata[{CalComCompletions.metadata_key}]", tracking.reference),
        *_utm(tracking),
    ]


PAGES: Mapping[str, Page] = {
    page.key: page
    for page in (
        Page(
            "calendly", "Calendly", ("calendly.com",), _calendly, CalendlyCompletions(),
            frameable=True, carries_reference=True,
        ),
        Page("square", "Square", ("square.site", "squareup.com", "square.com"), _plain, SquareCompletions()),
        Page(
            "acuity", "Acuity Scheduling", ("acuityscheduling.com", "as.me"), _acuity, AcuityCompletions(),
            frameable=True, carries_reference=True, settings=("reference_field_id", "user_id"),
        ),
        Page("calcom", "Cal.com", ("cal.com",), _calcom, CalComCompletions(), carries_reference=True),
        Page("mindbody", "Mindbody", ("mindbodyonline.com",), _plain),
        Page("vagaro", "Vagaro", ("vagaro.com",), _plain),
        Page("fresha", "Fresha", ("fresha.com",), _plain),
        Page("website", "", (), _plain),
    )
}  # fmt: skip
"""By key, as the settings of a business name them."""


def page_of(url: str, *, named: str = "") -> Page:
    """The page that a business named, else the one its URL's host belongs to, else a plain website.

    Raises ValueError for a name that nobody knows.
    """
    if named:
        if named not in PAGES:
            raise ValueError(f"unknown booking page {named!r}; known are {', '.join(PAGES)}")
        return PAGES[named]
    host = (urlsplit(url).hostname or "").lower()
    found = (page for page in PAGES.values() if _belongs(host, page))
    return next(found, PAGES["website"])


def may_be_framed(url: str, page: Page) -> bool:
    """Only a page known to allow it, and only on its own hosts: a browser doesn't report a refused frame."""
    return page.frameable and _belongs((urlsplit(url).hostname or "").lower(), page)


def outgoing_url(
    url: str, page: Page, prefill: Prefill, tracking: Tracking, settings: Mapping[str, str] | None = None
) -> str:
    """The business's URL with what the page reads. What the business put into its URL itself wins.

    Prefill is dropped, from the last on, before the whole would be longer than `MAX_URL`; the reference stays.
    """
    parts = urlsplit(url)
    own = parse_qsl(parts.query, keep_blank_values=True)
    taken = {name for name, _ in own}
    added = [pair for pair in page.fill(prefill, tracking, settings or {}) if pair[0] not in taken]
    while True:
        query = urlencode([*own, *added], quote_via=quote, safe="[]:")
        built = urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment))
        spare = [pair for pair in added if pair[1] != tracking.reference]
        if len(built) <= MAX_URL or not spare:
            return built
        added.remove(spare[-1])


def _belongs(host: str, page: Page) -> bool:
    return any(host == own or host.endswith("." + own) for own in page.hosts)
