"""The rules of the house as functions: a source in, complaints out. Each says why it stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.rules.source import Source, imports, load_time_imports, strings

MAX_LINES = 420


def floor(source: Source) -> str:
    """The top-level folder of a file."""
    return source.path.partition("/")[0]


def _name_of(node: ast.expr) -> str:
    """The last name of `a.b.name` or `name`."""
    return str(getattr(node, "attr", "") or getattr(node, "id", ""))


def _imports_of(source: Source, *names: str) -> Iterator[int]:
    for name, line in imports(source):
        if any(name == wanted or name.startswith(wanted + ".") for wanted in names):
            yield line


def queue_only_in_workers(source: Source) -> Iterator[str]:
    """arq and Redis are a bell; whoever else knew them would start to trust them."""
    if floor(source) != "workers":
        for line in sorted(set(_imports_of(source, "arq", "redis"))):
            yield f"{source.path}:{line} imports arq or redis; only workers may"


def database_only_in_db(source: Source) -> Iterator[str]:
    """SQL in one place is SQL that a test can PREPARE and EXPLAIN."""
    if floor(source) not in {"db", "workers"}:
        for line in sorted(set(_imports_of(source, "asyncpg"))):
            yield f"{source.path}:{line} imports asyncpg; only db and workers may"


def environment_only_in_settings(source: Source) -> Iterator[str]:
    """One file that reads variables is one file that documents them."""
    if source.path == "workers/settings.py":
        return
    for node in ast.walk(source.tree):
        names = set()
        if isinstance(node, ast.Attribute):
            names = {node.attr}
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            names = {alias.name for alias in node.names}
        if names & {"environ", "getenv", "environb", "putenv"}:
            yield f"{source.path}:{node.lineno} reads the environment; only workers/settings.py may"


_CLOCKS = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
    ("time", "time"), ("time", "time_ns"),
}  # fmt: skip


def clock_only_in_workers(source: Source) -> Iterator[str]:
    """What is told the time can be tested at any time.

    An id's leading bits are no decision: db/ids.py takes them from the clock so that keys grow at one end.
    """
    if floor(source) == "workers" or source.path == "db/ids.py":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute):
            if (_name_of(node.value), node.attr) in _CLOCKS:
                yield f"{source.path}:{node.lineno} reads the clock; take `now` as an argument"
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            for alias in node.names:
                if ("time", alias.name) in _CLOCKS:
                    yield f"{source.path}:{node.lineno} imports the clock; take `now` as an argument"


_PURE = ("bot/flows/", "bot/understanding/", "bot/wording/", "bot/scheduling", "bot/policy")
_IMPURE = (
    "aiohttp", "anyio", "arq", "asyncio", "asyncpg", "db", "httpx", "openai", "pathlib", "providers",
    "random", "redis", "secrets", "socket", "subprocess", "threading", "time", "twilio", "urllib.request",
    "uuid.uuid4",
)  # fmt: skip


def thinking_is_pure(source: Source) -> Iterator[str]:
    """A conversation must give the same answer to the same words, tables and time.

    `llm.py` holds the port to a language model. `providers.contract` is nothing but values.
    """
    if source.path.startswith(_PURE) and not source.path.endswith("/llm.py"):
        values = set(_imports_of(source, "providers.contract"))
        for line in sorted(set(_imports_of(source, *_IMPURE)) - values):
            yield f"{source.path}:{line} imports input, output, chance or a clock into the thinking part"


_LOOKS_LIKE_SQL = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\b")
_UNINDEXABLE = re.compile(r"&&|\bI?LIKE\b|<@|@>|(?<![%\w'])%(?![%\w(])|~\*?\s|\bSIMILAR TO\b")


def no_leaky_operators(source: Source) -> Iterator[str]:
    """Under row security PostgreSQL uses no index for operators that aren't leakproof.

    Measured: a range overlap over 100,000 slots took 12.3 ms instead of 0.08 ms. Compare plain columns.
    """
    if floor(source) != "db":
        return
    for text, line in strings(source):
        if _LOOKS_LIKE_SQL.search(text):
            bare = re.sub(r"'[^']*'|--[^\n]*", "", text)
            for operator in _UNINDEXABLE.findall(bare):
                yield f"{source.path}:{line} uses {operator.strip()} in SQL: no index under row security"


def short_files(source: Source) -> Iterator[str]:
    """A file one can hold in the head."""
    count = source.text.count("\n")
    if count > MAX_LINES:
        yield f"{source.path} has {count} lines; {MAX_LINES} are the limit"


def no_silent_catch_all(source: Source) -> Iterator[str]:
    """A swallowed exception is a lost message that nobody hears of."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            broad = node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"}
            silent = all(isinstance(line, ast.Pass | ast.Continue) for line in node.body)
            if broad and silent:
                yield f"{source.path}:{node.lineno} swallows every exception without a word"
        elif isinstance(node, ast.Call) and _name_of(node.func) == "suppress":
            names = {getattr(argument, "id", "") for argument in node.args}
            if names & {"Exception", "BaseException"}:
                yield f"{source.path}:{node.lineno} suppresses every exception"


SOURCE_RULES = (
    queue_only_in_workers,
    database_only_in_db,
    environment_only_in_settings,
    clock_only_in_workers,
    thinking_is_pure,
    no_leaky_operators,
    short_files,
    no_silent_catch_all,
)


def import_graph(files: tuple[Source, ...]) -> dict[str, set[str]]:
    """Which module loads which, within the project."""
    known = {source.module for source in files}
    return {
        source.module: {name for name in load_time_imports(source) if name in known and name != source.module}
        for source in files
    }


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of files that load each other (strongly connected, Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        index[module] = low[module] = len(index)
        stack.append(module)
        for other in sorted(graph[module]):
            if other not in index:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], index[other])
        if low[module] == index[module]:
            group = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(group) > 1:
                found.append(sorted(group))

    for module in sorted(graph):
        if module not in index:
            visit(module)
    return found


def reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    """Every module that loading `start` loads."""
    seen: set[str] = set()
    pending = [start]
    while pending:
        module = pending.pop()
        if module not in seen:
            seen.add(module)
            pending += graph.get(module, ())
    return seen


# Registries and machines that a lock file, a script or a page might give away.
_GIVEAWAYS = (
    re.compile(r"--(?:extra-)?index-url|--trusted-host|--find-links|PIP_INDEX_URL|UV_INDEX"),
    re.compile(r"https?://[^\s/\"']*(?:artifactory|nexus|pypi|devpi|registry|mirror)[^\s\"']*"),
    re.compile(r"(?<![\w.])/(?:root|home/\w+|Users/\w+|work|workspace|mnt|opt/\w+)/[\w.]"),
    re.compile(r"\b(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2}(?::\d+)?\b"),
)


def giveaways(name: str, text: str) -> Iterator[str]:
    """Paths of somebody's machine and addresses of somebody's network have no place in the project."""
    for number, line in enumerate(text.splitlines(), start=1):
        for pattern in _GIVEAWAYS:
            if found := pattern.search(line):
                yield f"{name}:{number} mentions {found[0]!r}"
