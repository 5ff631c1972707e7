"""`python -m workers.check_schema [--write]`: db/schema.sql and docs/records.md are what the migrations make.

schema.sql is for reading: one file instead of a history. It is never applied. records.md draws the states
that each record may take, from the same rows that refuse every other step.
"""

from __future__ import annotations

import asyncio
import difflib
import itertools
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import asyncpg

from db.migrate import migrate
from workers.embedded import EmbeddedPostgres

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "db" / "schema.sql"
RECORDS = ROOT / "docs" / "records.md"
_HEADER = "-- Made from db/migrations by `make schema`. For reading only: migrations are what is applied.\n"
_NOISE = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)?$")


_RECORDS_HEADER = """# Records and their states

Drawn by `make schema` from the table `state_transitions`: a trigger refuses every step that is not here, and
CHECK constraints tie each state to its columns (db/schema.sql).
"""
_TRANSITIONS = "SELECT table_name, from_state, to_state FROM state_transitions ORDER BY 1, 2, 3"


def made_by_migrations() -> dict[Path, str]:
    """What both files must hold, from all migrations applied to an empty database."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-schema-", ignore_cleanup_errors=True) as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres", fsync=False)
        server.start()
        try:
            asyncio.run(migrate(server.dsn()))
            return {SCHEMA: _dump(server), RECORDS: asyncio.run(_draw(server.dsn()))}
        finally:
            server.stop()


def _dump(server: EmbeddedPostgres) -> str:
    """pg_dump without its noise."""
    found = subprocess.run(
        [
            str(server.binaries / "pg_dump"),
            "--schema-only",
            "--schema=public",
            "--no-owner",
            f"--dbname={server.dsn()}",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    lines = [line.rstrip() for line in found.splitlines() if not _NOISE.match(line) or not line]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return f"{_HEADER}\n{text}\n"


async def _draw(dsn: str) -> str:
    """One state diagram per record."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(_TRANSITIONS)
    finally:
        await connection.close()
    parts = [_RECORDS_HEADER]
    for table, steps in itertools.groupby(rows, key=lambda row: row["table_name"]):
        arrows = [f"    {row['from_state']} --> {row['to_state']}" for row in steps]
        parts.append("\n".join([f"## {table}", "", "```mermaid", "stateDiagram-v2", *arrows, "```", ""]))
    return "\n".join(parts)


def main() -> int:
    """0 if the files are true (or were written), 1 with a diff if not."""
    differences = 0
    for file, made in made_by_migrations().items():
        if "--write" in sys.argv[1:]:
            file.write_text(made)
            continue
        kept = file.read_text() if file.exists() else ""
        if kept != made:
            differences += 1
            name = str(file.relative_to(ROOT))
            sys.stdout.writelines(
                difflib.unified_diff(kept.splitlines(True), made.splitlines(True), name, "migrations", n=2)
            )
            sys.stdout.write(f"{name} differs from the migrations; `make schema` writes it anew\n")
    if not differences:
        sys.stdout.write("schema.sql and records.md are what the migrations make\n")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
