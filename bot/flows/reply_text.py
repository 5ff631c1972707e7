"""The text of a reply: an opening, answers, a body, a question, in a wording that differs from the last reply's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.flows import rephrase, summary
from bot.flows.talk import Question, Talk, digest
from bot.wording.words import Line, Words

TRIES = 6
CORE = frozenset({"location", "time", "staff"})


@dataclass(slots=True)
class Voice:
    """Says lines, none of them in the wording that it had in the reply before."""

    words: Words
    before: Mapping[str, int]
    attempt: int
    used: dict[str, int] = field(default_factory=dict)

    def say(self, line: Line, variant: int = 0) -> str:
        count = self.words.variants(line.key)
        pick = (variant + self.attempt) % count
        if count > 1:
            if self.before.get(line.key) == pick:
                pick = (pick + 1) % count
            self.used[line.key] = pick
        return self.words.say(line, pick)


def compose(talk: Talk, question: Question) -> tuple[str, dict[str, int]]:
    """The reply, and which wordings it used. It differs from the last reply."""
    text, used = "", {}
    for attempt in range(TRIES):
        voice = Voice(talk.words, talk.state.spoken, attempt)
        text, used = _text(talk, question, voice), voice.used
        if digest(text) != talk.state.last_reply:
            break
    return text, used


def _text(talk: Talk, question: Question, voice: Voice) -> str:
    words, asks = talk.words, talk.state.asks
    found = summary.facts(talk)
    opening = [voice.say(line, talk.state.failures) for line in _opening(talk, found)]
    said = list(talk.said)
    anyone = Line("any_staff")
    if anyone in said and "staff" in found and talk.wish.plan:
        del found["staff"]
        people = dict.fromkeys(talk.staff_called(part.staff_id) for part in talk.wish.plan)
        names = [name for name in people if name]
        said[said.index(anyone)] = Line("any_staff_is", {"staff": words.joined(names)})
    news = _News.of(talk.before, found)
    if question.head is not None and not news.replaced:
        news = replace(news, core=())  # a summary follows that shows it
    stands = summary.standing(talk, found)
    acknowledged = news.lines(words, stands if question.standing else "")
    opening += [voice.say(line, talk.context.turn) for line in acknowledged]
    opening += [voice.say(line, asks) for line in said]
    again = talk.recap or (talk.lost and talk.state.failures > 1)
    if question.standing and stands and not news.core and (again or news.others):
        opening.append(voice.say(Line("standing", {"what": stands})))
    answers = "\n".join(voice.say(line) for line in talk.answers)
    if voice.attempt == 0:
        answers = rephrase.in_other_words(talk, answers)
    body = question.body if question.head is None else f"{voice.say(question.head, asks)}\n{question.body}"
    beside = "\n".join(voice.say(line, asks) for line in question.beside)
    asked = " ".join(voice.say(line, asks) for line in question.lines)
    return "\n\n".join(part for part in (" ".join(opening), answers, body, beside, asked) if part)


def _opening(talk: Talk, found: dict[str, str]) -> list[Line]:
    """A greeting once per talk, what was added or taken out, and a word on what was not understood."""
    lines: list[Line] = []
    state = talk.state
    if not state.greeted and talk.conversation_status is None:
        lines.append(Line("greet", {"business": talk.context.workspace_name}))
    elif talk.greeting and not talk.touched:
        lines.append(Line("greet_again"))
    explained = any(line.key.startswith("bad_") for line in talk.said) and state.failures < 3
    if talk.lost and not explained:
        lines.append(Line(f"lost_{min(state.failures, 3)}"))
    gone = [value for key, value in talk.before.items() if key.startswith("services:") and key not in found]
    added = _added(talk, found)
    if gone and not added:
        lines.append(Line("removed", {"what": talk.words.joined(gone)}))
    if added and not gone and any(key.startswith("services:") for key in talk.before):
        lines.append(Line("added", {"what": talk.words.joined(added)}))
    return lines


def _added(talk: Talk, found: dict[str, str]) -> list[str]:
    return [value for key, value in found.items() if key.startswith("services:") and key not in talk.before]


def _replaces(key: str, before: str, after: str) -> bool:
    """Another value, not only a more exact one: 2 pm tells more of an afternoon, Sunday is another day."""
    if not before or after.startswith(before):
        return False
    vague = key == "time" and ":" not in before
    return not (vague and re.split("[,،]", before)[0] == re.split("[,،]", after)[0])


@dataclass(frozen=True, slots=True)
class _News:
    """What is new since the turn began: of the appointment itself, and of the rest."""

    core: tuple[str, ...]
    replaced: bool
    """Something of the appointment took another's place."""
    others: tuple[str, ...]
    others_replaced: bool

    @classmethod
    def of(cls, before: dict[str, str], found: dict[str, str]) -> _News:
        fresh = [
            key
            for key, value in found.items()
            if before.get(key) != value
            and not (key == "time" and ":" not in value and before.get(key, "").startswith(value))  # reopened
        ]
        core = [key for key in fresh if key in CORE or key.startswith("services:")]
        others = [key for key in fresh if key not in core]
        return cls(
            core=tuple(found[key] for key in core),
            replaced=any(_replaces(key, before.get(key, ""), found[key]) for key in core if key in CORE),
            others=tuple(found[key] for key in others),
            others_replaced=any(key in before for key in others),
        )

    def lines(self, words: Words, stands: str) -> list[Line]:
        """An acknowledgement that sums up, so that nothing is said twice in one reply.

        `stands` is empty where the reply holds the whole summary anyway: then only what is new.
        """
        if self.core:
            what = words.dotted([*([stands] if stands else self.core), *self.others])
            return [Line("changed" if self.replaced else "took", {"what": what})]
        if self.others:
            key = "changed_to" if self.others_replaced else "took"
            return [Line(key, {"what": words.joined(self.others)})]
        return []
