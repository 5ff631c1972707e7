"""Arabic, plain and Gulf-friendly. Same keys and placeholders as en.py; a test compares them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.wording.ar_answers import ANSWERS
from bot.wording.ar_asking import ASKING
from bot.wording.ar_care import CARE
from bot.wording.ar_ending import ENDING
from bot.wording.ar_manage import MANAGE
from bot.wording.ar_paying import PAYING
from bot.wording.ar_talk import TALK
from bot.wording.ar_titles import TITLES
from bot.wording.ar_visits import VISITS

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
    "minutes": {
        "one": "دقيقة",
        "two": "دقيقتين",
        "few": "{n} دقائق",
        "many": "{n} دقيقة",
        "other": "{n} دقيقة",
    },
    "min": {"one": "{n} د", "two": "{n} د", "few": "{n} د", "many": "{n} د", "other": "{n} د"},
    "h": {"one": "ساعة", "two": "ساعتين", "few": "{n} ساعات", "many": "{n} ساعة", "other": "{n} ساعة"},
    "services": {
        "one": "خدمة وحدة",
        "two": "خدمتين",
        "few": "{n} خدمات",
        "many": "{n} خدمة",
        "other": "{n} خدمة",
    },
    "hours": {"one": "ساعة", "two": "ساعتين", "few": "{n} ساعات", "many": "{n} ساعة", "other": "{n} ساعة"},
    "days": {"one": "يوم", "two": "يومين", "few": "{n} أيام", "many": "{n} يوم", "other": "{n} يوم"},
}
