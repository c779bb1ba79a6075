"""The path registry over HTTP, from outside: every route, every refusal that a caller can bring about."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import httpx2
import pytest

from service.http import manufacturers, path_schemas, paths, transfers, wallet_versions
from service.paths.delegation import instance_statement, range_statement
from service.paths.pointer import class_pointer
from tests.paths.support import (
    INCIDENTS,
    MAKERS,
    PATHS,
    PROPOSALS,
    SCHEMAS,
    SCOPES,
    TRANSFERS,
    WALLETS,
    Desk,
    Person,
    assert_no_overlap,
    assert_refused,
    desk,
    fresh,
)
from tests.paths.test_delegation import MAKER, PRODUCER, key_of, sign, text
from tests.support import execute, rows

__all__ = ["desk"]  # a fixture

AREAS = (wallet_versions, manufacturers, paths, path_schemas, transfers)
OPERATIONS = sorted(
    (path, method.upper(), bool(operation.get("requestBody")))
    for area in AREAS
    for path, operations in area.OPERATIONS.items()
    for method, operation in operations.items()
)


def scope_of(path: str, method: str) -> str:
    """Which scope a route is behind: reading, writing in one's own namespace, everybody's business."""
    if PROPOSALS in path:
        return "paths:admin"
    if method == "GET" or path.endswith("/verify"):
        return "paths:read"
    return "paths:admin" if TRANSFERS in path or INCIDENTS in path else "paths:write"


def concrete(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: "trf_0" if name[1] == "id" else "3", path)


# Keys and scopes


@pytest.mark.parametrize(("path", "method", "has_body"), OPERATIONS)
def test_every_operation_is_behind_its_scope(desk: Desk, path: str, method: str, has_body: bool) -> None:
    scope = scope_of(path, method)
    body = b"{" if has_body else None
    others = [name for name in SCOPES if name != scope]
    without = desk.person(desk.owner.organization_id, "owner", scopes=others)
    answer = without.client.request(method, concrete(path), content=body)
    assert_refused(answer, 403, "insufficient_scope", scope=scope)
    with_it = desk.person(desk.owner.organization_id, "owner", scopes=[scope])
    answer = with_it.ask(method, concrete(path), body)
    assert answer.status_code != 401
    assert "insufficient_scope" not in answer.text
    if has_body:
        assert_refused(answer, 400, "invalid_request")
    anybody = httpx2.request(method, desk.server.url + concrete(path), content=body)
    assert_refused(anybody, 401, "unauthorized")


def test_a_key_that_is_nobody_s_reads_and_writes_nothing(desk: Desk) -> None:
    index = desk.owner.register()
    assert_refused(desk.nobody.allocate(f"{index}.1"), 403, "not_permitted")
    made = desk.owner.allocate(f"{index}.1")
    assert desk.nobody.get(f"{PATHS}/1/{index}.1").json() == made.json()
    assert_refused(
        desk.nobody.post(MAKERS, {"wallet_version": 1, "manufacturer_name": fresh()}), 403, "not_permitted"
    )
    proposal = {"action": "set_default_wallet", "version_id": 1}
    assert_refused(desk.nobody.post(PROPOSALS, proposal), 403, "not_super_admin")


def test_a_member_reads_and_an_admin_writes(desk: Desk) -> None:
    index = desk.admin.register()
    assert_refused(desk.member.allocate(f"{index}.1"), 403, "not_permitted")
    assert desk.admin.allocate(f"{index}.1").status_code == 201
    assert desk.member.get(f"{PATHS}/1/{index}.1").status_code == 200


def test_the_user_is_the_key_s_and_no_header_or_field_changes_it(desk: Desk) -> None:
    index = desk.owner.register()
    body = {"wallet_version": 1, "base_path": f"{index}.1"}
    headers = {"x-user-id": str(desk.owner.user_id), "x-principal-id": desk.owner.organization_id}
    assert_refused(desk.member.client.post(PATHS, json=body, headers=headers), 403, "not_permitted")
    assert_refused(
        desk.member.post(PATHS, body | {"user_id": desk.owner.user_id}),
        400,
        "invalid_request",
        field="user_id",
    )


# Wallet versions and proposals


def test_there_is_a_default_wallet_and_its_master_key_is_not_shown(desk: Desk) -> None:
    found = desk.member.get(WALLETS, limit=100).json()["wallet_versions"]
    assert [wallet["version_id"] for wallet in found if wallet["is_default"]] == [1]
    one = desk.member.get(f"{WALLETS}/1").json()
    assert one == next(wallet for wallet in found if wallet["version_id"] == 1)
    assert one["daily_allocation_limit"] == 1_000_000
    assert "master_key_id" not in one


@pytest.mark.parametrize("name", ["999999", "0", "x", "-1", "1.0", "01", "2147483648", "%00", "1e3"])
def test_an_unknown_wallet_version_is_404(desk: Desk, name: str) -> None:
    assert_refused(desk.member.get(f"{WALLETS}/{name}"), 404, "wallet_version_not_found")


def test_a_wallet_version_takes_two_super_admins(desk: Desk) -> None:
    key = fresh()
    body = {"action": "create_wallet_version", "master_key_id": "hsm-a", "environment": "testing"}
    assert_refused(desk.owner.post(PROPOSALS, body), 403, "not_super_admin")
    proposed = desk.root.post(PROPOSALS, body, key=key)
    assert proposed.status_code == 201
    place = proposed.headers["location"]
    proposal = proposed.json()
    assert place == f"{PROPOSALS}/{proposal['id']}"
    assert (proposal["status"], proposal["proposed_by"]) == ("proposed", desk.root.user_id)
    again = desk.root.post(PROPOSALS, body, key=key)
    assert (again.status_code, again.json()) == (200, proposal)
    assert again.headers["x-idempotency-replayed"] == "true"
    assert desk.root.get(place).json() == proposal

    before = desk.member.get(WALLETS, limit=100).json()
    assert_refused(desk.root.post(f"{place}/approve"), 403, "same_super_admin")
    assert_refused(desk.owner.post(f"{place}/approve"), 403, "not_super_admin")
    assert desk.member.get(WALLETS, limit=100).json() == before

    approved = desk.second_root.post(f"{place}/approve").json()
    assert (approved["status"], approved["decided_by"]) == ("approved", desk.second_root.user_id)
    wallet = approved["result"]
    assert (wallet["status"], wallet["is_default"], wallet["environment"]) == ("active", False, "testing")
    assert desk.member.get(f"{WALLETS}/{wallet['version_id']}").json() == wallet
    assert desk.root.get(place).json() == approved
    assert_refused(desk.second_root.post(f"{place}/approve"), 409, "proposal_decided")
    assert_refused(desk.second_root.post(f"{place}/reject"), 409, "proposal_decided")


def test_a_rejected_proposal_changes_nothing(desk: Desk) -> None:
    before = desk.member.get(WALLETS, limit=100).json()
    proposal = desk.root.post(
        PROPOSALS, {"action": "set_wallet_status", "version_id": 1, "status": "retired"}
    )
    place = proposal.headers["location"]
    rejected = desk.root.post(f"{place}/reject")
    assert rejected.json()["status"] == "rejected"
    assert_refused(desk.second_root.post(f"{place}/approve"), 409, "proposal_decided")
    assert desk.member.get(WALLETS, limit=100).json() == before


def test_one_default_and_what_is_not_active_takes_no_paths(desk: Desk) -> None:
    wallet = desk.create_wallet()
    index = desk.owner.register(wallet=wallet)
    assert desk.owner.allocate(f"{index}.1", wallet=wallet).status_code == 201
    assert desk.decide({"action": "set_default_wallet", "version_id": wallet})["is_default"]
    found = desk.member.get(WALLETS, limit=100).json()["wallet_versions"]
    assert [one["version_id"] for one in found if one["is_default"]] == [wallet]
    by_default = desk.owner.post(PATHS, {"base_path": f"{index}.2"})
    assert by_default.json()["wallet_version"] == wallet
    assert desk.decide({"action": "set_default_wallet", "version_id": 1})["is_default"]
    done = desk.decide({"action": "set_wallet_status", "version_id": wallet, "status": "inactive"})
    assert done["status"] == "inactive"
    off = {"action": "set_wallet_status", "version_id": 1, "status": "inactive"}
    place = desk.root.post(PROPOSALS, off).headers["location"]
    assert_refused(desk.second_root.post(f"{place}/approve"), 409, "wallet_is_default")
    assert desk.root.get(place).json()["status"] == "proposed"
    assert_refused(desk.owner.allocate(f"{index}.3", wallet=wallet), 409, "wallet_not_active")
    assert desk.owner.get(f"{PATHS}/{wallet}/{index}.1").status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "create_wallet_version"}, "master_key_id"),
        ({"action": "create_wallet_version", "master_key_id": ""}, "master_key_id"),
        ({"action": "create_wallet_version", "master_key_id": "k", "environment": "prod"}, "environment"),
        ({"action": "create_wallet_version", "master_key_id": "k", "version_name": "x" * 33}, "version_name"),
        ({"action": "set_default_wallet"}, "version_id"),
        ({"action": "set_default_wallet", "version_id": "1"}, "version_id"),
        ({"action": "set_wallet_status", "version_id": 1, "status": "compromised"}, "status"),
        ({"action": "drop"}, "action"),
        ({"version_id": 1}, None),
    ],
)
def test_what_cannot_be_proposed(desk: Desk, body: dict[str, Any], field: str | None) -> None:
    answer = desk.root.post(PROPOSALS, body)
    assert_refused(answer, 400, "invalid_request", **({"field": field} if field else {}))


# Manufacturers


def test_a_manufacturer_gets_the_next_free_index(desk: Desk) -> None:
    name = fresh("Maker")
    made = desk.owner.post(MAKERS, {"wallet_version": 1, "manufacturer_name": name})
    assert made.status_code == 201
    index = made.json()["manufacturer_index"]
    assert made.headers["location"] == f"{MAKERS}/1/{index}"
    assert made.json()["organization_id"] == desk.owner.organization_id
    assert made.json()["registered_by"] == desk.owner.user_id
    for reader in (desk.member, desk.root):
        assert reader.get(f"{MAKERS}/1/{index}").json() == made.json()
        assert reader.get(f"{MAKERS}/current", name=name).json() == made.json()
    assert desk.owner.register() == index + 1
    lineage = desk.member.get(f"{MAKERS}/lineage", name=name).json()
    assert lineage["is_whole"]
    assert [(step["wallet_version"], step["manufacturer_index"]) for step in lineage["steps"]] == [(1, index)]


def test_name_and_index_are_unique_in_a_wallet(desk: Desk) -> None:
    name = fresh("Maker")
    index = desk.owner.register(name, manufacturer_index=500_000)
    assert index == 500_000
    for body in ({"manufacturer_name": name}, {"manufacturer_name": fresh(), "manufacturer_index": index}):
        assert_refused(desk.owner.post(MAKERS, {"wallet_version": 1, **body}), 409, "manufacturer_taken")


def test_index_1_is_plings_and_plings_is_1(desk: Desk) -> None:
    assert desk.root.get(f"{MAKERS}/1/1").json()["manufacturer_name"] == "Plings"
    for name, index in (("Plings", 2), (fresh(), 1)):
        wallet = desk.create_wallet()
        body = {"wallet_version": wallet, "manufacturer_name": name, "manufacturer_index": index}
        assert_refused(desk.owner.post(MAKERS, body), 409, "manufacturer_index_reserved")
    body = {"wallet_version": desk.create_wallet(), "manufacturer_name": "Plings"}
    assert_refused(desk.owner.post(MAKERS, body), 409, "manufacturer_name_foreign")


def test_a_registration_is_idempotent(desk: Desk) -> None:
    key, body = fresh(), {"wallet_version": 1, "manufacturer_name": fresh("Maker")}
    first, again = (desk.owner.post(MAKERS, body, key=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.content == again.content
    other = desk.owner.post(MAKERS, body | {"manufacturer_name": fresh()}, key=key)
    assert_refused(other, 409, "idempotency_key_conflict", idempotency_key=key)
    theirs = desk.stranger.post(MAKERS, body | {"manufacturer_name": fresh()}, key=key)
    assert theirs.status_code == 201  # another organization's key of the same text


def test_a_key_that_proves_nothing_is_refused_where_it_comes_in(desk: Desk) -> None:
    index = desk.owner.register()
    for body in (
        {"public_key": "z" * 44, "key_delegation_level": "verification"},
        # The identity, and a point of order 4: under them anybody can sign anything.
        {"public_key": text(bytes([1, *[0] * 31])), "key_delegation_level": "verification"},
        {"public_key": text(bytes(32)), "key_delegation_level": "verification"},
        {"key_delegation_level": "full"},
    ):
        answer = desk.owner.put(f"{MAKERS}/1/{index}/key", body)
        assert_refused(answer, 400, "invalid_request", field="public_key")
        answer = desk.owner.post(MAKERS, {"wallet_version": 1, "manufacturer_name": fresh()} | body)
        assert_refused(answer, 400, "invalid_request", field="public_key")
    good = {"public_key": key_of(MAKER), "key_delegation_level": "full"}
    assert_refused(desk.stranger.put(f"{MAKERS}/1/{index}/key", good), 403, "not_permitted")
    done = desk.owner.put(f"{MAKERS}/1/{index}/key", good)
    assert done.json().items() >= good.items()
    none = desk.owner.put(f"{MAKERS}/1/{index}/key", {"key_delegation_level": "none"})
    assert none.json()["public_key"] is None


@pytest.mark.parametrize("place", ["1/999999", "999999/1", "x/1", "1/x", "1/0"])
def test_an_unknown_manufacturer_is_404(desk: Desk, place: str) -> None:
    assert_refused(desk.member.get(f"{MAKERS}/{place}"), 404, "manufacturer_not_found")


def test_an_unknown_name_is_404(desk: Desk) -> None:
    for path in ("current", "lineage"):
        assert_refused(desk.member.get(f"{MAKERS}/{path}", name="nobody"), 404, "manufacturer_not_found")


def test_manufacturers_page_by_page(desk: Desk) -> None:
    wallet = desk.create_wallet()
    made = sorted(desk.owner.register(wallet=wallet) for _ in range(7))
    pages = desk.member.pages(MAKERS, "manufacturers", 3, wallet_version=wallet)
    found = [maker["manufacturer_index"] for page in pages for maker in page]
    assert found == sorted(set(found))
    assert made == found


# Allocating


def test_the_row_that_the_seed_worked_out(desk: Desk) -> None:
    wallet = desk.create_wallet()
    index = desk.owner.register("IKEA" + fresh(), wallet=wallet, manufacturer_index=2)
    made = desk.owner.allocate(f"{index}.3.4.5.10", wallet=wallet, quantity=90_000, purpose="Billy, white")
    assert made.status_code == 201
    assert made.headers["location"] == f"{PATHS}/{wallet}/2.3.4.5.10"
    path = made.json()
    assert path["hd_derivation_prefix"] == f"m/44'/501'/{wallet}'/2'/3'/4'/5'/10'"
    assert (path["allocated_range_start"], path["allocated_range_end"]) == (1, 90_000)
    assert (path["status"], path["allocation_type"]) == ("active", "production")
    assert path["allocated_by"] == desk.owner.user_id
    assert desk.member.get(made.headers["location"]).json() == path


def test_scenario_1_the_same_path_in_two_wallets(desk: Desk) -> None:
    places = []
    for wallet in (desk.create_wallet(), desk.create_wallet()):
        index = desk.owner.register(wallet=wallet, manufacturer_index=2)
        places.append(desk.owner.allocate(f"{index}.2.2.2.2", wallet=wallet).headers["location"])
    assert len(set(places)) == 2


def test_scenario_2_neither_above_nor_below_nor_again(desk: Desk) -> None:
    index = desk.owner.register()
    assert desk.owner.allocate(f"{index}.2.2.2").status_code == 201
    for path, code, blocking in (
        (f"{index}.2.2.2.2", "path_below_allocation", f"{index}.2.2.2"),
        (f"{index}.2.2.2.2.2", "path_below_allocation", f"{index}.2.2.2"),
        (f"{index}.2.2.2", "path_taken", f"{index}.2.2.2"),
        (f"{index}.2.2", "path_has_descendants", f"{index}.2.2"),
        (f"{index}.2", "path_has_descendants", f"{index}.2"),
    ):
        assert_refused(desk.owner.allocate(path), 409, code, blocking_path=blocking)
        free = desk.stranger.get(f"{PATHS}/availability", wallet_version=1, base_path=path).json()
        assert (free["is_available"], free["reason"], free["blocking_path"]) == (False, code, blocking)
    near = desk.owner.allocate(f"{index}.2.2.22")
    assert near.status_code == 201


def test_a_retired_path_keeps_its_place(desk: Desk) -> None:
    index = desk.owner.register()
    place = desk.owner.allocate(f"{index}.5").headers["location"]
    assert desk.owner.post(f"{place}/retire").json()["status"] == "retired"
    assert_refused(desk.owner.allocate(f"{index}.5"), 409, "path_taken")
    assert_refused(desk.owner.allocate(f"{index}.5.1"), 409, "path_below_allocation")
    free = desk.owner.get(f"{PATHS}/availability", wallet_version=1, base_path=f"{index}.5").json()
    assert not free["is_available"]


def test_an_allocation_is_idempotent(desk: Desk) -> None:
    index, key = desk.owner.register(), fresh()
    first, again = (desk.owner.allocate(f"{index}.1", key=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.content == again.content
    assert again.headers["x-idempotency-replayed"] == "true"
    assert first.headers["location"] == again.headers["location"]
    spelled = {"base_path": f"{index}.1", "wallet_version": 1, "quantity": 1, "allocation_type": "production"}
    assert desk.owner.post(PATHS, spelled, key=key).status_code == 200  # defaults written out
    other = desk.owner.allocate(f"{index}.2", key=key)
    assert_refused(other, 409, "idempotency_key_conflict", idempotency_key=key)
    assert_refused(desk.owner.allocate(f"{index}.1"), 409, "path_taken")
    assert desk.owner.get(f"{PATHS}/availability", wallet_version=1, base_path=f"{index}.2").json()[
        "is_available"
    ]


def test_a_refused_allocation_leaves_its_key_free(desk: Desk) -> None:
    index, key = desk.owner.register(), fresh()
    desk.owner.allocate(f"{index}.1")
    assert_refused(desk.owner.allocate(f"{index}.1", key=key), 409, "path_taken")
    assert desk.owner.allocate(f"{index}.2", key=key).status_code == 201


def test_the_next_free_child(desk: Desk) -> None:
    index = desk.owner.register()
    body = {"wallet_version": 1, "parent_path": f"{index}.7"}
    made = [desk.owner.post(PATHS, body).json()["base_path"] for _ in range(5)]
    assert len(set(made)) == 5
    assert all(path.startswith(f"{index}.7.") and path.count(".") == 2 for path in made)
    desk.owner.allocate(f"{index}.8")
    assert_refused(
        desk.owner.post(PATHS, body | {"parent_path": f"{index}.8"}),
        409,
        "path_below_allocation",
        blocking_path=f"{index}.8",
    )


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"base_path": "{index}"}, "invalid_path"),
        ({"base_path": "{index}.2147483648"}, "invalid_path"),
        ({"base_path": "999998.1"}, "manufacturer_not_found"),
        ({"base_path": "1.1"}, "not_permitted"),
        ({"wallet_version": 999_999}, "wallet_version_not_found"),
        ({"quantity": 2**31 - 1, "range_start": 2}, "invalid_range"),
    ],
)
def test_what_cannot_be_allocated(desk: Desk, changed: dict[str, Any], code: str) -> None:
    index = desk.owner.register()
    body = {"wallet_version": 1, "base_path": "{index}.1"} | changed
    body["base_path"] = str(body["base_path"]).format(index=index)
    status = {"invalid_path": 400, "invalid_range": 400, "not_permitted": 403}.get(code, 404)
    assert_refused(desk.owner.post(PATHS, body), status, code)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"base_path": "2.x"}, "base_path"),
        ({"base_path": "02.1"}, "base_path"),
        ({"base_path": 2}, "base_path"),
        ({"base_path": ".".join(["1"] * 21)}, "base_path"),
        ({"parent_path": "2"}, "base_path"),
        ({"base_path": None}, "base_path"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": 2**31}, "quantity"),
        ({"quantity": "1"}, "quantity"),
        ({"range_start": 0}, "range_start"),
        ({"wallet_version": 0}, "wallet_version"),
        ({"allocation_type": "prod"}, "allocation_type"),
        ({"purpose": "x" * 1001}, "purpose"),
        ({"purpose": ""}, "purpose"),
        ({"purpose": "a\0b"}, "purpose"),
        ({"path": "2.3"}, "path"),
    ],
)
def test_a_body_that_is_not_well_formed(desk: Desk, changed: dict[str, Any], field: str) -> None:
    body = {"wallet_version": 1, "base_path": "2.1"} | changed
    assert_refused(desk.owner.post(PATHS, body), 400, "invalid_request", field=field)


def test_a_path_at_the_edges(desk: Desk) -> None:
    index = desk.owner.register()
    last = 2**31 - 1
    deep = ".".join([str(index), *["0"] * 18, str(last)])
    made = desk.owner.allocate(deep, quantity=last)
    assert made.status_code == 201
    assert made.json()["allocated_range_end"] == last
    assert desk.owner.get(f"{PATHS}/1/{deep}").json() == made.json()
    assert_refused(
        desk.owner.post(f"{PATHS}/1/{deep}/extend", {"additional_quantity": 1}), 409, "range_exhausted"
    )


def test_purpose_is_any_text(desk: Desk) -> None:
    index = desk.owner.register()
    purpose = "Möbel \U0001f600 '; DROP TABLE x; -- \u2028"
    assert desk.owner.allocate(f"{index}.1", purpose=purpose).json()["purpose"] == purpose


def test_the_daily_limit(desk: Desk) -> None:
    most = desk.create_wallet(daily_allocation_limit=2**31 - 1)
    assert desk.owner.get(f"{WALLETS}/{most}").json()["daily_allocation_limit"] == 2**31 - 1
    wallet = desk.create_wallet(daily_allocation_limit=3)
    index = desk.owner.register(wallet=wallet)
    answers = [desk.owner.allocate(f"{index}.{place}", wallet=wallet).status_code for place in range(1, 4)]
    assert answers == [201] * 3
    assert desk.owner.allocate(f"{index}.9", wallet=wallet).json()["error"]["code"] == "daily_limit_reached"
    told = desk.owner.get(f"{PATHS}/availability", wallet_version=wallet, base_path=f"{index}.9").json()
    assert (told["is_available"], told["reason"]) == (False, "daily_limit_reached")


# Batches


def batch(
    person: Person, wallet: int, items: list[dict[str, Any]], *, key: str | None = None, **more: Any
) -> Any:
    return person.post(f"{PATHS}/batch", {"wallet_version": wallet, "paths": items, **more}, key=key)


def test_a_batch_is_one_request(desk: Desk) -> None:
    index, key = desk.owner.register(), fresh()
    items = [{"base_path": f"{index}.{place}", "quantity": place} for place in range(1, 51)]
    items += [{"parent_path": f"{index}.60"} for _ in range(50)]
    first = batch(desk.owner, 1, items, key=key)
    assert first.status_code == 201
    body = first.json()
    assert (body["allocated_count"], body["refused_count"]) == (100, 0)
    assert [path["position"] for path in body["paths"]] == list(range(1, 101))
    assert len({path["base_path"] for path in body["paths"]}) == 100
    again = batch(desk.owner, 1, items, key=key)
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["x-idempotency-replayed"] == "true"
    assert_refused(batch(desk.owner, 1, items[1:], key=key), 409, "idempotency_key_conflict")
    assert desk.owner.get(f"{PATHS}/1/{index}.50").json()["quantity"] == 50


@pytest.mark.parametrize("item", [{}, {"base_path": "2.1", "parent_path": "2"}])
def test_a_path_of_a_batch_is_in_one_place(desk: Desk, item: dict[str, Any]) -> None:
    answer = batch(desk.owner, 1, [{"base_path": "2.1"}, item])
    assert_refused(answer, 400, "invalid_request", field="base_path")


@pytest.mark.parametrize("bad", ["again", "below", "above", "foreign"])
def test_a_bad_path_at_the_end_of_a_batch_leaves_nothing(desk: Desk, bad: str) -> None:
    index = desk.owner.register()
    foreign = desk.stranger.register()
    last, code = {
        "again": (f"{index}.1.1", "path_taken"),
        "below": (f"{index}.1.1.1", "path_below_allocation"),
        "above": (f"{index}.1", "path_has_descendants"),
        "foreign": (f"{foreign}.1", "not_permitted"),
    }[bad]
    items = [{"base_path": f"{index}.1.{place}"} for place in range(1, 128)] + [{"base_path": last}]
    key = fresh()
    answer = batch(desk.owner, 1, items, key=key)
    assert_refused(answer, 409, "batch_refused", refused_count=1)
    [refused] = answer.json()["error"]["details"]["paths"]
    assert (refused["position"], refused["outcome"], refused["base_path"]) == (128, code, last)
    assert desk.owner.pages(PATHS, "paths", 100, wallet_version=1, prefix=str(index)) == [[]]
    assert batch(desk.owner, 1, items[:-1], key=key).status_code == 201  # the key is free
    left = batch(desk.owner, 1, [{"base_path": f"{index}.2"}, {"base_path": last}], all_or_nothing=False)
    assert left.status_code == 201
    assert [path["outcome"] for path in left.json()["paths"]] == ["allocated", code]


def test_ten_thousand_paths_in_one_body(desk: Desk) -> None:
    index = desk.owner.register()
    items = [{"base_path": f"{index}.{place // 100}.{place % 100}"} for place in range(10_000)]
    body = {"wallet_version": 1, "paths": items}
    assert len(json.dumps(body)) < 1024 * 1024
    answer = desk.owner.client.post(f"{PATHS}/batch", json=body)
    assert answer.status_code == 201, answer.text[:500]
    assert answer.json()["allocated_count"] == 10_000
    assert_refused(
        desk.owner.post(f"{PATHS}/batch", body | {"paths": [*items, items[0]]}),
        400,
        "invalid_request",
        field="paths",
    )
    assert_refused(desk.owner.post(f"{PATHS}/batch", b" " * (1024 * 1024 + 1)), 413, "body_too_large")
    assert_refused(desk.owner.post(PATHS, b" " * (64 * 1024 + 1)), 413, "body_too_large")


# Looking


def test_another_organization_s_path_is_404(desk: Desk) -> None:
    index = desk.owner.register()
    place = desk.owner.allocate(f"{index}.1").headers["location"]
    theirs, absent = desk.stranger.get(place), desk.stranger.get(f"{PATHS}/1/{index}.2")
    assert_refused(theirs, 404, "path_not_found")
    assert theirs.content == absent.content
    assert desk.stranger.get(PATHS, wallet_version=1, prefix=str(index)).json()["paths"] == []
    for action, body in (("retire", None), ("exhaust", None), ("extend", {"additional_quantity": 1})):
        refused = desk.stranger.post(f"{place}/{action}", body)
        assert refused.status_code in (403, 404), refused.text
    assert desk.owner.get(place).json()["status"] == "active"


@pytest.mark.parametrize(
    "place", ["1/x", "1/2.x", "x/2.1", "1/02", "0/2.1", "1/999999.1", "1/2147483648", "1/%00"]
)
def test_an_unknown_path_is_404(desk: Desk, place: str) -> None:
    assert_refused(desk.owner.get(f"{PATHS}/{place}"), 404, "path_not_found")
    assert_refused(desk.owner.post(f"{PATHS}/{place}/retire"), 404, "path_not_found")


def test_paths_page_by_page_while_more_are_allocated(desk: Desk) -> None:
    index = desk.owner.register()
    made = {f"{index}.{branch}.{leaf}" for branch in (1, 10, 2) for leaf in range(20)}
    batch(desk.owner, 1, [{"base_path": path} for path in sorted(made)])
    for limit in (1, 7, 60, 100):
        pages = desk.member.pages(PATHS, "paths", limit, wallet_version=1, prefix=str(index))
        found = [path["base_path"] for page in pages for path in page]
        assert found == sorted(made)  # each once, in byte order
    one_branch = desk.member.pages(PATHS, "paths", 7, wallet_version=1, prefix=f"{index}.1")
    found = [path["base_path"] for page in one_branch for path in page]
    assert found == sorted(path for path in made if path.startswith(f"{index}.1."))  # not those of 10
    first = desk.member.get(PATHS, wallet_version=1, prefix=str(index), limit=30).json()
    batch(desk.owner, 1, [{"base_path": f"{index}.0"}, {"base_path": f"{index}.3"}])
    rest = desk.member.get(
        PATHS, wallet_version=1, prefix=str(index), limit=100, cursor=first["next_cursor"]
    ).json()
    seen = [path["base_path"] for path in first["paths"] + rest["paths"]]
    assert sorted(seen) == sorted(made | {f"{index}.3"})
    assert desk.member.get(PATHS, wallet_version=1, prefix=f"{index}.1.0").json()["paths"][0][
        "base_path"
    ] == (f"{index}.1.0")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "wallet_version"),
        ("wallet_version=x", "wallet_version"),
        ("wallet_version=1&wallet_version=1", "wallet_version"),
        ("wallet_version=1&limit=0", "limit"),
        ("wallet_version=1&limit=101", "limit"),
        ("wallet_version=1&cursor=x", "cursor"),
        ("wallet_version=1&cursor=MQ", "cursor"),
        ("wallet_version=1&prefix=x", "prefix"),
        ("wallet_version=1&prefix=%00", "prefix"),
        ("wallet_version=1&nothing=1", "nothing"),
    ],
)
def test_a_query_that_is_not_well_formed(desk: Desk, query: str, field: str) -> None:
    assert_refused(desk.owner.ask("GET", f"{PATHS}?{query}"), 400, "invalid_request", field=field)


def test_availability_says_what_an_allocation_would_say(desk: Desk) -> None:
    index = desk.owner.register()
    free = desk.member.get(f"{PATHS}/availability", wallet_version=1, base_path=f"{index}.4").json()
    assert (free["is_available"], free["reason"], free["blocking_path"]) == (True, "free", None)
    for path, wallet, reason in (
        ("999997.1", 1, "manufacturer_not_found"),
        (f"{index}.4", 999_999, "wallet_version_not_found"),
        (str(index), 1, "invalid_path"),
    ):
        found = desk.member.get(f"{PATHS}/availability", wallet_version=wallet, base_path=path).json()
        assert (found["is_available"], found["reason"]) == (False, reason)


# The life of a path


def test_the_life_of_a_path(desk: Desk) -> None:
    index = desk.owner.register()
    place = desk.owner.allocate(f"{index}.1", quantity=10).headers["location"]
    key = fresh()
    first, again = (desk.owner.post(f"{place}/extend", {"additional_quantity": 5}, key=key) for _ in range(2))
    assert first.content == again.content
    assert again.headers["x-idempotency-replayed"] == "true"
    assert (first.json()["quantity"], first.json()["allocated_range_end"]) == (15, 15)
    assert desk.owner.get(place).json() == first.json()
    assert_refused(
        desk.owner.post(f"{place}/exhaust", key=key), 409, "idempotency_key_conflict", idempotency_key=key
    )
    exhausted = desk.owner.post(f"{place}/exhaust").json()
    assert exhausted["status"] == "exhausted"
    assert exhausted["completed_at"] is not None
    assert_refused(desk.owner.post(f"{place}/exhaust"), 409, "path_status_conflict")
    assert desk.owner.post(f"{place}/retire").json()["status"] == "retired"
    for action, body in (("retire", None), ("exhaust", None), ("extend", {"additional_quantity": 1})):
        assert_refused(desk.owner.post(f"{place}/{action}", body), 409, "path_status_conflict")


# Meaning


def test_a_path_is_decoded_level_by_level(desk: Desk) -> None:
    wallet = desk.create_wallet()
    name = fresh("IKEA")
    index = desk.owner.register(name, wallet=wallet, public_key=key_of(MAKER), key_delegation_level="full")
    for level, (level_name, value, value_name) in enumerate(
        [
            ("category", 4, "Furniture"),
            ("subcategory", 5, "Bookcases"),
            ("class", 127, "BILLY White 80x28x202"),
        ],
        3,
    ):
        done = desk.owner.put(f"{SCHEMAS}/{wallet}/{index}/levels/{level}", {"level_name": level_name})
        assert done.status_code == 200, done.text
        done = desk.owner.put(
            f"{SCHEMAS}/{wallet}/{index}/levels/{level}/values/{value}",
            {"value_name": value_name, "gs1_code": f"0{value}", "sku_reference": f"sku-{wallet}-{value}"},
        )
        assert done.status_code == 200, done.text
    path = f"{index}.4.5.127.9"
    decoded = desk.stranger.get(f"{PATHS}/decode", wallet_version=wallet, path=path).json()
    assert decoded["derivation_path"] == f"m/44'/501'/{wallet}'/{index}'/4'/5'/127'/9'"
    assert [level["path_level"] for level in decoded["levels"]] == [1, 2, 3, 4, 5, 6]
    assert [level["component"] for level in decoded["levels"]] == [wallet, index, 4, 5, 127, 9]
    assert [level["value_name"] for level in decoded["levels"]][2:] == [
        "Furniture",
        "Bookcases",
        "BILLY White 80x28x202",
        None,
    ]
    assert [level["is_known"] for level in decoded["levels"]] == [True] * 5 + [False]
    assert decoded["levels"][4]["sku_reference"] == f"sku-{wallet}-127"
    assert decoded["levels"][4]["gs1_code"] == "0127"
    assert desk.stranger.get(f"{PATHS}/decode", base58=decoded["base58"]).json() == decoded

    pointer = class_pointer(key_of(MAKER), (index, 4, 5, 127))
    url = f"https://s.plings.io?t=n&i={key_of(PRODUCER)}&p={path}&cp={pointer}"
    scan = desk.stranger.client.get(
        f"{PATHS}/decode", params={"wallet_version": wallet, "scan_url": url}
    ).json()
    assert (
        scan.items()
        >= {
            "carrier": "n",
            "instance_key": key_of(PRODUCER),
            "class_pointer": pointer,
            "class_path": f"{index}.4.5.127",
            "levels": decoded["levels"],
        }.items()
    )
    other = url.replace(pointer, "1" * 11)
    scan = desk.stranger.client.get(
        f"{PATHS}/decode", params={"wallet_version": wallet, "scan_url": other}
    ).json()
    assert scan["class_path"] is None

    by_sku = desk.member.get(f"{SCHEMAS}/products", sku_reference=f"sku-{wallet}-127").json()["products"]
    assert [(one["manufacturer_name"], one["value_name"]) for one in by_sku] == [
        (name, "BILLY White 80x28x202")
    ]
    by_gs1 = desk.member.get(f"{SCHEMAS}/products", gs1_code="0127").json()["products"]
    assert by_sku[0] in by_gs1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "path"),
        ("wallet_version=1", "path"),
        ("path=2.3", "wallet_version"),
        ("wallet_version=1&path=2.3&base58=2.3", "base58"),
        ("wallet_version=1&base58=2.3.4", "wallet_version"),
        ("base58=2", "base58"),
        ("base58=2.0", "base58"),
        ("base58=2.zzzzzz", "base58"),
        ("wallet_version=1&path=2.G", "path"),
        ("wallet_version=1&scan_url=https://example.org", "scan_url"),
        ("scan_url=https://s.plings.io", "wallet_version"),
    ],
)
def test_what_cannot_be_decoded(desk: Desk, query: str, field: str) -> None:
    assert_refused(desk.owner.ask("GET", f"{PATHS}/decode?{query}"), 400, "invalid_request", field=field)


def test_decoding_in_an_unknown_wallet_is_404(desk: Desk) -> None:
    answer = desk.owner.get(f"{PATHS}/decode", wallet_version=999_999, path="2.3")
    assert_refused(answer, 404, "wallet_version_not_found")


def test_a_schema_is_its_manufacturer_s(desk: Desk) -> None:
    index = desk.owner.register()
    place = f"{SCHEMAS}/1/{index}"
    assert desk.stranger.get(place).json() == {"levels": []}
    level = {"level_name": "region", "gs1_mapping": "414", "is_required": False, "sort_order": 1}
    assert_refused(desk.stranger.put(f"{place}/levels/3", level), 403, "not_permitted")
    key = fresh()
    first, again = (desk.owner.put(f"{place}/levels/3", level, key=key) for _ in range(2))
    assert first.json().items() >= level.items()
    assert (again.content, again.headers["x-idempotency-replayed"]) == (first.content, "true")
    changed = desk.owner.put(f"{place}/levels/3", level | {"level_name": "continent"}).json()
    assert desk.member.get(place).json()["levels"] == [changed]
    assert_refused(
        desk.owner.put(f"{place}/levels/4/values/1", {"value_name": "x"}), 404, "path_level_not_found"
    )
    for value in range(1, 8):
        desk.owner.put(f"{place}/levels/3/values/{value}", {"value_name": f"v{value}"})
    pages = desk.member.pages(f"{place}/levels/3/values", "values", 3)
    assert [value["level_value"] for page in pages for value in page] == list(range(1, 8))
    assert_refused(desk.owner.put(f"{place}/levels/2", level), 404, "path_level_not_found")
    assert_refused(desk.owner.put(f"{place}/levels/x", level), 404, "path_level_not_found")
    unknown = desk.owner.put(f"{SCHEMAS}/1/999996/levels/3", level)
    assert_refused(unknown, 404, "manufacturer_not_found")


@pytest.mark.parametrize("query", ["", "gs1_code=1&sku_reference=1", "gs1_code=", f"gs1_code={'1' * 101}"])
def test_products_are_found_by_one_code(desk: Desk, query: str) -> None:
    assert_refused(
        desk.owner.ask("GET", f"{SCHEMAS}/products?{query}"), 400, "invalid_request", field="gs1_code"
    )


# Verifying instances


def test_an_instance_is_verified_by_the_manufacturer_s_key(desk: Desk) -> None:
    index = desk.owner.register(public_key=key_of(MAKER), key_delegation_level="verification")
    place = desk.owner.allocate(f"{index}.1", quantity=100).headers["location"]
    statement = instance_statement(1, (index, 1), 17)
    body = {
        "wallet_version": 1,
        "base_path": f"{index}.1",
        "instance": 17,
        "signature": sign(MAKER, statement),
    }

    def verdict(**changed: Any) -> str:
        answer = desk.member.post(f"{PATHS}/verify", body | changed)
        assert answer.status_code == 200, answer.text
        assert answer.json()["is_verified"] is (answer.json()["verdict"] == "verified")
        return str(answer.json()["verdict"])

    assert desk.member.post(f"{PATHS}/verify", body).json() == {
        "is_verified": True,
        "verdict": "verified",
        "statement": statement.decode(),
    }
    assert verdict(instance=18) == "wrong_signature"
    # Not before a signature is good: by guessing nobody learns how many were made.
    assert verdict(instance=101) == "wrong_signature"
    beyond = sign(MAKER, instance_statement(1, (index, 1), 101))
    assert verdict(instance=101, signature=beyond) == "outside_range"
    assert verdict(signature=sign(PRODUCER, statement)) == "wrong_signature"
    granted = range_statement(1, (index, 1), 10, 20, key_of(PRODUCER))
    producer = {
        "public_key": key_of(PRODUCER),
        "range_start": 10,
        "range_end": 20,
        "signature": sign(MAKER, granted),
    }
    by_producer = {"signature": sign(PRODUCER, statement), "producer": producer}
    assert verdict(**by_producer) == "not_delegated"
    full = {"public_key": key_of(MAKER), "key_delegation_level": "full"}
    desk.owner.put(f"{MAKERS}/1/{index}/key", full)
    assert verdict(**by_producer) == "verified"
    for field, bad in (
        ("signature", {"signature": "1" * 63}),
        ("signature", {"signature": "1" * 64 + "z" * 20}),
        ("producer", by_producer | {"producer": producer | {"public_key": "z" * 44}}),
    ):
        answer = desk.member.post(f"{PATHS}/verify", body | bad)
        assert_refused(answer, 400, "invalid_request", field=field)
    by_producer["signature"] = sign(PRODUCER, instance_statement(1, (index, 1), 21))
    assert verdict(**by_producer, instance=21) == "outside_range"
    desk.owner.put(f"{MAKERS}/1/{index}/key", full | {"key_delegation_level": "none"})
    assert verdict() == "not_delegated"
    desk.owner.put(f"{MAKERS}/1/{index}/key", full)
    desk.owner.post(f"{place}/retire")
    assert verdict() == "not_valid_now"


def test_anybody_verifies_a_thing_and_learns_nothing_else(desk: Desk) -> None:
    """Who holds a thing is seldom who made it; the answer is the maker's, and the path stays unseen."""
    index = desk.owner.register(public_key=key_of(MAKER), key_delegation_level="verification")
    place = desk.owner.allocate(f"{index}.1", quantity=9).headers["location"]
    signature = sign(MAKER, instance_statement(1, (index, 1), 7))
    body = {"wallet_version": 1, "base_path": f"{index}.1", "instance": 7, "signature": signature}
    for person in (desk.stranger, desk.member):
        answer = person.post(f"{PATHS}/verify", body)
        assert answer.json() == {
            "is_verified": True,
            "verdict": "verified",
            "statement": f"m/44'/501'/1'/{index}'/1'/7'",
        }
        assert person.post(f"{PATHS}/verify", body | {"instance": 8}).json()["verdict"] == "wrong_signature"
        guesses = [person.post(f"{PATHS}/verify", body | {"instance": guess}).json() for guess in (9, 10)]
        assert [guess["verdict"] for guess in guesses] == ["wrong_signature"] * 2
    for nowhere in ({"base_path": f"{index}.2"}, {"base_path": f"{index}"}, {"wallet_version": 999_999}):
        assert_refused(desk.stranger.post(f"{PATHS}/verify", body | nowhere), 404, "path_not_found")
    assert_refused(desk.stranger.get(place), 404, "path_not_found")


# Transfers


def test_scenario_3_a_path_moves_to_another_wallet(desk: Desk) -> None:
    name = fresh("Maker")
    target = desk.create_wallet()
    index, there = desk.owner.register(name), desk.owner.register(name, wallet=target)
    place = desk.owner.allocate(f"{index}.2.2.2.2").headers["location"]
    body = {
        "wallet_version": 1,
        "base_path": f"{index}.2.2.2.2",
        "target_wallet": target,
        "assignment_reason": "security_upgrade",
    }
    asked = {"source_wallet": 1, "base_path": f"{index}.2.2.2.2", "target_wallet": target}
    assert not desk.owner.post(f"{TRANSFERS}/verify", asked).json()["is_transferred"]
    key = fresh()
    first, again = (desk.owner.post(TRANSFERS, body, key=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["status"] == "transferred"
    moved = desk.owner.get(place).json()
    assert (moved["status"], moved["transferred_to_wallet"]) == ("transferred", target)
    arrived = desk.owner.get(f"{PATHS}/{target}/{moved['transferred_to_path']}").json()
    assert arrived["status"] == "active"
    assert arrived["manufacturer_index"] == there
    assert desk.owner.post(f"{TRANSFERS}/verify", asked).json()["is_transferred"]
    assert_refused(desk.owner.allocate(f"{index}.2.2.2.2"), 409, "path_taken")


def test_a_manufacturer_moves_with_all_its_paths_step_by_step(desk: Desk) -> None:
    name, target = fresh("Maker"), desk.create_wallet()
    index = desk.owner.register(name)
    batch(desk.owner, 1, [{"base_path": f"{index}.{place}.1"} for place in range(10)])
    body = {
        "wallet_version": 1,
        "manufacturer_index": index,
        "target_wallet": target,
        "assignment_reason": "environment_separation",
    }
    assert_refused(desk.stranger.post(TRANSFERS, body), 403, "not_permitted")
    opened = desk.owner.post(TRANSFERS, body)
    assert opened.status_code == 201
    place = opened.headers["location"]
    assert (opened.json()["status"], opened.json()["paths_total"]) == ("transferring", 10)
    listed = desk.member.get(TRANSFERS, is_open="true", limit=100).json()["transfers"]
    assert opened.json()["id"] in [one["id"] for one in listed]
    percents = []
    while True:
        step = desk.owner.post(f"{place}/continue", {"max_paths": 3}).json()
        percents.append(step["transfer"]["completion_percentage"])
        if step["transfer"]["status"] == "transferred":
            break
        assert step["moved"] == 3
    assert percents == sorted(percents)
    assert percents[-1] == 100
    again = desk.owner.post(f"{place}/continue", {})
    assert (again.json()["moved"], again.json()["transfer"]["status"]) == (0, "transferred")
    assert desk.owner.get(place).json() == again.json()["transfer"]
    now = desk.member.get(f"{MAKERS}/current", name=name).json()
    assert now["wallet_version"] == target
    lineage = desk.member.get(f"{MAKERS}/lineage", name=name).json()
    assert lineage["is_whole"]
    assert [step["wallet_version"] for step in lineage["steps"]] == [1, target]
    new = desk.owner.pages(PATHS, "paths", 100, wallet_version=target, prefix=str(now["manufacturer_index"]))
    assert len(new[0]) == 10


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"base_path": "2.1"}, 400, "invalid_request"),
        ({"manufacturer_index": None}, 400, "invalid_request"),
        ({"target_wallet": 1}, 400, "same_wallet_version"),
        ({"target_wallet": 999_999}, 404, "wallet_version_not_found"),
        ({"wallet_version": 999_999}, 404, None),
        ({"manufacturer_index": 999_995}, 404, "manufacturer_not_found"),
        ({"assignment_reason": "because"}, 400, "invalid_request"),
    ],
)
def test_what_cannot_be_transferred(
    desk: Desk, changed: dict[str, Any], status: int, code: str | None
) -> None:
    body = {
        "wallet_version": 1,
        "manufacturer_index": desk.owner.register(),
        "target_wallet": desk.create_wallet(),
        "assignment_reason": "security_upgrade",
    } | changed
    answer = desk.owner.post(TRANSFERS, body)
    assert_refused(answer, status, code or answer.json()["error"]["code"])


@pytest.mark.parametrize(
    ("path", "code"),
    [(TRANSFERS, "transfer_not_found"), (INCIDENTS, "incident_not_found"), (PROPOSALS, "proposal_not_found")],
)
def test_an_unknown_id_is_404(desk: Desk, path: str, code: str) -> None:
    for name in ("trf_000000000000000000000000", "x", "%00", "a%00b", "%F0%9F%98%80"):
        assert_refused(desk.root.get(f"{path}/{name}"), 404, code)
    assert_refused(desk.root.get(f"{path}/{'x' * 5000}"), 404, code)
    if path == TRANSFERS:
        assert_refused(desk.root.post(f"{path}/x/continue", {}), 404, code)
    if path == PROPOSALS:
        assert_refused(desk.root.post(f"{path}/x/approve"), 404, code)


@pytest.mark.parametrize(
    ("path", "name", "make"),
    [
        (WALLETS, "wallet_versions", None),
        (PROPOSALS, "proposals", {"action": "set_default_wallet", "version_id": 1}),
        (TRANSFERS, "transfers", None),
        (INCIDENTS, "incidents", None),
    ],
)
def test_lists_page_by_page(desk: Desk, path: str, name: str, make: dict[str, Any] | None) -> None:
    for _ in range(4 if make else 0):
        desk.root.post(path, make)
    whole = [item for page in desk.root.pages(path, name, 100) for item in page]
    small = [item for page in desk.root.pages(path, name, 3) for item in page]
    assert small == whole
    keys = [item.get("id", item.get("version_id")) for item in whole]
    assert len(keys) == len(set(keys))


# What nobody thought of


def test_noise_is_4xx_and_tells_nothing_of_the_database(desk: Desk) -> None:
    bodies: list[Any] = [b"", b"\xff", b"[]", b"null", b"1", b'"x"', b"{" * 5000, b'{"a":' * 900, b"{}\0"]
    for path, method, has_body in OPERATIONS:
        if not has_body:
            continue
        for body in bodies:
            answer = desk.root.ask(method, concrete(path), body)
            assert 400 <= answer.status_code < 500, (path, body, answer.text)
            for word in ("psycopg", "SQLSTATE", "constraint", "paths.", "DETAIL"):
                assert word not in answer.text


def test_a_database_that_cannot_answer_is_503_or_500_in_the_one_shape(desk: Desk) -> None:
    index = desk.owner.register()
    signature = "paths.allocate_paths(jsonb)"
    execute(desk.dsn, f"REVOKE EXECUTE ON FUNCTION {signature} FROM pgtill_service")
    try:
        assert_refused(desk.owner.allocate(f"{index}.1"), 500, "internal_error")
    finally:
        execute(desk.dsn, f"GRANT EXECUTE ON FUNCTION {signature} TO pgtill_service")
    assert desk.owner.allocate(f"{index}.1").status_code == 201


def test_sql_and_python_codecs_agree(desk: Desk) -> None:
    """Here one path through the whole; thousands in test_codecs_agree.py."""
    index = desk.owner.register(public_key=key_of(MAKER), key_delegation_level="full")
    path = desk.owner.allocate(f"{index}.77.2147483647").json()
    decoded = desk.owner.get(f"{PATHS}/decode", wallet_version=1, path=path["base_path"]).json()
    assert decoded["derivation_path"] == path["hd_derivation_prefix"]
    digest = hashlib.sha256(f"{key_of(MAKER)}:{path['base_path']}".encode()).digest()
    [[pointer]] = rows(desk.dsn, "SELECT paths.class_pointer(%s, %s)", key_of(MAKER), path["base_path"])
    assert pointer == class_pointer(key_of(MAKER), (index, 77, 2147483647))
    assert len(pointer) == 11
    assert digest


# Incidents: last, for what they do to wallet 1 cannot be undone


def test_an_incident_is_shown_and_then_done(desk: Desk) -> None:
    wallet = desk.create_wallet()
    names = [fresh("Maker") for _ in range(3)]
    for name in names:
        index = desk.owner.register(name, wallet=wallet)
        batch(desk.owner, wallet, [{"base_path": f"{index}.{place}"} for place in range(4)])
    body = {"wallet_version": wallet, "reason": "key found on a bus", "successor_master_key_id": "hsm-new"}
    assert_refused(desk.owner.post(INCIDENTS, body), 403, "not_super_admin")

    desk.decide({"action": "set_default_wallet", "version_id": wallet})
    before = snapshot(desk)
    dry = desk.root.post(INCIDENTS, body | {"is_dry_run": True})
    assert dry.status_code == 200
    assert (dry.json()["id"], dry.json()["is_dry_run"]) == (None, True)
    assert snapshot(desk) == before

    key = fresh()
    done = desk.root.post(INCIDENTS, body, key=key)
    assert done.status_code == 201
    incident = done.json()
    assert [step["action"] for step in incident["steps"]] == [step["action"] for step in dry.json()["steps"]]
    again = desk.root.post(INCIDENTS, body, key=key)
    assert (again.status_code, again.json()["id"]) == (200, incident["id"])
    assert_refused(desk.second_root.post(INCIDENTS, body), 409, "wallet_compromised")

    assert desk.member.get(f"{WALLETS}/{wallet}").json()["status"] == "compromised"
    successor = desk.member.get(f"{WALLETS}/{incident['successor_version']}").json()
    assert (successor["status"], successor["is_default"]) == ("active", True)
    moving = {one["manufacturer_name"] for one in incident["transfers"]}
    assert set(names) <= moving
    assert_refused(desk.owner.allocate("2.99", wallet=wallet), 409, "wallet_not_active")

    for one in incident["transfers"]:
        while True:
            step = desk.root.post(f"{TRANSFERS}/{one['id']}/continue", {"max_paths": 3})
            assert step.status_code == 200, step.text
            if step.json()["transfer"]["status"] == "transferred":
                break
    progress = desk.member.get(done.headers["location"]).json()["progress"]
    assert (progress["transfers_open"], progress["completion_percentage"]) == (0, 100)
    assert progress["paths_moved"] == progress["paths_total"] == 12
    for name in names:
        assert (
            desk.member.get(f"{MAKERS}/current", name=name).json()["wallet_version"]
            == successor["version_id"]
        )
        assert desk.member.get(f"{MAKERS}/lineage", name=name).json()["is_whole"]
    assert_no_overlap(desk.dsn)


def snapshot(desk: Desk) -> list[Any]:
    """Everything that an incident could change."""
    tables = [
        name
        for (name,) in rows(
            desk.dsn, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'paths' ORDER BY 1"
        )
    ]
    return [
        (name, rows(desk.dsn, f"SELECT count(*), sum(hashtext(t::text)::bigint) FROM paths.{name} AS t"))
        for name in tables
    ]
