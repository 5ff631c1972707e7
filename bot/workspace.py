"""Typed settings of a workspace and the booking form as data. Stored as JSON, validated on the way in and out."""

from __future__ import annotations

from datetime import time
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.numbers import list_currencies
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from bot.cost_settings import Costs
from bot.external_booking import ExternalBooking
from bot.limits import ChatLimits
from bot.llm_settings import LlmSettings
from bot.mail_settings import MailSettings
from bot.payment_settings import PaymentSettings
from bot.quiet_hours import QuietHours
from bot.retention import Retention
from bot.theme import Theme
from bot.web_chat_settings import WebChat


class BookingMode(StrEnum):
    INTERNAL = "internal"
    EXTERNAL = "external"
    PROVIDER = "provider"


class SlotKind(StrEnum):
    """What a form field asks for. The first nine are built in; the rest are checked as their name says."""

    LOCATION = "location"
    SERVICES = "services"
    STAFF = "staff"
    TIME = "time"
    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    PAYMENT = "payment"
    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"


class FormField(BaseModel):
    """One slot of a booking form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
    kind: SlotKind
    required: bool = True
    question: dict[str, str] = Field(default_factory=dict)
    """Per language; empty: the bot's own wording."""
    label: dict[str, str] = Field(default_factory=dict)
    """What it is called in a summary, per language ("Guests"); empty: the key, spelt out."""
    choices: tuple[str, ...] = ()
    choice_names: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """The choices in further languages, in the same order."""
    max_length: int = Field(default=200, ge=1, le=2000)
    minimum: int | None = None
    maximum: int | None = None
    """Bounds of a NUMBER, which is always whole."""
    said: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Further words, in any language, that mean one thing wherever the customer says them: of a CHOICE one of its
    choices ({"New": ["new patient", "first visit"]}), of SERVICES a service by its external id ({"callback": ["call
    me"]})."""
    fact: Literal["party", "vehicle", "address", "day", "days"] | None = None
    """A fact that fills it when the customer mentions it by himself: how many people are coming (a NUMBER); his car, an
    address, a day, a first and a last day (a TEXT)."""
    service_up_to: dict[int, str] = Field(default_factory=dict)
    """A NUMBER that decides what is booked: up to how much, a service's external id ({2: "table-2", 4: "table-4"})."""

    @model_validator(mode="after")
    def _consistent(self) -> FormField:
        number = self.kind is SlotKind.NUMBER
        bounds = (self.minimum, self.maximum, self.service_up_to)
        if not number and (bounds != (None, None, {}) or self.fact == "party"):
            raise ValueError(
                f"question {self.key!r}: minimum, maximum, service_up_to and a fact of party belong to a number"
            )
        if self.fact not in {None, "party"} and self.kind is not SlotKind.TEXT:
            raise ValueError(f"question {self.key!r}: a fact of {self.fact} belongs to a text")
        if self.kind is not SlotKind.SERVICES and (unknown := set(self.said) - set(self.choices)):
            raise ValueError(
                f"question {self.key!r}: said names {min(unknown)!r}, which is none of its choices"
            )
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"question {self.key!r}: minimum is above maximum")
        if self.kind is SlotKind.CHOICE and not self.choices:
            raise ValueError(f"question {self.key!r}: a choice needs choices")
        if any(len(names) != len(self.choices) for names in self.choice_names.values()):
            raise ValueError(f"question {self.key!r}: choice_names must name every choice")
        return self

    def called(self, language: str) -> str:
        """Its label in a language."""
        spelt = self.key.replace("_", " ").capitalize()
        return self.label.get(language) or self.label.get("en") or spelt

    def choices_in(self, language: str) -> tuple[str, ...]:
        return self.choice_names.get(language) or self.choices

    def shown(self, value: str, language: str) -> str:
        """A stored answer as a customer reads it."""
        if value in self.choices:
            return self.choices_in(language)[self.choices.index(value)]
        return value

    @property
    def most(self) -> int | None:
        """The greatest number that can be booked."""
        bounds = [one for one in (self.maximum, max(self.service_up_to, default=None)) if one is not None]
        return min(bounds, default=None)


def standard_form() -> tuple[FormField, ...]:
    """Location, services, staff, time, name, phone, optional e-mail, payment type."""
    return tuple(
        FormField(key=kind.value, kind=kind, required=kind is not SlotKind.EMAIL)
        for kind in (
            SlotKind.LOCATION,
            SlotKind.SERVICES,
            SlotKind.STAFF,
            SlotKind.TIME,
            SlotKind.NAME,
            SlotKind.PHONE,
            SlotKind.EMAIL,
            SlotKind.PAYMENT,
        )
    )


class Outbound(BaseModel):
    """Who may be written to. Closed by default: only allow-listed addresses get a message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Literal["closed", "open"] = "closed"
    allow: tuple[str, ...] = ()
    """Addresses (E.164, a channel's user id or an e-mail address) that may be written to while closed; `@example.com`:
    every e-mail address there and on hosts below."""

    def permits(self, address: str) -> bool:
        if self.mode == "open" or address in self.allow:
            return True
        name, at, host = address.lower().rpartition("@")
        if not (name and at):
            return False
        allowed = {one.lower() for one in self.allow}
        above = host.split(".")
        return address.lower() in allowed or any(
            f"@{'.'.join(above[level:])}" in allowed for level in range(len(above))
        )


class Contact(BaseModel):
    """How a customer reaches the business without the bot."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    phone: str = ""
    email: str = ""
    website: str = ""

    @field_validator("website")
    @classmethod
    def _https(cls, value: str) -> str:
        if value and urlsplit(value).scheme != "https":
            raise ValueError("must be an https URL")
        return value


Said = Annotated[str, Field(min_length=1, max_length=1000)]
"""A text of the business's own that goes out as it stands."""


def _known_languages(value: dict[str, Any]) -> dict[str, Any]:
    if unknown := set(value) - {"en", "ar"}:
        raise ValueError(f"unknown language {min(unknown)!r}")
    return value


PerLanguage = Annotated[dict[str, Said], AfterValidator(_known_languages)]
"""A text per language; where one is missing the English one is taken, else any."""


class FaqEntry(BaseModel):
    """A question that customers ask, in several wordings, and the business's answer to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    questions: Annotated[
        dict[str, tuple[Annotated[str, Field(min_length=3, max_length=200)], ...]],
        AfterValidator(_known_languages),
    ]
    """Wordings per language: whole questions or their main words ("Is there parking?", "parking")."""
    answer: PerLanguage

    @model_validator(mode="after")
    def _complete(self) -> FaqEntry:
        if not any(self.questions.values()):
            raise ValueError("an entry needs at least one wording of its question")
        if not self.answer:
            raise ValueError("an entry needs an answer")
        return self


class OpenHours(BaseModel):
    """When somebody is there: one interval of one weekday, 0 = Monday, local wall time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weekday: Annotated[int, Field(ge=0, le=6)]
    opens: time
    closes: time
    """Not later than `opens`: of the next day."""


class Safety(BaseModel):
    """What a trade has to say when a message isn't about a booking at all. Empty: the bot doesn't look for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    crisis: PerLanguage = Field(default_factory=dict)
    """Said at once and alone when somebody speaks of harming himself or of an overdose ("call or text 988")."""
    emergency: PerLanguage = Field(default_factory=dict)
    """Said at once and alone when somebody needs an ambulance. Empty: `crisis`."""
    no_medical_advice: PerLanguage = Field(default_factory=dict)
    """Said when medical advice is asked for; the booking then goes on."""


class WorkspaceSettings(BaseModel):
    """Everything an operator can set for a business."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    timezone: str
    currency: str
    region: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "US"
    """ISO country that numbers without a country code belong to."""
    languages: tuple[Literal["en", "ar"], ...] = Field(default=("en",), min_length=1)
    booking_mode: BookingMode = BookingMode.INTERNAL
    external: ExternalBooking = ExternalBooking()
    """Where customers finish in external mode."""
    contact: Contact = Contact()
    outbound: Outbound = Outbound()
    mail: MailSettings = MailSettings()
    """Mails about bookings: from whom, to whom, of what (docs/mail.md)."""
    payment: PaymentSettings = PaymentSettings()
    """Payment links for bookings in the own calendar (docs/payments.md)."""
    costs: Costs = Costs()
    """What a payment and a message cost (docs/settings.md)."""
    lead_minutes: int = Field(default=60, ge=0, le=60 * 24 * 30)
    """Earliest bookable moment from now."""
    horizon_days: int = Field(default=14, ge=1, le=365)
    conversation_idle_hours: int = Field(default=24, ge=1, le=24 * 30)
    human_quiet_minutes: int = Field(default=120, ge=5, le=60 * 24)
    """After so long without a human's word the bot answers again."""
    hours: tuple[OpenHours, ...] = ()
    """When the team is there. Empty: when any of its places is open."""
    after_hours: PerLanguage = Field(default_factory=dict)
    """Said once per talk when nobody is there; `{opens}` becomes the next opening. The bot books all the same."""
    faq: tuple[FaqEntry, ...] = Field(default=(), max_length=200)
    safety: Safety = Safety()
    theme: Theme = Theme()
    web_chat: WebChat = WebChat()
    """Pages that may show the chat (docs/web-chat.md)."""
    quiet_hours: QuietHours = QuietHours()
    """When no message goes out that we begin; answers always do."""
    limits: ChatLimits = ChatLimits()
    """How often one customer may come (docs/settings.md)."""
    retention: Retention = Retention()
    """How long what is kept, in days (docs/privacy.md)."""
    llm: LlmSettings = LlmSettings()
    """Language models: which, for how much a day, and what for (docs/llm.md)."""
    goes_with: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """What may be suggested with what: a service's external id -> those of services that go with it, best first.
    Empty: nothing is ever suggested."""
    service_drop_limit: float = Field(default=0.3, ge=0, le=1)
    """A sync that would retire more than this share of services is refused."""

    @model_validator(mode="before")
    @classmethod
    def _before_there_were_kinds(cls, data: Any) -> Any:
        """One number of days was once set for everything."""
        if isinstance(data, dict) and "retention_days" in data:
            days = data["retention_days"]
            rest = {key: value for key, value in data.items() if key != "retention_days"}
            kept = {"conversations": days, "llm_calls": days}
            if isinstance(days, int) and days > Retention().bookings:
                kept["bookings"] = days
            return rest | {"retention": kept | rest.get("retention", {})}
        return data

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"unknown time zone {value!r}") from error
        return value

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, value: str) -> str:
        if value not in list_currencies():
            raise ValueError(f"unknown currency {value!r}")
        return value

    @model_validator(mode="after")
    def _payments_where_we_book(self) -> WorkspaceSettings:
        """In external mode, and where a booking system takes the order, no payment code of ours is ever reached."""
        problem = self.payment.problem_in(booking_mode=self.booking_mode.value, currency=self.currency)
        if problem is not None:
            raise ValueError(problem)
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
