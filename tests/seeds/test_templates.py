"""The shipped templates, what their validator says, and seeding and resetting them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import asyncpg
import httpx
import pytest

from bot.external_booking import ExternalBooking
from bot.policy import ALWAYS_INTERNAL, BY_MODE, Handling
from bot.workspace import BookingMode, WorkspaceSettings
from db import accounts, templates
from db.secrets import SecretBox
from db.tx import Pool, tx
from providers.handoff.pages import page_of
from providers.own_calendar.settings import BookingType
from seeds.business_file import BusinessFileError
from seeds.template_file import FOLDER, load_templates, read_template, shipped_templates
from tests.listening import LocalServer
from workers.templates import Installation, TemplateRefused, TemplatesBusy, chosen, seed_templates

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
GYM = (FOLDER / "gym.yaml").read_text(encoding="utf-8")
SCHEDULE = "https://iron-district.example.com/mindbody/schedule"
HOURS = "{every_day: 06:00-21:00, saturday: 08:00-18:00, sunday: 08:00-18:00}"
TALKS = "SELECT count(*) FROM conversations WHERE workspace_id = $1"


@pytest.fixture
async def place(pool: Pool, box: SecretBox) -> AsyncIterator[Installation]:
    async with httpx.AsyncClient() as http:
        yield Installation(pool, box, http, "https://bot.example.com")


async def seed(place: Installation, *keys: str, moment: datetime = NOW, reset: bool = False):
    return await seed_templates(place, chosen(keys), moment=moment, reset=reset)


def problems(text: str) -> str:
    with pytest.raises(BusinessFileError) as refused:
        read_template(text, name="gym.yaml")
    return str(refused.value)


# -- the files --------------------------------------------------------------------------------------


def test_all_eighteen_are_right():
    found = shipped_templates()
    assert len(found) == 18
    assert len({one.workspace_key for one in found.values()}) == 18
    own = [one for one in found.values() if one.file is not None]
    assert len(own) == 16
    for one in own:
        assert one.settings.booking_mode is BookingMode.EXTERNAL
        for kind, handling in one.routes().items():
            assert handling is (Handling.INTERNAL if kind in ALWAYS_INTERNAL else Handling.EXTERNAL), one.key
        assert set(one.routes().values()) == {Handling.INTERNAL, Handling.EXTERNAL}, one.key
    pages = {page_of(one.settings.external.url, named=one.settings.external.page).key for one in own}
    assert pages == {"acuity", "calcom", "calendly", "fresha", "mindbody", "square", "vagaro", "website"}
    assert found["nail-salon"].settings.languages == ("en", "ar")
    assert {found[key].routes()["SERVICE_BOOKING"] for key in ("nail-salon", "car-tint")} == {
        Handling.PROVIDER
    }


def test_a_made_up_business_mails_example_com_and_nobody_else():
    for key, one in shipped_templates().items():
        if one.file is None:
            continue  # the demo's own: tests/seeds/test_demo.py
        settings = one.settings
        assert settings.outbound.permits("maya@example.com"), key
        assert settings.outbound.permits(settings.contact.email), (
            f"{key}: its own confirmation would be blocked"
        )
        assert not settings.outbound.permits("maya@example.org"), key
        assert not settings.outbound.permits("+12025550123"), key
        assert not settings.mail.reaches("maya@example.org"), key


def test_a_calendar_knows_every_kind_of_booking_that_the_policy_knows():
    assert set(get_args(BookingType)) == ALWAYS_INTERNAL | BY_MODE


def test_trades_that_need_them_have_their_safety_notes():
    found = shipped_templates()
    for key in ("sober-living-men", "sober-living-women"):
        safety = found[key].settings.safety
        assert "988" in safety.crisis["en"]
        assert "911" in safety.crisis["en"]
        assert safety.no_medical_advice
    for key in ("med-spa", "dental-clinic"):
        assert found[key].settings.safety.no_medical_advice["en"]


@pytest.mark.parametrize(
    ("old", "new", "field", "what"),
    [
        ("    url: https://iron-district.example.com/mindbody/schedule\n", "", "business.external.url", "spin"),
        (SCHEDULE, "http://iron.example.com", "business.external.url", "https"),
        (SCHEDULE, "javascript:alert(1)", "business.external.url", "https"),
        ("page: mindbody", "page: mindbuddy", "business.external.page", "unknown booking page"),
        ("{personal-training:", "{massage:", "business.external.service_urls.massage", "no service"),
        ("booking_mode: external", "booking_mode: provider", "business.booking_mode", "external"),
        ("timezone: America/Los_Angeles", "timezone: Mars/Base", "business.timezone", "unknown time zone"),
        ("currency: USD", "currency: XQX", "business.currency", "unknown currency"),
        ("price: 80", "price: -80", "calendar.services[2].price", "greater than or equal to 0"),
        (HOURS, "{}", "calendar.locations[0].hours", "no day"),
        ("[SERVICE_BOOKING, TOUR,", "[SERVICE_BOOKING,", "calendar.services[3].booking_type", "TOUR is not among"),
        ("[SERVICE_BOOKING,", "[PAID_SERVICE, SERVICE_BOOKING,", "template.booking_types[0]", "no service is a PAID"),
        ("booking_type: TOUR", "booking_type: PARTY", "calendar.services[3].booking_type", "SERVICE_BOOKING"),
        ("  after_hours:", "  #", "business.after_hours", "missing in 'en'"),
        ("llm: {trade: gym}", "llm: {}", "business.llm.trade", "missing"),
        ("  title: Gym\n", "  title: Gym\n  must_say: [crisis]\n", "business.safety.crisis", "missing in 'en'"),
        ("service: yoga", "service: pilates", "template.samples[4].service", "no service 'pilates'"),
        ('color: "#0b6e4f"', 'color: "#ffff00"', "business.theme", "can't be read"),
        ("  key: iron-district-gym", "  key: nail-salon", "business.key", "demo's own"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(old, new, field, what):
    assert GYM.count(old) == 1
    told = problems(GYM.replace(old, new))
    assert f"gym.yaml: {field}: " in told
    assert what in told


def test_a_key_that_stands_twice_is_refused():
    told = problems(GYM.replace("  name: Iron District Gym\n", "  name: Iron District Gym\n  name: Gym\n"))
    assert "'name' is there twice" in told


def test_a_crisis_line_names_its_numbers():
    text = (FOLDER / "sober-living-men.yaml").read_text(encoding="utf-8")
    told = problems(text.replace("call or text 988", "call somebody"))
    assert "business.safety.crisis.en: must name 988" in told


def test_everything_is_told_at_once(tmp_path: Path):
    wrong = GYM.replace("llm: {trade: gym}", "llm: {}").replace("service: yoga", "service: pilates")
    (tmp_path / "gym.yaml").write_text(wrong, encoding="utf-8")
    (tmp_path / "other.yaml").write_text(GYM, encoding="utf-8")
    (tmp_path / "third.yaml").write_text("demo: nobody\ntemplate: 1\n", encoding="utf-8")
    with pytest.raises(BusinessFileError) as refused:
        load_templates(tmp_path)
    told = str(refused.value)
    assert "gym.yaml: business.llm.trade" in told
    assert "gym.yaml: template.samples[4].service" in told
    assert "other.yaml: template.key: the file's name says 'other'" in told
    assert "third.yaml: template: " in told


# -- seeding ----------------------------------------------------------------------------------------


async def test_a_second_seeding_changes_nothing_and_a_reset_touches_one(place: Installation, pool: Pool):
    keys = ("barber", "law-firm", "restaurant")
    first = await seed(place, *keys)
    for report in first:
        assert report.total("created") > 100
        assert (report.total("updated"), report.total("deleted")) == (0, 0)
        assert report.counts["workspaces"] == {"created": 1}
        assert report.counts["bookings"]["created"] > 0
        assert report.counts["handoffs"]["created"] > 0
    again = await seed(place, *keys)
    for before, report in zip(first, again, strict=True):
        assert (report.total("created"), report.total("updated"), report.total("deleted")) == (0, 0, 0)
        assert report.total("skipped") == before.total("created")
    marks = await templates.list_templates(pool)
    assert {key: mark.last_seeded_at for key, mark in marks.items()} == dict.fromkeys(keys, NOW)

    ids = {one.key: one.workspace_id for one in first}
    before_reset = await everything(pool, ids["law-firm"]), await everything(pool, ids["restaurant"])
    async with tx(pool, ids["barber"]) as connection:
        await connection.execute("UPDATE customers SET name = 'Somebody Else'")
        stored = await accounts.workspace_settings(connection)
    changed = stored | {"lead_minutes": 999}
    await accounts.save_workspace(pool, key="fade-street-barbers", name="Renamed", settings=changed)
    [reset] = await seed(place, "barber", reset=True)
    assert reset.counts["conversations"]["deleted"] == reset.counts["conversations"]["created"]
    assert reset.counts["workspaces"] == {"updated": 1}
    workspace = await accounts.find_workspace(pool, "fade-street-barbers")
    assert workspace is not None
    assert (workspace.name, workspace.settings["lead_minutes"]) == ("Fade Street Barbers", 60)
    assert (
        await everything(pool, ids["law-firm"]),
        await everything(pool, ids["restaurant"]),
    ) == before_reset
    async with tx(pool, ids["barber"]) as connection:
        assert await connection.fetchval("SELECT count(*) FROM customers WHERE name = 'Somebody Else'") == 0


async def everything(pool: Pool, workspace_id) -> list[str]:
    async with tx(pool, workspace_id) as connection:
        found = []
        for table in (
            *templates.SAMPLE_TABLES,
            "workspaces",
            "bots",
            "channel_accounts",
            "services",
            "templates",
        ):
            rows = await connection.fetch(f"SELECT t::text FROM {table} t ORDER BY 1")
            found += [row[0] for row in rows]
    return found


async def test_the_next_day_brings_its_own_talks_and_visits_take_place(place: Installation, pool: Pool):
    [first] = await seed(place, "law-firm")
    tomorrow = NOW + timedelta(days=7)
    [later] = await seed(place, "law-firm", moment=tomorrow)
    assert 0 < later.counts["conversations"]["created"] < first.counts["conversations"]["created"]
    assert later.counts["bookings"]["updated"] > 0
    async with tx(pool, first.workspace_id) as connection:
        assert (
            await connection.fetchval(
                "SELECT count(*) FROM bookings WHERE status = 'confirmed' AND ends_at < $1", tomorrow
            )
            == 0
        )
        ahead = await connection.fetchval("SELECT count(*) FROM bookings WHERE starts_at > $1", tomorrow)
    assert ahead > 0


async def test_what_a_visitor_of_the_demo_booked_keeps_its_time(place: Installation, pool: Pool):
    [first] = await seed(place, "law-firm")
    async with tx(pool, first.workspace_id) as connection:
        booked = await connection.fetchrow(
            "SELECT conversation_id, customer_id FROM bookings WHERE status = 'confirmed' LIMIT 1"
        )
        # The sample's talk goes, its visitor's booking stays: it now belongs to another talk.
        other = await connection.fetchval(
            "SELECT id FROM conversations WHERE id <> $1 ORDER BY id LIMIT 1", booked["conversation_id"]
        )
        intent = await connection.fetchval(
            "SELECT id FROM booking_intents WHERE conversation_id <> $1 LIMIT 1", booked["conversation_id"]
        )
        await connection.execute(
            "UPDATE bookings SET conversation_id = $2, intent_id = $3, confirmation_code = 'ABCDEF', "
            "customer_id = (SELECT customer_id FROM conversations WHERE id = $2) WHERE conversation_id = $1",
            booked["conversation_id"], other, intent,
        )  # fmt: skip
        await connection.execute("DELETE FROM customers WHERE id = $1", booked["customer_id"])
    [again] = await seed(place, "law-firm")
    assert again.total("created") == 0
    async with tx(pool, first.workspace_id) as connection:
        assert (
            await connection.fetchval("SELECT count(*) FROM bookings WHERE confirmation_code = 'ABCDEF'") == 1
        )


async def test_a_business_of_somebodys_own_is_left_alone(place: Installation, pool: Pool):
    settings = WorkspaceSettings(timezone="America/New_York", currency="USD").model_dump(mode="json")
    await accounts.save_workspace(pool, key="fade-street-barbers", name="Real Barber", settings=settings)
    for reset in (False, True):
        with pytest.raises(TemplateRefused, match="wasn't made by this template"):
            await seed(place, "barber", reset=reset)
    workspace = await accounts.find_workspace(pool, "fade-street-barbers")
    assert workspace is not None
    assert (workspace.name, workspace.settings) == ("Real Barber", settings)


async def test_two_at_once_are_refused_politely(place: Installation, pool: Pool):
    async with templates.only_one(pool) as alone:
        assert alone
        with pytest.raises(TemplatesBusy, match="right now"):
            await seed(place, "barber")
    assert await accounts.list_workspaces(pool) == []
    results = await asyncio.gather(seed(place, "barber"), seed(place, "barber"), return_exceptions=True)
    refused = [one for one in results if isinstance(one, TemplatesBusy)]
    done = [one for one in results if isinstance(one, list)]
    assert (len(refused), len(done)) == (1, 1)


async def test_a_refused_row_is_named(place: Installation, pool: Pool):
    await pool.execute("ALTER TABLE leads ADD CONSTRAINT no_such_lead CHECK (status <> 'booked') NOT VALID")
    with pytest.raises(TemplateRefused, match=r"barber: leads [0-9a-f-]{36}: no_such_lead"):
        await seed(place, "barber")
    workspace = await accounts.find_workspace(pool, "fade-street-barbers")
    assert workspace is not None
    assert await pool.fetchval(TALKS, workspace.id) == 0, "a talk is there whole or not at all"
    await pool.execute("ALTER TABLE leads DROP CONSTRAINT no_such_lead")
    [report] = await seed(place, "barber")
    assert report.counts["leads"]["created"] > 0


async def test_a_template_that_nobody_knows(place: Installation):
    with pytest.raises(TemplateRefused, match="no template 'bakery'"):
        await seed(place, "bakery")
    with pytest.raises(TemplateRefused, match="SANDBOX_URL"):
        await seed(place, "car-tint")


async def test_the_vendors_templates_book_through_the_sandbox(
    pool: Pool, box: SecretBox, sandbox: LocalServer
):
    async with httpx.AsyncClient() as http:
        at = Installation(pool, box, http, "https://bot.example.com", str(sandbox.make_url("")).rstrip("/"))
        [tint] = await seed(at, "car-tint")
        [again] = await seed(at, "car-tint")
    assert tint.counts["bookings"]["created"] > 0
    assert (again.total("created"), again.total("updated"), again.total("deleted")) == (0, 0, 0)
    async with tx(pool, tint.workspace_id) as connection:
        assert await connection.fetchval("SELECT count(*) FROM bookings WHERE starts_at > $1", NOW) == 0, (
            "what is to come is the vendor's calendar's to say"
        )


async def test_every_template_with_its_own_page_seeds(place: Installation, pool: Pool):
    own = [key for key, one in shipped_templates().items() if one.file is not None]
    reports = await seed(place, *own)
    for report in reports:
        for table in ("leads", "conversations", "messages", "bookings", "handoffs"):
            assert report.counts[table]["created"] > 0, (report.key, table)
        async with tx(pool, report.workspace_id) as connection:
            kinds = await connection.fetch("SELECT DISTINCT booking_type, handling FROM booking_intents")
        for kind, handling in kinds:
            assert handling == ("internal" if kind in ALWAYS_INTERNAL else "external"), report.key


def test_external_settings_travel_whole():
    external = shipped_templates()["dental-clinic"].settings.external
    assert isinstance(external, ExternalBooking)
    assert (external.embed, external.service_urls["cleaning"]) == (
        "iframe", "https://calendly.com/frontdesk-example-dental/cleaning",
    )  # fmt: skip


async def test_a_failing_database_leaves_the_lock_free(place: Installation, pool: Pool):
    await pool.execute("ALTER TABLE templates RENAME TO templates_away")
    with pytest.raises(asyncpg.UndefinedTableError):
        await seed(place, "barber")
    await pool.execute("ALTER TABLE templates_away RENAME TO templates")
    [report] = await seed(place, "barber")
    assert report.total("created") > 0


KEPT = {
    "api_tokens",
    "audit_entries",
    "bots",
    "channel_accounts",
    "console_sessions",
    "handoff_accounts",
    "invitations",
    "llm_accounts",
    "llm_prompts",
    "locations",
    "memberships",
    "payment_accounts",
    "payment_types",
    "provider_accounts",
    "recorded_webhooks",
    "recording_windows",
    "schedules",
    "service_groups",
    "service_locations",
    "service_sizes",
    "services",
    "slots",
    "staff",
    "staff_services",
    "sync_runs",
    "templates",
    "unrouted_webhooks",
}
"""Set up by the file, by a sync or by an operator; not what visitors of the demo leave behind."""


async def test_a_reset_has_decided_about_every_table(pool: Pool):
    """A new table belongs to one side: emptied by a reset (db/templates.py), or kept."""
    rows = await pool.fetch(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND column_name = 'workspace_id'"
    )
    tenant = {row[0] for row in rows}
    assert set(templates.EMPTIED_TABLES) <= tenant
    assert tenant - set(templates.EMPTIED_TABLES) <= KEPT
    assert not KEPT & set(templates.EMPTIED_TABLES)
