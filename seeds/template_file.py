"""The templates: demo businesses as YAML files (seeds/templates), read and checked.

A template is a business file (seeds/business_file.py) with a section `template` of its own. The two that book through
a vendor's system are the demo's businesses: theirs holds that section only. docs/templates.md explains the fields.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.policy import ALWAYS_INTERNAL, Handling
from bot.workspace import Outbound, WorkspaceSettings
from providers.own_calendar.settings import BookingType, Key
from seeds.business_file import (
    BusinessFile,
    BusinessFileError,
    field_name,
    handled,
    read_as,
    read_fields,
    read_text,
)
from seeds.demo import BOT_KEY, BUSINESSES
from seeds.sandbox_numbers import DEMO_MAIL
from seeds.tint import TINT

FOLDER = Path(__file__).parent / "templates"
MIN_FAQ = 4
MIN_SAMPLES = 4

_STRICT = ConfigDict(frozen=True, extra="forbid")
_DEMO = {one.key: one for one in (*BUSINESSES, TINT)}
_Problem = tuple[tuple[str | int, ...], str]


class Sample(BaseModel):
    """How a made-up customer opens a talk. `service`: a key of the calendar's; empty: any of them."""

    model_config = _STRICT

    service: str = ""
    says: Annotated[str, Field(min_length=5, max_length=300)]
    language: Literal["en", "ar"] = "en"


class Template(BaseModel):
    """What a demo business is beside a business."""

    model_config = _STRICT

    key: Key
    title: Annotated[str, Field(min_length=1, max_length=60)]
    booking_types: tuple[BookingType, ...] = Field(min_length=1)
    """What can be booked: exactly the kinds that its services are of."""
    must_say: tuple[Literal["crisis", "emergency", "no_medical_advice"], ...] = ()
    """Safety notes without which this trade is not to be shown."""
    samples: tuple[Sample, ...] = Field(min_length=MIN_SAMPLES)


class TemplateFile(BusinessFile):
    template: Template


class DemoTemplateFile(BaseModel):
    """A template of one of the demo's businesses, which seeds/demo.py and seeds/tint.py hold."""

    model_config = _STRICT

    demo: str
    template: Template


@dataclass(frozen=True, slots=True)
class LoadedTemplate:
    """One template. `file`: None where the business is the demo's own."""

    template: Template
    file: TemplateFile | None

    @property
    def key(self) -> str:
        return self.template.key

    @property
    def workspace_key(self) -> str:
        return self.file.business.key if self.file is not None else self.key

    @property
    def bot_key(self) -> str:
        return self.file.bot.key if self.file is not None else BOT_KEY

    @property
    def settings(self) -> WorkspaceSettings:
        if self.file is None:
            return _DEMO[self.key].settings
        return WorkspaceSettings.model_validate(self.file.business.named_settings())

    def routes(self) -> dict[str, Handling]:
        """Who finishes what, per booking type."""
        if self.file is None:
            return dict.fromkeys(self.template.booking_types, Handling.PROVIDER)
        found: dict[str, Handling] = {}
        for offer in self.file.calendar.services:
            handling = handled(self.file, offer.key)
            if handling is not None:
                found[offer.booking_type] = handling
        return {kind: found[kind] for kind in self.template.booking_types}


def load_templates(folder: Path = FOLDER) -> dict[str, LoadedTemplate]:
    """All of them by key. Raises BusinessFileError with everything that is wrong in any file."""
    found: dict[str, LoadedTemplate] = {}
    wrong: list[str] = []
    workspaces: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            one = read_template(read_text(path), name=path.name)
        except BusinessFileError as error:
            wrong += error.problems
            continue
        if one.key != path.stem:
            wrong.append(f"{path.name}: template.key: the file's name says {path.stem!r}")
        if one.workspace_key in workspaces:
            where = workspaces[one.workspace_key]
            wrong.append(f"{path.name}: business.key: {one.workspace_key!r} is {where}'s already")
        workspaces[one.workspace_key] = path.name
        found[one.key] = one
    if wrong:
        raise BusinessFileError(wrong)
    return found


@cache
def shipped_templates() -> Mapping[str, LoadedTemplate]:
    """Those of seeds/templates, read once."""
    return load_templates()


def read_template(text: str, *, name: str) -> LoadedTemplate:
    """One template from text at hand; `name` is the file's in messages. Raises BusinessFileError."""
    data = read_fields(text, name=name)
    if "demo" in data:
        return _read_demo(data, name=name)
    file = read_as(TemplateFile, data, name=name)
    wrong = [f"{name}: {field_name(where)}: {what}" for where, what in _problems(file)]
    if wrong:
        raise BusinessFileError(wrong)
    return LoadedTemplate(file.template, _fenced(file))


def _fenced(file: TemplateFile) -> TemplateFile:
    """Its mails go to addresses at example.com and nowhere else, whatever mail service the installation has."""
    domains = DEMO_MAIL.only_domains
    mail = file.business.mail.model_copy(update={"only_domains": domains})
    outbound = Outbound(allow=tuple(f"@{domain}" for domain in domains))
    business = file.business.model_copy(update={"mail": mail, "outbound": outbound})
    return file.model_copy(update={"business": business})


def _read_demo(data: dict[str, Any], *, name: str) -> LoadedTemplate:
    try:
        file = DemoTemplateFile.model_validate(data)
    except ValidationError as error:
        raise BusinessFileError(
            f"{name}: {field_name(one['loc'])}: {one['msg']}"
            for one in error.errors(include_input=False, include_url=False)
        ) from None
    wrong = []
    if file.demo not in _DEMO:
        wrong.append(f"{name}: demo: the demo has no business {file.demo!r}")
    if file.demo != file.template.key:
        wrong.append(f"{name}: template.key: must be the demo business's, {file.demo!r}")
    if wrong:
        raise BusinessFileError(wrong)
    return LoadedTemplate(file.template, None)


def _problems(file: TemplateFile) -> Iterator[_Problem]:
    """What a demo business must have beyond what any business must."""
    if file.business.key in _DEMO:
        yield ("business", "key"), f"{file.business.key!r} is one of the demo's own businesses"
    yield from _booking_types(file)
    yield from _texts(file)
    yield from _safety(file)
    known = {offer.key for offer in file.calendar.services}
    for number, sample in enumerate(file.template.samples):
        if sample.service and sample.service not in known:
            yield ("template", "samples", number, "service"), f"there is no service {sample.service!r}"
        if sample.language not in file.business.languages:
            yield ("template", "samples", number, "language"), "the business doesn't speak it"
    for number, channel in enumerate(file.channels):
        if channel.channel != "web":
            yield ("channels", number, "channel"), "a template has no number of its own, only a web chat"


def _booking_types(file: TemplateFile) -> Iterator[_Problem]:
    declared, served = file.template.booking_types, {one.booking_type for one in file.calendar.services}
    for number, kind in enumerate(declared):
        if kind not in served:
            yield ("template", "booking_types", number), f"no service is a {kind}"
    for number, offer in enumerate(file.calendar.services):
        if offer.booking_type not in declared:
            where = ("calendar", "services", number, "booking_type")
            yield where, f"{offer.booking_type} is not among template.booking_types"
    for kind, count in Counter(declared).items():
        if count > 1:
            yield ("template", "booking_types"), f"{kind} is there twice"
    if not served & ALWAYS_INTERNAL:
        yield ("calendar", "services"), "a call, tour, estimate or consultation is needed, booked here"


def _texts(file: TemplateFile) -> Iterator[_Problem]:
    business = file.business
    if not (business.contact.phone or business.contact.email):
        yield ("business", "contact"), "a phone number or an e-mail address is needed"
    if len(business.faq) < MIN_FAQ:
        yield ("business", "faq"), f"at least {MIN_FAQ} questions are needed"
    if not business.llm.trade:
        yield ("business", "llm", "trade"), "is missing"
    said: list[tuple[tuple[str | int, ...], Iterable[str]]] = [
        (("business", "after_hours"), business.after_hours),
        (("business", "theme", "greeting"), business.theme.greeting),
        *((("business", "faq", number, "answer"), one.answer) for number, one in enumerate(business.faq)),
    ]
    yield from _unspoken(said, business.languages)


def _safety(file: TemplateFile) -> Iterator[_Problem]:
    safety = file.business.safety
    notes: dict[str, dict[str, str]] = {name: getattr(safety, name) for name in file.template.must_say}
    yield from _unspoken(
        [(("business", "safety", name), texts) for name, texts in notes.items()], file.business.languages
    )
    if file.business.region != "US":
        return
    lines = {"crisis": ("988", "911"), "emergency": ("911",)}
    for name, numbers in lines.items():
        for language, text in notes.get(name, {}).items():
            for number in numbers:
                if number not in text:
                    yield ("business", "safety", name, language), f"must name {number}"


def _unspoken(
    said: Sequence[tuple[tuple[str | int, ...], Iterable[str]]], languages: Sequence[str]
) -> Iterator[_Problem]:
    for where, texts in said:
        for language in languages:
            if language not in set(texts):
                yield where, f"is missing in {language!r}"
