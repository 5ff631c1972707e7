"""English. Every entry has its variants; the first is the usual one. Buttons and rows: at most 20 characters."""

from __future__ import annotations

from collections.abc import Mapping

from bot.wording.en_answers import ANSWERS
from bot.wording.en_asking import ASKING
from bot.wording.en_care import CARE
from bot.wording.en_ending import ENDING
from bot.wording.en_manage import MANAGE
from bot.wording.en_paying import PAYING
from bot.wording.en_talk import TALK
from bot.wording.en_titles import TITLES
from bot.wording.en_visits import VISITS

SENTENCES: Mapping[str, tuple[str, ...]] = {
    **TALK,
    **ASKING,
    **ENDING,
    **MANAGE,
    **PAYING,
    **ANSWERS,
    **CARE,
    **TITLES,
    **VISITS,
}

PLURALS: Mapping[str, Mapping[str, str]] = {
    "minutes": {"one": "{n} minute", "other": "{n} minutes"},
    "min": {"one": "{n} min", "other": "{n} min"},
    "h": {"one": "{n} h", "other": "{n} h"},
    "services": {"one": "{n} service", "other": "{n} services"},
    "hours": {"one": "{n} hour", "other": "{n} hours"},
    "days": {"one": "{n} day", "other": "{n} days"},
}
