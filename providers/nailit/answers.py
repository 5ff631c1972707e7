"""What Nail It answers, as pydantic models that forgive the vendor's habits and nothing else.

Forgiven: spaces around keys, spelling of keys (`Image_Url`, `Image_URL`, `OrderId`, `Order_Id`), numbers
and prices as text, null for an empty text, fields we don't know. Not forgiven: a missing list, a missing
id, a price that is no number: that is schema drift and fails with the field's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def normalised(value: object) -> object:
    """Keys without spaces, underscores and capitals, all the way down. Of twins the first non-null wins."""
    if isinstance(value, dict):
        plain: dict[str, object] = {}
        for key, item in value.items():
            name = "".join(str(key).split()).replace("_", "").lower()
            if plain.get(name) is None:
                plain[name] = normalised(item)
        return plain
    if isinstance(value, list):
        return [normalised(item) for item in value]
    return value


def _number(value: object) -> object:
    """Text, int or Decimal as Decimal; bool and anything else stay as they are and fail."""
    if isinstance(value, bool):
        raise ValueError("not a number")  # noqa: TRY004 (pydantic reports ValueError)
    if isinstance(value, str):
        try:
            return Decimal(value.replace(",", "").strip())
        except InvalidOperation:
            raise ValueError("not a number") from None
    return value


def _whole(value: object) -> object:
    number = _number(value)
    if isinstance(number, Decimal):
        if not number.is_finite() or number != number.to_integral_value() or abs(number) >= 2**63:
            raise ValueError("not a whole number")
        return int(number)
    return number


def _or_zero(value: object) -> object:
    return 0 if value is None or (isinstance(value, str) and not value.strip()) else value


def _text(value: object) -> object:
    return "" if value is None else str(value).strip() if isinstance(value, str | int | Decimal) else value


def _list(value: object) -> object:
    return [] if value is None else value


Whole = Annotated[int, BeforeValidator(_whole)]
WholeOrZero = Annotated[int, BeforeValidator(_whole), BeforeValidator(_or_zero)]
Amount = Annotated[Decimal, BeforeValidator(_number)]
AmountOrZero = Annotated[Decimal, BeforeValidator(_number), BeforeValidator(_or_zero)]
Text = Annotated[str, BeforeValidator(_text)]


class Wire(BaseModel):
    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        alias_generator=lambda name: name.replace("_", ""),
        validate_by_name=False,
        validate_by_alias=True,
        loc_by_alias=False,
    )


class Envelope(Wire):
    """The part of every answer that says how it went. 0 is success; 1 has come with valid data."""

    status: Whole | None = None
    message: Text = ""


class Answer(Wire):
    """An answer of one call. `rows` is what must not be empty when Status isn't a clean 0."""

    may_be_empty: ClassVar[bool] = False
    """True where an empty list under Status 0 is an answer (no free time) and not a broken one."""

    def rows(self) -> Sequence[object]:
        raise NotImplementedError


class Location(Wire):
    location_id: Whole
    location_name: Text
    latitude: Text = ""
    longitude: Text = ""
    address: Text = ""
    phone: Text = ""
    from_time: Text = ""
    to_time: Text = ""
    working_days: Text = ""


class Locations(Answer):
    locations: tuple[Location, ...]

    def rows(self) -> Sequence[object]:
        return self.locations


class Group(Wire):
    id: Whole
    name: Text
    is_has_sub_category: bool = False


class Groups(Answer):
    groups: tuple[Group, ...]

    def rows(self) -> Sequence[object]:
        return self.groups


class Size(Wire):
    size_id: Whole
    size_name: Text
    price: Amount


class Item(Wire):
    item_id: Whole
    item_name: Text
    item_desc: Text = ""
    primary_price: Amount
    special_price: AmountOrZero = Decimal(0)
    duration: Whole
    parent_group_id: WholeOrZero = 0
    sub_group_id: WholeOrZero = 0
    location_ids: Annotated[tuple[Whole, ...], BeforeValidator(_list)] = ()
    sizes: Annotated[tuple[Size, ...], BeforeValidator(_list)] = ()

    def price(self, size_id: int | None = None) -> Decimal | None:
        """What the customer pays: the size's price, else a special price that lowers the list price.

        None if the item has no such size (any more).
        """
        if size_id is not None:
            return next((size.price for size in self.sizes if size.size_id == size_id), None)
        return self.special_price if 0 < self.special_price < self.primary_price else self.primary_price


class Items(Answer):
    """One page. `total_items` counts all pages."""

    may_be_empty = True
    total_items: Whole
    items: tuple[Item, ...]

    def rows(self) -> Sequence[object]:
        return self.items


class Specialist(Wire):
    id: Whole
    name: Text
    location_id: WholeOrZero = 0
    extra_time: WholeOrZero = 0
    item_ids: tuple[Whole, ...] | None = None
    """Facade only."""


class Specialists(Answer):
    may_be_empty = True  # nobody performs this service here
    specialists: tuple[Specialist, ...]

    def rows(self) -> Sequence[object]:
        return self.specialists


class TimeFrame(Wire):
    time_frame_id: Whole
    time_frame_name: Text


class TimeFrames(Answer):
    may_be_empty = True  # fully booked
    time_frames: tuple[TimeFrame, ...]

    def rows(self) -> Sequence[object]:
        return self.time_frames


class StaffFrames(Wire):
    item_id: Whole
    staff_id: Whole
    time_frames: tuple[TimeFrame, ...]


class FacadeFrames(Answer):
    may_be_empty = True  # fully booked
    items: tuple[StaffFrames, ...]

    def rows(self) -> Sequence[object]:
        return self.items


class PaymentType(Wire):
    type_id: Whole
    type_name: Text
    type_code: Text = ""
    is_enabled: bool = True


class PaymentTypes(Answer):
    may_be_empty = True  # seen: the account's configuration steps in
    payment_types: tuple[PaymentType, ...]

    def rows(self) -> Sequence[object]:
        return self.payment_types


class Registered(Answer):
    app_user_id: Annotated[Whole, Field(gt=0)]

    def rows(self) -> Sequence[object]:
        return (self.app_user_id,)


class StatusAnswer(Envelope):
    """A write that answers nothing else."""


class OrderAnswer(Envelope):
    """SaveOrder and AddOrder. Everything optional: what is missing decides what may have happened."""

    order_id: WholeOrZero = 0
    customer_id: Text = ""
    payment_link: Text = ""


class PaymentDetail(Answer):
    order_id: Whole
    payment_id: Text = ""
    pay_date: Text = ""
    pay_amount: AmountOrZero = Decimal(0)
    pay_type: Text = ""
    k_net_result: Text = ""
    k_net_reference: Text = ""
    order_status_id: WholeOrZero = 0
    order_status: Text = ""
    pay_now_expire_date: Text = ""

    def rows(self) -> Sequence[object]:
        return (self.order_id,)

    @property
    def paid(self) -> bool:
        return (
            self.k_net_result.upper() == "CAPTURED"
            or self.order_status.casefold() == "order paid"
            or self.order_status_id == 3
        )
