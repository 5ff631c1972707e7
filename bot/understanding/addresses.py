"""A street address as customers write it: "12 Oak Lane, Greenfield". Read only where a business asks for one."""

from __future__ import annotations

import re

_KINDS = (
    "street|st|lane|ln|road|rd|avenue|ave|drive|dr|court|ct|way|place|pl|boulevard|blvd|terrace|close|crescent"
    "|square|circle|cir|trail|parkway|pkwy|highway|hwy"
)
_ADDRESS = re.compile(
    rf"(?<![\w:.])(?P<street>\d{{1,5}}[a-z]?\s(?:[A-Za-z]+\.?\s){{1,3}}(?:{_KINDS})\b\.?)"
    r"(?P<town>,?\s[A-Z][a-z]+(?:\s[A-Z][a-z]+)?)?(?!\w)",
    re.IGNORECASE,
)


def find_address(text: str) -> str | None:
    """The first street with its number, and the town behind it if it has a capital. None: there is no street."""
    found = _ADDRESS.search(text)
    if found is None:
        return None
    town = found["town"] or ""
    return found["street"] + (town if town.strip(" ,")[:1].isupper() else "")
