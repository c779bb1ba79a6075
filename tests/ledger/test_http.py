"""The ledger from outside: every outcome, replays, holds, paging, and a model that must agree."""

from __future__ import annotations

import asyncio
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from service.ledger import request_hash
from service.types_ledger import JournalOrder, LineOrder
from tests.ledger.books import LEDGER, Account, Book, Model, assert_books_whole, book_of, journal
from tests.support import DEADLINE_S, Shop, Wire, add_key, rows

NOBODY = "acc_" + "0" * 24


def code(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def details(answer: httpx2.Response) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()["error"].get("details", {})
    return found


def move(book: Book, debit: str, credit: str, amount: int, **more: Any) -> httpx2.Response:
    return book.post((debit, "DEBIT", amount), (credit, "CREDIT", amount), **more)


# Accounts


def test_an_account_is_opened_once(book: Book) -> None:
    order = {"name": "merchant_balance:m_1", "type": "liability", "currency": "USD", "floor": "0"}
    first = book.send("/accounts", order)
    assert first.status_code == 201
    account = first.json()
    assert first.headers["location"] == f"{LEDGER}/accounts/{account['id']}"
    assert "x-idempotency-replayed" not in first.headers
    assert {name: account[name] for name in order} == order
    assert account["normal_side"] == "CREDIT"
    assert account["exponent"] == 2
    assert account["version"] == 0
    nothing = {"posted": "0", "pending_out": "0", "pending_in": "0", "available": "0"}
    assert account["balances"] == nothing
    again = book.send("/accounts", order)
    assert (again.status_code, again.json()) == (200, account)
    assert again.headers["x-idempotency-replayed"] == "true"
    assert book.get(f"/accounts/{account['id']}") == account


@pytest.mark.parametrize("change", [{"type": "asset"}, {"floor": "-1"}, {"ceiling": "9"}])
def test_an_account_never_changes(book: Book, change: dict[str, str]) -> None:
    order = {"name": "cash", "type": "liability", "currency": "USD", "floor": "0"}
    assert book.send("/accounts", order).status_code == 201
    assert code(book.send("/accounts", order | change)) == (409, "account_conflict")


def test_one_name_has_an_account_in_each_currency(book: Book) -> None:
    assert book.open("cash", currency="USD") != book.open("cash", currency="EUR")


def test_an_unknown_currency_is_422(book: Book) -> None:
    order = {"name": "cash", "type": "asset", "currency": "XQQ"}
    assert code(book.send("/accounts", order)) == (422, "unknown_currency")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "a::b"),
        ("name", ":a"),
        ("name", "a b"),
        ("name", "a\n"),
        ("name", "é"),
        ("name", "a" * 201),
        ("type", "money"),
        ("currency", "usd"),
        ("currency", ""),
        ("currency", "U\n"),
        ("floor", "1.5"),
        ("floor", "-0"),
        ("floor", 0),
        ("floor", "1"),
        ("ceiling", "-1"),
        ("ceiling", "1" * 79),
        ("owner", "me"),
    ],
)
def test_an_account_that_is_none_is_400(book: Book, field: str, value: object) -> None:
    answer = book.send("/accounts", {"name": "cash", "type": "asset", "currency": "USD", field: value})
    assert code(answer) == (400, "invalid_request")
    assert details(answer) == {"field": field}


def test_accounts_are_listed_by_name_and_currency(book: Book) -> None:
    wanted = [("b:1", "USD"), *((f"a:{number}", "USD") for number in (3, 1, 4, 2, 5, 6)), ("a:3", "EUR")]
    made = {(name, currency): book.open(name, currency=currency) for name, currency in wanted}
    opened = [made[key] for key in sorted(made)]
    for limit in (1, 2, 7, 8, 100):
        assert [account["id"] for account in book.pages("/accounts", "accounts", limit=limit)] == opened
    found = book.get("/accounts", name_prefix="a:", limit=100)["accounts"]
    assert [account["id"] for account in found] == opened[:7]
    # Nothing in a prefix is a pattern.
    assert book.get("/accounts", name_prefix="%")["accounts"] == []
    assert book.get("/accounts", name_prefix="_:")["accounts"] == []


# Journals


def test_a_journal_is_posted_and_read(book: Book) -> None:
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    before = datetime.now(UTC)
    answer = book.post(
        (cash, "DEBIT", 145),
        (fees, "CREDIT", 145),
        key="first",
        reason="Gebühr für März",
        actor="alice",
        event_at="2026-03-31T23:59:59.5+02:00",
        payment_reference="pay_1",
    )
    assert answer.status_code == 201
    receipt = answer.json()
    assert answer.headers["location"] == f"{LEDGER}/journals/{receipt['id']}"
    assert set(receipt) == {"id", "idempotency_key", "recorded_at"}
    assert before <= datetime.fromisoformat(receipt["recorded_at"]) <= datetime.now(UTC)
    found = book.get(f"/journals/{receipt['id']}")
    assert found == {
        **receipt,
        "reason": "Gebühr für März",
        "actor": f"api_key:{book.merchant.key_id} alice",
        "event_at": "2026-03-31T21:59:59.500000Z",
        "payment_reference": "pay_1",
        "lines": [
            {
                "line": 1,
                "account": cash,
                "name": "cash",
                "side": "DEBIT",
                "amount": "145",
                "currency": "USD",
                "version": 1,
                "balance_after": "145",
            },
            {
                "line": 2,
                "account": fees,
                "name": "fees",
                "side": "CREDIT",
                "amount": "145",
                "currency": "USD",
                "version": 1,
                "balance_after": "145",
            },
        ],
    }
    assert (book.posted(cash), book.posted(fees)) == (145, 145)


def test_a_journal_without_a_key_is_given_one(book: Book) -> None:
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    first, second = (move(book, cash, fees, 1).json() for _ in range(2))
    assert first["idempotency_key"].startswith("auto_idem_")
    assert first["id"] != second["id"]
    assert book.posted(cash) == 2
    again = move(book, cash, fees, 1, key=first["idempotency_key"])
    assert (again.status_code, again.json()) == (200, first)


def test_the_same_key_and_journal_is_a_replay(book: Book) -> None:
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    first = move(book, cash, fees, 5, key="k", event_at="2026-01-01T12:00:00+01:00")
    again = move(book, cash, fees, 5, key="k", event_at="2026-01-01T11:00:00Z")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["x-idempotency-replayed"] == "true"
    assert book.posted(cash) == 5


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "another"},
        {"actor": "bob"},
        {"event_at": "2026-01-01T00:00:00Z"},
        {"payment_reference": "p"},
    ],
)
def test_the_same_key_with_another_journal_is_409(book: Book, change: dict[str, str]) -> None:
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    assert move(book, cash, fees, 5, key="k").status_code == 201
    for answer in (move(book, cash, fees, 6, key="k"), move(book, cash, fees, 5, key="k", **change)):
        assert code(answer) == (409, "idempotency_key_conflict")
        assert details(answer) == {"idempotency_key": "k"}
    assert book.posted(cash) == 5


def test_a_replay_by_another_key_of_the_organization_is_the_same(shop: Shop, book: Book) -> None:
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    first = move(book, cash, fees, 5, key="k")
    other = add_key(shop.dsn, book.merchant, ["ledger:write"])
    book.client.headers.update(other.headers)
    again = move(book, cash, fees, 5, key="k")
    assert (again.status_code, again.content) == (200, first.content)


def test_each_currency_balances_by_itself(book: Book) -> None:
    usd, eur = book.open("cash", currency="USD"), book.open("cash", currency="EUR")
    pot_usd, pot_eur = book.open("pot", "equity", "USD"), book.open("pot", "equity", "EUR")
    answer = book.post((usd, "DEBIT", 100), (eur, "CREDIT", 100))
    assert code(answer) == (422, "unbalanced")
    answer = book.post(
        (usd, "DEBIT", 100), (pot_usd, "CREDIT", 100), (eur, "DEBIT", 7), (pot_eur, "CREDIT", 8)
    )
    assert code(answer) == (422, "unbalanced")
    assert details(answer) == {"currency": "EUR"}
    answer = book.post(
        (usd, "DEBIT", 100), (pot_usd, "CREDIT", 100), (eur, "CREDIT", 7), (pot_eur, "DEBIT", 7)
    )
    assert answer.status_code == 201
    assert [book.posted(account) for account in (usd, eur, pot_usd, pot_eur)] == [100, -7, 100, -7]


def test_every_refusal_says_which_line(book: Book, shop: Shop) -> None:
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    capped = book.open("capped", "liability", floor="0", ceiling="10")
    with book_of(shop) as other:
        foreign = other.open("cash")
    for account in (NOBODY, foreign):
        answer = book.post((cash, "DEBIT", 1), (account, "CREDIT", 1), key="k")
        assert code(answer) == (422, "unknown_account")
        assert details(answer) == {"line": 2, "account": account}
    for side, opposite, amount in (("CREDIT", "DEBIT", 11), ("DEBIT", "CREDIT", 1)):
        answer = book.post((capped, side, amount), (cash, opposite, amount), key="k")
        assert code(answer) == (409, "limit_exceeded")
        assert details(answer) == {"account": capped}
    body = journal((cash, "DEBIT", 1), (fees, "CREDIT", 1))
    body["lines"][1]["currency"] = "EUR"
    answer = book.send("/journals", body, key="k")
    assert code(answer) == (422, "currency_mismatch")
    assert details(answer) == {"line": 2, "account": fees, "currency": "USD"}
    # A refused journal leaves its key free.
    assert move(book, cash, fees, 1, key="k").status_code == 201


def test_numbers_of_78_digits_are_exact(book: Book) -> None:
    cash, pot = book.open("cash"), book.open("pot", "equity")
    most = 10**78 - 1
    assert move(book, cash, pot, most).status_code == 201
    assert (book.posted(cash), book.posted(pot)) == (most, most)
    assert code(move(book, cash, pot, 1)) == (409, "limit_exceeded")
    assert move(book, pot, cash, most).status_code == 201
    assert book.posted(cash) == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"reason": "two\nlines"}, "reason"),
        ({"reason": "\u2028"}, "reason"),
        ({"reason": "\0"}, "reason"),
        ({"reason": None}, "reason"),
        ({"actor": "a\tb"}, "actor"),
        ({"actor": "x" * 151}, "actor"),
        ({"payment_reference": ""}, "payment_reference"),
        ({"payment_reference": "a\r"}, "payment_reference"),
        ({"event_at": "2026-01-01"}, "event_at"),
        ({"event_at": "2026-01-01T00:00:00"}, "event_at"),
        ({"event_at": "0001-01-01T00:00:00+14:00"}, "event_at"),
        ({"lines": []}, "lines"),
        ({"idempotency_key": "in the body"}, "idempotency_key"),
        ({"organization_id": 1}, "organization_id"),
    ],
)
def test_a_journal_that_is_none_is_400(book: Book, change: dict[str, Any], field: str) -> None:
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    answer = book.send("/journals", journal((cash, "DEBIT", 1), (fees, "CREDIT", 1)) | change)
    assert code(answer) == (400, "invalid_request")
    assert details(answer) == {"field": field}


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "0"},
        {"amount": "-1"},
        {"amount": "01"},
        {"amount": "1.0"},
        {"amount": "1e3"},
        {"amount": "1\n"},
        {"amount": 1},
        {"amount": "1" * 79},
        {"side": "debit"},
        {"account": "cash"},
        {"currency": "usd"},
        {"version": 1},
    ],
)
def test_a_line_that_is_none_is_400(book: Book, change: dict[str, Any]) -> None:
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    body = journal((cash, "DEBIT", 1), (fees, "CREDIT", 1))
    body["lines"][1] |= change
    answer = book.send("/journals", body)
    assert code(answer) == (400, "invalid_request")
    assert details(answer)["field"] in ("lines", *change)


def test_a_journal_has_at_most_a_hundred_lines(book: Book) -> None:
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    half = [(cash, "DEBIT", 1), (fees, "CREDIT", 1)] * 50
    assert book.post(*half).status_code == 201
    assert code(book.post(*half, (cash, "DEBIT", 1))) == (400, "invalid_request")
    assert book.get(f"/accounts/{cash}")["version"] == 50


@pytest.mark.parametrize("key", ["a b", "é", "x" * 257, "a/b"])
def test_a_key_that_is_none_is_400(book: Book, key: str) -> None:
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    headers = {b"idempotency-key": key.encode()}
    answer = book.client.post(
        f"{LEDGER}/journals", json=journal((cash, "DEBIT", 1), (fees, "CREDIT", 1)), headers=headers
    )
    assert code(answer) == (400, "invalid_request")
    assert details(answer) == {"field": "Idempotency-Key"}


def ask_at_once(shop: Shop, book: Book, body: dict[str, Any]) -> list[tuple[int, bytes]]:
    """Post a journal on fifty connections, with one key."""
    content = json.dumps(body).encode()
    headers = book.merchant.headers | {"idempotency-key": "once", "content-type": "application/json"}

    async def everybody() -> list[tuple[int, bytes]]:
        wires = [await Wire.open(shop.server.port) for _ in range(50)]
        try:
            async with asyncio.timeout(DEADLINE_S):
                replies = await asyncio.gather(
                    *(wire.ask("POST", f"{LEDGER}/journals", content, headers) for wire in wires)
                )
        finally:
            for wire in wires:
                await wire.close()
        return [(reply.status, reply.body) for reply in replies]

    return asyncio.run(everybody())


def test_fifty_connections_with_one_key_post_once(shop: Shop, book: Book) -> None:
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    replies = ask_at_once(shop, book, journal((cash, "DEBIT", 3), (fees, "CREDIT", 3)))
    assert sorted(status for status, _ in replies) == [200] * 49 + [201]
    assert len({body for _, body in replies}) == 1
    assert book.posted(cash) == 3


def test_fifty_connections_with_one_key_are_never_told_of_a_limit(shop: Shop, book: Book) -> None:
    """Once more would pass it; but all of them ask for the same one."""
    cash, wallet = book.open("cash"), book.open("wallet", "liability", floor="0")
    move(book, cash, wallet, 5)
    replies = ask_at_once(shop, book, journal((wallet, "DEBIT", 3), (cash, "CREDIT", 3)))
    assert sorted(status for status, _ in replies) == [200] * 49 + [201]
    assert len({body for _, body in replies}) == 1
    assert book.posted(wallet) == 2


# Many journals


def keyed(key: str, *moves: Any, **more: Any) -> dict[str, Any]:
    return journal(*moves, idempotency_key=key, **more)


def test_many_journals_have_an_outcome_each(book: Book) -> None:
    cash, fees = book.open("cash", floor="0"), book.open("fees", "revenue")
    good, bad = ((cash, "DEBIT", 2), (fees, "CREDIT", 2)), ((cash, "DEBIT", 2), (fees, "CREDIT", 3))
    answer = book.post_many(
        [
            keyed("a", *good),
            keyed("b", *bad),
            keyed("a", *good),
            keyed("a", *good, reason="another"),
            keyed("c", (cash, "CREDIT", 3), (fees, "DEBIT", 3)),
            keyed("d", (cash, "CREDIT", 2), (fees, "DEBIT", 2)),
            keyed("e", (cash, "DEBIT", 1), (NOBODY, "CREDIT", 1)),
        ]
    )
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [result["outcome"] for result in results] == [
        "posted",
        "unbalanced",
        "replayed",
        "idempotency_key_conflict",
        "limit_exceeded",
        "posted",
        "unknown_account",
    ]
    assert [result["idempotency_key"] for result in results] == ["a", "b", "a", "a", "c", "d", "e"]
    assert results[2] | {"outcome": "posted"} == results[0]
    assert results[1]["details"] == {"currency": "USD"}
    assert results[4]["details"] == {"account": cash}
    assert results[6]["details"] == {"line": 2, "account": NOBODY}
    assert book.posted(cash) == 0
    # Alone or among others, a journal is the same.
    again = book.post(*good, key="a")
    assert (again.status_code, again.json()["id"]) == (200, results[0]["id"])


def test_all_or_nothing_posts_nothing_when_one_is_refused(book: Book) -> None:
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    good, bad = ((cash, "DEBIT", 2), (fees, "CREDIT", 2)), ((cash, "DEBIT", 2), (fees, "CREDIT", 3))
    answer = book.post_many([keyed("a", *good), keyed("b", *bad)], all_or_nothing="true")
    assert code(answer) == (409, "not_posted")
    assert [result["outcome"] for result in details(answer)["results"]] == ["not_posted", "unbalanced"]
    assert book.posted(cash) == 0
    answer = book.post_many([keyed("a", *good), keyed("b", *good)], all_or_nothing="true")
    assert [result["outcome"] for result in answer.json()["results"]] == ["posted", "posted"]
    assert book.posted(cash) == 4


def test_many_journals_that_are_none_are_400(book: Book) -> None:
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    good = [(cash, "DEBIT", 1), (fees, "CREDIT", 1)]
    assert code(book.post_many([])) == (400, "invalid_request")
    assert code(book.post_many([keyed(f"k{n}", *good) for n in range(129)])) == (400, "invalid_request")
    assert details(book.post_many([journal(*good)])) == {"field": "idempotency_key"}
    assert details(book.post_many([keyed("a b", *good)])) == {"field": "idempotency_key"}
    assert details(book.send("/journals", [keyed("a", *good)], key="b")) == {"field": "Idempotency-Key"}
    assert details(book.post_many([keyed("a", *good)], all_or_nothing="perhaps")) == {
        "field": "all_or_nothing"
    }
    assert book.get(f"/accounts/{cash}")["version"] == 0
    assert book.post_many([keyed(f"k{n}", *good) for n in range(128)]).status_code == 200
    assert book.posted(cash) == 128


def test_journals_are_listed_newest_first(book: Book) -> None:
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    posted = [
        move(book, cash, fees, number, payment_reference=f"pay_{number % 2}").json()["id"]
        for number in range(1, 8)
    ]
    for limit in (1, 3, 7, 100):
        found = [item["id"] for item in book.pages("/journals", "journals", limit=limit)]
        assert found == posted[::-1]
    found = [item["id"] for item in book.pages("/journals", "journals", limit=2, payment_reference="pay_1")]
    assert found == posted[::-1][::2]


# Reversal


def test_a_journal_is_reversed_once(book: Book) -> None:
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    journal_id = move(book, cash, fees, 9).json()["id"]
    first = book.send(f"/journals/{journal_id}/reverse", {"reason": "by mistake"}, key="undo")
    assert first.status_code == 201
    reversing = first.json()["id"]
    assert first.headers["location"] == f"{LEDGER}/journals/{reversing}"
    again = book.send(f"/journals/{journal_id}/reverse", {"reason": "by mistake"}, key="undo")
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["x-idempotency-replayed"] == "true"
    answer = book.send(f"/journals/{journal_id}/reverse", {"reason": "by mistake"}, key="undo again")
    assert code(answer) == (400, "invalid_request")
    answer = book.send(f"/journals/{journal_id}/reverse", {"reason": "by mistake"}, key="undo_again")
    assert code(answer) == (409, "already_reversed")
    assert details(answer) == {"reversed_by": reversing}
    assert book.get(f"/journals/{journal_id}")["reversed_by"] == reversing
    found = book.get(f"/journals/{reversing}")
    assert found["reverses"] == journal_id
    assert [line["side"] for line in found["lines"]] == ["CREDIT", "DEBIT"]
    assert (book.posted(cash), book.posted(fees)) == (0, 0)


def test_a_key_is_used_for_one_kind_of_request(book: Book) -> None:
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    first, second = (move(book, cash, fees, 9, key=key).json()["id"] for key in ("a", "b"))
    answer = book.send(f"/journals/{first}/reverse", {"reason": "a reason"}, key="a")
    assert code(answer) == (409, "idempotency_key_conflict")
    assert book.send(f"/journals/{first}/reverse", {"reason": "a reason"}, key="c").status_code == 201
    answer = book.send(f"/journals/{second}/reverse", {"reason": "a reason"}, key="c")
    assert code(answer) == (409, "idempotency_key_conflict")


def test_a_reversal_that_would_pass_a_limit_is_refused(book: Book) -> None:
    cash, fees = book.open("cash", floor="0"), book.open("fees", "revenue")
    journal_id = move(book, cash, fees, 9).json()["id"]
    assert move(book, fees, cash, 1).status_code == 201
    answer = book.send(f"/journals/{journal_id}/reverse", {"reason": "too late"})
    assert code(answer) == (409, "limit_exceeded")


# Reading


def test_a_statement_is_walked_page_by_page(book: Book) -> None:
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    for number in range(1, 12):
        move(book, cash, fees, number, payment_reference=f"pay_{number}")
    whole = list(book.pages(f"/accounts/{cash}/statement", "entries", limit=100))
    assert [entry["version"] for entry in whole] == list(range(1, 12))
    assert [entry["amount"] for entry in whole] == [str(number) for number in range(1, 12)]
    assert [int(entry["balance_after"]) for entry in whole] == [n * (n + 1) // 2 for n in range(1, 12)]
    assert whole[3]["payment_reference"] == "pay_4"
    for limit in (1, 2, 11):
        assert list(book.pages(f"/accounts/{cash}/statement", "entries", limit=limit)) == whole
    empty = book.open("empty")
    assert book.get(f"/accounts/{empty}/statement") == {"account": empty, "entries": []}


def test_the_past_is_read_as_it_was(book: Book) -> None:
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    moments = [move(book, cash, fees, number).json()["recorded_at"] for number in range(1, 6)]
    for number, moment in enumerate(moments, 1):
        at = book.get(f"/accounts/{cash}/balance", as_of=moment)
        assert (at["balance"], at["version"], at["recorded_at"]) == (
            str(number * (number + 1) // 2),
            number,
            moment,
        )
        entries = book.get(f"/accounts/{cash}/statement", as_of=moment)["entries"]
        assert [entry["version"] for entry in entries] == list(range(1, number + 1))
        entries = book.get(f"/accounts/{cash}/statement", since=moment)["entries"]
        assert [entry["version"] for entry in entries] == list(range(number, 6))
        totals = book.get("/trial-balance", as_of=moment)["currencies"]
        assert [(total["debit"], total["credit"]) for total in totals] == [(at["balance"], at["balance"])]
    before = datetime.fromisoformat(moments[0]) - timedelta(microseconds=1)
    at = book.get(f"/accounts/{cash}/balance", as_of=before.isoformat())
    assert (at["balance"], at["version"], "recorded_at" in at) == ("0", 0, False)
    assert book.get(f"/accounts/{cash}/balance")["balance"] == "15"


def test_the_trial_balance_has_every_currency_and_type(book: Book) -> None:
    assert book.get("/trial-balance") == {"currencies": []}
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    cost, pot = book.open("cost", "expense"), book.open("pot", "equity", "JPY")
    yen = book.open("cash", "asset", "JPY")
    move(book, cash, fees, 145)
    move(book, cost, cash, 45)
    move(book, pot, yen, 7)
    assert book.get("/trial-balance")["currencies"] == [
        {
            "currency": "JPY",
            "exponent": 0,
            "debit": "7",
            "credit": "7",
            "types": [
                {"type": "asset", "account_count": 1, "debit": "0", "credit": "7"},
                {"type": "equity", "account_count": 1, "debit": "7", "credit": "0"},
            ],
        },
        {
            "currency": "USD",
            "exponent": 2,
            "debit": "145",
            "credit": "145",
            "types": [
                {"type": "asset", "account_count": 1, "debit": "100", "credit": "0"},
                {"type": "expense", "account_count": 1, "debit": "45", "credit": "0"},
                {"type": "revenue", "account_count": 1, "debit": "0", "credit": "145"},
            ],
        },
    ]


def test_the_trial_balance_has_every_account_page_by_page(shop: Shop, book: Book) -> None:
    assert book.get("/trial-balance/accounts") == {"accounts": []}
    cash, fees, yen = book.open("cash"), book.open("fees", "revenue"), book.open("cash", "asset", "JPY")
    key = move(book, cash, fees, 145).json()["id"]
    past = book.get(f"/journals/{key}")["recorded_at"]
    move(book, fees, cash, 200)
    columns = ("account", "name", "type", "currency", "exponent", "debit", "credit")
    expected = [
        dict(zip(columns, line, strict=True))
        for line in [
            (yen, "cash", "asset", "JPY", 0, "0", "0"),
            (cash, "cash", "asset", "USD", 2, "0", "55"),
            (fees, "fees", "revenue", "USD", 2, "55", "0"),
        ]
    ]
    assert book.get("/trial-balance/accounts") == {"accounts": expected}
    for limit in (1, 2, 3):
        assert list(book.pages("/trial-balance/accounts", "accounts", limit=limit)) == expected
    earlier = book.get("/trial-balance/accounts", as_of=past, limit=3)
    assert earlier["as_of"] == past
    assert [(line["debit"], line["credit"]) for line in earlier["accounts"]] == [
        ("0", "0"),
        ("145", "0"),
        ("0", "145"),
    ]
    with book_of(shop) as other:
        other.open("cash")
        page = book.get("/trial-balance/accounts", limit=1)
        assert other.get("/trial-balance/accounts", cursor=page["next_cursor"]) == {"accounts": []}


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/accounts", {"limit": "0"}, "limit"),
        ("/accounts", {"limit": "101"}, "limit"),
        ("/accounts", {"limit": "x"}, "limit"),
        ("/accounts", {"cursor": "x!"}, "cursor"),
        ("/accounts", {"offset": "1"}, "offset"),
        ("/accounts", {"name_prefix": "a\0"}, "name_prefix"),
        ("/journals", {"cursor": "W10"}, "cursor"),
        ("/trial-balance", {"as_of": "yesterday"}, "as_of"),
        ("/trial-balance", {"as_of": "2026-01-01T00:00:00"}, "as_of"),
        ("/trial-balance", {"as_of": "0001-01-01T00:00:00+14:00"}, "as_of"),
        ("/trial-balance", {"limit": "1"}, "limit"),
        ("/trial-balance/accounts", {"as_of": "yesterday"}, "as_of"),
        ("/trial-balance/accounts", {"cursor": "W10"}, "cursor"),
        ("/trial-balance/accounts", {"limit": "101"}, "limit"),
        (f"/accounts/{NOBODY}/statement", {"cursor": "LTE"}, "cursor"),
        (f"/accounts/{NOBODY}/statement", {"since": "2026"}, "since"),
    ],
)
def test_a_query_that_is_none_is_400(book: Book, path: str, query: dict[str, str], field: str) -> None:
    answer = book.client.get(f"{LEDGER}{path}", params=query)
    assert code(answer) == (400, "invalid_request")
    assert details(answer) == {"field": field}


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
def test_the_ends_of_time_can_be_asked_for(book: Book, moment: str) -> None:
    cash, fees = book.open("cash"), book.open("fees", "revenue")
    move(book, cash, fees, 1)
    expected = "1" if moment > "2" else "0"
    assert book.get(f"/accounts/{cash}/balance", as_of=moment)["balance"] == expected
    assert len(book.get(f"/accounts/{cash}/statement", as_of=moment)["entries"]) == int(expected)
    assert book.get("/trial-balance", as_of=moment)


# Whose book, which key


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/accounts/{}", "account"),
        ("/accounts/{}/balance", "account"),
        ("/accounts/{}/statement", "account"),
        ("/journals/{}", "journal"),
    ],
)
def test_what_is_another_s_or_not_there_is_404(shop: Shop, book: Book, path: str, name: str) -> None:
    with book_of(shop) as other:
        cash, fees = other.open("cash"), other.open("fees", "revenue")
        ids = {
            "account": cash,
            "journal": move(other, cash, fees, 1).json()["id"],
        }
        assert other.get(path.format(ids[name]))
    prefix = {"account": "acc_", "journal": "jrn_"}[name]
    for public_id in (ids[name], prefix + "0" * 24, "x", "%00", "x" * 500, "é"):
        answer = book.client.get(f"{LEDGER}{path.format(public_id)}")
        assert code(answer) == (404, f"{name}_not_found")
    if name == "journal":
        assert code(book.send(f"/journals/{ids[name]}/reverse", {"reason": "x"})) == (
            404,
            "journal_not_found",
        )


ROUTES = [
    ("GET", "/accounts", "ledger:read"),
    ("POST", "/accounts", "ledger:write"),
    ("GET", f"/accounts/{NOBODY}", "ledger:read"),
    ("GET", f"/accounts/{NOBODY}/balance", "ledger:read"),
    ("GET", f"/accounts/{NOBODY}/statement", "ledger:read"),
    ("GET", "/journals", "ledger:read"),
    ("POST", "/journals", "ledger:write"),
    ("GET", "/journals/jrn_0", "ledger:read"),
    ("POST", "/journals/jrn_0/reverse", "ledger:write"),
    ("GET", "/trial-balance", "ledger:read"),
    ("GET", "/trial-balance/accounts", "ledger:read"),
]


@pytest.mark.parametrize(("method", "path", "scope"), ROUTES)
def test_each_route_wants_its_scope(shop: Shop, book: Book, method: str, path: str, scope: str) -> None:
    opposite = {"ledger:read": "ledger:write", "ledger:write": "ledger:read"}[scope]
    url = f"{shop.server.url}{LEDGER}{path}"
    key = add_key(shop.dsn, book.merchant, [opposite])
    answer = httpx2.request(method, url, headers=key.headers)
    assert code(answer) == (403, "insufficient_scope")
    assert details(answer) == {"scope": scope}
    assert code(httpx2.request(method, url)) == (401, "unauthorized")


# What the hash is of


LINES = st.lists(
    st.builds(
        LineOrder,
        account=st.from_regex(r"\Aacc_[0-9a-f]{24}\Z"),
        side=st.sampled_from(["DEBIT", "CREDIT"]),
        amount=st.integers(1, 10**78 - 1).map(str),
    ),
    min_size=2,
    max_size=4,
)


@given(
    st.builds(
        JournalOrder,
        reason=st.text(st.characters(exclude_categories=["Cs"]))
        | st.text('\\"/\b\f\n\r\t\x00\x7f é\u2028😀'),
        lines=LINES,
        event_at=st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    )
)
def test_the_hash_is_of_the_rfc_8785_text(order: JournalOrder) -> None:
    from hashlib import sha256

    value = ["journal", "", msgspec.json.decode(msgspec.json.encode(order))]
    assert request_hash("journal", "", order) == sha256(rfc8785.dumps(value)).hexdigest()


# Everything at once, against the model


@pytest.mark.parametrize("seed", range(3))
def test_random_journals_do_what_the_model_does(shop: Shop, book: Book, seed: int) -> None:
    """One client after the other's answer: outcome, balances, versions and statements must be the model's."""
    chance = random.Random(seed)
    model = Model({})
    for number in range(12):
        kind = chance.choice(["asset", "liability", "revenue", "expense", "equity"])
        currency = chance.choice(["USD", "JPY", "ETH"])
        floor, ceiling = chance.choice([(None, None), (None, None), (0, None), (None, 3000), (-2000, 2000)])
        limits = {
            name: str(value) for name, value in (("floor", floor), ("ceiling", ceiling)) if value is not None
        }
        account = book.open(f"a:{number}", kind, currency, **limits)
        model.accounts[account] = Account(kind, currency, floor, ceiling)
    outcomes = {
        "unbalanced": 422,
        "unknown_account": 422,
        "limit_exceeded": 409,
        "idempotency_key_conflict": 409,
        "posted": 201,
        "replayed": 200,
    }
    seen: set[str] = set()
    for step in range(250):
        key, moves = f"k{step}", random_moves(chance, model)
        if chance.random() < 0.15 and model.keys:
            key = chance.choice(sorted(model.keys))
            moves = moves if chance.random() < 0.5 else model.keys[key]
        expected = model.post(key, moves)
        seen.add(expected)
        answer = book.post(*moves, key=key)
        assert answer.status_code == outcomes[expected], (step, moves, answer.text)
        if answer.status_code >= 400:
            assert answer.json()["error"]["code"] == expected
    assert seen == set(outcomes)
    agree(book, model)


def random_moves(chance: random.Random, model: Model) -> list[tuple[str, str, int]]:
    """Mostly balanced, in one currency or two; now and then something is wrong."""
    moves: list[tuple[str, str, int]] = []
    for currency in chance.sample(["USD", "JPY", "ETH"], chance.choice([1, 1, 2])):
        accounts = [name for name, account in model.accounts.items() if account.currency == currency]
        if len(accounts) < 2:
            continue
        side, opposite = chance.sample(["DEBIT", "CREDIT"], 2)
        amounts = [chance.randrange(1, 1000) for _ in range(chance.randrange(1, 4))]
        moves += [(chance.choice(accounts), side, amount) for amount in amounts]
        moves.append((chance.choice(accounts), opposite, sum(amounts)))
    if not moves:
        return random_moves(chance, model)
    wrong = chance.random()
    account, side, amount = moves[-1]
    if wrong < 0.1:
        moves[-1] = (account, side, amount + 1)
    elif wrong < 0.15:
        moves[-1] = (NOBODY, side, amount)
    chance.shuffle(moves)
    return moves


def agree(book: Book, model: Model) -> None:
    """Every account of the book against the model, and the sums of the trial balance."""
    sums: dict[str, list[int]] = {}
    for name, account in model.accounts.items():
        found = book.get(f"/accounts/{name}")
        assert (found["balances"]["posted"], found["version"]) == (str(account.balance), len(account.history))
        entries = list(book.pages(f"/accounts/{name}/statement", "entries", limit=100))
        assert [int(entry["balance_after"]) for entry in entries] == account.history
        is_debit = (account.kind in ("asset", "expense")) == (account.balance > 0)
        sums.setdefault(account.currency, [0, 0])[0 if is_debit else 1] += abs(account.balance)
    for total in book.get("/trial-balance")["currencies"]:
        assert [int(total["debit"]), int(total["credit"])] == sums[total["currency"]]
        assert total["debit"] == total["credit"]


def test_many_clients_at_once_leave_the_sums_of_what_was_answered(shop: Shop, book: Book) -> None:
    """Joined calls, retries and refusals: what was answered 201 is in the books, and nothing else."""
    accounts = [book.open(f"a:{number}", "liability") for number in range(10)]
    poor = book.open("poor", "liability", floor="0")
    accounts.append(poor)
    held = dict.fromkeys(accounts, 0)
    posted: dict[str, list[tuple[str, str, int]]] = {}

    async def client(number: int) -> None:
        chance = random.Random(number)
        wire = await Wire.open(shop.server.port)
        for step in range(40):
            source, target = chance.sample(accounts, 2)
            moves = [(source, "DEBIT", chance.randrange(1, 50)), (target, "CREDIT", 0)]
            moves[1] = (target, "CREDIT", moves[0][2])
            key = f"c{number}-{step}"
            headers = book.merchant.headers | {"idempotency-key": key}
            reply = await wire.ask(
                "POST", f"{LEDGER}/journals", json.dumps(journal(*moves)).encode(), headers
            )
            assert reply.status in (201, 409), reply
            if reply.status == 201:
                posted[reply.json()["id"]] = moves
        await wire.close()

    async def everybody() -> None:
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            for number in range(24):
                group.create_task(client(number))

    asyncio.run(everybody())
    for moves in posted.values():
        for account, side, amount in moves:
            held[account] += amount if side == "CREDIT" else -amount
    assert {account: book.posted(account) for account in accounts} == held
    assert held[poor] >= 0
    stored = {item["id"] for item in book.pages("/journals", "journals", limit=100)}
    assert stored == set(posted)
    assert_books_whole(shop.dsn)
    assert (
        rows(shop.dsn, "SELECT 1 FROM pg_stat_database WHERE deadlocks > 0 AND datname = current_database()")
        == []
    )
