"""What the path registry's API takes and gives. Parsing and /openapi.json are both made from these types."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from service.paths.notation import MAX_COMPONENT

MAX_BATCH_PATHS = 10_000
MAX_TRANSFERRED = 10_000

WalletVersionId = Annotated[
    int, Meta(ge=1, le=MAX_COMPONENT, description="The number in every path of the wallet.")
]
ManufacturerIndex = Annotated[int, Meta(ge=1, le=MAX_COMPONENT, description="1 is Plings, and Plings is 1.")]
DecimalPath = Annotated[
    str,
    Meta(
        pattern=r"^(0|[1-9][0-9]{0,9})(\.(0|[1-9][0-9]{0,9})){0,19}$",
        description="Decimal, without the wallet; the first component is the manufacturer's index.",
        examples=["2.3.4.5.10"],
    ),
]
Count = Annotated[int, Meta(ge=1, le=MAX_COMPONENT)]
# Trimmed, and without control characters.
_LINE = r"^[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?$"
# What text in the database cannot hold.
_TEXT = r"^[^\x00]*$"

Line = Annotated[str, Meta(pattern=_LINE, max_length=100)]
VersionName = Annotated[str, Meta(pattern=r"^[0-9A-Za-z._-]{1,32}$", examples=["v2"])]
Text = Annotated[str, Meta(pattern=_TEXT, min_length=1, max_length=1000)]
Code = Annotated[str, Meta(pattern=_LINE, max_length=100)]
PublicKey = Annotated[
    str, Meta(pattern=r"^[1-9A-HJ-NP-Za-km-z]{32,44}$", description="Ed25519, Base58 of 32 bytes.")
]
Signature = Annotated[
    str, Meta(pattern=r"^[1-9A-HJ-NP-Za-km-z]{64,88}$", description="Ed25519, Base58 of 64 bytes.")
]
Instant = Annotated[str, Meta(description="RFC 3339, UTC, microseconds.")]
Cursor = Annotated[str, Meta(description="Send it as `cursor` for what follows; null at the end.")]

AllocationType = Literal["production", "test", "development", "reserved"]
DelegationLevel = Literal["none", "verification", "full"]
Environment = Literal["production", "testing", "development"]
SecurityLevel = Literal["standard", "high", "experimental"]
WalletStatus = Literal["active", "inactive", "deprecated", "retired", "compromised"]
ManufacturerStatus = Literal["active", "suspended", "transferring", "retired"]
PathStatus = Literal["active", "exhausted", "transferring", "transferred", "retired"]
Reason = Literal["security_upgrade", "environment_separation", "key_compromise", "organizational_change"]


class _Order(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What stands in a request body."""


# Paths


class PathOrder(_Order, frozen=True, kw_only=True, omit_defaults=True):
    """A path to allocate: `base_path` itself, or the next free child of `parent_path`; one of the two."""

    base_path: DecimalPath | UnsetType = UNSET
    parent_path: DecimalPath | UnsetType = UNSET
    allocation_type: AllocationType = "production"
    quantity: Annotated[Count, Meta(description="How many instances it stands for.")] = 1
    range_start: Annotated[Count, Meta(description="Number of the first instance.")] = 1
    purpose: Text | UnsetType = UNSET


class WalletPathOrder(PathOrder, frozen=True, kw_only=True):
    """A path to allocate in a wallet."""

    wallet_version: (
        Annotated[WalletVersionId, Meta(description="Default: the default wallet.")] | UnsetType
    ) = UNSET


class PathBatchOrder(_Order, frozen=True, kw_only=True):
    """Many paths of one wallet, allocated in one transaction."""

    wallet_version: WalletVersionId
    paths: Annotated[list[PathOrder], Meta(min_length=1, max_length=MAX_BATCH_PATHS)]
    all_or_nothing: Annotated[
        bool, Meta(description="false: a path that is refused leaves the others alone.")
    ] = True


class ExtensionOrder(_Order, frozen=True, kw_only=True):
    """More instances at the end of a path's range."""

    additional_quantity: Count


class ProducerGrant(_Order, frozen=True, kw_only=True):
    """A manufacturer's leave for a producer's key to sign a range of instances."""

    public_key: PublicKey
    range_start: Count
    range_end: Count
    signature: Annotated[
        Signature, Meta(description="The manufacturer's, over path, range and the producer's key.")
    ]


class VerificationOrder(_Order, frozen=True, kw_only=True):
    """An instance and who signed it."""

    wallet_version: WalletVersionId
    base_path: DecimalPath
    instance: Count
    signature: Annotated[Signature, Meta(description="Over the instance's derivation path.")]
    producer: (
        Annotated[ProducerGrant, Meta(description="When a producer signed the instance.")] | UnsetType
    ) = UNSET


class RegisteredPath(Struct, kw_only=True):
    """An allocated path."""

    wallet_version: int
    base_path: str
    hd_derivation_prefix: Annotated[str, Meta(examples=["m/44'/501'/1'/2'/3'/4'/5'/10'"])]
    manufacturer_index: int
    manufacturer_name: str
    allocation_type: AllocationType
    quantity: int
    allocated_range_start: int
    allocated_range_end: int
    purpose: str | None
    status: PathStatus
    allocated_by: Annotated[str, Meta(description="The user: usr_…")]
    allocated_at: Instant
    completed_at: Instant | None
    retired_at: Instant | None
    transferred_to_wallet: int | None
    transferred_to_path: str | None
    transferred_at: Instant | None


class PathList(Struct, kw_only=True):
    """Paths of one's own organization, in byte order."""

    paths: list[RegisteredPath]
    next_cursor: Cursor | None


class BatchedPath(Struct, kw_only=True, omit_defaults=True):
    """What became of one path of a batch."""

    position: Annotated[int, Meta(description="Its place in the order, from 1.")]
    outcome: Annotated[str, Meta(description="allocated, not_done, or the code of a refusal.")]
    base_path: str | None
    blocking_path: str | UnsetType | None = UNSET


class PathBatch(Struct, kw_only=True):
    """What became of a batch."""

    wallet_version: int
    allocated_count: int
    refused_count: int
    paths: list[BatchedPath]


class Availability(Struct, kw_only=True):
    """Whether a path could be allocated. What once was, never can be again."""

    wallet_version: int
    base_path: str
    is_available: bool
    reason: Annotated[str, Meta(description="free, or the code with which an allocation would be refused.")]
    blocking_path: str | None


class DecodedLevel(Struct, kw_only=True):
    """What one level of a path means; names are null where nobody has said."""

    path_level: Annotated[int, Meta(description="1 is the wallet, 2 the manufacturer.")]
    component: int
    level_name: str | None
    value_name: str | None
    value_description: str | None
    gs1_mapping: str | None
    gs1_code: str | None
    sku_reference: str | None
    is_known: bool


class DecodedPath(Struct, kw_only=True):
    """A path, what it means, and how else it is written."""

    wallet_version: int
    base_path: str
    base58: Annotated[str, Meta(description="Base58, with the wallet in front.", examples=["2.3.4.5.6.B"])]
    derivation_path: str
    levels: list[DecodedLevel]
    carrier: Literal["q", "n", "r", "b"] | None
    instance_key: str | None
    class_pointer: str | None
    class_path: Annotated[
        str | None, Meta(description="The beginning of the path that the class pointer points to.")
    ]


class Verification(Struct, kw_only=True):
    """Whether the instance is what it claims to be."""

    is_verified: bool
    verdict: Annotated[
        Literal["verified", "not_delegated", "wrong_signature", "outside_range", "not_valid_now"],
        Meta(
            description="not_valid_now: wallet, manufacturer or path is not in a status that vouches for things."
        ),
    ]
    statement: Annotated[str, Meta(description="What the signature has to be over: the derivation path.")]


# Wallet versions


class CreateWalletVersion(_Order, frozen=True, kw_only=True, tag_field="action", tag="create_wallet_version"):
    """A new wallet version, active and not the default."""

    master_key_id: Annotated[Line, Meta(description="Where the key is, such as its name in the HSM.")]
    version_name: VersionName | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    environment: Environment = "production"
    security_level: SecurityLevel = "standard"
    daily_allocation_limit: Annotated[Count, Meta(description="Default: 1,000,000.")] | UnsetType = UNSET


class SetDefaultWallet(_Order, frozen=True, kw_only=True, tag_field="action", tag="set_default_wallet"):
    """Make a wallet version the default."""

    version_id: WalletVersionId


class SetWalletStatus(_Order, frozen=True, kw_only=True, tag_field="action", tag="set_wallet_status"):
    """Give a wallet version another status."""

    version_id: WalletVersionId
    status: Literal["active", "inactive", "deprecated", "retired"]


ProposalOrder = CreateWalletVersion | SetDefaultWallet | SetWalletStatus


class WalletVersion(Struct, kw_only=True):
    """A wallet version; where its master key is, is not shown."""

    version_id: int
    version_name: str
    description: str | None
    environment: Environment
    security_level: SecurityLevel
    status: WalletStatus
    is_default: bool
    daily_allocation_limit: int
    allocations_today: int
    created_at: Instant
    deactivated_at: Instant | None
    retired_at: Instant | None
    compromised_at: Instant | None


class WalletVersionList(Struct, kw_only=True):
    """Wallet versions, oldest first."""

    wallet_versions: list[WalletVersion]
    next_cursor: Cursor | None


class Proposal(Struct, kw_only=True):
    """What a super-admin proposed; another one has to approve."""

    id: Annotated[str, Meta(pattern=r"^prp_[0-9a-f]{24}$")]
    action: Literal["create_wallet_version", "set_default_wallet", "set_wallet_status"]
    arguments: dict[str, Any]
    status: Literal["proposed", "approved", "rejected"]
    proposed_by: str
    proposed_at: Instant
    decided_by: str | None
    decided_at: Instant | None
    result: Annotated[WalletVersion | None, Meta(description="The wallet version it made or changed.")]


class ProposalList(Struct, kw_only=True):
    """Proposals, newest first."""

    proposals: list[Proposal]
    next_cursor: Cursor | None


# Manufacturers and what their paths mean


class ManufacturerOrder(_Order, frozen=True, kw_only=True):
    """A manufacturer to register in a wallet, for one's own organization."""

    manufacturer_name: Line
    wallet_version: (
        Annotated[WalletVersionId, Meta(description="Default: the default wallet.")] | UnsetType
    ) = UNSET
    manufacturer_index: (
        Annotated[ManufacturerIndex, Meta(description="Default: the next free.")] | UnsetType
    ) = UNSET
    public_key: PublicKey | UnsetType = UNSET
    key_delegation_level: DelegationLevel = "none"


class ManufacturerKeyOrder(_Order, frozen=True, kw_only=True):
    """A manufacturer's key, and how much is delegated to it."""

    key_delegation_level: DelegationLevel
    public_key: PublicKey | None = None


class Manufacturer(Struct, kw_only=True):
    """A manufacturer in one wallet."""

    wallet_version: int
    manufacturer_index: int
    manufacturer_name: str
    organization_id: str | None
    public_key: str | None
    key_delegation_level: DelegationLevel
    status: ManufacturerStatus
    registered_by: str | None
    registered_at: Instant
    transferred_from_wallet: int | None
    transfer_completed_at: Instant | None


class ManufacturerList(Struct, kw_only=True):
    """Manufacturers of one wallet, by index."""

    manufacturers: list[Manufacturer]
    next_cursor: Cursor | None


class LineageStep(Struct, kw_only=True):
    """One place in which a manufacturer was."""

    step: int
    wallet_version: int
    manufacturer_index: int
    assignment_reason: str
    assignment_date: Instant
    status: str
    problem: Annotated[str | None, Meta(description="What does not fit; null where all does.")]


class Lineage(Struct, kw_only=True):
    """Where a manufacturer was, oldest first, and whether it fits together."""

    manufacturer_name: str
    is_whole: bool
    steps: list[LineageStep]


class SchemaLevelOrder(_Order, frozen=True, kw_only=True):
    """What a level of a manufacturer's paths is."""

    level_name: Line
    level_description: Text | UnsetType = UNSET
    gs1_mapping: Annotated[Code, Meta(description="GS1 Application Identifier.")] | UnsetType = UNSET
    is_required: bool = True
    sort_order: Annotated[int, Meta(ge=0, le=MAX_COMPONENT)] | UnsetType = UNSET


class LevelValueOrder(_Order, frozen=True, kw_only=True):
    """What a number at a level means."""

    value_name: Line
    value_description: Text | UnsetType = UNSET
    gs1_code: Annotated[str, Meta(pattern=_LINE, max_length=50)] | UnsetType = UNSET
    sku_reference: Code | UnsetType = UNSET
    is_active: bool = True


class SchemaLevel(Struct, kw_only=True):
    """What a level of a manufacturer's paths is."""

    wallet_version: int
    manufacturer_index: int
    path_level: int
    level_name: str
    level_description: str | None
    gs1_mapping: str | None
    is_required: bool
    sort_order: int | None
    created_at: Instant
    updated_at: Instant


class PathSchema(Struct, kw_only=True):
    """The levels of a manufacturer's paths, in order."""

    levels: list[SchemaLevel]


class LevelValue(Struct, kw_only=True):
    """What a number at a level means."""

    wallet_version: int
    manufacturer_index: int
    path_level: int
    level_value: int
    value_name: str
    value_description: str | None
    gs1_code: str | None
    sku_reference: str | None
    is_active: bool
    created_at: Instant
    updated_at: Instant


class LevelValueList(Struct, kw_only=True):
    """Values of a level, by number."""

    values: list[LevelValue]
    next_cursor: Cursor | None


class Product(Struct, kw_only=True):
    """A value that a GS1 code or an SKU leads to."""

    wallet_version: int
    manufacturer_index: int
    manufacturer_name: str
    path_level: int
    level_name: str
    level_value: int
    value_name: str
    gs1_code: str | None
    sku_reference: str | None
    is_active: bool


class ProductList(Struct, kw_only=True):
    """Every value with that code, at most 100."""

    products: list[Product]


# Transfers and incidents


class TransferOrder(_Order, frozen=True, kw_only=True):
    """A manufacturer with all its paths, or one path, to move to another wallet; one of the two."""

    wallet_version: Annotated[WalletVersionId, Meta(description="Where it is now.")]
    target_wallet: WalletVersionId
    assignment_reason: Reason
    manufacturer_index: ManufacturerIndex | UnsetType = UNSET
    base_path: DecimalPath | UnsetType = UNSET


class TransferStep(_Order, frozen=True, kw_only=True):
    """How far to go in one call."""

    max_paths: Annotated[int, Meta(ge=1, le=MAX_TRANSFERRED)] = 1000


class Transfer(Struct, kw_only=True):
    """A transfer and how far it is."""

    id: Annotated[str, Meta(pattern=r"^trf_[0-9a-f]{24}$")]
    scope: Literal["manufacturer", "path"]
    manufacturer_name: str
    source_wallet: int
    source_index: int
    target_wallet: int
    target_index: int
    base_path: str | None
    assignment_reason: str
    status: Literal["transferring", "transferred"]
    paths_total: int
    paths_moved: int
    completion_percentage: Annotated[int, Meta(ge=0, le=100)]
    incident_id: str | None
    opened_by: str
    opened_at: Instant
    completed_at: Instant | None


class TransferProgress(Struct, kw_only=True):
    """What one call moved."""

    moved: int
    transfer: Transfer


class TransferList(Struct, kw_only=True):
    """Transfers, newest first."""

    transfers: list[Transfer]
    next_cursor: Cursor | None


class CrossWalletOrder(_Order, frozen=True, kw_only=True):
    """A path in one wallet, and where it should have gone."""

    source_wallet: WalletVersionId
    base_path: DecimalPath
    target_wallet: WalletVersionId


class CrossWalletVerification(Struct, kw_only=True):
    """Whether the path was moved there; the question is recorded."""

    is_transferred: bool


class IncidentOrder(_Order, frozen=True, kw_only=True):
    """A wallet whose master key is no longer only ours."""

    wallet_version: WalletVersionId
    reason: Annotated[str, Meta(pattern=_TEXT, min_length=1, max_length=500)]
    successor_master_key_id: Line
    successor_name: VersionName | UnsetType = UNSET
    is_dry_run: Annotated[bool, Meta(description="Do all of it, show it, take it back.")] = False


class IncidentStep(Struct, kw_only=True):
    """What was done, in order."""

    step: int
    action: str
    subject: str | None = None
    detail: str | None = None


class IncidentTransfer(Struct, kw_only=True):
    """A transfer that the incident opened."""

    id: str | None
    manufacturer_name: str
    source_index: int
    target_index: int
    paths_total: int


class IncidentProgress(Struct, kw_only=True):
    """How far the transfers of an incident are."""

    transfers_open: int
    transfers_done: int
    paths_total: int
    paths_moved: int
    completion_percentage: int


class Incident(Struct, kw_only=True, omit_defaults=True):
    """A compromised wallet and what was done."""

    id: str | None
    is_dry_run: bool
    wallet_version: int
    successor_version: int
    reason: str
    reported_by: str
    reported_at: Instant
    steps: list[IncidentStep]
    transfers: list[IncidentTransfer]
    progress: IncidentProgress | UnsetType = UNSET


class IncidentList(Struct, kw_only=True):
    """Incidents, newest first."""

    incidents: list[Incident]
    next_cursor: Cursor | None
