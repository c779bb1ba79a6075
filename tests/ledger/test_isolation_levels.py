"""Whoever writes above READ COMMITTED and loses a race is told to call again, or answered rightly."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg import Connection, IsolationLevel

from tests.ledger.books import Book, assert_books_whole
from tests.support import Shop, rows

ABOVE = (IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE)


@dataclass
class Case:
    """A book with a hold and a journal; what is asked for twice, and what an answer in time would be."""

    function: str
    asked: Any
    first: str
    again: str


@pytest.fixture
def cases(book: Book) -> dict[str, Case]:
    """One call of each function that writes, made by two."""
    organization_id = rows(
        book.dsn, "SELECT id FROM identity.organizations WHERE public_id = %s", book.merchant.public_id
    )[0][0]
    cash, wallet = book.open("cash"), book.open("wallet", "liability", floor="0")
    first, _ = (
        book.post((cash, "DEBIT", amount), (wallet, "CREDIT", amount)).json()["id"] for amount in (5, 1_000)
    )
    order = {"debit_account": wallet, "credit_account": cash, "amount": "60", "reason": "x"}
    hold = book.send("/holds", {**order, "expires_in_seconds": 3600}).json()["id"]

    def item(**fields: Any) -> list[dict[str, Any]]:
        made = {"idempotency_key": "k", "request_hash": "ab" * 32, "reason": "a race", "actor": "tester"}
        return [{"organization_id": organization_id, **made, **fields}]

    lines = [
        {"account": account, "side": side, "amount": "1"}
        for account, side in ((cash, "DEBIT"), (wallet, "CREDIT"))
    ]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    account = {"organization_id": organization_id, "name": "new", "type": "asset", "currency": "USD"}
    return {
        "open": Case("open_accounts", [account], "opened", "replayed"),
        "post": Case("post_journals", item(lines=lines), "posted", "replayed"),
        "reverse": Case("reverse_journals", item(journal_id=first), "posted", "replayed"),
        "hold": Case("post_holds", item(**order, expires_at=tomorrow), "held", "replayed"),
        "settle": Case("resolve_holds", item(hold_id=hold, action="settle"), "settled", "replayed"),
        "release": Case("resolve_holds", item(hold_id=hold, action="release"), "released", "replayed"),
    }


@contextmanager
def session(dsn: str, level: IsolationLevel) -> Iterator[Connection[Any]]:
    """A connection of the service's role whose transactions are of this level."""
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("SET ROLE pgtill_service")
        conn.autocommit = False
        conn.isolation_level = level
        yield conn


def call(conn: Connection[Any], case: Case) -> str:
    """The outcome."""
    found = conn.execute(
        f"SELECT outcome FROM ledger.{case.function}(%s)",
        (json.dumps(case.asked),),
    ).fetchone()
    assert found is not None
    return str(found[0])


def look(conn: Connection[Any]) -> None:
    """From here on the transaction sees nothing that others commit."""
    conn.execute("SELECT count(*) FROM ledger.list_currencies()")


@pytest.mark.parametrize("level", ABOVE, ids=lambda level: level.name.lower())
@pytest.mark.parametrize("name", ["open", "post", "reverse", "hold", "settle", "release"])
def test_who_cannot_see_the_first_is_told_to_call_again(
    shop: Shop, cases: dict[str, Case], name: str, level: IsolationLevel
) -> None:
    case = cases[name]
    with session(shop.dsn, level) as early, session(shop.dsn, level) as late:
        look(late)
        assert call(early, case) == case.first
        early.commit()
        with pytest.raises(psycopg.errors.SerializationFailure):
            call(late, case)
        late.rollback()
        # As it is told to.
        assert call(late, case) == case.again
        late.commit()
    assert_books_whole(shop.dsn)


@pytest.mark.parametrize("level", ABOVE, ids=lambda level: level.name.lower())
@pytest.mark.parametrize("name", ["open", "post", "reverse", "hold", "settle", "release"])
def test_who_sees_the_first_answers_as_ever(
    shop: Shop, cases: dict[str, Case], name: str, level: IsolationLevel
) -> None:
    case = cases[name]
    with session(shop.dsn, level) as early, session(shop.dsn, level) as late:
        assert call(early, case) == case.first
        assert call(early, case) == case.again
        early.rollback()
        # Nothing is left of what was taken back.
        assert call(late, case) == case.first
        late.commit()
        assert call(early, case) == case.again
        early.commit()
    assert_books_whole(shop.dsn)


@pytest.mark.parametrize("level", ABOVE, ids=lambda level: level.name.lower())
def test_an_account_is_never_opened_twice(
    shop: Shop, book: Book, cases: dict[str, Case], level: IsolationLevel
) -> None:
    case = cases["open"]
    with session(shop.dsn, level) as early, session(shop.dsn, level) as late:
        look(late)
        assert call(early, case) == "opened"
        early.commit()
        with pytest.raises(psycopg.errors.SerializationFailure):
            call(late, Case("open_accounts", [{**case.asked[0], "type": "equity"}], "", ""))
        late.rollback()
    assert [account["name"] for account in book.get("/accounts")["accounts"]] == ["cash", "new", "wallet"]


@pytest.mark.parametrize("level", ABOVE, ids=lambda level: level.name.lower())
def test_one_key_in_other_accounts_is_told_to_call_again(
    shop: Shop, book: Book, cases: dict[str, Case], level: IsolationLevel
) -> None:
    """No row is locked by both: it is the key alone that they meet at."""
    cash, pot = book.open("cash", currency="EUR"), book.open("pot", "equity", "EUR")
    lines = [
        {"account": account, "side": side, "amount": "1"}
        for account, side in ((cash, "DEBIT"), (pot, "CREDIT"))
    ]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    others: dict[str, dict[str, Any]] = {
        "post": {"lines": lines},
        "hold": {"debit_account": cash, "credit_account": pot, "expires_at": tomorrow},
    }
    for name, fields in others.items():
        case = cases[name]
        other = Case(case.function, [{**case.asked[0], **fields, "request_hash": "cd" * 32}], "", "")
        with session(shop.dsn, level) as early, session(shop.dsn, level) as late:
            look(late)
            assert call(early, case) == case.first
            early.commit()
            with pytest.raises(psycopg.errors.SerializationFailure):
                call(late, other)
            late.rollback()
            assert call(late, other) == "idempotency_key_conflict"
            late.commit()


@pytest.mark.parametrize("level", ABOVE, ids=lambda level: level.name.lower())
def test_holds_expire_once(shop: Shop, book: Book, cases: dict[str, Case], level: IsolationLevel) -> None:
    over = datetime.now(UTC) + timedelta(milliseconds=300)
    asked = [{**cases["hold"].asked[0], "expires_at": over.isoformat()}]
    with session(shop.dsn, level) as late:
        assert call(late, Case("post_holds", asked, "held", "")) == "held"
        late.commit()
        look(late)
        time.sleep(0.4)
        # The server may have been first: to `late` it is the same.
        rows(shop.dsn, "SELECT ledger.expire_holds(10)")
        with pytest.raises(psycopg.errors.SerializationFailure):
            late.execute("SELECT ledger.expire_holds(10)")
        late.rollback()
        assert late.execute("SELECT ledger.expire_holds(10)").fetchone() == (0,)


# The events of a payment: 50.00 is there, and two ask for more than half of it


@dataclass
class Payment:
    """One payment of a book, in SQL."""

    organization_id: int

    def book(self, conn: Connection[Any], event: str, key: str, amount: int) -> str:
        """The outcome of an event, asked for with its own key."""
        given: list[Any] = [self.organization_id, key, "ab" * 32, "tester", "pay_1", "m_1"]
        given += ["adyen"] if event in ("capture", "refund", "dispute_lost") else []
        given += ["USD", amount]
        if event in FEES:
            given.append(FEES[event])
        found = conn.execute(
            f"SELECT outcome FROM ledger.book_{event}({', '.join(['%s'] * len(given))})", given
        ).fetchone()
        assert found is not None
        return str(found[0])


FEES = {"capture": Decimal("0.029"), "dispute_lost": Decimal(1500)}
BEFORE: dict[str, tuple[str, ...]] = {
    "authorization": (),
    "capture": ("authorization",),
    "void": ("authorization",),
    "refund": ("authorization", "capture"),
    "dispute_opened": ("authorization", "capture"),
    "dispute_won": ("authorization", "capture", "dispute_opened"),
    "dispute_lost": ("authorization", "capture", "dispute_opened"),
}


@pytest.mark.parametrize("level", ABOVE, ids=lambda level: level.name.lower())
@pytest.mark.parametrize("event", BEFORE)
def test_of_a_payment_no_more_is_booked_than_came_in(
    shop: Shop, book: Book, event: str, level: IsolationLevel
) -> None:
    payment = Payment(book.merchant.organization_id)
    with session(shop.dsn, level) as early, session(shop.dsn, level) as late:
        for earlier in BEFORE[event]:
            assert payment.book(early, earlier, earlier, 5000) == "posted"
        early.commit()
        look(late)
        assert payment.book(early, event, "early", 3000) == "posted"
        early.commit()
        with pytest.raises(psycopg.errors.SerializationFailure):
            payment.book(late, event, "late", 3000)
        late.rollback()
        # As it is told to.
        is_covered = event not in ("authorization", "dispute_opened")
        assert payment.book(late, event, "late", 3000) == ("amount_exceeded" if is_covered else "posted")
        assert payment.book(late, event, "rest", 2000) == "posted"
        late.commit()
    assert_books_whole(shop.dsn)


# The end of a day


@pytest.mark.parametrize("level", ABOVE, ids=lambda level: level.name.lower())
def test_a_day_is_kept_as_it_was_or_not_at_all(
    shop: Shop, book: Book, cases: dict[str, Case], level: IsolationLevel
) -> None:
    """Whose snapshot is older than a posting cannot know whether that was of the day."""
    day = "(now() AT TIME ZONE 'UTC')::date - 1"
    with session(shop.dsn, level) as early, session(shop.dsn, level) as late:
        late.execute("SET ROLE pgtill_operator")
        late.commit()
        look(late)
        assert call(early, cases["post"]) == "posted"
        early.commit()
        with pytest.raises(psycopg.errors.SerializationFailure):
            late.execute(f"SELECT ledger.record_daily_balances({day})")
        late.rollback()
        # Nothing was posted before today.
        assert late.execute(f"SELECT ledger.record_daily_balances({day})").fetchone() == (0,)
        late.commit()
    assert_books_whole(shop.dsn)
