"""No webhook counts that isn't signed over exactly these bytes with this account's secret."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contracts.channels.accounts import (
    SIGNATURE_HEADERS,
    SUBJECTS,
    Subject,
    payload,
    signed,
    with_secrets,
)

pytestmark = pytest.mark.parametrize("subject", SUBJECTS, ids=str)


def _sample(subject: Subject):
    return signed(subject, payload(subject.account.channel, subject.sample))


def test_the_right_signature_counts(subject: Subject):
    assert subject.channel.verify(_sample(subject), subject.account)


def test_a_missing_or_empty_signature_does_not_count(subject: Subject):
    request = _sample(subject)
    name = SIGNATURE_HEADERS[subject.account.channel]
    without = {k: v for k, v in request.headers.items() if k != name}
    assert not subject.channel.verify(replace(request, headers=without), subject.account)
    assert not subject.channel.verify(replace(request, headers={**without, name: ""}), subject.account)


def test_another_accounts_secret_does_not_count(subject: Subject):
    foreign = with_secrets(subject, **{subject.signing_secret: "another_secret"})
    assert not subject.channel.verify(_sample(subject), foreign)


@pytest.mark.parametrize("secrets", [{}, {"empty": ""}])
def test_without_a_configured_secret_nothing_counts(subject: Subject, secrets: dict[str, str]):
    if secrets:
        secrets = {subject.signing_secret: ""}
    closed = replace(subject.account, secrets=secrets)
    signed_with_nothing = _sample(
        replace(subject, account=with_secrets(subject, **{subject.signing_secret: ""}))
    )
    assert not subject.channel.verify(_sample(subject), closed)
    assert not subject.channel.verify(signed_with_nothing, closed)


@given(data=st.data())
def test_a_flipped_bit_of_the_body_does_not_count(subject: Subject, data: st.DataObject):
    request = _sample(subject)
    position = data.draw(st.integers(0, len(request.body) - 1))
    bit = data.draw(st.integers(0, 7))
    body = bytearray(request.body)
    body[position] ^= 1 << bit
    assert _same_form(subject, request.body, bytes(body)) or not subject.channel.verify(
        replace(request, body=bytes(body)), subject.account
    )


def _same_form(subject: Subject, one: bytes, other: bytes) -> bool:
    """Twilio signs decoded fields: %2b and %2B, or a lone & more, are the same form."""
    if subject.account.channel != "twilio":
        return False
    try:
        return set(parse_qsl(one.decode(), keep_blank_values=True)) == set(
            parse_qsl(other.decode(), keep_blank_values=True)
        )
    except ValueError:
        return False


@given(data=st.data())
def test_a_changed_signature_does_not_count(subject: Subject, data: st.DataObject):
    request = _sample(subject)
    name = SIGNATURE_HEADERS[subject.account.channel]
    right = request.headers[name]
    position = data.draw(st.integers(0, len(right) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != right[position]))
    wrong = right[:position] + other + right[position + 1 :]
    assert not subject.channel.verify(
        replace(request, headers={**request.headers, name: wrong}), subject.account
    )


@given(header=st.text(max_size=100))
def test_no_header_text_breaks_the_check(subject: Subject, header: str):
    request = _sample(subject)
    name = SIGNATURE_HEADERS[subject.account.channel]
    assert subject.channel.verify(
        replace(request, headers={**request.headers, name: header}), subject.account
    ) is (header == request.headers[name])


@given(body=st.binary(max_size=300))
def test_no_body_breaks_the_check(subject: Subject, body: bytes):
    request = _sample(subject)
    verified = subject.channel.verify(replace(request, body=body), subject.account)
    assert verified is (body == request.body or _same_form(subject, request.body, body))


def test_a_method_the_channel_does_not_use_does_not_count(subject: Subject):
    assert not subject.channel.verify(replace(_sample(subject), method="PUT"), subject.account)
