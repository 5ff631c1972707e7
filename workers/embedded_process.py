"""What the embedded servers share: a child process on a data folder, its lock, its socket, its permissions.

The servers themselves are in `workers/embedded.py`.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pwd
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import psutil

from workers.lifeline import dies_with_parent

_SOCKET_PATH_LIMIT = 100  # sockaddr_un holds 107 bytes; leave room for PostgreSQL's lock file beside it
_START_SECONDS = 60.0
_STOP_SECONDS = 20.0


class EmbeddedError(Exception):
    """An embedded server can't run. The message is one plain line."""

    log_safe = True


class ServerProcess:
    """One server process that owns one data folder, guarded by a lock file beside the folder."""

    title = ""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.absolute()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    @property
    def pid(self) -> int | None:
        """The process id of the running server."""
        return self._process.pid if self._process else None

    @property
    def log_file(self) -> Path:
        """Where the server writes its own log: beside the data folder."""
        return self.data_dir.with_name(self.data_dir.name + ".log")

    def alive(self) -> bool:
        """Whether the server process runs."""
        return self._process is not None and self._process.poll() is None

    def crash(self) -> None:
        """Kill the server and all its processes at once, as a power cut would. `start()` works afterwards."""
        if self._process is not None:
            kill_tree(self._process.pid)
            self._process.wait()
            self._process = None

    def _prepare_folder(self) -> None:
        try:
            self.data_dir.parent.mkdir(parents=True, exist_ok=True)
            if self._lock is None:
                self._lock = lock_file(self.data_dir.with_name(self.data_dir.name + ".lock"))
        except PermissionError as error:
            raise EmbeddedError(
                f"{error.filename} belongs to another user: start as that user, "
                f"or remove {self.data_dir.parent}."
            ) from None
        if self._lock is None:
            raise EmbeddedError(f"{self.title} in {self.data_dir} is in use by another run.")

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _spawn(
        self, command: list[str], death_signal: signal.Signals, account: pwd.struct_passwd | None
    ) -> None:
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"LC_ALL": "C.UTF-8", "PATH": os.defpath},
                start_new_session=True,  # Ctrl-C reaches the supervisor, which stops us in order
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
                preexec_fn=dies_with_parent(death_signal),  # noqa: PLW1509 - no other way to tie it
            )

    def _stop_process(self, stop_signal: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(stop_signal)
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                kill_tree(self._process.pid)
                self._process.wait()
        self._process = None

    def _wait_until(self, ready: Callable[[], bool]) -> bool:
        """Wait for readiness; False when the process ended instead."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if not self.alive():
                return False
            if ready():
                return True
            time.sleep(0.02)
        raise EmbeddedError(f"{self.title} did not start within {_START_SECONDS:.0f} s, see {self.log_file}.")

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            lines = [line for line in self.log_file.read_text(errors="replace").splitlines() if line.strip()]
            telling = [line for line in lines[-20:] if "FATAL" in line or "rror" in line]
            return (telling or lines or [""])[-1].strip()
        return ""


def lock_file(path: Path) -> IO[str] | None:
    """Lock a file for as long as the returned handle is open; None when another process holds it."""
    handle = path.open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle


def short_socket_dir(data_dir: Path, file_name: str, account: pwd.struct_passwd | None) -> Path:
    """A folder for a unix socket: the data folder, or a short one where its path would be too long."""
    if len(os.fsencode(data_dir / file_name)) <= _SOCKET_PATH_LIMIT:
        return data_dir
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"frontdesk-{digest}"
    if len(os.fsencode(folder / file_name)) > _SOCKET_PATH_LIMIT:
        folder = Path("/tmp") / folder.name  # noqa: S108 - private by mode and owner, checked below
    folder.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        give_to(folder, account)
    owner = account.pw_uid if account else os.geteuid()
    if folder.is_symlink() or folder.stat().st_uid != owner:
        raise EmbeddedError(f"The socket folder {folder} belongs to another user; remove it.")
    folder.chmod(0o700)
    return folder


def make_searchable(folder: Path) -> None:
    """As root: let PostgreSQL's account pass through the folders above `folder` (search only, no listing)."""
    for parent in folder.parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)


def open_for_others(tree: Path) -> None:
    """As root: let PostgreSQL's account read the server's installed files, whatever umask installed them."""
    if not tree.exists() or tree.is_relative_to("/usr"):
        return
    make_searchable(tree)
    for path in (tree, *tree.rglob("*")):
        if path.is_symlink():
            continue
        mode = path.stat().st_mode
        wanted = mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if wanted != mode:
            path.chmod(wanted)


def kill_tree(pid: int) -> None:
    """SIGKILL a process and all below it."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    psutil.wait_procs(family[1:], timeout=_STOP_SECONDS)


def give_to(folder: Path, account: pwd.struct_passwd) -> None:
    """As root: hand a folder to PostgreSQL's account."""
    os.chown(folder, account.pw_uid, account.pw_gid, follow_symlinks=False)


def process_on(pid: int, name: str, path: Path) -> psutil.Process | None:
    """The living process `pid` if it is `name` started with `path` among its arguments."""
    try:
        process = psutil.Process(pid)
        arguments = " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None
    return process if name in arguments and str(path) in arguments else None


def postgres_processes_in(data_dir: Path) -> Iterator[psutil.Process]:
    """Every PostgreSQL process, postmaster or backend, that works in the data folder."""
    for process in psutil.process_iter(["name"]):
        if process.info["name"] != "postgres":
            continue
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if process.cwd() == str(data_dir):
                yield process


def wait_gone(process: psutil.Process) -> None:
    """Wait for a process that was asked to stop, and kill it when it doesn't."""
    try:
        process.wait(_STOP_SECONDS)
    except psutil.TimeoutExpired:
        kill_tree(process.pid)
