"""
Start-up from outside: an environment in; an exit status, a log, rows and events out.

Whatever is wrong, the port never opens: every refusal here is held against a connection attempt
for as long as the process lives.
"""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest
from bitcoin.base58 import CBase58Data  # type: ignore[import-untyped]
from starlette.testclient import TestClient

from service.auth import SCOPES
from service.errors import StartupError
from service.http.app import create_app
from tests.conftest import Database
from tests.derivation.support import TPUB, VPUB, XPUB, respell, rewrite
from tests.support import (
    BTC,
    DEADLINE_S,
    ETH,
    KEYSETS_VARIABLE,
    OTHER_TPUB,
    OTHER_XPUB,
    PATH,
    PREVIOUS_VARIABLE,
    SECRET,
    SECRET_VARIABLE,
    Merchant,
    Server,
    add_key,
    assert_whole,
    command,
    create_merchant,
    environment,
    execute,
    free_port,
    independent_address,
    is_open,
    keyset,
    keysets,
    rows,
    serving,
    settings_for,
    starting,
    wait_until,
)

NOWHERE = "postgresql://nobody@/nothing?host=/nonexistent"
MARK = "c4n4ry"
"""Stands in values that no message may repeat."""

MAINNET = "PAYMENT_REQUEST_DEVTEST_ALLOW_MAINNET"
MODE = "PAYMENT_REQUEST_ALLOCATION_MODE"
SCHEMES = "PAYMENT_REQUEST_ADDRESS_SCHEME_ALLOW_LIST_JSON"


@pytest.fixture(scope="module")
def module_dsn(module_database: Database) -> str:
    """For starts that are refused and change nothing; they share it."""
    return module_database.dsn("pgtill_service")


def refused(dsn: str | None, **variables: str | None) -> str:
    """Start, and be refused: the output."""
    with starting(dsn or NOWHERE, **variables) as server:
        deadline = time.monotonic() + DEADLINE_S
        while server.process.poll() is None:
            assert not is_open(server.port), "the port is open"
            assert time.monotonic() < deadline, "still running"
            time.sleep(0.01)
        assert not is_open(server.port)
        assert server.process.returncode == 1, server.text
        assert "Traceback" not in server.text
        return server.text


def reason(output: str) -> str:
    """The line that says why."""
    lines = [line for line in output.splitlines() if line.startswith("pgtill: ")]
    assert len(lines) == 1, output
    return lines[0].removeprefix("pgtill: ")


def started(database: Database, **variables: str | None) -> list[dict[str, Any]]:
    """Start and stop: what was logged of each wallet account, by keyset."""
    with serving(database.dsn("pgtill_service"), **variables) as server:
        assert server.stop() == 0
        return sorted(server.lines("wallet account synced"), key=lambda line: str(line["keyset_id"]))


def actions(synced: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(line["action"], line["match_source"]) for line in synced]


def state(database: Database) -> list[Any]:
    """Everything that a start may change."""
    return [
        rows(database.dsn(), f"SELECT * FROM {table} ORDER BY 1, 2, 3")
        for table in ("app.wallet_accounts", "app.asset_catalog", "app.wallet_account_sync_events")
    ]


def config(**changed: str) -> str:
    return json.dumps(keysets(**changed))


def entry(**fields: Any) -> str:
    """A configuration of one entry with some fields changed; None takes one out."""
    changed: dict[str, Any] = keyset("bitcoin", "regtest", "ks_btc_regtest", TPUB) | fields
    kept = {name: value for name, value in changed.items() if value is not None}
    tree = keysets()
    tree["bitcoin"]["regtest"] = kept
    return json.dumps(tree)


# Configuration


@pytest.mark.parametrize(
    ("code", "variable", "value"),
    [
        ("CONFIG_DATABASE_URL_REQUIRED", "DATABASE_URL", ""),
        ("CONFIG_DATABASE_URL_INVALID", "DATABASE_URL", f"postgresql://[{MARK}/db"),
        ("CONFIG_DATABASE_URL_INVALID", "DATABASE_URL", f"postgresql://{MARK}:port/db"),
        ("CONFIG_DATABASE_URL_SCHEME_INVALID", "DATABASE_URL", f"mysql://{MARK}/db"),
        ("CONFIG_DATABASE_URL_HOST_MISSING", "DATABASE_URL", f"postgresql:///{MARK}"),
        ("CONFIG_DATABASE_NAME_MISSING", "DATABASE_URL", f"postgresql://{MARK}"),
        ("CONFIG_DEVTEST_ALLOW_MAINNET_INVALID", MAINNET, MARK),
        ("CONFIG_DEVTEST_KEYSETS_REQUIRED", KEYSETS_VARIABLE, ""),
        ("CONFIG_DEVTEST_KEYSETS_INVALID", KEYSETS_VARIABLE, f"{{{MARK}"),
        ("CONFIG_DEVTEST_KEYSETS_INVALID", KEYSETS_VARIABLE, f'["{MARK}"]'),
        ("CONFIG_DEVTEST_KEYSETS_INVALID", KEYSETS_VARIABLE, "{}"),
        ("CONFIG_DEVTEST_KEYSETS_INVALID", KEYSETS_VARIABLE, '{"bitcoin": {}}'),
        ("CONFIG_DEVTEST_KEYSETS_INVALID", KEYSETS_VARIABLE, '{"bitcoin": {"regtest": 1}}'),
        ("CONFIG_DEVTEST_KEYSETS_INVALID", KEYSETS_VARIABLE, entry(keyset_id=None)),
        ("CONFIG_DEVTEST_KEYSETS_INVALID", KEYSETS_VARIABLE, entry(extended_public_key=" ")),
        ("CONFIG_DEVTEST_KEYSETS_INVALID", KEYSETS_VARIABLE, entry(expected_index0_address=None)),
        ("CONFIG_DEVTEST_KEYSETS_INVALID", KEYSETS_VARIABLE, entry(keyset_id="ks_btc_testnet")),
        ("CONFIG_KEYSET_HASH_HMAC_SECRET_REQUIRED", SECRET_VARIABLE, ""),
        ("CONFIG_KEYSET_HASH_HMAC_SECRET_REQUIRED", SECRET_VARIABLE, f"{MARK} short!"),
        ("CONFIG_KEYSET_HASH_HMAC_PREVIOUS_SECRETS_INVALID", PREVIOUS_VARIABLE, f'{{"a": "{MARK}"}}'),
        ("CONFIG_KEYSET_HASH_HMAC_PREVIOUS_SECRETS_INVALID", PREVIOUS_VARIABLE, f'["{MARK}", 1]'),
        ("CONFIG_ADDRESS_SCHEME_ALLOW_LIST_INVALID", SCHEMES, f'["{MARK}"]'),
        ("CONFIG_ADDRESS_SCHEME_ALLOW_LIST_EMPTY", SCHEMES, f'{{"{MARK}": []}}'),
        ("invalid_configuration", MODE, MARK),
        ("CONFIG_VALUE_INVALID", "PGTILL_MIGRATE", MARK),
        ("CONFIG_VALUE_INVALID", "PGTILL_QUEUE_LIMIT", f"1{MARK}"),
        ("CONFIG_VALUE_INVALID", "PGTILL_CALL_DEADLINE_SECONDS", "0"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_variable_and_not_the_value(
    code: str, variable: str, value: str
) -> None:
    output = refused(None, **{variable: value})
    line = reason(output)
    assert line.startswith(f"{code}: ")
    assert variable in line
    assert "example" in line or "two different keys" in line
    assert MARK not in output
    assert TPUB not in output


def test_config_check_says_all_that_is_wrong_at_once() -> None:
    wrong = {SECRET_VARIABLE: MARK, MAINNET: MARK, PREVIOUS_VARIABLE: MARK, "PORT": "0", SCHEMES: "{}"}
    done = command("config", "check", "--json", env=environment(f"mysql://{MARK}/x", **wrong))
    assert done.returncode == 1
    problems = json.loads(done.stdout)
    assert [problem["code"] for problem in problems] == [
        "CONFIG_DATABASE_URL_SCHEME_INVALID",
        "CONFIG_KEYSET_HASH_HMAC_SECRET_REQUIRED",
        "CONFIG_KEYSET_HASH_HMAC_PREVIOUS_SECRETS_INVALID",
        "CONFIG_ADDRESS_SCHEME_ALLOW_LIST_EMPTY",
        "CONFIG_DEVTEST_ALLOW_MAINNET_INVALID",
        "CONFIG_VALUE_INVALID",
    ]
    assert MARK not in done.stdout + done.stderr
    # `serve` says the same.
    with starting(f"mysql://{MARK}/x", **(wrong | {"PORT": "99999999"})) as server:
        assert server.process.wait(DEADLINE_S) == 1
        assert server.text.count("pgtill: ") == len(problems)


def test_config_check_of_a_good_environment_says_so() -> None:
    done = command("config", "check", env=environment(NOWHERE))
    assert (done.returncode, done.stdout) == (0, "the configuration is well formed\n")
    as_json = command("config", "check", "--json", env=environment(NOWHERE))
    assert (as_json.returncode, json.loads(as_json.stdout)) == (0, [])


def test_values_are_read_from_files(database: Database, tmp_path: Path) -> None:
    variables: dict[str, str | None] = {KEYSETS_VARIABLE: None, SECRET_VARIABLE: None}
    for name, value in {
        KEYSETS_VARIABLE: config(),
        SECRET_VARIABLE: f"{SECRET}\n",
        PREVIOUS_VARIABLE: '["an older secret of ours"]',
        MODE: "devtest\n",
        MAINNET: "false",
        SCHEMES: '{"bitcoin": ["bip84_p2wpkh"], "ethereum": ["evm_bip44"]}',
    }.items():
        (tmp_path / name).write_text(value)
        variables[f"{name}_FILE"] = str(tmp_path / name)
    assert actions(started(database, **variables)) == [("reused", "unhashed")] * 3
    # The newline of the file is no part of the secret.
    assert actions(started(database)) == [("reused", "active")] * 3


def test_a_variable_and_its_file_at_once_are_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET)
    line = reason(refused(None, **{f"{SECRET_VARIABLE}_FILE": str(tmp_path / "secret")}))
    assert line.startswith(f"CONFIG_VALUE_INVALID: {SECRET_VARIABLE} and {SECRET_VARIABLE}_FILE are both set")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / MARK)
    output = refused(None, **{SECRET_VARIABLE: None, f"{SECRET_VARIABLE}_FILE": path})
    assert reason(output).startswith(f"CONFIG_VALUE_INVALID: {SECRET_VARIABLE}_FILE")
    assert MARK not in output


# Database


def test_a_database_that_does_not_answer_is_waited_for_and_then_refused() -> None:
    line = reason(refused(NOWHERE, DB_READINESS_TIMEOUT="1"))
    assert line == "database_unavailable: the database did not answer within 1 s"


def test_a_database_without_the_schema_is_refused(database: Database) -> None:
    dsn = database.cluster.dsn("postgres", "postgres")
    assert reason(refused(dsn)).startswith("schema_missing: ")


def test_a_schema_behind_the_plan_is_refused(database: Database) -> None:
    before = state(database)
    execute(
        database.dsn(),
        "DELETE FROM sqitch.dependencies WHERE change_id IN "
        "(SELECT change_id FROM sqitch.changes ORDER BY committed_at DESC LIMIT 1)",
        "DELETE FROM sqitch.changes WHERE committed_at = (SELECT max(committed_at) FROM sqitch.changes)",
    )
    assert reason(refused(database.dsn("pgtill_service"))).startswith("schema_outdated: 1 ")
    assert state(database) == before


def test_an_empty_database_is_deployed_when_asked_to(database: Database) -> None:
    database.cluster.run("createdb", "empty")
    try:
        dsn = database.cluster.dsn("postgres", "empty")
        with serving(dsn, PGTILL_MIGRATE="auto") as server:
            events = [line["event"] for line in server.lines()]
            assert server.stop() == 0
        steps = ["schema deployed", "database ready", "schema current", "keyset verified"]
        steps += ["wallet account synced", "catalog whole", "start-up complete"]
        assert list(dict.fromkeys(event for event in events if event in steps)) == steps
    finally:
        database.cluster.run("dropdb", "--force", "empty")


def test_an_application_in_another_server_checks_for_itself(database: Database) -> None:
    settings = settings_for(database.dsn("pgtill_service"), PAYMENT_REQUEST_ALLOCATION_MODE="prod")
    with pytest.raises(StartupError) as refused, TestClient(create_app(settings)):
        pass
    assert refused.value.code == "wallet_allocation_not_implemented"


def test_several_processes_serve_on_one_port(database: Database, tmp_path: Path) -> None:
    """Each says what happens to it as the one does, and /metrics of any is of all."""
    merchant = create_merchant(database.dsn())
    env = environment(database.dsn("pgtill_service"), PORT=str(free_port()))
    server = Server(env, int(env["PORT"]), tmp_path / "output", ("serve", "--workers", "2"))
    listeners = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
    try:
        server.wait_until_up()
        wait_until(lambda: rows(database.dsn(), f"SELECT count(*) {listeners}") == [(2,)])
        execute(database.dsn(), f"SELECT pg_terminate_backend(pid) {listeners}")
        wait_until(lambda: len(server.lines("listening stopped")) == 2)
        for _ in range(20):
            answer = httpx2.get(f"{server.url}/v1/assets", headers=merchant.headers)
            assert answer.status_code == 200
        assert 'api_key_checks_total{result="good"}' in httpx2.get(f"{server.url}/metrics").text
    finally:
        server.stop()
    assert not is_open(server.port)


def test_a_port_that_is_taken_ends_with_an_error(database: Database) -> None:
    dsn = database.dsn("pgtill_service")
    with serving(dsn) as first, starting(dsn, PORT=str(first.port)) as second:
        assert second.process.wait(DEADLINE_S) != 0
        assert httpx2.get(f"{first.url}/readyz").status_code == 200


# Keysets


def test_each_step_is_a_logged_line_in_order(database: Database) -> None:
    with serving(database.dsn("pgtill_service")) as server:
        lines = server.lines()
    steps = ["database ready", "schema current", *["keyset verified"] * 3]
    steps += [*["wallet account synced"] * 3, "catalog whole", "start-up complete"]
    assert [line["event"] for line in lines][: len(steps)] == steps
    places = [
        (line["chain"], line["network"], line["keyset_id"])
        for line in lines
        if line["event"] == "keyset verified"
    ]
    assert places == [
        ("bitcoin", "regtest", "ks_btc_regtest"),
        ("bitcoin", "testnet", "ks_btc_testnet"),
        ("ethereum", "sepolia", "ks_eth_sepolia"),
    ]


@pytest.mark.parametrize(
    "value", [TPUB, {"extended_public_key": TPUB}, {"key_material": TPUB}, {"xpub": TPUB}]
)
def test_the_flat_forms_are_refused_with_the_nested_one_shown(module_dsn: str, value: object) -> None:
    output = refused(module_dsn, **{KEYSETS_VARIABLE: json.dumps({"ks_btc_regtest": value})})
    line = reason(output)
    assert line.startswith("invalid_configuration: ")
    assert '{"bitcoin": {"regtest": {"keyset_id": "ks_btc_regtest", "extended_public_key": ' in line
    assert TPUB not in output


@pytest.mark.parametrize("name", ["key_material", "xpub"])
def test_a_key_may_have_its_other_names(database: Database, name: str) -> None:
    tree = keysets()
    tree["bitcoin"]["regtest"][name] = tree["bitcoin"]["regtest"].pop("extended_public_key")
    assert len(started(database, **{KEYSETS_VARIABLE: json.dumps(tree)})) == 3


def test_another_address_than_expected_is_refused(module_dsn: str) -> None:
    wanted = independent_address("bitcoin", "regtest", TPUB, 1)
    output = refused(module_dsn, **{KEYSETS_VARIABLE: entry(expected_index0_address=wanted)})
    line = reason(output)
    assert line.startswith("invalid_configuration: keyset ks_btc_regtest gives ")
    assert independent_address("bitcoin", "regtest", TPUB, 0) in line


def test_the_expected_address_may_be_in_any_case(database: Database) -> None:
    tree = keysets()
    for chain, network in (("bitcoin", "regtest"), ("ethereum", "sepolia")):
        place = tree[chain][network]
        place["expected_index0_address"] = f"  {place['expected_index0_address'].upper()}\n"
    tree["ethereum"]["sepolia"]["expected_index0_address"] = "0x61ed32e69db70c5abab0522d80e8f5db215965de"
    assert len(started(database, **{KEYSETS_VARIABLE: json.dumps(tree)})) == 3


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("invalid_key_material_format", respell(TPUB, "04358394")),  # tprv
        ("invalid_key_material_format", respell(TPUB, "045f18bc")),  # vprv
        ("invalid_key_material_format", respell(TPUB, "04b24746")),  # zpub
        ("invalid_key_material_format", XPUB),
        ("invalid_key_material_format", TPUB[:-1] + "6"),
        ("invalid_key_material_format", TPUB[:60]),
        ("invalid_key_material_format", f"{TPUB} {TPUB}"),
        ("invalid_key_material_format", TPUB.replace("D", "\u216e")),
        ("invalid_key_material_format", rewrite(TPUB, 46, bytes(31) + b"\x05")),  # x = 5: off the curve
        ("invalid_configuration", rewrite(TPUB, 4, b"\x04")),
        ("invalid_configuration", rewrite(TPUB, 9, b"\x00\x00\x00\x02")),
    ],
)
def test_a_key_that_is_no_account_key_is_refused_and_never_repeated(
    module_dsn: str, code: str, key: str
) -> None:
    output = refused(module_dsn, **{KEYSETS_VARIABLE: entry(extended_public_key=key)})
    assert reason(output).startswith(f"{code}: keyset ks_btc_regtest: ")
    for start in range(0, len(key) - 12, 4):
        assert key[start : start + 12] not in output, "a part of the key"
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    assert [line["keyset_id"] for line in lines if line["event"] == "keyset refused"] == ["ks_btc_regtest"]
    assert len([line for line in lines if line["event"] == "keyset verified"]) == 2


def test_every_configured_keyset_is_verified_also_one_that_nobody_needs(module_dsn: str) -> None:
    bad = keyset("bitcoin", "mainnet", "ks_spare", XPUB) | {"expected_index0_address": "bc1qother"}
    tree = keysets()
    tree["bitcoin"]["mainnet"] = bad
    line = reason(refused(module_dsn, **{KEYSETS_VARIABLE: json.dumps(tree)}))
    assert line.startswith("invalid_configuration: keyset ks_spare gives ")


@pytest.mark.parametrize("place", [("dogecoin", "regtest"), ("bitcoin", "signet"), ("ethereum", "local")])
def test_a_keyset_of_an_unknown_network_is_refused(module_dsn: str, place: tuple[str, str]) -> None:
    chain, network = place
    tree = keysets()
    spare = {"keyset_id": "ks_spare", "extended_public_key": TPUB, "expected_index0_address": "x"}
    tree.setdefault(chain, {})[network] = spare
    line = reason(refused(module_dsn, **{KEYSETS_VARIABLE: json.dumps(tree)}))
    assert line.startswith("unsupported_allocator_target: keyset ks_spare: ")


def test_a_keyset_that_the_catalog_needs_must_be_configured(module_dsn: str) -> None:
    tree = keysets()
    del tree["ethereum"]
    output = refused(module_dsn, **{KEYSETS_VARIABLE: json.dumps(tree)})
    assert reason(output).startswith("invalid_configuration: the catalog needs keyset ks_eth_sepolia")


def test_a_keyset_that_only_disabled_assets_need_may_be_missing(database: Database) -> None:
    execute(database.dsn(), "UPDATE app.asset_catalog SET enabled = false WHERE chain = 'ethereum'")
    tree = keysets()
    del tree["ethereum"]
    assert len(started(database, **{KEYSETS_VARIABLE: json.dumps(tree)})) == 2


def test_a_catalog_without_enabled_assets_starts_and_says_so(database: Database) -> None:
    execute(database.dsn(), "UPDATE app.asset_catalog SET enabled = false")
    with serving(database.dsn("pgtill_service")) as server:
        assert [line["targets"] for line in server.lines("catalog whole")] == [0]
        assert httpx2.get(f"{server.url}/readyz").status_code == 200


# Modes


def test_prod_mode_is_refused_with_a_reason(module_dsn: str) -> None:
    line = reason(refused(module_dsn, **{MODE: "prod"}))
    assert line.startswith("wallet_allocation_not_implemented: ")
    assert "devtest" in line


def test_an_asset_on_a_mainnet_is_refused_until_the_override_is_on(database: Database) -> None:
    execute(
        database.dsn(),
        "SELECT app.set_mainnet_override(true)",
        "INSERT INTO app.wallet_accounts (id, chain, network, keyset_id) "
        "VALUES ('wa_btc_main_001', 'bitcoin', 'mainnet', 'ks_btc_main')",
        "INSERT INTO app.asset_catalog (chain, network, asset, wallet_account_id, minor_unit, decimals,"
        " address_scheme, source_ref, approved_by) VALUES ('bitcoin', 'mainnet', 'BTC', 'wa_btc_main_001',"
        " 'sats', 8, 'bip84_p2wpkh', 'test', 'test')",
    )
    tree = keysets()
    tree["bitcoin"]["mainnet"] = keyset("bitcoin", "mainnet", "ks_btc_main", XPUB)
    variables = {KEYSETS_VARIABLE: json.dumps(tree)}
    line = reason(refused(database.dsn("pgtill_service"), **variables))
    assert line.startswith("mainnet_allocation_blocked: ")
    with serving(database.dsn("pgtill_service"), **variables, **{MAINNET: "true"}) as server:
        assert [line["level"] for line in server.lines("mainnet allowed")] == ["warning"]


# Sync


def test_rows_that_were_never_hashed_are_adopted_and_recognised_from_then_on(database: Database) -> None:
    first, second = started(database), started(database)
    assert actions(first) == [("reused", "unhashed")] * 3
    assert actions(second) == [("reused", "active")] * 3
    assert [line["wallet_account_id"] for line in first] == [line["wallet_account_id"] for line in second]
    assert [line["event_id"] for line in first + second] == [1, 2, 3, 4, 5, 6]
    events = rows(
        database.dsn(),
        "SELECT action, match_source, details ->> 'selected_from', key_material_hash_algo, "
        "left(key_material_hash, 12) = details ->> 'hash_prefix' "
        "FROM app.wallet_account_sync_events ORDER BY id",
    )
    assert (
        events
        == [("reused", "unhashed", "active", "hmac-sha256", True)] * 3
        + [("reused", "active", "active", "hmac-sha256", True)] * 3
    )


def test_a_key_spelt_differently_is_the_same_key(database: Database) -> None:
    started(database)
    before = rows(database.dsn(), "SELECT id, key_material_hash FROM app.wallet_accounts ORDER BY id")
    again = started(database, **{KEYSETS_VARIABLE: config(regtest=VPUB, testnet=TPUB, sepolia=TPUB)})
    assert actions(again) == [("reused", "active")] * 3
    assert rows(database.dsn(), "SELECT id, key_material_hash FROM app.wallet_accounts ORDER BY id") == before


def take(database: Database, count: int, **variables: str | None) -> list[dict[str, Any]]:
    """Hand out addresses on regtest and sepolia, under these settings."""
    found = rows(database.dsn(), "SELECT id, public_id FROM identity.organizations WHERE name = 'shop'")
    merchant = create_merchant(database.dsn()) if not found else None
    if merchant is None:
        merchant = add_key(database.dsn(), Merchant(found[0][0], found[0][1], "", ""), SCOPES)
    with serving(database.dsn("pgtill_service"), **variables) as server:
        answers = [
            httpx2.post(f"{server.url}{PATH}", json=body, headers=merchant.headers)
            for body in (BTC, ETH)
            for _ in range(count)
        ]
    assert {answer.status_code for answer in answers} == {201}
    return [answer.json()["payment_instructions"] for answer in answers]


def test_from_a_to_b_and_back_to_a_keeps_the_first_cursor(database: Database) -> None:
    a = {KEYSETS_VARIABLE: config()}
    b = {KEYSETS_VARIABLE: config(regtest=OTHER_TPUB, sepolia=OTHER_XPUB)}
    assert [got["derivation_index"] for got in take(database, 3, **a)] == [0, 1, 2, 0, 1, 2]
    got = take(database, 2, **b)
    assert [item["derivation_index"] for item in got] == [0, 1, 0, 1]
    assert got[0]["address"] == independent_address("bitcoin", "regtest", OTHER_TPUB, 0)
    assert got[2]["address"] == independent_address("ethereum", "sepolia", OTHER_XPUB, 0)
    back = take(database, 1, **a)
    assert [item["derivation_index"] for item in back] == [3, 3]
    assert back[0]["address"] == independent_address("bitcoin", "regtest", TPUB, 3)

    events = rows(
        database.dsn(),
        "SELECT action, wallet_account_id, details ->> 'selected_from', "
        "details ->> 'previous_active_wallet_account_id' "
        "FROM app.wallet_account_sync_events WHERE network = 'regtest' ORDER BY id",
    )
    first, other = "wa_btc_regtest_001", events[1][1]
    assert events == [
        ("reused", first, "active", first),
        ("rotated", other, "new", first),
        ("reactivated", first, "historical", other),
    ]
    assert other.startswith("wa_bitcoin_regtest_")
    active = "SELECT id, next_index FROM app.wallet_accounts WHERE is_active AND network = 'regtest'"
    assert rows(database.dsn(), active) == [(first, 4)]
    assert_whole(database.dsn())


NEW_SECRET = "the-secret-that-comes-after-it"


def test_a_new_secret_with_the_old_one_as_legacy_keeps_the_accounts(database: Database) -> None:
    take(database, 2)
    new = {SECRET_VARIABLE: NEW_SECRET}
    with_legacy = new | {PREVIOUS_VARIABLE: json.dumps(["", "  one from long ago ", SECRET, SECRET])}
    assert actions(started(database, **with_legacy)) == [("reused", "legacy")] * 3
    # From here on the old secret is not needed.
    assert actions(started(database, **new)) == [("reused", "active")] * 3
    assert [got["derivation_index"] for got in take(database, 1, **new)] == [2, 2]
    assert rows(database.dsn(), "SELECT count(*) FROM app.wallet_accounts") == [(3,)]


def test_a_legacy_secret_that_is_the_active_one_counts_as_active(database: Database) -> None:
    started(database)
    assert (
        actions(started(database, **{PREVIOUS_VARIABLE: json.dumps([SECRET])})) == [("reused", "active")] * 3
    )


def test_a_new_secret_without_the_old_one_is_refused_once_addresses_were_handed_out(
    database: Database,
) -> None:
    take(database, 1)
    before = state(database)
    output = refused(database.dsn("pgtill_service"), **{SECRET_VARIABLE: NEW_SECRET})
    assert reason(output).startswith("keyset_already_used: keyset ks_btc_regtest: ")
    assert state(database) == before
    assert SECRET not in output
    assert NEW_SECRET not in output


def test_a_keyset_of_history_is_reactivated_with_a_legacy_secret(database: Database) -> None:
    take(database, 2)
    started(database, **{KEYSETS_VARIABLE: config(regtest=OTHER_TPUB)})
    variables = {SECRET_VARIABLE: NEW_SECRET, PREVIOUS_VARIABLE: json.dumps([SECRET])}
    assert actions(started(database, **variables)) == [
        ("reactivated", "legacy"),
        ("reused", "legacy"),
        ("reused", "legacy"),
    ]
    assert take(database, 1, **variables)[0]["derivation_index"] == 2


def test_a_rotation_to_a_key_whose_first_address_was_handed_out_is_refused(database: Database) -> None:
    take(database, 1)
    # The account forgot whose it is: its hash is of nothing that is configured.
    execute(
        database.dsn(),
        "UPDATE app.wallet_accounts SET key_material_hash = repeat('0', 64), "
        "key_material_hash_algo = 'hmac-sha256' WHERE network = 'regtest'",
    )
    before = state(database)
    line = reason(refused(database.dsn("pgtill_service")))
    assert line.startswith("keyset_already_used: keyset ks_btc_regtest: ")
    assert state(database) == before


@pytest.mark.parametrize("count", [2, 10])
def test_so_many_instances_start_at_once_and_none_fails(database: Database, count: int) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(starting(database.dsn("pgtill_service"))) for _ in range(count)]
        for server in servers:
            server.wait_until_up()
        found = sorted(actions(server.lines("wallet account synced"))[0] for server in servers)
    assert found == [("reused", "active")] * (count - 1) + [("reused", "unhashed")]
    assert rows(database.dsn(), "SELECT count(*) FROM app.wallet_accounts") == [(3,)]
    assert rows(database.dsn(), "SELECT count(*) FROM app.wallet_account_sync_events") == [(3 * count,)]
    assert rows(database.dsn(), "SELECT * FROM app.verify_sync_event_chain()") == []


def test_instances_that_rotate_at_once_rotate_once(database: Database) -> None:
    started(database)
    variables = {KEYSETS_VARIABLE: config(regtest=OTHER_TPUB)}
    with ExitStack() as stack:
        servers = [
            stack.enter_context(starting(database.dsn("pgtill_service"), **variables)) for _ in range(4)
        ]
        for server in servers:
            server.wait_until_up()
        found = sorted(
            line["action"]
            for server in servers
            for line in server.lines("wallet account synced")
            if line["network"] == "regtest"
        )
    assert found == ["reused", "reused", "reused", "rotated"]
    assert rows(database.dsn(), "SELECT count(*) FROM app.wallet_accounts") == [(4,)]


# Failures in the middle

FAIL = """
CREATE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION 'injected c4n4ry' USING ERRCODE = 'XX000'; END$$
"""


@pytest.mark.parametrize(
    "trigger",
    [
        pytest.param(
            "BEFORE INSERT ON app.wallet_account_sync_events FOR EACH ROW WHEN (new.network = 'sepolia')",
            id="at the event of the last target",
        ),
        pytest.param(
            "BEFORE UPDATE ON app.wallet_accounts FOR EACH ROW WHEN (new.network = 'sepolia')",
            id="at the account of the last target",
        ),
        pytest.param(
            "BEFORE UPDATE ON app.asset_catalog FOR EACH ROW WHEN (new.asset = 'USDT')",
            id="at the last asset",
        ),
        pytest.param(
            "BEFORE INSERT ON app.wallet_accounts FOR EACH ROW WHEN (new.network = 'testnet')",
            id="at the account in the middle",
        ),
    ],
)
def test_a_failure_in_the_sync_leaves_rows_and_events_unchanged(database: Database, trigger: str) -> None:
    started(database)
    take(database, 1)
    before = state(database)
    execute(database.dsn(), FAIL, f"CREATE TRIGGER fails {trigger} EXECUTE FUNCTION public.fail()")
    everything = {KEYSETS_VARIABLE: config(regtest=OTHER_TPUB, testnet=rewrite(OTHER_TPUB, 13, b"x" * 32))}
    output = refused(database.dsn("pgtill_service"), **everything)
    assert reason(output).startswith("wallet_account_sync_failed: ")
    assert MARK not in output
    assert state(database) == before


def test_a_catalog_that_breaks_a_rule_leaves_rows_and_events_unchanged(database: Database) -> None:
    started(database)
    before = state(database)
    variables = {
        KEYSETS_VARIABLE: config(regtest=OTHER_TPUB),
        SCHEMES: '{"bitcoin": ["bip84_p2wpkh"], "ethereum": ["other"]}',
    }
    assert reason(refused(database.dsn("pgtill_service"), **variables)).startswith("invalid_configuration: ")
    assert state(database) == before


# Rules of the catalog, past the constraints that keep them


@pytest.mark.parametrize(
    ("rule", "statements"),
    [
        (
            "expiry_range",
            [
                "ALTER TABLE app.asset_catalog DROP CONSTRAINT asset_catalog_default_expires_range",
                "UPDATE app.asset_catalog SET default_expires_in_seconds = 59 WHERE network = 'regtest'",
            ],
        ),
        (
            "expiry_range",
            [
                "ALTER TABLE app.asset_catalog DROP CONSTRAINT asset_catalog_default_expires_range",
                "UPDATE app.asset_catalog SET default_expires_in_seconds = 2592001 WHERE network = 'regtest'",
            ],
        ),
        (
            "chain_id",
            [
                "ALTER TABLE app.asset_catalog DROP CONSTRAINT asset_catalog_chain_id_required",
                "UPDATE app.asset_catalog SET chain_id = NULL WHERE asset = 'ETH'",
            ],
        ),
        (
            "chain_id",
            [
                "ALTER TABLE app.asset_catalog DROP CONSTRAINT asset_catalog_chain_id_fk",
                "UPDATE app.asset_catalog SET chain_id = 1 WHERE asset = 'ETH'",
            ],
        ),
        (
            "token_all_or_none",
            [
                "ALTER TABLE app.asset_catalog DROP CONSTRAINT asset_catalog_token_all_or_none",
                "UPDATE app.asset_catalog SET token_standard = NULL WHERE asset = 'USDT'",
            ],
        ),
        (
            "account_exists",
            [
                "SET session_replication_role = replica",
                "UPDATE app.asset_catalog SET wallet_account_id = 'wa_nothing' WHERE asset = 'USDT'",
            ],
        ),
        (
            "path_template",
            [
                "ALTER TABLE app.wallet_accounts DROP CONSTRAINT wallet_accounts_template_known",
                (
                    "CREATE FUNCTION public.spoil() RETURNS trigger LANGUAGE plpgsql AS "
                    "$$BEGIN new.derivation_path_template := '1/{index}'; RETURN new; END$$"
                ),
                (
                    "CREATE TRIGGER spoils BEFORE UPDATE ON app.wallet_accounts FOR EACH ROW "
                    "EXECUTE FUNCTION public.spoil()"
                ),
            ],
        ),
        (
            "cursor_range",
            [
                (
                    "ALTER TABLE app.wallet_accounts DROP CONSTRAINT wallet_accounts_next_index_range, "
                    "DROP CONSTRAINT wallet_accounts_used_has_key"
                ),
                "ALTER TABLE app.wallet_accounts DISABLE TRIGGER wallet_accounts_used_keeps_key",
                "UPDATE app.wallet_accounts SET next_index = 2147483649 WHERE network = 'testnet'",
            ],
        ),
        (
            "network_allowed",
            [
                "ALTER TABLE app.wallet_accounts DROP CONSTRAINT wallet_accounts_network_allowed_fk",
                "UPDATE app.networks SET is_allowed = false WHERE network = 'testnet'",
            ],
        ),
    ],
)
def test_a_broken_rule_of_the_catalog_is_named_and_refused(
    database: Database, rule: str, statements: list[str]
) -> None:
    execute(database.dsn(), *statements)
    before = state(database)
    output = refused(database.dsn("pgtill_service"))
    assert reason(output).startswith("invalid_configuration: ")
    assert state(database) == before
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    violations = [line for line in lines if line["event"] == "catalog violation"]
    assert rule in {line["rule"] for line in violations}
    assert all(line["asset"].count("/") == 2 and line["remedy"] for line in violations)


def test_an_asset_on_an_account_of_another_network_is_refused(database: Database) -> None:
    execute(
        database.dsn(),
        "ALTER TABLE app.asset_catalog DROP CONSTRAINT asset_catalog_wallet_account_network_fk",
        "UPDATE app.asset_catalog SET wallet_account_id = 'wa_btc_regtest_001' WHERE network = 'testnet'",
    )
    before = state(database)
    assert reason(refused(database.dsn("pgtill_service"))).startswith("invalid_configuration: ")
    assert state(database) == before


def test_a_scheme_outside_the_allow_list_is_refused(module_dsn: str) -> None:
    output = refused(module_dsn, **{SCHEMES: '{"bitcoin": ["bip84_p2wpkh"]}'})
    violations = [json.loads(line) for line in output.splitlines() if "address_scheme_allowed" in line]
    assert [line["asset"] for line in violations] == ["ethereum/sepolia/ETH", "ethereum/sepolia/USDT"]


def test_all_violations_are_printed_not_only_the_first(database: Database) -> None:
    execute(
        database.dsn(),
        "ALTER TABLE app.asset_catalog DROP CONSTRAINT asset_catalog_default_expires_range",
        "UPDATE app.asset_catalog SET default_expires_in_seconds = 1",
    )
    output = refused(database.dsn("pgtill_service"), **{SCHEMES: '{"ethereum": ["evm_bip44"]}'})
    lines = [json.loads(line) for line in output.splitlines() if '"catalog violation"' in line]
    assert sorted((line["asset"], line["rule"]) for line in lines) == [
        ("bitcoin/regtest/BTC", "address_scheme_allowed"),
        ("bitcoin/regtest/BTC", "expiry_range"),
        ("bitcoin/testnet/BTC", "address_scheme_allowed"),
        ("bitcoin/testnet/BTC", "expiry_range"),
        ("ethereum/sepolia/ETH", "expiry_range"),
        ("ethereum/sepolia/USDT", "expiry_range"),
    ]
    assert "6 rules" in reason(output)


def test_twenty_keysets_are_each_verified_and_the_first_refusal_is_the_answer(module_dsn: str) -> None:
    tree = keysets()
    for number in range(17):
        tree["bitcoin"][f"regtest{number}"] = keyset("bitcoin", "regtest", f"ks_{number}", TPUB)
    output = refused(module_dsn, **{KEYSETS_VARIABLE: json.dumps(tree)})
    assert reason(output).startswith("unsupported_allocator_target: keyset ks_0: ")
    assert output.count('"keyset refused"') == 17
    assert output.count('"keyset verified"') == 3


# Nothing leaks


def test_no_secret_and_no_raw_key_stands_in_a_dump_a_log_or_the_metrics(
    database: Database,
) -> None:
    secret, previous = f"{MARK}-active-{'x' * 20}", f"{MARK}-previous-{'y' * 20}"
    variables = {SECRET_VARIABLE: secret, PREVIOUS_VARIABLE: json.dumps([previous])}
    merchant = create_merchant(database.dsn())
    seen = []
    log_start = database.cluster.log_path.stat().st_size
    for keys_of_turn in (config(), config(regtest=OTHER_TPUB, sepolia=OTHER_XPUB), config()):
        settings = variables | {KEYSETS_VARIABLE: keys_of_turn}
        with serving(database.dsn("pgtill_service"), **settings) as server:
            with httpx2.Client(base_url=server.url, headers=merchant.headers) as client:
                for body in (BTC, ETH, BTC | {"asset": "DOGE"}, {}, b"{"):
                    content = body if isinstance(body, bytes) else json.dumps(body).encode()
                    client.post(PATH, content=content, headers={"idempotency-key": "again"})
                    client.post(PATH, content=content)
                client.get("/v1/assets", headers={"authorization": f"Bearer {merchant.key}x"})
                execute(database.dsn(), "ALTER FUNCTION app.get_payment_requests RENAME TO gone")
                assert client.get(f"{PATH}/pr_x").status_code == 500
                execute(database.dsn(), "ALTER FUNCTION app.gone RENAME TO get_payment_requests")
                seen.append(client.get("/metrics").text)
                seen.append(client.get("/openapi.json").text)
            server.stop()
            seen.append(server.text)
        for arguments in (("keyset", "status", "--json"), ("keyset", "rotate", "--dry-run", "--json")):
            done = command(*arguments, env=environment(database.dsn(), **settings))
            assert done.returncode == 0, done.stderr
            seen += [done.stdout, done.stderr]
    seen.append(refused(database.dsn("pgtill_service"), **{SECRET_VARIABLE: secret[::-1]}))
    seen.append(database.cluster.run("pg_dump", f"--dbname={database.name}"))
    log = database.cluster.log_path.read_bytes()[log_start:].decode(errors="replace")
    seen.append(log)

    secret_of_key = merchant.key.rpartition("_")[2]
    raw = [secret, previous, secret_of_key, TPUB, VPUB, XPUB, OTHER_TPUB, OTHER_XPUB]
    # The chain codes, which are the rest of the parent keys, in the ways a program would write them.
    for key in (TPUB, OTHER_TPUB):
        code = CBase58Data(key)[12:44]
        raw += [code.hex(), code.hex().upper()]
    for text in seen:
        for value in raw:
            assert value not in text, f"{value[:8]}… leaks"
