"""
One fault, one function; each happens under load. What must hold afterwards is in house.stage().

Plain `pytest` runs every fault in its short form, one after the other in one house; with --long they
last as long, and come as often, as in production, each with several seeds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.faults import clients, servers
from tests.faults.house import House, stage
from tests.faults.registry import FAULTS
from tests.seeds import SEEDS, seeds_of

__all__ = ["clients", "servers"]  # they enter their faults

pytestmark = pytest.mark.alone


class _Houses:
    """One house for all faults; another where one has left it unsound."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._house: House | None = None

    def sound(self) -> House:
        if self._house is None or not self._house.is_sound:
            self.close()
            self._house = self._stack.enter_context(House.open())
        return self._house

    def close(self) -> None:
        self._stack.close()


@pytest.fixture(scope="module")
def houses() -> Iterator[_Houses]:
    houses = _Houses()
    yield houses
    houses.close()


def runs(config: pytest.Config) -> list[tuple[str, int]]:
    """Which fault with which seed."""
    usual = SEEDS if config.getoption("--long") else SEEDS[:1]
    return [(name, seed) for name in FAULTS for seed in seeds_of(config, name, usual)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize(("name", "seed"), runs(metafunc.config))


def test_nothing_is_lost_or_done_twice(
    houses: _Houses, name: str, seed: int, pytestconfig: pytest.Config
) -> None:
    chosen, is_long = FAULTS[name], pytestconfig.getoption("--long")
    with stage(houses.sound(), seed) as acting:
        chosen.act(acting, chosen.long if is_long else chosen.short)
    assert acting.was_felt(chosen.felt_long if is_long else chosen.felt), acting.crowd.replies
