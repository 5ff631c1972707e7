"""Passwords: argon2id with the library's defaults (RFC 9106, low memory: 64 MiB), a few at a time, off the loop."""

from __future__ import annotations

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 200
ONE_TIME_SECONDS = 7 * 24 * 3600
"""How long a one-time password is good for."""
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
"""Read from a terminal and typed: no l, o, 0, 1."""
_WORN = frozenset(
    {"1234567890", "password12", "password123", "passwordpassword", "qwertyuiop", "0123456789", "iloveyou123"}
)


class Passwords:
    """Makes and checks hashes; `hasher` is replaced by a cheap one in tests."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._at_once = asyncio.Semaphore(2)
        self._nobodys = ""

    async def hash(self, password: str) -> str:
        async with self._at_once:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, stored: str | None, password: str) -> bool:
        """stored None: nobody's. It takes as long as a real one, so that the time tells nothing about who exists."""
        if stored is None:
            self._nobodys = self._nobodys or await self.hash(secrets.token_hex(16))
        async with self._at_once:
            fitted = await asyncio.to_thread(self._verify, stored or self._nobodys, password[: LONGEST * 4])
        return fitted and stored is not None

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def complaint(password: str, email: str) -> str | None:
    """Why this can't be a password, for its owner to read. None: it can."""
    if len(password) < SHORTEST:
        return f"Take at least {SHORTEST} characters; a few words in a row are easiest to remember."
    if len(password) > LONGEST:
        return f"Take at most {LONGEST} characters."
    plain = password.lower()
    if plain in _WORN or len(set(plain)) < 4 or email.lower() in plain:
        return "That one is guessed at once. Take a few words in a row."
    return None


def new_one_time() -> str:
    """Three groups of four, about 59 bits: `k7mq-x2ab-9dfe`."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
