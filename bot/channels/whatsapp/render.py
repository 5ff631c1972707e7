"""One reply as Meta's request bodies, every limit respected; the correlation id is added by send.

Limits are from Meta's interactive message pages: buttons 3 (title 20), list rows 10 (title 24, description
72, id 200), body 1024, text 4096, list button and URL button 20. Meta refuses what is longer.
"""

from __future__ import annotations

from bot.channels.text import (
    MORE_ID,
    clean,
    clip,
    is_https,
    label,
    links_of,
    menu_of,
    one_line,
    split_for_interactive,
    split_text,
    unique_ids,
    unique_titles,
    with_links,
)
from bot.messages import Choice, JsonObject, Outbound, Sender

TEXT_LIMIT = 4096
BODY_LIMIT = 1024
BUTTONS, BUTTON_TITLE = 3, 20
ROWS, ROW_TITLE, ROW_DESCRIPTION, ID_LIMIT = 10, 24, 72, 200
SECTION_TITLE = 24
_NOTHING = "…"
"""Meta refuses an empty body; only a reply without any word comes to this."""


def render_messages(outbound: Outbound, *, to: Sender) -> list[JsonObject]:
    """The bodies to send in order; usually one, since each costs money.

    A link beside choices goes into the text. `ask_location` beside choices gives way to them: the customer
    can still share a pin from WhatsApp's own menu.
    """
    menu = menu_of(outbound)
    links = links_of(outbound)
    words = clean(outbound.text).strip()
    if menu:
        return _interactive(to, with_links(words, links), _menu(menu, outbound))
    if outbound.ask_location:
        action = {"type": "location_request_message", "action": {"name": "send_location"}}
        return _interactive(to, with_links(words, links), action)
    if links and is_https(links[0][1]):
        name, url = links[0]
        button = {
            "type": "cta_url",
            "action": {
                "name": "cta_url",
                "parameters": {"display_text": clip(name, BUTTON_TITLE) or _NOTHING, "url": url},
            },
        }
        return _interactive(to, with_links(words, links[1:]) or name, button)
    return _texts(to, split_text(with_links(words, links), TEXT_LIMIT) or [_NOTHING])


def _envelope(to: Sender) -> JsonObject:
    """`to` wins over `recipient` at Meta, so only one is given: the phone where it is known."""
    address = {"to": to.phone} if to.phone else {"recipient": to.user_id}
    return {"messaging_product": "whatsapp", "recipient_type": "individual", **address}


def _texts(to: Sender, parts: list[str]) -> list[JsonObject]:
    return [
        {**_envelope(to), "type": "text", "text": {"body": part, "preview_url": "https://" in part}}
        for part in parts
    ]


def _interactive(to: Sender, words: str, interactive: JsonObject) -> list[JsonObject]:
    """The last part of the words under the buttons, what is too long for it as texts before."""
    *before, last = split_for_interactive(words, TEXT_LIMIT, BODY_LIMIT)
    message = {
        **_envelope(to),
        "type": "interactive",
        "interactive": {"type": interactive["type"], "body": {"text": last or _NOTHING}}
        | {k: v for k, v in interactive.items() if k != "type"},
    }
    return [*_texts(to, before), message]


def _menu(menu: tuple[Choice, ...], outbound: Outbound) -> JsonObject:
    """Buttons for up to three, unless a list says more: a description, or a title that a button would cut."""
    finalizes = len(menu) > len(outbound.choices)
    fits = all(not c.description and len(one_line(c.title)) <= BUTTON_TITLE for c in menu)
    if len(menu) <= BUTTONS and (fits or finalizes):
        titles = unique_titles((c.title for c in menu), BUTTON_TITLE)
        ids = unique_ids((c.id for c in menu), ID_LIMIT)
        buttons = [
            {"type": "reply", "reply": {"id": i, "title": t}} for i, t in zip(ids, titles, strict=True)
        ]
        return {"type": "button", "action": {"buttons": buttons}}
    return _list(menu, outbound)


def _list(menu: tuple[Choice, ...], outbound: Outbound) -> JsonObject:
    shown = menu
    if len(menu) > ROWS:
        shown = (*menu[: ROWS - 1], Choice(id=MORE_ID, title=label(outbound.language, "more")))
    titles = unique_titles((c.title for c in shown), ROW_TITLE)
    ids = unique_ids((c.id for c in shown), ID_LIMIT)
    sections: dict[str, list[JsonObject]] = {}
    for choice, identifier, title in zip(shown, ids, titles, strict=True):
        row: JsonObject = {"id": identifier, "title": title}
        if description := _description(choice):
            row["description"] = description
        section = "" if choice.id == MORE_ID else one_line(choice.section)
        sections.setdefault(section, []).append(row)
    if list(sections)[-1] == "" and len(sections) > 1 and shown[-1].id == MORE_ID and len(sections[""]) == 1:
        sections[list(sections)[-2]] += sections.pop("")
    names = unique_titles((n or label(outbound.language, "other") for n in sections), SECTION_TITLE)
    button = clip(one_line(outbound.choices_label), BUTTON_TITLE) or label(outbound.language, "open")
    return {
        "type": "list",
        "action": {
            "button": button,
            "sections": [
                {"title": name, "rows": rows} if len(sections) > 1 or section else {"rows": rows}
                for name, (section, rows) in zip(names, sections.items(), strict=True)
            ],
        },
    }


def _description(choice: Choice) -> str:
    """The choice's own; a title that had to be cut is repeated here in full as far as there is room."""
    title, description = one_line(choice.title), one_line(choice.description)
    if len(title) > ROW_TITLE:
        description = " · ".join(part for part in (title, description) if part)
    return clip(description, ROW_DESCRIPTION)
