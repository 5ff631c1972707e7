"""Lines as customers write them, each with all that matters in it. "t:" times, "d:" days, "s:" services …"""

from __future__ import annotations

import pytest

from bot.understanding.contract import Understanding
from bot.workspace import SlotKind
from tests.understanding.salon import days, hear, label, labels, services, times


def told(heard: Understanding) -> str:
    """Everything understood in one line, in a fixed order."""
    parts = {
        "i": [str(intent) for intent in heard.intents],
        "p": [] if heard.polarity is None else ["yes" if heard.polarity else "no"],
        "s": services(heard),
        "out": [label(match.id) for mention in heard.removed for match in mention],
        "at": labels(heard.locations),
        "by": labels(heard.staff) or (["anyone"] if heard.any_staff else []),
        "d": days(heard),
        "t": times(heard),
        "pay": labels(heard.payment_types),
        "n": [heard.name.value] if heard.name else [],
        "?": [heard.unknown_service.value] if heard.unknown_service else [],
    }
    return " ".join(f"{key}:{','.join(values)}" for key, values in parts.items() if values)


GEL = "gel extensions|gel manicure|gel pedicure|gel removal"
MANICURES = "classic manicure|french manicure|gel manicure"

TURNS = [
    (
        "hey do u have any slots for gel mani tmrw after 6?",
        "i:greeting,ask_times s:gel manicure d:2026-11-22 t:06:00-23:59?",
    ),
    ("whats the price for a haircut and blow dry", "i:ask_price s:haircut,blow dry"),
    ("I need to book for my mother", "i:book"),
    ("I have an allergy to latex", ""),
    (
        "I'd like to come on Friday at 4 with Lina for a classic pedicure",
        "s:classic pedicure by:lina d:2026-11-27 t:04:00?",
    ),
    ("could you do 3:30 instead?", "i:change t:03:30?"),
    ("how about sunday at 11", "d:2026-11-22 t:11:00?"),
    ("what about 5?", "t:05:00?"),
    ("Book me in for Saturday at noon", "i:book d:2026-11-28 t:12:00"),
    ("need an appointment asap", "i:book t:earliest"),
    ("is Maya available on Sunday?", "by:maya,maya2 d:2026-11-22"),
    ("where is the plaza branch?", "i:ask_place at:plaza"),
    ("how long is the keratin treatment", "i:ask_duration s:keratin"),
    ("Can you tell me your opening hours on Friday?", "i:ask_hours d:2026-11-27"),
    ("I'll pay cash when I arrive", "pay:pay arrival"),
    ("no I want Zahra", "p:no at:zahra"),
    ("not the gel manicure, the french one", "i:remove s:gel manicure,french manicure out:gel manicure"),
    ("remove gel manicure and add nail art", "i:remove s:gel manicure,nail art out:gel manicure"),
    ("remove gel removal", "i:remove s:gel removal out:gel removal"),
    ("I don't want the haircut anymore", "i:remove s:haircut out:haircut"),
    ("change it to french manicure", "i:change s:french manicure"),
    ("can I bring my kid", "i:ask_policy"),
    ("a child's appointment", "i:book"),
    ("no that's all thanks", "i:done,thanks p:no"),
    (
        "Hi, I'm Noura, I'd like to book a gel manicure at Marina on Nov 25 at 4:30pm",
        "i:greeting,book s:gel manicure at:marina d:2026-11-25 t:16:30 n:Noura",
    ),
    ("Hi my name is Fatima. Can I come today at 6?", "i:greeting d:2026-11-21 t:06:00? n:Fatima"),
    ("haircut for two people on friday", "s:haircut d:2026-11-27"),
    ("i want 2 manicures", f"s:{MANICURES}"),
    ("do you accept knet?", "i:ask_payment pay:pay knet"),
    ("tomorrow 10-11", "d:2026-11-22 t:10:00-11:00?"),
    ("between 4 and 6 pm on sunday", "d:2026-11-22 t:16:00-18:00"),
    ("any time after 3 on tuesday", "d:2026-11-24 t:03:00-23:59?"),
    ("friday or saturday morning", "d:2026-11-27,2026-11-28 t:morning"),
    ("early morning on 5th December", "d:2026-12-05 t:morning"),
    ("not before 5", "t:05:00-23:59?"),
    ("no later than 6pm", "t:-18:00"),
    ("5pm onwards", "t:17:00-23:59"),
    ("5pm or later tomorrow", "d:2026-11-22 t:17:00-23:59"),
    ("gel nails", f"s:{GEL}"),
    ("gel polish", f"s:{GEL}"),
    ("nails", ""),
    (
        "can i get my nails done on thursday",
        "s:classic manicure|classic pedicure|french manicure|gel manicure|gel pedicure|nail art d:2026-11-26",
    ),
    ("acrylic nails", "?:acrylic nails"),
    ("book me with someone else", "i:book,alternatives"),
    ("Haircut with Lina in Zahra next Tue 17:00 pls", "s:haircut at:zahra by:lina d:2026-11-24 t:17:00"),
    ("please cancel tomorrow's appointment", "i:cancel d:2026-11-22"),
    ("won't be able to come tomorrow", "i:cancel d:2026-11-22"),
    ("move it to 6pm", "i:change t:18:00"),
    ("can we make it thursday instead", "i:change d:2026-11-26"),
    ("can you add a blow dry", "i:add s:blow dry"),
    ("my sister and I want pedicures", "s:classic pedicure|gel pedicure"),
    ("I like pink", ""),
    ("salut, je voudrais réserver", ""),
    ("Is there parking?", "i:ask_place"),
    ("2 of us, saturday 4pm, gel manicures", "s:gel manicure d:2026-11-28 t:16:00"),
]


@pytest.mark.parametrize(("said", "meant"), TURNS)
def test_a_line(said: str, meant: str) -> None:
    assert told(hear(said)) == meant


ANSWERS = [
    (SlotKind.NAME, "Sara please", "n:Sara"),
    (SlotKind.NAME, "it's under Huda", "n:Huda"),
    (SlotKind.NAME, "April", "n:April"),
    (SlotKind.NAME, "Will Smith", "n:Will Smith"),
    (SlotKind.NAME, "lol", ""),
    (SlotKind.NAME, "name is Huda, tomorrow at 5", "d:2026-11-22 t:05:00? n:Huda"),
    (SlotKind.NAME, "you already have it", ""),
    (SlotKind.TIME, "4 or 5", "t:04:00?,05:00?"),
    (SlotKind.TIME, "whenever Maya is free", "by:maya,maya2 t:00:00-23:59"),
    (SlotKind.TIME, "28", "d:2026-11-28"),
    (SlotKind.TIME, "5 to 6", "t:05:00-06:00?"),
    (SlotKind.TIME, "the 3:30 one", "t:03:30?"),
    (SlotKind.TIME, "noon on monday", "d:2026-11-23 t:12:00"),
    (SlotKind.STAFF, "sarra", "by:sara"),
    (SlotKind.STAFF, "whoever is free at 5", "by:anyone t:05:00?"),
    (SlotKind.STAFF, "anyone but sara", "i:change by:anyone"),
    (SlotKind.SERVICES, "eyebrow threading", "?:eyebrow threading"),
    (SlotKind.SERVICES, "i dont know", ""),
    (SlotKind.PHONE, "what for?", ""),
    (SlotKind.EMAIL, "no thanks", "p:no"),
    (SlotKind.LOCATION, "the plaza one", "at:plaza"),
    (SlotKind.PAYMENT, "I'll pay there", "pay:pay arrival"),
]


@pytest.mark.parametrize(("asked", "said", "meant"), ANSWERS)
def test_an_answer(asked: SlotKind, said: str, meant: str) -> None:
    assert told(hear(said, asked)) == meant
