"""What is exported is exact, and what other programs understand; the programs themselves say so."""

from __future__ import annotations

import asyncio
import csv
import io
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.database.ledger import EntryRow, Reading, TrialBalanceRow
from service.errors import ApiError
from service.ledger_export import FORMATS, Period, beancount_account, decimal_text, export
from tests.ledger.readers import (
    Balances,
    bean_check,
    csv_balances,
    hledger_balances,
    hledger_check,
    hledger_prints,
    needs_beancount,
    needs_hledger,
)

EXPONENTS = {"USD": 2, "JPY": 0, "BHD": 3, "BTC": 8, "ETH": 18, "USDT": 6, "T2X": 4}
TYPES = ("asset", "liability", "revenue", "expense", "equity")
BEGIN = datetime(2026, 10, 30, 22, 0, tzinfo=UTC)
ALL = BEGIN + timedelta(days=400)

NASTY = (
    "; date:1999-01-01",
    "a | b",
    "= 5 USD",
    'quoted "twice" and \\',
    "two\nlines\r\n2026-01-01 close Assets:X",
    "(code) ! * [2020-01-01]",
    "tag:value, date:2001-01-01",
    "é ü 漢字 😀 \u2028 \x85 end",
    "  leading",
    "@ 3 EUR {5}",
    "include /etc/passwd",
)


@dataclass
class Book:
    """A book in memory: what the database would answer to an export of it."""

    accounts: dict[tuple[str, str], str]
    entries: list[EntryRow] = field(default_factory=list)
    _versions: Balances = field(default_factory=dict)
    _held: Balances = field(default_factory=dict)

    def post(self, moment: datetime, lines: Sequence[tuple[tuple[str, str], int]], **texts: Any) -> None:
        """Lines are ((name, currency), signed amount), debits positive."""
        number = len({entry.journal_id for entry in self.entries}) + 1
        for place, (account, signed) in enumerate(lines, 1):
            self._versions[account] = self._versions.get(account, 0) + 1
            self._held[account] = self._held.get(account, 0) + signed
            kind = self.accounts[account]
            normal = 1 if kind in ("asset", "expense") else -1
            self.entries.append(
                EntryRow(
                    **{
                        "journal_id": f"jrn_{number:024x}",
                        "recorded_at": moment,
                        "event_at": moment - timedelta(hours=1),
                        "reason": "a reason",
                        "actor": "an actor",
                        "idempotency_key": f"key-{number}",
                        "payment_reference": None,
                        "reverses": None,
                        **texts,
                    },
                    line=place,
                    account_id=f"acc_{sorted(self.accounts).index(account):024x}",
                    name=account[0],
                    type=kind,
                    currency=account[1],
                    exponent=EXPONENTS[account[1]],
                    side="DEBIT" if signed > 0 else "CREDIT",
                    amount=abs(signed),
                    version=self._versions[account],
                    balance_after=normal * self._held[account],
                )
            )

    def balances(self, until: datetime = ALL, since: datetime | None = None) -> Balances:
        found: Balances = {}
        for entry in self.entries:
            if entry.recorded_at < until and (since is None or entry.recorded_at >= since):
                key = (entry.name, entry.currency)
                found[key] = found.get(key, 0) + entry.signed
        return {key: value for key, value in found.items() if value}

    def text(self, form: str, *, since: datetime | None = None, until: datetime = ALL, page: int = 3) -> str:
        """The export as the command writes it."""

        async def collect() -> str:
            pieces = export(
                _Answers(self),
                FORMATS[form],
                organization_id=1,
                starts_at=since,
                ends_at=until,
                page_size=page,
            )
            return "".join([piece async for piece in pieces])

        return asyncio.run(collect())


class _Answers(Reading):
    """The reads of an export, answered from a book in memory."""

    def __init__(self, book: Book) -> None:
        self._book = book

    async def trial_balance(self, *, organization_id: int, at: datetime | None) -> list[TrialBalanceRow]:
        assert at is not None
        held = self._book.balances(at + timedelta(microseconds=1))
        rows = []
        for number, (account, kind) in enumerate(sorted(self._book.accounts.items())):
            signed = held.get(account, 0)
            rows.append(
                TrialBalanceRow(
                    account_id=f"acc_{number:024x}",
                    name=account[0],
                    type=kind,
                    currency=account[1],
                    exponent=EXPONENTS[account[1]],
                    debit=max(signed, 0),
                    credit=max(-signed, 0),
                )
            )
        return rows

    async def export_entries(
        self,
        *,
        organization_id: int,
        from_at: datetime | None,
        to_at: datetime,
        after_journal_id: str | None,
        page_size: int,
    ) -> list[EntryRow]:
        chosen = [
            entry
            for entry in self._book.entries
            if entry.recorded_at < to_at
            and (from_at is None or entry.recorded_at >= from_at)
            and (after_journal_id is None or entry.journal_id > after_journal_id)
        ]
        journals = sorted({entry.journal_id for entry in chosen})[:page_size]
        return [entry for entry in chosen if entry.journal_id in journals]


def random_book(seed: int, *, digits: int = 40, journals: int = 40, texts: Sequence[str] = NASTY) -> Book:
    chance = random.Random(seed)
    names = ["cash", "cash:till_1", "psp_settlement:adyen", "merchant_balance:m_1", "merchant_balance:M-1"]
    names += ["merchant_balance:m-1", "catena_fee_revenue", "chargeback_fee_expense", "1.0:_x:-y"]
    accounts = {
        (name, currency): TYPES[number % 5]
        for number, name in enumerate(names)
        for currency in chance.sample(sorted(EXPONENTS), 4)
    }
    book = Book(accounts)
    moment = BEGIN
    for _ in range(journals):
        lines: list[tuple[tuple[str, str], int]] = []
        for currency in chance.sample(sorted(EXPONENTS), chance.randrange(1, 3)):
            eligible = [account for account in accounts if account[1] == currency]
            if len(eligible) < 2:
                continue
            amounts = [
                chance.randrange(1, 10 ** chance.randrange(1, digits)) for _ in range(chance.randrange(1, 4))
            ]
            lines += [(chance.choice(eligible), amount) for amount in amounts]
            lines.append((chance.choice(eligible), -sum(amounts)))
        if lines:
            book.post(moment, lines, reason=chance.choice(texts), actor=chance.choice(texts))
        moment += timedelta(minutes=chance.randrange(0, 2000))
    return book


# Amounts


@pytest.mark.parametrize(
    ("amount", "exponent", "text"),
    [
        (0, 0, "0"),
        (0, 2, "0.00"),
        (5, 2, "0.05"),
        (-5, 2, "-0.05"),
        (100, 2, "1.00"),
        (-12345, 3, "-12.345"),
        (1, 18, "0.000000000000000001"),
        (10**78 - 1, 18, "9" * 60 + "." + "9" * 18),
        (-(10**78 - 1), 0, "-" + "9" * 78),
    ],
)
def test_a_number_is_written_with_every_digit(amount: int, exponent: int, text: str) -> None:
    assert decimal_text(amount, exponent) == text


@given(st.integers(-(10**78) + 1, 10**78 - 1), st.integers(0, 30))
def test_a_number_is_what_it_was(amount: int, exponent: int) -> None:
    text = decimal_text(amount, exponent)
    assert re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text)
    assert len(text.partition(".")[2]) == exponent
    assert int(text.replace(".", "")) == amount


# CSV


@pytest.mark.parametrize("seed", range(5))
def test_csv_holds_every_line_exactly(seed: int) -> None:
    book = random_book(seed, digits=78)
    text = book.text("csv")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert csv_balances(text) == book.balances()
    assert [(row["journal_id"], int(row["line"])) for row in rows] == [
        (entry.journal_id, entry.line) for entry in book.entries
    ]
    # Nothing is smoothed away: the texts come back as they were.
    assert [row["reason"] for row in rows] == [entry.reason for entry in book.entries]


def test_csv_of_a_period_holds_its_journals_alone() -> None:
    book = random_book(7)
    middle = BEGIN + timedelta(days=10)
    text = book.text("csv", since=middle)
    assert 0 < len(text.splitlines()) < len(book.text("csv").splitlines())
    assert csv_balances(text) == book.balances(since=middle)


# hledger


@needs_hledger
@pytest.mark.parametrize("seed", range(8))
def test_hledger_agrees_to_the_last_unit(seed: int, tmp_path: Path) -> None:
    book = random_book(seed, digits=70)
    path = tmp_path / "book.journal"
    path.write_text(book.text("hledger"))
    assert hledger_check(path) == ""
    assert hledger_balances(path, EXPONENTS) == book.balances()


@needs_hledger
def test_hledger_agrees_on_a_period_by_what_was_brought_forward(tmp_path: Path) -> None:
    book = random_book(11)
    since, until = BEGIN + timedelta(days=5), BEGIN + timedelta(days=20, hours=3)
    path = tmp_path / "book.journal"
    path.write_text(book.text("hledger", since=since, until=until))
    assert "opening balances" in path.read_text()
    assert hledger_check(path) == ""
    assert hledger_balances(path, EXPONENTS) == book.balances(until)


@needs_hledger
def test_hledger_notices_one_unit(tmp_path: Path) -> None:
    """A file of which one journal was changed, both legs alike, does not pass its own assertions."""
    book = Book({("cash", "USD"): "asset", ("fees", "USD"): "revenue"})
    book.post(BEGIN, [(("cash", "USD"), 145), (("fees", "USD"), -145)])
    path = tmp_path / "book.journal"
    path.write_text(book.text("hledger"))
    assert hledger_check(path) == ""
    path.write_text(path.read_text().replace("1.45", "1.46", 1).replace("-1.45", "-1.46", 1))
    assert "ssertion" in hledger_check(path)


@needs_hledger
@pytest.mark.parametrize("reason", NASTY)
def test_no_text_becomes_a_directive_of_hledger(reason: str, tmp_path: Path) -> None:
    book = Book({("cash", "USD"): "asset", ("fees", "USD"): "revenue"})
    lines = [(("cash", "USD"), 145), (("fees", "USD"), -145)]
    book.post(BEGIN, lines, reason=reason, actor=reason, payment_reference=reason)
    path = tmp_path / "book.journal"
    path.write_text(book.text("hledger"))
    assert hledger_check(path) == ""
    assert hledger_balances(path, EXPONENTS) == book.balances()
    understood = hledger_prints(path)
    dates = re.findall(r"^\d{4}-\d\d-\d\d", understood, re.MULTILINE)
    assert dates == ["2026-10-30", "2027-12-04"]


# beancount


@needs_beancount
@pytest.mark.parametrize("seed", range(4))
def test_beancount_agrees_to_the_last_unit(seed: int, tmp_path: Path) -> None:
    book = random_book(seed, digits=26)
    path = tmp_path / "book.beancount"
    path.write_text(book.text("beancount"))
    assert bean_check(path) == ""


@needs_beancount
def test_beancount_agrees_on_a_period(tmp_path: Path) -> None:
    book = random_book(11, digits=20)
    path = tmp_path / "book.beancount"
    since, until = BEGIN + timedelta(days=5), BEGIN + timedelta(days=20, hours=3)
    path.write_text(book.text("beancount", since=since, until=until))
    assert "opening balances" in path.read_text()
    assert bean_check(path) == ""


@needs_beancount
def test_beancount_notices_one_unit(tmp_path: Path) -> None:
    book = Book({("cash", "USD"): "asset", ("fees", "USD"): "revenue"})
    book.post(BEGIN, [(("cash", "USD"), 145), (("fees", "USD"), -145)])
    path = tmp_path / "book.beancount"
    path.write_text(book.text("beancount"))
    assert bean_check(path) == ""
    path.write_text(path.read_text().replace("1.45", "1.46", 1).replace("-1.45", "-1.46", 1))
    assert "Balance failed" in bean_check(path)


@needs_beancount
@pytest.mark.parametrize("reason", NASTY)
def test_no_text_becomes_a_directive_of_beancount(reason: str, tmp_path: Path) -> None:
    book = Book({("cash", "USD"): "asset", ("fees", "USD"): "revenue"})
    lines = [(("cash", "USD"), 145), (("fees", "USD"), -145)]
    book.post(BEGIN, lines, reason=reason, actor=reason, payment_reference=reason)
    path = tmp_path / "book.beancount"
    path.write_text(book.text("beancount"))
    assert bean_check(path) == ""
    directives = re.findall(r"^\d{4}-\d\d-\d\d (\S+)", path.read_text(), re.MULTILINE)
    assert directives == ["open", "open", "*", "balance", "balance"]


MUCH = 4 * 10**27
"""Of 28 digits; three of it have 29."""


@pytest.mark.parametrize(
    ("journals", "since"),
    [
        ([[10**28]], None),
        ([[MUCH], [MUCH], [MUCH], [-MUCH], [-MUCH]], None),
        ([[MUCH, -MUCH]], None),
        ([[MUCH], [MUCH], [MUCH]], BEGIN + timedelta(days=1)),
    ],
    ids=["an amount", "a balance in between", "the amounts of a journal", "an opening balance"],
)
def test_what_beancount_would_round_is_refused(journals: list[list[int]], since: datetime | None) -> None:
    book = cash_and_fees(journals)
    with pytest.raises(ApiError, match="28 digits") as refused:
        book.text("beancount", since=since)
    assert refused.value.code == "export_impossible"
    assert book.text("hledger", since=since)


@needs_beancount
def test_numbers_of_28_digits_are_exact_in_beancount(tmp_path: Path) -> None:
    book = cash_and_fees([[MUCH + 1], [MUCH + 1], [10**27]])
    path = tmp_path / "book.beancount"
    path.write_text(book.text("beancount"))
    assert bean_check(path) == ""
    assert f"Assets:Cash  {decimal_text(9 * 10**27 + 2, 18)} ~ 0 ETH" in path.read_text()


def cash_and_fees(journals: list[list[int]]) -> Book:
    """A book of ETH: of each journal what goes, line by line, from the fees to the cash."""
    cash, fees = ("cash", "ETH"), ("fees", "ETH")
    book = Book({cash: "asset", fees: "revenue"})
    for amounts in journals:
        book.post(BEGIN, [line for amount in amounts for line in ((cash, amount), (fees, -amount))])
    return book


@given(
    st.lists(
        st.from_regex(r"\A[A-Za-z0-9_.-]{1,6}(:[A-Za-z0-9_.-]{1,6}){0,2}\Z"),
        min_size=2,
        max_size=2,
        unique=True,
    )
)
def test_no_two_accounts_become_one_in_beancount(names: list[str]) -> None:
    first, second = (beancount_account("asset", name) for name in names)
    assert first != second
    for account in (first, second):
        assert re.fullmatch(r"Assets(:[A-Z0-9][A-Za-z0-9-]*)+", account)


def test_a_simple_name_stays_readable_in_beancount() -> None:
    assert beancount_account("liability", "merchant_balance:m_1") == "Liabilities:Merchant-balance:M-1"


# Empty


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_book_is_an_empty_file(form: str) -> None:
    text = Book({}).text(form)
    assert len(text.strip().splitlines()) == 1


def test_the_last_day_is_the_one_before_midnight() -> None:
    midnight = datetime(2026, 12, 1, tzinfo=UTC)
    period = Period(starts_at=None, ends_at=midnight, opening=[], closing=[])
    assert str(period.last_day) == "2026-11-30"
