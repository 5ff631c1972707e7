"""The catalog in the console: what the tables hold, edits that talks hear of, what can't be edited."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from bot.catalog_view import CatalogCache, load_catalog
from bot.understanding.contract import UnderstandingContext
from bot.understanding.understand import understand
from tests.console.catalog_rows import a_catalog
from tests.console.desk import Browser, Desk
from tests.sampled import BARBER
from workers.resources import now

HERE = f"/console/w/{BARBER}/catalog"


@dataclass
class Shop:
    desk: Desk
    ann: Browser
    service: UUID
    """Colour: two sizes, an Arabic name of an operator's, 75 minutes instead of 60."""
    cache: CatalogCache = field(default_factory=CatalogCache)

    async def one(self, statement: str, *arguments: object):
        ((value,),) = await self.desk.rows(statement, *arguments)
        return value

    async def heard(self, service: UUID):
        """The service as talks have it."""
        async with self.desk.at() as transaction:
            return (await load_catalog(transaction, self.desk.workspaces[BARBER])).services.get(service)

    async def catalog(self):
        """As a process's next turn has it: what it keeps is good for as long as the version stands."""
        version = await self.one("SELECT catalog_version FROM workspaces")
        return await self.cache.get(self.desk.pool, self.desk.workspaces[BARBER], version)

    async def understood(self, table: str, line: str) -> set[UUID]:
        """Which of the catalog's places or people a customer's line names."""
        context = UnderstandingContext(
            now=now(), zone=ZoneInfo("America/New_York"), region="US", catalog=await self.catalog()
        )
        read = understand(line, context)
        return {match.id for match in getattr(read, table)}

    async def save(self, row: UUID, *, part: str = "services", **fields: object):
        path = f"{HERE}/{part}/{row}"
        await self.ann.get(path)
        return await self.ann.follow(await self.ann.post(path, **fields))


@pytest.fixture
async def shop(desk: Desk, ann: Browser) -> Shop:
    async with desk.at() as transaction:
        return Shop(desk, ann, await a_catalog(transaction))


async def test_every_service_stands_there_with_what_customers_hear(shop):
    page = (await shop.ann.get(HERE)).text
    count = await shop.one("SELECT count(*) FROM services WHERE retired_at IS NULL")
    assert page.count('data-title="Service"') == count
    for words in ("صبغة شعر", "شعر", "there 60", "tint", "Short", "80.00\xa0USD", "110.00\xa0USD"):
        assert words.replace("\xa0", " ") in page.replace("\xa0", " "), words
    assert "Perm" not in page
    row = (
        await shop.desk.rows("SELECT names, price_minor FROM services WHERE external_id <> 'Colour' LIMIT 1")
    )[0]
    assert row["names"]["en"] in page
    last = await shop.one("SELECT max(finished_at) FROM sync_runs WHERE kind = 'full' AND status = 'done'")
    assert f'datetime="{last.isoformat()}"' in page


@pytest.mark.parametrize(
    ("query", "found"),
    [({"q": "TINT"}, 1), ({"q": "صبغة"}, 1), ({"only": "edited"}, 1), ({"only": "hidden"}, 0)],
)
async def test_services_are_found_by_any_name_and_by_what_was_done_to_them(shop, query, found):
    page = (await shop.ann.get(HERE, **query)).text
    assert page.count('data-title="Service"') == found
    assert ("No service fits" in page) == (not found)
    file = csv.DictReader(io.StringIO((await shop.ann.get(f"{HERE}.csv", **query)).text.lstrip("\ufeff")))
    assert [(row["size"], row["minutes"]) for row in file] == [("Long", "75"), ("Short", "75")] * found


async def test_an_edit_is_what_talks_hear_and_is_written_down(shop):
    version = await shop.one("SELECT catalog_version FROM workspaces")
    long = await shop.one(
        "SELECT id FROM service_sizes WHERE service_id = $1 AND external_id = 'Long'", shop.service
    )
    said = await shop.save(
        shop.service,
        name_en="  Full   Colour ",
        name_ar="صبغة",  # the source's own: no edit
        aliases="Dye, TINT\nصبغ،تلوين",
        minutes="90",
        **{f"size_{long}": "120.5"},
    )
    assert "Saved." in said.text
    heard = await shop.heard(shop.service)
    assert (heard.names["en"], heard.names["ar"], heard.minutes) == ("Full Colour", "صبغة", 90)
    assert set(heard.aliases) == {"dye", "tint", "صبغ", "تلوين"}
    assert {size.external_id: size.price_minor for size in heard.sizes} == {"Long": 12050, "Short": 8000}
    assert await shop.one("SELECT catalog_version FROM workspaces") == version + 1
    (entry,) = await shop.desk.pool.fetch("SELECT * FROM audit_entries WHERE action = 'catalog.edited'")
    assert (entry["actor"], entry["subject"]) == ("user:ann@example.com", str(shop.service))
    assert entry["detail"] == {"changed": ["names", "aliases", "minutes", "sizes"]}
    # A field that is emptied is the source's again; the same once more changes nothing.
    await shop.save(shop.service, name_en="Full Colour", aliases="dye", **{f"size_{long}": ""})
    heard = await shop.heard(shop.service)
    assert (heard.minutes, heard.aliases) == (60, ("dye",))
    assert {size.price_minor for size in heard.sizes} == {8000, 11000}
    assert "Nothing was changed" in (await shop.save(shop.service, name_en="Full Colour", aliases="dye")).text
    assert await shop.one("SELECT catalog_version FROM workspaces") == version + 2


async def test_what_is_hidden_is_offered_no_more_and_all_can_be_dropped(shop):
    assert await shop.heard(shop.service) is not None
    await shop.save(shop.service, hidden="1")
    assert await shop.heard(shop.service) is None
    assert "Not offered" in (await shop.ann.get(HERE, only="hidden")).text
    await shop.ann.get(f"{HERE}/services/{shop.service}")
    await shop.ann.post(f"{HERE}/services/{shop.service}/drop")
    heard = await shop.heard(shop.service)
    assert (heard.names, heard.minutes, heard.aliases) == ({"en": "Colour", "ar": "صبغة"}, 60, ())
    assert await shop.desk.rows("SELECT * FROM service_edits") == []
    assert await shop.desk.rows("SELECT * FROM size_edits") == []
    assert (
        await shop.desk.pool.fetchval("SELECT count(*) FROM audit_entries WHERE action LIKE 'catalog.edit%'")
        == 2
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"minutes": "0"}, "From 1 to 1440"),
        ({"minutes": "9" * 30}, "From 1 to 1440"),
        ({"minutes": "half an hour"}, "From 1 to 1440"),
        ({"minutes": "٣٠"}, "From 1 to 1440"),
        ({"name_en": "x" * 121}, "at most 120"),
        ({"aliases": "y" * 61}, "each of at most 60"),
        ({"aliases": "\n".join(str(number) for number in range(41))}, "At most 40"),
        ({"price": "free"}, "is no price"),
        ({"price": "-1"}, "is no price"),
        ({"price": "NaN"}, "is no price"),
        ({"price": "1.234"}, "USD has 2 decimals"),
    ],
)
async def test_what_can_not_be_is_said_at_its_field_and_nothing_is_written(shop, fields, said):
    """Nothing that was typed is lost."""
    plain = await shop.one(
        "SELECT id FROM services WHERE external_id <> 'Colour' AND retired_at IS NULL LIMIT 1"
    )
    answer = await shop.save(plain, **{"name_ar": "<i>اسم</i>", **fields})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="&lt;i&gt;اسم&lt;/i&gt;"' in answer.text
    assert await shop.desk.rows("SELECT * FROM service_edits WHERE service_id = $1", plain) == []


async def test_where_a_booking_system_places_the_order_its_prices_hold(shop):
    await shop.desk.pool.execute("UPDATE provider_accounts SET provider = 'nail_it'")
    plain = await shop.one(
        "SELECT id FROM services WHERE external_id <> 'Colour' AND retired_at IS NULL LIMIT 1"
    )
    page = (await shop.ann.get(f"{HERE}/services/{plain}")).text
    assert 'name="price"' not in page
    assert "Prices are decided by the booking system" in page
    assert "Prices are decided by the booking system" in (await shop.save(plain, price="5")).text
    assert "takes 60 minutes" in (await shop.save(shop.service, minutes="30")).text
    assert "Saved." in (await shop.save(shop.service, minutes="80")).text
    assert await shop.one("SELECT minutes FROM service_edits WHERE service_id = $1", shop.service) == 80


@pytest.mark.parametrize(
    ("part", "table", "lines"),
    [
        ("places", "locations", ("A haircut at Zorro please", "أبي حلاقة في زورو")),
        ("people", "staff", ("A haircut with Zorro please", "أبي حلاقة مع زورو")),
    ],
)
async def test_a_place_and_a_person_are_understood_by_their_other_names(shop, part, table, lines):
    """Named here, heard in the next line of a talk in both languages, kept by a sync, gone when dropped."""
    row = await shop.one(
        f"SELECT id FROM {table} WHERE retired_at IS NULL ORDER BY position, external_id LIMIT 1"
    )
    source = await shop.one(f"SELECT names FROM {table} WHERE id = $1", row)
    version = await shop.one("SELECT catalog_version FROM workspaces")
    assert f'href="{HERE}/{part}/{row}"' in (await shop.ann.get(f"{HERE}/{part}")).text
    assert [await shop.understood(table, line) for line in lines] == [set(), set()]
    said = await shop.save(
        row, part=part, name_en=source["en"], name_ar="  الاسم  هنا ", aliases="Zorro\nزورو، ZORRO"
    )
    assert "Saved." in said.text
    assert "الاسم هنا" in said.text
    assert await shop.one("SELECT catalog_version FROM workspaces") == version + 1
    assert [await shop.understood(table, line) for line in lines] == [{row}, {row}]
    heard = getattr(await shop.catalog(), table)[row]
    assert heard.names == {**source, "ar": "الاسم هنا"}
    assert heard.aliases[-2:] == ("zorro", "زورو")
    (entry,) = await shop.desk.pool.fetch("SELECT * FROM audit_entries WHERE action = 'catalog.edited'")
    assert (entry["subject"], entry["detail"]) == (str(row), {"changed": ["names", "aliases"]})
    differences = (await shop.ann.get(f"{HERE}/differences")).text
    assert f'href="{HERE}/{part}/{row}"' in differences
    assert "zorro, زورو" in differences
    assert (
        "Nothing was changed"
        in (await shop.save(row, part=part, name_ar="الاسم هنا", aliases="zorro,زورو")).text
    )
    refused = await shop.save(row, part=part, name_ar="<i>اسم</i>", aliases="y" * 61)
    assert (refused.status_code, "each of at most 60" in refused.text) == (422, True)
    assert 'value="&lt;i&gt;اسم&lt;/i&gt;"' in refused.text
    await shop.ann.get(f"{HERE}/{part}/{row}")
    await shop.ann.post(f"{HERE}/{part}/{row}/drop")
    assert getattr(await shop.catalog(), table)[row].names == source
    assert [await shop.understood(table, line) for line in lines] == [set(), set()]
    assert await shop.one("SELECT catalog_version FROM workspaces") == version + 2


async def test_differences_name_both_sides_and_what_is_gone(shop):
    page = (await shop.ann.get(f"{HERE}/differences")).text
    for words in ("صبغة شعر", "Arabic name", "Also called", "75", "Perm"):
        assert words in page
    await shop.desk.pool.execute("UPDATE services SET minutes = 75 WHERE id = $1", shop.service)
    assert "says the same by now" in (await shop.ann.get(f"{HERE}/differences")).text
    await shop.desk.pool.execute(
        "DELETE FROM service_edits; DELETE FROM services WHERE retired_at IS NOT NULL"
    )
    page = (await shop.ann.get(f"{HERE}/differences")).text
    assert "Nothing is edited here" in page
    assert "is still offered" in page


async def test_free_times_are_counted_per_day_without_what_is_booked(shop):
    zone = await shop.one("SELECT settings ->> 'timezone' FROM workspaces")
    expected = {
        row["day"]: row["free"]
        for row in await shop.desk.rows(
            "SELECT (starts_at AT TIME ZONE $1)::date AS day, count(*) AS free FROM slots s "
            "WHERE starts_at > now() AND NOT EXISTS (SELECT FROM booking_items b WHERE b.active "
            "AND b.staff_id = s.staff_id AND b.starts_at < s.ends_at AND b.ends_at > s.starts_at) GROUP BY 1",
            zone,
        )
    }
    page = (await shop.ann.get(f"{HERE}/times")).text
    assert page.count('data-title="Free times"') == 14
    for free in list(expected.values())[:5]:
        assert f"<strong>{free}</strong>" in page
    await shop.desk.pool.execute("DELETE FROM slots")
    assert "No free time is known" in (await shop.ann.get(f"{HERE}/times")).text


async def test_people_and_places_are_those_of_the_tables(shop):
    people = (await shop.ann.get(f"{HERE}/people")).text
    assert people.count('data-title="Name"') == await shop.one(
        "SELECT count(*) FROM staff WHERE retired_at IS NULL"
    )
    file = csv.DictReader(io.StringIO((await shop.ann.get(f"{HERE}/people.csv")).text.lstrip("\ufeff")))
    names = [row["names"] for row in await shop.desk.rows("SELECT names FROM staff WHERE retired_at IS NULL")]
    assert sorted(row["name"] for row in file) == sorted(name["en"] for name in names)
    places = (await shop.ann.get(f"{HERE}/places")).text
    for row in await shop.desk.rows("SELECT names, address FROM locations WHERE retired_at IS NULL"):
        assert row["names"]["en"].split("&")[0] in places
        assert row["address"] in places
    await shop.desk.pool.execute(
        "UPDATE staff SET retired_at = now(); UPDATE locations SET retired_at = now()"
    )
    assert "Nobody is known" in (await shop.ann.get(f"{HERE}/people")).text
    assert "No place is known" in (await shop.ann.get(f"{HERE}/places")).text


async def test_a_business_without_a_catalog_is_told_how_to_get_one(shop):
    await shop.desk.pool.execute("UPDATE services SET retired_at = now() WHERE retired_at IS NULL")
    assert "To the sync" in (await shop.ann.get(HERE)).text
    await shop.desk.pool.execute("UPDATE provider_accounts SET enabled = false")
    assert "Nothing is offered yet" in (await shop.ann.get(HERE)).text
