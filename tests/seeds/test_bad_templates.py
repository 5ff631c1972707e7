"""Bad input in a template: each kind is refused with one line that names the file and the field. Pure."""

from __future__ import annotations

from pathlib import Path

import pytest

from seeds.business_file import BusinessFileError
from seeds.template_file import FOLDER, load_templates, read_template

GYM = (FOLDER / "gym.yaml").read_text(encoding="utf-8")
URL = "https://iron-district.example.com/mindbody/schedule"
TRAINING = "https://iron-district.example.com/mindbody/training"
WEEK = "{every_day: 06:00-21:00, saturday: 08:00-18:00, sunday: 08:00-18:00}"


def told(text: str, *, name: str = "gym.yaml") -> list[str]:
    with pytest.raises(BusinessFileError) as refused:
        read_template(text, name=name)
    return list(refused.value.problems)


def changed(old: str, new: str) -> str:
    assert GYM.count(old) == 1
    return GYM.replace(old, new)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://iron-district.example.com", "isn't https"),
        ("javascript:alert(1)", "isn't https"),
        ("data:text/html,hello", "isn't https"),
        ("file:///etc/passwd", "isn't https"),
        ("ftp://iron-district.example.com", "isn't https"),
        ("//iron-district.example.com", "isn't https"),
        ("iron-district.example.com", "isn't https"),
        ("https://user:password@iron-district.example.com", "carries credentials"),
        ("https://iron-district.example.com:8443/x", "names a port"),
        ("https://192.0.2.1/book", "an address instead of a host name"),
        ("https://localhost/book", "isn't on a real host"),
        ("https://xn--e1awd7f.com", "look-alike"),
        ("https://irоn-district.example.com", "look-alike"),  # a Cyrillic o
        ("https://iron-district .example.com", "spaces"),
    ],
)
@pytest.mark.parametrize(
    ("good", "field"),
    [(URL, "business.external.url"), (TRAINING, "business.external.service_urls.personal-training")],
)
def test_an_address_that_no_customer_may_be_led_to(url: str, why: str, good: str, field: str):
    [line] = told(changed(good, url))
    assert line.startswith(f"gym.yaml: {field}: the booking URL")
    assert why in line


@pytest.mark.parametrize("url", ["", "    url: ''\n"])
def test_external_without_an_address_names_what_nobody_could_finish(url: str):
    [line] = told(changed(f"    url: {URL}\n", url))
    assert line.startswith("gym.yaml: business.external.url: is missing")
    assert "spin" in line
    assert "yoga" in line
    assert "personal-training" not in line, "it has a page of its own"


@pytest.mark.parametrize(
    ("old", "new", "field", "why"),
    [
        ("page: mindbody", "page: booksy", "business.external.page", "unknown booking page 'booksy'"),
        ("booking_mode: external", "booking_mode: magic", "business.booking_mode", "external"),
        ("    page: mindbody\n", "    pages: mindbody\n", "business.external.pages", "Extra inputs"),
        ("currency: USD", "currency: usd", "business.currency", "unknown currency 'usd'"),
        ("currency: USD", "currency: BITCOIN", "business.currency", "unknown currency"),
        ("  currency: USD\n", "", "business.currency", "Field required"),
        ("price: 80", "price: -1", "calendar.services[2].price", "greater than or equal to 0"),
        ("price: 80", "price: free", "calendar.services[2].price", "valid decimal"),
        ("price: 80", "price: .nan", "calendar.services[2].price", "finite"),
        ("price: 80", "price: 80.555", "calendar.services[2].price", "USD has 2 decimals"),
        ("minutes: 60, price: 80", "minutes: -60, price: 80", "calendar.services[2].minutes", "greater than"),
        (f"      hours: {WEEK}\n", "", "calendar.locations[0].hours", "Field required"),
        (WEEK, "{every_day: closed}", "calendar.locations[0].hours", "no day"),
        (WEEK, "{every_day: 6-21}", "calendar.locations[0].hours.monday", "09:00"),
        (WEEK, "{someday: 06:00-21:00}", "calendar.locations[0].hours.someday", "Extra inputs"),
        ("timezone: America/Los_Angeles", "timezone: LA", "business.timezone", "unknown time zone 'LA'"),
        ("timezone: America/Los_Angeles", "timezone: ../../etc", "business.timezone", "unknown time zone"),
        ("  timezone: America/Los_Angeles\n", "", "business.timezone", "Field required"),
        ("  key: gym\n", "", "template.key", "Field required"),
        ("  key: gym\n", "  key: Gym!\n", "template.key", "pattern"),
        ("  key: iron-district-gym\n", "", "business.key", "Field required"),
        ("  name: Gym Desk\n", "  name: ''\n", "bot.name", "at least 1 character"),
        ("{key: yoga,", "{key: spin,", "calendar.services[1].key", "'spin' is used twice"),
        ("[SERVICE_BOOKING, TOUR,", "[SERVICE_BOOKING, TOUR, TOUR,", "template.booking_types", "TOUR is there twice"),
    ],
)  # fmt: skip
def test_the_file_and_the_field_are_named(old: str, new: str, field: str, why: str):
    lines = told(changed(old, new))
    named = [line for line in lines if line.startswith(f"gym.yaml: {field}: ")]
    assert named, lines
    assert any(why in line for line in named), named


@pytest.mark.parametrize("section", ["business", "calendar", "template"])
def test_a_missing_section_is_named(section: str):
    """Without a bot section there is the standard one; without the others there is no business."""
    lines = GYM.splitlines(keepends=True)
    start = lines.index(f"{section}:\n")
    end = next((i for i in range(start + 1, len(lines)) if lines[i][0] not in " \n#"), len(lines))
    assert f"gym.yaml: {section}: Field required" in told("".join(lines[:start] + lines[end:]))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (GYM.replace("  currency: USD\n", "  currency: USD\n  currency: USD\n"), "'currency' is there twice"),
        (GYM.replace("url: https", "url: https://x.example.com\n    url: https"), "'url' is there twice"),
        (GYM + "\ntemplate:\n  key: gym\n", "'template' is there twice"),
        (GYM.replace("    - key: kofi\n", "    - key: kofi\n      key: lena\n"), "'key' is there twice"),
    ],
)
def test_a_key_that_stands_twice_is_named_with_its_line(text: str, why: str):
    [line] = told(text)
    assert line.startswith("gym.yaml: line ")
    assert why in line


@pytest.mark.parametrize("text", ["", "just words", "[1, 2]", "a: [", "a: b: c", "\t- x"])
def test_what_is_no_template_at_all_is_one_line(text: str):
    [line] = told(text)
    assert line.startswith("gym.yaml:")


def test_two_files_with_one_business_are_both_named(tmp_path: Path):
    (tmp_path / "gym.yaml").write_text(GYM, encoding="utf-8")
    (tmp_path / "club.yaml").write_text(GYM.replace("  key: gym\n", "  key: club\n"), encoding="utf-8")
    with pytest.raises(BusinessFileError) as refused:
        load_templates(tmp_path)
    [line] = refused.value.problems
    assert line == "gym.yaml: business.key: 'iron-district-gym' is club.yaml's already"
