"""A book over HTTP: its client, and a model of it in thirty lines."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.support import DEADLINE_S, Merchant, Shop, create_merchant, rows

LEDGER = "/v1/ledger"
_NUMBERS = itertools.count(1)

Move = tuple[str, str, int]
"""An account's id, DEBIT or CREDIT, an amount."""


@dataclass
class Book:
    """The ledger of one merchant, over one connection."""

    merchant: Merchant
    client: httpx2.Client
    dsn: str

    def open(self, name: str, kind: str = "asset", currency: str = "USD", **more: Any) -> str:
        """Open an account; its id."""
        answer = self.client.post(
            f"{LEDGER}/accounts", json={"name": name, "type": kind, "currency": currency, **more}
        )
        assert answer.status_code in (200, 201), answer.text
        return str(answer.json()["id"])

    def post(self, *moves: Move, key: str | None = None, **more: Any) -> httpx2.Response:
        """Post a journal."""
        headers = {"idempotency-key": key} if key is not None else {}
        return self.client.post(f"{LEDGER}/journals", json=journal(*moves, **more), headers=headers)

    def post_many(self, journals: list[dict[str, Any]], **query: Any) -> httpx2.Response:
        """Post journals, each with its key."""
        return self.client.post(f"{LEDGER}/journals", json=journals, params=query)

    def get(self, path: str, **query: Any) -> Any:
        """What a GET answers with 200."""
        answer = self.client.get(f"{LEDGER}{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, path: str, body: Any = None, *, key: str | None = None) -> httpx2.Response:
        headers = {"idempotency-key": key} if key is not None else {}
        return self.client.post(f"{LEDGER}{path}", json=body, headers=headers)

    def balances(self, account: str) -> dict[str, str]:
        found: dict[str, str] = self.get(f"/accounts/{account}")["balances"]
        return found

    def posted(self, account: str) -> int:
        return int(self.balances(account)["posted"])

    def pages(self, path: str, name: str, **query: Any) -> Iterator[Any]:
        """Every item of a list, page by page."""
        cursor: dict[str, str] = {}
        while True:
            page = self.get(path, **query, **cursor)
            yield from page[name]
            if "next_cursor" not in page:
                return
            cursor = {"cursor": page["next_cursor"]}


def journal(*moves: Move, reason: str = "a reason", **more: Any) -> dict[str, Any]:
    """The body of a journal."""
    lines = [{"account": account, "side": side, "amount": str(amount)} for account, side, amount in moves]
    return {"reason": reason, "lines": lines, **more}


@contextmanager
def book_of(shop: Shop, name: str | None = None) -> Iterator[Book]:
    """A book of its own on the shop's server."""
    merchant = create_merchant(shop.dsn, name or f"book {next(_NUMBERS)}")
    with httpx2.Client(base_url=shop.server.url, headers=merchant.headers, timeout=DEADLINE_S) as client:
        yield Book(merchant, client, shop.dsn)


def assert_books_whole(dsn: str) -> None:
    """No anomaly, no broken chain, and the same again by other means than the ledger's own."""
    assert rows(dsn, "SELECT rule, subject, detail FROM ledger.anomalies") == []
    assert rows(dsn, "SELECT * FROM ledger.verify()") == []
    unbalanced = rows(
        dsn,
        """
        SELECT entry.journal_id, account.currency
          FROM ledger.entries AS entry
          JOIN ledger.accounts AS account ON account.id = entry.account_id
         GROUP BY 1, 2
        HAVING sum(CASE entry.side WHEN 'DEBIT' THEN entry.amount ELSE -entry.amount END) <> 0
            OR count(*) FILTER (WHERE entry.side = 'DEBIT') = 0
            OR count(*) FILTER (WHERE entry.side = 'CREDIT') = 0
        """,
    )
    assert unbalanced == []


@dataclass
class Account:
    """An account of the model."""

    kind: str
    currency: str
    floor: int | None = None
    ceiling: int | None = None
    history: list[int] = field(default_factory=list)
    """The balance after each entry."""

    @property
    def balance(self) -> int:
        return self.history[-1] if self.history else 0


class Model:
    """What a book must do, without a database."""

    def __init__(self, accounts: dict[str, Account]) -> None:
        self.accounts = accounts
        self.keys: dict[str, list[Move]] = {}

    def post(self, key: str, moves: list[Move]) -> str:
        """The outcome."""
        if key in self.keys:
            return "replayed" if self.keys[key] == moves else "idempotency_key_conflict"
        if any(account not in self.accounts for account, _, _ in moves):
            return "unknown_account"
        totals: dict[str, dict[str, int]] = {}
        for account, side, amount in moves:
            total = totals.setdefault(self.accounts[account].currency, {"DEBIT": 0, "CREDIT": 0})
            total[side] += amount
        if any(total["DEBIT"] != total["CREDIT"] for total in totals.values()):
            return "unbalanced"
        after: dict[str, list[int]] = {}
        for account, side, amount in moves:
            held = after.setdefault(account, [self.accounts[account].balance])
            normal = "DEBIT" if self.accounts[account].kind in ("asset", "expense") else "CREDIT"
            held.append(held[-1] + (amount if side == normal else -amount))
        for account, held in after.items():
            floor, ceiling = self.accounts[account].floor, self.accounts[account].ceiling
            # After the last line: their order does not matter.
            if (floor is not None and held[-1] < floor) or (ceiling is not None and held[-1] > ceiling):
                return "limit_exceeded"
        for account, held in after.items():
            self.accounts[account].history += held[1:]
        self.keys[key] = moves
        return "posted"
