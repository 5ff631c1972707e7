"""Who the customer is: names, phone numbers, e-mail addresses."""

from __future__ import annotations

import pytest

from bot.workspace import SlotKind
from tests.understanding.salon import hear, labels


def _name(said: str, asked: SlotKind | None = None) -> str | None:
    fact = hear(said, asked).name
    return fact.value if fact else None


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("I'm Sara", "Sara"),
        ("i am Sara Ali", "Sara Ali"),
        ("im noura", "noura"),
        ("my name is sara test", "sara test"),
        ("My name's Dana", "Dana"),
        ("name: Dana Al-Mutairi", "Dana Al-Mutairi"),
        ("under the name of Huda Salem", "Huda Salem"),
        ("put it under Mariam please", "Mariam"),
        ("book for Sara Ali", "Sara Ali"),
        ("call me Bob", "Bob"),
        ("This is Jean-Luc O'Neill", "Jean-Luc O'Neill"),
        ("hi I'm Dana and I want a gel manicure", "Dana"),
        ("I’m Zoë", "Zoë"),
        ("change the name to Reem", "Reem"),
        ("gel mani tomorrow at 2 at Plaza, I'm Sara", "Sara"),
        ("what do I owe? I'm planning a party. I'm Dana Salem", "Dana Salem"),
        ("cancel the booking listed under Huda Salem tonight", "Huda Salem"),
        ("it's under salem", "salem"),
        ("the reservation is under dana obeid, for 4", "dana obeid"),
        ("Dana Obeid is my name", "Dana Obeid"),
        ("Dana Obeid, that's my name", "Dana Obeid"),
        ("Huda Salem here, can I add a guest?", "Huda Salem"),
        ("Hi, Reem here", "Reem"),
        ("Huda Salem, party of 6, at 8", "Huda Salem"),
        ("the surname is Obeid", "Obeid"),
        ("last name Obeid", "Obeid"),
        ("my names Dana Obeid", "Dana Obeid"),
        ("the name should be Reem", "Reem"),
        ("hi this is reem, can I come later?", "reem"),
        ("Hi, it's me Dana", "Dana"),
        ("I have a booking for dana obeid", "dana obeid"),
        ("a gel manicure for Dana tomorrow", "Dana"),
        ("an appointment on Tuesday, 24 November for Dana Obeid", "Dana Obeid"),
        ("My name is Huda Day and I'm late", "Huda Day"),
        ("my name is dana obeid account number 1234", "dana obeid"),
        ("My name is H-U-D-A", "Huda"),
        ("I'm Maria de la Cruz", "Maria de la Cruz"),
        ("I am grace", "grace"),
        ("انا فاطمة", "فاطمة"),
        ("السلام عليكم معك أحمد", "أحمد"),
        ("هلا انا نورة العتيبي وابي موعد", "نورة العتيبي"),
        ("اسمي علي", "علي"),
    ],
)
def test_a_name_said_plainly(said: str, name: str) -> None:
    assert _name(said) == name


@pytest.mark.parametrize(
    "said",
    [
        "I'm looking for a manicure",
        "i'm good",
        "I'm free tomorrow",
        "I'm not sure",
        "I'm interested in keratin",
        "I'm running late",
        "for Friday",
        "for two",
        "this is great",
        "it's urgent",
        "for a friend",
        "call me back",
        "call me tomorrow",
        "with Sara",
        "Sara",
        "for my daughter",
        "a child's appointment",
        "it's for tomorrow",
        "An appointment for Hair Wash please",
        "Book for Keratin Treatment",
        "How much for Nail Art",
        "for Plaza",
        "I'm finished. Goodbye.",
        "i am clueless",
        "Do I have to pay for WiFi?",
        "I would like to book for August 7th",
        "book it for May 5",
        "a table for Christmas",
        "The doctor's name is Huda Salem",
        "what is the street name",
        "their name is Obeid",
        "Could I get the number for Obeid Trading",
        "an appointment for Dr. Haddad please",
        "a gel manicure for Friday",
        "a manicure for Plaza",
        "is anyone here?",
        "under 20 dinars",
        "under construction",
        "Green Garden is the name of the street",
        "انا مستعجلة",
        "انا في الطريق",
        "معك حق",
        "انا ابي موعد",
    ],
)
def test_no_name(said: str) -> None:
    assert _name(said) is None


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Sara Test", "Sara Test"),
        ("sara", "sara"),
        ("it's Sara", "Sara"),
        ("Sure, Ahmed Al Ali", "Ahmed Al Ali"),
        ("Dr. Huda Salem", "Dr. Huda Salem"),
        ("Maya", "Maya"),
        ("noor ali", "noor ali"),
        ("Sara Test, 9876 5432, sara@example.com", "Sara Test"),
        ("My name is Lina and my number is 98765432", "Lina"),
        ("hello, I'm Dana", "Dana"),
        ("O'Brien", "O'Brien"),
        ("José María", "José María"),
        ("Анна Иванова", "Анна Иванова"),
        ("Dana. I need the appointment as soon as possible", "Dana"),
        ("Dana, can I come on Thursday at 2pm?", "Dana"),
        ("My name? Dana.", "Dana"),
        ("Huda Salem. Maybe at Plaza", "Huda Salem"),
        ("Huda and I really need to come in tonight", "Huda"),
        ("Huda Salem but make it for two", "Huda Salem"),
        ("Dana with a D", "Dana"),
        ("Certainly, Dana", "Dana"),
        ("It is Huda Salem. My account is 12345678.", "Huda Salem"),
        ("Grace", "Grace"),
        ("Big Mike", "Big Mike"),
        ("Tom Salem", "Tom Salem"),
        ("my daughter Dana", "Dana"),
        ("it's for my mother, Huda", "Huda"),
        ("her name is Huda", "Huda"),
        ("Dana / 98765432", "Dana"),
        ("😀 Marwa 👍", "Marwa"),
        ("my name is not dina it's dana", "dana"),
        ("not Dina, Dana", "Dana"),
        ("نورة بنت محمد", "نورة بنت محمد"),
        ("الاسم نورة ورقمي ٩٨٧٦٥٤٣٢", "نورة"),
        ("it's May Obeid", "May Obeid"),
        ("declan little", "declan little"),
        ("D-A-N-A", "Dana"),
        ("d a n a", "Dana"),
        ("J. Obeid", "J. Obeid"),
        ("أم محمد", "أم محمد"),
        ("دكتورة هدى", "دكتورة هدى"),
        ("معك سارة", "سارة"),
    ],
)
def test_a_name_as_the_answer(said: str, name: str) -> None:
    heard = hear(said, SlotKind.NAME)
    assert heard.name is not None
    assert heard.name.value == name
    assert heard.staff == (), "asked for a name, it is the customer's"


@pytest.mark.parametrize("asked", [SlotKind.TIME, SlotKind.PHONE, SlotKind.PAYMENT])
@pytest.mark.parametrize("said", ["Adel Test", "Dana Obeid Salem", "Huda Al-Mutairi."])
def test_a_full_name_alone_is_one_though_something_else_was_asked(said: str, asked: SlotKind) -> None:
    assert _name(said, asked) == said.rstrip(".")


@pytest.mark.parametrize(
    "said",
    [
        "Sounds Good",
        "Gel Manicure",
        "ali test",
        "ALI TEST",
        "Dana",
        "Next Week",
        "Credit Card",
        "See You Then",
    ],
)
def test_what_else_stands_alone_with_capitals_is_no_name(said: str) -> None:
    assert _name(said, SlotKind.TIME) is None


@pytest.mark.parametrize("asked", [None, SlotKind.SERVICES, SlotKind.STAFF, SlotKind.LOCATION])
def test_where_names_of_other_things_are_asked_capitals_say_nothing(asked: SlotKind | None) -> None:
    assert _name("Brazilian Balayage", asked) is None


@pytest.mark.parametrize(
    "said",
    [
        "what time do you open?",
        "yes",
        "no",
        "anyone",
        "tomorrow",
        "tomorrow at 5",
        "sara@example.com",
        "skip",
        "98765432",
        "gel manicure",
        "ok",
        "why do you need it?",
        "I don't want to say",
        "cancel",
        "human please",
        "Plaza",
        "how much is it",
        "start over",
        "call me later, I am busy",
        "Book it. Thank you.",
        "I was just there. See you",
        "2",
        "👍",
    ],
)
def test_no_name_as_the_answer(said: str) -> None:
    assert _name(said, SlotKind.NAME) is None


@pytest.mark.parametrize(
    ("said", "phone"),
    [
        ("+965 5000 0012", "+96550000012"),
        ("98765432", "+96598765432"),
        ("call me on 9876-5432", "+96598765432"),
        ("00965 9876 5432", "+96598765432"),
        ("my number is 965 98765432", "+96598765432"),
        ("+1 (202) 555-0143", "+12025550143"),
        ("٩٨٧٦٥٤٣٢", "+96598765432"),
        ("Sara, 9876 5432, tomorrow at 5", "+96598765432"),
    ],
)
def test_phones(said: str, phone: str) -> None:
    heard = hear(said)
    assert heard.phone is not None
    assert heard.phone.value == phone
    assert heard.bad_phone is None


@pytest.mark.parametrize(
    ("said", "region", "phone"),
    [
        ("reach me at 020 7946 0018 ext. 12 please", "GB", "+442079460018"),
        ("020 7946 0018x12", "GB", "+442079460018"),
        ("phone:020 7946 0018", "GB", "+442079460018"),
        ("my number is +1 555 0142", "US", "+15550142"),
        ("+1 555 010 0142", "KW", "+15550100142"),
        ("Tel. (202) 555-0143 04/21/2027 12:30", "US", "+12025550143"),
        ("on 21.6.2027 at 202-555-0143", "US", "+12025550143"),
        ("011 44 20 7946 0018", "US", "+442079460018"),
        ("00 965 5000 0012", "GB", "+96550000012"),
        ("my mobile is 96550000012", "GB", "+96550000012"),
        ("٠٠٩٦٥ ٥٠٠٠ ٠٠١٢", "KW", "+96550000012"),
        ("call 5000 0012 or 5000 0013", "KW", "+96550000012"),
    ],
)
def test_phones_as_they_are_written_elsewhere(said: str, region: str, phone: str) -> None:
    heard = hear(said, region=region)
    assert heard.phone is not None
    assert heard.phone.value == phone


def test_a_wrong_number_is_kept_as_it_was_written() -> None:
    heard = hear("my phone number is 0161 49-60-0", region="US")
    assert heard.phone is None
    assert heard.bad_phone
    assert heard.wrong_phone is not None
    assert heard.wrong_phone.value == "0161 49-60-0"


@pytest.mark.parametrize(
    "said",
    [
        "my account number is 98765432",
        "order no. 98765432",
        "civil id: 98765432",
        "رقم الحجز 98765432",
        "123456 is too short to be a phone number",
        "98765432111222 isn't a phone number",
        "26 11 2026",
        "45*31-98765432",
    ],
)
def test_other_numbers_are_no_phone(said: str) -> None:
    heard = hear(said)
    assert (heard.phone, heard.bad_phone, heard.wrong_phone) == (None, None, None)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("12345", "few"),
        ("my number is 555", "few"),
        ("98765432101234", "many"),
        ("+999 1234 5678", "country code"),
        ("11111111", "no such number"),
    ],
)
def test_a_wrong_phone_says_why(said: str, why: str) -> None:
    heard = hear(said, SlotKind.PHONE)
    assert heard.phone is None
    assert heard.bad_phone is not None
    assert why in heard.bad_phone


@pytest.mark.parametrize(
    "said", ["26/11/2026", "2026-11-26 14:30", "tomorrow at 5", "between 2 and 4", "5", "10.500 KWD"]
)
def test_dates_and_prices_are_no_phone(said: str) -> None:
    heard = hear(said)
    assert heard.phone is None
    assert heard.bad_phone is None


@pytest.mark.parametrize(
    ("said", "email"),
    [
        ("sara@example.com", "sara@example.com"),
        ("my mail: Sara.Ali+salon@example.co.uk.", "Sara.Ali+salon@example.co.uk"),
        ("send it to (sara@example.com) please", "sara@example.com"),
        ("Sara, sara_ali@mail.example.com, 98765432", "sara_ali@mail.example.com"),
    ],
)
def test_emails(said: str, email: str) -> None:
    heard = hear(said)
    assert heard.email is not None
    assert heard.email.value == email
    assert labels(heard.staff) == ([] if not said.startswith("Sara,") else ["sara"])


def test_a_spoken_email_counts_where_one_was_asked_for() -> None:
    heard = hear("sara at example dot com", SlotKind.EMAIL)
    assert heard.email is not None
    assert heard.email.value == "sara@example.com"
    assert hear("sara at example dot com").email is None


@pytest.mark.parametrize(
    ("said", "email"),
    [
        ("my email is sara at example dot com", "sara@example.com"),
        ("e-mail: sara underscore ali at mail dot example dot com", "sara_ali@mail.example.com"),
        ("email sara dot ali at example.com please", "sara.ali@example.com"),
        ("my email: sara @ example . com", "sara@example.com"),
        ("ايميلي sara@example.com", "sara@example.com"),
    ],
)
def test_an_announced_email_may_be_spoken(said: str, email: str) -> None:
    heard = hear(said)
    assert heard.email is not None
    assert heard.email.value == email
    assert heard.bad_email is None
    assert heard.locations == ()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("sara@example", "after"),
        ("sara.example.com", "@"),
        ("sara..ali@example.com", "before"),
        ("@example.com", "@"),
        ("sara@example.con", ".com"),
    ],
)
def test_a_wrong_email_says_why(said: str, why: str) -> None:
    heard = hear(said, SlotKind.EMAIL)
    assert heard.email is None
    assert heard.bad_email is not None
    assert why in heard.bad_email


def test_reasons_are_in_the_customers_language() -> None:
    assert "أرقام" in (hear("12345", SlotKind.PHONE, language="ar").bad_phone or "")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("gel manicure Tuesday at 10 am, John Test, +1 202 555 0142, john@example.com", "John Test"),
        ("gel manicure tomorrow 5pm, Sara de la Test, sara@example.com", "Sara de la Test"),
        ("Gel Manicure, tomorrow at 5, +96550000012", None),
        ("Hi There, sara@example.com", None),
        ("Some Other Day, tomorrow", None),
    ],
)
def test_a_name_stands_before_how_to_reach_him(said: str, name: str | None) -> None:
    heard = hear(said)
    assert (heard.name.value if heard.name else None) == name
