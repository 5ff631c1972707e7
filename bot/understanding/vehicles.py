"""A car as customers name it: "2018 Honda Civic", "كامري ٢٠٢٠". Read only where a business asks for one."""

from __future__ import annotations

import re

from bot.understanding.normalize import Text, fold
from bot.understanding.words import COMMON, FILLERS, POLITE

_MAKES = """
    acura alfa romeo aston martin audi bentley bmw buick byd cadillac changan chery chevrolet chevy chrysler dodge
    ferrari fiat ford geely genesis gmc haval honda hummer hyundai infiniti isuzu jaguar jeep jetour kia lamborghini
    lexus lucid maserati mazda mclaren mercedes mercedes-benz mg mini mitsubishi nissan opel peugeot
    polestar porsche rover renault rivian saab skoda subaru suzuki tesla toyota
    volkswagen vw volvo
    تويوتا هوندا نيسان لكزس مرسيدس فورد شفروليه شيفروليه جيب كيا هيونداي هونداي مازدا ميتسوبيشي سوزوكي بورش اودي
    رنج دودج جمس انفينيتي جيلي شيري هافال تسلا فولكس رينو بيجو كاديلاك لاندروفر
"""
_MODELS = """
    accord altima armada bronco camaro camry civic corolla corvette cherokee elantra escalade explorer f-150 f150
    forester highlander impala jetta landcruiser maxima mustang odyssey optima outback patrol passat pathfinder pilot
    prado prius rav4 rogue sentra sienna silverado sonata sorento sportage suburban tacoma tahoe tucson tundra wrangler
    yukon كامري كورولا لاندكروزر برادو باترول باثفندر تاهو يوكن موستنق اكورد سيفيك التيما سوناتا النترا يارس
"""
_NAMES = "|".join(sorted(map(re.escape, fold(f"{_MAKES} {_MODELS}").split()), key=len, reverse=True))
_YEAR = r"(?:19[6-9]\d|20[0-4]\d)"
_START = re.compile(rf"(?<!\w)(?:(?:{_YEAR}|'\d\d)\s+)?(?:{_NAMES})(?!\w)")
_NEXT = re.compile(r"[ ]+([^\s,.;!?،؟]+)")
_STOPS = COMMON | FILLERS | POLITE | {fold("موديل")}
_MORE = 3
"""Words that may follow a make: model, trim, year."""


def find_vehicle(raw: str) -> str | None:
    """The first car that a text names, as it was written. None: no make or well-known model is there."""
    text = Text(raw)
    found = _START.search(text.folded)
    if found is None:
        return None
    end = found.end()
    for _ in range(_MORE):
        following = _NEXT.match(text.folded, end)
        if following is None:
            break
        word = following[1]
        is_year = re.fullmatch(_YEAR, word) is not None
        if not is_year and (word in _STOPS or (word.isdigit() and len(word) > 3)):
            break
        end = following.end()
        if is_year:
            break
    return text.original(found.start(), end)
