"""
What a key is shown: what is its organization's, and to a super-admin everything.

Another's is as if it were not there, so each question is asked twice, of what is another's and of what never
was, and the two answers are the same to the byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from service.parsing import encode_cursor
from tests.conftest import Database
from tests.paths.support import (
    INCIDENTS,
    MAKERS,
    PATHS,
    PROPOSALS,
    SCHEMAS,
    TRANSFERS,
    Desk,
    Person,
    assert_refused,
    fresh,
    serving_desk,
)
from tests.support import rows

NO_TRANSFER = "trf_" + "0" * 24
NO_INCIDENT = "inc_" + "0" * 24
NO_PROPOSAL = "prp_" + "0" * 24


@dataclass
class Holding:
    """What an organization has in the wallet that was given up."""

    name: str
    index: int
    transfer: str
    """The transfer that the incident opened."""


@dataclass
class Scene:
    """Two organizations in a wallet, a third in none; an incident over the wallet."""

    desk: Desk
    wallet: int
    ours: Holding
    theirs: Holding
    bystander: Person
    incident: str
    proposal: str


def furnish(person: Person, wallet: int) -> tuple[str, int]:
    """A manufacturer with two paths and a product."""
    name = fresh("Maker")
    index = person.register(name, wallet=wallet)
    for path in (f"{index}.4", f"{index}.5"):
        assert person.allocate(path, wallet=wallet).status_code == 201
    level = f"{SCHEMAS}/{wallet}/{index}/levels/3"
    assert person.put(level, {"level_name": "region"}).status_code == 200
    codes = {"gs1_code": f"gs1-{name}", "sku_reference": f"sku-{name}"}
    assert person.put(f"{level}/values/4", {"value_name": "Europe", **codes}).status_code == 200
    return name, index


@pytest.fixture(scope="module")
def scene(module_database: Database) -> Iterator[Scene]:
    with serving_desk(module_database) as desk:
        wallet = desk.create_wallet()
        made = [furnish(person, wallet) for person in (desk.owner, desk.stranger)]
        proposed = desk.root.post(PROPOSALS, {"action": "set_default_wallet", "version_id": 1}).json()
        body = {"wallet_version": wallet, "reason": "lost", "successor_master_key_id": fresh("hsm")}
        incident = desk.root.post(INCIDENTS, body)
        assert incident.status_code == 201, incident.text
        opened = {one["manufacturer_name"]: one["id"] for one in incident.json()["transfers"]}
        ours, theirs = (Holding(name, index, opened[name]) for name, index in made)
        bystander = desk.person(desk.organization("bystanders"), "owner")
        yield Scene(desk, wallet, ours, theirs, bystander, incident.json()["id"], proposed["id"])


def same(first: httpx2.Response, second: httpx2.Response) -> None:
    assert (first.status_code, first.content) == (second.status_code, second.content)


def test_lists_show_what_is_one_s_own(scene: Scene) -> None:
    for person, expected in (
        (scene.desk.owner, {scene.ours.index}),
        (scene.desk.nobody, {scene.ours.index}),
        (scene.desk.stranger, {scene.theirs.index}),
        (scene.bystander, set()),
        (scene.desk.root, {scene.ours.index, scene.theirs.index}),
    ):
        makers = person.get(MAKERS, wallet_version=scene.wallet).json()["manufacturers"]
        assert {maker["manufacturer_index"] for maker in makers} == expected
        transfers = person.get(TRANSFERS, limit=100).json()["transfers"]
        assert {transfer["source_index"] for transfer in transfers} == expected
        found = person.get(PATHS, wallet_version=scene.wallet, limit=100).json()["paths"]
        assert {path["manufacturer_index"] for path in found} == expected
        incidents = person.get(INCIDENTS).json()["incidents"]
        assert [one["id"] for one in incidents] == ([scene.incident] if expected else [])


def test_another_s_by_id_is_as_one_that_never_was(scene: Scene) -> None:
    stranger, theirs = scene.desk.owner, scene.theirs
    for shown, unknown in (
        (f"{TRANSFERS}/{theirs.transfer}", f"{TRANSFERS}/{NO_TRANSFER}"),
        (f"{MAKERS}/{scene.wallet}/{theirs.index}", f"{MAKERS}/{scene.wallet}/999999"),
        (f"{PATHS}/{scene.wallet}/{theirs.index}.4", f"{PATHS}/{scene.wallet}/999999.4"),
        (f"{MAKERS}/current?name={theirs.name}", f"{MAKERS}/current?name={fresh()}"),
        (f"{MAKERS}/lineage?name={theirs.name}", f"{MAKERS}/lineage?name={fresh()}"),
        (f"{PROPOSALS}/{scene.proposal}", f"{PROPOSALS}/{NO_PROPOSAL}"),
    ):
        assert scene.desk.root.ask("GET", shown).status_code == 200
        first, second = (stranger.ask("GET", path) for path in (shown, unknown))
        assert first.status_code == 404
        same(first, second)
    for shown, unknown in (
        (f"{SCHEMAS}/{scene.wallet}/{theirs.index}", f"{SCHEMAS}/{scene.wallet}/999999"),
        (
            f"{SCHEMAS}/{scene.wallet}/{theirs.index}/levels/3/values",
            f"{SCHEMAS}/{scene.wallet}/999999/levels/3/values",
        ),
        (f"{SCHEMAS}/products?gs1_code=gs1-{theirs.name}", f"{SCHEMAS}/products?gs1_code=gs1-nobody"),
        (f"{SCHEMAS}/products?sku_reference=sku-{theirs.name}", f"{SCHEMAS}/products?sku_reference=nobody"),
    ):
        seen = scene.desk.root.ask("GET", shown)
        first, second = (stranger.ask("GET", path) for path in (shown, unknown))
        assert first.status_code == 200
        same(first, second)
        assert first.content != seen.content
    same(
        scene.bystander.get(f"{INCIDENTS}/{scene.incident}"),
        scene.bystander.get(f"{INCIDENTS}/{NO_INCIDENT}"),
    )


@pytest.mark.parametrize("path", [TRANSFERS, INCIDENTS, PROPOSALS])
def test_another_s_cursor_is_as_one_that_leads_nowhere(scene: Scene, path: str) -> None:
    there, nowhere = {
        TRANSFERS: (scene.theirs.transfer, NO_TRANSFER),
        INCIDENTS: (scene.incident, NO_INCIDENT),
        PROPOSALS: (scene.proposal, NO_PROPOSAL),
    }[path]
    # Ours was opened before theirs: were their place known, ours would come after it.
    person = scene.desk.owner if path != INCIDENTS else scene.bystander
    assert scene.desk.root.get(path, cursor=encode_cursor(there)).status_code == 200
    first, second = (person.get(path, cursor=encode_cursor(place)) for place in (there, nowhere))
    assert first.status_code == 200
    same(first, second)


def test_an_incident_tells_each_of_its_own(scene: Scene) -> None:
    def told(person: Person) -> dict[str, Any]:
        whole: dict[str, Any] = person.get(f"{INCIDENTS}/{scene.incident}").json()
        [listed] = person.get(INCIDENTS).json()["incidents"]
        assert listed.items() <= whole.items()
        return whole

    for person, own, other in (
        (scene.desk.member, scene.ours, scene.theirs),
        (scene.desk.stranger, scene.theirs, scene.ours),
    ):
        seen = told(person)
        assert [one["manufacturer_name"] for one in seen["transfers"]] == [own.name]
        assert [step["subject"] for step in seen["steps"] if step["action"] == "open_transfer"] == [own.name]
        assert [step["step"] for step in seen["steps"]] == list(range(1, len(seen["steps"]) + 1))
        assert (seen["progress"]["transfers_open"], seen["progress"]["paths_total"]) == (1, 2)
        assert other.name not in person.get(f"{INCIDENTS}/{scene.incident}").text
    everything = told(scene.desk.root)
    assert {scene.ours.name, scene.theirs.name} == {
        one["manufacturer_name"] for one in everything["transfers"]
    }
    # Who opened it may be asked by the machines of the same organization.
    machine = scene.desk.person(scene.desk.root.organization_id, None)
    assert [told(machine)["transfers"], told(machine)["progress"]["transfers_open"]] == [[], 0]


def test_another_s_cannot_be_moved_or_asked_after(scene: Scene) -> None:
    desk, path = scene.desk, f"{scene.theirs.index}.4"
    first, second = (
        desk.owner.post(f"{TRANSFERS}/{transfer}/continue", {})
        for transfer in (scene.theirs.transfer, NO_TRANSFER)
    )
    assert_refused(first, 404, "transfer_not_found")
    same(first, second)
    moved = desk.stranger.post(f"{TRANSFERS}/{scene.theirs.transfer}/continue", {})
    assert moved.json()["moved"] == 2
    target = desk.root.get(f"{INCIDENTS}/{scene.incident}").json()["successor_version"]
    asked = {"source_wallet": scene.wallet, "base_path": path, "target_wallet": target}
    for person, expected in ((desk.stranger, True), (desk.root, True), (desk.owner, False)):
        answer = person.post(f"{TRANSFERS}/verify", asked)
        assert answer.json()["is_transferred"] is expected


def test_what_everybody_may_know(scene: Scene) -> None:
    """Wallets, what is taken but not whose, and what a thing in one's hand is."""
    desk, path = scene.desk, f"{scene.theirs.index}.4"
    for reader in (desk.owner, scene.bystander):
        assert reader.get(f"/v1/wallet-versions/{scene.wallet}").json()["status"] == "compromised"
        decoded = reader.get(f"{PATHS}/decode", wallet_version=scene.wallet, path=path).json()
        assert decoded["levels"][2]["value_name"] == "Europe"
    index = desk.stranger.register()
    assert desk.stranger.allocate(f"{index}.1").status_code == 201
    taken = scene.bystander.get(f"{PATHS}/availability", wallet_version=1, base_path=f"{index}.1")
    assert taken.json()["reason"] == "path_taken"
    assert "org_" not in taken.text
    assert "maker" not in taken.text.lower()


def test_a_super_admin_no_more_sees_what_others_see(scene: Scene) -> None:
    desk = scene.desk
    former = desk.person(desk.organization("former"), "owner", is_super_admin=True)
    transfer = f"{TRANSFERS}/{scene.theirs.transfer}"
    assert former.get(transfer).status_code == 200
    rows(desk.dsn, "SELECT paths.revoke_super_admin(%s, 'tests')", former.user_id)
    assert_refused(former.get(transfer), 404, "transfer_not_found")
    assert former.get(TRANSFERS).json()["transfers"] == []
    assert former.get(PROPOSALS).json()["proposals"] == []
