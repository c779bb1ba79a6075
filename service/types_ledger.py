"""What the ledger's API takes and gives. Parsing and /openapi.json are both made from these types."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

MAX_LINES = 100
MAX_BATCH = 128
MAX_HOLD_SECONDS = 31_536_000

# Python's $ lets a line end pass, hence (?!\n); to others it says nothing.
Amount = Annotated[
    str,
    Meta(
        pattern=r"^[1-9][0-9]{0,77}(?!\n)$",
        description="In the currency's smallest unit, positive, as text.",
        examples=["5000"],
    ),
]
Floor = Annotated[
    str,
    Meta(
        pattern=r"^(0|-[1-9][0-9]{0,77})(?!\n)$",
        description="`available` never falls below it. In the smallest unit, zero or less.",
    ),
]
Ceiling = Annotated[
    str,
    Meta(
        pattern=r"^(0|[1-9][0-9]{0,77})(?!\n)$",
        description="The balance with `pending_in` never rises above it. In the smallest unit.",
    ),
]
AccountId = Annotated[str, Meta(pattern=r"^acc_[0-9a-f]{24}(?!\n)$")]
Currency = Annotated[
    str, Meta(pattern=r"^[A-Z][A-Z0-9]{0,15}(?!\n)$", description="As the ledger lists it.", examples=["USD"])
]
Key = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-]{1,256}(?!\n)$", description="Send it again with the same journal to replay."
    ),
]
# Bounded here, so that a field can be named; which characters they may hold is checked after.
Reason = Annotated[str, Meta(min_length=1, max_length=500, description="Why, for whoever reads the books.")]
Actor = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=150,
        description="On whose behalf. The books say `api_key:<key id>` and then this, if given.",
    ),
]
Reference = Annotated[str, Meta(min_length=1, max_length=200, description="Of a payment, such as its id.")]
EventTime = Annotated[
    datetime,
    Meta(tz=True, description="When it happened, RFC 3339 with offset; default: when it is recorded."),
]
Side = Literal["DEBIT", "CREDIT"]
AccountType = Literal["asset", "liability", "revenue", "expense", "equity"]
Instant = Annotated[str, Meta(description="RFC 3339, UTC, microseconds.")]
Units = Annotated[str, Meta(description="In the smallest unit, signed, as text.", examples=["4855"])]


class _Order(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What stands in a request body."""


class AccountOrder(_Order, frozen=True, kw_only=True):
    """An account to open; it never changes afterwards, and asking again for the same one is a replay."""

    name: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9_.-]+(:[A-Za-z0-9_.-]+)*(?!\n)$",
            max_length=200,
            description="Path-like. One name may have an account in each currency.",
            examples=["merchant_balance:m_1"],
        ),
    ]
    type: AccountType
    currency: Currency
    floor: Floor | UnsetType = UNSET
    ceiling: Ceiling | UnsetType = UNSET


class LineOrder(_Order, frozen=True, kw_only=True):
    """One leg of a journal."""

    account: AccountId
    side: Side
    amount: Amount
    currency: Annotated[Currency, Meta(description="If given, it must be the account's.")] | UnsetType = UNSET


Lines = Annotated[list[LineOrder], Meta(min_length=2, max_length=MAX_LINES)]


class JournalOrder(_Order, frozen=True, kw_only=True):
    """A journal to post: at least one debit and one credit, balanced in each currency."""

    reason: Reason
    lines: Lines
    actor: Actor | UnsetType = UNSET
    event_at: EventTime | UnsetType = UNSET
    payment_reference: Reference | UnsetType = UNSET


class KeyedJournalOrder(JournalOrder, frozen=True, kw_only=True):
    """One of many journals: it brings its own idempotency key."""

    idempotency_key: Key


class ReversalOrder(_Order, frozen=True, kw_only=True):
    """Why a journal is taken back: a new journal with every side turned."""

    reason: Reason
    actor: Actor | UnsetType = UNSET
    event_at: EventTime | UnsetType = UNSET


class HoldOrder(_Order, frozen=True, kw_only=True):
    """An amount to set aside: it counts against both accounts' limits until settled, released or expired."""

    debit_account: AccountId
    credit_account: AccountId
    amount: Amount
    reason: Reason
    expires_in_seconds: Annotated[int, Meta(ge=1, le=MAX_HOLD_SECONDS)]
    currency: Annotated[Currency, Meta(description="If given, it must be the accounts'.")] | UnsetType = UNSET
    actor: Actor | UnsetType = UNSET
    payment_reference: Reference | UnsetType = UNSET


class SettlementOrder(_Order, frozen=True, kw_only=True):
    """Post what was held, or a part of it; the rest is released."""

    reason: Reason
    amount: Annotated[Amount, Meta(description="Default: all of it.")] | UnsetType = UNSET
    actor: Actor | UnsetType = UNSET
    event_at: EventTime | UnsetType = UNSET


class ReleaseOrder(_Order, frozen=True, kw_only=True):
    """Let go of what was held."""

    reason: Reason
    actor: Actor | UnsetType = UNSET


class Balances(Struct, kw_only=True):
    """Signed in the direction of the account's normal side."""

    posted: Units
    pending_out: Annotated[Units, Meta(description="What open holds would take off it.")]
    pending_in: Annotated[Units, Meta(description="What open holds would add to it.")]
    available: Annotated[Units, Meta(description="`posted` less `pending_out`.")]


class Account(Struct, omit_defaults=True, kw_only=True):
    """An account as it stands."""

    id: str
    name: str
    type: AccountType
    normal_side: Side
    currency: str
    exponent: Annotated[int, Meta(description="Digits between the smallest unit and the currency itself.")]
    floor: Units | UnsetType = UNSET
    ceiling: Units | UnsetType = UNSET
    balances: Balances
    version: Annotated[int, Meta(description="How many entries it has.")]
    created_at: Instant


class AccountList(Struct, omit_defaults=True, kw_only=True):
    """In order of name and currency."""

    accounts: list[Account]
    next_cursor: Annotated[str, Meta(description="Absent on the last page.")] | UnsetType = UNSET


class BalanceAt(Struct, omit_defaults=True, kw_only=True):
    """What an account held at a time."""

    account: str
    as_of: Instant
    currency: str
    balance: Units
    version: int
    recorded_at: Annotated[Instant, Meta(description="Of its last entry until then.")] | UnsetType = UNSET


class Receipt(Struct, omit_defaults=True, kw_only=True):
    """That it is in the books; the same to every request with the same key."""

    id: str
    idempotency_key: str
    recorded_at: Instant


class Result(Struct, omit_defaults=True, kw_only=True):
    """What became of one journal of many: `posted`, `replayed`, or why it was refused."""

    outcome: str
    idempotency_key: str
    id: str | UnsetType = UNSET
    recorded_at: Instant | UnsetType = UNSET
    details: dict[str, str | int] | UnsetType = UNSET


class ResultList(Struct, kw_only=True):
    """In the order of the journals."""

    results: list[Result]


class JournalLine(Struct, kw_only=True):
    """An entry: where the account stood after it."""

    line: int
    account: str
    name: str
    side: Side
    amount: Units
    currency: str
    version: Annotated[int, Meta(description="The how-manieth entry of its account.")]
    balance_after: Units


class Journal(Struct, omit_defaults=True, kw_only=True):
    """A journal with its lines; nothing of it ever changes, but that it may come to be reversed."""

    id: str
    idempotency_key: str
    reason: str
    actor: str
    event_at: Instant
    recorded_at: Instant
    payment_reference: str | UnsetType = UNSET
    reverses: str | UnsetType = UNSET
    reversed_by: str | UnsetType = UNSET
    lines: list[JournalLine]


class JournalList(Struct, omit_defaults=True, kw_only=True):
    """Newest first."""

    journals: list[Journal]
    next_cursor: Annotated[str, Meta(description="Absent on the last page.")] | UnsetType = UNSET


class StatementLine(Struct, omit_defaults=True, kw_only=True):
    """One entry of an account."""

    version: int
    journal: str
    line: int
    recorded_at: Instant
    event_at: Instant
    side: Side
    amount: Units
    balance_after: Units
    reason: str
    payment_reference: str | UnsetType = UNSET


class Statement(Struct, omit_defaults=True, kw_only=True):
    """Entries of an account, oldest first, with the balance after each."""

    account: str
    entries: list[StatementLine]
    next_cursor: Annotated[str, Meta(description="Absent on the last page.")] | UnsetType = UNSET


class Hold(Struct, omit_defaults=True, kw_only=True):
    """An amount set aside, and what became of it."""

    id: str
    status: Literal["held", "settled", "released", "expired"]
    debit_account: str
    credit_account: str
    currency: str
    amount: Units
    settled_amount: Units | UnsetType = UNSET
    journal: str | UnsetType = UNSET
    reason: str
    actor: str
    payment_reference: str | UnsetType = UNSET
    expires_at: Instant
    created_at: Instant
    resolved_at: Instant | UnsetType = UNSET


class TrialBalanceLine(Struct, kw_only=True):
    """All accounts of one type in one currency."""

    type: AccountType
    account_count: int
    debit: Units
    credit: Units


class CurrencyTrialBalance(Struct, kw_only=True):
    """Debits and credits of one currency: the same sum, or the books are broken."""

    currency: str
    exponent: int
    debit: Units
    credit: Units
    types: list[TrialBalanceLine]


class TrialBalance(Struct, omit_defaults=True, kw_only=True):
    """The balances of all accounts, in the column of the side they are on, summed."""

    as_of: Annotated[Instant, Meta(description="As asked for; absent: now.")] | UnsetType = UNSET
    currencies: list[CurrencyTrialBalance]


class AccountBalance(Struct, kw_only=True):
    """The balance of one account, in the column of the side it is on."""

    account: AccountId
    name: str
    type: AccountType
    currency: str
    exponent: int
    debit: Units
    credit: Units


class TrialBalanceAccounts(Struct, omit_defaults=True, kw_only=True):
    """In order of currency and name; of all pages as of one moment, debits and credits sum up alike."""

    as_of: Annotated[Instant, Meta(description="As asked for; absent: now.")] | UnsetType = UNSET
    accounts: list[AccountBalance]
    next_cursor: Annotated[str, Meta(description="Absent on the last page.")] | UnsetType = UNSET


class PageQuery(Struct, kw_only=True, forbid_unknown_fields=True):
    """Where in a list, and how much of it."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 50
    cursor: str | UnsetType = UNSET


class AccountQuery(PageQuery, kw_only=True):
    """Which accounts."""

    name_prefix: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET


class JournalQuery(PageQuery, kw_only=True):
    """Which journals."""

    payment_reference: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET


class StatementQuery(PageQuery, kw_only=True):
    """Which entries: recorded at or after `since`, until and including `as_of`."""

    since: str | UnsetType = UNSET
    as_of: str | UnsetType = UNSET


class TimeQuery(Struct, kw_only=True, forbid_unknown_fields=True):
    """Until and including when."""

    as_of: str | UnsetType = UNSET


class TrialBalanceQuery(PageQuery, kw_only=True):
    """Which accounts, until and including when."""

    as_of: str | UnsetType = UNSET


class BatchQuery(Struct, kw_only=True, forbid_unknown_fields=True):
    """How many journals stand together."""

    all_or_nothing: bool = False
