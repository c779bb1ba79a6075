"""The file system of the write-ahead log runs full under load, and has room again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from service.embedded import Cluster
from tests.faults.house import House, stage, wait_for_answer_of
from tests.support import rows

pytestmark = pytest.mark.alone

SIZE_MB = 160
SMALL = {"max_wal_size": "48MB", "min_wal_size": "32MB"}


@contextmanager
def small_file_system() -> Iterator[Path]:
    """A tmpfs of its own; skips where it cannot be mounted."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small file system for the log needs root on Linux")
    with tempfile.TemporaryDirectory(prefix="pgtill-wal-") as name:
        place = Path(name)
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", place],
            capture_output=True,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"no tmpfs can be mounted here: {done.stderr.decode().strip()}")
        try:
            place.parent.chmod(place.parent.stat().st_mode)
            yield place
        finally:
            subprocess.run(["umount", "--lazy", place], check=True)


def test_a_full_disk_loses_nothing(fixed_seed: int, pytestconfig: pytest.Config) -> None:
    with small_file_system() as place:

        def move_the_log(cluster: Cluster) -> None:
            log, target = cluster.data_dir / "pg_wal", place / "pg_wal"
            cluster.stop()
            shutil.copytree(log, target)
            shutil.rmtree(log)
            log.symlink_to(target)
            if cluster.account:
                place.chmod(0o711)
                for path in [target, *target.rglob("*")]:
                    os.chown(path, cluster.account.pw_uid, cluster.account.pw_gid)
            cluster.start()

        with House.open(settings=SMALL, before=move_the_log) as house:
            for _ in range(3 if pytestconfig.getoption("--long") else 1):
                with stage(house, fixed_seed) as acting:
                    fill_and_make_room(house, place)
                assert acting.was_felt("503"), acting.crowd.replies


def fill_and_make_room(house: House, place: Path) -> None:
    filler = place / "filler"
    with filler.open("wb") as file, suppress(OSError):
        while True:
            file.write(bytes(2**20))
            file.flush()
    # Segments that are there already are used up, and the next cannot be made.
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            rows(house.dsn(), "SELECT pg_switch_wal()")
        except psycopg.OperationalError:
            break
        time.sleep(0.05)
    else:
        pytest.fail("the log never filled up")
    time.sleep(1)
    filler.unlink()
    # It crashes; where it could not even recover, somebody starts it again.
    if house.cluster.pid is None:
        house.cluster.stop()
        house.start_cluster()
    wait_for_answer_of(house.dsn())
