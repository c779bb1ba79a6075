"""A database with a past: payment requests loaded by sets, constraints made again afterwards."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg

from bench import machine
from bench.derivation import XPUB, ours
from bench.stage import Database

SAMPLE = 500
"""Payment requests of the past that can be asked for: their addresses are derived."""

BYTES = 1_600
"""What one takes on disk at most, indexes and log included."""

TABLES = ("app.payment_requests", "app.idempotency_records")
SQL = (Path(__file__).parent / "history.sql").read_text()

Connection = psycopg.Connection[tuple[Any, ...]]


def fits(count: int) -> bool:
    """Whether the disk has room for so many, and as much again for others."""
    return shutil.disk_usage(tempfile.gettempdir()).free > 2 * count * BYTES


def load(database: Database, count: int) -> list[str]:
    """Make `count` payment requests of the sepolia wallet; the ids of the sample."""
    indexes = sorted(random.Random(count).sample(range(count), min(SAMPLE, count)))
    deriver = ours("ethereum", "sepolia", XPUB)
    sample = {
        "sample_indexes": indexes,
        "sample_addresses": [deriver.derive(index).lower() for index in indexes],
    }
    shares = machine.cores()
    bounds = [count * share // shares for share in range(shares + 1)]
    with _without_constraints(database), ThreadPoolExecutor(shares) as pool:
        parts = [
            pool.submit(_insert, database, {**sample, "first": first, "last": last - 1})
            for first, last in pairwise(bounds)
        ]
        for part in parts:
            part.result()
    with database.connect() as conn:
        conn.execute(
            "UPDATE app.wallet_accounts SET next_index = %s WHERE id = 'wa_eth_sepolia_001'", (count,)
        )
        conn.execute("VACUUM (ANALYZE)")
        conn.execute("CHECKPOINT")
        found = conn.execute(
            """
            SELECT id FROM app.payment_requests
             WHERE wallet_account_id = 'wa_eth_sepolia_001' AND derivation_index = ANY (%s)
             ORDER BY derivation_index
            """,
            (indexes,),
        ).fetchall()
    return [row[0] for row in found]


def _insert(database: Database, values: dict[str, Any]) -> None:
    # psycopg binds on its own side, as a script of several statements wants it.
    with (
        psycopg.connect(database.dsn(), cursor_factory=psycopg.ClientCursor) as conn,
        conn.cursor() as cursor,
    ):
        cursor.execute(SQL.encode(), values)


@contextmanager
def _without_constraints(database: Database) -> Iterator[None]:
    """Unique and foreign constraints and other indexes dropped, and made again, which checks them all."""
    with database.connect() as conn:
        kept = _definitions(conn)
        for drop, _ in kept:
            conn.execute(drop.encode())
        yield
        conn.execute("SET maintenance_work_mem = '1GB'")
        conn.execute(f"SET max_parallel_maintenance_workers = {machine.cores()}")
        for _, create in reversed(kept):
            conn.execute(create.encode())


def _definitions(conn: Connection) -> list[tuple[str, str]]:
    """Statements that drop and create each, foreign keys first: they stand on unique ones."""
    return [
        (row[0], row[1])
        for row in conn.execute(
            """
            SELECT
                format('ALTER TABLE %%s DROP CONSTRAINT %%I', item.conrelid::regclass, item.conname),
                format(
                    'ALTER TABLE %%s ADD CONSTRAINT %%I %%s',
                    item.conrelid::regclass, item.conname, pg_get_constraintdef(item.oid)
                ),
                item.contype <> 'f' AS is_late
            FROM pg_constraint AS item
            WHERE
                item.contype IN ('f', 'p', 'u')
                AND (item.conrelid = ANY (%(tables)s::regclass[]) OR item.confrelid = ANY (%(tables)s::regclass[]))
            UNION ALL
            SELECT format('DROP INDEX %%s', index.indexrelid::regclass), pg_get_indexdef(index.indexrelid), TRUE
            FROM pg_index AS index
            WHERE
                index.indrelid = ANY (%(tables)s::regclass[])
                AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = index.indexrelid AND contype IN ('p', 'u'))
            ORDER BY is_late
            """,
            {"tables": list(TABLES)},
        ).fetchall()
    ]
