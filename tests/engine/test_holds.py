"""While a customer looks at the summary, its times are his, from everybody else, and never longer than said."""

from db import schedules

ASK = ["I want a gel manicure at Plaza tomorrow at 2pm, pay on arrival", "Sara Test", "skip"]


async def to_the_summary(phone):
    answers = [await phone.say(line) for line in ASK]
    assert "12.500 KWD" in answers[-1]
    return answers[-1]


async def holds(salon):
    return await salon.rows("SELECT * FROM bookings WHERE status = 'held'")


async def run_out(salon):
    await salon.pool.execute("UPDATE bookings SET hold_until = now() - interval '1 second'")


async def test_what_one_customer_is_looking_at_is_not_offered_to_another(salon):
    first, second = salon.phone("+96550000123"), salon.phone("+96550000124")
    await to_the_summary(first)
    assert len(await holds(salon)) == 1
    await second.say(ASK[0])
    titles = [choice.title for shown in second.messages for choice in shown.choices]
    assert titles
    assert not any("2:00" in title for title in titles), titles
    assert "confirmation code" in (await first.say("yes")).lower()
    assert await holds(salon) == []


async def test_a_hold_that_ran_out_holds_nobody_off(salon):
    first, second = salon.phone("+96550000123"), salon.phone("+96550000124")
    await to_the_summary(first)
    await run_out(salon)
    await to_the_summary(second)
    assert "confirmation code" in (await second.say("yes")).lower()
    # The late yes of the first is told so and offered other times; nothing is ordered twice.
    answer = await first.say("yes")
    assert "confirmation code" not in answer.lower()
    assert len(await salon.orders()) == 1


async def test_the_sweeper_frees_what_ran_out(salon):
    await to_the_summary(salon.phone())
    assert await schedules.free_expired_holds(salon.pool) == 0
    await run_out(salon)
    assert await schedules.free_expired_holds(salon.pool) == 1
    assert await salon.rows("SELECT * FROM booking_items") == []


async def test_a_change_gives_the_old_times_back(salon):
    phone = salon.phone()
    await to_the_summary(phone)
    await phone.say("5pm instead")
    held = await salon.rows(
        "SELECT i.starts_at FROM booking_items i JOIN bookings b ON b.id = i.booking_id WHERE b.status = 'held'"
    )
    assert all(row["starts_at"].hour == 14 for row in held)  # 5 pm in Kuwait
    other = salon.phone("+96550000124")
    await other.say(ASK[0])
    assert not any("isn't free" in shown.text for shown in other.messages)


async def test_the_own_hold_is_no_obstacle(salon):
    phone = salon.phone()
    await to_the_summary(phone)
    answer = await phone.say("how much is it?")
    assert "12.500" in answer
    assert "isn't free" not in answer
    assert len(await holds(salon)) == 1
    assert "confirmation code" in (await phone.say("yes")).lower()
