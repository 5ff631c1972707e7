"""Meta's vector and its verification GET."""

from __future__ import annotations

import pytest

from bot.channels.whatsapp.signature import is_signed, sign, verify_subscription

BODY = b'{"object":"whatsapp_business_account","entry":[]}'
SIGNATURE = "sha256=16dca7462c417ede99079e0777ba0e7b5970c49a54e7132f7b5221aba5599672"
QUERY = {"hub.mode": "subscribe", "hub.verify_token": "token-1", "hub.challenge": "1158201444"}


def test_vector():
    assert sign(BODY, "app_secret_made_up") == SIGNATURE
    assert is_signed(BODY, SIGNATURE, "app_secret_made_up")


@pytest.mark.parametrize(
    "header",
    [
        "",
        SIGNATURE.upper(),
        SIGNATURE.removeprefix("sha256="),
        SIGNATURE.replace("sha256", "sha1"),
        f" {SIGNATURE}",
    ],
)
def test_only_the_exact_header_counts(header: str):
    assert not is_signed(BODY, header, "app_secret_made_up")


def test_reserialised_json_does_not_count():
    assert not is_signed(BODY.replace(b",", b", "), SIGNATURE, "app_secret_made_up")


def test_the_challenge_answers_our_own_token_only():
    assert verify_subscription(QUERY, "token-1") == "1158201444"
    assert verify_subscription(QUERY, "token-2") is None
    assert verify_subscription({**QUERY, "hub.mode": "unsubscribe"}, "token-1") is None
    assert verify_subscription({k: v for k, v in QUERY.items() if k != "hub.challenge"}, "token-1") is None
    assert verify_subscription({}, "token-1") is None
    assert verify_subscription({**QUERY, "hub.verify_token": "tökén"}, "token-1") is None


def test_without_a_configured_token_nothing_is_answered():
    assert verify_subscription({**QUERY, "hub.verify_token": ""}, "") is None
