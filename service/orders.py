"""From the bytes of a request to an order: parsed, normalised, hashed."""

from __future__ import annotations

import hashlib
import os
import re
import time
from typing import Any, Final

import msgspec
import rfc8785
from msgspec import UNSET

from service.catalog import Catalog
from service.database.app import Order
from service.errors import ApiError
from service.types import PaymentRequestOrder

MAX_BODY_BYTES: Final = 64 * 1024
MAX_METADATA_BYTES: Final = 4096
MAX_METADATA_DEPTH: Final = 32

_DECODER: Final = msgspec.json.Decoder(PaymentRequestOrder)
# RFC 8785 writes a value at most this much longer than it came: [1e20,…] becomes 21 digits each.
_MAX_GROWTH: Final = 5

_PLACE: Final = re.compile(r"at `\$\.(\w+)|field `(\w+)`")
_KEY: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")


def read_order(body: bytes, *, key: str | None, organization_id: int, catalog: Catalog) -> Order:
    """
    The order that `body` asks for, in the name of `organization_id`.

    `key` is the Idempotency-Key header; without one a key is made, so that every payment request
    has one. Raises `ApiError` invalid_request with details.field where one field is to blame.
    """
    asked = _decode(body)
    chain = asked.chain.strip().lower()
    network = asked.network.strip().lower()
    asset = asked.asset.strip().upper()
    amount = _amount(asked)
    expires_in_seconds = asked.expires_in_seconds
    if expires_in_seconds is UNSET:
        row = catalog.find(chain, network, asset)
        expires_in_seconds = row.default_expires_in_seconds if row else UNSET
    metadata = asked.metadata or None if asked.metadata is not UNSET else None
    if metadata is not None:
        _check_metadata(metadata, len(body))
    return Order(
        organization_id=organization_id,
        idempotency_key=_idempotency_key(key),
        request_hash=request_hash(
            chain=chain,
            network=network,
            asset=asset,
            expires_in_seconds=None if expires_in_seconds is UNSET else expires_in_seconds,
            expected_amount_minor=amount,
            metadata=metadata,
        ),
        chain=chain,
        network=network,
        asset=asset,
        expires_in_seconds=None if expires_in_seconds is UNSET else expires_in_seconds,
        expected_amount_minor=amount,
        metadata=metadata,
    )


def request_hash(**fields: Any) -> str:
    """SHA-256, lower hex, of the RFC 8785 text of the normalised request; absent fields left out."""
    present = {name: value for name, value in fields.items() if value is not None}
    return hashlib.sha256(_canonical(present)).hexdigest()


def _canonical(value: dict[str, Any]) -> bytes:
    """RFC 8785 text; of all that comes in, only numbers of the metadata can have none."""
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError:
        raise _invalid("metadata holds a number that RFC 8785 cannot write", field="metadata") from None


def _decode(body: bytes) -> PaymentRequestOrder:
    try:
        return _DECODER.decode(body)
    except msgspec.ValidationError as exc:
        place = _PLACE.search(str(exc))
        field = (place[1] or place[2]) if place else None
        raise _invalid(_explain(exc), **({"field": field} if field else {})) from None
    except RecursionError:
        raise _invalid("the body is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _invalid("the body is not one JSON object in UTF-8") from None


def _explain(exc: msgspec.ValidationError) -> str:
    """The decoder's own words without the place, which stands in details: types, bounds, patterns."""
    text = str(exc).partition(" - at ")[0]
    return text[:1].lower() + text[1:200]


def _amount(asked: PaymentRequestOrder) -> str | None:
    if asked.expected_amount_minor is UNSET:
        return None
    if asked.expected_amount_minor.endswith("\n"):  # Python's $ lets one pass
        raise _invalid("expected digits only", field="expected_amount_minor")
    return asked.expected_amount_minor.lstrip("0") or "0"


def _idempotency_key(key: str | None) -> str:
    """The key trimmed, or one of our own making when there is none."""
    if key is None or not key.strip():
        # Time first, as in the ids of payment requests: neighbours in time share index pages.
        return f"auto_idem_{time.time_ns() // 1_000_000:012x}{os.urandom(6).hex()}"
    if _KEY.fullmatch(key.strip()) is None:
        raise _invalid("Idempotency-Key must be 1 to 255 printable ASCII characters", field="Idempotency-Key")
    return key.strip()


def _check_metadata(metadata: dict[str, Any], body_bytes: int) -> None:
    _check_value(metadata, MAX_METADATA_DEPTH)
    if body_bytes * _MAX_GROWTH <= MAX_METADATA_BYTES:
        return
    if len(_canonical(metadata)) > MAX_METADATA_BYTES:
        raise _invalid(f"metadata is longer than {MAX_METADATA_BYTES} bytes", field="metadata")


def _check_value(value: Any, depth: int) -> None:
    """Refuse what jsonb cannot hold (U+0000) and what is nested beyond reason."""
    if depth < 0:
        raise _invalid(f"metadata is nested more than {MAX_METADATA_DEPTH} deep", field="metadata")
    if isinstance(value, str):
        if "\0" in value:
            raise _invalid("metadata holds the character U+0000", field="metadata")
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_value(name, depth)
            _check_value(item, depth - 1)
    elif isinstance(value, list):
        for item in value:
            _check_value(item, depth - 1)


def _invalid(message: str, **details: object) -> ApiError:
    return ApiError("invalid_request", message, **details)
