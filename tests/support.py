"""
What tests from outside share: real server processes, merchants, commands, connections.

    shop             one server on one database for a whole module, and a merchant of it
    module_database  that database
    serving()        a server process of one's own;  command() any other pgtill command
    Wire             an HTTP connection of which the test decides what is sent, and when
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import httpx2
import psycopg
import pytest
from bip_utils import Bip32Slip10Secp256k1, EthAddrEncoder, P2WPKHAddrEncoder  # type: ignore[import-untyped]

from service.auth import SCOPES, make_key
from service.cli import main
from service.config import Settings
from service.embedded import Cluster
from tests.derivation.support import TPUB, VPUB, XPUB, rewrite

if TYPE_CHECKING:
    from tests.conftest import Database

ROOT = Path(__file__).parents[1]
PATH = "/v1/payment-requests"

KEYSETS_VARIABLE = "PAYMENT_REQUEST_DEVTEST_KEYSETS_JSON"
SECRET_VARIABLE = "PAYMENT_REQUEST_KEYSET_HASH_HMAC_SECRET"
PREVIOUS_VARIABLE = "PAYMENT_REQUEST_KEYSET_HASH_HMAC_PREVIOUS_SECRETS_JSON"
SECRET = "the-secret-of-the-tests"

# The generator point with another chain code: another key, as public as the first.
OTHER_TPUB = rewrite(TPUB, 13, bytes(range(0x41, 0x61)))
OTHER_XPUB = rewrite(XPUB, 13, bytes(range(0x41, 0x61)))

BTC = {"chain": "bitcoin", "network": "regtest", "asset": "BTC"}
BTC_TESTNET = {"chain": "bitcoin", "network": "testnet", "asset": "BTC"}
ETH = {"chain": "ethereum", "network": "sepolia", "asset": "ETH"}
USDT = {"chain": "ethereum", "network": "sepolia", "asset": "USDT"}
USDT_CONTRACT = "0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238"

DEADLINE_S = 30.0
"""When waiting for something that must come is given up; far beyond what it takes."""


# Keys and addresses, by a library that the service does not use


@cache
def independent_address(chain: str, network: str, key: str, index: int) -> str:
    """The address at 0/index of an account key in any spelling."""
    branch = Bip32Slip10Secp256k1.FromExtendedKey(_as_xpub(key)).ChildKey(0)
    point = branch.ChildKey(index).PublicKey().KeyObject()
    if chain == "ethereum":
        return str(EthAddrEncoder.EncodeKey(point))
    hrp = {"regtest": "bcrt", "testnet": "tb", "mainnet": "bc"}[network]
    return str(P2WPKHAddrEncoder.EncodeKey(point, hrp=hrp))


def _as_xpub(key: str) -> str:
    return rewrite(key, 0, bytes.fromhex("0488b21e"))


def keysets(
    *, regtest: str = TPUB, testnet: str = VPUB, sepolia: str = XPUB, **more: Any
) -> dict[str, dict[str, Any]]:
    """What the three networks of the catalog need, each with the address of its index 0."""
    tree: dict[str, dict[str, Any]] = {"bitcoin": {}, "ethereum": {}}
    for chain, network, keyset_id, key in (
        ("bitcoin", "regtest", "ks_btc_regtest", regtest),
        ("bitcoin", "testnet", "ks_btc_testnet", testnet),
        ("ethereum", "sepolia", "ks_eth_sepolia", sepolia),
    ):
        tree[chain][network] = keyset(chain, network, keyset_id, key)
    return tree | more


def keyset(chain: str, network: str, keyset_id: str, key: str) -> dict[str, str]:
    """One entry of the nested form."""
    return {
        "keyset_id": keyset_id,
        "extended_public_key": key,
        "expected_index0_address": independent_address(chain, network, key, 0),
    }


# Processes


def environment(dsn: str | None = None, **variables: str | None) -> dict[str, str]:
    """A good environment and nothing else; None takes a variable out."""
    env = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    env |= {
        KEYSETS_VARIABLE: json.dumps(keysets()),
        SECRET_VARIABLE: SECRET,
        "LANG": "C.UTF-8",
    }
    if dsn:
        env["DATABASE_URL"] = dsn
    for name, value in variables.items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = value
    return env


def command(*arguments: str, env: Mapping[str, str], timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Run a pgtill command to its end."""
    return subprocess.run(
        [*PGTILL, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, timeout=timeout, check=False
    )


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


def command_here(*arguments: str, env: Mapping[str, str]) -> Done:
    """The same command inside this process: for the many that need no process of their own."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            patch.delenv(name)
        for name, value in env.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["pgtill", *arguments])
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
            main()
    return Done(end.value.code if isinstance(end.value.code, int) else 1, out.getvalue(), err.getvalue())


PGTILL = [sys.executable, "-W", "error", "-c", "from service.cli import main; main()"]
"""`pgtill`, of the code that is being tested, with every warning an error."""


def free_port() -> int:
    """A port that nobody has, nor gets in another process of the same run before it is used."""
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port // 2 % count == number:  # Linux gives odd ones
            return port


def is_open(port: int) -> bool:
    """Whether somebody answers there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Server:
    """One `pgtill serve`; its output goes to a file."""

    env: Mapping[str, str]
    port: int
    output: Path
    words: Sequence[str] = ("serve",)
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                [*PGTILL, *self.words], cwd=ROOT, env=self.env, stdout=file, stderr=subprocess.STDOUT
            )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_until_up(self) -> Self:
        wait_until(lambda: is_open(self.port) or self.process.poll() is not None)
        if self.process.poll() is not None:
            pytest.fail(f"the server ended with {self.process.returncode}:\n{self.text}")
        return self

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(DEADLINE_S)

    @property
    def text(self) -> str:
        return self.output.read_text(errors="replace")

    def lines(self, event: str | None = None) -> list[dict[str, Any]]:
        """The log's lines, or those of one event."""
        lines = [json.loads(line) for line in self.text.splitlines() if line.startswith("{")]
        return [line for line in lines if event in (None, line.get("event"))]


@contextmanager
def serving(dsn: str, **variables: str | None) -> Iterator[Server]:
    """A server process that is up, and gone when the block ends."""
    with starting(dsn, **variables) as server:
        yield server.wait_until_up()


@contextmanager
def starting(dsn: str, **variables: str | None) -> Iterator[Server]:
    """A server process that may or may not come up."""
    env = environment(dsn, **({"PORT": str(free_port())} | variables))
    with tempfile.TemporaryDirectory(prefix="pgtill-test-") as name:
        server = Server(env, int(env["PORT"]), Path(name) / "output")
        try:
            yield server
        finally:
            if server.process.poll() is None:
                server.process.kill()
            server.process.wait()


def wait_until(is_true: Callable[[], bool], *, seconds: float = DEADLINE_S) -> None:
    """Look again and again until it is true; fail when it never is."""
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            pytest.fail(f"still not true after {seconds} s")
        time.sleep(0.02)


# Databases


@dataclass(frozen=True)
class Merchant:
    """An organization and a key of it."""

    organization_id: int
    public_id: str
    key_id: str
    key: str = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.key}"}


def create_merchant(dsn: str, name: str = "shop", scopes: Iterable[str] = SCOPES) -> Merchant:
    """Make an organization with a key, as `pgtill merchant create` does."""
    key = make_key()
    with psycopg.connect(dsn, autocommit=True) as conn:
        public_id = conn.execute("SELECT organization_id FROM identity.create_organization(%s)", (name,))
        row = public_id.fetchone()
        assert row is not None
        conn.execute(
            "SELECT identity.create_api_key(%s, %s, %s, %s)",
            (row[0], key.key_id, key.secret_hash, list(scopes)),
        )
        number = conn.execute("SELECT id FROM identity.organizations WHERE public_id = %s", (row[0],))
        found = number.fetchone()
        assert found is not None
    return Merchant(found[0], row[0], key.key_id, key.text)


def add_key(dsn: str, merchant: Merchant, scopes: Iterable[str]) -> Merchant:
    """Another key of the same organization."""
    key = make_key()
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute(
            "SELECT identity.create_api_key(%s, %s, %s, %s)",
            (merchant.public_id, key.key_id, key.secret_hash, list(scopes)),
        )
    return Merchant(merchant.organization_id, merchant.public_id, key.key_id, key.text)


def rows(dsn: str, query: str, *parameters: object) -> list[tuple[Any, ...]]:
    """What a query answers."""
    with psycopg.connect(dsn, autocommit=True) as conn:
        cursor = conn.execute(query.encode(), parameters or None)
        return cursor.fetchall() if cursor.description else []


def execute(dsn: str, *statements: str) -> None:
    """Carry statements out, each in a transaction of its own, as the superuser whose DSN it is."""
    with psycopg.connect(dsn, autocommit=True) as conn:
        for statement in statements:
            conn.execute(statement.encode())


def assert_whole(dsn: str) -> int:
    """No hole, no duplicate, every cursor where its rows end, no anomaly; how many payment requests."""
    assert rows(dsn, "SELECT rule, subject, detail FROM app.anomalies") == []
    # The same again, by other means than the view's.
    for account, next_index, indexes in rows(
        dsn,
        """
        SELECT account.id, account.next_index, array_agg(request.derivation_index ORDER BY 1)
          FROM app.wallet_accounts AS account
          JOIN app.payment_requests AS request ON request.wallet_account_id = account.id
         GROUP BY account.id
        """,
    ):
        assert sorted(indexes) == list(range(next_index)), account
    counted = rows(
        dsn,
        "SELECT count(*), count(DISTINCT (chain, network, address_canonical)), "
        "(SELECT sum(next_index)::bigint FROM app.wallet_accounts) FROM app.payment_requests",
    )[0]
    assert len(set(counted)) == 1, counted
    return int(counted[0])


@contextmanager
def cloned(cluster: Cluster, template: str, dbname: str) -> Iterator[Database]:
    """A database of its own, made from the deployed template."""
    from tests.conftest import Database

    cluster.run("createdb", f"--template={template}", dbname)
    try:
        yield Database(cluster, dbname)
    finally:
        cluster.run("dropdb", "--force", dbname)


# Clients


@dataclass
class Shop:
    """A server, its database, a merchant and that merchant's client."""

    database: Database
    server: Server
    merchant: Merchant
    client: httpx2.Client

    @property
    def dsn(self) -> str:
        """The superuser's."""
        return self.database.dsn()

    def post(self, body: Any, *, key: str | None = None, **headers: str) -> httpx2.Response:
        """POST a payment request: bytes and text as they are, anything else as JSON."""
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        if key is not None:
            headers["idempotency-key"] = key
        return self.client.post(PATH, content=content, headers=headers)

    def ask_by_hand(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Over a connection of its own, with headers that no client library would send."""

        async def ask() -> Reply:
            wire = await Wire.open(self.server.port)
            try:
                return await wire.ask(method, path, body, self.merchant.headers | dict(headers))
            finally:
                await wire.close()

        return asyncio.run(ask())


@pytest.fixture(scope="module")
def module_database(cluster: Cluster, template: str) -> Iterator[Database]:
    """One database for all tests of a module."""
    with cloned(cluster, template, "module") as database:
        yield database


@pytest.fixture(scope="module")
def shop(module_database: Database) -> Iterator[Shop]:
    """One server and one merchant for all tests of a module."""
    merchant = create_merchant(module_database.dsn())
    with (
        serving(module_database.dsn("pgtill_service")) as server,
        httpx2.Client(base_url=server.url, headers=merchant.headers, timeout=DEADLINE_S) as client,
    ):
        yield Shop(module_database, server, merchant, client)


def settings_for(dsn: str, **variables: str | None) -> Settings:
    """Settings for an application inside the test's own process."""
    return Settings.from_env(environment(dsn, **variables))


@dataclass(frozen=True)
class Reply:
    """An answer as it came over the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        """The code of a refusal."""
        return self.json()["error"]["code"] if self.status >= 400 else None


class Wire:
    """One HTTP/1.1 connection by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Self:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        head = {"host": "pgtill.test", "content-length": str(len(body)), **(headers or {})}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
        await self.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def receive(self) -> Reply:
        """The next answer; raises EOFError or OSError where the connection ends before it does."""
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.splitlines()
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        return Reply(int(first.split()[1]), headers, body)

    async def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Reply:
        await self.send(method, path, body, headers)
        return await self.receive()

    async def close(self, *, abruptly: bool = False) -> None:
        """End the connection; abruptly: with a reset, as a balancer does or a client that dies."""
        if abruptly:
            connection = self._writer.get_extra_info("socket")
            if connection.fileno() >= 0:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._writer.transport.abort()
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()
