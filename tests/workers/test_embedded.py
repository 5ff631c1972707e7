"""Embedded servers start whatever an earlier run left, or say in one line why not."""

from __future__ import annotations

import os
import pwd

import asyncpg
import pytest
from redis import Redis

from tests.conftest import DEBIAN_PG15, folder_for_servers, run_async
from workers.embedded import EmbeddedPostgres, EmbeddedRedis
from workers.embedded_process import EmbeddedError


@pytest.fixture
def server_dir():
    """A folder of this test's own for servers."""
    with folder_for_servers() as folder:
        yield folder


@pytest.fixture
def make(server_dir):
    """Makes servers that are stopped after the test."""
    made = []

    def build(data_dir=server_dir / "postgres", **options):
        server = EmbeddedPostgres(data_dir, fsync=False, **options)
        made.append(server)
        return server

    yield build
    for server in made:
        server.stop()


def query(server, sql="SELECT 1"):
    async def ask():
        connection = await asyncpg.connect(server.dsn())
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return run_async(ask())


def test_data_survives_stop_and_start(make):
    server = make()
    server.start()
    query(server, "CREATE TABLE kept AS SELECT 42 AS n")
    server.stop()
    server.start()
    assert query(server, "SELECT n FROM kept") == 42
    assert query(server, "SHOW max_connections") == "200"


def test_arabic_words_have_letters(make):
    server = make()
    server.start()
    assert query(server, "SELECT 'صالون' ~ '^[[:alpha:]]+$'") is True


def test_a_folder_has_one_owner_at_a_time(make):
    make().start()
    with pytest.raises(EmbeddedError, match="is in use by another run"):
        make().start()


def test_a_server_left_alive_by_a_killed_run_is_replaced(make, server_dir):
    server = make()
    server.start()
    query(server, "CREATE TABLE kept AS SELECT 42 AS n")
    leftover, server._process = server._process, None  # as if we had been killed without our children
    server._release()
    again = make()
    again.start()
    leftover.wait(10)
    assert query(again, "SELECT n FROM kept") == 42


def test_a_stale_pid_file_is_no_obstacle(make):
    server = make()
    server.start()
    server.stop()
    pid_file = server.data_dir / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{server.data_dir}\n1\n5432\n\n\n0 0\nready\n")
    server.start()
    assert query(server) == 1


def test_a_folder_of_another_version_is_refused_and_untouched(make):
    server = make()
    server.start()
    server.stop()
    (server.data_dir / "PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedError, match=r"was made by PostgreSQL 14, this is 18\. Remove it"):
        server.start()
    assert (server.data_dir / "PG_VERSION").read_text() == "14\n"


def test_a_folder_that_is_something_else_is_refused_and_untouched(make, server_dir):
    folder = server_dir / "postgres"
    folder.mkdir()
    (folder / "precious.txt").write_text("mine")
    with pytest.raises(EmbeddedError, match="not a whole PostgreSQL folder"):
        make().start()
    assert (folder / "precious.txt").read_text() == "mine"


def test_an_interrupted_first_start_is_no_obstacle(make, server_dir):
    (server_dir / "postgres.building" / "base").mkdir(parents=True)
    server = make()
    server.start()
    assert query(server) == 1


def test_a_damaged_folder_fails_with_the_servers_own_words(make):
    server = make()
    server.start()
    server.stop()
    (server.data_dir / "global" / "pg_control").unlink()
    with pytest.raises(EmbeddedError, match=r"PostgreSQL stopped while starting: .*pg_control"):
        server.start()


def test_a_deep_folder_gets_a_short_socket(make, server_dir):
    server = make(server_dir / ("deep" * 20) / ("deeper" * 10) / "postgres")
    server.start()
    assert query(server) == 1
    assert len(server.dsn()) < 150


def test_the_oldest_supported_version_runs_too(make, server_dir):
    if not DEBIAN_PG15.exists():
        pytest.skip("PostgreSQL 15 is not installed (Debian package postgresql-15)")
    server = make(server_dir / "postgres15", binaries=DEBIAN_PG15)
    server.start()
    assert query(server, "SHOW server_version").startswith("15.")


def test_another_users_folder_is_refused_in_one_line(server_dir):
    servers = (EmbeddedPostgres(server_dir / "postgres", fsync=False), EmbeddedRedis(server_dir / "redis"))
    for server in servers:
        server.start()
        server.stop()
        server.log_file.unlink()
        server.data_dir.with_name(server.data_dir.name + ".lock").unlink()
    said = server_dir / "said"
    said.touch()
    said.chmod(0o666)
    server_dir.chmod(0o777)

    def start_both():
        for server in servers:
            try:
                server.start()
            except EmbeddedError as error:
                with said.open("a") as file:
                    file.write(f"{error}\n")

    if os.geteuid() == 0:
        child = os.fork()  # not exec: the interpreter may stand where nobody can't read it
        if child == 0:
            nobody = pwd.getpwnam("nobody")
            os.setgroups([])
            os.setgid(nobody.pw_gid)
            os.setuid(nobody.pw_uid)
            try:
                start_both()
            finally:
                os._exit(0)
        os.waitpid(child, 0)
    else:
        for server in servers:
            server.data_dir.chmod(0)
        start_both()
        for server in servers:
            server.data_dir.chmod(0o700)
    lines = said.read_text().splitlines()
    assert len(lines) == 2
    assert all("another user" in line for line in lines)


def test_redis_keeps_what_it_knew_and_survives_a_damaged_file(server_dir):
    server = EmbeddedRedis(server_dir / "redis")
    try:
        server.start()
        with Redis.from_url(server.url) as client:
            client.set("a", "1")
        server.stop()
        server.start()
        with Redis.from_url(server.url) as client:
            assert client.get("a") == b"1"
        server.stop()
        for file in server.data_dir.rglob("*aof*"):
            if file.is_file():
                file.write_bytes(b"*3\r\nnonsense" * 50)
        server.start()
        with Redis.from_url(server.url) as client:
            assert client.get("a") is None
    finally:
        server.stop()


def test_redis_restarts_after_a_crash(server_dir):
    server = EmbeddedRedis(server_dir / "redis")
    try:
        server.start()
        server.crash()
        assert not server.alive()
        server.start()
        with Redis.from_url(server.url) as client:
            assert client.ping()
    finally:
        server.stop()
