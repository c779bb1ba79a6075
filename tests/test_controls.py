"""The negative controls fit what they control, and docs/controls.md is of these controls."""

from __future__ import annotations

import pytest

from tests.controls.__main__ import rows_of_page
from tests.controls.controls import CONTROLS, Control, Edit, Statement
from tests.controls.workshop import RemovalError, copied, edit, remove
from tests.database import ROOT

NAMES = [control.protection for control in CONTROLS]


@pytest.mark.parametrize("control", CONTROLS, ids=NAMES)
def test_what_is_to_be_removed_stands_there_once(control: Control) -> None:
    for removal in control.removals:
        if isinstance(removal, Edit):
            assert (ROOT / removal.path).read_text().count(removal.was) == 1, removal.path
    for name in control.suite.names:
        suffix = ".spec" if control.suite.kind == "isolation" else ""
        folder = {"pytest": ".", "pgtap": "db/tests", "isolation": "db/tests/isolation"}[control.suite.kind]
        path, _, test = name.partition("::")
        assert (ROOT / folder / f"{path}{suffix}").exists(), name
        if test:
            assert f"def {test.partition('[')[0]}(" in (ROOT / path).read_text(), name


def test_a_removal_that_finds_nothing_is_an_error() -> None:
    with copied() as home:
        for was in ("no such text anywhere", "\n"):
            with pytest.raises(RemovalError):
                edit(home, Edit("service/joiner.py", was, ""))
        remove(home, [Statement("SELECT 1")])
        assert (home / "sqitch.plan").read_text().startswith((ROOT / "sqitch.plan").read_text())
        assert (home / "db" / "controls" / "removal.sql").read_text() == "BEGIN;\nSELECT 1;\nCOMMIT;\n"


def test_the_page_has_a_row_for_each_control_and_what_it_caught() -> None:
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in rows_of_page().values()]
    assert [row[:2] for row in rows] == [[control.protection, f"`{control.suite}`"] for control in CONTROLS]
    assert all(len(row) == 3 and row[2] for row in rows)
