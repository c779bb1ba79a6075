"""The clock is set back two hours, or forward 400 days, under load: of the database, of the service, of both."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from service.embedded import embedded_bin_dir
from tests.database import ROOT
from tests.faults.house import House, stage
from tests.support import rows, wait_until

STEPS = {"back": "-2h", "forward": "+400d"}


def library() -> Path:
    """libfaketime, as tools/toolbox fetches it or as it is installed; skips where there is none."""
    for usr in (ROOT / ".tools" / "debian" / "usr", Path("/usr")):
        for found in usr.resolve().glob("lib/*-linux-gnu*/faketime/libfaketime.so.1"):
            return found
    pytest.skip("no libfaketime here: `tools/toolbox faketime` fetches it")


def variables(clock: Path) -> dict[str, str]:
    """A process with these sees the time of the file; how long something takes stays true."""
    return {
        "LD_PRELOAD": str(library()),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


@contextmanager
def clocks() -> Iterator[tuple[Path, Path, Path]]:
    """Programs of a PostgreSQL with a clock of its own, that clock, and the service's."""
    with tempfile.TemporaryDirectory(prefix="pgtill-clock-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        ours, database = folder / "service", folder / "database"
        for clock in (ours, database):
            clock.write_text("+0")
            clock.chmod(0o644)
        real = _readable(embedded_bin_dir())
        programs = folder / "bin"
        programs.mkdir()
        for program in real.iterdir():
            (programs / program.name).symlink_to(program)
        postgres = programs / "postgres"
        postgres.unlink()
        setting = " ".join(f"{key}={value}" for key, value in variables(database).items())
        postgres.write_text(f'#!/bin/sh\nexec env {setting} {real / "postgres"} "$@"\n')
        postgres.chmod(postgres.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        yield programs, database, ours


def _readable(bin_dir: Path) -> Path:
    """Where the account that runs root's servers finds the programs."""
    from service.embedded import Cluster

    if os.geteuid() != 0:
        return bin_dir
    with Cluster.temporary() as cluster:
        return cluster.bin_dir


@pytest.mark.parametrize("step", STEPS)
def test_a_clock_that_jumps_changes_nothing_that_was_said(step: str, pytestconfig: pytest.Config) -> None:
    with clocks() as (programs, database, ours), House.open(bin_dir=programs, variables=variables(ours)) as house:
        for hit in (
            ([database], [ours], [database, ours])
            if pytestconfig.getoption("--long")
            else ([database, ours],)
        ):
            with stage(house, seed=1) as acting:
                for clock in hit:
                    clock.write_text(STEPS[step])
                if database in hit:
                    wait_until(lambda: jumped(house, step))
                acting.crowd.wait_for_answers(300)  # among them keys of before the jump
                for clock in hit:
                    clock.write_text("+0")
                acting.crowd.wait_for_answers(300)
        assert rows(house.dsn(), "SELECT count(DISTINCT id) = count(*) FROM app.payment_requests") == [
            (True,)
        ]


def jumped(house: House, step: str) -> bool:
    """Whether the newest payment requests were made at the new time."""
    ahead = rows(
        house.dsn(),
        """
        SELECT extract(epoch FROM max(created_at) - min(created_at)) > 3600 FROM app.payment_requests
        """,
    )
    return ahead == [(True,)] and step in STEPS
