"""
Guards of the service: each refusal, check, bound and deadline of its modules has a test that misses it.

They are found in the sources, so that what is added tomorrow is held, too. `python -m tests.controls guards`
removes each and writes into docs/controls.md which test turned red. Here a few are removed again, other
ones each time; with --long all of them.
"""

from __future__ import annotations

import random
import re

import pytest

from tests.controls.guards import guards
from tests.controls.sweep import (
    HARMLESS,
    NOT_THE_SERVICE,
    every_guard,
    missed_by,
    places,
    red_anyway,
    remembered,
)
from tests.controls.trial import Trials
from tests.database import ROOT

FEW = 5


def test_a_guard_that_is_removed_is_missed(drawn_seed: int, pytestconfig: pytest.Config) -> None:
    known, chosen = remembered(), places()
    if not pytestconfig.getoption("--long"):
        chosen = random.Random(drawn_seed).sample([place for place in chosen if place.key in known], FEW)
    with Trials.held() as trials:
        unmissed = [place.key for place in chosen if missed_by(trials, place, known.get(place.key)).is_green]
        red = red_anyway(trials, [known[place.key] for place in chosen if place.key in known])
    assert (unmissed, red) == ([], [])


def test_the_guards_are_found() -> None:
    # None is forgotten where the sources have the word: a shape that is not understood would be skipped.
    for path in sorted((ROOT / "service").rglob("*.py")):
        source = path.read_text()
        found = guards(source)
        raises = len(re.findall(r"^ +raise\b", source, re.MULTILINE))
        refused = {guard.place for guard in found if guard.kind in ("refusal", "raise")}
        assert len(refused) == raises, path
        for guard in found:
            compile(guard.removed(source), path, "exec")


def test_of_every_guard_the_page_has_the_test_that_misses_it() -> None:
    known = remembered()
    assert [place.key for place in places() if place.key not in known] == []


def test_what_the_page_remembers_is_a_test() -> None:
    for test in remembered().values():
        path, _, name = test.partition("::")
        assert f"def {name.partition('[')[0]}(" in (ROOT / path).read_text(), test


def test_what_is_harmless_is_there_once() -> None:
    there = [place.key for place in every_guard()]
    assert [key for key in HARMLESS if there.count(key) != 1] == []
    assert [path for path in NOT_THE_SERVICE if not (ROOT / path).exists()] == []
