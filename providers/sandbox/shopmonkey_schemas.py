"""Bodies of ShopMonkey's writes, written from the protocol. Fields it doesn't know are dropped, not refused."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=False)


class PhoneNumber(_Body):
    number: str = Field(min_length=1)
    primary: bool = False


class Email(_Body):
    email: str = Field(min_length=3)
    primary: bool = False


class CustomerBody(_Body):
    customerType: str = "Customer"  # noqa: N815
    firstName: str = ""  # noqa: N815
    lastName: str = ""  # noqa: N815
    phoneNumbers: list[PhoneNumber] = Field(default_factory=list)  # noqa: N815
    emails: list[Email] = Field(default_factory=list)


class PhoneSearch(_Body):
    phoneNumbers: list[PhoneNumber] = Field(min_length=1)  # noqa: N815


class EmailSearch(_Body):
    emails: list[Email] = Field(min_length=1)


class AppointmentBody(_Body):
    """`name` and `color` are required; times are ISO 8601 with a zone."""

    customerId: str  # noqa: N815
    locationId: str  # noqa: N815
    vehicleId: str | None = None  # noqa: N815
    orderId: str | None = None  # noqa: N815
    technicianId: str | None = None  # noqa: N815
    name: str = Field(min_length=1)
    color: str = Field(min_length=1)
    note: str = ""
    startDate: AwareDatetime  # noqa: N815
    endDate: AwareDatetime  # noqa: N815

    @model_validator(mode="after")
    def _forward(self) -> AppointmentBody:
        if self.endDate <= self.startDate:
            raise ValueError("endDate must be after startDate")
        return self


class AppointmentChange(_Body):
    """PUT: what is given is changed."""

    technicianId: str | None = None  # noqa: N815
    name: str | None = Field(default=None, min_length=1)
    color: str | None = Field(default=None, min_length=1)
    note: str | None = None
    startDate: AwareDatetime | None = None  # noqa: N815
    endDate: AwareDatetime | None = None  # noqa: N815
