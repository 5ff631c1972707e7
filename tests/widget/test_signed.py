"""Signed tokens: what opens, and everything that was not signed for it."""

from __future__ import annotations

from datetime import UTC, datetime

import jwt
import pytest

from bot.signed import ALGORITHM, NotSigned, Signer
from db.secrets import SecretBox

OLD, NEW = b"o" * 32, b"n" * 32
UNTIL = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
CLAIMS = {"who": "Sara", "seat": "w-1"}


def signer(*keys: bytes, purpose: str = "chat", audience: str = "page") -> Signer:
    return Signer(SecretBox(list(keys) or [NEW]), purpose, audience, ("who", "seat"))


def test_what_was_signed_opens_and_says_until_when() -> None:
    opened = signer().open(signer().sign(UNTIL, CLAIMS))
    assert opened.until == UNTIL
    assert opened.claims.items() >= CLAIMS.items()


def test_one_that_is_over_still_opens_for_the_caller_to_judge() -> None:
    past = datetime(2020, 1, 1, tzinfo=UTC)
    assert signer().open(signer().sign(past, CLAIMS)).until == past


def test_a_token_outlives_its_keys_rotation_but_not_its_keys_end() -> None:
    token = signer(OLD).sign(UNTIL, CLAIMS)
    assert signer(NEW, OLD).open(token).claims["who"] == "Sara"
    with pytest.raises(NotSigned):
        signer(NEW).open(token)


@pytest.mark.parametrize("other", [signer(OLD), signer(purpose="mail"), signer(audience="other")])
def test_another_key_purpose_or_audience_is_somebody_elses(other: Signer) -> None:
    with pytest.raises(NotSigned):
        signer().open(other.sign(UNTIL, CLAIMS))


def test_only_our_algorithm_and_complete_claims_count() -> None:
    key = SecretBox([NEW]).mac("chat", "page")
    whole = {"aud": "page", "exp": UNTIL, **CLAIMS}
    assert signer().open(jwt.encode(whole, key, algorithm=ALGORITHM)).until == UNTIL
    forged = [
        jwt.encode(whole, key + key, algorithm="HS512"),
        jwt.encode(whole, None, algorithm="none"),
        *(
            jwt.encode({name: said for name, said in whole.items() if name != left_out}, key, ALGORITHM)
            for left_out in whole
        ),
        jwt.encode({**whole, "aud": "other"}, key, algorithm=ALGORITHM),
        "",
        "nonsense",
        "x" * 5000,
    ]
    for token in forged:
        with pytest.raises(NotSigned):
            signer().open(token)
