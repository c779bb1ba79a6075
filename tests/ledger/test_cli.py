"""`pgtill ledger` for people and programs, and that other programs agree with what it exports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.ledger.books import Book, book_of
from tests.ledger.readers import (
    Balances,
    bean_check,
    csv_balances,
    hledger_balances,
    hledger_check,
    needs_beancount,
    needs_hledger,
)
from tests.support import Done, Shop, command, command_here, environment

EXPONENTS = {"USD": 2, "JPY": 0, "ETH": 18}


@pytest.fixture(scope="module")
def book(shop: Shop) -> Iterator[Book]:
    """A book in three currencies."""
    with book_of(shop, "Café Zwölf") as book:
        accounts = {
            (name, currency): book.open(name, kind, currency)
            for name, kind in (
                ("psp_settlement:adyen", "asset"),
                ("merchant_balance:M-1", "liability"),
                ("merchant_balance", "liability"),
                ("catena_fee_revenue", "revenue"),
            )
            for currency in EXPONENTS
        }
        for number in range(1, 31):
            amount, fee = number * 10**16 + number, number
            for currency in EXPONENTS:
                moves = [
                    (accounts["psp_settlement:adyen", currency], "DEBIT", amount + fee),
                    (accounts["merchant_balance:M-1", currency], "CREDIT", amount),
                    (accounts["catena_fee_revenue", currency], "CREDIT", fee),
                ]
                assert book.post(*moves, reason=f'capture {number}; "é"').status_code == 201
        yield book


def ledger(shop: Shop, *words: str) -> Done:
    return command_here("ledger", *words, env=environment(shop.database.dsn("pgtill_operator")))


def trial_balance(shop: Shop, book: Book, *words: str) -> Any:
    done = ledger(shop, "trial-balance", book.merchant.public_id, "--json", *words)
    assert done.status == 0, done.err
    return done.json()


def balances(answer: Any) -> Balances:
    """Of a trial balance, what is not zero."""
    return {
        (row["name"], row["currency"]): int(row["debit"]) - int(row["credit"])
        for row in answer["accounts"]
        if row["debit"] != row["credit"]
    }


# Trial balance


def test_the_trial_balance_has_every_account_and_equal_sums(shop: Shop, book: Book) -> None:
    answer = trial_balance(shop, book)
    amount, fee = sum(number * 10**16 + number for number in range(1, 31)), sum(range(1, 31))
    for currency in EXPONENTS:
        assert balances(answer)["psp_settlement:adyen", currency] == amount + fee
        assert balances(answer)["merchant_balance:M-1", currency] == -amount
        assert balances(answer)["catena_fee_revenue", currency] == -fee
    assert len(answer["accounts"]) == 12
    assert [total["currency"] for total in answer["totals"]] == sorted(EXPONENTS)
    assert {total["debit"] for total in answer["totals"]} == {str(amount + fee)}
    assert all(total["debit"] == total["credit"] for total in answer["totals"])


def test_the_trial_balance_for_people_is_in_whole_units(shop: Shop, book: Book) -> None:
    out = ledger(shop, "trial-balance", "Café Zwölf").out
    assert "psp_settlement:adyen" in out
    assert "0.000000000000000465" in out  # the fees in ETH
    assert "4.65" in out
    assert out.count("TOTAL") == 3


def test_a_trial_balance_that_does_not_balance_is_status_1(shop: Shop) -> None:
    """Somebody with a superuser's rights gives an account more than was posted to it."""
    with book_of(shop, "unbalanced") as unbalanced:
        cash, fees = unbalanced.open("cash"), unbalanced.open("fees", "revenue")
        unbalanced.post((cash, "DEBIT", 5), (fees, "CREDIT", 5))
    change = "UPDATE ledger.accounts SET balance = balance {} WHERE public_id = %s"
    with psycopg.connect(shop.dsn, autocommit=True) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("ALTER TABLE ledger.accounts DISABLE TRIGGER ALL")
        try:
            conn.execute(change.format("+ 1").encode(), [cash])
            done = ledger(shop, "trial-balance", "unbalanced", "--json")
            conn.execute(change.format("- 1").encode(), [cash])
        finally:
            conn.execute("ALTER TABLE ledger.accounts ENABLE TRIGGER ALL")
    assert done.status == 1
    assert [(total["debit"], total["credit"]) for total in done.json()["totals"]] == [("6", "5")]
    assert ledger(shop, "trial-balance", "unbalanced").status == 0


def test_accounts_and_entries_are_found_on_any_page(
    shop: Shop, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("statement", "Café Zwölf", "merchant_balance:M-1", "--currency", "USD", "--json")
    whole = ledger(shop, *words).json()
    assert len(whole["entries"]) == 30
    monkeypatch.setattr("service.cli.ledger.PAGE_SIZE", 1)
    assert ledger(shop, *words).json() == whole


def test_the_trial_balance_of_the_past(shop: Shop, book: Book) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    assert balances(trial_balance(shop, book, "--as-of", yesterday)) == {}
    today = datetime.now(UTC).date().isoformat()
    assert balances(trial_balance(shop, book, "--as-of", today)) == balances(trial_balance(shop, book))


# Statement


def test_a_statement_shows_the_last_entries(shop: Shop, book: Book) -> None:
    words = ("statement", "Café Zwölf", "catena_fee_revenue", "--currency", "USD", "--json")
    answer = ledger(shop, *words, "--last", "3").json()
    assert answer["account"]["name"] == "catena_fee_revenue"
    assert [entry["amount"] for entry in answer["entries"]] == ["28", "29", "30"]
    assert [entry["balance_after"] for entry in answer["entries"]] == ["406", "435", "465"]
    whole = ledger(shop, *words).json()["entries"]
    assert [entry["version"] for entry in whole] == list(range(1, 31))
    moment = whole[10]["recorded_at"]
    before = ledger(shop, *words, "--until", moment, "--last", "4").json()["entries"]
    assert [entry["version"] for entry in before] == [7, 8, 9, 10]
    after = ledger(shop, *words, "--since", moment).json()["entries"]
    assert [entry["version"] for entry in after] == list(range(11, 31))
    by_id = ledger(shop, "statement", "Café Zwölf", answer["account"]["account_id"], "--json").json()
    assert by_id["entries"] == whole


def test_a_statement_for_people(shop: Shop, book: Book) -> None:
    done = ledger(shop, "statement", "Café Zwölf", "merchant_balance:M-1", "--currency", "JPY", "--last", "1")
    assert "merchant_balance:M-1, liability, JPY" in done.out
    assert "300000000000000030" in done.out
    assert 'capture 30; "é"' in done.out


def test_a_statement_of_nothing_is_empty(shop: Shop, book: Book) -> None:
    answer = ledger(shop, "statement", "Café Zwölf", "merchant_balance", "--currency", "USD", "--json").json()
    assert answer["entries"] == []


# Export


def export(shop: Shop, book: Book, path: Path, form: str, *words: str) -> Any:
    done = ledger(
        shop, "export", book.merchant.public_id, "--format", form, "--output", str(path), "--json", *words
    )
    assert done.status == 0, done.err
    return done.json()


def test_an_export_is_whole_and_exact(shop: Shop, book: Book, tmp_path: Path) -> None:
    path = tmp_path / "book.csv"
    assert export(shop, book, path, "csv") == {"format": "csv", "path": str(path), "journals": 90}
    assert csv_balances(path.read_bytes().decode()) == balances(trial_balance(shop, book))
    assert list(tmp_path.iterdir()) == [path]
    printed = command(
        *("ledger", "export", "Café Zwölf"), env=environment(shop.database.dsn("pgtill_operator"))
    )
    assert printed.stdout.splitlines() == path.read_text().splitlines()


@needs_hledger
def test_hledger_agrees_with_the_trial_balance(shop: Shop, book: Book, tmp_path: Path) -> None:
    path = tmp_path / "book.journal"
    export(shop, book, path, "hledger")
    assert hledger_check(path) == ""
    found = hledger_balances(path, EXPONENTS)
    assert len(found) == 9
    assert found == balances(trial_balance(shop, book))


@needs_hledger
def test_hledger_agrees_on_a_part_of_the_time(shop: Shop, book: Book, tmp_path: Path) -> None:
    entries = ledger(
        shop, "statement", "Café Zwölf", "catena_fee_revenue", "--currency", "USD", "--json"
    ).json()["entries"]
    since, until = entries[9]["recorded_at"], entries[19]["recorded_at"]
    path = tmp_path / "book.journal"
    assert export(shop, book, path, "hledger", "--since", since, "--until", until)["journals"] == 30
    assert hledger_check(path) == ""
    just_before = datetime.fromisoformat(until) - timedelta(microseconds=1)
    expected = balances(trial_balance(shop, book, "--as-of", just_before.isoformat()))
    assert hledger_balances(path, EXPONENTS) == expected


@needs_beancount
def test_beancount_agrees(shop: Shop, book: Book, tmp_path: Path) -> None:
    path = tmp_path / "book.beancount"
    export(shop, book, path, "beancount")
    assert bean_check(path) == ""


def test_an_export_that_fails_leaves_no_file(shop: Shop, tmp_path: Path) -> None:
    with book_of(shop, "too large") as large:
        cash, pot = large.open("cash", "asset", "ETH"), large.open("pot", "equity", "ETH")
        assert large.post((cash, "DEBIT", 10**28), (pot, "CREDIT", 10**28)).status_code == 201
        path = tmp_path / "book.beancount"
        done = ledger(shop, "export", "too large", "--format", "beancount", "--output", str(path))
    assert done.status == 1
    assert done.err.startswith("pgtill: export_impossible: beancount rounds numbers of more than 28 digits")
    assert list(tmp_path.iterdir()) == []


# Proof


def test_the_chain_is_whole(shop: Shop, book: Book) -> None:
    done = ledger(shop, "verify", "Café Zwölf")
    assert (done.status, done.out) == (0, "every entry continues the chain of its account\n")
    assert ledger(shop, "verify", "--json").json() == {"good": True, "broken": None}


def test_a_changed_entry_is_named(shop: Shop, tmp_path: Path) -> None:
    """Somebody with a superuser's rights moves a debit's reason from one journal to another."""
    with book_of(shop, "cheated") as cheated:
        cash, fees = cheated.open("cash"), cheated.open("fees", "revenue")
        for amount in (5, 6, 7):
            assert cheated.post((cash, "DEBIT", amount), (fees, "CREDIT", amount)).status_code == 201
    with psycopg.connect(shop.dsn, autocommit=True) as conn, conn.transaction(force_rollback=False):
        conn.execute("SET LOCAL session_replication_role = replica")
        conn.execute("ALTER TABLE ledger.entries DISABLE TRIGGER ALL")
        conn.execute(
            """
            UPDATE ledger.entries AS entry SET amount = 60
              FROM ledger.accounts AS account
             WHERE account.id = entry.account_id AND account.public_id = ANY (%s) AND entry.version = 2
            """,
            ([cash],),
        )
        conn.execute("ALTER TABLE ledger.entries ENABLE TRIGGER ALL")
    done = ledger(shop, "verify", "cheated", "--json")
    assert done.status == 1
    broken = done.json()["broken"]
    assert (broken["account_id"], broken["version"]) == (cash, 2)
    assert ledger(shop, "verify", "cheated").out.startswith(f"BROKEN {cash}, version 2: ")
    assert ledger(shop, "verify", "Café Zwölf").status == 0


def test_a_journal_without_entries_is_named(shop: Shop) -> None:
    """It is in no account: nothing to say but which."""
    with book_of(shop, "hollow") as hollow, psycopg.connect(shop.dsn) as conn:
        conn.execute("ALTER TABLE ledger.journals DISABLE TRIGGER journals_balance")
        conn.execute(
            """
            INSERT INTO ledger.journals (
                public_id, organization_id, idempotency_key, request_hash, reason, actor, event_at, recorded_at,
                line_count
            )
            VALUES ('jrn_' || repeat('0', 24), %s, 'taken', sha256(''), 'none', 'nobody', now(), now(), 2)
            """,
            (hollow.merchant.organization_id,),
        )
        conn.execute("ALTER TABLE ledger.journals ENABLE ALWAYS TRIGGER journals_balance")
    problem = f"journal jrn_{'0' * 24} has no line"
    done = ledger(shop, "verify", "hollow", "--json")
    assert done.status == 1
    assert done.json()["broken"] == {"account_id": None, "version": None, "problem": problem}
    assert ledger(shop, "verify", "hollow").out == f"BROKEN {problem}\n"


# Days


def test_a_day_that_is_over_is_recorded_once(shop: Shop, book: Book) -> None:
    first = ledger(shop, "record-day", "--json")
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    assert first.json() == {"day": yesterday, "recorded": first.json()["recorded"]}
    assert ledger(shop, "record-day", yesterday).out == f"0 balances recorded for {yesterday}\n"
    today = datetime.now(UTC).date().isoformat()
    done = ledger(shop, "record-day", today)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("pgtill: ")


# What is wrong is one line


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("trial-balance", "nobody"), "organization_not_found: organization does not exist"),
        (("statement", "Café Zwölf", "cash:none"), "account_not_found: account does not exist"),
        (("statement", "Café Zwölf", "acc_0"), "account_not_found: account does not exist"),
        (
            ("statement", "Café Zwölf", "merchant_balance"),
            "invalid_request: say --currency: ETH, JPY, USD",
        ),
        (("record-day", "someday"), "invalid_request: not a day: someday"),
        (
            ("trial-balance", "Café Zwölf", "--as-of", "noon"),
            "invalid_request: --as-of is not a date or a time: noon",
        ),
        (
            ("export", "Café Zwölf", "--until", "2026-01-01T00:00:00"),
            "invalid_request: --until needs an offset, such as 2026-01-01T00:00:00Z",
        ),
        (
            ("export", "Café Zwölf", "--since", "2026-01-02", "--until", "2026-01-02"),
            "invalid_request: --since must be before --until",
        ),
        (
            ("export", "Café Zwölf", "--format", "xml"),
            "invalid_request: --format must be one of csv, hledger, beancount",
        ),
        (
            ("export", "Café Zwölf", "--json"),
            "invalid_request: --json needs --output: both would go to standard output",
        ),
    ],
)
def test_what_is_wrong_is_one_line(shop: Shop, book: Book, words: tuple[str, ...], line: str) -> None:
    done = ledger(shop, *words)
    assert (done.status, done.out, done.err) == (1, "", f"pgtill: {line}\n")
