"""Writing a plan: set-based statements inside the caller's one transaction. Retires, never deletes."""

from __future__ import annotations

from db import catalog_changes as tables
from db.slots import SlotChanges, SlotRow, replace_slots
from db.tx import Tx
from sync.plan import CatalogPlan
from sync.pull import PulledFrames


async def apply_catalog(connection: Tx, plan: CatalogPlan) -> bool:
    """Writes what differs and raises the catalog's version; False (and not one row written) if nothing does."""
    if plan.empty:
        return False
    if plan.locations.written:
        await tables.save_locations(connection, plan.locations.written)
    if plan.groups.written:
        await tables.save_groups(connection, plan.groups.written)
    if plan.services.written:
        await tables.save_services(connection, plan.services.written)
    if plan.sizes.written:
        await tables.save_sizes(connection, plan.sizes.written)
    if plan.staff.written:
        await tables.save_staff(connection, plan.staff.written)
    if plan.payment_types.written:
        await tables.save_payment_types(connection, plan.payment_types.written)
    await _retire(connection, plan)
    await tables.bump_version(connection)
    return True


async def _retire(connection: Tx, plan: CatalogPlan) -> None:
    if plan.sizes.retired:
        await tables.retire_sizes(connection, plan.sizes.retired)
    if plan.services.retired:
        await tables.retire_services(connection, plan.services.retired)
    if plan.groups.retired:
        await tables.retire_groups(connection, plan.groups.retired)
    if plan.staff.retired:
        await tables.retire_staff(connection, plan.staff.retired)
    if plan.locations.retired:
        await tables.retire_locations(connection, plan.locations.retired)
    if plan.payment_types.retired:
        await tables.retire_payment_types(connection, plan.payment_types.retired)


async def apply_frames(connection: Tx, pulled: PulledFrames) -> tuple[SlotChanges, int]:
    """Makes the pulled frames the stored ones of their days and locations.

    Also returns how many frames belong to nobody in the catalog; they were left out.
    """
    people = await tables.staff_ids(connection)
    asked = set(pulled.location_external_ids)
    rows, strangers = [], 0
    for frame in pulled.frames:
        person = people.get((frame.staff_external_id, frame.location_external_id))
        if person is None or frame.location_external_id not in asked:
            strangers += 1
            continue
        staff_id, location_id = person
        rows.append(SlotRow(location_id, staff_id, frame.starts_at, frame.ends_at, frame.external_id))
    changes = await replace_slots(
        connection,
        location_ids=await tables.location_ids(connection, pulled.location_external_ids),
        starts_at=pulled.starts_at,
        ends_at=pulled.ends_at,
        rows=rows,
    )
    return changes, strangers
