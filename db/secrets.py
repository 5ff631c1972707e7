"""Secrets at rest: AES-256-GCM, bound to their workspace and field, with keys that can be rotated.

Format: one version byte, 4 bytes key fingerprint, 12 bytes nonce, ciphertext with tag.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = b"\x01"


class SecretError(RuntimeError):
    """A secret can't be read: its key is not configured, or it was moved or changed."""


class SecretBox:
    """Encrypts with the first key, decrypts with whichever made it."""

    def __init__(self, keys: Sequence[str | bytes]) -> None:
        """keys: 32 bytes each, as they are or in base64. Raises ValueError."""
        if not keys:
            raise ValueError("at least one secret key is needed")
        self._keys: dict[bytes, bytes] = {}
        for position, given in enumerate(keys, start=1):
            try:
                key = given if isinstance(given, bytes) else base64.b64decode(given, validate=True)
            except (binascii.Error, ValueError) as error:
                raise ValueError(f"secret key {position} is not base64") from error
            if len(key) != 32:
                raise ValueError(f"secret key {position} has {len(key)} bytes, 32 are needed")
            self._keys[hashlib.sha256(key).digest()[:4]] = key
        self._first = next(iter(self._keys))

    def seal(self, values: Mapping[str, str], *, workspace_id: UUID, field: str) -> bytes:
        """Encrypts a set of secrets; they open only for the same workspace and field."""
        nonce = os.urandom(12)
        body = AESGCM(self._keys[self._first]).encrypt(
            nonce, orjson.dumps(dict(values)), _binding(workspace_id, field)
        )
        return _VERSION + self._first + nonce + body

    def open(self, sealed: bytes, *, workspace_id: UUID, field: str) -> dict[str, str]:
        """Raises SecretError; never says what was inside."""
        if sealed[:1] != _VERSION or len(sealed) < 33:
            raise SecretError("a stored secret has an unknown format")
        key = self._keys.get(sealed[1:5])
        if key is None:
            raise SecretError("a stored secret was encrypted with a key that is not configured")
        try:
            plain = AESGCM(key).decrypt(sealed[5:17], sealed[17:], _binding(workspace_id, field))
        except InvalidTag as error:
            raise SecretError("a stored secret was changed or belongs to another workspace") from error
        values: dict[str, str] = orjson.loads(plain)
        return values

    def fingerprint(self, secret: str) -> str:
        """A keyed fingerprint: tells that two accounts share a signing secret without storing it."""
        return hmac.new(self._keys[self._first], secret.encode(), hashlib.sha256).hexdigest()[:32]

    def mac(self, purpose: str, text: str) -> bytes:
        """A keyed digest (32 bytes) that proves that we made `text` for this purpose."""
        return _mac(self._keys[self._first], purpose, text)

    def macs(self, purpose: str, text: str) -> list[bytes]:
        """The same by every key that is configured, the newest first: what was signed before a rotation counts."""
        return [_mac(key, purpose, text) for key in self._keys.values()]


def _mac(key: bytes, purpose: str, text: str) -> bytes:
    own = hmac.new(key, f"frontdesk/{purpose}".encode(), hashlib.sha256).digest()
    return hmac.new(own, text.encode(), hashlib.sha256).digest()


def _binding(workspace_id: UUID, field: str) -> bytes:
    return f"{workspace_id}/{field}".encode()
