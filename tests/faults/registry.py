"""Which faults there are: each a function that enters itself here, and how much of it is enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

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


FAULTS: Final[dict[str, Fault]] = {}

SEEDS: Final = (1, 2, 3)
"""Of the long form; the short form takes the first."""

SEEDS_THAT_FAILED: Final[dict[str, tuple[int, ...]]] = {}
"""Fault → seeds that once found a bug: run in both forms, for ever."""


def fault(*, short: float, long: float, felt: str = "") -> Callable[[Act], Act]:
    """Enter a function among the faults."""

    def enter(act: Act) -> Act:
        FAULTS[act.__name__] = Fault(act, short, long, felt)
        return act

    return enter
