"""What the handlers of the path registry share: who acts, how answers and lists are made."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

import msgspec
import psycopg
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from service.auth import Principal
from service.database.paths import Actor, Listed, Viewer, Written
from service.errors import ApiError, from_database
from service.http.replies import Json
from service.http.requests import idempotency_header, principal_of
from service.http.spec import IDEMPOTENCY_KEY, LOCATION, NO_BODY, REPLAYED, json_content, query, refusals
from service.http.state import State
from service.parsing import decode_cursor, encode_cursor, idempotency_key, invalid, request_hash
from service.paths.errors import PathError
from service.paths.notation import MAX_COMPONENT, Path, parse_decimal
from service.registry import refusal_of

T = TypeVar("T")

MAX_PAGE: Final = 100

_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,9}")

Limit = Annotated[int, Meta(ge=1, le=MAX_PAGE)]


class Page(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Query of a list."""

    cursor: str | None = None
    limit: Limit = 50

    def after(self, into: type[T]) -> T | None:
        """The place after which the page begins."""
        return None if self.cursor is None else decode_cursor(self.cursor, into)


# Who acts, and in what


def actor_of(request: Request[State], principal: Principal, body: Struct | None = None) -> Actor:
    """
    In whose name and under which key a write comes.

    The hash is over method, path and body, so that one key never answers two requests.
    """
    return Actor(
        organization_id=principal.organization_id,
        user_id=principal.user_id,
        idempotency_key=idempotency_key(idempotency_header(request)),
        request_hash=request_hash(
            method=request.method, path=request.url.path, body=msgspec.to_builtins(body) if body else None
        ),
    )


async def viewer_of(request: Request[State]) -> Viewer:
    """Whose key asks to be shown something; raises `ApiError` when it may not read."""
    principal = await principal_of(request, "paths:read")
    return Viewer(principal.organization_id, principal.user_id)


def number_in_path(request: Request[State], name: str, missing: ApiError) -> int:
    """A number of the route; what is none names nothing that there could be."""
    text = request.path_params[name]
    if _NUMBER.fullmatch(text) is None or int(text) > MAX_COMPONENT:
        raise missing
    return int(text)


def decimal_path(text: str, field: str) -> Path:
    """A path of a body or a query; raises `ApiError` invalid_path."""
    try:
        return parse_decimal(text)
    except PathError as exc:
        raise ApiError("invalid_path", exc.message, field=field) from None


def invalid_part(exc: PathError, field: str) -> ApiError:
    """A codec's refusal as an answer."""
    return invalid(exc.message, field=field, reason=exc.reason)


def given(value: T | msgspec.UnsetType) -> T | None:
    """None for what was not sent."""
    return None if isinstance(value, msgspec.UnsetType) else value


# Asking and answering


async def read(call: Awaitable[T]) -> T:
    """What a read answers; raises `ApiError`."""
    try:
        return await call
    except psycopg.Error as exc:
        raise (refusal_of(exc) or from_database(exc, is_read=True)) from exc


async def write(request: Request[State], actor: Actor, call: Callable[[], Awaitable[T]]) -> T:
    """What a write answers; even one that came without a key can be asked about again."""
    try:
        answer: T = await request.state["paths"].write(actor.organization_id, call)
    except ApiError as error:
        if error.code in ("outcome_unknown", "idempotency_key_conflict"):
            error.details.setdefault("idempotency_key", actor.idempotency_key)
        raise
    return answer


def found(item: bytes | None, missing: ApiError) -> Response:
    """A thing as the database made it, or 404."""
    if item is None:
        raise missing
    return Json(item)


def written(done: Written, *, status: int = 200, location: str | None = None) -> Response:
    """The answer of a write; the first one again when the key was used before."""
    headers = {"location": location} if location else {}
    if done.is_replay:
        headers["x-idempotency-replayed"] = "true"
    return Json(done.answer, status_code=200 if done.is_replay else status, headers=headers)


def page_of(name: str, items: Sequence[Listed], limit: int) -> Response:
    """A list as the database made its items, and where the next page begins when this one is full."""
    cursor = encode_cursor(items[-1].place) if len(items) == limit else None
    return Json(
        msgspec.json.encode({name: [msgspec.Raw(item.item) for item in items], "next_cursor": cursor})
    )


def instant(when: datetime) -> str:
    """RFC 3339, UTC, microseconds: as the database writes it."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def id_of(answer: bytes) -> str:
    """The id in an answer."""
    return msgspec.json.decode(answer, type=_Identified).id


class _Identified(Struct):
    id: str


# OpenAPI


def parameter(name: str, description: str) -> dict[str, Any]:
    """A number of the route."""
    schema = {"type": "integer", "minimum": 0, "maximum": MAX_COMPONENT}
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def required(name: str, schema: Mapping[str, Any], description: str) -> dict[str, Any]:
    """A query parameter that must be there."""
    return query(name, dict(schema), description) | {"required": True}


WALLET: Final = {"type": "integer", "minimum": 1, "maximum": MAX_COMPONENT}
TEXT: Final = {"type": "string"}

PAGING: Final = (
    query("cursor", TEXT, "`next_cursor` of the page before."),
    query("limit", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 50}, "At most so many."),
)


def get_operation(
    operation: str, summary: str, answer: str, *parameters: Mapping[str, Any], missing: bool = False
) -> dict[str, Any]:
    """An operation that reads."""
    return {
        "operationId": operation,
        "summary": summary,
        "parameters": list(parameters),
        "responses": {
            "200": {"description": "It.", "content": json_content(answer)},
            **refusals(*((400,) if parameters else ()), 401, 403, *((404,) if missing else ()), 500, 503),
        },
    }


def write_operation(
    operation: str,
    summary: str,
    answer: str,
    *parameters: Mapping[str, Any],
    body: str | tuple[str, ...] | None = None,
    status: int = 200,
    has_key: bool = True,
    has_location: bool = True,
) -> dict[str, Any]:
    """
    An operation that writes: `status` the first time, 200 for the same key again.

    A body of several types is one of them.
    """
    replayed = {"X-Idempotency-Replayed": REPLAYED} if has_key else {}
    place = {"Location": LOCATION} if status == 201 and has_location else {}
    again = {"description": "Done.", "headers": place | replayed, "content": json_content(answer)}
    responses = {"200": again}
    if status != 200:
        again["description"] = "The first answer to this key."
        responses[str(status)] = {"description": "Made.", "headers": place, "content": json_content(answer)}
    described: dict[str, Any] = {
        "operationId": operation,
        "summary": summary,
        "parameters": [*([IDEMPOTENCY_KEY] if has_key else []), *parameters],
        "responses": {**responses, **refusals(400, 401, 403, 404, 408, 409, 413, 500, 503)},
    }
    if isinstance(body, str):
        described["requestBody"] = {"required": True, "content": json_content(body)}
    elif body:
        kinds = [json_content(name)["application/json"]["schema"] for name in body]
        content = {"application/json": {"schema": {"oneOf": kinds}}}
        described["requestBody"] = {"required": True, "content": content}
    else:
        described["description"] = NO_BODY
    return described
