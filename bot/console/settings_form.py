"""Settings as a form: which control each setting has, what stands in it, and what a filled-in form means. Pure.

Simple values have fields of their own; lists of things (questions and answers, what goes with what) are YAML, as in a
business's file. Every setting stands in exactly one section (a test holds it).
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import time
from enum import Enum, StrEnum
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel

from bot.console import settings_words as words
from bot.console.weekly_hours import HoursUnclear, read_hours, written_hours
from bot.settings_edit import Problem, SettingsRefused, parsed
from bot.workspace import WorkspaceSettings


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    COLOR = "color"
    CHECK = "check"
    SELECT = "select"
    SEVERAL = "several"
    """Boxes, any number of them ticked."""
    LINES = "lines"
    """One entry a line."""
    LANGUAGES = "languages"
    """A text per language."""
    HOURS = "hours"
    YAML = "yaml"


@dataclass(frozen=True, slots=True)
class SettingsSection:
    key: str
    title: str
    text: str
    roots: tuple[str, ...]
    """Settings, or groups of them, that stand here."""


SECTIONS = (
    SettingsSection("business", "Business", "What it is, where it is, when somebody is there.",
                    ("timezone", "currency", "region", "languages", "contact", "hours", "after_hours")),
    SettingsSection("booking", "Booking", "Who finishes a booking, how early and how far ahead, what goes with what.",
                    ("booking_mode", "lead_minutes", "horizon_days", "goes_with", "payment")),
    SettingsSection("page", "Booking page", "Where customers finish in external mode, and what the page reports back.",
                    ("external",)),
    SettingsSection("messages", "Messages", "Who may be written to, mails, quiet hours, limits, when a talk is over.",
                    ("outbound", "quiet_hours", "limits", "conversation_idle_hours", "human_quiet_minutes", "mail")),
    SettingsSection("answers", "Answers", "The business's own answers, and lines that a trade has to say.",
                    ("faq", "safety")),
    SettingsSection("look", "Web chat", "Colors, greeting, and the pages that may show the chat.",
                    ("theme", "web_chat")),
    SettingsSection("models", "Language models", "Which, for how much a day, and what for. None is needed.", ("llm",)),
    SettingsSection("costs", "Costs", "What a payment and a message cost you. Only the overview counts with it.",
                    ("costs",)),
    SettingsSection("data", "Data", "How long what is kept, in days, and when a sync is refused.",
                    ("retention", "service_drop_limit")),
)  # fmt: skip

LANGUAGES = {"en": "English", "ar": "Arabic"}
BY_SERVICE = frozenset({"goes_with", "external.service_urls"})
"""Settings that name services by the booking system's number."""
_NUMBER = re.compile(r"^(?:- )?'?([^':\s]+)")
_FILES = re.compile(r"\s*\((?:bot|docs|providers|workers)/[^)]*\)")
_CODE = re.compile(r"`([^`]*)`")


@dataclass(frozen=True, slots=True)
class Control:
    """One setting on the page. value: a text; a mapping per language; the ticked ones."""

    path: str
    label: str
    kind: Kind
    value: Any
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = field(default=())

    @property
    def group(self) -> str:
        """The heading under which it stands; empty: none."""
        return words.group(self.path)

    @property
    def wide(self) -> bool:
        return self.kind in {Kind.LINES, Kind.LANGUAGES, Kind.HOURS, Kind.YAML}


@dataclass(frozen=True, slots=True)
class _Setting:
    path: str
    type: Any
    hint: str


def controls(
    settings: WorkspaceSettings,
    section: SettingsSection,
    *,
    pages: Sequence[tuple[str, str]],
    services: Mapping[str, str] | None = None,
) -> list[Control]:
    """What stands in a section. pages: booking pages that are known, by key and title; services: names by the number
    that the booking system gave."""
    tree = settings.model_dump(mode="json")
    shown = [_control(one, _at(tree, one.path), pages) for one in _settings(section)]
    return [
        replace(one, value=_with_names(one.value, services)) if services and one.path in BY_SERVICE else one
        for one in shown
    ]


def _with_names(text: str, services: Mapping[str, str]) -> str:
    """Each line that begins with a service's number says which one it is, as a comment."""

    def named(line: str) -> str:
        found = _NUMBER.match(line)
        name = services.get(found[1]) if found else None
        return f"{line}  # {name}" if name else line

    return "\n".join(named(line) for line in text.splitlines())


def refused(
    shown: Sequence[Control], form: Mapping[str, str], problems: Sequence[Problem]
) -> tuple[list[Control], list[str]]:
    """The controls with what was typed and what is wrong with it; what concerns none of them, in words."""
    placed: set[Problem] = set()
    after: list[Control] = []
    for one in shown:
        mine = [each for each in problems if f"{each.path}.".startswith(f"{one.path}.")]
        placed.update(mine)
        said = tuple(
            each.message
            if each.path == one.path
            else f"{each.path.removeprefix(one.path)[1:]}: {each.message}"
            for each in mine
        )
        after.append(Control(one.path, one.label, one.kind, _typed(one, form), one.hint, one.options, said))
    return after, [str(each) for each in problems if each not in placed]


def changed(settings: WorkspaceSettings, section: SettingsSection, form: Mapping[str, str]) -> dict[str, Any]:
    """The whole settings as JSON, with the section's values as the form has them. Not yet checked as settings.

    Raises SettingsRefused for what can't even be read (YAML that is none, a number with letters), with whatever else is
    wrong, so that nobody is told of his mistakes one by one.
    """
    tree = settings.model_dump(mode="json")
    problems: list[Problem] = []
    for one in _settings(section):
        try:
            _put(tree, one.path, _read(one, form))
        except (ValueError, yaml.YAMLError) as error:
            problems.append(Problem(one.path, _unreadable(error)))
    if problems:
        raise SettingsRefused([*problems, *_wrong_in(tree)])
    return tree


def _wrong_in(tree: dict[str, Any]) -> Sequence[Problem]:
    """What couldn't be read stands there as it was before."""
    try:
        parsed(tree)
    except SettingsRefused as error:
        return error.problems
    return ()


# -- which settings there are -----------------------------------------------------------------------------------


def _settings(section: SettingsSection) -> list[_Setting]:
    fields = WorkspaceSettings.model_fields
    found: list[_Setting] = []
    for root in section.roots:
        found += _leaves(root, fields[root].annotation, _docs(WorkspaceSettings).get(root, ""))
    return found


def _leaves(path: str, kind: Any, hint: str) -> list[_Setting]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [
            leaf
            for name, one in kind.model_fields.items()
            for leaf in _leaves(f"{path}.{name}", one.annotation, _docs(kind).get(name, ""))
        ]
    return [_Setting(path, _bare(kind), _said(hint))]


@cache
def _docs(model: type[BaseModel]) -> Mapping[str, str]:
    """What stands under each field in the source. Read when a form is first shown: it costs more than the models."""
    (source,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    return {
        field.target.id: said.value.value
        for field, said in pairwise(source.body if isinstance(source, ast.ClassDef) else ())
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(said, ast.Expr)
        and isinstance(said.value, ast.Constant)
        and isinstance(said.value.value, str)
    }


def _bare(kind: Any) -> Any:
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, types.UnionType):
        (kind,) = [_bare(one) for one in get_args(kind) if one is not type(None)]
    return kind


def _said(hint: str) -> str:
    return _CODE.sub(r"\1", _FILES.sub("", " ".join(hint.split())))


def _control(setting: _Setting, value: Any, pages: Sequence[tuple[str, str]]) -> Control:
    kind, options = _kind(setting)
    if setting.path in {"external.page", "external.completions.page"}:
        first = "Known by its address" if setting.path == "external.page" else "The page where customers book"
        kind, options = Kind.SELECT, (("", first), *pages)
    hint = words.HINTS.get(setting.path, setting.hint)
    return Control(setting.path, words.label(setting.path), kind, _shown(kind, value), hint, options)


def _kind(setting: _Setting) -> tuple[Kind, tuple[tuple[str, str], ...]]:
    kind = setting.type
    if setting.path == "hours":
        return Kind.HOURS, ()
    if setting.path.startswith("theme.") and setting.path.endswith("color"):
        return Kind.COLOR, ()
    if options := _options(kind, setting.path):
        return Kind.SELECT, options
    if get_origin(kind) is tuple:
        inner = _bare(get_args(kind)[0])
        if options := _options(inner, setting.path):
            return Kind.SEVERAL, options
        return (Kind.LINES if inner is str else Kind.YAML), ()
    if get_origin(kind) is dict:
        per_language = setting.path.split(".")[-1] in {"disclaimer", "after_hours", "greeting"}
        return (Kind.LANGUAGES if per_language or setting.path.startswith("safety.") else Kind.YAML), ()
    plain = {bool: Kind.CHECK, int: Kind.NUMBER, float: Kind.NUMBER, time: Kind.TIME}
    return plain.get(kind, Kind.TEXT), ()


def _options(kind: Any, path: str) -> tuple[tuple[str, str], ...]:
    """The values of a choice, with their words."""
    if get_origin(kind) is Literal:
        values = [str(one) for one in get_args(kind)]
    elif isinstance(kind, type) and issubclass(kind, Enum):
        values = [str(one.value) for one in kind]
    else:
        return ()
    return tuple((value, LANGUAGES.get(value) or words.option(path, value)) for value in values)


# -- values to texts, and back ----------------------------------------------------------------------------------


def _shown(kind: Kind, value: Any) -> Any:
    match kind:
        case Kind.CHECK:
            return bool(value)
        case Kind.SEVERAL:
            return [str(one) for one in value]
        case Kind.LANGUAGES:
            return {language: value.get(language, "") for language in LANGUAGES}
        case Kind.LINES:
            return "\n".join(value)
        case Kind.HOURS:
            return written_hours(value)
        case Kind.YAML:
            return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=100) if value else ""
        case Kind.TIME:
            return str(value)[:5]
    return "" if value is None else str(value)


def _typed(control: Control, form: Mapping[str, str]) -> Any:
    match control.kind:
        case Kind.CHECK:
            return control.path in form
        case Kind.SEVERAL:
            return [value for value, _ in control.options if f"{control.path}.{value}" in form]
        case Kind.LANGUAGES:
            return {language: form.get(f"{control.path}.{language}", "") for language in LANGUAGES}
        case Kind.HOURS:
            return {day: form.get(f"{control.path}.{day}", "") for day in control.value}
    return form.get(control.path, "")


def _read(setting: _Setting, form: Mapping[str, str]) -> Any:
    """As JSON. Raises ValueError or yaml.YAMLError for what isn't what the control asks for."""
    kind, options = _kind(setting)
    typed = form.get(setting.path, "").strip()
    match kind:
        case Kind.CHECK:
            return setting.path in form
        case Kind.SEVERAL:
            return [value for value, _ in options if f"{setting.path}.{value}" in form]
        case Kind.LANGUAGES:
            said = {one: form.get(f"{setting.path}.{one}", "").strip() for one in LANGUAGES}
            return {language: text for language, text in said.items() if text}
        case Kind.LINES:
            return [line.strip() for line in typed.splitlines() if line.strip()]
        case Kind.HOURS:
            return read_hours({day: form.get(f"{setting.path}.{day}", "") for day in written_hours([])})
        case Kind.YAML:
            empty: Any = [] if get_origin(setting.type) is tuple else {}
            return yaml.safe_load(typed) or empty
        case Kind.NUMBER:
            if not typed:
                return None
            return float(typed) if setting.type is float else int(typed)
    return typed


def _unreadable(error: Exception) -> str:
    match error:
        case HoursUnclear():
            return str(error)
        case yaml.MarkedYAMLError() if error.problem_mark:
            return f"can't be read in line {error.problem_mark.line + 1}: {error.problem}"
        case yaml.YAMLError():
            return "can't be read as YAML"
    return "is no number"


def _at(tree: Any, path: str) -> Any:
    for part in path.split("."):
        tree = tree[part]
    return tree


def _put(tree: dict[str, Any], path: str, value: Any) -> None:
    *way, last = path.split(".")
    for part in way:
        tree = tree[part]
    tree[last] = value
