"""
Seeds of what tests do at random: which a run takes, and which are kept.

    fixed_seed    the same in every run, so that a run is what the one before was
    drawn_seed    another in every run, told by it, so that in time more is tried

Both in tests/conftest.py. With --seed a run takes that one alone; without it, what once failed is tried again.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Final

import pytest

SEEDS: Final = (1, 2, 3)
"""Of the long form of faults; everything else that is fixed takes the first."""

SEEDS_THAT_FAILED: Final[dict[str, tuple[int, ...]]] = {
    # The model took a refused key of the batch for one of the first order's account.
    "test_it_does_what_the_model_says": (11,),
}
"""Fault or test → seeds that once found a bug: run in both forms, for ever."""


def seeds_of(config: pytest.Config, name: str, usual: Iterable[int]) -> list[int]:
    """With which seeds a fault or a test runs: the one asked for, or the usual ones and those that failed."""
    asked: int | None = config.getoption("--seed")
    return [*usual, *SEEDS_THAT_FAILED.get(name, ())] if asked is None else [asked]


def give_seeds(metafunc: pytest.Metafunc) -> None:
    """One run of the test for each seed, where it takes one."""
    name = metafunc.function.__name__
    if "fixed_seed" in metafunc.fixturenames:
        seeds = seeds_of(metafunc.config, name, SEEDS[:1])
        metafunc.parametrize("fixed_seed", seeds, indirect=True)
    if "drawn_seed" in metafunc.fixturenames:
        new = random.randrange(10**9)
        seeds = seeds_of(metafunc.config, name, (new,))
        # Processes that share a run know its tests by their names: what each draws cannot be in one.
        names = ["new" if seed == new else str(seed) for seed in seeds]
        metafunc.parametrize("drawn_seed", seeds, indirect=True, ids=names)
