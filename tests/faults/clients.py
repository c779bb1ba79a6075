"""Faults of clients: they go too early, never finish, never begin, or come by the thousand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress

from tests.faults.house import Stage
from tests.faults.registry import fault
from tests.support import BTC, PATH, Wire


@fault(short=100, long=2_000)
def go_away_after_sending(stage: Stage, clients: float) -> None:
    """The order may be carried out or not; asked again, it is one payment request."""
    body = json.dumps(BTC).encode()

    async def client(number: int) -> None:
        key = f"{stage.crowd.name}/gone/{number}"
        wire = await open_wire(stage, number)
        await wire.send("POST", PATH, body, stage.crowd.merchant.headers | {"idempotency-key": key})
        await asyncio.sleep(stage.chance.random() / 50)
        await wire.close(abruptly=True)
        stage.crowd.unanswered[key] = body

    at_once(int(clients), client)


@fault(short=100, long=1_000)
def send_heads_byte_by_byte(stage: Stage, clients: float) -> None:
    async def client(number: int) -> None:
        wire = await open_wire(stage, number)
        with suppress(OSError):
            for letter in f"POST {PATH} HTTP/1.1\r\nx-slow: {'y' * 20}".encode():
                await wire.write(bytes([letter]))
                await asyncio.sleep(0.05)
        await wire.close(abruptly=True)

    at_once(int(clients), client)


@fault(short=20, long=100)
def send_bodies_without_end(stage: Stage, clients: float) -> None:
    """Refused at 64 KiB; the connection is closed soon after, however much is still coming."""
    chunk = b"10000\r\n" + 65_536 * b"x" + b"\r\n"

    async def client(number: int) -> None:
        wire = await open_wire(stage, number)
        head = [f"POST {PATH} HTTP/1.1", "host: x", "transfer-encoding: chunked"]
        head += [f"{name}: {value}" for name, value in stage.crowd.merchant.headers.items()]
        with suppress(OSError):
            await wire.write("\r\n".join([*head, "", ""]).encode())
            while True:
                await wire.write(chunk)
                await asyncio.sleep(0.1)
        await wire.close(abruptly=True)

    at_once(int(clients), client, seconds=30)


@fault(short=300, long=3_000)
def idle_on_connections(stage: Stage, clients: float) -> None:
    """Half of them after a request, half before; the crowd is served meanwhile."""

    async def client(number: int) -> None:
        wire = await open_wire(stage, number)
        if number % 2:
            assert (await wire.ask("GET", "/healthz")).status == 200
        stage_full.append(number)
        await enough.wait()
        await wire.close(abruptly=True)

    async def crowd_goes_on() -> None:
        while len(stage_full) < int(clients):
            await asyncio.sleep(0.05)
        await asyncio.to_thread(stage.crowd.wait_for_answers, 300)
        enough.set()

    stage_full: list[int] = []
    enough = asyncio.Event()

    async def everybody() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(int(clients)):
                group.create_task(client(number))
                if number % 100 == 99:
                    await asyncio.sleep(0.05)
            group.create_task(crowd_goes_on())

    asyncio.run(everybody())


async def open_wire(stage: Stage, number: int) -> Wire:
    return await Wire.open(stage.crowd.ports[number % len(stage.crowd.ports)])


def at_once(count: int, client: Callable[[int], Awaitable[None]], *, seconds: float = 120) -> None:
    """So many clients, each with its number; all of them come to an end in time."""

    async def everybody() -> None:
        async with asyncio.timeout(seconds):
            await asyncio.gather(*(client(number) for number in range(count)))

    asyncio.run(everybody())
