"""The short random id of a handoff in addresses: `/h/{token}`. Pure."""

from __future__ import annotations

import base64
import hashlib
from uuid import UUID

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


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
