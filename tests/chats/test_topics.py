"""What was just asked about is what a yes, "book it" or a day after it means; naming another service forgets it."""

from __future__ import annotations

import pytest

from tests.chats import salon
from tests.chats.businesses import business
from tests.chats.chat import Chat

TALKS = {
    "price, then book it": """
        > how much is a gel manicure?
        < 12.500 KWD
        > ok book it tomorrow at 5
        < Gel Manicure · Sat 21 Nov, 5:00 PM
        = ASK_LOCATION
        """,
    "price and a bare yes": """
        > how much is a blow dry?
        > yes please
        < Blow Dry
        = ASK_LOCATION
        """,
    "how long, then a day": """
        > how long does a back massage take?
        < 60 minutes
        > sunday afternoon at marina
        < Back Massage · Marina · Sun 22 Nov
        = ASK_TIME
        """,
    "another one is named": """
        > how much is a blow dry?
        > I'll take a hair mask tomorrow
        < Hair Mask
        <! Blow Dry
        """,
    "a word for several": """
        > do you do pedicures?
        < Yes, we do | Gel Pedicure
        > ok tomorrow at 5 at plaza
        < [Gel Pedicure] | [Classic Pedicure]
        = ASK_SERVICES
        """,
    "no": """
        > how much is a gel manicure at plaza?
        > no thanks, too expensive
        <! Gel Manicure ·
        """,
    "beside what is chosen": """
        > blow dry at plaza tomorrow at 2
        > how much is a hair mask?
        < 9.000 KWD
        > ok add it
        < Added Hair Mask
        """,
    "a yes to something else": """
        > blow dry at plaza tomorrow at 2 with mira, sara@example.com, I'm Sara
        > how much is a hair mask?
        > KNET
        <! Hair Mask
        = PLACING
        """,
    "in Arabic": """
        > بكم مانيكير جل؟
        < 12.500
        > تمام احجزيها باجر الساعة 5 في بلازا
        < مانيكير جل · بلازا
        """,
    "in Arabic with a bare yes": """
        > عندكم سشوار؟
        < إي، عندنا
        > ايه
        < سشوار
        """,
}


@pytest.mark.parametrize("name", TALKS)
def test_a_question_and_what_follows(name: str) -> None:
    Chat(settings=salon.settings(languages=("en", "ar"))).play(TALKS[name])


def test_at_the_garage() -> None:
    business("auto-repair").chat().play("""
        > do you do brakes?
        < Yes, we do: Brake Pads | [Yes, please] | [Something else]
        > yes, tomorrow at 9
        < Brake Pads · Sat 21 Nov, 9:00 AM
        = ASK_NAME
        """)
    business("auto-repair").chat().play("""
        > do you do brakes and tires?
        < Which one would you like? | [Brake Pads] | [Tire Change]
        > both, on monday morning
        < Brake Pads · Tire Change · Mon 23 Nov, morning
        """)
    business("auto-repair").chat().play("""
        > how much is an oil change?
        > ok sure
        < Oil Change
        = ASK_NAME
        """)
