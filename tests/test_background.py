"""Work in the background ends with its block, whatever it does with a cancellation."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from service import background
from service.background import working


def test_it_ends_with_the_block() -> None:
    steps: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            steps.append("ended")

    async def run() -> None:
        async with working(work()):
            await asyncio.sleep(0)
            steps.append("block")
        assert steps == ["block", "ended"]

    asyncio.run(run())


def test_it_ends_though_it_has_lost_cancellations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_PATIENCE_SECONDS", 0.01)
    lost: list[int] = []

    async def work() -> None:
        for number in range(3):  # as a pool's client that is given a connection at that moment
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(5)
            lost.append(number)
        await asyncio.sleep(5)

    async def run() -> None:
        async with asyncio.timeout(10), working(work()):
            await asyncio.sleep(0)

    asyncio.run(run())
    assert lost == [0, 1, 2]


def test_what_it_raised_is_heard() -> None:
    async def work() -> None:
        raise RuntimeError("a bug")

    async def run() -> None:
        async with working(work()):
            await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="a bug"):
        asyncio.run(run())
