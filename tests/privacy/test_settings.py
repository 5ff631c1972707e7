"""Settings as data: a clear message per field, changes by path, and what is right as data but won't do."""

import json
from datetime import time

import pytest
from pydantic import ValidationError

from bot.settings_check import Beside, Level, check
from bot.settings_edit import SettingsRefused, changes, described, parsed, value_at, with_value
from bot.workspace import BookingMode, WorkspaceSettings

BASE = {"timezone": "Asia/Kuwait", "currency": "KWD"}
RIGHT = BASE | {
    "contact": {"phone": "+96550000001", "email": "desk@example.com"},
    "hours": [{"weekday": 0, "opens": "09:00", "closes": "17:00"}],
}
OWN = Beside(place_hours=True, roster=True, booking_system="own_calendar", channels=frozenset({"web"}))
PAGE = RIGHT | {"booking_mode": "external", "external": {"url": "https://calendly.com/example"}}


def given(**more):
    return WorkspaceSettings.model_validate(RIGHT | more)


def meant(text):
    """As somebody types it: JSON, or plain text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("timezone", "Mars/Base", "unknown time zone"),
        ("currency", "ABC", "unknown currency"),
        ("external.url", "javascript:alert(1)", "the booking URL"),
        ("external.url", "http://book.example", "the booking URL"),
        ("external.page", "myspace", "unknown booking page"),
        ("external.completions.page", "fresha", "signs no reports"),
        ("external.utm_source", "two words", "pattern"),
        ("contact.website", "http://example.com", "https"),
        ("languages", "[]", "at least 1"),
        ("languages", '["fr"]', "en"),
        ("booking_mode", "sometimes", "internal"),
        ("retention.payloads", "0", "greater than"),
        ("retention.bookings", "10", "shorter time"),
        ("limits.messages_per_minute", "1", "greater than"),
        ("quiet_hours.ends", "21:00", "same time"),
        ("hours", '[{"weekday": 7, "opens": "09:00", "closes": "17:00"}]', "hours.0.weekday"),
        ("no.such.thing", "1", "no such setting"),
        ("outbound.mode", "ajar", "closed"),
        ("external..url", "x", "dots"),
    ],
)
def test_what_makes_no_sense_is_said_by_field(path, value, says):
    before = given()
    with pytest.raises(SettingsRefused) as refused:
        with_value(before, path, meant(value))
    assert says in str(refused.value)
    assert before == given()


def test_by_path():
    changed = with_value(given(), "hours.0.opens", "10:00")
    assert changed.hours[0].opens == time(10)
    assert value_at(changed, "hours.0.closes") == "17:00:00"
    assert with_value(
        changed, "external.service_urls.cut", "https://book.example.com/cut"
    ).external.service_urls
    assert with_value(changed, "retention.traces", None).retention.traces == 90
    assert changes(given(), changed) == {"hours": [value_at(given(), "hours"), value_at(changed, "hours")]}
    for nowhere in ("hours.7", "hours.opens", "contact.phone.x", "nothing", "hours."):
        with pytest.raises(SettingsRefused):
            value_at(given(), nowhere)
        with pytest.raises(SettingsRefused):
            with_value(given(), nowhere, "x")


def test_who_may_be_written_to_is_not_spelt_out_in_entries():
    after = with_value(given(), "outbound.allow", ["+96550000123"])
    assert "96550000123" not in str(changes(given(), after))


def test_every_problem_is_told_at_once():
    with pytest.raises(SettingsRefused) as refused:
        parsed(BASE | {"timezone": "Mars/Base", "limits": {"messages_per_minute": 0}, "colour": "red"})
    assert {one.path for one in refused.value.problems} == {
        "timezone",
        "limits.messages_per_minute",
        "colour",
    }


def test_one_number_of_days_of_before_goes_on_counting():
    old = WorkspaceSettings.model_validate(BASE | {"retention_days": 30})
    assert (old.retention.conversations, old.retention.llm_calls, old.retention.bookings) == (30, 30, 1095)
    assert WorkspaceSettings.model_validate(BASE | {"retention_days": 3000}).retention.bookings == 3000
    with pytest.raises(ValidationError):
        WorkspaceSettings.model_validate(BASE | {"retention_days": 0})


def test_described_paths_exist():
    shown = given().model_dump(mode="json")
    for path, _ in described():
        found = shown
        for part in path.split("."):
            found = found[part]


def found(settings, beside=OWN):
    return {(one.level, one.path) for one in check(settings, beside)}


def test_nothing_to_say():
    assert found(given()) == set()


CASES = [
    (RIGHT | {"booking_mode": "provider"}, OWN, (Level.ERROR, "booking_mode")),
    (RIGHT, Beside(place_hours=True, roster=True), (Level.ERROR, "booking_mode")),
    (RIGHT, Beside(place_hours=True, roster=True, booking_system="nailit"), (Level.WARNING, "booking_mode")),
    (RIGHT, Beside(place_hours=True, booking_system="own_calendar"), (Level.ERROR, "booking_mode")),
    (RIGHT | {"hours": []}, Beside(roster=True, booking_system="own_calendar"), (Level.WARNING, "hours")),
    (RIGHT | {"booking_mode": "external"}, OWN, (Level.ERROR, "external.url")),
    (RIGHT | {"booking_mode": "external"}, OWN, (Level.HINT, "booking_mode")),
    (PAGE, OWN, (Level.WARNING, "external.completions")),
    (
        PAGE | {"external": {"url": "https://www.fresha.com/example"}},
        OWN,
        (Level.HINT, "external.completions"),
    ),
    (
        PAGE | {"external": {"url": "https://calendly.com/example", "completions": {"enabled": False}}},
        OWN,
        (Level.HINT, "external.completions.enabled"),
    ),
    (
        PAGE | {"external": {"url": "https://www.vagaro.com/example", "embed": "iframe"}},
        OWN,
        (Level.WARNING, "external.embed"),
    ),
    (
        PAGE | {"external": {"url": "https://example.as.me/schedule"}},
        OWN,
        (Level.WARNING, "external.page_settings.reference_field_id"),
    ),
    (RIGHT | {"contact": {}}, OWN, (Level.WARNING, "contact")),
    (RIGHT | {"contact": {"phone": "+96550000001"}}, OWN, (Level.HINT, "mail.notify")),
    (RIGHT | {"outbound": {"mode": "open"}}, OWN, (Level.WARNING, "outbound.mode")),
    (
        RIGHT,
        Beside(True, True, "own_calendar", channels=frozenset({"whatsapp"})),
        (Level.WARNING, "outbound"),
    ),
    (RIGHT, Beside(True, True, "own_calendar", mail_service=False), (Level.HINT, "mail")),
    (RIGHT | {"quiet_hours": {"enabled": False}}, OWN, (Level.HINT, "quiet_hours.enabled")),
    (RIGHT | {"quiet_hours": {"begins": "08:00", "ends": "23:00"}}, OWN, (Level.WARNING, "quiet_hours")),
    (
        RIGHT | {"languages": ["en", "ar"], "after_hours": {"en": "Closed."}},
        OWN,
        (Level.HINT, "after_hours.ar"),
    ),
    (RIGHT | {"llm": {"daily_budget_cents": 0}}, OWN, (Level.HINT, "llm.daily_budget_cents")),
    (RIGHT | {"retention": {"payloads": 400}}, OWN, (Level.HINT, "retention.payloads")),
    (RIGHT | {"retention": {"conversations": 7}}, OWN, (Level.HINT, "retention.conversations")),
]


@pytest.mark.parametrize(("settings", "beside", "expected"), CASES, ids=lambda one: str(one)[:40])
def test_what_will_not_do(settings, beside, expected):
    assert expected in found(WorkspaceSettings.model_validate(settings), beside)


def test_with_its_secret_a_page_reports():
    beside = Beside(True, True, "own_calendar", frozenset({"calendly"}), frozenset({"web"}))
    assert found(WorkspaceSettings.model_validate(PAGE), beside) == set()


def test_errors_come_first():
    levels = [one.level for one in check(WorkspaceSettings.model_validate(BASE), Beside(mail_service=False))]
    assert levels == sorted(levels, key=list(Level).index)
    assert len(set(levels)) == 3


def test_what_counts_of_a_pages_reports():
    reports = given(
        booking_mode=BookingMode.EXTERNAL,
        external={"completions": {"page": "calcom", "event": "BOOKING_PAID"}},
    ).external.completions
    assert reports.counts("calcom", "BOOKING_PAID", tells_of_booking=True)
    assert not reports.counts("calcom", "BOOKING_CREATED", tells_of_booking=True)
    assert reports.counts("calcom", "BOOKING_CANCELLED", tells_of_booking=False)
    assert not reports.counts("square", "booking.created", tells_of_booking=True)
