"""`pgtill keyset`, `audit`, `gap-report`: an operator's proofs, and what they find when something is wrong."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from bip_utils import Bip32Slip10Secp256k1, P2WPKHAddrEncoder  # type: ignore[import-untyped]

from service import audit as auditing
from service.address_worker import AddressWorker
from service.database import create_pool
from service.descriptors import with_checksum
from service.keysets import parse_keysets
from tests.conftest import Database
from tests.derivation.support import TPUB, VPUB, XPUB, load, respell, rewrite
from tests.support import (
    BTC,
    ETH,
    KEYSETS_VARIABLE,
    OTHER_TPUB,
    OTHER_XPUB,
    PATH,
    SECRET_VARIABLE,
    USDT,
    Done,
    Shop,
    command,
    command_here,
    create_merchant,
    environment,
    execute,
    independent_address,
    keysets,
    rows,
    serving,
)

NETWORKS = {("bitcoin", "regtest"): TPUB, ("bitcoin", "testnet"): VPUB, ("ethereum", "sepolia"): XPUB}
SCHEMES = {"bitcoin": "bip84_p2wpkh", "ethereum": "evm_bip44"}
FIRST = independent_address("bitcoin", "regtest", TPUB, 0)


def verify(
    key: str,
    address: str,
    *more: str,
    chain: str = "bitcoin",
    network: str = "regtest",
    scheme: str | None = None,
) -> Done:
    """`pgtill keyset verify` without any configuration."""
    options = {
        "--chain": chain,
        "--network": network,
        "--address-scheme": scheme if scheme is not None else SCHEMES.get(chain.lower(), "bip84_p2wpkh"),
        "--extended-public-key": key,
        "--expected-address": address,
    }
    arguments = [f"{name}={value}" for name, value in options.items()]
    return command_here("keyset", "verify", *arguments, *more, env={})


# keyset verify


@pytest.mark.parametrize(("chain", "network"), NETWORKS)
def test_a_key_that_gives_the_address_is_0(chain: str, network: str) -> None:
    key = NETWORKS[chain, network]
    address = independent_address(chain, network, key, 0)
    done = verify(f" {key}\n", f" {address} ", "--keyset-id=ks_x", chain=chain.upper(), network=f" {network}")
    assert done.status == 0
    assert done.json() == {
        "match": True,
        "chain": chain,
        "network": network,
        "address_scheme": SCHEMES[chain],
        "keyset_id": "ks_x",
        "derivation_index": 0,
        "expected_address": address,
        "derived_address": address,
        "reason": None,
        "error_code": None,
    }


def test_another_address_is_3_with_both_addresses() -> None:
    other = independent_address("bitcoin", "regtest", TPUB, 1)
    done = verify(TPUB, other)
    assert done.status == 3
    answer = done.json()
    assert (answer["match"], answer["error_code"]) == (False, "address_mismatch")
    assert (answer["expected_address"], answer["derived_address"]) == (other, FIRST)


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("invalid_input", {"key": ""}),
        ("invalid_input", {"key": "  "}),
        ("invalid_input", {"address": " "}),
        ("unsupported_target", {"chain": "dogecoin"}),
        ("unsupported_target", {"network": "local"}),
        ("unsupported_target", {"scheme": "bip49"}),
        ("unsupported_target", {"scheme": "evm_bip44"}),
        ("invalid_key_material_format", {"key": XPUB}),
        ("invalid_key_material_format", {"key": VPUB, "chain": "ethereum", "network": "sepolia"}),
        ("invalid_configuration", {"key": rewrite(TPUB, 4, b"\x02")}),
    ],
)
def test_what_cannot_be_derived_is_2_with_its_code(code: str, arguments: dict[str, str]) -> None:
    done = verify(**({"key": TPUB, "address": FIRST} | arguments))
    assert done.status == 2
    answer = done.json()
    assert (answer["match"], answer["error_code"], answer["derived_address"]) == (False, code, None)
    assert answer["reason"]


def test_a_missing_option_is_2() -> None:
    assert command_here("keyset", "verify", "--chain=bitcoin", env={}).status == 2


def test_the_command_line_says_the_same_as_a_process_of_its_own() -> None:
    arguments = ["--chain=bitcoin", "--network=regtest", "--address-scheme=bip84_p2wpkh"]
    arguments += [f"--extended-public-key={TPUB}", f"--expected-address={FIRST}"]
    done = command("keyset", "verify", *arguments, env={})
    assert (done.returncode, json.loads(done.stdout)["match"], done.stderr) == (0, True, "")


def invalid_keys() -> Iterator[tuple[str, str, str]]:
    """(code, reason, key), a few hundred, all of them almost the key of bitcoin/regtest."""
    chance = random.Random(20)
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    bad = "invalid_key_material_format"
    for place in range(len(TPUB)):
        other = chance.choice([letter for letter in alphabet if letter != TPUB[place]])
        yield bad, "bad_checksum", TPUB[:place] + other + TPUB[place + 1 :]
    for place in range(0, len(TPUB), 4):
        yield bad, "not_base58", TPUB[:place] + chance.choice("0OIl+/_ -\x7f") + TPUB[place + 1 :]
        yield bad, "not_ascii", TPUB[:place] + chance.choice("éＸ\u0661😀\u200b") + TPUB[place + 1 :]
    for length in range(1, 110, 2):
        yield bad, "bad_length", TPUB[:length]
    for doubled in (TPUB + TPUB, TPUB * 40, TPUB + "1111"):
        yield bad, "bad_length", doubled
    for version in ("04358394", "045f18bc", "0488ade4", "04b2430c", "049d7878", "044a4e28", "024285b5"):
        yield bad, "private_key", respell(TPUB, version)
        yield bad, "private_key", rewrite(respell(TPUB, version), 45, b"\x00" + bytes(31) + b"\x01")
    for version in ("04b24746", "049d7cb2", "044a5262", "024289ef", "02575483", "02aa7ed3", "0295b43f"):
        yield bad, "unknown_version", respell(TPUB, version)
    yield bad, "wrong_network", XPUB
    for prefix in (1, 4, 5, 6, 7, 8, 255):
        yield bad, "bad_prefix", rewrite(TPUB, 45, bytes([prefix]))
    yield bad, "private_key", rewrite(TPUB, 45, b"\x00")
    off_curve = [
        x
        for x in range(200)
        if x and pow(x**3 + 7, (2**256 - 2**32 - 977 - 1) // 2, 2**256 - 2**32 - 977) != 1
    ]
    for x in off_curve[:40]:
        yield bad, "point_not_on_curve", rewrite(TPUB, 45, b"\x02" + x.to_bytes(32))
    yield bad, "point_not_on_curve", rewrite(TPUB, 45, b"\x03" + b"\xff" * 32)
    for depth in (1, 2, 4, 5, 127, 128, 254, 255):
        yield "invalid_configuration", "wrong_depth", rewrite(TPUB, 4, bytes([depth]))
    yield bad, "depth_zero_with_parent", rewrite(TPUB, 4, b"\x00")
    yield bad, "depth_zero_with_child_number", rewrite(TPUB, 4, b"\x00" + bytes(4))
    for child in (0, 1, 2, 1000, 2**31 - 1):
        yield "invalid_configuration", "child_not_hardened", rewrite(TPUB, 9, child.to_bytes(4))


INVALID = list(invalid_keys())


def test_there_are_more_than_three_hundred_invalid_keys() -> None:
    assert len(INVALID) >= 300
    assert len({reason for _, reason, _ in INVALID}) == 13


@pytest.mark.parametrize("reason", sorted({reason for _, reason, _ in INVALID}))
def test_every_invalid_key_is_refused_with_its_own_code_and_never_repeated(reason: str) -> None:
    for code, wanted, key in INVALID:
        if wanted != reason:
            continue
        done = verify(key, FIRST)
        answer = done.json()
        assert (done.status, answer["error_code"], answer["reason"]) == (2, code, reason), key
        for start in range(0, max(1, len(key.strip()) - 8), 8):
            part = key.strip()[start : start + 8]
            if len(part) == 8:
                assert part not in done.out + done.err, f"a part of {key}"


@pytest.mark.parametrize("item", load("bip32.json")["invalid"], ids=lambda item: str(item)[:40])
def test_the_published_invalid_keys_are_refused(item: Any) -> None:
    key = next(
        value for value in (item.values() if isinstance(item, dict) else item) if len(str(value)) > 100
    )
    for chain, network in NETWORKS:
        done = verify(key, FIRST, chain=chain, network=network)
        assert done.status == 2
        assert key[:20] not in done.out + done.err


# With a database


@pytest.fixture(scope="module")
def used(shop: Shop) -> Shop:
    """A shop that has handed out addresses."""
    for number in range(30):
        assert shop.post((BTC, ETH, USDT)[number % 3]).status_code == 201
    return shop


def operator(shop: Shop, *arguments: str, **variables: str | None) -> Done:
    """A command of an operator, logged in as such."""
    env = environment(shop.database.dsn("pgtill_operator"), **variables)
    return command_here(*arguments, env=env)


def admin(database: Database, *arguments: str, **variables: str | None) -> Done:
    """A command of somebody who may take every role."""
    return command_here(*arguments, env=environment(database.dsn(), **variables))


def test_status_shows_accounts_cursors_and_digest_prefixes(used: Shop) -> None:
    done = operator(used, "keyset", "status", "--json")
    assert done.status == 0
    answer = done.json()
    assert [(row["wallet_account_id"], row["active"], row["next_index"]) for row in answer] == [
        ("wa_btc_regtest_001", True, 10),
        ("wa_btc_testnet_001", True, 0),
        ("wa_eth_sepolia_001", True, 20),
    ]
    stored = rows(used.dsn, "SELECT left(key_material_hash, 12) FROM app.wallet_accounts ORDER BY id")
    assert [(row["hash_prefix"],) for row in answer] == stored
    assert {row["last_action"] for row in answer} == {"reused"}
    table = operator(used, "keyset", "status").out
    assert all(row["wallet_account_id"] in table and row["hash_prefix"] in table for row in answer)


def test_gap_report_says_what_a_restore_needs(used: Shop, database: Database) -> None:
    by_account = {row["wallet_account_id"]: row for row in operator(used, "gap-report", "--json").json()}
    assert by_account["wa_btc_regtest_001"]["required_gap_limit"] == 10
    assert by_account["wa_btc_regtest_001"]["last_used_index"] is None
    assert by_account["wa_btc_testnet_001"]["required_gap_limit"] == 0
    execute(
        used.dsn,
        "UPDATE app.payment_requests SET status = 'confirmed' "
        "WHERE wallet_account_id = 'wa_btc_regtest_001' AND derivation_index IN (1, 6)",
    )
    by_account = {row["wallet_account_id"]: row for row in operator(used, "gap-report", "--json").json()}
    # Used: 1 and 6, so 2…5 in a row are not; after 6 come 7, 8 and 9. From 1 to 6 it is five steps.
    assert by_account["wa_btc_regtest_001"]["last_used_index"] == 6
    assert by_account["wa_btc_regtest_001"]["required_gap_limit"] == 5


def test_export_restores_every_address_in_another_library(used: Shop) -> None:
    done = operator(used, "keyset", "export", "--master-fingerprint=73C5DA0A")
    assert done.status == 0
    accounts = {row["wallet_account_id"]: row for row in done.json()}
    row = accounts["wa_btc_regtest_001"]
    match = re.fullmatch(
        r"wpkh\(\[73c5da0a/84h/1h/2h\]([1-9A-Za-z]+)/0/\*\)#([0-9a-z]{8})", row["descriptor"]
    )
    assert match
    assert match[1] == row["extended_public_key"] == TPUB
    assert row["path"] == "m/84h/1h/2h/0/*"
    branch = Bip32Slip10Secp256k1.FromExtendedKey(respell(match[1], "0488b21e")).ChildKey(0)
    restored = [
        P2WPKHAddrEncoder.EncodeKey(branch.ChildKey(index).PublicKey().KeyObject(), hrp="bcrt")
        for index in range(row["next_index"])
    ]
    stored = rows(
        used.dsn,
        "SELECT address_canonical FROM app.payment_requests WHERE wallet_account_id = 'wa_btc_regtest_001' "
        "ORDER BY derivation_index",
    )
    assert [(address,) for address in restored] == stored
    # The testnet's key was configured as a vpub: descriptors know tpubs only.
    assert accounts["wa_btc_testnet_001"]["extended_public_key"] == TPUB
    assert accounts["wa_eth_sepolia_001"]["descriptor"] is None
    assert accounts["wa_eth_sepolia_001"]["extended_public_key"] == XPUB


@pytest.mark.parametrize("value", ["", "xyz", "73c5da0", "73c5da0ag", "zzzzzzzz"])
def test_export_refuses_a_fingerprint_that_is_none(used: Shop, value: str) -> None:
    done = operator(used, "keyset", "export", f"--master-fingerprint={value}")
    assert done.status == 1
    assert done.err.startswith("pgtill: CONFIG_VALUE_INVALID: --master-fingerprint")


@pytest.mark.parametrize(
    "descriptor",
    [
        "raw(deadbeef)#89f8spxm",  # BIP380, test vectors
        # Bitcoin Core, doc/descriptors.md
        "pkh([d34db33f/44'/0'/0']xpub6ERApfZwUNrhLCkDtcHTcxd75RbzS1ed54G1LkBUHQVHQKqhMkhgbmJbZRkrgZw4koxb5JaHWkY4ALHY2grBGRjaDMzQLcgJvLJuZZvRcEL/1/*)#ml40v0wf",
    ],
)
def test_descriptor_checksums_are_the_published_ones(descriptor: str) -> None:
    assert with_checksum(descriptor.partition("#")[0]) == descriptor


def test_rotate_dry_run_changes_nothing_and_predicts_what_happens(database: Database) -> None:
    def state() -> list[Any]:
        tables = ("app.wallet_accounts", "app.asset_catalog", "app.wallet_account_sync_events")
        return [rows(database.dsn(), f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in tables]

    other = {KEYSETS_VARIABLE: json.dumps(keysets(regtest=OTHER_TPUB, sepolia=OTHER_XPUB))}
    respelt = {KEYSETS_VARIABLE: json.dumps(keysets(regtest=VPUB, testnet=TPUB))}
    seen = []
    for variables in ({}, {}, other, other, respelt):
        before = state()
        foretold = admin(database, "keyset", "rotate", "--dry-run", "--json", **variables)
        assert foretold.status == 0, foretold.err
        assert state() == before
        done = admin(database, "keyset", "rotate", "--json", **variables)
        assert done.status == 0, done.err
        for said, happened in zip(foretold.json(), done.json(), strict=True):
            assert said.pop("done") is False
            assert happened.pop("done") is True
            if said["action"] == "rotated":
                assert said.pop("wallet_account_id") is None
                assert happened.pop("wallet_account_id").startswith("wa_")
            assert said == happened
        seen.append([row["action"] for row in done.json()])
    assert seen == [
        ["reused"] * 3,
        ["reused"] * 3,
        ["rotated", "reused", "rotated"],
        ["reused"] * 3,
        ["reactivated", "reused", "reactivated"],
    ]
    assert rows(database.dsn(), "SELECT count(*) FROM app.wallet_account_sync_events") == [(15,)]


def test_rotate_refuses_what_a_start_would_refuse(database: Database) -> None:
    wrong = keysets()
    wrong["bitcoin"]["regtest"]["expected_index0_address"] = "bcrt1qother"
    for arguments in (("--dry-run",), ()):
        done = admin(database, "keyset", "rotate", *arguments, **{KEYSETS_VARIABLE: json.dumps(wrong)})
        assert done.status == 1
        assert "pgtill: invalid_configuration: keyset ks_btc_regtest gives " in done.err
        assert TPUB not in done.out + done.err
    assert rows(database.dsn(), "SELECT count(*) FROM app.wallet_account_sync_events") == [(0,)]
    done = admin(database, "keyset", "rotate", "--dry-run", **{SECRET_VARIABLE: "short"})
    assert done.err.startswith("pgtill: CONFIG_KEYSET_HASH_HMAC_SECRET_REQUIRED: ")


def test_an_event_edited_by_hand_is_named(database: Database) -> None:
    for _ in range(2):
        assert admin(database, "keyset", "rotate").status == 0
    assert admin(database, "keyset", "status").status == 0
    execute(
        database.dsn(),
        "ALTER TABLE app.wallet_account_sync_events DISABLE TRIGGER ALL",
        "UPDATE app.wallet_account_sync_events SET action = 'rotated' WHERE id = 4",
        "ALTER TABLE app.wallet_account_sync_events ENABLE TRIGGER ALL",
    )
    done = admin(database, "keyset", "status", "--json")
    assert done.status == 1
    assert "the event chain is broken at event 4: " in done.err
    assert len(done.json()) == 3


@pytest.mark.parametrize("number", [1, 3, 6])
def test_an_event_that_was_removed_is_named(database: Database, number: int) -> None:
    for _ in range(2):
        assert admin(database, "keyset", "rotate").status == 0
    execute(
        database.dsn(),
        "SET session_replication_role = replica",
        "ALTER TABLE app.wallet_account_sync_events DISABLE TRIGGER ALL",
        f"DELETE FROM app.wallet_account_sync_events WHERE id = {number}",
        "ALTER TABLE app.wallet_account_sync_events ENABLE TRIGGER ALL",
    )
    done = admin(database, "keyset", "status")
    if number < 6:
        assert done.status == 1
        assert f"event {number + 1}" in done.err or f"event {number}" in done.err
    # The very last can be cut off unseen while an earlier event of the account says the same.


# Addresses changed by hand

TAMPER = (
    "ALTER TABLE app.payment_requests DISABLE TRIGGER USER",
    (
        "UPDATE app.payment_requests SET address_canonical = '{address}' "
        "WHERE wallet_account_id = '{account}' AND derivation_index = {index}"
    ),
    "ALTER TABLE app.payment_requests ENABLE TRIGGER USER",
)


def tamper(database: Database, account: str, index: int, address: str) -> None:
    """What a superuser can do who wants the money."""
    statements = [text.format(account=account, index=index, address=address) for text in TAMPER]
    execute(database.dsn(), *statements)


@pytest.fixture
def sold(database: Database) -> Database:
    """A database with 20 addresses on regtest, 20 on sepolia."""
    merchant = create_merchant(database.dsn())
    with (
        serving(database.dsn("pgtill_service")) as server,
        httpx2.Client(base_url=server.url, headers=merchant.headers) as client,
    ):
        for _ in range(20):
            assert client.post(PATH, json=BTC).status_code == 201
            assert client.post(PATH, json=ETH).status_code == 201
    return database


def audit(database: Database, *arguments: str, **variables: str | None) -> tuple[int, Any]:
    done = command("audit", "--json", *arguments, env=environment(database.dsn(), **variables))
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


def test_audit_of_good_addresses_is_0_and_of_a_changed_one_1_with_its_name(sold: Database) -> None:
    status, report = audit(sold)
    assert (status, report["good"], report["checked"]) == (0, True, 40)
    thief = independent_address("bitcoin", "regtest", OTHER_TPUB, 7)
    tamper(sold, "wa_btc_regtest_001", 7, thief)
    tamper(sold, "wa_eth_sepolia_001", 19, independent_address("ethereum", "sepolia", XPUB, 20).lower())
    status, report = audit(sold)
    assert (status, report["good"], report["checked"]) == (1, False, 40)
    assert report["mismatches"] == [
        {
            "wallet_account_id": "wa_btc_regtest_001",
            "derivation_index": 7,
            "stored_address": thief,
            "derived_address": independent_address("bitcoin", "regtest", TPUB, 7),
        },
        {
            "wallet_account_id": "wa_eth_sepolia_001",
            "derivation_index": 19,
            "stored_address": independent_address("ethereum", "sepolia", XPUB, 20).lower(),
            "derived_address": independent_address("ethereum", "sepolia", XPUB, 19).lower(),
        },
    ]
    done = command("audit", env=environment(sold.dsn()))
    assert done.returncode == 1
    assert f"stored_address={thief}" in done.stdout
    assert "NOT every address" in done.stdout


def test_audit_of_a_key_that_is_none_is_of_no_key(sold: Database) -> None:
    broken = json.dumps([{"chain": "bitcoin", "network": "regtest", "extended_public_key": "tpub"}])
    status, report = audit(sold, PGTILL_HISTORIC_KEYSETS_JSON=broken)
    assert (status, report["checked"]) == (0, 40)


def test_audit_leaves_no_worker_behind(sold: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    workers: list[AddressWorker] = []

    class Worker(AddressWorker):
        def __init__(self) -> None:
            super().__init__()
            workers.append(self)

    def fail(*_: object) -> None:
        assert any(worker._process for worker in workers)
        raise RuntimeError

    async def interrupted() -> None:
        async with create_pool(sold.dsn("pgtill_operator"), size=1, role="pgtill_operator") as pool:
            keys = parse_keysets(environment()[KEYSETS_VARIABLE])
            with pytest.raises(RuntimeError):
                await auditing.audit(pool, keys, auditing.Checkpoint(None), fail)
            assert all(worker._process.returncode is not None for worker in workers if worker._process)

    monkeypatch.setattr(auditing, "AddressWorker", Worker)
    asyncio.run(interrupted())


def test_audit_goes_on_where_it_was_and_never_past_a_mismatch(sold: Database, tmp_path: Path) -> None:
    kept = str(tmp_path / "progress")
    assert audit(sold, "--resume", kept)[1]["checked"] == 40
    assert audit(sold, "--resume", kept)[1] | {"seconds": 0} == {
        "good": True,
        "checked": 0,
        "seconds": 0,
        "mismatches": [],
        "unverifiable_accounts": [],
    }
    (tmp_path / "progress").write_text('{"wa_btc_regtest_001": 15, "wa_eth_sepolia_001": 20}')
    tamper(sold, "wa_btc_regtest_001", 17, independent_address("bitcoin", "regtest", OTHER_TPUB, 7))
    for _ in range(2):
        status, report = audit(sold, "--resume", kept)
        assert (status, report["checked"], len(report["mismatches"])) == (1, 5, 1)


def test_audit_checks_old_addresses_with_the_old_key(sold: Database) -> None:
    other = {KEYSETS_VARIABLE: json.dumps(keysets(regtest=OTHER_TPUB))}
    assert admin(sold, "keyset", "rotate", **other).status == 0
    status, report = audit(sold, **other)
    assert (status, report["unverifiable_accounts"]) == (1, ["wa_btc_regtest_001"])
    historic = [{"chain": "Bitcoin", "network": "regtest", "extended_public_key": f" {VPUB} "}]
    status, report = audit(sold, **other, PGTILL_HISTORIC_KEYSETS_JSON=json.dumps(historic))
    assert (status, report["checked"]) == (0, 40)
    done = command("audit", env=environment(sold.dsn(), PGTILL_HISTORIC_KEYSETS_JSON="{"))
    assert done.returncode == 1
    assert done.stderr.startswith("pgtill: CONFIG_VALUE_INVALID: PGTILL_HISTORIC_KEYSETS_JSON")


def test_a_changed_address_is_never_served(sold: Database) -> None:
    merchant = create_merchant(sold.dsn(), "second")
    thief = independent_address("bitcoin", "regtest", OTHER_TPUB, 7)
    with (
        serving(sold.dsn("pgtill_service")) as server,
        httpx2.Client(base_url=server.url, headers=merchant.headers) as client,
    ):
        made = client.post(PATH, json=BTC, headers={"idempotency-key": "watched"})
        index = made.json()["payment_instructions"]["derivation_index"]
        assert client.get(made.headers["location"]).status_code == 200
        tamper(sold, "wa_btc_regtest_001", index, thief)
        answer = client.get(made.headers["location"])
        assert answer.status_code == 500
        assert answer.json()["error"]["code"] == "address_integrity_violation"
        assert thief not in answer.text
        # A replay repeats the first answer, which nobody changed.
        again = client.post(PATH, json=BTC, headers={"idempotency-key": "watched"})
        assert thief not in again.text
        assert "payment_request_integrity_violations_total 1.0" in client.get("/metrics").text
        logged = server.lines("address integrity violation")
        assert [(line["level"], line["derivation_index"]) for line in logged] == [("critical", index)]
        assert thief not in server.text


def test_a_first_answer_changed_by_hand_is_never_replayed(sold: Database) -> None:
    merchant = create_merchant(sold.dsn(), "second")
    thief = independent_address("bitcoin", "regtest", OTHER_TPUB, 7)
    with (
        serving(sold.dsn("pgtill_service")) as server,
        httpx2.Client(base_url=server.url, headers=merchant.headers) as client,
    ):
        made = client.post(PATH, json=BTC, headers={"idempotency-key": "watched"})
        assert made.status_code == 201
        execute(
            sold.dsn(),
            "ALTER TABLE app.idempotency_records DISABLE TRIGGER USER",
            "UPDATE app.idempotency_records SET response_payload = jsonb_set(response_payload, "
            f"'{{payment_instructions,address}}', '\"{thief}\"') WHERE idempotency_key = 'watched'",
        )
        again = client.post(PATH, json=BTC, headers={"idempotency-key": "watched"})
        assert thief not in again.text
