"""What a recorded webhook keeps: its shape, its words and who is who, but nobody's number, name or address.

In two steps. A web process replaces before anything is stored: a number or name becomes a token, a keyed
digest, equal for equal people within one recording. The one reader of the recording then gives the tokens
made-up numbers and names in the order they appear (`Cast`), which no two processes could agree on.

What stays: our own choice ids and titles, times, provider codes, and the customer's words apart from phone
numbers, e-mail addresses, card numbers, his profile name and a name he introduces himself with. A name that
stands alone in a message stays too, so a recording of real customers is to be read before it is passed on.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from typing import Any

import orjson

from bot.channels.contract import WebhookRequest
from bot.channels.simulator.acts import message_id
from bot.channels.twilio.parse import decoded_blob
from bot.channels.twilio.signature import form_pairs
from bot.messages import JsonObject
from bot.stored_inbound import mask_cards
from bot.understanding.names import find_clear_name
from bot.understanding.normalize import Text

_CONTACT = re.compile(
    r"(?P<email>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+)|(?P<number>\+?\d(?:[ ()\-.]{0,2}\d){6,15})"
)
_DATE = re.compile(r"\d{4}[-.]\d{1,2}[-.]\d{1,2}|\d{1,2}[-.]\d{1,2}[-.]\d{4}")
_USER_ID = re.compile(r"(?P<country>[A-Z]{2}\.)(?P<kind>ENT\.)?[0-9A-Za-z]+")
_TOKEN = re.compile(r"(?P<plus>\+?)(?P<form>999[0-2])(?P<who>\d{11})")
_NAME_TOKEN = re.compile(r"Person-(?P<who>[0-9a-f]{12})")
_EMAIL_TOKEN = re.compile(r"p(?P<who>[0-9a-f]{12})@example\.com")
_SIDS = re.compile(r"^(?:SM|MM)[0-9a-fA-F]{32}$")

# Keys by what they hold, in Meta's JSON, Twilio's forms and the web widget's JSON alike.
_AS_IT_IS = frozenset(
    [
        "accountsid",
        "apiversion",
        "biz_opaque_callback_data",
        "buttonpayload",
        "category",
        "code",
        "currency",
        "errorcode",
        "expiration",
        "field",
        "listid",
        "messagestatus",
        "messagetype",
        "messaging_product",
        "messagingservicesid",
        "mime_type",
        "nummedia",
        "numsegments",
        "object",
        "optouttype",
        "phone_number_id",
        "pricing_model",
        "sentat",
        "smsstatus",
        "status",
        "timestamp",
        "type",
    ]
)
_PHONES = frozenset(
    ["from", "to", "wa_id", "waid", "recipient_id", "phone", "display_phone_number", "new_wa_id"]
)
_NAMES = frozenset(
    ["name", "formatted_name", "first_name", "middle_name", "last_name", "username", "profilename"]
)
_DROPPED = frozenset(
    [
        "address",
        "addresses",
        "birthday",
        "emails",
        "org",
        "url",
        "urls",
        "filename",
        "fromcity",
        "fromstate",
        "fromzip",
        "fromcountry",
        "tocity",
        "tostate",
        "tozip",
        "tocountry",
        "label",
        "channelmetadata",
        "user_agent",
        "ip",
        "sha256",
    ]
)
_PLACES = frozenset({"latitude", "longitude"})
_OURS = frozenset(
    {("id", "entry"), ("id", "list_reply"), ("id", "button_reply"), ("id", "choice"), ("name", "nfm_reply")}
)
_MESSAGES = frozenset({"messages", "statuses", "context"})
_MEDIA = frozenset({"image", "video", "audio", "voice", "document", "sticker"})


class Redactor:
    """Replaces what could name somebody by tokens. `key` is the recording's own: other recordings differ."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def redact(self, request: WebhookRequest, channel: str) -> JsonObject:
        """The stored form of a verified webhook: {method, query, json | form}."""
        kept: JsonObject = {
            "method": request.method,
            "query": request.url.partition("?")[2].partition("#")[0],
        }
        if channel == "twilio":
            source = request.body if request.method == "POST" else kept["query"]
            pairs = form_pairs(source)
            names = [value for name, value in pairs if name == "ProfileName"]
            # The query of a GET is the form itself; of a POST it is ours (the correlation id).
            kept["query"] = kept["query"] if request.method == "POST" else ""
            kept["form"] = [[name, self._value(name, value, names)] for name, value in pairs]
        else:
            body = orjson.loads(request.body)
            kept["json"] = self._walk(body, "", "", list(_profile_names(body)))
        return kept

    def _walk(self, value: Any, key: str, parent: str, names: list[str]) -> Any:
        match value:
            case dict() | list() if key.lower() in _DROPPED:
                return type(value)()
            case dict():
                return {name: self._walk(item, str(name), key, names) for name, item in value.items()}
            case list():
                return [self._walk(item, key, parent, names) for item in value]
            case str() if key == "id" and parent in _MEDIA:
                return str(int(self._digest(value), 16))[:16]
            case str() if (key, parent) in _OURS:
                return value
            case str() if key == "message_id" or (key == "id" and parent in _MESSAGES):
                return message_id("whatsapp", self._digest(value))
            case str() | float() if isinstance(value, str) or key in _PLACES:
                return self._value(key, value, names)
            case _:
                return value

    def _value(self, key: str, value: Any, names: list[str]) -> Any:
        name = key.lower()
        if name in _PLACES:
            return _coarse(value)
        if name in _AS_IT_IS or not value:
            return value
        if name in _DROPPED or name.startswith("mediaurl"):
            return "https://example.com/media" if name.startswith(("mediaurl", "url")) else ""
        prefix = "whatsapp:" if value.startswith("whatsapp:") else ""
        bare = value.removeprefix("whatsapp:")
        if name in _PHONES:
            return prefix + (self._user_id(bare) or self._phone(bare))
        if name in _NAMES:
            return self._name(value)
        if found := self._user_id(bare):
            return prefix + found
        return self._identifier(name, value) or self._text(decoded_blob(value), names)

    def _identifier(self, key: str, value: str) -> str | None:
        """A provider's message id (Meta's holds the number inside), under whatever key it comes."""
        if value.startswith("wamid."):
            return message_id("whatsapp", self._digest(value))
        if _SIDS.fullmatch(value):
            return message_id("twilio", self._digest(value))
        if key == "messageid":
            return message_id("web", self._digest(value))
        if key in ("sessionid", "ctwa_clid", "referralctwaclid"):
            return f"s-{self._digest(value)[:24]}"
        return None

    def _text(self, words: str, names: list[str]) -> str:
        words = mask_cards(words)
        # In one pass: what replaces an address must not be read as a number.
        words = _CONTACT.sub(self._contact, words)
        for name in (*names, *_introduced(words)):
            for part in sorted({name, *name.split()}, key=len, reverse=True):
                if len(part) > 2:
                    words = re.sub(
                        rf"(?<!\w){re.escape(part)}(?!\w)", self._name(name), words, flags=re.IGNORECASE
                    )
        return words

    def _contact(self, found: re.Match[str]) -> str:
        if found["email"]:
            return f"p{self._digest(found[0].lower())[:12]}@example.com"
        return found[0] if _DATE.fullmatch(found[0]) else self._phone(found[0])

    def _phone(self, number: str) -> str:
        """A token by the last eight digits, so that 5000 1234 and +965 5000 1234 are one person."""
        digits = "".join(str(int(c)) for c in number if c.isdigit())
        if len(digits) < 5:
            return number  # a short code is a service, not a person
        american = len(digits) == 11 and digits.startswith("1")
        form = "9992" if american else "9990" if len(digits) > 9 else "9991"
        who = int(self._digest(digits[-8:]), 16) % 10**11
        return f"{'+' if number.strip().startswith('+') else ''}{form}{who:011d}"

    def _user_id(self, value: str) -> str | None:
        found = _USER_ID.fullmatch(value)
        if found is None:
            return None
        return f"{found['country']}{found['kind'] or ''}{int(self._digest(value), 16) % 10**17:017d}"

    def _name(self, name: str) -> str:
        return f"Person-{self._digest(name.casefold())[:12]}" if name.strip() else name

    def _digest(self, value: str) -> str:
        return hmac.new(self._key, value.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _profile_names(value: Any) -> Iterator[str]:
    """Every profile name of a webhook, to be found again in its texts."""
    if isinstance(value, dict):
        profile = value.get("profile")
        if isinstance(profile, dict):
            yield from (str(profile[key]) for key in ("name", "username") if profile.get(key))
        for item in value.values():
            yield from _profile_names(item)
    elif isinstance(value, list):
        for item in value:
            yield from _profile_names(item)


def _introduced(words: str) -> Iterator[str]:
    """The name after "my name is" and its kin. A bare name on its own could be anything, a service for one."""
    found = find_clear_name(Text(words), lambda _: False)
    if found is not None and found.span.rule != "for_name":
        yield found.value


def _coarse(value: Any) -> Any:
    """About a kilometre: enough for the nearest branch, not for a door."""
    try:
        near = round(float(value), 2)
    except (TypeError, ValueError):
        return value if isinstance(value, str) and not value.strip() else 0.0
    return str(near) if isinstance(value, str) else near


_PEOPLE = (
    "Sara Test", "Omar Sample", "Noor Example", "Lina Trial", "Adam Demo", "Maya Fiction", "Yousef Sketch",
    "Hana Pattern", "Sami Draft", "Dana Model",
)  # fmt: skip


class Cast:
    """Gives the tokens of one recording their parts: numbers kept for fiction, made-up names."""

    def __init__(self) -> None:
        self._parts: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def dress(self, line: str) -> str:
        """The same line of JSON with every token replaced; what it replaces them by needs no escaping."""
        line = _EMAIL_TOKEN.sub(lambda m: f"customer{self._part('mail', m['who'])}@example.com", line)
        line = _NAME_TOKEN.sub(lambda m: _person(self._part("name", m["who"])), line)
        return _TOKEN.sub(self._number, line)

    def _number(self, found: re.Match[str]) -> str:
        part = self._part("number", found["who"])
        match found["form"]:
            case "9990":
                return f"{found['plus']}9655000{part:04d}"
            case "9991":
                return f"{found['plus']}5000{part:04d}"
            case _:
                # 555-0100 to 555-0199 is kept for fiction in every North American area code.
                return f"{found['plus']}1{202 + (part - 1) // 100}55501{(part - 1) % 100:02d}"

    def _part(self, kind: str, who: str) -> int:
        key = f"{kind}:{who}"
        if key not in self._parts:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._parts[key] = self._counts[kind]
        return self._parts[key]


def _person(part: int) -> str:
    name = _PEOPLE[(part - 1) % len(_PEOPLE)]
    return name if part <= len(_PEOPLE) else f"{name} {(part - 1) // len(_PEOPLE) + 1}"
