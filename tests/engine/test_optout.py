"""Opting out and in, through the webhook: what is stored, what is answered, and that nothing is sent against it."""

import pytest

from bot.channels.simulator.acts import typed
from bot.flows.optout import TABLE, Word
from bot.messages import Surface

CHANNELS = {"whatsapp": Surface.WHATSAPP, "twilio": Surface.SMS}


async def consents(salon):
    return await salon.rows("SELECT channel, kind, words, created_at FROM consents ORDER BY created_at, id")


async def opted_out(salon):
    (row,) = await salon.rows("SELECT opted_out_at FROM customers")
    return row["opted_out_at"] is not None


@pytest.mark.parametrize(
    ("channel", "word"),
    [
        (channel, word)
        for channel, surface in CHANNELS.items()
        for word, action in TABLE[surface].items()
        if action is Word.OUT
    ],
)
async def test_every_word_that_opts_out(salon, channel, word):
    phone = salon.phone(channel=channel)
    await phone.say("hi")
    answer = await phone.say(word.upper())
    assert await opted_out(salon)
    (kept,) = await consents(salon)
    assert (kept["channel"], kept["kind"], kept["words"]) == (channel, "opted_out", word.upper())
    assert bool(answer) == (channel == "whatsapp"), "on SMS the carrier answers STOP"
    assert await phone.say("hello?") == ""


@pytest.mark.parametrize("word", ["cancel", "End", "QUIT"])
async def test_on_whatsapp_these_mean_the_booking(salon, word):
    phone = salon.phone()
    await phone.say("gel manicure at Plaza")
    assert await phone.say(word) != ""
    assert not await opted_out(salon)
    assert await consents(salon) == []
    assert await salon.rows("SELECT FROM leads WHERE status = 'lost'")


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("word", ["START", "unstop", "ابدأ", "اشتراك"])
async def test_back_again(salon, channel, word):
    phone = salon.phone(channel=channel)
    await phone.say("hi")
    await phone.say("stop")
    assert await phone.say(word) != ""
    assert not await opted_out(salon)
    assert [(each["kind"], each["words"]) for each in await consents(salon)] == [
        ("opted_out", "stop"),
        ("opted_in", word),
    ]
    assert await phone.say("gel manicure") != ""


async def test_yes_by_sms_is_what_the_carrier_takes_for_start(salon):
    phone = salon.phone(channel="twilio")
    await phone.say("hi")
    await phone.say("STOP")
    assert await phone.say("yes") != ""
    assert not await opted_out(salon)


async def test_help_reaches_even_who_opted_out(salon):
    phone = salon.phone(channel="twilio")
    assert "+96550000001" in await phone.say("HELP")
    await phone.say("STOP")
    assert "+96550000001" in await phone.say("info")
    assert await opted_out(salon)


async def test_whoever_opted_out_here_is_a_customer_elsewhere(salon):
    await salon.phone(channel="twilio").say("STOP")
    other = salon.phone(channel="twilio", workspace="barber-shop")
    assert await other.say("hi") != ""


async def test_both_channels_of_a_business_are_closed(salon):
    await salon.phone(channel="twilio").say("hi")
    await salon.phone(channel="twilio").say("STOP")
    assert await salon.phone(channel="whatsapp").say("hi") == "", "the same number, the same business"


async def test_the_words_kept_are_those_that_did_it(salon):
    phone = salon.phone()
    await phone.post(typed("hi there"))
    await phone.post(typed("please stop messaging me"))
    await phone.post(typed("gel manicure"))
    await phone.wait()
    (kept,) = await consents(salon)
    assert kept["words"] == "please stop messaging me"
