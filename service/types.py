"""What the API takes and gives. Parsing and /openapi.json are both made from these types."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

MIN_EXPIRES_IN_SECONDS = 60
MAX_EXPIRES_IN_SECONDS = 2_592_000

Name = Annotated[
    str,
    Meta(pattern=r"^\s*[A-Za-z0-9_-]{1,32}\s*$", description="Trimmed and put into one case before use."),
]


class PaymentRequestOrder(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a merchant asks for."""

    chain: Annotated[Name, Meta(examples=["bitcoin"])]
    network: Annotated[Name, Meta(examples=["regtest"])]
    asset: Annotated[Name, Meta(examples=["BTC"])]
    expected_amount_minor: (
        Annotated[
            str,
            Meta(
                pattern=r"^[0-9]{1,78}$",
                description="In the asset's smallest unit; leading zeros are dropped.",
                examples=["150000"],
            ),
        ]
        | UnsetType
    ) = UNSET
    expires_in_seconds: (
        Annotated[
            int,
            Meta(
                ge=MIN_EXPIRES_IN_SECONDS,
                le=MAX_EXPIRES_IN_SECONDS,
                description="Default: the asset's default_expires_in_seconds.",
            ),
        ]
        | UnsetType
    ) = UNSET
    metadata: (
        Annotated[
            dict[str, Any],
            Meta(description="At most 4,096 bytes as RFC 8785 text; stored, never echoed."),
        ]
        | UnsetType
    ) = UNSET


class PaymentInstructions(Struct, omit_defaults=True, kw_only=True):
    """Where to pay."""

    address: Annotated[str, Meta(description="Lower-case bech32, or EIP-55 on ethereum.")]
    address_scheme: str
    derivation_index: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    payment_uri: (
        Annotated[
            str,
            Meta(description="BIP21 or EIP-681. Absent when the amount exceeds what a transfer can hold."),
        ]
        | UnsetType
    ) = UNSET
    chain_id: int | UnsetType = UNSET
    token_standard: str | UnsetType = UNSET
    token_contract: str | UnsetType = UNSET
    token_decimals: int | UnsetType = UNSET


class PaymentRequest(Struct, omit_defaults=True, kw_only=True):
    """A payment request as it was answered first."""

    id: Annotated[str, Meta(pattern=r"^pr_[0-9a-f]{24}$")]
    status: str
    chain: str
    network: str
    asset: str
    expected_amount_minor: str | UnsetType = UNSET
    expires_at: Annotated[str, Meta(description="RFC 3339, UTC, microseconds.")]
    created_at: Annotated[str, Meta(description="RFC 3339, UTC, microseconds.")]
    payment_instructions: PaymentInstructions


class CatalogAsset(Struct, omit_defaults=True, kw_only=True):
    """An asset that may be asked for."""

    chain: str
    network: str
    asset: str
    minor_unit: str
    decimals: Annotated[int, Meta(description="Digits between the smallest unit and the asset itself.")]
    address_scheme: str
    default_expires_in_seconds: int
    chain_id: int | UnsetType = UNSET
    token_standard: str | UnsetType = UNSET
    token_contract: str | UnsetType = UNSET
    token_decimals: int | UnsetType = UNSET


class AssetList(Struct, kw_only=True):
    """Enabled assets, by chain, network, asset."""

    assets: list[CatalogAsset]


class ErrorBody(Struct, omit_defaults=True, kw_only=True):
    """`code` is for programs and never changes; docs/errors.md lists them all."""

    code: str
    message: str
    details: dict[str, Any] | UnsetType = UNSET


class ErrorAnswer(Struct, kw_only=True):
    """The one shape of every refusal."""

    error: ErrorBody


class Health(Struct, kw_only=True):
    """`ok`."""

    status: str
