"""Our reference on a booking page: the handoff's token and proof that we made it.

It travels in the customer's own browser, so anybody may edit it. The proof keeps a made-up one from completing a
handoff; it is no secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from uuid import UUID

from db.secrets import SecretBox

_PURPOSE = "handoff-reference"
_REFERENCE = re.compile(r"(?P<token>[A-Za-z0-9_-]{12,40})\.(?P<proof>[A-Za-z0-9_-]{16})")
_RANDOM_BYTES = 10
"""Of a version 7 id: the part that isn't its time, 74 bits of it random."""
_MARK_BYTES = 4


def token_of(intent_id: UUID, workspace_id: UUID) -> str:
    """A short random id for addresses: 19 characters, the last of them the business's mark.

    With the mark a page still knows whose customer it has when the tables can't be read.
    """
    return _text(intent_id.bytes[-_RANDOM_BYTES:] + mark_of(workspace_id))


def mark_of(workspace_id: UUID) -> bytes:
    return hashlib.sha256(workspace_id.bytes).digest()[:_MARK_BYTES]


def mark_in(token: str) -> bytes:
    """The business's mark; empty if this can't be one of our tokens."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return b""
    return raw[_RANDOM_BYTES:] if len(raw) == _RANDOM_BYTES + _MARK_BYTES else b""


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
