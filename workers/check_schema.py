"""`python -m workers.check_schema [--write]`: db/schema.sql is what the migrations make, or the check fails.

schema.sql is for reading: one file instead of a history. It is never applied.
"""

from __future__ import annotations

import asyncio
import difflib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from db.migrate import migrate
from workers.embedded import EmbeddedPostgres

SCHEMA = Path(__file__).resolve().parent.parent / "db" / "schema.sql"
_HEADER = "-- Made from db/migrations by `make schema`. For reading only: migrations are what is applied.\n"
_NOISE = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)?$")


def dump() -> str:
    """The schema that all migrations make on an empty database, without pg_dump's noise."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-schema-", ignore_cleanup_errors=True) as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres", fsync=False)
        server.start()
        try:
            asyncio.run(migrate(server.dsn()))
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
        finally:
            server.stop()
    lines = [line.rstrip() for line in found.splitlines() if not _NOISE.match(line) or not line]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return f"{_HEADER}\n{text}\n"


def main() -> int:
    """0 if the file is true (or was written), 1 with a diff if not."""
    made = dump()
    if "--write" in sys.argv[1:]:
        SCHEMA.write_text(made)
        return 0
    kept = SCHEMA.read_text() if SCHEMA.exists() else ""
    if kept == made:
        sys.stdout.write("schema.sql is what the migrations make\n")
        return 0
    sys.stdout.writelines(
        difflib.unified_diff(kept.splitlines(True), made.splitlines(True), "db/schema.sql", "migrations", n=2)
    )
    sys.stdout.write("db/schema.sql differs from the migrations; `make schema` writes it anew\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
