"""Amounts from end to end: what goes in comes back on every way out, digit by digit, or is refused."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.books import Book, book_of, journal
from tests.ledger.test_http import code, details
from tests.support import Done, Shop, command_here, environment, rows

EXPONENTS = {"JPY": 0, "USD": 2, "BHD": 3, "USDT": 6, "BTC": 8, "ETH": 18}
"""A currency of each exponent that merchants of ours have."""

EXACT = Context(prec=200, rounding=ROUND_HALF_EVEN)
"""More digits than anything here has: nothing is rounded by the test."""

POSTING = re.compile(r" {2,4}(?P<account>\S+)  (?P<amount>-?[\d.]+) (?P<currency>[A-Z]+)")

_NUMBERS = itertools.count(1)

Move = tuple[str, Decimal]
"""A currency, and an amount of it in whole units."""


@dataclass
class Purse:
    """A book with two accounts in each currency, and the time of the last journal."""

    book: Book
    cash: dict[str, str]
    pot: dict[str, str]


@pytest.fixture(scope="module")
def purse(shop: Shop) -> Iterator[Purse]:
    with book_of(shop, "purse") as book:
        yield Purse(
            book,
            {currency: book.open("cash", "asset", currency) for currency in EXPONENTS},
            {currency: book.open("pot", "equity", currency) for currency in EXPONENTS},
        )


@st.composite
def moves(draw: st.DrawFn, digits: int) -> Move:
    """Any amount of so many digits, as it is spoken of: 12.5 USD, 0.000000000000000001 ETH."""
    currency = draw(st.sampled_from(sorted(EXPONENTS)))
    unit = 10 ** EXPONENTS[currency]
    edges = [1, unit, max(unit - 1, 1), unit + 1, 10**digits - 1, 10 ** (digits - 1)]
    length = draw(st.integers(1, digits))
    amount = draw(st.sampled_from(edges) | st.integers(10 ** (length - 1), 10**length - 1))
    return currency, EXACT.scaleb(Decimal(amount), -EXPONENTS[currency])


def minor(currency: str, amount: Decimal) -> int:
    """In the smallest unit, without rounding."""
    found = EXACT.scaleb(amount, EXPONENTS[currency])
    assert found == EXACT.to_integral_value(found)
    return int(found)


def has_all_decimals(currency: str, text: str) -> bool:
    return len(text.partition(".")[2]) == EXPONENTS[currency]


def post(purse: Purse, wanted: list[Move]) -> list[dict[str, Any]]:
    """Each amount into cash and out again, so that no balance ever grows; the receipts."""
    journals = []
    for currency, amount in wanted:
        cash, pot, units = purse.cash[currency], purse.pot[currency], minor(currency, amount)
        for debit, credit in ((cash, pot), (pot, cash)):
            journals.append(journal((debit, "DEBIT", units), (credit, "CREDIT", units)))
    answer = purse.book.post_many([{**one, "idempotency_key": f"k{next(_NUMBERS)}"} for one in journals])
    results: list[dict[str, Any]] = answer.json()["results"]
    assert [result["outcome"] for result in results] == ["posted"] * len(journals)
    return results


def export(shop: Shop, purse: Purse, path: Path, form: str, receipts: list[dict[str, Any]]) -> Done:
    """Of these journals alone."""
    until = datetime.fromisoformat(receipts[-1]["recorded_at"]) + timedelta(microseconds=1)
    period = ("--since", receipts[0]["recorded_at"], "--until", until.isoformat())
    words = ("ledger", "export", purse.book.merchant.public_id, "--format", form, "--output", str(path))
    return command_here(*words, *period, env=environment(shop.database.dsn("pgtill_operator")))


def postings(text: str) -> list[tuple[str, Decimal]]:
    """Currencies and amounts of the journals of a file for hledger or beancount, in its order."""
    found = [match for line in text.splitlines() if (match := POSTING.fullmatch(line))]
    assert all(has_all_decimals(match["currency"], match["amount"]) for match in found)
    return [(match["currency"], Decimal(match["amount"])) for match in found]


def expected(wanted: list[Move]) -> list[tuple[str, Decimal]]:
    """In, then out; debits positive."""
    return [
        (currency, signed(amount, side)) for currency, amount in wanted for side in ("DEBIT", "CREDIT") * 2
    ]


def signed(amount: Decimal, side: str) -> Decimal:
    """As hledger and beancount have it; minus by itself would round to 28 digits."""
    return amount if side == "DEBIT" else amount.copy_negate()


@settings(max_examples=15, deadline=None)
@given(
    wanted=st.sampled_from((26, 78)).flatmap(lambda digits: st.lists(moves(digits), min_size=1, max_size=6))
)
def test_an_amount_comes_back_on_every_way_out(
    shop: Shop, purse: Purse, tmp_path_factory: pytest.TempPathFactory, wanted: list[Move]
) -> None:
    receipts = post(purse, wanted)

    # As a journal, and in the statements of its accounts
    for place, (currency, amount) in enumerate(wanted):
        units = str(minor(currency, amount))
        lines = purse.book.get(f"/journals/{receipts[2 * place]['id']}")["lines"]
        assert [(line["amount"], line["balance_after"]) for line in lines] == [(units, units)] * 2
    since = receipts[0]["recorded_at"]
    for currency in {currency for currency, _ in wanted}:
        sent = [str(minor(*move)) for move in wanted if move[0] == currency]
        entries = list(
            purse.book.pages(f"/accounts/{purse.cash[currency]}/statement", "entries", since=since)
        )
        assert [(entry["side"], entry["amount"], entry["balance_after"]) for entry in entries] == [
            line for units in sent for line in (("DEBIT", units, units), ("CREDIT", units, "0"))
        ]

    # As text that other programs read
    folder = tmp_path_factory.mktemp("export")
    assert export(shop, purse, folder / "csv", "csv", receipts).status == 0
    with (folder / "csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert all(has_all_decimals(row["currency"], row["amount"]) for row in table)
    assert [(row["currency"], signed(Decimal(row["amount"]), row["side"])) for row in table] == expected(
        wanted
    )
    assert [int(row["amount_minor"]) for row in table] == [
        minor(row["currency"], Decimal(row["amount"])) for row in table
    ]
    assert export(shop, purse, folder / "hledger", "hledger", receipts).status == 0
    assert postings((folder / "hledger").read_text()) == expected(wanted)
    done = export(shop, purse, folder / "beancount", "beancount", receipts)
    longest = max(len(str(minor(*move))) for move in wanted)
    if longest < 28:
        assert done.status == 0
        assert postings((folder / "beancount").read_text()) == expected(wanted)
    elif done.status or longest > 28:
        # It would round: then there is no file.
        assert done.err.startswith("pgtill: export_impossible: ")
        assert not (folder / "beancount").exists()


# What is no whole number of the smallest unit

_UNITS = re.compile(r"[1-9][0-9]{0,77}", re.ASCII)
_LIMIT = re.compile(r"0|-[1-9][0-9]{0,77}", re.ASCII)

too_precise = st.from_regex(r"\A[0-9]{1,20}[.,][0-9]{1,20}\Z")
garbled = st.text("0123456789.,eE+-_ '\n\u0663\uff11\u00bdxINFanity", max_size=90)
not_text = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.none()


@settings(max_examples=60, deadline=None)
@given(
    amount=(too_precise | garbled | not_text).filter(
        lambda amount: not (isinstance(amount, str) and _UNITS.fullmatch(amount))
    ),
    currency=st.sampled_from(sorted(EXPONENTS)),
)
def test_what_is_no_whole_number_of_units_is_refused(purse: Purse, amount: object, currency: str) -> None:
    book, cash, pot = purse.book, purse.cash[currency], purse.pot[currency]
    before = book.get(f"/accounts/{cash}")
    body = journal((cash, "DEBIT", 1), (pot, "CREDIT", 1))
    body["lines"][1]["amount"] = amount
    hold = {"debit_account": cash, "credit_account": pot, "reason": "x", "expires_in_seconds": 60}
    asked = {"lines": ("/journals", body), "amount": ("/holds", {**hold, "amount": amount})}
    for field, (path, order) in asked.items():
        answer = book.send(path, order)
        assert code(answer) == (400, "invalid_request")
        assert details(answer) == {"field": field}
    # A limit may be zero, and a floor below it.
    account = {"name": "limited", "type": "liability", "currency": currency}
    for limit in ("floor", "ceiling"):
        if isinstance(amount, str) and _LIMIT.fullmatch(amount):
            continue
        answer = book.send("/accounts", {**account, limit: amount})
        assert code(answer) == (400, "invalid_request")
        assert details(answer) == {"field": limit}
    assert book.get(f"/accounts/{cash}") == before


@pytest.mark.parametrize("currency", EXPONENTS)
def test_decimals_are_refused_however_many_a_currency_has(purse: Purse, currency: str) -> None:
    """An amount is a number of units: that 1.00 might mean one or a hundred of them is nobody's guess."""
    book, cash, pot = purse.book, purse.cash[currency], purse.pot[currency]
    exponent = EXPONENTS[currency]
    for decimals in {1, exponent, exponent + 1} - {0}:
        for digits in ("0" * decimals, "5" * decimals):
            body = journal((cash, "DEBIT", 1), (pot, "CREDIT", 1))
            for line in body["lines"]:
                line["amount"] = f"1.{digits}"
            answer = book.send("/journals", body)
            assert code(answer) == (400, "invalid_request")
            assert details(answer) == {"field": "lines"}


# Fees


rates = st.decimals(0, 1, places=4) | st.sampled_from(
    [Decimal(text) for text in ("0.5", "0.25", "0.029", "0.1")]
)


@settings(max_examples=25, deadline=None)
@given(
    asked=st.lists(
        st.tuples(st.integers(1, 78).flatmap(lambda n: st.integers(1, 10**n - 1)), rates),
        min_size=1,
        max_size=40,
    )
)
def test_a_fee_is_rounded_half_even_in_the_smallest_unit(
    shop: Shop, asked: list[tuple[int, Decimal]]
) -> None:
    found = rows(
        shop.dsn,
        """
        SELECT ledger.fee_of(asked.amount, asked.rate)
          FROM unnest(%s::numeric[], %s::numeric[]) WITH ORDINALITY AS asked (amount, rate, nth)
         ORDER BY asked.nth
        """,
        [amount for amount, _ in asked],
        [rate for _, rate in asked],
    )
    assert [fee for (fee,) in found] == [
        EXACT.to_integral_value(EXACT.multiply(Decimal(amount), rate)) for amount, rate in asked
    ]


@settings(max_examples=10, deadline=None)
@given(currency=st.sampled_from(sorted(EXPONENTS)), amount=st.integers(1, 10**30), rate=rates)
def test_of_a_captured_amount_nothing_is_lost(
    shop: Shop, purse: Purse, currency: str, amount: int, rate: Decimal
) -> None:
    merchant = f"m_{next(_NUMBERS)}"
    journal_id = rows(
        shop.dsn,
        """
        SELECT booked.journal_id
          FROM identity.organizations AS tenant
         CROSS JOIN (VALUES (%s::text, %s::text, %s::numeric, %s::numeric)) AS asked (name, currency, amount, rate)
         CROSS JOIN LATERAL ledger.book_authorization(
                   tenant.id, asked.name || '-authorization', repeat('0', 64), 'tester', asked.name, asked.name,
                   asked.currency, asked.amount
               ) AS authorized
         CROSS JOIN LATERAL ledger.book_capture(
                   tenant.id, asked.name, repeat('0', 64), 'tester', asked.name, asked.name, 'adyen',
                   asked.currency, asked.amount, asked.rate
               ) AS booked
         WHERE tenant.public_id = %s
        """,
        merchant,
        currency,
        amount,
        rate,
        purse.book.merchant.public_id,
    )[0][0]
    lines = purse.book.get(f"/journals/{journal_id}")["lines"]
    credited = {
        line["name"].partition(":")[0]: int(line["amount"]) for line in lines if line["side"] == "CREDIT"
    }
    fee = credited.get("catena_fee_revenue", 0)
    assert fee == EXACT.to_integral_value(EXACT.multiply(Decimal(amount), rate))
    assert credited.get("merchant_balance", 0) + fee == amount
