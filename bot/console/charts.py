"""Charts, drawn by pygal. A picture never stands alone: the page has the same numbers as a table."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import pygal
from aiohttp import web
from pygal.style import Style

from bot.console.rendering import close
from db.read_overview import Day

# For maps, which we don't draw, pygal hooks itself into every import of the process, in a way that Python 3.11 warns
# of and 3.12 has dropped.
sys.meta_path[:] = [one for one in sys.meta_path if not isinstance(one, pygal.PluginImportFixer)]

_LONG = 31
"""Over more days than these a bar is a week."""
# Readable on white and on the dark page alike: the picture doesn't know on which it stands.
_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="#7a8594",
    foreground_strong="#7a8594",
    foreground_subtle="#7a859466",
    guide_stroke_color="#7a859444",
    major_guide_stroke_color="#7a859444",
    guide_stroke_dasharray="0",
    major_guide_stroke_dasharray="0",
    opacity=".9",
    colors=("#1d8a99", "#c98a1b", "#7d6bc4"),
    font_family="system-ui, sans-serif",
    label_font_size=13,
    major_label_font_size=13,
    legend_font_size=14,
)


@dataclass(frozen=True, slots=True)
class Bar:
    """A day, or a week beginning with it."""

    first: date
    days: int
    conversations: int
    booked: int
    sent_on: int


def spread(found: Sequence[Day], first: date, days: int) -> list[Bar]:
    """Every day (or week) of the period, also those on which nothing happened."""
    step = 1 if days <= _LONG else 7
    bars = []
    for begin in range(0, days, step):
        start = first + timedelta(days=begin)
        length = min(step, days - begin)
        within = [one for one in found if start <= one.day < start + timedelta(days=length)]
        bars.append(
            Bar(
                start,
                length,
                sum(one.conversations for one in within),
                sum(one.booked for one in within),
                sum(one.sent_on for one in within),
            )
        )
    return bars


def picture(bars: Sequence[Bar]) -> web.Response:
    """An SVG file. Its own styles are allowed in it, scripts are not, and it loads nothing."""
    response = web.Response(
        body=_drawn(tuple(bars)),
        content_type="image/svg+xml",
        headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"},
    )
    response.enable_compression()  # pygal is wordy; nothing in it is secret
    close(response)
    return response


@lru_cache(maxsize=128)
def _drawn(bars: tuple[Bar, ...]) -> bytes:
    """Drawing takes 15 ms of the process that also receives messages: the same numbers are drawn once."""
    chart = pygal.Bar(
        js=[], style=_STYLE, width=960, height=260, legend_at_bottom=True, legend_at_bottom_columns=3,
        show_minor_x_labels=False, x_labels_major_every=max(1, len(bars) // 8), truncate_label=-1, margin=8,
        spacing=12, print_values=False, no_data_text="Nothing yet", disable_xml_declaration=True,
    )  # fmt: skip
    chart.y_labels = _marks(max((one.conversations for one in bars), default=0))
    chart.x_labels = [f"{one.first.day} {one.first:%b}" for one in bars]
    chart.add("Conversations", [one.conversations for one in bars])
    chart.add("Booked", [one.booked for one in bars])
    chart.add("Sent on to book", [one.sent_on for one in bars])
    drawn: bytes = chart.render(is_unicode=True).encode()
    return drawn


def _marks(most: int) -> list[int]:
    """Whole numbers for the axis, about five of them."""
    step = max(1, -(-most // 5))
    return list(range(0, max(most, 1) + step, step))
