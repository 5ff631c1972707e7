"""Applies db/migrations/*.sql in order, once each, under an advisory lock, and remembers their checksums.

Forward only. A changed file that was applied before is refused: write a new one.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from db.tx import Tx

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK_KEY = 0x66726F6E74  # "front"
_NAME = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")

_LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
  name text PRIMARY KEY,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
)
"""


class MigrationError(RuntimeError):
    """A migration can't be applied; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Migration:
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def load_migrations(folder: Path = MIGRATIONS) -> list[Migration]:
    """All migrations in order. Raises MigrationError on a bad name or two files with one number."""
    found: dict[str, Migration] = {}
    for path in sorted(folder.glob("*.sql")):
        match = _NAME.match(path.name)
        if match is None:
            raise MigrationError(f"{path.name}: a migration is named NNNN_words.sql")
        if match[1] in found:
            raise MigrationError(f"{path.name}: number {match[1]} is taken by {found[match[1]].name}")
        found[match[1]] = Migration(path.name, path.read_text())
    return list(found.values())


async def pending(connection: Tx) -> list[Migration]:
    """Migrations not applied yet. Raises MigrationError if an applied one was changed since."""
    await connection.execute(_LEDGER)
    applied = {
        row["name"]: row["checksum"]
        for row in await connection.fetch("SELECT name, checksum FROM schema_migrations")
    }
    migrations = load_migrations()
    for migration in migrations:
        if applied.get(migration.name, migration.checksum) != migration.checksum:
            raise MigrationError(f"{migration.name} was changed after it was applied; write a new migration")
    unknown = applied.keys() - {m.name for m in migrations}
    if unknown:
        raise MigrationError(f"the database is newer than this code: {', '.join(sorted(unknown))}")
    return [m for m in migrations if m.name not in applied]


async def migrate(dsn: str) -> list[str]:
    """Brings the database up to date; returns the names applied (empty: it was). Raises MigrationError."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK_KEY)
        names = []
        for migration in await pending(connection):
            async with connection.transaction():
                try:
                    await connection.execute(migration.sql)
                except asyncpg.PostgresError as error:
                    raise MigrationError(f"{migration.name}: {error}") from error
                await connection.execute(
                    "INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)",
                    migration.name,
                    migration.checksum,
                )
            names.append(migration.name)
        return names
    finally:
        await connection.close()
