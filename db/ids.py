"""Ids: time-ordered UUIDs for rows (RFC 9562, version 7) and confirmation codes for people."""

from __future__ import annotations

import os
import secrets
import time
from uuid import UUID

CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""No I, O, 0, 1: read aloud and typed without doubt."""
CODE_LENGTH = 6


def new_id() -> UUID:
    """A version 7 UUID: rows made later sort later, so primary keys grow at one end of their index."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & 0xFFFFFFFFFFFF) << 80 | random
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def new_confirmation_code() -> str:
    """Six letters and digits, 32^6 ≈ 10^9 possibilities; unique per workspace by the table."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
