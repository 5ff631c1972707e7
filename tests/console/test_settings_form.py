"""The form of the settings: every setting has its place, and what a form shows is what it saves."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console.settings_form import SECTIONS, Kind, changed, controls, refused
from bot.console.settings_words import HINTS, LABELS, about
from bot.console.weekly_hours import DAYS, HoursUnclear, read_hours, written_hours
from bot.settings_edit import SettingsRefused, described, parsed
from bot.workspace import WorkspaceSettings
from seeds.template_file import load_templates, shipped_templates

PAGES = [("square", "Square"), ("calendly", "Calendly")]
SECTION = {one.key: one for one in SECTIONS}


def _filled(shown) -> dict[str, str]:
    """The form as a browser sends it when nobody touched it."""
    form: dict[str, str] = {}
    for one in shown:
        match one.kind:
            case Kind.CHECK:
                form |= {one.path: "1"} if one.value else {}
            case Kind.SEVERAL:
                form |= {f"{one.path}.{value}": value for value in one.value}
            case Kind.LANGUAGES | Kind.HOURS:
                form |= {f"{one.path}.{key}": text for key, text in one.value.items()}
            case _:
                form[one.path] = one.value
    return form


def test_every_setting_stands_in_exactly_one_section():
    plain = parsed({"timezone": "UTC", "currency": "USD"})
    shown = [one.path for section in SECTIONS for one in controls(plain, section, pages=PAGES)]
    assert sorted(shown) == sorted(path for path, _ in described())


@pytest.mark.parametrize("key", load_templates())
def test_saving_an_untouched_form_changes_nothing(key):
    settings = shipped_templates()[key].settings
    pages = [
        (one, one)
        for one in ("square", "calendly", "acuity", "calcom", "mindbody", "vagaro", "fresha", "website")
    ]
    for section in SECTIONS:
        form = _filled(controls(settings, section, pages=pages))
        assert parsed(changed(settings, section, form)) == settings, section.key


def test_what_is_wrong_stands_at_its_field_with_what_was_typed():
    settings = parsed({"timezone": "UTC", "currency": "USD"})
    section = SECTION["page"]
    form = _filled(controls(settings, section, pages=PAGES)) | {
        "external.url": "javascript:alert(1)",
        "external.service_urls": "cut: [unclosed",
    }
    with pytest.raises(SettingsRefused) as unreadable:
        changed(settings, section, form)
    shown, rest = refused(controls(settings, section, pages=PAGES), form, unreadable.value.problems)
    assert [(one.path, one.value) for one in shown if one.problems] == [
        ("external.url", "javascript:alert(1)"),
        ("external.service_urls", "cut: [unclosed"),
    ]
    assert rest == []
    form["external.service_urls"] = "cut: http://example.com"
    with pytest.raises(SettingsRefused) as refusal:
        parsed(changed(settings, section, form))
    shown, rest = refused(controls(settings, section, pages=PAGES), form, refusal.value.problems)
    found = {one.path: one.problems for one in shown if one.problems}
    assert found.keys() == {"external.url", "external.service_urls"}
    assert all("https" in problem for problems in found.values() for problem in problems)
    assert rest == []


def test_what_concerns_no_field_of_the_section_is_said_all_the_same():
    settings = parsed({"timezone": "UTC", "currency": "USD", "payment": {"provider": "stripe"}})
    section = SECTION["booking"]
    form = _filled(controls(settings, section, pages=PAGES)) | {"booking_mode": "external"}
    with pytest.raises(SettingsRefused) as refusal:
        parsed(changed(settings, section, form))
    _, rest = refused(controls(settings, section, pages=PAGES), form, refusal.value.problems)
    assert "payment.provider must be none" in " ".join(rest)


@pytest.mark.parametrize(
    ("path", "typed", "said"),
    [
        ("costs.payment_basis_points", "10001", "less than or equal to 10000"),
        ("costs.payment_fixed_minor", "-1", "greater than or equal to 0"),
        ("costs.sms_message_micros", "0.75", "is no number"),
    ],
)
def test_prices_that_cant_be(path, typed, said):
    settings = parsed({"timezone": "UTC", "currency": "USD"})
    with pytest.raises(SettingsRefused, match=said) as refusal:
        parsed(changed(settings, SECTION["costs"], {path: typed}))
    assert [one.path for one in refusal.value.problems] == [path]


@pytest.mark.parametrize("text", ["9-5pm", "25:00-26:00", "09:00", "09:00-24:30", "nine"])
def test_hours_that_cant_be_read_name_the_day(text):
    with pytest.raises(HoursUnclear, match="Tuesday"):
        read_hours({"tuesday": text})


_CLOCK = st.times().map(lambda one: f"{one:%H:%M}")
_SPANS = st.lists(st.tuples(st.integers(0, 6), _CLOCK, _CLOCK), max_size=8, unique_by=lambda one: one[:2])


@given(_SPANS)
def test_hours_are_read_as_they_are_written(spans):
    hours = [{"weekday": day, "opens": opens, "closes": closes} for day, opens, closes in spans]
    assert read_hours(written_hours(hours)) == sorted(hours, key=lambda one: (one["weekday"], one["opens"]))
    assert list(written_hours(hours)) == list(DAYS)


def test_hints_name_no_file():
    plain: WorkspaceSettings = parsed({"timezone": "UTC", "currency": "USD"})
    for section in SECTIONS:
        for one in controls(plain, section, pages=PAGES):
            assert ".py" not in one.hint, one.path
            assert "docs/" not in one.hint, one.path


def test_every_word_belongs_to_a_setting_and_none_is_a_programmers():
    plain = parsed({"timezone": "UTC", "currency": "USD"})
    shown = [one for section in SECTIONS for one in controls(plain, section, pages=PAGES)]
    assert LABELS.keys() | HINTS.keys() <= {one.path for one in shown}
    for one in shown:
        if one.path != "external.page_settings":  # whose names are the page's own
            assert not re.search(
                r"\b(?:True|False|None|E\.164)\b|[a-z]_[a-z]|`", f"{one.label} {one.hint}"
            ), one.path
    assert (about("external.page_settings.user_id"), about("mail")) == (
        "What the page needs (name: value)",
        "Mail",
    )


def test_services_are_named_beside_their_numbers_and_the_names_change_nothing():
    settings = parsed(
        {
            "timezone": "UTC",
            "currency": "USD",
            "goes_with": {"101": ["106", "gone"], "cut-2": ["101"]},
            "external": {"service_urls": {"101": "https://book.example.com/?a=1#b"}},
        }
    )
    services = {"101": "Gel: Manicure", "106": "Hand 'Treatment' # 1", "cut-2": "Cut"}
    for key, first in (
        ("booking", "'101':  # Gel: Manicure"),
        ("page", "https://book.example.com/?a=1#b  # Gel"),
    ):
        section = next(one for one in SECTIONS if one.key == key)
        shown = controls(settings, section, pages=PAGES, services=services)
        (one,) = [one for one in shown if one.path in {"goes_with", "external.service_urls"}]
        assert first in one.value
        assert parsed(changed(settings, section, _filled(shown))) == settings
