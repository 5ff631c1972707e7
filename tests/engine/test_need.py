"""Customers who say what they need, not what it is called, in the demo salon as it was synced."""

import pytest


@pytest.mark.parametrize(
    ("said", "first", "more"),
    [
        (
            "I have dry hair",
            "Hydrating Hair Mask: Deep moisture for dry hair (4.000 KWD, 15 min)",
            "Argan Oil Treatment",
        ),
        (
            "something for an oily scalp at Plaza",
            "Scalp Detox: Clay & mint cleanse, good for an oily scalp",
            "Scalp Balance",
        ),
        ("do you have something for my nails?", "Nail Art per Hand: ", ""),
        (
            "anything for cracked heels?",
            "Medical Pedicure: For cracked heels and hard skin (18.000 KWD, 90 min)",
            "",
        ),
        ("I need something for a wedding", "Hair Styling Updo: Updo for parties and weddings", ""),
    ],
)
async def test_up_to_three_that_fit(salon, said, first, more):
    phone = salon.phone()
    answer = await phone.say(said)
    assert first in answer
    assert more in answer
    assert 1 <= answer.count("•") <= 3
    assert "Blow Dry" not in answer
    assert "No promise" not in answer


async def test_in_arabic(salon):
    phone = salon.phone()
    answer = await phone.say("عندي شعر جاف")
    assert "ماسك ترطيب الشعر" in answer
    assert "علاج زيت الأرغان" in answer


async def test_a_tap_on_what_fits_goes_on_to_the_booking(salon):
    phone = salon.phone()
    await phone.say("something for dry hair at Plaza")
    answer = await phone.tap("Hydrating Hair Mask")
    assert "Hydrating Hair Mask · Plaza" in answer
    assert any(choice.id.startswith("time:") for choice in phone.messages[-1].choices)


async def test_what_the_place_doesnt_have_is_not_offered(salon):
    phone = salon.phone()
    answer = await phone.say("something for an oily scalp at Zahra")
    offered = await salon.rows(
        """SELECT s.names ->> 'en' AS name FROM services s JOIN service_locations l ON l.service_id = s.id
           JOIN locations p ON p.id = l.location_id JOIN workspaces w ON w.id = s.workspace_id
           WHERE p.names ->> 'en' = 'Zahra' AND w.key = 'nail-salon'"""
    )
    names = {row["name"] for row in offered}
    listed = [line[2:].split(":")[0] for line in answer.splitlines() if line.startswith("•")]
    assert listed
    assert set(listed) <= names
