"""The private server: its life, its manners, its death."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from stat import S_IMODE
from types import SimpleNamespace

import psycopg
import pytest

from service import embedded
from service.embedded import PORT, Cluster, ClusterError, running_dsn
from tests.conftest import Database


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone's folder that root's server account may enter, so that the data stays in it."""
    for directory in (tmp_path, *tmp_path.parents):
        if directory == Path(tempfile.gettempdir()):
            break
        directory.chmod(0o755)
    return tmp_path


def wait_until_gone(pid: int) -> None:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail(f"process {pid} still runs")


def test_a_second_start_finds_its_data_again(clone: Path) -> None:
    cluster = Cluster.embedded(clone)
    cluster.start()
    with psycopg.connect(cluster.dsn()) as conn:
        conn.execute("CREATE TABLE kept AS SELECT 1 AS answer")
    cluster.stop()
    assert running_dsn(clone) is None

    again = Cluster.embedded(clone)
    again.start()
    try:
        dsn = running_dsn(clone)
        assert dsn == again.dsn()
        with psycopg.connect(dsn) as conn:
            assert conn.execute("SELECT answer FROM kept").fetchall() == [(1,)]
            shown: dict[str, str] = dict(conn.execute("SELECT name, setting FROM pg_settings").fetchall())
    finally:
        again.stop()
    assert shown["listen_addresses"] == ""
    assert (shown["data_checksums"], shown["fsync"], shown["synchronous_commit"]) == ("on", "on", "on")


def test_two_servers_never_share_a_folder(clone: Path) -> None:
    first = Cluster.embedded(clone)
    first.start()
    try:
        with pytest.raises(ClusterError, match="already runs from this folder"):
            Cluster.embedded(clone).start()
        assert first.pid is not None
    finally:
        first.stop()


def test_nobody_else_may_enter(clone: Path) -> None:
    with Cluster.temporary() as cluster:
        assert cluster.socket_dir is not None
        assert S_IMODE(cluster.socket_dir.stat().st_mode) == 0o700
        assert S_IMODE(cluster.data_dir.stat().st_mode) == 0o700
        assert S_IMODE(cluster.log_path.stat().st_mode) == 0o600


def test_a_killed_server_recovers() -> None:
    with Cluster.temporary() as cluster:
        with psycopg.connect(cluster.dsn()) as conn:
            conn.execute("CREATE TABLE kept AS SELECT 1 AS answer")
            conn.commit()
            cluster.kill()
        assert cluster.pid is None
        cluster.start()
        with psycopg.connect(cluster.dsn()) as conn:
            assert conn.execute("SELECT answer FROM kept").fetchall() == [(1,)]


def test_a_page_that_was_damaged_is_refused_and_not_served() -> None:
    with Cluster.temporary() as cluster:
        with psycopg.connect(cluster.dsn(), autocommit=True) as conn:
            conn.execute("CREATE TABLE kept AS SELECT generate_series(1, 10) AS answer")
            conn.execute("CHECKPOINT")
            [file] = conn.execute("SELECT pg_relation_filepath('kept')").fetchone() or ()
        cluster.stop()
        with (cluster.data_dir / file).open("r+b") as page:
            page.seek(8_190)  # the last bytes of the page are of the first row
            page.write(b"\x01\x01")
        cluster.start()
        with (
            psycopg.connect(cluster.dsn()) as conn,
            pytest.raises(psycopg.errors.DataCorrupted),
        ):
            conn.execute("SELECT answer FROM kept")


def test_a_pid_file_of_another_life_is_no_obstacle(clone: Path) -> None:
    cluster = Cluster.embedded(clone)
    cluster.start()
    cluster.stop()
    # This process's number: alive, but no server.
    lines = [str(os.getpid()), str(cluster.data_dir), "0", "5432", "/nonexistent", "", "1 2", "ready"]
    (cluster.data_dir / "postmaster.pid").write_text("\n".join(lines))
    cluster.start()
    cluster.stop()


def test_a_failed_start_shows_the_log() -> None:
    with (
        pytest.raises(ClusterError, match="unrecognized configuration parameter"),
        Cluster.temporary(settings={"no_such": "setting"}),
    ):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_the_server_does_not_outlive_a_killed_parent(clone: Path) -> None:
    program = (
        "import sys, pathlib; from service.embedded import Cluster\n"
        "cluster = Cluster.embedded(pathlib.Path(sys.argv[1])); cluster.start()\n"
        "print(cluster.pid, flush=True); input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, clone], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    wait_until_gone(pid)

    left = Path((clone / ".data" / "lock").read_text())
    assert left.exists()
    cluster = Cluster.embedded(clone)
    cluster.start()
    cluster.stop()
    assert not left.exists()


def test_a_temporary_server_ends_with_its_block() -> None:
    with Cluster.temporary() as cluster:
        pid, data_dir = cluster.pid, cluster.data_dir
        with pytest.raises(ClusterError, match=r"^the database server is already running$"):
            cluster.start()
        assert cluster.pid == pid
    try:
        assert cluster.pid is None
        assert not data_dir.exists()
    finally:
        cluster.kill()


def test_a_server_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "STOP_TIMEOUT_S", 0.2)
    with Cluster.temporary() as cluster:
        pid = cluster.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        cluster.stop()
        wait_until_gone(pid)


def test_a_program_that_fails_and_a_server_that_is_not_there_are_told() -> None:
    with Cluster.temporary() as cluster:
        with pytest.raises(ClusterError, match=r"^psql: ERROR: +syntax error"):
            cluster.run("psql", "--no-psqlrc", "--command=nonsense")
        cluster.stop()
        with pytest.raises(ClusterError, match=r"^the database server is not running$"):
            cluster.dsn()


# What keeps it from starting


@contextmanager
def somebody_else(mine: Path) -> Iterator[None]:
    """Without the rights on this file that are ours."""
    mine.chmod(0o400)
    if os.geteuid() == 0:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(os.getuid())


def test_a_folder_of_somebody_else_is_left_alone(clone: Path) -> None:
    cluster = Cluster.embedded(clone)
    lock = clone / ".data" / "lock"
    lock.touch()
    with (
        somebody_else(lock),
        pytest.raises(ClusterError, match="belongs to someone else, who started pgtill"),
    ):
        cluster.start()
    assert not cluster.data_dir.exists()


def test_a_data_directory_that_could_not_be_made_is_none(clone: Path) -> None:
    cluster = Cluster.embedded(clone)
    cluster.bin_dir = clone / "usr" / "lib" / "bin"
    cluster.bin_dir.mkdir(parents=True)
    initdb = cluster.bin_dir / "initdb"
    initdb.write_text("#!/bin/sh\necho 'no space left' >&2\nexit 1\n")
    initdb.chmod(0o755)
    with pytest.raises(ClusterError, match=r"^initdb failed:\nno space left$"):
        cluster.start()
    assert not cluster.data_dir.exists()


def test_a_server_that_was_left_behind_and_stays_is_named(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "STOP_TIMEOUT_S", 0.2)
    cluster = Cluster.embedded(clone)
    cluster.data_dir.mkdir(parents=True)
    (cluster.data_dir / "PG_VERSION").write_text("18\n")
    lines = [str(os.getpid()), str(cluster.data_dir), "0", str(PORT), str(clone), "", "1 2", "ready"]
    (cluster.data_dir / "postmaster.pid").write_text("\n".join(lines))
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(clone / f".s.PGSQL.{PORT}"))
        left.listen()
        threading.Timer(10, left.close).start()
        with pytest.raises(
            ClusterError, match=rf"^a server left behind still uses .*: kill -INT {os.getpid()}$"
        ):
            cluster.start()


def test_a_server_that_is_not_ready_in_time_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def sleep(_: float) -> None:
        pytest.fail("it is not tried again")

    with Cluster.temporary() as cluster:
        cluster.stop()
        monkeypatch.setattr(embedded, "START_TIMEOUT_S", 0)
        monkeypatch.setattr(embedded, "time", SimpleNamespace(monotonic=time.monotonic, sleep=sleep))
        with pytest.raises(ClusterError, match="was not ready after 0 s"):
            cluster.start()
        assert cluster.pid is None


# Its programs, and whom it runs as


@pytest.mark.parametrize("spec", [None, type("Spec", (), {"origin": None})], ids=["nothing", "no file"])
def test_without_its_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, spec: object) -> None:
    monkeypatch.setattr(embedded, "find_spec", lambda _: spec)
    with pytest.raises(ClusterError, match="is not installed; `make run` installs it"):
        embedded.embedded_bin_dir()


@pytest.mark.parametrize("name", ["root", "no-such-account"])
def test_it_never_runs_as_root(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PGTILL_RUN_AS", name)
    with pytest.raises(ClusterError, match="refuses to run as root: name an unprivileged account"):
        embedded.runnable(Path("/nowhere"))


def test_where_there_is_no_postgres_it_runs_as_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(name: str) -> pwd.struct_passwd:
        if name == "postgres":
            raise KeyError(name)
        return nobody

    nobody = pwd.getpwnam("nobody")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwnam", find)
    monkeypatch.delenv("PGTILL_RUN_AS", raising=False)
    assert embedded._account(None) == nobody


def test_another_server_s_programs_are_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_may", lambda *_: False)
    with pytest.raises(ClusterError, match=r"may not run /usr/lib/postgresql/15/bin/postgres$"):
        embedded._readable_binaries(Path("/usr/lib/postgresql/15/bin"), pwd.getpwnam("nobody"))


def test_of_two_clones_that_copy_the_programs_one_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def copy(_: Path, to: Path, **__: object) -> None:
        (other / "done").mkdir(parents=True, exist_ok=True)  # by another clone, just now
        to.mkdir(parents=True)

    shared = tmp_path / "shared"
    other = shared / f"{embedded.WHEEL}-{metadata.version(embedded.WHEEL)}"
    monkeypatch.setattr(embedded, "SHARED", shared)
    monkeypatch.setattr(embedded, "_may", lambda *_: False)
    monkeypatch.setattr(shutil, "copytree", copy)
    found = embedded._readable_binaries(embedded.embedded_bin_dir(), pwd.getpwnam("nobody"))
    assert found.is_relative_to(other)
    assert list(shared.iterdir()) == [other]


def test_every_test_has_a_database_of_its_own(database: Database) -> None:
    with psycopg.connect(database.dsn()) as conn:
        assert conn.execute("SELECT count(*) > 0 FROM sqitch.changes").fetchall() == [(True,)]
        assert conn.info.server_version // 10000 == int(database.cluster.version.split(".")[0])
