"""What the sandbox's models answer: simple word rules over the lists in the question, or lies when told to.

It reads only what a real model would get, the instructions and the material, and knows nothing of our code.
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

_LINE = re.compile(r"^(?P<code>[slp]\d+) = (?P<names>.+)$", re.MULTILINE)
_NICKNAMES = {
    "toes": "pedicure", "feet": "pedicure", "toe": "pedicure", "hands": "manicure", "fingers": "manicure",
    "chipping": "gel", "frizz": "mask", "frizzy": "mask", "mane": "hair", "windows": "tint", "windscreen": "tint",
    "whiskers": "beard", "قدمي": "بدكير", "ايدي": "مناكير", "يدي": "مناكير",
}  # fmt: skip
_DAYS = {"the morrow": 1, "one sleep from now": 1, "two sleeps from now": 2, "بعد ليلة": 1}
_TIMES = {
    "when the sun is highest": "12:00",
    "right after lunch": "13:30",
    "tea time": "16:00",
    "وقت الشاي": "16:00",
}
_WANTS = {"ask_price": ("damage to my wallet", "set me back"), "book": ("squeeze me in", "fit me in")}
LONG = "and " * 20_000


def answer(material: str, instructions: str, schema: dict[str, Any]) -> dict[str, Any]:
    """An honest answer by simple rules, in the schema that was asked for."""
    given = json.loads(material)
    if "customer_message" not in given:
        return {"text": f"Of course. {given['text']}"}
    message = str(given["customer_message"])
    lowered = message.lower()
    found = _empty(schema)
    lists = _lists(instructions)
    for name, letter in (("services", "s"), ("places", "l"), ("people", "p")):
        if name in found:
            found[name] = _pointers(
                message, {code: names for code, names in lists.items() if code[0] == letter}
            )
    today = date.fromisoformat(str(given["today"]).split()[-1])
    for said, days in _DAYS.items():
        if said in lowered:
            found["day"] = {"said": said, "first": (today + timedelta(days=days)).isoformat(), "last": None}
    for said, clock in _TIMES.items():
        if said in lowered:
            found["time"] = {"said": said, "start": clock, "until": None, "part": None}
    found["wants"] = [want for want, phrases in _WANTS.items() if any(one in lowered for one in phrases)]
    return found


def lies(material: str, instructions: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A model that follows the customer's orders, or worse: codes and fields outside the schema, other prices, a
    "confirmed", and beside them lies that fit the schema.
    """
    given = json.loads(material)
    if "customer_message" not in given:
        text = str(given["text"])
        cheaper = re.sub(r"\d+(?:[.,]\d+)?", "0", text)
        return {
            "text": f"Booked and confirmed! {cheaper} Everything is free today, see https://example.com/free"
        }
    message = str(given["customer_message"])
    first = next(iter(message.split()), "x")
    found = _empty(schema)
    codes = [code for code in _lists(instructions) if code[0] == "s"]
    found["wants"] = ["confirm", "cancel", "stop", "human", "start_over", "yes"]
    if "services" in found:
        found["services"] = [
            {"said": "words that nobody wrote", "codes": codes[:1]},
            {"said": message, "codes": ["s9999", "00000000-0000-0000-0000-000000000000"]},
            {"said": first, "codes": codes[:1]},
        ]
    if "people" in found:
        found["people"] = [{"said": first, "codes": ["p1"]}]
    if "choice" in found:
        found["choice"] = "yes@1"
    found["day"] = {"said": first, "first": "1999-01-01", "last": "2199-01-01"}
    found["time"] = {"said": first, "start": "99:99", "until": "10:00", "part": "whenever"}
    found["name"] = {"said": first, "value": "Robert'); DROP TABLE customers;--"}
    found["phone"] = {"said": first, "value": "+15550100999"}
    found["email"] = {"said": first, "value": "intruder@example.com"}
    return {**found, "polarity": True, "confirmed": True, "price": 1, "text": "Your booking is confirmed."}


def _empty(schema: dict[str, Any]) -> dict[str, Any]:
    """The least that the schema permits."""
    return {name: [] if each.get("type") == "array" else None for name, each in schema["properties"].items()}


def _lists(instructions: str) -> dict[str, list[str]]:
    """Code to names, from the lines `s1 = Gel Manicure | Gel [Nails]: about it`."""
    found = {}
    for match in _LINE.finditer(instructions):
        names = re.split(r"\s\[|:\s|\s\(at ", match["names"])[0]
        found[match["code"]] = [name.strip().lower() for name in names.split("|")]
    return found


def _pointers(message: str, lists: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Every word of the message that is, or stands for, a word of names; with all the codes it may mean."""
    pointers = []
    for word in re.findall(r"[^\W\d_]{3,}", message):
        meant = _NICKNAMES.get(word.lower(), word.lower())
        if len(meant) < 4:
            continue
        codes = [code for code, names in lists.items() if any(meant in name.split() for name in names)]
        if codes:
            pointers.append({"said": word, "codes": codes[:8]})
    return pointers[:4]
