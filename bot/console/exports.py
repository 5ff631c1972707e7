"""Files for a spreadsheet. A cell that begins like a formula would be run by it, so such a cell gets a quote first."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.console.rendering import close
from db.read_pages import F_contra, Kind, Row, read_rows
from db.tx import Tx

LIMIT = 10_000
"""Most rows of one file; who needs more narrows the filters."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_BOM = "\ufeff"
"""Excel takes a file without it for Latin text, and Arabic names for noise."""


async def every_row(tx: Tx, kind: Kind[F_contra, Row], filters: F_contra) -> list[Row]:
    """All that the filters leave, newest first; never more than a file may have."""
    return await read_rows(tx, kind, filters, most=LIMIT)


def csv_answer(
    name: str, header: Sequence[str], rows: Iterable[Sequence[object]], *, zone: ZoneInfo
) -> web.Response:
    """Times are written in the zone, as spreadsheets read them."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    for row in rows:
        writer.writerow([defused(_cell(value, zone)) for value in row])
    response = web.Response(
        text=_BOM + out.getvalue(),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
    close(response)
    return response


def _cell(value: object, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    return str(value)


def defused(text: str) -> str:
    """The text, never a formula: spaces before it don't help, so they don't count."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
