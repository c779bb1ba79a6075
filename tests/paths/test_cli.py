"""`pgtill paths`, `transfer` and `incident`, for people and for programs; the whole story is in test_page.py."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.paths.support import PATHS, SCHEMAS, Desk, desk, fresh
from tests.support import Done, command_here, environment, execute

__all__ = ["desk"]  # a fixture


def operator(desk: Desk, *arguments: str) -> Done:
    return command_here(*arguments, env=environment(desk.database.dsn("pgtill_operator")))


@pytest.fixture(scope="module")
def furnished(desk: Desk) -> tuple[str, int]:
    """A manufacturer with a small tree: its name and index."""
    name = fresh("Möbel")
    index = desk.owner.register(name)
    desk.owner.put(f"{SCHEMAS}/1/{index}/levels/3", {"level_name": "region"})
    desk.owner.put(f"{SCHEMAS}/1/{index}/levels/3/values/10", {"value_name": "Europe"})
    items = [
        {"base_path": f"{index}.{path}", "quantity": quantity}
        for path, quantity in (("10.1", 60), ("10.2", 30), ("2", 9), ("9.9.9", 1))
    ]
    assert desk.owner.post(f"{PATHS}/batch", {"wallet_version": 1, "paths": items}).status_code == 201
    desk.owner.post(f"{PATHS}/1/{index}.2/retire")
    return name, index


def test_a_tree_is_drawn_in_the_order_of_numbers(desk: Desk, furnished: tuple[str, int]) -> None:
    name, index = furnished
    done = operator(desk, "paths", "tree", name, "--wallet", "1")
    assert done.status == 0, done.err
    assert done.out == (
        f"{name}  wallet 1, index {index}  4 paths, 100 things\n"
        "├── 2  region: ?  1…9  retired  █░░░░░░░░░ 9% of all\n"
        "├── 9  region: ?  1 path, 1 thing  █░░░░░░░░░ 1% of all\n"
        "│   └── 9  1 path, 1 thing  █░░░░░░░░░ 1% of all\n"
        "│       └── 9  1…1  █░░░░░░░░░ 1% of all\n"
        "└── 10  region: Europe  2 paths, 90 things  █████████░ 90% of all\n"
        "    ├── 1  1…60  ██████░░░░ 60% of all\n"
        "    └── 2  1…30  ███░░░░░░░ 30% of all\n"
    )
    assert operator(desk, "paths", "tree", str(index), "--wallet", "1").out == done.out
    shallow = operator(desk, "paths", "tree", name, "--wallet", "1", "--depth", "1").out
    assert shallow.count("\n") == 4


def test_a_tree_for_programs(desk: Desk, furnished: tuple[str, int]) -> None:
    name, index = furnished
    nodes = operator(desk, "paths", "tree", name, "--wallet", "1", "--json").json()
    by_path = {node["base_path"]: node for node in nodes}
    assert by_path[str(index)]["identifier_count"] == 100
    assert (by_path[f"{index}.10"]["kind"], by_path[f"{index}.10"]["child_count"]) == ("branch", 2)
    leaf = by_path[f"{index}.10.1"]
    assert (leaf["kind"], leaf["range_start"], leaf["range_end"]) == ("allocated", 1, 60)


def test_a_large_tree_is_read_to_its_end(desk: Desk) -> None:
    name = fresh("Large")
    index = desk.owner.register(name)
    items = [{"base_path": f"{index}.{place}"} for place in range(2_500)]
    desk.owner.client.post(f"{PATHS}/batch", json={"wallet_version": 1, "paths": items})
    nodes = operator(desk, "paths", "tree", name, "--wallet", "1", "--json").json()
    assert len({node["base_path"] for node in nodes}) == len(nodes) == 2_501


def test_wallets_and_manufacturers(desk: Desk, furnished: tuple[str, int]) -> None:
    name, index = furnished
    wallets = operator(desk, "paths", "wallets", "--json").json()
    assert [wallet["version_id"] for wallet in wallets if wallet["is_default"]] == [1]
    makers = operator(desk, "paths", "manufacturers", "--wallet", "1", "--json").json()
    assert {"Plings": 1, name: index}.items() <= {one["name"]: one["index"] for one in makers}.items()


def test_a_path_is_decoded_in_any_spelling(desk: Desk, furnished: tuple[str, int]) -> None:
    _, index = furnished
    decimal = operator(desk, "paths", "decode", "--wallet", "1", f"{index}.10.1", "--json").json()
    assert [level["means"] for level in decimal][2:] == ["Europe", "unknown"]
    shown = ".".join(level["base58"] for level in decimal)
    assert operator(desk, "paths", "decode", shown, "--json").json() == decimal
    url = f"https://s.plings.io?t=q&i={'1' * 32}&p={index}.10.1"
    assert operator(desk, "paths", "decode", "--wallet", "1", url, "--json").json() == decimal


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("paths", "tree", "nobody", "--wallet", "1"), "manufacturer_not_found: manufacturer does not exist"),
        (("paths", "decode", "2.0"), "invalid_path: not Base58 numbers joined by dots, without leading ones"),
        (("paths", "decode", "--wallet", "999999", "2.3"), "wallet_version_not_found: wallet version does not exist"),
        (("paths", "grant-super-admin", "usr_x"), "user_not_found: user does not exist"),
        (("paths", "assign", "Plings", "org_x", "--wallet", "1"), "organization_not_found: organization does not exist"),
        (("transfer", "run", "--organization", "org_x", "--user", "usr_x"), "organization_not_found: organization does not exist"),
    ],
)  # fmt: skip
def test_a_refusal_is_one_line(desk: Desk, arguments: tuple[str, ...], line: str) -> None:
    done = operator(desk, *arguments)
    assert (done.status, done.err) == (1, f"pgtill: {line}\n")


def test_plings_is_given_to_an_organization_and_may_then_allocate(desk: Desk) -> None:
    assert desk.root.allocate("1.1").status_code == 403
    done = operator(desk, "paths", "assign", "Plings", desk.root.organization_id, "--wallet", "1", "--json")
    assert done.status == 0, done.err
    assert desk.root.allocate("1.1").status_code == 201


def test_a_super_admin_comes_and_goes(desk: Desk) -> None:
    person = desk.person(desk.root.organization_id, "member")
    proposal = {"action": "set_default_wallet", "version_id": 1}
    assert person.post("/v1/wallet-versions/proposals", proposal).status_code == 403
    operator(desk, "paths", "grant-super-admin", str(person.user_id))
    assert person.post("/v1/wallet-versions/proposals", proposal).status_code == 201
    operator(desk, "paths", "revoke-super-admin", str(person.user_id))
    assert person.post("/v1/wallet-versions/proposals", proposal).status_code == 403


def test_a_lineage_that_does_not_fit_is_status_1(desk: Desk, furnished: tuple[str, int]) -> None:
    name, _ = furnished
    assert operator(desk, "paths", "lineage", name).status == 0
    assert operator(desk, "paths", "lineage", "nobody").status == 1


def test_a_lineage_that_was_changed_by_hand_is_status_1(desk: Desk) -> None:
    name = fresh("Lost")
    desk.owner.register(name)
    change = "UPDATE paths.manufacturer_lineage SET status = '{}' WHERE canonical_name = '{}'"
    hand = "SET session_replication_role = replica; " + change
    execute(desk.dsn, hand.format("completed", name))
    done = operator(desk, "paths", "lineage", name, "--json")
    execute(desk.dsn, hand.format("active", name))
    assert done.status == 1
    assert [row["problem"] for row in done.json()] == ["the name is not at one place"]


def test_lists_are_read_to_their_ends(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    target = desk.create_wallet()
    for _ in range(2):
        body = {"wallet_version": 1, "manufacturer_index": desk.owner.register(), "target_wallet": target,
                "assignment_reason": "security_upgrade"}  # fmt: skip
        desk.owner.post("/v1/transfers", body)
    lists = (("paths", "wallets"), ("paths", "manufacturers", "--wallet", "1"), ("transfer", "list"))
    whole = [operator(desk, *words, "--json").json() for words in lists]
    assert min(map(len, whole)) >= 2
    monkeypatch.setattr("service.cli.paths.PAGE", 1)
    monkeypatch.setattr("service.cli.incidents.PAGE", 1)
    assert [operator(desk, *words, "--json").json() for words in lists] == whole


def test_transfers_are_listed_and_run(desk: Desk) -> None:
    name, target = fresh("Mover"), desk.create_wallet()
    index = desk.owner.register(name)
    desk.owner.allocate(f"{index}.1")
    body = {"wallet_version": 1, "manufacturer_index": index, "target_wallet": target,
            "assignment_reason": "security_upgrade"}  # fmt: skip
    opened = desk.owner.post("/v1/transfers", body).json()

    def listed(*options: str) -> list[Any]:
        rows: list[Any] = operator(desk, "transfer", "list", *options, "--json").json()
        return [row for row in rows if row["id"] == opened["id"]]

    assert [row["paths"] for row in listed("--open")] == ["0/1"]
    ran = operator(
        desk, "transfer", "run", "--organization", desk.owner.organization_id,
        "--user", str(desk.owner.user_id), opened["id"], "--json",
    )  # fmt: skip
    assert [row["status"] for row in json.loads(ran.out)] == ["transferred"]
    assert listed("--open") == []
    assert [row["paths"] for row in listed("--finished")] == ["1/1"]
