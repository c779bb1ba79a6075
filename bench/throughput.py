"""
How fast payment requests are made, against an endpoint that does nothing on the same server.

    python -m bench.throughput [--seconds 5] [--rounds 3] [--json FILE] [--readme FILE]

Server, PostgreSQL (fsync on) and load generator (wrk) share the machine. Each round measures
everything once; a ratio is of two figures of one round, and the median of the rounds is told.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.request import urlopen

import psycopg

from service import migrations
from service.embedded import Cluster
from service.keysets import PUBLISHED_TEST_KEYSETS, VARIABLE

CONNECTIONS = (64, 256)
BODY = (
    '{{"chain":"bitcoin","network":"{network}","asset":"BTC",'
    '"expected_amount_minor":"150000","metadata":{{"order":"A-1001"}}}}'
)


@dataclass(frozen=True)
class Figure:
    """One run of wrk."""

    what: str
    connections: int
    per_second: float
    p50_ms: float
    p99_ms: float
    failures: int


def main() -> None:
    arguments = _arguments()
    figures: list[Figure] = []
    with _database() as dsns, tempfile.TemporaryDirectory() as folder:
        key = _api_key(dsns[0])
        # A wallet each: none pays for finding its cursor where the other left it.
        hot, other = _script(folder, key, "regtest"), _script(folder, key, "testnet")
        with _server(dsns[1], join=True) as joined, _server(dsns[1], join=False) as apart:
            plan = [
                (script, what, url, connections)
                for connections in CONNECTIONS
                for script, what, url in (
                    (hot, "no-op", f"{joined}/nothing"),
                    (hot, "POST", f"{joined}/v1/payment-requests"),
                    (other, "one call a request", f"{apart}/v1/payment-requests"),
                )
            ]
            for run in plan[:3]:
                _load(*run, 3)
            for number in range(arguments.rounds):
                figures += [_load(*run, arguments.seconds) for run in plan]
                print(f"round {number + 1} of {arguments.rounds} done", file=sys.stderr)
        anomalies = psycopg.connect(dsns[0]).execute("SELECT count(*) FROM app.anomalies").fetchone()
    table = _table(figures)
    print(table)
    print(f"anomalies: {anomalies[0] if anomalies else '?'}")
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=1))
    if arguments.readme:
        _write_between_marks(arguments.readme, table)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--readme", type=Path, help="write the table between its marks")
    return parser.parse_args()


@contextmanager
def _database() -> Iterator[tuple[str, str]]:
    """A fresh server on disk: the DSNs of who deploys and of who serves."""
    with Cluster.temporary() as cluster:
        with psycopg.connect(cluster.dsn(), autocommit=True) as conn:
            conn.execute("CREATE DATABASE bench")
        migrations.deploy(cluster.dsn(dbname="bench"), quiet=True)
        yield cluster.dsn(dbname="bench"), cluster.dsn("pgtill_service", "bench")


def _api_key(dsn: str) -> str:
    made = subprocess.run(
        [sys.executable, "-m", "service.cli", "merchant", "create", "bench", "--json"],
        env={**os.environ, "DATABASE_URL": dsn},
        check=True,
        capture_output=True,
        text=True,
    )
    return str(json.loads(made.stdout)["api_key"])


@contextmanager
def _server(dsn: str, *, join: bool) -> Iterator[str]:
    """A server process of its own; its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {
        **os.environ,
        "DATABASE_URL": dsn,
        "PORT": str(port),
        "PGTILL_JOIN_CALLS": str(join).lower(),
        VARIABLE: PUBLISHED_TEST_KEYSETS,
        "PAYMENT_REQUEST_KEYSET_HASH_HMAC_SECRET": "a secret of the bench alone",
    }
    process = subprocess.Popen([sys.executable, "-m", "bench.server"], env=env)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/readyz", process)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")


def _script(folder: str, key: str, network: str) -> Path:
    path = Path(folder) / f"{network}.lua"
    path.write_text(
        'wrk.method = "POST"\n'
        'wrk.headers["Content-Type"] = "application/json"\n'
        f'wrk.headers["Authorization"] = "Bearer {key}"\n'
        f"wrk.body = [[{BODY.format(network=network)}]]\n"
    )
    return path


def _load(script: Path, what: str, url: str, connections: int, seconds: int) -> Figure:
    said = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script), url],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    failures = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return Figure(
        what,
        connections,
        float(_found(r"Requests/sec:\s+([\d.]+)", said)),
        _milliseconds(_found(r"\s50%\s+(\S+)", said)),
        _milliseconds(_found(r"\s99%\s+(\S+)", said)),
        int(failures[1]) if failures else 0,
    )


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise SystemExit(f"wrk said something else:\n{text}")
    return match[1]


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1, "s": 1_000, "m": 60_000}[unit]


def _table(figures: list[Figure]) -> str:
    lines = [
        "| connections | no-op a second | POST a second | POST / no-op | POST / one call a request | POST p50, p99 |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for connections in CONNECTIONS:
        by_name = {
            what: [item for item in figures if (item.what, item.connections) == (what, connections)]
            for what in ("no-op", "POST", "one call a request")
        }
        post, nothing, apart = by_name["POST"], by_name["no-op"], by_name["one call a request"]
        lines.append(
            f"| {connections} | {_median(nothing):,.0f} | {_median(post):,.0f} "
            f"| {_ratio(post, nothing):.2f} | {_ratio(post, apart):.1f} "
            f"| {statistics.median(f.p50_ms for f in post):.0f} ms, {statistics.median(f.p99_ms for f in post):.0f} ms |"
        )
    failures = sum(figure.failures for figure in figures)
    lines += [
        "",
        f"{os.cpu_count()} cores, median of {len(figures) // 6} rounds, {failures} answers not 2xx.",
    ]
    return "\n".join(lines)


def _median(figures: list[Figure]) -> float:
    return statistics.median(figure.per_second for figure in figures)


def _ratio(above: list[Figure], below: list[Figure]) -> float:
    return statistics.median(a.per_second / b.per_second for a, b in zip(above, below, strict=True))


def _write_between_marks(path: Path, table: str) -> None:
    text = path.read_text()
    head, _, rest = text.partition("<!-- figures -->")
    _, _, tail = rest.partition("<!-- /figures -->")
    path.write_text(f"{head}<!-- figures -->\n{table}\n<!-- /figures -->{tail}")


if __name__ == "__main__":
    main()
