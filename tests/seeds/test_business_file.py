"""What is wrong with a business's file is said with file and field, all of it at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.workspace import BookingMode, SlotKind
from providers.own_calendar.account import SETTING, account_settings
from providers.own_calendar.settings import CalendarSettings
from seeds.business_file import BusinessFileError, load_business_file, read_business
from seeds.demo_barber import BARBER_FILE

GOOD = """
business:
  key: corner-spa
  name: Corner Spa
  timezone: Asia/Kuwait
  currency: KWD
calendar:
  step_minutes: 30
  locations:
    - key: plaza
      name: {en: Plaza, ar: بلازا}
      hours: {every_day: 10:00-22:00, friday: closed}
      breaks: {monday: 13:00-14:00}
      exceptions:
        - {date: 2026-12-01, hours: off}
  services:
    - {key: massage, name: Massage, minutes: 60, price: 12.500}
  staff:
    - key: mona
      name: Mona
      services: all
      roster:
        plaza: {every_day: 10:00-18:00}
"""


def wrong(old: str, new: str) -> tuple[str, ...]:
    """What is said of the file when one thing in it is another."""
    assert GOOD.count(old) == 1, old
    with pytest.raises(BusinessFileError) as caught:
        read_business(GOOD.replace(old, new), name="spa.yaml")
    return caught.value.problems


def test_a_good_file():
    file = read_business(GOOD, name="spa.yaml")
    assert file.business.named_settings() == {
        "timezone": "Asia/Kuwait",
        "currency": "KWD",
        "booking_mode": BookingMode.INTERNAL,
    }
    [place] = file.calendar.locations
    assert [str(span) for span in place.hours.monday] == ["10:00-22:00"]
    assert place.hours.friday == ()
    assert SlotKind.STAFF in {field.kind for field in file.form()}


def test_the_demo_s_file_is_good_and_survives_being_stored():
    file = load_business_file(BARBER_FILE)
    stored = json.loads(json.dumps(account_settings(file.calendar)))
    assert CalendarSettings.model_validate(stored[SETTING]) == file.calendar


@pytest.mark.parametrize(
    ("old", "new", "field", "said"),
    [
        ("      hours: {every_day: 10:00-22:00, friday: closed}\n", "", "calendar.locations[0].hours", "required"),
        ("{every_day: 10:00-22:00, friday: closed}", "closed", "calendar.locations[0].hours", "dictionary"),
        ("{every_day: 10:00-22:00, friday: closed}", "{}", "calendar.locations[0].hours", "no day has"),
        ("friday: closed", "fryday: closed", "calendar.locations[0].hours.fryday", "not permitted"),
        ("friday: closed", "friday: 25:00-26:00", "calendar.locations[0].hours.friday", "doesn't exist"),
        ("friday: closed", "friday: ten to six", "calendar.locations[0].hours.friday", "not a time span"),
        ("friday: closed", "friday: 10:15-12:00", "calendar.locations[0].hours.friday", "grid of 30 minutes"),
        ("friday: closed", "friday: [10:00-12:00, 11:30-14:00]", "calendar.locations[0].hours.friday", "overlap"),
        ("friday: closed", "friday: 20:00-11:00", "calendar.locations[0].hours", "runs into the hours of saturday"),
        ("monday: 13:00-14:00", "monday: [13:00-14:00, 13:30-15:00]", "calendar.locations[0].breaks.monday", "overlap"),
        ("hours: off}", "hours: off, until: 2026-11-01}", "calendar.locations[0].exceptions[0]", "before date"),
        ("hours: off}", "hours: off}\n        - {date: 2026-12-01, hours: off}",
         "calendar.locations[0].exceptions[1].date", "an exception already"),
        ("Asia/Kuwait", "Asia/Kuwait City", "business.timezone", "unknown time zone"),
        ("currency: KWD", "currency: KUD", "business.currency", "unknown currency"),
        ("key: corner-spa", "key: Corner Spa", "business.key", "pattern"),
        ("  currency: KWD\n", "  currency: KWD\n  booking_mode: provider\n", "business.booking_mode", "internal"),
        ("  currency: KWD\n", "  currency: KWD\n  booking_mode: external\n", "business.external.url", "is missing"),
        ("price: 12.500", "price: -1", "calendar.services[0].price", "greater than or equal to 0"),
        ("price: 12.500", "price: .nan", "calendar.services[0].price", "finite"),
        ("price: 12.500", "price: 12.5001", "calendar.services[0].price", "KWD has 3 decimals"),
        ("minutes: 60", "minutes: 0", "calendar.services[0].minutes", "greater than or equal to 1"),
        ("minutes: 60", "minutes: 60, group: hands", "calendar.services[0].group", "no group 'hands'"),
        ("minutes: 60", "minutes: 60, locations: [zahra]", "calendar.services[0].locations", "no location 'zahra'"),
        ("  staff:\n", "    - {key: massage, name: Again, minutes: 30, price: 1}\n  staff:\n",
         "calendar.services[1].key", "used twice"),
        ("      services: all\n", "", "calendar.staff[0].services", "required"),
        ("services: all", "services: []", "calendar.staff[0].services", "no service"),
        ("services: all", "services: massage", "calendar.staff[0].services", "write all, or a list"),
        ("services: all", "services: [facial]", "calendar.staff[0].services", "no service 'facial'"),
        ("        plaza: {every_day: 10:00-18:00}", "        zahra: {every_day: 10:00-18:00}",
         "calendar.staff[0].roster", "no location 'zahra'"),
        ("        plaza: {every_day: 10:00-18:00}", "        plaza: {}",
         "calendar.staff[0].roster", "no working hours"),
        ("step_minutes: 30", "step_minutes: 7", "calendar.step_minutes", "5, 10, 15 or 30"),
        ("step_minutes: 30", "payment_types: []", "calendar.payment_types", "at least one"),
        ("calendar:\n", "bot: {questions: [{key: table, kind: staff}]}\ncalendar:\n", "bot", "kind must be one of"),
        ("calendar:\n", "channels: [{channel: twilio, account_key: x, address: '+15550100101'}]\ncalendar:\n",
         "channels[0]", "account_sid is missing"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(old, new, field, said):
    problems = wrong(old, new)
    assert any(line.startswith(f"spa.yaml: {field}") and said in line for line in problems), problems


def test_everything_wrong_is_said_at_once():
    problems = wrong("minutes: 60, price: 12.500", "minutes: 0, price: -1")
    assert len(problems) == 2


def test_a_person_at_two_places_at_once():
    two = GOOD.replace(
        "  services:\n", "    - {key: zahra, name: Zahra, hours: {every_day: 10:00-20:00}}\n  services:\n"
    )
    both = two.replace(
        "        plaza: {every_day: 10:00-18:00}",
        "        plaza: {every_day: 10:00-18:00}\n        zahra: {sunday: 17:30-20:00}",
    )
    with pytest.raises(
        BusinessFileError, match=r"staff\[0\].roster: at 'plaza' and at 'zahra' at the same time on sunday"
    ):
        read_business(both, name="spa.yaml")
    read_business(both.replace("17:30-20:00", "18:00-20:00"), name="spa.yaml")


def test_nobody_is_asked_which_of_many_tables_he_wants():
    tables = GOOD[: GOOD.index("  staff:\n")] + (
        "  resources:\n    - {key: table, name: Table, location: plaza, count: 4, services: all}\n"
    )
    file = read_business(tables, name="spa.yaml")
    assert SlotKind.STAFF not in {field.kind for field in file.form()}
    with pytest.raises(BusinessFileError, match="staff or resources are needed"):
        read_business(GOOD[: GOOD.index("  staff:\n")], name="spa.yaml")
    twice = tables + "    - {key: table-2, name: Corner, location: plaza, count: 1, services: all}\n"
    with pytest.raises(BusinessFileError, match=r"resources\[0\].key: its places' key 'table-2'"):
        read_business(twice, name="spa.yaml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "business and calendar are missing"),
        ("a: [", "spa.yaml: line"),
        ("business: {key: a, key: b}", "'key' is there twice"),
        ("business: {off: 1}", "put it in quotes"),
        ("business: !!python/object:os.system {}", "spa.yaml: line 1:"),
        ("[1, 2]", "business and calendar are missing"),
    ],
)
def test_what_is_no_business_at_all(text, said):
    with pytest.raises(BusinessFileError, match=said):
        read_business(text, name="spa.yaml")


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(BusinessFileError, match=r"none\.yaml: can't be read: No such file"):
        load_business_file(tmp_path / "none.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BusinessFileError, match="UTF-8"):
        load_business_file(tmp_path / "bytes.yaml")


def test_what_goes_together_and_what_a_number_decides_name_services_of_the_file():
    assert any(
        "massag" in line
        for line in wrong("  currency: KWD\n", "  currency: KWD\n  goes_with: {massag: [massage]}\n")
    )
    question = '{key: guests, kind: number, minimum: 1, fact: party, service_up_to: {"2": table-2}}'
    said = wrong("calendar:\n", f"bot:\n  questions:\n    - {question}\ncalendar:\n")
    assert any("table-2" in line for line in said)


def test_a_question_that_decides_what_is_booked_is_asked_first_instead_of_the_service():
    question = '{key: guests, kind: number, minimum: 1, fact: party, service_up_to: {"2": massage}}'
    text = GOOD.replace("calendar:\n", f"bot:\n  questions:\n    - {question}\ncalendar:\n")
    form = read_business(text, name="spa.yaml").form()
    assert form[0].key == "guests"
    assert form[0].service_up_to == {2: "massage"}
    assert SlotKind.SERVICES not in {field.kind for field in form}
