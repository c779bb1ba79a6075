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
    felt_long: str
    """The same of the long form, where the short one is over before anybody is told."""


FAULTS: Final[dict[str, Fault]] = {}


def fault(*, short: float, long: float, felt: str = "", felt_long: str = "") -> Callable[[Act], Act]:
    """Enter a function among the faults."""

    def enter(act: Act) -> Act:
        FAULTS[act.__name__] = Fault(act, short, long, felt, felt_long or felt)
        return act

    return enter
