"""Many at once, over HTTP: parents, children, equals and next-free children of one wallet never overlap."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter

from tests.paths.support import Desk, assert_no_overlap, desk
from tests.support import Wire, rows

__all__ = ["desk"]  # a fixture

CLIENTS = 64
SECONDS = 10
EXPECTED = {
    *("path_taken", "path_has_descendants", "path_below_allocation", "cursor_busy", "parent_exhausted"),
}


def order(chance: random.Random, index: int) -> dict[str, object]:
    """A path in a tree so small that everybody meets everybody."""
    path = ".".join([str(index), *(str(chance.randrange(4)) for _ in range(chance.randint(1, 5)))])
    name = "parent_path" if chance.random() < 0.2 else "base_path"
    return {"wallet_version": 1, name: path, "quantity": chance.randint(1, 9)}


def test_whatever_is_asked_at_once_nothing_overlaps(desk: Desk) -> None:
    indexes = [desk.owner.register() for _ in range(8)]
    headers = {"authorization": f"Bearer {desk.owner.key}"}
    counted: Counter[str] = Counter()
    allocated: list[str] = []
    until = time.monotonic() + SECONDS

    async def client(number: int) -> None:
        chance = random.Random(number)
        wire = await Wire.open(desk.server.port)
        while time.monotonic() < until:
            # A new tree now and then, else all of it is soon taken.
            index = indexes[min(int((SECONDS - (until - time.monotonic())) / SECONDS * 8), 7)]
            reply = await wire.ask("POST", "/v1/paths", json.dumps(order(chance, index)).encode(), headers)
            if reply.status == 201:
                counted["allocated"] += 1
                allocated.append(reply.json()["base_path"])
            else:
                counted[str(reply.code)] += 1
                assert reply.code in EXPECTED, reply.body
        await wire.close()

    async def everybody() -> None:
        async with asyncio.timeout(SECONDS + 60), asyncio.TaskGroup() as group:
            for number in range(CLIENTS):
                group.create_task(client(number))

    asyncio.run(everybody())
    assert_no_overlap(desk.dsn)
    stored = {path for (path,) in rows(desk.dsn, "SELECT base_path FROM paths.path_registry")}
    assert len(allocated) == len(set(allocated)) == counted["allocated"]
    assert set(allocated) <= stored
    assert counted["allocated"] > 200, counted
    assert counted["path_below_allocation"] > 0
    assert counted["path_has_descendants"] > 0
    assert counted["cursor_busy"] < counted.total() / 10, counted
    assert "40P01" not in desk.server.text


def test_one_key_sent_by_many_at_once_allocates_once(desk: Desk) -> None:
    index = desk.owner.register()
    headers = {"authorization": f"Bearer {desk.owner.key}", "idempotency-key": "all at once"}
    body = json.dumps({"wallet_version": 1, "parent_path": str(index)}).encode()

    async def one() -> tuple[int, bytes]:
        wire = await Wire.open(desk.server.port)
        for _ in range(20):
            reply = await wire.ask("POST", "/v1/paths", body, headers)
            if reply.code != "cursor_busy":
                break
        await wire.close()
        return reply.status, reply.body

    async def everybody() -> list[tuple[int, bytes]]:
        return await asyncio.gather(*(one() for _ in range(32)))

    answers = asyncio.run(everybody())
    assert Counter(status for status, _ in answers) == {201: 1, 200: 31}
    assert len({body for _, body in answers}) == 1
