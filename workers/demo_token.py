"""The token that a demo's API is opened with: made once, kept in a private file beside the demo's other data."""

from __future__ import annotations

import os
from pathlib import Path

from db import tokens
from db.tokens import Role, Scope
from db.tx import Pool


async def demo_token(pool: Pool, file: Path) -> str:
    """The one that the file holds, if this database knows it and it is good; else a new one, written there."""
    kept = _kept(file)
    if kept and await tokens.find(pool, kept) is not None:
        return kept
    made = await tokens.create(
        pool,
        name="demo",
        role=Role.AGENCY,
        workspace_id=None,
        scopes=[Scope.ADMIN_READ, Scope.ADMIN_DEMO],
        created_by="make demo",
    )
    _keep(file, made.token)
    return made.token


def _kept(file: Path) -> str:
    return file.read_text().strip() if file.exists() else ""


def _keep(file: Path, token: str) -> None:
    """In one step, readable by its owner only."""
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(f"{token}\n")
    draft.replace(file)
