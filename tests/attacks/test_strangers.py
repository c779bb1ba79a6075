"""One organization's key, tried on what is another's: by id, by key, by time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Mapping

import httpx2
import pytest

from tests.support import BTC, PATH, Shop, create_merchant, rows

ROUNDS = 150


@pytest.fixture(scope="module")
def stranger(shop: Shop) -> Iterator[httpx2.Client]:
    merchant = create_merchant(shop.dsn, "stranger")
    with httpx2.Client(base_url=shop.server.url, headers=merchant.headers, timeout=30) as client:
        yield client


def test_what_is_another_s_answers_as_what_is_not(shop: Shop, stranger: httpx2.Client) -> None:
    theirs = shop.post(BTC).json()["id"]
    nobody_s = theirs[:-4] + ("0000" if not theirs.endswith("0000") else "1111")
    answers = [stranger.get(f"{PATH}/{name}") for name in (theirs, nobody_s)]
    shapes = [
        answer.text.replace(name, "ID") for answer, name in zip(answers, (theirs, nobody_s), strict=True)
    ]
    assert shapes[0] == shapes[1]
    drop = ("date",)
    heads = [
        {name: value for name, value in answer.headers.items() if name not in drop} for answer in answers
    ]
    assert heads[0] == heads[1]
    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.alone
def test_what_is_another_s_takes_as_long_as_what_is_not(shop: Shop, stranger: httpx2.Client) -> None:
    theirs = shop.post(BTC).json()["id"]
    nobody_s = theirs[:-4] + "0000"
    took: dict[str, list[float]] = {theirs: [], nobody_s: []}
    for _ in range(ROUNDS):  # in turns, so that the machine's moods meet both
        for name, times in took.items():
            started = time.perf_counter()
            stranger.get(f"{PATH}/{name}")
            times.append(time.perf_counter() - started)
    one, other = (statistics.median(times) for times in took.values())
    assert max(one, other) < 1.5 * min(one, other), (one, other)


def test_another_s_idempotency_key_is_free(shop: Shop, stranger: httpx2.Client) -> None:
    mine = shop.post(BTC, key="popular")
    theirs = stranger.post(PATH, json=BTC, headers={"idempotency-key": "popular"})
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["id"] != theirs.json()["id"]
    replay = stranger.post(PATH, json=BTC, headers={"idempotency-key": "popular"})
    assert replay.json() == theirs.json()


def furnish(client: httpx2.Client, user_id: str) -> dict[str, set[str]]:
    """Two wallets, two accounts and two journals; the ids of each."""

    def make(path: str, *bodies: Mapping[str, object]) -> list[str]:
        answers = [client.post(path, json=body) for body in bodies]
        assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
        return [answer.json()["id"] for answer in answers]

    wallet = {"user_id": user_id, "provider": "fincra"}
    wallets = make("/v1/wallets", *(wallet | {"provider_account_id": name} for name in "ab"))
    account = {"type": "asset", "currency": "USD"}
    accounts = make("/v1/ledger/accounts", *(account | {"name": name} for name in "ab"))
    lines = [
        {"account": account, "side": side, "amount": "1"}
        for account, side in zip(accounts, ("DEBIT", "CREDIT"), strict=True)
    ]
    journals = make("/v1/ledger/journals", *({"reason": reason, "lines": lines} for reason in "ab"))
    return {"wallets": set(wallets), "accounts": set(accounts), "journals": set(journals)}


def test_another_s_cursor_leads_to_nothing_of_theirs(shop: Shop) -> None:
    clients, ids = [], []
    for name in ("mine", "theirs"):
        merchant = create_merchant(shop.dsn, name)
        [(user_id,)] = rows(
            shop.dsn,
            "SELECT user_id FROM identity.create_user(%s, %s, 'member')",
            merchant.public_id,
            f"{name}@example.org",
        )
        client = httpx2.Client(base_url=shop.server.url, headers=merchant.headers, timeout=30)
        clients.append(client)
        ids.append(furnish(client, user_id))
    for path, kind in (
        ("/v1/wallets", "wallets"),
        ("/v1/ledger/accounts", "accounts"),
        ("/v1/ledger/journals", "journals"),
    ):
        for mine, own, theirs in ((0, ids[0], clients[1]), (1, ids[1], clients[0])):
            cursor = theirs.get(path, params={"limit": 1}).json()["next_cursor"]
            assert cursor is not None
            shown = clients[mine].get(path, params={"cursor": cursor})
            assert shown.status_code == 200, shown.text
            assert {item["id"] for item in shown.json()[kind]} <= own[kind]
    for client in clients:
        client.close()
