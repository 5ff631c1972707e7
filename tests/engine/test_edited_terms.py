"""An operator's own price and duration in a calendar of our own: shown, booked and not contradicted at the order."""

from db import catalog_changes, catalog_edits
from db.tx import tx
from seeds.demo_barber import BARBER
from tests.engine.test_own_calendar import EVERY_MORNING, at, customer, reimport, taken, tomorrow


async def edit(salon, **fields):
    workspace_id = salon.workspace_ids[BARBER.key]
    async with tx(salon.pool, workspace_id) as connection:
        [cut] = await catalog_edits.services_and_edits(connection)
        await catalog_edits.save_service_edit(connection, cut.id, **fields)
        await catalog_changes.bump_version(connection)


async def test_the_operators_price_and_length_are_what_is_booked(salon):
    await reimport(salon, EVERY_MORNING)
    await edit(salon, price_minor=4_200, minutes=20, names={"en": "Gentleman's Cut"})
    # The source changes its mind, too; the edit stays above it.
    dearer = {**EVERY_MORNING, "services": [{**EVERY_MORNING["services"][0], "price": 38}]}
    await reimport(salon, dearer)
    phone = customer(salon)
    answers = [
        await phone.say(line)
        for line in ("a gentleman's cut tomorrow at 10am", "Tom Test", "skip", "pay on arrival", "yes")
    ]
    talk = "\n".join(answers)
    assert "42.00" in talk, talk
    assert "38.00" not in talk, talk
    [(who, starts_at, ends_at)] = await taken(salon)
    assert (who, starts_at, ends_at) == ("Luis", at(tomorrow(), 10), at(tomorrow(), 10, 20)), talk
    [booking] = await salon.rows("SELECT status, provider_order_id FROM bookings")
    assert booking["status"] == "confirmed"
    assert await salon.rows("SELECT summary FROM operator_errors") == []
