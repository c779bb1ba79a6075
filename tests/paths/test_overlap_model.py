"""
No overlap, against a model that knows nothing of trees: a set of names, every pair compared.

2,000 random trees in `make test`; 100,000 with `pytest --long tests/paths/test_overlap_model.py`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import psycopg
import pytest

from tests.conftest import Database
from tests.paths.makers import Connection, Makers, assert_whole

TREES = 2_000
LONG_TREES = 100_000
TREES_A_CALL = 250
ORDERS_A_TREE = 8
COMPONENTS = (0, 1, 2, 10, 2147483647)
"""Few, so that orders meet; 1 and 10 begin alike."""

Path = tuple[int, ...]


class Model:
    """What is allocated, and the answer to the next order."""

    def __init__(self) -> None:
        self.taken: set[Path] = set()

    def allocate(self, path: Path) -> str:
        for other in self.taken:
            if other == path:
                return "path_taken"
            if path[: len(other)] == other:
                return "path_below_allocation"
            if other[: len(path)] == path:
                return "path_has_descendants"
        self.taken.add(path)
        return "allocated"


def random_orders(draw: random.Random, first_tree: int) -> list[Path]:
    """Orders of many trees, shuffled into each other; a tree is what lies below 2.<tree>."""
    orders = [
        (2, tree, *(draw.choice(COMPONENTS) for _ in range(draw.randint(1, 4))))
        for tree in range(first_tree, first_tree + TREES_A_CALL)
        for _ in range(ORDERS_A_TREE)
    ]
    draw.shuffle(orders)
    return orders


def write(path: Path) -> str:
    return ".".join(map(str, path))


def allocate(
    makers: Makers, conn: Connection, paths: Sequence[Path], *, all_or_nothing: bool
) -> tuple[str, list[str]]:
    outcome, answer = makers.allocate_batch(
        conn, [{"base_path": write(path)} for path in paths], all_or_nothing=all_or_nothing
    )
    return outcome, [path["outcome"] for path in answer["paths"]]


def test_a_hundred_thousand_random_trees(
    database: Database, drawn_seed: int, pytestconfig: pytest.Config
) -> None:
    draw = random.Random(drawn_seed)
    makers = Makers.create(database.dsn())
    taken: set[Path] = set()
    seen: set[str] = set()
    with psycopg.connect(database.dsn("pgtill_service"), autocommit=True) as conn:
        for first_tree in range(0, LONG_TREES if pytestconfig.getoption("--long") else TREES, TREES_A_CALL):
            orders = random_orders(draw, first_tree)
            models = {path[:2]: Model() for path in orders}
            # Half in one call, half in the next: against the batch itself, and against the tree.
            for half in (orders[: len(orders) // 2], orders[len(orders) // 2 :]):
                expected = [models[path[:2]].allocate(path) for path in half]
                if draw.random() < 0.5:
                    answer = allocate(makers, conn, half, all_or_nothing=False)
                    assert answer == ("allocated", expected)
                else:
                    # All of them are refused, those that the model takes are not.
                    undone = ["not_done" if outcome == "allocated" else outcome for outcome in expected]
                    assert allocate(makers, conn, half, all_or_nothing=True) == ("refused", undone)
                    good = [
                        path for path, outcome in zip(half, expected, strict=True) if outcome == "allocated"
                    ]
                    answer = allocate(makers, conn, good, all_or_nothing=True)
                    assert answer == ("allocated", ["allocated"] * len(good))
                seen.update(expected)
            taken.update(*(model.taken for model in models.values()))
    assert seen == {"allocated", "path_taken", "path_below_allocation", "path_has_descendants"}
    with psycopg.connect(database.dsn()) as conn:
        stored = {
            tuple(map(int, path.split(".")))
            for (path,) in conn.execute("SELECT base_path FROM paths.path_registry")
        }
    assert stored == taken
    assert_whole(database.dsn())


def test_what_is_retired_keeps_its_place(database: Database) -> None:
    makers = Makers.create(database.dsn())
    with psycopg.connect(database.dsn("pgtill_service"), autocommit=True) as conn:
        assert makers.allocate(conn, ["2.1.1"]) == ["allocated"]
        conn.execute("SELECT paths.retire_path(%s, %s, %s, %s, 1, '2.1.1')", makers.caller())
        assert makers.allocate(conn, ["2.1.1", "2.1", "2.1.1.1", "2.1.2"]) == [
            "path_taken",
            "path_has_descendants",
            "path_below_allocation",
            "allocated",
        ]
    assert_whole(database.dsn())
