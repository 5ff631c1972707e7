"""Dialect `facade`: the same server under call names of its own for the salon's catalog, frames and orders.

What it has no name for (Register, GetGroups, GetSubGroups, GetPaymentTypesByDevice,
GetOrderPaymentDetail, Arabic locations) is asked under the vendor's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from providers.contract import CatalogRecord, FrameRecord, OrderLine, OrderRequest, ServiceRecord, StaffRecord
from providers.http import map_bounded
from providers.nailit.answers import (
    FacadeFrames,
    Item,
    Items,
    Location,
    Locations,
    OrderAnswer,
    Specialists,
    StatusAnswer,
)
from providers.nailit.catalog import Sighting, cover, staff_records
from providers.nailit.client import NailItClient, empty, refusal
from providers.nailit.dialects import CHANNEL_ID, local_day, numeric, open_on
from providers.nailit.frames import frame_records
from providers.nailit.pages import every_page
from providers.nailit.values import major_units, order_date, read_date
from providers.outcome import CallFailure, Disposition, NotSupported


class _Asked(NamedTuple):
    place: str
    service: str
    day: date


@dataclass(frozen=True, slots=True)
class Facade:
    client: NailItClient
    order_call: str = "AddOrder"
    can_cancel: bool = True

    async def locations(self, language: str) -> Sequence[Location]:
        path = "GetLocations" if language == "E" else f"GetLocations/{language}"
        return (await self.client.get(path, Locations)).locations

    async def items(
        self, language: str, locations: Sequence[str], today: date, notes: list[str]
    ) -> Sequence[Item]:
        """Location by location, put together. Each answer is about its own location, whatever it says."""
        lists = await map_bounded(lambda place: self._items(language, "", int(place), today), locations)
        merged: dict[int, Item] = {}
        for place, items in zip(locations, lists, strict=True):
            if not items:
                raise empty("GetLocationServices", f"location {place} offers no service")
            for item in items:
                known = merged.get(item.item_id)
                if known is not None and known.price() != item.price() and language == "E":
                    notes.append(
                        f"service {item.item_id}: another price at location {place}; the first is shown"
                    )
                at = (*known.location_ids, int(place)) if known else (int(place),)
                merged[item.item_id] = (known or item).model_copy(update={"location_ids": at})
        return list(merged.values())

    async def _items(self, language: str, like: str, location: int, day: date) -> list[Item]:
        async def page(number: int) -> Items:
            body = {
                "Lang": language,
                "Location_Id": location,
                "Group_Id": 0,
                "Page_No": number,
                "Like": like,
                "Selected_Date": read_date(day),
            }
            return await self.client.ask("GetLocationServices", body, Items)

        return await every_page("GetLocationServices", page)

    async def staff(
        self,
        services: Sequence[ServiceRecord],
        locations: Sequence[str],
        today: date,  # noqa: ARG002 (the dialects' common shape)
        notes: list[str],
    ) -> tuple[StaffRecord, ...]:
        answers = await map_bounded(
            lambda place: self.client.get(f"GetLocationStaff/{place}", Specialists), locations
        )
        for place, answer in zip(locations, answers, strict=True):
            if not answer.specialists:
                raise empty("GetLocationStaff", f"location {place} has no staff")
        known = {service.external_id for service in services}
        sightings = [
            Sighting(
                person,
                place,
                None if person.item_ids is None else frozenset(map(str, person.item_ids)) & known,
            )
            for place, answer in zip(locations, answers, strict=True)
            for person in answer.specialists
        ]
        return staff_records(sightings, {}, notes)

    async def frames(self, catalog: CatalogRecord, days: Sequence[date]) -> list[FrameRecord]:
        """Frames are asked for by service, so: few services whose people are everybody, the shortest first
        (a short service fits wherever its person is free)."""
        known = {person.external_id for person in catalog.staff}
        asked = [
            _Asked(place.external_id, service, day)
            for place in catalog.locations
            for service in _cover_of(catalog, place.external_id)
            for day in days
            if open_on(place, day)
        ]
        answers = await map_bounded(self._free, asked)
        frames = {
            (frame.staff_external_id, frame.starts_at): frame
            for answer in answers
            for frame in answer
            if frame.staff_external_id in known
        }
        return list(frames.values())

    async def _free(self, asked: _Asked) -> list[FrameRecord]:
        body = {
            "Location_Id": numeric(asked.place, "location"),
            "Item_Id": numeric(asked.service, "service"),
            "Selected_Date": read_date(asked.day),
        }
        answer = await self.client.ask("GetItemsByDate", body, FacadeFrames)
        return [
            frame
            for row in answer.items
            for frame in frame_records(
                row.time_frames,
                call="GetItemsByDate",
                staff=str(row.staff_id),
                location=asked.place,
                day=asked.day,
                zone=self.client.zone,
            )
        ]

    async def frames_of_line(self, order: OrderRequest, line: OrderLine) -> list[FrameRecord]:
        day = local_day(line.starts_at, self.client.zone)
        return await self._free(_Asked(order.location_external_id, line.service_external_id, day))

    async def item_of_line(self, order: OrderRequest, line: OrderLine) -> Item | None:
        """Asked by name first: one page instead of all."""
        wanted = numeric(line.service_external_id, "service")
        place = numeric(order.location_external_id, "location")
        day = local_day(line.starts_at, self.client.zone)
        for like in dict.fromkeys((line.service_name, "")):
            for item in await self._items("E", like, place, day):
                if item.item_id == wanted:
                    return item
        return None

    async def send_order(
        self, order: OrderRequest, app_user_id: int, frames: Sequence[tuple[int, ...]]
    ) -> OrderAnswer:
        """AddOrder has no field for a size: the price says which one is meant."""
        total = major_units(order.total_minor, order.currency)
        body = {
            "App_User_Id": app_user_id,
            "Channel_Id": CHANNEL_ID,
            "Location_Id": numeric(order.location_external_id, "location"),
            "Payment_Type_Id": numeric(order.payment_type_external_id, "payment type"),
            "Mobile": order.customer_phone,
            "Name": order.customer_name,
            "Email_Id": order.customer_email,
            "Gross_Amount": total,
            "Discount_Amount": 0,
            "Net_Amount": total,
            "Services": [
                {
                    "Item_Id": numeric(line.service_external_id, "service"),
                    "Qty": 1,
                    "Price": major_units(line.price_minor, order.currency),
                    "Staff_Id": numeric(line.staff_external_id, "person"),
                    "TimeFrame_Ids": list(ids),
                    "Appointment_Date": order_date(local_day(line.starts_at, self.client.zone)),
                }
                for line, ids in zip(order.lines, frames, strict=True)
            ],
        }
        return await self.client.write(self.order_call, body, OrderAnswer)

    async def cancel(self, order_id: str, reason: str) -> None:
        """Not documented by the vendor. An order that is cancelled already is a success."""
        body = {"OrderId": numeric(order_id, "number"), "Reason": reason}
        answer = await self.client.write("CancelOrder", body, StatusAnswer)
        said = answer.message.casefold()
        if answer.status == 0 or "already cancel" in said:
            return
        if "not supported" in said:
            raise NotSupported(
                "this Nail It account can't cancel orders: cancel it in the salon's own system"
            )
        if answer.status in (None, 1):
            raise CallFailure(
                Disposition.UNKNOWN,
                "unclear_answer",
                "CancelOrder: the answer doesn't say whether it was done",
            )
        raise refusal("CancelOrder", answer.status, answer.message)


def _cover_of(catalog: CatalogRecord, place: str) -> list[str]:
    """Ids of services at a location that together show everybody who performs anything there."""
    minutes = {
        service.external_id: service.minutes
        for service in catalog.services
        if place in service.location_external_ids
    }
    here = [person for person in catalog.staff if person.location_external_id == place]
    reach = {
        service: frozenset(
            person.external_id
            for person in here
            if person.service_external_ids is None or service in person.service_external_ids
        )
        for service in minutes
    }
    return cover(reach, lambda service: minutes[service])
