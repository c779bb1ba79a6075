"""What is heard of other sessions, and what is forgotten while nothing can be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import psycopg
import pytest

from service import listener
from service.auth import Authenticator
from service.catalog import Catalog
from service.listener import listening
from tests.conftest import Database
from tests.support import execute

ROLE = "pgtill_service"


class Memory:
    """Stands for both: what was forgotten, and how often the catalog was read."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []
        self.reads = 0

    def forget(self, key_id: str) -> None:
        self.forgotten.append(key_id)

    def forget_all(self) -> None:
        self.forgotten.append("all")

    async def refresh(self) -> None:
        self.reads += 1


def listen(
    dsn: str, memory: Memory, *waits: Callable[[], bool], then: Callable[[], None] | None = None
) -> None:
    """Listen until the first is true, do that, and until the next is."""

    async def work() -> None:
        catalog, authenticator = cast(Catalog, memory), cast(Authenticator, memory)
        async with asyncio.timeout(15), listening(dsn, ROLE, catalog, authenticator):
            for is_true in waits:
                while not is_true():
                    await asyncio.sleep(0.01)
                if then:
                    await asyncio.to_thread(then)

    asyncio.run(work())


def test_what_was_said_before_is_forgotten_and_what_is_said_is_heard(database: Database) -> None:
    def notify() -> None:
        channels = ("pgtill_api_key_revoked", "one"), ("pgtill_catalog_changed", "")
        execute(database.dsn(), *(f"SELECT pg_notify('{channel}', '{text}')" for channel, text in channels))

    memory = Memory()
    listen(database.dsn(ROLE), memory, lambda: memory.reads == 1, lambda: memory.reads >= 2, then=notify)
    assert memory.forgotten[:2] == ["all", "one"]


def test_now_and_then_it_looks_though_nothing_is_said(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that a firewall has dropped says nothing, for ever."""
    monkeypatch.setattr(listener, "_REFRESH_SECONDS", 0.05)
    memory = Memory()
    listen(database.dsn(ROLE), memory, lambda: memory.reads >= 3)
    assert memory.forgotten[:3] == ["all"] * 3


@pytest.mark.parametrize("error", [psycopg.OperationalError, OSError])
def test_while_nothing_can_be_heard_nobody_is_remembered_for_long(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(listener, "_RETRY_SECONDS", 0.05)
    monkeypatch.setattr("service.listener.Connection.connect", refuse)
    memory = Memory()
    listen("postgresql:///nowhere", memory, lambda: len(memory.forgotten) >= 3)
