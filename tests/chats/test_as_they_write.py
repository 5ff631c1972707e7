"""Customers as they really write: Arabic in Latin letters, run-ons, anger, emoji, pain, prices first."""

from __future__ import annotations

import pytest

from bot.flows.state import load
from bot.understanding.arabizi import in_arabic_letters
from tests.chats.businesses import business
from tests.chats.test_trades import opened

TALKS = {
    "a usual name is no service misspelt": (
        "nail-salon",
        """
        > ابي مكياج باجر الساعة ٥ العصر
        > سارة العتيبي، 50000141
        < سارة العتيبي | +96550000141
        <! مسجّلة
        """,
    ),
    "two words that tell it closer": (
        "nail-salon",
        """
        > hiii can i get my nails done tmrw around 5 plaza, gel, im anna
        < Plaza · Sat 21 Nov, 5:00 PM | [Gel Manicure] | [Gel Pedicure]
        <! [Classic Manicure]
        """,
    ),
    "gel nails are all that is gel": (
        "nail-salon",
        """
        > I'd like gel nails please
        < [Gel Manicure] | [Gel Pedicure] | [Hard Gel Extensions]
        """,
    ),
    "a cut is a haircut": (
        "nail-salon",
        """
        > i need a cut tomorrow at zahra
        < [Haircut] | [Kids Haircut]
        <! [Blow Dry]
        """,
    ),
    "price first, closer in the next line": (
        "nail-salon",
        """
        > السلام عليكم بكم المانيكير
        > طيب ابي جل باجر ٥ بلازا مع مونيكا
        < مانيكير جل مع مونيكا | بلازا
        = CONFIRM
        """,
    ),
    "both of two, one of them unclear": (
        "nail-salon",
        """
        > how much for a cut and colour
        > ok book both sunday at 11 zahra
        < Full Colour · Zahra · Sun 22 Nov, 11:00 AM | [Haircut] | [Kids Haircut]
        """,
    ),
    "the hour of a prayer": (
        "nail-salon",
        """
        > ابي مانيكير جل باجر العصر بلازا
        < [3:00 م] | [5:30 م]
        <! [12:00 م]
        """,
    ),
    "Arabic in Latin letters": (
        "nail-salon",
        """
        > bghait gel manicure bukra 3al 3asr fe plaza
        < مانيكير جل · بلازا · السبت 21 نوفمبر | [3:00 م]
        """,
    ),
    "Arabic in Latin letters with an hour": (
        "nail-salon",
        """
        > salam abi a7jez manicure bacher el sa3a 5
        < السبت 21 نوفمبر، 5:00 م | [مانيكير جل]
        """,
    ),
    "only a smile": (
        "nail-salon",
        """
        > 👍
        < welcome | Which of our places
        <! not sure what you mean
        > 😂😂
        <! not sure what you mean
        """,
    ),
    "anger": (
        "nail-salon",
        """
        > you people are useless
        < sorry | [Talk to us]
        <! not sure what you mean
        """,
    ),
    "anger in Arabic": (
        "nail-salon",
        """
        > انتوا ما تفهمون
        < نعتذر
        """,
    ),
    "a booking made elsewhere": (
        "nail-salon",
        """
        > i have an appointment tomorrow can i move it to sunday
        < code
        = ASK_PROOF
        """,
    ),
    "in pain": (
        "dental-clinic",
        """
        > my tooth hurts so bad, can i come today?
        < sorry to hear that | Checkup
        """,
    ),
    "last night is no wish": (
        "dental-clinic",
        """
        > I chipped a tooth last night
        < Checkup
        <! night ·
        """,
    ),
    "a typing error in the day": (
        "dental-clinic",
        """
        > cleening plz nxt wensday
        < Cleaning · Wed 25 Nov
        > yes
        < One of these
        """,
    ),
    "too dear": (
        "dental-clinic",
        """
        > teeth whitening price?
        < 350.00 USD | [Yes, please]
        > too expensive
        < I understand | [Checkup]
        <! not sure what you mean
        """,
    ),
    "the dentist himself": (
        "dental-clinic",
        """
        > i want to speak to the dentist
        = HUMAN
        """,
    ),
    "whom to see is no name": (
        "massage-studio",
        """
        > relaxing massage sunday 11
        > and with maya
        <! Got it: Maya
        > change the name to Tom Test
        < Tom Test
        """,
    ),
    "an hour put right": (
        "massage-studio",
        """
        > relaxing massage tomorrow 3pm, no wait 4, with maya
        < Sat 21 Nov, 4:00 PM
        """,
    ),
    "a question at the end of a line": (
        "auto-repair",
        """
        > my cars dead can u tow it
        < I don't know that | [Talk to us]
        """,
    ),
    "to bring it in is a wish": (
        "auto-repair",
        """
        > weird noise when i brake, 2015 camry, can i bring it in tmrw morning
        < Brake Pads · Sat 21 Nov, morning · Car: 2015 camry
        <! I don't know
        """,
    ),
    "late": (
        "restaurant",
        """
        > we're running 15 min late
        < told the team
        """,
    ),
    "a late hour is a wish": (
        "nail-salon",
        """
        > I'm hoping for a late slot
        <! told the team
        """,
    ),
    "how somebody feels is not his name": (
        "nail-salon",
        """
        > I'm desperate, my nails broke, a gel manicure tomorrow please
        < Gel Manicure · Sat 21 Nov
        <! Desperate | desperate
        """,
    ),
    "an hour put right in a line of its own": (
        "nail-salon",
        """
        > gel pedicure at zahra friday 4
        > no wait 5
        < 5:00 PM
        <! 4:00 PM
        > sorry, 6
        < 6:00 PM
        """,
    ),
    "loanwords with whatever vowels": (
        "nail-salon",
        """
        > ابي مناكير جل وبدكير جل بكره العصر في بلازا
        < مانيكير جل | باديكير جل | بلازا
        """,
    ),
    "an and that is written to its word": (
        "nail-salon",
        """
        > ابي احجز منكير وبديكير بكره العصر في بلازا
        < "منكير"
        > مانيكير جل
        < "بديكير"
        <! وبديكير
        """,
    ),
    "who shall it be": (
        "massage-studio",
        """
        > need deep tissue 90 min tmrw evening
        > female therapist please
        < Maya and Omar
        """,
    ),
    "an address is no answer to another question": (
        "wedding-venue",
        """
        > tour this saturday 11am, I'm Ann Test, 120 guests
        > ann@example.com
        <! Season: ann@example.com
        """,
    ),
    "a leaking roof is one job": (
        "roofing",
        """
        > my roof is leaking badly
        < Leak Repair
        <! mean by
        """,
    ),
    "a dog's haircut": (
        "pet-grooming",
        """
        > my dog needs a haircut
        < Full Groom
        """,
    ),
    "a leaking sink": (
        "handyman",
        """
        > my sink is leaking
        < Faucet Repair
        """,
    ),
    "a reservation is for a table": (
        "restaurant",
        """
        > reservation under Smith tomorrow 7pm 4 ppl
        < Dinner Table · Sat 21 Nov, 7:00 PM · Smith · Guests: 4
        """,
    ),
    "what is on the menu": (
        "restaurant",
        """
        > whats on the menu
        < on our website
        <! We offer
        """,
    ),
    "advice is for the lawyer": (
        "law-firm",
        """
        > can i sue my employer?
        < Matter: Employment | I don't know that | [Talk to us]
        """,
    ),
}


@pytest.mark.parametrize("name", TALKS)
def test_talk(name: str) -> None:
    key, script = TALKS[name]
    opened(key).play(script)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("abi a7jez bacher el sa3a 5", "ابي احجز باچر الساعة 5"),
        ("shukran", "شكرا"),
        ("hi, salam, a gel manicure tomorrow", "hi, salam, a gel manicure tomorrow"),
        ("la la land at the mall", "la la land at the mall"),
        ("abi wants a haircut", "abi wants a haircut"),
    ],
)
def test_only_what_is_surely_arabic_is_read_so(written: str, meant: str) -> None:
    assert in_arabic_letters(written) == meant


@pytest.mark.parametrize(
    "line", ["wait", "sorry", "why", "what", "tired", "oops", "pardon", "later on", "عفوا", "لحظة", "ليش"]
)
def test_what_is_said_while_the_name_is_asked_is_not_the_name(line: str) -> None:
    chat = business("nail-salon").chat()
    chat.say("gel pedicure at zahra friday 4")
    chat.say(line)
    assert load(chat.state).wish.name is None
    chat.say("Dana")
    assert load(chat.state).wish.name == "Dana"


def test_who_insists_is_called_what_he_says() -> None:
    chat = business("nail-salon").chat()
    chat.say("gel pedicure at zahra friday 4")
    for _ in range(3):
        chat.say("Why")
    assert load(chat.state).wish.name == "Why"
