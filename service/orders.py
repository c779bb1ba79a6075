"""From the bytes of a request to an order: parsed, normalised, hashed."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import UNSET

from service.database.app import Order
from service.parsing import check_metadata, decode, idempotency_key, invalid, request_hash
from service.types import PaymentRequestOrder

_DECODER: Final = msgspec.json.Decoder(PaymentRequestOrder)


def read_order(body: bytes, *, key: str | None, organization_id: int) -> Order:
    """
    The order that `body` asks for, in the name of `organization_id`.

    `key` is the Idempotency-Key header; without one a key is made, so that every payment request
    has one. An expiry that is left out stays out, of the hash as well: a default may change between
    a request and its retry, and the same body is the same request. Raises `ApiError` invalid_request
    with details.field where one field is to blame.
    """
    asked = decode(_DECODER, body)
    chain = asked.chain.strip().lower()
    network = asked.network.strip().lower()
    asset = asked.asset.strip().upper()
    amount = _amount(asked)
    expires_in_seconds = None if asked.expires_in_seconds is UNSET else asked.expires_in_seconds
    metadata = asked.metadata or None if asked.metadata is not UNSET else None
    if metadata is not None:
        check_metadata(metadata, len(body))
    return Order(
        organization_id=organization_id,
        idempotency_key=idempotency_key(key),
        request_hash=request_hash(
            chain=chain,
            network=network,
            asset=asset,
            expires_in_seconds=expires_in_seconds,
            expected_amount_minor=amount,
            metadata=metadata,
        ),
        chain=chain,
        network=network,
        asset=asset,
        expires_in_seconds=expires_in_seconds,
        expected_amount_minor=amount,
        metadata=metadata,
    )


def spelled_otherwise(order: Order, expires_in_seconds: int) -> Order:
    """The same order with the hash of its other spelling: the expiry named where it was not, or left out."""
    return msgspec.structs.replace(
        order,
        expires_in_seconds=expires_in_seconds,
        request_hash=request_hash(
            chain=order.chain,
            network=order.network,
            asset=order.asset,
            expires_in_seconds=None if order.expires_in_seconds else expires_in_seconds,
            expected_amount_minor=order.expected_amount_minor,
            metadata=order.metadata,
        ),
    )


def _amount(asked: PaymentRequestOrder) -> str | None:
    if asked.expected_amount_minor is UNSET:
        return None
    if asked.expected_amount_minor.endswith("\n"):  # Python's $ lets one pass
        raise invalid("expected digits only", field="expected_amount_minor")
    return asked.expected_amount_minor.lstrip("0") or "0"
