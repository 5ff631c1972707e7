"""What the demo remembers in `var/demo.env`: its processes' settings, for commands in other terminals."""

from __future__ import annotations

import base64
import os
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

_HEADER = "# Written by `make demo`. Commands read it where the environment doesn't say otherwise.\n"


def read_demo_env(file: Path) -> dict[str, str]:
    """What an earlier demo chose; empty when there was none."""
    if not file.exists():
        return {}
    return {name: value for name, value in dotenv_values(file, interpolate=False).items() if value}


def write_demo_env(file: Path, values: Mapping[str, str]) -> None:
    """Replace the file in one step, readable by its owner only: it holds keys."""
    draft = file.with_suffix(".env.new")
    draft.unlink(missing_ok=True)
    text = _HEADER + "".join(f"{name}='{value}'\n" for name, value in values.items())
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
    draft.replace(file)


def new_secret_key() -> str:
    """32 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def free_port(wanted: int, *, host: str = "127.0.0.1", taken: frozenset[int] = frozenset()) -> int:
    """The wanted port, or the next one that nobody listens on."""
    for port in range(wanted, min(wanted + 200, 65536)):
        if port not in taken and _is_free(host, port):
            return port
    raise OSError(f"no free port from {wanted} on")


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
