"""Responses: JSON bodies, refusals in one shape, bodies read within bounds."""

from __future__ import annotations

import asyncio
from typing import Any, Final, cast

import msgspec
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Message

from service import metrics
from service.errors import RETRY_AFTER_SECONDS, ApiError
from service.types import ErrorAnswer, ErrorBody

log = structlog.get_logger()

BODY_SECONDS: Final = 10.0
"""A body that has not arrived by then is 408."""

_BODY: Final = "pgtill.body"  # in the scope of a request: who checks a signature reads it first
_BY_STATUS: Final = {404: "not_found", 405: "method_not_allowed"}


class Json(Response):
    """Bytes that are JSON already."""

    media_type = "application/json; charset=utf-8"


async def read_body(request: Request[Any], limit: int) -> bytes:
    """The whole body; raises `ApiError` body_too_large or request_timeout. It may be asked for again."""
    if _BODY in request.scope:
        return cast(bytes, request.scope[_BODY])
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    # Most bodies come with their first message; only the others need a clock.
    message: Message = await request.receive() if declared != "0" else {"type": "http.request"}
    body: bytes = message.get("body", b"")
    if message.get("more_body", declared == "0"):
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _read_rest(request, body, limit)
        except TimeoutError:
            raise ApiError("request_timeout", "the body did not arrive in time") from None
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    if len(body) > limit:
        raise _too_large(limit)
    request.scope[_BODY] = body
    return body


async def _read_rest(request: Request[Any], body: bytes, limit: int) -> bytes:
    chunks = [body]
    size = len(body)
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > limit:
            raise _too_large(limit)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _too_large(limit: int) -> ApiError:
    return ApiError("body_too_large", f"the body is longer than {limit} bytes")


def refusal(error: ApiError) -> Response:
    """The one shape of every error."""
    metrics.REFUSALS.labels(error.code).inc()
    answer = ErrorAnswer(
        error=ErrorBody(code=error.code, message=error.message, details=error.details or msgspec.UNSET)
    )
    headers = {}
    if error.is_retryable:
        headers["retry-after"] = str(RETRY_AFTER_SECONDS)
    if error.status == 401:
        headers["www-authenticate"] = "Bearer"
    return Json(msgspec.json.encode(answer), status_code=error.status, headers=headers)


async def refuse_api_error(request: Request, exc: Exception) -> Response:
    return refusal(cast(ApiError, exc))


async def refuse_http_exception(request: Request, exc: Exception) -> Response:
    """Starlette's own: no such route, wrong method."""
    exc = cast(HTTPException, exc)
    response = refusal(ApiError(_BY_STATUS.get(exc.status_code, "invalid_request"), exc.detail.lower()))
    response.status_code = exc.status_code
    for name, value in (exc.headers or {}).items():
        response.headers[name] = value
    if exc.status_code == 405:
        response.headers["allow"] = ", ".join(sorted(_methods(request)))
    return response


def _methods(request: Request) -> set[str]:
    """What the path can be asked with: Starlette tells of the first of its routes only."""
    routes = [route for route in request.app.routes if isinstance(route, Route)]
    matching = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    return {method for route in matching for method in route.methods or ()}


async def refuse_disconnect(request: Request, exc: Exception) -> Response:
    """The client has gone; nobody reads this."""
    return refusal(ApiError("request_timeout", "the client closed the connection"))


async def refuse_bug(request: Request, exc: Exception) -> Response:
    """A bug: logged with its place, told without."""
    log.error("unhandled error", path=request.url.path, exc_info=exc)
    return refusal(ApiError("internal_error", "internal error"))
