"""The published tables of docs/channels.md, made from the adapters themselves.

python -c "from bot.channels import matrix; print(matrix.capabilities()); print(matrix.errors())"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.channels.calls import ErrorEntry
from bot.channels.registry import CHANNELS
from bot.channels.twilio.errors import ERRORS as TWILIO_ERRORS
from bot.channels.whatsapp.errors import ERRORS as WHATSAPP_ERRORS
from bot.messages import Surface

_SHOWN = (
    ("whatsapp", Surface.WHATSAPP),
    ("twilio", Surface.SMS),
    ("twilio", Surface.WHATSAPP),
    ("web", Surface.WEB),
)


def capabilities() -> str:
    """What each channel shows and proves, as a Markdown table."""
    rows = [
        (
            "| channel | on | lists | buttons | link buttons | typing sign | receipts | lost send provable "
            "| free-form within |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, surface in _SHOWN:
        can = CHANNELS[name].capabilities(surface)
        flags = (can.lists, can.buttons, can.links, can.typing, can.delivery_receipts, can.send_proof)
        hours = f"{can.session_hours} h" if can.session_hours else "always"
        rows.append(f"| `{name}` | {surface} | {' | '.join('yes' if f else 'no' for f in flags)} | {hours} |")
    return "\n".join(rows)


def errors() -> str:
    """Every error code we know, as a Markdown table; codes with the same meaning share a row."""
    rows = [
        "| channel | codes | then | waits at least | known here as | the operator reads |",
        "|---|---|---|---|---|---|",
    ]
    for name, table in (("whatsapp", WHATSAPP_ERRORS), ("twilio", TWILIO_ERRORS)):
        for codes, entry in _grouped(table):
            wait = f"{entry.retry_after:g} s" if entry.retry_after else ""
            rows.append(
                f"| {name} | {codes} | {entry.disposition} | {wait} | {entry.name and f'`{entry.name}`'} "
                f"| {entry.sentence} |"
            )
    return "\n".join(rows)


def _grouped(table: Mapping[int, ErrorEntry]) -> Iterator[tuple[str, ErrorEntry]]:
    groups: dict[ErrorEntry, list[int]] = {}
    for code, entry in sorted(table.items()):
        groups.setdefault(entry, []).append(code)
    for entry, codes in groups.items():
        yield ", ".join(_ranges(codes)), entry


def _ranges(codes: list[int]) -> Iterator[str]:
    """`200-299` for three or more codes in a row."""
    start = previous = codes[0]
    for code in [*codes[1:], -1]:
        if code == previous + 1:
            previous = code
            continue
        if previous - start >= 2:
            yield f"{start}-{previous}"
        else:
            yield from (str(n) for n in range(start, previous + 1))
        start = previous = code
