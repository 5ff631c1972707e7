"""Bodies a Nail It server accepts, written from the protocol's description: exact keys, exact types.

An unknown or missing key is refused, so an adapter that drifts from the protocol fails in its first test.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, StringConstraints


def _amount(value: Any) -> Any:
    """KWD as a JSON number or a numeric string with up to three decimals."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("must be an amount")  # noqa: TRY004 - pydantic reports ValueError, not TypeError
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError("must be an amount") from error


Kwd = Annotated[Decimal, BeforeValidator(_amount), Field(ge=0, decimal_places=3)]
Id = Annotated[StrictInt, Field(gt=0)]
Name = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200, pattern=r"\S")]
Email = Annotated[str, StringConstraints(strict=True, pattern=r"^$|^[^@\s]+@[^@\s]+\.[^@\s]+$")]
Lang = Literal["E", "A"]
Text = Annotated[str, StringConstraints(strict=True)]

# Checked by hand in the calls: a bad one answers Status 102, not "invalid request".
RawMobile = Text
RawDate = Text

_READ_DATE = re.compile(r"\d{2}-\d{2}-\d{4}")
_ORDER_DATE = re.compile(r"\d{2}/\d{2}/\d{4}")
_MOBILE = re.compile(r"\+(965[2-9]\d{7}|(?!965)[1-9]\d{7,14})")


def read_date(text: str) -> date | None:
    """`dd-MM-yyyy` of the reading calls; None if it is anything else."""
    return _parse(text, _READ_DATE, "%d-%m-%Y")


def order_date(text: str) -> date | None:
    """`dd/MM/yyyy` of the ordering calls; None if it is anything else."""
    return _parse(text, _ORDER_DATE, "%d/%m/%Y")


def good_mobile(text: str) -> bool:
    """E.164 with the plus; Kuwait's numbers have eight digits after +965."""
    return _MOBILE.fullmatch(text) is not None


def _parse(text: str, shape: re.Pattern[str], form: str) -> date | None:
    if not shape.fullmatch(text):
        return None
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007 - a calendar date has no zone
    except ValueError:
        return None


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RegisterDevice(_Body):
    DeviceType: Literal["1", "2"]
    UniqueDeviceId: Name
    NotificationToken: Text
    ClientKey: Name


class Register(_Body):
    Address: Text
    Email_Id: Email
    Name: Name
    Mobile: RawMobile
    Login_Type: Literal[1]
    Image_Name: Literal[""]


class ItemsByDateV2(_Body):
    Lang: Lang
    Like: Text
    Page_No: Id
    Item_Type_Id: Literal[1, 2]
    Group_Id: Annotated[StrictInt, Field(ge=0)]
    Location_Ids: list[StrictInt]
    Is_Home_Service: Annotated[bool, Field(strict=True)]
    Selected_Date: RawDate


class SaveOrderLine(_Body):
    Prod_Id: Id
    Prod_Name: Name
    Qty: Id
    Rate: Kwd
    Amount: Kwd
    Size_Id: Id | None
    Size_Name: Text
    Promotion_Id: Literal[0]
    Promo_Code: Literal[""]
    Discount_Amount: Kwd
    Net_Amount: Kwd
    Staff_Id: Id
    TimeFrame_Ids: Annotated[list[Id], Field(min_length=1)]
    Appointment_Date: RawDate


class SaveOrder(_Body):
    Gross_Amount: Kwd
    Payment_Type_Id: Id
    Order_Type: Literal[2]
    UserId: Id
    FirstName: Name
    Mobile: RawMobile
    Email: Email
    Discount_Amount: Kwd
    Net_Amount: Kwd
    POS_Location_Id: Id
    ChannelId: Literal[4]
    OrderDetails: Annotated[list[SaveOrderLine], Field(min_length=1)]


class LocationServices(_Body):
    Lang: Lang
    Location_Id: Id
    Group_Id: Annotated[StrictInt, Field(ge=0)]
    Page_No: Id
    Like: Text
    Selected_Date: RawDate


class ItemsByDateFacade(_Body):
    Location_Id: Id
    Item_Id: Id
    Selected_Date: RawDate


class AddOrderLine(_Body):
    Item_Id: Id
    Qty: Id
    Price: Kwd
    Staff_Id: Id
    TimeFrame_Ids: Annotated[list[Id], Field(min_length=1)]
    Appointment_Date: RawDate


class AddOrder(_Body):
    App_User_Id: Id
    Channel_Id: Literal[4]
    Location_Id: Id
    Payment_Type_Id: Id
    Mobile: RawMobile
    Name: Name
    Email_Id: Email
    Gross_Amount: Kwd
    Discount_Amount: Kwd
    Net_Amount: Kwd
    Services: Annotated[list[AddOrderLine], Field(min_length=1)]


class CancelOrder(_Body):
    OrderId: Id
    Reason: Text
