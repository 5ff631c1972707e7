"""What a phone shows of a sent message: a request body, as the sandbox's ledger holds it, read back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.channels.fields import items, obj, text
from bot.channels.simulator.acts import ChoiceForm, ShownChoice
from bot.messages import Card, CardRow, JsonObject, Link

_URL = re.compile(r"https?://[^\s<>\"]+")
_TRAILING = ".,;:!?)]}»”'"
_NUMBERED = re.compile(r"^([1-9]\d{0,2})\. (.+)$", re.MULTILINE)
_LABELLED = re.compile(r"(?P<label>[^\n:]{1,80}): $")


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """One bubble on the customer's screen."""

    text: str
    choices: tuple[ShownChoice, ...] = ()
    links: tuple[Link, ...] = ()
    card: Card | None = None
    list_label: str = ""
    """The button that opens a list of choices."""
    asks_location: bool = False
    choices_in_text: bool = False
    """The choices stand in the text already as numbered lines (SMS): don't draw them twice."""

    def choice(self, words: str) -> ShownChoice | None:
        """The choice meant by an id, a number as shown from 1 on, or a title in any case; None if none is."""
        wanted = words.strip()
        by_id = next((c for c in self.choices if c.id == wanted), None)
        if by_id or self.choices_in_text:
            return by_id or self._titled(wanted)
        if wanted.isascii() and wanted.isdigit() and 0 < int(wanted) <= len(self.choices):
            return self.choices[int(wanted) - 1]
        return self._titled(wanted)

    def _titled(self, wanted: str) -> ShownChoice | None:
        return next((c for c in self.choices if c.title.casefold() == wanted.casefold()), None)


def read_sent(channel: str, payload: Mapping[str, object]) -> ShownMessage | None:
    """What `payload` (a rendered request, or the sandbox ledger's copy of it) looks like on a phone.

    None for what shows nothing: read receipts, typing signs, reactions. Raises ValueError for an unknown
    channel.
    """
    match channel:
        case "whatsapp":
            return _from_meta(dict(payload))
        case "twilio":
            return _from_twilio(payload)
        case "web":
            return _from_web(dict(payload))
        case _:
            raise ValueError(f"no simulator for channel {channel}")


def _from_meta(payload: JsonObject) -> ShownMessage | None:
    match payload.get("type"):
        case "text":
            words = text(obj(payload.get("text")).get("body"))
            return ShownMessage(words, links=_links_in(words))
        case "interactive":
            return _interactive(obj(payload.get("interactive")))
        case "template":
            template = obj(payload.get("template"))
            values = [
                text(p.get("text"))
                for c in items(template.get("components"))
                for p in items(c.get("parameters"))
            ]
            return ShownMessage(" · ".join([f"[{text(template.get('name'))}]", *filter(None, values)]))
        case "image" | "video" | "audio" | "document" | "sticker" as kind:
            media = obj(payload.get(kind))
            link = text(media.get("link"))
            return ShownMessage(
                text(media.get("caption")) or f"[{kind}]", links=(Link(kind, link),) if link else ()
            )
        case _:
            return None


def _interactive(interactive: JsonObject) -> ShownMessage:
    words = text(obj(interactive.get("body")).get("text"))
    action = obj(interactive.get("action"))
    links = _links_in(words)
    match interactive.get("type"):
        case "button":
            replies = [obj(button.get("reply")) for button in items(action.get("buttons"))]
            return ShownMessage(words, tuple(_choice(r, "button") for r in replies), links)
        case "list":
            rows = tuple(
                _choice(row, "row", text(section.get("title")))
                for section in items(action.get("sections"))
                for row in items(section.get("rows"))
            )
            return ShownMessage(words, rows, links, list_label=text(action.get("button")))
        case "cta_url":
            parameters = obj(action.get("parameters"))
            button = Link(text(parameters.get("display_text")), text(parameters.get("url")))
            return ShownMessage(words, links=(button, *links))
        case kind:
            return ShownMessage(words, links=links, asks_location=kind == "location_request_message")


def _choice(reply: JsonObject, form: ChoiceForm, section: str = "") -> ShownChoice:
    return ShownChoice(
        text(reply.get("id")), text(reply.get("title")), text(reply.get("description")), section, form
    )


def _from_twilio(payload: Mapping[str, object]) -> ShownMessage | None:
    body = payload.get("Body", "")
    words = text(body[0] if isinstance(body, list) and body else body)
    if not words:
        return None
    choices: list[ShownChoice] = []
    for match in _NUMBERED.finditer(words):
        number = match[1]
        if choices and int(number) != int(choices[-1].id) + 1:
            continue
        title, _, description = match[2].partition(" - ")
        choices.append(ShownChoice(number, title, description, form="number"))
    return ShownMessage(words, tuple(choices), _links_in(words), choices_in_text=True)


def _from_web(payload: JsonObject) -> ShownMessage:
    """Internal finalize actions are buttons before the choices, external ones links."""
    actions = items(payload.get("actions"))
    offered = [_choice(c, "button", text(c.get("section"))) for c in items(payload.get("choices"))]
    book = [
        ShownChoice(
            f"finalize:{text(a.get('bookingIntentId'))}:{text(a.get('summaryVersion'))}", text(a.get("label"))
        )
        for a in actions
        if a.get("handling") == "internal"
    ]
    known = {choice.id for choice in offered}
    links = [Link(text(x.get("label")), text(x.get("url"))) for x in items(payload.get("links"))]
    links += [Link(text(a.get("label")), text(a.get("externalUrl"))) for a in actions if a.get("externalUrl")]
    card = obj(payload.get("card"))
    rows = tuple(CardRow(text(r.get("label")), text(r.get("value"))) for r in items(card.get("rows")))
    words = text(payload.get("assistantMessage"))
    return ShownMessage(
        words,
        (*(b for b in book if b.id not in known), *offered),
        tuple(dict.fromkeys((*links, *_links_in(words, besides=links)))),
        Card(text(card.get("title")), rows) if card else None,
        text(payload.get("choicesLabel")),
        payload.get("askLocation") is True,
    )


def _links_in(words: str, besides: Iterable[Link] = ()) -> tuple[Link, ...]:
    """The addresses a phone makes tappable, with the words before a colon in their line as label."""
    known = {link.url for link in besides}
    found: dict[str, Link] = {}
    for match in _URL.finditer(words):
        url = match[0].rstrip(_TRAILING)
        named = _LABELLED.search(words[: match.start()].rpartition("\n")[2])
        if url not in known:
            found.setdefault(url, Link(named["label"].strip() if named else url, url))
    return tuple(found.values())
