"""Ways to pay, by how people call them, as the catalog's payment types."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from bot.catalog import Catalog, PaymentType
from bot.understanding.normalize import fold
from bot.understanding.phrases import Cue

_ARRIVAL = re.compile("arriv|venue|salon|store|location|later|person|site|counter|pos|عند|الوصول|الصالون")
_CASH = re.compile("cash|نقد|كاش")
_KNET = re.compile("k[-_ .]?net|كي ?نت")
_APPLE = re.compile("apple|ابل")
_GOOGLE = re.compile("google|gpay|جوجل")
_CARD = re.compile("card|visa|master|credit|debit|بطاق|فيزا")

_Test = Callable[[PaymentType, str], bool]


def _said(pattern: re.Pattern[str]) -> _Test:
    return lambda _, spelled: bool(pattern.search(spelled))


_TESTS: dict[Cue, tuple[_Test, ...]] = {
    Cue.PAY_ARRIVAL: (_said(_ARRIVAL), lambda kind, _: not kind.online),
    Cue.PAY_CASH: (_said(_CASH), lambda kind, spelled: not kind.online and bool(_ARRIVAL.search(spelled))),
    Cue.PAY_ONLINE: (lambda kind, _: kind.online,),
    Cue.PAY_CARD: (_said(_CARD),),
    Cue.PAY_KNET: (_said(_KNET),),
    Cue.PAY_APPLE: (_said(_APPLE),),
    Cue.PAY_GOOGLE: (_said(_GOOGLE),),
}


def payment_types(catalog: Catalog, cues: Iterable[Cue]) -> list[tuple[Cue, tuple[PaymentType, ...]]]:
    """Per cue the payment types it means; the first test that some type passes decides."""
    spelled = [(kind, fold(" ".join((kind.code, *kind.names.values())))) for kind in catalog.payment_types]
    found = []
    for cue in cues:
        for test in _TESTS.get(cue, ()):
            kinds = tuple(kind for kind, names in spelled if test(kind, names))
            if kinds:
                found.append((cue, kinds))
                break
    return found


def is_payment(label: object) -> bool:
    """Whether a phrase is about paying."""
    return isinstance(label, Cue) and label in _TESTS
