"""
The functions of the database, each put wrong for a moment, and what its tests say of it.

    workshop     a database with the tools of the database's own tests, for a whole module
    is_noticed   whether any test turns red
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from service.embedded import Cluster
from tests.controls.mutants import Mutant, definition
from tests.database import ROOT, TESTS, close_to_public, install_pgtap
from tests.support import cloned

if TYPE_CHECKING:
    from tests.conftest import Database

SOURCES = {
    f"{path.parent.name}.{path.stem}": path.read_text()
    for path in sorted((ROOT / "db" / "functions").rglob("*.sql"))
}
"""Function → the file that defines it."""


@pytest.fixture(scope="module")
def workshop(cluster: Cluster, template: str) -> Iterator[Database]:
    """A database with the tools of the database's own tests."""
    with cloned(cluster, template, "workshop") as database:
        close_to_public(cluster, database.name)
        install_pgtap(cluster, database.name)
        yield database


def files_about(name: str) -> list[Path]:
    """The tests of the function, then of those that call it, however far away, then stories."""
    names = [name]
    for callee in names:
        call = re.compile(rf"\b{re.escape(callee)}\(")
        names += [each for each in SOURCES if each not in names and call.search(definition(SOURCES[each]))]
    files = [TESTS / "functions" / f"{each.replace('.', '/')}.sql" for each in names]
    return [path for path in files if path.exists()] + sorted((TESTS / "stories").glob("*.sql"))


def is_green(database: Database, path: Path) -> bool:
    """Whether a test says that all is well; one that does not come to its end does not."""
    done = subprocess.run(
        [
            "psql",
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--set=ON_ERROR_STOP=1",
            f"--file={path}",
        ],
        env=database.cluster.env(dbname=database.name) | {"PGOPTIONS": "-c statement_timeout=20s"},
        capture_output=True,
        text=True,
        check=False,
    )
    planned = re.search(r"^1\.\.(\d+)$", done.stdout, re.MULTILINE)
    passed = len(re.findall(r"^ok \d+", done.stdout, re.MULTILINE))
    failed = re.search(r"^not ok", done.stdout, re.MULTILINE)
    return bool(done.returncode == 0 and planned and int(planned[1]) == passed and not failed)


def is_noticed(database: Database, name: str, mutant: Mutant) -> bool:
    """Whether a test turns red with the function so, which is then as it was."""
    with psycopg.connect(database.dsn(), autocommit=True) as conn:
        conn.execute("SET ROLE pgtill_owner")
        try:
            conn.execute(mutant.definition.encode())
            return not all(is_green(database, path) for path in files_about(name))
        finally:
            conn.execute(definition(SOURCES[name]).encode())
