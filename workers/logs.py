"""Logging: structlog for everything, with customers' data and secrets taken out before a line is written.

Ids of workspace, conversation and message are bound by the caller (`bind`); what customers write and who
they are never reaches a log or an error report. Three nets, each for what the one before lets through: values
under telling keys are dropped, strings are searched for what looks personal or secret, and an exception's
message is kept only where its type can't quote a customer. Pass exceptions as `exc_info`, never as a string.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from workers.settings import LogFormat, Settings

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

MASK = "[redacted]"

# Words that make a key telling, wherever they stand in it (customer_phone, bodyText, api-key).
_TELLING_WORDS = """
    api authorization birthday body caption card cookie cookies customer cvc dsn email headers iban kwargs
    latitude longitude mail message name note notes passwd password payload phone prompt raw recipient
    secret sender signature summary surname text token url username
"""
# Keys that are telling as a whole only (`to`, but not `to_state`).
_TELLING_KEYS = """
    address answer args arguments auth content from key keys lat lng locals number profile query reply
    request response subject to user vars value values
"""
# Keys with a telling word that hold nothing personal.
_HARMLESS_KEYS = frozenset(
    {"logger_name", "process_name", "function_name", "event_name", "file_name", "server_name", "queue_name"}
)
_telling_words = frozenset(_TELLING_WORDS.split())
_telling_keys = frozenset(_TELLING_KEYS.split())
_KEY_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")

_PATTERNS: tuple[re.Pattern[str], ...] = (
    re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"),  # JSON web token
    re.compile(r"(?i)\b(?:bearer|basic)\s+[\w.~+/=-]{8,}"),
    re.compile(r"\b(?:sk|pk|rk|whsec|xox[abpr])[-_][\w-]{8,}"),  # OpenAI, Anthropic, Stripe, Slack
    re.compile(r"\bEAA[A-Za-z0-9]{20,}"),  # Meta access token
    re.compile(r"(?<=://)[^\s/@]+@"),  # user and password of an address
    re.compile(r"(?i)(?<=[?&#])[\w-]*(?:token|key|secret|signature|sig|password|code)=[^&\s]+"),
    re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+"),  # e-mail
    re.compile(r"(?<![\w./-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9_-]{40,}(?![\w/])"),  # long random word
    re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])"),  # card number
    re.compile(r"\+\s?\d[\d\s().-]{5,}\d"),  # phone number, international (also in Arabic digits)
    re.compile(r"(?<![\w.:-])\d(?:[ ()-]?\d){6,14}(?![\w:-])"),  # phone number, local
)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|«[^»]*»|“[^”]*”")

# Exceptions whose message names files, hosts or code, never what a customer wrote.
_PLAIN_ERRORS: tuple[type[BaseException], ...] = (
    ImportError,
    OSError,
    AttributeError,
    NameError,
    TypeError,
    RecursionError,
    MemoryError,
    NotImplementedError,
)
_PLAIN_MODULES = ("asyncpg.", "redis.", "httpx.", "httpcore.")


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger; give it an event name in words-with-dots first: `log.info("turn.done", duration_ms=12)`."""
    return cast("structlog.stdlib.BoundLogger", structlog.get_logger(name))


def bind(**ids: object) -> Mapping[str, Any]:
    """Bind ids to every line of this task from here on; give the result to `unbind` to undo it."""
    return structlog.contextvars.bind_contextvars(**ids)


def unbind(tokens: Mapping[str, Any]) -> None:
    """Undo a `bind`."""
    structlog.contextvars.reset_contextvars(**tokens)


def redact_text(text: str) -> str:
    """The text with e-mails, phone and card numbers, tokens and passwords masked."""
    for pattern in _PATTERNS:
        text = pattern.sub(MASK, text)
    return text


def redact(value: object) -> object:
    """The value with all that is personal or secret masked, at any depth."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return {str(key): MASK if _is_telling(str(key)) else redact(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(item) for item in value]
    if isinstance(value, BaseException):
        return describe_error(value)
    if type(value).__module__ in {"uuid", "datetime", "pathlib", "decimal", "ipaddress"}:
        return redact_text(str(value))
    return f"<{type(value).__name__}>"


def describe_error(error: BaseException) -> str:
    """An exception's type, with its message where that type can't quote a customer."""
    kind = type(error)
    title = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    plain = isinstance(error, _PLAIN_ERRORS) or f"{kind.__module__}.".startswith(_PLAIN_MODULES)
    if not plain and not getattr(error, "log_safe", False):
        return title
    message = str(error).partition("\n")[0]  # PostgreSQL's DETAIL below shows values
    if not isinstance(error, _PLAIN_ERRORS) and not getattr(error, "log_safe", False):
        message = _QUOTED.sub(MASK, message)
    return f"{title}: {redact_text(message)}"


def describe_traceback(error: BaseException) -> str:
    """The traceback without messages of untold origin: where it happened, and what kind of error it was."""
    parts = []
    for cause in _chain(error):
        frames = traceback.extract_tb(cause.__traceback__)
        lines = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        parts.append("\n".join([*lines, describe_error(cause)]))
    return "\ncaused\n".join(reversed(parts))


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            chain += [item for item in _chain(part) if item not in chain]
    return chain


def _is_telling(key: str) -> bool:
    if key in _HARMLESS_KEYS or key.endswith(("_ms", "_seconds", "_count", "_bytes")):
        return False
    words = [word.lower() for word in _KEY_WORDS.findall(key)]
    if words and words[-1] in {"id", "ids"}:
        return bool({"wa", "session", "chat"} & set(words))
    return key.lower() in _telling_keys or bool(_telling_words & set(words))


def redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: mask everything but what structlog itself put there."""
    clean: MutableMapping[str, Any] = {}
    for key, value in event.items():
        if key in {"level", "timestamp", "logger", "process"} or key.startswith("_"):
            clean[key] = value
        elif key == "exc_info":
            clean["exception"] = _exception_text(value)
        else:
            clean[key] = MASK if _is_telling(key) and key != "event" else redact(value)
    if clean.get("exception") is None:
        clean.pop("exception", None)
    return clean


def _exception_text(exc_info: object) -> str | None:
    if exc_info is True:
        exc_info = sys.exc_info()[1]
    if isinstance(exc_info, tuple):
        exc_info = exc_info[1]
    return describe_traceback(exc_info) if isinstance(exc_info, BaseException) else None


def configure_logging(settings: Settings, process: str, stream: TextIO | None = None) -> None:
    """Set up structlog and the standard library's logging for this process.

    Args:
        settings: for level and format.
        process: the Procfile name, on every line.
        stream: stderr when None.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact_event,
    ]
    chosen = settings.log_format or (LogFormat.JSON if settings.production else LogFormat.CONSOLE)
    renderer: Processor
    if chosen is LogFormat.JSON:
        renderer = structlog.processors.JSONRenderer()
    else:
        target = stream or sys.stderr
        renderer = structlog.dev.ConsoleRenderer(colors=target.isatty())
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(process=process)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.log_level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            # A library's line keeps its template only: arq, for one, prints a job's arguments.
            use_get_message=False,
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for chatty in ("httpx", "httpcore", "arq", "aiohttp.access", "openai", "asyncio", "twilio"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
    sys.excepthook = _log_uncaught


def _log_uncaught(kind: type[BaseException], error: BaseException, frames: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, frames)
        return
    get_logger("workers").critical("process.failed", exc_info=error)


def start_sentry(settings: Settings, process: str) -> None:
    """Report errors to Sentry if it is configured, scrubbed like log lines.

    Nothing of requests, arguments or local variables leaves the process.
    """
    if settings.sentry_dsn is None:
        return
    import sentry_sdk  # noqa: PLC0415 - a tenth of a second of every start, for what most don't use
    from sentry_sdk.integrations.argv import ArgvIntegration  # noqa: PLC0415 - see above
    from sentry_sdk.integrations.logging import LoggingIntegration  # noqa: PLC0415 - see above

    sentry_sdk.init(
        dsn=settings.sentry_dsn.get_secret_value(),
        environment=settings.environment.value,
        server_name=process,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_enabling_integrations=False,
        disabled_integrations=[ArgvIntegration(), LoggingIntegration()],
        before_send=scrub_report,
    )


def scrub_report(event: Event, hint: Hint) -> Event | None:
    """Sentry's `before_send`: keep types, places and our ids; drop or mask the rest."""
    report = cast("dict[str, Any]", event)
    for part in ("request", "user", "breadcrumbs", "extra", "modules", "threads"):
        report.pop(part, None)
    error = (hint.get("exc_info") or (None, None, None))[1]
    chain = {f"{type(item).__name__}": describe_error(item) for item in _chain(error)} if error else {}
    for entry in (report.get("exception") or {}).get("values", []):
        described = chain.get(str(entry.get("type")), "")
        entry["value"] = described.partition(": ")[2] or MASK
        entry.pop("mechanism", None)
        for frame in (entry.get("stacktrace") or {}).get("frames", []):
            frame.pop("vars", None)
    for part in ("message", "logentry", "contexts", "tags"):
        if part in report:
            report[part] = redact(report[part])
    return event
