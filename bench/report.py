"""reports/benchmarks.md: on what was measured, and the figures."""

from __future__ import annotations

import asyncio
import os
import platform
import re
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import asyncpg
import psutil
from redis import asyncio as redis

from bench.result import Result
from bench.world import World
from workers.settings import PROJECT_ROOT

_INTRO = """# Benchmarks

Made by `make bench`. Absolute figures move with the machine, so what matters is the ratio to the peer of the
same run. A figure is the median of its rounds, with the least and the greatest in parentheses. Goals are aims
with figures, not gates.
"""


def about(world: World, *, date: str, command: str) -> str:
    """Machine, versions, commit. Taken before the first benchmark, as the load of the machine is part of it."""
    database, redis_version = asyncio.run(_server_versions(world))
    load = os.getloadavg()[0]
    rows = {
        "date": date,
        "machine": machine(),
        "load before": f"{load:.1f} (1 minute)"
        + (": other work ran on this machine, read the ratios only" if load > 0.5 else ""),
        "Python": f"{platform.python_version()}, uvloop {version('uvloop')}, aiohttp {version('aiohttp')}, "
        f"asyncpg {version('asyncpg')}",
        "servers": f"PostgreSQL {database}; Redis {redis_version}; on the same machine, by unix sockets",
        "commit": commit(),
        "command": f"`{command}`",
    }
    return "| | |\n|---|---|\n" + "".join(f"| {name} | {value} |\n" for name, value in rows.items())


def document(about_text: str, results: Sequence[Result], seconds: float) -> str:
    sections = "\n".join(result.markdown() for result in results)
    return f"{_INTRO}\n{about_text}| took | {seconds:.0f} s |\n\n{sections}"


def with_sections(text: str, results: Sequence[Result], *, date: str) -> str:
    """An earlier report with these sections new, the others as they are. Each says when and on what it was measured:
    the report's head is about the others."""
    parts = re.split(r"(?m)^(?=## )", text)
    for result in results:
        load = os.getloadavg()[0]
        result.notes.append(f"Measured alone on {date}, commit {commit()}, load {load:.1f} (1 minute).")
        fresh = result.markdown()
        places = [at for at, part in enumerate(parts) if part.startswith(f"## {result.title}\n")]
        if places:
            parts[places[0]] = fresh
        else:
            parts.append(fresh)
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


async def _server_versions(world: World) -> tuple[str, str]:
    connection = await asyncpg.connect(world.postgres.dsn())
    try:
        server = await connection.fetchval("SHOW server_version")
        fsync = await connection.fetchval("SHOW fsync")
        synchronous = await connection.fetchval("SHOW synchronous_commit")
    finally:
        await connection.close()
    client = redis.Redis.from_url(world.redis.url)
    try:
        about_redis = await client.info("server")
    finally:
        await client.aclose()
    return f"{server} (fsync {fsync}, synchronous_commit {synchronous})", about_redis["redis_version"]


def machine() -> str:
    """What the figures were taken on."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores, {_cpu_name()}, {memory:.0f} GiB, {platform.system()} {platform.machine()}"
    )


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown CPU"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown CPU"


def commit() -> str:
    """The commit that is measured, and whether files differ from it."""

    def git(*args: str) -> str:
        return subprocess.run(
            ["git", *args], cwd=PROJECT_ROOT, check=True, capture_output=True, text=True
        ).stdout.strip()

    try:
        dirty = git("status", "--porcelain", "--untracked-files=no")
        return f"`{git('rev-parse', '--short', 'HEAD')}`" + (" with uncommitted changes" if dirty else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
