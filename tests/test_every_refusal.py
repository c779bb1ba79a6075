"""
Every refusal, ON CONFLICT and condition on the organization, taken out of its function one at a time.

They are found in the sources, so that what is added tomorrow is held, too: a pgTAP test of the function,
of one that calls it, or a story must turn red. What no single session can notice is named in ELSEWHERE
with the spec that does, what nobody need notice in HARMLESS.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from service.embedded import Cluster
from tests.conftest import Database
from tests.controls.mutants import Mutant, definition, mutants
from tests.database import ROOT, TESTS, close_to_public, install_pgtap
from tests.support import cloned

SOURCES = {
    f"{path.parent.name}.{path.stem}": path.read_text()
    for path in sorted((ROOT / "db" / "functions").rglob("*.sql"))
}
MUTANTS = {name: list(mutants(source)) for name, source in SOURCES.items()}
FUNCTIONS = [name for name, found in MUTANTS.items() if found]

ISOLATION = "db/tests/isolation"

ELSEWHERE = {
    ("ledger.expire_holds", "conflict: ON CONFLICT ON CONSTRAINT hold_endings_pk DO NOTHING"): (
        f"{ISOLATION}/ledger_release_expire.spec"
    ),
    ("paths.allocate_paths", "refusal: _placements IS NULL"): f"{ISOLATION}/paths_repeatable_read.spec",
    ("paths.count_allocations", "refusal: EXISTS ("): f"{ISOLATION}/paths_allocate_compromise.spec",
    (
        "wallets.insert_registrations",
        "conflict: ON CONFLICT ON CONSTRAINT wallet_idempotency_keys_pk DO NOTHING",
    ): f"{ISOLATION}/wallets_same_key.spec",
    (
        "wallets.insert_registrations",
        "conflict: ON CONFLICT ON CONSTRAINT wallet_registry_user_provider_account_unique DO NOTHING",
    ): f"{ISOLATION}/wallets_same_wallet.spec",
}
"""Function, and how its protection begins → the spec in which two sessions notice that it is gone."""

HARMLESS = {
    (
        "ledger.broken_holds",
        "tenancy: journal.organization_id",
    ): "an entry in the hold's account is of a journal of its book; it is there for the index that it leads",
    (
        "ledger.insert_journals",
        "tenancy: twin.organization_id",
    ): "what is refused beside another's key goes one by one: the same answers, later",
    (
        "ledger.post_holds",
        "tenancy: account.organization_id",
    ): "more accounts are locked; which count is asked again",
    (
        "ledger.resolve_holds",
        "tenancy: hold.organization_id",
    ): "more accounts are locked; whose counts is asked again",
    (
        "ledger.uncovered_account",
        "tenancy: booked.organization_id",
    ): "entries of one account are of one book; it is there for the index that it leads",
    (
        "paths.add_manufacturer",
        "refusal: _index IS NULL",
    ): "all 2^31 - 2 indexes of a wallet would have to be taken; the primary key refuses NULL",
    (
        "paths.move_path",
        "refusal: move_path.target_index",
    ): "a manufacturer that moves while its path waits for locks: no two calls that do so are there yet",
}
"""The same → why nothing is lost without it."""


@pytest.fixture(scope="module")
def workshop(cluster: Cluster, template: str) -> Iterator[Database]:
    """A database with the tools of the database's own tests."""
    with cloned(cluster, template, "refusals") as database:
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
    with psycopg.connect(database.dsn(), autocommit=True) as conn:
        conn.execute("SET ROLE pgtill_owner")
        try:
            conn.execute(mutant.definition.encode())
            return not all(is_green(database, path) for path in files_about(name))
        finally:
            conn.execute(definition(SOURCES[name]).encode())


def is_excepted(name: str, mutant: Mutant) -> bool:
    return any(
        name == function and str(mutant).startswith(begin) for function, begin in (*ELSEWHERE, *HARMLESS)
    )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_protects_is_missed_when_it_is_gone(workshop: Database, name: str) -> None:
    tried = [mutant for mutant in MUTANTS[name] if not is_excepted(name, mutant)]
    assert [str(mutant) for mutant in tried if not is_noticed(workshop, name, mutant)] == []


def test_the_protections_are_found() -> None:
    found = [mutant.kind for each in MUTANTS.values() for mutant in each]
    # None is forgotten where the sources have the word: a shape that is not understood would be skipped.
    assert found.count("conflict") == sum(source.count("ON CONFLICT") for source in SOURCES.values())
    assert found.count("refusal") == sum(
        len(re.findall(r"\bRAISE EXCEPTION\b|^ +RAISE;", source, re.MULTILINE)) for source in SOURCES.values()
    )


def test_what_is_not_noticed_here_is_there_once() -> None:
    for name, begin in (*ELSEWHERE, *HARMLESS):
        assert sum(str(mutant).startswith(begin) for mutant in MUTANTS[name]) == 1, (name, begin)
    assert [spec for spec in ELSEWHERE.values() if not (ROOT / spec).exists()] == []
