"""The second factor: codes of an authenticator app (TOTP, RFC 6238), each good once, and recovery codes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import pyotp
import segno
from markupsafe import Markup

from db import users
from db.secrets import SecretBox
from db.tx import Pool
from db.users import TOTP_FIELD, User

ISSUER = "Frontdesk"
STEP_SECONDS = 30
_RECOVERY_CODES = 10
_RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    """160 bits in base32, as apps take it."""
    return pyotp.random_base32()


def seal(box: SecretBox, user_id: UUID, secret: str) -> bytes:
    return box.seal({"secret": secret}, workspace_id=user_id, field=TOTP_FIELD)


def secret_of(box: SecretBox, user: User) -> str | None:
    """The secret that is kept for the user, confirmed or not. Raises db.secrets.SecretError."""
    if user.totp_secret is None:
        return None
    return box.open(user.totp_secret, workspace_id=user.id, field=TOTP_FIELD)["secret"]


def address(secret: str, email: str) -> str:
    """What the QR code says."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def picture(uri: str) -> Markup:
    """The QR code as SVG, dark on white whatever the page's colours are: phones read nothing else well."""
    drawn = segno.make(uri, error="m").svg_inline(scale=5, border=3, dark="#000", light="#fff", omitsize=True)
    return Markup(drawn)  # noqa: S704 - squares that segno drew, no text


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is: this one, or its neighbours for clocks that are off. None: it is none."""
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    current = int(now.timestamp()) // STEP_SECONDS
    generator = pyotp.TOTP(secret)
    for step in (current, current - 1, current + 1):
        if hmac.compare_digest(generator.generate_otp(step), digits):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Ten, of about 49 bits each: `hq7mx-2kfpa`."""
    return [
        "-".join("".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(5)) for _ in range(2))
        for _ in range(_RECOVERY_CODES)
    ]


def digests(user_id: UUID, codes: Sequence[str]) -> list[bytes]:
    return [_digest(user_id, code) for code in codes]


def _digest(user_id: UUID, code: str) -> bytes:
    plain = "".join(mark for mark in code.lower() if mark.isalnum())
    return hashlib.sha256(user_id.bytes + plain.encode()).digest()


async def accept(pool: Pool, box: SecretBox, user: User, code: str, *, now: datetime) -> bool:
    """Whether the code proves the user: the app's, not used before, or a recovery code, which is used up by it."""
    secret = secret_of(box, user)
    if secret is None or user.totp_confirmed_at is None:
        return False
    step = step_of(secret, code, now)
    if step is not None:
        return await users.use_totp_step(pool, user.id, step)
    return await users.use_recovery_code(pool, user.id, _digest(user.id, code))
