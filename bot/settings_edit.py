"""Settings read and changed by path (`external.url`), with a clear message per field. Pure: nothing is stored here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.messages import JsonObject
from bot.workspace import WorkspaceSettings

_LONGEST_SHOWN = 120
_NAMES_PEOPLE = ("outbound.allow",)
"""Changes of these are noted without what stands there."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path or 'settings'}: {self.message}"


class SettingsRefused(ValueError):
    """Nothing was changed; `problems` says why, field by field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(one) for one in problems))
        self.problems = tuple(problems)


def parsed(stored: Mapping[str, Any]) -> WorkspaceSettings:
    """Raises SettingsRefused."""
    try:
        return WorkspaceSettings.model_validate(stored)
    except ValidationError as error:
        raise SettingsRefused(
            [
                Problem(".".join(str(part) for part in one["loc"]), _plain(one["msg"], one["type"]))
                for one in error.errors(include_input=False, include_url=False)
            ]
        ) from None


def _plain(message: str, kind: str) -> str:
    if kind == "extra_forbidden":
        return "there is no such setting"
    return message.removeprefix("Value error, ").removeprefix("Input ")


def value_at(settings: WorkspaceSettings, path: str) -> Any:
    """As JSON. Raises SettingsRefused for a path that leads nowhere."""
    found: Any = settings.model_dump(mode="json")
    for part in _parts(path):
        match found:
            case dict() if part in found:
                found = found[part]
            case list() if part.isdigit() and int(part) < len(found):
                found = found[int(part)]
            case _:
                raise SettingsRefused([Problem(path, "there is no such setting")])
    return found


def with_value(settings: WorkspaceSettings, path: str, value: Any) -> WorkspaceSettings:
    """The settings with one of them changed, checked as a whole. None takes an optional entry out, or a default back.

    Raises SettingsRefused.
    """
    stored: JsonObject = settings.model_dump(mode="json")
    *way, last = _parts(path)
    within: Any = stored
    for part in way:
        if isinstance(within, dict):
            within = within.setdefault(part, {})
        elif isinstance(within, list) and part.isdigit() and int(part) < len(within):
            within = within[int(part)]
        else:
            raise SettingsRefused([Problem(path, "there is no such setting")])
    if isinstance(within, list) and last.isdigit() and int(last) < len(within):
        within[int(last)] = value
    elif not isinstance(within, dict):
        raise SettingsRefused([Problem(path, "there is no such setting")])
    elif value is None:
        within.pop(last, None)
    else:
        within[last] = value
    return parsed(stored)


def _parts(path: str) -> list[str]:
    parts = path.split(".")
    if not all(parts):
        raise SettingsRefused(
            [Problem(path, "a path has words with dots between them, such as external.url")]
        )
    return parts


def changes(before: WorkspaceSettings, after: WorkspaceSettings) -> dict[str, list[Any]]:
    """What differs: path -> [before, after], short enough for an entry; long or personal values as a mark."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return {
        path: [_shown(path, _leaf(old, path)), _shown(path, _leaf(new, path))]
        for path in _differing(old, new)
    }


def _differing(old: Any, new: Any, path: str = "") -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            yield from _differing(old.get(key), new.get(key), f"{path}.{key}" if path else key)
    elif old != new:
        yield path


def _leaf(tree: Any, path: str) -> Any:
    for part in path.split("."):
        tree = tree.get(part) if isinstance(tree, dict) else None
    return tree


def _shown(path: str, value: Any) -> Any:
    if path in _NAMES_PEOPLE or len(str(value)) > _LONGEST_SHOWN:
        return "…"
    return value


def described(model: type[BaseModel] = WorkspaceSettings, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every path with its type, for help: those of nested settings one by one."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from described(kind, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(kind).replace("typing.", "").replace("datetime.", "")
