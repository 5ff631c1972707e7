"""Each shipped trade as its customers meet it: asked in its own words, understood in theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from bot.catalog import NeedQuery
from bot.flows.contract import Customer
from bot.flows.state import load
from seeds.template_file import shipped_templates
from tests.chats import salon
from tests.chats.businesses import business
from tests.chats.chat import Chat

SARA = Customer(salon.uid("sara"), name="Sara", name_is_profile=True, phone="+15550100123")
DONE_TO_YOU = {"nail-salon"}
"""Trades whose customers are asked what they would like to have done."""
UNSAID = {
    "Do you have a high chair? We're three plus a baby on Friday",
    "Is the second Saturday in June still free for 120 guests?",
}
"""Samples that name no service: what is wanted is still to be asked."""


@dataclass
class NoNeeds:
    """Nothing is found by what it is for."""

    def find(self, query: NeedQuery) -> Sequence[UUID]:
        return ()


def opened(key: str, *, arabic: bool = False) -> Chat:
    one = business(key)
    settings = one.settings.model_copy(update={"languages": ("en", "ar")}) if arabic else one.settings
    return replace(one, settings=settings).chat(customer=SARA, needs=NoNeeds())


def in_question(chat: Chat) -> set[str]:
    """External ids of the services that are chosen, asked about or to be chosen from."""
    state = load(chat.state)
    ids = {item.service_id for item in state.wish.items} | set(state.candidates)
    ids |= {one for topic in state.topic for one in topic.ids}
    return {chat.catalog.services[one].external_id for one in ids}


@pytest.mark.parametrize("key", shipped_templates())
def test_the_first_question_is_the_trades_own(key: str) -> None:
    chat = opened(key)
    said = chat.say("hi", "I'd like to book something")
    if key in DONE_TO_YOU:
        assert "Which of our places" in said
        return
    own = next(one.question for one in chat.form if one.kind == "services")
    said = chat.say("Lincoln Park") if key == "car-tint" else said
    assert own["en"] in said
    assert "have done" not in said
    again = chat.say("hm hm")
    assert "have done" not in again
    assert "service" not in again.lower()
    chat = opened(key, arabic=True)
    said = chat.say("السلام عليكم، أبي أحجز")
    said = chat.say("Lincoln Park") if key == "car-tint" else said
    assert own["ar"] in said or "Lincoln Park" in said


SAMPLES = [
    (key, sample.service, sample.says)
    for key, template in shipped_templates().items()
    for sample in template.template.samples
    if sample.service and sample.says not in UNSAID
]


@pytest.mark.parametrize(("key", "service", "says"), SAMPLES)
def test_a_sample_is_about_its_service(key: str, service: str, says: str) -> None:
    chat = opened(key)
    chat.say(says)
    assert service in in_question(chat), chat.text


TALKS = {
    "dinner for four tonight": (
        "restaurant",
        """
        > dinner table for 4 tonight at 8
        < Dinner Table · Fri 20 Nov, 8:00 PM · Guests: 4
        <! How many
        """,
    ),
    "a table at noon is for lunch": (
        "restaurant",
        """
        > table for 2 at 1pm tomorrow
        < Lunch Table · Sat 21 Nov, 1:00 PM · Guests: 2
        """,
    ),
    "the hour tells which table": (
        "restaurant",
        """
        > can I book a table
        < [Dinner Table] | [Lunch Table]
        > 5
        < Guests: 5
        > tomorrow 8pm
        < Dinner Table · Sat 21 Nov, 8:00 PM
        <! How many
        """,
    ),
    "brunch on its day": (
        "restaurant",
        """
        > Brunch on Sunday for two, outside if possible
        < Sunday Brunch · Sun 22 Nov · Guests: 2
        """,
    ),
    "an hour counts nobody": (
        "restaurant",
        """
        > a dinner table please
        < How many of you
        > saturday at 8
        < Sat 21 Nov, 8:00 PM | How many of you
        > 4 of us
        < Guests: 4 | allergies
        > yes
        < a few words | allergies | [Skip]
        > one of us is vegan
        < Wishes: one of us is vegan
        """,
    ),
    "more than there is room for": (
        "restaurant",
        """
        > we are 30 people for dinner friday
        < up to 20 | [Talk to us]
        """,
    ),
    "the car is known": (
        "auto-repair",
        """
        > oil change for my 2018 Honda Civic tomorrow please
        < Oil Change · Sat 21 Nov · Car: 2018 Honda Civic
        <! Which car
        """,
    ),
    "our own place is no car": (
        "car-tint",
        """
        > full car tint ceramic at Lincoln Park tomorrow at 11am
        < Full Car Tint Ceramic · Lincoln Park · Sat 21 Nov, 11:00 AM | Which car
        > 2021 Honda Civic
        < Vehicle: 2021 Honda Civic
        """,
    ),
    "a nod is no car": (
        "auto-repair",
        """
        > oil change tomorrow
        < Which car
        > yes
        < a few words | Which car
        > ?
        < Which car
        <! Car: ?
        > why do you need that?
        < Which car
        <! Car: why
        > at 9
        < Sat 21 Nov, 9:00 AM | Which car
        > 2018 honda civic, and make it monday
        < Mon 23 Nov | Car: 2018 honda civic
        """,
    ),
    "a new patient": (
        "dental-clinic",
        """
        > new patient here, can I get a checkup on tuesday?
        < Checkup · Tue 24 Nov · Patient: New
        <! returning patient
        """,
    ),
    "what it is about was said": (
        "law-firm",
        """
        > I was in a car accident last month and need to talk to a lawyer
        < Consultation · Matter: Car accident
        > monday at 10
        > anyone
        <! What is it about
        = CONFIRM
        """,
    ),
    "what a talk is about isn't booked beside it": (
        "law-firm",
        """
        > i need to see a lawyer about my will on monday
        < Consultation · Mon 23 Nov | Estate planning
        <! Simple Will
        """,
    ),
    "a call is no visit": (
        "dental-clinic",
        """
        > question about my bill, can you call me?
        < Billing Callback | When may we call you
        <! to come
        > monday at 10
        < new or a returning
        > returning
        <! How would you like to pay
        = CONFIRM
        """,
    ),
    "nobody is done one by one at the notary's": (
        "law-firm",
        """
        > my wife and I need to talk to a lawyer about our landlord
        < Consultation · Matter: Landlord and tenant
        <! one person at a time
        """,
    ),
    "a person by name all the same": (
        "auto-repair",
        """
        > can I talk to a real person please
        = HUMAN
        """,
    ),
    "nights from a day on": (
        "boutique-hotel",
        """
        > id like to book 3 nights starting dec 5 for me and my wife
        < Guests: 2 · Nights: Sat 5 Dec - Tue 8 Dec | Which room
        > queen
        < Queen Room
        <! Total
        """,
    ),
    "an address is known": (
        "handyman",
        """
        > need someone to hang a tv saturday, 55 inch, 12 Oak Lane Greenfield
        < TV Mounting · Sat 21 Nov · Address: 12 Oak Lane Greenfield
        <! Where is it
        """,
    ),
    "the person travels along": (
        "barber",
        """
        > haircut sat 10 with theo
        < Haircut, Sat 21 Nov, 10:00 AM, with Theo
        """,
    ),
    "how big is asked once": (
        "pet-grooming",
        """
        > full groom tomorrow for a small dog
        > bella, shih tzu
        <! how big
        = CONFIRM
        """,
    ),
    "the days of a stay": (
        "boutique-hotel",
        """
        > do you have a garden room next weekend for 2 people?
        < Garden Room | Nights: Sat
        <! Which nights
        """,
    ),
}


@pytest.mark.parametrize("name", TALKS)
def test_talk(name: str) -> None:
    key, script = TALKS[name]
    opened(key).play(script)
