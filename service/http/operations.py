"""/healthz, /readyz, /metrics, /openapi.json, /docs."""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec
import psycopg
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from service import metrics
from service.errors import ApiError
from service.http.openapi import document
from service.http.replies import Json
from service.http.state import State
from service.types import Health

READY_SECONDS: Final = 2.0

_OK: Final = msgspec.json.encode(Health(status="ok"))

_DOCS_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>pgtill API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<main id="api"></main>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
"""
_DOCS_START: Final = """SwaggerUIBundle({url: "/openapi.json", dom_id: "#api", validatorUrl: null})\n"""


async def alive(request: Request) -> Response:
    """The process answers; nothing else is asked."""
    return Json(_OK)


async def ready(request: Request[State]) -> Response:
    """The database answers too."""
    try:
        async with asyncio.timeout(READY_SECONDS), request.state["pool"].connection() as conn:
            await conn.execute("SELECT 1")
    except (psycopg.Error, TimeoutError):
        raise ApiError("database_unavailable", "the database cannot be reached") from None
    return Json(_OK)


async def show_metrics(request: Request) -> Response:
    return Response(metrics.page(), media_type=CONTENT_TYPE_LATEST)


async def openapi(request: Request) -> Response:
    return Json(msgspec.json.encode(document()))


async def docs(request: Request) -> Response:
    # Nothing but our own files: the page works without the internet, and tells nobody of the visit.
    policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'"
    return HTMLResponse(_DOCS_PAGE, headers={"content-security-policy": policy})


async def docs_start(request: Request) -> Response:
    return Response(_DOCS_START, media_type="text/javascript")
