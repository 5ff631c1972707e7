"""Every SQL constant of db/ is understood by the migrated schema, on the oldest and the newest server."""

import importlib
import pkgutil
import re

import asyncpg
import pytest

import db

STATEMENT = re.compile(r"^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)


def statements() -> list[tuple[str, str]]:
    found = []
    for module in pkgutil.iter_modules(db.__path__, "db."):
        if module.ispkg:
            continue
        loaded = importlib.import_module(module.name)
        for name, value in vars(loaded).items():
            if name.isupper() and isinstance(value, str) and STATEMENT.match(value):
                found.append((f"{module.name}.{name}", value))
    return found


async def prepare_all(dsn: str) -> list[str]:
    connection = await asyncpg.connect(dsn)
    failures = []
    try:
        await connection.execute("SET ROLE frontdesk_app")
        for name, sql in statements():
            try:
                await connection.prepare(sql)
            except asyncpg.PostgresError as error:
                failures.append(f"{name}: {error}")
    finally:
        await connection.close()
    return failures


def test_there_are_statements() -> None:
    assert len(statements()) > 40


async def test_every_statement_on_the_embedded_server(dsn: str) -> None:
    assert await prepare_all(dsn) == []


async def test_every_statement_on_postgresql_15(pg15_dsn: str) -> None:
    assert await prepare_all(pg15_dsn) == []


@pytest.mark.parametrize("table", ["state_transitions", "schema_migrations"])
async def test_tables_without_a_workspace_are_few_and_known(dsn: str, table: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        open_tables = {
            row["relname"]
            for row in await connection.fetch(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
                "AND NOT (relrowsecurity AND relforcerowsecurity)"
            )
        }
        readable = {
            row["table_name"]
            for row in await connection.fetch(
                "SELECT table_name FROM information_schema.role_table_grants WHERE grantee = 'frontdesk_app'"
            )
        }
    finally:
        await connection.close()
    assert table in open_tables
    # What has no row security is either harmless or out of the application's reach.
    assert open_tables & readable <= {"state_transitions"}


async def test_the_application_owns_nothing(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        owned = await connection.fetchval(
            "SELECT count(*) FROM pg_class WHERE relowner = 'frontdesk_app'::regrole"
        ) + await connection.fetchval(
            "SELECT count(*) FROM pg_proc WHERE proowner = 'frontdesk_app'::regrole"
        )
    finally:
        await connection.close()
    assert owned == 0
