"""What handlers take from a request: who asks, the body, the key, the query."""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec
from msgspec import Struct
from starlette.requests import Request

from service.auth import Principal
from service.http.replies import read_body
from service.http.state import State
from service.parsing import MAX_BODY_BYTES, convert_query, decode, invalid
from service.signatures import KEY_ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, SignedRequest

T = TypeVar("T")


class _Nothing(Struct, forbid_unknown_fields=True):
    """What a route takes that asks for nothing."""


_NOTHING: Final = msgspec.json.Decoder(_Nothing)


async def principal_of(request: Request[State], scope: str) -> Principal:
    """Who asks; raises `ApiError` unauthorized (401) or insufficient_scope (403)."""
    authenticator = request.state["authenticator"]
    authorizations = request.headers.getlist("authorization")
    if not authorizations and SIGNATURE_HEADER in request.headers:
        principal = await authenticator.authenticate_signed(await _signed(request))
    else:
        # Of two, a proxy may have judged the other: neither is taken.
        principal = await authenticator.authenticate(authorizations[0] if len(authorizations) == 1 else None)
    principal.require(scope)
    return principal


async def _signed(request: Request[State]) -> SignedRequest:
    """The request as it was signed, its body with it; handlers find the body read."""

    def only(name: str) -> str:
        values = request.headers.getlist(name)
        return values[0] if len(values) == 1 else ""  # which is no good header

    # As sent, not as decoded: there is one way to spell what is signed.
    path = request.scope["raw_path"].partition(b"?")[0]
    query = request.scope["query_string"]
    return SignedRequest(
        key_id=only(KEY_ID_HEADER),
        timestamp=only(TIMESTAMP_HEADER),
        signature=only(SIGNATURE_HEADER),
        method=request.method,
        target=(path + b"?" + query if query else path).decode("latin-1"),
        body=await read_body(request, MAX_BODY_BYTES),
    )


async def read_json(request: Request[State], decoder: msgspec.json.Decoder[T]) -> T:
    """The body, at most 64 KiB, in the decoder's type; raises `ApiError` invalid_request."""
    return decode(decoder, await read_body(request, MAX_BODY_BYTES))


async def read_nothing(request: Request[State]) -> None:
    """No body, or an object without fields; raises `ApiError` as `read_json` does for anything else."""
    if body := await read_body(request, MAX_BODY_BYTES):
        decode(_NOTHING, body)


def read_query(request: Request[State], into: type[T]) -> T:
    """The query parameters in a struct type; raises `ApiError` invalid_request with the field."""
    return convert_query(request.query_params.multi_items(), into)


def idempotency_header(request: Request[State]) -> str | None:
    """The Idempotency-Key as sent; raises `ApiError` invalid_request when it stands twice."""
    keys = request.headers.getlist("idempotency-key")
    if len(keys) > 1:
        raise invalid("Idempotency-Key stands twice", field="Idempotency-Key")
    return keys[0] if keys else None
