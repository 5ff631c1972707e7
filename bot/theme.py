"""How a business's own pages and its web chat look: two colors that can be read on each other, and a greeting."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

MIN_CONTRAST = 4.5
"""WCAG 2.2 AA for text."""

_MIDDLE = 0.179
"""Luminance on which black and white can be read equally well."""

Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


def _known_languages(value: dict[str, str]) -> dict[str, str]:
    if unknown := set(value) - {"en", "ar"}:
        raise ValueError(f"unknown language {min(unknown)!r}")
    return value


class Theme(BaseModel):
    """`color` under `text_color`; the greeting opens a web chat."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    color: Color = "#1f4b99"
    text_color: Color = "#ffffff"
    greeting: Annotated[
        dict[str, Annotated[str, Field(min_length=1, max_length=200)]], AfterValidator(_known_languages)
    ] = Field(default_factory=dict)
    """Per language; empty: the bot's own."""

    @model_validator(mode="after")
    def _readable(self) -> Theme:
        found = contrast(self.color, self.text_color)
        if found < MIN_CONTRAST:
            raise ValueError(
                f"{self.text_color} can't be read on {self.color}: contrast {found:.1f}, needed {MIN_CONTRAST}"
            )
        return self


def contrast(one: str, other: str) -> float:
    """Ratio of two colors' luminances by WCAG, from 1 (the same) to 21 (black on white)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable_on(ground: str, color: str) -> str:
    """The color, or its nearest shade that can be read as text on `ground`: mixed with black or white until it can."""
    other = "#000000" if _luminance(ground) > _MIDDLE else "#ffffff"
    for share in range(0, 101, 5):
        shade = _mixed(color, other, share)
        if contrast(ground, shade) >= MIN_CONTRAST:
            return shade
    return other


def _mixed(one: str, other: str, percent: int) -> str:
    """`percent` of the other color in the first."""
    parts = (
        round((int(one[at : at + 2], 16) * (100 - percent) + int(other[at : at + 2], 16) * percent) / 100)
        for at in (1, 3, 5)
    )
    return "#" + "".join(f"{part:02x}" for part in parts)


def _luminance(color: str) -> float:
    def linear(part: str) -> float:
        share = int(part, 16) / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(color[at : at + 2]) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
