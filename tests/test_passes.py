"""`make test` runs pytest twice, and every test in exactly one of the two passes."""

from __future__ import annotations

import argparse
import re
import shlex

from tests.support import ROOT


def passes() -> list[str]:
    """What each pytest of `make test` selects by mark; raises SystemExit where it selects by anything else."""
    recipe = (ROOT / "Makefile").read_text().partition("\ntest: ")[2].partition("\n\n")[0]
    parser = argparse.ArgumentParser()
    parser.add_argument("-m", required=True)
    for how_it_runs in ("--numprocesses", "--dist", "--max-worker-restart"):
        parser.add_argument(how_it_runs)
    found = re.findall(r"^\s+pytest\b([^;&\n]*)", recipe, re.MULTILINE)
    return [parser.parse_args(shlex.split(options)).m for options in found]


def test_every_test_runs_in_exactly_one_pass() -> None:
    assert passes() == ["not alone", "alone"]
