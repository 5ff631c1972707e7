"""From what is recorded of a booking to the words of a mail. Pure: the same facts give the same mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.mail.words import WORDS
from bot.mail_settings import News
from bot.wording.bidi import plain
from bot.wording.words import Words
from bot.workspace import Contact
from db.mails import MailFacts

Role = Literal["customer", "business"]

_FOLDER = Path(__file__).with_name("templates")
_HTML = Environment(
    loader=FileSystemLoader(_FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEXT = _HTML.overlay(autoescape=False)
_RIGHT_TO_LEFT = frozenset({"ar"})
_COLOURS = {News.CONFIRMED: "#0f766e", News.CHANGED: "#1d4ed8", News.CANCELLED: "#b42318"}


@dataclass(frozen=True, slots=True)
class Written:
    """A mail's words. `title` and `place` are what a calendar shows."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    title: str = field(repr=False)
    place: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What happened, who is told, and in which business."""

    news: News
    role: Role
    language: str
    zone: ZoneInfo
    currency: str
    contact: Contact
    before: datetime | None = None
    """Where the visit stood before it moved, aware."""
    by_business: bool = False
    """It was cancelled or moved by the business itself."""
    reason: str = ""
    """What the business says of why; its own words."""


def write_mail(facts: MailFacts, occasion: Occasion) -> Written:
    """Raises KeyError or ValueError for facts that can't be told."""
    view = _view(facts, occasion)
    text = _TEXT.get_template("booking.txt").render(view)
    return Written(
        subject=_one_line(view["subject"]),
        text=text.strip() + "\n",
        html=_HTML.get_template("booking.html").render(view),
        title=_one_line(view["calendar_title"]),
        place=view["comma"].join(part for part in (view["place"]["name"], view["place"]["address"]) if part),
    )


def _view(facts: MailFacts, occasion: Occasion) -> dict[str, Any]:
    booking, language, news = facts.booking, occasion.language, occasion.news
    said = WORDS[language]
    ours = "business_" if occasion.role == "business" else ""
    words = Words(language, occasion.zone, occasion.currency)
    starts = datetime.fromisoformat(booking["starts_at"])
    lines = [_line(item, facts, words, said) for item in booking["items"]]
    named = {
        "business": facts.business,
        "name": booking["customer_name"],
        "when": words.moment(starts),
        "service": words.joined([line["name"] for line in lines]),
        "code": booking["code"],
    }
    return {
        "language": language,
        "direction": "rtl" if language in _RIGHT_TO_LEFT else "ltr",
        "colour": _COLOURS[news],
        "cancelled": news is News.CANCELLED,
        "to_business": bool(ours),
        "business": facts.business,
        "subject": said[f"{ours}subject_{news}"].format(**named),
        "title": said[f"{ours}title_{news}"],
        "intro": _intro(occasion, said, named),
        "calendar_title": plain(said[f"{ours}calendar"].format(**named)),
        "code": booking["code"],
        "when": _long(starts, occasion.zone, language),
        "day": _day(starts, occasion.zone, language),
        "clock": words.clock(starts).replace(" ", "\u00a0"),
        "comma": words.comma,
        "before": _long(occasion.before, occasion.zone, language) if occasion.before else "",
        "lines": lines,
        "total": words.money(booking["total_minor"]) if booking["total_minor"] else "",
        "place": _place(facts, language),
        "payment": _payment(booking, news, said, ours, words),
        "customer": [
            ("", booking["customer_name"]),
            (f"tel:{booking['customer_phone']}", booking["customer_phone"]),
            (f"mailto:{booking['customer_email']}", booking["customer_email"]),
        ],
        "notes": booking["notes"] or "",
        "help_title": said["again" if news is News.CANCELLED else "help"],
        "help_text": said["again_text" if news is News.CANCELLED else "help_text"].format(**named),
        "contact": _contact(occasion.contact, said),
        "footer": said[f"{ours}footer"].format(**named),
        "say": said,
    }


def _intro(occasion: Occasion, said: Mapping[str, str], named: Mapping[str, str]) -> str:
    ours = "business_" if occasion.role == "business" else ""
    if not occasion.by_business or occasion.news is News.CONFIRMED:
        return said[f"{ours}intro_{occasion.news}"].format(**named)
    intro = said[f"{ours}intro_{occasion.news}_by_us"].format(**named)
    return f"{intro} {said['reason'].format(reason=occasion.reason)}" if occasion.reason else intro


def _line(item: Mapping[str, Any], facts: MailFacts, words: Words, said: Mapping[str, str]) -> dict[str, str]:
    names = facts.service_names.get(str(item["service_id"]), {})
    name = names.get(words.language) or item["service_name"]
    size = item["size_name"]
    return {
        "name": f"{name} ({size})" if size else name,
        "staff": said["with"].format(staff=item["staff_name"]) if item["staff_name"] else "",
        "time": f"{words.clock(datetime.fromisoformat(item['starts_at']))} - "
        f"{words.clock(datetime.fromisoformat(item['ends_at']))}",
        "price": words.money(item["price_minor"]) if item["price_minor"] else "",
    }


def _place(facts: MailFacts, language: str) -> dict[str, str]:
    names = facts.place_names
    url = ""
    if facts.latitude is not None and facts.longitude is not None:
        url = f"https://www.google.com/maps?q={facts.latitude:.6g},{facts.longitude:.6g}"
    elif facts.place_address:
        url = f"https://www.google.com/maps?q={quote(facts.place_address)}"
    name = names.get(language) or names.get("en") or next(iter(names.values()), "")
    return {"name": name, "address": facts.place_address, "phone": facts.place_phone, "map_url": url}


def _payment(
    booking: Mapping[str, Any], news: News, said: Mapping[str, str], ours: str, words: Words
) -> dict[str, str]:
    """`url` is there only for a customer who can still pay."""
    status, url = booking["payment_status"], booking["payment_url"] or ""
    total, came = booking["total_minor"], status in {"paid", "deposit_paid"}
    if not total and not came:
        return {"text": "", "url": ""}
    paid = words.money(booking.get("paid_minor") or total)
    due = booking.get("due_minor") or total
    amount = words.money(due)
    if news is News.CANCELLED:
        return {"text": said[f"{ours}refund"].format(amount=paid) if came else "", "url": ""}
    match status:
        case "paid":
            return {"text": said["paid"].format(amount=paid), "url": ""}
        case "deposit_paid":
            rest = words.money(total - (booking.get("paid_minor") or 0))
            return {"text": said["deposit_paid"].format(amount=paid, rest=rest), "url": ""}
        case "pending" if ours:
            return {"text": said["business_pending"].format(amount=amount), "url": ""}
        case "pending" if urlsplit(url).scheme in {"https", "http"}:
            key = "pay" if due == total else "pay_deposit"
            return {"text": said[key].format(amount=amount), "url": url}
        case "at_business":
            return {"text": said[f"{ours}at_business"].format(amount=words.money(total)), "url": ""}
        case _:
            return {"text": "", "url": ""}


def _contact(contact: Contact, said: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Triples of what it is, where it leads, and how it reads."""
    ways = (
        (said["phone"], f"tel:{contact.phone}", contact.phone),
        (said["email"], f"mailto:{contact.email}", contact.email),
        (said["website"], contact.website, contact.website.removeprefix("https://")),
    )
    return [way for way in ways if way[2]]


def _long(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """`Saturday, 21 November 2026, 2:00 PM`."""
    comma = "، " if language in _RIGHT_TO_LEFT else ", "
    clock = format_datetime(moment.astimezone(zone), "h:mm a", locale=language)
    return f"{_day(moment, zone, language)}{comma}{clock}"


def _day(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """`Saturday, 21 November 2026`."""
    comma = "، " if language in _RIGHT_TO_LEFT else ", "
    return format_datetime(moment.astimezone(zone), f"EEEE{comma}d MMMM y", locale=language)


def _one_line(text: str) -> str:
    """A header has one line, whatever a name holds; invisible isolates are no use there."""
    return " ".join("".join(c if c.isprintable() else " " for c in plain(text)).split())[:250]
