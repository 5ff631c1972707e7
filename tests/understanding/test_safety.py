"""Words of crisis, emergency and medical advice; and how many say none of it."""

from __future__ import annotations

import pytest

from bot.understanding.contract import Safety
from tests.understanding.salon import hear


@pytest.mark.parametrize(
    "said",
    [
        "I want to kill myself",
        "im going to hurt myself tonight",
        "i keep thinking about cutting myself",
        "I feel suicidal",
        "thinking about suicide",
        "I don't want to be here anymore",
        "i dont want to live",
        "there is no reason to live",
        "everyone would be better off without me, better off dead",
        "I want to die",
        "just want to end my life",
        "gonna end it all",
        "I overdosed",
        "I took too many pills",
        "i swallowed a bottle of pills",
        "I've been self-harming",
        "أبي أموت",
        "أفكر بالانتحار",
        "ابي اقتل نفسي",
        "ما ابي اعيش",
        "اتمنى الموت",
        "بلعت حبوب وايد",
    ],
)
def test_a_crisis(said: str) -> None:
    fact = hear(said).safety
    assert fact is not None
    assert fact.kind is Safety.CRISIS
    assert 0 <= fact.span.start < fact.span.end <= len(said)


@pytest.mark.parametrize(
    "said",
    [
        "I can't breathe",
        "I'm having chest pain",
        "she passed out",
        "call an ambulance",
        "the bleeding won't stop",
        "I'm having an allergic reaction",
        "I think he is having a stroke",
        "مو قادرة اتنفس",
        "اغمى عليها",
        "اتصلوا على الاسعاف",
    ],
)
def test_an_emergency(said: str) -> None:
    fact = hear(said).safety
    assert fact is not None
    assert fact.kind is Safety.EMERGENCY


@pytest.mark.parametrize(
    "said",
    [
        "Can I take ibuprofen before the treatment?",
        "is keratin safe during pregnancy?",
        "I'm pregnant, can I get a massage?",
        "how many panadol can I take",
        "what medicine should I take for the swelling?",
        "does botox have side effects",
        "is it infected?",
        "I have diabetes, is a pedicure ok?",
        "انا حامل ينفع اسوي كيراتين؟",
        "كم حبة بنادول اخذ",
        "هل فيه اعراض جانبية؟",
    ],
)
def test_medical_advice(said: str) -> None:
    fact = hear(said).safety
    assert fact is not None
    assert fact.kind is Safety.MEDICAL


@pytest.mark.parametrize(
    "said",
    [
        "I'm dying for a haircut",
        "dying to try the gel manicure",
        "these heels are killing me",
        "my back is killing me, do you have a massage today?",
        "I could kill for a pedicure",
        "I'd die of embarrassment",
        "I want to die laughing",
        "hair dye please",
        "can I take Friday at 5?",
        "can I have the 60 minute one",
        "take the earliest",
        "my life is so busy, do you open late?",
        "I live in Salmiya",
        "I have an allergy to latex",
        "I'm pregnant",
        "cancel it, I can't make it",
        "I cut my hair myself",
        "I hurt my nail",
        "I can't wait",
        "self tan",
        "is it safe to park there?",
        "the best day of my life is Friday, I'm getting married",
        "اموت على المناكير عندكم",
        "ميتة جوع",
        "ابي اموت من الضحك",
        "حامل وابي مناكير",
    ],
)
def test_ways_of_speaking(said: str) -> None:
    assert hear(said).safety is None


def test_the_gravest_is_told() -> None:
    fact = hear("I can't breathe and I want to die").safety
    assert fact is not None
    assert fact.kind is Safety.CRISIS
