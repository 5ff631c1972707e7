"""Meta's error codes and what each comes to.

Source: developers.facebook.com, whatsapp/support/error-codes (2026-05-15). Meta branches on `code`; titles
will go away. Most of these also arrive later, in a status's `errors`, though the send was answered 200.
"""

from __future__ import annotations

from bot.channels.calls import ErrorEntry
from providers.outcome import Disposition

_R, _P, _O = Disposition.RETRY, Disposition.PERMANENT, Disposition.OPERATOR

_PERMISSION = ErrorEntry(_O, "The access token lacks a permission for this WhatsApp number")
_BUG = ErrorEntry(_P, "WhatsApp refused the message's form; this is a fault of Frontdesk")
_TEMPLATE = ErrorEntry(
    _O, "The template is missing, paused, disabled or against policy; see WhatsApp Manager"
)
_ACCOUNT = ErrorEntry(_O, "The WhatsApp account is locked or restricted; see Meta Business Support")
_BUSY = ErrorEntry(_R, "WhatsApp is unavailable for the moment", retry_after=5)
_FLOW = ErrorEntry(_O, "The WhatsApp Flow is blocked, throttled or needs an update")

ERRORS: dict[int, ErrorEntry] = {
    0: ErrorEntry(_O, "The access token is invalid or expired; enter a new one"),
    190: ErrorEntry(_O, "The access token is invalid or expired; enter a new one"),
    1: _BUSY,
    2: _BUSY,
    3: _PERMISSION,
    4: ErrorEntry(_R, "The app's call limit is reached", retry_after=60, certain=True),
    10: _PERMISSION,
    **dict.fromkeys(range(200, 300), _PERMISSION),
    100: _BUG,
    368: _ACCOUNT,
    80007: ErrorEntry(_R, "The WhatsApp account's rate limit is reached", retry_after=120, certain=True),
    130429: ErrorEntry(_R, "The number sends too fast", retry_after=2, certain=True),
    130472: ErrorEntry(_P, "Meta holds this customer in an experiment; the message is not delivered"),
    130497: ErrorEntry(_O, "The account may not write to customers in this country"),
    131000: _BUSY,
    131005: _PERMISSION,
    131008: _BUG,
    131009: _BUG,
    131016: _BUSY,
    131021: ErrorEntry(_P, "Sender and recipient are the same number"),
    131026: ErrorEntry(_P, "The customer can't be reached on WhatsApp", name="undeliverable"),
    131030: ErrorEntry(_O, "A test number only writes to numbers on its allow-list; add this one"),
    131031: _ACCOUNT,
    131037: ErrorEntry(_O, "The number's display name is not approved"),
    131042: ErrorEntry(_O, "The WhatsApp account has a payment problem"),
    131045: ErrorEntry(_O, "The number's certificate is wrong; register it again"),
    131047: ErrorEntry(
        _P,
        "More than 24 hours since the customer's last message; only a template goes out",
        name="outside_window",
    ),
    131048: ErrorEntry(_O, "The number is restricted because messages were reported as spam"),
    131049: ErrorEntry(_P, "Meta withheld the message; no further try for 24 hours", name="withheld"),
    131050: ErrorEntry(_P, "The customer stopped marketing messages", name="marketing_stopped"),
    131051: ErrorEntry(_P, "The message type is not supported"),
    131052: ErrorEntry(_P, "The media file could not be downloaded"),
    131053: ErrorEntry(_R, "The media file could not be uploaded", retry_after=5),
    131056: ErrorEntry(_R, "Too many messages to this customer in a short time", retry_after=6, certain=True),
    131057: ErrorEntry(_R, "The WhatsApp account is under maintenance", retry_after=60, certain=True),
    131062: ErrorEntry(_P, "This message needs the customer's phone number; only a user id is known"),
    131064: ErrorEntry(_O, "The messaging limit is reached; see WhatsApp Manager"),
    132000: _BUG,
    132001: _TEMPLATE,
    132005: _BUG,
    132007: _TEMPLATE,
    132008: _BUG,
    132012: _BUG,
    132015: _TEMPLATE,
    132016: _TEMPLATE,
    132068: _FLOW,
    132069: _FLOW,
    133016: ErrorEntry(_R, "Too many tries to register the number", retry_after=3600, certain=True),
    135000: _BUSY,
    **dict.fromkeys(range(139000, 139005), _FLOW),
}


def entry_of(code: str) -> ErrorEntry | None:
    """The table's entry for a code as text."""
    return ERRORS.get(int(code)) if code.isascii() and code.isdigit() else None
