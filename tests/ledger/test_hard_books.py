"""Books that are hard to export: other programs read them, and agree with the trial balance to the last unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.ledger.books import Book, book_of
from tests.ledger.readers import (
    bean_check,
    csv_balances,
    hledger_balances,
    hledger_check,
    hledger_prints,
    needs_beancount,
    needs_hledger,
)
from tests.ledger.test_cli import balances, export, trial_balance
from tests.support import Shop, execute

ODD_NAMES = (
    *("-", ".", "_", "0", "00", "-1", "1.0", "1e3", "2026-01-01", "..", "--"),
    *("a", "A", "a:b", "A:b", "a:B", "a-b", "a_b", "a.b", "1.0:_x:-y", "-:-:-", "a:b:c:d:e:f:g:h:i:j"),
    *("include", "account", "commodity", "end", "comment", "Assets:Cash", "Equity", "P", "D", "Y2026"),
    "x" * 200,
    ":".join("yz" * 33),
)

ODD_CODES = {
    **dict.fromkeys(("XXX", "D", "P", "Y", "INF", "X0"), 0),
    **dict.fromkeys(("XTS", "X", "NAN", "E1"), 2),
    **dict.fromkeys(("E", "XAU", "A1B2", "A234567890123456"), 18),
    "ABCDEFGHIJKLMNOP": 30,
}
"""Codes that a ledger may have beside those of ISO 4217, with as many decimals as it lets them have."""

WORD = "TRUE"
"""Beancount takes it for something else."""

EXPONENTS = {"JPY": 0, "USD": 2, "BHD": 3, "ETH": 18, "XAF": 0, "XCD": 2, WORD: 1} | ODD_CODES


@pytest.fixture(scope="module", autouse=True)
def codes(shop: Shop) -> None:
    """Currencies as whoever owns the database adds them."""
    execute(
        shop.dsn,
        *(
            f"INSERT INTO ledger.currencies VALUES ('{code}', {exponent}, 'odd', 'asset')"
            for code, exponent in EXPONENTS.items()
            if code in (*ODD_CODES, WORD)
        ),
    )


def odd_names(book: Book) -> None:
    """Each name has an account, and the next one what it got."""
    accounts = [book.open(name, "asset" if place % 2 else "revenue") for place, name in enumerate(ODD_NAMES)]
    for place, account in enumerate(accounts):
        following = accounts[(place + 1) % len(accounts)]
        assert book.post((account, "DEBIT", 7 * place + 1), (following, "CREDIT", 7 * place + 1)).is_success


def odd_codes(book: Book) -> None:
    """One name in every currency, of two types; journals that move all of them at once, and each alone."""
    accounts = {
        code: (
            book.open("till", "asset", code),
            book.open("till:fees", "revenue" if place % 2 else "equity", code),
        )
        for place, code in enumerate(code for code in EXPONENTS if code != WORD)
    }
    lines = []
    for place, (till, fees) in enumerate(accounts.values(), 1):
        lines += [(till, "DEBIT", place), (fees, "CREDIT", place)]
        assert book.post((till, "DEBIT", 10**20 + place), (fees, "CREDIT", 10**20 + place)).is_success
    assert book.post(*sorted(lines)).is_success


def odd_word(book: Book) -> None:
    """A currency that is a word of beancount's language."""
    cash, pot = book.open("cash", "asset", WORD), book.open("pot", "equity", WORD)
    assert book.post((cash, "DEBIT", 15), (pot, "CREDIT", 15)).is_success


def exchange(book: Book) -> None:
    """Multi-currency journals: yen for dollars and wei, over an account of the exchange in each."""
    tills = {code: book.open("till", "asset", code) for code in ("JPY", "USD", "ETH")}
    desks = {code: book.open("desk:fx", "equity", code) for code in tills}
    for number in range(1, 6):
        assert book.post(
            (tills["JPY"], "CREDIT", 15_012 * number),
            (desks["JPY"], "DEBIT", 15_012 * number),
            (tills["USD"], "DEBIT", 9_999 * number),
            (desks["USD"], "CREDIT", 9_998 * number),
            (desks["USD"], "CREDIT", number),
            (tills["ETH"], "DEBIT", 10**18 * number + 1),
            (desks["ETH"], "CREDIT", 10**18 * number + 1),
            reason=f"sold ¥{15_012 * number}; @ 0.0066 = {number}",
        ).is_success


def reversals(book: Book) -> None:
    """A journal taken back, its reversal taken back, and one in which an account stands twice."""
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    first = book.post((cash, "DEBIT", 5_000), (fees, "CREDIT", 5_000)).json()["id"]
    second = book.send(f"/journals/{first}/reverse", {"reason": "a mistake"}).json()["id"]
    assert book.send(f"/journals/{second}/reverse", {"reason": "no, it was none"}).is_success
    assert book.post(
        (cash, "DEBIT", 3), (cash, "CREDIT", 3), (cash, "DEBIT", 1), (fees, "CREDIT", 1)
    ).is_success


def holds(book: Book) -> None:
    """Only what settled moved anything: a part of one, nothing of those that are open or were let go."""
    wallet, shop, cash = book.open("wallet", "liability"), book.open("shop", "liability"), book.open("cash")
    assert book.post((cash, "DEBIT", 1_000), (wallet, "CREDIT", 1_000)).is_success
    order = {"debit_account": wallet, "credit_account": shop, "reason": "x", "expires_in_seconds": 3600}
    ids = [book.send("/holds", {**order, "amount": str(amount)}).json()["id"] for amount in (101, 202, 303)]
    assert book.send(f"/holds/{ids[0]}/settle", {"reason": "a part", "amount": "77"}).is_success
    assert book.send(f"/holds/{ids[1]}/release", {"reason": "let go"}).is_success


def largest(book: Book) -> None:
    """Amounts of 78 digits and of one, with 0 decimals and with 18, and a balance of 78 digits below zero."""
    most = 10**78 - 1
    for code in ("JPY", "ETH", "ABCDEFGHIJKLMNOP"):
        cash, pot = book.open("cash", "asset", code), book.open("pot", "liability", code)
        assert book.post((cash, "CREDIT", most), (pot, "DEBIT", most)).is_success
        assert book.post((cash, "DEBIT", 1), (pot, "CREDIT", 1)).is_success
        half = most // 2
        assert book.post(
            (cash, "DEBIT", most), (pot, "CREDIT", half), (pot, "CREDIT", most - half)
        ).is_success
        assert book.post((cash, "CREDIT", 10**77), (pot, "DEBIT", 10**77)).is_success


def hundred_lines(book: Book) -> None:
    """The longest journal."""
    accounts = [book.open(f"part:{number}", "expense", "BHD") for number in range(99)]
    cash = book.open("cash", "asset", "BHD")
    amounts = [number * number + 1 for number in range(99)]
    parts = [(account, "DEBIT", amount) for account, amount in zip(accounts, amounts, strict=True)]
    assert book.post(*parts, (cash, "CREDIT", sum(amounts))).is_success


Fill = Callable[[Book], None]
IMPOSSIBLE: dict[Fill, str] = {
    largest: "beancount rounds numbers of more than 28 digits; use hledger",
    odd_word: f"{WORD} is no currency to beancount; use hledger",
}
BOOKS: tuple[Fill, ...] = (odd_names, odd_codes, odd_word, exchange, reversals, holds, largest, hundred_lines)
named = pytest.mark.parametrize("fill", BOOKS, ids=lambda fill: fill.__name__)


@pytest.fixture
def full(shop: Shop, fill: Fill) -> Iterator[Book]:
    with book_of(shop) as book:
        fill(book)
        yield book


@named
def test_csv_agrees(shop: Shop, full: Book, tmp_path: Path) -> None:
    export(shop, full, tmp_path / "book", "csv")
    assert csv_balances((tmp_path / "book").read_bytes().decode()) == balances(trial_balance(shop, full))


@needs_hledger
@named
def test_hledger_agrees(shop: Shop, full: Book, tmp_path: Path) -> None:
    export(shop, full, tmp_path / "book", "hledger")
    assert hledger_check(tmp_path / "book") == ""
    expected = balances(trial_balance(shop, full))
    assert expected
    assert hledger_balances(tmp_path / "book", EXPONENTS) == expected


@needs_beancount
@named
def test_beancount_agrees_or_is_told_why_not(shop: Shop, full: Book, fill: Fill, tmp_path: Path) -> None:
    if fill in IMPOSSIBLE:
        with pytest.raises(AssertionError, match=f"export_impossible: {IMPOSSIBLE[fill]}"):
            export(shop, full, tmp_path / "book", "beancount")
        assert list(tmp_path.iterdir()) == []
        return
    export(shop, full, tmp_path / "book", "beancount")
    assert bean_check(tmp_path / "book") == ""


@needs_hledger
@needs_beancount
@named
def test_a_period_in_which_nothing_happened_is_read(
    shop: Shop, full: Book, fill: Fill, tmp_path: Path
) -> None:
    """After the last journal: what was brought forward is what is asserted. Before the first: nothing."""
    now = datetime.now(UTC)
    after = ("--since", now.isoformat(), "--until", (now + timedelta(microseconds=1)).isoformat())
    assert export(shop, full, tmp_path / "after", "hledger", *after)["journals"] == 0
    assert hledger_check(tmp_path / "after") == ""
    assert hledger_balances(tmp_path / "after", EXPONENTS) == balances(trial_balance(shop, full))
    before = ("--since", "2020-01-01", "--until", "2020-02-01")
    assert export(shop, full, tmp_path / "before", "hledger", *before)["journals"] == 0
    assert hledger_check(tmp_path / "before") == ""
    assert hledger_balances(tmp_path / "before", EXPONENTS) == {}
    if fill not in IMPOSSIBLE:
        for period in (before, after):
            assert export(shop, full, tmp_path / "book", "beancount", *period)["journals"] == 0
            assert bean_check(tmp_path / "book") == ""


@needs_hledger
@pytest.mark.parametrize("fill", [reversals], ids=["reversals"])
def test_a_reversal_says_what_it_takes_back(shop: Shop, full: Book, tmp_path: Path) -> None:
    export(shop, full, tmp_path / "book", "hledger")
    understood = hledger_prints(tmp_path / "book")
    reversed_ids = [one["reverses"] for one in full.get("/journals")["journals"] if "reverses" in one]
    assert len(reversed_ids) == 2
    assert all(f"; reverses: {journal_id}" in understood for journal_id in reversed_ids)


@needs_hledger
@pytest.mark.parametrize("fill", [holds], ids=["holds"])
def test_of_holds_only_what_settled_is_exported(shop: Shop, full: Book, tmp_path: Path) -> None:
    assert export(shop, full, tmp_path / "book", "hledger")["journals"] == 2
    assert hledger_balances(tmp_path / "book", EXPONENTS) == {
        ("cash", "USD"): 1_000,
        ("wallet", "USD"): 77 - 1_000,
        ("shop", "USD"): -77,
    }
