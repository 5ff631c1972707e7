"""Catalog rows as the vendor's answers show them, in English (`E`) or Arabic (`A`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from providers.sandbox.catalog import Group, Item, Location, Specialist
from providers.sandbox.nailit_api import PAGE_SIZE
from providers.sandbox.roster import frame_name


def _name(lang: str, english: str, arabic: str) -> str:
    return arabic if lang == "A" and arabic else english


def group_view(group: Group, lang: str) -> dict[str, Any]:
    name = _name(lang, group.Name, group.Name_Ar)
    return {
        "Id": group.Id,
        "Name": name,
        "Image_URL": group.Image_URL,
        "Is_Has_Sub_Category": group.Is_Has_Sub_Category,
        "Is_Corporate_Event": group.Is_Corporate_Event,
        "Website_Image_URL": group.Website_Image_URL,
        "Group_Name": name,
    }


def location_view(location: Location, lang: str) -> dict[str, Any]:
    row = location.model_dump(exclude={"Location_Name_Ar"})
    row["Location_Name"] = _name(lang, location.Location_Name, location.Location_Name_Ar)
    return row


def item_view(item: Item, lang: str, *, text_prices: bool) -> dict[str, Any]:
    """`text_prices`: prices as strings with three decimals. Both forms occur; each dialect has one."""

    def money(value: Any) -> str | float:
        return f"{value:.3f}" if text_prices else float(value)

    row = item.model_dump(exclude={"Item_Name_Ar", "Item_Desc_Ar", "Sizes"})
    row["Item_Name"] = _name(lang, item.Item_Name, item.Item_Name_Ar)
    row["Item_Desc"] = _name(lang, item.Item_Desc, item.Item_Desc_Ar)
    special = item.Primary_Price if item.Special_Price is None else item.Special_Price
    for key, value in (
        ("Primary_Price", item.Primary_Price),
        ("Dis_Percent", item.Dis_Percent),
        ("Dis_Amount", item.Dis_Amount),
        ("Special_Price", special),
    ):
        row[key] = money(value)
    row["Duration"] = str(item.Duration)
    row["Media"] = []
    row["Sizes"] = [
        {
            "Size_Id": size.Size_Id,
            "Size_Name": _name(lang, size.Size_Name, size.Size_Name_Ar),
            "Price": money(size.Price),
            "Available_Qty": size.Available_Qty,
        }
        for size in item.Sizes
    ]
    return row


def staff_view(staff: Specialist, lang: str) -> dict[str, Any]:
    return {
        "Id": staff.Id,
        "Name": _name(lang, staff.Name, staff.Name_Ar),
        "Image_URL": staff.Image_URL,
        "Location_Id": staff.Location_Id,
        "Extra_Time": staff.Extra_Time,
        "Staff_Groups": staff.Staff_Groups,
    }


def frames_view(frames: Iterable[int]) -> list[dict[str, Any]]:
    return [{"TimeFrame_Id": frame, "TimeFrame_Name": frame_name(frame)} for frame in frames]


def page_of(items: list[Item], page: int) -> list[Item]:
    """The 1-based page; pages past the end are empty."""
    return items[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]


def matching(items: Iterable[Item], *, like: str, group_id: int) -> list[Item]:
    """Services whose name holds `like` (any language) and that belong to the group (0 = all)."""
    wanted = like.strip().casefold()
    return [
        item
        for item in items
        if (group_id == 0 or group_id in {item.Parent_Group_Id, item.Sub_Group_Id})
        and (wanted in item.Item_Name.casefold() or wanted in item.Item_Name_Ar.casefold())
    ]
