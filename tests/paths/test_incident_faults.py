"""An incident whose transfers are killed again and again, by `kill -9`, ends as if nothing had happened."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Mapping
from typing import Any

import pytest

from tests.conftest import Database
from tests.paths.support import Person, assert_no_overlap, serving_desk
from tests.support import PGTILL, ROOT, cloned, command, environment, rows

MAKERS_COUNT = 6
PATHS_EACH = 1_500

FINAL = """
SELECT path.wallet_version, maker.manufacturer_name, path.base_path, path.status, path.quantity,
       path.transferred_to_wallet, path.transferred_to_path
  FROM paths.path_registry AS path
  JOIN paths.manufacturer_registry AS maker
    ON maker.wallet_version = path.wallet_version AND maker.manufacturer_index = path.manufacturer_index
 ORDER BY 1, 2, 3
"""
MAKERS = """
SELECT wallet_version, manufacturer_name, manufacturer_index, status, transferred_from_wallet
  FROM paths.manufacturer_registry ORDER BY 1, 2
"""
TRANSFERS = """
SELECT source_wallet, source_index, target_wallet, target_index, status, paths_total, paths_moved,
       completion_percentage
  FROM paths.transfers ORDER BY 1, 2
"""


@pytest.fixture(scope="module")
def furnished(module_database: Database) -> Any:
    """A database with manufacturers and paths, and its people; nobody is connected to it."""
    with serving_desk(module_database) as desk:
        for number in range(MAKERS_COUNT):
            index = desk.owner.register(f"Maker {number}")
            items = [
                {"base_path": f"{index}.{place // 50}.{place % 50}", "quantity": 3}
                for place in range(PATHS_EACH)
            ]
            answer = desk.owner.client.post("/v1/paths/batch", json={"wallet_version": 1, "paths": items})
            assert answer.status_code == 201, answer.text[:300]
        root = desk.root
    return module_database, root


def compromise(database: Database, root: Person) -> Mapping[str, str]:
    env = environment(database.dsn("pgtill_operator"))
    done = command(
        *("incident", "compromise", "--wallet", "1", "--reason", "lost", "--successor-key", "hsm-2"),
        *("--organization", root.organization_id, "--user", str(root.user_id), "--json"),
        env=env,
    )
    assert done.returncode == 0, done.stderr
    return env


def run(root: Person) -> list[str]:
    return ["transfer", "run", "--organization", root.organization_id, "--user", str(root.user_id), "--json"]


def state(database: Database) -> list[Any]:
    """All that must be the same in the end; ids and times are not."""
    dsn = database.dsn()
    assert_no_overlap(dsn)
    return [rows(dsn, query) for query in (FINAL, MAKERS, TRANSFERS)]


def test_killed_at_random_and_resumed_it_ends_in_the_same_state(furnished: Any) -> None:
    database, root = furnished
    with (
        cloned(database.cluster, database.name, "undisturbed") as undisturbed,
        cloned(database.cluster, database.name, "disturbed") as disturbed,
    ):
        env = compromise(undisturbed, root)
        whole = command(*run(root), env=env)
        assert whole.returncode == 0, whole.stderr
        wanted = state(undisturbed)

        env, chance, kills = compromise(disturbed, root), random.Random(6), 0
        moved = [0]
        for _ in range(200):
            process = subprocess.Popen(
                [*PGTILL, *run(root)], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            wait_for_progress(disturbed, moved[-1], process, chance.random() * 0.05)
            if process.poll() is None:
                process.kill()
                kills += 1
            process.wait()
            [[now, left]] = rows(
                disturbed.dsn(),
                "SELECT sum(paths_moved)::bigint, count(*) FILTER (WHERE status <> 'transferred') FROM paths.transfers",
            )
            moved.append(now)
            if not left:
                break
        assert kills >= 3
        assert moved == sorted(moved)
        assert state(disturbed) == wanted


def wait_for_progress(
    database: Database, before: int, process: subprocess.Popen[bytes], more_seconds: float
) -> None:
    """Until the process has moved something, and a moment more: then it is killed in the middle of things."""
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        [[now]] = rows(database.dsn(), "SELECT sum(paths_moved)::bigint FROM paths.transfers")
        if now > before:
            time.sleep(more_seconds)
            return
        time.sleep(0.01)


def test_two_who_run_the_same_transfers_at_once_move_each_path_once(furnished: Any) -> None:
    database, root = furnished
    with cloned(database.cluster, database.name, "two") as copy:
        env = compromise(copy, root)
        both = [
            subprocess.Popen(
                [*PGTILL, *run(root)], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            for _ in range(2)
        ]
        for process in both:
            out, err = process.communicate(timeout=120)
            assert process.returncode == 0, err
            assert b"transferred" in out or out.strip() == b"[]"
        [[total, moved]] = rows(
            copy.dsn(), "SELECT sum(paths_total)::bigint, sum(paths_moved)::bigint FROM paths.transfers"
        )
        assert total == moved == MAKERS_COUNT * PATHS_EACH
        assert_no_overlap(copy.dsn())


def test_a_dry_run_leaves_nothing_and_says_what_would_be_done(furnished: Any) -> None:
    database, root = furnished
    before = state(database)
    env = environment(database.dsn("pgtill_operator"))
    asked = (
        *("incident", "compromise", "--wallet", "1", "--reason", "what if", "--successor-key", "hsm-2"),
        *("--organization", root.organization_id, "--user", str(root.user_id), "--dry-run"),
    )
    done = command(*asked, env=env)
    assert done.returncode == 0, done.stderr
    assert "nothing was done: this was a dry run" in done.stdout
    for number in range(MAKERS_COUNT):
        assert f"Maker {number}" in done.stdout
    assert state(database) == before


def test_who_is_no_super_admin_cannot_respond(furnished: Any) -> None:
    database, root = furnished
    env = environment(database.dsn("pgtill_operator"))
    asked = (
        *("incident", "compromise", "--wallet", "1", "--reason", "x", "--successor-key", "k"),
        *("--organization", root.organization_id, "--user", "usr_" + "0" * 24),
    )
    done = command(*asked, env=env)
    assert done.returncode == 1
    assert "not_super_admin" in done.stderr
