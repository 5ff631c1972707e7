"""Completion webhooks of booking pages: the vendors' signatures, and what is read from signed bodies."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.handoff.completions import acuity_reference
from providers.handoff.contract import BadSignature, CompletionRequest, Outcome, UnreadableCompletion
from providers.handoff.pages import PAGES
from providers.handoff.reading import base64_signature, hex_signature

URL = "https://bot.example.com/webhooks/square"
NOW = 1767225600
CALENDLY_BODY = b'{"event":"invitee.created","payload":{"email":"a@example.com"}}'
SQUARE_BODY = b'{"merchant_id":"M1","type":"booking.created","event_id":"e1"}'
ACUITY_BODY = b"action=scheduled&id=123&calendarID=1&appointmentTypeID=2"
CALCOM_BODY = (
    b'{"triggerEvent":"BOOKING_CREATED","createdAt":"2026-01-01T00:00:00.000Z","payload":{"uid":"u1"}}'
)
VECTORS = {
    "calendly": (
        "calendly_signing_key_made_up",
        {
            "calendly-webhook-signature": (
                f"t={NOW},v1=71827406e8766d97c0b89fd7fe1dc3334249ca379a07943159b1f087abd3e429"
            )
        },
        CALENDLY_BODY,
    ),
    "square": (
        "square_signature_key_made_up",
        {"x-square-hmacsha256-signature": "sVpX13UR91HiIwyxlnLBOe4Sv2bGBuElmHoK7yw/5mQ="},
        SQUARE_BODY,
    ),
    "acuity": (
        "acuity_api_key_made_up",
        {"x-acuity-signature": "5KWgHWadASXKssm91UwKCjDulG6E6eGx/eHSjzcyTCk="},
        ACUITY_BODY,
    ),
    "calcom": (
        "cal_secret_made_up",
        {"x-cal-signature-256": "ef3c4b47a04c69e31248a9110fe65e7a6ffef0bca3a76fec1312e1a98aace795"},
        CALCOM_BODY,
    ),
}


def read(page: str, headers: dict[str, str], body: bytes, secret: str, now: float = NOW):
    completions = PAGES[page].completions
    assert completions is not None
    return completions.read(CompletionRequest(URL, headers, body), secret=secret, now=now)


def signed(page: str, body: bytes):
    """As the page would send it."""
    secret = VECTORS[page][0]
    header = {
        "calendly": lambda: {
            "calendly-webhook-signature": f"t={NOW},v1={hex_signature(secret, str(NOW).encode() + b'.' + body)}"
        },
        "square": lambda: {"x-square-hmacsha256-signature": base64_signature(secret, URL.encode() + body)},
        "acuity": lambda: {"x-acuity-signature": base64_signature(secret, body)},
        "calcom": lambda: {"x-cal-signature-256": hex_signature(secret, body)},
    }[page]()
    return read(page, header, body, secret)


@pytest.mark.parametrize("page", VECTORS)
def test_the_vendors_vectors_pass(page):
    secret, headers, body = VECTORS[page]
    assert read(page, headers, body, secret).outcome is Outcome.BOOKED


@pytest.mark.parametrize("page", VECTORS)
def test_anything_else_does_not(page):
    secret, headers, body = VECTORS[page]
    for headers_, body_, secret_ in (
        ({}, body, secret),
        (dict.fromkeys(headers, ""), body, secret),
        (headers, body + b" ", secret),
        (headers, body.replace(b"e", b"f", 1), secret),
        (headers, body, secret + "x"),
        (headers, body, ""),
    ):
        with pytest.raises(BadSignature):
            read(page, headers_, body_, secret_)


def test_squares_signature_is_of_its_url():
    secret, headers, body = VECTORS["square"]
    completions = PAGES["square"].completions
    assert completions is not None
    with pytest.raises(BadSignature):
        completions.read(CompletionRequest(URL + "/", headers, body), secret=secret, now=NOW)


@pytest.mark.parametrize("late", [-181, 181, 86_400])
def test_an_old_calendly_webhook_is_a_replay(late):
    secret, headers, body = VECTORS["calendly"]
    with pytest.raises(BadSignature, match="old"):
        read("calendly", headers, body, secret, now=NOW + late)


@given(body=st.binary(max_size=80), page=st.sampled_from(sorted(VECTORS)))
def test_signed_nonsense_is_unreadable_or_nothing(body, page):
    try:
        completion = signed(page, body)
    except UnreadableCompletion:
        return
    assert completion.reference is None or isinstance(completion.reference, str)


@given(
    data=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ("event", "payload", "tracking", "data", "object", "booking", "metadata", "uri", "type")
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ),
    page=st.sampled_from(("calendly", "square", "calcom")),
)
def test_any_json_is_read_or_unreadable(data, page):
    try:
        signed(page, json.dumps(data).encode())
    except UnreadableCompletion:
        assert not isinstance(data, dict)


def calendly(event: str, **invitee: object):
    body = {"event": event, "payload": {"uri": "https://api.example.com/i/1", **invitee}}
    return signed("calendly", json.dumps(body).encode())


def test_calendly_gives_the_reference_back():
    booked = calendly("invitee.created", tracking={"utm_content": "ref.1", "utm_source": "frontdesk"})
    assert (booked.outcome, booked.reference, booked.incomplete) == (Outcome.BOOKED, "ref.1", False)
    assert booked.booking_id == "https://api.example.com/i/1"


def test_a_calendly_reschedule_is_no_cancellation():
    assert calendly("invitee.canceled", rescheduled=True, new_invitee="x").outcome is Outcome.OTHER
    assert calendly("invitee.created", old_invitee="x").outcome is Outcome.MOVED
    assert calendly("invitee.canceled", rescheduled=False).outcome is Outcome.CANCELLED
    assert calendly("routing_form_submission.created").outcome is Outcome.OTHER


@pytest.mark.parametrize(
    ("kind", "status", "outcome"),
    [
        ("booking.created", "PENDING", Outcome.BOOKED),
        ("booking.updated", "ACCEPTED", Outcome.MOVED),
        ("booking.updated", "CANCELLED_BY_CUSTOMER", Outcome.CANCELLED),
        ("customer.created", "", Outcome.OTHER),
    ],
)
def test_square_never_knows_our_reference(kind, status, outcome):
    body = {"type": kind, "data": {"id": "b1", "object": {"booking": {"id": "b1", "status": status}}}}
    found = signed("square", json.dumps(body).encode())
    assert (found.outcome, found.booking_id, found.reference) == (outcome, "b1", None)


@pytest.mark.parametrize(
    ("action", "outcome"),
    [
        ("scheduled", Outcome.BOOKED),
        ("appointment.scheduled", Outcome.BOOKED),
        ("rescheduled", Outcome.MOVED),
        ("canceled", Outcome.CANCELLED),
        ("changed", Outcome.OTHER),
        ("order.completed", Outcome.OTHER),
    ],
)
def test_acuity_names_only_ids(action, outcome):
    found = signed("acuity", urlencode({"action": action, "id": "55"}).encode())
    assert (found.outcome, found.booking_id, found.incomplete) == (
        outcome,
        "55",
        outcome is not Outcome.OTHER,
    )


def test_acuitys_reference_is_in_its_hidden_field():
    appointment = {
        "id": 55,
        "forms": [{"id": 1, "values": [{"fieldID": 7, "value": "ref.1"}, {"fieldID": 8}]}],
    }
    assert acuity_reference(appointment, field_id="7") == "ref.1"
    for other in ({}, None, [], {"forms": None}, {"forms": [{"values": None}]}):
        assert acuity_reference(other, field_id="7") is None
    assert acuity_reference(appointment, field_id="8") is None


def test_calcom_gives_the_reference_back_even_from_a_template_of_the_business():
    body = {"triggerEvent": "BOOKING_CREATED", "payload": {"uid": "u1", "metadata": {"fd_ref": "ref.1"}}}
    assert signed("calcom", json.dumps(body).encode()).reference == "ref.1"
    assert signed("calcom", b'{"hello": "world"}').outcome is Outcome.OTHER
