"""Moving an order's appointments to other times and people: all of them, or as they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from providers.contract import OrderLine
from providers.outcome import CallFailure, Disposition
from providers.shopmonkey.answers import Appointment, Created
from providers.shopmonkey.client import ShopMonkeyClient
from providers.shopmonkey.notes import renoted, stamp

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Move:
    """One appointment and the line it shall stand for, the `number`-th of `count`. `bay`: "" with technicians."""

    appointment_id: str
    line: OrderLine
    number: int
    count: int
    bay: str


async def change_appointments(client: ShopMonkeyClient, reference: str, moves: Sequence[Move]) -> str:
    """Returns the customer's id.

    All are read first: one that is gone is PERMANENT `order_gone`, and nothing was changed. One that is refused
    after others were moved: those are moved back and the refusal is raised; if that can't be proved, UNKNOWN.
    A lost answer is UNKNOWN at once.
    """
    before = [await _present(client, move) for move in moves]
    for number, (move, row) in enumerate(zip(moves, before, strict=True)):
        try:
            await client.change("appointment", row.id, _moved(row, reference, move), Created)
        except CallFailure as failure:
            if failure.disposition is not Disposition.UNKNOWN:
                await _move_back(client, before[:number], failure)
            raise _gone() if failure.code == "http_404" else failure from None
    return next((row.customerId for row in before if row.customerId), "")


async def _present(client: ShopMonkeyClient, move: Move) -> Appointment:
    row = await client.get("appointment", move.appointment_id, Appointment)
    if row is None or row.deleted:
        raise _gone()
    return row


def _gone() -> CallFailure:
    return CallFailure(
        Disposition.PERMANENT,
        "order_gone",
        "ShopMonkey has no such appointment any more: it was deleted there",
    )


def _moved(row: Appointment, reference: str, move: Move) -> dict[str, object]:
    line = move.line
    return {
        **_whole(row),
        **({} if move.bay else {"technicianId": line.staff_external_id}),
        "startDate": stamp(line.starts_at),
        "endDate": stamp(line.starts_at + timedelta(minutes=line.minutes)),
        "note": renoted(row.note, reference, move.number, move.count, move.bay),
    }


def _whole(row: Appointment) -> dict[str, object]:
    """All that we know of the row: whether what a PUT leaves out stays or is emptied isn't documented."""
    names = ("customerId", "vehicleId", "orderId", "locationId", "technicianId", "name", "color")
    return {name: value for name in names if (value := getattr(row, name))}


async def _move_back(client: ShopMonkeyClient, rows: Sequence[Appointment], failure: CallFailure) -> None:
    """Returns only if all of them stand as before."""
    for number, row in enumerate(rows):
        body = {
            **_whole(row),
            **({"startDate": stamp(row.span[0]), "endDate": stamp(row.span[1])} if row.span else {}),
            "note": row.note,
        }
        try:
            await client.change("appointment", row.id, body, Created)
        except CallFailure as left:
            log.warning("shopmonkey.half_a_change", code=failure.code, back_code=left.code)
            raise CallFailure(
                Disposition.UNKNOWN,
                "half_a_change",
                f"{failure.detail}; {len(rows) - number} appointments moved before may stand at the new time: "
                f"{left.detail}",
            ) from None
