"""From the bytes of a request to an order: parsed, normalised, hashed."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import UNSET

from service.catalog import Catalog
from service.database.app import Order
from service.parsing import check_metadata, decode, idempotency_key, invalid, request_hash
from service.types import PaymentRequestOrder

_DECODER: Final = msgspec.json.Decoder(PaymentRequestOrder)


def read_order(body: bytes, *, key: str | None, organization_id: int, catalog: Catalog) -> Order:
    """
    The order that `body` asks for, in the name of `organization_id`.

    `key` is the Idempotency-Key header; without one a key is made, so that every payment request
    has one. Raises `ApiError` invalid_request with details.field where one field is to blame.
    """
    asked = decode(_DECODER, body)
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
        check_metadata(metadata, len(body))
    return Order(
        organization_id=organization_id,
        idempotency_key=idempotency_key(key),
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


def _amount(asked: PaymentRequestOrder) -> str | None:
    if asked.expected_amount_minor is UNSET:
        return None
    if asked.expected_amount_minor.endswith("\n"):  # Python's $ lets one pass
        raise invalid("expected digits only", field="expected_amount_minor")
    return asked.expected_amount_minor.lstrip("0") or "0"
