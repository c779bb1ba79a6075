"""What /openapi.json promises, asked of a running server by programs that mean it no good."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support import BTC, ETH, PATH, USDT, Shop, Wire, assert_whole

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = [
    ("/v1/payment-requests", "POST", 300),
    ("/v1/payment-requests/{id}", "GET", 150),
    ("/v1/assets", "GET", 20),
    ("/v1/wallets", "POST", 100),
    ("/v1/wallets", "GET", 60),
    ("/v1/wallets/{id}", "GET", 30),
    ("/v1/wallets/{id}", "PATCH", 60),
    ("/v1/wallets/{id}/deactivate", "POST", 20),
    ("/v1/wallets/{id}/reactivate", "POST", 20),
    ("/v1/ledger/accounts", "POST", 100),
    ("/v1/ledger/accounts", "GET", 40),
    ("/v1/ledger/accounts/{id}", "GET", 20),
    ("/v1/ledger/accounts/{id}/balance", "GET", 20),
    ("/v1/ledger/accounts/{id}/statement", "GET", 40),
    ("/v1/ledger/journals", "POST", 100),
    ("/v1/ledger/journals", "GET", 40),
    ("/v1/ledger/journals/{id}", "GET", 20),
    ("/v1/ledger/journals/{id}/reverse", "POST", 40),
    ("/v1/ledger/holds", "POST", 60),
    ("/v1/ledger/holds/{id}", "GET", 20),
    ("/v1/ledger/holds/{id}/settle", "POST", 40),
    ("/v1/ledger/holds/{id}/release", "POST", 40),
    ("/v1/ledger/trial-balance", "GET", 20),
    ("/v1/ledger/trial-balance/accounts", "GET", 20),
    ("/healthz", "GET", 20),
    ("/readyz", "GET", 20),
]
GOOD, BAD = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE


@pytest.mark.parametrize(
    ("mode", "path", "method", "examples"),
    [
        *((GOOD, *operation) for operation in OPERATIONS),
        # Health takes nothing that could be wrong.
        *((BAD, *operation) for operation in OPERATIONS if operation[0].startswith("/v1/")),
    ],
)
@pytest.mark.parametrize("is_known", [True, False], ids=["with a key", "without"])
def test_every_answer_is_one_that_is_documented(
    shop: Shop, path: str, method: str, examples: int, mode: Any, is_known: bool
) -> None:
    schema = schemathesis.openapi.from_url(f"{shop.server.url}/openapi.json")
    operation = schema[path][method]
    headers = shop.merchant.headers if is_known else {}
    count = examples if is_known else 20

    @settings(
        max_examples=count,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case[Any]) -> None:
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)

    ask()


def test_the_examples_of_the_document_are_accepted(shop: Shop) -> None:
    document = shop.client.get("/openapi.json").json()
    properties = document["components"]["schemas"]["PaymentRequestOrder"]["properties"]
    body = {name: item["examples"][0] for name, item in properties.items() if "examples" in item}
    assert shop.post(body).status_code == 201


def nonsense(chance: random.Random) -> Iterator[bytes]:
    """Bodies without end: noise, JSON, and orders with something wrong somewhere."""
    scalars: list[Any] = [
        *(None, True, False, 0, 1, -1, 60, 3600, 2**31, 2**53, 2**63, 2**64, 10**30, 1.5, -0.0, 1e300),
        *("", "0", "1", "x", "BTC", "bitcoin", "regtest", "\0", "é", "\u2028", "\U0001f600", "9" * 78),
        *("9" * 79, "1e3", "-1", " 1", "a" * 33, "\ud800", "'; DROP TABLE x; --", "${x}", "%s", "{}"),
    ]
    names = ["chain", "network", "asset", "expected_amount_minor", "expires_in_seconds", "metadata"]

    def value(depth: int) -> Any:
        kind = chance.random()
        if depth and kind < 0.2:
            return [value(depth - 1) for _ in range(chance.randrange(4))]
        if depth and kind < 0.4:
            return {str(chance.choice(scalars)): value(depth - 1) for _ in range(chance.randrange(4))}
        return chance.choice(scalars)

    while True:
        kind = chance.random()
        order: dict[str, Any] = dict(chance.choice([BTC, ETH, USDT]))
        if kind < 0.15:
            yield chance.randbytes(chance.randrange(200))
        elif kind < 0.3:
            yield json.dumps(value(4)).encode()
        elif kind < 0.8:
            for _ in range(chance.randrange(1, 4)):
                order[chance.choice([*names, *names, str(chance.choice(scalars))])] = value(3)
            yield json.dumps(order).encode()
        else:
            text = bytearray(json.dumps(order | {"metadata": value(2)}).encode())
            for _ in range(chance.randrange(1, 4)):
                place = chance.randrange(len(text))
                text[place : place + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
            yield bytes(text)


def test_ten_thousand_random_bodies_are_4xx_or_2xx(shop: Shop) -> None:
    chance = random.Random(10_000)
    bodies = nonsense(chance)
    left = iter(range(10_000))
    counted: Counter[int] = Counter()

    async def client() -> None:
        wire = await Wire.open(shop.server.port)
        for _ in left:
            body = next(bodies)
            headers = dict(shop.merchant.headers)
            if chance.random() < 0.3:
                headers["idempotency-key"] = chance.choice(["a", "b", "c", "x" * 256, "é", " "])
            reply = await wire.ask("POST", PATH, body, headers)
            counted[reply.status] += 1
            assert reply.status in (200, 201, 400, 409, 413), (reply, body)
            if reply.status >= 400:
                assert set(reply.json()) == {"error"}
        await wire.close()

    async def everybody() -> None:
        async with asyncio.timeout(120), asyncio.TaskGroup() as group:
            for _ in range(16):
                group.create_task(client())

    asyncio.run(everybody())
    assert counted.total() == 10_000
    assert counted[201] > 50
    assert counted[400] > 5_000
    assert_whole(shop.dsn)
