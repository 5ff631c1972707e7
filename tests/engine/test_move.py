"""A customer moves what he booked. Never both times lost, never two standing without anybody knowing."""

import asyncio
from datetime import timedelta

import pytest

from bot.channels.simulator.acts import tapped, typed
from bot.effect_decisions import decide_not_placed, decide_placed
from providers.sandbox.context import SANDBOX
from tests.engine.managing import (
    ABLE,
    BARBER,
    FACADE,
    SCENES,
    TINT,
    V2,
    booked,
    confirmed,
    dying,
    errors,
    recovered,
)
from tests.salon import now

POINTS = [
    "effect.after_claim",
    "effect.before_order",
    "effect.after_call",
    "effect.before_settle",
    "effect.after_settle",
]


def said(phone):
    return "\n".join(shown.text for shown in phone.messages)


async def asked_to_move(phone, scene):
    """Up to the open summary of the move."""
    answer = await phone.say(scene.move)
    assert any("Move it" in choice.title for choice in phone.messages[-1].choices), answer
    return answer


@pytest.mark.parametrize("scene", SCENES)
async def test_a_booking_moves_after_a_yes(salon, scene):
    phone = await booked(salon, scene)
    (before,) = await confirmed(salon)
    shown = await asked_to_move(phone, scene)
    assert scene.after in shown
    assert scene.before in shown
    assert await scene.standing(salon) == [scene.at(scene.first)]
    answer = await phone.say("yes")
    if scene.moves == "by_hand":
        assert "confirm" in answer
        assert await scene.standing(salon) == [scene.at(scene.first)]
        assert await errors(salon) == ["change_open"]
        assert scene.before in await phone.say("what time is my booking?")
        return
    assert "moved" in answer.lower()
    assert await scene.standing(salon) == [scene.at(scene.later)]
    (after,) = await confirmed(salon)
    assert after["starts_at"] == scene.at(scene.later)
    assert after["confirmation_code"] == before["confirmation_code"]
    assert before["confirmation_code"] in answer
    assert (after["id"] == before["id"]) is (scene.moves == "in_place")
    items = await salon.rows("SELECT booking_id, starts_at, moves_booking_id FROM booking_items WHERE active")
    assert items == [
        {"booking_id": after["id"], "starts_at": scene.at(scene.later), "moves_booking_id": None}
    ]
    assert await errors(salon) == []
    assert scene.after in await phone.say("when is my appointment?")


@pytest.mark.parametrize(
    ("scene", "nth"),
    [*((scene.values[0], 1) for scene in ABLE), (FACADE, 2)],
    ids=["nailit-facade", "shopmonkey", "own-calendar", "nailit-facade-while-it-cancels-the-old-one"],
)
@pytest.mark.parametrize("point", POINTS)
async def test_a_death_at_any_point_loses_nothing_and_doubles_nothing(salon, scene, point, nth):
    """nth 2: the new order stands and the old one is being cancelled."""
    from db import failpoints

    phone = await booked(salon, scene)
    await asked_to_move(phone, scene)
    failpoints.arm(f"{point}=raise:{nth}")
    try:
        await phone.say("yes")
    finally:
        failpoints.arm("")
    await recovered(salon, phone)
    standing = await scene.standing(salon)
    if "change_outcome_unknown" in await errors(salon):
        # Nail It can't be asked what became of an order, and an appointment that still stands where it was proves
        # nothing: a person decides, and both are told.
        assert scene is FACADE or point == "effect.before_order"
        assert scene is not BARBER
        assert scene.at(scene.first) in standing
        assert "will check" in said(phone) or "checking" in said(phone)
        return
    assert standing == [scene.at(scene.later)]
    assert [row["starts_at"] for row in await confirmed(salon)] == [scene.at(scene.later)]
    assert sum("moved" in shown.text.lower() for shown in phone.messages) == 1
    assert await errors(salon) == []


async def test_an_hour_later_where_the_two_times_overlap(salon):
    phone = await booked(salon, BARBER)
    shown = (
        await asked_to_move(phone, "can we make it 15 minutes later?")
        if False
        else await phone.say("can we make it half an hour later?")
    )
    assert "2:30" in shown
    await phone.say("yes")
    assert await BARBER.standing(salon) == [BARBER.at(14) + timedelta(minutes=30)]


async def test_a_visit_moves_into_its_own_time(salon):
    """Three hours of tint, one hour later: the new time overlaps the old one, and nothing is in the way."""
    phone = salon.phone(TINT.number, workspace=TINT.workspace)
    for line in ("I want a full car tint ceramic at Lincoln Park tomorrow at 11am", *TINT.lines[1:]):
        if not await confirmed(salon):
            await phone.say(line)
    assert await TINT.standing(salon) == [TINT.at(11)]
    await phone.say("can you make it an hour later?")
    await phone.say("yes")
    assert await TINT.standing(salon) == [TINT.at(12)], said(phone)
    assert await errors(salon) == []


async def test_the_time_went_in_between(salon):
    """Somebody takes it at the booking system after the summary: the old booking stands, three others are offered."""
    phone = await booked(salon, TINT)
    await asked_to_move(phone, TINT)
    shops = salon.sandbox[SANDBOX].shops
    walk_in = {
        "locationId": "65a100000000000000000001",
        "name": "Walk-in",
        "startDate": TINT.at(13).isoformat(),
        "endDate": TINT.at(14).isoformat(),
    }
    for _ in range(2):
        await shops.add_appointment("car-tint", walk_in, {}, now())
    answer = await phone.say("yes")
    assert TINT.after in answer
    assert TINT.before in answer
    titles = [choice.title for choice in phone.messages[-1].choices]
    assert len(titles) == 3, titles
    assert not any(TINT.after in title for title in titles), titles
    assert TINT.at(10) in await TINT.standing(salon)
    (booking,) = await confirmed(salon)
    assert booking["starts_at"] == TINT.at(10)
    await phone.tap(titles[0])
    await phone.say("yes")
    (booking,) = await confirmed(salon)
    assert booking["starts_at"] != TINT.at(10)
    assert TINT.at(10) not in await TINT.standing(salon)
    assert booking["starts_at"] in await TINT.standing(salon)


async def test_another_customer_of_ours_took_it(salon):
    phone = await booked(salon, BARBER)
    await asked_to_move(phone, BARBER)
    await salon.pool.execute("DELETE FROM bookings WHERE status = 'held'")
    other = salon.phone("+15550100102", workspace=BARBER.workspace)
    for line in ("haircut tomorrow at 5pm with Luis", "Tim Test", "skip", "yes"):
        if len(await confirmed(salon)) < 2:
            await other.say(line)
    answer = await phone.say("yes")
    assert "2:00" in answer or "5:00" in answer
    assert await BARBER.standing(salon) == [BARBER.at(14), BARBER.at(17)]
    assert len(phone.messages[-1].choices) >= 3


async def test_two_taps_move_once(salon):
    phone = await booked(salon, FACADE)
    await asked_to_move(phone, FACADE)
    (yes,) = [choice for choice in phone.messages[-1].choices if "Move it" in choice.title]
    statuses = await asyncio.gather(*(phone.post(tapped(yes)) for _ in range(3)), phone.post(typed("yes")))
    assert set(statuses) == {200}
    await recovered(salon, phone)
    assert await FACADE.standing(salon) == [FACADE.at(17)]
    assert len(await salon.rows("SELECT 1 FROM effects WHERE kind = 'change_order'")) == 1


async def test_the_old_order_can_t_be_cancelled(salon):
    """The new time stands, the old one too: the team is told to cancel it, the customer that it will."""
    phone = await booked(salon, FACADE)
    await asked_to_move(phone, FACADE)
    await salon.fault("nailit", "reset", "CancelOrder", next_n=20)
    await phone.say("yes")
    for _ in range(40):
        if await errors(salon):
            break
        await asyncio.sleep(0.05)
        await phone.wait()
    await phone.wait()
    assert await errors(salon) == ["moved_twice_there"]
    assert await FACADE.standing(salon) == [FACADE.at(14), FACADE.at(17)]
    assert "5:00" in phone.messages[-1].text
    assert "earlier time" in phone.messages[-1].text
    (effect,) = await salon.rows("SELECT id FROM effects WHERE kind = 'cancel_order'")
    await decide_not_placed(salon.pool, effect["id"])
    assert await phone.wait() == ""
    assert [row["starts_at"] for row in await confirmed(salon)] == [FACADE.at(17)]
    assert await errors(salon) == []


async def test_a_person_moved_it(salon):
    phone = await booked(salon, V2)
    (before,) = await confirmed(salon)
    await asked_to_move(phone, V2)
    await phone.say("yes")
    (effect,) = await salon.rows("SELECT id FROM effects WHERE kind = 'change_order'")
    code = await decide_placed(salon.pool, effect["id"], order_id=before["provider_order_id"])
    answer = await phone.wait()
    assert "moved" in answer.lower()
    assert code == before["confirmation_code"]
    (booking,) = await confirmed(salon)
    assert (booking["id"], booking["starts_at"]) == (before["id"], V2.at(17))
    assert not booking["needs_operator"]
    assert await errors(salon) == []


async def test_a_person_placed_it_anew_or_not_at_all(salon):
    phone = await booked(salon, V2)
    (before,) = await confirmed(salon)
    for line in ("move my appointment to 5pm", "yes"):
        await phone.say(line)
    (effect,) = await salon.rows("SELECT id FROM effects WHERE kind = 'change_order'")
    await decide_not_placed(salon.pool, effect["id"])
    assert "2:00" in await phone.wait()
    assert [row["starts_at"] for row in await confirmed(salon)] == [V2.at(14)]
    for line in ("move my appointment to 6pm", "yes"):
        await phone.say(line)
    (effect,) = await salon.rows(
        "SELECT id FROM effects WHERE kind = 'change_order' AND status = 'needs_operator'"
    )
    code = await decide_placed(salon.pool, effect["id"], order_id="777")
    assert "6:00" in await phone.wait()
    (after,) = await confirmed(salon)
    assert (after["starts_at"], after["confirmation_code"], code) == (
        V2.at(18),
        before["confirmation_code"],
        before["confirmation_code"],
    )
    assert await errors(salon) == []


async def test_a_paid_order_is_moved_by_a_person_where_only_a_new_one_could_be_placed(salon):
    phone = await booked(salon, FACADE)
    await salon.pool.execute("UPDATE bookings SET payment_status = 'paid', paid_at = $1", now())
    await asked_to_move(phone, FACADE)
    answer = await phone.say("yes")
    assert "confirm" in answer
    assert await FACADE.standing(salon) == [FACADE.at(14)]
    assert await errors(salon) == ["change_open"]


async def test_never_mind_leaves_it(salon):
    phone = await booked(salon, FACADE)
    await asked_to_move(phone, FACADE)
    assert "2:00 PM" in await phone.say("never mind")
    await phone.say("yes")
    assert await FACADE.standing(salon) == [FACADE.at(14)]
    assert await salon.rows("SELECT 1 FROM effects WHERE kind = 'change_order'") == []


async def test_a_moved_booking_moves_again_and_is_cancelled(salon):
    phone = await booked(salon, FACADE)
    for line in ("move my appointment to 5pm", "yes", "actually make it 6pm", "yes"):
        await phone.say(line)
    assert await FACADE.standing(salon) == [FACADE.at(18)]
    await phone.say("cancel my appointment")
    await phone.say("yes")
    assert await FACADE.standing(salon) == []
    assert await confirmed(salon) == []
    assert await errors(salon) == []


async def test_cancelled_in_one_chat_while_it_moves_in_another(salon):
    """Two chats of one customer at once: what comes second finds that the booking is gone, or on its way."""
    phone = await booked(salon, TINT)
    sms = salon.phone(TINT.number, workspace=TINT.workspace, channel="twilio")
    await asked_to_move(phone, TINT)
    await sms.say("please cancel my appointment")
    await asyncio.gather(phone.post(typed("yes")), sms.post(typed("yes")))
    await recovered(salon, phone)
    await sms.wait()
    standing = await TINT.standing(salon)
    rows = await confirmed(salon)
    assert [row["starts_at"] for row in rows] == standing
    assert len(standing) <= 1
    open_moves = await salon.rows("SELECT 1 FROM bookings WHERE status = 'pending_provider'")
    assert open_moves == []


def test_every_point_of_a_death_is_walked():
    from db import failpoints

    assert set(POINTS) | {"effect.before_call"} == {
        name for name in failpoints.NAMES if name.startswith("effect.")
    }
    assert dying is not None
