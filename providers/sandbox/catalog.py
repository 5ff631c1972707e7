"""A salon's catalog as Nail It keeps it: groups, locations, items (services) and specialists (staff).

Read from a JSON file in the shapes of the vendor's own answers, so an export of a real account can be played.
Beside the vendor's keys a file may carry `*_Ar` names, `Parent_Group_Id` on a group, and `Shifts`,
`Days_Off`, `Item_Ids` on a specialist; what it lacks gets a sensible default.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from providers.sandbox.errors import CatalogError

DEMO_CATALOG = Path(__file__).with_name("catalog.json")
WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
KNOWN_SECTIONS = ("Groups", "Locations", "Items", "Specialists")

Money = Annotated[Decimal, Field(ge=0, decimal_places=3)]


def parse_clock(text: str) -> time:
    """`10:30 AM` or `22:30` as a time. Raises `ValueError`."""
    clock, _, half = text.strip().partition(" ")
    hour, _, minute = clock.partition(":")
    hours, minutes = int(hour), int(minute or 0)
    if half:
        if half.upper() not in {"AM", "PM"} or not 1 <= hours <= 12:
            raise ValueError(f"{text!r} is not a time like 10:30 AM")
        hours = hours % 12 + (12 if half.upper() == "PM" else 0)
    return time(hours, minutes)


def format_clock(minutes: int) -> str:
    """Minutes after midnight as `10:30 AM`."""
    hours, rest = divmod(minutes % 1440, 60)
    return f"{hours % 12 or 12:02d}:{rest:02d} {'AM' if hours < 12 else 'PM'}"


def _clean(value: Any) -> str:
    return "" if value is None else str(value).strip()


Text = Annotated[str, BeforeValidator(_clean)]
Name = Annotated[str, BeforeValidator(_clean), Field(min_length=1)]


class _Row(BaseModel):
    """Vendor rows: keys may carry stray spaces, unknown keys are theirs to add."""

    model_config = ConfigDict(extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _strip_keys(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {str(key).strip(): item for key, item in value.items()}


class Group(_Row):
    Id: int
    Name: Name
    Name_Ar: Text = ""
    Image_URL: Text = ""
    Website_Image_URL: Text = ""
    Is_Has_Sub_Category: bool = False
    Is_Corporate_Event: bool = False
    Parent_Group_Id: int = 0


class Location(_Row):
    Location_Id: int
    Location_Name: Name
    Location_Name_Ar: Text = ""
    Latitude: Text = ""
    Longitude: Text = ""
    Address: Text = ""
    Website: Text = ""
    Phone: Text = ""
    From_Time: Text = "10:30 AM"
    To_Time: Text = "09:00 PM"
    Working_Days: Text = "Sunday-Saturday"

    @model_validator(mode="after")
    def _hours(self) -> Location:
        if self.opens() >= self.closes():
            raise ValueError("From_Time must be before To_Time")
        self.open_days()
        return self

    def opens(self) -> int:
        """Opening time in minutes after midnight, local."""
        at = parse_clock(self.From_Time)
        return at.hour * 60 + at.minute

    def closes(self) -> int:
        """Closing time in minutes after midnight, local; 12:00 AM means the end of the day."""
        at = parse_clock(self.To_Time)
        return (at.hour * 60 + at.minute) or 1440

    def open_days(self) -> frozenset[str]:
        """Names of the weekdays from `Working_Days`, a range such as `Sunday-Thursday`, or a comma list."""
        days: set[str] = set()
        for part in self.Working_Days.split(","):
            first, _, last = (name.strip() for name in part.partition("-"))
            try:
                start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
            except ValueError as error:
                raise ValueError(f"Working_Days {self.Working_Days!r} is not a range of weekdays") from error
            days.update(WEEKDAYS[(start + step) % 7] for step in range((end - start) % 7 + 1))
        return frozenset(days)


class Size(_Row):
    Size_Id: int
    Size_Name: Name
    Size_Name_Ar: Text = ""
    Price: Money
    Available_Qty: int = 1


class Item(_Row):
    Item_Id: int
    Item_Name: Name
    Item_Name_Ar: Text = ""
    Item_Desc: Text = ""
    Item_Desc_Ar: Text = ""
    Image_Url: Text = ""
    Primary_Price: Money
    Dis_Percent: Decimal = Decimal(0)
    Dis_Amount: Decimal = Decimal(0)
    Special_Price: Money | None = None
    Is_Favorite: bool = False
    Promotion_Id: int = 0
    Promotion_Type_Id: int = 0
    Item_Type_Id: int = 2
    Available_Qty: int = 1
    Duration: Annotated[int, Field(gt=0, le=720)]
    Parent_Group_Id: int = 0
    Sub_Group_Id: int = 0
    Event_Type: int = 0
    Is_Gift: bool = False
    Location_Ids: list[int] = Field(default_factory=list)
    Sizes: list[Size] = Field(default_factory=list)

    def unit_prices(self, size_id: int | None = None) -> list[Decimal]:
        """What one unit may cost: the size's price, any size's if none is named, else the item's own."""
        if self.Sizes:
            return [size.Price for size in self.Sizes if size_id in {None, size.Size_Id}]
        return [self.Primary_Price if self.Special_Price is None else self.Special_Price]


class Specialist(_Row):
    Id: int
    Name: Name
    Name_Ar: Text = ""
    Image_URL: Text = ""
    Location_Id: int
    Extra_Time: int = Field(default=0, ge=0, le=240)
    Staff_Groups: list[Any] = Field(default_factory=list)
    Item_Ids: list[int] | None = None
    Shifts: list[str] = Field(default_factory=list)
    Days_Off: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _roster(self) -> Specialist:
        self.shifts()
        if unknown := set(self.Days_Off) - set(WEEKDAYS):
            raise ValueError(f"Days_Off: {sorted(unknown)} are no weekdays")
        return self

    def shifts(self) -> list[tuple[int, int]]:
        """Working hours as (from, to) in minutes after midnight; empty means the location's hours."""
        spans = []
        for text in self.Shifts:
            first, _, last = text.partition("-")
            start, end = parse_clock(first), parse_clock(last)
            span = (start.hour * 60 + start.minute, (end.hour * 60 + end.minute) or 1440)
            if span[0] >= span[1]:
                raise ValueError(f"Shifts: {text!r} ends before it begins")
            spans.append(span)
        return spans


class Catalog(BaseModel):
    """A whole catalog, checked to be consistent. Look-ups answer None for unknown ids."""

    Groups: list[Group]
    Locations: list[Location] = Field(min_length=1)
    Items: list[Item] = Field(min_length=1)
    Specialists: list[Specialist] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Catalog:
        _unique("Groups.Id", [group.Id for group in self.Groups])
        _unique("Locations.Location_Id", [location.Location_Id for location in self.Locations])
        _unique("Items.Item_Id", [item.Item_Id for item in self.Items])
        _unique("Specialists.Id", [one.Id for one in self.Specialists])
        locations = {location.Location_Id for location in self.Locations}
        items = {item.Item_Id for item in self.Items}
        for item in self.Items:
            if unknown := set(item.Location_Ids) - locations:
                raise ValueError(
                    f"Items: Item_Id {item.Item_Id}: Location_Ids {sorted(unknown)} do not exist"
                )
        for one in self.Specialists:
            if one.Location_Id not in locations:
                raise ValueError(f"Specialists: Id {one.Id}: Location_Id {one.Location_Id} does not exist")
            if unknown := set(one.Item_Ids or ()) - items:
                raise ValueError(f"Specialists: Id {one.Id}: Item_Ids {sorted(unknown)} do not exist")
        return self

    def location(self, location_id: int) -> Location | None:
        return next((one for one in self.Locations if one.Location_Id == location_id), None)

    def item(self, item_id: int) -> Item | None:
        return next((one for one in self.Items if one.Item_Id == item_id), None)

    def specialist(self, staff_id: int) -> Specialist | None:
        return next((one for one in self.Specialists if one.Id == staff_id), None)

    def offered_at(self, item: Item, location_id: int) -> bool:
        """An item without locations is offered everywhere."""
        return not item.Location_Ids or location_id in item.Location_Ids

    def can_do(self, staff: Specialist, item: Item) -> bool:
        """Whether this person does this service at their location; no `Item_Ids` means everything there."""
        known = staff.Item_Ids is None or item.Item_Id in staff.Item_Ids
        return known and self.offered_at(item, staff.Location_Id)


def _unique(field: str, ids: list[int]) -> None:
    if twice := [str(key) for key, count in Counter(ids).items() if count > 1]:
        raise ValueError(f"{field}: {', '.join(twice)} appears more than once")


def load_vendor_items(path: Path) -> Catalog:
    """Read a catalog file: `{"Groups": […], "Locations": […], "Items": […], "Specialists": […]}`.

    Raises `CatalogError` with the file and the first field that is wrong.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise CatalogError(f"{path}: {error.strerror}") from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CatalogError(f"{path}: is not JSON: {error}") from error
    if not isinstance(raw, dict):
        raise CatalogError(f"{path}: must hold an object with {', '.join(KNOWN_SECTIONS)}")
    raw = {str(key).strip(): value for key, value in raw.items()}
    try:
        return Catalog.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise CatalogError(f"{path}: {where + ': ' if where else ''}{first['msg']}{more}") from error
