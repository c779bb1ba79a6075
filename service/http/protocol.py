"""uvicorn's HTTP protocol, with head and body of an answer in one packet."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class OnePacketProtocol(HttpToolsProtocol):
    """
    Saves one system call an answer, and one wake-up of whoever reads it.

    uvicorn writes the head of a response the moment it begins, and the body after it. Small
    answers, which ours are, then cost two packets.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(cast(Any, _OnePacketTransport(transport)))


class _OnePacketTransport:
    """The transport, but what begins an answer waits for the next write, or for the next turn of the loop."""

    __slots__ = ("_head", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""

    def write(self, data: bytes) -> None:
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(b"HTTP/1.1 ") and data.endswith(b"\r\n\r\n"):
            self._head = data
            asyncio.get_running_loop().call_soon(self._flush)
            return
        self._transport.write(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _flush(self) -> None:
        if self._head:
            self._transport.write(self._head)
            self._head = b""
