"""Recording windows: while one is open, web processes append redacted webhooks to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.tx import Pool, Tx

OPEN = "SELECT open_recording($1, $2)"
OPEN_ONES = "SELECT id FROM open_recordings()"
RECORD = "SELECT record_webhook($1, $2, $3, $4)"
TAKE = "SELECT seq, channel, account_key, received_at, request FROM take_recorded($1, $2)"
CLOSE = "SELECT close_recording($1)"
KNOWN_IDS = """
SELECT external_id FROM inbox
WHERE workspace_id = current_workspace() AND source = $1 AND account = $2 AND external_id = ANY ($3)
"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One redacted webhook. `request` is what workers/redaction.py made of it."""

    seq: int
    channel: str
    account_key: str
    received_at: datetime
    request: dict[str, Any]


async def open_window(connection: Tx | Pool, window_id: UUID, *, seconds: float) -> None:
    """Opens a window for so long, or keeps an open one open for so long from now."""
    await connection.execute(OPEN, window_id, seconds)


async def open_windows(connection: Tx | Pool) -> list[UUID]:
    return [row["id"] for row in await connection.fetch(OPEN_ONES)]


async def append(
    connection: Tx | Pool, window_id: UUID, *, channel: str, account_key: str, request: dict[str, Any]
) -> None:
    """Keeps one redacted webhook; nothing happens if the window is gone."""
    await connection.execute(RECORD, window_id, channel, account_key, request)


async def take(connection: Tx | Pool, window_id: UUID, *, after: int) -> list[Recorded]:
    """What was recorded since, oldest first."""
    return [Recorded(**dict(row)) for row in await connection.fetch(TAKE, window_id, after)]


async def close_window(connection: Tx | Pool, window_id: UUID) -> None:
    """Closes the window and deletes what it holds."""
    await connection.execute(CLOSE, window_id)


async def known_ids(tx: Tx, *, channel: str, account_key: str, external_ids: Sequence[str]) -> set[str]:
    """Which of these messages the workspace received already."""
    rows = await tx.fetch(KNOWN_IDS, channel, account_key, list(external_ids))
    return {row["external_id"] for row in rows}
