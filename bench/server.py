"""The application as `pgtill serve` runs it, with one more route that does nothing: the yardstick."""

from __future__ import annotations

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from service import server
from service.config import Settings
from service.http.app import create_app
from service.http.replies import Json, read_body
from service.parsing import MAX_BODY_BYTES
from service.types import PaymentRequestOrder

_DECODER = msgspec.json.Decoder(PaymentRequestOrder)

# As long as an answer to a payment request.
_ANSWER = msgspec.json.encode({"status": "ok", "padding": "." * 420})


async def nothing(request: Request) -> Response:
    """Parse the same JSON, ask nobody, answer as much."""
    _DECODER.decode(await read_body(request, MAX_BODY_BYTES))
    return Json(_ANSWER, status_code=201)


def application() -> Starlette:
    """For uvicorn's factory."""
    return create_app(Settings.from_env(), more_routes=[Route("/nothing", nothing, methods=["POST"])])


if __name__ == "__main__":
    server.prepare_process("warning")
    settings = Settings.from_env()
    uvicorn.Server(uvicorn.Config(application(), **server.uvicorn_options(settings))).run()
