"""What `make demo` decides before anything runs: one demo per folder, free ports, kept keys."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys

from typer.testing import CliRunner

from workers.cli import app
from workers.demo_env import free_port, new_secret_key, read_demo_env, write_demo_env
from workers.embedded_process import lock_file


def test_a_second_demo_is_refused_in_one_line(tmp_path):
    with lock_file(tmp_path / "demo.lock") as held:
        held.write("4711")
        held.flush()
        write_demo_env(tmp_path / "demo.env", {"PUBLIC_BASE_URL": "http://localhost:8081"})
        result = CliRunner().invoke(app, ["demo", "--data-dir", str(tmp_path)])
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "frontdesk: A demo is running already (process 4711) http://localhost:8081. Stop it with Ctrl-C there."
    ]


def test_a_demo_that_ended_is_no_obstacle(tmp_path):
    lock_file(tmp_path / "demo.lock").close()
    with lock_file(tmp_path / "demo.lock") as held:
        assert held is not None
    code = "import sys; from workers.embedded_process import lock_file; from pathlib import Path; "
    code += "lock_file(Path(sys.argv[1])); import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    subprocess.run([sys.executable, "-c", code, tmp_path / "demo.lock"], check=False)
    with lock_file(tmp_path / "demo.lock") as held:
        assert held is not None


def test_a_port_in_use_is_passed_over():
    with socket.create_server(("127.0.0.1", 0)) as server:
        used = server.getsockname()[1]
        chosen = free_port(used)
        assert used < chosen < used + 200
        assert free_port(used, taken=frozenset({chosen})) > chosen


def test_a_port_that_a_wildcard_listener_holds_counts_as_used():
    with socket.create_server(("", 0)) as server:
        used = server.getsockname()[1]
        assert free_port(used) != used


def test_the_file_is_private_and_reads_back_what_was_written(tmp_path):
    file = tmp_path / "demo.env"
    values = {
        "DATABASE_URL": "postgresql://postgres@/frontdesk?host=/a b/c&port=5432",
        "REDIS_URL": "unix:///x/redis.sock?db=0",
        "FRONTDESK_SECRET_KEYS": new_secret_key(),
        "DOLLAR": "${HOME} #x",
    }
    old_mask = os.umask(0)
    try:
        write_demo_env(file, {"A": "first"})
        write_demo_env(file, values)
    finally:
        os.umask(old_mask)
    assert read_demo_env(file) == values
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_secret_key_has_32_bytes_and_is_new_each_time():
    assert len(base64.b64decode(new_secret_key())) == 32
    assert new_secret_key() != new_secret_key()
