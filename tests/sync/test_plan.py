"""The plan is pure: a pull and what is stored in, changes or a refusal out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.catalog_rows import Stored, StoredCatalog
from providers.contract import CatalogRecord, ServiceRecord, StaffRecord
from sync.desired import desired_rows
from sync.plan import CatalogPlan, PlanRefused, make_plan
from tests.sync.conftest import small_catalog

NOTHING = StoredCatalog({}, {}, {}, {}, {}, {})


def stored(record: CatalogRecord, retired: frozenset[str] = frozenset()) -> StoredCatalog:
    """What the tables hold after a sync of this record, some services retired since."""
    desired = desired_rows(record)
    return StoredCatalog(
        locations={key: Stored(row, retired=False) for key, row in desired.locations.items()},
        groups={key: Stored(row, retired=False) for key, row in desired.groups.items()},
        services={key: Stored(row, retired=key in retired) for key, row in desired.services.items()},
        sizes={key: Stored(row, retired=False) for key, row in desired.sizes.items()},
        staff={key: Stored(row, retired=False) for key, row in desired.staff.items()},
        payment_types={key: Stored(row, retired=False) for key, row in desired.payment_types.items()},
    )


def plan(
    record: CatalogRecord, against: StoredCatalog = NOTHING, *, limit: float = 0.3, forced: bool = False
) -> CatalogPlan:
    return make_plan(record, against, currency="KWD", service_drop_limit=limit, forced=forced)


def many_services(count: int) -> CatalogRecord:
    return replace(
        small_catalog(),
        services=tuple(
            ServiceRecord(str(number), {"en": f"S{number}"}, 30, 1_000, ("1",)) for number in range(count)
        ),
    )


def test_the_same_catalog_again_is_an_empty_plan():
    assert plan(small_catalog(), stored(small_catalog())).empty
    assert not plan(small_catalog()).empty


@given(kept=st.integers(1, 20), limit=st.floats(0, 1))
def test_a_drop_is_refused_exactly_above_the_limit(kept, limit):
    before, after = stored(many_services(20)), many_services(kept)
    if (20 - kept) / 20 > limit:
        with pytest.raises(PlanRefused, match=f"{20 - kept} of 20 services"):
            plan(after, before, limit=limit)
        assert len(plan(after, before, limit=limit, forced=True).services.retired) == 20 - kept
    else:
        assert len(plan(after, before, limit=limit).services.retired) == 20 - kept


def test_services_retired_long_ago_dont_count_towards_the_limit():
    before = stored(many_services(20), retired=frozenset(map(str, range(4, 20))))
    with pytest.raises(PlanRefused, match="2 of 4 services"):
        plan(many_services(2), before)


def test_a_plan_says_what_is_missing():
    with pytest.raises(PlanRefused, match=r"no services, no staff.*--force"):
        plan(replace(small_catalog(), services=(), staff=()))


def test_a_location_that_vanished_is_refused_by_name_and_may_be_forced():
    gone = replace(small_catalog(), locations=small_catalog().locations[1:])
    with pytest.raises(PlanRefused, match=r"^Plaza: missing .*--force"):
        plan(gone, stored(small_catalog()), limit=1)
    assert plan(gone, stored(small_catalog()), limit=1, forced=True).locations.retired == ("1",)
    assert plan(small_catalog(), stored(gone)).locations.created, "a new one is welcome"


def test_the_first_sync_must_not_be_empty_either():
    with pytest.raises(PlanRefused, match="no locations"):
        plan(CatalogRecord("KWD", (), (), (), (), ()))


@pytest.mark.parametrize(
    ("service", "reason"),
    [
        (ServiceRecord("1", {"en": "A"}, 0, 1_000, ("1",)), "0 minutes"),
        (ServiceRecord("1", {"en": "A"}, 2_000, 1_000, ("1",)), "2000 minutes"),
        (ServiceRecord("1", {"en": "A"}, 30, -1, ("1",)), "negative"),
        (ServiceRecord("1", {"en": "A"}, 30, 1_000, ("77",)), "no known location"),
    ],
)
def test_a_service_that_nobody_could_book_is_left_out_with_a_note(service, reason):
    catalog = small_catalog()
    desired = desired_rows(replace(catalog, services=(*catalog.services, service)))
    assert set(desired.services) == {"100", "101", "102"}
    [note] = desired.notes
    assert reason in note


def test_ids_that_point_nowhere_are_dropped():
    catalog = small_catalog()
    gel = replace(catalog.services[0], group_external_id="99", location_external_ids=("1", "99"))
    lost = StaffRecord("55", {"en": "Nobody"}, "99")
    maya = replace(catalog.staff[0], service_external_ids=("100", "999"))
    desired = desired_rows(replace(catalog, services=(gel,), staff=(maya, lost)))
    assert desired.services["100"].group_external_id is None
    assert desired.services["100"].location_external_ids == ["1"]
    assert {key: row.service_external_ids for key, row in desired.staff.items()} == {("7", "1"): ["100"]}
    assert desired.notes == ("staff 55: left out, location 99 is not known",)


def test_one_person_at_two_locations_is_two_rows():
    catalog = small_catalog()
    everywhere = (StaffRecord("7", {"en": "Maya"}, "1"), StaffRecord("7", {"en": "Maya"}, "2"))
    desired = desired_rows(replace(catalog, staff=everywhere))
    assert {key: row.service_external_ids for key, row in desired.staff.items()} == {
        ("7", "1"): ["100", "101"],
        ("7", "2"): ["100", "102"],
    }


def test_what_comes_twice_is_used_once_and_noted():
    catalog = small_catalog()
    twice = replace(catalog.services[0], price_minor=1)
    desired = desired_rows(replace(catalog, services=(*catalog.services, twice)))
    assert desired.services["100"].price_minor == 12_500
    assert desired.notes == ("service 100: came twice; the first is used",)


def test_text_that_postgresql_refuses_is_cleaned_and_nobody_is_nameless():
    catalog = small_catalog()
    odd = replace(catalog.services[0], names={"en": "  ", "ar": "\x00"}, description="a\x00b")
    row = desired_rows(replace(catalog, services=(odd,))).services["100"]
    assert (row.names, row.description) == ({"en": "#100"}, "ab")


def test_a_refusal_says_what_it_would_have_done():
    shrunk = replace(
        small_catalog(), services=small_catalog().services[1:2], locations=small_catalog().locations
    )
    with pytest.raises(PlanRefused) as caught:
        plan(shrunk, stored(small_catalog()))
    assert caught.value.planned is not None
    assert caught.value.planned["counts"] == plan(shrunk, stored(small_catalog()), forced=True).counts()
    assert caught.value.planned["retired"]["services"] == [
        {"en": "Gel Manicure", "ar": "جل"},
        {"en": "Nail Art"},
    ]
    many = many_services(60)
    with pytest.raises(PlanRefused) as caught:
        plan(replace(many, services=many.services[:1]), stored(many))
    assert caught.value.planned["counts"]["services"]["retired"] == 59
    assert len(caught.value.planned["retired"]["services"]) == 20


def test_prices_in_another_currency_make_no_plan():
    with pytest.raises(PlanRefused, match="prices are in EUR") as caught:
        plan(replace(small_catalog(), currency="EUR"))
    assert caught.value.planned is None
