"""Holds from outside: settled, released, expired, and what they keep others from."""

from __future__ import annotations

import time
from typing import Any

import httpx2
import pytest

from tests.ledger.books import LEDGER, Book, book_of
from tests.ledger.test_http import NOBODY, code, details, move
from tests.support import Shop, add_key, wait_until


def hold(book: Book, debit: str, credit: str, amount: int, **more: Any) -> httpx2.Response:
    body = {
        "debit_account": debit,
        "credit_account": credit,
        "amount": str(amount),
        "reason": "authorisation",
    }
    key = more.pop("key", None)
    return book.send("/holds", {**body, "expires_in_seconds": 3600, **more}, key=key)


def test_a_hold_is_settled_in_part_and_the_rest_released(book: Book) -> None:
    wallet, shop = book.open("wallet", "liability", floor="0"), book.open("shop", "liability")
    cash = book.open("cash")
    move(book, cash, wallet, 100)
    first = hold(book, wallet, shop, 60, key="h", actor="till 3", payment_reference="pay_9")
    assert first.status_code == 201
    hold_id = first.json()["id"]
    assert first.headers["location"] == f"{LEDGER}/holds/{hold_id}"
    again = hold(book, wallet, shop, 60, key="h", actor="till 3", payment_reference="pay_9")
    assert (again.status_code, again.content) == (200, first.content)
    assert book.balances(wallet) == {
        "posted": "100",
        "pending_out": "60",
        "pending_in": "0",
        "available": "40",
    }
    assert book.balances(shop)["pending_in"] == "60"
    # What is held cannot be spent, nor held again.
    assert code(move(book, wallet, shop, 41)) == (409, "limit_exceeded")
    refused = hold(book, wallet, shop, 41)
    assert code(refused) == (409, "limit_exceeded")
    assert details(refused) == {"account": wallet}
    found = book.get(f"/holds/{hold_id}")
    assert found["status"] == "held"
    assert (found["amount"], found["currency"], found["payment_reference"]) == ("60", "USD", "pay_9")
    answer = book.send(f"/holds/{hold_id}/settle", {"reason": "capture", "amount": "61"}, key="s0")
    assert code(answer) == (422, "amount_exceeded")
    settled = book.send(f"/holds/{hold_id}/settle", {"reason": "capture", "amount": "25"}, key="s")
    assert settled.status_code == 200
    assert settled.json()["status"] == "settled"
    assert settled.json()["settled_amount"] == "25"
    again = book.send(f"/holds/{hold_id}/settle", {"reason": "capture", "amount": "25"}, key="s")
    assert (again.status_code, again.content) == (200, settled.content)
    assert again.headers["x-idempotency-replayed"] == "true"
    assert "x-idempotency-replayed" not in settled.headers
    lines = book.get(f"/journals/{settled.json()['journal']}")["lines"]
    assert [(line["account"], line["side"], line["amount"]) for line in lines] == [
        (wallet, "DEBIT", "25"),
        (shop, "CREDIT", "25"),
    ]
    nothing_held = {"pending_out": "0", "pending_in": "0"}
    assert book.balances(wallet) == {"posted": "75", **nothing_held, "available": "75"}
    assert book.balances(shop) == {"posted": "25", **nothing_held, "available": "25"}
    for action in ("settle", "release"):
        answer = book.send(f"/holds/{hold_id}/{action}", {"reason": "again"})
        assert code(answer) == (409, "hold_resolved")


def test_a_hold_is_released(book: Book) -> None:
    wallet, shop = book.open("wallet", "liability"), book.open("shop", "liability")
    hold_id = hold(book, wallet, shop, 60).json()["id"]
    first = book.send(f"/holds/{hold_id}/release", {"reason": "void"}, key="r")
    assert first.status_code == 200
    assert first.json()["status"] == "released"
    assert "journal" not in first.json()
    again = book.send(f"/holds/{hold_id}/release", {"reason": "void"}, key="r")
    assert (again.status_code, again.content) == (200, first.content)
    assert book.balances(wallet)["pending_out"] == "0"
    assert book.get(f"/accounts/{wallet}")["version"] == 0


def test_an_expired_hold_is_not_settled(book: Book) -> None:
    wallet, shop = book.open("wallet", "liability"), book.open("shop", "liability")
    hold_id = hold(book, wallet, shop, 60, expires_in_seconds=1).json()["id"]

    def settle() -> tuple[int, str]:
        answer = book.send(f"/holds/{hold_id}/settle", {"reason": "late", "amount": "61"})
        return code(answer)

    time.sleep(1)
    wait_until(lambda: settle() == (409, "hold_expired"))
    assert book.posted(wallet) == 0
    # Nobody asks for it: the server gives back what was held.
    wait_until(lambda: book.balances(wallet)["pending_out"] == "0")
    assert book.get(f"/holds/{hold_id}")["status"] == "expired"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"expires_in_seconds": 0}, "expires_in_seconds"),
        ({"expires_in_seconds": 31_536_001}, "expires_in_seconds"),
        ({"debit_account": "wallet"}, "debit_account"),
        ({"reason": "a\nb"}, "reason"),
        ({"expires_at": "2026-01-01T00:00:00Z"}, "expires_at"),
    ],
)
def test_a_hold_that_is_none_is_400(book: Book, change: dict[str, Any], field: str) -> None:
    wallet, shop = book.open("wallet", "liability"), book.open("shop", "liability")
    body = {"debit_account": wallet, "credit_account": shop, "amount": "5", "reason": "x"}
    answer = book.send("/holds", {**body, "expires_in_seconds": 60, **change})
    assert code(answer) == (400, "invalid_request")
    assert details(answer) == {"field": field}


def test_a_hold_s_accounts_must_be_two_that_are_there_in_one_currency(book: Book) -> None:
    usd, eur = book.open("cash", currency="USD"), book.open("cash", currency="EUR")
    same = hold(book, usd, usd, 1)
    assert code(same) == (400, "invalid_request")
    assert details(same) == {"field": "credit_account"}
    assert code(hold(book, usd, NOBODY, 1)) == (422, "unknown_account")
    assert code(hold(book, usd, eur, 1)) == (422, "currency_mismatch")


def test_another_s_hold_is_404(shop: Shop, book: Book) -> None:
    with book_of(shop) as other:
        wallet, pot = other.open("wallet", "liability"), other.open("pot", "liability")
        hold_id = hold(other, wallet, pot, 1).json()["id"]
        assert other.get(f"/holds/{hold_id}")["id"] == hold_id
    for public_id in (hold_id, "hold_" + "0" * 24, "x", "%00", "x" * 500, "é"):
        assert code(book.client.get(f"{LEDGER}/holds/{public_id}")) == (404, "hold_not_found")
    for action in ("settle", "release"):
        assert code(book.send(f"/holds/{hold_id}/{action}", {"reason": "x"})) == (404, "hold_not_found")


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", "/holds", "ledger:write"),
        ("GET", "/holds/hold_0", "ledger:read"),
        ("POST", "/holds/hold_0/settle", "ledger:write"),
        ("POST", "/holds/hold_0/release", "ledger:write"),
    ],
)
def test_each_route_wants_its_scope(shop: Shop, book: Book, method: str, path: str, scope: str) -> None:
    opposite = {"ledger:read": "ledger:write", "ledger:write": "ledger:read"}[scope]
    key = add_key(shop.dsn, book.merchant, [opposite])
    answer = httpx2.request(method, f"{shop.server.url}{LEDGER}{path}", headers=key.headers)
    assert code(answer) == (403, "insufficient_scope")
    assert details(answer) == {"scope": scope}
