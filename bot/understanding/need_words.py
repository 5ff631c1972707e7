"""What people need done and where, in both languages: how they say it, and what a description would say.

Spoken words are stems (catalog_index.stem of the folded word). What is searched for is as it is written in
descriptions; PostgreSQL stems it.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.understanding.catalog_index import stem
from bot.understanding.normalize import fold


@dataclass(frozen=True, slots=True)
class Concern:
    """Something to be helped with."""

    key: str
    search: tuple[str, ...]
    """The plainest word first."""
    alone: bool = False
    """Says enough without a part of the body ("dandruff")."""
    without: tuple[str, ...] = ()
    """Names in which its words mean something else."""


@dataclass(frozen=True, slots=True)
class BodyPart:
    key: str
    search: tuple[str, ...]


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


_CONCERNS: tuple[tuple[Concern, str], ...] = (
    (
        Concern(
            "dry",
            _list(
                "dry, dryness, dehydrated, moisture, moisturising, moisturizing, hydrating, hydration, hydrate,"
                " nourishing, nourish, جاف, جافة, جفاف, ترطيب, مرطب, مغذي"
            ),
            without=("blow dry", "dry cut", "dry manicure", "dry pedicure"),
        ),
        "dry, dryness, dehydrated, parched, جاف, جافه, ناشف, ناشفه, جفاف",
    ),
    (
        Concern("oily", _list("oily, greasy, sebum, purifying, دهني, دهنية")),
        "oily, greasy, دهني, دهنيه, زيتي, زيتيه",
    ),
    (
        Concern(
            "damaged",
            _list(
                "damaged, damage, bleached, repair, rebuild, rebuilds, split ends, restore,"
                " تالف, متقصف, متقصفة, بناء"
            ),
        ),
        "damaged, damage, bleached, fried, burnt, تالف, تالفه, متقصف, متقصفه, متضرر, محروق",
    ),
    (
        Concern("split ends", _list("split ends, damaged, متقصفة, الأطراف المتقصفة"), alone=True),
        "split end, تقصف, اطراف متقصفه",
    ),
    (
        Concern("frizzy", _list("frizzy, frizz, smoothing, smooths, straightening, مجعد, كيراتين, تنعيم")),
        "frizzy, frizz, fuzzy, unruly, هايش, منفوش, مجعد, كيرلي",
    ),
    (
        Concern("thin", _list("thin, thinning, volume, filler, خفيف, كثافة")),
        "thin, thinning, falling, خفيف, يتساقط, تساقط",
    ),
    (
        Concern("dandruff", _list("dandruff, flakes, flaky, قشرة"), alone=True),
        "dandruff, flake, flaky, قشره, القشره",
    ),
    (
        Concern("brittle", _list("brittle, strengthening, strengthen, weak, broken, تقوية, ضعيف")),
        "brittle, weak, breaking, broken, splitting, ضعيف, ضعيفه, متكسر, متكسره, تتكسر",
    ),
    (
        Concern("cracked", _list("cracked, rough, hard skin, callus, متشقق, القاسي")),
        "cracked, rough, callused, متشقق, متشققه, مشقق, خشن, خشنه",
    ),
    (
        Concern("acne", _list("acne, pimples, blemish, breakouts, حبوب, حب الشباب"), alone=True),
        "acne, pimple, breakout, blemish, حبوب, حب شباب",
    ),
    (
        Concern("dull", _list("dull, glow, glowing, radiance, brightening, نضارة, باهت")),
        "dull, lifeless, pale, باهت, باهته",
    ),
    (
        Concern("tired", _list("tired, refresh, refreshes, refreshing, glow, متعب, نضارة")),
        "tired, متعب, متعبه, تعبان, تعبانه",
    ),
    (
        Concern("sensitive", _list("sensitive, gentle, soothing, حساس, حساسة")),
        "sensitive, irritated, حساس, حساسه",
    ),
    (
        Concern(
            "wrinkles", _list("wrinkles, fine lines, anti ageing, anti aging, firming, تجاعيد"), alone=True
        ),
        "wrinkle, fine line, تجاعيد",
    ),
    (
        Concern(
            "tense", _list("tense, tension, tight, firm pressure, deep tissue, massage, توتر, مشدودة, مساج")
        ),
        "tense, tight, stiff, sore, aching, ache, achy, hurt, pain, مشدود, مشدوده, يعورني, تعورني, الم, يالمني",
    ),
    (
        Concern("stress", _list("relaxing, relax, relaxation, tension, calming, استرخاء, توتر"), alone=True),
        "stress, stressed, توتر, استرخاء",
    ),
    (
        Concern("grey", _list("grey, gray, roots, regrowth, root touch, colour, color, شيب, صبغة")),
        "grey, gray, white, شيب, شايب",
    ),
)
_PARTS: tuple[tuple[BodyPart, str], ...] = (
    (BodyPart("hair", _list("hair, شعر")), "hair, شعر, شعري, شعرها, شعرك"),
    (BodyPart("scalp", _list("scalp, فروة")), "scalp, فروه, فروه راس, فروه راسي"),
    (
        BodyPart("nails", _list("nails, nail, manicure, pedicure, أظافر, مانيكير, باديكير")),
        "nail, fingernail, toenail, ظفر, اظافر, اظافري, اظفر, ضوافر, ضوافري",
    ),
    (
        BodyPart("hands", _list("hands, hand, manicure, يد, يدين, لليدين, اليدين")),
        "hand, يد, يدي, يدين, ايدي, ايديني",
    ),
    (
        BodyPart("feet", _list("feet, foot, pedicure, قدم, قدمين, القدمين, باديكير")),
        "feet, foot, قدم, قدمي, رجل, رجلي, رجولي, ريولي",
    ),
    (BodyPart("heels", _list("heels, heel, foot, feet, كعب")), "heel, كعب, كعبي, كعوب"),
    (BodyPart("skin", _list("skin, facial, بشرة")), "skin, بشره, بشرتي, جلد, جلدي"),
    (BodyPart("face", _list("face, facial, skin, وجه, بشرة")), "face, وجه, وجهي, ويهي"),
    (BodyPart("back", _list("back, massage, shoulder, ظهر, مساج")), "back, ظهر, ظهري"),
    (
        BodyPart("shoulders", _list("shoulders, shoulder, neck, massage, كتف, رقبة, مساج")),
        "shoulder, neck, كتف, كتفي, كتوفي, رقبه, رقبتي",
    ),
    (BodyPart("muscles", _list("muscles, muscle, massage, عضلات, مساج")), "muscle, عضلات, عضلاتي"),
    (BodyPart("lashes", _list("lashes, lash, eyelash, رموش")), "lash, eyelash, رموش, رموشي"),
    (BodyPart("brows", _list("brows, brow, eyebrow, حواجب")), "brow, eyebrow, حواجب, حواجبي"),
)


def stems(phrase: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in fold(phrase).split())


CONCERNS: dict[tuple[str, ...], Concern] = {
    stems(spoken): concern for concern, said in _CONCERNS for spoken in _list(said)
}
PARTS: dict[tuple[str, ...], BodyPart] = {
    stems(spoken): part for part, said in _PARTS for spoken in _list(said)
}
LONGEST = max(len(key) for key in (*CONCERNS, *PARTS))
FIRST_WORDS = frozenset(key[0] for key in (*CONCERNS, *PARTS))
