"""
Every refusal, ON CONFLICT and condition on the organization, taken out of its function one at a time.

They are found in the sources, so that what is added tomorrow is held, too: a pgTAP test of the function,
of one that calls it, or a story must turn red. What no single session can notice is named in ELSEWHERE
with the spec that does, what nobody need notice in HARMLESS.
"""

from __future__ import annotations

import re

import pytest

from tests.conftest import Database
from tests.controls.functions import SOURCES, is_noticed
from tests.controls.mutants import Mutant, mutants
from tests.database import ROOT

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
