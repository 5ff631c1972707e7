"""A business as one YAML file: what may stand in it, and reading it. What is wrong is said with file and field.

    business: key, name, time zone, currency, contact ... (bot/workspace.py, WorkspaceSettings)
    bot:      the assistant's name and further questions of the booking form
    channels: WhatsApp and SMS numbers; a web chat is always there
    calendar: locations, services, staff, resources (providers/own_calendar/settings.py)
              beside booking_mode external: what is offered, and the times of calls and consultations
    mirror:   ShopMonkey, to which bookings are copied (providers/mirror.py)

docs/own-calendar.md explains every field.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.policy import Handling, PolicyInput, resolve_booking_handling
from bot.workspace import BookingMode, FormField, PerLanguage, SlotKind, WorkspaceSettings, standard_form
from providers.mirror import MirrorSettings
from providers.own_calendar.checks import problems, unit_keys
from providers.own_calendar.settings import CalendarSettings, Key

NEEDED_SECRETS = {
    "whatsapp": ("app_secret", "access_token", "verify_token"),
    "twilio": ("auth_token",),
    "web": (),
}
NEEDED_SETTINGS = {"whatsapp": (), "twilio": ("account_sid",), "web": ()}
OWN_QUESTIONS = (SlotKind.TEXT, SlotKind.NUMBER, SlotKind.CHOICE)

_STRICT = ConfigDict(frozen=True, extra="forbid")


class BusinessFileError(Exception):
    """The file can't be used. `problems`: one line each, with file and field."""

    def __init__(self, found: Iterable[str]) -> None:
        self.problems = tuple(found)
        super().__init__("\n".join(self.problems))


class Business(WorkspaceSettings):
    """Who it is, and any of the workspace's settings. What isn't named stays as an operator set it."""

    key: Key
    name: Annotated[str, Field(min_length=1, max_length=120)]
    booking_mode: Literal[BookingMode.INTERNAL, BookingMode.EXTERNAL] = BookingMode.INTERNAL
    """external: bookings are finished on the business's own page; calls and the like stay in this calendar."""

    def named_settings(self) -> dict[str, Any]:
        """The workspace settings that the file names, as JSON."""
        named = self.model_dump(mode="json", exclude_unset=True, exclude={"key", "name"})
        return named | {"booking_mode": self.booking_mode.value}


class Bot(BaseModel):
    model_config = _STRICT

    key: Key = "reception"
    name: Annotated[str, Field(min_length=1, max_length=120)] = "Reception"
    questions: tuple[FormField, ...] = ()
    """Asked beside the usual ones: text, number or choice."""
    asks: dict[Literal["services"], PerLanguage] = Field(default_factory=dict)
    """How this trade asks what is wanted, per language ("What does the car need?"); left out: in the bot's words."""
    words: dict[Key, tuple[Annotated[str, Field(min_length=3, max_length=60)], ...]] = Field(
        default_factory=dict
    )
    """What customers say when they mean a service, by its key, beside its name: {callback: [call me back]}."""

    @model_validator(mode="after")
    def _own_kinds(self) -> Bot:
        for question in self.questions:
            if question.kind not in OWN_QUESTIONS:
                kinds = ", ".join(OWN_QUESTIONS)
                raise ValueError(f"question {question.key!r}: kind must be one of {kinds}")
        if len({question.key for question in self.questions}) < len(self.questions):
            raise ValueError("two questions have the same key")
        return self


class Channel(BaseModel):
    """A number or a widget that customers write to. Secrets may be left out once they are stored."""

    model_config = _STRICT

    channel: Literal["whatsapp", "twilio", "web"]
    account_key: Key
    """Ends the webhook's URL."""
    address: Annotated[str, Field(min_length=1, max_length=120)]
    secrets: dict[str, str] = Field(default_factory=dict, repr=False)
    settings: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _complete(self) -> Channel:
        for name in NEEDED_SETTINGS[self.channel]:
            if not self.settings.get(name):
                raise ValueError(f"settings: {name} is missing")
        return self


class BookingMirror(MirrorSettings):
    """ShopMonkey, beside the calendar."""

    api_key: Annotated[str, Field(repr=False)] = ""
    """Left out: as it is stored."""


class BusinessFile(BaseModel):
    model_config = _STRICT

    business: Business
    bot: Bot = Bot()
    channels: tuple[Channel, ...] = ()
    calendar: CalendarSettings
    mirror: BookingMirror | None = None
    """Where bookings are copied to. Left out: as it is stored."""

    @model_validator(mode="after")
    def _mirrored(self) -> BusinessFile:
        """Whatever can be booked must have its place there."""
        if self.mirror is None:
            return self
        staff = {person.key for person in self.calendar.staff}
        staff |= {unit for resource in self.calendar.resources for unit in unit_keys(resource)}
        for field, keys, named in (
            ("locations", {place.key for place in self.calendar.locations}, self.mirror.locations),
            ("staff", staff, self.mirror.staff or dict.fromkeys(staff)),
        ):
            if keys != set(named):
                odd = ", ".join(sorted(keys ^ set(named)))
                raise ValueError(f"mirror.{field} must name exactly the calendar's own keys; see {odd}")
        return self

    @model_validator(mode="after")
    def _known_services(self) -> BusinessFile:
        """Suggestions and deciding questions name services of this file."""
        known = {service.key for service in self.calendar.services}
        named = {key: "goes_with" for pair in self.business.goes_with.items() for key in (pair[0], *pair[1])}
        named |= {
            key: f"question {one.key!r}" for one in self.bot.questions for key in one.service_up_to.values()
        }
        named |= dict.fromkeys(self.bot.words, "bot.words")
        missing = [
            f"{where}: there is no service {key!r}" for key, where in named.items() if key not in known
        ]
        if missing:
            raise ValueError("; ".join(missing))
        return self

    def form(self) -> tuple[FormField, ...]:
        """The usual questions (nobody is asked which of many tables he wants), then the business's own.

        A question that decides what is booked ("how many are you?") is asked first, instead of the service.
        """
        usual = tuple(
            one.model_copy(
                update={"question": self.bot.asks.get("services", {}), "said": dict(self.bot.words)}
            )
            if one.kind is SlotKind.SERVICES
            else one
            for one in standard_form()
            if self.calendar.staff or one.kind is not SlotKind.STAFF
        )
        deciding = tuple(one for one in self.bot.questions if one.service_up_to)
        if deciding:
            usual = tuple(one for one in usual if one.kind is not SlotKind.SERVICES)
        return (*deciding, *usual, *(one for one in self.bot.questions if one not in deciding))


F = TypeVar("F", bound=BusinessFile)


class _Loader(yaml.SafeLoader):
    """YAML whose mappings name every key once: PyYAML itself silently takes the last."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if not isinstance(key, str):
            raise yaml.constructor.ConstructorError(
                None, None, f"{key!r} is no field's name; put it in quotes", key_node.start_mark
            )
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"{key!r} is there twice", key_node.start_mark
            )
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def load_business_file(path: Path) -> BusinessFile:
    """The checked file. Raises BusinessFileError with everything that is wrong."""
    return read_business(read_text(path), name=path.name)


def read_text(path: Path) -> str:
    """A file's text. Raises BusinessFileError."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BusinessFileError([f"{path.name}: can't be read: {_why(error)}"]) from None


def read_business(text: str, *, name: str) -> BusinessFile:
    """The same for text that is at hand; `name` is the file's in messages."""
    return read_as(BusinessFile, read_fields(text, name=name), name=name)


def read_fields(text: str, *, name: str) -> dict[str, Any]:
    """The YAML as it stands. Raises BusinessFileError."""
    try:
        data = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = f" line {error.problem_mark.line + 1}:" if error.problem_mark else ""
        raise BusinessFileError([f"{name}:{line} {error.problem}"]) from None
    except yaml.YAMLError:
        raise BusinessFileError([f"{name}: is no YAML"]) from None
    if not isinstance(data, dict):
        raise BusinessFileError([f"{name}: business and calendar are missing"])
    return data


def read_as(kind: type[F], data: dict[str, Any], *, name: str) -> F:
    """The fields as a business, checked whole. Raises BusinessFileError."""
    try:
        found = kind.model_validate(data)
    except ValidationError as error:
        raise BusinessFileError(
            f"{name}: {field_name(one['loc'])}: {_plain(one['msg'])}"
            for one in error.errors(include_input=False, include_url=False)
        ) from None
    wrong = [
        f"{name}: {field_name(('calendar', *where.split('.')))}: {what}"
        for where, what in problems(found.calendar, found.business.currency)
    ]
    wrong += [f"{name}: {field_name(where)}: {what}" for where, what in _without_page(found)]
    if wrong:
        raise BusinessFileError(wrong)
    return found


def _without_page(file: BusinessFile) -> list[tuple[tuple[str | int, ...], str]]:
    """Services that are finished elsewhere need an address there, and addresses a service."""
    external = file.business.external
    known = {offer.key for offer in file.calendar.services}
    found: list[tuple[tuple[str | int, ...], str]] = [
        (("business", "external", "service_urls", key), f"there is no service {key!r}")
        for key in external.service_urls
        if key not in known
    ]
    lost = [key for key in known if handled(file, key) is None]
    if lost:
        where = ("business", "external", "url")
        found.append((where, f"is missing: nobody could finish booking {', '.join(sorted(lost))}"))
    return found


def handled(file: BusinessFile, service_key: str) -> Handling | None:
    """Who finishes a booking of this service. None: an external page, but there is no address of it."""
    external = file.business.external
    offer = next(one for one in file.calendar.services if one.key == service_key)
    found = resolve_booking_handling(
        PolicyInput(
            booking_mode=file.business.booking_mode,
            external_url=external.url,
            service_url=external.service_urls.get(service_key, ""),
        ),
        offer.booking_type,
    )
    lost = found.handling is Handling.EXTERNAL and found.external_url is None
    return None if lost else found.handling


def field_name(parts: Iterable[int | str]) -> str:
    """('calendar', 'services', 1, 'price') as calendar.services[1].price; counted from 0, as YAML tools do."""
    text = ""
    for part in parts:
        if str(part).isdigit():
            text += f"[{part}]"
        else:
            text += f".{part}" if text else str(part)
    return text


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")


def _why(error: Exception) -> str:
    return error.strerror or "unreadable" if isinstance(error, OSError) else "it isn't UTF-8 text"
