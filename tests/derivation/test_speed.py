"""Derivation must stay at least twice as fast as bip_utils: a ratio of one run, never a time."""

from __future__ import annotations

import pytest

from bench.derivation import CASES, Case, compare

pytestmark = pytest.mark.alone


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_at_least_twice_as_fast_as_bip_utils(case: Case) -> None:
    assert compare(case, rounds=15, count=100).ratio >= 2
