"""The demo's operator: signs in with a one-time password that `make demo` prints, until he has chosen his own."""

from __future__ import annotations

from bot.console.passwords import ONE_TIME_SECONDS, Passwords, new_one_time
from db import users
from db.tx import Pool
from db.users import Role

DEMO_EMAIL = "operator@example.com"


async def one_time_password(pool: Pool) -> str | None:
    """A fresh one with every start; None: he has chosen a password already, and it stays."""
    user = await users.find(pool, email=DEMO_EMAIL)
    if user is not None and not user.password_one_time:
        return None
    password = new_one_time()
    hashed = await Passwords().hash(password)
    if user is None:
        await users.create(
            pool,
            email=DEMO_EMAIL,
            name="Olive Operator",
            password_hash=hashed,
            one_time=True,
            role=Role.AGENCY,
            workspace_id=None,
        )
    else:
        await users.set_password(pool, user.id, hashed, one_time=True, valid_seconds=ONE_TIME_SECONDS)
    return password
