"""From what a client sent to typed values; every refusal is invalid_request and names the field."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import random
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

import msgspec
import rfc8785

from service.errors import ApiError

MAX_BODY_BYTES: Final = 64 * 1024
MAX_METADATA_BYTES: Final = 4096
MAX_METADATA_DEPTH: Final = 32

# RFC 8785 writes a value at most this much longer than it came: [1e20,…] becomes 21 digits each.
_MAX_GROWTH: Final = 5
_MAX_CURSOR_CHARS: Final = 512

_MAX_PLAIN_INT: Final = 2**53 - 1
_SORTED: Final = msgspec.json.Encoder(order="sorted")
_ENCODER: Final = msgspec.json.Encoder()
_ANYTHING: Final = msgspec.json.Decoder()

_PLACE: Final = re.compile(r"at `\$(?:\[[^]]*\])?\.(\w+)|field `(\w+)`")
_KEY: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")

T = TypeVar("T")


def invalid(message: str, **details: object) -> ApiError:
    """`ApiError` invalid_request; `field` among the details where one field is to blame."""
    return ApiError("invalid_request", message, **details)


def decode(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """The one JSON value that a body is, in the decoder's type; no name stands twice in an object of it."""
    try:
        value = decoder.decode(body)
        _refuse_names_twice(body)
        return value
    except msgspec.ValidationError as exc:
        raise _explain(exc) from None
    except RecursionError:
        raise invalid("the body is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise invalid("the body is not one JSON object in UTF-8") from None


def convert_query(items: Iterable[tuple[str, str]], into: type[T]) -> T:
    """Query parameters in a struct type: texts become its numbers and booleans; none may stand twice."""
    found: dict[str, str] = {}
    for name, value in items:
        if name in found:
            raise invalid("the parameter stands twice", field=name[:64])
        if "\0" in value:
            raise invalid("the character U+0000 is not allowed", field=name[:64])
        found[name] = value
    try:
        query = msgspec.convert(found, into, strict=False)
    except msgspec.ValidationError as exc:
        raise _explain(exc) from None
    for name in found:
        if getattr(query, name) is None:  # the text null: nobody asked for all by naming none
            raise invalid("null is no value of a parameter", field=name)
    return query


def request_hash(**fields: Any) -> str:
    """SHA-256, lower hex, of the RFC 8785 text of the normalised request; absent fields left out."""
    present = {name: value for name, value in fields.items() if value is not None}
    return hashlib.sha256(canonical_text(present)).hexdigest()


def idempotency_key(key: str | None) -> str:
    """The Idempotency-Key header trimmed, or a key of our own making when there is none."""
    if key is None or not key.strip():
        # Time first, as in ids: neighbours in time share index pages. It is no secret: it need not cost a
        # system call, and Python seeds each process anew, forked ones too.
        return f"auto_idem_{time.time_ns() // 1_000_000:012x}{random.getrandbits(48):012x}"
    if _KEY.fullmatch(key.strip()) is None:
        raise invalid("Idempotency-Key must be 1 to 255 printable ASCII characters", field="Idempotency-Key")
    return key.strip()


def check_metadata(metadata: Mapping[str, Any], body_bytes: int) -> None:
    """Refuse metadata that jsonb cannot hold, or that is too deep or too long."""
    _check_value(metadata, MAX_METADATA_DEPTH)
    if body_bytes * _MAX_GROWTH <= MAX_METADATA_BYTES:
        return
    if len(canonical_text(metadata)) > MAX_METADATA_BYTES:
        raise invalid(f"metadata is longer than {MAX_METADATA_BYTES} bytes", field="metadata")


def encode_cursor(place: Any) -> str:
    """A place in a list as opaque text for a client to send back."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def decode_cursor(text: str, into: type[T]) -> T:
    """The place that `encode_cursor` wrote."""
    try:
        if len(text) > _MAX_CURSOR_CHARS:
            raise ValueError
        padded = text + "=" * (-len(text) % 4)
        return msgspec.json.decode(base64.b64decode(padded, altchars=b"-_", validate=True), type=into)
    except (ValueError, binascii.Error, msgspec.MsgspecError, RecursionError):
        raise invalid("cursor is not one of ours", field="cursor") from None


def _refuse_names_twice(body: bytes) -> None:
    """
    RFC 8785 is for I-JSON (RFC 7493), where a name stands once: which of two is meant nobody can say.

    Without escapes of the colon, a value that lost a name on the way in has fewer of them on the way out.
    """
    read = _ENCODER.encode(_ANYTHING.decode(body))
    if body.count(b":") != read.count(b":") or b"\\u003" in body:
        json.loads(body, object_pairs_hook=_refuse_pairs_twice)


def _refuse_pairs_twice(pairs: list[tuple[str, object]]) -> None:
    seen = set()
    for name, _ in pairs:
        if name in seen:
            raise invalid("a name stands twice in an object", field=name[:64])
        seen.add(name)


def _explain(exc: msgspec.ValidationError) -> ApiError:
    """The decoder's own words, the place in details: types, bounds, patterns."""
    place = _PLACE.search(str(exc))
    field = (place[1] or place[2]) if place else None
    text = str(exc).partition(" - at ")[0]
    return invalid(text[:1].lower() + text[1:200], **({"field": field} if field else {}))


def canonical_text(value: Mapping[str, Any]) -> bytes:
    """RFC 8785 text; of all that comes in, only numbers of the metadata can have none."""
    if _is_plain(value):
        return _SORTED.encode(value)
    try:
        return rfc8785.dumps(dict(value))
    except rfc8785.CanonicalizationError:
        raise invalid("metadata holds a number that RFC 8785 cannot write", field="metadata") from None


def _is_plain(value: object) -> bool:
    """Whether sorted JSON without spaces is its RFC 8785 text: all but rare requests, at a tenth of the time."""
    if isinstance(value, str):
        return value.isascii() and value.isprintable()
    if isinstance(value, dict):
        return all(_is_plain(name) and _is_plain(item) for name, item in value.items())
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return value is None or (isinstance(value, int) and abs(value) <= _MAX_PLAIN_INT)


def _check_value(value: Any, depth: int) -> None:
    """Refuse what jsonb cannot hold (U+0000) and what is nested beyond reason."""
    if depth < 0:
        raise invalid(f"metadata is nested more than {MAX_METADATA_DEPTH} deep", field="metadata")
    if isinstance(value, str):
        if "\0" in value:
            raise invalid("metadata holds the character U+0000", field="metadata")
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_value(name, depth)
            _check_value(item, depth - 1)
    elif isinstance(value, list):
        for item in value:
            _check_value(item, depth - 1)
