"""
Response to a compromised key, killed again and again, ends where it would have ended.

20 manufacturers and 2,000 paths in `make test`; 200 and 100,000 with `pytest --long`.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from tests.conftest import Database
from tests.paths.makers import Makers, assert_whole
from tests.support import cloned, execute, rows

RESPOND = "SELECT answer ->> 'id' FROM paths.respond_to_key_compromise(%s, %s, %s, %s, 1, 'drill', 'hsm:2')"

STATE = """
SELECT 'path', wallet_version, base_path, status, quantity, transferred_to_wallet, transferred_to_path
  FROM paths.path_registry
UNION ALL
SELECT 'node', wallet_version, base_path, kind, NULL, NULL, NULL FROM paths.path_nodes
UNION ALL
SELECT 'maker', wallet_version, manufacturer_name, status, manufacturer_index, NULL, NULL
  FROM paths.manufacturer_registry
UNION ALL
SELECT 'lineage', current_wallet_version, canonical_name, status, completion_percentage,
       predecessor_wallet, assignment_reason
  FROM paths.manufacturer_lineage
UNION ALL
SELECT 'wallet', version_id, version_name, status, is_default::integer, NULL, NULL
  FROM paths.wallet_versions
UNION ALL
SELECT 'transfer', source_wallet, source_index::text, status, target_index, target_wallet, paths_moved::text
  FROM paths.transfers
"""


def fill(dsn: str, manufacturers: int, paths_each: int) -> Makers:
    """So many manufacturers beside Plings, each with paths, some of them exhausted or retired."""
    makers = Makers.create(dsn)
    indexes = [2, *(makers.register(f"maker {nth}") for nth in range(manufacturers - 1))]
    with psycopg.connect(dsn, autocommit=True) as conn:
        for index in indexes:
            orders = [{"base_path": f"{index}.{nth % 10}.{nth}"} for nth in range(paths_each)]
            outcome, _ = makers.allocate_batch(conn, orders, all_or_nothing=True)
            assert outcome == "allocated"
    execute(
        dsn,
        "UPDATE paths.path_registry SET status = 'exhausted', completed_at = now() WHERE base_path LIKE '%.3'",
        "UPDATE paths.path_registry SET status = 'retired', retired_at = now() WHERE base_path LIKE '%.4'",
    )
    return makers


def state(dsn: str) -> list[tuple[Any, ...]]:
    return sorted(rows(dsn, STATE), key=repr)


def open_transfers(dsn: str) -> list[str]:
    found = rows(dsn, "SELECT public_id FROM paths.transfers WHERE status = 'transferring' ORDER BY id")
    return [transfer_id for (transfer_id,) in found]


def evacuate(makers: Makers, step: int) -> None:
    """What an operator does after the response: every transfer, step by step, to its end."""
    with psycopg.connect(makers.dsn, autocommit=True) as conn:
        for transfer_id in open_transfers(makers.dsn):
            while True:
                row = conn.execute(
                    "SELECT transfer ->> 'status' FROM paths.continue_transfer(NULL, %s, %s, %s)",
                    (makers.super_admin_id, transfer_id, step),
                ).fetchone()
                assert row is not None
                if row[0] == "transferred":
                    break


@contextmanager
def killing(dsn: str, draw: random.Random) -> Iterator[list[int]]:
    """Meanwhile, every session of pgtill's functions dies at some random moment."""
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        with psycopg.connect(dsn, autocommit=True) as conn:
            while not over.wait(draw.uniform(0.001, 0.05)):
                cursor = conn.execute(
                    "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%paths.%'"
                )
                row = cursor.fetchone()
                assert row is not None
                killed.append(row[0])

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield killed
    finally:
        over.set()
        killer.join()


def respond_while_killed(attacked: Makers, draw: random.Random) -> int:
    """The response until it is done; how often it was killed."""
    caller = attacked.caller("incident", user_id=attacked.super_admin_id)
    hits = 0
    with killing(attacked.dsn, draw):
        while hits < 50:
            try:
                rows(attacked.dsn, RESPOND, *caller)
                break
            except psycopg.OperationalError:
                hits += 1
    rows(attacked.dsn, RESPOND, *caller)
    return hits


def evacuate_while_killed(attacked: Makers, draw: random.Random) -> int:
    """The transfers to their end; how many sessions were killed."""
    with killing(attacked.dsn, draw) as killed:
        for _ in range(10_000):
            with suppress(psycopg.OperationalError):
                evacuate(attacked, step=draw.choice((1, 7, 50)))
                break
            if sum(killed) > 100:
                break
    evacuate(attacked, step=1000)
    return sum(killed)


def test_killed_at_random_points_and_resumed_it_ends_in_the_same_state(
    database: Database, drawn_seed: int, pytestconfig: pytest.Config
) -> None:
    draw = random.Random(drawn_seed)
    manufacturers, paths_each = (200, 500) if pytestconfig.getoption("--long") else (20, 100)
    makers = fill(database.dsn(), manufacturers, paths_each)

    # Killed. A response may be quicker than the killer: then again, from the beginning.
    for attempt in range(1, 21):
        with cloned(database.cluster, database.name, "killed") as other:
            attacked = replace(makers, dsn=other.dsn())
            response_kills = respond_while_killed(attacked, draw)
            if response_kills == 0:
                continue
            evacuation_kills = evacuate_while_killed(attacked, draw)
            print(
                f"killed: response {response_kills} times (database {attempt}), evacuation {evacuation_kills}"
            )
            assert evacuation_kills > 3
            assert open_transfers(attacked.dsn) == []
            assert_whole(attacked.dsn)
            ended = state(attacked.dsn)
            break
    else:
        pytest.fail("no response was killed in 20 databases")

    # Undisturbed
    began = time.monotonic()
    rows(makers.dsn, RESPOND, *makers.caller("incident", user_id=makers.super_admin_id))
    print(f"response: {time.monotonic() - began:.2f} s")
    began = time.monotonic()
    evacuate(makers, step=1000)
    print(f"evacuation: {time.monotonic() - began:.2f} s")
    assert open_transfers(makers.dsn) == []
    assert_whole(makers.dsn)
    assert ended == state(makers.dsn)


def test_two_operators_move_one_manufacturer_together(database: Database) -> None:
    makers = fill(database.dsn(), 1, 400)
    rows(makers.dsn, RESPOND, *makers.caller("incident", user_id=makers.super_admin_id))
    operators = [threading.Thread(target=evacuate, args=(makers, 7)) for _ in range(4)]
    for operator in operators:
        operator.start()
    for operator in operators:
        operator.join()
    assert open_transfers(makers.dsn) == []
    moved = rows(
        makers.dsn, "SELECT status, count(*) FROM paths.path_registry WHERE wallet_version = 2 GROUP BY 1"
    )
    assert dict(moved) == {"active": 398, "exhausted": 1}
    assert_whole(makers.dsn)


def test_a_dry_run_tells_what_the_real_one_does_and_does_nothing(database: Database) -> None:
    makers = fill(database.dsn(), 3, 10)
    before = state(makers.dsn)
    dry_run = RESPOND.replace("answer ->> 'id'", "answer").replace("'hsm:2')", "'hsm:2', NULL, TRUE)")
    [[told]] = rows(makers.dsn, dry_run, *makers.caller(user_id=makers.super_admin_id))
    assert state(makers.dsn) == before
    real = RESPOND.replace("answer ->> 'id'", "answer")
    [[done]] = rows(makers.dsn, real, *makers.caller(user_id=makers.super_admin_id))
    differ = {"id", "is_dry_run", "reported_at", "transfers"}
    assert {key: told[key] for key in told.keys() - differ} == {
        key: done[key] for key in done.keys() - differ
    }
    assert [told["id"], told["is_dry_run"]] == [None, True]
    assert [{**transfer, "id": None} for transfer in done["transfers"]] == told["transfers"]
