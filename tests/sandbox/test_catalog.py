"""The demo catalog keeps its promises, and a catalog file is read with errors that name the field."""

from __future__ import annotations

import json

import pytest

from providers.sandbox.catalog import DEMO_CATALOG, load_vendor_items
from providers.sandbox.errors import CatalogError
from tests.sandbox import nailit_bodies as nb

MINIMAL = {
    "Groups": [],
    "Locations": [{"Location_Id": 1, "Location_Name": "Main"}],
    "Items": [{"Item_Id": 5, "Item_Name": "Trim", "Primary_Price": "3.500", "Duration": "30"}],
    "Specialists": [{"Id": 7, "Name": "Lina", "Location_Id": 1}],
}


@pytest.fixture
def demo():
    return load_vendor_items(DEMO_CATALOG)


@pytest.fixture
def written(tmp_path):
    def write(change=None):
        content = json.loads(json.dumps(MINIMAL))
        if change:
            change(content)
        path = tmp_path / "items.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return write


def test_the_demo_has_its_sixty_services_three_locations_twelve_staff(demo):
    assert (len(demo.Items), len(demo.Locations), len(demo.Specialists)) == (60, 3, 12)
    assert all(
        item.Item_Name_Ar and item.Duration % 15 == 0 and 15 <= item.Duration <= 120 for item in demo.Items
    )
    assert any(item.Duration % 30 for item in demo.Items)
    assert any(one.Extra_Time == 15 for one in demo.Specialists)
    top_groups = {item.Parent_Group_Id for item in demo.Items}
    assert 6 <= len(top_groups) <= 8


def test_gel_manicure_is_one_service(demo):
    found = [item for item in demo.Items if "gel manicure" in item.Item_Name.casefold()]
    assert [(item.Item_Id, item.Duration, str(item.Primary_Price)) for item in found] == [(102, 60, "12.500")]


def test_somebody_does_every_service_wherever_it_is_offered(demo):
    for item in demo.Items:
        for location in item.Location_Ids:
            assert any(one.Location_Id == location and demo.can_do(one, item) for one in demo.Specialists), (
                f"{item.Item_Name} at {location}"
            )


def test_services_for_dry_hair_and_oily_scalp_can_be_found_by_need(demo):
    for need in ("dry hair", "oily scalp"):
        assert sum(need in item.Item_Desc for item in demo.Items) >= 2


def test_a_minimal_file_gets_defaults(written):
    catalog = load_vendor_items(written())
    assert catalog.can_do(catalog.Specialists[0], catalog.Items[0])
    assert str(catalog.Items[0].unit_prices()[0]) == "3.500"


def test_stray_spaces_in_keys_are_forgiven(written):
    def spaced(content):
        content["Items"][0][" Item_Name "] = content["Items"][0].pop("Item_Name")

    assert load_vendor_items(written(spaced)).Items[0].Item_Name == "Trim"


def put(section, field, value):
    def change(content):
        content[section][0][field] = value

    return change


def drop(section, field):
    def change(content):
        del content[section][0][field]

    return change


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (drop("Items", "Item_Name"), "Items.0.Item_Name"),
        (put("Items", "Duration", "soon"), "Items.0.Duration"),
        (put("Items", "Primary_Price", "3.5005"), "Items.0.Primary_Price"),
        (put("Items", "Location_Ids", [9]), "Item_Id 5: Location_Ids"),
        (put("Specialists", "Location_Id", 9), "Id 7: Location_Id 9"),
        (put("Specialists", "Item_Ids", [6]), "Id 7: Item_Ids"),
        (put("Specialists", "Shifts", ["14:00-12:00"]), "Specialists.0"),
        (put("Locations", "Working_Days", "Always"), "Working_Days"),
        (put("Locations", "From_Time", "25:00 AM"), "Locations.0"),
        (lambda content: content.pop("Specialists"), "Specialists"),
        (lambda content: content["Items"].append(content["Items"][0]), "Items.Item_Id: 5"),
    ],
)
def test_an_error_names_the_file_and_the_field(written, change, named):
    path = written(change)
    with pytest.raises(CatalogError) as caught:
        load_vendor_items(path)
    assert str(caught.value).startswith(str(path))
    assert named in str(caught.value)


def test_unreadable_files_are_named_too(tmp_path):
    with pytest.raises(CatalogError, match="No such file"):
        load_vendor_items(tmp_path / "none.json")
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    with pytest.raises(CatalogError, match="is not JSON"):
        load_vendor_items(broken)


async def test_another_catalog_is_served(start, written):
    async with start(salon={"items": written()}) as served:
        items = await served.nailit("GetLocationServices", nb.services_facade())
        assert [(item["Item_Name"], item["Primary_Price"]) for item in items["Items"]] == [("Trim", "3.500")]
        slots = await served.nailit(f"GetAvailableSlots/E/7/{nb.TOMORROW_READ}")
        assert len(slots["TimeFrames"]) == 21
