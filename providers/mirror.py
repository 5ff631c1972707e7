"""A copy of our own calendar's bookings in the shop's ShopMonkey, for a business that keeps its day there.

The own calendar decides what is booked; the copy follows. It is written by an effect of its own after the booking
stands (bot/effect_mirrors.py), so that nothing that happens to it can undo or delay a booking.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from providers import shopmonkey
from providers.contract import BookingProvider, OrderLine, OrderPlaced, OrderRequest, ProviderAccount
from providers.outcome import CallFailure, Disposition

SETTING = "mirror"
"""The key in `ProviderAccount.settings` of an own calendar. Not there: nothing is copied."""
SECRET = "mirror_api_key"  # noqa: S105 (a secret's name)

Id = Annotated[str, Field(min_length=1, max_length=200)]


class MirrorSettings(BaseModel):
    """Where the copies go. Keys are the calendar's own, values are ShopMonkey's ids."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: str = Field(default="https://api.shopmonkey.cloud/v3", pattern=r"^https?://")
    locations: Annotated[Mapping[str, Id], Field(min_length=1)]
    staff: Mapping[str, Id] = Field(default_factory=dict)
    """Technicians. Empty: appointments are nobody's in particular, and say in their note who it is."""
    color: str = Field(default="blue", pattern=r"^[a-z]{2,20}$")


class Mirror:
    """The copies of one business. All methods raise `CallFailure`; ids in orders are the calendar's own."""

    def __init__(self, system: BookingProvider, settings: MirrorSettings) -> None:
        self._system = system
        self._settings = settings

    async def place(self, order: OrderRequest) -> OrderPlaced:
        return await self._system.place_order(self._translated(order))

    async def find(self, order: OrderRequest) -> OrderPlaced | None:
        return await self._system.find_order(self._translated(order))

    async def change(self, copy_id: str, order: OrderRequest) -> OrderPlaced:
        return await self._system.change_order(copy_id, self._translated(order))

    async def cancel(self, copy_id: str) -> None:
        """Harmless to repeat: a copy that is gone is cancelled."""
        await self._system.cancel_order(copy_id, reason="cancelled in the own calendar")

    def _translated(self, order: OrderRequest) -> OrderRequest:
        return order.model_copy(
            update={
                "location_external_id": _mapped(
                    self._settings.locations, order.location_external_id, "locations"
                ),
                "lines": tuple(self._line(line) for line in order.lines),
            }
        )

    def _line(self, line: OrderLine) -> OrderLine:
        if not self._settings.staff:
            return line
        who = _mapped(self._settings.staff, line.staff_external_id, "staff")
        return line.model_copy(update={"staff_external_id": who})


def create_mirror(account: ProviderAccount, http: httpx.AsyncClient) -> Mirror | None:
    """The mirror of an own calendar's account; None: it has none.

    Raises ValueError, naming the field, for settings an operator must correct.
    """
    if SETTING not in account.settings:
        return None
    settings = read_mirror(account.settings[SETTING])
    shop = replace(
        account,
        provider="shopmonkey",
        dialect="",
        base_url=settings.base_url,
        secrets={"api_key": account.secrets.get(SECRET, "")},
        settings={
            "hours": {
                "mon": [["00:00", "24:00"]]
            },  # asked for, and never looked at when only orders are written
            "technicians": sorted(set(settings.staff.values())),
            "color": settings.color,
        },
    )
    try:
        return Mirror(shopmonkey.create(shop, http), settings)
    except ValueError as error:
        raise ValueError(f"mirror: {error}") from None


def read_mirror(value: object) -> MirrorSettings:
    """The checked settings. Raises ValueError in an operator's words."""
    try:
        return MirrorSettings.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join((SETTING, *(str(part) for part in first["loc"])))
        raise ValueError(f"Own calendar: setting {where}: {first['msg']}") from None


def _mapped(names: Mapping[str, str], key: str, field: str) -> str:
    try:
        return names[key]
    except KeyError:
        raise CallFailure(
            Disposition.OPERATOR,
            "not_mapped",
            f"setting {SETTING}.{field} names no ShopMonkey id for {key!r}",
        ) from None
