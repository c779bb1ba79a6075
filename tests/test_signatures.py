"""Signed requests: good once, in any process, for exactly what was signed; nothing secret is stored."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import psycopg
import pytest

from service.signatures import Seals, make_secret
from tests.conftest import Database
from tests.support import (
    Merchant,
    Reply,
    Server,
    Wire,
    add_key,
    cloned,
    command_here,
    create_merchant,
    environment,
    execute,
    rows,
    serving,
    wait_until,
)
from tests.test_wallets import create_user, registration

PATH = "/v1/wallets"
SERVICE_SECRET = "the-secret-that-seals-signing-secrets"


@dataclass(frozen=True)
class Signer:
    """An API key with a signing secret; signs by means that the service does not use."""

    key_id: str
    secret: str

    def headers(
        self, method: str, target: str, body: bytes = b"", *, at: float | str | None = None
    ) -> dict[str, str]:
        timestamp = at if isinstance(at, str) else f"{time.time() if at is None else at:.6f}"
        lines = [self.key_id, timestamp, method, target, hashlib.sha256(body).hexdigest()]
        signature = hmac.new(self.secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()
        return {"X-API-KEY-ID": self.key_id, "X-API-TIMESTAMP": timestamp, "X-API-SIGNATURE": signature}


@dataclass
class House:
    """Two server processes on one database, a merchant, a user of it, and a key that signs."""

    database: Database
    servers: list[Server]
    merchant: Merchant
    user: str
    signer: Signer

    @property
    def dsn(self) -> str:
        return self.database.dsn()

    def send(
        self, method: str, target: str, body: bytes = b"", *, headers: dict[str, str], server: int = 0
    ) -> Reply:
        async def ask() -> Reply:
            wire = await Wire.open(self.servers[server].port)
            reply = await wire.ask(method, target, body, headers)
            await wire.close()
            return reply

        return asyncio.run(ask())


def create_signer(
    dsn: str, merchant: Merchant, scopes: list[str] | None = None, *, sealed_by: str = SERVICE_SECRET
) -> Signer:
    """As `pgtill api-key create --signing` makes one."""
    key = add_key(dsn, merchant, scopes or ["wallets:read", "wallets:write"])
    secret = make_secret()
    rows(
        dsn,
        "SELECT identity.create_signing_secret(%s, %s)",
        key.key_id,
        Seals([sealed_by]).seal(key.key_id, secret),
    )
    return Signer(key.key_id, secret)


@pytest.fixture(scope="module")
def house(cluster: Any, template: str) -> Iterator[House]:
    with cloned(cluster, template, "signed") as database:
        merchant = create_merchant(database.dsn())
        dsn = database.dsn("pgtill_service")
        with (
            serving(dsn, PGTILL_SIGNING_SECRET=SERVICE_SECRET) as first,
            serving(dsn, PGTILL_SIGNING_SECRET=SERVICE_SECRET) as second,
        ):
            yield House(
                database,
                [first, second],
                merchant,
                create_user(database.dsn(), merchant),
                create_signer(database.dsn(), merchant),
            )


REFUSED = {
    "error": {
        "code": "unauthorized",
        "message": "a good API key is required: Authorization: Bearer sk_test_…, or a signature",
    }
}


def assert_refused(reply: Reply) -> None:
    assert (reply.status, reply.json()) == (401, REFUSED)


def body_of(house: House, account: str) -> bytes:
    return json.dumps(registration(house.user, account)).encode()


# Good


def test_a_signed_request_is_its_key_s(house: House) -> None:
    body = body_of(house, "signed")
    reply = house.send("POST", PATH, body, headers=house.signer.headers("POST", PATH, body))
    assert reply.status == 201
    target = f"{PATH}?user_id={house.user}&limit=1&provider=fincra"
    listed = house.send("GET", target, headers=house.signer.headers("GET", target))
    assert listed.status == 200
    assert listed.json()["wallets"][0]["user_id"] == house.user
    place = f"{PATH}/{reply.json()['id']}"
    for method, path, sent in (
        ("GET", place, b""),
        ("PATCH", place, b'{"metadata": {"a": 1}}'),
        ("POST", f"{place}/deactivate", b""),
        ("GET", "/v1/wallets/%77al_x", b""),
    ):
        answer = house.send(method, path, sent, headers=house.signer.headers(method, path, sent))
        assert answer.status == (404 if "%" in path else 200), answer


def test_every_route_takes_a_signature(house: House) -> None:
    signer = create_signer(house.dsn, house.merchant, ["assets:read", "payment_requests:read"])
    assert house.send("GET", "/v1/assets", headers=signer.headers("GET", "/v1/assets")).status == 200
    target = "/v1/payment-requests/pr_x"
    assert (
        house.send("GET", target, headers=signer.headers("GET", target)).code == "payment_request_not_found"
    )


def test_a_body_in_pieces_is_signed_as_a_whole(house: House) -> None:
    body = body_of(house, "pieces")

    async def ask() -> Reply:
        wire = await Wire.open(house.servers[0].port)
        head = house.signer.headers("POST", PATH, body) | {"host": "x", "transfer-encoding": "chunked"}
        lines = [f"POST {PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        await wire.write("\r\n".join(lines).encode())
        for place in range(0, len(body), 20):
            piece = body[place : place + 20]
            await wire.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            await asyncio.sleep(0)
        await wire.write(b"0\r\n\r\n")
        reply = await wire.receive()
        await wire.close()
        return reply

    assert asyncio.run(ask()).status == 201


def test_two_equal_requests_of_one_second_are_told_apart_by_a_fraction(house: House) -> None:
    now = time.time()
    for at in (f"{now:.0f}", f"{now:.1f}", f"{now + 0.000001:.6f}"):
        assert house.send("GET", PATH, headers=house.signer.headers("GET", PATH, at=at)).status == 200


@pytest.mark.parametrize("seconds", [-290, 290])
def test_a_clock_may_be_wrong_by_minutes(house: House, seconds: int) -> None:
    headers = house.signer.headers("GET", PATH, at=time.time() + seconds)
    assert house.send("GET", PATH, headers=headers).status == 200


def test_the_300th_second_is_good_to_its_end(house: House) -> None:
    """Where a caller writes whole seconds, as most do, nothing is cut off its window."""
    second, status = 0, 0
    while int(time.time()) != second:  # until it was the same second all the while
        second = int(time.time())
        headers = house.signer.headers("GET", PATH, at=f"{second - 300}")
        status = house.send("GET", PATH, headers=headers).status
    assert status == 200


def test_scopes_hold_for_signatures_too(house: House) -> None:
    signer = create_signer(house.dsn, house.merchant, ["wallets:read"])
    body = body_of(house, "scope")
    reply = house.send("POST", PATH, body, headers=signer.headers("POST", PATH, body))
    assert (reply.status, reply.code) == (403, "insufficient_scope")


# Not good


@pytest.mark.parametrize("seconds", [-301, 301, -86_400, 86_400])
def test_a_time_outside_the_window_is_refused(house: House, seconds: int) -> None:
    headers = house.signer.headers("GET", PATH, at=time.time() + seconds)
    assert_refused(house.send("GET", PATH, headers=headers))


@pytest.mark.parametrize("server", [0, 1])
def test_a_replay_is_refused_by_every_process(house: House, server: int) -> None:
    body = body_of(house, f"replayed {server}")
    headers = house.signer.headers("POST", PATH, body)
    assert house.send("POST", PATH, body, headers=headers).status == 201
    assert_refused(house.send("POST", PATH, body, headers=headers, server=server))


def test_of_a_hundred_copies_at_once_one_is_good(house: House) -> None:
    headers = house.signer.headers("GET", PATH)

    async def one(number: int) -> int:
        wire = await Wire.open(house.servers[number % 2].port)
        reply = await wire.ask("GET", PATH, b"", headers)
        await wire.close()
        return reply.status

    async def all_at_once() -> list[int]:
        return await asyncio.gather(*(one(number) for number in range(100)))

    assert Counter(asyncio.run(all_at_once())) == {200: 1, 401: 99}


def test_a_replay_is_refused_by_a_process_that_was_not_there(house: House) -> None:
    headers = house.signer.headers("GET", PATH)
    assert house.send("GET", PATH, headers=headers).status == 200
    with serving(house.database.dsn("pgtill_service"), PGTILL_SIGNING_SECRET=SERVICE_SECRET) as later:
        assert httpx2.get(f"{later.url}{PATH}", headers=headers).status_code == 401
        again = house.signer.headers("GET", PATH)
        assert httpx2.get(f"{later.url}{PATH}", headers=again).status_code == 200


def test_what_was_signed_cannot_be_changed(house: House) -> None:
    target, body = f"{PATH}/wal_x", b'{"metadata": {}}'
    other = create_signer(house.dsn, house.merchant)

    def signed() -> dict[str, str]:
        return house.signer.headers("PATCH", target, body)

    attempts = [
        ("PATCH", target, b'{"metadata":{}}', signed()),
        ("PATCH", target, b"", signed()),
        ("PATCH", f"{target}x", body, signed()),
        ("PATCH", f"{target}?", b"{}", signed()),
        ("PATCH", f"{target}?a=1", body, signed()),
        ("PATCH", "/v1/wallets/%77al_x", body, signed()),
        ("POST", f"{target}/deactivate", body, signed()),
        ("GET", target, body, signed()),
        ("PATCH", target, body, signed() | {"X-API-TIMESTAMP": f"{time.time() - 1:.6f}"}),
        ("PATCH", target, body, signed() | {"X-API-KEY-ID": other.key_id}),
        ("PATCH", target, body, signed() | {"X-API-SIGNATURE": "0" * 64}),
    ]
    for method, path, sent, headers in attempts:
        assert_refused(house.send(method, path, sent, headers=headers))
    # None of them used the signature up that it was made from: what was signed is still good.
    assert house.send("PATCH", target, body, headers=attempts[0][3]).status == 404


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-API-SIGNATURE", ""),
        ("X-API-SIGNATURE", "upper"),
        ("X-API-SIGNATURE", "short"),
        ("X-API-SIGNATURE", "\xe9" * 64),
        ("X-API-TIMESTAMP", ""),
        ("X-API-TIMESTAMP", "now"),
        ("X-API-TIMESTAMP", "nan"),
        ("X-API-TIMESTAMP", "1e9"),
        ("X-API-TIMESTAMP", " 1700000000"),
        ("X-API-TIMESTAMP", "1700000000.1234567"),
        ("X-API-TIMESTAMP", "٣٣٣٣٣٣٣٣٣٣".encode().decode("latin-1")),
        ("X-API-KEY-ID", ""),
        ("X-API-KEY-ID", "nobody"),
        ("X-API-KEY-ID", "0" * 16),
        ("X-API-KEY-ID", "'; DROP TABLE identity.api_keys; --"),
    ],
)
def test_a_header_that_is_not_well_formed_is_refused_like_any_other(
    house: House, header: str, value: str
) -> None:
    headers = house.signer.headers("GET", PATH)
    if value == "upper":
        value = headers[header].upper()
    if value == "short":
        value = headers[header][:-1]
    assert_refused(house.send("GET", PATH, headers=headers | {header: value}))


@pytest.mark.parametrize("header", ["X-API-KEY-ID", "X-API-TIMESTAMP", "X-API-SIGNATURE"])
def test_a_header_that_is_missing_or_stands_twice_is_refused(house: House, header: str) -> None:
    headers = house.signer.headers("GET", PATH)
    assert house.send("GET", PATH, headers={n: v for n, v in headers.items() if n != header}).status == 401
    with httpx2.Client(base_url=house.servers[0].url) as client:
        answer = client.get(PATH, headers=[*headers.items(), (header, headers[header])])
    assert answer.status_code == 401


def test_a_key_that_does_not_sign_or_is_revoked_is_refused(house: House) -> None:
    plain = add_key(house.dsn, house.merchant, ["wallets:read"])
    guessed = Signer(plain.key_id, plain.key.rpartition("_")[2])
    assert_refused(house.send("GET", PATH, headers=guessed.headers("GET", PATH)))
    signer = create_signer(house.dsn, house.merchant)
    assert house.send("GET", PATH, headers=signer.headers("GET", PATH)).status == 200
    execute(house.dsn, f"SELECT identity.revoke_api_key('{signer.key_id}')")
    wait_until(lambda: house.send("GET", PATH, headers=signer.headers("GET", PATH)).status == 401)


def test_a_bearer_key_beside_a_signature_is_what_counts(house: House) -> None:
    headers = house.signer.headers("GET", PATH) | {"authorization": "Bearer nonsense"}
    assert_refused(house.send("GET", PATH, headers=headers))
    headers |= {"authorization": f"Bearer {house.merchant.key}", "X-API-SIGNATURE": "x"}
    assert house.send("GET", PATH, headers=headers).status == 200


# Nothing secret is stored


def test_the_database_alone_cannot_sign(house: House) -> None:
    signer = create_signer(house.dsn, house.merchant)
    dump = house.database.cluster.run("pg_dump", "--data-only", f"--dbname={house.database.name}")
    assert signer.key_id in dump
    for text in (signer.secret, signer.secret.encode().hex(), SERVICE_SECRET):
        assert text not in dump
    for server in house.servers:
        assert signer.secret not in server.text
        assert SERVICE_SECRET not in server.text


def test_a_sealed_secret_opens_for_its_own_key_only(house: House) -> None:
    one, two = (create_signer(house.dsn, house.merchant) for _ in range(2))
    execute(
        house.dsn,
        "UPDATE identity.signing_secrets AS secret SET sealed_secret = other.sealed_secret "
        "FROM identity.signing_secrets AS other "
        f"WHERE secret.key_id = '{one.key_id}' AND other.key_id = '{two.key_id}'",
    )
    for secret in (one.secret, two.secret):
        assert_refused(house.send("GET", PATH, headers=Signer(one.key_id, secret).headers("GET", PATH)))
    assert house.send("GET", PATH, headers=two.headers("GET", PATH)).status == 200


def test_what_another_secret_sealed_does_not_open(house: House) -> None:
    signer = create_signer(house.dsn, house.merchant, sealed_by="another-secret-of-16-bytes")
    assert_refused(house.send("GET", PATH, headers=signer.headers("GET", PATH)))


def test_the_sealing_secret_can_be_rotated_and_be_left_out(house: House) -> None:
    dsn = house.database.dsn("pgtill_service")
    renewed = {
        "PGTILL_SIGNING_SECRET": "the-one-that-came-after-it",
        "PGTILL_SIGNING_PREVIOUS_SECRETS_JSON": json.dumps([SERVICE_SECRET]),
    }
    new = create_signer(house.dsn, house.merchant, sealed_by=renewed["PGTILL_SIGNING_SECRET"])
    with serving(dsn, **renewed) as server:
        for signer in (house.signer, new):
            headers = signer.headers("GET", PATH)
            assert httpx2.get(f"{server.url}{PATH}", headers=headers).status_code == 200
    with serving(dsn) as server:
        answer = httpx2.get(f"{server.url}{PATH}", headers=house.signer.headers("GET", PATH))
        assert (answer.status_code, answer.json()) == (401, REFUSED)


def test_sealing_the_same_twice_gives_nothing_away() -> None:
    seals = Seals([SERVICE_SECRET])
    secret = make_secret()
    one, two = seals.seal("a" * 16, secret), seals.seal("a" * 16, secret)
    assert one != two
    assert len(one) == 92  # what signing_secrets_sealed_secret_length asks for
    assert seals.open("a" * 16, one) == seals.open("a" * 16, two) == secret.encode()
    for place in (0, 12, 50, 91):
        broken = bytearray(one)
        broken[place] ^= 1
        assert seals.open("a" * 16, bytes(broken)) is None


# Commands


def test_a_command_makes_a_signing_secret(house: House) -> None:
    env = environment(house.database.dsn("pgtill_operator"), PGTILL_SIGNING_SECRET=SERVICE_SECRET)
    done = command_here("api-key", "create", house.merchant.public_id, "--signing", "--json", env=env)
    assert done.status == 0, done.err
    made = done.json()
    signer = Signer(made["key_id"], made["signing_secret"])
    assert house.send("GET", PATH, headers=signer.headers("GET", PATH)).status == 200
    # Not asked for, none is made; and without what seals it, no key either.
    plain = command_here("api-key", "create", house.merchant.public_id, "--json", env=env).json()
    assert "signing_secret" not in plain
    before = rows(house.dsn, "SELECT count(*) FROM identity.api_keys")
    env.pop("PGTILL_SIGNING_SECRET")
    done = command_here("api-key", "create", house.merchant.public_id, "--signing", env=env)
    assert done.status == 1
    assert done.err.startswith("pgtill: CONFIG_VALUE_INVALID: PGTILL_SIGNING_SECRET is not set")
    assert rows(house.dsn, "SELECT count(*) FROM identity.api_keys") == before


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"PGTILL_SIGNING_SECRET": "short"}, "PGTILL_SIGNING_SECRET"),
        ({"PGTILL_SIGNING_PREVIOUS_SECRETS_JSON": "x"}, "PGTILL_SIGNING_PREVIOUS_SECRETS_JSON"),
        ({"PGTILL_SIGNING_SECRET_FILE": "/nowhere"}, "PGTILL_SIGNING_SECRET"),
    ],
)
def test_a_secret_that_is_none_is_named_and_not_shown(variables: dict[str, str], name: str) -> None:
    env = environment("postgresql://pgtill@db.example/pgtill", **variables)
    done = command_here("config", "check", "--json", env=env)
    assert done.status == 1
    [problem] = done.json()
    assert name in problem["problem"]
    assert "short" not in problem["problem"].replace("is shorter than", "")


# What breaks


def test_a_database_that_cannot_be_asked_is_503_and_nothing_was_done(house: House) -> None:
    function = "identity.use_signatures(bytea[], timestamptz[])"
    body = body_of(house, f"nothing {secrets.token_hex(4)}")
    headers = house.signer.headers("POST", PATH, body)
    with psycopg.connect(house.dsn) as conn:
        conn.execute("LOCK TABLE identity.used_signatures IN ACCESS EXCLUSIVE MODE")
        reply = house.send("POST", PATH, body, headers=headers)
        assert (reply.status, reply.code) == (503, "cursor_busy")
    execute(house.dsn, f"REVOKE EXECUTE ON FUNCTION {function} FROM pgtill_service")
    try:
        assert house.send("POST", PATH, body, headers=headers).status == 500
    finally:
        execute(house.dsn, f"GRANT EXECUTE ON FUNCTION {function} TO pgtill_service")
    # The signature was not used up meanwhile.
    assert house.send("POST", PATH, body, headers=headers).status == 201


def test_what_became_of_signatures_is_a_metric(house: House) -> None:
    headers = house.signer.headers("GET", PATH)
    house.send("GET", PATH, headers=headers)
    house.send("GET", PATH, headers=headers)
    house.send("GET", PATH, headers=house.signer.headers("GET", PATH, at=time.time() - 400))
    page = httpx2.get(f"{house.servers[0].url}/metrics").text
    for result in ("signature_good", "signature_used", "signature_expired"):
        assert f'api_key_checks_total{{result="{result}"}}' in page
