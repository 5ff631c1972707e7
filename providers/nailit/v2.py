"""Dialect `v2`: the vendor's own API documentation, V2.2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from providers.contract import CatalogRecord, FrameRecord, OrderLine, OrderRequest, ServiceRecord, StaffRecord
from providers.http import map_bounded
from providers.nailit.answers import Item, Items, Location, Locations, OrderAnswer, Specialists, TimeFrames
from providers.nailit.catalog import Sighting, cover, staff_records
from providers.nailit.client import NailItClient, empty
from providers.nailit.dialects import CHANNEL_ID, local_day, numeric, open_on
from providers.nailit.frames import frame_records
from providers.nailit.pages import every_page
from providers.nailit.values import major_units, order_date, read_date
from providers.outcome import NotSupported

SERVICES = 2
"""Item_Type_Id and Order_Type of services (1 is products)."""


class _Asked(NamedTuple):
    service: str
    place: str
    day: date


@dataclass(frozen=True, slots=True)
class V2:
    client: NailItClient
    look_ahead: tuple[int, ...]
    """Days from today on which staff are asked for. A weekly day off never falls on both of two near days."""
    order_call: str = "SaveOrder"
    can_cancel: bool = False

    async def locations(self, language: str) -> Sequence[Location]:
        return (await self.client.get(f"GetLocations/{language}", Locations)).locations

    async def items(
        self,
        language: str,
        locations: Sequence[str],
        today: date,
        notes: list[str],  # noqa: ARG002 (the dialects' common shape)
    ) -> Sequence[Item]:
        everywhere = tuple(int(place) for place in locations)
        items = await self._items(language, "", everywhere, today)
        if not items:
            raise empty("GetItemsByDate", "no location offers a service")
        # No list of locations means no restriction; whether anybody performs it there, the staff calls tell.
        return [
            item if item.location_ids else item.model_copy(update={"location_ids": everywhere})
            for item in items
        ]

    async def _items(self, language: str, like: str, locations: Sequence[int], day: date) -> list[Item]:
        async def page(number: int) -> Items:
            body = {
                "Lang": language,
                "Like": like,
                "Page_No": number,
                "Item_Type_Id": SERVICES,
                "Group_Id": 0,
                "Location_Ids": list(locations),
                "Is_Home_Service": False,
                "Selected_Date": read_date(day),
            }
            return await self.client.ask("GetItemsByDate", body, Items)

        return await every_page("GetItemsByDate", page)

    async def staff(
        self,
        services: Sequence[ServiceRecord],
        locations: Sequence[str],
        today: date,
        notes: list[str],
    ) -> tuple[StaffRecord, ...]:
        """One call per service, location and look-ahead day: nothing else in this dialect says who does what.

        A call shows who works that day, so one day would lose everybody who is off then. Arabic names
        are then read from as few of the calls as showed everybody.
        """
        days = [today + timedelta(days=ahead) for ahead in self.look_ahead]
        asked = [
            _Asked(service.external_id, place, day)
            for service in services
            for place in service.location_external_ids
            if place in locations
            for day in days
        ]
        answers = await map_bounded(lambda one: self._performers(one, "E"), asked)
        sightings = [
            Sighting(person, one.place, frozenset({one.service}))
            for one, answer in zip(asked, answers, strict=True)
            for person in answer.specialists
        ]
        if not self.client.arabic:
            return staff_records(sightings, {}, notes)
        shown = {
            one: frozenset(str(person.id) for person in answer.specialists)
            for one, answer in zip(asked, answers, strict=True)
        }
        translated = await map_bounded(lambda one: self._performers(one, "A"), cover(shown))
        names = {person.id: person.name for answer in translated for person in answer.specialists}
        return staff_records(sightings, names, notes)

    async def _performers(self, asked: _Asked, language: str) -> Specialists:
        path = f"GetServiceStaff1/{asked.service}/{asked.place}/{language}/{read_date(asked.day)}"
        return await self.client.get(path, Specialists)

    async def frames(self, catalog: CatalogRecord, days: Sequence[date]) -> list[FrameRecord]:
        places = {location.external_id: location for location in catalog.locations}
        asked = [
            (person, day)
            for person in catalog.staff
            for day in days
            if open_on(places.get(person.location_external_id), day)
        ]
        answers = await map_bounded(
            lambda pair: self._free(pair[0].external_id, pair[0].location_external_id, pair[1]), asked
        )
        return [frame for frames in answers for frame in frames]

    async def _free(self, staff: str, place: str, day: date) -> list[FrameRecord]:
        answer = await self.client.get(f"GetAvailableSlots/E/{staff}/{read_date(day)}", TimeFrames)
        return frame_records(
            answer.time_frames,
            call="GetAvailableSlots",
            staff=staff,
            location=place,
            day=day,
            zone=self.client.zone,
        )

    async def frames_of_line(self, order: OrderRequest, line: OrderLine) -> list[FrameRecord]:
        staff = numeric(line.staff_external_id, "person")
        day = local_day(line.starts_at, self.client.zone)
        return await self._free(str(staff), order.location_external_id, day)

    async def item_of_line(self, order: OrderRequest, line: OrderLine) -> Item | None:
        """Asked by name first: one page instead of all."""
        wanted = numeric(line.service_external_id, "service")
        place = numeric(order.location_external_id, "location")
        day = local_day(line.starts_at, self.client.zone)
        for like in dict.fromkeys((line.service_name, "")):
            for item in await self._items("E", like, (place,), day):
                if item.item_id == wanted and (not item.location_ids or place in item.location_ids):
                    return item
        return None

    async def send_order(
        self, order: OrderRequest, app_user_id: int, frames: Sequence[tuple[int, ...]]
    ) -> OrderAnswer:
        total = major_units(order.total_minor, order.currency)
        body = {
            "Gross_Amount": total,
            "Payment_Type_Id": numeric(order.payment_type_external_id, "payment type"),
            "Order_Type": SERVICES,
            "UserId": app_user_id,
            "FirstName": order.customer_name,
            "Mobile": order.customer_phone,
            "Email": order.customer_email,
            "Discount_Amount": 0,
            "Net_Amount": total,
            "POS_Location_Id": numeric(order.location_external_id, "location"),
            "ChannelId": CHANNEL_ID,
            "OrderDetails": [
                self._detail(line, ids, order.currency) for line, ids in zip(order.lines, frames, strict=True)
            ],
        }
        return await self.client.write(self.order_call, body, OrderAnswer)

    def _detail(self, line: OrderLine, frames: tuple[int, ...], currency: str) -> dict[str, object]:
        price = major_units(line.price_minor, currency)
        return {
            "Prod_Id": numeric(line.service_external_id, "service"),
            "Prod_Name": line.service_name,
            "Qty": 1,
            "Rate": price,
            "Amount": price,
            "Size_Id": numeric(line.size_external_id, "size") if line.size_external_id else None,
            "Size_Name": line.size_name,
            "Promotion_Id": 0,
            "Promo_Code": "",
            "Discount_Amount": 0,
            "Net_Amount": price,
            "Staff_Id": numeric(line.staff_external_id, "person"),
            "TimeFrame_Ids": list(frames),
            "Appointment_Date": order_date(local_day(line.starts_at, self.client.zone)),
        }

    async def cancel(self, order_id: str, reason: str) -> None:  # noqa: ARG002 (the dialects' common shape)
        raise NotSupported(
            "Nail It V2.2 has no call that cancels an order: cancel it in the salon's own system"
        )
