"""Our reference on a booking page: the handoff's token and proof that we made it.

It travels in the customer's own browser, so anybody may edit it. The proof keeps a made-up one from completing a
handoff; it is no secret.
"""

from __future__ import annotations

import base64
import hmac
import re

from db.secrets import SecretBox

_PURPOSE = "handoff-reference"
_REFERENCE = re.compile(r"(?P<token>[A-Za-z0-9_-]{12,40})\.(?P<proof>[A-Za-z0-9_-]{16})")


def sign(box: SecretBox, token: str) -> str:
    return f"{token}.{_proof(box.mac(_PURPOSE, token))}"


def verify(box: SecretBox, reference: str | None) -> str | None:
    """The token of a reference that is ours, by any of the keys; else None."""
    match = _REFERENCE.fullmatch(reference or "")
    if match is None:
        return None
    proofs = (_proof(mac) for mac in box.macs(_PURPOSE, match["token"]))
    known = any(hmac.compare_digest(match["proof"], proof) for proof in proofs)
    return match["token"] if known else None


def _proof(mac: bytes) -> str:
    return _text(mac[:12])


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
