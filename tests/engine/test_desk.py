"""A person of the business cancels, moves or tells a booking again: the same engine as for the customer's own yes."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from bot.effect_decisions import decide_not_placed
from bot.flows import known
from bot.flows.history import known_booking
from db import booking_desk, escalations, history
from db.tx import tx
from tests.engine.managing import ABLE, BARBER, FACADE, SCENES, booked, confirmed, dying, errors
from tests.salon import now

DUE = "UPDATE conversations SET last_inbound_at = now() - interval '3 days'"


async def version_of(salon, booking) -> str:
    async with tx(salon.pool, booking["workspace_id"]) as transaction:
        raw = await history.known_booking(transaction, booking["id"])
    return known.version(known_booking(raw))


async def act(salon, booking, kind, *, text="", version=None, settle=True, **data) -> UUID:
    """What the console does."""
    version = version or await version_of(salon, booking)
    async with tx(salon.pool, booking["workspace_id"]) as transaction:
        talk = await booking_desk.talk_of(transaction, booking["id"])
        assert talk is not None
        assert await escalations.add_act(
            transaction, talk, act=kind, by="Ann", text=text,
            data={"booking_id": str(booking["id"]), "version": version, **data},
        )  # fmt: skip
    if settle:
        await salon.settle()
    return talk


async def awake(salon) -> None:
    """At any hour."""
    await salon.pool.execute(
        'UPDATE workspaces SET settings = settings || \'{"quiet_hours": {"enabled": false}}\', '
        "updated_at = clock_timestamp()"
    )


async def told(phone) -> str:
    return await phone.wait()


@pytest.mark.parametrize("scene", SCENES)
async def test_the_business_cancels_and_says_why(salon, scene):
    phone = await booked(salon, scene)
    (booking,) = await confirmed(salon)
    await act(salon, booking, "cancel_booking", text="our dryer broke.", settle=False)
    said = await told(phone)
    if scene.cancels:
        assert "cancel" in said
        assert "our dryer broke." in said
        assert "our dryer broke.." not in said
        assert await scene.standing(salon) == []
        assert await confirmed(salon) == []
        assert await errors(salon) == []
        (row,) = await salon.rows("SELECT cancel_reason FROM bookings")
        assert row["cancel_reason"] == "by the business: our dryer broke."
    else:
        assert said == ""
        assert await errors(salon) == ["cancellation_open"]
        assert await scene.standing(salon) == [scene.at(scene.first)]
        (error,) = await salon.rows("SELECT summary FROM operator_errors WHERE resolved_at IS NULL")
        assert error["summary"].startswith("Ann cancelled")


async def test_what_was_cancelled_there_by_hand_is_only_written_down(salon):
    scene = SCENES[1].values[0]
    phone = await booked(salon, scene)
    (booking,) = await confirmed(salon)
    await act(salon, booking, "cancel_booking", done_there=True, settle=False)
    assert "cancel" in await told(phone)
    assert await confirmed(salon) == []
    assert await errors(salon) == []


@pytest.mark.parametrize("scene", ABLE)
@pytest.mark.parametrize("point", ["effect.before_order", "effect.after_call", "effect.after_settle"])
async def test_a_death_at_any_point_leaves_it_cancelled_once(salon, scene, point):
    phone = await booked(salon, scene)
    (booking,) = await confirmed(salon)
    await dying(salon, phone, point, act(salon, booking, "cancel_booking"))
    assert await scene.standing(salon) == []
    assert await confirmed(salon) == []
    assert sum("cancel" in shown.text for shown in phone.messages) == 1
    assert await errors(salon) == []


async def test_two_clicks_cancel_once(salon):
    phone = await booked(salon, FACADE)
    (booking,) = await confirmed(salon)
    version = await version_of(salon, booking)
    for _ in range(2):
        await act(salon, booking, "cancel_booking", version=version, settle=False)
    await told(phone)
    await salon.settle()
    assert await salon.rows("SELECT count(*) AS n FROM effects WHERE kind = 'cancel_order'") == [{"n": 1}]
    assert sum("cancel" in shown.text for shown in phone.messages) == 1
    assert await errors(salon) == []


async def test_a_booking_that_changed_meanwhile_is_left_alone(salon):
    phone = await booked(salon, BARBER)
    (booking,) = await confirmed(salon)
    await act(salon, booking, "cancel_booking", version="another")
    assert await told(phone) == ""
    assert await BARBER.standing(salon) == [BARBER.at(14)]
    assert await errors(salon) == ["desk_act_not_done"]


async def test_the_customer_cancels_at_the_same_moment(salon):
    phone = await booked(salon, BARBER)
    (booking,) = await confirmed(salon)
    await phone.say("cancel my booking")
    await asyncio.gather(phone.say("yes"), act(salon, booking, "cancel_booking", settle=False))
    await told(phone)
    await salon.settle()
    assert await salon.rows("SELECT count(*) AS n FROM effects WHERE kind = 'cancel_order'") == [{"n": 1}]
    assert await confirmed(salon) == []


async def test_the_customer_moves_it_in_the_very_turn_in_which_it_is_cancelled(salon):
    """His yes came first. The business must not think that nobody comes."""
    phone = await booked(salon, BARBER)
    (booking,) = await confirmed(salon)
    await phone.say("move my booking to tomorrow at 4pm")
    await act(salon, booking, "cancel_booking", settle=False)
    assert "move" in await phone.say("yes")
    await salon.settle()
    assert await BARBER.standing(salon) == [BARBER.at(16)]
    assert await errors(salon) == ["desk_act_not_done"]
    (error,) = await salon.rows("SELECT summary FROM operator_errors WHERE resolved_at IS NULL")
    assert "a move of it was under way" in error["summary"]


async def test_in_his_language_days_after_the_talk_was_closed(salon):
    phone = await booked(salon, BARBER)
    (booking,) = await confirmed(salon)
    await awake(salon)
    await salon.pool.execute(
        "UPDATE conversations SET status = 'closed', closed_at = now(), language = 'ar', "
        "last_inbound_at = now() - interval '20 hours'"
    )
    talk = await act(salon, booking, "cancel_booking", text="سفر الحلاق", settle=False)
    assert talk != booking["conversation_id"]
    said = await told(phone)
    assert "سفر الحلاق" in said
    assert "السبب" in said or "سبب" in said
    assert await confirmed(salon) == []


async def test_outside_the_window_nothing_is_sent_and_a_person_knows(salon):
    phone = await booked(salon, BARBER)
    (booking,) = await confirmed(salon)
    await awake(salon)
    await salon.pool.execute(DUE)
    await act(salon, booking, "cancel_booking")
    assert await told(phone) == ""
    assert await confirmed(salon) == []
    assert await errors(salon) == ["send_blocked"]


@pytest.mark.parametrize("scene", ABLE)
async def test_the_business_moves_it_to_a_time_that_is_free(salon, scene):
    phone = await booked(salon, scene)
    (booking,) = await confirmed(salon)
    staff = await salon.rows("SELECT staff_id FROM booking_items ORDER BY position")
    chosen = {
        "starts_at": scene.at(scene.later).astimezone(now().tzinfo).isoformat(),
        "staff_ids": [str(row["staff_id"]) for row in staff],
    }
    await act(salon, booking, "move_booking", settle=False, **chosen)
    said = await told(phone)
    assert scene.after in said
    assert "move" in said
    assert booking["confirmation_code"] in said
    assert await scene.standing(salon) == [scene.at(scene.later)]
    (after,) = await confirmed(salon)
    assert after["confirmation_code"] == booking["confirmation_code"]
    assert await errors(salon) == []


async def test_a_time_that_is_not_free_moves_nothing_and_says_nothing(salon):
    phone = await booked(salon, BARBER)
    (booking,) = await confirmed(salon)
    (staff,) = await salon.rows("SELECT staff_id FROM booking_items")
    chosen = {
        "starts_at": BARBER.at(3).astimezone(now().tzinfo).isoformat(),
        "staff_ids": [str(staff["staff_id"])],
    }
    await act(salon, booking, "move_booking", **chosen)
    assert await told(phone) == ""
    assert await BARBER.standing(salon) == [BARBER.at(14)]
    assert await errors(salon) == ["desk_act_not_done"]


async def test_told_again_while_another_question_is_open(salon):
    phone = await booked(salon, BARBER)
    (booking,) = await confirmed(salon)
    await phone.say("I want another haircut")
    (before,) = await salon.rows("SELECT state FROM conversations")
    await act(salon, booking, "resend_booking", settle=False)
    said = await told(phone)
    assert booking["confirmation_code"] in said
    (after,) = await salon.rows("SELECT state FROM conversations")
    assert after == before


async def test_a_decision_of_days_later_reaches_the_customer_in_a_new_talk(salon):
    """The talk in which he asked for it was closed meanwhile."""
    scene = SCENES[1].values[0]
    phone = await booked(salon, scene)
    await awake(salon)
    await phone.say("cancel my booking")
    await phone.say("yes")
    await salon.pool.execute("UPDATE conversations SET status = 'closed', closed_at = now()")
    (effect,) = await salon.rows("SELECT id FROM effects WHERE kind = 'cancel_order'")
    await decide_not_placed(salon.pool, effect["id"])
    assert "cancel" in await told(phone)
    talks = await salon.rows("SELECT status, turn FROM conversations ORDER BY created_at")
    assert [one["status"] for one in talks] == ["closed", "open"]
    assert talks[1]["turn"] == 1
    assert await errors(salon) == []
