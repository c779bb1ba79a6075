"""The clock is set back two hours, or forward 400 days, under load: of the database, of the service, of both."""

from __future__ import annotations

import os
import signal
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from service.embedded import embedded_bin_dir
from tests.database import ROOT
from tests.faults.house import House, Stage, send, stage
from tests.support import rows, wait_until

pytestmark = pytest.mark.alone

STEPS = ("-2h", "+400d")
DEADLINE_S = 2
RECALLED = 10
"""Keys of before a jump that are surely asked again after it."""

FROZEN_S = 4
"""Longer than the service waits for the database: what it says then must not wait for a clock."""


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


def test_clocks_that_jump_change_nothing_that_was_said(fixed_seed: int, pytestconfig: pytest.Config) -> None:
    with (
        clocks() as (programs, database, ours),
        House.open(
            bin_dir=programs,
            variables={**variables(ours), "PGTILL_CALL_DEADLINE_SECONDS": str(DEADLINE_S)},
        ) as house,
    ):
        both = [database, ours]
        for step in STEPS:
            for hit in ([database], [ours], both) if pytestconfig.getoption("--long") else (both,):
                with stage(house, fixed_seed) as acting:
                    for time_told in (step, "+0"):
                        known, replies = list(acting.crowd.answered)[-RECALLED:], acting.crowd.replies
                        unknown = replies["503 outcome_unknown"]
                        set_clocks(acting, time_told, hit)
                        acting.crowd.recall(known)
                        assert replies["503 outcome_unknown"] > unknown, replies
                        acting.crowd.wait_for_answers(300)
        assert rows(
            house.dsn(), "SELECT max(created_at) - min(created_at) > '400 d' FROM app.payment_requests"
        ) == [(True,)]


def set_clocks(acting: Stage, step: str, hit: list[Path]) -> None:
    """From now on those clocks show another time, also to calls under way; the database's is looked at."""
    asked = "SELECT extract(epoch FROM clock_timestamp())::bigint"
    before = rows(acting.dsn, asked)[0][0]
    processes = acting.database_processes()
    send(signal.SIGSTOP, processes)
    time.sleep(0.5)  # whoever asks has asked, and waits
    for clock in hit:
        clock.write_text(step)
    time.sleep(FROZEN_S)
    send(signal.SIGCONT, processes)
    if len(hit) > 1:
        wait_until(lambda: abs(rows(acting.dsn, asked)[0][0] - before) > 3600)
