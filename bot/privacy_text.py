"""What is held of a person, as text that he can read: the talk first, then everything else, nothing left out. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

_TITLES = {
    "customers": "Who you are to us",
    "customer_identities": "How channels name you",
    "consents": "What you agreed to or refused",
    "bookings": "Bookings",
    "booking_items": "What was booked",
    "payments": "Payments",
    "leads": "What you were interested in",
    "handoffs": "Sent on to a booking page",
    "escalations": "Asked for a person",
    "feedback": "What you thought of us",
    "mail_suppressions": "Addresses we no longer write to",
}
_PLUMBING = frozenset(
    {"id", "workspace_id", "bot_id", "channel_account_id", "fence", "lease_until", "settle_until"}
)
"""Our own marks. They say nothing of a person; the JSON has them."""


def readable_export(business: str, held: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """One text. `held`: as db.privacy.everything() gives it."""
    parts = [f"What {business} holds of you", "=" * (len(business) + 18), ""]
    messages = sorted(held.get("messages", ()), key=lambda row: (str(row["created_at"]), row["seq"]))
    if messages:
        parts += ["What was said", "-" * 13]
        parts += [
            f"{_moment(row)}  {'you' if row['direction'] == 'in' else 'we'}: {row['body']}"
            for row in messages
        ]
        parts.append("")
    for table in dict.fromkeys([*_TITLES, *held]):
        rows = held.get(table, ())
        if not rows:
            continue
        title = _TITLES.get(table, table.replace("_", " ").capitalize())
        parts += [title, "-" * len(title)]
        for row in rows:
            parts += [line for name, value in row.items() if (line := _field(name, value))]
            parts.append("")
    return "\n".join(parts).rstrip()


def _moment(row: Mapping[str, Any]) -> str:
    return str(row["created_at"])[:16].replace("T", " ")


def _field(name: str, value: Any) -> str:
    if name in _PLUMBING or value in (None, "", [], {}):
        return ""
    shown = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    return f"{name.replace('_', ' ')}: {shown}"
