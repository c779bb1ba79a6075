"""The database alone: app.allocate_and_insert() through pgbench, without Python and HTTP."""

from __future__ import annotations

import re
import statistics
import subprocess
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from tempfile import NamedTemporaryFile

from bench import machine
from bench.derivation import TPUB, ours, with_chain_code
from bench.report import Part, Plot, Ratio, Table, milliseconds
from bench.stage import Database, Effort, Stage

TITLE = "Allocation in SQL alone"

CURSORS = (1, 8)
ADDRESSES_A_SECOND = 16_000
"""On all cursors of a run, and more than a machine like ours allocates; the address pool is that long."""
CHUNK = 4_000
TARGET_A_SECOND = 12_000

SQL = (Path(__file__).parents[1] / "allocation.sql").read_text()


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of pgbench."""

    per_second: float
    call_ms: float
    missed: float
    """Share of orders whose window was missed."""


def measure(stage: Stage, effort: Effort) -> Part:
    cases = list(product(CURSORS, effort.clients, effort.batches))
    with stage.database("allocation") as database:
        _prepare(database, effort)
        runs = {str(case): partial(_run, database, *case, seconds=effort.seconds) for case in cases}
        found = dict(zip(cases, effort.interleave(runs).values(), strict=True))
    part = Part(
        name="allocation",
        title=TITLE,
        method="pgbench calls app.allocate_and_insert() in a fresh copy of an empty database each time, "
        "logged in as the service's role. Windows hold real addresses, derived beforehand; orders and windows come as text. "
        "Included, and nothing subtracted: writing that text in PL/pgSQL (`bench/allocation.sql`), parsing it, "
        "all constraints, the flush of the commit, pgbench itself. An order whose window was missed, because "
        "other clients were faster than its margin, counts for nothing.",
    )
    part.ratios = list(_ratios(found))
    part.tables.append(_table(found))
    part.plots.append(_plot(found))
    return part


def _prepare(database: Database, effort: Effort) -> None:
    """Eight wallets with an asset each, and the addresses they will hand out."""
    keys = [with_chain_code(TPUB, bytes([number]) * 32) for number in range(max(CURSORS))]
    one = (effort.seconds + 1) * ADDRESSES_A_SECOND
    # A run on eight cursors takes an eighth of each.
    counts = [one, *[one // 4] * (len(keys) - 1)]
    with database.connect() as conn:
        conn.execute(SQL.encode())
        for position, key in enumerate(keys):
            digest = ours("bitcoin", "regtest", key).parent_key_digest
            conn.execute(
                """
                INSERT INTO app.wallet_accounts (id, chain, network, keyset_id, parent_key_digest)
                VALUES (%(id)s, 'bitcoin', 'regtest', %(keyset)s, %(digest)s)
                """,
                {"id": f"wa_bench_{position}", "keyset": f"ks_{position}", "digest": digest},
            )
            conn.execute(
                """
                INSERT INTO app.asset_catalog (
                    chain, network, asset, wallet_account_id, minor_unit, decimals, address_scheme,
                    source_ref, approved_by
                )
                VALUES ('bitcoin', 'regtest', %(asset)s, %(id)s, 'sats', 8, 'bip84_p2wpkh', 'bench', 'bench')
                """,
                {"asset": f"BENCH{position}", "id": f"wa_bench_{position}"},
            )
            conn.execute(
                "INSERT INTO bench.accounts VALUES (%s, %s, %s)",
                (position, f"wa_bench_{position}", f"BENCH{position}"),
            )
        with conn.cursor().copy("COPY bench.addresses FROM STDIN") as copy:
            for position, first, addresses in _derive(keys, counts):
                for number, address in enumerate(addresses):
                    copy.write_row((f"wa_bench_{position}", first + number, address))
        conn.execute("VACUUM (ANALYZE)")


def _derive(keys: list[str], counts: list[int]) -> Iterator[tuple[int, int, list[str]]]:
    """On all cores."""
    chunks = [
        (position, first, min(CHUNK, count - first))
        for position, count in enumerate(counts)
        for first in range(0, count, CHUNK)
    ]
    with ProcessPoolExecutor(machine.cores(), mp_context=get_context("spawn")) as pool:
        derived = pool.map(
            _derive_chunk,
            [keys[chunk[0]] for chunk in chunks],
            *zip(*(chunk[1:] for chunk in chunks), strict=True),
        )
        for (position, first, _), addresses in zip(chunks, derived, strict=True):
            yield position, first, addresses


def _derive_chunk(key: str, first: int, count: int) -> list[str]:
    return ours("bitcoin", "regtest", key).derive_many(first, count)


def _run(database: Database, cursors: int, clients: int, batch: int, *, seconds: int) -> Run:
    """In a copy of the database, so that every run begins empty."""
    cluster, name = database.cluster, f"{database.name}_run"
    cluster.run("createdb", f"--template={database.name}", name)
    try:
        copy = Database(cluster=cluster, name=name, key=database.key)
        # While one looks at the cursor, writes its window and waits, each of the others may go twice.
        margin = 2 * batch * (clients - 1)
        with NamedTemporaryFile("w", suffix=".sql") as script:
            script.write(f"SELECT bench.allocate({batch}, {cursors}, {margin});\n")
            script.flush()
            said = _pgbench(copy, clients, seconds, script.name)
        allocated = copy.value("SELECT sum(next_index) FROM app.wallet_accounts")
        copy.assert_whole()
    finally:
        cluster.run("dropdb", "--force", name)
    calls = int(_found(r"number of transactions actually processed: (\d+)", said))
    rate = float(_found(r"tps = ([\d.]+)", said))
    return Run(
        per_second=float(allocated) * rate / calls,
        call_ms=float(_found(r"latency average = ([\d.]+) ms", said)),
        missed=1 - float(allocated) / (calls * batch),
    )


def _pgbench(database: Database, clients: int, seconds: int, script: str) -> str:
    done = subprocess.run(
        [
            str(database.cluster.bin_dir / "pgbench"),
            "--no-vacuum",
            "--protocol=prepared",
            f"--client={clients}",
            f"--jobs={min(clients, machine.cores())}",
            f"--time={seconds}",
            f"--file={script}",
        ],
        env=database.cluster.env("pgtill_service", database.name),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"pgbench: {done.stderr.strip()[-300:]}")
    return done.stdout


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"pgbench said something else: {text}")
    return match[1]


Found = dict[tuple[int, int, int], list[Run]]


def _ratios(found: Found) -> Iterator[Ratio]:
    _, clients, batches = _measured(found)
    best = max((found[1, few, 128] for few in clients), key=lambda runs: statistics.median(_rates(runs)))
    yield Ratio.of(
        f"allocations a second on one cursor, batch 128 / {TARGET_A_SECOND:,}",
        _rates(best),
        [TARGET_A_SECOND] * len(best),
        at_least=1.0,
    )
    for batch in batches[1:]:
        yield Ratio.of(
            f"batch {batch} / batch 1, one cursor, 1 client",
            _rates(found[1, 1, batch]),
            _rates(found[1, 1, 1]),
        )
    for batch in (1, 128):
        yield Ratio.of(
            f"eight cursors / one, batch {batch}, {clients[-1]} clients",
            _rates(found[8, clients[-1], batch]),
            _rates(found[1, clients[-1], batch]),
        )


def _measured(found: Found) -> tuple[list[int], list[int], list[int]]:
    """Numbers of cursors, of clients, and of orders in a batch."""
    cursors, clients, batches = (list(dict.fromkeys(each)) for each in zip(*found, strict=True))
    return cursors, clients, batches


def _rates(runs: list[Run]) -> list[float]:
    return [run.per_second for run in runs]


def _table(found: Found) -> Table:
    return Table(
        title="Median of the rounds",
        columns=["cursors", "clients", "batch", "allocations a second", "a call", "missed"],
        rows=[
            [
                *(str(cursors), str(clients), str(batch)),
                f"{statistics.median(_rates(runs)):,.0f}",
                milliseconds(statistics.median(run.call_ms for run in runs)),
                f"{statistics.median(run.missed for run in runs):.1%}",
            ]
            for (cursors, clients, batch), runs in found.items()
        ],
    )


def _plot(found: Found) -> Plot:
    cursors, clients, batches = _measured(found)
    return Plot(
        name="allocation",
        title=TITLE,
        x_title="orders in a call",
        y_title="allocations a second",
        x=[str(batch) for batch in batches],
        series={
            f"{wallets} cursor{'s' if wallets > 1 else ''}, {few} client{'s' if few > 1 else ''}": [
                statistics.median(_rates(found[wallets, few, batch])) for batch in batches
            ]
            for wallets, few in product(cursors, clients)
        },
    )
