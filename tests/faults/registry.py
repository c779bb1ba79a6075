"""Which faults there are: each a function that enters itself here, and how much of it is enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest

from tests.faults.house import Stage

Act = Callable[[Stage, float], None]


@dataclass(frozen=True)
class Fault:
    """What to do to the stage, and how much of it: how often, how many or how many seconds."""

    act: Act
    short: float
    long: float
    felt: str
    """An answer that must have been heard; a fault that nobody feels proves nothing."""
    felt_long: str
    """The same of the long form, where the short one is over before anybody is told."""


FAULTS: Final[dict[str, Fault]] = {}

SEEDS: Final = (1, 2, 3)
"""Of the long form; the short form takes the first."""

SEEDS_THAT_FAILED: Final[dict[str, tuple[int, ...]]] = {}
"""Fault → seeds that once found a bug: run in both forms, for ever."""


def seed_of(config: pytest.Config) -> int:
    """The seed that was asked for, of a fault that is tried with one."""
    asked: int | None = config.getoption("--seed")
    return SEEDS[0] if asked is None else asked


def fault(*, short: float, long: float, felt: str = "", felt_long: str = "") -> Callable[[Act], Act]:
    """Enter a function among the faults."""

    def enter(act: Act) -> Act:
        FAULTS[act.__name__] = Fault(act, short, long, felt, felt_long or felt)
        return act

    return enter
