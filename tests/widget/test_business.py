"""What the chat shows of a business, from its settings and catalog alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import Catalog, Hours, Location, Service, ServiceGroup, Size
from bot.ports import BotProfile
from bot.theme import MIN_CONTRAST, contrast, readable_on
from bot.web.widget import business
from bot.wording.words import Words
from bot.workspace import WorkspaceSettings
from seeds.template_file import shipped_templates

PLACE, GROUP = uuid4(), uuid4()


def settings(**more):
    return WorkspaceSettings(timezone="Asia/Kuwait", currency="KWD", languages=("en", "ar"), **more)


def words(language="en"):
    found = settings()
    return Words(language, found.zone, found.currency)


def place(*hours, **more):
    return Location(
        PLACE, "1", {"en": "Plaza", "ar": "بلازا"}, hours=tuple(Hours(*one) for one in hours), **more
    )


def catalog(*services, places=()):
    return Catalog(
        workspace_id=uuid4(),
        version=1,
        currency="KWD",
        locations={one.id: one for one in places},
        groups={GROUP: ServiceGroup(GROUP, {"en": "Nails", "ar": "أظافر"})},
        services={one.id: one for one in services},
        staff={},
        payment_types=(),
    )


def service(price=12_500, sizes=(), **more):
    return Service(
        uuid4(), "101", {"en": "Gel manicure", "ar": "مانيكير جل"}, 45, price, frozenset({PLACE}),
        group_id=GROUP, sizes=tuple(Size(uuid4(), str(n), {"en": str(n)}, one) for n, one in enumerate(sizes)), **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Glow Nails", "GN"), ("The Juniper Hotel", "JH"), ("Alder & Pine Law", "AP"), ("صالون النور", "صا"), ("—", "?")],
)  # fmt: skip
def test_initials(name, letters):
    assert business.initials(name) == letters


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_any_color_becomes_ink_that_can_be_read_on_its_ground(color):
    for ground in (business.LIGHT_GROUND, business.DARK_GROUND):
        ink = readable_on(ground, color)
        assert contrast(ink, ground) >= MIN_CONTRAST
        if contrast(color, ground) >= MIN_CONTRAST:
            assert ink == color


def test_every_template_has_a_profile_with_words_in_each_of_its_languages():
    for template in shipped_templates().values():
        found = business.profile(BotProfile("Any Name", template.settings, ()))
        assert set(found["words"]) == set(found["languages"]) == set(template.settings.languages)
        assert found["theme"]["color"] == template.settings.theme.color


def test_services_with_prices_and_minutes_in_the_asked_language():
    found = business.context(
        BotProfile("Glow", settings(), ()), catalog(service(), service(sizes=[8000, 9000])), language="en"
    )
    assert found["services"][0] == {
        "name": "Gel manicure",
        "description": "",
        "group": "Nails",
        "minutes": 45,
        "price": "12.500 KWD",
    }
    assert found["services"][1]["price"] == "from 8.000 KWD"
    arabic = business.context(BotProfile("Glow", settings(), ()), catalog(service()), language="ar")
    assert arabic["services"][0]["name"] == "مانيكير جل"
    assert arabic["services"][0]["group"] == "أظافر"


def test_what_costs_nothing_has_no_price():
    assert business.price_text(service(price=0), words()) == ""


def test_equal_days_run_together_and_closed_ones_are_named():
    early, late = time(10), time(21)
    week = [(day, early, late) for day in range(4)] + [(5, time(14), late), (6, time(14), late)]
    assert business.week(place(*week), words()) == [
        {"days": "Mon – Thu", "times": "10:00 AM – 9:00 PM"},
        {"days": "Fri", "times": "closed"},
        {"days": "Sat – Sun", "times": "2:00 PM – 9:00 PM"},
    ]
    assert business.week(place(*week), words("ar"))[1]["times"] == "مغلق"
    assert business.week(place(), words()) == []


def test_a_break_at_noon_is_told():
    week = [(day, time(9), time(12)) for day in range(7)] + [(day, time(13), time(17)) for day in range(7)]
    (only,) = business.week(place(*week), words())
    assert only["times"] == "9:00 AM – 12:00 PM, 1:00 PM – 5:00 PM"


def test_a_map_leads_to_the_point_or_the_address_and_needs_one_of_them():
    def found(**more):
        return business.context(
            BotProfile("Glow", settings(), ()), catalog(places=[place(**more)]), language="en"
        )["places"][0]["map"]

    assert found(latitude=29.3, longitude=48.0).endswith("query=29.3,48.0")
    assert found(address="Salem Street 12 & more").endswith("query=Salem%20Street%2012%20%26%20more")
    assert found() == ""


def test_of_the_lead_only_what_is_known_is_told():
    lead = {"service": "Gel", "time": None, "name": "Sara", "phone": "", "email": None}
    found = business.context(BotProfile("Glow", settings(), ()), catalog(), language="en", lead=lead)
    assert found["lead"] == {"service": "Gel", "name": "Sara"}


def test_what_a_customer_asked_for_is_called_as_the_page_calls_it():
    """The records hold English names."""
    profile = BotProfile("Glow Nails", settings(), ())
    gel, cut = service(), replace(service(), names={"en": "Cut, wash", "ar": "قص وغسيل"})

    def told(language, text):
        lead = {"service": text, "name": "Sara"}
        return business.context(profile, catalog(gel, cut), language=language, lead=lead)["lead"]["service"]

    assert told("ar", "Gel manicure") == "مانيكير جل"
    assert told("ar", "Cut, wash") == "قص وغسيل"
    assert told("ar", "Gel manicure, Something else") == "مانيكير جل، Something else"
    assert told("en", "Gel manicure, Cut, wash") == "Gel manicure, Cut, wash"
