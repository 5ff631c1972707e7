"""The guards and servers that every other test leans on."""

from __future__ import annotations

import socket

import asyncpg
import httpx
import pytest
from redis.asyncio import Redis

pytest_plugins = ["pytester"]


async def test_a_test_that_reaches_out_is_caught_even_when_it_swallows_the_error(reached_out):
    with pytest.raises(httpx.ConnectError):
        async with httpx.AsyncClient() as client:
            await client.get("http://192.0.2.1/")
    with pytest.raises(OSError, match="look up"):
        socket.getaddrinfo("example.com", 443)
    assert reached_out == ["192.0.2.1", "example.com"]
    reached_out.clear()


def test_loopback_is_allowed(reached_out):
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    assert reached_out == []


async def test_every_test_gets_an_empty_database(empty_dsn):
    connection = await asyncpg.connect(empty_dsn)
    try:
        assert await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
        assert await connection.fetchval("SELECT upper('é')") == "É"
    finally:
        await connection.close()


async def test_the_server_comes_back_after_a_crash(postgres, empty_dsn):
    connection = await asyncpg.connect(empty_dsn)
    await connection.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)")
    await connection.execute("CHECKPOINT")
    postgres.crash()
    with pytest.raises((ConnectionError, asyncpg.PostgresError, asyncpg.InterfaceError)):
        await connection.fetchval("SELECT 1")
    connection.terminate()
    postgres.start()
    connection = await asyncpg.connect(empty_dsn)
    try:
        assert await connection.fetchval("SELECT n FROM kept") == 1
    finally:
        await connection.close()


async def test_redis_is_empty_and_wipes(redis_server, redis_url):
    client = Redis.from_url(redis_url)
    try:
        assert await client.dbsize() == 0
        await client.set("a", "1")
        redis_server.wipe()
        assert await client.get("a") is None
    finally:
        await client.aclose()


@pytest.mark.parametrize("body", ["pytest.skip('no browser')", "pytest.importorskip('no_such_module')"])
def test_a_skip_fails_where_everything_is_required(pytester, pytestconfig, monkeypatch, body):
    monkeypatch.setenv("FRONTDESK_REQUIRE_ALL", "1")
    pytester.makeconftest(
        f"import sys; sys.path.insert(0, {str(pytestconfig.rootpath)!r})\n"
        "from tests.conftest import pytest_runtest_makereport, pytest_make_collect_report"
    )
    pytester.makepyfile(f"import pytest\ndef test_it():\n    {body}")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=1)
