"""The links that lead a customer on to a booking page."""

from __future__ import annotations

from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from providers.handoff.contract import Prefill, Tracking
from providers.handoff.pages import MAX_URL, PAGES, may_be_framed, outgoing_url, page_of

SARA = Prefill(name="Sara Test", email="sara@example.com", phone="+15550100", notes="window seat")
TRACKING = Tracking(reference="ref.1", medium="whatsapp", campaign="autumn")


def query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


@pytest.mark.parametrize("key", [key for key in PAGES if key != "acuity"])
def test_every_page_gets_source_and_reference(key):
    found = query(outgoing_url("https://book.example.com/x", PAGES[key], SARA, TRACKING))
    assert (found["utm_source"], found["utm_medium"], found["utm_campaign"]) == (
        "frontdesk",
        "whatsapp",
        "autumn",
    )
    assert "ref.1" in found.values()


def test_calendly():
    found = query(
        outgoing_url("https://calendly.com/x/30min?month=2026-12", PAGES["calendly"], SARA, TRACKING)
    )
    assert found["utm_content"] == "ref.1"
    assert (found["name"], found["email"], found["month"]) == ("Sara Test", "sara@example.com", "2026-12")
    assert "phone" not in found, "it has no such parameter"


def test_acuity_needs_its_hidden_field():
    page = PAGES["acuity"]
    url = outgoing_url("https://x.as.me/", page, SARA, TRACKING, {"reference_field_id": "77"})
    found = query(url)
    assert (found["firstName"], found["lastName"], found["field:77"]) == ("Sara", "Test", "ref.1")
    assert "ref.1" not in query(outgoing_url("https://x.as.me/", page, SARA, TRACKING)).values()


def test_calcom_carries_it_as_metadata():
    found = query(outgoing_url("https://cal.com/x", PAGES["calcom"], SARA, TRACKING))
    assert found["metadata[fd_ref]"] == "ref.1"
    assert found["notes"] == "window seat"


def test_what_the_business_wrote_itself_stays():
    url = outgoing_url("https://x.example.com/b?utm_source=ours&a=1#top", PAGES["website"], SARA, TRACKING)
    assert query(url)["utm_source"] == "ours"
    assert urlsplit(url).fragment == "top"


def test_unknown_things_are_left_out():
    url = outgoing_url("https://calendly.com/x", PAGES["calendly"], Prefill(), Tracking(reference="r"))
    assert set(parse_qs(urlsplit(url).query)) == {"utm_source", "utm_medium", "utm_content"}


def test_a_long_note_never_costs_the_reference():
    url = outgoing_url("https://cal.com/x", PAGES["calcom"], Prefill(name="Sara", notes="é" * 2000), TRACKING)
    assert len(url) <= MAX_URL
    assert query(url)["metadata[fd_ref]"] == "ref.1"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://calendly.com/x", "calendly"),
        ("https://shop.square.site/book", "square"),
        ("https://x.as.me/", "acuity"),
        ("https://notcalendly.com/x", "website"),
        ("https://calendly.com.example.com/x", "website"),
    ],
)
def test_a_page_is_known_by_its_host(url, key):
    assert page_of(url).key == key


def test_a_named_page_counts_and_an_unknown_name_is_an_error():
    assert page_of("https://book.example.com", named="fresha").key == "fresha"
    with pytest.raises(ValueError, match="unknown booking page 'fresh'; known are calendly"):
        page_of("https://book.example.com", named="fresh")


def test_only_known_hosts_are_framed():
    assert may_be_framed("https://calendly.com/x", PAGES["calendly"])
    assert not may_be_framed("https://book.example.com/x", PAGES["calendly"])
    assert not may_be_framed("https://cal.com/x", PAGES["calcom"])
    assert not may_be_framed("https://shop.square.site/x", PAGES["square"])
