"""What the customer wants to do, settled from the phrases that were found and from a few patterns of speech."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.understanding.contract import Intent, Span
from bot.understanding.lexicon import START_MESSAGES, STOP_MESSAGES
from bot.understanding.normalize import Text, fold
from bot.understanding.payment import is_payment
from bot.understanding.phrases import Cue, Hit
from bot.understanding.words import FILLERS, POLITE, words

_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_STOP_PHRASE = re.compile(
    r"\b(?:stop|quit)\s(?:messaging|texting|sending|contacting|spamming)\b"
    r"|\b(?:don't|dont|do not)\s(?:message|text|contact|spam)\sme\b"
    r"|\bunsubscribe me\b|\bopt me out\b|\bremove me from\b|\bلا ترسل|\bوقفوا الرسائل\b"
)
_VISIT = r"(?:appointment|appt|booking|reservation|session|visit|slot|job)s?"
_PATTERNS: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    (
        Intent.RESCHEDULE,
        re.compile(
            rf"\b(?:move|push|shift|postpone|delay|bring|switch|change)\s(?:back\s)?(?:my|our|the|this|[a-z]+'?s)\s"
            rf"(?:[\w:]+\s){{0,3}}?{_VISIT}\b"
            rf"|\b(?:have|had|got)\s(?:an?|my)\s(?:[a-z]+\s){{0,2}}?{_VISIT}\b[^.?!\n]{{0,40}}?"
            r"\b(?:move|change|push|shift|reschedule|postpone)\s(?:it|that|this)\b"
            rf"|\b(?:my|our)\s{_VISIT}\s(?:[a-z]+\s){{0,3}}?(?:later|earlier|sooner)\b(?!\s(?:today|this|on|tonight|than))"
            rf"|\b{_VISIT}\s(?:time\s|date\s|day\s)?(?:to be\s)?(?:changed|moved|rescheduled|postponed|pushed)\b"
        ),
    ),
    (
        Intent.ALTERNATIVES,
        re.compile(
            r"\b(?:any|some|find|show|see|give|get|tell|recommend|suggest|try|there|have|got|about|is|are|check|want"
            r"|prefer|need|like|look for|please|what|which|who|your)\s"
            r"(?:me\s|us\s)?(?:a\s|the\s|for\s)?(?:few\s|any\s|some\s)?"
            rf"(?:others?|another|different)\b(?!\s{_VISIT})|\b(?:some|any)(?:where|one|thing|body) else\b"
            r"|\bkeep (?:looking|searching)\b|\b(?:some|few|any) more\s(?:options|choices|times|days|places)\b"
        ),
    ),
    (
        Intent.HUMAN,
        re.compile(
            r"\b(?:speak|talk|chat|connect me|transfer me)\s(?:to|with)\s(?:an?\s|the\s|your\s)?"
            r"(?:real\s|live\s|actual\s)?(?:person|human|agent|someone|somebody|manager|representative|receptionist|owner|operator|advis[eo]r|dentist|doctor|lawyer|attorney|nurse|mechanic|chef|stylist|barber"
            r"|technician|therapist|trainer|artist|boss|team|staff|office|front desk)\b"
        ),
    ),
    (
        Intent.ASK_HOURS,
        re.compile(
            r"\b(?:are|r|is|will)\s(?:you|u|ya|it|(?:the|your)\s(?:shop|salon|clinic|kitchen|place|store|restaurant))\s"
            r"(?:guys\s)?(?:still\s|be\s)?(?:open|closed)\b"
            r"|\b(?:what|wat|which)\stime\s(?:do|does|will)\s[^?\n]{0,25}\b(?:open|close)\b"
        ),
    ),
    (
        Intent.ASK_TIMES,
        re.compile(
            r"\b(?:has|have|got)\s(?:any\s)?(?:free\s)?(?:anything\s(?:on|at|after|before|free|\w+day\b)|slots?|openings?|availability|space)\b"
            r"|\b(?:do|d)\s?(?:you|u|ya)\s(?:guys\s)?(?:have|got)\s(?:any\s|an?\s)?"
            r"(?:anything\b(?!\s(?:for|to|that)\s(?!\d|one|two|three|four|five|six|today|tomorrow))"
            r"|(?:free\s)?(?:slots?|openings?|availability|space|room|tables?|appointments?)\b)"
            rf"|\b{fold('متى')}\s(?:\S+\s){{1,3}}{fold('(?:موجود|فاضي|يداوم|تداوم|متوفر|متاح)')}"
        ),
    ),
    (
        Intent.USUAL,
        re.compile(
            r"\bsame\s(?:[a-z]+\s){0,3}as\s(?:my\s|the\s)?(?:last|before|always|usual|previous)\b"
            r"|\bsame\s(?:[a-z]+\s){0,2}i\s(?:had|got|did|booked)\b"
            rf"|\b{fold('نفس')}\s(?:\S+\s){{0,3}}(?:{fold('اللي|الي')})\s"
            rf"(?:{fold('فاتت|طافت|فات|طاف|قبل|كل مرة|سويته|سويتها')})"
        ),
    ),
    (
        Intent.ASK_POLICY,
        re.compile(
            r"\b(?:can|could|may|should|is it ok(?:ay)? (?:if|to)|do)\s(?:(?:i|we|my\s[a-z]+)\s)?"
            r"(?:need to\s|have to\s)?(?:bring|come with|come early|arrive|fast|wait)\b"
            r"|\b(?:cancell?ation|refund|late|no.?show)\s(?:policy|fees?|charges?|rules?)\b"
        ),
    ),
    (
        Intent.HUMAN,
        re.compile(
            r"\b(?:i|i've|ive|already|have|was|got|been)\s(?:paid|charged|debited)\b[^.\n]{0,40}\b(?:fail\w*|declin\w*"
            r"|error|twice|not (?:booked|confirmed|go through)|didnt go through|no confirmation)\b"
            r"|\b(?:payment|card|money|amount)\s(?:was\s|has\s|is\s|got\s)?"
            r"(?:fail\w*|declin\w*|taken twice|taken but)\b"
            r"|\b(?:charged|paid)\s(?:me\s|us\s)?twice\b"
            rf"|\b{fold('(?:دفعت|انخصم|خصموا|انسحب)')}[^.\n]{{0,40}}"
            rf"{fold('(?:فشل|رفض|مرتين|ما تاكد|ما انحجز|خطا|غلط)')}"
            rf"|{fold('(?:الدفع|الدفعة) (?:فشل|فشلت|ما تم|مرفوض)')}"
        ),
    ),
    (Intent.CHANGE, re.compile(r"\b\d+\s(?:people\s)?(?:not|instead of)\s\d+\b")),
    (Intent.THANKS, re.compile(r"\bth+a+n+k+(?:s+|z+)\b|\bthank\s(?:you+|u+|ya)\b|\btnx\b")),
    (
        Intent.GOODBYE,
        re.compile(
            r"\bbye+\b|\bhave an? (?:[a-z]+\s){1,3}(?:day|evening|night|weekend|one|week|time|afternoon)\b"
        ),
    ),
    (Intent.GREETING, re.compile(r"^\W*(?:he+y+|hi+|hello+|hey+a+|ه+ل+ا+)\b")),
)
_SIGNS = words(
    """appointment appointments appt booking bookings reservation reservations session visit slot slots job move push
    shift postpone delay others other another different else looking searching more speak talk chat connect transfer
    open closed close have has got same bring come arrive fast wait policy fee fees charge charges rule rules
    day evening night weekend one week time afternoon نفس متى not instead paid charged debited payment card money amount
    دفعت انخصم خصموا انسحب الدفع الدفعة"""
)
"""Words without which no pattern but the three of manners can match: most texts are done after those."""
_MANNERS = frozenset((Intent.THANKS, Intent.GOODBYE, Intent.GREETING))

_ABOUT_AN_EXISTING = frozenset((Intent.CANCEL, Intent.RESCHEDULE, Intent.MY_BOOKING))
_ALONE = frozenset((Intent.MORE, Intent.BACK, Intent.SKIP, Intent.DONE, Intent.LANGUAGE))
"""One word of these counts only where nothing else is said."""
_ALONE_PHRASES = frozenset(
    map(
        fold,
        (
            "later", "earlier", "sooner", "others", "another", "else", "just this", "just that", "only that",
            "anyone there", "anybody there", "شخص", "موظف", "موظفة", "فيه احد", "في احد",
            "احد موجود", "الاستقبال", "غيره", "غيرها",
        ),
    )
)  # fmt: skip
"""The same of these, whatever they ask for."""
_SHORT = 6
"""A call for help among more words than this is talk."""
_ADDS_AT_END = re.compile(r"\b(?:too|as well|also|بعد|كمان)[\s.!]*$")
_ASKS_WHETHER_DONE = re.compile(
    r"^\W*(?:(?:and|also|hi+|hello|hey+|so|ok)\W+)*(?:do|d)\s(?:you|u|ya)\s(?:guys\s)?(?!think|know|mean|want|need|mind|speak|remember|accept|take)[a-z]+"
)
""" "Do you remove old tint?": whether a service named after it is offered."""
_ASKS_TO_PAY = re.compile(
    r"\b(?:do you|do u|can i|can we|could i|is|are|accept|take|عندكم|فيه|تقبلون|تاخذون|يصير|اقدر|ينفع)\b"
)
_MANY = 16
"""Among more words than this nothing stands on its own."""
_WEAK_ADD = words("also plus too كمان") | {"as well"}
"""An addition only where a service is named."""
_GENERIC = frozenset(
    map(
        fold,
        (
            *(f"{what} {who}{verb}" for what in ("do", "what do") for who in ("you ", "u ", "you guys ", "u guys ")
              for verb in ("have", "do", "offer", "provide")),
            "what kind of", "عندكم", "تسوون", "تقدمون", "شنو عندكم", "فيه عندكم",
        ),
    )
)  # fmt: skip
"""Words of many questions: they ask for the services only if nothing else is asked."""
_SUMS = words("total altogether") | {"in total", "the total"}
"""Of a question how long it takes they ask for the sum of that."""
_NOUNS = words("appointment appt booking reservation موعد حجز")
"""A wish to book only where nothing is asked about it."""


def is_stop(folded: str) -> bool:
    """Whether the message asks not to be written to any more: a STOP word alone, or plainly said."""
    whole = _EDGES.sub("", folded).replace(" ", "")
    return whole in STOP_MESSAGES or bool(_STOP_PHRASE.search(folded))


def read_intents(
    text: Text,
    hits: Sequence[Hit],
    *,
    names_service: bool,
    names_time: bool,
    taken: Iterable[tuple[int, int]] = (),
) -> tuple[list[Intent], tuple[Span, ...]]:
    """Intents in the order they were said, without those that only echo a stronger one, and their places.

    `names_service`, `names_time`: the text names something to book, a day or a time. `taken`: ranges of names,
    whose words say nothing else.
    """
    folded = text.folded
    if is_stop(folded):
        return [Intent.STOP], (text.span(0, len(folded), Intent.STOP.value),)
    found: dict[Intent, tuple[int, int]] = {}
    if _EDGES.sub("", folded).replace(" ", "") in START_MESSAGES:
        found[Intent.START] = (0, len(folded))
    said: dict[Intent, set[str]] = {}
    ranges = tuple(taken)
    for hit in hits:
        label = hit.label
        if not isinstance(label, Intent):
            continue
        start, end = text.tokens[hit.first].start, text.tokens[hit.last - 1].end
        phrase = folded[start:end].replace("'", "")
        if any(first <= start and end <= last for first, last in ranges) or not _counts(
            text, hits, hit, phrase
        ):
            continue
        if label is Intent.ADD and phrase in _WEAK_ADD and not names_service:
            continue
        said.setdefault(label, set()).add(phrase)
        found.setdefault(label, (start, end))
    for intent, (start, end) in _by_pattern(text):
        if intent in _MANNERS and _within(text, hits, start, end):
            continue
        found.setdefault(intent, (start, end))
        said.setdefault(intent, set()).add("")
    if names_service:
        _around_a_service(folded, found, said)
    elif names_time and said.get(Intent.ASK_SERVICES, {""}) <= _GENERIC:
        found.setdefault(Intent.ASK_TIMES, found.pop(Intent.ASK_SERVICES))
        said[Intent.ASK_TIMES] = said.pop(Intent.ASK_SERVICES)
    if any(is_payment(hit.label) for hit in hits) and (match := _ASKS_TO_PAY.search(folded)):
        found.setdefault(Intent.ASK_PAYMENT, match.span())
        said.setdefault(Intent.ASK_PAYMENT, set()).add("")
    kept = [intent for intent in found if intent not in _echoes(said)]
    order = sorted(kept, key=lambda intent: found[intent])
    return order, tuple(text.span(*found[intent], f"intent_{intent.value}") for intent in order)


def _around_a_service(
    folded: str, found: dict[Intent, tuple[int, int]], said: dict[Intent, set[str]]
) -> None:
    """What words say only beside a service: "... too", "do you do ...?"."""
    if Intent.ADD not in found and (match := _ADDS_AT_END.search(folded)):
        found[Intent.ADD], said[Intent.ADD] = match.span(), {""}
    if not found.keys() - _MANNERS and (match := _ASKS_WHETHER_DONE.match(folded)):
        found[Intent.ASK_SERVICES], said[Intent.ASK_SERVICES] = match.span(), {""}


def _by_pattern(text: Text) -> Iterable[tuple[Intent, tuple[int, int]]]:
    telling = any(token.word in _SIGNS for token in text.tokens)
    for intent, pattern in _PATTERNS:
        if telling or intent in _MANNERS:
            match = pattern.search(text.folded)
            if match is not None:
                yield intent, match.span()


def _within(text: Text, hits: Sequence[Hit], start: int, end: int) -> bool:
    """Whether a range is part of a longer phrase ("no thanks")."""
    return any(text.tokens[h.first].start <= start and end <= text.tokens[h.last - 1].end for h in hits)


def _counts(text: Text, hits: Sequence[Hit], hit: Hit, phrase: str) -> bool:
    """Whether a phrase says what it says among these other words."""
    tokens = text.tokens
    if hit.label is Intent.HELP:
        return len(tokens) <= _SHORT or hit.last - hit.first > 1
    named = hit.label is Intent.LANGUAGE and phrase.startswith("بال")
    if phrase not in _ALONE_PHRASES and (" " in phrase or named or hit.label not in _ALONE):
        return True
    if (
        hit.label is Intent.DONE
        and not hit.first
        and re.match(r"\s*[.!,]", text.folded[tokens[hit.last - 1].end :])
    ):
        return True
    if len(tokens) > _MANY:
        return False
    covered = {i for other in hits for i in range(other.first, other.last)}
    return all(
        i in covered or token.word in FILLERS or token.word in POLITE or len(tokens) <= 2
        for i, token in enumerate(tokens)
    ) and not any(hit.label is Cue.BUT for hit in hits)


def _echoes(said: dict[Intent, set[str]]) -> set[Intent]:
    """Intents that another one makes void."""
    found = set(said)
    void: set[Intent] = set()
    if found & _ABOUT_AN_EXISTING:
        void.add(Intent.BOOK)
    if Intent.ASK_POLICY in found and found & {Intent.CANCEL, Intent.REMOVE} and Intent.BOOK not in found:
        void |= {Intent.CANCEL, Intent.REMOVE}
    if found & {Intent.CANCEL, Intent.RESCHEDULE}:
        void |= {Intent.MY_BOOKING, Intent.CHANGE}
    if Intent.RESCHEDULE in found:
        void |= {Intent.CANCEL, Intent.ALTERNATIVES}
    if Intent.REMOVE in found:
        void.add(Intent.ADD)
    if Intent.ASK_DURATION in found and said.get(Intent.ASK_PRICE, {""}) <= _SUMS:
        void.add(Intent.ASK_PRICE)
    asked = {intent for intent in found if intent.value.startswith("ask_")} - {Intent.ASK_SERVICES}
    besides = asked | (found & {Intent.ALTERNATIVES, Intent.RECOMMEND, Intent.USUAL, Intent.MORE})
    if besides and said.get(Intent.ASK_SERVICES, {""}) <= _GENERIC:
        void.add(Intent.ASK_SERVICES)
    if besides and said.get(Intent.BOOK, {""}) <= _NOUNS:
        void.add(Intent.BOOK)
    if Intent.ASK_PAYMENT in found and Intent.ASK_SERVICES in found:
        void.add(Intent.ASK_SERVICES)
    return void
