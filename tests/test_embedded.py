"""The private server: its life, its manners, its death."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from stat import S_IMODE

import psycopg
import pytest

from service.embedded import Cluster, ClusterError, running_dsn
from tests.conftest import Database


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone's folder that root's server account may enter, so that the data stays in it."""
    for directory in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
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


def test_every_test_has_a_database_of_its_own(database: Database) -> None:
    with psycopg.connect(database.dsn()) as conn:
        assert conn.execute("SELECT count(*) > 0 FROM sqitch.changes").fetchall() == [(True,)]
        assert conn.info.server_version // 10000 == int(database.cluster.version.split(".")[0])
