"""What the tables' states are called on the console's pages, and which colour they have there."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from db.read_pages import Counts

_STATES = {
    # conversations
    "open": "Open",
    "human": "With a person",
    "closed": "Closed",
    # leads
    "incomplete": "Incomplete",
    "qualified": "Qualified",
    "booked": "Booked",
    "lost": "Lost",
    # booking intents
    "intent": "Intent",
    "needs_operator": "Needs a person",
    "abandoned": "Abandoned",
    # bookings
    "held": "Held",
    "pending_provider": "Order under way",
    "confirmed": "Confirmed",
    "completed": "Completed",
    "cancelled": "Cancelled",
    "no_show": "No show",
    # hand-offs; an external booking is never called confirmed by us
    "new": "New",
    "redirected": "Redirected (intent)",
    "completed_external": "Completed there",
    # escalations
    "taken": "Taken",
    "resolved": "Settled",
    "handed_back": "Handed back",
    # effects
    "in_flight": "Under way",
    "done": "Done",
    # sync runs
    "waiting": "Waiting",
    "running": "Running",
    "refused": "Refused",
    # payments
    "none": "Nothing to pay",
    "at_business": "At the business",
    "paid": "Paid",
    "deposit_paid": "Deposit paid",
    "expired": "Expired",
    "pending": "Pending",
    # deliveries
    "received": "Received",
    "queued": "Queued",
    "blocked": "Not allowed",
    "unknown": "Unknown",
    "accepted": "Accepted",
    "sent": "Sent",
    "delivered": "Delivered",
    "read": "Read",
    "failed": "Failed",
}

_GOOD = frozenset(
    {
        "booked",
        "confirmed",
        "completed",
        "completed_external",
        "paid",
        "deposit_paid",
        "done",
        "delivered",
        "read",
        "resolved",
    }
)
_BAD = frozenset({"needs_operator", "failed", "refused", "unknown", "blocked", "no_show"})
_ATTENTION = frozenset(
    {"human", "taken", "pending", "pending_provider", "held", "waiting", "running", "in_flight"}
)
_OVER = frozenset({"closed", "lost", "abandoned", "cancelled", "expired", "none", "handed_back"})

CHANNELS = {"whatsapp": "WhatsApp", "twilio": "SMS", "web": "Web chat"}

CAUSES = {
    "asked": "asked for a person",
    "button": "tapped the button to a person",
    "crisis": "may be in distress",
    "emergency": "may need an ambulance",
    "taken over": "taken over by the team",
}
"""Why a talk went to a person."""

BOT_STATES = {
    "NEW": "New",
    "idle": "Nothing open",
    "ask_location": "Asked for the location",
    "ask_services": "Asked for the service",
    "ask_size": "Asked for the size",
    "ask_staff": "Asked for the person",
    "ask_time": "Asked for the time",
    "ask_day": "Asked for the day",
    "ask_name": "Asked for the name",
    "ask_phone": "Asked for the phone",
    "ask_email": "Asked for the e-mail address",
    "ask_detail": "Asked a question of the form",
    "confirm": "Waits for the yes",
    "ask_change": "Asked what to change",
    "pick_booking": "Asked which booking",
    "ask_proof": "Asked for a proof",
    "confirm_cancel": "Waits for the yes to cancel",
    "changing": "Changes a booking",
    "placing": "Places the order",
    "await_payment": "Waits for the payment",
    "booked": "Booked",
    "kept": "The business confirms",
    "human": "With a person",
    "stopped": "Opted out",
}


def state(name: str) -> str:
    """`pending_provider` to `Order under way`; what nobody named is spelt out."""
    return _STATES.get(name) or name.replace("_", " ").capitalize()


def counted(
    names: Iterable[str], counts: Counts, words: Callable[[str], str] = state
) -> list[tuple[str, str]]:
    """The options of a filter, each with how many there are: `("paid", "Paid (3)")`."""
    return [(one, f"{words(one)} ({counts.by_status.get(one, 0)})") for one in names]


def tone(name: str) -> str:
    """The class of a state's colour: good, bad, attention, over, plain. Never the only sign: the word says it, too."""
    for title, names in (("good", _GOOD), ("bad", _BAD), ("attention", _ATTENTION), ("over", _OVER)):
        if name in names:
            return title
    return "plain"


def cause(name: str) -> str:
    """Why a talk went to a person."""
    return CAUSES.get(name) or name.replace("_", " ")


def bot_state(name: str) -> str:
    return BOT_STATES.get(name) or name.replace("_", " ").capitalize()


def caller(name: str | None, address: str) -> str:
    """What a customer is called who may not have said his name: his number, or a visitor with the end of his id."""
    if name:
        return name
    return address if address.startswith("+") or len(address) < 16 else f"Visitor {address[-4:]}"


def channel(name: str) -> str:
    return CHANNELS.get(name, name)
