"""Plans that a session caches while the tables are empty must still be good when they are not."""

from __future__ import annotations

import json
import secrets
import statistics
import time

import psycopg
import pytest

from tests.conftest import Database
from tests.support import assert_whole, execute, rows

ACCOUNT = "wa_eth_sepolia_001"
DIGEST = "ab" * 32


def allocate(conn: psycopg.Connection, organization_id: int, first_index: int, count: int) -> float:
    """`count` orders with new keys; the seconds the call took."""
    orders = [
        {
            "organization_id": organization_id,
            "idempotency_key": secrets.token_hex(12),
            "request_hash": secrets.token_hex(32),
            "chain": "ethereum",
            "network": "sepolia",
            "asset": "ETH",
        }
        for _ in range(count)
    ]
    window = {
        "wallet_account_id": ACCOUNT,
        "parent_key_digest": DIGEST,
        "first_index": first_index,
        "addresses": [f"0x{secrets.token_hex(20)}" for _ in range(count)],
    }
    started = time.perf_counter()
    answers = conn.execute(
        "SELECT outcome FROM app.allocate_and_insert(%s::text::jsonb, %s::text::jsonb)",
        (json.dumps(orders), json.dumps([window])),
    ).fetchall()
    assert answers == [("created",)] * count
    return time.perf_counter() - started


@pytest.mark.alone
def test_a_new_deployment_is_as_fast_after_its_first_thousands(database: Database) -> None:
    # The tests' servers run no autovacuum: nothing but the first plan is ever used here.
    execute(
        database.dsn(),
        f"UPDATE app.wallet_accounts SET parent_key_digest = '{DIGEST}' WHERE id = '{ACCOUNT}'",
        "SELECT identity.create_organization('shop')",
    )
    [(organization_id,)] = rows(database.dsn(), "SELECT id FROM identity.organizations")
    with psycopg.connect(database.dsn("pgtill_service"), autocommit=True) as conn:
        for number in range(10):  # the plan is settled on with the sixth call
            allocate(conn, organization_id, number, 1)
        seconds = [allocate(conn, organization_id, 10 + number * 64, 64) for number in range(60)]
    assert statistics.median(seconds[-20:]) < 3 * statistics.median(seconds[:10])
    assert_whole(database.dsn())
