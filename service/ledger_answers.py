"""From rows of the ledger to what the API shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Final, cast

import msgspec
from msgspec import UNSET, UnsetType

from service.database.ledger import (
    AccountRow,
    HoldRow,
    JournalItem,
    JournalRow,
    Outcome,
    PastBalance,
    StatementRow,
    TrialBalanceRow,
    TypeTotalRow,
)
from service.ledger import outcome_details
from service.types_ledger import (
    Account,
    AccountBalance,
    AccountType,
    BalanceAt,
    Balances,
    CurrencyTrialBalance,
    Hold,
    Journal,
    JournalLine,
    Receipt,
    Result,
    Side,
    StatementLine,
    TrialBalance,
    TrialBalanceAccounts,
    TrialBalanceLine,
)

_LINES: Final = msgspec.json.Decoder(list[JournalLine])


def instant(moment: datetime) -> str:
    """RFC 3339, UTC, microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def account_answer(row: AccountRow) -> Account:
    """An account as it stands."""
    return Account(
        id=row.account_id,
        name=row.name,
        type=cast(AccountType, row.type),
        normal_side=cast(Side, row.normal_side),
        currency=row.currency,
        exponent=row.exponent,
        floor=UNSET if row.floor is None else str(row.floor),
        ceiling=UNSET if row.ceiling is None else str(row.ceiling),
        balances=Balances(
            posted=str(row.balance),
            pending_out=str(row.pending_out),
            pending_in=str(row.pending_in),
            available=str(row.available),
        ),
        version=row.version,
        created_at=instant(row.created_at),
    )


def balance_answer(account_id: str, at: datetime, row: PastBalance) -> BalanceAt:
    """What an account held at a time."""
    return BalanceAt(
        account=account_id,
        as_of=instant(at),
        currency=row.currency,
        balance=str(row.balance),
        version=row.version,
        recorded_at=UNSET if row.recorded_at is None else instant(row.recorded_at),
    )


def statement_line(row: StatementRow) -> StatementLine:
    """One entry of an account."""
    return StatementLine(
        version=row.version,
        journal=row.journal_id,
        line=row.line,
        recorded_at=instant(row.recorded_at),
        event_at=instant(row.event_at),
        side=cast(Side, row.side),
        amount=str(row.amount),
        balance_after=str(row.balance_after),
        reason=row.reason,
        payment_reference=_given(row.payment_reference),
    )


def journal_answer(row: JournalRow) -> Journal:
    """A journal with its lines."""
    return Journal(
        id=row.journal_id,
        idempotency_key=row.idempotency_key,
        reason=row.reason,
        actor=row.actor,
        event_at=instant(row.event_at),
        recorded_at=instant(row.recorded_at),
        payment_reference=_given(row.payment_reference),
        reverses=_given(row.reverses),
        reversed_by=_given(row.reversed_by),
        lines=_LINES.decode(row.lines),
    )


def hold_answer(row: HoldRow) -> Hold:
    """A hold and what became of it."""
    return Hold(
        id=row.hold_id,
        status=row.status,  # type: ignore[arg-type]
        debit_account=row.debit_account,
        credit_account=row.credit_account,
        currency=row.currency,
        amount=str(row.amount),
        settled_amount=UNSET if row.settled_amount is None else str(row.settled_amount),
        journal=_given(row.journal_id),
        reason=row.reason,
        actor=row.actor,
        payment_reference=_given(row.payment_reference),
        expires_at=instant(row.expires_at),
        created_at=instant(row.created_at),
        resolved_at=UNSET if row.resolved_at is None else instant(row.resolved_at),
    )


def receipt_answer(name: str, key: str, recorded_at: datetime) -> Receipt:
    """That something is in the books, under its id."""
    return Receipt(id=name, idempotency_key=key, recorded_at=instant(recorded_at))


def result(item: JournalItem, outcome: Outcome) -> Result:
    """What became of one journal of many."""
    return Result(
        outcome=outcome.outcome,
        idempotency_key=item.idempotency_key,
        id=_given(outcome.id),
        recorded_at=UNSET if outcome.recorded_at is None else instant(outcome.recorded_at),
        details=outcome_details(outcome.details) or UNSET,
    )


def trial_balance_answer(rows: Sequence[TypeTotalRow], at: datetime | None) -> TrialBalance:
    """Debits and credits, a currency at a time."""
    return TrialBalance(
        as_of=UNSET if at is None else instant(at),
        currencies=[
            _currency(currency, exponent, list(types))
            for (currency, exponent), types in groupby(rows, key=lambda row: (row.currency, row.exponent))
        ],
    )


def trial_balance_accounts(
    rows: Sequence[TrialBalanceRow], at: datetime | None, next_cursor: str | UnsetType
) -> TrialBalanceAccounts:
    """A page of accounts, each with its balance."""
    return TrialBalanceAccounts(
        as_of=UNSET if at is None else instant(at),
        accounts=[
            AccountBalance(
                account=row.account_id,
                name=row.name,
                type=cast(AccountType, row.type),
                currency=row.currency,
                exponent=row.exponent,
                debit=str(row.debit),
                credit=str(row.credit),
            )
            for row in rows
        ],
        next_cursor=next_cursor,
    )


def _currency(currency: str, exponent: int, rows: list[TypeTotalRow]) -> CurrencyTrialBalance:
    return CurrencyTrialBalance(
        currency=currency,
        exponent=exponent,
        debit=str(sum(row.debit for row in rows)),
        credit=str(sum(row.credit for row in rows)),
        types=[
            TrialBalanceLine(
                type=cast(AccountType, row.type),
                account_count=row.account_count,
                debit=str(row.debit),
                credit=str(row.credit),
            )
            for row in rows
        ],
    )


def _given(text: str | None) -> str | UnsetType:
    return UNSET if text is None else text
