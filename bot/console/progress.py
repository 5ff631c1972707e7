"""How far a talk has come with its booking form: each slot with what is known, from the talk's stored state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.flows.state import State, Wish
from bot.workspace import FormField, SlotKind


@dataclass(frozen=True, slots=True)
class Slot:
    """A line of the progress. mark: known, asked or open."""

    title: str
    value: str
    mark: str
    required: bool


_TITLES = {
    SlotKind.LOCATION: "Location",
    SlotKind.SERVICES: "Service",
    SlotKind.STAFF: "Person",
    SlotKind.TIME: "Time",
    SlotKind.NAME: "Name",
    SlotKind.PHONE: "Phone",
    SlotKind.EMAIL: "E-mail",
    SlotKind.PAYMENT: "Payment",
}


def ids_of(state: State) -> set[UUID]:
    """Catalog entries that the wish names."""
    wish = state.wish
    single = (wish.location_id, wish.staff_id, wish.payment_type_id)
    found = {one for one in single if one is not None}
    for item in wish.items:
        found.add(item.service_id)
        if item.size_id is not None:
            found.add(item.size_id)
    return found | {part.staff_id for part in wish.plan}


def slots(
    state: State,
    form: Sequence[FormField],
    names: Mapping[UUID, Mapping[str, str]],
    *,
    zone: ZoneInfo,
    phone: str | None,
) -> list[Slot]:
    """In the form's order. phone: the one the customer writes from, which needs no asking."""
    if state.wish.begun and not state.wish.phone:
        state = state.model_copy(update={"wish": state.wish.model_copy(update={"phone": phone})})
    return [_slot(state, one, names, zone) for one in form]


def _slot(state: State, one: FormField, names: Mapping[UUID, Mapping[str, str]], zone: ZoneInfo) -> Slot:
    value = _value(state.wish, one, names, zone)
    asked = state.asked is one.kind and (state.asked_key in {"", one.key})
    mark = "asked" if asked else "known" if value else "open"
    return Slot(_TITLES.get(one.kind) or one.called("en"), value, mark, one.required)


def _value(wish: Wish, one: FormField, names: Mapping[UUID, Mapping[str, str]], zone: ZoneInfo) -> str:
    def named(entry: UUID | None) -> str:
        if entry is None:
            return ""
        known = names.get(entry, {})
        return known.get("en") or next(iter(known.values()), "")

    match one.kind:
        case SlotKind.LOCATION:
            return named(wish.location_id)
        case SlotKind.SERVICES:
            return ", ".join(
                f"{named(item.service_id)} ({named(item.size_id)})"
                if item.size_id
                else named(item.service_id)
                for item in wish.items
            )
        case SlotKind.STAFF:
            planned = ", ".join(dict.fromkeys(named(part.staff_id) for part in wish.plan))
            return named(wish.staff_id) or planned or ("anyone" if wish.any_staff else "")
        case SlotKind.TIME:
            return _time(wish, zone)
        case SlotKind.NAME:
            return wish.name or ""
        case SlotKind.PHONE:
            return wish.phone or ""
        case SlotKind.EMAIL:
            return wish.email or ("none wanted" if wish.email_skipped else "")
        case SlotKind.PAYMENT:
            return named(wish.payment_type_id)
        case _:
            return one.shown(wish.details.get(one.key, ""), "en")


def _time(wish: Wish, zone: ZoneInfo) -> str:
    if wish.starts_at is not None:
        local = wish.starts_at.astimezone(zone)
        return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"
    said = []
    if wish.day is not None:
        said.append(f"{wish.day:%a} {wish.day.day} {wish.day:%b}")
    if wish.last_day is not None:
        said.append(f"to {wish.last_day:%a} {wish.last_day.day} {wish.last_day:%b}")
    if wish.at is not None:
        said.append(f"{wish.at:%H:%M}")
    if wish.until is not None:
        said.append(f"until {wish.until:%H:%M}")
    if wish.part is not None:
        said.append(wish.part.value)
    if wish.extreme is not None:
        said.append(wish.extreme)
    return " ".join(said)
