"""The plan: every change once, with its files, and every table and function with its pgTAP test."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support import ROOT

DB = ROOT / "db"

CHANGES = [
    line.split()[0]
    for line in (ROOT / "sqitch.plan").read_text().splitlines()
    if line and not line.startswith(("%", "#", "@"))
]
TESTED = [change for change in CHANGES if change.startswith(("tables/", "functions/"))]


def test_no_change_stands_twice_in_the_plan() -> None:
    # It merges by union: a line that was edited on both sides stands there in both versions.
    assert [change for change, count in Counter(CHANGES).items() if count > 1] == []


@pytest.mark.parametrize("directory", ["", "revert", "verify"])
def test_every_change_has_its_file_and_no_file_is_left_over(directory: str) -> None:
    folder = DB / directory
    there = {
        path.relative_to(folder).with_suffix("").as_posix()
        for kind in {change.split("/")[0] for change in CHANGES}
        for path in (folder / kind).rglob("*.sql")
    }
    assert there == set(CHANGES)


@pytest.mark.parametrize("change", TESTED)
def test_every_table_and_function_has_its_pgtap_file(change: str) -> None:
    assert (DB / "tests" / f"{change}.sql").exists()


def test_no_pgtap_file_tests_what_is_not_there() -> None:
    files = {
        path.relative_to(DB / "tests").with_suffix("").as_posix()
        for kind in ("tables", "functions")
        for path in (DB / "tests" / kind).rglob("*.sql")
    }
    assert files <= set(CHANGES)
