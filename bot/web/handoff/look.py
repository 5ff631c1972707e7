"""The hand-off page in a business's colors: a stylesheet per theme, since the page allows no inline style."""

from __future__ import annotations

import re

from bot.theme import MIN_CONTRAST, Theme, contrast, readable_on

PATH = "/h/theme/{colors}.css"
_COLORS = re.compile(r"([0-9a-f]{6})-([0-9a-f]{6})")
_PAPER = {"light": "#ffffff", "dark": "#1c2227"}
"""As in static/handoff.css: what links stand on."""


def address_of(theme: Theme) -> str:
    """Where the page finds its colors."""
    return PATH.format(colors=f"{theme.color[1:]}-{theme.text_color[1:]}".lower())


def stylesheet(colors: str) -> str | None:
    """CSS of `1f4b99-ffffff`. None: no two colors, or such as can't be read on each other."""
    found = _COLORS.fullmatch(colors)
    if found is None:
        return None
    color, text = (f"#{part}" for part in found.groups())
    if contrast(color, text) < MIN_CONTRAST:
        return None
    light, dark = (readable_on(_PAPER[name], color) for name in ("light", "dark"))
    return (
        f":root {{ --accent: {color}; --accent-ink: {text}; --link: {light}; }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ --link: {dark}; }} }}\n"
    )
