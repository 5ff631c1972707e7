"""What the web chat shows of a business: its looks and words, its services, hours and places. Pure.

`profile` is what a page needs before anybody opened the chat; `context` what stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Any
from urllib.parse import quote

from bot.catalog import Catalog, Location, Service, localized
from bot.ports import BotProfile
from bot.theme import readable_on
from bot.web.widget.words import WORDS, words_of
from bot.wording.words import Line, Words

LIGHT_GROUND, DARK_GROUND = "#e8ebf0", "#2c323b"
"""What a business's color is written on (static/chat.css): ink for the darkest of the light grounds and for the
lightest of the dark ones can be read on all of them.
"""

Json = dict[str, Any]


def profile(business: BotProfile) -> Json:
    """Name, colors, greeting, languages with the chat's own words in each."""
    settings = business.settings
    theme = settings.theme
    return {
        "business": business.workspace_name,
        "initials": initials(business.workspace_name),
        "languages": list(settings.languages),
        "greeting": dict(theme.greeting),
        "theme": {
            "color": theme.color,
            "text": theme.text_color,
            "ink": readable_on(LIGHT_GROUND, theme.color),
            "inkDark": readable_on(DARK_GROUND, theme.color),
        },
        "words": {language: dict(WORDS[language]) for language in settings.languages},
    }


def context(
    business: BotProfile, catalog: Catalog, *, language: str, lead: Mapping[str, str | None] | None = None
) -> Json:
    """Services with prices and lengths, places with their hours, ways to reach the business, what the customer told.

    `lead`: by what the chat calls it (service, time, name, phone, email); None: nobody has asked for anything yet.
    """
    settings = business.settings
    words = Words(language, settings.zone, settings.currency)
    contact = settings.contact
    told = {key: value for key, value in (lead or {}).items() if value}
    if "service" in told:
        told["service"] = _in_its_language(told["service"], catalog, words)
    return {
        "business": business.workspace_name,
        "language": language,
        "services": [_service(service, catalog, words) for service in catalog.services.values()],
        "places": [_place(place, words) for place in catalog.locations.values()],
        "contact": {"phone": contact.phone, "email": contact.email, "website": contact.website},
        "lead": told,
    }


def _in_its_language(services: str, catalog: Catalog, words: Words) -> str:
    """Names as the records hold them (in English), as the page calls them."""
    names = {
        localized(one.names, "en"): localized(one.names, words.language) for one in catalog.services.values()
    }
    return names.get(services) or words.comma.join(names.get(one, one) for one in services.split(", "))


def initials(name: str) -> str:
    """One or two letters that stand for a name: `Glow Nails` is GN."""
    words = [word for word in re.split(r"[^\w]+", name) if word and word.lower() not in {"the", "and", "of"}]
    return "".join(word[0] for word in words[:2]).upper() or "?"


def price_text(service: Service, words: Words) -> str:
    """`from 8.000 KWD` where sizes differ; empty where booking it costs nothing (a call, a table)."""
    prices = [size.price_minor for size in service.sizes] or [service.price_minor]
    if not any(prices):
        return ""
    shown = words.money(min(prices))
    return words.say(Line("from_price", {"price": shown})) if len(set(prices)) > 1 else shown


def week(place: Location, words: Words) -> list[Json]:
    """[{"days": "Mon – Thu", "times": "10:00 AM – 9:00 PM"}]; equal days run together, closed ones are named."""
    by_day = [tuple(sorted((h.opens, h.closes) for h in place.hours if h.weekday == day)) for day in range(7)]
    if not any(by_day):
        return []
    runs: list[list[int]] = []
    for day in range(7):
        if runs and by_day[runs[-1][0]] == by_day[day]:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [{"days": _days(run, words), "times": _times(by_day[run[0]], words)} for run in runs]


def _days(run: list[int], words: Words) -> str:
    first, last = words.weekday(run[0]), words.weekday(run[-1])
    return first if len(run) == 1 else f"{first} – {last}"


def _times(spans: tuple[tuple[time, time], ...], words: Words) -> str:
    if not spans:
        return str(words_of(words.language)["closed"])
    return words.comma.join(f"{words.clock(opens)} – {words.clock(closes)}" for opens, closes in spans)


def _service(service: Service, catalog: Catalog, words: Words) -> Json:
    group = catalog.groups.get(service.group_id) if service.group_id else None
    return {
        "name": localized(service.names, words.language),
        "description": service.description,
        "group": localized(group.names, words.language) if group else "",
        "minutes": service.minutes,
        "price": price_text(service, words),
    }


def _place(place: Location, words: Words) -> Json:
    if place.latitude is not None and place.longitude is not None:
        where = f"{place.latitude},{place.longitude}"
    else:
        where = place.address
    address = "https://www.google.com/maps/search/?api=1&query=" + quote(where, safe=",")
    return {
        "name": localized(place.names, words.language),
        "address": place.address,
        "phone": place.phone,
        "map": address if where else "",
        "hours": week(place, words),
    }
