"""
A period of a book as text for other programs: CSV, hledger, beancount.

Amounts are exact: whole numbers of the smallest unit, with the decimal point put where the currency's
exponent says, never a float. Debits are positive, as hledger and beancount have them. A file for
either begins with the balances before the period and ends by asserting those after it: whoever reads
it checks it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Final, Protocol

from service.database.ledger import EntryRow, Reading, TrialBalanceRow
from service.errors import ApiError

PAGE_SIZE: Final = 1_000
"""Journals read at a time."""

BEANCOUNT_DIGITS: Final = 28
"""Beancount adds with Python's default decimal context: a longer number would be rounded."""

BEANCOUNT_WORDS: Final = frozenset({"TRUE", "FALSE", "NULL"})
"""What looks like a currency and is none: words of beancount's language."""

_MOMENT: Final = timedelta(microseconds=1)

_HLEDGER_TYPES: Final = {"asset": "A", "liability": "L", "equity": "E", "revenue": "R", "expense": "X"}
_BEANCOUNT_ROOTS: Final = {
    "asset": "Assets",
    "liability": "Liabilities",
    "equity": "Equity",
    "revenue": "Income",
    "expense": "Expenses",
}
_SIMPLE_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_]*(:[a-z0-9][a-z0-9_]*)*")
_COLUMNS: Final = (
    "journal_id",
    "line",
    "recorded_at",
    "event_at",
    "account_id",
    "account",
    "account_type",
    "side",
    "amount_minor",
    "amount",
    "currency",
    "exponent",
    "version",
    "balance_after_minor",
    "reason",
    "actor",
    "payment_reference",
    "reverses",
    "idempotency_key",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `starts_at` (None: from the first journal) until before `ends_at`; balances at both."""

    starts_at: datetime | None
    ends_at: datetime
    opening: Sequence[TrialBalanceRow]
    closing: Sequence[TrialBalanceRow]

    @property
    def first_day(self) -> date:
        return _day(self.starts_at) if self.starts_at else date(1970, 1, 1)

    @property
    def last_day(self) -> date:
        return _day(self.ends_at - _MOMENT)

    @property
    def brought_forward(self) -> list[TrialBalanceRow]:
        return [row for row in self.opening if row.signed]


class Format(Protocol):
    """One kind of file: its head, each journal, its tail."""

    def head(self, period: Period) -> str: ...

    def journal(self, lines: Sequence[EntryRow]) -> str: ...

    def tail(self, period: Period) -> str: ...


async def export(
    reading: Reading,
    form: Format,
    *,
    organization_id: int,
    starts_at: datetime | None,
    ends_at: datetime,
    page_size: int = PAGE_SIZE,
) -> AsyncIterator[str]:
    """The file in pieces: journals recorded at or after `starts_at`, before `ends_at`."""
    opening = (
        await reading.trial_balance(organization_id=organization_id, at=starts_at - _MOMENT)
        if starts_at
        else []
    )
    closing = await reading.trial_balance(organization_id=organization_id, at=ends_at - _MOMENT)
    period = Period(starts_at=starts_at, ends_at=ends_at, opening=opening, closing=closing)
    yield form.head(period)
    last: str | None = None
    while entries := await reading.export_entries(
        organization_id=organization_id,
        from_at=starts_at,
        to_at=ends_at,
        after_journal_id=last,
        page_size=page_size,
    ):
        for _, lines in groupby(entries, key=lambda entry: entry.journal_id):
            yield form.journal(list(lines))
        last = entries[-1].journal_id
    yield form.tail(period)


def decimal_text(amount: int, exponent: int) -> str:
    """The amount in whole units with every digit of the smallest one: (-5, 2) is -0.05."""
    digits = str(abs(amount)).rjust(exponent + 1, "0")
    sign = "-" if amount < 0 else ""
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}" if exponent else f"{sign}{digits}"


class Csv:
    """A row a line of a journal, RFC 4180, with a header; `balance_after_minor` on the normal side."""

    def head(self, period: Period) -> str:
        return _csv_text([_COLUMNS])

    def journal(self, lines: Sequence[EntryRow]) -> str:
        return _csv_text(
            (
                line.journal_id,
                line.line,
                _instant(line.recorded_at),
                _instant(line.event_at),
                line.account_id,
                line.name,
                line.type,
                line.side,
                line.amount,
                decimal_text(line.amount, line.exponent),
                line.currency,
                line.exponent,
                line.version,
                line.balance_after,
                line.reason,
                line.actor,
                line.payment_reference,
                line.reverses,
                line.idempotency_key,
            )
            for line in lines
        )

    def tail(self, period: Period) -> str:
        return ""


class Hledger:
    """A journal file; `hledger check --strict` passes on it."""

    def head(self, period: Period) -> str:
        exponents = {row.currency: row.exponent for row in period.closing}
        commodities = [
            # hledger wants the decimal mark even where no decimals follow.
            f"commodity 1000.{'0' * exponent} {_commodity(currency)}\n"
            for currency, exponent in sorted(exponents.items())
        ]
        types: dict[str, set[str]] = defaultdict(set)
        for row in period.closing:
            types[row.name].add(_HLEDGER_TYPES[row.type])
        accounts = [
            # One name may have accounts of two types, in two currencies; hledger knows one type a name.
            f"account {name}" + (f"  ; type: {''.join(kinds)}\n" if len(kinds) == 1 else "\n")
            for name, kinds in sorted(types.items())
        ]
        brought = period.brought_forward
        opening = [f"\n{period.first_day} * opening balances\n"] if brought else []
        opening += [_hledger_posting(row, row.signed) for row in brought]
        return "".join([_title(period), *commodities, *accounts, *opening])

    def journal(self, lines: Sequence[EntryRow]) -> str:
        first = lines[0]
        heading = f"\n{_day(first.recorded_at)} * ({first.journal_id}) {_plain(first.reason, ';')}\n"
        notes = [f"    ; {name}: {_plain(text, ';,')}\n" for name, text in _notes(first)]
        return "".join([heading, *notes, *(_hledger_posting(line, line.signed) for line in lines)])

    def tail(self, period: Period) -> str:
        if not period.closing:
            return ""
        asserted = [
            f"    {row.name}  0 {_commodity(row.currency)} = {_hledger_amount(row, row.signed)}\n"
            for row in period.closing
        ]
        return "".join([f"\n{period.last_day} * closing balances\n", *asserted])


class Beancount:
    """
    A beancount file; `bean-check` passes on it.

    Raises `ApiError` export_impossible for numbers of more than 28 digits, which it would round, and for
    currencies that it has no name for.
    """

    def head(self, period: Period) -> str:
        names: dict[str, str] = {}
        currencies: dict[str, set[str]] = defaultdict(set)
        for row in period.closing:
            if row.currency in BEANCOUNT_WORDS:
                raise ApiError(
                    "export_impossible", f"{row.currency} is no currency to beancount; use hledger"
                )
            account = beancount_account(row.type, row.name)
            names[account] = row.name
            currencies[account].add(row.currency)
        opened = [
            # A currency of one letter is none to beancount where a comma follows at once.
            f"{period.first_day} open {account} {' , '.join(sorted(currencies[account]))}\n"
            f"  name: {_quoted(name)}\n"
            for account, name in sorted(names.items())
        ]
        brought = period.brought_forward
        opening = [f'\n{period.first_day} * "opening balances"\n'] if brought else []
        opening += [_beancount_posting(row, row.signed) for row in brought]
        return "".join([_title(period), *opened, *opening])

    def journal(self, lines: Sequence[EntryRow]) -> str:
        first = lines[0]
        heading = f"\n{_day(first.recorded_at)} * {_quoted(first.reason)}\n"
        notes = [f"  {name}: {_quoted(text)}\n" for name, text in [("id", first.journal_id), *_notes(first)]]
        for line in lines:
            _refuse_long(line.balance_after)
        _refuse_long(sum(line.amount for line in lines))
        return "".join([heading, *notes, *(_beancount_posting(line, line.signed) for line in lines)])

    def tail(self, period: Period) -> str:
        # A balance directive counts the accounts below an account as well, at the beginning of a day.
        held: dict[tuple[str, str], int] = defaultdict(int)
        accounts: dict[tuple[str, str], TrialBalanceRow] = {}
        for row in period.closing:
            account = beancount_account(row.type, row.name)
            accounts[account, row.currency] = row
            for end in [place for place, char in enumerate(account) if char == ":"] + [len(account)]:
                held[account[:end], row.currency] += row.signed
        day = period.last_day + timedelta(days=1)
        asserted = [
            f"{day} balance {account}  {_beancount_number(row, held[account, currency])} ~ 0 {currency}\n"
            for (account, currency), row in accounts.items()
        ]
        return "".join(["\n", *asserted])


FORMATS: Final[dict[str, Format]] = {"csv": Csv(), "hledger": Hledger(), "beancount": Beancount()}


def beancount_account(kind: str, name: str) -> str:
    """
    The account's name in beancount: below the root of its type, components capitalised, `-` for `_`.

    Names with other characters than a to z, 0 to 9 and `_` get a digest of the whole name behind, so that no
    two accounts become one. The file holds the true name beside each.
    """
    components = [re.sub(r"[^A-Za-z0-9]", "-", part) for part in name.split(":")]
    if not _SIMPLE_NAME.fullmatch(name):
        components = [part if part[0].isalnum() else f"0{part}" for part in components]
        # XX: a component of a simple name has no second capital.
        components.append(f"XX{hashlib.sha256(name.encode()).hexdigest()[:16]}")
    return ":".join([_BEANCOUNT_ROOTS[kind], *(part[0].upper() + part[1:] for part in components)])


def _title(period: Period) -> str:
    start = _instant(period.starts_at) if period.starts_at else "the first journal"
    return f"; pgtill ledger, from {start} until before {_instant(period.ends_at)}, UTC\n"


def _notes(entry: EntryRow) -> list[tuple[str, str]]:
    """What is told of a journal beside its reason."""
    notes = {
        "recorded-at": _instant(entry.recorded_at),
        "event-at": _instant(entry.event_at),
        "actor": entry.actor,
        "payment": entry.payment_reference,
        "reverses": entry.reverses,
    }
    return [(name, text) for name, text in notes.items() if text]


def _hledger_posting(row: EntryRow | TrialBalanceRow, signed: int) -> str:
    return f"    {row.name}  {_hledger_amount(row, signed)}\n"


def _hledger_amount(row: EntryRow | TrialBalanceRow, signed: int) -> str:
    return f"{decimal_text(signed, row.exponent)} {_commodity(row.currency)}"


def _commodity(currency: str) -> str:
    return currency if currency.isalpha() else f'"{currency}"'


def _beancount_posting(row: EntryRow | TrialBalanceRow, signed: int) -> str:
    account = beancount_account(row.type, row.name)
    return f"  {account}  {_beancount_number(row, signed)} {row.currency}\n"


def _beancount_number(row: EntryRow | TrialBalanceRow, signed: int) -> str:
    _refuse_long(signed)
    return decimal_text(signed, row.exponent)


def _refuse_long(amount: int) -> None:
    if abs(amount) >= 10**BEANCOUNT_DIGITS:
        raise ApiError(
            "export_impossible",
            f"beancount rounds numbers of more than {BEANCOUNT_DIGITS} digits; use hledger",
        )


def _quoted(text: str) -> str:
    escaped = _plain(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _plain(text: str, unwanted: str = "") -> str:
    """On one line, and without what would end it: a reason must not become a directive."""
    kept = (
        " " if char in unwanted or unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") else char
        for char in text
    )
    return "".join(kept).strip()


def _csv_text(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
