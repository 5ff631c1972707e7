"""A customer cancels what he booked: with every booking system, whatever dies in between, never another's."""

import asyncio

import pytest

from bot.channels.simulator.acts import tapped, typed
from db import failpoints
from tests.engine.managing import ABLE, BARBER, FACADE, SCENES, TINT, V2, booked, confirmed, dying, errors
from tests.salon import now

POINTS = [
    "effect.after_claim",
    "effect.before_order",
    "effect.after_call",
    "effect.before_settle",
    "effect.after_settle",
]


def last(phone):
    return phone.messages[-1].text


@pytest.mark.parametrize("scene", SCENES)
async def test_a_booking_is_cancelled_after_a_yes_to_just_that(salon, scene):
    phone = await booked(salon, scene)
    asked = await phone.say("please cancel my booking")
    assert scene.before in asked
    assert await scene.standing(salon) == [scene.at(scene.first)]
    answer = await phone.say("yes")
    if scene.cancels:
        assert "cancelled" in answer
        assert await scene.standing(salon) == []
        assert await confirmed(salon) == []
        assert await errors(salon) == []
        assert await salon.rows("SELECT 1 FROM booking_items WHERE active") == []
        assert scene.before not in await phone.say("what time is my booking?")
    else:
        assert "confirm" in answer
        assert "is cancelled" not in answer
        assert await scene.standing(salon) == [scene.at(scene.first)]
        (booking,) = await confirmed(salon)
        assert booking["needs_operator"]
        assert await errors(salon) == ["cancellation_open"]
        again = await phone.say("cancel my booking")
        assert "cancel" in again
        assert await errors(salon) == ["cancellation_open"]


async def test_no_leaves_it_as_it_is(salon):
    phone = await booked(salon, FACADE)
    await phone.say("cancel my booking")
    assert "2:00 PM" in await phone.say("no")
    await phone.say("yes")
    assert await FACADE.standing(salon) == [FACADE.at(14)]
    assert await salon.rows("SELECT 1 FROM effects WHERE kind = 'cancel_order'") == []


@pytest.mark.parametrize("scene", ABLE)
@pytest.mark.parametrize("point", POINTS)
async def test_a_death_at_any_point_leaves_it_cancelled_once(salon, scene, point):
    phone = await booked(salon, scene)
    await phone.say("cancel my booking")
    await dying(salon, phone, point, phone.say("yes"))
    assert await scene.standing(salon) == []
    assert await confirmed(salon) == []
    assert (
        sum("is cancelled" in shown.text or "It's cancelled" in shown.text for shown in phone.messages) == 1
    )
    assert await errors(salon) == []


async def test_two_taps_and_two_yeses_cancel_once(salon):
    phone = await booked(salon, FACADE)
    await phone.say("cancel my booking")
    (yes,) = [choice for choice in phone.messages[-1].choices if "Yes" in choice.title]
    statuses = await asyncio.gather(
        phone.post(tapped(yes)), phone.post(tapped(yes)), phone.post(typed("yes")), phone.post(tapped(yes))
    )
    assert set(statuses) == {200}
    await phone.wait()
    effects = await salon.rows("SELECT status FROM effects WHERE kind = 'cancel_order'")
    assert [effect["status"] for effect in effects] == ["done"]
    assert await FACADE.standing(salon) == []


async def test_an_old_menu_cancels_nothing(salon):
    phone = await booked(salon, FACADE)
    await phone.say("cancel my booking")
    (yes,) = [choice for choice in phone.messages[-1].choices if "Yes" in choice.title]
    await phone.say("no")
    answer = await phone.act(tapped(yes))
    assert "2:00 PM" in answer
    assert await FACADE.standing(salon) == [FACADE.at(14)]
    await phone.say("yes")
    assert await FACADE.standing(salon) == []
    assert "doesn't stand" in await phone.act(tapped(yes)) or last(phone)
    assert len(await salon.rows("SELECT 1 FROM effects WHERE kind = 'cancel_order'")) == 1


async def test_an_answer_that_got_lost_is_asked_for_again(salon):
    phone = await booked(salon, FACADE)
    await phone.say("cancel my booking")
    await salon.fault("nailit", "accepted_then_reset", "CancelOrder")
    await phone.say("yes")
    for _ in range(30):
        if "cancelled" in last(phone):
            break
        await asyncio.sleep(0.05)
        await phone.wait()
    assert "cancelled" in last(phone)
    assert await FACADE.standing(salon) == []
    assert await errors(salon) == []


async def test_a_booking_system_that_never_answers_leaves_it_to_a_person(salon):
    phone = await booked(salon, TINT)
    await phone.say("cancel my booking")
    await salon.fault("shopmonkey", "reset", "*", next_n=50)
    await phone.say("yes")
    for _ in range(40):
        if await errors(salon):
            break
        await asyncio.sleep(0.1)
        await phone.wait()
    await phone.wait()
    assert await errors(salon) == ["cancellation_open"]
    assert "confirm" in last(phone)
    assert "is cancelled" not in last(phone)
    (booking,) = await confirmed(salon)
    assert booking["needs_operator"]


async def test_which_of_several(salon):
    phone = await booked(salon, BARBER)
    for line in ("another haircut tomorrow at 4pm", "yes"):
        await phone.say(line)
    assert len(await confirmed(salon)) == 2, [shown.text for shown in phone.messages]
    asked = await phone.say("cancel my appointment")
    assert "2:00" in asked
    assert "4:00" in asked
    assert "4:00" in await phone.tap("4:00")
    await phone.say("yes")
    assert await BARBER.standing(salon) == [BARBER.at(14)]


async def test_the_freed_time_is_offered_to_the_next_customer(salon):
    phone = await booked(salon, BARBER)
    await phone.say("cancel my booking")
    await phone.say("yes")
    await booked(salon, BARBER, number="+15550100102")
    assert await BARBER.standing(salon) == [BARBER.at(14)]


async def test_in_a_talk_of_the_next_day_it_is_still_known(salon):
    phone = await booked(salon, FACADE)
    await salon.pool.execute("UPDATE conversations SET last_inbound_at = now() - interval '25 hours'")
    answer = await phone.say("what time is my appointment?")
    assert "2:00 PM" in answer
    assert len(await salon.rows("SELECT 1 FROM conversations")) == 2
    await phone.say("cancel it")
    await phone.say("yes")
    assert await FACADE.standing(salon) == []
    await salon.pool.execute("SELECT 1")


async def test_a_paid_booking_is_cancelled_and_the_team_settles_the_payment(salon):
    phone = await booked(salon, FACADE)
    await salon.pool.execute("UPDATE bookings SET payment_status = 'paid', paid_at = $1", now())
    asked = await phone.say("cancel my booking")
    assert "paid" in asked
    answer = await phone.say("yes")
    assert "payment" in answer
    assert await errors(salon) == ["refund_due"]


async def test_a_payment_that_arrives_after_the_cancellation_is_not_thanked_for(salon):
    phone = salon.phone(FACADE.number, workspace=FACADE.workspace)
    for line in ("gel manicure at Plaza tomorrow at 2pm with Monica, knet", "Sara Test", "skip", "yes"):
        if not await confirmed(salon):
            await phone.say(line)
    await phone.say("cancel my booking")
    await phone.say("yes")
    polls = await salon.rows("SELECT status FROM effects WHERE kind = 'poll_payment'")
    assert {poll["status"] for poll in polls} <= {"cancelled", "done"}
    assert "received" not in last(phone)


@pytest.mark.parametrize("scene", [V2])
async def test_an_operator_says_what_became_of_it(salon, scene):
    from bot.effect_decisions import decide_not_placed, decide_placed

    phone = await booked(salon, scene)
    await phone.say("cancel my booking")
    await phone.say("yes")
    (effect,) = await salon.rows("SELECT id FROM effects WHERE kind = 'cancel_order'")
    (booking,) = await confirmed(salon)
    await decide_placed(salon.pool, effect["id"], order_id=booking["provider_order_id"])
    answer = await phone.wait()
    assert "stands" in answer
    assert await errors(salon) == []
    await phone.say("cancel my booking")
    await phone.say("yes")
    (effect,) = await salon.rows(
        "SELECT id FROM effects WHERE kind = 'cancel_order' AND status = 'needs_operator'"
    )
    await decide_not_placed(salon.pool, effect["id"])
    assert "cancelled" in await phone.wait()
    assert await confirmed(salon) == []
    assert await errors(salon) == []


async def test_another_customer_sees_and_cancels_nothing(salon):
    await booked(salon, FACADE)
    other = salon.phone("+96550000199", workspace=FACADE.workspace)
    shown = await other.say("what time is my booking?")
    assert "2:00" not in shown
    await other.say("cancel my booking")
    await other.say("yes")
    assert await FACADE.standing(salon) == [FACADE.at(14)]
    assert failpoints.hits() == {}
