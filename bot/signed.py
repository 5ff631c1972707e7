"""Tokens that we sign and a browser keeps: JWT with HS256 and nothing else, one key per purpose and audience.

Whether one that we signed is over is for the caller to say: he has the clock, and his own answer to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt

from db.secrets import SecretBox

ALGORITHM = "HS256"
_LONGEST = 2048


class NotSigned(Exception):
    """Nothing that we signed for this audience, or it lacks what it should say."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a token of ours says. `until` may be past."""

    claims: Mapping[str, Any]
    until: datetime


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs and opens tokens of one purpose for one audience. `required`: claims beside `aud` and `exp`."""

    box: SecretBox
    purpose: str
    audience: str
    required: Collection[str]

    def sign(self, until: datetime, claims: Mapping[str, Any]) -> str:
        """The token that `open` takes; it ends on a whole second."""
        key = self.box.mac(self.purpose, self.audience)
        return jwt.encode({"aud": self.audience, "exp": until, **claims}, key, algorithm=ALGORITHM)

    def open(self, token: str) -> Signed:
        """By any of the keys: what was signed before a rotation counts. Raises NotSigned."""
        if not token or len(token) > _LONGEST:
            raise NotSigned
        for key in self.box.macs(self.purpose, self.audience):
            try:
                claims: dict[str, Any] = jwt.decode(
                    token,
                    key,
                    algorithms=[ALGORITHM],
                    audience=self.audience,
                    options={"require": ["aud", "exp", *self.required], "verify_exp": False},
                )
                return Signed(claims, datetime.fromtimestamp(int(claims["exp"]), UTC))
            except jwt.InvalidSignatureError:
                continue
            except (jwt.PyJWTError, TypeError, ValueError) as error:
                raise NotSigned from error
        raise NotSigned
