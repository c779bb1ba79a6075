"""What is measured, one module a part: `TITLE` and `measure(stage, effort)`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from bench.report import Part
from bench.stage import Effort, Stage

NAMES = (
    "endpoints",
    "latency",
    "joining",
    "baseline",
    "allocation",
    "derivation",
    "soak",
    "refusals",
    "overload",
    "areas",
    "growth",
    "books",
    "pgledger",
)
"""In the order in which they are told."""


class NotHere(Exception):
    """The part cannot run here; says what is missing."""


@dataclass(frozen=True)
class Measurement:
    """A part, loaded."""

    name: str
    title: str
    measure: Callable[[Stage, Effort], Part]


def load(name: str) -> Measurement:
    """Raises `NotHere` when a package is missing that only `make bench` installs."""
    try:
        module = import_module(f"bench.parts.{name}")
    except ModuleNotFoundError as exc:
        raise NotHere(f"the Python package {exc.name} is not installed; `make bench` installs it") from None
    return Measurement(name, module.TITLE, module.measure)
