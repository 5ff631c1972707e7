"""A booking made from another number: its code, and the e-mail or phone that fits to it.

Whoever shows both may speak of it for an hour. Whatever doesn't fit gets the same answer: no booking with that
code, not this e-mail, tried too often, another business's. What is given here is no contact of this customer.
"""

from __future__ import annotations

import re

from bot.flows import known
from bot.flows.history import KnownBooking, ProofQuery, ProofTry
from bot.flows.state import BotState, Managing, Purpose
from bot.flows.talk import Question, Talk
from bot.understanding.contract import Understanding
from bot.wording.words import Line

EXAMPLE = "K7PX2M"
_CODE = re.compile(r"(?<![A-Za-z0-9@._-])([A-HJ-NP-Za-hj-np-z2-9]{6})(?![A-Za-z0-9@])")
_NAMED = re.compile(
    r"\b(?:code|booking|confirmation|number|reference|ref)\b[\s:#-]*$|(?:رمز|كود|رقم)\S*\s*[:#]?\s*$",
    re.IGNORECASE,
)


def code_in(text: str, *, asked: bool = False) -> str:
    """A confirmation code in a line, upper case; empty: none.

    Six letters may as well be a word: without a figure in it, it counts in capitals, after "code", or where a code
    was asked for and nothing else of its shape is there.
    """
    found = list(_CODE.finditer(text))
    for match in found:
        said = match[1]
        if any(character.isdigit() for character in said) or _NAMED.search(text[: match.start()]):
            return said.upper()
    capitals = [match[1] for match in found if match[1].isupper()]
    if capitals and (asked or not text.isupper()):
        return capitals[0]
    return found[0][1].upper() if asked and len(found) == 1 and len(text.split()) <= 3 else ""


def ask(talk: Talk, purpose: Purpose, *, first: Line | None = None) -> None:
    """Asks for what is missing of code and contact."""
    managing = talk.state.managing or Managing(purpose=purpose)
    talk.state.managing = managing
    if not managing.code and not (managing.email or managing.phone):
        line = first or Line("ask_proof")
    elif not managing.code:
        line = Line("ask_proof_code", {"example": EXAMPLE})
    else:
        line = Line("ask_proof_contact")
    talk.ending = Question(state=BotState.ASK_PROOF, lines=(line,), standing=False)


def hear(talk: Talk, u: Understanding, text: str) -> KnownBooking | None:
    """Takes what the line shows; checks it when both are there. None: not (yet) proved; what to say is said."""
    managing = talk.state.managing
    if managing is None:
        return None
    asked = talk.state.name is BotState.ASK_PROOF
    code = code_in(text, asked=asked)
    managing.code = code or managing.code
    managing.email = u.email.value if u.email else managing.email
    managing.phone = u.phone.value if u.phone else managing.phone
    if not managing.code or not (managing.email or managing.phone):
        ask(talk, managing.purpose)
        return None
    query = ProofQuery(code=managing.code, email=managing.email, phone=managing.phone)
    booking = talk.context.proofs.check(query).booking
    talk.proof_tries.append(ProofTry(query.code, booking.id if booking else None))
    if booking is None:
        talk.trace.append("proof:no")
        talk.say("proof_failed", contact=known.reach(talk))
        # The next try begins with both: which of them was wrong is not told.
        managing.code = managing.email = managing.phone = ""
        talk.ending = Question(state=BotState.ASK_PROOF, standing=False)
        return None
    talk.trace.append("proof:yes")
    talk.say("proof_found")
    return booking
