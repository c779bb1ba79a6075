"""uvicorn's HTTP protocol: head and body of an answer in one packet, and clients held to their time."""

from __future__ import annotations

import asyncio
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.errors import ApiError
from service.http.replies import refusal

HEAD_SECONDS: Final = 10.0
"""A connection whose request has not begun or whose head is not whole by then is closed."""

MAX_HEAD_BYTES: Final = 64 * 1024

LINGER_SECONDS: Final = 2.0
"""How long a client may go on sending a body after its answer, so that it reads the answer."""


class OnePacketProtocol(HttpToolsProtocol):
    """
    Saves one system call an answer, and one wake-up of whoever reads it; closes on who sends no end.

    uvicorn writes the head of a response the moment it begins, and the body after it. Small
    answers, which ours are, then cost two packets. And it waits for ever: for a first byte, for the
    rest of a head, for the end of a body that was refused. Bodies that are read have their own
    bound, in service/http/replies.py.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(cast(Any, _OnePacketTransport(transport)))
        self._due: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._expect(HEAD_SECONDS)

    def data_received(self, data: bytes) -> None:
        was_in_body = self.cycle is not None and self.cycle.more_body
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            return  # the usual case: a whole head, and its request is being served
        if not was_in_body:  # a refused body has a time of its own
            self._head_bytes += len(data)
        if self._head_bytes > MAX_HEAD_BYTES:
            self.transport.close()
        elif self._due is None and self.timeout_keep_alive_task is None:
            self._expect(HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        self._head_bytes = 0
        self._expect(None)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        if self.cycle is not None and self.cycle.response_complete:
            self._expect(None)  # the rest of a body that nobody wanted

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete and self.cycle.more_body:
            self._expect(LINGER_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect(None)
        super().connection_lost(exc)
        # uvicorn stops this clock only after an orderly end, and would keep all of a reset connection as long.
        self._unset_keepalive_if_required()

    def _unsupported_upgrade_warning(self) -> None:
        """Who asks for another protocol is answered in this one, as HTTP allows; no line in the log."""

    def send_400_response(self, msg: str) -> None:
        """What is not HTTP is refused like anything else, and not in uvicorn's words."""
        response = refusal(ApiError("invalid_request", "the request is not well-formed HTTP"))
        head = [*self.server_state.default_headers, *response.raw_headers, (b"connection", b"close")]
        lines = [
            b"HTTP/1.1 400 Bad Request",
            *(b"%s: %s" % header for header in head),
            b"",
            bytes(response.body),
        ]
        self.transport.write(b"\r\n".join(lines))
        self.transport.close()

    def _expect(self, seconds: float | None) -> None:
        """Close the connection after so long, unless it is told otherwise before."""
        if self._due is not None:
            self._due.cancel()
        self._due = self.loop.call_later(seconds, self.transport.close) if seconds else None


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
