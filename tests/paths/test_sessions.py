"""
64 sessions in one wallet, at parents, children and equals.

Five seconds in `make test`; a minute with `pytest --long tests/paths/test_sessions.py`.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter

import psycopg
import pytest

from tests.conftest import Database
from tests.paths.makers import Makers, assert_whole, digest
from tests.support import rows

SESSIONS = 64
SECONDS = 5
LONG_SECONDS = 60


def test_sessions_meet_at_every_level(
    database: Database, drawn_seed: int, pytestconfig: pytest.Config
) -> None:
    makers = Makers.create(database.dsn())
    end = time.monotonic() + (LONG_SECONDS if pytestconfig.getoption("--long") else SECONDS)
    counted: list[Counter[str]] = [Counter() for _ in range(SESSIONS)]

    def attack(number: int) -> None:
        draw = random.Random(drawn_seed + number)
        counts = counted[number]
        with psycopg.connect(database.dsn("pgtill_service"), autocommit=True) as conn:
            # Waiting is expected here: what is under test is that it ends.
            conn.execute("SET lock_timeout = '20s'; SET statement_timeout = '60s'")
            while time.monotonic() < end:
                # New ground moves on with time, so that names are still free at the end.
                ground = f"2.{int((end - time.monotonic()) * 4)}"
                paths = [
                    ".".join([ground, *(str(draw.randrange(6)) for _ in range(draw.randint(0, 3)))])
                    for _ in range(draw.choice((1, 1, 1, 8)))
                ]
                try:
                    if draw.random() < 0.2:
                        order = makers.order("", parent_path=ground, base_path=None)
                        order["idempotency_key"] = f"{number} {draw.random()}"
                        order["request_hash"] = digest("next child")
                        cursor = conn.execute(
                            "SELECT outcome FROM paths.allocate_paths(%s)",
                            (psycopg.types.json.Jsonb([order]),),
                        )
                        counts.update(outcome for (outcome,) in cursor)
                    else:
                        counts.update(makers.allocate(conn, paths))
                except psycopg.Error as exc:
                    counts[f"SQLSTATE {exc.sqlstate}"] += 1

    threads = [threading.Thread(target=attack, args=(number,)) for number in range(SESSIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    counts = sum(counted, Counter())
    print(dict(counts))
    assert {"allocated", "path_taken", "path_below_allocation", "path_has_descendants"} <= set(counts)
    # No deadlock, no time-out, nothing given up.
    assert not [outcome for outcome in counts if outcome.startswith("SQLSTATE")]
    assert_whole(database.dsn())
    [[stored]] = rows(database.dsn(), "SELECT count(*) FROM paths.path_registry")
    assert stored == counts["allocated"]
