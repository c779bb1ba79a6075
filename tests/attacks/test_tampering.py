"""Somebody with a superuser's rights changes rows, or puts a backup back: what is then shown, and found."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import httpx2

from tests.conftest import Database
from tests.support import (
    BTC,
    ETH,
    OTHER_TPUB,
    PATH,
    command_here,
    create_merchant,
    environment,
    execute,
    independent_address,
    serving,
)


def test_a_first_answer_with_another_address_is_not_replayed(database: Database) -> None:
    merchant = create_merchant(database.dsn())
    thief = independent_address("bitcoin", "regtest", OTHER_TPUB, 7)
    with (
        serving(database.dsn("pgtill_service")) as server,
        httpx2.Client(base_url=server.url, headers=merchant.headers) as client,
    ):
        assert client.post(PATH, json=BTC, headers={"idempotency-key": "k"}).status_code == 201
        execute(
            database.dsn(),
            "ALTER TABLE app.idempotency_records DISABLE TRIGGER USER",
            "UPDATE app.idempotency_records SET response_payload = jsonb_set(response_payload,"
            f" '{{payment_instructions,address}}', '\"{thief}\"')",
        )
        replay = client.post(PATH, json=BTC, headers={"idempotency-key": "k"})
        assert (replay.status_code, replay.json()["error"]["code"]) == (500, "address_integrity_violation")
        assert thief not in replay.text
        assert thief not in server.text
    found = command_here("verify", "--json", env=environment(database.dsn()))
    assert found.status == 1
    assert "first_answer_differs" in found.out


def test_a_backup_that_is_put_back_holds_every_answer(database: Database, tmp_path: Path) -> None:
    merchant = create_merchant(database.dsn())
    log = tmp_path / "acknowledged.jsonl"

    def order(count: int, name: str) -> None:
        with (
            serving(database.dsn("pgtill_service")) as server,
            httpx2.Client(base_url=server.url, headers=merchant.headers) as client,
            log.open("a") as lines,
        ):
            for number in range(count):
                key = f"{name} {number}"
                answer = client.post(PATH, json=(BTC, ETH)[number % 2], headers={"idempotency-key": key})
                line = {"organization_id": merchant.public_id, "key": key, "status": answer.status_code}
                lines.write(json.dumps(line | {"body": answer.text}) + "\n")

    cluster = database.cluster
    order(20, "before")
    dump = tmp_path / "dump"
    subprocess.run(
        [cluster.bin_dir / "pg_dump", "--format=custom", f"--file={dump}", f"--dbname={database.name}"],
        env=cluster.env(),
        check=True,
    )
    cluster.run("createdb", "restored")
    try:
        restored = Database(cluster, "restored")
        cluster.run("pg_restore", "--exit-on-error", "--dbname=restored", str(dump))
        held = command_here("verify", "--json", "--acknowledged", str(log), env=environment(restored.dsn()))
        assert held.status == 0, held.out
        # Whoever was answered after the backup is not in it: that is what the log is for.
        order(5, "after")
        held = command_here("verify", "--json", "--acknowledged", str(log), env=environment(restored.dsn()))
        assert held.status == 1
        lost = [
            breach["subject"]
            for check in held.json()["checks"]
            for breach in check["breaches"]
            if breach["rule"] == "answer_lost"
        ]
        assert lost == [f"after {number}" for number in range(5)]
        audited = command_here("audit", "--json", env=environment(restored.dsn()))
        assert audited.status == 0, audited.out
    finally:
        cluster.run("dropdb", "--force", "restored")
