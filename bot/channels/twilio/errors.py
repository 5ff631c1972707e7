"""Twilio's error codes and what each comes to.

Source: twilio.com/docs/api/errors. The 3xxxx and 63xxx ones mostly arrive later, in a status callback.
"""

from __future__ import annotations

from bot.channels.calls import ErrorEntry
from providers.outcome import Disposition

_R, _P, _O = Disposition.RETRY, Disposition.PERMANENT, Disposition.OPERATOR

_SENDER = ErrorEntry(_O, "The sender number or Messaging Service is wrong for this account")
_BUG = ErrorEntry(_P, "Twilio refused the message's form; this is a fault of Frontdesk")
_SUSPENDED = ErrorEntry(_O, "The Twilio account is inactive or suspended")
_QUEUE_FULL = ErrorEntry(_R, "The sender's queue at Twilio is full", retry_after=120, certain=True)
_INVALID_TO = ErrorEntry(_P, "The customer's number is not valid", name="invalid_recipient")
_NOT_MOBILE = ErrorEntry(_P, "The customer's number can't receive SMS", name="undeliverable")
_GONE = ErrorEntry(_P, "The customer's number is unknown or out of service", name="undeliverable")
_NOT_ON_WHATSAPP = ErrorEntry(_P, "The customer can't be reached on WhatsApp", name="undeliverable")
_CONTENT = ErrorEntry(_O, "WhatsApp rejected the content by its policy")
_BUSY = ErrorEntry(_R, "WhatsApp or Twilio is unavailable for the moment", retry_after=10)
_BLOCKED = ErrorEntry(_P, "The customer blocked this sender", name="opted_out")
_TEMPLATE = ErrorEntry(_O, "The template is paused, flagged or could not be submitted")
_TEMPLATE_BUG = ErrorEntry(
    _P, "The template is missing for the language or got the wrong number of variables"
)
_CAP = ErrorEntry(_R, "A daily or hourly cap of the account is reached", retry_after=3600, certain=True)

ERRORS: dict[int, ErrorEntry] = {
    20003: ErrorEntry(_O, "The account sid or auth token is wrong; enter them again"),
    20005: _SUSPENDED,
    20404: ErrorEntry(_O, "Twilio doesn't know this account or resource"),
    20429: ErrorEntry(_R, "Twilio asks us to slow down", retry_after=2, certain=True),
    20500: ErrorEntry(Disposition.UNKNOWN, "Twilio failed while it took the message"),
    20503: ErrorEntry(Disposition.UNKNOWN, "Twilio failed while it took the message"),
    21211: _INVALID_TO,
    21217: _INVALID_TO,
    21212: _SENDER,
    21606: _SENDER,
    **dict.fromkeys(range(21701, 21706), _SENDER),
    63007: _SENDER,
    21408: ErrorEntry(_O, "The account may not write to this country; enable it in Twilio's geo permissions"),
    **dict.fromkeys((21602, 21617, 21619, 21654, 21655, 21656), _BUG),
    21608: ErrorEntry(_O, "A trial account only writes to verified numbers"),
    21610: ErrorEntry(_P, "The customer opted out (STOP)", name="opted_out"),
    21611: _QUEUE_FULL,
    30001: _QUEUE_FULL,
    30002: _SUSPENDED,
    21612: _NOT_MOBILE,
    21614: _NOT_MOBILE,
    30006: _NOT_MOBILE,
    21620: ErrorEntry(_P, "The media address can't be used"),
    30003: ErrorEntry(_R, "The phone is off or without coverage", retry_after=3 * 3600),
    30004: ErrorEntry(_P, "The customer or the carrier blocks this sender", name="blocked"),
    30005: _GONE,
    30007: ErrorEntry(_O, "The carrier filtered the message's words; don't send the same text again"),
    30008: ErrorEntry(_R, "The carrier failed for an unknown reason", retry_after=60),
    **dict.fromkeys((30022, 30023, 30027), _CAP),
    30032: ErrorEntry(_O, "The toll-free number is not verified yet"),
    30034: ErrorEntry(_O, "The number is in no registered A2P 10DLC campaign; all traffic to the US fails"),
    63003: _NOT_ON_WHATSAPP,
    63024: _NOT_ON_WHATSAPP,
    **dict.fromkeys((63005, 63013, 63021, 63030), _CONTENT),
    **dict.fromkeys((63009, 63010, 63012), _BUSY),
    63014: _BLOCKED,
    63033: _BLOCKED,
    63015: ErrorEntry(_O, "The customer has not joined the WhatsApp sandbox"),
    63016: ErrorEntry(
        _P,
        "More than 24 hours since the customer's last message; only a template goes out",
        name="outside_window",
    ),
    63017: ErrorEntry(_R, "The account sends too fast", retry_after=5, certain=True),
    63018: ErrorEntry(_R, "The WhatsApp sender's rate or tier is reached", retry_after=60, certain=True),
    63019: ErrorEntry(_R, "The media file could not be downloaded", retry_after=10),
    **dict.fromkeys((63026, 63040, 63041), _TEMPLATE),
    63027: _TEMPLATE_BUG,
    63028: _TEMPLATE_BUG,
    63032: ErrorEntry(_P, "WhatsApp declines messages to this customer"),
    63038: _CAP,
    60728: _CAP,
    63049: ErrorEntry(_P, "Meta withheld the message; no further try for 24 hours", name="withheld"),
}


def entry_of(code: str) -> ErrorEntry | None:
    """The table's entry for a code as text."""
    return ERRORS.get(int(code)) if code.isascii() and code.isdigit() else None
