"""Connections end: whoever sends nothing, or no end, is not waited for. The bounds are short ones here."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from uvicorn.server import ServerState

from service.http import protocol
from tests.support import Reply, Wire

pytestmark = pytest.mark.alone

HEAD_S = 1.0
LINGER_S = 0.3


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", HEAD_S)
    monkeypatch.setattr(protocol, "LINGER_SECONDS", LINGER_S)


async def _refuse(request: Request) -> Response:
    return PlainTextResponse("no")  # without having read the body


async def _take(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def _think(request: Request) -> Response:
    await asyncio.sleep(1.5 * HEAD_S)
    return PlainTextResponse("thought")


@asynccontextmanager
async def connected() -> AsyncIterator[Wire]:
    """A connection to a server with our protocol."""
    routes = [Route("/refuse", _refuse, methods=["POST"]), Route("/take", _take, methods=["POST"])]
    app = Starlette(routes=[*routes, Route("/think", _think)])
    config = uvicorn.Config(app, log_config=None, access_log=False, ws="none", timeout_keep_alive=30)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: protocol.OnePacketProtocol(config=config, server_state=state, app_state={}), "127.0.0.1", 0
    )
    wire = await Wire.open(server.sockets[0].getsockname()[1])
    try:
        yield wire
    finally:
        await wire.close(abruptly=True)
        server.close()
        await server.wait_closed()


async def seconds_until_closed(wire: Wire, meanwhile: Callable[[], Awaitable[None]] | None = None) -> float:
    """Send something again and again, and see when the server has had enough."""
    started = time.monotonic()
    async with asyncio.timeout(10):
        try:
            while meanwhile:
                await meanwhile()
                await asyncio.sleep(0.02)
            await wire.receive()
        except (OSError, EOFError):
            pass
    return time.monotonic() - started


def run(work: Callable[[Wire], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(20), connected() as wire:
            await work(wire)

    asyncio.run(bounded())


def test_a_connection_that_says_nothing_is_closed() -> None:
    async def work(wire: Wire) -> None:
        assert HEAD_S * 0.9 < await seconds_until_closed(wire) < 10 * HEAD_S

    run(work)


@pytest.mark.parametrize("drop", [b"x", b"\r\n"], ids=["a head byte by byte", "empty lines"])
def test_a_head_without_end_is_closed(drop: bytes) -> None:
    async def work(wire: Wire) -> None:
        if drop == b"x":
            await wire.write(b"GET /think HTTP/1.1\r\nx: ")
        assert HEAD_S * 0.9 < await seconds_until_closed(wire, lambda: wire.write(drop)) < 10 * HEAD_S

    run(work)


def test_a_second_head_without_end_is_closed_too() -> None:
    async def work(wire: Wire) -> None:
        assert (await wire.ask("POST", "/take", b"12345")).body == b"5"
        await wire.write(b"GET /think HTTP/1.1\r\nx: ")
        assert HEAD_S * 0.9 < await seconds_until_closed(wire, lambda: wire.write(b"x")) < 10 * HEAD_S

    run(work)


def test_a_head_that_is_too_long_is_closed_at_once() -> None:
    async def work(wire: Wire) -> None:
        await wire.write(b"GET /think HTTP/1.1\r\n")
        line = b"x: " + b"y" * 8_000 + b"\r\n"
        started = time.monotonic()
        await seconds_until_closed(wire, lambda: wire.write(line))
        assert time.monotonic() - started < HEAD_S

    run(work)


def test_a_refused_body_without_end_is_closed_and_the_answer_was_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 60.0)

    async def work(wire: Wire) -> None:
        await wire.write(b"POST /refuse HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n")
        assert (await wire.receive()).body == b"no"
        seconds = await seconds_until_closed(wire, lambda: wire.write(b"1000\r\n" + 4096 * b"x" + b"\r\n"))
        assert LINGER_S * 0.9 < seconds < 10 * LINGER_S

    run(work)


def test_a_refused_body_that_ends_leaves_the_connection_good() -> None:
    async def work(wire: Wire) -> None:
        await wire.write(b"POST /refuse HTTP/1.1\r\nhost: x\r\ncontent-length: 6\r\n\r\nabc")
        assert (await wire.receive()).body == b"no"
        await wire.write(b"def")
        await asyncio.sleep(2 * LINGER_S)
        assert (await wire.ask("POST", "/take", b"12345")).body == b"5"

    run(work)


def test_after_a_refused_body_who_says_nothing_is_closed() -> None:
    async def work(wire: Wire) -> None:
        await wire.write(b"POST /refuse HTTP/1.1\r\nhost: x\r\ncontent-length: 6\r\n\r\nabc")
        assert (await wire.receive()).body == b"no"
        await wire.write(b"def")
        assert HEAD_S * 0.9 < await seconds_until_closed(wire) < 10 * HEAD_S

    run(work)


def test_a_refused_body_may_be_longer_than_a_head() -> None:
    async def work(wire: Wire) -> None:
        half = protocol.MAX_HEAD_BYTES
        head = b"POST /refuse HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % (2 * half + 3)
        await wire.write(head + b"abc")
        assert (await wire.receive()).body == b"no"
        for _ in range(2):
            await wire.write(half * b"d")
            await asyncio.sleep(LINGER_S / 5)
        assert (await wire.ask("POST", "/take", b"12345")).body == b"5"

    run(work)


def test_who_is_slow_within_the_bounds_and_whoever_waits_for_an_answer_is_served() -> None:
    async def work(wire: Wire) -> None:
        for part in (b"GET /think HT", b"TP/1.1\r\nhost", b": x\r\n\r\n"):
            await wire.write(part)
            await asyncio.sleep(HEAD_S / 5)
        assert (await wire.receive()).body == b"thought"
        await asyncio.sleep(1.2 * HEAD_S)  # between requests uvicorn's keep-alive counts
        assert (await wire.ask("GET", "/think")).body == b"thought"

    run(work)


def test_requests_that_come_all_at_once_are_answered_in_turn() -> None:
    async def work(wire: Wire) -> None:
        one = b"POST /take HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc"
        await wire.write(one + b"GET /think HTTP/1.1\r\nhost: x\r\n\r\n" + one)
        replies: list[Reply] = [await wire.receive() for _ in range(3)]
        assert [reply.body for reply in replies] == [b"3", b"thought", b"3"]
        await asyncio.sleep(1.2 * HEAD_S)
        assert (await wire.ask("POST", "/take", b"1")).body == b"1"

    run(work)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\r\n\r\n",
        b"GET /think HTTP/1.1\nhost: x\n\n",
        b"FETCH /think HTTP/1.1\r\n\r\n",
        b"POST /take HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        b"POST /take HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"GET /think HTTP/1.1\r\nx: a\0b\r\n\r\n",
    ],
    ids=["TLS", "no CR", "no such method", "two lengths", "negative length", "NUL"],
)
def test_what_is_not_http_is_refused_in_the_one_shape(sent: bytes) -> None:
    async def work(wire: Wire) -> None:
        await wire.write(sent)
        reply = await wire.receive()
        assert (reply.status, reply.code) == (400, "invalid_request")
        assert reply.headers["content-type"] == "application/json; charset=utf-8"
        assert reply.headers["connection"] == "close"
        with pytest.raises((EOFError, OSError)):
            await wire.receive()

    run(work)


@pytest.mark.parametrize("other", ["websocket", "h2c"])
def test_who_asks_for_another_protocol_is_answered_in_this_one(
    caplog: pytest.LogCaptureFixture, other: str
) -> None:
    async def work(wire: Wire) -> None:
        upgrade = {"connection": "Upgrade", "upgrade": other}
        assert (await wire.ask("POST", "/take", b"", upgrade)).body == b"0"
        assert (await wire.ask("POST", "/take", b"123")).body == b"3"

    run(work)
    assert caplog.messages == []


@pytest.mark.parametrize("sent", [b"", b"GET /th"], ids=["after an answer", "in a head"])
def test_of_a_connection_that_was_reset_nothing_is_kept(sent: bytes) -> None:
    async def work(wire: Wire) -> None:
        if sent:
            await wire.write(sent)
            await asyncio.sleep(HEAD_S / 10)
        else:
            assert (await wire.ask("POST", "/take", b"12345")).body == b"5"
        await wire.close(abruptly=True)
        await asyncio.sleep(HEAD_S / 5)
        gc.collect()
        kinds = (protocol.OnePacketProtocol, protocol._OnePacketTransport)
        assert not [kept for kept in gc.get_objects() if type(kept) in kinds]

    run(work)
