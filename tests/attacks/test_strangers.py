"""One organization's key, tried on what is another's: by id, by key, by time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

import httpx2
import pytest

from tests.support import BTC, PATH, Shop, create_merchant

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
