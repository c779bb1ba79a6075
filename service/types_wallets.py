"""What the wallet registry's API takes and gives. Parsing and /openapi.json are both made from these types."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

MAX_PAGE = 100

Provider = Literal["fincra", "paystack", "flutterwave", "lnbits"]
"""As the enum wallets.wallet_provider."""

WalletId = Annotated[str, Meta(pattern=r"^wal_[0-9a-f]{24}$")]
UserId = Annotated[
    str,
    Meta(pattern=r"^usr_[0-9a-f]{24}$", description="A member of the organization, as `pgtill user` shows."),
]
# No control characters, and no white space at either end.
ProviderId = Annotated[
    str,
    Meta(
        pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$",
        max_length=255,
        examples=["wallet_123"],
    ),
]
Metadata = Annotated[dict[str, Any], Meta(description="At most 4,096 bytes as RFC 8785 text.")]
Instant = Annotated[str, Meta(description="RFC 3339, UTC, microseconds.")]


class WalletRegistration(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A wallet of a user at a provider. Registering it again is not an event, and changes nothing."""

    user_id: UserId
    provider: Provider
    provider_account_id: ProviderId
    provider_customer_id: ProviderId | None = None
    metadata: Metadata | None = None


class WalletChanges(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What to change; what is left out stays."""

    provider_customer_id: (
        Annotated[ProviderId | None, Meta(description="null takes it away.")] | UnsetType
    ) = UNSET
    metadata: Annotated[Metadata, Meta(description="Replaces the whole of it.")] | UnsetType = UNSET


class WalletQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Query of a list of wallets."""

    user_id: UserId | None = None
    provider: Provider | None = None
    is_active: bool | None = None
    cursor: str | None = None
    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE)] = 50


class Wallet(Struct, kw_only=True):
    """A wallet as it stands."""

    id: WalletId
    user_id: UserId
    provider: Provider
    provider_account_id: str
    provider_customer_id: str | None
    metadata: dict[str, Any]
    is_active: bool
    created_at: Instant
    updated_at: Instant


class WalletList(Struct, kw_only=True):
    """A page of wallets, by user, provider and account."""

    wallets: list[Wallet]
    next_cursor: Annotated[
        str | None, Meta(description="Send it as `cursor` for what follows; null at the end.")
    ] = None
