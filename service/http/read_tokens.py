"""Read-your-writes between requests: a token on answers to writes, waited for by GETs that bring it."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER: Final = "X-Read-Token"


class ReadTokens:
    """
    Lets a GET with a token read from the standby, and gives writes theirs.

    Only where PGTILL_REPLICA_URL is set. A GET without a token is the primary's, as is everything that
    does not read through `request.state`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
        elif scope["method"] in ("GET", "HEAD"):
            await self._read(scope, receive, send)
        else:
            await self._write(scope, receive, send)

    async def _read(self, scope: Scope, receive: Receive, send: Send) -> None:
        # What is no token asks for nothing: the primary answers.
        if reads := scope["state"]["replica"].reads(Headers(scope=scope).get(HEADER, "")):
            scope["state"] = {**scope["state"], "pool": reads, "payment_request_reads": reads}
        await self._app(scope, receive, send)

    async def _write(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_token(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 300:
                # After the commit: the answer is made of what was committed.
                token = await scope["state"]["replica"].token()
                if token is not None:
                    MutableHeaders(scope=message)[HEADER] = token
            await send(message)

        await self._app(scope, receive, send_with_token)
