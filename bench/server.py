"""The application as `pgtill serve` runs it, with one more route that does nothing: the yardstick."""

from __future__ import annotations

import os
import tempfile

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

NOTHING = "/nothing"

_DECODER = msgspec.json.Decoder(PaymentRequestOrder)

# As long as an answer to a payment request.
_ANSWER = msgspec.json.encode({"status": "ok", "padding": "." * 420})


async def nothing(request: Request) -> Response:
    """Parse the same JSON, ask nobody, answer as much."""
    _DECODER.decode(await read_body(request, MAX_BODY_BYTES))
    return Json(_ANSWER, status_code=201)


def application() -> Starlette:
    """For uvicorn's factory."""
    server.prepare_process("warning")
    return create_app(Settings.from_env(), more_routes=[Route(NOTHING, nothing, methods=["POST"])])


def serve(factory: str = "bench.server:application") -> None:
    """Serve what the factory makes, in as many processes as BENCH_WORKERS says."""
    options = server.uvicorn_options(Settings.from_env())
    workers = int(os.environ.get("BENCH_WORKERS", "1"))
    if workers == 1:
        uvicorn.run(factory, factory=True, **options)
        return
    # As `pgtill serve --workers` does: each process counts in files of its own.
    with tempfile.TemporaryDirectory(prefix="pgtill-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        uvicorn.run(factory, factory=True, workers=workers, **options)


if __name__ == "__main__":
    serve()
