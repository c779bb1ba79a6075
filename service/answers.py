"""From what the database answers to what the API shows: addresses in display form, payment URIs."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

import msgspec
import structlog
from msgspec import UNSET

from service import metrics
from service.catalog import Catalog
from service.database.app import Asset
from service.derivation import MAX_INDEX, AddressDeriver, display_address
from service.errors import ApiError
from service.payment_uri import MAX_UINT256, payment_uri
from service.types import AssetList, CatalogAsset, PaymentRequest

log = structlog.get_logger()

_BITCOIN_DECIMALS: Final = 8  # BIP21 counts in BTC, whatever the asset is called

REMEMBERED: Final = 16_384
"""Addresses derived again that are remembered: a checkout page asks for its payment request every few seconds."""

_ENCODER: Final = msgspec.json.Encoder()

read_stored: Final = msgspec.json.Decoder(PaymentRequest).decode
"""A payment request in the form of app.payment_request_payload()."""


def payment_request_answer(request: PaymentRequest) -> bytes:
    """The body that shows it: the stored one is changed into it."""
    instructions = request.payment_instructions
    instructions.address = display_address(request.chain, instructions.address)
    if instructions.token_contract is not UNSET:
        instructions.token_contract = display_address(request.chain, instructions.token_contract)
    amount = None if request.expected_amount_minor is UNSET else request.expected_amount_minor
    if request.chain == "bitcoin" or amount is None or int(amount) <= MAX_UINT256:
        instructions.payment_uri = payment_uri(
            chain=request.chain,
            address=instructions.address,
            expected_amount_minor=amount,
            decimals=_BITCOIN_DECIMALS,
            chain_id=None if instructions.chain_id is UNSET else instructions.chain_id,
            token_contract=None if instructions.token_contract is UNSET else instructions.token_contract,
        )
    return _ENCODER.encode(request)


def lives(stored: bytes, seconds: int) -> bool:
    """Whether a stored payment request was made to live that long."""
    request = read_stored(stored)
    created_at, expires_at = map(datetime.fromisoformat, (request.created_at, request.expires_at))
    return expires_at - created_at == timedelta(seconds=seconds)


def refuse_foreign_address(catalog: Catalog, request: PaymentRequest, wallet_account_id: str | None) -> None:
    """
    Derive the stored address again; raise `ApiError` address_integrity_violation when it is not ours.

    Nothing can be said of an account whose key this process was not given; `pgtill audit` can be
    given historic keys.
    """
    deriver = catalog.deriver_of_account(wallet_account_id) if wallet_account_id else None
    if deriver is None:
        metrics.INTEGRITY_UNVERIFIABLE.inc()
        return
    instructions = request.payment_instructions
    if not 0 <= instructions.derivation_index <= MAX_INDEX or (
        _canonical_address(deriver, instructions.derivation_index) != instructions.address
    ):
        metrics.INTEGRITY_VIOLATIONS.inc()
        log.critical(
            "address integrity violation",
            payment_request_id=request.id,
            wallet_account_id=wallet_account_id,
            derivation_index=instructions.derivation_index,
        )
        raise ApiError("address_integrity_violation", "the stored address is not of our keys", id=request.id)


@lru_cache(REMEMBERED)
def _canonical_address(deriver: AddressDeriver, index: int) -> str:
    return deriver.derive(index).lower()


def asset_list_answer(assets: list[Asset]) -> bytes:
    """The body of GET /v1/assets."""
    return _ENCODER.encode(AssetList(assets=[_catalog_asset(asset) for asset in assets]))


def _catalog_asset(asset: Asset) -> CatalogAsset:
    contract = asset.token_contract
    return CatalogAsset(
        chain=asset.chain,
        network=asset.network,
        asset=asset.asset,
        minor_unit=asset.minor_unit,
        decimals=asset.decimals,
        address_scheme=asset.address_scheme,
        default_expires_in_seconds=asset.default_expires_in_seconds,
        chain_id=UNSET if asset.chain_id is None else asset.chain_id,
        token_standard=UNSET if asset.token_standard is None else asset.token_standard,
        token_contract=UNSET if contract is None else display_address(asset.chain, contract),
        token_decimals=UNSET if asset.token_decimals is None else asset.token_decimals,
    )
