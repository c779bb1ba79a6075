"""Everything through PgBouncer in transaction mode, with one server connection for all."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx2
import psycopg
import pytest

from service.embedded import PORT
from tests.conftest import Database
from tests.ha.load import load
from tests.support import (
    BTC,
    DEADLINE_S,
    ETH,
    PATH,
    Merchant,
    Server,
    create_merchant,
    execute,
    rows,
    serving,
    starting,
    wait_until,
)

SECONDS_OF_A_POLL = 5
SET_ETH = """
SELECT app.set_asset(chain => 'ethereum', network => 'sepolia', asset => 'ETH', approved_by => 'tests',
                     source_ref => 'tests', enabled => {}, default_expires_in_seconds => NULL,
                     wallet_account_id => NULL)
"""
WARNED = "not listening behind a pooler"


@contextmanager
def pgbouncer(database: Database) -> Iterator[Path]:
    """PgBouncer before the test's server; the directory of its socket."""
    program = shutil.which("pgbouncer", path=os.environ["PATH"] + os.pathsep + "/usr/sbin")
    assert program, "pgbouncer is missing; `make test` installs it"
    account = database.cluster.account
    with tempfile.TemporaryDirectory(prefix="pgtill-") as folder:
        home = Path(folder)
        (home / "users").write_text('"pgtill_service" ""\n"postgres" ""\n')
        (home / "ini").write_text(configuration(home, database))
        if account:
            for path in (home, home / "users", home / "ini"):
                os.chown(path, account.pw_uid, account.pw_gid)
        with (home / "log").open("wb") as log:
            process = subprocess.Popen([program, home / "ini"], cwd="/", stdout=log, stderr=log)
        try:
            wait_until(lambda: (home / f".s.PGSQL.{PORT}").exists() or process.poll() is not None)
            assert process.poll() is None, (home / "log").read_text()
            yield home
        finally:
            process.terminate()
            process.wait()


def configuration(home: Path, database: Database) -> str:
    """What docs/operations.md shows, with one server connection: whatever a session leaves, the next finds."""
    # It will not serve as root, and becomes this account itself: that one may not enter every clone.
    account = database.cluster.account
    return f"""\
[databases]
pgtill = host={database.cluster.socket_dir} port={PORT} dbname={database.name}
[pgbouncer]
listen_addr =
unix_socket_dir = {home}
listen_port = {PORT}
auth_type = trust
auth_file = {home}/users
pool_mode = transaction
default_pool_size = 1
max_client_conn = 100
query_wait_timeout = 3
server_connect_timeout = 2
server_login_retry = 1
{f"user = {account.pw_name}" if account else ""}
"""


def dsn(home: Path, user: str = "pgtill_service") -> str:
    return f"postgresql://{user}@/pgtill?host={quote(str(home), safe='')}&port={PORT}"


@pytest.fixture(scope="module")
def database(module_database: Database) -> Database:
    """One for the module, as production has: whatever a test leaves in a session, the next finds."""
    return module_database


@pytest.fixture(scope="module")
def pooler(database: Database) -> Iterator[Path]:
    with pgbouncer(database) as home:
        yield home


@pytest.fixture(scope="module")
def server(pooler: Path) -> Iterator[Server]:
    with serving(dsn(pooler)) as server:
        yield server


def new_name() -> str:
    return f"shop {secrets.token_hex(4)}"


def client_of(server: Server, merchant: Merchant) -> httpx2.Client:
    return httpx2.Client(base_url=server.url, headers=merchant.headers, timeout=DEADLINE_S)


def test_orders_of_many_clients_share_one_connection(database: Database, server: Server) -> None:
    with load([server.port], create_merchant(database.dsn(), new_name())) as shoppers:
        shoppers.wait_for(1000)
    assert not {reply for reply in shoppers.replies if not reply.startswith("20")}, shoppers.replies
    shoppers.assert_kept(database.dsn())
    query = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'pgtill_service' AND datname = %s"
    assert rows(database.dsn(), query, database.name) == [(1,)]


def test_merchants_by_turns_see_each_their_own(database: Database, server: Server) -> None:
    merchants = [create_merchant(database.dsn(), new_name()) for _ in range(2)]
    with client_of(server, merchants[0]) as first, client_of(server, merchants[1]) as second:
        for number in range(20):
            body, key = json.dumps((BTC, ETH)[number % 2]), {"idempotency-key": f"order {number}"}
            mine, theirs = (client.post(PATH, content=body, headers=key) for client in (first, second))
            assert (mine.status_code, theirs.status_code) == (201, 201)
            assert mine.json()["id"] != theirs.json()["id"]
            again = first.post(PATH, content=body, headers=key)
            assert (again.status_code, again.content) == (200, mine.content)
            other = first.post(PATH, content=json.dumps(BTC | {"expires_in_seconds": 61}), headers=key)
            assert other.status_code == 409
            path = f"{PATH}/{mine.json()['id']}"
            assert (first.get(path).status_code, second.get(path).status_code) == (200, 404)
            assert first.get("/v1/assets").status_code == 200


def test_a_refusal_leaves_nothing_behind_for_the_next_client(database: Database, server: Server) -> None:
    with (
        client_of(server, create_merchant(database.dsn(), new_name())) as client,
        psycopg.connect(database.dsn()) as holder,
    ):
        holder.execute("SELECT FROM app.wallet_accounts FOR UPDATE")
        busy = client.post(PATH, content=json.dumps(BTC))
        assert (busy.status_code, busy.json()["error"]["code"]) == (503, "cursor_busy")
        holder.rollback()
        assert client.post(PATH, content=json.dumps(BTC)).status_code == 201


def test_a_session_leaves_no_settings_and_no_prepared_statements(
    database: Database, server: Server, pooler: Path
) -> None:
    with client_of(server, create_merchant(database.dsn(), new_name())) as client:
        for _ in range(10):
            assert client.post(PATH, content=json.dumps(BTC)).status_code == 201
    with psycopg.connect(dsn(pooler), autocommit=True, prepare_threshold=None) as conn:
        assert conn.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (0,)
        assert conn.execute("SELECT * FROM pg_listening_channels()").fetchall() == []
        # Those of the role, as somebody who logs in anew gets them.
        query = (
            "SELECT name, setting FROM pg_settings WHERE source = 'session' AND name <> 'application_name'"
        )
        assert conn.execute(query).fetchall() == []
        assert conn.execute("SHOW lock_timeout").fetchone() == ("1s",)
        locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        assert conn.execute(locks).fetchone() == (0,)


def test_without_notices_a_changed_catalog_is_seen_soon(database: Database, server: Server) -> None:
    wait_until(lambda: bool(server.lines(WARNED)))
    with client_of(server, create_merchant(database.dsn(), new_name())) as client:
        assert client.post(PATH, content=json.dumps(ETH)).status_code == 201
        execute(database.dsn(), SET_ETH.format("false"))

        def assets() -> set[str]:
            return {row["asset"] for row in client.get("/v1/assets").json()["assets"]}

        try:
            wait_until(lambda: "ETH" not in assets(), seconds=3 * SECONDS_OF_A_POLL)
        finally:
            execute(database.dsn(), SET_ETH.format("true"))
        wait_until(lambda: "ETH" in assets(), seconds=3 * SECONDS_OF_A_POLL)


def test_another_login_is_refused_with_its_remedy(pooler: Path) -> None:
    with starting(dsn(pooler, "postgres"), DB_READINESS_TIMEOUT="2") as server:
        assert server.process.wait(DEADLINE_S) != 0
        assert "behind a pooler only pgtill_service can act as pgtill_service: log in as it" in server.text
        with psycopg.connect(dsn(pooler, "postgres"), autocommit=True, prepare_threshold=None) as conn:
            assert conn.execute("SELECT current_user").fetchone() == ("postgres",)


def test_several_processes_share_the_one_connection(database: Database, pooler: Path, server: Server) -> None:
    with serving(dsn(pooler)) as second:
        merchant = create_merchant(database.dsn(), new_name())
        with load([server.port, second.port], merchant, clients=16) as shoppers:
            shoppers.wait_for(500)
        shoppers.assert_kept(database.dsn())
