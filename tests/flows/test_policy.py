"""Who finishes a booking, and which URLs a customer may be led to."""

from __future__ import annotations

import pytest

from bot.booking_urls import url_problem
from bot.policy import (
    ALWAYS_INTERNAL,
    BY_MODE,
    Handling,
    PolicyInput,
    default_booking_mode,
    resolve_booking_handling,
)
from bot.workspace import BookingMode

GOOD = "https://book.example.com/salon?x=1"


@pytest.mark.parametrize("mode", list(BookingMode))
@pytest.mark.parametrize("kind", sorted(ALWAYS_INTERNAL))
def test_calls_and_tours_stay_here(mode: BookingMode, kind: str) -> None:
    found = resolve_booking_handling(PolicyInput(mode, external_url=GOOD), kind)
    assert (found.handling, found.external_url) == (Handling.INTERNAL, None)


@pytest.mark.parametrize("kind", sorted(BY_MODE))
def test_bookings_follow_the_mode(kind: str) -> None:
    internal = resolve_booking_handling(PolicyInput(BookingMode.INTERNAL, GOOD), kind)
    assert (internal.handling, internal.external_url) == (Handling.INTERNAL, None)
    provider = resolve_booking_handling(PolicyInput(BookingMode.PROVIDER, GOOD), kind)
    assert (provider.handling, provider.external_url) == (Handling.PROVIDER, None)
    assert provider.seen_by_customer is Handling.INTERNAL
    external = resolve_booking_handling(PolicyInput(BookingMode.EXTERNAL, GOOD), kind)
    assert (external.handling, external.external_url) == (Handling.EXTERNAL, GOOD)
    assert external.seen_by_customer is Handling.EXTERNAL


def test_a_service_may_carry_its_own_url() -> None:
    own = "https://other.example.com/cut"
    found = resolve_booking_handling(PolicyInput(BookingMode.EXTERNAL, GOOD, own), "APPOINTMENT")
    assert found.external_url == own


def test_an_unsafe_own_url_is_not_silently_replaced() -> None:
    found = resolve_booking_handling(
        PolicyInput(BookingMode.EXTERNAL, GOOD, "javascript:alert(1)"), "APPOINTMENT"
    )
    assert (found.handling, found.external_url) == (Handling.EXTERNAL, None)
    assert "service" in found.reason


def test_no_url_says_so() -> None:
    found = resolve_booking_handling(PolicyInput(BookingMode.EXTERNAL), "RESERVATION")
    assert (found.external_url, found.reason) == (None, "no booking URL is set")


def test_an_undeclared_type_is_an_error() -> None:
    with pytest.raises(ValueError, match="SPACE_WALK"):
        resolve_booking_handling(PolicyInput(BookingMode.INTERNAL), "SPACE_WALK")


@pytest.mark.parametrize(
    "url",
    [
        GOOD,
        " https://book.example.com ",
        "https://book.example.com:443/a",
        "https://a-b.example.co.uk/",
        "https://book.example.com/a%20b#c",
    ],
)
def test_safe(url: str) -> None:
    assert url_problem(url) is None


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://book.example.com", "https"),
        ("javascript:alert(1)", "https"),
        ("data:text/html,x", "https"),
        ("file:///etc/passwd", "https"),
        ("//book.example.com", "https"),
        ("book.example.com", "https"),
        ("HTTPS:/book", "host"),
        ("https://", "host"),
        ("https://user@book.example.com", "credentials"),
        ("https://user:pw@book.example.com", "credentials"),
        ("https://book.example.com@evil.example", "credentials"),
        ("https://localhost/x", "real host"),
        ("https://printer.local/x", "real host"),
        ("https://intranet/x", "real host"),
        ("https://127.0.0.1/x", "address"),
        ("https://[::1]/x", "address"),
        ("https://2130706433/x", "real host"),
        ("https://book。example.com/x", "look-alike"),
        ("https://bооk.example.com/x", "look-alike"),
        ("https://xn--bk-yia.example.com", "look-alike"),
        ("https://book..example.com", "real host"),
        ("https://-book.example.com", "real host"),
        ("https://book.example.com\\@evil.example", "characters"),
        ("https://book.exa\nmple.com", "characters"),
        ("https://book.example.com:8443/", "port"),
        ("https://book.example.com:x/", "read"),
        ("https://book.example.com/" + "a" * 3000, "long"),
    ],
)
def test_unsafe(url: str, why: str) -> None:
    problem = url_problem(url)
    assert problem is not None
    assert why in problem
    found = resolve_booking_handling(PolicyInput(BookingMode.EXTERNAL, url), "APPOINTMENT")
    assert found.external_url is None


def test_defaults() -> None:
    assert default_booking_mode(has_hours_or_roster=True, has_booking_system=True) is BookingMode.INTERNAL
    assert default_booking_mode(has_hours_or_roster=False, has_booking_system=True) is BookingMode.PROVIDER
    assert default_booking_mode(has_hours_or_roster=False, has_booking_system=False) is BookingMode.EXTERNAL
